"""Firehose transformations, as they are looked up."""

from math import inf
from typing import Any, ClassVar, Final

from attrs import frozen

from eventbus.checks import refuse
from eventbus.core.effects import ListShards, Receive, Shard
from eventbus.names import Arn, arn_of
from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .events import FirehoseEvent
from .stream import BUFFER_INTERVAL, DeliveryStream

KINDS: Final = ("direct", "kinesis")
SHARD: Final = "shardId-000000000000"
SEQUENCE: Final = "49590338271490256608559692538361571095921575989136588898"


@frozen(eq=False)
class SampleBucket:
    """Stands for a declared bucket."""

    arn: ClassVar[Arn] = Arn("arn:aws:s3:::orders")
    delivery_action: ClassVar[str] = "s3:PutObject"


@frozen(eq=False)
class SampleStream:
    """Stands for a declared Kinesis stream."""

    arn: ClassVar[Arn] = arn_of("kinesis", "stream/orders")
    starting_positions: ClassVar[tuple[str, ...]] = ("LATEST",)


@frozen(eq=False)
class SampleRecord:
    """Stands for a record of it."""

    data: bytes
    group: str
    identifier: ClassVar[str] = SEQUENCE
    shard_id: ClassVar[str] = SHARD
    arrived_at: ClassVar[float] = 0.0
    cause: ClassVar[None] = None


def sample_event(
    *,
    kind: str = "direct",
    delivery_stream: str = "orders",
    data: str = '{"id":7}',
    partition_key: str = "red",
    function: str = "work",
) -> FirehoseEvent:
    """One record that was put ("direct"), or read from a stream ("kinesis"). Raises `InvalidSetting`."""
    if kind not in KINDS:
        raise refuse("kind", kind, " or ".join(KINDS))
    stream = SampleStream() if kind == "kinesis" else None
    declared = DeliveryStream(
        delivery_stream, SampleBucket(), processor=SampleFunction(function), kinesis_stream=stream
    )
    machine = machine_of(declared)
    if stream is None:
        machine.put(0.0, [data.encode()], None)
    else:
        _read(machine, SampleRecord(data.encode(), partition_key))
    machine.wake(BUFFER_INTERVAL)
    event: FirehoseEvent = event_of(machine)
    return event


def _read(machine: Any, record: SampleRecord) -> None:
    machine.wake(0.0)
    [listing] = [effect for effect in machine.effects if isinstance(effect, ListShards)]
    machine.shards_listed(0.0, listing.token, [Shard(SHARD)])
    machine.wake(0.0)
    [read] = [effect for effect in machine.effects if isinstance(effect, Receive)]
    machine.received(0.0, read.token, [record], 1, False, inf)


SYSTEM: Final = System(
    name="Firehose transformation",
    kind="synchronous",
    invoked_by=(
        "`firehose.DeliveryStream(name, bucket, processor=function)`: batches of records that were put, or read from "
        "a Kinesis stream (`kinesis_stream=...`)"
    ),
    event="`records`, `data` in base64; of a Kinesis stream with `kinesisRecordMetadata`",
    answer="`records`: each id once, `result` Ok, Dropped or ProcessingFailed, `data`; any other fails that record",
    retries=(
        "Firehose, `number_of_retries` times after a throttle, a timeout, a function error; then the batch goes to the "
        "failed ones. The bucket for 24 h"
    ),
    permission="the delivery stream's role: lambda:InvokeFunction, s3:PutObject, kinesis:GetRecords",
    refused=(
        "destinations other than S3, format conversion, compression, jq, backups, `UpdateDestination`, time zones, "
        "other processors"
    ),
    deviations="aggregated records are not split",
    example="""\
app = App("shop")
lake = app.add(s3.Bucket("lake"))
def keep(event, context):
    return {"records": [{**record, "result": "Ok"} for record in event["records"]]}
orders = app.add(firehose.DeliveryStream("orders", lake, processor=app.function(keep), prefix="orders/"))
async with app.start() as bus:
    await bus[orders].put_record({"data": b"seven"})
    await bus.settle()
    [stored] = (await bus[lake].list_objects_v2(prefix="orders/2")).contents
    assert (await bus[lake].get_object(stored.key)).body == b"seven"
""",
    sample_event=sample_event,
)
