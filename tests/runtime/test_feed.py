"""A client's way in."""

import asyncio
from math import inf
from typing import Any

import pytest
from attrs import define, field

from eventbus import App, Bus, BusBroken, NotInBus, Profile, current_bus
from eventbus.core.callers import Callers
from eventbus.core.effects import Reply
from eventbus.core.http import BodyStream, Request, Response
from eventbus.errors import AccessDeniedException
from eventbus.names import Arn
from eventbus.runtime.driver import CALLS_PER_CHECKPOINT
from sources import functionurl, sqs
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


# ----------------------------------------------------------------------------------------------------- fetch and reply
def served(handler: Any, **settings: Any) -> tuple[App, functionurl.Url]:
    """A function behind a front door."""
    app, work = app_of(handler, **settings)
    return app, app.add(functionurl.Url(work))


async def sleeps_2(event: Any, context: Any) -> Any:
    await asyncio.sleep(2)
    return {"statusCode": 200, "body": event["rawPath"]}


def test_fetching_waits_for_the_door() -> None:
    """Each gets the answer to what it asked."""
    app, url = served(sleeps_2)

    async def main() -> None:
        async with app.start() as bus:
            feed = bus._engine.feed
            found = await asyncio.gather(*(feed.fetch(url.arn, Request("GET", f"/{n}")) for n in range(3)))

            assert [response.text for response in found] == ["/0", "/1", "/2"]
            assert (bus.statistics().now, feed.replies) == (2, {})
            assert feed.callers.outstanding() == 0

    virtually(main)


def test_fetching_that_is_cancelled_leaves_nothing() -> None:
    """The door answers nobody, and the function runs on."""
    app, url = served(sleeps_2)

    async def main() -> None:
        async with app.start() as bus:
            feed = bus._engine.feed
            for wait in (0.0, 1.0):
                task = asyncio.create_task(feed.fetch(url.arn, Request("GET")))
                await asyncio.sleep(wait)
                task.cancel()
                await asyncio.wait([task])
                assert task.cancelled()
            assert (feed.replies, feed.callers.outstanding()) == ({}, 0)

            await bus.settle()

            assert [attempt.outcome for attempt in bus.invocations(app.functions[0])] == ["succeeded"] * 2

    virtually(main)


def test_fetching_that_is_cancelled_as_it_is_answered() -> None:
    """Whoever gave up stays so, and nothing breaks."""
    app, url = served(sleeps_2)

    async def main() -> None:
        async with app.start() as bus:
            task = asyncio.create_task(bus._engine.feed.fetch(url.arn, Request("GET")))
            await bus.advance(1)
            asyncio.get_running_loop().call_at(asyncio.get_running_loop().time() + 1, task.cancel)
            await asyncio.wait([task])
            await bus.settle()

            assert bus._engine.feed.replies == {}
            assert (await bus[url].request("GET", "/a")).text == "/a"

    virtually(main)


def test_fetching_while_the_bus_closes() -> None:
    """Nothing new starts, also while it drains; whoever waits is told."""
    app, url = served(sleeps_2)

    async def main() -> None:
        async with app.start() as bus:
            feed = bus._engine.feed
            waiting = asyncio.create_task(feed.fetch(url.arn, Request("GET", "/a")))
            await bus.advance(0.5)
            closing = asyncio.create_task(bus.aclose(drain=5))
            await asyncio.sleep(0)
            with pytest.raises(NotInBus, match="closed"):
                await feed.fetch(url.arn, Request("GET"))
            assert (await waiting).text == "/a"
            await closing
            with pytest.raises(NotInBus, match="closed"):
                await feed.fetch(url.arn, Request("GET"))

    virtually(main)


def test_fetching_from_another_loop() -> None:
    """Refused: it says what to use."""
    app, url = served(sleeps_2)

    async def main() -> None:
        async with app.start() as bus:

            def elsewhere() -> str:
                with pytest.raises(NotInBus, match="bus.from_thread") as refused:
                    asyncio.run(bus._engine.feed.fetch(url.arn, Request("GET")))
                return str(refused.value)

            assert "the call came from" in await asyncio.to_thread(elsewhere)

    virtually(main)


def test_fetching_from_a_bus_that_breaks() -> None:
    """Whoever waits is told, and whoever asks then."""

    async def main() -> None:
        with pytest.raises(BusBroken):
            async with faulty_app("raises").start() as bus:
                feed = bus._engine.feed
                waiting = asyncio.create_task(feed.reply(lambda now, token: None))
                await asyncio.sleep(0)
                with pytest.raises(BusBroken):
                    await bus.advance(2)
                with pytest.raises(BusBroken):
                    await waiting
                with pytest.raises(BusBroken):
                    await feed.reply(lambda now, token: None)

    virtually(main)


def test_reply_within_its_own_turn() -> None:
    """It may come before anybody waits."""
    app, _ = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            feed = bus._engine.feed
            callers: Callers = feed.callers

            def at_once(now: float, token: int, answer: Any) -> None:
                callers.effects.append(Reply(token, answer))

            assert await feed.reply(at_once, Response(204)) is not None
            assert await feed.reply(at_once, "x") == "x"
            assert feed.replies == {}

    virtually(main)


def test_reply_that_nobody_waits_for() -> None:
    """Is dropped."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            feed = bus._engine.feed
            feed.driver.feed(feed.callers, lambda now: feed.callers.effects.append(Reply(99, Response(200))))

            assert (await bus.invoke(work, 7)).result() == 7

    virtually(main)


def test_step_that_is_refused_waits_for_nothing() -> None:
    """What it raises is raised; the bus goes on."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:

            def refuses(now: float, token: int) -> None:
                raise AccessDeniedException("no")

            with pytest.raises(AccessDeniedException):
                await bus._engine.feed.reply(refuses)
            assert (await bus.invoke(work, 7)).result() == 7

    virtually(main)


# ------------------------------------------------------------------------------------------------- waiting and company
def test_waiting_on_a_closed_bus() -> None:
    """Nobody would ever tell."""
    app, _ = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            feed = bus._engine.feed
            waiting = asyncio.create_task(feed.wait(BodyStream(Arn("stream")), 60))
            await asyncio.sleep(0)
        with pytest.raises(NotInBus, match="closed"):
            await waiting
        with pytest.raises(NotInBus, match="closed"):
            await feed.wait(BodyStream(Arn("stream")), 60)
        assert feed.waiters == []

    virtually(main)


@define(eq=False)
class Company:
    """Works side by side; what each did."""

    did: list[str] = field(factory=list)

    async def works(self, name: str, seconds: float, error: BaseException | None = None) -> None:
        try:
            await asyncio.sleep(seconds)
            if error is not None:
                raise error
            self.did.append(f"{name} ended")
        except asyncio.CancelledError:
            await asyncio.sleep(1)  # they may take their time
            self.did.append(f"{name} cancelled")
            raise


def test_first_work_that_ends_ends_the_others() -> None:
    """They are cancelled, and waited for."""
    app, _ = app_of(echo)
    company = Company()

    async def main() -> None:
        async with app.start() as bus:
            await bus._engine.feed.side_by_side(company.works("a", 5), company.works("b", 2), company.works("c", 9))

            assert sorted(company.did) == ["a cancelled", "b ended", "c cancelled"]
            assert (company.did[0], bus.statistics().now) == ("b ended", 3)

    virtually(main)


def test_first_work_that_fails_fails_all() -> None:
    """With what it raised."""
    app, _ = app_of(echo)
    company = Company()

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(ValueError, match="boom"):
                await bus._engine.feed.side_by_side(company.works("a", 5), company.works("b", 2, ValueError("boom")))

            assert company.did == ["a cancelled"]

    virtually(main)


def test_failure_of_a_work_that_was_cancelled_counts_for_nothing() -> None:
    """The first one had ended well."""
    app, _ = app_of(echo)

    async def sulks() -> None:
        try:
            await asyncio.sleep(9)
        finally:
            raise ValueError("late")

    async def main() -> None:
        async with app.start() as bus:
            await bus._engine.feed.side_by_side(asyncio.sleep(1), sulks())

    virtually(main)


def test_company_that_is_cancelled_leaves_nothing() -> None:
    """All its works are."""
    app, _ = app_of(echo)
    company = Company()

    async def main() -> None:
        async with app.start() as bus:
            before = asyncio.all_tasks()
            task = asyncio.create_task(bus._engine.feed.side_by_side(company.works("a", 5), company.works("b", 5)))
            await bus.advance(1)
            task.cancel()
            await asyncio.wait([task])

            assert task.cancelled()
            assert company.did == ["a cancelled", "b cancelled"]
            assert asyncio.all_tasks() == before

    virtually(main)


def test_works_side_by_side_call_from_outside() -> None:
    """They have no invocation, whoever started them: the bus's own tasks."""
    app, _ = app_of(echo)
    seen: list[Any] = []

    @app.function
    async def starts(event: Any, context: Any) -> None:
        feed = current_bus()._engine.feed

        async def looks() -> None:
            seen.append(feed.caller())

        assert feed.caller() is not None
        await feed.side_by_side(looks())

    async def main() -> None:
        async with app.start() as bus:
            (await bus.invoke(starts)).result()

    virtually(main)

    assert seen == [None]
