"""Fixtures on the loops of pytest-asyncio, one pair for each loop scope. Imported only where that plugin is active."""

from collections.abc import AsyncIterator
from inspect import signature
from typing import Any, Final

import pytest
import pytest_asyncio

from eventbus.app import App
from eventbus.runtime.bus import Bus

from .buses import Buses, opened

SCOPES: Final = ("function", "class", "module", "package", "session")


def _pair(scope: str) -> tuple[Any, Any]:
    loop: dict[str, Any] = {"loop_scope": scope} if "loop_scope" in signature(pytest_asyncio.fixture).parameters else {}

    @pytest_asyncio.fixture(name=f"_eventbus_buses_{scope}", **loop)
    async def buses(request: pytest.FixtureRequest, _eventbus_seed: int | None) -> AsyncIterator[Buses]:
        async with opened(request.node, _eventbus_seed) as opened_buses:
            yield opened_buses

    @pytest_asyncio.fixture(name=f"_eventbus_bus_{scope}", **loop)
    async def bus(request: pytest.FixtureRequest, eventbus_app: App) -> Bus:
        ...

    return buses, bus
