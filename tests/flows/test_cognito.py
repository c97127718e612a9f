"""User pools on a running bus: what users do, functions at their times, what the trace tells."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from aws_lambda_powertools.utilities.data_classes import cognito_user_pool_event as data_classes
from aws_lambda_powertools.utilities.parser import models, parse

from eventbus import App, FunctionError, current_bus
from sources import cognito
from tests.contracts import cognito_table as table
from tests.helpers import virtually

PASSWORD: Final = "Secret-77"
EMAIL: Final = {"email": "ana@example.com"}
SIGN_IN: Final = {"USERNAME": "ana", "PASSWORD": PASSWORD}


def echo(event: Any, context: Any) -> Any:
    return event


def confirming(event: Any, context: Any) -> Any:
    if event["triggerSource"] == "PreSignUp_SignUp":
        event["response"] |= {"autoConfirmUser": True, "autoVerifyEmail": True}
    return event


@pytest.mark.asyncio
@pytest.mark.virtual_time
async def test_a_user_signs_up_and_in() -> None:
    """With a code from the mail; then the tokens say what a function has added."""
    app = App("shop")

    @app.function
    def adds(event: cognito.PreTokenGenerationEvent, context: Any) -> Any:
        event["response"]["claimsOverrideDetails"] = {"claimsToAddOrOverride": {"team": "red"}}
        return event

    greets = app.function(echo, name="greets")
    pool = app.add(
        cognito.UserPool(
            "shop", post_confirmation=greets, pre_token_generation=adds, auto_verified_attributes=["email"]
        )
    )
    async with app.start() as bus:
        client = bus[pool]
        signed_up = await client.sign_up("ana", PASSWORD, user_attributes=EMAIL)
        assert signed_up.user_confirmed is False
        with pytest.raises(cognito.UserNotConfirmedException):
            await client.initiate_auth("USER_PASSWORD_AUTH", auth_parameters=SIGN_IN)
        [message] = client.messages()
        await client.confirm_sign_up("ana", message.code)
        assert len(bus.invocations(greets)) == 1
        result = await client.initiate_auth("USER_PASSWORD_AUTH", auth_parameters=SIGN_IN)

        tokens = result.authentication_result
        assert tokens is not None
        claims = cognito.claims(tokens.id_token)
        assert (claims["team"], claims["email"], claims["email_verified"]) == ("red", EMAIL["email"], True)
        assert claims["sub"] == signed_up.user_sub
        user = await client.get_user(access_token=tokens.access_token)
        assert user.user_create_date == bus.now()
        assert bus.statistics().now == 0.0


@pytest.mark.asyncio
@pytest.mark.virtual_time
async def test_a_forgotten_password() -> None:
    """Its code is good for an hour."""
    app = App("shop")
    works = app.function(confirming, name="works")
    pool = app.add(cognito.UserPool("shop", pre_sign_up=works, post_confirmation=works))
    async with app.start() as bus:
        client = bus[pool]
        await client.sign_up("ana", PASSWORD, user_attributes=EMAIL)
        await client.forgot_password("ana")
        await bus.advance(3_601)
        with pytest.raises(cognito.ExpiredCodeException):
            await client.confirm_forgot_password("ana", client.messages()[-1].code, "Better-88")
        await client.forgot_password("ana")
        await client.confirm_forgot_password("ana", client.messages()[-1].code, "Better-88")

        with pytest.raises(cognito.NotAuthorizedException, match="Incorrect"):
            await client.initiate_auth("USER_PASSWORD_AUTH", auth_parameters=SIGN_IN)
        sources = [attempt.event["triggerSource"] for attempt in bus.invocations(works)]
        assert sources == [
            "PreSignUp_SignUp",
            "PostConfirmation_ConfirmSignUp",
            "PostConfirmation_ConfirmForgotPassword",
        ]


# ------------------------------------------------------------ functions at their times


def taking(*seconds: float, raises: bool = False) -> Any:
    """A handler that takes so long at each of its calls, the last for ever; then it may fail."""
    left = list(seconds)

    async def handler(event: Any, context: Any) -> Any:
        await asyncio.sleep(left.pop(0) if len(left) > 1 else left[0])
        if raises and len(left) == 1:
            raise ValueError("boom")
        return event

    return handler


async def fails(event: Any, context: Any) -> Any:
    raise ValueError("boom")


async def leaves(event: Any, context: Any) -> Any:
    raise SystemExit(0)


TIMES: Final[dict[str, tuple[Callable[[], Any], dict[str, Any]]]] = {
    "raises": (lambda: fails, {}),
    "raises after 2 s": (lambda: taking(2.0, raises=True), {}),
    "its own timeout of 1 s": (lambda: taking(60.0), {"timeout": 1}),
    "process ends": (lambda: leaves, {}),
    "silent": (lambda: taking(60.0), {"timeout": 900}),
    "silent once": (lambda: taking(6.0, 0.0), {"timeout": 900}),
    "silent twice": (lambda: taking(6.0, 6.0, 0.0), {"timeout": 900}),
    "just in time": (lambda: taking(4.9), {"timeout": 900}),
    "just in time, third attempt": (lambda: taking(6.0, 6.0, 4.9), {"timeout": 900}),
    "silent, then raises": (lambda: taking(6.0, 0.0, raises=True), {"timeout": 900}),
    "its own timeout of 5 s: silence": (lambda: taking(60.0), {"timeout": 5}),
    "throttled": (lambda: echo, {"reserved_concurrent_executions": 0}),
}
"""Rows of the table with functions that take time; those without a permission are below."""


@pytest.mark.parametrize("row", [row for row in table.FAILURES if row.id in TIMES], ids=lambda row: row.id)
def test_a_function_at_its_times(row: table.Failed) -> None:
    """Attempts at the row's seconds, an end at the row's second, with its error."""
    make, settings = TIMES[row.id]
    app = App("shop")
    work = app.function(make(), name="work", **settings)
    pool = app.add(cognito.UserPool("shop", pre_sign_up=work))

    async def main() -> None:
        async with app.start() as bus:
            start, error = bus.now(), None
            try:
                await bus[pool].sign_up("ana", PASSWORD)
            except cognito.CognitoError as raised:
                error = raised

            assert bus.statistics().now == row.ends
            assert (None if error is None else error.code) == row.error
            await bus.settle()
            attempts = bus.invocations(work)
            if row.id != "throttled":  # none has begun
                assert tuple(sorted((each.start - start).total_seconds() for each in attempts)) == row.attempts
            if row.message is not None:
                id = attempts[0].request_id if attempts else ""
                assert str(error) == row.message.format(name="PreSignUp").replace("<request_id>", id)

    virtually(main)


@pytest.mark.asyncio
@pytest.mark.virtual_time
@pytest.mark.parametrize("granted", [False, True])
async def test_a_pool_must_be_permitted(granted: bool) -> None:
    """To invoke its functions; the trace says what was missing."""
    app = App("shop")
    work = app.function(echo, name="work")
    pool = app.add(cognito.UserPool("shop", pre_sign_up=work))
    other = app.add(cognito.UserPool("other"))
    app.grant(pool if granted else other, "lambda:InvokeFunction", work)
    async with app.start(permissions="enforced") as bus:
        if granted:
            await bus[pool].sign_up("ana", PASSWORD)
            return
        with pytest.raises(cognito.UnexpectedLambdaException, match="AccessDeniedException") as raised:
            await bus[pool].sign_up("ana", PASSWORD)

        told = str(bus.trace(raised.value.request_id))
        assert "PreSignUp invocation failed due to error AccessDeniedException" in told
        assert "app.grant" in told
        assert bus.invocations(work) == []


@pytest.mark.asyncio
@pytest.mark.virtual_time
async def test_a_handler_must_be_permitted() -> None:
    """To call the pool; its call stands in the trace of what it does."""
    app = App("shop")
    pool = app.add(cognito.UserPool("shop"))

    async def registers(event: Any, context: Any) -> Any:
        return (await current_bus()[pool].sign_up(event["name"], PASSWORD)).user_sub

    work, granted = app.function(registers, name="work"), app.function(registers, name="granted")
    app.grant(granted, "cognito-idp:SignUp", pool)
    async with app.start(permissions="enforced") as bus:
        refused = await bus.invoke(work, {"name": "ana"})
        with pytest.raises(FunctionError, match="AccessDeniedException"):
            refused.result()
        answer = await bus.invoke(granted, {"name": "ana"})

        assert answer.result() == (await bus[pool].admin_get_user("ana")).user_attributes["sub"]
        assert "SignUp ana" in str(bus.trace(answer.request_id))


@pytest.mark.asyncio
@pytest.mark.virtual_time
async def test_the_trace_tells_where_a_call_stopped() -> None:
    """By the id of the error, without passwords."""
    app = App("shop")
    migrates = app.function(fails, name="migrates")
    pool = app.add(cognito.UserPool("shop", user_migration=migrates))
    async with app.start() as bus:
        with pytest.raises(cognito.UserLambdaValidationException) as raised:
            await bus[pool].initiate_auth("USER_PASSWORD_AUTH", auth_parameters=SIGN_IN)

        told = str(bus.trace(raised.value.request_id))
        assert "InitiateAuth ana" in told
        assert "handed to migrates for UserMigration_Authentication" in told
        assert "UserMigration failed with error boom." in told
        assert PASSWORD not in told
        signed_up = await bus[pool].sign_up("ana", PASSWORD)
        assert "SignUp ana: done" in str(bus.trace(signed_up.user_sub))


# ------------------------------------------------------------ custom senders


@pytest.mark.asyncio
@pytest.mark.virtual_time
async def test_a_sender_is_not_waited_for() -> None:
    """Nor is its failure told: the function's own queue tries again."""
    app = App("shop")
    sends = app.function(fails, name="sends")
    pool = app.add(cognito.UserPool("shop", custom_email_sender=sends, auto_verified_attributes=["email"]))
    async with app.start() as bus:
        result = await bus[pool].sign_up("ana", PASSWORD, user_attributes=EMAIL)
        assert result.code_delivery_details is not None
        assert bus[pool].messages() == []
        start = bus.now()
        await bus.settle()

        began = [(attempt.start - start).total_seconds() for attempt in bus.invocations(sends)]
        assert tuple(began) == table.SENDER_ATTEMPTS
        assert (await bus[pool].admin_get_user("ana")).user_status == "UNCONFIRMED"


@pytest.mark.asyncio
@pytest.mark.virtual_time
@pytest.mark.parametrize("granted", [False, True])
async def test_a_sender_must_be_permitted(granted: bool) -> None:
    """What may not be handed over is dropped, and the caller is told nothing."""
    app = App("shop")
    sends = app.function(echo, name="sends")
    pool = app.add(cognito.UserPool("shop", custom_email_sender=sends, auto_verified_attributes=["email"]))
    if granted:
        app.grant(pool, "lambda:InvokeFunction", sends)
    async with app.start(permissions="enforced") as bus:
        await bus[pool].sign_up("ana", PASSWORD, user_attributes=EMAIL)
        await bus.settle()

        assert len(bus.invocations(sends)) == granted
        assert (await bus[pool].admin_get_user("ana")).user_status == "UNCONFIRMED"


# ------------------------------------------------------------ what libraries read


@pytest.mark.parametrize(
    ("kind", "version", "model", "data_class"),
    [
        ("PreSignUp_SignUp", "V1_0", models.CognitoPreSignupTriggerModel, data_classes.PreSignUpTriggerEvent),
        (
            "PostConfirmation_ConfirmSignUp",
            "V1_0",
            models.CognitoPostConfirmationTriggerModel,
            data_classes.PostConfirmationTriggerEvent,
        ),
        (
            "PreAuthentication_Authentication",
            "V1_0",
            models.CognitoPreAuthenticationTriggerModel,
            data_classes.PreAuthenticationTriggerEvent,
        ),
        (
            "PostAuthentication_Authentication",
            "V1_0",
            models.CognitoPostAuthenticationTriggerModel,
            data_classes.PostAuthenticationTriggerEvent,
        ),
        (
            "TokenGeneration_Authentication",
            "V1_0",
            models.CognitoPreTokenGenerationTriggerModelV1,
            data_classes.PreTokenGenerationTriggerEvent,
        ),
        ("TokenGeneration_Authentication", "V2_0", None, data_classes.PreTokenGenerationV2TriggerEvent),
        (
            "UserMigration_Authentication",
            "V1_0",
            models.CognitoMigrateUserTriggerModel,
            data_classes.UserMigrationTriggerEvent,
        ),
        (
            "CustomMessage_SignUp",
            "V1_0",
            models.CognitoCustomMessageTriggerModel,
            data_classes.CustomMessageTriggerEvent,
        ),
        (
            "CustomEmailSender_SignUp",
            "V1_0",
            models.CognitoCustomEmailSenderTriggerModel,
            data_classes.BaseTriggerEvent,
        ),
        ("CustomSMSSender_SignUp", "V1_0", models.CognitoCustomSMSSenderTriggerModel, data_classes.BaseTriggerEvent),
        (
            "DefineAuthChallenge_Authentication",
            "V1_0",
            models.CognitoDefineAuthChallengeTriggerModel,
            data_classes.DefineAuthChallengeTriggerEvent,
        ),
        (
            "CreateAuthChallenge_Authentication",
            "V1_0",
            models.CognitoCreateAuthChallengeTriggerModel,
            data_classes.CreateAuthChallengeTriggerEvent,
        ),
        (
            "VerifyAuthChallengeResponse_Authentication",
            "V1_0",
            None,
            data_classes.VerifyAuthChallengeResponseTriggerEvent,
        ),
    ],
)
def test_powertools_reads_our_events(kind: str, version: Any, model: Any, data_class: Any) -> None:
    """Parser models and data classes. The model of V2_0 takes no list of scopes, that of answers no unset one."""
    event: Any = cognito.sample_event(kind=kind, lambda_version=version)
    if model is not None:
        read: Any = parse(event=event, model=model)
        assert read.userName == "ana"
    seen = data_class(event)
    assert (seen.user_name, seen.trigger_source, seen.caller_context.client_id) == (
        "ana",
        kind,
        event["callerContext"]["clientId"],
    )
    if hasattr(seen, "request"):
        attributes = getattr(seen.request, "user_attributes", None)
        assert attributes is None or attributes == event["request"]["userAttributes"]


def powertools_answers(event: dict[str, Any], context: Any) -> Any:
    """As its documentation writes handlers."""
    challenge = data_classes.DefineAuthChallengeTriggerEvent(event)
    if challenge.request.session:
        challenge.response.issue_tokens = challenge.request.session[-1].challenge_result
        challenge.response.fail_authentication = not challenge.response.issue_tokens
    else:
        challenge.response.challenge_name = "CUSTOM_CHALLENGE"
        challenge.response.issue_tokens = False
        challenge.response.fail_authentication = False
    return challenge.raw_event


def makes(event: dict[str, Any], context: Any) -> Any:
    challenge = data_classes.CreateAuthChallengeTriggerEvent(event)
    challenge.response.public_challenge_parameters = {"question": "2 + 3"}
    challenge.response.private_challenge_parameters = {"answer": "5"}
    challenge.response.challenge_metadata = "sum"
    return challenge.raw_event


def looks(event: dict[str, Any], context: Any) -> Any:
    given = data_classes.VerifyAuthChallengeResponseTriggerEvent(event)
    given.response.answer_correct = (
        given.request.challenge_answer == given.request.private_challenge_parameters["answer"]
    )
    return given.raw_event


@pytest.mark.asyncio
@pytest.mark.virtual_time
@pytest.mark.parametrize("answer", ["5", "6"])
async def test_a_custom_challenge_with_powertools(answer: str) -> None:
    """Handlers that use its data classes run untouched."""
    app = App("shop")
    functions = [app.function(each, name=each.__name__) for each in (powertools_answers, makes, looks)]
    pool = app.add(
        cognito.UserPool(
            "shop",
            define_auth_challenge=functions[0],
            create_auth_challenge=functions[1],
            verify_auth_challenge_response=functions[2],
        )
    )
    async with app.start() as bus:
        client = bus[pool]
        await client.admin_create_user("ana", temporary_password=PASSWORD)
        begun = await client.initiate_auth("CUSTOM_AUTH", auth_parameters={"USERNAME": "ana"})
        assert begun.challenge_parameters == {"USERNAME": "ana", "question": "2 + 3"}
        respond = client.respond_to_auth_challenge(
            "CUSTOM_CHALLENGE",
            session=str(begun.session),
            challenge_responses={"USERNAME": "ana", "ANSWER": answer},
        )
        if answer == "5":
            assert (await respond).authentication_result is not None
        else:
            with pytest.raises(cognito.NotAuthorizedException):
                await respond


# ------------------------------------------------------------ breaking it


@pytest.mark.asyncio
@pytest.mark.virtual_time
async def test_a_caller_that_gives_up_is_not_missed() -> None:
    """The call goes on without it."""
    app = App("shop")
    work = app.function(taking(3.0), name="work", timeout=10)
    pool = app.add(cognito.UserPool("shop", pre_sign_up=work))
    async with app.start() as bus:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await bus[pool].sign_up("ana", PASSWORD)
        with pytest.raises(cognito.UserNotFoundException):
            await bus[pool].admin_get_user("ana")
        await bus.settle()

        assert (await bus[pool].admin_get_user("ana")).user_status == "UNCONFIRMED"


@pytest.mark.asyncio
@pytest.mark.virtual_time
async def test_two_buses_know_different_users() -> None:
    """One declaration, two runs."""
    app = App("shop")
    work = app.function(confirming, name="work")
    pool = app.add(cognito.UserPool("shop", pre_sign_up=work))
    web = app.add(cognito.UserPoolClient(pool, "web"))
    async with app.start() as one, app.start() as two:
        first = await one[pool].sign_up("ana", PASSWORD, user_attributes=EMAIL, client_id=web)
        with pytest.raises(cognito.UserNotFoundException):
            await two[pool].admin_get_user("ana")
        second = await two[pool].sign_up("ana", PASSWORD, user_attributes=EMAIL)

        assert first == second
        assert one.invocations(work)[0].event == two.invocations(work)[0].event


@pytest.mark.asyncio
@pytest.mark.virtual_time
async def test_many_sign_up_at_once() -> None:
    """Each is asked about once, and answered."""
    app = App("shop")
    work = app.function(confirming, name="work")
    pool = app.add(cognito.UserPool("shop", pre_sign_up=work))
    async with app.start() as bus:
        calls = [bus[pool].sign_up(f"user-{n}", PASSWORD, user_attributes=EMAIL) for n in range(200)]
        results = await asyncio.gather(*calls)

        assert len({result.user_sub for result in results}) == 200
        assert len(bus.invocations(work)) == 200


@pytest.mark.asyncio
@pytest.mark.virtual_time
async def test_a_function_that_signs_up_more_users_is_stopped() -> None:
    """At the 17th of its chain; the calls before it end."""
    app = App("shop")

    async def breeds(event: Any, context: Any) -> Any:
        await current_bus()[pool].sign_up(f"{event['userName']}+", PASSWORD)
        return event

    work = app.function(breeds, name="work")
    pool = app.add(cognito.UserPool("shop", pre_sign_up=work))
    async with app.start() as bus:
        with pytest.raises(cognito.UserLambdaValidationException, match="RecursiveInvocationException"):
            await bus[pool].sign_up("ana", PASSWORD)

        assert len(bus.invocations(work)) == 16
        with pytest.raises(cognito.UserNotFoundException):
            await bus[pool].admin_get_user("ana")


def test_events_are_json() -> None:
    """Of a name with a quote in it, too."""
    event = cognito.sample_event(username='a"triggerSource":"b')
    assert json.loads(json.dumps(event))["userName"] == 'a"triggerSource":"b'
