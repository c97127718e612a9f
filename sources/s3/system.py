"""Buckets, as they are looked up."""

from typing import Final

from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .bucket import Bucket
from .events import S3Event
from .notifications import Notification


def sample_event(
    *, bucket: str = "uploads", key: str = "in/orders.csv", content: str = "id,amount", function: str = "work"
) -> S3Event:
    """An object that was put. Raises `InvalidSetting`."""
    declared = Bucket(bucket)
    notification = Notification(declared, SampleFunction(function), events=["s3:ObjectCreated:*"])
    machine = machine_of(declared, notification)
    machine.put(0.0, key, content.encode(), "text/plain", {}, None)
    event: S3Event = event_of(machine)
    return event


SYSTEM: Final = System(
    name="S3 event notification",
    kind="asynchronous",
    invoked_by=(
        "`s3.Notification(bucket, target, events=[...])`, to a function, a queue or a topic; "
        "`event_bridge_enabled=True`: objects that come, go and change"
    ),
    event="`Records`, exactly one; by EventBridge its own form",
    answer="not looked at",
    retries="the function's asynchronous queue; S3 itself nothing",
    permission="s3.amazonaws.com, SourceArn = the bucket",
    refused="FIFO queues and topics",
    deviations="notifications in the order of the operations; ranges and conditions of GET are not looked at",
    example="""\
app = App("shop")
uploads = app.add(s3.Bucket("uploads"))
ingest = app.function(lambda event, context: None, name="ingest")
app.add(s3.Notification(uploads, ingest, events=["s3:ObjectCreated:*"], suffix=".csv"))
async with app.start() as bus:
    await bus[uploads].put_object("in/a.csv", b"id,amount")
    await bus.settle()
    assert bus.invocations(ingest)[0].event["Records"][0]["s3"]["object"]["key"] == "in/a.csv"
""",
    sample_event=sample_event,
)
