"""Streams of tables, as they are looked up."""

from typing import Final

from eventbus.ports import System
from sources._sample import machine_of, polled_stream

from . import values
from .events import DynamoDBEvent
from .table import Table
from .writes import Put, Write


def sample_event(*, table: str = "orders", key: str = "id", value: str = "a1") -> DynamoDBEvent:
    """An item that was put. Raises `InvalidSetting`."""
    machine = machine_of(Table(table, partition_key=(key, "S"), stream_view_type="NEW_AND_OLD_IMAGES"))
    item = values.read_item({key: {"S": value}})
    machine.write(0.0, Write("dynamodb:PutItem", machine.schema.key_of(item), Put(item)), None)
    event: DynamoDBEvent = polled_stream(machine)
    return event


SYSTEM: Final = System(
    name="DynamoDB Streams",
    kind="polled",
    invoked_by="`app.map(table.stream, function, starting_position=...)`: batches of changes",
    event="`Records` with keys and images in typed attribute values",
    answer="none, `batchItemFailures` with `ReportBatchItemFailures`, `state` of a window",
    retries="the mapping: retries, ages, bisect, `on_failure`",
    permission="the function's role: dynamodb:GetRecords, GetShardIterator, DescribeStream, ListStreams",
    refused="indexes, filters, PartiQL, batch reads, transactions over tables, backups, global tables",
    deviations="one shard a table; what is too old goes at once",
    example="""\
app = App("shop")
table = app.add(dynamodb.Table("orders", stream_view_type="NEW_IMAGE"))
audit = app.function(lambda event, context: None, name="audit")
app.map(table.stream, audit, starting_position="TRIM_HORIZON")
async with app.start() as bus:
    await bus[table].put_item({"id": {"S": "a1"}})
    await bus.settle()
    assert bus.invocations(audit)[0].event["Records"][0]["eventName"] == "INSERT"
""",
    sample_event=sample_event,
)
