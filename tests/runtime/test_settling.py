"""When is a bus quiet, and who is named when it is not."""

import asyncio
from typing import Any

import pytest

from eventbus import App, Bus, NotSettled, Profile, current_bus, run
from sources import sqs
from tests.helpers import app_of, boom, echo, virtually


async def nap(event: float, context: Any) -> float:
    await asyncio.sleep(event)
    return event


# Quiet


def test_waits_for_what_runs() -> None:
    """Whoever invoked it."""
    app, work = app_of(nap, timeout=100)

    async def main() -> None:
        async with app.start() as bus:
            calls = [asyncio.create_task(bus.invoke(work, seconds)) for seconds in (5.0, 50.0)]
            await asyncio.sleep(0)
            await bus.settle()

            assert bus.statistics().now == 50

            await asyncio.gather(*calls)

    virtually(main)


def test_waits_for_retries_and_for_what_they_lead_to() -> None:
    """A destination's function, and its queue's consumer."""
    app = App()
    failures = app.add(sqs.Queue("failures"))
    reads = app.function(nap_long, name="reads", timeout=30)
    app.map(failures, reads)
    work = app.function(boom, name="work", on_failure=failures)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 1, invocation_type="Event")
            await bus.settle()

            assert bus.statistics().now == 180 + 20
            assert await bus[failures].peek() == []

    virtually(main)


async def nap_long(event: Any, context: Any) -> None:
    await asyncio.sleep(20)


@pytest.mark.parametrize(("mapped", "seconds"), [(True, 900), (False, 0)])
def test_delayed_message_is_waited_for_if_somebody_reads_it(mapped: bool, seconds: float) -> None:
    """Else it is background."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    if mapped:
        app.map(queue, app.function(echo))

    async def main() -> None:
        async with app.start() as bus:
            await bus[queue].send_message("later", delay_seconds=900)
            await bus.settle()

            assert bus.statistics().now == seconds

    virtually(main)


def test_disabled_mapping_reads_nothing() -> None:
    """So nothing is on its way."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    app.map(queue, app.function(echo), enabled=False)

    async def main() -> None:
        async with app.start() as bus:
            await bus[queue].send_message("stays")
            await bus.settle()

            assert bus.statistics().now == 0
            assert len(await bus[queue].peek()) == 1

    virtually(main)


def test_message_that_the_test_holds() -> None:
    """In a queue without a consumer it is nobody's business but the test's."""
    app = App()
    queue = app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start() as bus:
            await bus[queue].send_message("held")
            await bus[queue].receive_message()
            await bus.settle()

            assert bus.statistics().now == 0

    virtually(main)


def test_idle_environments_are_background() -> None:
    """Their retirement is not waited for."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 1)
            await bus.settle()

            assert bus.statistics().now == 0
            assert bus.statistics().environments == 1

    virtually(main)


def test_several_may_settle_at_once() -> None:
    """All are told, in the order in which they asked."""
    app, work = app_of(nap)
    order: list[int] = []

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 2.0, invocation_type="Event")

            async def settle(number: int) -> None:
                await bus.settle()
                order.append(number)

            await asyncio.gather(*(settle(number) for number in range(3)))

            assert order == [0, 1, 2]
            assert bus.statistics().now == 2

    virtually(main)


@pytest.mark.parametrize("virtual", [True, False], ids=["virtual", "real"])
def test_settles_on_both_clocks(virtual: bool) -> None:
    """On a real one it waits, with a shortened retry here."""
    app, work = app_of(boom, maximum_retry_attempts=1)

    async def main() -> None:
        async with app.start(profile=Profile(retry_waits=(0.05, 0.05))) as bus:
            await bus.invoke(work, invocation_type="Event")
            await bus.settle(within=10)

            assert len(bus.invocations(work)) == 2

    run(main, virtual=virtual)


# Not quiet


def refusal(app: App, use: Any, **bounds: Any) -> str:
    """What `settle` says after `use(bus)`."""

    async def main() -> str:
        async with app.start() as bus:
            await use(bus)
            with pytest.raises(NotSettled) as caught:
                await bus.settle(**bounds)
            return str(caught.value)

    return virtually(main)


def test_the_three_busiest_are_named() -> None:
    """The busiest first."""
    app = App()
    functions = [app.function(boom, name=name) for name in ("a", "b", "c", "d")]

    async def use(bus: Bus) -> None:
        for count, function in enumerate(functions, 1):
            for _ in range(count):
                await bus.invoke(function, invocation_type="Event")

    assert refusal(app, use, within=50) == (
        "not settled within 50 s; 0 running; "
        "arn:aws:lambda:us-east-1:000000000000:function:d:async: 4 outstanding; "
        "arn:aws:lambda:us-east-1:000000000000:function:c:async: 3 outstanding; "
        "arn:aws:lambda:us-east-1:000000000000:function:b:async: 2 outstanding"
    )


def test_message_that_comes_back_for_ever_is_named() -> None:
    """With its receive count, and why."""
    app = App()
    queue = app.add(sqs.Queue("orders", visibility_timeout=30))
    app.map(queue, app.function(boom))

    async def use(bus: Bus) -> None:
        await bus[queue].send_message("poison")

    words = refusal(app, use, within=1_000)

    assert words.startswith("not settled within 1,000 s; 0 running; ")
    assert "orders: 1 outstanding (message " in words
    assert words.endswith(" received 34 times, no redrive)")


def test_what_still_runs_is_counted() -> None:
    """With a caller who waits for it."""
    app, work = app_of(nap, timeout=100)

    async def use(bus: Bus) -> None:
        task = asyncio.create_task(bus.invoke(work, 50.0))
        task.add_done_callback(lambda task: task.cancelled() or task.exception())  # told when the bus closes
        await asyncio.sleep(0)

    assert refusal(app, use, within=5) == "not settled within 5 s; 1 running; callers: 1 outstanding"


@pytest.mark.parametrize(("within", "settles"), [(180, True), (179.9, False)])
def test_bound_of_time_is_reached_or_not(within: float, settles: bool) -> None:
    """What falls due at the bound itself still counts."""
    app, work = app_of(boom)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, invocation_type="Event")
            if settles:
                await bus.settle(within=within)
            else:
                with pytest.raises(NotSettled):
                    await bus.settle(within=within)

            assert bus.statistics().now == within

    virtually(main)


@pytest.mark.parametrize(("invocations", "settles"), [(3, True), (2, False)])
def test_bound_of_invocations(invocations: int, settles: bool) -> None:
    """Counted from the call; just as many are allowed."""
    app, work = app_of(boom)

    async def main() -> None:
        async with app.start() as bus:
            for _ in range(5):
                await bus.invoke(work)
            await bus.invoke(work, invocation_type="Event")
            if settles:
                await bus.settle(invocations=invocations)
            else:
                with pytest.raises(NotSettled, match=f"within {invocations} invocations"):
                    await bus.settle(invocations=invocations)

            assert bus.statistics().invocations == 5 + invocations

    virtually(main)


# Advance


def test_advance_at_exact_boundaries() -> None:
    """Attempts at 0, 60 and 180 s: the one that falls due at the end has run, no later one."""
    app, work = app_of(boom)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, invocation_type="Event")
            counts = []
            for _ in range(4):
                await bus.advance(60)
                counts.append(len(bus.invocations(work)))

            assert counts == [2, 2, 3, 3]
            assert bus.statistics().now == 240

    virtually(main)


def test_advance_does_not_wait_for_what_takes_time() -> None:
    """It has begun, and goes on with the clock."""
    app, work = app_of(nap, timeout=100)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 50.0, invocation_type="Event")
            await bus.advance(0)

            assert (bus.statistics().running, bus.statistics().now) == (1, 0)

            await bus.advance(49.9)
            assert bus.statistics().running == 1

            await bus.advance(0.1)
            assert bus.statistics().running == 0

    virtually(main)


def test_advance_carries_a_chain_that_takes_no_time() -> None:
    """Down to its last link, at the same instant."""
    app = App()
    queues = [app.add(sqs.Queue(f"step-{number}")) for number in range(5)]

    def link(number: int) -> Any:
        async def forward(event: Any, context: Any) -> None:
            await current_bus()[queues[number + 1]].send_message("on")

        return forward

    for number in range(4):
        app.map(queues[number], app.function(link(number), name=f"link-{number}"))

    async def main() -> None:
        async with app.start() as bus:
            await bus[queues[0]].send_message("on")
            await bus.advance(0)

            assert bus.statistics().now == 0
            assert len(await bus[queues[4]].peek()) == 1

    virtually(main)
