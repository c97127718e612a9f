"""What closing does with what runs, and with what is held."""

import asyncio
import logging
from typing import Any

import pytest

import eventbus
from eventbus import App
from sources import sqs


def test_leases_are_given_back() -> None:
    """A batch whose handler was cancelled is visible in its queue again."""
    app = App()
    orders = app.add(sqs.Queue("orders"))

    @app.function
    async def slow(event: Any, context: Any) -> None:
        await asyncio.sleep(2)

    app.map(orders, slow)
    counts: dict[str, int] = {}

    async def main() -> None:
        bus = app.start()
        async with bus:
            await bus[orders].send_message("x")
            await bus.advance(1)
            machine = bus._engine.driver.machines[orders.arn]
            assert machine.counts(1.0)["ApproximateNumberOfMessagesNotVisible"] == 1
        counts.update(machine.counts(1.0))

    eventbus.run(main, virtual=True)
    assert counts["ApproximateNumberOfMessages"] == 1


@pytest.mark.parametrize(("drain", "finished"), [(0, False), (1, False), (5, True), (None, True)])
def test_drain(drain: float | None, finished: bool) -> None:
    """Running attempts have so many seconds; None settles first."""
    app = App()
    done: list[str] = []

    @app.function
    async def slow(event: Any, context: Any) -> None:
        await asyncio.sleep(2)
        done.append("x")

    async def main() -> None:
        bus = app.start()
        await bus.__aenter__()
        await bus.invoke(slow, invocation_type="Event")
        await bus.advance(0)
        await bus.aclose(drain)
        await bus.aclose()
        with pytest.raises(eventbus.NotInBus, match="closed"):
            await bus.invoke(slow)
        assert len(asyncio.all_tasks()) == 1

    eventbus.run(main, virtual=True)
    assert bool(done) is finished


def test_what_was_dropped_is_logged_by_queue(caplog: pytest.LogCaptureFixture) -> None:
    """In memory means gone with the process."""
    app = App()
    orders = app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start() as bus:
            await bus[orders].send_message("x")

    with caplog.at_level(logging.INFO, logger="eventbus"):
        eventbus.run(main, virtual=True)
    assert "where=orders count=1" in caplog.text


def test_second_closing_waits_for_the_first() -> None:
    """Whoever comes back from closing finds the bus closed."""
    app = App()
    done: list[str] = []

    @app.function
    async def slow(event: Any, context: Any) -> None:
        await asyncio.sleep(2)
        done.append("x")

    async def main() -> None:
        bus = app.start()
        await bus.__aenter__()
        await bus.invoke(slow, invocation_type="Event")
        await bus.advance(0)
        first = asyncio.create_task(bus.aclose(5))
        await asyncio.sleep(0)

        await bus.aclose()

        assert done == ["x"]
        await first

    eventbus.run(main, virtual=True)


def test_handlers_that_resist_share_one_grace() -> None:
    """All are cancelled before any is waited for."""
    app = App()
    ended: list[str] = []

    @app.function(timeout=900)
    async def stubborn(event: Any, context: Any) -> None:
        try:
            await asyncio.sleep(600)
        finally:
            await asyncio.sleep(1.5)
            ended.append(event)

    async def main() -> float:
        bus = app.start()
        await bus.__aenter__()
        for name in "abc":
            await bus.invoke(stubborn, name, invocation_type="Event")
        await bus.advance(0)
        started = asyncio.get_running_loop().time()
        await bus.aclose()
        return asyncio.get_running_loop().time() - started

    assert eventbus.run(main, virtual=True) == pytest.approx(1.5)
    assert ended == ["a", "b", "c"]
