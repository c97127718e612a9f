"""Conversations with one bot, turn by turn: what was said, what its function makes of it, what comes next.

Laws: one turn of a session at a time, another one meanwhile is refused. A turn calls the function up to twice, for the
dialog and for the fulfilment. It ends once: its session is then as the turn left it, or, if it failed, as it was
before. A function has 30 s [bc:lex-runtime DependencyFailedException; V2: unverified]. Nothing is tried again. A
session that nobody talks in for the idle time is gone.
"""

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar

from attrs import define, field

from eventbus.core.effects import Cause
from eventbus.core.outcomes import HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut
from eventbus.errors import ResourceNotFoundException
from eventbus.names import Arn
from sources._calling import CallingMachine, Pending
from sources._http.answers import Malformed

from .errors import ConflictException, DependencyFailedException, LexError
from .intent import said
from .model import Model, begin
from .reading import Given, Order
from .session import (
    CLOSE,
    DELEGATE,
    ELICIT_INTENT,
    FAILED,
    FULFILLED,
    IN_PROGRESS,
    NOT_ASKED,
    READY,
    Active,
    Session,
    Slots,
)

R = TypeVar("R")

DIALOG: Final = "DialogCodeHook"
FULFILLMENT: Final = "FulfillmentCodeHook"
SECONDS: Final = 30.0
INVALID: Final = "Invalid Lambda Response: Received invalid response from Lambda"
ERROR: Final = "Invalid Lambda Response: Received error response from Lambda: Unhandled"
NOT_CALLED: Final = "The function could not be called"
"""What fails is told in these words; the first two were seen in the field (2019 to 2022)."""
TOO_LATE: Final = f"The function did not answer in {SECONDS:.0f} s"
NOTHING_CHANGED: Final = "The function answered the fulfilment with Delegate, and left nothing to ask for"


@define(eq=False)
class Turn(Generic[R]):
    """What somebody said, or set, until that is answered."""

    id: str
    session: Session
    pending: Pending[R]
    cause: Cause | None
    text: str = ""
    request_attributes: Mapping[str, str] | None = None
    hook: str = ""  # that the function was called for last
    resolved: Slots = field(factory=dict)  # the values that were in the text
    invoked: str | None = None


@define(eq=False)
class BotMachine(CallingMachine[Turn[R]], Generic[R]):
    """What V1 and V2 have in common; each says what it sends, reads and answers."""

    model: Model
    sessions: dict[str, Session] = field(factory=dict, init=False)  # the longest idle first
    _busy: set[str] = field(factory=set, init=False)

    # ------------------------------------------------------------ what V1 and V2 say
    def event(self, now: float, turn: Turn[R]) -> str:
        """JSON text. Raises `LexError` for one that is too long."""
        raise NotImplementedError

    def read(self, now: float, turn: Turn[R], payload: bytes) -> Order:
        """What the function wants. Raises `Malformed`."""
        raise NotImplementedError

    def result(self, now: float, turn: Turn[R]) -> R:
        """What the caller gets. Raises `LexError` where nothing can be said."""
        raise NotImplementedError

    def not_understood(self, now: float, turn: Turn[R]) -> None:
        """No utterance, no value, and no more retries."""
        raise NotImplementedError

    # ------------------------------------------------------------ operations
    def say(
        self,
        now: float,
        session_id: str,
        text: str,
        state: Order,
        request_attributes: Mapping[str, str] | None,
        cause: Cause | None,
    ) -> Pending[R]:
        """A turn is under way, in the session as `state` makes it. Raises `ConflictException`."""
        turn = self._begin(now, session_id, f"{session_id}: {text}", cause)
        turn.text, turn.request_attributes = text, request_attributes
        session = turn.session
        self._apply(session, state)
        if state.action is not None:
            session.action, session.slot, session.style = state.action, state.slot, state.style
        found = self.model.hear(session, text)
        if found is not None:
            turn.resolved = found
        elif self.model.may_repeat(session):
            session.attempts += 1
        else:
            self.not_understood(now, turn)
            return turn.pending
        self.consult(now, turn)
        return turn.pending

    def put(
        self,
        now: float,
        session_id: str,
        state: Order,
        request_attributes: Mapping[str, str] | None,
        cause: Cause | None,
    ) -> Pending[R]:
        """The session is as `state` says; with Delegate the bot goes on. Raises `ConflictException`."""
        turn = self._begin(now, session_id, f"{session_id}: set", cause)
        turn.request_attributes = request_attributes
        self._apply(turn.session, state)
        if state.action is None:
            self._end(now, turn, turn.session.messages)
        else:
            self._obey(now, turn, state)
        return turn.pending

    def get(self, now: float, session_id: str) -> Session:
        """As it is now. Raises `ResourceNotFoundException`."""
        self._forget_idle(now)
        if session_id not in self.sessions:
            raise ResourceNotFoundException(f"There is no session {session_id}.")
        return self.sessions[session_id].copy(now)

    def delete(self, now: float, session_id: str) -> None:
        """It is gone. Raises `ResourceNotFoundException`, `ConflictException`."""
        if session_id in self._busy:
            raise ConflictException(session_id)
        self.get(now, session_id)
        del self.sessions[session_id]

    # ------------------------------------------------------------ what the function said
    def answered(self, now: float, turn: Turn[R], outcome: Outcome) -> None:
        match outcome:
            case Succeeded():
                try:
                    order = self.read(now, turn, outcome.payload)
                except Malformed as reason:
                    self.fail(turn, INVALID, str(reason))
                else:
                    self._apply(turn.session, order)
                    self._obey(now, turn, order)
            case HandlerFailed() | TimedOut():
                self._failed(now, turn, self._intent(turn).failure_response, ERROR)
            case Throttled() | Stopped():
                self.fail(turn, NOT_CALLED, outcome.reason)

    def refused(self, now: float, turn: Turn[R], reason: str) -> None:
        self.fail(turn, NOT_CALLED, reason)

    def too_late(self, now: float, turn: Turn[R]) -> None:
        self._failed(now, turn, self._intent(turn).timeout_response, TOO_LATE)

    def _failed(self, now: float, turn: Turn[R], response: str | None, error: str) -> None:
        """A declared response in the place of an error [bc:lexv2-runtime RecognizeText]."""
        if turn.hook != FULFILLMENT or response is None:
            self.fail(turn, error)
            return
        session = turn.session
        assert session.intent is not None
        session.intent.state = FAILED
        self.act(now, turn, CLOSE, messages=said(response, session.intent.slots, session.attributes))

    # ------------------------------------------------------------ the course of a turn
    def consult(self, now: float, turn: Turn[R]) -> None:
        """The function sees the turn first, if it is to; else the bot goes on."""
        if self._intent(turn).dialog_code_hook:
            self._ask(now, turn, DIALOG)
        else:
            self._go_on(now, turn, [])

    def _go_on(self, now: float, turn: Turn[R], messages: list[Any]) -> None:
        """By the bot's own rules; `messages` take the place of its own."""
        step, active = self.model.next_step(turn.session), turn.session.intent
        assert active is not None
        active.state = step.state
        if step.state == READY and self._intent(turn).fulfillment_code_hook:
            self._ask(now, turn, FULFILLMENT)
        else:
            self.act(now, turn, step.action, step.slot, messages=messages)

    def _ask(self, now: float, turn: Turn[R], hook: str) -> None:
        assert self.model.function is not None
        turn.hook = hook
        try:
            text = self.event(now, turn)
        except LexError as error:
            self.fail_with(turn, error)
            return
        if not self.invoke_with(turn, self.model.function, text, now + SECONDS):
            self.fail(turn, NOT_CALLED, "event over 6 MB")

    def _obey(self, now: float, turn: Turn[R], order: Order) -> None:
        """What was ordered comes next."""
        session = turn.session
        if order.action == DELEGATE:
            if session.intent is None:
                self.act(now, turn, ELICIT_INTENT, messages=order.messages)
            elif turn.hook == FULFILLMENT and self.model.next_step(session).state == READY:
                self.fail(turn, NOTHING_CHANGED)
            else:
                self._go_on(now, turn, order.messages)
            return
        if order.action == ELICIT_INTENT:
            session.intent = None
        elif order.action != CLOSE and session.intent is not None:
            session.intent.state = IN_PROGRESS
            if order.intent is None or order.intent.confirmation is None:
                session.intent.confirmation = NOT_ASKED
        assert order.action is not None
        self.act(now, turn, order.action, order.slot, order.style, order.messages)

    def act(
        self,
        now: float,
        turn: Turn[R],
        action: str,
        slot: str | None = None,
        style: str | None = None,
        messages: list[Any] | None = None,
    ) -> None:
        """The turn ends with that, and with the bot's own message unless there are others."""
        session = turn.session
        if (action, slot) != (session.action, session.slot):
            session.attempts = 0
        session.action, session.slot, session.style = action, slot, style
        self._end(now, turn, messages or [*self._success(turn), *self.model.message(session)])

    def _success(self, turn: Turn[R]) -> list[Any]:
        active = turn.session.intent
        if turn.hook != FULFILLMENT or active is None or turn.session.action != CLOSE:
            return []
        text = {FULFILLED: self._intent(turn).success_response, FAILED: self._intent(turn).failure_response}
        return said(text.get(active.state), active.slots, turn.session.attributes)

    # ------------------------------------------------------------ begin and end
    def _begin(self, now: float, session_id: str, line: str, cause: Cause | None) -> Turn[R]:
        if session_id in self._busy:
            raise ConflictException(session_id)
        self._forget_idle(now)
        id, known = self.new_id(), self.sessions.get(session_id)
        session = Session(session_id, self.new_id()) if known is None else known.copy(now)
        session.request_id = id
        turn = Turn[R](id, session, Pending(Arn(f"{self.arn}/{id}")), cause)
        self._busy.add(session_id)
        self.requested(turn, line)
        return turn

    def _apply(self, session: Session, order: Order) -> None:
        if order.attributes is not None:
            session.attributes = dict(order.attributes)
        if order.contexts is not None:
            session.contexts = list(order.contexts)
        if order.recent is not None:
            session.recent = list(order.recent)
        if order.intent is not None:
            self._give(session, order.intent)

    def _give(self, session: Session, given: Given) -> None:
        if session.intent is None or session.intent.name != given.name:
            begin(session, self.model.intents[given.name])
        active = session.intent
        assert isinstance(active, Active)
        active.slots = active.slots if given.slots is None else dict(given.slots)
        active.state = given.state or active.state
        active.confirmation = given.confirmation or active.confirmation

    def _end(self, now: float, turn: Turn[R], messages: list[Any]) -> None:
        session = turn.session
        session.messages, session.touched_at = messages, now
        session.turn_ends()
        try:
            result = self.result(now, turn)
        except LexError as error:
            self.fail_with(turn, error)
            return
        self._busy.discard(session.id)
        self.sessions.pop(session.id, None)
        self.sessions[session.id] = session
        slot = "" if session.slot is None else f" {session.slot}"
        self.responded(turn, f"{session.action}{slot}")
        self.reply(turn.pending, result)

    def fail(self, turn: Turn[R], text: str, why: str = "") -> None:
        self.fail_with(turn, DependencyFailedException(f"{text}: {why}" if why else text, turn.id))

    def fail_with(self, turn: Turn[R], error: LexError) -> None:
        """The session stays as it was before the turn."""
        self._busy.discard(turn.session.id)
        self.responded(turn, f"{error.status}: {error}")
        self.reply(turn.pending, error)

    def _forget_idle(self, now: float) -> None:
        """Sessions are kept in the order in which they were talked in."""
        while self.sessions:
            oldest = next(iter(self.sessions.values()))
            if now - oldest.touched_at < self.model.idle_seconds:
                return
            del self.sessions[oldest.id]

    def _intent(self, turn: Turn[R]) -> Any:
        return self.model.intent_of(turn.session)
