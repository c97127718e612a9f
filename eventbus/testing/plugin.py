"""The pytest plugin: tests in virtual time, a fresh bus for each, and what failed told by the bus.

Laws: a suite that does not use it sees nothing of it: no test is renamed, reordered or run otherwise, nothing printed.
A marked test runs in virtual time or fails saying why: never in real time.
"""

import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, contextmanager
from importlib.metadata import PackageNotFoundError, version
from inspect import iscoroutinefunction
from re import findall
from sys import modules
from typing import Any, Final

import pytest
from attrs import define, field, frozen

from eventbus.app import App
from eventbus.runtime.bus import Bus
from eventbus.runtime.clock import VirtualLoop, is_virtual
from eventbus.runtime.clock.loop import WATCHDOG

MARKER: Final = "virtual_time"
PYTEST_ASYNCIO: Final = (1, 4)
"""The first version that lets a plugin choose the loop of one test."""

_MARKER_LINE: Final = (
    "virtual_time(wall_clock=False, watchdog=10, seed=0, allow_aws=False): the test runs in virtual time. "
    "wall_clock: time.time() and datetime.now() follow. watchdog: real seconds that the clock may stand still. "
    "seed: of its buses. allow_aws: AWS_ENDPOINT_URL is left unset, boto3 reaches AWS."
)


# ---------------------------------------------------------------- the marker
@frozen
class LoopFactory:
    """Makes virtual loops; equal for equal settings, so tests of one module may share a loop."""

    wall_clock: bool
    watchdog: float

    def __call__(self) -> VirtualLoop:
        return VirtualLoop(wall_clock=self.wall_clock, watchdog=self.watchdog)


@frozen(kw_only=True)
class Settings:
    """The marker's arguments."""

    wall_clock: bool = False
    watchdog: float = WATCHDOG
    seed: int | None = None
    allow_aws: bool = False

    @property
    def loops(self) -> LoopFactory:
        return LoopFactory(self.wall_clock, self.watchdog)


def settings_of(item: pytest.Item) -> Settings | None:
    """None: the item is not marked."""
    marker = item.get_closest_marker(MARKER)
    if marker is None:
        return None
    try:
        return Settings(*marker.args, **marker.kwargs)
    except TypeError as error:
        pytest.fail(f"{item.nodeid}: @pytest.mark.{MARKER}: {error}; it is {_MARKER_LINE}", pytrace=False)


def is_async(item: pytest.Item) -> bool:
    function = getattr(item, "obj", None)
    return iscoroutinefunction(getattr(getattr(function, "hypothesis", None), "inner_test", function))


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("eventbus")
    group.addoption("--eventbus-seed", type=int, metavar="N", help="seed of the buses that eventbus's fixtures start")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARKER_LINE)
    if asyncio_plugin_active(config):
        from . import asyncio_fixtures

        config.pluginmanager.register(asyncio_fixtures, "eventbus-asyncio-fixtures")


# ---------------------------------------------------------------- who runs async tests
def asyncio_version() -> str | None:
    """Of pytest-asyncio, if it is installed."""
    try:
        return version("pytest-asyncio")
    except PackageNotFoundError:
        return None


def asyncio_plugin_active(config: pytest.Config) -> bool:
    module = modules.get("pytest_asyncio.plugin")
    return module is not None and config.pluginmanager.is_registered(module)


def loops_can_be_chosen() -> bool:
    return tuple(int(part) for part in findall(r"\d+", asyncio_version() or "0")[:2]) >= PYTEST_ASYNCIO
