"""A stream with its client at a time that the test sets, and short words for what is asked of its machine."""

from typing import Any

from eventbus.core.effects import Arrived, ListShards, Receive, Received, ShardsListed, Start
from eventbus.core.profile import Profile
from eventbus.names import Arn, Ids
from eventbus.ports import Birth
from sources import kinesis
from sources.kinesis.machine import StreamMachine
from sources.kinesis.record import Record
from tests.sources.helpers import EPOCH, Feed, birth

MAPPING = Arn("mapping")
FIRST, SECOND, THIRD = (f"shardId-{index:012d}" for index in range(3))
TOP = 2**128
HOUR = 3_600.0
DAY = 24 * HOUR
LIMIT = 1_048_576
QUOTAS = Profile(rate_quotas=True)


def make_stream(profile: Profile | None = None, **settings: Any) -> StreamMachine:
    stream = kinesis.Stream("orders", **settings)
    given = birth(stream.arn)
    return stream.machine(given if profile is None else Birth(Ids(1, stream.arn), profile, EPOCH))


def stream_at(now: float = 0.0, *, profile: Profile | None = None, **settings: Any) -> tuple[Any, StreamMachine, Feed]:
    """A client whose calls happen at `feed.now`."""
    stream = kinesis.Stream("orders", **settings)
    machine, feed = make_stream(profile, **settings), Feed()
    feed.now = now
    return stream.client(machine, feed), machine, feed


def put(machine: StreamMachine, now: float, data: str, key: str = "k", explicit: int | None = None) -> Record:
    return machine.put(now, (data.encode(), key, explicit), None)


def read(machine: StreamMachine, now: float, position: Any, shard: str | None = FIRST, limit: int = 100) -> Received:
    """The answer to one read of a mapping; other effects stay."""
    machine.receive(now, Receive(machine.arn, MAPPING, 7, limit, shard, position))
    answer = machine.effects.pop()
    assert isinstance(answer, Received)
    assert (answer.asker, answer.token) == (MAPPING, 7)
    return answer


def start(position: str = "TRIM_HORIZON", at: float = 0.0) -> Start:
    return Start(position, at)


def bodies(answer: Received) -> list[str]:
    return [record.data.decode() for record in answer.records]  # type: ignore[attr-defined]  # records of a stream


def listed(machine: StreamMachine, now: float = 0.0, asker: Arn = MAPPING) -> dict[str, tuple[str, ...]]:
    """Shards with their parents."""
    machine.list_shards(now, ListShards(machine.arn, asker, 8))
    answer = machine.effects.pop()
    assert isinstance(answer, ShardsListed)
    assert (answer.asker, answer.token) == (asker, 8)
    return {shard.id: shard.parents for shard in answer.shards}


def arrivals(machine: StreamMachine) -> list[tuple[Arn, str | None]]:
    """What was said to have arrived since the last look: of which source, and in which shard."""
    found = [(effect.source, effect.shard) for effect in machine.effects if isinstance(effect, Arrived)]
    machine.effects.clear()
    return found
