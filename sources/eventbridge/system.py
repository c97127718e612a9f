"""Event buses, as they are looked up."""

from typing import Any, Final

from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .bus import EventBus, Rule
from .events import EventBridgeEvent


def sample_event(
    *, source: str = "shop", detail_type: str = "order.placed", detail: str = '{"id": 7}', function: str = "work"
) -> EventBridgeEvent[Any]:
    """An event of the default bus. Raises `InvalidSetting`."""
    bus = EventBus()
    rule = Rule("sample", bus, event_pattern={"source": [source]}, targets=[SampleFunction(function)])
    machine = machine_of(bus, rule)
    machine.put(0.0, source, detail_type, detail, (), None, None)
    event: EventBridgeEvent[Any] = event_of(machine)
    return event


SYSTEM: Final = System(
    name="EventBridge rule",
    kind="asynchronous",
    invoked_by=(
        "`eventbridge.Rule(name, bus, event_pattern=..., targets=[...])`, to a function, queue, topic, bus or"
        " log group; `app.on`, `bus.emit`: events, schedules"
    ),
    event="the event, or what the target's `input` makes of it",
    answer="not looked at",
    retries="the function's asynchronous queue; the delivery by the target's retry policy",
    permission="events.amazonaws.com, SourceArn = the rule",
    refused=("other accounts and regions, roles, targets of other services; Pipes; the bus of 2026 (`eventbridgev2`)"),
    deviations="deliveries in order, without duplicates",
    example="""\
app = App("shop")
bus_ = app.add(eventbridge.EventBus())
bill = app.function(lambda event, context: None, name="bill")
app.add(eventbridge.Rule("placed", bus_, event_pattern={"detail-type": ["order.placed"]}, targets=[bill]))
async with app.start() as bus:
    await bus[bus_].put_events([{"source": "shop", "detail_type": "order.placed", "detail": '{"id": 7}'}])
    await bus.settle()
    assert bus.invocations(bill)[0].event["detail"] == {"id": 7}
""",
    sample_event=sample_event,
)
