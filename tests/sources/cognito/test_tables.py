"""Every row of the contract table: who is asked, with what, and what becomes of each answer."""

import json
from collections.abc import Callable
from typing import Any, Final

import attrs
import pytest

from eventbus.core.outcomes import HandlerFailed, Succeeded, Throttled
from eventbus.errors import InvalidSetting
from sources import cognito
from sources.cognito.triggers import SETTINGS, trigger_of
from sources.cognito.users import Code
from tests.contracts import cognito_table as table
from tests.sources.cognito.helpers import (
    ANA,
    CODE,
    EMAIL,
    MIGRATED,
    NEXT,
    OPERATIONS,
    PASSWORD,
    SILENT,
    SUM,
    TOKENS,
    Bench,
    Work,
    done,
)

DEFINE: Final = "DefineAuthChallenge_Authentication"
CREATE: Final = "CreateAuthChallenge_Authentication"
VERIFY: Final = "VerifyAuthChallengeResponse_Authentication"
CHALLENGES: Final = ("DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse")


def named(rows: list[Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=[row.id for row in rows])


def offered(rows: list[Any]) -> list[Any]:
    """AdminResetUserPassword and ChangePassword are not offered: they ask no function that others don't."""
    return [row for row in rows if row.operation in OPERATIONS]


# ------------------------------------------------------------ order, and data


@named(offered(table.ORDERS))
@pytest.mark.parametrize("sender", [False, True], ids=["listed", "sender"])
def test_who_is_asked(row: table.Order, sender: bool) -> None:
    """All triggers that the row names have a function, and no others; with a custom sender its event comes last."""
    says: dict[str, Any] = dict(row.responses)
    if row.parameters.get("ChallengeName") == "CUSTOM_CHALLENGE":  # begun before
        says = {DEFINE: (NEXT, says[DEFINE]), VERIFY: says[VERIFY], CREATE: SUM}
    triggers = {trigger_of(source) for source in row.sources} | ({*CHALLENGES} if DEFINE in row.sources else set())
    bench = Bench(*triggers, *(["CustomEmailSender"] if sender else []), says=says)
    bench.given(row.state)  # type: ignore[arg-type]  # a status, or None

    try:
        bench.do(row.operation, **row.parameters)
    except cognito.UserNotConfirmedException:
        assert "UserNotConfirmed" in row.id

    sent = [f"CustomEmailSender_{source.partition('_')[2]}" for source in row.sources if "CustomMessage" in source]
    assert bench.sources == [*row.sources, *(sent if sender else [])]


def situation_of(operation: str) -> str | None:
    return {
        "SignUp": None,
        "AdminCreateUser": None,
        "ConfirmSignUp": "UNCONFIRMED",
        "AdminConfirmSignUp": "UNCONFIRMED",
        "ResendConfirmationCode": "UNCONFIRMED",
    }.get(operation, "CONFIRMED")


@named(table.DATA)
def test_where_data_arrives(row: table.Data) -> None:
    """In that member of the request, or nowhere in it."""
    says: dict[str, Any] = {DEFINE: NEXT, CREATE: SUM}
    if row.trigger == "PostConfirmation" and row.operation == "SignUp":
        says["PreSignUp_SignUp"] = {"autoConfirmUser": True}
    if row.trigger in ("PostAuthentication", "PreTokenGeneration"):
        says[DEFINE] = (NEXT, TOKENS)
    bench = Bench(*{*CHALLENGES, row.trigger, "PreSignUp"}, says=says)
    migrates = row.trigger == "UserMigration"
    bench.given(None if migrates else situation_of(row.operation))  # type: ignore[arg-type]  # a status, or None
    bench.says |= {f"UserMigration_{each}": MIGRATED for each in ("Authentication", "ForgotPassword")}
    parameters: dict[str, Any] = {row.parameter: {"campaign": "spring"}}
    if row.operation == "RespondToAuthChallenge":
        parameters["ChallengeName"] = "CUSTOM_CHALLENGE"
    elif row.trigger in CHALLENGES:
        parameters["AuthFlow"] = "CUSTOM_AUTH"

    bench.do(row.operation, **parameters)

    request = next(each for each in reversed(bench.events) if trigger_of(each["triggerSource"]) == row.trigger)[
        "request"
    ]
    found = [name for name in ("validationData", "clientMetadata") if request.get(name) == {"campaign": "spring"}]
    assert found == ([] if row.member is None else [row.member])


# ------------------------------------------------------------ answers

CALLS: Final[dict[str, tuple[str, str | None, dict[str, Any]]]] = {
    "PreSignUp_SignUp": ("SignUp", None, {}),
    "PreSignUp_AdminCreateUser": ("AdminCreateUser", None, {}),
    "PostConfirmation_ConfirmSignUp": ("ConfirmSignUp", "UNCONFIRMED", {}),
    "PostConfirmation_ConfirmForgotPassword": ("ConfirmForgotPassword", "CONFIRMED", {}),
    "PreAuthentication_Authentication": ("InitiateAuth", "CONFIRMED", {}),
    "PostAuthentication_Authentication": ("InitiateAuth", "CONFIRMED", {}),
    "TokenGeneration_Authentication": ("InitiateAuth", "CONFIRMED", {}),
    "CustomMessage_SignUp": ("SignUp", None, {}),
    "CustomMessage_AdminCreateUser": ("AdminCreateUser", None, {}),
    "CustomEmailSender_SignUp": ("SignUp", None, {}),
    "UserMigration_Authentication": ("InitiateAuth", None, {}),
    "UserMigration_ForgotPassword": ("ForgotPassword", None, {}),
    DEFINE: ("InitiateAuth", "CONFIRMED", {"AuthFlow": "CUSTOM_AUTH"}),
    CREATE: ("InitiateAuth", "CONFIRMED", {"AuthFlow": "CUSTOM_AUTH"}),
    VERIFY: ("RespondToAuthChallenge", "CONFIRMED", {"ChallengeName": "CUSTOM_CHALLENGE"}),
}
"""The call in which a function is asked, and the user before."""


def about_to_ask(source: str, **settings: Any) -> tuple[Bench, str, dict[str, Any]]:
    operation, status, parameters = CALLS[source]
    triggers = {trigger_of(source)} | ({*CHALLENGES} if trigger_of(source) in CHALLENGES else set())
    bench = Bench(*triggers, says={DEFINE: NEXT, CREATE: SUM}, **settings)
    bench.given(status)  # type: ignore[arg-type]  # a status, or None
    if source == VERIFY:
        parameters = {**parameters, "Session": bench.session()}
        bench.events.clear()
    bench.now = 0.0
    return bench, operation, parameters


@named(table.ANSWERS)
def test_what_becomes_of_an_answer(row: table.Answered) -> None:
    """The call's result or error, and what is so afterwards."""
    bench, operation, parameters = about_to_ask(row.trigger_source)
    if row.raw is not None:
        bench.says[row.trigger_source] = Succeeded(row.raw.encode())
    elif row.whole is not None:
        bench.says[row.trigger_source] = Succeeded(json.dumps(row.whole).encode())
    else:
        bench.says[row.trigger_source] = row.response
    result, error = None, None
    try:
        result = bench.do(operation, **parameters)
    except cognito.CognitoError as raised:
        error = raised

    assert (None if error is None else error.code) == row.error, str(error)
    if row.message is not None and error is not None:
        assert str(error) == row.message
        assert error.status == table.STATUSES.get(error.code, 400)
    for member, value in row.effect.items():
        EFFECTS[member](bench, result, value)


def _user_has(name: str) -> Callable[[Bench, Any, Any], None]:
    def check(bench: Bench, result: Any, value: Any) -> None:
        """None: it is not so."""
        found = bench.machine.users[ANA].attributes.get(name)
        assert found == value if value is not None else found != "true"

    return check


def _user_is(name: str) -> Callable[[Bench, Any, Any], None]:
    def check(bench: Bench, result: Any, value: Any) -> None:
        assert getattr(bench.machine.users[ANA], name) == value

    return check


def _message_has(name: str) -> Callable[[Bench, Any, Any], None]:
    def check(bench: Bench, result: Any, value: Any) -> None:
        message = bench.client.messages()[-1]
        assert getattr(message, name) == str(value).replace(CODE, message.code)

    return check


def _exists(bench: Bench, result: Any, value: bool) -> None:
    assert (ANA in bench.machine.users) is value


def _has_tokens(bench: Bench, result: Any, value: bool) -> None:
    assert (getattr(result, "authentication_result", None) is not None) is value


def _was_right(bench: Bench, result: Any, value: bool) -> None:
    assert bench.event(DEFINE)["request"]["session"][-1]["challengeResult"] is value


def _delivered(bench: Bench, result: Any, value: dict[str, str]) -> None:
    assert result.delivery_medium == value["DeliveryMedium"]
    assert result.attribute_name == value["AttributeName"]


def _challenged(bench: Bench, result: Any, value: str) -> None:
    assert result.challenge_name == value


def _parameters(bench: Bench, result: Any, value: dict[str, str]) -> None:
    assert result.challenge_parameters == value


def _signs_in_with(bench: Bench, result: Any, value: str) -> None:
    """The bench's own password is what was typed, whatever the policy says."""
    bench = Bench("UserMigration", says={"UserMigration_Authentication": MIGRATED})
    bench.do("InitiateAuth", AuthParameters={"USERNAME": ANA, "PASSWORD": value})
    again = bench.do("InitiateAuth", AuthParameters={"USERNAME": ANA, "PASSWORD": value})
    assert again.authentication_result is not None


EFFECTS: Final[dict[str, Callable[[Bench, Any, Any], None]]] = {
    "UserStatus": _user_is("status"),
    "Username": _user_is("username"),
    "email": _user_has("email"),
    "email_verified": _user_has("email_verified"),
    "EmailMessage": _message_has("text"),
    "EmailSubject": _message_has("subject"),
    "exists": _exists,
    "tokens": _has_tokens,
    "challenge": _challenged,
    "challengeResult": _was_right,
    "ChallengeParameters": _parameters,
    "CodeDeliveryDetails": _delivered,
    "password": _signs_in_with,
}


@named(table.CLAIMS)
def test_claims_of_tokens(row: table.Claims) -> None:
    """As the function before tokens wants them, as far as it may."""
    bench = Bench("PreTokenGeneration", lambda_version=row.version)
    bench.given()
    for group in ("buyers", "staff"):
        done(bench.client.create_group(group))
        done(bench.client.admin_add_user_to_group(ANA, group))
    plain = bench.tokens()
    bench.says["TokenGeneration_Authentication"] = row.response
    if row.error is not None:
        with pytest.raises(cognito.InvalidLambdaResponseException):
            bench.tokens()
        return

    issued = bench.tokens()

    for before, token, wanted in (
        (plain.id_token, issued.id_token, row.id_token),
        (plain.access_token, issued.access_token, row.access_token),
    ):
        found = cognito.claims(token)
        assert {name: found.get(name) for name in wanted} == wanted
        if "reserved" in row.id:
            assert {*found} == {*cognito.claims(before)}
            assert "x" not in found.values()


# ------------------------------------------------------------ no answer

FAILURES: Final[dict[str, tuple[Any, float]]] = {
    "raises": (HandlerFailed("ValueError", "boom", "id", ()), 0.0),
    "raises with a full stop": (HandlerFailed("ValueError", "Not allowed.", "id", ()), 0.0),
    "raises without a text": (HandlerFailed("ValueError", "", "id", ()), 0.0),
    "silent": (SILENT, 15.0),
    "silent once": ((SILENT, attrs.NOTHING), 5.0),
    "silent twice": ((SILENT, SILENT, attrs.NOTHING), 10.0),
    "silent, then raises": ((SILENT, HandlerFailed("ValueError", "boom", "id", ())), 5.0),
    "throttled": (Throttled("ReservedFunctionConcurrentInvocationLimitExceeded", terminal=True), 0.0),
}
"""What a function does, where time passes only while it is silent; the other rows are in tests/flows."""
WAITED_FOR: Final = [source for source in CALLS if "Sender" not in source]
FINE: Final[dict[str, Any]] = {
    "UserMigration_Authentication": MIGRATED,
    "UserMigration_ForgotPassword": MIGRATED,
    DEFINE: TOKENS,
    VERIFY: {"answerCorrect": True},
}


@pytest.mark.parametrize("source", WAITED_FOR)
@named([row for row in table.FAILURES if row.id in FAILURES])
def test_no_good_answer(row: table.Failed, source: str) -> None:
    """Of any trigger that is waited for: attempts at the row's seconds, then the row's error."""
    bench, operation, parameters = about_to_ask(source)
    said, ends = FAILURES[row.id]
    assert ends == row.ends
    fine = FINE.get(source, attrs.NOTHING)
    bench.says[source] = (
        tuple(fine if each is attrs.NOTHING else each for each in said) if isinstance(said, tuple) else said
    )
    bench.times.clear()
    error = None
    try:
        bench.do(operation, **parameters)
    except cognito.CognitoError as raised:
        error = raised

    trigger = next(each.name for each in table.TRIGGERS if source in each.sources)
    asked = [at for at, event in zip(bench.times, bench.events, strict=True) if event["triggerSource"] == source]
    assert tuple(asked) == row.attempts
    assert bench.now == row.ends
    assert (None if error is None else error.code) == row.error
    if row.message is not None:
        assert str(error) == row.message.format(name=trigger)


@named([row for row in table.AFTER if "Sender" not in row.trigger_source])
def test_what_is_left_behind(row: table.After) -> None:
    """When a function fails, in the middle of a call."""
    bench, operation, parameters = about_to_ask(row.trigger_source)
    bench.says[row.trigger_source] = HandlerFailed("ValueError", "boom", "id", ())

    with pytest.raises(cognito.UserLambdaValidationException):
        bench.do(operation, **parameters)

    user = bench.machine.users.get(ANA)
    assert (None if user is None else user.status) == row.state
    assert bool(bench.machine.grants) is row.tokens
    assert bool(bench.client.messages()) is row.message_sent
    assert bool(bench.machine.sessions) is (row.trigger_source == VERIFY)
    if row.trigger_source == "PostConfirmation_ConfirmForgotPassword":
        assert user is not None
        assert user.password == "Better-88"


# ------------------------------------------------------------ custom challenges


@named(table.FLOWS)
def test_a_custom_sign_in(row: table.Flow) -> None:
    """Step by step: who is asked what, and what the caller gets."""
    flows = ["ALLOW_CUSTOM_AUTH"]
    hides = "ENABLED" if "hidden: " in row.id else "LEGACY"
    bench = Bench(*CHALLENGES, client={"explicit_auth_flows": flows, "prevent_user_existence_errors": hides})
    bench.given()
    session = ""
    for step in row.steps:
        bench.now = step.at
        bench.events.clear()
        bench.says = {source: response for source, _, response in step.asked}
        if step.call == "InitiateAuth":
            call = bench.client.initiate_auth("CUSTOM_AUTH", auth_parameters={"USERNAME": row.user})
        else:
            responses = {"USERNAME": row.user, "ANSWER": str(step.answer)}
            call = bench.client.respond_to_auth_challenge(
                "CUSTOM_CHALLENGE", session=session, challenge_responses=responses
            )
        if step.result in ("challenge", "tokens"):
            result = done(call)
            assert (result.authentication_result is not None) is (step.result == "tokens")
            assert step.result == "tokens" or step.parameters.items() <= dict(result.challenge_parameters or {}).items()
            session = result.session or session
        else:
            with pytest.raises(cognito.CognitoError) as raised:
                done(call)
            assert raised.value.code == step.result
            assert step.message is None or str(raised.value) == step.message
        assert bench.sources == [source for source, _, _ in step.asked]
        for event, (_, members, _) in zip(bench.events, step.asked, strict=True):
            assert {name: event["request"].get(name) for name in members} == members


# ------------------------------------------------------------ refusals of the pool's own

HIDES: Final = {"prevent_user_existence_errors": "ENABLED", "explicit_auth_flows": ["ALLOW_USER_PASSWORD_AUTH"]}
BOB: Final = {"USERNAME": "bob", "PASSWORD": PASSWORD}
SITUATIONS: Final[dict[str, dict[str, Any]]] = {
    "user name taken": {},
    "password with a blank": {"status": None, "Password": "Secret 77-"},
    "no such client": {"status": None, "ClientId": "nosuchclient"},
    "sign-up only by administrators": {"status": None, "settings": {"allow_admin_create_user_only": True}},
    "wrong code": {"status": "UNCONFIRMED", "ConfirmationCode": "000000"},
    "old code": {"status": "UNCONFIRMED", "later": 86_401.0},
    "confirmed twice": {},
    "confirmed twice by an administrator": {},
    "confirmation of an unknown user": {"Username": "bob"},
    "code again, unknown user": {"Username": "bob"},
    "code again, confirmed": {},
    "user name taken, administrator": {},
    "message again, unknown user": {"status": None, "MessageAction": "RESEND"},
    "message again, confirmed": {"MessageAction": "RESEND"},
    "wrong password": {"AuthParameters": {"USERNAME": ANA, "PASSWORD": "Wrong-77"}},
    "unknown user": {"AuthParameters": BOB},
    "unknown user, hidden": {"AuthParameters": BOB, "client": HIDES},
    "not confirmed": {"status": "UNCONFIRMED"},
    "not confirmed, wrong password": {
        "status": "UNCONFIRMED",
        "AuthParameters": {"USERNAME": ANA, "PASSWORD": "Wrong-77"},
    },
    "password to be reset": {"status": "RESET_REQUIRED"},
    "temporary password too old": {"status": "FORCE_CHANGE_PASSWORD", "later": 7 * 86_400 + 1.0},
    "flow not enabled": {"client": {}},
    "custom flow not enabled": {"AuthFlow": "CUSTOM_AUTH", "client": HIDES},
    "custom flow without its function": {"AuthFlow": "CUSTOM_AUTH"},
    "user name missing": {"AuthParameters": {"PASSWORD": PASSWORD}},
    "password missing": {"AuthParameters": {"USERNAME": ANA}},
    "refresh token that is none": {
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": "x"},
    },
    "session missing": {"ChallengeName": "CUSTOM_CHALLENGE", "Session": ""},
    "answer missing": {"ChallengeName": "CUSTOM_CHALLENGE", "ANSWER": "", "Session": "x" * 20},
    "session that is none": {"ChallengeName": "CUSTOM_CHALLENGE", "Session": "x" * 20},
    "new password too weak": {"status": "FORCE_CHANGE_PASSWORD", "NEW_PASSWORD": "short"},
    "forgotten, unknown user": {"Username": "bob"},
    "forgotten, no verified address": {"attributes": {"email_verified": "false"}},
    "forgotten, temporary password": {"status": "FORCE_CHANGE_PASSWORD"},
    "new password, wrong code": {"ConfirmationCode": "000000"},
    "new password, old code": {"later": 3_601.0},
    "new password, never asked": {"codes": False},
    "new password, unknown user hidden": {"Username": "bob", "client": HIDES},
    "new password too weak for the policy": {"Password": "short"},
    "access token that is none": {"AccessToken": "x"},
    "unknown user, administrator": {"Username": "bob"},
}
"""The rows' situations: the user before, settings, parameters; seconds that pass first."""
NOT_OFFERED: Final = {
    "address taken": "user names are no addresses here",
    "attribute missing": "no attribute is required here",
    "attribute not in the schema": "any custom: attribute is taken",
    "disabled": "users are not disabled",
    "sixth try": "no lockout",
    "refresh token revoked": "nobody signs out",
    "access token revoked": "nobody signs out",
    "old password wrong": "no ChangePassword",
    "forgotten, disabled": "users are not disabled",
    "forgotten too often": "no quotas",
    "no such pool": "a client is of its pool",
    "no such client at sign-in": "tested with its sign-up",
    "access token too old": "tested below",
}


def situation(row: table.Refused) -> dict[str, Any]:
    if row.id.startswith("password ") and row.id not in SITUATIONS:
        return {"status": None, "Password": row.id.removeprefix("password ")}
    return dict(SITUATIONS[row.id])


@named([row for row in table.REFUSED if row.id not in NOT_OFFERED])
def test_what_the_pool_refuses(row: table.Refused) -> None:
    """By AWS's name and text, without asking whoever is not to be asked."""
    given = situation(row)
    triggers = {*SETTINGS} - {"UserMigration"} - ({*CHALLENGES} if "without its function" in row.id else set())
    bench = Bench(*triggers, client=given.pop("client", None), **given.pop("settings", {}))
    user = bench.given(given.pop("status", "CONFIRMED"), **given.pop("attributes", {}))
    bench.now += given.pop("later", 0.0)
    if user is not None and not given.pop("codes", True):
        user.codes = {}

    with pytest.raises(cognito.CognitoError) as raised:
        bench.do(row.operation, **given)

    assert raised.value.code == row.error
    assert row.message is None or str(raised.value) == row.message
    assert not {trigger_of(source) for source in bench.sources} & {*row.not_asked}


def test_an_access_token_ends() -> None:
    """After an hour, as refresh tokens after thirty days."""
    bench = Bench()
    bench.given()
    tokens = bench.tokens()
    bench.now = 3_600.0
    assert bench.do("GetUser", AccessToken=tokens.access_token).username == ANA
    bench.now = 3_601.0
    with pytest.raises(cognito.NotAuthorizedException, match="Access Token has expired"):
        bench.do("GetUser", AccessToken=tokens.access_token)
    bench.now = 30 * 86_400 + 1.0
    with pytest.raises(cognito.NotAuthorizedException, match="Refresh Token has expired"):
        bench.do("InitiateAuth", AuthFlow="REFRESH_TOKEN", AuthParameters={"REFRESH_TOKEN": tokens.refresh_token})


# ------------------------------------------------------------ settings


def test_every_trigger_is_a_setting() -> None:
    """And the names in errors are the table's."""
    assert {*SETTINGS} == {trigger.name for trigger in table.TRIGGERS}


WRITTEN_OTHERWISE: Final = {
    "alias": "an alias is no function of the app",
    "tokens twice, the same": "one setting",
    "tokens twice, different": "one setting",
    "tokens without an ARN": "one setting",
    "sender without a key": "there are no keys",
    "sender V2_0": "lambda_version is of tokens alone",
    "federation V2_0": "lambda_version is of tokens alone",
    "none": "nothing to set",
}


@named([row for row in table.CONFIGS if row.id not in WRITTEN_OTHERWISE])
def test_settings_of_triggers(row: table.Config) -> None:
    """What AWS refuses is refused where it is written."""
    settings: dict[str, Any] = {}
    for name, value in row.config.items():
        if name == "KMSKeyID":
            continue
        trigger = name.removesuffix("Config")
        settings[SETTINGS.get(trigger, trigger)] = Work if value != "work" and value else value
        if isinstance(value, dict) and trigger == "PreTokenGeneration":
            settings["lambda_version"] = value["LambdaVersion"]
    if row.error is None:
        assert len(cognito.UserPool("shop", **settings).functions) == 1
    else:
        with pytest.raises(InvalidSetting):
            cognito.UserPool("shop", **settings)


def _pool(**settings: Any) -> object:
    return cognito.UserPool("shop", **settings)


LIMITS: Final[dict[str, Callable[[int], object]]] = {
    "pool name": lambda n: cognito.UserPool("x" * n),
    "client name": lambda n: cognito.UserPoolClient(cognito.UserPool("shop"), "x" * n),
    "user name": lambda n: Bench().do("SignUp", Username="x" * n),
    "password": lambda n: Bench().do("SignUp", Password=f"{PASSWORD}{'x' * 300}"[:n]),
    "minimum length": lambda n: _pool(minimum_length=n),
    "temporary password": lambda n: _pool(temporary_password_validity_days=n),
    "session": lambda n: cognito.UserPoolClient(cognito.UserPool("shop"), "web", auth_session_validity=n),
}
"""`PasswordHistorySize` is not offered."""


@named([row for row in table.LIMITS if row.id in LIMITS])
def test_limits(row: table.Limit) -> None:
    """At the limit, and one past it."""
    for good in row.good:
        LIMITS[row.id](good)
    for bad in row.bad:
        with pytest.raises((InvalidSetting, cognito.InvalidParameterException)):
            LIMITS[row.id](bad)


def test_every_row_is_looked_at() -> None:
    """Or said not to be of what is offered."""
    weak = {row.id for row in table.REFUSED if row.id.startswith("password ")}
    assert {row.id for row in table.REFUSED} == {*SITUATIONS, *NOT_OFFERED} | weak
    assert {row.id for row in table.LIMITS} == {*LIMITS, "history"}
    assert {row.trigger_source for row in table.ANSWERS} <= {*CALLS}
    assert EMAIL == table.EMAIL
    assert Code(CODE, "email", 0.0).text == CODE
