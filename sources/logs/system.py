"""CloudWatch Logs subscriptions, as they are looked up."""

from typing import Final

from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .events import LogsEvent
from .filters import SubscriptionFilter
from .group import LogGroup


def sample_event(
    *,
    group: str = "/shop/orders",
    stream: str = "one",
    message: str = "ERROR no such order",
    filter_name: str = "errors",
    function: str = "work",
) -> LogsEvent:
    """What `function` gets for one message. Raises `InvalidSetting`."""
    declared = LogGroup(group)
    machine = machine_of(declared, SubscriptionFilter(declared, SampleFunction(function), filter_name=filter_name))
    machine.create_stream(0.0, stream)
    machine.put(0.0, stream, [(machine.milliseconds(0.0), message)], None)
    event: LogsEvent = event_of(machine)
    return event


SYSTEM: Final = System(
    name="CloudWatch Logs subscription",
    kind="asynchronous",
    invoked_by="`logs.SubscriptionFilter(group, function, filter_name=...)`: log events that match its pattern; what a "
    'function logs is in `logs.LogGroup("/aws/lambda/<function>")`',
    event='`{"awslogs": {"data": ...}}`, base64 of gzip of the matching events of one call',
    answer="not looked at",
    retries="the function's asynchronous queue; a hand-over for 24 h while it is refused for a while",
    permission="logs.amazonaws.com, SourceArn = the group",
    refused="a function for its own log, streams and Firehose as destinations, metric filters, transformers, account "
    "policies",
    deviations="what is logged can be read at once, what a function logs once its invocation has ended; control "
    "messages when asked for (`emit_control_message`)",
    example="""\
app = App("shop")
group = app.add(logs.LogGroup("/shop/orders"))
errors = app.function(lambda event, context: None, name="errors")
app.add(logs.SubscriptionFilter(group, errors, filter_name="errors", filter_pattern="ERROR"))
async with app.start() as bus:
    await bus[group].create_log_stream("one")
    await bus[group].put_log_events("one", log_events=[{"timestamp": 1_767_225_600_000, "message": "ERROR 7"}])
    await bus.settle()
    assert len(bus.invocations(errors)) == 1
""",
    sample_event=sample_event,
)
