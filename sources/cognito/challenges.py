"""Custom sign-in: one function says what comes next, one makes the challenge, one looks at the answer
(cog:user-pool-lambda-challenge)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from attrs import define, field

from . import answers, events, tokens
from .answers import Answer
from .errors import INCORRECT, InvalidParameterException, InvalidUserPoolConfigurationException, NotAuthorizedException
from .events import ChallengeResult
from .signing_in import SigningIn
from .tokens import Session

if TYPE_CHECKING:
    from .machine import PoolMachine

CUSTOM: Final = "CUSTOM_CHALLENGE"
NOT_OFFERED: Final = (
    *("SRP_A", "PASSWORD_VERIFIER", "SMS_MFA", "EMAIL_OTP", "SMS_OTP", "SOFTWARE_TOKEN_MFA", "SELECT_MFA_TYPE"),
    *("MFA_SETUP", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER", "ADMIN_NO_SRP_AUTH", "SELECT_CHALLENGE"),
    *("PASSWORD", "PASSWORD_SRP", "WEB_AUTHN"),
)
"""Challenges of AWS's own."""
_DEFINE: Final = "DefineAuthChallenge_Authentication"
_CREATE: Final = "CreateAuthChallenge_Authentication"
_VERIFY: Final = "VerifyAuthChallengeResponse_Authentication"


@define(eq=False, kw_only=True)
class Challenging(SigningIn):
    """`user` is None for one who is not there, and is not to be known to be missing."""

    history: Sequence[ChallengeResult] = field(default=(), init=False)
    session: str | None = field(default=None, repr=False)  # that was answered

    def define(self, pool: "PoolMachine", now: float, history: Sequence[ChallengeResult] = ()) -> None:
        self.history = history
        self._ask(pool, now, _DEFINE, {"session": self.history})

    def told(self, pool: "PoolMachine", now: float, source: str, answer: Answer) -> None:
        if source == _DEFINE:
            self._defined(pool, now, answer)
        elif source == _CREATE:
            self._created(pool, now, answer)
        else:
            super().told(pool, now, source, answer)

    def _ask(self, pool: "PoolMachine", now: float, source: str, members: dict[str, object]) -> None:
        attributes = {} if self.user is None else self.user.shown()
        request = events.request(attributes, members, self.metadata, user_not_found=self.user is None)
        pool.ask(now, self, source, request)

    def _defined(self, pool: "PoolMachine", now: float, answer: Answer) -> None:
        failed, passed = answers.flag(answer, "failAuthentication"), answers.flag(answer, "issueTokens")
        name = answers.text(answer, "challengeName")
        if failed or passed:
            self._close(pool)
            if failed or self.user is None:
                raise NotAuthorizedException(INCORRECT)
            self.enter(pool, now)
        elif name in NOT_OFFERED:
            raise InvalidParameterException(f"challengeName={name} is not offered here, {CUSTOM} is")
        elif name == CUSTOM:
            self._ask(pool, now, _CREATE, {"challengeName": CUSTOM, "session": self.history})
        else:
            raise answers.wrong("challengeName", name, f"{CUSTOM}, or a flag that is true,")

    def _created(self, pool: "PoolMachine", now: float, answer: Answer) -> None:
        public = answers.texts(answer, "publicChallengeParameters")
        private = answers.texts(answer, "privateChallengeParameters")
        metadata, until = answers.text(answer, "challengeMetadata"), now + self.client.session_seconds
        self._close(pool)
        session = Session(CUSTOM, self.username, self.user, self.client, until, self.history, private, metadata)
        self.challenge(pool, session, {"USERNAME": self.username, **public})

    def _close(self, pool: "PoolMachine") -> None:
        """The answered session is over."""
        if self.session is not None:
            pool.sessions.pop(self.session, None)


@define(eq=False, kw_only=True)
class CustomSignIn(Challenging):
    def start(self, pool: "PoolMachine", now: float) -> None:
        if "DefineAuthChallenge" not in pool.functions:
            raise InvalidUserPoolConfigurationException
        self.concern(pool.users.get(self.username))
        if self.user is None and not self.hidden(pool):
            pool.known(self.username)
        self.before(pool, now)

    def told(self, pool: "PoolMachine", now: float, source: str, answer: Answer) -> None:
        if source != "PreAuthentication_Authentication":
            super().told(pool, now, source, answer)
            return
        if self.user is not None:
            self.check_status()
        self.define(pool, now)


@define(eq=False, kw_only=True)
class AnsweringChallenge(Challenging):
    """The answer to CUSTOM_CHALLENGE."""

    answer: str = field(repr=False)
    _answered: Session | None = field(default=None, init=False)

    def start(self, pool: "PoolMachine", now: float) -> None:
        assert self.session is not None, "an answer without a session"
        session = self._answered = tokens.session_of(pool, now, self.session, CUSTOM, self.username, self.client)
        self.concern(session.user)
        self._ask(pool, now, _VERIFY, {"privateChallengeParameters": session.private, "challengeAnswer": self.answer})

    def told(self, pool: "PoolMachine", now: float, source: str, answer: Answer) -> None:
        if source != _VERIFY:
            super().told(pool, now, source, answer)
            return
        assert self._answered is not None, "an answer without a session"
        result: ChallengeResult = {
            "challengeName": CUSTOM,
            "challengeResult": answers.flag(answer, "answerCorrect"),
            "challengeMetadata": self._answered.metadata,
        }
        self.define(pool, now, (*self._answered.history, result))
