"""IoT Events, as it is looked up."""

from typing import Final

from eventbus.errors import InvalidSetting
from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .detectors import DetectorModel
from .events import DetectorEvent
from .machine import Message
from .model import Event, Input, Lambda, SetTimer, State

KINDS: Final = ("message", "timer")


def sample_event(
    *, kind: str = "message", model: str = "fridge", device: str = "a1", function: str = "work"
) -> DetectorEvent:
    """What `function` gets when a device of the model reports for the first time, or (`kind=timer`) a minute later.
    Raises `InvalidSetting`."""
    if kind not in KINDS:
        raise InvalidSetting(f"kind={kind!r} is refused; allowed: {' or '.join(KINDS)}")
    invoke = Lambda(SampleFunction(function))
    enter = [invoke] if kind == "message" else [SetTimer("cool", 60)]
    state = State(
        "warm",
        on_enter=[Event("alarm", enter)],
        on_input=[Event("still", [invoke], condition='timeout("cool")')] if kind == "timer" else [],
    )
    readings = Input("readings", ["device"])
    declared = DetectorModel(model, inputs=[readings], states=[state], initial_state_name="warm", key="device")
    machine = machine_of(declared)
    machine.put(0.0, [Message("1", "readings", {"device": device})], None)
    if kind == "timer":
        machine.wake(60.0)
    event: DetectorEvent = event_of(machine)
    return event


SYSTEM: Final = System(
    name="IoT Events",
    kind="asynchronous",
    invoked_by="`iotevents.DetectorModel(name, states=[...], ...)`: events of its states with a `Lambda` action",
    event="name and time of the event, detector, trigger, state with variables and timers; or `content_expression`",
    answer="not looked at",
    retries="the function's asynchronous queue; a hand-over for 24 h while it is refused for a while",
    permission="the model's role, trusted by iotevents.amazonaws.com",
    refused="actions beyond variables, timers and functions; more than `sources.iotevents.expressions` tells",
    deviations="inputs belong to one model; the service itself ended in May 2026",
    example="""\
app = App("shop")
work = app.function(lambda event, context: None, name="work")
warm = iotevents.Event("warm", [iotevents.Lambda(work)], condition="$input.readings.celsius > 8")
fridge = app.add(iotevents.DetectorModel(
    "fridge", inputs=[iotevents.Input("readings", ["device", "celsius"])], key="device",
    states=[iotevents.State("on", on_input=[warm])], initial_state_name="on",
))
async with app.start() as bus:
    reading = {"message_id": "1", "input_name": "readings", "payload": '{"device": "a1", "celsius": 9}'}
    await bus[fridge].batch_put_message([reading])
    await bus.settle()
    assert bus.invocations(work)[0].event["eventName"] == "warm"
""",
    sample_event=sample_event,
)
