"""Users come into being: by themselves, or made by an administrator, and are confirmed."""

from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from . import answers, events, messages
from .answers import Answer
from .errors import (
    NO_USER,
    NOT_FOUND,
    CodeMismatchException,
    InvalidParameterException,
    NotAuthorizedException,
    UnsupportedUserStateException,
    UsernameExistsException,
)
from .events import Texts
from .flow import Flow
from .messages import INVITATION, Letter
from .results import CodeDeliveryDetails, DescribedUser, SignUpResult
from .users import ADDRESSES, Medium, Status, User, check_attributes

if TYPE_CHECKING:
    from .machine import PoolMachine

SIGN_UP: Final = "SignUp"
_CONFIRMED: Final = "PostConfirmation_ConfirmSignUp"


@define(eq=False, kw_only=True)
class SigningUp(Flow[SignUpResult]):
    password: str = field(repr=False)
    attributes: Texts
    validation_data: Texts | None = None

    def start(self, pool: "PoolMachine", now: float) -> None:
        if pool.closed:
            raise NotAuthorizedException("SignUp is not permitted for this user pool")
        pool.policy.check(self.password)
        check_attributes(self.attributes)
        request = events.request(self.attributes, {"validationData": self.validation_data}, self.metadata)
        pool.ask(now, self, "PreSignUp_SignUp", request)

    def told(self, pool: "PoolMachine", now: float, source: str, answer: Answer) -> None:
        match source:
            case "PreSignUp_SignUp":
                self._create(pool, now, answer)
            case "PostConfirmation_ConfirmSignUp":
                self.posted(pool, now)
            case _:
                super().told(pool, now, source, answer)

    def _create(self, pool: "PoolMachine", now: float, answer: Answer) -> None:
        confirmed = answers.flag(answer, "autoConfirmUser")
        verified = {
            "email": answers.flag(answer, "autoVerifyEmail"),
            "phone_number": answers.flag(answer, "autoVerifyPhone"),
        }
        for attribute, wanted in verified.items():
            if wanted and attribute not in self.attributes:
                raise InvalidParameterException(f"{attribute} can't be verified: the user has none")
        if self.username in pool.users:
            raise UsernameExistsException("User already exists")
        known = {f"{name}_verified": str(verified[name]).lower() for name in verified if name in self.attributes}
        status: Status = "CONFIRMED" if confirmed else "UNCONFIRMED"
        self.concern(pool.add(now, self.username, status, {**known, **self.attributes}, self.password))
        if confirmed:
            pool.ask(now, self, _CONFIRMED, events.request(self.known.shown(), None, self.metadata))
            return
        medium = code_medium(pool, self.known)
        if medium is not None:
            self.letters.append(messages.with_code(pool, now, self.known, SIGN_UP, SIGN_UP, medium))
        self.post(pool, now)

    def posted(self, pool: "PoolMachine", now: float) -> None:
        user, sent = self.known, self.sent[0] if self.sent else None
        pool.done(self, SignUpResult(user.status == "CONFIRMED", user.sub, sent))


def code_medium(pool: "PoolMachine", user: User) -> Medium | None:
    """Where the code of a new user goes: an address that this pool verifies."""
    for medium, attribute in ADDRESSES.items():
        if attribute in pool.auto_verified and attribute in user.attributes:
            return medium
    return None


@define(eq=False, kw_only=True)
class Confirming(Flow[None]):
    """With a code, or without one by an administrator."""

    code: str | None = field(default=None, repr=False)

    def start(self, pool: "PoolMachine", now: float) -> None:
        if self.code is not None and self.hidden(pool):
            raise CodeMismatchException
        user = pool.known(self.username, NO_USER if self.code is None else NOT_FOUND)
        self.concern(user)
        if user.status != "UNCONFIRMED":
            raise NotAuthorizedException(f"User cannot be confirmed. Current status is {user.status}")
        verified = {}
        if self.code is not None:
            verified[f"{user.redeem(now, SIGN_UP, self.code).attribute}_verified"] = "true"
        user.change(now, verified, "CONFIRMED")
        pool.ask(now, self, _CONFIRMED, events.request(user.shown(), None, self.metadata))

    def told(self, pool: "PoolMachine", now: float, source: str, answer: Answer) -> None:
        pool.done(self, None)


@define(eq=False, kw_only=True)
class Resending(Flow[CodeDeliveryDetails]):
    def start(self, pool: "PoolMachine", now: float) -> None:
        if self.hidden(pool):
            pool.done(self, messages.pretended(self.username))
            return
        user = pool.known(self.username, NOT_FOUND)
        self.concern(user)
        if user.status != "UNCONFIRMED":
            raise InvalidParameterException("User is already confirmed.")
        medium = code_medium(pool, user)
        if medium is None:
            raise InvalidParameterException("Cannot resend codes. Auto verification not turned on.")
        self.letters.append(messages.with_code(pool, now, user, "ResendCode", SIGN_UP, medium))
        self.post(pool, now)

    def posted(self, pool: "PoolMachine", now: float) -> None:
        pool.done(self, self.sent[0])


@define(eq=False, kw_only=True)
class Creating(Flow[DescribedUser]):
    """By an administrator, with a password that is to be changed."""

    attributes: Texts
    password: str | None = field(default=None, repr=False)
    validation_data: Texts | None = None
    message_action: str | None = None
    mediums: tuple[Medium, ...] = ()

    def start(self, pool: "PoolMachine", now: float) -> None:
        if self.password is not None:
            pool.policy.check(self.password)
        if self.message_action == "RESEND":
            self._again(pool, now)
            return
        check_attributes(self.attributes, administrator=True)
        request = events.request(self.attributes, {"validationData": self.validation_data}, self.metadata)
        pool.ask(now, self, "PreSignUp_AdminCreateUser", request)

    def told(self, pool: "PoolMachine", now: float, source: str, answer: Answer) -> None:
        """What the function says before is not looked at (cog)."""
        if source != "PreSignUp_AdminCreateUser":
            super().told(pool, now, source, answer)
            return
        if self.username in pool.users:
            raise UsernameExistsException("User account already exists")
        self.concern(pool.add(now, self.username, "FORCE_CHANGE_PASSWORD", self.attributes))
        self._invite(pool, now, self.known)

    def posted(self, pool: "PoolMachine", now: float) -> None:
        pool.done(self, pool.described(self.known))

    def _again(self, pool: "PoolMachine", now: float) -> None:
        user = pool.known(self.username)
        self.concern(user)
        if user.status != "FORCE_CHANGE_PASSWORD":
            raise UnsupportedUserStateException(
                f"Resend not possible. {user.username} status is not FORCE_CHANGE_PASSWORD"
            )
        self._invite(pool, now, user)

    def _invite(self, pool: "PoolMachine", now: float, user: User) -> None:
        password = self.password or pool.policy.generate(pool.birth.ids)
        pool.give_password(now, user, password, permanent=False)
        if self.message_action != "SUPPRESS":
            self.letters.extend(invitations(user, password, self.mediums))
        self.post(pool, now)


def invitations(user: User, password: str, mediums: tuple[Medium, ...]) -> list[Letter]:
    """To all of these addresses that the user has; unless any is asked for, to one of them."""
    wanted: Any = mediums or (user.medium(),)
    return [Letter(user, INVITATION, each, password) for each in wanted if ADDRESSES.get(each) in user.attributes]
