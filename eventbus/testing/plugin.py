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

from .buses import LOOP_SCOPES, STARTED, async_fixtures, asyncio_fixtures, opened_sync
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
    """Registered only while a marked test asks for its loop: an unmarked one must find nobody who answers."""

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_asyncio_loop_factories(self, item: pytest.Item) -> Mapping[str, Callable[[], Any]] | None:
        settings = settings_of(item)
        return None if settings is None else {"virtual": settings.loops}


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
