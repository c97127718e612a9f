"""Sign-in: with a password, a refresh token, a new password in the place of a temporary one."""

import json
from abc import ABC
from typing import TYPE_CHECKING, ClassVar, Final

from attrs import define, field

from . import claims, events, migration, tokens
from .answers import Answer
from .app_client import AppClient
from .errors import (
    INCORRECT,
    NotAuthorizedException,
    PasswordResetRequiredException,
    UserNotConfirmedException,
)
from .events import Texts
from .flow import Flow
from .groups import Membership, membership
from .results import AuthResult
from .tokens import Grant, Session
from .users import User, check_attributes

if TYPE_CHECKING:
    from .machine import PoolMachine

NEW_PASSWORD: Final = "NEW_PASSWORD_REQUIRED"


@define(eq=False, kw_only=True)
class SigningIn(Flow[AuthResult], ABC):
    """What comes last in all of them: a function afterwards, one before the tokens, the tokens."""

    token_source: ClassVar[str] = "TokenGeneration_Authentication"
    client: AppClient
    validation_data: Texts | None = None  # what the functions before are told
    grant: Grant | None = field(default=None, init=False)  # that is used again

    def before(self, pool: "PoolMachine", now: float) -> None:
        """Ask whether this user may sign in at all."""
        attributes = {} if self.user is None else self.user.shown()
        members = {"validationData": self.validation_data}
        request = events.request(attributes, members, user_not_found=self.user is None)
        pool.ask(now, self, "PreAuthentication_Authentication", request)

    def enter(self, pool: "PoolMachine", now: float) -> None:
        """The user is who they say."""
        request = events.request(self.known.shown(), {"newDeviceUsed": False}, self.metadata)
        pool.ask(now, self, "PostAuthentication_Authentication", request)

    def generate(self, pool: "PoolMachine", now: float, grant: Grant | None = None) -> None:
        """Tokens, by a `grant` that is used again or by a new one."""
        self.grant = grant
        groups, version = self.groups(pool), pool.token_version
        configuration = {
            "groupsToOverride": list(groups.names),
            "iamRolesToOverride": list(groups.roles),
            "preferredRole": groups.preferred,
        }
        members: dict[str, object] = {"groupConfiguration": configuration}
        if version != "1":
            members["scopes"] = [tokens.SCOPE]
        request = events.request(self.known.shown(), members, self.metadata)
        pool.ask(now, self, self.token_source, request, version)

    def told(self, pool: "PoolMachine", now: float, source: str, answer: Answer) -> None:
        if source == "PostAuthentication_Authentication":
            self.generate(pool, now)
        elif source == self.token_source:
            override = claims.read(answer, pool.token_version)
            issued = tokens.issue(pool, now, self.known, self.client, self.groups(pool), override, self.grant)
            pool.done(self, AuthResult(issued))
        else:
            super().told(pool, now, source, answer)

    def challenge(self, pool: "PoolMachine", session: Session, parameters: Texts) -> None:
        """Something is to be answered first."""
        pool.done(self, AuthResult(None, session.challenge, tokens.open_session(pool, session), parameters))

    def groups(self, pool: "PoolMachine") -> Membership:
        return membership(pool.groups[name] for name in self.known.groups)

    def check_status(self) -> None:
        if self.known.status == "UNCONFIRMED":
            raise UserNotConfirmedException
        if self.known.status == "RESET_REQUIRED":
            raise PasswordResetRequiredException


@define(eq=False, kw_only=True)
class PasswordSignIn(SigningIn):
    password: str = field(repr=False)

    def start(self, pool: "PoolMachine", now: float) -> None:
        self.user = pool.users.get(self.username)
        if self.user is None and "UserMigration" in pool.functions:
            migration.ask(pool, now, self, "Authentication", self.password, self.validation_data)
        else:
            self._look(pool, now)

    def told(self, pool: "PoolMachine", now: float, source: str, answer: Answer) -> None:
        match source:
            case "UserMigration_Authentication":
                self.user = migration.migrated(pool, now, self, self.password, answer)
                if self.letters:
                    self.post(pool, now)
                else:
                    self._look(pool, now)
            case "PreAuthentication_Authentication":
                self._check(pool, now)
            case _:
                super().told(pool, now, source, answer)

    def posted(self, pool: "PoolMachine", now: float) -> None:
        """A migrated user has been welcomed."""
        self._look(pool, now)

    def _look(self, pool: "PoolMachine", now: float) -> None:
        if self.user is None and not self.hidden(pool):
            pool.known(self.username)
        self.before(pool, now)

    def _check(self, pool: "PoolMachine", now: float) -> None:
        if self.user is None:
            raise NotAuthorizedException(INCORRECT)
        self.check_status()
        if self.user.password != self.password:
            raise NotAuthorizedException(INCORRECT)
        if self.user.status == "FORCE_CHANGE_PASSWORD":
            self._demand_another(pool, now, self.user)
        else:
            self.enter(pool, now)

    def _demand_another(self, pool: "PoolMachine", now: float, user: User) -> None:
        if now > user.temporary_until:
            raise NotAuthorizedException("Temporary password has expired and must be reset by an administrator.")
        session = Session(NEW_PASSWORD, self.username, user, self.client, now + self.client.session_seconds)
        shown = json.dumps(user.attributes, separators=(",", ":"))
        parameters = {"USER_ID_FOR_SRP": user.username, "requiredAttributes": "[]", "userAttributes": shown}
        self.challenge(pool, session, parameters)


@define(eq=False, kw_only=True)
class NewPassword(SigningIn):
    """The answer to NEW_PASSWORD_REQUIRED."""

    token_source: ClassVar[str] = "TokenGeneration_NewPasswordChallenge"
    session: str = field(repr=False)
    password: str = field(repr=False)
    attributes: Texts

    def start(self, pool: "PoolMachine", now: float) -> None:
        session = tokens.session_of(pool, now, self.session, NEW_PASSWORD, self.username, self.client)
        self.concern(session.user)
        pool.policy.check(self.password)
        check_attributes(self.attributes)
        del pool.sessions[self.session]
        pool.give_password(now, self.known, self.password, permanent=True)
        self.known.change(now, self.attributes)
        self.enter(pool, now)


@define(eq=False, kw_only=True)
class Refreshing(SigningIn):
    token_source: ClassVar[str] = "TokenGeneration_RefreshTokens"
    token: str = field(repr=False)

    def start(self, pool: "PoolMachine", now: float) -> None:
        grant = pool.grants.get(self.token)
        if grant is None or grant.client != self.client:
            raise NotAuthorizedException("Invalid Refresh Token")
        if now > grant.until:
            raise NotAuthorizedException("Refresh Token has expired")
        self.concern(grant.user)
        self.generate(pool, now, grant)
