"""One run of an app: invoking, waiting, counting, closing, breaking."""

import asyncio
import base64
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

import pytest
from attrs import define, field, frozen

from eventbus import App, BusBroken, FunctionError, NotInBus, NotSettled, current_bus, run
from eventbus.errors import (
    InvalidParameterValueException,
    InvalidRequestContentException,
    RecursiveInvocationException,
    RequestTooLargeException,
    ResourceNotFoundException,
    TooManyRequestsException,
)
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth
from sources import sqs
from tests.golden import load, match
from tests.helpers import app_of, boom, echo, virtually


async def never(event: Any, context: Any) -> None:
    await asyncio.get_running_loop().create_future()


async def nap(event: float, context: Any) -> float:
    await asyncio.sleep(event)
    return event


# Invoke


def test_request_response_answers() -> None:
    """200, the version, the result as JSON."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            answer = await bus.invoke(work, {"a": [1, None]})

            assert (answer.status_code, answer.executed_version, answer.function_error) == (200, "$LATEST", None)
            assert answer.payload == b'{"a": [1, null]}'
            assert answer.result() == {"a": [1, None]}

    virtually(main)


def test_event_is_accepted_at_once() -> None:
    """202, no payload; it runs before the bus is settled."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            answer = await bus.invoke(work, 1, invocation_type="Event")

            assert (answer.status_code, answer.payload, answer.result()) == (202, b"", None)
            assert bus.invocations(work) == []

            await bus.settle()

            assert [attempt.request_id for attempt in bus.invocations(work)] == [answer.request_id]

    virtually(main)


def test_dry_run_runs_nothing() -> None:
    """204."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            answer = await bus.invoke(work, 1, invocation_type="DryRun")
            await bus.settle()

            assert (answer.status_code, answer.payload) == (204, b"")
            assert bus.statistics().invocations == 0

    virtually(main)


@pytest.mark.parametrize("name", ["work", "arn:aws:lambda:us-east-1:000000000000:function:work"])
def test_function_by_name(name: str) -> None:
    """Short, or as an ARN."""
    app, _ = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus.invoke(name, 1)).result() == 1

    virtually(main)


def test_unknown_function_is_not_found() -> None:
    """404, with what it may have meant."""
    app, _ = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(ResourceNotFoundException, match="did you mean work") as caught:
                await bus.invoke("wrok", 1)

            assert caught.value.status == 404

    virtually(main)


@pytest.mark.parametrize(("invocation_type", "limit"), [("RequestResponse", 6_291_456), ("Event", 1_048_576)])
def test_size_of_a_request(invocation_type: Any, limit: int) -> None:
    """At the limit it passes, one byte more is 413."""

    async def length(event: str, context: Any) -> int:
        return len(event)

    app, work = app_of(length)
    payload = b'"%s"' % (b"a" * (limit - 2))

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, payload, invocation_type=invocation_type)
            with pytest.raises(RequestTooLargeException, match=str(limit)) as caught:
                await bus.invoke(work, payload + b" ", invocation_type=invocation_type)

            assert caught.value.status == 413

            await bus.settle()

            assert bus.invocations(work)[0].result == limit - 2

    virtually(main)


@pytest.mark.parametrize(
    "event",
    [b"{", b"\xff", b"", float("nan"), datetime(2026, 1, 1, tzinfo=UTC), {1, 2}],
    ids=["cut off", "no UTF-8", "nothing", "NaN", "datetime", "set"],
)
def test_event_must_be_json(event: Any) -> None:
    """400, and nothing runs."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(InvalidRequestContentException, match="Could not parse request body into json"):
                await bus.invoke(work, event)

            assert bus.statistics().invocations == 0

    virtually(main)


def test_bytes_are_ready_json() -> None:
    """Not encoded again."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus.invoke(work, b' {"a": 1} ')).result() == {"a": 1}

    virtually(main)


def test_log_tail_is_decoded_by_its_caller() -> None:
    """START, what was logged, END, REPORT."""

    async def chatty(event: Any, context: Any) -> None:
        logging.getLogger("orders").warning("ordered %s", event)

    app, work = app_of(chatty)

    async def main() -> None:
        async with app.start() as bus:
            answer = await bus.invoke(work, 7, log_type="Tail")
            plain = await bus.invoke(work, 7)

            assert answer.log_result is not None
            lines = base64.b64decode(answer.log_result).decode().splitlines()
            assert lines[0] == f"START RequestId: {answer.request_id} Version: $LATEST"
            assert lines[1].startswith("[WARNING]\t")
            assert lines[1].endswith(f"{answer.request_id}\tordered 7")
            assert lines[2] == f"END RequestId: {answer.request_id}"
            assert lines[3].startswith(f"REPORT RequestId: {answer.request_id}\tDuration: 0.00 ms")
            assert plain.log_result is None

    virtually(main)


@pytest.mark.parametrize(
    "settings",
    [{"qualifier": "1"}, {"log_type": "tail"}, {"invocation_type": "event"}],
    ids=["qualifier", "log_type", "invocation_type"],
)
def test_refused_parameters_are_named(settings: dict[str, Any]) -> None:
    """And nothing runs."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(InvalidParameterValueException, match=next(iter(settings))):
                await bus.invoke(work, 1, **settings)

            assert bus.statistics().invocations == 0

    virtually(main)


# What a function did wrong


def error_object(handler: Callable[[Any, Any], Any], **settings: Any) -> dict[str, Any]:
    """What its caller gets; request ids are those of the call."""
    app, work = app_of(handler, **settings)

    async def main() -> dict[str, Any]:
        async with app.start() as bus:
            answer = await bus.invoke(work, None)
            assert (answer.status_code, answer.function_error) == (200, "Unhandled")
            return {"id": answer.request_id, **json.loads(answer.payload)}

    return virtually(main)


async def returns_datetime(event: Any, context: Any) -> Any:
    return datetime(2026, 1, 1, tzinfo=UTC)


async def leaves(event: Any, context: Any) -> None:
    raise SystemExit


@pytest.mark.parametrize(
    ("golden", "handler"),
    [
        ("error_raised", boom),
        ("error_timeout", never),
        ("error_exit", leaves),
        ("error_marshal", returns_datetime),
    ],
)
def test_error_object(golden: str, handler: Callable[[Any, Any], Any]) -> None:
    """Whole, as recorded; its request id is the call's."""
    match({"id": "<request_id>", **load(f"lambda/{golden}")}, error_object(handler, timeout=1))


def test_result_over_its_limit_is_an_error() -> None:
    """6 MB."""

    async def much(event: Any, context: Any) -> str:
        return "a" * 6_291_456

    assert error_object(much)["errorType"] == "Function.ResponseSizeTooLarge"


def test_function_error_comes_from_the_handlers_own() -> None:
    """Type, message, object and cause."""
    app, work = app_of(boom)

    async def main() -> None:
        async with app.start() as bus:
            answer = await bus.invoke(work, None)
            with pytest.raises(FunctionError, match="ValueError: boom") as caught:
                answer.result()

            assert (caught.value.error_type, caught.value.error_message) == ("ValueError", "boom")
            assert caught.value.payload == answer.payload
            assert isinstance(caught.value.__cause__, ValueError)
            assert bus.invocations(work)[0].exception is caught.value.__cause__

    virtually(main)


# Asynchronous invocations


def test_event_is_retried_on_the_bus_clock() -> None:
    """After one minute, and two more; then the dead-letter queue has it."""
    app = App()
    dead = app.add(sqs.Queue("dead"))
    work = app.function(boom, name="work", dead_letter=dead)

    async def main() -> None:
        async with app.start() as bus:
            started = bus.now()
            answer = await bus.invoke(work, {"n": 1}, invocation_type="Event")
            await bus.settle()

            starts = [attempt.start - started for attempt in bus.invocations(work)]
            assert starts == [timedelta(seconds=seconds) for seconds in (0, 60, 180)]
            [message] = await bus[dead].peek()
            assert message.body == '{"n":1}'
            assert message.message_attributes["RequestID"]["string_value"] == answer.request_id

    virtually(main)


def test_destination_may_be_a_function() -> None:
    """It gets the record as its event."""
    app = App()
    lost = app.function(echo, name="lost")
    work = app.function(boom, name="work", on_failure=lost)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, {"n": 1}, invocation_type="Event")
            await bus.settle()

            [attempt] = bus.invocations(lost)
            match(load("lambda/async_retries_exhausted"), attempt.event)

    virtually(main)


# Capacity


def test_reserved_concurrency_refuses_with_its_reason() -> None:
    """429 while another runs; then it passes."""
    app, work = app_of(nap, reserved_concurrent_executions=1)

    async def main() -> None:
        async with app.start() as bus:
            first = asyncio.create_task(bus.invoke(work, 1.0))
            await bus.advance(0.5)
            with pytest.raises(TooManyRequestsException) as caught:
                await bus.invoke(work, 0)

            assert caught.value.status == 429
            assert caught.value.reason == "ReservedFunctionConcurrentInvocationLimitExceeded"
            assert (await first).result() == 1.0
            assert (await bus.invoke(work, 0)).result() == 0
            assert bus.statistics().throttles == 1

    virtually(main)


def test_reserved_concurrency_bounds_events() -> None:
    """They run one after the other, in the order they came, and nothing is refused."""
    app, work = app_of(nap, reserved_concurrent_executions=2)

    async def main() -> None:
        async with app.start() as bus:
            for number in range(6):
                await bus.invoke(work, 1 + number / 1000, invocation_type="Event")
            await bus.settle()

            assert [attempt.event for attempt in bus.invocations(work)] == [1 + n / 1000 for n in range(6)]
            assert (bus.statistics().concurrent_executions, bus.statistics().throttles) == (2, 0)
            assert bus.statistics().now == pytest.approx(3, abs=0.02)

    virtually(main)


def test_zero_reserved_drops_events_at_once() -> None:
    """Accepted, then given up."""
    app = App()
    dead = app.add(sqs.Queue("dead"))
    work = app.function(echo, name="work", reserved_concurrent_executions=0, dead_letter=dead)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 1, invocation_type="Event")
            await bus.settle()

            assert bus.statistics().now == 0
            assert len(await bus[dead].peek()) == 1
            with pytest.raises(TooManyRequestsException):
                await bus.invoke(work, 1)

    virtually(main)


def test_events_wait_for_room_in_the_account() -> None:
    """In their order, without a back-off; a caller is refused meanwhile."""
    app = App(concurrent_executions=2)
    work = app.function(nap, name="work", timeout=10)
    other = app.function(nap, name="other", timeout=10)

    async def main() -> None:
        async with app.start() as bus:
            for _ in range(2):
                await bus.invoke(other, 5.0, invocation_type="Event")
            for number in range(4):
                await bus.invoke(work, 1 + number / 1000, invocation_type="Event")
            await bus.advance(1)
            with pytest.raises(TooManyRequestsException, match="ConcurrentInvocationLimitExceeded"):
                await bus.invoke(work, 0)
            await bus.settle()

            assert [attempt.event for attempt in bus.invocations(work)] == [1.0, 1.001, 1.002, 1.003]
            assert bus.statistics().now == pytest.approx(7, abs=0.01)
            assert bus.statistics().concurrent_executions == 2

    virtually(main)


def test_room_goes_to_one_waiting_event_at_a_time() -> None:
    """Many that wait cost no refusals each time one ends, and no room stays empty."""
    app = App(concurrent_executions=10)
    functions = [app.function(nap, name=name) for name in ("a", "b", "c")]

    async def main() -> None:
        async with app.start() as bus:
            for function in functions:
                for _ in range(30):
                    await bus.invoke(function, 1.0, invocation_type="Event")
            await bus.settle()

            assert (bus.statistics().now, bus.statistics().concurrent_executions) == (9, 10)
            assert bus.statistics().throttles < 30

    virtually(main)


def test_room_left_by_an_event_too_old_goes_to_the_next_queue() -> None:
    """Whoever was told of it first has nothing to send any more."""
    app = App(concurrent_executions=1)
    long = app.function(nap, name="long", timeout=100)
    old = app.function(echo, name="old", maximum_event_age_in_seconds=60)
    young = app.function(echo, name="young")

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(long, 90.0, invocation_type="Event")
            await bus.invoke(old, 1, invocation_type="Event")
            await bus.invoke(young, 1, invocation_type="Event")
            await bus.settle()

            assert (len(bus.invocations(old)), len(bus.invocations(young))) == (0, 1)
            assert bus.statistics().now == 90

    virtually(main)


# Recursion


def test_loop_of_events_is_stopped() -> None:
    """16 runs; the 17th goes to the dead-letter queue."""
    app = App()
    dead = app.add(sqs.Queue("dead"))

    async def again(event: int, context: Any) -> None:
        await current_bus().invoke("again", event + 1, invocation_type="Event")

    work = app.function(again, dead_letter=dead)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 1, invocation_type="Event")
            await bus.settle()

            assert [attempt.event for attempt in bus.invocations(work)] == list(range(1, 17))
            [message] = await bus[dead].peek()
            assert message.body == "17"
            assert message.message_attributes["ErrorCode"]["string_value"] == "400"
            assert bus.statistics().recursive_invocations_dropped == 1

    virtually(main)


def test_loop_through_a_queue_is_stopped() -> None:
    """Messages carry the chain too."""
    app = App()
    dead = app.add(sqs.Queue("dead"))
    queue = app.add(sqs.Queue("orders", redrive=sqs.Redrive(dead, max_receive_count=1)))

    @app.function
    async def again(event: sqs.SqsEvent, context: Any) -> None:
        await current_bus()[queue].send_message("again")

    app.map(queue, again, batch_size=1)

    async def main() -> None:
        async with app.start() as bus:
            await bus[queue].send_message("first")
            await bus.settle()

            assert len(bus.invocations(again)) == 16

    virtually(main)


def test_loop_of_calls_is_refused_in_the_handler() -> None:
    """The innermost caller gets 400."""
    app = App()
    depths: list[int] = []

    async def again(event: int, context: Any) -> Any:
        depths.append(event)
        try:
            answer = await current_bus().invoke("again", event + 1)
        except RecursiveInvocationException as error:
            return f"{event}: {error.code}"
        return answer.result()

    work = app.function(again)

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus.invoke(work, 1)).result() == "16: RecursiveInvocationException"
            assert depths == list(range(1, 17))

    virtually(main)


def test_loop_of_calls_past_the_reservation_is_throttled() -> None:
    """A caller keeps its slot: no deadlock."""
    app = App()

    async def again(event: int, context: Any) -> Any:
        try:
            return (await current_bus().invoke("again", event + 1)).result()
        except TooManyRequestsException as error:
            return [event, error.reason]

    work = app.function(again, reserved_concurrent_executions=3)

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus.invoke(work, 1)).result() == [3, "ReservedFunctionConcurrentInvocationLimitExceeded"]

    virtually(main)


# Time


def test_now_is_an_aware_time() -> None:
    """Virtual time starts at a fixed instant."""
    app, _ = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            assert bus.now() == datetime(2026, 1, 1, tzinfo=UTC)

            await bus.advance(90)
            await bus.advance(timedelta(minutes=1))

            assert bus.now() == datetime(2026, 1, 1, 0, 2, 30, tzinfo=UTC)

    virtually(main)


def test_now_on_a_real_clock_is_about_now() -> None:
    """Aware too."""
    app, _ = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            assert abs(bus.now() - datetime.now(UTC)) < timedelta(seconds=5)

    run(main)


def test_time_does_not_go_back() -> None:
    """Refused."""
    app, _ = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(InvalidParameterValueException, match="seconds=-1"):
                await bus.advance(-1)

    virtually(main)


def test_advance_runs_what_fell_due() -> None:
    """The retry at its very instant too."""
    app, work = app_of(boom)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 1, invocation_type="Event")
            counts = []
            for seconds in (0, 59.9, 0.1, 119.9, 0.1):
                await bus.advance(seconds)
                counts.append(len(bus.invocations(work)))

            assert counts == [1, 1, 2, 2, 3]

    virtually(main)


def test_settle_takes_no_time_when_quiet() -> None:
    """A message without a consumer is not waited for."""
    app = App()
    queue = app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start() as bus:
            await bus[queue].send_message("stays")
            await bus.settle()

            assert bus.statistics().now == 0

    virtually(main)


def test_not_settled_within_a_time() -> None:
    """Names who is busy."""
    app, work = app_of(boom)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 1, invocation_type="Event")
            with pytest.raises(NotSettled, match=r"within 100 s.*function:work:async: 1 outstanding"):
                await bus.settle(within=100)

            assert bus.statistics().now == 100

    virtually(main)


def test_not_settled_within_invocations() -> None:
    """A poison message without a redrive comes back for ever."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    work = app.function(boom, name="work")
    app.map(queue, work)

    async def main() -> None:
        async with app.start() as bus:
            await bus[queue].send_message("poison")
            with pytest.raises(NotSettled, match=r"within 5 invocations.*orders"):
                await bus.settle(invocations=5)

            assert len(bus.invocations(work)) == 5

    virtually(main)


# Seeds


def test_seed_decides_ids() -> None:
    """Equal seeds, equal ids."""
    app, work = app_of(echo)

    def request_id(seed: int | None) -> str:
        async def main() -> str:
            async with app.start(seed=seed) as bus:
                assert bus.seed == (seed or 0)
                return (await bus.invoke(work, 1)).request_id

        return virtually(main)

    assert request_id(7) == request_id(7)
    assert request_id(7) != request_id(8)
    assert request_id(None) == request_id(0)


def test_seed_is_fresh_on_a_real_clock() -> None:
    """Two runs differ."""
    app, _ = app_of(echo)

    async def main() -> int:
        async with app.start() as bus:
            return bus.seed

    assert run(main) != run(main)


def test_statistics_count() -> None:
    """What happened since the start."""
    app = App()
    dead = app.add(sqs.Queue("dead"))
    fails = app.function(boom, name="fails", dead_letter=dead, maximum_retry_attempts=1)
    works = app.function(echo, name="works")

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(works, 1)
            await bus.invoke(fails, 1, invocation_type="Event")
            await bus.settle()

            counted = bus.statistics()
            assert (counted.invocations, counted.failed_invocations, counted.running) == (3, 2, 0)
            assert (counted.async_events_received, counted.async_events_dropped) == (1, 1)
            assert counted.environments == 2
            assert counted.now == 60

    virtually(main)


# Whose bus


def test_call_from_another_loop_is_refused() -> None:
    """Naming both."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:

            async def call() -> None:
                await bus.invoke(work, 1)

            def elsewhere() -> None:
                asyncio.run(call())

            with pytest.raises(NotInBus, match=r"runs on .*Loop.* came from .*Loop"):
                await asyncio.to_thread(elsewhere)

    run(main)


def test_bus_that_has_not_started() -> None:
    """Says how to start it."""
    app, work = app_of(echo)

    async def main() -> None:
        with pytest.raises(NotInBus, match="async with"):
            await app.start().invoke(work, 1)

    virtually(main)


def test_bus_runs_once() -> None:
    """Another needs another start."""
    app, _ = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            pass
        with pytest.raises(NotInBus, match="runs once"):
            await bus.__aenter__()

    virtually(main)


def test_entered_and_left_in_different_tasks() -> None:
    """As fixtures do."""
    app, work = app_of(echo)

    async def main() -> None:
        bus = app.start()
        await asyncio.create_task(bus.__aenter__())

        assert (await bus.invoke(work, 1)).result() == 1

        await asyncio.create_task(bus.__aexit__(None, None, None))

        assert bus.statistics().environments == 0

    virtually(main)


def test_two_buses_of_one_app() -> None:
    """Each has its own queues and its own counters."""
    app = App()
    queue = app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start() as one, app.start() as two:
            await one[queue].send_message("for one")

            assert len(await one[queue].peek()) == 1
            assert len(await two[queue].peek()) == 0

    virtually(main)


def test_unknown_resource_is_not_found() -> None:
    """With what it may have meant."""
    app = App()
    app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(ResourceNotFoundException, match="did you mean orders"):
                bus[sqs.Queue("order")]

    virtually(main)


# Closing


def test_closed_bus_refuses() -> None:
    """Saying so; closing again is allowed."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            await bus.aclose()
            await bus.aclose()
            with pytest.raises(NotInBus, match="closed"):
                await bus.invoke(work, 1)

    virtually(main)


@pytest.mark.parametrize(("drain", "ended", "seconds"), [(0.0, 0, 0), (5.0, 1, 2), (1.0, 0, 1), (None, 3, 180 + 6)])
def test_drain_lets_what_runs_finish(drain: float | None, ended: int, seconds: float) -> None:
    """Nothing new starts, unless everything is settled first."""

    async def slow_boom(event: Any, context: Any) -> None:
        await asyncio.sleep(2)
        raise ValueError("boom")

    app, work = app_of(slow_boom)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 1, invocation_type="Event")
            await bus.advance(0)
            await bus.aclose(drain=drain)

            assert len(bus.invocations(work)) == ended
            assert bus.statistics().now == seconds

    virtually(main)


def test_what_was_dropped_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """By queue."""
    app = App()
    queue = app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start() as bus:
            await bus[queue].send_message("lost")

    with caplog.at_level("INFO", "eventbus.bus"):
        virtually(main)

    [message] = caplog.messages
    assert "orders" in message
    assert "1" in message


def test_handler_is_cancelled_at_close() -> None:
    """Its finally runs."""
    ended: list[str] = []

    async def holds(event: Any, context: Any) -> None:
        try:
            await asyncio.sleep(1)
        finally:
            ended.append("cleaned up")

    app, work = app_of(holds)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 1, invocation_type="Event")
            await bus.advance(0.5)

    virtually(main)

    assert ended == ["cleaned up"]


def test_caller_still_waiting_at_close_is_told() -> None:
    """It does not wait for ever."""
    app, work = app_of(never)

    async def main() -> None:
        async with app.start() as bus:
            waiting = asyncio.create_task(bus.invoke(work, 1))
            await bus.advance(0)
        with pytest.raises(NotInBus, match="closed"):
            await asyncio.wait_for(waiting, 10)

    virtually(main)


def test_settling_at_close_is_told() -> None:
    """Another task may close."""
    app, work = app_of(never, timeout=100)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, 1, invocation_type="Event")
            waiting = asyncio.create_task(bus.settle())
            await bus.advance(1)
        with pytest.raises(NotInBus, match="closed"):
            await asyncio.wait_for(waiting, 10)

    virtually(main)


def test_caller_that_gives_up() -> None:
    """The invocation goes on; its answer is dropped."""
    app, work = app_of(nap)

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(bus.invoke(work, 2.0), 1)
            await bus.settle()

            assert bus.invocations(work)[0].outcome == "succeeded"

    virtually(main)


# Breaking


@define(eq=False)
class Faulty:
    """A machine that breaks the laws."""

    arn: Arn
    how: str
    effects: list[Any] = field(factory=list)
    notes: list[Any] = field(factory=list)
    _due: float = 1.0

    delivery_action: str = "faulty:Deliver"

    def deliver(self, now: float, effect: Any) -> None:
        raise InvalidRequestContentException("meant for a caller")

    def wake(self, now: float) -> None:
        if self.how == "raises":
            raise KeyError("a bug of ours")

    def next_deadline(self) -> float:
        return inf if self.how == "never due" else self._due

    def outstanding(self) -> int:
        return 0


@frozen(eq=False)
class FaultyResource:
    how: str
    arn: Arn = arn_of("faulty", "machine")
    delivery_action: str = "faulty:Deliver"

    def machine(self, birth: Birth) -> Faulty:
        return Faulty(self.arn, self.how)

    def client(self, machine: Faulty, feed: Any) -> Faulty:
        return machine


def faulty_app(how: str) -> App:
    app = App()
    app.add(FaultyResource(how))
    app.function(never, name="work", timeout=100)
    return app


@pytest.mark.parametrize(
    ("how", "words"),
    [("raises", "wake of arn:aws:faulty.*a bug of ours"), ("stays due", "arn:aws:faulty.*due again at once")],
)
def test_broken_machine_breaks_the_bus(how: str, words: str) -> None:
    """Whoever waits is told, later calls and the exit too; the cause is kept."""

    async def main() -> None:
        with pytest.raises(BusBroken, match=words):
            async with faulty_app(how).start() as bus:
                waiting = asyncio.create_task(bus.invoke("work", 1))
                with pytest.raises(BusBroken, match=words):
                    await bus.advance(2)
                with pytest.raises(BusBroken, match=words) as caught:
                    await waiting
                with pytest.raises(BusBroken, match=words):
                    await bus.invoke("work", 1)
                with pytest.raises(BusBroken, match=words):
                    await bus.settle()

                assert isinstance(caught.value.__cause__, KeyError if how == "raises" else RuntimeError)

    virtually(main)


def test_refusal_out_of_an_effect_breaks_the_bus() -> None:
    """Only what a call itself refuses is its caller's fault."""
    app = App()
    target = app.add(FaultyResource("never due"))
    work = app.function(echo, name="work", reserved_concurrent_executions=0, dead_letter=target)

    async def main() -> None:
        with pytest.raises(BusBroken, match="meant for a caller"):
            async with app.start() as bus:
                await bus.invoke(work, 1, invocation_type="Event")

    virtually(main)


def test_error_of_the_body_is_not_hidden() -> None:
    """The first error of a test is its own."""

    async def main() -> None:
        with pytest.raises(ZeroDivisionError):
            async with faulty_app("raises").start() as bus:
                with pytest.raises(BusBroken):
                    await bus.advance(2)
                raise ZeroDivisionError

    virtually(main)


def test_environment_cancelled_from_outside_breaks_the_bus() -> None:
    """The host itself is not cancelled."""
    app, work = app_of(nap, timeout=10)

    async def main() -> None:
        with pytest.raises(BusBroken, match="environment 1 of work"):
            async with app.start() as bus:
                waiting = asyncio.create_task(bus.invoke(work, 5.0))
                await bus.advance(1)
                [task] = [task for task in asyncio.all_tasks() if task.get_name().startswith("eventbus environment")]
                task.cancel()
                with pytest.raises(BusBroken):
                    await waiting

    virtually(main)
