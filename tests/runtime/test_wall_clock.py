"""`wall_clock=True`: clocks that user code reads follow virtual time."""

import datetime
import time
from typing import Any

import eventbus
from eventbus import App
from tests.helpers import virtually


def test_a_sleeping_def_handler_times_out() -> None:
    """`time.sleep` parks on the virtual clock, so the timeout passes in no time."""
    app = App()

    @app.function(timeout=3)
    def sleeps(event: Any, context: Any) -> Any:
        began = time.time()
        time.sleep(event)
        return [time.time() - began, context.get_remaining_time_in_millis()]

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus.invoke(sleeps, 2)).result() == [2.0, 1000]
            response = await bus.invoke(sleeps, 100)
            assert b"Task timed out after 3.00 seconds" in response.payload
            assert (bus.now() - datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)).total_seconds() == 5

    began = time.perf_counter()
    eventbus.run(main, virtual=True, wall_clock=True)
    assert time.perf_counter() - began < 2


def test_clocks_stay_real_unless_asked_for() -> None:
    """A library never patches time by default."""
    app = App()

    @app.function
    async def year(event: Any, context: Any) -> float:
        return time.time()

    async def main() -> None:
        async with app.start() as bus:
            await bus.advance(10 * 365 * 86_400)
            assert abs((await bus.invoke(year)).result() - time.time()) < 60

    virtually(main)
