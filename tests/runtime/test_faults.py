"""Faults: each fires at its nth time, once, and is reported."""

import asyncio
from typing import Any

import pytest

from eventbus import App, FunctionError, InvalidSetting
from eventbus.errors import TooManyRequestsException
from eventbus.runtime.faults import Faults
from sources import sqs
from tests.helpers import app_of, echo, virtually


def fired(faults: Faults) -> list[tuple[str, int]]:
    """And nothing is left."""
    report = faults.report()
    assert report.never_fired == []
    return [(fault.kind, fault.nth) for fault in report.fired]


def mapped(**settings: Any) -> tuple[App, sqs.Queue, Any]:
    """A queue with a visibility timeout of 30 s, mapped to a function; and what the function received."""
    app = App()
    queue = app.add(sqs.Queue("orders", visibility_timeout=30))

    @app.function
    async def work(event: sqs.SqsEvent, context: Any) -> None:
        await asyncio.sleep(1)

    app.map(queue, work, **{"batch_size": 1, **settings})
    return app, queue, work


def received(bus: Any, work: Any) -> list[tuple[str, str, float]]:
    """Body, receive count and start of each attempt with one record."""
    started = bus.invocations(work)
    return [
        (
            attempt.event["Records"][0]["body"],
            attempt.event["Records"][0]["attributes"]["ApproximateReceiveCount"],
            attempt.start.timestamp() - 1_767_225_600,
        )
        for attempt in started
    ]


def test_nothing_declared_nothing_reported() -> None:
    """Off, and free."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 1)

            assert not bus.faults.armed
            assert fired(bus.faults) == []

    virtually(main)


def test_never_fired_is_reported() -> None:
    """A run whose faults never fired has shown nothing."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.throttle(work, nth=2)
            bus.faults.handler_times_out(work, nth=3)
            await bus.invoke(work, 1)
            report = bus.faults.report()

            assert report.fired == []
            assert [(fault.kind, fault.where, fault.nth) for fault in report.never_fired] == [
                ("throttle", work.arn, 2),
                ("handler_times_out", work.arn, 3),
            ]

    virtually(main)


def test_equal_fault_declared_again_is_another() -> None:
    """The first fired, the second did not."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.handler_times_out(work)
            await bus.invoke(work, 1)
            bus.faults.handler_times_out(work)

            assert len(bus.faults.report().fired) == len(bus.faults.report().never_fired) == 1

    virtually(main)


def test_handler_raises_at_its_nth_attempt() -> None:
    """The error is the one declared; the handler did not run."""
    ran: list[int] = []

    async def runs(event: int, context: Any) -> None:
        ran.append(event)

    app, work = app_of(runs)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.handler_raises(work, KeyError("x"), nth=2)
            await bus.invoke(work, 1)
            with pytest.raises(FunctionError) as caught:
                (await bus.invoke(work, 2)).result()
            await bus.invoke(work, 3)

            assert isinstance(caught.value.__cause__, KeyError)
            assert ran == [1, 3]
            assert fired(bus.faults) == [("handler_raises", 2)]

    virtually(main)


def test_nth_counts_from_the_declaration() -> None:
    """What happened before does not count."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.handler_raises(work, KeyError("x"), nth=1)
            outcomes = [(await bus.invoke(work, n)).function_error for n in range(2)]
            bus.faults.handler_raises(work, KeyError("y"), nth=2)
            outcomes += [(await bus.invoke(work, n)).function_error for n in range(3)]

            assert outcomes == ["Unhandled", None, None, "Unhandled", None]

    virtually(main)


def test_retry_after_a_fault_succeeds() -> None:
    """An attempt is one more time: retries count."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.handler_raises(work, KeyError("x"))
            bus.faults.handler_times_out(work, nth=2)
            await bus.invoke(work, 1, invocation_type="Event")
            await bus.settle()

            assert [attempt.outcome for attempt in bus.invocations(work)] == ["failed", "timed out", "succeeded"]
            assert bus.statistics().now == 60 + 3 + 120
            assert fired(bus.faults) == [("handler_raises", 1), ("handler_times_out", 2)]

    virtually(main)


def test_handler_exits_before_it_starts() -> None:
    """And the next attempt is a cold start."""
    streams: list[str] = []

    async def runs(event: Any, context: Any) -> None:
        streams.append(context.log_stream_name)

    app, work = app_of(runs)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.handler_exits(work, nth=2)
            await bus.invoke(work)
            with pytest.raises(FunctionError, match=r"Runtime\.ExitError"):
                (await bus.invoke(work)).result()
            await bus.invoke(work)

            assert len(set(streams)) == 2
            assert fired(bus.faults) == [("handler_exits", 2)]

    virtually(main)


@pytest.mark.parametrize(("at_await", "seen"), [(1, ["start"]), (2, ["start", "one"]), (3, ["start", "one", "two"])])
def test_handler_exits_at_an_await(at_await: int, seen: list[str]) -> None:
    """Its process is gone: no finally runs, then or later."""
    said: list[str] = []

    async def runs(event: Any, context: Any) -> None:
        try:
            said.append("start")
            await asyncio.sleep(1)
            said.append("one")
            await asyncio.sleep(1)
            said.append("two")
            await asyncio.sleep(1)
        finally:
            said.append("finally")

    app, work = app_of(runs, timeout=10)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.handler_exits(work, at_await=at_await)
            with pytest.raises(FunctionError, match=r"Runtime\.ExitError"):
                (await bus.invoke(work)).result()

            assert bus.statistics().now == at_await - 1

            await bus.advance(10)

            assert said == seen

    virtually(main)


def test_exit_past_the_last_await_never_happens() -> None:
    """The handler ends as usual."""

    async def runs(event: Any, context: Any) -> str:
        await asyncio.sleep(1)
        return "done"

    app, work = app_of(runs)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.handler_exits(work, at_await=2)

            assert (await bus.invoke(work)).result() == "done"

    virtually(main)


def test_await_of_a_def_handler_is_refused() -> None:
    """It has none."""
    app, work = app_of(lambda event, context: None)

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(InvalidSetting, match="at_await=1"):
                bus.faults.handler_exits(work, at_await=1)

    virtually(main)


def test_throttle_refuses_a_caller() -> None:
    """429; the function is not reached."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.throttle(work)
            with pytest.raises(TooManyRequestsException):
                await bus.invoke(work, 1)

            assert bus.invocations(work) == []
            assert fired(bus.faults) == [("throttle", 1)]

    virtually(main)


def test_throttle_delays_an_event() -> None:
    """One second, then two; no retry is used up."""
    app, work = app_of(echo, maximum_retry_attempts=0)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.throttle(work)
            bus.faults.throttle(work, nth=2)
            await bus.invoke(work, 1, invocation_type="Event")
            await bus.settle()

            assert [attempt.outcome for attempt in bus.invocations(work)] == ["succeeded"]
            assert bus.statistics().now == 3

    virtually(main)


def test_refused_delivery_of_a_dead_letter() -> None:
    """It is lost, and counted."""
    app = App()
    dead = app.add(sqs.Queue("dead"))
    work = app.function(echo, name="work", reserved_concurrent_executions=0, dead_letter=dead)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.refuse_delivery(dead, nth=2)
            for number in range(3):
                await bus.invoke(work, number, invocation_type="Event")
            await bus.settle()

            assert [message.body for message in await bus[dead].peek()] == ["0", "2"]
            assert bus.statistics().dead_letter_errors == 1
            assert fired(bus.faults) == [("refuse_delivery", 2)]

    virtually(main)


def test_deliver_twice() -> None:
    """The same message again while the first is handled."""
    app, queue, work = mapped()

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.deliver_twice(queue, nth=2)
            await bus[queue].send_message("a")
            await bus.settle()
            await bus[queue].send_message("b")
            await bus.settle()

            assert received(bus, work) == [("a", "1", 0), ("b", "1", 1), ("b", "2", 1)]
            assert fired(bus.faults) == [("deliver_twice", 2)]

    virtually(main)


def test_deliver_late() -> None:
    """Its visibility timeout runs meanwhile."""
    app, queue, work = mapped()

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.deliver_late(queue, seconds=20)
            await bus[queue].send_message("a")
            await bus.settle()

            assert received(bus, work)[0] == ("a", "1", 20)
            assert fired(bus.faults) == [("deliver_late", 1)]

    virtually(main)


def test_empty_receive() -> None:
    """The record comes with the next one."""
    app, queue, work = mapped()

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.empty_receive(queue)
            await bus[queue].send_message("a")
            await bus.settle()

            assert [body for body, count, _ in received(bus, work)] == ["a"]
            assert fired(bus.faults) == [("empty_receive", 1)]

    virtually(main)


def test_lose_delete() -> None:
    """The message comes back after its visibility timeout."""
    app, queue, work = mapped()

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.lose_delete(queue)
            await bus[queue].send_message("a")
            await bus.settle()

            assert received(bus, work) == [("a", "1", 0), ("a", "2", 30)]
            assert fired(bus.faults) == [("lose_delete", 1)]

    virtually(main)


def test_two_faults_at_one_time_are_refused() -> None:
    """The second is named."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.handler_times_out(work, nth=2)
            with pytest.raises(InvalidSetting, match="nth=2: handler_times_out already stands there for work"):
                bus.faults.handler_raises(work, KeyError(), nth=2)

    virtually(main)


@pytest.mark.parametrize("nth", [0, -1])
def test_nth_begins_at_one(nth: int) -> None:
    """There is no time before the first."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(InvalidSetting, match=f"nth={nth}"):
                bus.faults.throttle(work, nth=nth)

            assert not bus.faults.armed

    virtually(main)


def test_fault_of_something_else_never_fires() -> None:
    """Each stands where it was declared."""
    app = App()
    one, two = app.function(echo, name="one"), app.function(echo, name="two")

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.throttle(one)
            await bus.invoke(two, 1)

            assert len(bus.faults.report().never_fired) == 1

    virtually(main)


@pytest.mark.parametrize(
    ("declare", "setting"),
    [
        (lambda faults, queue, work: faults.deliver_twice(work), "source"),
        (lambda faults, queue, work: faults.empty_receive("orders"), "source"),
        (lambda faults, queue, work: faults.throttle(queue), "function"),
        (lambda faults, queue, work: faults.handler_raises("work", ValueError()), "function"),
        (lambda faults, queue, work: faults.handler_exits(queue, at_await=1), "function"),
        (lambda faults, queue, work: faults.refuse_delivery("orders"), "target"),
    ],
)
def test_what_such_a_fault_can_not_be_of(declare: Any, setting: str) -> None:
    """It would never fire: refused by the name of the parameter."""
    app, work = app_of(echo)
    queue = app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(InvalidSetting, match=f"^{setting}="):
                declare(bus.faults, queue, work)

    virtually(main)
