"""Forgotten passwords, changed addresses: calls that send a code to a user who is known already."""

from typing import TYPE_CHECKING, Final

from attrs import define, field

from . import events, messages, migration
from .answers import Answer
from .errors import NOT_FOUND, CodeMismatchException, InvalidParameterException, NotAuthorizedException
from .events import Texts
from .flow import Flow
from .results import CodeDeliveryDetails
from .users import ADDRESSES, RESET_CODE_AGE, check_attributes

if TYPE_CHECKING:
    from .machine import PoolMachine

FORGOT: Final = "ForgotPassword"
NO_ADDRESS: Final = "Cannot reset password for the user as there is no registered/verified email or phone_number"


@define(eq=False, kw_only=True)
class Forgetting(Flow[CodeDeliveryDetails]):
    def start(self, pool: "PoolMachine", now: float) -> None:
        self.user = pool.users.get(self.username)
        if self.user is None and "UserMigration" in pool.functions:
            migration.ask(pool, now, self, FORGOT, None, None)
        else:
            self._send(pool, now)

    def told(self, pool: "PoolMachine", now: float, source: str, answer: Answer) -> None:
        if source != "UserMigration_ForgotPassword":
            super().told(pool, now, source, answer)
            return
        self.user = migration.migrated(pool, now, self, None, answer)
        self._send(pool, now)

    def posted(self, pool: "PoolMachine", now: float) -> None:
        pool.done(self, self.sent[0])

    def _send(self, pool: "PoolMachine", now: float) -> None:
        if self.hidden(pool):
            pool.done(self, messages.pretended(self.username))
            return
        user = pool.known(self.username, NOT_FOUND)
        if user.status in ("FORCE_CHANGE_PASSWORD", "EXTERNAL_PROVIDER"):
            raise NotAuthorizedException("User password cannot be reset in the current state.")
        medium = user.medium(verified=True)
        if medium is None:
            raise InvalidParameterException(NO_ADDRESS)
        self.letters.append(messages.with_code(pool, now, user, FORGOT, FORGOT, medium, RESET_CODE_AGE))
        self.post(pool, now)


@define(eq=False, kw_only=True)
class Resetting(Flow[None]):
    code: str = field(repr=False)
    password: str = field(repr=False)

    def start(self, pool: "PoolMachine", now: float) -> None:
        pool.policy.check(self.password)
        if self.hidden(pool):
            raise CodeMismatchException
        user = pool.known(self.username, NOT_FOUND)
        self.concern(user)
        user.redeem(now, FORGOT, self.code)
        pool.give_password(now, user, self.password, permanent=True)
        pool.ask(now, self, "PostConfirmation_ConfirmForgotPassword", events.request(user.shown(), None, self.metadata))

    def told(self, pool: "PoolMachine", now: float, source: str, answer: Answer) -> None:
        pool.done(self, None)


@define(eq=False, kw_only=True)
class ChangingAttributes(Flow[list[CodeDeliveryDetails]]):
    """By the user whose access `token` it is, or by an administrator."""

    attributes: Texts
    token: str | None = field(default=None, repr=False)

    def start(self, pool: "PoolMachine", now: float) -> None:
        if self.token is None:
            user = pool.known(self.username)
            self.concern(user)
        else:
            access = pool.access(now, self.token)
            user = access.user
            self.concern(user, access.client)
        check_attributes(self.attributes, administrator=self.token is None)
        changed = [
            (medium, name)
            for medium, name in ADDRESSES.items()
            if self.attributes.get(name, user.attributes.get(name)) != user.attributes.get(name)
        ]
        unverified = {f"{name}_verified": "false" for _, name in changed}
        user.change(now, {**unverified, **self.attributes})
        for medium, name in changed:
            if name in pool.auto_verified and user.attributes[f"{name}_verified"] == "false":
                self.letters.append(messages.with_code(pool, now, user, "UpdateUserAttribute", name, medium))
        self.post(pool, now)

    def posted(self, pool: "PoolMachine", now: float) -> None:
        pool.done(self, self.sent)


@define(eq=False, kw_only=True)
class AskingForCode(Flow[CodeDeliveryDetails]):
    token: str = field(repr=False)
    attribute: str

    def start(self, pool: "PoolMachine", now: float) -> None:
        access = pool.access(now, self.token)
        user = access.user
        self.concern(user, access.client)
        medium = next(medium for medium, name in ADDRESSES.items() if name == self.attribute)
        if self.attribute not in user.attributes:
            raise InvalidParameterException(f"User does not have {self.attribute}")
        self.letters.append(messages.with_code(pool, now, user, "VerifyUserAttribute", self.attribute, medium))
        self.post(pool, now)

    def posted(self, pool: "PoolMachine", now: float) -> None:
        pool.done(self, self.sent[0])
