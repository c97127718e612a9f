"""The pytest plugin: tests in virtual time, a fresh bus for each, and failures told by their buses.

Laws: a suite that does not use it sees nothing of it: no test is renamed, reordered or run otherwise, nothing printed.
A marked test runs in virtual time or fails saying why, never in real time.
"""

import os
import socket
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from re import findall
from sys import modules
from typing import Any, Final

import pytest

from eventbus.app import App
from eventbus.runtime.bus import Bus
from eventbus.runtime.sync import SyncBus

from .buses import STARTED, async_fixtures, asyncio_fixtures, opened_sync
from .failures import tell_failure
from .marker import MARKER, MARKER_LINE, LoopFactory, is_async, settings_of

PYTEST_ASYNCIO: Final = (1, 4)
"""The first version that lets a plugin choose the loop of one test."""

_REACHED: Final = pytest.StashKey[set[str]]()
"""Node ids of the async test functions that were given a virtual loop when they were collected."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("eventbus")
    group.addoption("--eventbus-seed", type=int, metavar="N", help="seed of the buses that eventbus's fixtures start")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER_LINE)
    config.stash[_REACHED] = set()
    if asyncio_active(config):
        config.pluginmanager.register(asyncio_fixtures(), "eventbus-asyncio-fixtures")


# ---------------------------------------------------------------- the loop of a marked test
class Loops:
    """Answers who asks for a test's loop. Registered while a marked test is collected, for an unmarked one must find
    nobody; and while tests run, if any is marked: then pytest-asyncio looks at the loop before it hands out fixtures.
    """

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_asyncio_loop_factories(self, item: pytest.Item) -> Mapping[str, Callable[[], Any]] | None:
        settings = settings_of(item)
        return None if settings is None else {"virtual": settings.loops}

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, Any, Any]:
        """Whatever a suite's own `anyio_backend` says, a marked test gets a virtual loop, or is refused."""
        __tracebackhide__ = True
        value = yield
        loops = _loops_wanted(request) if fixturedef.argname == "anyio_backend" else None
        if loops is None:
            return value
        name, options = value if isinstance(value, tuple) else (value, {})
        if name != "asyncio":
            pytest.fail(f"{MARKER} runs on asyncio, not on {name}: leave {name} out for this test", pytrace=False)
        chosen = ("asyncio", {**options, "loop_factory": loops})
        assert fixturedef.cached_result is not None
        fixturedef.cached_result = (chosen, *fixturedef.cached_result[1:])
        return chosen


@contextmanager
def _loops(config: pytest.Config) -> Iterator[None]:
    loops = Loops()
    config.pluginmanager.register(loops)
    try:
        yield
    finally:
        config.pluginmanager.unregister(loops)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> Generator[None, Any, Any]:
    __tracebackhide__ = True
    item: Any = metafunc.definition
    settings = settings_of(item)
    if settings is None or not is_async(item):
        return (yield)
    metafunc.config.stash[_REACHED].add(item.nodeid)
    if "anyio_backend" in metafunc.fixturenames and not _chooses_backend(item):
        item.add_marker(
            pytest.mark.parametrize("anyio_backend", [_backend(settings.loops)], indirect=True, ids=["asyncio"])
        )
    with _loops(metafunc.config):
        return (yield)


def _backend(loops: LoopFactory) -> tuple[str, dict[str, Any]]:
    return ("asyncio", {"loop_factory": loops})


def _chooses_backend(item: pytest.Item) -> bool:
    """The test has parameters of its own for anyio's plugin."""
    marks = item.iter_markers("parametrize")
    return any("anyio_backend" in str(mark.args[0] if mark.args else mark.kwargs.get("argnames")) for mark in marks)


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.stash[_REACHED]:
        session.config.pluginmanager.register(Loops(), "eventbus-loops")


def _loops_wanted(request: pytest.FixtureRequest) -> LoopFactory | None:
    """The fixture may be the module's: then its parameter tells for whom it is set up."""
    match getattr(request, "param", None):
        case ("asyncio", {"loop_factory": LoopFactory() as loops}):
            return loops
        case _ if isinstance(request.node, pytest.Function):
            settings = settings_of(request.node)
            return None if settings is None else settings.loops
        case _:
            return None


# ---------------------------------------------------------------- who runs an async test
def asyncio_version() -> str | None:
    """Of pytest-asyncio, if it is installed."""
    try:
        return version("pytest-asyncio")
    except PackageNotFoundError:
        return None


def asyncio_active(config: pytest.Config) -> bool:
    module = modules.get("pytest_asyncio.plugin")
    return module is not None and config.pluginmanager.is_registered(module)


def _on_asyncio(item: pytest.Item) -> bool:
    return item.get_closest_marker("asyncio") is not None and asyncio_active(item.config)


def _on_anyio(item: pytest.Item) -> bool:
    return "anyio_backend" in getattr(item, "fixturenames", ())


def runner_of(item: pytest.Item) -> str:
    """Whose fixtures a test gets: `sync`, `anyio`, or the scope of its loop under pytest-asyncio."""
    if not is_async(item):
        return "sync"
    if not _on_asyncio(item):
        return "anyio"
    marker = item.get_closest_marker("asyncio")
    assert marker is not None
    scope = marker.kwargs.get("loop_scope") or marker.kwargs.get("scope")
    return str(scope or _default_loop_scope(item.config))


def _default_loop_scope(config: pytest.Config) -> Any:
    try:
        return config.getini("asyncio_default_test_loop_scope")
    except ValueError:  # before 0.26 there was no such option
        return "function"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if settings_of(item) is not None and is_async(item):
        reason = _out_of_reach(item)
        if reason is not None:
            pytest.fail(f"{MARKER}: {reason}", pytrace=False)


def _out_of_reach(item: pytest.Item) -> str | None:
    """Why this test would not run in virtual time."""
    needed = ".".join(str(part) for part in PYTEST_ASYNCIO)
    installed = asyncio_version()
    if _on_asyncio(item):
        if not loops_can_be_chosen(installed):
            return f"async tests need pytest-asyncio >= {needed}, {installed} is installed"
        if _on_anyio(item):
            return "pytest-asyncio and anyio's plugin both take this test; set asyncio_mode=strict, or use one of them"
    elif not _on_anyio(item):
        if installed is None:
            return f"async tests need pytest-asyncio >= {needed}, which is not installed, or @pytest.mark.anyio"
        return "nobody runs this async test: mark it with @pytest.mark.asyncio or @pytest.mark.anyio as well"
    if f"{getattr(item.parent, 'nodeid', '')}::{getattr(item, 'originalname', '')}" not in item.config.stash[_REACHED]:
        return "set the marker on the function, its class or its module; a parameter's marks come too late"
    return None


def loops_can_be_chosen(installed: str | None) -> bool:
    return tuple(int(part) for part in findall(r"\d+", installed or "0")[:2]) >= PYTEST_ASYNCIO


# ---------------------------------------------------------------- fixtures
@pytest.fixture
def eventbus_app() -> App:
    """The app under test: override it, returning your own."""
    pytest.fail(
        "which app? Override this fixture, in conftest.py or beside the test:\n\n"
        "    @pytest.fixture\n    def eventbus_app():\n        return shop.app",
        pytrace=False,
    )


@pytest.fixture
def start_bus(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """`await start_bus(app, **settings)` is a running bus, closed after the test; in a `def` test without `await`."""
    start: Callable[..., Any] = request.getfixturevalue(f"_eventbus_start_{runner_of(request.node)}")
    return start


@pytest.fixture
def eventbus_bus(request: pytest.FixtureRequest, eventbus_app: App) -> Bus | SyncBus:
    """A fresh bus of `eventbus_app`: a `Bus` in an async test, a `SyncBus` in a `def` test."""
    bus: Bus | SyncBus = request.getfixturevalue(f"_eventbus_bus_{runner_of(request.node)}")
    return bus


_start_anyio, _bus_anyio = async_fixtures("anyio", pytest.fixture)


@pytest.fixture
def _eventbus_start_sync(request: pytest.FixtureRequest) -> Iterator[Callable[..., SyncBus]]:
    with opened_sync(request.node) as start:
        yield start


@pytest.fixture
def _eventbus_bus_sync(request: pytest.FixtureRequest, eventbus_app: App) -> Iterator[SyncBus]:
    with opened_sync(request.node) as start:
        yield start(eventbus_app)


# ---------------------------------------------------------------- no way to AWS
@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    settings = settings_of(item)
    if settings is None or settings.allow_aws or os.environ.get("AWS_ENDPOINT_URL"):
        return (yield)
    with _no_aws():
        return (yield)


@contextmanager
def _no_aws() -> Iterator[None]:
    """Every AWS client made meanwhile has an endpoint that refuses connections: a port that is taken and not served."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{taken.getsockname()[1]}",
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        }
        before = {name: os.environ.get(name) for name in closed}
        os.environ.update(closed)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


# ---------------------------------------------------------------- what failed
@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and STARTED in item.stash:
        for app, bus in item.stash[STARTED]:
            report.sections.append(("eventbus", tell_failure(app, bus)))
        del item.stash[STARTED]
    return report
