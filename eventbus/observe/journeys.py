"""Who met whom: the notes of a ring, found by the id that they are about, by batch, and by the invocation that sent."""

from collections import deque
from collections.abc import Iterator, Sequence
from math import inf
from typing import Any, Final

from attrs import define, field

from eventbus.core.effects import Cause, Note
from eventbus.names import Arn, id_prefix

Timed = tuple[float, Note]

HANDS_OVER: Final = frozenset({"handed_over", "notified"})
"""Words after which the target says that it arrived, or the sender that it was not taken."""
ARRIVES: Final = frozenset({"sent", "accepted", "published", "logged", "deduplicated"})
REQUEST_WORDS: Final = frozenset({"requested", "routed", "responded"})
"""What front doors say: `routed` is about a request and the invocation that it became."""
GONE: Final = frozenset({"deleted", "moved", "dropped"})
BATCHED: Final = frozenset({"batch", "attempt"})
"""Words whose detail is a batch: identifiers of records."""


@define(eq=False)
class Step:
    """One note, its ids as texts."""

    position: int  # in the order of all notes
    at: float
    what: str
    where: Arn
    about: tuple[str, ...]
    detail: Any
    cause: Cause | None

    @property
    def batch(self) -> tuple[str, ...]:
        return self.detail if self.what in BATCHED and isinstance(self.detail, tuple) else ()


@define(eq=False)
class Journeys:
    """All steps, in order. Built whenever somebody asks."""

    seed: int
    timed: Sequence[Timed]
    ends: dict[int, Step] = field(factory=dict, init=False)  # position of an attempt -> its end
    starts: set[int] = field(factory=set, init=False)  # ends whose attempt is known
    handed: dict[int, Step] = field(factory=dict, init=False)  # what was handed over -> its arrival, or its refusal
    handed_ids: set[str] = field(factory=set, init=False)  # under which it arrived
    arrivals: set[int] = field(factory=set, init=False)  # told where it was handed over
    _about: dict[str, list[Step]] = field(factory=dict, init=False)
    _requests: dict[str, list[str]] = field(factory=dict, init=False)  # record -> batches that it was in
    _sent_by: dict[str, list[Step]] = field(factory=dict, init=False)  # request -> steps out of it
    _purges: dict[Arn, list[Step]] = field(factory=dict, init=False)
    _running: dict[str, Step] = field(factory=dict, init=False)  # request -> its attempt without an end
    _handing: dict[object, deque[Step]] = field(factory=dict, init=False)  # at `_at`, by where it meets its arrival
    _arriving: dict[object, list[Step]] = field(factory=dict, init=False)  # likewise
    _failing: list[Step] = field(factory=list, init=False)  # likewise
    _at: float = field(default=-inf, init=False)
    _prefixes: dict[Arn, str] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        for position, (at, note) in enumerate(self.timed):
            what, where, about, detail, cause = note
            self._add(Step(position, at, what, where, self._texts(where, about), detail, cause))
        self._meet()

    def __contains__(self, id: str) -> bool:
        return id in self._about or id in self._requests

    def about(self, id: str) -> Sequence[Step]:
        """Steps about this very id."""
        return self._about.get(id, ())

    def of(self, id: str) -> list[Step]:
        """Steps about this id, and about the batches that it was in."""
        found = {step.position: step for step in self.about(id)}
        for request in self._requests.get(id, ()):
            found.update((step.position, step) for step in self.about(request))
        purge = self._purged(id)
        if purge is not None:
            found[purge.position] = purge
        return [found[position] for position in sorted(found)]

    def _purged(self, id: str) -> Step | None:
        """The purge of the queue where this was last, if it still was there."""
        about = self.about(id)
        if not about or about[-1].what in GONE:
            return None
        last = about[-1]
        return next((step for step in self._purges.get(last.where, ()) if step.position > last.position), None)

    def sent_in(self, attempt: Step) -> Iterator[Step]:
        """What was sent out of this attempt: until the next one of the same request. Without what its event was handed
        over as, and without the batches that it became."""
        for request in attempt.about:
            attempts = (step.position for step in self.about(request) if step.what == "attempt")
            following = next((position for position in attempts if position > attempt.position), inf)
            for step in self._sent_by.get(request, ()):
                told = step.batch or step.position in self.arrivals
                if attempt.position < step.position < following and not told:
                    yield step

    def _add(self, step: Step) -> None:
        if step.at != self._at:
            self._meet()
            self._at = step.at
        for id in step.about:
            self._about.setdefault(id, []).append(step)
        if step.what == "routed":
            for id in step.about[:-1]:  # a request may be known by several
                self._became(id, step.about[-1:])
        for record in step.batch:
            self._became(record, step.about)
        if step.cause is not None:
            self._sent_by.setdefault(step.cause.request_id, []).append(step)
        self._pair(step)

    def _became(self, id: str, requests: Sequence[str]) -> None:
        known = self._requests.setdefault(id, [])
        known += [request for request in requests if request not in known]

    def _pair(self, step: Step) -> None:
        match step.what:
            case "attempt":
                self._running.update((id, step) for id in step.about)
            case "ended":
                self._ended(step)
            case "purged":
                self._purges.setdefault(step.where, []).append(step)
            case "delivery_failed":
                self._failing.append(step)
            case "not_taken":
                self._met(_errand(step), step)
            case _ if step.what in HANDS_OVER:
                for key in (_meeting(target(step), step), (step.where, _kind(step)), _errand(step)):
                    self._handing.setdefault(key, deque()).append(step)
            case _ if step.what in ARRIVES:
                self._arriving.setdefault(_meeting(step.where, step), []).append(step)

    def _ended(self, step: Step) -> None:
        for id in step.about:
            attempt = self._running.pop(id, None)
            if attempt is not None:
                self.ends[attempt.position] = step
                self.starts.add(step.position)

    def _meet(self) -> None:
        """What was handed over at one time has arrived in the same order, but for what was refused."""
        for key, arriving in self._arriving.items():
            for step in arriving:
                if self._met(key, step):
                    self.handed_ids.update(step.about)
        for step in self._failing:
            self._met((step.where, str(step.detail).partition(":")[0]), step)
        for known in (self._handing, self._arriving, self._failing):
            known.clear()

    def _met(self, key: object, step: Step) -> bool:
        """Whether something was handed over before, and has not met its arrival or refusal: now the first of it has."""
        handing = self._handing.get(key, deque())
        while handing and handing[0].position in self.handed:  # it stands under several keys
            handing.popleft()
        if not handing or handing[0].position > step.position:
            return False
        self.handed[handing.popleft().position] = step
        self.arrivals.add(step.position)
        return True

    def _texts(self, where: Arn, about: Any) -> tuple[str, ...]:
        if about is None:
            return ()
        if isinstance(about, tuple):
            return tuple(self._text(where, id) for id in about)
        return (self._text(where, about),)

    def _text(self, where: Arn, id: int | str) -> str:
        if isinstance(id, str):
            return id
        prefix = self._prefixes.get(where)
        if prefix is None:
            prefix = self._prefixes[where] = id_prefix(self.seed, where)
        return f"{prefix}-{id:012x}"


def target(step: Step) -> Arn | None:
    """The ARN in a step's detail, alone or as the last word of a text."""
    if not isinstance(step.detail, str):
        return None
    word = step.detail.rpartition(" ")[2]
    return Arn(word) if word.startswith("arn:") else None


def _meeting(target: Arn | None, step: Step) -> object:
    """Where both sides of a delivery meet: the target, and out of which invocation or event it was sent."""
    if step.what == "handed_over" and step.where.service == "lambda":
        return (target, step.about[0] if step.about else None)
    return (target, None if step.cause is None else step.cause.request_id)


def _errand(step: Step) -> object:
    """Of whom, about what, and where to: the same in the refusal of what was handed over."""
    return (step.where, step.about, str(step.detail).rpartition(" ")[2])


def _kind(handed: Step) -> str:
    """`dead letter` or `destination`."""
    return str(handed.detail).rpartition(" ")[0]
