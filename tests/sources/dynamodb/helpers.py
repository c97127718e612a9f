"""A table with its client, and its stream read as mappings read it."""

from collections.abc import Sequence
from typing import Any, Final

from eventbus.core.effects import Arrived, ListShards, Receive, Received, Shard, ShardsListed, Start
from eventbus.names import Arn
from sources import dynamodb
from sources.dynamodb.machine import TableMachine
from tests.sources.helpers import Feed, birth

READER = Arn("reader")
OLDEST = Start("TRIM_HORIZON")
LATEST = Start("LATEST")
KEY: Any = {"id": {"S": "a1"}}
BOTH: Final = "NEW_AND_OLD_IMAGES"


def item(id: str = "a1", **attributes: Any) -> Any:
    return {"id": {"S": id}, **attributes}


def table_at(now: float = 10.0, **settings: Any) -> tuple[dynamodb.TableClient, TableMachine, Feed]:
    """Of the table `orders`, told at `now`."""
    table: Any = dynamodb.Table("orders", **settings)
    machine, feed = table.machine(birth(table.arn)), Feed()
    feed.now = now
    return table.client(machine, feed), machine, feed


class Reader:
    """Stands for a mapping: reads when it likes, and keeps what it was told."""

    def __init__(self, machine: TableMachine) -> None:
        assert machine.stream is not None
        self.machine = machine
        self.source = machine.stream.arn

    def shards(self, now: float) -> Sequence[Shard]:
        self.machine.list_shards(now, ListShards(self.source, READER, 1))
        [listed] = [effect for effect in self.machine.effects if isinstance(effect, ShardsListed)]
        self.machine.effects.remove(listed)
        return listed.shards

    def read(self, now: float, shard: str, position: Any = OLDEST, limit: int = 100) -> Received:
        self.machine.receive(now, Receive(self.source, READER, 1, limit, shard, position))
        [received] = [effect for effect in self.machine.effects if isinstance(effect, Received)]
        self.machine.effects.remove(received)
        return received

    def told(self) -> list[str | None]:
        """Shards that it was told of since it last asked; None for shards that are not listed yet."""
        told = [effect.shard for effect in self.machine.effects if isinstance(effect, Arrived)]
        self.machine.effects.clear()
        return told


def records(machine: TableMachine, now: float) -> list[Any]:
    """All that the stream holds."""
    return [change.wire() for change in machine.records(now)]
