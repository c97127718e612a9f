"""The bus for code that can't await: `def` handlers, threads, scripts."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define

from eventbus.errors import NotInBus

from .attempts import Attempt
from .context import OVER, current_invocation
from .stepping import Stepped

if TYPE_CHECKING:
    from eventbus.declaration import Function
    from eventbus.ports import EventSource, Resource

    from .answers import InvokeResponse, Statistics
    from .bus import Bus
    from .engine import Trace
    from .faults import Faults
    from .listeners import Subscription
    from .mappings import EventSourceMapping

T = TypeVar("T")


@define(eq=False)
class SyncClient:
    """A resource's client whose operations block until they are done; same names, parameters and results."""

    _bus: "SyncBus"
    _client: Any

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        method = getattr(self._client, operation)

        def call(*args: Any, **settings: Any) -> Any:
            return self._bus.run(method(*args, **settings))

        call.__name__ = operation
        return call


@define(eq=False)
class SyncBus:
    """The same bus, blocking. Inside a `def` handler what it sends belongs to that invocation."""

    _bus: "Bus"

    def __getitem__(self, resource: "Resource[Any]") -> SyncClient:
        return SyncClient(self, self._bus[resource])

    def invoke(self, function: "Function[Any, Any] | str", event: Any = None, **settings: Any) -> "InvokeResponse":
        return self.run(self._bus.invoke(function, event, **settings))

    def emit(self, event: str, payload: Mapping[str, Any]) -> str:
        return self.run(self._bus.emit(event, payload))

    def subscribe(
        self, event: str, handler: Any, *, detail: Mapping[str, Any] | None = None, **settings: Any
    ) -> "Subscription":
        async def subscribe() -> "Subscription":
            return self._bus.subscribe(event, handler, detail=detail, **settings)

        return self.run(subscribe())

    def create_event_source_mapping(
        self, event_source: "EventSource[Any, Any]", function: "Function[Any, Any]", **settings: Any
    ) -> "EventSourceMapping":
        return self.run(self._bus.create_event_source_mapping(event_source, function, **settings))

    def update_event_source_mapping(self, uuid: str, **settings: Any) -> "EventSourceMapping":
        return self.run(self._bus.update_event_source_mapping(uuid, **settings))

    def delete_event_source_mapping(self, uuid: str) -> "EventSourceMapping":
        return self.run(self._bus.delete_event_source_mapping(uuid))

    def get_event_source_mapping(self, uuid: str) -> "EventSourceMapping":
        return self.run(self._bus.get_event_source_mapping(uuid))

    def list_event_source_mappings(self, **chosen: Any) -> "list[EventSourceMapping]":
        return self.run(self._bus.list_event_source_mappings(**chosen))

    def settle(self, within: float = 90_000, invocations: int = 1_000_000) -> None:
        self.run(self._bus.settle(within, invocations))

    def advance(self, seconds: float | timedelta) -> None:
        self.run(self._bus.advance(seconds))

    def now(self) -> datetime:
        return self._bus.now()

    def invocations(self, function: "Function[Any, Any]") -> list[Attempt]:
        return self._bus.invocations(function)

    def trace(self, id: str) -> "Trace":
        return self._bus.trace(id)

    def trace_hash(self) -> str:
        return self._bus.trace_hash()

    def statistics(self) -> "Statistics":
        return self._bus.statistics()

    @property
    def faults(self) -> "Faults":
        return self._bus.faults

    @property
    def seed(self) -> int:
        return self._bus.seed

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Have the bus's loop do this; its result. Raises what it raises."""
        invocation = current_invocation()
        try:
            loop = self._bus.loop
            if invocation is not None and invocation.over:
                raise NotInBus(OVER)
            if not loop.is_running():
                raise NotInBus("the bus's loop is not running: nothing would answer")
        except NotInBus:
            work.close()  # else asyncio complains that nobody awaited it
            raise
        if asyncio._get_running_loop() is loop:
            return _at_once(work)
        if invocation is not None and invocation.bus is self._bus and invocation.post is not None:
            return invocation.post(work)  # type: ignore[no-any-return]  # the thread's hand-over is untyped
        return asyncio.run_coroutine_threadsafe(_stepped(work), loop).result()


def _stepped(work: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
    context = copy_context()

    async def stepped() -> Any:
        return await Stepped(work, context)

    return stepped()


def _at_once(work: Coroutine[Any, Any, T]) -> T:
    """On the loop itself nothing can be waited for: most calls do not need to. A bare yield only offers a turn."""
    try:
        while work.send(None) is None:
            pass
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]  # what the coroutine returned
    work.close()
    raise NotInBus("this call would have to wait, and the bus's loop would with it; await it, or use a thread")
