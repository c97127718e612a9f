"""Cognito user pool triggers, as they are looked up."""

from collections.abc import Iterator
from json import dumps, loads
from typing import Any, Final

from attrs import define, field

from eventbus.checks import refuse
from eventbus.core.effects import Deliver, Invoke
from eventbus.core.outcomes import Succeeded
from eventbus.errors import InvalidSetting
from eventbus.ports import System
from sources._sample import SampleFunction, machine_of

from . import checking
from .addresses import FORGOT, AskingForCode, ChangingAttributes, Forgetting, Resetting
from .challenges import AnsweringChallenge, CustomSignIn
from .errors import CognitoError
from .events import TriggerEvent
from .federation import FederatedSignIn
from .flow import Flow
from .machine import PoolMachine
from .pool import LambdaVersion, UserPool
from .signing_in import NewPassword, PasswordSignIn, Refreshing
from .signing_up import Confirming, Creating, Resending, SigningUp
from .triggers import SETTINGS
from .users import ADDRESSES

PASSWORD: Final = "Secret-77"
_ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "UserMigration_Authentication": {"userAttributes": {}, "messageAction": "SUPPRESS"},
    "UserMigration_ForgotPassword": {"userAttributes": {"email": "ana@example.com", "email_verified": "true"}},
    "CreateAuthChallenge_Authentication": {
        "publicChallengeParameters": {"question": "2 + 3"},
        "privateChallengeParameters": {"answer": "5"},
        "challengeMetadata": "sum",
    },
    "VerifyAuthChallengeResponse_Authentication": {"answerCorrect": True},
}


def sample_event(
    *,
    kind: str = "PreSignUp_SignUp",
    username: str = "ana",
    email: str = "ana@example.com",
    phone_number: str = "+12065550100",
    lambda_version: LambdaVersion = "V1_0",
    function: str = "work",
) -> TriggerEvent:
    """What `function` gets for the trigger source `kind`. Raises `InvalidSetting`."""
    triggers: Any = dict.fromkeys(SETTINGS.values(), SampleFunction(function))
    pool = UserPool(
        "shop", lambda_version=lambda_version, auto_verified_attributes=list(ADDRESSES.values()), **triggers
    )
    by_sms = kind.startswith("CustomSMSSender")
    address = {"phone_number": phone_number} if by_sms else {"email": email}
    try:
        checking.name("username", username)
        life = _Life(machine_of(pool), username, checking.text_map("address", address))
        seen = []
        for event in life.events():
            seen.append(event["triggerSource"])
            if event["triggerSource"] == kind:
                return event
    except CognitoError as reason:
        raise InvalidSetting(str(reason)) from None
    seen += [source.replace("CustomEmail", "CustomSMS") for source in seen]
    raise refuse("kind", kind, ", ".join(sorted(set(seen))))


@define(eq=False)
class _Life:
    """Of one user, from sign-up to a forgotten password, in which every function is asked."""

    pool: PoolMachine
    username: str
    address: dict[str, str]
    result: Any = field(default=None, init=False)  # of the last call

    def events(self) -> Iterator[TriggerEvent]:
        name, pool, client = self.username, self.pool, self.pool.app_client(None)
        yield from self._call(SigningUp(username=name, password=PASSWORD, attributes=self.address, client=client))
        yield from self._call(Resending(username=name, client=client))
        yield from self._call(Confirming(username=name, code=pool.users[name].codes["SignUp"].text, client=client))
        yield from self._call(CustomSignIn(username=name, client=client))
        yield from self._call(AnsweringChallenge(username=name, answer="5", session=self.result.session, client=client))
        yield from self._call(PasswordSignIn(username=name, password=PASSWORD, client=client))
        tokens, attribute = self.result.authentication_result, next(iter(self.address))
        yield from self._call(Refreshing(username="", token=tokens.refresh_token, client=client))
        yield from self._call(AskingForCode(username="", token=tokens.access_token, attribute=attribute))
        yield from self._call(Forgetting(username=name, client=client))
        code = pool.users[name].codes[FORGOT].text
        yield from self._call(Resetting(username=name, code=code, password=PASSWORD, client=client))
        changed = {attribute: f"{self.address[attribute]}0"}
        yield from self._call(ChangingAttributes(username=name, attributes=changed, token=tokens.access_token))
        pool.users.clear()
        yield from self._call(Creating(username=name, attributes=self.address, password=PASSWORD))
        yield from self._call(PasswordSignIn(username=name, password=PASSWORD, client=client))
        session = self.result.session
        yield from self._call(
            NewPassword(username=name, password=PASSWORD, attributes={}, session=session, client=client)
        )
        pool.users.clear()
        yield from self._call(PasswordSignIn(username=name, password=PASSWORD, client=client))
        yield from self._call(
            FederatedSignIn(
                username=f"Corp_{name}",
                provider_name="Corp",
                provider_type="OIDC",
                user_id=name,
                inbound={"idToken": {"sub": name, **self.address}},
                client=client,
            )
        )
        pool.users.clear()
        yield from self._call(Forgetting(username=name, client=client))

    def _call(self, flow: Flow[Any]) -> Iterator[TriggerEvent]:
        pending = self.pool.begin(0.0, "", flow)
        while self.pool.effects:
            match self.pool.effects.pop(0):
                case Invoke(payload=bytes(text), token=token):
                    event = loads(text)
                    yield event
                    event["response"] = _answer(event)
                    self.pool.finished(0.0, token, Succeeded(dumps(event).encode()))
                case Deliver(body=body):
                    yield loads(body)
        self.result = pending.result
        if isinstance(self.result, CognitoError):
            raise self.result


def _answer(event: Any) -> dict[str, Any]:
    if event["triggerSource"] == "DefineAuthChallenge_Authentication":
        return {"issueTokens": True} if event["request"]["session"] else {"challengeName": "CUSTOM_CHALLENGE"}
    return _ANSWERS.get(event["triggerSource"], {})


SYSTEM: Final = System(
    name="Cognito user pool",
    kind="synchronous",
    invoked_by="`cognito.UserPool(name, pre_sign_up=function, ...)`: what users do, a function for each trigger",
    event="a trigger's event, versions 1 to 3: `userName`, `triggerSource`, `request`, and a `response` to fill in",
    answer="the whole event; `InvalidLambdaResponseException` for any other, `UserLambdaValidationException` for an "
    "error: the call fails, what it has changed before stays",
    retries="the pool: three attempts of 5 s each while there is no answer, then `UnexpectedLambdaException`; "
    "custom senders the function's asynchronous queue",
    permission="cognito-idp.amazonaws.com, SourceArn = the pool",
    refused="SRP, second factors, devices, passkeys, risk, managed login, aliases, client secrets, machines' tokens",
    deviations="tokens are not signed, codes for custom senders not encrypted, no quotas and lockouts; "
    "`federated_sign_in` stands for managed login, `messages()` for mail and SMS",
    example="""\
app = App("shop")
@app.function
def check(event, context):
    event["response"]["autoConfirmUser"] = event["request"]["userAttributes"]["email"].endswith("@example.com")
    return event
pool = app.add(cognito.UserPool("shop", pre_sign_up=check))
async with app.start() as bus:
    await bus[pool].sign_up("ana", "Secret-77", user_attributes={"email": "ana@example.com"})
    assert (await bus[pool].admin_get_user("ana")).user_status == "CONFIRMED"
""",
    sample_event=sample_event,
)
