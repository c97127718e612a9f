"""What a bot understands, and what it does next where nobody else decides: its own rules."""

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from eventbus.names import Arn

from .intent import Intent, said
from .session import (
    CLOSE,
    CONFIRM_INTENT,
    CONFIRMED,
    DENIED,
    ELICIT_SLOT,
    FAILED,
    IN_PROGRESS,
    NOT_ASKED,
    READY,
    Active,
    Session,
    Slots,
)

YES: Final = ("yes", "y", "yeah", "yep", "ok", "okay", "sure")
NO: Final = ("no", "n", "nope")


@frozen
class Step:
    """What the bot proposes. `state` is the intent's then."""

    action: str
    slot: str | None = None
    state: str = IN_PROGRESS


@frozen(eq=False)
class Model:
    """As declared. `fallback` is what no utterance takes; V1 has none."""

    name: str
    id: str
    alias: str
    alias_id: str
    locale: str
    intents: Mapping[str, Intent]
    fallback: Intent | None
    function: Arn | None
    idle_seconds: float
    clarification_prompt: str | None = None
    abort_statement: str | None = None
    max_attempts: int = 0
    version: str = field(default="1", init=False)

    def intent_of(self, session: Session) -> Intent:
        assert session.intent is not None
        return self.intents[session.intent.name]

    def hear(self, session: Session, text: str) -> Slots | None:
        """The session knows what was said: the values found in it. None: it was not understood."""
        found = self._answer(session, text)
        if found is None:
            found = self._wish(session, text)
        if found is None:
            return None
        session.attempts = 0
        return found

    def may_repeat(self, session: Session) -> bool:
        """A prompt is said again a number of times, then it is given up."""
        if session.intent is None or session.action not in (ELICIT_SLOT, CONFIRM_INTENT):
            return False
        slot = self.intent_of(session).slot(session.slot) if session.action == ELICIT_SLOT else None
        retries = self.intent_of(session).max_retries if slot is None else slot.max_retries
        return session.attempts < retries

    def next_step(self, session: Session) -> Step:
        """The declared order of slots, then a confirmation, then the fulfilment."""
        intent, active = self.intent_of(session), session.intent
        assert active is not None
        if active.confirmation == DENIED:
            return Step(CLOSE, state=FAILED)
        for slot in intent.slots:
            if slot.required and active.slots.get(slot.name) is None:
                return Step(ELICIT_SLOT, slot.name)
        if intent.confirmation_prompt is not None and active.confirmation == NOT_ASKED:
            return Step(CONFIRM_INTENT)
        return Step(CLOSE, state=READY)

    def message(self, session: Session) -> list[object]:
        """What the bot says for the state that the session is in."""
        if session.intent is None:
            return []
        intent = self.intent_of(session)
        slot = intent.slot(session.slot)
        match session.action:
            case "ElicitSlot":
                text = None if slot is None else slot.prompt
            case "ConfirmIntent":
                text = intent.confirmation_prompt
            case "Close" if session.intent.confirmation == DENIED:
                text = intent.declination_response
            case "Close" if session.intent.state != FAILED:
                text = intent.closing_response
            case _:
                text = None
        return said(text, session.intent.slots, session.attributes)

    def _answer(self, session: Session, text: str) -> Slots | None:
        """To what was asked: a slot's value, yes or no."""
        if session.intent is None:
            return None
        if session.action == CONFIRM_INTENT and text.strip().lower() in YES + NO:
            session.intent.confirmation = CONFIRMED if text.strip().lower() in YES else DENIED
            return {}
        slot = self.intent_of(session).slot(session.slot) if session.action == ELICIT_SLOT else None
        value = None if slot is None else slot.value(text)
        if slot is None or value is None:
            return None
        session.intent.slots[slot.name] = value
        return {slot.name: value}

    def _wish(self, session: Session, text: str) -> Slots | None:
        """One of the utterances; the first intent that has it."""
        active = {context.name for context in session.contexts}
        for intent in self.intents.values():
            found = intent.understood(text) if active.issuperset(intent.input_contexts) else None
            if found is not None:
                begin(session, intent)
                assert session.intent is not None
                session.intent.slots.update(found)
                return found
        return None


def begin(session: Session, intent: Intent) -> None:
    session.intent, session.attempts = Active(intent.name, intent.empty()), 0
    session.slot = session.style = None
