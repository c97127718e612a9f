"""What a bus says when its test failed."""

import asyncio
import threading
from typing import Any

import pytest

from eventbus import App, Bus, BusBroken, run
from eventbus.testing import failures
from eventbus.testing.failures import tell_failure


def make_app() -> App:
    app = App("shop")

    @app.function(timeout=1, maximum_retry_attempts=0)
    async def slow(event: Any, context: Any) -> None:
        await asyncio.sleep(60)

    @app.function(maximum_retry_attempts=0)
    async def deep(event: Any, context: Any) -> None:
        dive(event["depth"])

    @app.function
    async def fine(event: Any, context: Any) -> None:
        return None

    return app


def dive(depth: int) -> None:
    """By turns with `sink`: a traceback does not fold their lines."""
    if depth == 0:
        raise ValueError("the bottom")
    sink(depth - 1)


def sink(depth: int) -> None:
    dive(depth)


def told_after(*events: tuple[str, Any]) -> list[str]:
    """The report of a bus that handled these events, each for a function."""
    app = make_app()

    async def main() -> Bus:
        async with app.start() as bus:
            for function, event in events:
                await bus.invoke(function, event, invocation_type="Event")
            await bus.settle()
        return bus

    return tell_failure(app, run(main, virtual=True)).splitlines()


def test_a_timeout_has_no_exception_to_show() -> None:
    """Its request is named instead."""
    lines = told_after(("slow", {}))

    assert lines[-1].startswith("first failure of slow: timed out, request ")


def test_what_came_last_is_told_where_nothing_failed() -> None:
    """At most three journeys, of the newest events."""
    lines = told_after(*[("fine", {})] * 5)

    assert [line.split(" ")[1][-1] for line in lines if line.startswith("event ")] == ["3", "4", "5"]


def test_many_failed_events_are_counted() -> None:
    """Three are told."""
    lines = told_after(*[("slow", {})] * 5)

    assert sum(line.startswith("event ") for line in lines) == 3
    assert "... and more events: 5 are involved; bus.trace(id) tells of each" in lines


def test_a_long_traceback_keeps_its_end() -> None:
    """Where the exception is."""
    lines = told_after(("deep", {"depth": 100}))

    first = next(n for n, line in enumerate(lines) if line.startswith("first exception of deep"))
    assert lines[first + 1].endswith("more lines")
    assert lines[-1] == "  ValueError: the bottom"
    assert len(lines) - first == failures.LINES + 2


def test_a_broken_bus_says_so() -> None:
    """Beside what else it knows."""
    app = make_app()
    buses = []

    async def main() -> None:
        async with app.start() as bus:
            buses.append(bus)
            bus._engine.driver.fail(RuntimeError("a bug"), "the test")

    with pytest.raises(BusBroken):
        run(main, virtual=True)

    assert "broken: turn 0 at 0 s failed in the test: RuntimeError('a bug')" in tell_failure(app, buses[0])


def test_a_bus_whose_loop_is_stuck_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report does without."""
    monkeypatch.setattr(failures, "PATIENCE", 0.01)
    app = make_app()
    stuck = threading.Event()
    with app.start_sync() as bus:
        bus._bus.loop.call_soon_threadsafe(stuck.wait)
        told = tell_failure(app, bus._bus)
        stuck.set()

    assert told.endswith("the loop of this bus did not answer within 0.01 s")
