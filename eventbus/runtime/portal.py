"""A bus for code without a loop: it runs on a thread of its own, behind a blocking portal of anyio.

Virtual time moves in the calls alone. Between them it stands, however long the caller thinks: else what has happened by
the next call would depend on the machine.
"""

from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from math import inf
from typing import Any, TypeVar

from attrs import define, field

from eventbus.errors import NotInBus

from . import clock
from .bus import Bus
from .sync import SyncBus

T = TypeVar("T")


@define(eq=False)
class PortalBus(SyncBus):
    """Holds the clock of a virtual loop while no call is under way."""

    _hold: ExitStack = field(factory=ExitStack, init=False)  # touched on the loop alone, as is the count
    _calls: int = field(default=0, init=False)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return super().run(self._moving(work))
        except NotInBus:
            work.close()  # it may not have begun
            raise

    async def stand(self) -> None:
        """Time does not move until the next call."""
        loop = self._bus.loop
        if isinstance(loop, clock.VirtualLoop):
            self._hold.enter_context(loop.hold("the caller's next call"))

    async def close(self, drain: float) -> None:
        """Time moves again, for good."""
        self._calls += 1
        self._hold.close()
        await self._bus.aclose(drain)

    async def _moving(self, work: Coroutine[Any, Any, T]) -> T:
        self._calls += 1
        self._hold.close()
        try:
            return await work
        finally:
            self._calls -= 1
            if not self._calls:
                await self.stand()


@contextmanager
def running(bus: Bus, *, virtual: bool, drain: float) -> Iterator[SyncBus]:
    """The bus runs inside the `with` block, and is closed behind it. Raises `BusBroken` if it broke and the block did
    not raise by itself."""
    from anyio.from_thread import start_blocking_portal  # noqa: PLC0415  # a tenth of our import time

    options = {"loop_factory": lambda: clock.VirtualLoop(watchdog=inf)} if virtual else {}
    with start_blocking_portal("asyncio", options) as portal:
        portal.call(bus.__aenter__)
        sync = PortalBus(bus)
        portal.call(sync.stand)
        try:
            yield sync
        except BaseException:
            portal.call(sync.close, drain)
            raise
        portal.call(sync.close, drain)
        portal.call(bus.__aexit__, None, None, None)  # raises if the bus is broken
