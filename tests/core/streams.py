"""A plain stream that knows its whole future, and a run of one mapping over it: for tests of the mapping."""

import json
from collections.abc import Callable, Sequence
from math import inf
from random import Random
from typing import Any

from attrs import define, field

from eventbus.core.effects import (
    Arrived,
    Cause,
    Deliver,
    Delivered,
    Effect,
    Invoke,
    ListShards,
    Note,
    Receive,
    Received,
    ShardsListed,
    Start,
)
from eventbus.core.effects import Shard as Listed
from eventbus.core.outcomes import NULL, HandlerFailed, Outcome, Succeeded, Throttled, TimedOut
from eventbus.core.profile import Profile
from eventbus.core.stream_mapping import StreamMapping, StreamMappingConfig
from eventbus.names import Arn, Ids, arn_of, function_arn
from tests.contracts import stream_model as model

STREAM = arn_of("kinesis", "stream/orders")
WORK = function_arn("work")
FAILED = HandlerFailed("ValueError", "boom", "id", ())
TIMED_OUT = TimedOut("Sandbox.Timedout", "Task timed out after 3.00 seconds")
FULL = Throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
REPORT = "ReportBatchItemFailures"


@define(eq=False)
class PlainRecord:
    identifier: str
    group: str | None = "k"
    arrived_at: float = 0.0
    size: int = 100
    cause: Cause | None = None
    data: str = "{}"

    @property
    def receipt(self) -> None:
        return None

    def view(self) -> dict[str, Any]:
        return {"data": self.data}


def plain(record: model.Record) -> PlainRecord:
    return PlainRecord(record.sequence, record.key, record.arrived_at, record.size)


@define(eq=False)
class PlainShard:
    """Records in the order of their arrival; `trimmed` of them are over. Positions are how many are behind."""

    id: str
    records: list[PlainRecord] = field(factory=list)
    parents: tuple[str, ...] = ()
    opened_at: float = -inf
    closed_at: float = inf
    trimmed: int = 0
    hungry: bool = False  # a read found fewer than its limit, and nothing was said since
    known: int = 0  # how many were there then
    known_closed: bool = False

    def there(self, now: float) -> int:
        return sum(record.arrived_at <= now for record in self.records)

    def first(self, position: Any) -> int:
        if not isinstance(position, Start):
            return max(int(position), self.trimmed)
        assert position.starting_position in ("TRIM_HORIZON", "AT_TIMESTAMP")
        at = position.at if position.starting_position == "AT_TIMESTAMP" else -inf
        return max(sum(record.arrived_at < at for record in self.records), self.trimmed)

    def news_at(self) -> float:
        """When there is something to say of it."""
        if not self.hungry:
            return inf
        closed_at = inf if self.known_closed else self.closed_at
        return min(closed_at, self.records[self.known].arrived_at if self.known < len(self.records) else inf)


@define(eq=False)
class PlainStream:
    """Answers come late, twice or never with a chance of `unreliable`. Shards in the order of their opening."""

    shards: list[PlainShard]
    unreliable: float = 0.0
    random: Random = field(factory=lambda: Random(7))
    effects: list[Effect] = field(factory=list, init=False)
    _listed: int | None = field(default=None, init=False)  # shards; None: said that there are others
    _late: list[tuple[float, int, Effect]] = field(factory=list, init=False)
    _order: int = field(default=0, init=False)

    def receive(self, now: float, effect: Receive) -> None:
        assert 1 <= effect.limit <= 10_000
        shard = self.shard(effect.shard)
        first = shard.first(effect.position)
        there = max(shard.there(now), first)
        records = shard.records[first : min(there, first + effect.limit)]
        if len(records) < effect.limit:
            shard.hungry = True
            shard.known = there
            shard.known_closed = shard.closed_at <= now
        behind = first + len(records)
        ended = shard.closed_at <= now and behind == len(shard.records)
        self._answer(now, Received(effect.asker, effect.token, records, behind, ended))

    def list_shards(self, now: float, effect: ListShards) -> None:
        shards = [Listed(shard.id, shard.parents) for shard in self.shards if shard.opened_at <= now]
        self._listed = len(shards)
        self._answer(now, ShardsListed(effect.asker, effect.token, shards))

    def shard(self, id: str | None) -> PlainShard:
        return next(shard for shard in self.shards if shard.id == id)

    def wake(self, now: float) -> None:
        late, self._late = sorted(self._late, key=lambda entry: entry[:2]), []
        for entry in late:
            if entry[0] <= now:
                self.effects.append(entry[2])
            else:
                self._late.append(entry)
        for shard in self.shards:
            if shard.news_at() <= now:
                shard.hungry = False
                self.effects.append(Arrived(STREAM, shard.id))
        if self._opens_at() <= now:
            self._listed = None
            self.effects.append(Arrived(STREAM))

    def next_deadline(self) -> float:
        times = [at for at, _, _ in self._late]
        return min([self._opens_at(), *times, *(shard.news_at() for shard in self.shards)])

    def _opens_at(self) -> float:
        """When there is a shard that was not listed."""
        if self._listed is None or self._listed == len(self.shards):
            return inf
        return self.shards[self._listed].opened_at

    def _answer(self, now: float, answer: Effect) -> None:
        if self.random.random() >= self.unreliable:
            self.effects.append(answer)
            return
        late = self.random.uniform(0.001, 90.0)
        for delay in self.random.choice(((), (0.0, 0.0), (late,), (0.0, late), (late, late))):
            self._order += 1
            if delay:
                self._late.append((now + delay, self._order, answer))
            else:
                self.effects.append(answer)


@define(eq=False)
class Run:
    """Driven first in, first out; at one instant the stream first, then the mapping, then what ends."""

    stream: PlainStream
    mapping: StreamMapping
    now: float = 0.0
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    running: list[Invoke] = field(factory=list, init=False)
    deliveries: list[tuple[float, Deliver]] = field(factory=list, init=False)
    refuse_deliveries: bool = False
    invoked: Callable[["Run", Invoke], None] = lambda run, invoke: None
    watcher: Any = None

    def __attrs_post_init__(self) -> None:
        self.stream.effects = self.mapping.effects = self.effects
        self.mapping.notes = self.notes

    def next_deadline(self) -> float:
        return min(self.stream.next_deadline(), self.mapping.next_deadline())

    def advance(self, until: float) -> None:
        while (due := self.next_deadline()) <= until:
            self.now = max(self.now, due)
            self.turn()
        self.now = max(self.now, until)

    def turn(self) -> None:
        """Wake whoever is due now."""
        if self.stream.next_deadline() <= self.now:
            self.stream.wake(self.now)
            self.drain()
        if self.mapping.next_deadline() <= self.now:
            self.mapping.wake(self.now)
            assert self.mapping.next_deadline() > self.now, "due again at once"
            self.drain()

    def finish(self, invoke: Invoke, outcome: Outcome) -> None:
        self.running.remove(invoke)
        self.mapping.finished(self.now, invoke.token, outcome)
        self.drain()

    def drain(self) -> None:
        done = 0
        while done < len(self.effects):
            self._apply(self.effects[done])
            done += 1
        self.effects.clear()

    def _apply(self, effect: Effect) -> None:
        mapping = self.mapping
        match effect:
            case Receive():
                self.stream.receive(self.now, effect)
            case Received():
                mapping.received(self.now, effect.token, effect.records, effect.position, effect.ended)  # type: ignore[arg-type]  # records of a stream
            case ListShards():
                self.stream.list_shards(self.now, effect)
            case ShardsListed():
                mapping.shards_listed(self.now, effect.token, effect.shards)
            case Arrived():
                mapping.arrived(self.now, effect.shard)
            case Invoke():
                self.running.append(effect)
                self.invoked(self, effect)
            case Deliver():
                self.deliveries.append((self.now, effect))
                error = "AccessDeniedException" if self.refuse_deliveries else None
                self.effects.append(Delivered(effect.asker, effect.token, error))
            case Delivered():
                mapping.delivered(self.now, effect.token, effect.error)
            case _:
                raise AssertionError(effect)


def make_mapping(
    *, created_at: float = 0.0, profile: Profile | None = None, epoch: float = 0.0, **settings: Any
) -> StreamMapping:
    """On the stream `orders`."""
    return StreamMapping(
        address=Arn("mapping"),
        source=STREAM,
        function=WORK,
        config=StreamMappingConfig(**{"starting_position": "TRIM_HORIZON", **settings}),
        ids=Ids(7, Arn("mapping")),
        profile=profile or Profile(),
        epoch=epoch,
        filter_keys=("data",),
        uuid="00000000-0000-0000-0000-000000000001",
        created_at=created_at,
    )


def make_run(shards: Sequence[PlainShard], *, unreliable: float = 0.0, seed: int = 7, **settings: Any) -> Run:
    """Not woken yet."""
    mapping = make_mapping(**settings)
    return Run(PlainStream(list(shards), unreliable, Random(seed)), mapping, mapping.created_at)


def shard_of(records: Sequence[PlainRecord] | int, id: str = "one", **given: Any) -> PlainShard:
    """With these records, or with so many, named 0, 1, 2 ..., that came at 0 s."""
    if isinstance(records, int):
        records = [PlainRecord(str(number)) for number in range(records)]
    return PlainShard(id, list(records), **given)


def names(invoke: Invoke | Sequence[Any]) -> str:
    """The records of a batch, their numbers one after the other."""
    records = invoke.batch if isinstance(invoke, Invoke) else invoke
    return "".join(record.identifier for record in records)


def failing_from(identifier: str | None) -> Succeeded:
    """An answer that names this record; None: one that fails all by its form."""
    return Succeeded(json.dumps({"batchItemFailures": [{"itemIdentifier": identifier}]}).encode())


def outcome_of(answer: model.Answer) -> Outcome:
    match answer.kind:
        case "ok":
            return NULL
        case "error":
            return FAILED
        case "timeout":
            return TIMED_OUT
        case "throttle":
            return FULL
        case "partial":
            return failing_from(answer.first_failed)
