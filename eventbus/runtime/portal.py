"""A bus for code without a loop: it runs on a thread of its own, behind a blocking portal of anyio."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf

from . import clock
from .bus import Bus
from .sync import SyncBus


@contextmanager
def running(bus: Bus, *, virtual: bool, drain: float) -> Iterator[SyncBus]:
    """The bus runs inside the `with` block, and is closed behind it. Raises `BusBroken` if it broke and the block did
    not raise by itself."""
    from anyio.from_thread import start_blocking_portal  # noqa: PLC0415  # a tenth of our import time

    options = {"loop_factory": lambda: clock.VirtualLoop(watchdog=inf)} if virtual else {}
    with start_blocking_portal("asyncio", options) as portal:
        portal.call(bus.__aenter__)
        try:
            yield bus.sync
        except BaseException:
            portal.call(bus.aclose, drain)
            raise
        portal.call(bus.aclose, drain)
        portal.call(bus.__aexit__, None, None, None)  # raises if the bus is broken
