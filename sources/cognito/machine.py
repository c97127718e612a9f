"""One user pool: who is in it, and the functions that it asks about them.

Laws: a function has 5 s for each attempt; where it says nothing in time it is asked again, three times in all, with the
same event (cog). Any answer ends the question, an error too. Whatever is refused ends the call it belongs to, and no
other. Custom senders are not waited for.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from attrs import define, field

from eventbus.core.outcomes import HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut
from eventbus.names import Arn
from sources._calling import CallingMachine, Pending, encode

from . import answers, events
from .answers import Answer
from .app_client import AppClient, client_id
from .errors import (
    NO_USER,
    CognitoError,
    GroupExistsException,
    InvalidParameterException,
    InvalidUserPoolConfigurationException,
    NotAuthorizedException,
    ResourceNotFoundException,
    UnexpectedLambdaException,
    UserLambdaValidationException,
    UserNotFoundException,
)
from .flow import Asked, Flow
from .groups import Group
from .results import DescribedUser, Message
from .tokens import Access, Grant, Session
from .triggers import CHALLENGES, trigger_of
from .users import PasswordPolicy, Status, User

R = TypeVar("R")
ATTEMPT_TIMEOUT: Final = 5.0
ATTEMPTS: Final = 3
_SOURCE: Final = '"triggerSource":"'
SILENCE: Final = "Socket timeout while invoking Lambda function"


@define(eq=False)
class PoolMachine(CallingMachine[Flow[Any]]):
    id: str
    functions: Mapping[str, Arn]  # by trigger
    policy: PasswordPolicy
    auto_verified: tuple[str, ...]
    temporary_seconds: float
    token_version: str  # of the events before tokens
    closed: bool  # only administrators make users
    clients: dict[str, AppClient] = field(factory=dict, init=False)  # as declared
    users: dict[str, User] = field(factory=dict, init=False)
    groups: dict[str, Group] = field(factory=dict, init=False)
    sessions: dict[str, Session] = field(factory=dict, init=False)
    grants: dict[str, Grant] = field(factory=dict, init=False)  # by refresh token
    accesses: dict[str, Access] = field(factory=dict, init=False)  # by access token
    messages: list[Message] = field(factory=list, init=False)

    # ------------------------------------------------------------ calls
    def begin(self, now: float, operation: str, flow: Flow[R]) -> Pending[R]:
        """The call is under way."""
        flow.id = self.new_id()
        flow.pending = Pending(Arn(f"{self.arn}/{flow.id}"))
        flow.line = f"{operation} {flow.username}".rstrip()
        self.requested(flow, flow.line)
        try:
            flow.start(self, now)
        except CognitoError as error:
            self._fail(flow, error)
        return flow.pending

    def done(self, flow: Flow[R], result: R) -> None:
        self.responded(flow, "done")
        self.reply(flow.pending, result)

    def responded(self, call: Flow[Any], detail: str) -> None:
        """The trace knows it by its user, too."""
        user = () if call.user is None else (call.user.sub,)
        invoked = () if call.invoked is None else (call.invoked,)
        self.notes.append(("responded", self.arn, (call.id, *user, *invoked), f"{call.line}: {detail}", None))

    # ------------------------------------------------------------ questions
    def ask(self, now: float, flow: Flow[Any], source: str, request: Mapping[str, Any], version: str = "1") -> None:
        """The function of that trigger is asked; `flow.told` hears what it says."""
        trigger = trigger_of(source)
        function = self.functions.get(trigger)
        if function is not None:
            flow.asked = Asked(source, function, self._event(flow, source, request, version))
            self._attempt(now, flow, flow.asked)
        elif trigger in CHALLENGES:
            raise InvalidUserPoolConfigurationException
        else:
            flow.told(self, now, source, answers.NOTHING)

    def hand_to_sender(self, now: float, flow: Flow[Any], source: str, request: Mapping[str, Any]) -> None:
        """The function of a custom sender gets the code, asynchronously."""
        event = self._event(flow, source, request)
        self.hand_over(now, self.functions[trigger_of(source)], event, (flow.id,), flow.cause)

    def answered(self, now: float, flow: Flow[Any], outcome: Outcome) -> None:
        asked = _question(flow)
        if now >= asked.until:  # at the very moment the caller's clock wins
            self.too_late(now, flow)
            return
        try:
            self._hear(now, flow, asked, _response(trigger_of(asked.source), outcome))
        except CognitoError as error:
            self._fail(flow, error)

    def refused(self, now: float, flow: Flow[Any], reason: str) -> None:
        asked = _question(flow)
        self._fail(flow, UnexpectedLambdaException(trigger_of(asked.source), "AccessDeniedException"), reason)

    def too_late(self, now: float, flow: Flow[Any]) -> None:
        asked = _question(flow)
        if asked.attempts < ATTEMPTS:
            self._attempt(now, flow, asked)
        else:
            self._fail(flow, UnexpectedLambdaException(trigger_of(asked.source), SILENCE))

    def routed(self, function: Arn, text: str) -> str:
        """Events hold passwords, codes, and what is known of people."""
        source = text.partition(_SOURCE)[2].partition('"')[0]
        return f"to {function.name} for {source}"

    # ------------------------------------------------------------ what is known
    def instant(self, now: float) -> datetime:
        return datetime.fromtimestamp(self.birth.epoch + now, UTC)

    def app_client(self, id: str | None) -> AppClient:
        """Without an id the only one; a pool without any has one that allows every flow. Raises
        `ResourceNotFoundException`."""
        known = self.clients or {(default := client_id(self.arn, "default")): AppClient(default)}
        if id is not None:
            found = known.get(id)
            if found is None:
                raise ResourceNotFoundException(f"User pool client {id} does not exist.")
            return found
        if len(known) > 1:
            raise InvalidParameterException("client_id: which one? this pool has several clients")
        return next(iter(known.values()))

    def known(self, username: str, text: str = NO_USER) -> User:
        user = self.users.get(username)
        if user is None:
            raise UserNotFoundException(text)
        return user

    def add(
        self, now: float, username: str, status: Status, attributes: Mapping[str, str], password: str | None = None
    ) -> User:
        user = self.users[username] = User(username, self.new_id(), now, status, dict(attributes), password)
        return user

    def access(self, now: float, token: str) -> Access:
        """Whose access token it is. Raises `NotAuthorizedException`."""
        access = self.accesses.get(token)
        if access is None:
            raise NotAuthorizedException("Invalid Access Token")
        if now > access.until:
            raise NotAuthorizedException("Access Token has expired")
        return access

    # ------------------------------------------------------------ calls that ask nobody
    def described(self, user: User) -> DescribedUser:
        """As it is now."""
        attributes = {"sub": user.sub, **user.attributes}
        made, modified = self.instant(user.created_at), self.instant(user.modified_at)
        return DescribedUser(user.username, attributes, user.status, made, modified)

    def get(self, now: float, username: str) -> DescribedUser:
        return self.described(self.known(username))

    def get_by_token(self, now: float, token: str) -> DescribedUser:
        return self.described(self.access(now, token).user)

    def verify(self, now: float, token: str, attribute: str, code: str) -> None:
        """The address is theirs."""
        user = self.access(now, token).user
        user.redeem(now, attribute, code)
        user.change(now, {f"{attribute}_verified": "true"})

    def set_password(self, now: float, username: str, password: str, *, permanent: bool) -> None:
        user = self.known(username)
        self.policy.check(password)
        self.give_password(now, user, password, permanent=permanent)

    def give_password(self, now: float, user: User, password: str, *, permanent: bool) -> None:
        user.password, user.temporary_until = password, now + self.temporary_seconds
        user.change(now, {}, "CONFIRMED" if permanent else "FORCE_CHANGE_PASSWORD")

    def create_group(self, now: float, group: Group) -> None:
        if group.name in self.groups:
            raise GroupExistsException("A group with the name already exists.")
        self.groups[group.name] = group

    def add_to_group(self, now: float, username: str, name: str) -> None:
        user = self.known(username)
        if name not in self.groups:
            raise ResourceNotFoundException("Group not found.")
        if name not in user.groups:
            user.groups.append(name)

    # ------------------------------------------------------------
    def _event(self, flow: Flow[Any], source: str, request: Mapping[str, Any], version: str = "1") -> str:
        client = None if flow.client is None else flow.client.id
        try:
            return encode(events.event(source, self.id, flow.username, client, request, version))
        except RecursionError:  # what an identity provider said
            raise InvalidParameterException("what is told to the function nests too deeply") from None

    def _attempt(self, now: float, flow: Flow[Any], asked: Asked) -> None:
        asked.attempts += 1
        asked.until = now + ATTEMPT_TIMEOUT
        if not self.invoke_with(flow, asked.function, asked.event, asked.until):
            raise UnexpectedLambdaException(trigger_of(asked.source), "RequestTooLargeException")

    def _hear(self, now: float, flow: Flow[Any], asked: Asked, answer: Answer) -> None:
        flow.asked = None
        flow.told(self, now, asked.source, answer)

    def _fail(self, flow: Flow[Any], error: CognitoError, reason: str = "") -> None:
        error.request_id = flow.id
        if reason:
            error.add_note(reason)
        notes = "; ".join(getattr(error, "__notes__", ()))
        self.responded(flow, f"{error.code}: {error}{f' ({notes})' if notes else ''}")
        self.reply(flow.pending, error)


def _question(flow: Flow[Any]) -> Asked:
    assert flow.asked is not None, "an answer without a question"
    return flow.asked


def _response(trigger: str, outcome: Outcome) -> Answer:
    match outcome:
        case Succeeded():
            return answers.response_of(outcome.payload)
        case HandlerFailed() | TimedOut():
            raise UserLambdaValidationException(trigger, outcome.message)
        case Throttled():
            raise UnexpectedLambdaException(trigger, "TooManyRequestsException")
        case Stopped():
            raise UnexpectedLambdaException(trigger, outcome.reason)
