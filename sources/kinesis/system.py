"""Streams, as they are looked up."""

from typing import Final

from eventbus.ports import System
from sources._sample import machine_of, polled_stream

from .events import KinesisEvent
from .stream import Stream


def sample_event(*, stream: str = "orders", data: str = "one", partition_key: str = "red") -> KinesisEvent:
    """One record. Raises `InvalidSetting`."""
    machine = machine_of(Stream(stream, shard_count=1))
    machine.put(0.0, (data.encode(), partition_key, None), None)
    event: KinesisEvent = polled_stream(machine)
    return event


SYSTEM: Final = System(
    name="Kinesis",
    kind="polled",
    invoked_by="`app.map(stream or consumer, function, starting_position=...)`: batches of one shard's records",
    event="`Records`; with a tumbling window `window`, `state` and the rest of it",
    answer="none, `batchItemFailures` with `ReportBatchItemFailures`, `state` of a window",
    retries="the mapping: retries, ages, bisect, `on_failure`",
    permission="the function's role: kinesis:GetRecords, GetShardIterator, DescribeStream(Summary), ListShards",
    refused="encryption, channels, SubscribeToShard by hand",
    deviations="resharding takes no time",
    example="""\
app = App("shop")
clicks = app.add(kinesis.Stream("clicks", shard_count=1))
count = app.function(lambda event, context: None, name="count")
app.map(clicks, count, starting_position="TRIM_HORIZON", batch_size=100)
async with app.start() as bus:
    await bus[clicks].put_record(data=b"click", partition_key="user-1")
    await bus.settle()
    assert len(bus.invocations(count)[0].event["Records"]) == 1
""",
    sample_event=sample_event,
)
