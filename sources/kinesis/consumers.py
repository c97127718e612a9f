"""Consumers with enhanced fan-out: who is registered, and the machine that mappings on one of them read.

A declared consumer keeps nothing: it hands on what it is asked to its stream, which answers the mapping itself, and
makes itself known there once, by listing the shards in its own name.
"""

from collections.abc import Sequence
from math import inf
from zlib import crc32

from attrs import define, field

from eventbus.core.effects import Effect, ListShards, Note, Receive
from eventbus.names import ACCOUNT, Arn

from .errors import InvalidArgumentException, LimitExceededException, ResourceInUseException, ResourceNotFoundException
from .events import BATCH_INFO, KinesisEvent, batch_info, to_event
from .record import Record
from .settings import CONSUMERS_LIMIT


def consumer_arn(stream: Arn, name: str, created: int) -> Arn:
    return Arn(f"{stream}/consumer/{name}:{created}")


def declared_arn(stream: Arn, name: str) -> Arn:
    """The number at its end, a time on AWS, is made of the names: the ARN is known before any bus runs."""
    return consumer_arn(stream, name, crc32(f"{stream}/{name}".encode()))


def name_of(arn: Arn) -> str:
    return arn.rpartition("/")[2].partition(":")[0]


@define(eq=False)
class Registered:
    name: str
    arn: Arn
    created_at: float
    declared: bool


@define(eq=False)
class Consumers:
    """Of one stream."""

    stream: Arn
    _known: dict[str, Registered] = field(factory=dict, init=False)  # by name, in the order of registration

    def announce(self, now: float, arn: Arn) -> None:
        """A declared one is there."""
        found = Registered(name_of(arn), arn, now, declared=True)
        self._known.setdefault(found.name, found)

    def register(self, now: float, epoch: float, name: str) -> Registered:
        if name in self._known:
            raise ResourceInUseException(
                f"Consumer {name} under stream {self.stream.name.partition('/')[2]} already exists for account "
                f"{ACCOUNT}."
            )
        if len(self._known) >= CONSUMERS_LIMIT:
            raise LimitExceededException(f"A stream has up to {CONSUMERS_LIMIT} consumers.")
        found = Registered(name, consumer_arn(self.stream, name, int(epoch + now)), now, declared=False)
        self._known[name] = found
        return found

    def deregister(self, now: float, name: str | None, arn: str | None) -> None:
        found = self.find(now, name, arn)
        if found.declared:
            raise InvalidArgumentException(f"Consumer {found.name} is declared: it is there as long as the bus runs.")
        del self._known[found.name]

    def find(self, now: float, name: str | None, arn: str | None) -> Registered:
        """By its name, its ARN, or both where they agree."""
        if name is None and arn is None:
            raise InvalidArgumentException("Either ConsumerARN or both StreamARN and ConsumerName must be given.")
        found = self._known.get(name_of(Arn(arn)) if name is None and arn is not None else name or "")
        if found is None or (arn is not None and found.arn != arn):
            raise ResourceNotFoundException(
                f"Consumer {name or arn} under stream {self.stream} and account {ACCOUNT} not found."
            )
        return found

    def all(self) -> Sequence[Registered]:
        return list(self._known.values())

    def doors(self) -> list[Arn]:
        """Under which the stream is read besides its own ARN."""
        return [each.arn for each in self._known.values() if each.declared]


@define(eq=False)
class ConsumerMachine:
    arn: Arn
    stream: Arn
    epoch: float
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    _announced: bool = field(default=False, init=False)

    def receive(self, now: float, effect: Receive) -> None:
        asked = Receive(self.stream, effect.asker, effect.token, effect.limit, effect.shard, effect.position)
        self.effects.append(asked)

    def list_shards(self, now: float, effect: ListShards) -> None:
        self.effects.append(ListShards(self.stream, effect.asker, effect.token))

    def shards_listed(self, now: float, token: int, shards: object) -> None:
        """Nothing is left to do: the stream knows of this consumer."""

    def to_event(self, batch: Sequence[Record]) -> KinesisEvent:
        return to_event(self.arn, self.epoch, batch)

    def batch_info(self, shard: str, batch: Sequence[Record]) -> tuple[str, dict[str, object]]:
        return BATCH_INFO, batch_info(self.stream, self.epoch, shard, batch)

    def wake(self, now: float) -> None:
        if not self._announced:
            self._announced = True
            self.effects.append(ListShards(self.stream, self.arn, 0))

    def next_deadline(self) -> float:
        return inf if self._announced else 0.0

    def outstanding(self) -> int:
        """A mapping counts what it has still to read."""
        return 0
