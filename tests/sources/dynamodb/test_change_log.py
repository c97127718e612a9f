"""The stream of a table: positions, shards, retention, and who is told of what."""

from typing import Any

from eventbus.core.effects import Start
from sources import dynamodb
from sources.dynamodb import reading
from tests.sources.dynamodb.helpers import LATEST, OLDEST, Reader, item, table_at
from tests.sources.helpers import done

DAY = 86_400.0


class Orders:
    """A table that is put into at any time."""

    def __init__(self) -> None:
        self.client, self.machine, self.feed = table_at(0.0, stream_view_type="KEYS_ONLY")
        self.reader = Reader(self.machine)
        [self.shard] = [shard.id for shard in self.reader.shards(0.0)]

    def put(self, now: float, id: str) -> None:
        self.machine.write(now, reading.put(self.machine.schema, item(id), {}), None)

    def read(self, now: float, position: Any = OLDEST, limit: int = 100, shard: str | None = None) -> tuple[Any, ...]:
        """Keys, the position behind them, whether it has ended."""
        received = self.reader.read(now, shard or self.shard, position, limit)
        keys = [record.group for record in received.records]
        return keys, received.position, received.ended


def test_records_are_read_at_any_position() -> None:
    """Again and again, in their order."""
    orders = Orders()
    for id in ("a", "b", "c"):
        orders.put(1.0, id)

    keys, position, _ = orders.read(1.0, limit=2)

    assert keys == ["a", "b"]
    assert orders.read(1.0, position)[0] == ["c"]
    assert orders.read(1.0)[0] == ["a", "b", "c"]


def test_latest_is_what_comes_after_the_first_read() -> None:
    """Its position stays where it was then."""
    orders = Orders()
    orders.put(1.0, "a")
    keys, position, _ = orders.read(1.0, LATEST)
    orders.put(2.0, "b")

    assert keys == []
    assert orders.read(3.0, position)[0] == ["b"]


def test_reading_from_an_instant_on() -> None:
    """What arrived then or later, whether read at once or long after."""
    orders = Orders()
    for at, id in ((1.0, "a"), (2.0, "b"), (3.0, "c")):
        orders.put(at, id)

    assert orders.read(9.0, Start("AT_TIMESTAMP", 2.0))[0] == ["b", "c"]
    assert orders.read(9.0, Start("AT_TIMESTAMP", 3.5))[0] == []
    assert orders.read(DAY + 2.0, Start("AT_TIMESTAMP", 1.0))[0] == ["c"]


def test_reader_that_found_fewer_is_told_once() -> None:
    """Not for every record, and not before."""
    orders = Orders()
    orders.put(1.0, "a")
    assert orders.reader.told() == []
    orders.read(1.0, limit=1)
    orders.put(1.0, "b")
    assert orders.reader.told() == []

    orders.read(1.0, limit=3)
    orders.put(2.0, "c")
    orders.put(2.0, "d")

    assert orders.reader.told() == [orders.shard]


def test_record_is_there_for_a_day() -> None:
    """A position that is over continues with the oldest there is."""
    orders = Orders()
    orders.put(1.0, "a")
    orders.put(2.0, "b")
    _, position, _ = orders.read(2.0, limit=1)
    assert orders.read(DAY + 0.5, limit=1)[0] == ["a"]

    assert orders.read(DAY + 1.0)[0] == ["b"]
    assert orders.read(DAY + 1.0, position)[0] == ["b"]


def test_old_records_are_forgotten() -> None:
    """Nobody reads, and yet they are not kept for ever."""
    orders = Orders()
    for hour in range(23):
        for number in range(10):
            orders.put(hour * 3_600.0, f"{hour}/{number}")
    log = orders.machine._log
    assert log is not None
    shard = log._shards[0]

    orders.read(DAY + 22 * 3_600.0)

    assert shard.first == 0 or len(shard.records) < 230


def test_shard_is_open_for_a_day() -> None:
    """Then its child is, and whoever reads it learns that it has ended."""
    orders = Orders()
    orders.put(1.0, "a")
    keys, position, ended = orders.read(1.0)
    assert (keys, ended) == (["a"], False)

    orders.put(DAY, "b")
    parent, child = orders.reader.shards(DAY)

    assert orders.reader.told() == [orders.shard, None]
    assert (parent.id, parent.parents) == (orders.shard, ())
    assert child.parents == (orders.shard,)
    assert orders.read(DAY, position) == ([], position, True)
    assert orders.read(DAY, shard=child.id)[0] == ["b"]


def test_end_of_a_closed_shard_comes_with_its_last_records() -> None:
    """Not before."""
    orders = Orders()
    for id in ("a", "b"):
        orders.put(3.0, id)

    assert orders.read(DAY + 2.0, limit=1)[2] is False
    assert orders.read(DAY + 2.0, limit=2)[::2] == (["a", "b"], True)


def test_new_shard_is_told_once() -> None:
    """To whoever has listed all there were; listing them tells by itself."""
    orders = Orders()
    orders.put(DAY, "a")
    assert orders.reader.told() == [None]
    orders.put(2 * DAY, "a")
    orders.put(2 * DAY, "b")
    assert orders.reader.told() == []
    orders.reader.shards(2 * DAY)

    orders.reader.shards(3 * DAY)

    assert orders.reader.told() == []


def test_shard_is_gone_with_its_last_record() -> None:
    """A parent that is gone is named no more; who still asks for it is at its end."""
    orders = Orders()
    orders.put(1.0, "a")

    assert orders.reader.shards(2 * DAY - 1)[0].id == orders.shard
    later = orders.reader.shards(2 * DAY)

    assert orders.shard not in [shard.id for shard in later]
    assert later[0].parents == ()
    assert orders.read(2 * DAY)[::2] == ([], True)


def test_idle_days_open_no_shards() -> None:
    """But the one that is needed."""
    orders = Orders()

    orders.put(10.5 * DAY, "a")

    [shard] = orders.reader.shards(10.5 * DAY)
    assert shard.id != orders.shard
    assert orders.read(10.5 * DAY, shard=shard.id)[0] == ["a"]


def test_peek_shows_what_the_stream_holds() -> None:
    """As in an event; the client of the declared stream."""
    orders = Orders()
    orders.put(1.0, "a")
    orders.put(1.0, "b")
    stream = dynamodb.Table("orders", stream_view_type="KEYS_ONLY").stream
    client = stream.client(orders.machine, orders.feed)

    assert [record["dynamodb"]["Keys"] for record in done(client.peek())] == [item("a"), item("b")]
    assert len(done(client.peek(1))) == 1
