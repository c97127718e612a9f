"""Events to look at: what a machine sends that was told of one thing, as on a bus that has just started."""

from json import loads
from typing import Any, Final

from attrs import field, frozen

from eventbus.core.effects import Deliver, Invoke
from eventbus.core.profile import Profile
from eventbus.names import Arn, Ids, function_arn
from eventbus.ports import Birth, Resource

EPOCH: Final = 1_767_225_600.0
"""2026-01-01T00:00:00Z."""


@frozen(eq=False)
class SampleFunction:
    """Stands for a declared function."""

    name: str
    arn: Arn = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "arn", function_arn(self.name))


def machine_of(resource: Resource[Any], *wires: Any) -> Any:
    """The machine of a declared resource, its wires connected."""
    machine = resource.machine(Birth(Ids(0, resource.arn), Profile(), EPOCH))
    for wire in wires:
        wire.connect(machine)
    return machine


def event_of(machine: Any) -> Any:
    """What it sends first, to whichever function."""
    for effect in machine.effects:
        match effect:
            case Invoke(payload=bytes(text)):
                return loads(text)
            case Deliver(body=body) if effect.target.service == "lambda":
                return loads(body)
    raise LookupError(f"{machine.arn} invokes nothing")
