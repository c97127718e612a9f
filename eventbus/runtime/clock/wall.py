"""The wall clock: the real one, and the one that follows virtual time while a loop runs."""

import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, SupportsIndex

if TYPE_CHECKING:
    from time_machine import Traveller, travel

VIRTUAL_START = datetime(2026, 1, 1, tzinfo=UTC)
NANOSECONDS = 1_000_000_000

_START_NS = int(VIRTUAL_START.timestamp()) * NANOSECONDS
_real_sleep = time.sleep
_parked = threading.local()  # .park: what this thread's time.sleep calls


def real_monotonic() -> float:
    """Real seconds for watchdogs, which virtual time leaves alone."""
    return time.monotonic()


def real_time() -> float:
    """Real seconds since 1970, even while time-machine has replaced the C functions behind `time.time`."""
    machine = sys.modules.get("time_machine")
    if machine is not None and machine.escape_hatch.is_travelling():
        return float(machine.escape_hatch.time.time())
    return time.time()


def park_sleeps_with(park: Callable[[float], None] | None) -> None:
    """`time.sleep` in the calling thread is `park` from now on, while a loop with `wall_clock=True` runs."""
    _parked.park = park


def _sleep(seconds: float | SupportsIndex, /) -> None:
    park: Callable[[float], None] | None = getattr(_parked, "park", None)
    if park is None or float(seconds) < 0:  # the real one has the words for a negative span
        _real_sleep(seconds)
    else:
        park(float(seconds))


class WallClock:
    """While it is on, the process's wall clock stands at VIRTUAL_START + the virtual time it was last told."""

    def __init__(self) -> None:
        try:
            import time_machine
        except ImportError as missing:
            raise ModuleNotFoundError(
                "wall_clock=True needs the package time-machine: pip install 'eventbus[time]'"
            ) from missing
        _refuse_a_second()
        self._travel: Callable[[float], travel] = lambda start: time_machine.travel(start, tick=False)
        self._trip: travel | None = None
        self._traveller: Traveller | None = None

    def start(self, now: float) -> None:
        _refuse_a_second()
        self._trip = self._travel(VIRTUAL_START.timestamp())  # a number leaves the time zone alone
        self._traveller = self._trip.start()
        time.sleep = _sleep
        self.follow(now)

    def follow(self, now: float) -> None:
        """The wall clock stands at `now`; measured from where it is, so that no rounding adds up."""
        if self._traveller is not None:
            target = _START_NS + round(now * NANOSECONDS)
            self._traveller.shift((target - self._traveller.time_ns()) / NANOSECONDS)

    def stop(self) -> None:
        if self._trip is not None:
            time.sleep = _real_sleep
            self._trip.stop()
            self._trip = self._traveller = None


def _refuse_a_second() -> None:
    if time.sleep is _sleep:
        raise RuntimeError("another loop of this process moves the wall clock now: only one can at a time")
