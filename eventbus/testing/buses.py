"""The buses of one test: started on its loop, closed when it ends; and the fixtures that do so, for each runner."""

from asyncio import get_running_loop
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from inspect import signature
from types import ModuleType
from typing import Any, Final

import pytest

from eventbus.app import App
from eventbus.runtime.bus import Bus
from eventbus.runtime.clock import is_virtual
from eventbus.runtime.sync import SyncBus

from .marker import MARKER, Settings, seed_of, settings_of

STARTED: Final = pytest.StashKey[list[tuple[App, Bus]]]()
"""What a test started, for the report of its failure."""

LOOP_SCOPES: Final = ("function", "class", "module", "package", "session")


@asynccontextmanager
async def opened(item: pytest.Item) -> AsyncIterator[Callable[..., Awaitable[Bus]]]:
    """Starts buses on the running loop; they are closed behind the block, the newest first."""
    if settings_of(item) is not None and not is_virtual(get_running_loop()):
        pytest.fail(f"{MARKER}: a fixture of wider scope keeps a real loop open for this test", pytrace=False)
    async with AsyncExitStack() as stack:

        async def start(app: App, **settings: Any) -> Bus:
            bus = await stack.enter_async_context(app.start(**_with_defaults(item, settings)))
            _note(item, app, bus)
            return bus

        yield start


def async_fixtures(runner: str, fixture: Callable[..., Callable[..., Any]]) -> tuple[Any, Any]:
    """Two fixtures that `runner` sets up on the loop of the test; `fixture` is its decorator."""

    async def starter(request: pytest.FixtureRequest) -> AsyncIterator[Callable[..., Awaitable[Bus]]]:
        async with opened(request.node) as start:
            yield start

    async def bus(request: pytest.FixtureRequest, eventbus_app: App) -> AsyncIterator[Bus]:
        async with opened(request.node) as start:
            yield await start(eventbus_app)

    return fixture(name=f"_eventbus_start_{runner}")(starter), fixture(name=f"_eventbus_bus_{runner}")(bus)


def asyncio_fixtures() -> ModuleType:
    """A plugin of fixtures for each loop scope of pytest-asyncio, which must be importable."""
    import pytest_asyncio

    module = ModuleType("eventbus_asyncio_fixtures")
    scoped = "loop_scope" in signature(pytest_asyncio.fixture).parameters  # since 0.24
    for scope in LOOP_SCOPES if scoped else LOOP_SCOPES[:1]:
        more = {"loop_scope": scope} if scoped else {}
        start, bus = async_fixtures(scope, lambda more=more, **settings: pytest_asyncio.fixture(**settings, **more))
        setattr(module, f"start_{scope}", start)
        setattr(module, f"bus_{scope}", bus)
    return module


@contextmanager
def opened_sync(item: pytest.Item) -> Iterator[Callable[..., SyncBus]]:
    """Starts buses on threads of their own, for tests that can't await; they are closed behind the block."""
    settings = settings_of(item)
    if settings is not None and settings.loops != Settings().loops:
        pytest.fail(f"{MARKER}: wall_clock and watchdog need an async test, a def test has no loop", pytrace=False)
    with ExitStack() as stack:

        def start(app: App, **more: Any) -> SyncBus:
            bus = stack.enter_context(app.start_sync(virtual=settings is not None, **_with_defaults(item, more)))
            _note(item, app, bus._bus)
            return bus

        yield start


def _with_defaults(item: pytest.Item, settings: dict[str, Any]) -> dict[str, Any]:
    """A test's functions see their environment variables."""
    return {"seed": seed_of(item), "environ": True, **settings}


def _note(item: pytest.Item, app: App, bus: Bus) -> None:
    item.stash.setdefault(STARTED, []).append((app, bus))
