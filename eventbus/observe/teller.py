"""Tells a journey: what the id went through, under each attempt what its handler sent, and how that went on.

Laws: each journey is told once in a trace, and what an attempt sent too, so a trace ends even if functions feed
themselves. What lies deeper than `DEPTH` has its own trace.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from attrs import define, field

from .journeys import HANDS_OVER, Journeys, Step
from .tree import Entry, Trace
from .words import branch, ended, failed, kind, names, ordinal, phrase, refusal, title

DEPTH: Final = 24

_BEGINNINGS: Final = frozenset(
    {"sent", "accepted", "published", "logged", "due", "put", "batch", "attempt", "requested"}
)
_BRANCHES: Final = frozenset({"sent", "accepted", "published", "logged", "put", "removed", "attempt"})
_FOLLOWING: Final = frozenset({"filtered", "not_taken", "retry_wait", "dropped"})
_OF_EVENTS: Final = frozenset({"retry_wait", "given_up", "handed_over"})
_ELSEWHERE: Final = " (told elsewhere in this trace)"
_DEEPER: Final = " (deeper than a trace goes: trace it by its own id)"


def tell(journeys: Journeys, id: str, epoch: float, capacity: int, dropped: bool) -> Trace:
    """`dropped`: the ring of this capacity has lost its oldest entries."""
    if id not in journeys:
        lost = f", or the ring (capacity {capacity:,}) has dropped it" if dropped else ""
        nothing = (
            f"no trace of {id!r}: nothing with this id was noted{lost}. "
            "Known are request ids, message ids, item identifiers of batches and keys of objects."
        )
        return Trace(id, False, nothing, "", epoch)
    about = journeys.about(id)
    whole = not dropped or _begins(about)
    notice = "" if whole else f"earlier entries were dropped from the ring (capacity {capacity:,})"
    named = title(id, about, _accepted(about))
    return Trace(id, True, named, notice, epoch, Teller(journeys, whole).journey(id, 0))


@define(eq=False)
class Teller:
    journeys: Journeys
    whole: bool  # nothing of it was dropped: receives and attempts can be counted
    told: set[str] = field(factory=set, init=False)
    sent_told: set[int] = field(factory=set, init=False)  # attempts

    def journey(self, id: str, depth: int, after: int = -1) -> tuple[Entry, ...]:
        """What happened to `id` after that position."""
        self.told.add(id)
        steps = [step for step in self.journeys.of(id) if step.position > after]
        entries = Journey(self, id, depth, self.journeys.about(id)).entries(steps)
        return tuple(entries)

    def below(self, id: str, depth: int, after: int) -> tuple[Entry, ...]:
        return self.journey(id, depth + 1, after) if depth < DEPTH else ()

    def sent(self, attempt: Step, depth: int) -> tuple[Entry, ...]:
        """What the handler sent in this attempt, each with how it went on."""
        self.sent_told.add(attempt.position)
        entries: list[Entry] = []
        for step in self.journeys.sent_in(attempt):
            entries += [self._branch(step, id, depth) for id in step.about if not self._follows(step, id)]
        return tuple(entries)

    def _follows(self, step: Step, id: str) -> bool:
        """Part of a journey that began otherwise: the attempts of an event, what an object notified."""
        if step.what == "attempt":
            return id in self.told or id in self.journeys.handed_ids
        return step.what in HANDS_OVER or (step.what in _FOLLOWING and id in self.told)

    def _branch(self, step: Step, id: str, depth: int) -> Entry:
        text = branch(step, id)
        if step.what not in _BRANCHES:
            return Entry(step.at, step.what, text)
        if id in self.told:
            return Entry(step.at, step.what, text + _ELSEWHERE)
        after = step.position - (step.what == "attempt")
        return Entry(step.at, step.what, text + ("" if depth < DEPTH else _DEEPER), self.below(id, depth, after))


@define(eq=False)
class Journey:
    """One id on its way; counts its receives and attempts."""

    teller: Teller
    id: str
    depth: int
    about: Sequence[Step]
    _receives: Counter[str] = field(factory=Counter, init=False)  # by queue
    _attempts: int = field(default=0, init=False)

    def entries(self, steps: Sequence[Step]) -> list[Entry]:
        entries: list[Entry] = []
        for step in steps:
            match step.what:
                case "attempt":
                    entries.append(self._attempt(step))
                case _ if step.what in HANDS_OVER:
                    entries.append(self._handed(step))
                case _:
                    text = self._text(step)
                    if text:
                        entries.append(Entry(step.at, step.what, text))
        return entries

    def _text(self, step: Step) -> str:
        """Empty: another entry says so."""
        journeys = self.teller.journeys
        match step.what:
            case "ended":
                started = step.position in journeys.starts
                return "" if started else f"an attempt of {step.where.name} {ended(step.detail)}"
            case "batch":
                return self._batch(step)
            case "partial":
                return self._partial(step)
            case "let_go":
                return "" if self._just_failed(step) else phrase(step)
            case "received":
                return self._received(step)
            case "sent" if self._moved_here(step):
                return ""
            case "delivery_failed" | "not_taken" if step.position in journeys.arrivals:
                return ""
            case _:
                return phrase(step) + self._where(step)

    def _attempt(self, step: Step) -> Entry:
        teller = self.teller
        self._attempts += 1
        size = ""
        number = ""
        if self.id not in step.about:
            size = f", request {names(step.about)}" + (f", batch of {len(step.batch)}" if step.batch else "")
        elif _accepted(self.about) and teller.whole:
            number = f" {self._attempts}"
        end = teller.journeys.ends.get(step.position)
        how = "has not ended" if end is None else ended(end.detail, end.at - step.at)
        text = f"attempt{number} of {step.where.name}{size}: {how}"
        if step.position not in teller.sent_told:
            return Entry(step.at, step.what, text, teller.sent(step, self.depth))
        sent = any(True for _ in teller.journeys.sent_in(step))
        return Entry(step.at, step.what, text + (" (what it sent is told elsewhere in this trace)" if sent else ""))

    def _handed(self, step: Step) -> Entry:
        teller = self.teller
        text = phrase(step) + self._where(step)
        arrival = teller.journeys.handed.get(step.position)
        if arrival is None:
            return Entry(step.at, step.what, text)
        if arrival.what in ("delivery_failed", "not_taken"):
            return Entry(step.at, step.what, f"{text}: refused with {refusal(arrival)}")
        below: list[Entry] = []
        how = ": a duplicate of" if arrival.what == "deduplicated" else " as"
        for id in arrival.about:
            text += f"{how} {kind(arrival, accepted=True)} {id}" + ("" if self.depth < DEPTH else _DEEPER)
            if id not in teller.told:
                below += teller.below(id, self.depth, arrival.position)
        return Entry(step.at, step.what, text, tuple(below))

    def _batch(self, step: Step) -> str:
        if self.id in step.about:
            return f"batch of {len(step.batch)} for {step.where.name}: {names(step.batch)}"
        if any(other.what == "attempt" for other in self._same_request(step)):
            return ""
        return f"in a batch of {len(step.batch)} for {step.where.name}, request {names(step.about)}"

    def _partial(self, step: Step) -> str:
        if self.id in step.about:
            return f"reported as failed: {names(step.detail)}"
        return f"reported as failed by {step.where.name}" if self.id in (step.detail or ()) else ""

    def _received(self, step: Step) -> str:
        self._receives[step.where] += 1
        times = f" ({ordinal(self._receives[step.where])} time)" if self.teller.whole else ""
        return phrase(step) + self._where(step) + times

    def _where(self, step: Step) -> str:
        """Said of a resource that is not the first one."""
        home = self.about[0].where if self.about else None
        return "" if step.where == home or step.where.service == "lambda" else f" in {step.where.name}"

    def _just_failed(self, step: Step) -> bool:
        return any(
            other.what == "ended" and other.at == step.at and failed(other.detail) for other in self._same_request(step)
        )

    def _moved_here(self, step: Step) -> bool:
        return any(other.what == "moved" and other.at == step.at and other.where != step.where for other in self.about)

    def _same_request(self, step: Step) -> list[Step]:
        return [other for request in step.about for other in self.teller.journeys.about(request)]


def _accepted(about: Sequence[Step]) -> bool:
    return any(step.what == "accepted" or step.what in _OF_EVENTS for step in about)


def _begins(about: Sequence[Step]) -> bool:
    """An event begins with its acceptance, not with an attempt."""
    if not about or about[0].what not in _BEGINNINGS:
        return False
    return about[0].what != "attempt" or not _accepted(about)
