"""What a conversation consists of, in memory. A turn changes a copy, which takes the place of the session when it has
ended well: what fails changes nothing."""

from math import ceil
from typing import Any, Final

from attrs import define, evolve, field, frozen

ELICIT_INTENT: Final = "ElicitIntent"
ELICIT_SLOT: Final = "ElicitSlot"
CONFIRM_INTENT: Final = "ConfirmIntent"
CLOSE: Final = "Close"
DELEGATE: Final = "Delegate"

IN_PROGRESS: Final = "InProgress"
READY: Final = "ReadyForFulfillment"
FULFILLED: Final = "Fulfilled"
FAILED: Final = "Failed"

NOT_ASKED: Final = "None"
CONFIRMED: Final = "Confirmed"
DENIED: Final = "Denied"

SHORTEST_CONTEXT: Final = 5
"""Seconds [bc:lexv2-runtime ActiveContextTimeToLive]."""
RECENT_INTENTS: Final = 3
"""[bc:lex-runtime GetSession]"""


@frozen
class Value:
    """Of a slot."""

    original: str
    interpreted: str
    resolved: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Value":
        return cls(text, text, (text,))


Slots = dict[str, Value | None]


@define(eq=False)
class Active:
    """The intent that the conversation is about."""

    name: str
    slots: Slots
    state: str = IN_PROGRESS
    confirmation: str = NOT_ASKED

    def copy(self) -> "Active":
        return evolve(self, slots=dict(self.slots))


@define(eq=False)
class Context:
    """Active until then, and for so many turns behind the one that set it."""

    name: str
    attributes: dict[str, str]
    until: float
    turns: int
    fresh: bool = True  # set in this turn

    def seconds(self, now: float) -> int:
        """What is left, as one may give it back."""
        return max(SHORTEST_CONTEXT, ceil(self.until - now))


@define(eq=False)
class Session:
    id: str
    number: str  # a session of the same user later on has another one
    attributes: dict[str, str] = field(factory=dict)
    intent: Active | None = None
    action: str = ELICIT_INTENT  # what the user is to answer
    slot: str | None = None  # that is elicited
    style: str | None = None
    attempts: int = 0  # how often the last prompt was repeated
    contexts: list[Context] = field(factory=list)
    messages: list[Any] = field(factory=list)  # said last
    recent: list[Any] = field(factory=list)  # V1: a summary of each intent, the latest first
    request_id: str = ""  # of the last turn
    touched_at: float = 0.0

    def copy(self, now: float) -> "Session":
        """Without contexts that are over."""
        return evolve(
            self,
            attributes=dict(self.attributes),
            intent=None if self.intent is None else self.intent.copy(),
            contexts=[evolve(each) for each in self.contexts if each.until > now],
            messages=list(self.messages),
            recent=list(self.recent),
        )

    def turn_ends(self) -> None:
        """Each request with its response is a turn of a context [bc:lexv2-runtime ActiveContextTimeToLive]."""
        for context in self.contexts:
            if not context.fresh:
                context.turns -= 1
            context.fresh = False
        self.contexts = [each for each in self.contexts if each.turns > 0]

    def summarize(self, summary: dict[str, Any]) -> None:
        others = [each for each in self.recent if each["intentName"] != summary["intentName"]]
        self.recent = [summary, *others][:RECENT_INTENTS]
