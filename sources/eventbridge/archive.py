"""Archives of one bus, and replays out of them [eb:eb-archive, eb:eb-replay-archived-event].

An archive takes what matches its pattern, at once and unbounded, but no replayed event. A replay hands out the events
of the time that was asked for, minute by minute of their `time`, both ends included; the first minute in the turn after
it was started, one more each second (choice). Retention counts from when the bus took an event.
"""

from collections import deque
from datetime import datetime
from math import inf
from typing import Final

from attrs import define, field

from eventbus.core.patterns import Pattern
from eventbus.names import Arn, arn_of

from .checking import ArchiveSettings
from .errors import (
    IllegalStatusException,
    LimitExceededException,
    ResourceAlreadyExistsException,
    no_archive,
    no_replay,
)
from .events import REPLAY_NAME, Event

ARCHIVE: Final = "archive/"
"""Begins the resource of its ARN."""
DAY: Final = 86_400
SLICE: Final = 60
"""Seconds of events that are handed out together."""
SLICE_PAUSE: Final = 1.0
RUNNING_LIMIT: Final = 10

STARTING: Final = "STARTING"
RUNNING: Final = "RUNNING"
COMPLETED: Final = "COMPLETED"
CANCELLED: Final = "CANCELLED"


def archive_arn(name: str) -> Arn:
    return arn_of("events", f"{ARCHIVE}{name}")


def replay_arn(name: str) -> Arn:
    return arn_of("events", f"replay/{name}")


@define(eq=False)
class PlacedArchive:
    name: str
    pattern: Pattern | None
    retention_days: int
    description: str | None
    created_at: float
    events: deque[tuple[float, Event]] = field(factory=deque)  # with when the bus took it, oldest first

    def expire(self, now: float) -> None:
        """What is older than the retention is gone."""
        if self.retention_days:
            oldest = now - self.retention_days * DAY
            while self.events and self.events[0][0] <= oldest:
                self.events.popleft()


@define(eq=False)
class Replay:
    name: str
    archive: str
    description: str | None
    event_start: float  # seconds since 1970, as the next two
    event_end: float
    rules: frozenset[str] | None  # names; None: all of the bus
    started_at: float
    slices: deque[list[Event]]  # by minute
    state: str = STARTING
    due_at: float = inf
    last_replayed: float | None = None  # the time of the newest event that was handed out, since 1970
    ended_at: float | None = None

    @property
    def under_way(self) -> bool:
        return self.state in (STARTING, RUNNING)

    def end(self, now: float, state: str) -> None:
        self.state, self.ended_at, self.due_at = state, now, inf
        self.slices.clear()


@define(eq=False)
class Archives:
    """What changes them raises AWS's errors, and changes nothing then."""

    _archives: dict[str, PlacedArchive] = field(factory=dict, init=False)
    _replays: dict[str, Replay] = field(factory=dict, init=False)
    _under_way: list[Replay] = field(factory=list, init=False)

    def create(self, now: float, settings: ArchiveSettings) -> PlacedArchive:
        """Raises `ResourceAlreadyExistsException`."""
        name = settings.name
        if name in self._archives:
            raise ResourceAlreadyExistsException(f"Archive {name} already exists.")
        created = PlacedArchive(name, settings.pattern, settings.retention_days, settings.description, now)
        self._archives[name] = created
        return created

    def delete(self, now: float, name: str) -> None:
        """Its events are gone; a replay that runs goes on. Raises `ResourceNotFoundException`."""
        self.find(now, name)
        del self._archives[name]

    def find(self, now: float, name: str) -> PlacedArchive:
        """Raises `ResourceNotFoundException`."""
        archive = self._archives.get(name)
        if archive is None:
            raise no_archive(name)
        archive.expire(now)
        return archive

    def listed(self, now: float, prefix: str) -> list[PlacedArchive]:
        """In the order of their names."""
        return [self.find(now, name) for name in sorted(self._archives) if name.startswith(prefix)]

    def keep(self, now: float, event: Event) -> None:
        """It is in every archive that wants it."""
        if REPLAY_NAME in event.value:
            return
        for archive in self._archives.values():
            archive.expire(now)
            if archive.pattern is None or archive.pattern.matches(event.value):
                archive.events.append((now, event))

    def start(
        self,
        now: float,
        name: str,
        archive: str,
        start: float,
        end: float,
        rules: frozenset[str] | None,
        description: str | None,
    ) -> Replay:
        """Raises `ResourceNotFoundException`, `ResourceAlreadyExistsException` and, while ten replays run,
        `LimitExceededException`."""
        found = self.find(now, archive)
        if name in self._replays:
            raise ResourceAlreadyExistsException(f"Replay {name} already exists.")
        if len(self._under_way) >= RUNNING_LIMIT:
            raise LimitExceededException("The requested resource exceeds the maximum number allowed.")
        slices = _slices(found, start, end)
        replay = Replay(name, archive, description, start, end, rules, now, slices, due_at=now)
        self._replays[name] = replay
        self._under_way.append(replay)
        return replay

    def cancel(self, now: float, name: str) -> Replay:
        """Nothing more of it is handed out. Raises `ResourceNotFoundException`, `IllegalStatusException`."""
        replay = self.find_replay(now, name)
        if not replay.under_way:
            raise IllegalStatusException(f"Replay {name} is not in a valid state for this operation: {replay.state}.")
        replay.end(now, CANCELLED)
        self._under_way.remove(replay)
        return replay

    def find_replay(self, now: float, name: str) -> Replay:
        """Raises `ResourceNotFoundException`."""
        replay = self._replays.get(name)
        if replay is None:
            raise no_replay(name)
        return replay

    def listed_replays(self, now: float, prefix: str) -> list[Replay]:
        """In the order of their names."""
        return [self._replays[name] for name in sorted(self._replays) if name.startswith(prefix)]

    def due(self, now: float) -> list[tuple[Replay, list[Event]]]:
        """What is handed out now, by replays in the order in which they were started."""
        found = []
        for replay in [each for each in self._under_way if each.due_at <= now]:
            events: list[Event] = []
            if replay.slices:
                events = replay.slices.popleft()
                replay.last_replayed = max(_time_of(event) for event in events)
            replay.state, replay.due_at = RUNNING, now + SLICE_PAUSE
            if not replay.slices:
                replay.end(now, COMPLETED)
                self._under_way.remove(replay)
            found.append((replay, events))
        return found

    def next_deadline(self) -> float:
        return min((replay.due_at for replay in self._under_way), default=inf) if self._under_way else inf

    def outstanding(self) -> int:
        return len(self._under_way)


def _slices(archive: PlacedArchive, start: float, end: float) -> deque[list[Event]]:
    """By minute, within it in the order in which they came."""
    minutes: dict[int, list[Event]] = {}
    for _, event in archive.events:
        at = _time_of(event)
        if start // 1 <= at <= end:
            minutes.setdefault(int(at // SLICE), []).append(event)
    return deque(minutes[minute] for minute in sorted(minutes))


def _time_of(event: Event) -> float:
    return datetime.fromisoformat(event.value["time"]).timestamp()
