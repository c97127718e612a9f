"""Events to look at: what a machine sends that was told of one thing, as on a bus that has just started."""

from collections.abc import Mapping, Sequence
from json import loads
from typing import Any, ClassVar, Final

from attrs import field, frozen

from eventbus.core.effects import Deliver, Fetch, Invoke, ListShards, Receive, Received, ShardsListed, Start
from eventbus.core.http import Request
from eventbus.core.profile import Profile
from eventbus.names import Arn, Ids, function_arn
from eventbus.ports import Birth, Resource

EPOCH: Final = 1_767_225_600.0
"""2026-01-01T00:00:00Z."""
CALLER: Final = Arn("sample")
SOURCE_IP: Final = "203.0.113.9"


@frozen(eq=False)
class SampleFunction:
    """Stands for a declared function."""

    name: str
    arn: Arn = field(init=False)
    timeout: ClassVar[float] = 3
    memory_size: ClassVar[int] = 128
    environment: ClassVar[Mapping[str, str]] = {}
    dead_letter: ClassVar[None] = None

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


def polled(machine: Any) -> Any:
    """What a mapping on a queue sends."""
    return _batch(machine, Receive(machine.arn, CALLER, 1, 10))


def polled_stream(machine: Any) -> Any:
    """What a mapping on a stream sends, of its first shard."""
    machine.list_shards(0.0, ListShards(machine.arn, CALLER, 1))
    [listed] = [effect for effect in machine.effects if isinstance(effect, ShardsListed)]
    return _batch(machine, Receive(machine.arn, CALLER, 1, 10, listed.shards[0].id, Start("TRIM_HORIZON")))


def _batch(machine: Any, effect: Receive) -> Any:
    machine.receive(0.0, effect)
    [received] = [effect for effect in machine.effects if isinstance(effect, Received)]
    return machine.to_event(received.records)


def request(door: Any, method: str, target: str, headers: Mapping[str, str], body: str) -> Fetch:
    """Of a client somewhere."""
    lines = [("Host", door.host), *headers.items()]
    return Fetch(door.arn, CALLER, 1, Request(method, target, lines, body.encode(), SOURCE_IP))


def asked(door: Any, method: str, target: str, headers: Mapping[str, str], body: str, wires: Sequence[Any] = ()) -> Any:
    """What a front door sends for a request."""
    machine = machine_of(door, *wires)
    machine.fetch(0.0, request(door, method, target, headers, body))
    return event_of(machine)


def handed_on(door: Any, method: str, target: str, headers: Mapping[str, str], body: str) -> Fetch:
    """What a front door asks the one behind it."""
    machine = machine_of(door)
    machine.fetch(0.0, request(door, method, target, headers, body))
    [found] = [effect for effect in machine.effects if isinstance(effect, Fetch)]
    return found
