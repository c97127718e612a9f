"""Queues, as they are looked up."""

from typing import Final

from eventbus.ports import System
from sources._sample import machine_of, polled

from .events import SqsEvent
from .message import More
from .queue import Queue


def sample_event(*, queue: str = "orders", body: str = '{"id": 7}', group: str = "one") -> SqsEvent:
    """One message; `group` counts for a queue whose name ends with `.fifo`. Raises `InvalidSetting`."""
    machine = machine_of(Queue(queue))
    more = More(group=group, deduplication_id="1") if queue.endswith(".fifo") else None
    machine.send(0.0, body, {}, None, more=more)
    event: SqsEvent = polled(machine)
    return event


SYSTEM: Final = System(
    name="SQS",
    kind="polled",
    invoked_by="`app.map(queue, function)`: batches of messages",
    event="`Records`, one for each message",
    answer="none, or `batchItemFailures` with `ReportBatchItemFailures`",
    retries="the queue's visibility timeout, then `redrive`",
    permission="the function's role: sqs:ReceiveMessage, DeleteMessage, GetQueueAttributes",
    refused="provisioned pollers",
    deviations="in order and exactly once, unless a fault says otherwise",
    example="""\
app = App("shop")
queue = app.add(sqs.Queue("orders"))
bill = app.function(lambda event, context: None, name="bill")
app.map(queue, bill)
async with app.start() as bus:
    await bus[queue].send_message("7")
    await bus.settle()
    assert bus.invocations(bill)[0].event["Records"][0]["body"] == "7"
""",
    sample_event=sample_event,
)
