"""The only source of time: the event loop's own clock, real or virtual.

Laws: nobody else in the house reads a clock or draws entropy. Time on a loop is `loop.time()`; on a `VirtualLoop`
it is a number that counts from 0.0 and jumps to the next timer as soon as nothing real is outstanding.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .loop import WATCHDOG, AsleepForever, ClockStuck, VirtualLoop
from .wall import VIRTUAL_START, park_sleeps_with, real_monotonic, real_time

__all__ = [
    "VIRTUAL_START",
    "AsleepForever",
    "ClockStuck",
    "VirtualLoop",
    "epoch_of",
    "fresh_seed",
    "is_virtual",
    "park_sleeps_with",
    "real_monotonic",
    "run",
]

T = TypeVar("T")


def run(
    main: Callable[[], Coroutine[Any, Any, T]],
    *,
    virtual: bool = False,
    wall_clock: bool = False,
    watchdog: float = WATCHDOG,
) -> T:
    """`main()` has run to its end on a fresh loop, in virtual time if asked for, and its result is returned.

    `wall_clock` makes `time.time()` and `datetime.now()` follow virtual time (the extra `time`). `watchdog` is how many
    real seconds the virtual clock may stand still for one piece of outside work.
    """
    if wall_clock and not virtual:
        raise ValueError("wall_clock=True makes the wall clock follow virtual time; add virtual=True, or leave it out")

    def virtual_loop() -> VirtualLoop:
        return VirtualLoop(watchdog=watchdog, wall_clock=wall_clock)

    with asyncio.Runner(loop_factory=virtual_loop if virtual else None) as runner:
        return runner.run(main())


def is_virtual(loop: asyncio.AbstractEventLoop) -> bool:
    return isinstance(loop, VirtualLoop)


def epoch_of(loop: asyncio.AbstractEventLoop) -> float:
    """Seconds since 1970 at this moment of the loop; real ones on a real loop, whoever has patched the wall clock."""
    return VIRTUAL_START.timestamp() + loop.time() if is_virtual(loop) else real_time()


def fresh_seed() -> int:
    """Entropy for a bus on a real clock."""
    return random.SystemRandom().getrandbits(63)
