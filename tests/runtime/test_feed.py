"""A client's way in."""

import asyncio
from math import inf
from typing import Any

import pytest

from eventbus import App, Bus, BusBroken, NotInBus, Profile, current_bus
from eventbus.errors import AccessDeniedException
from eventbus.runtime.driver import CALLS_PER_CHECKPOINT
from sources import sqs
from tests.helpers import app_of, echo, virtually
from tests.runtime.test_bus import faulty_app


def test_host_gets_its_turns() -> None:
    """One in so many calls, counted over all clients; none of the others suspends."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    work = app.function(echo, reserved_concurrent_executions=0)
    seen: list[int] = []

    async def main() -> None:
        async with app.start() as bus:
            calls = 0

            async def host() -> None:
                while True:
                    seen.append(calls)
                    await asyncio.sleep(0)

            task = asyncio.create_task(host())
            for calls in range(1, 3 * CALLS_PER_CHECKPOINT + 1):
                if calls % 2:
                    await bus[queue].send_message("x")
                else:
                    await bus.invoke(work, invocation_type="Event")
            task.cancel()

    virtually(main)

    assert seen == [CALLS_PER_CHECKPOINT, 2 * CALLS_PER_CHECKPOINT, 3 * CALLS_PER_CHECKPOINT]


def test_inline_handlers_never_suspend() -> None:
    """They could not."""
    app = App()
    queue = app.add(sqs.Queue("orders"))

    @app.function(run="inline")
    def sends(event: Any, context: Any) -> None:
        for _ in range(2 * CALLS_PER_CHECKPOINT):
            current_bus().sync[queue].send_message("x")

    async def main() -> None:
        async with app.start() as bus:
            (await bus.invoke(sends)).result()

            assert len(await bus[queue].peek()) == 2 * CALLS_PER_CHECKPOINT

    virtually(main)


@pytest.mark.parametrize(("sent_at", "returned_at"), [(3, 3), (30, 20)])
def test_waiting_ends_with_a_turn_or_at_its_time(sent_at: float, returned_at: float) -> None:
    """Whichever comes first."""
    app = App()
    queue = app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start() as bus:

            async def send() -> None:
                await asyncio.sleep(sent_at)
                await bus[queue].send_message("x")

            task = asyncio.create_task(send())
            await bus[queue].receive_message(wait_time_seconds=20)

            assert bus.statistics().now == returned_at

            await task

    virtually(main)


def test_waiting_that_is_cancelled_leaves_nothing() -> None:
    """Whoever waits."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    work = app.function(echo, name="work")

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 1, invocation_type="Event")
            for wait in (bus.settle(), bus.advance(5), bus[queue].receive_message(wait_time_seconds=20)):
                task = asyncio.create_task(wait)
                await asyncio.sleep(0)
                task.cancel()
                await asyncio.wait([task])
            await bus.settle()

            assert bus._engine.feed.waiters == []

    virtually(main)


def test_idle_long_polls_cost_a_turn_nothing() -> None:
    """Only those of a queue that has something again look."""
    app = App()
    idle, orders = app.add(sqs.Queue("idle")), app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start() as bus:
            polls = [asyncio.create_task(bus[idle].receive_message(wait_time_seconds=20)) for _ in range(100)]
            await asyncio.sleep(0)
            turns = bus.statistics().turns
            for _ in range(50):
                await bus[orders].send_message("x")

            assert bus.statistics().turns == turns + 50
            assert bus._engine.feed.conditions == []

            await bus[idle].send_message("y")
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert [len(poll.result()) for poll in polls if poll.done()] == [1]
            for poll in polls:
                poll.cancel()

    virtually(main)


def test_waiting_on_a_broken_bus() -> None:
    """Raises at once, instead of waiting for turns that never come."""

    async def main() -> None:
        with pytest.raises(BusBroken):
            async with faulty_app("raises").start() as bus:
                with pytest.raises(BusBroken):
                    await bus.advance(2)
                with pytest.raises(BusBroken):
                    await bus.advance(2)
                with pytest.raises(BusBroken):
                    await bus._engine.feed.until(lambda: False, inf)

    virtually(main)


def test_running_handlers_may_call_while_the_bus_drains() -> None:
    """They could not finish otherwise; nobody else may, and nothing new starts."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    work = app.function(echo, name="work")
    errors: list[Any] = []

    @app.function
    async def slow(event: Any, context: Any) -> None:
        await asyncio.sleep(1)
        await current_bus()[queue].send_message("x")
        await current_bus().invoke(work, 1, invocation_type="Event")
        try:
            await current_bus().invoke(work, 1)
        except NotInBus as error:
            errors.append(error)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(slow, invocation_type="Event")
            await bus.advance(0.5)
            closing = asyncio.create_task(bus.aclose(drain=5))
            await asyncio.sleep(0)
            with pytest.raises(NotInBus, match="closed"):
                await bus[queue].send_message("y")
            await closing

            assert [attempt.outcome for attempt in bus.invocations(slow)] == ["succeeded"]
            assert bus.invocations(work) == []
            assert len(errors) == 1
            assert bus.statistics().now == 1

    virtually(main)


def test_cleaning_up_after_the_drain_may_not_call() -> None:
    """The bus is closed then."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    errors: list[Any] = []

    @app.function(timeout=10)
    async def slow(event: Any, context: Any) -> None:
        try:
            await asyncio.sleep(9)
        finally:
            try:
                await current_bus()[queue].send_message("x")
            except NotInBus as error:
                errors.append(error)

    async def main() -> None:
        async with app.start(profile=Profile(timeout_grace=1)) as bus:
            await bus.invoke(slow, invocation_type="Event")
            await bus.advance(0.5)
            await bus.aclose(drain=1)

    virtually(main)

    assert len(errors) == 1


def test_handler_acts_as_its_function() -> None:
    """The owner of the bus may do anything, also while handlers run."""
    app = App()
    queue = app.add(sqs.Queue("orders"))

    @app.function
    async def sends(event: Any, context: Any) -> None:
        await asyncio.create_task(current_bus()[queue].send_message("x"))

    app.revoke(sends, "sqs:SendMessage", queue)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(sends)
            await bus[queue].send_message("y")
            [attempt] = bus.invocations(sends)

            assert isinstance(attempt.exception, AccessDeniedException)
            assert [message.body for message in await bus[queue].peek()] == ["y"]

    virtually(main)


def test_handler_of_another_bus_calls_from_outside() -> None:
    """It has no permissions there, and needs none; nor does its chain of requests go on there."""
    one, two = App(), App()
    queue = two.add(sqs.Queue("orders"))
    buses: list[Bus] = []

    @one.function
    async def sends(event: Any, context: Any) -> None:
        await buses[1][queue].send_message("x")

    async def main() -> None:
        async with one.start(permissions="enforced") as bus, two.start(permissions="enforced") as other:
            buses.extend([bus, other])
            answer = await bus.invoke(sends)
            answer.result()

            [message] = await other[queue].peek()
            assert message.body == "x"
            assert answer.request_id not in str(other.trace(message.message_id))

    virtually(main)


def test_call_without_a_loop() -> None:
    """Refused: it says what to use."""
    app, work = app_of(echo)
    refused: list[Any] = []

    async def main() -> None:
        async with app.start() as bus:

            def drive() -> None:
                call = bus.invoke(work, 1)
                try:
                    call.send(None)
                except NotInBus as error:
                    refused.append(str(error))

            await asyncio.to_thread(drive)

    virtually(main)

    assert "the call came from None" in refused[0]
    assert "bus.from_thread" in refused[0]
