"""What becomes of each effect: who is asked, who is answered, who is refused."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from eventbus import App, Profile, run
from eventbus.core.effects import Deliver, Delivered
from eventbus.errors import TooManyRequestsException
from eventbus.names import Arn, arn_of, async_address, function_arn
from eventbus.runtime.handlers import EVENT_LIMIT, principal
from sources import sqs
from tests.helpers import app_of, boom, echo, virtually


async def nap(event: float, context: Any) -> float:
    await asyncio.sleep(event)
    return event


def answers_of(app: App, *deliveries: Deliver) -> list[str | None]:
    """What the asker `outside` is told of each."""

    async def main() -> list[str | None]:
        async with app.start() as bus:
            driver = bus._engine.driver
            told: list[str | None] = []
            deliver, answer = driver.handlers[Deliver], driver.handlers[Delivered]

            def listen(now: float, effect: Delivered) -> None:
                if effect.asker == "outside":
                    told.append(effect.error)
                answer(now, effect)

            driver.handlers[Delivered] = listen
            for delivery in deliveries:
                driver.feed(bus._engine.feed.callers, lambda now, delivery=delivery: deliver(now, delivery))
            await bus.settle()
            return told

    return virtually(main)


def delivery(target: Arn, body: str = "{}") -> Deliver:
    return Deliver(target, Arn("outside"), 1, body)


def test_delivery_to_a_queue_and_to_a_function() -> None:
    """Taken, each in its way."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    work = app.function(echo, name="work")

    assert answers_of(app, delivery(queue.arn), delivery(work.arn)) == [None, None]


def test_delivery_to_nobody() -> None:
    """Refused by its code; the bus goes on."""
    app, work = app_of(echo)

    assert answers_of(app, delivery(arn_of("sqs", "gone")), delivery(work.arn)) == ["ResourceNotFoundException", None]


@pytest.mark.parametrize(("more", "error"), [(0, None), (1, "RequestTooLargeException")])
def test_size_of_a_delivered_event(more: int, error: str | None) -> None:
    """That of any asynchronous event."""
    app, work = app_of(echo)
    body = '"' + "a" * (EVENT_LIMIT - 2 + more) + '"'

    assert answers_of(app, delivery(work.arn, body)) == [error]


def test_whose_permissions_count() -> None:
    """A function's, for what its queue sends."""
    work = function_arn("work")

    assert principal(async_address(work)) == work
    assert principal(work) == work


def test_dead_letter_without_permission() -> None:
    """Lost and counted; the refusal names the way out in the trace."""
    app = App()
    dead = app.add(sqs.Queue("dead"))
    work = app.function(boom, name="work", dead_letter=dead, maximum_retry_attempts=0)
    app.revoke(work, "sqs:SendMessage", dead)

    async def main() -> None:
        async with app.start() as bus:
            answer = await bus.invoke(work, 1, invocation_type="Event")
            await bus.settle()

            assert await bus[dead].peek() == []
            assert bus.statistics().dead_letter_errors == 1
            assert bus.statistics().refused_permissions == 1
            assert "sqs:SendMessage" in str(bus.trace(answer.request_id))

    virtually(main)


def test_mapping_without_permission_to_read() -> None:
    """Is disabled: its messages stay, and settle does not wait for them."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    work = app.function(echo, name="work")
    app.map(queue, work)
    app.revoke(work, "sqs:ReceiveMessage", queue)

    async def main() -> None:
        async with app.start() as bus:
            await bus[queue].send_message("x")
            await bus.settle()

            assert len(await bus[queue].peek()) == 1
            assert bus.statistics().invocations == 0

    virtually(main)


def test_answer_to_a_mapping_comes_in_the_same_turn() -> None:
    """Memory needs no time: a thousand messages are handled at the instant they were sent."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    work = app.function(echo, name="work")
    app.map(queue, work)

    async def main() -> None:
        async with app.start() as bus:
            for _ in range(1_000):
                await bus[queue].send_message("x")
            await bus.settle()

            assert bus.statistics().now == 0
            assert sum(len(attempt.event["Records"]) for attempt in bus.invocations(work)) == 1_000
            assert await bus[queue].peek() == []

    virtually(main)


@pytest.mark.parametrize(
    ("profile", "passed"),
    [(Profile.deterministic(), 60), (Profile.realistic(), 50)],
    ids=["deterministic", "realistic"],
)
def test_requests_per_second(profile: Profile, passed: int) -> None:
    """Ten for each unit of concurrency, where the profile has quotas; one after the other they need but one unit."""
    app, work = app_of(echo, reserved_concurrent_executions=5)

    async def main() -> int:
        async with app.start(profile=profile) as bus:
            refused = 0
            for _ in range(60):
                try:
                    await bus.invoke(work, 1)
                except TooManyRequestsException as error:
                    assert error.reason == "ReservedFunctionInvocationRateLimitExceeded"
                    refused += 1
            return 60 - refused

    assert virtually(main) == passed


def test_events_have_no_limit_of_requests_per_second() -> None:
    """Only synchronous invocations have."""
    app, work = app_of(echo, reserved_concurrent_executions=5)

    async def main() -> tuple[float, int]:
        async with app.start(profile=Profile.realistic()) as bus:
            for _ in range(200):
                await bus.invoke(work, 1, invocation_type="Event")
            await bus.settle()
            return bus.statistics().now, bus.statistics().throttles

    assert virtually(main) == (0, 0)


def test_room_that_a_throttled_event_leaves_goes_to_the_next_queue() -> None:
    """It took none: nobody behind it starves."""
    app = App(concurrent_executions=1)
    busy, unlucky, next_one = (app.function(nap, name=name, timeout=10) for name in ("busy", "unlucky", "next_one"))

    async def main() -> list[float]:
        async with app.start() as bus:
            await bus.invoke(busy, 5, invocation_type="Event")
            await bus.invoke(unlucky, 1, invocation_type="Event")
            await bus.invoke(next_one, 1, invocation_type="Event")
            bus.faults.throttle(unlucky)
            await bus.settle()
            started = bus._engine.at(0)
            return [(bus.invocations(f)[0].start - started).total_seconds() for f in (unlucky, next_one)]

    assert virtually(main) == [6.0, 5.0]


def test_realistic_profile_throttles_events_without_room() -> None:
    """They back off, with jitter out of the seed, and run in the end."""
    app = App(concurrent_executions=1)
    work = app.function(nap, name="work", timeout=10)
    other = app.function(nap, name="other", timeout=10)

    def ended(profile: Profile, seed: int) -> tuple[float, int]:
        async def main() -> tuple[float, int]:
            async with app.start(profile=profile, seed=seed) as bus:
                await bus.invoke(other, 5.0, invocation_type="Event")
                await bus.invoke(work, 1.0, invocation_type="Event")
                await bus.settle()
                assert [attempt.outcome for attempt in bus.invocations(work)] == ["succeeded"]
                return bus.statistics().now, bus.statistics().throttles

        return virtually(main)

    assert ended(Profile.deterministic(), 1) == (6, 1)
    first, throttles = ended(Profile.realistic(), 1)
    assert first > 6
    assert throttles > 1
    assert ended(Profile.realistic(), 1) == (first, throttles)
    assert ended(Profile.realistic(), 2)[0] != first


@pytest.mark.parametrize("virtual", [True, False], ids=["virtual", "real"])
def test_same_rules_on_both_clocks(virtual: bool) -> None:
    """Retries, reservation, dead letter, destination; real time with shortened waits, to see that nothing hangs on the
    virtual clock."""
    app = App()
    dead = app.add(sqs.Queue("dead"))
    done = app.add(sqs.Queue("done"))
    calls: list[int] = []

    async def work(event: dict[str, int], context: Any) -> str:
        calls.append(event["n"])
        await asyncio.sleep(0.001)
        if event["n"] % 2:
            raise ValueError("odd")
        return "even"

    function = app.function(work, dead_letter=dead, on_success=done, reserved_concurrent_executions=1)

    async def main() -> None:
        async with app.start(profile=Profile(retry_waits=(0.01, 0.02))) as bus:
            began = bus.now()
            for n in range(4):
                await bus.invoke(function, {"n": n}, invocation_type="Event")
            await bus.settle(within=10)

            assert sorted(calls) == [0, 1, 1, 1, 2, 3, 3, 3]
            assert sorted(message.body for message in await bus[dead].peek()) == ['{"n":1}', '{"n":3}']
            assert len(await bus[done].peek()) == 2
            assert bus.statistics().concurrent_executions == 1
            assert (bus.now() - began).total_seconds() >= 0.03

    run(main, virtual=virtual)


@pytest.mark.parametrize("through", ["account", "reservation"])
def test_slot_is_free_before_its_caller_is_told(through: str) -> None:
    """Whoever was answered may invoke again at once."""
    settings: dict[str, Any] = {"reserved_concurrent_executions": 1} if through == "reservation" else {}
    app = App(concurrent_executions=101 if settings else 1)
    work = app.function(nap, name="work", **settings)

    async def main() -> None:
        async with app.start() as bus:
            for _ in range(250):
                assert (await bus.invoke(work, 0)).result() == 0
            assert bus.statistics().throttles == 0

    virtually(main)


Ending = Callable[[Any, Any], Any]


async def leave(event: Any, context: Any) -> None:
    raise SystemExit


async def late(event: Any, context: Any) -> None:
    await asyncio.sleep(10)


@pytest.mark.parametrize("ending", [echo, boom, leave, late])
def test_slot_is_given_back_however_an_attempt_ends(ending: Ending) -> None:
    """For ever; also where the environment is due for a checkpoint and gone at the same time."""
    app, work = app_of(ending, reserved_concurrent_executions=1, timeout=1)

    async def main() -> None:
        async with app.start() as bus:
            async with asyncio.timeout(1_000):
                for _ in range(250):
                    await bus.invoke(work, 1)

            assert bus.statistics().throttles == 0
            assert bus.statistics().running == 0

    virtually(main)
