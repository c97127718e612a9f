"""The buses of one test: started on its loop, closed when it ends."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import pytest
from attrs import define, field

from eventbus.app import App
from eventbus.runtime.bus import Bus

STARTED: Final = pytest.StashKey[list[tuple[App, Bus]]]()
"""What a test started, for the report of its failure."""


@define(eq=False)
class Buses:
    """`start` is the fixture `start_bus` of async tests."""

    item: pytest.Item
    seed: int | None  # where `start` is given none; None: the bus's own default
    _open: AsyncExitStack = field(factory=AsyncExitStack, init=False)

    async def start(self, app: App, **settings: Any) -> Bus:
        """A running bus of `app`; `settings` are those of `app.start`. It is closed when the test ends."""
        bus = await self._open.enter_async_context(app.start(**defaults(self.seed, settings)))
        note_started(self.item, app, bus)
        return bus

    async def aclose(self) -> None:
        """All are closed, the newest first. Raises `BusBroken` for one that broke."""
        await self._open.aclose()


def defaults(seed: int | None, settings: dict[str, Any]) -> dict[str, Any]:
    """A test's functions see their environment variables."""
    return {"seed": seed, "environ": True, **settings}


def note_started(item: pytest.Item, app: App, bus: Bus) -> None:
    item.stash.setdefault(STARTED, []).append((app, bus))


@asynccontextmanager
async def opened(item: pytest.Item, seed: int | None) -> AsyncIterator[Buses]:
    buses = Buses(item, seed)
    try:
        yield buses
    finally:
        await buses.aclose()
