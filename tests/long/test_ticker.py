"""A bus at full load leaves the host's own tasks their turns."""

import asyncio
import time
from typing import Any

import pytest

from eventbus import App

TICK = 0.01
SECONDS = 4.0


@pytest.mark.long
def test_p99_of_a_ticker_beside_a_full_bus() -> None:
    """At most 10 ms more than on the idle loop of the same run; real time, because latency is what is measured. Counted
    is the processor time that went by until the tick came: what other processes took meanwhile is not the bus's doing.
    """

    async def ticks(until: float) -> list[float]:
        delays = []
        while time.perf_counter() < until:
            began, used = time.perf_counter(), time.process_time()
            await asyncio.sleep(TICK)
            late, busy = time.perf_counter() - began - TICK, time.process_time() - used - TICK
            delays.append(min(late, max(busy, 0.0)))
        return sorted(delays)

    async def main() -> tuple[float, float]:
        idle = await ticks(time.perf_counter() + SECONDS)
        app = App()

        @app.function(reserved_concurrent_executions=100)
        async def work(event: Any, context: Any) -> None:
            return

        async with app.start() as bus:
            ticker = asyncio.get_running_loop().create_task(ticks(time.perf_counter() + SECONDS))
            while not ticker.done():
                await bus.invoke(work, {"n": 1}, invocation_type="Event")
            busy = await ticker
        return idle[int(len(idle) * 0.99)], busy[int(len(busy) * 0.99)]

    idle, busy = asyncio.run(main())

    assert busy - idle <= 0.010, f"p99 {busy * 1000:.1f} ms beside the bus, {idle * 1000:.1f} ms alone"
