"""The marker `virtual_time`: its arguments, and which items carry it."""

from inspect import iscoroutinefunction
from typing import Final

import pytest
from attrs import frozen

from eventbus.runtime.clock import VirtualLoop
from eventbus.runtime.clock.loop import WATCHDOG

MARKER: Final = "virtual_time"
MARKER_LINE: Final = (
    "virtual_time(wall_clock=False, watchdog=10, seed=0, allow_aws=False): the test runs in virtual time. "
    "wall_clock: time.time() and datetime.now() follow it. watchdog: real seconds that it may stand still. "
    "seed: of the test's buses. allow_aws: AWS_ENDPOINT_URL stays unset, so boto3 reaches AWS."
)


@frozen
class LoopFactory:
    """Makes virtual loops; equal for equal settings, so that the tests of a module may share one."""

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
    """None: the item is not marked. Fails the item for arguments that the marker does not have."""
    marker = item.get_closest_marker(MARKER)
    if marker is None:
        return None
    try:
        return Settings(*marker.args, **marker.kwargs)
    except TypeError as error:
        pytest.fail(f"{item.nodeid}: @pytest.mark.{MARKER}: {error}\n{MARKER_LINE}", pytrace=False)


def seed_of(item: pytest.Item) -> int | None:
    """The option's, else the marker's; None: each bus has its own default."""
    chosen: int | None = item.config.getoption("eventbus_seed")
    if chosen is not None:
        return chosen
    settings = settings_of(item)
    return None if settings is None else settings.seed


def is_async(item: pytest.Item) -> bool:
    """An `async def` test, also behind hypothesis."""
    function = getattr(item, "obj", None)
    return iscoroutinefunction(getattr(getattr(function, "hypothesis", None), "inner_test", function))
