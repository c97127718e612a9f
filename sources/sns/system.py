"""Topics, as they are looked up."""

from typing import Final

from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .events import SnsEvent
from .message import Message
from .topic import Subscription, Topic


def sample_event(
    *, topic: str = "orders", message: str = '{"id": 7}', subject: str = "New order", function: str = "work"
) -> SnsEvent:
    """One notification. Raises `InvalidSetting`."""
    declared = Topic(topic)
    machine = machine_of(declared, Subscription(declared, SampleFunction(function)))
    machine.publish(0.0, Message(message, subject=subject or None))
    event: SnsEvent = event_of(machine)
    return event


SYSTEM: Final = System(
    name="SNS",
    kind="asynchronous",
    invoked_by=(
        "`sns.Subscription(topic, endpoint, filter_policy=...)`, to a function, a queue or an HTTP(S) "
        "endpoint: messages"
    ),
    event="`Records`, exactly one",
    answer="not looked at",
    retries="the function's asynchronous queue; the delivery by the topic's schedule for its protocol",
    permission="sns.amazonaws.com, SourceArn = the topic",
    refused="mail, SMS, push, Firehose",
    deviations="signatures are no signatures",
    example="""\
app = App("shop")
orders = app.add(sns.Topic("orders"))
bill = app.function(lambda event, context: None, name="bill")
app.add(sns.Subscription(orders, bill, filter_policy={"kind": ["new"]}))
async with app.start() as bus:
    await bus[orders].publish("7", message_attributes={"kind": {"data_type": "String", "string_value": "new"}})
    await bus.settle()
    assert bus.invocations(bill)[0].event["Records"][0]["Sns"]["Message"] == "7"
""",
    sample_event=sample_event,
)
