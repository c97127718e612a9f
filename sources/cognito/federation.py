"""Sign-in through an identity provider: what the managed login of a pool does when a user comes back from there.

No page settles all of it: the first time there is a sign-up, then tokens; later there are the functions of a sign-in,
then tokens. What the provider says of a user goes into attributes of the same name; a value that is no text, true or
false goes nowhere.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from attrs import define, field

from . import answers, events
from .answers import Answer
from .errors import UsernameExistsException
from .events import InboundAttributes
from .signing_in import SigningIn
from .users import STANDARD, VALUE_LIMIT, identities

if TYPE_CHECKING:
    from .machine import PoolMachine

PROVIDER_TYPES: Final = ("OIDC", "SAML", "Facebook", "Google", "SignInWithApple", "LoginWithAmazon")


@define(eq=False, kw_only=True)
class FederatedSignIn(SigningIn):
    token_source: ClassVar[str] = "TokenGeneration_HostedAuth"
    provider_name: str
    provider_type: str
    user_id: str
    inbound: InboundAttributes
    _mapped: dict[str, str] = field(factory=dict, init=False)

    def start(self, pool: "PoolMachine", now: float) -> None:
        provider = {"providerName": self.provider_name, "providerType": self.provider_type}
        pool.ask(now, self, "InboundFederation_ExternalProvider", {**provider, "attributes": self.inbound})

    def told(self, pool: "PoolMachine", now: float, source: str, answer: Answer) -> None:
        match source:
            case "InboundFederation_ExternalProvider":
                self._arrive(pool, now, answers.texts(answer, "userAttributesToMap"))
            case "PreSignUp_ExternalProvider":
                self._create(pool, now)
            case "PostConfirmation_ConfirmSignUp":
                self.generate(pool, now)
            case "PreAuthentication_Authentication":
                self.enter(pool, now)
            case _:
                super().told(pool, now, source, answer)

    def _arrive(self, pool: "PoolMachine", now: float, wanted: Mapping[str, str]) -> None:
        """Whatever the function has not kept is gone; all is kept where it says nothing."""
        said: dict[str, Any] = {}
        for part in ("idToken", "userInfo", "samlResponse"):
            said.update(self.inbound.get(part) or {})  # type: ignore[call-overload]  # all three are optional mappings
        self._mapped = mapped(wanted or said)
        self.user = pool.users.get(self.username)
        if self.user is None:
            request = events.request(self._mapped, {"validationData": None})
            pool.ask(now, self, "PreSignUp_ExternalProvider", request)
        else:
            self.user.change(now, self._mapped)
            self.before(pool, now)

    def _create(self, pool: "PoolMachine", now: float) -> None:
        """What the function says is not looked at: such a user is confirmed by the provider."""
        if self.username in pool.users:
            raise UsernameExistsException("User already exists")
        milliseconds = round((pool.birth.epoch + now) * 1_000)
        identity = identities(self.provider_name, self.provider_type, self.user_id, milliseconds)
        attributes = {"identities": identity, **self._mapped}
        self.user = pool.add(now, self.username, "EXTERNAL_PROVIDER", attributes)
        pool.ask(now, self, "PostConfirmation_ConfirmSignUp", events.request(self.user.shown()))


def mapped(said: Mapping[str, Any]) -> dict[str, str]:
    """What becomes attributes of a user."""
    found: dict[str, str] = {}
    for name, value in said.items():
        text = str(value).lower() if isinstance(value, bool) else value
        if isinstance(text, str) and (name in STANDARD or name.startswith("custom:")):
            found[name] = text[:VALUE_LIMIT]
    return found
