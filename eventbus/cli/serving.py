"""`eventbus serve`: each front door of an app listens on a port of its own, until it is stopped."""

import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import count, repeat
from math import inf
from typing import Any, Final, Protocol, runtime_checkable

import anyio
from attrs import define

from eventbus import App, Bus
from eventbus.errors import EventBusError
from eventbus.names import Arn

from .connection import PATIENCE, Config, Server
from .stopping import stop_on_signal

BACKLOG: Final = 2_048
"""Connections that wait to be accepted."""
LAST_PORT: Final = 65_535


class NotServed(EventBusError):
    """An app, or one of its doors, can't be served; the message says why."""


@runtime_checkable
class Door(Protocol):
    """A declared resource by which requests come in. One with a `declared_port` listens there."""

    @property
    def arn(self) -> Arn: ...
    @property
    def host(self) -> str: ...
    def asgi(self, bus: Any) -> Any: ...


@define(eq=False)
class Place:
    """Where a door is to be found."""

    door: Door
    socket: socket.socket

    @property
    def port(self) -> int:
        port: int = self.socket.getsockname()[1]
        return port

    @property
    def name(self) -> str:
        return name_of(self.door)

    @property
    def url(self) -> str:
        host = self.socket.getsockname()[0]
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def to_json(self) -> dict[str, Any]:
        return {"door": self.name, "arn": self.door.arn, "url": self.url, "host": self.door.host}


def name_of(door: Door) -> str:
    """As it was declared, or the last word of its ARN."""
    name = getattr(door, "name", None)
    return name if isinstance(name, str) else door.arn.name.rpartition("/")[2]


def doors_of(app: App) -> list[Door]:
    """In the order of declaration. Raises `NotServed` if there is none."""
    doors: list[Door] = [resource for resource in app.resources if isinstance(resource, Door)]
    if not doors:
        raise NotServed(
            f"{app.name} has no front door: add a resource by which requests come in, such as functionurl.Url(function)"
        )
    return doors


def ports_of(doors: Sequence[Door], first: int) -> list[int]:
    """Those that doors declare; for the others `first`, the next, and so on, or 0 each. Raises `NotServed`."""
    declared = [getattr(door, "declared_port", None) for door in doors]
    others = repeat(0) if first == 0 else (port for port in count(first) if port not in declared)
    taken: dict[int, Door] = {}
    for door, port in zip(doors, declared, strict=True):
        if port is not None and (other := taken.setdefault(port, door)) is not door:
            raise NotServed(f"port {port} is declared twice, by {name_of(other)} and by {name_of(door)}")
    ports = [next(others) if port is None else port for port in declared]
    if max(ports) > LAST_PORT:
        raise NotServed(f"{name_of(doors[ports.index(max(ports))])} can't listen on port {max(ports)}: there is none")
    return ports


def bind(host: str, port: int, door: Door) -> socket.socket:
    """A socket that does not listen yet. Its protocol is given, or asyncio would leave Nagle's algorithm on: 40 ms an
    answer."""
    bound = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        if bound is not None:
            bound.close()
        cure = "; it is the system's: declare another" if isinstance(error, PermissionError) else ""
        raise NotServed(f"{name_of(door)} can't listen on port {port} of {host}: {error.strerror}{cure}") from error
    return bound


async def serve(
    app: App,
    host: str,
    port: int,
    drain: float,
    tell: Callable[[Sequence[Place]], None],
    patience: float = PATIENCE,
) -> None:
    """Until SIGINT or SIGTERM; what is under way then has `drain` seconds."""
    doors = doors_of(app)
    with ExitStack() as sockets:
        places = [
            Place(door, sockets.enter_context(bind(host, number, door)))
            for door, number in zip(doors, ports_of(doors, port), strict=True)
        ]
        async with app.start(environ=True) as bus:
            server = Server(Config({place.port: place.door.asgi(bus) for place in places}, patience))
            for place in places:
                place.socket.listen(BACKLOG)
            left = await _until_stopped(server, bus, places, drain, tell)
            await bus.aclose(drain=left)


async def _until_stopped(
    server: Server, bus: Bus, places: Sequence[Place], drain: float, tell: Callable[[Sequence[Place]], None]
) -> float:
    """Of `drain`, the seconds that requests left over."""
    deadline = inf

    async def stop() -> None:
        nonlocal deadline
        deadline = anyio.current_time() + drain
        server.should_exit = True
        await anyio.sleep(drain)
        with anyio.CancelScope(shield=True):
            await bus.aclose()
            await server.hang_up()

    async with anyio.create_task_group() as tasks:
        await tasks.start(partial(stop_on_signal, stop, tasks, anyio.Event()))
        tell(places)
        await server.serve(sockets=[place.socket for place in places])
        tasks.cancel_scope.cancel()
    return max(0.0, min(drain, deadline - anyio.current_time()))
