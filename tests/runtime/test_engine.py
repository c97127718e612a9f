"""A run from its start to its end: what it is made of, and what is left of it."""

import asyncio
import contextvars
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from attrs import frozen

from eventbus import App, Bus, BusBroken, NotInBus, NotSettled, Profile, current_bus, run
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth
from sources import sqs
from tests.helpers import app_of, boom, echo, virtually
from tests.runtime.test_bus import Faulty, faulty_app


async def never(event: Any, context: Any) -> None:
    await asyncio.get_running_loop().create_future()


async def nap(event: float, context: Any) -> float:
    await asyncio.sleep(event)
    return event


async def stubborn(event: Any, context: Any) -> None:
    while True:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            continue


def left() -> int:
    """Tasks beside the current one."""
    return len(asyncio.all_tasks()) - 1


# Tasks


def test_one_task_for_each_environment() -> None:
    """None for the bus, none for an invocation; named after the function."""
    app, work = app_of(nap)

    async def main() -> None:
        async with app.start() as bus:
            assert left() == 0

            for _ in range(10):
                await bus.invoke(work, 0)

            [task] = asyncio.all_tasks() - {asyncio.current_task()}
            assert task.get_name() == "eventbus environment 1 of work"

        assert left() == 0

    virtually(main)


def test_environments_live_in_the_context_of_the_start() -> None:
    """Not of whoever happens to start or to wake them."""
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")
    seen: list[str] = []

    async def looks(event: Any, context: Any) -> None:
        seen.append(variable.get())
        variable.set("of the handler")

    app, work = app_of(looks)

    async def main() -> None:
        variable.set("of the start")
        async with app.start() as bus:

            async def call(name: str) -> None:
                variable.set(name)
                await bus.invoke(work)

            for name in ("one", "two"):
                await asyncio.create_task(call(name))

    virtually(main)

    assert seen == ["of the start", "of the start"]


def test_environments_are_cancelled_in_order_of_their_start() -> None:
    """All are told, one after the other, before any is waited for."""
    told: list[str] = []

    async def holds(event: str, context: Any) -> None:
        try:
            await asyncio.sleep(100)
        finally:
            told.append(f"{event} told")
            await asyncio.sleep(0.5)
            told.append(f"{event} ended")

    app, work = app_of(holds, timeout=200)

    async def main() -> float:
        async with app.start() as bus:
            for name in "abc":
                await bus.invoke(work, name, invocation_type="Event")
                await bus.advance(0)
        return asyncio.get_running_loop().time()

    assert virtually(main) == 0.5
    assert told == [f"{name} {what}" for what in ("told", "ended") for name in "abc"]


def test_handler_that_ends_when_cancelled_costs_no_time() -> None:
    """Even if it answers its cancellation with a result; nobody complains of it."""

    async def swallows(event: Any, context: Any) -> str:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            return "swallowed"
        return "never"

    app, work = app_of(swallows, timeout=30)

    async def main() -> float:
        async with app.start() as bus:
            await bus.invoke(work, invocation_type="Event")
            await bus.advance(1)
        assert left() == 0
        return asyncio.get_running_loop().time()

    assert virtually(main) == 1


def test_stubborn_handler_is_abandoned_at_close(caplog: pytest.LogCaptureFixture) -> None:
    """After two seconds, and named."""
    app, work = app_of(stubborn, timeout=30)

    async def main() -> float:
        async with app.start() as bus:
            await bus.invoke(work, invocation_type="Event")
            await bus.advance(1)
        await asyncio.sleep(0)
        assert left() == 0
        return asyncio.get_running_loop().time()

    assert virtually(main) == 3
    assert "environment 1 of work did not end when cancelled and was abandoned" in caplog.text


# Draining


def test_drain_waits_for_handlers_alone() -> None:
    """Not for what was admitted and has not begun."""
    app, work = app_of(nap)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 1.0, invocation_type="Event")
            await bus.aclose(drain=5)

            assert bus.statistics().now == 0
            assert bus.invocations(work) == []

    virtually(main)


def test_drain_of_a_broken_bus() -> None:
    """Does not wait: nothing it says can be trusted."""

    async def main() -> None:
        bus = await faulty_app("raises").start().__aenter__()
        await bus.invoke("work", invocation_type="Event")
        with pytest.raises(BusBroken):
            await bus.advance(2)
        await bus.aclose(drain=50)

        assert left() == 0
        assert asyncio.get_running_loop().time() == 1

    virtually(main)


def test_bus_that_breaks_while_it_drains() -> None:
    """Is closed all the same, and its exit says so."""

    async def main() -> None:
        bus = await faulty_app("raises").start().__aenter__()
        await bus.invoke("work", invocation_type="Event")
        await bus.advance(0)
        await bus.aclose(drain=50)

        assert left() == 0
        assert asyncio.get_running_loop().time() == 1
        with pytest.raises(BusBroken):
            await bus.__aexit__(None, None, None)

    virtually(main)


def test_settling_first_that_fails() -> None:
    """The error comes after closing."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    app.map(queue, app.function(boom))

    async def main() -> None:
        async with app.start() as bus:
            await bus[queue].send_message("poison")
            with pytest.raises(NotSettled):
                await bus.aclose(drain=None)

            assert left() == 0
            with pytest.raises(NotInBus, match="closed"):
                await bus.settle()

    virtually(main)


# Cancelled in the middle


@pytest.mark.parametrize(
    "middle",
    [
        lambda bus: bus.settle(),
        lambda bus: bus.invoke("work", 50),
        lambda bus: bus.advance(50),
        lambda bus: bus.aclose(drain=50),
        lambda bus: bus.aclose(drain=None),
    ],
    ids=["settle", "invoke", "advance", "drain", "settling drain"],
)
@pytest.mark.parametrize("handler", [nap, stubborn])
def test_cancelled_in_the_middle(middle: Callable[[Bus], Any], handler: Any) -> None:
    """Nothing is left running once the bus is left."""
    app, _ = app_of(handler, timeout=100)
    threads = threading.active_count()

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke("work", 60, invocation_type="Event")
            await bus.advance(1)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(middle(bus), 1)
        await asyncio.sleep(0)

        assert left() == 0

    virtually(main)

    assert threading.active_count() <= threads  # those of tests before may still end


def test_close_that_is_cancelled_lets_handlers_clean_up_at_once() -> None:
    """One step each, whatever they await next."""
    seen: list[str] = []

    async def tidy(event: str, context: Any) -> None:
        try:
            await asyncio.sleep(100)
        finally:
            seen.append(f"{event} at once")
            await asyncio.sleep(0.1)
            seen.append(f"{event} later")

    app, work = app_of(tidy, timeout=200)

    async def main() -> None:
        bus = await app.start().__aenter__()
        for name in "ab":
            await bus.invoke(work, name, invocation_type="Event")
        await bus.advance(1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(bus.aclose(drain=50), 1)
        await asyncio.sleep(5)

        assert left() == 0
        assert seen == ["a at once", "b at once"]

    virtually(main)


def test_closed_by_a_handler() -> None:
    """It goes on to its end; then its environment is gone too."""
    seen: list[str] = []

    async def closes(event: Any, context: Any) -> None:
        await current_bus().aclose()
        seen.append("went on")

    app, work = app_of(closes)

    async def main() -> None:
        bus = await app.start().__aenter__()
        with pytest.raises(NotInBus, match="closed"):
            await bus.invoke(work)
        await asyncio.sleep(0)

        assert seen == ["went on"]
        assert left() == 0

    virtually(main)


def test_closed_from_a_def_handler() -> None:
    """Through bus.sync, in virtual time: its thread ends as well."""

    def closes(event: Any, context: Any) -> None:
        bus = current_bus()
        bus.from_thread(bus.aclose)

    app, work = app_of(closes)

    async def main() -> None:
        bus = await app.start().__aenter__()
        with pytest.raises(NotInBus, match="closed"):
            await bus.invoke(work)
        await asyncio.sleep(0)

        assert left() == 0

    virtually(main)
    for thread in threading.enumerate():
        if thread.name.startswith("eventbus "):
            thread.join(5)
            assert not thread.is_alive()


# Interrupted


@pytest.mark.parametrize("virtual", [True, False], ids=["virtual", "real"])
@pytest.mark.parametrize("kind", ["async", "thread", "inline"])
def test_ctrl_c_in_a_handler_stops_the_program(kind: str, virtual: bool) -> None:
    """It is no outcome: it reaches whoever runs the loop, and nothing is left."""

    def interrupted(event: Any, context: Any) -> None:
        raise KeyboardInterrupt

    async def interrupted_too(event: Any, context: Any) -> None:
        raise KeyboardInterrupt

    if kind == "async":
        app, work = app_of(interrupted_too)
    else:
        app, work = app_of(interrupted, run=kind)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work)

    with pytest.raises(KeyboardInterrupt):
        run(main, virtual=virtual)


def test_other_ways_out_of_a_handler_break_the_bus() -> None:
    """Such as `pytest.fail`: they are meant for a test, so they are no outcome either."""

    async def fails(event: Any, context: Any) -> None:
        pytest.fail("wrong event")

    app, work = app_of(fails)

    async def main() -> None:
        with pytest.raises(BusBroken, match="environment 1 of work.*wrong event"):
            async with app.start() as bus:
                await bus.invoke(work)

    virtually(main)


# Starting


@frozen(eq=False)
class Unmakeable:
    """A resource without a machine, behind one that would break the bus at 1 s."""

    arn: Arn = arn_of("faulty", "unmakeable")

    def machine(self, birth: Birth) -> Faulty:
        raise ZeroDivisionError

    def client(self, machine: Any, feed: Any) -> Any:
        return machine


def test_start_that_fails_leaves_nothing_armed(caplog: pytest.LogCaptureFixture) -> None:
    """Its error is the cause, nothing goes off later."""
    app = faulty_app("raises")
    app.add(Unmakeable())

    async def main() -> None:
        bus = app.start()
        with pytest.raises(ZeroDivisionError):
            await bus.__aenter__()
        await asyncio.sleep(5)
        with pytest.raises(NotInBus, match="not started"):
            bus.statistics()
        await bus.aclose()

        assert left() == 0

    virtually(main)

    assert caplog.text == ""


def test_what_breaks_leaves_no_complaint_of_asyncio(caplog: pytest.LogCaptureFixture) -> None:
    """A caller in whose own turn the bus broke has been told already."""

    async def main() -> None:
        with pytest.raises(BusBroken):
            async with faulty_app("never due").start() as bus:
                bus._engine.driver.handlers.clear()
                await bus.invoke("work", 1)

    with caplog.at_level(logging.ERROR, "asyncio"):
        virtually(main)

    assert caplog.text == ""


def test_broken_bus_ends_with_its_handlers(caplog: pytest.LogCaptureFixture) -> None:
    """What still runs may end, and is reported to nobody."""

    async def main() -> None:
        app = faulty_app("raises")
        app.function(nap, name="nap", timeout=10)
        with pytest.raises(BusBroken, match="wake of arn:aws:faulty"):
            async with app.start() as bus:
                waiting = asyncio.create_task(bus.invoke("nap", 2.0))
                with pytest.raises(BusBroken):
                    await waiting
                await asyncio.sleep(5)

                assert left() == 0

    virtually(main)

    assert "never retrieved" not in caplog.text


# Warm and cold


def test_most_recently_used_environment_comes_first() -> None:
    """As on a stack: the others may grow old."""
    streams: list[str] = []

    async def looks(event: float, context: Any) -> None:
        streams.append(context.log_stream_name)
        await asyncio.sleep(event)

    app, work = app_of(looks)

    async def main() -> None:
        async with app.start() as bus:
            await asyncio.gather(bus.invoke(work, 2.0), bus.invoke(work, 1.0))
            await bus.invoke(work, 0)
            first, second, third = streams

            assert first != second
            assert third == first  # it ended last

            await bus.advance(299.5)

            assert bus.statistics().environments == 1

    virtually(main)


@pytest.mark.parametrize("seconds", [0, 0.5], ids=["at once", "waiting"])
@pytest.mark.parametrize("slots", [1, 3])
def test_no_more_environments_than_slots(slots: int, seconds: float) -> None:
    """Who ends an attempt takes the next one: nobody is started or woken for it."""
    app, work = app_of(nap, reserved_concurrent_executions=slots)

    async def main() -> None:
        async with app.start() as bus:
            for _ in range(250):
                await bus.invoke(work, seconds, invocation_type="Event")
            await bus.settle()

            assert len(bus.invocations(work)) == 250
            assert bus.statistics().environments <= slots

    virtually(main)


def test_attempt_that_falls_due_is_taken_by_who_looks() -> None:
    """An environment about to wait wakes what is due, and takes it itself."""

    async def slow(event: Any, context: Any) -> None:
        asyncio.get_running_loop()._now += 60  # type: ignore[attr-defined]  # the loop was busy
        raise ValueError("boom")

    app, work = app_of(slow, timeout=900)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, invocation_type="Event")
            await bus.settle()

            assert len(bus.invocations(work)) == 3
            assert bus.statistics().environments == 1

    virtually(main)


def test_attempt_at_the_end_of_an_idle_time() -> None:
    """An environment that was just called is not retired, though its idle time is over in the same turn."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 1)
            await bus.advance(299)
            driver = bus._engine.driver
            call = bus.invoke(work, 2)
            call.send(None)  # the turn in which its environment is called
            driver.loop._now += 2  # type: ignore[attr-defined]  # the loop is busy for a while
            driver.wake_due()
            call.close()
            await bus.settle()

            assert [attempt.event for attempt in bus.invocations(work)] == [1, 2]
            assert bus.statistics().environments == 1

    virtually(main)


@pytest.mark.parametrize("idle", [1.0, 50.0])
def test_idle_time_is_of_the_profile(idle: float) -> None:
    """At its end, not before; an invocation starts it anew."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start(profile=Profile(environment_idle=idle)) as bus:
            await bus.invoke(work)
            await bus.advance(idle - 0.25)
            await bus.invoke(work)
            await bus.advance(idle - 0.25)

            assert bus.statistics().environments == 1

            await bus.advance(0.25)

            assert bus.statistics().environments == 0

    virtually(main)
