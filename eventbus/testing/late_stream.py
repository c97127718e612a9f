"""A stream whose answers come late, twice or never, and whose shards split and merge at declared times."""

from collections.abc import Mapping, Sequence
from json import dumps
from math import inf
from typing import Any, Final, TypedDict
from zlib import crc32

from attrs import Attribute, define, field, frozen

from eventbus.checks import at_least, between, refuse
from eventbus.core.effects import (
    Arrived,
    Cause,
    Effect,
    ListShards,
    Note,
    Receive,
    Received,
    Record,
    Shard,
    ShardsListed,
    Start,
)
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .late_answers import Delays, LateAnswers

READ_LIMIT: Final = 10_000
SHARD_LIMIT: Final = 1_000
HASH_KEYS: Final = 2**32


class LateStreamEventRecord(TypedDict):
    sequenceNumber: str
    shardId: str
    body: str


class LateStreamEvent(TypedDict):
    Records: list[LateStreamEventRecord]


def _check_times(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    times = [at for at, *_ in value]
    if times != sorted(times) or not all(0 < at < inf for at in times):
        raise refuse(attribute.name, value, "times after 0, each with its shard or shards, the earliest first")


@frozen(eq=False)
class LateStream:
    """A stream that holds `bodies` when the bus starts, and answers as `reads` and `lists` say, in this order.

    When these are used up, a share of `unreliable` (0 to 1) of the answers is late, double or missing, as the seed
    decides; the others come once and at once. A late answer says what was true when it was asked for. What stands
    before the colon of a body is its key, which decides in which shard it goes. `splits` are pairs of seconds and the
    number of a shard, counted from 0 in order of birth: then it is closed and has two children. `merges` name two
    neighbours, which have one child together. What is not open then, or no neighbour, stays as it is; at one instant
    splits come first. A record stays for `retention` seconds.
    """

    name: str
    bodies: Sequence[str] = field(default=(), kw_only=True)
    shard_count: int = field(default=1, kw_only=True, validator=between(1, SHARD_LIMIT, whole=True))
    splits: Sequence[tuple[float, int]] = field(default=(), kw_only=True, validator=_check_times)
    merges: Sequence[tuple[float, int, int]] = field(default=(), kw_only=True, validator=_check_times)
    retention: float = field(default=86_400, kw_only=True, validator=at_least(1))
    reads: Sequence[Delays] = field(default=(), kw_only=True)
    lists: Sequence[Delays] = field(default=(), kw_only=True)
    unreliable: float = field(default=0, kw_only=True, validator=between(0, 1))

    @property
    def arn(self) -> Arn:
        return arn_of("late", f"stream/{self.name}")

    @property
    def polling_actions(self) -> Sequence[str]:
        return ("late:Read", "late:ListShards")

    @property
    def filter_keys(self) -> Sequence[str]:
        return ("data",)

    @property
    def starting_positions(self) -> Sequence[str]:
        return ("LATEST", "TRIM_HORIZON", "AT_TIMESTAMP")

    def machine(self, birth: Birth) -> "LateShards":
        return LateShards(self, LateAnswers(birth.ids, self.unreliable))

    def client(self, machine: "LateShards", feed: Feed) -> "LateStreamClient":
        return LateStreamClient(machine, feed)

    def event_type(self) -> LateStreamEvent:  # pragma: no cover - a witness for type checkers, never called
        raise NotImplementedError


@define(eq=False)
class LateStreamRecord:
    """`number` counts the bodies of the whole stream from 0."""

    number: int
    shard: str
    body: str
    arrived_at: float
    cause: Cause | None = None
    receipt: None = None

    @property
    def identifier(self) -> str:
        return f"{self.number:020d}"

    @property
    def size(self) -> int:
        return len(dumps(self.in_event(), separators=(",", ":")))

    @property
    def group(self) -> str:
        return key_of(self.body)

    def view(self) -> Mapping[str, Any]:
        return {"data": self.body}

    def in_event(self) -> LateStreamEventRecord:
        return {"sequenceNumber": self.identifier, "shardId": self.shard, "body": self.body}


@define(eq=False)
class LateShard:
    """One shard of a `LateShards`; it takes keys whose hash is in `hashes`."""

    id: str
    hashes: range
    parents: tuple[str, ...] = ()
    records: list[LateStreamRecord] = field(factory=list, init=False)
    closed_at: float = field(default=inf, init=False)
    short: bool = field(default=False, init=False)  # a read found fewer than its limit, and nothing was said since


@define(eq=False)
class LateShards:
    """The machine of a `LateStream`. Plain lists: every call looks at every shard and record. A position is the number
    of the next record that is wanted."""

    declared: LateStream
    answers: LateAnswers[Received | ShardsListed]
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    shards: list[LateShard] = field(factory=list, init=False)  # in order of birth; those that are gone too
    _sent: int = field(default=0, init=False)
    _listed: bool = field(default=False, init=False)  # nothing was said of shards since
    _changes: list[tuple[float, *tuple[int, ...]]] = field(init=False)  # of shards, those to come
    _reads: list[Delays] = field(init=False)
    _lists: list[Delays] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._changes = sorted([*self.declared.splits, *self.declared.merges], key=lambda change: change[0])
        self._reads = list(self.declared.reads)
        self._lists = list(self.declared.lists)
        count = self.declared.shard_count
        bounds = [HASH_KEYS * number // count for number in range(count + 1)]
        for number in range(count):
            self._open(range(bounds[number], bounds[number + 1]))
        for body in self.declared.bodies:
            self.put(0.0, body)

    @property
    def arn(self) -> Arn:
        return self.declared.arn

    def put(self, now: float, body: str) -> int:
        """The number of a new record, in the shard of its key."""
        self._reshard(now)
        hashed = crc32(key_of(body).encode())
        shard = next(shard for shard in self.shards if shard.closed_at == inf and hashed in shard.hashes)
        shard.records.append(LateStreamRecord(self._sent, shard.id, body, now))
        self._sent += 1
        self._announce(shard)
        return self._sent - 1

    def receive(self, now: float, effect: Receive) -> None:
        assert 1 <= effect.limit <= READ_LIMIT, f"a read of {effect.limit}"
        self._reshard(now)
        shard = next((shard for shard in self._kept(now) if shard.id == effect.shard), None)
        wanted = [] if shard is None else self._behind(now, shard, effect.position)
        found = wanted[: effect.limit]
        position: Any = found[-1].number + 1 if found else self._next(now, effect.position)
        closed = shard is None or shard.closed_at < inf
        ended = closed and len(found) == len(wanted)
        if shard is not None and len(found) < effect.limit and not ended:
            shard.short = True
        retention = self.declared.retention
        self._answer(now, self._reads, Received(effect.asker, effect.token, found, position, ended, retention))

    def list_shards(self, now: float, effect: ListShards) -> None:
        self._reshard(now)
        self._listed = True
        kept = self._kept(now)
        ids = [shard.id for shard in kept]
        shards = [Shard(shard.id, tuple(parent for parent in shard.parents if parent in ids)) for shard in kept]
        self._answer(now, self._lists, ShardsListed(effect.asker, effect.token, shards))

    def wake(self, now: float) -> None:
        self._reshard(now)
        self.effects += self.answers.due(now)

    def next_deadline(self) -> float:
        return min(self.answers.next_at(), self._changes[0][0] if self._changes else inf)

    def outstanding(self) -> int:
        """Answers on their way; records stay, whoever has read them."""
        return len(self.answers)

    def to_event(self, batch: Sequence[Record]) -> LateStreamEvent:
        return {"Records": [_own(record).in_event() for record in batch]}

    def batch_info(self, shard: str, batch: Sequence[Record]) -> tuple[str, dict[str, Any]]:
        return "LateBatchInfo", {
            "shardId": shard,
            "startSequenceNumber": batch[0].identifier,
            "endSequenceNumber": batch[-1].identifier,
            "batchSize": len(batch),
            "streamArn": str(self.arn),
        }

    def _kept(self, now: float) -> list[LateShard]:
        """Those that still hold records or take any."""
        return [shard for shard in self.shards if shard.closed_at > now - self.declared.retention]

    def _behind(self, now: float, shard: LateShard, position: Any) -> list[LateStreamRecord]:
        kept = [record for record in shard.records if record.arrived_at > now - self.declared.retention]
        if not isinstance(position, Start):
            return [record for record in kept if record.number >= position]
        match position.starting_position:
            case "LATEST":
                return []
            case "AT_TIMESTAMP":
                return [record for record in kept if record.arrived_at >= position.at]
            case _:
                return kept

    def _next(self, now: float, position: Any) -> Any:
        """Where to go on when nothing was found; an instant to come stays, what arrives before it does not count."""
        if isinstance(position, Start):
            return position if position.starting_position == "AT_TIMESTAMP" and position.at > now else self._sent
        return position

    def _answer(self, now: float, script: list[Delays], answer: Received | ShardsListed) -> None:
        delays = script.pop(0) if script else self.answers.drawn()
        self.effects += self.answers.send(now, delays, answer)

    def _reshard(self, now: float) -> None:
        """What was due until now."""
        while self._changes and self._changes[0][0] <= now:
            at, *numbers = self._changes.pop(0)
            parents = [self.shards[number] for number in numbers if number < len(self.shards)]
            if len(parents) < len(numbers) or any(parent.closed_at < inf for parent in parents):
                continue
            hashes = _split(parents[0]) if len(parents) == 1 else _merged(*parents)
            if not hashes:
                continue
            for parent in parents:
                parent.closed_at = at
            for each in hashes:
                self._open(each, tuple(parent.id for parent in parents))
            for parent in parents:
                self._announce(parent)
            if self._listed:
                self._listed = False
                self.effects.append(Arrived(self.arn))

    def _open(self, hashes: range, parents: tuple[str, ...] = ()) -> None:
        self.shards.append(LateShard(f"shard-{len(self.shards)}", hashes, parents))

    def _announce(self, shard: LateShard) -> None:
        if shard.short:
            shard.short = False
            self.effects.append(Arrived(self.arn, shard.id))


def _split(shard: LateShard) -> list[range]:
    """The hashes of its children."""
    middle = len(shard.hashes) // 2
    return [shard.hashes[:middle], shard.hashes[middle:]]


def _merged(one: LateShard, other: LateShard) -> list[range]:
    """The hashes of their child; none unless they are neighbours."""
    low, high = sorted((one.hashes, other.hashes), key=lambda hashes: hashes.start)
    return [range(low.start, high.stop)] if low.stop == high.start else []


def key_of(body: str) -> str:
    """What stands before the colon."""
    return body.partition(":")[0]


def _own(record: Record) -> LateStreamRecord:
    assert isinstance(record, LateStreamRecord), f"{record!r} was never handed out"
    return record


@define(eq=False)
class LateStreamClient:
    _machine: LateShards
    _feed: Feed

    async def put(self, body: str) -> int:
        """The number of a new record, in the shard of its key."""
        return await self._feed.call(self._machine, "late:Put", self._machine.put, body)
