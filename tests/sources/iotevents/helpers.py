"""The model of the contract table, and what its functions get."""

import json
from typing import Any

from eventbus.core.effects import Deliver
from sources import iotevents as iote
from sources._sample import SampleFunction
from sources.iotevents.machine import DetectorModelMachine, Message
from tests.sources.helpers import Feed, birth

WORK = SampleFunction("work")
COLD, WARM = "$input.readings.celsius <= 8", "$input.readings.celsius > 8"
READINGS = iote.Input("readings", ["device", "celsius"])


def states(function: Any = WORK, **payload: Any) -> list[iote.State]:
    invoke = iote.Lambda(function, **payload)
    zero = iote.Event("zero", [iote.SetVariable("count", "0")], condition="isUndefined($variable.count)")
    count = iote.SetVariable("count", "$variable.count + 1")
    alarm = iote.Event("alarm", [count, invoke, iote.SetTimer("cool", 60)])
    return [
        iote.State(
            "cold",
            on_enter=[zero],
            transition_events=[iote.TransitionEvent("warmed", condition=WARM, next_state="warm")],
        ),
        iote.State(
            "warm",
            on_enter=[alarm],
            on_input=[iote.Event("still", [invoke], condition='timeout("cool")')],
            on_exit=[iote.Event("over", [iote.ClearTimer("cool")])],
            transition_events=[iote.TransitionEvent("cooled", condition=COLD, next_state="cold")],
        ),
    ]


def fridge(function: Any = WORK, payload: Any = None, **settings: Any) -> iote.DetectorModel:
    given = {"key": "device", "states": states(function, **(payload or {})), **settings}
    return iote.DetectorModel("fridge", inputs=[READINGS], initial_state_name="cold", **given)


def make_machine(model: iote.DetectorModel) -> DetectorModelMachine:
    return model.machine(birth(model.arn))


def client_at(now: float, model: iote.DetectorModel) -> tuple[iote.DetectorModelClient, DetectorModelMachine, Feed]:
    machine, feed = make_machine(model), Feed()
    feed.now = now
    return model.client(machine, feed), machine, feed


def one_state(
    *, variables: Any = (), condition: str | None = None, input: Any = READINGS, method: Any = "BATCH", **events: Any
) -> iote.DetectorModel:
    """A model of one state whose function is invoked by each message for which `condition` is true."""
    given = {"on_input": [iote.Event("seen", [iote.Lambda(WORK)], condition=condition)], **events}
    state = iote.State("on", on_enter=[iote.Event("start", variables)], **given)
    return iote.DetectorModel("m", inputs=[input], states=[state], initial_state_name="on", evaluation_method=method)


def put(machine: DetectorModelMachine, now: float, content: Any, id: str = "m1", name: str = "readings") -> list[Any]:
    machine.put(now, [Message(id, name, content)], None)
    return sent(machine)


def sent(machine: DetectorModelMachine) -> list[Any]:
    """The events handed over since the last time."""
    found = [json.loads(effect.body) for effect in machine.effects if isinstance(effect, Deliver)]
    machine.effects.clear()
    return found


def until(machine: DetectorModelMachine, end: float) -> list[tuple[float, Any]]:
    """What timers do up to then, each with its time."""
    found: list[tuple[float, Any]] = []
    while (now := machine.next_deadline()) <= end:
        machine.wake(now)
        found += [(now, event) for event in sent(machine)]
    return found
