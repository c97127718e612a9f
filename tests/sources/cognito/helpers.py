"""A pool with its client, and one function for all of its triggers, which says what a test wants."""

import json
from collections.abc import Callable, Coroutine, Mapping
from math import inf
from typing import Any, Final, TypeVar

import attrs

from eventbus.core.effects import Deliver, Invoke
from eventbus.core.outcomes import HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut
from eventbus.names import function_arn
from sources import cognito
from sources.cognito.machine import PoolMachine
from sources.cognito.triggers import SETTINGS
from sources.cognito.users import Code, Status, User
from tests.sources.helpers import Feed, birth

T = TypeVar("T")

ANA: Final = "ana"
PASSWORD: Final = "Secret-77"
EMAIL: Final = "ana@example.com"
PHONE: Final = "+12065550100"
CODE: Final = "123456"
SILENT: Final = object()
"""Instead of an answer."""
SIGN_IN: Final = {"USERNAME": ANA, "PASSWORD": PASSWORD}
SUM: Final = {
    "publicChallengeParameters": {"question": "2 + 3"},
    "privateChallengeParameters": {"answer": "5"},
    "challengeMetadata": "sum",
}
NEXT: Final = {"challengeName": "CUSTOM_CHALLENGE", "issueTokens": False, "failAuthentication": False}
TOKENS: Final = {"issueTokens": True, "failAuthentication": False}
MIGRATED: Final = {
    "userAttributes": {"email": EMAIL, "email_verified": "true"},
    "finalUserStatus": "CONFIRMED",
    "messageAction": "SUPPRESS",
}


def done(work: Coroutine[Any, Any, T]) -> T:
    """Its result; nothing here needs a loop."""
    try:
        work.send(None)
    except StopIteration as ended:
        return ended.value  # type: ignore[no-any-return]  # a T
    raise AssertionError("it waits")


class Work:
    """A declared function."""

    name = "work"
    arn = function_arn("work")


class Bench(Feed):
    """`says` is by trigger source: the `response`, an outcome, SILENT, or a tuple of those, taken in turn; where there is
    none the event goes back as it came."""

    def __init__(
        self,
        *triggers: str,
        says: Mapping[str, Any] | None = None,
        client: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> None:
        super().__init__()
        settings = {"auto_verified_attributes": ["email"], **settings} | {SETTINGS[each]: Work for each in triggers}
        self.pool = cognito.UserPool("shop", **settings)
        self.machine: PoolMachine = self.pool.machine(birth(self.pool.arn))
        if client is not None:
            cognito.UserPoolClient(self.pool, "web", **client).connect(self.machine)
        self.client = self.pool.client(self.machine, self)
        self.says = dict(says or {})
        self.events: list[Any] = []
        self.times: list[float] = []  # of invocations

    # ------------------------------------------------------------ a client's way in
    async def call(self, machine: Any, action: str, step: Callable[..., T], *args: Any, **settings: Any) -> T:
        answer = step(self.now, *args, **settings)
        self.drain()
        return answer

    async def wait(self, machine: Any, seconds: float) -> None:
        """Until something is due."""
        assert self.machine.next_deadline() < inf, "nothing will come"
        self.now = self.machine.next_deadline()
        self.machine.wake(self.now)
        assert self.machine.next_deadline() > self.now
        self.drain()

    def drain(self) -> None:
        while self.machine.effects:
            effect = self.machine.effects.pop(0)
            if isinstance(effect, Invoke):
                assert effect.payload is not None
                event = json.loads(effect.payload)
                self.events.append(event)
                self.times.append(self.now)
                outcome = self.answer(event)
                if outcome is not None:
                    self.machine.finished(self.now, effect.token, outcome)
            elif isinstance(effect, Deliver):
                self.events.append(json.loads(effect.body))
                self.machine.delivered(self.now, effect.token, None)

    def answer(self, event: Any) -> Outcome | None:
        said = self.says.get(event["triggerSource"], attrs.NOTHING)
        if isinstance(said, tuple):
            said, self.says[event["triggerSource"]] = said[0], said[1:] or said
        if said is SILENT:
            return None
        if isinstance(said, Succeeded | HandlerFailed | TimedOut | Throttled | Stopped):
            return said
        return Succeeded(json.dumps(event if said is attrs.NOTHING else {**event, "response": said}).encode())

    # ------------------------------------------------------------ what is so
    def given(self, status: Status | None = "CONFIRMED", **attributes: str) -> User | None:
        """The user `ana`; None: there is none."""
        if status is None:
            return None
        known = {"email": EMAIL, "email_verified": "false" if status == "UNCONFIRMED" else "true", **attributes}
        user = self.machine.add(self.now, ANA, status, known, PASSWORD)
        user.temporary_until = self.now + 7 * 86_400
        user.codes = {name: Code(CODE, "email", self.now + age) for name, age in _CODES.items()}
        return user

    @property
    def sources(self) -> list[str]:
        return [event["triggerSource"] for event in self.events]

    def event(self, source: str) -> Any:
        """The last one of that source."""
        return [event for event in self.events if event["triggerSource"] == source][-1]

    def do(self, operation: str, **parameters: Any) -> Any:
        """As `OPERATIONS` has it, with AWS's names of parameters."""
        return done(OPERATIONS[operation](self, parameters))

    def federate(self, **said: Any) -> cognito.AuthResult:
        """User 7 comes back from the provider Corp."""
        said = said or {"id_token": {"email": EMAIL, "email_verified": True, "iat": 7}}
        return done(self.client.federated_sign_in("Corp", "7", **said))

    def tokens(self) -> cognito.AuthenticationResult:
        result = self.do("InitiateAuth").authentication_result
        assert result is not None
        self.events.clear()
        return result  # type: ignore[no-any-return]  # asserted

    def session(self) -> str:
        """Of a custom challenge that waits."""
        return str(self.do("InitiateAuth", AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": ANA}).session)


_CODES: Final = {"SignUp": 86_400.0, "ForgotPassword": 3_600.0, "email": 86_400.0}

Parameters = dict[str, Any]


async def _respond(bench: Bench, p: Parameters) -> Any:
    name = p.get("ChallengeName", "NEW_PASSWORD_REQUIRED")
    custom = name == "CUSTOM_CHALLENGE"
    session: Any = p.get("Session")
    if session is None:
        flow, more = ("CUSTOM_AUTH", {}) if custom else ("USER_PASSWORD_AUTH", {"PASSWORD": PASSWORD})
        begun = await bench.client.initiate_auth(flow, auth_parameters={"USERNAME": ANA, **more})
        bench.events.clear()
        session = begun.session
    answer = {"ANSWER": p.get("ANSWER", "5")} if custom else {"NEW_PASSWORD": p.get("NEW_PASSWORD", "Better-88")}
    return await bench.client.respond_to_auth_challenge(
        name, session=session, challenge_responses={"USERNAME": ANA, **answer}, client_metadata=p.get("ClientMetadata")
    )


async def _sign_in(bench: Bench, p: Parameters, *, administrator: bool = False) -> Any:
    flow = p.get("AuthFlow", "USER_PASSWORD_AUTH")
    given: Any = {"USER_PASSWORD_AUTH": SIGN_IN, "CUSTOM_AUTH": {"USERNAME": ANA}}.get(flow)
    if flow == "REFRESH_TOKEN_AUTH" and "AuthParameters" not in p:
        begun = await bench.client.initiate_auth("USER_PASSWORD_AUTH", auth_parameters=SIGN_IN)
        bench.events.clear()
        assert begun.authentication_result is not None
        given = {"REFRESH_TOKEN": str(begun.authentication_result.refresh_token)}
    call = bench.client.admin_initiate_auth if administrator else bench.client.initiate_auth
    return await call(flow, auth_parameters=p.get("AuthParameters", given), client_metadata=p.get("ClientMetadata"))


async def _token(bench: Bench) -> str:
    begun = await bench.client.initiate_auth("USER_PASSWORD_AUTH", auth_parameters=SIGN_IN)
    bench.events.clear()
    assert begun.authentication_result is not None
    return begun.authentication_result.access_token


async def _update(bench: Bench, p: Parameters) -> Any:
    changed, metadata = p.get("UserAttributes", {"email": "ana@example.org"}), p.get("ClientMetadata")
    token = p.get("AccessToken") or await _token(bench)
    return await bench.client.update_user_attributes(changed, access_token=token, client_metadata=metadata)


async def _ask_code(bench: Bench, p: Parameters) -> Any:
    token, metadata = await _token(bench), p.get("ClientMetadata")
    return await bench.client.get_user_attribute_verification_code(
        "email", access_token=token, client_metadata=metadata
    )


async def _verify(bench: Bench, p: Parameters) -> Any:
    token = await _token(bench)
    return await bench.client.verify_user_attribute("email", p.get("Code", CODE), access_token=token)


OPERATIONS: Final[dict[str, Callable[[Bench, Parameters], Any]]] = {
    "SignUp": lambda b, p: b.client.sign_up(
        p.get("Username", ANA),
        p.get("Password", PASSWORD),
        user_attributes=p.get("UserAttributes", {"email": EMAIL}),
        validation_data=p.get("ValidationData"),
        client_metadata=p.get("ClientMetadata"),
        client_id=p.get("ClientId"),
    ),
    "ConfirmSignUp": lambda b, p: b.client.confirm_sign_up(
        p.get("Username", ANA), p.get("ConfirmationCode", CODE), client_metadata=p.get("ClientMetadata")
    ),
    "AdminConfirmSignUp": lambda b, p: b.client.admin_confirm_sign_up(
        p.get("Username", ANA), client_metadata=p.get("ClientMetadata")
    ),
    "ResendConfirmationCode": lambda b, p: b.client.resend_confirmation_code(
        p.get("Username", ANA), client_metadata=p.get("ClientMetadata")
    ),
    "AdminCreateUser": lambda b, p: b.client.admin_create_user(
        p.get("Username", ANA),
        user_attributes={"email": EMAIL, "email_verified": "true"},
        message_action=p.get("MessageAction"),
        validation_data=p.get("ValidationData"),
        client_metadata=p.get("ClientMetadata"),
    ),
    "ForgotPassword": lambda b, p: b.client.forgot_password(
        p.get("Username", ANA), client_metadata=p.get("ClientMetadata")
    ),
    "ConfirmForgotPassword": lambda b, p: b.client.confirm_forgot_password(
        p.get("Username", ANA),
        p.get("ConfirmationCode", CODE),
        p.get("Password", "Better-88"),
        client_metadata=p.get("ClientMetadata"),
    ),
    "InitiateAuth": _sign_in,
    "AdminInitiateAuth": lambda b, p: _sign_in(b, p, administrator=True),
    "RespondToAuthChallenge": _respond,
    "UpdateUserAttributes": _update,
    "AdminUpdateUserAttributes": lambda b, p: b.client.admin_update_user_attributes(
        ANA, p.get("UserAttributes", {"email": "ana@example.org"}), client_metadata=p.get("ClientMetadata")
    ),
    "GetUserAttributeVerificationCode": _ask_code,
    "VerifyUserAttribute": _verify,
    "GetUser": lambda b, p: b.client.get_user(access_token=p["AccessToken"]),
    "AdminGetUser": lambda b, p: b.client.admin_get_user(p.get("Username", ANA)),
    "AdminSetUserPassword": lambda b, p: b.client.admin_set_user_password(ANA, p.get("Password", PASSWORD)),
}
