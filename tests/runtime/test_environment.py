"""Execution environments: how handlers run, end, and are ended."""

import asyncio
import contextvars
import os
import threading
import time
from typing import Any

import pytest

from eventbus import App, BusBroken, Function, FunctionError, NotInBus, Profile, current_bus, run
from sources import sqs
from tests.helpers import app_of, boom, echo, virtually

WITH_GRACE = Profile(timeout_grace=2)


async def error_type(bus: Any, function: Any, event: Any = None) -> str:
    """What the function fails with."""
    with pytest.raises(FunctionError) as caught:
        (await bus.invoke(function, event)).result()
    return caught.value.error_type


# Timeouts


def test_timeout_of_an_async_handler() -> None:
    """At its very second; the environment is not used again."""
    streams: list[str] = []

    async def sleeps(event: float, context: Any) -> None:
        streams.append(context.log_stream_name)
        await asyncio.sleep(event)

    app, work = app_of(sleeps, timeout=3)

    async def main() -> None:
        async with app.start() as bus:
            assert await error_type(bus, work, 10) == "Sandbox.Timedout"
            assert bus.statistics().now == 3

            (await bus.invoke(work, 1)).result()

            assert [attempt.outcome for attempt in bus.invocations(work)] == ["timed out", "succeeded"]
            assert streams[0] != streams[1]

    virtually(main)


def test_timed_out_handler_gets_no_grace_in_virtual_time() -> None:
    """It may clean up as far as that takes no waiting; awaits in its finally never end."""
    seen: list[str] = []

    async def tidy(event: Any, context: Any) -> None:
        try:
            await asyncio.sleep(10)
        finally:
            seen.append("at once")
            await asyncio.sleep(0.1)
            seen.append("later")

    app, work = app_of(tidy, timeout=1)

    async def main() -> None:
        async with app.start() as bus:
            await error_type(bus, work)
            await bus.advance(100)

            assert seen == ["at once"]

    virtually(main)


@pytest.mark.parametrize(("cleaning", "finished", "ended_at"), [(1.5, ["done"], 2.5), (2.5, [], 3.0)])
def test_grace_lets_a_handler_clean_up(cleaning: float, finished: list[str], ended_at: float) -> None:
    """Up to its length; the attempt has timed out all the same."""
    seen: list[str] = []

    async def tidy(event: Any, context: Any) -> None:
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(cleaning)
            seen.append("done")

    app, work = app_of(tidy, timeout=1)

    async def main() -> None:
        async with app.start(profile=WITH_GRACE) as bus:
            assert await error_type(bus, work) == "Sandbox.Timedout"
            assert bus.statistics().now == ended_at

            await bus.advance(100)

            assert seen == finished

    virtually(main)


@pytest.mark.parametrize("grace", [0.0, 2.0])
def test_handler_that_swallows_cancellation(grace: float) -> None:
    """It is abandoned: it neither holds up time nor the close."""
    rounds: list[int] = []

    async def stubborn(event: Any, context: Any) -> None:
        while True:
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                rounds.append(1)

    app, work = app_of(stubborn, timeout=1)

    async def main() -> None:
        async with app.start(profile=Profile(timeout_grace=grace)) as bus:
            assert await error_type(bus, work) == "Sandbox.Timedout"
            assert bus.statistics().now == 1 + grace

            await bus.advance(1_000)

            assert len(rounds) == 1

    virtually(main)


def test_result_within_the_grace_does_not_count() -> None:
    """A handler that swallows its cancellation and returns has timed out."""

    async def late(event: Any, context: Any) -> str:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            return "late"
        return "never"

    app, work = app_of(late, timeout=1)

    async def main() -> None:
        async with app.start(profile=WITH_GRACE) as bus:
            assert await error_type(bus, work) == "Sandbox.Timedout"

    virtually(main)


def test_def_handler_that_sleeps_times_out_in_virtual_time() -> None:
    """With `wall_clock=True` time.sleep is the bus's time."""

    def sleeps(event: Any, context: Any) -> None:
        time.sleep(50)

    app, work = app_of(sleeps, timeout=3)

    async def main() -> None:
        async with app.start() as bus:
            assert await error_type(bus, work) == "Sandbox.Timedout"
            assert bus.statistics().now == 3

    run(main, virtual=True, wall_clock=True)


def test_def_handler_that_never_returns() -> None:
    """Takes its timeout in real seconds, one here: outside work can't be hurried. Later invocations get a new thread."""
    hold = threading.Event()
    threads: list[threading.Thread] = []

    def hangs(event: Any, context: Any) -> None:
        threads.append(threading.current_thread())
        if event:
            hold.wait()

    app, work = app_of(hangs, timeout=1)

    async def main() -> None:
        async with app.start() as bus:
            began = time.perf_counter()

            assert await error_type(bus, work, True) == "Sandbox.Timedout"
            assert 0.9 < time.perf_counter() - began < 5
            assert bus.statistics().now == 1

            (await bus.invoke(work, False)).result()

            assert threads[0] is not threads[1]

    virtually(main)
    hold.set()


def test_invocation_over_the_bus_is_closed_to_its_thread() -> None:
    """A thread that comes back after its timeout can do nothing any more; a real second passes."""
    hold, said = threading.Event(), threading.Event()
    errors: list[BaseException] = []

    def hangs(event: Any, context: Any) -> None:
        bus = current_bus()
        hold.wait()
        try:
            bus.sync.invoke("work")
        except NotInBus as error:
            errors.append(error)
        said.set()

    app, work = app_of(hangs, timeout=1)

    async def main() -> None:
        async with app.start() as bus:
            await error_type(bus, work)
            hold.set()
            said.wait(5)

            assert "over" in str(errors[0])
            assert bus.statistics().invocations == 1

    virtually(main)


def test_timeout_on_a_real_clock() -> None:
    """One real second; the cleaning up runs."""
    seen: list[str] = []

    async def tidy(event: Any, context: Any) -> None:
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(0)
            seen.append("done")

    app, work = app_of(tidy, timeout=1)

    async def main() -> None:
        async with app.start() as bus:
            assert await error_type(bus, work) == "Sandbox.Timedout"
            assert seen == ["done"]

    run(main)


def test_remaining_time_counts_down() -> None:
    """In milliseconds of the bus's clock."""

    async def looks(event: Any, context: Any) -> list[int]:
        before = context.get_remaining_time_in_millis()
        await asyncio.sleep(1.25)
        return [before, context.get_remaining_time_in_millis()]

    app, work = app_of(looks, timeout=3)

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus.invoke(work)).result() == [3_000, 1_750]

    virtually(main)


# Other ends


def exits(code: int | str | None) -> Any:
    async def handler(event: Any, context: Any) -> None:
        raise SystemExit(code)

    return handler


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, "exited without providing a reason"),
        (0, "exited without providing a reason"),
        (3, "exited with error: exit status 3"),
        ("why", "exited with error: exit status 1"),
    ],
)
def test_exit_is_an_error_of_the_runtime(code: Any, words: str) -> None:
    """The bus goes on, in a new environment."""
    app, work = app_of(exits(code))

    async def main() -> None:
        async with app.start() as bus:
            for _ in range(2):
                with pytest.raises(FunctionError, match=words) as caught:
                    (await bus.invoke(work)).result()

                assert caught.value.error_type == "Runtime.ExitError"

            await bus.advance(0)

            assert bus.statistics().environments == 0

    virtually(main)


def test_def_handler_that_exits() -> None:
    """The thread ends with its environment, not with the process."""

    def leaves(event: Any, context: Any) -> None:
        raise SystemExit(2)

    app, work = app_of(leaves)

    async def main() -> None:
        async with app.start() as bus:
            assert await error_type(bus, work) == "Runtime.ExitError"

            await bus.advance(0)

            assert bus.statistics().environments == 0

    virtually(main)


@pytest.mark.parametrize("how", ["raised", "awaited"])
def test_cancellation_from_inside_is_a_failure(how: str) -> None:
    """The environment stays."""

    async def cancelled(event: Any, context: Any) -> None:
        if how == "raised":
            raise asyncio.CancelledError
        future = asyncio.get_running_loop().create_future()
        future.cancel()
        await future

    app, work = app_of(cancelled)

    async def main() -> None:
        async with app.start() as bus:
            assert await error_type(bus, work) == "CancelledError"
            assert await error_type(bus, work) == "CancelledError"
            assert bus.statistics().environments == 1

    virtually(main)


def test_handler_that_cancels_its_own_task() -> None:
    """Can't be told from a cancellation from outside: the bus says so and stops, rather than guess."""

    async def hasty(event: Any, context: Any) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(1)

    app, work = app_of(hasty)

    async def main() -> None:
        with pytest.raises(BusBroken, match=r"environment 1 of work.*cancelled from outside"):
            async with app.start() as bus:
                await bus.invoke(work)

    virtually(main)


def test_timeout_scopes_inside_a_handler() -> None:
    """Are its own affair."""

    async def careful(event: Any, context: Any) -> str:
        try:
            async with asyncio.timeout(1):
                await asyncio.sleep(10)
        except TimeoutError:
            return "gave up"
        return "never"

    app, work = app_of(careful, timeout=3)

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus.invoke(work)).result() == "gave up"
            assert bus.statistics().now == 1

    virtually(main)


def test_stack_of_a_failure_is_the_handlers() -> None:
    """No frame of ours."""
    app, work = app_of(boom)

    async def main() -> None:
        async with app.start() as bus:
            answer = await bus.invoke(work)

            assert b"eventbus/runtime" not in answer.payload
            assert b"in boom" in answer.payload

    virtually(main)


@pytest.mark.parametrize("kind", ["thread", "inline"])
def test_def_handler_answers_and_fails(kind: Any) -> None:
    """On its thread, or on the loop."""

    def divides(event: int, context: Any) -> float:
        return 1 / event

    app, work = app_of(divides, run=kind)

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus.invoke(work, 2)).result() == 0.5
            assert await error_type(bus, work, 0) == "ZeroDivisionError"

    virtually(main)


def test_def_handler_on_a_real_clock() -> None:
    """The loop goes on while it runs."""
    seen: list[str] = []
    hold = threading.Event()

    def waits(event: Any, context: Any) -> bool:
        return hold.wait(10)

    app, work = app_of(waits, timeout=10)

    async def main() -> None:
        async with app.start() as bus:
            waiting = asyncio.create_task(bus.invoke(work))
            await bus.advance(0.01)
            seen.append("the loop ran")
            hold.set()

            assert (await waiting).result() is True

    run(main)

    assert seen == ["the loop ran"]


# What an invocation sees


@pytest.mark.parametrize("kind", ["async", "thread", "inline"])
def test_context_variables_do_not_leak(kind: str) -> None:
    """Each invocation starts from the bus's own context."""
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")

    def handler(event: str, context: Any) -> str:
        before = variable.get()
        variable.set(event)
        return before

    async def async_handler(event: str, context: Any) -> str:
        return handler(event, context)

    settings: Any = {"async": {}, "thread": {"run": "thread"}, "inline": {"run": "inline"}}[kind]
    app, work = app_of(async_handler if kind == "async" else handler, **settings)

    async def main() -> None:
        variable.set("of the host")
        async with app.start() as bus:
            variable.set("of a later caller")

            assert [(await bus.invoke(work, "mine")).result() for _ in range(2)] == ["of the host"] * 2

    virtually(main)


def test_thread_locals_stay_warm() -> None:
    """One environment, one thread, one event loop of its own."""
    local = threading.local()

    def counts(event: Any, context: Any) -> list[Any]:
        local.count = getattr(local, "count", 0) + 1
        return [local.count, threading.current_thread().daemon, asyncio.run(echo(7, None))]

    app, work = app_of(counts)

    async def main() -> None:
        async with app.start() as bus:
            assert [(await bus.invoke(work)).result() for _ in range(3)] == [[n, True, 7] for n in (1, 2, 3)]

    virtually(main)


def test_current_bus_in_tasks_and_threads() -> None:
    """And nowhere else."""
    found: list[Any] = []

    async def looks(event: Any, context: Any) -> None:
        async def inside() -> None:
            found.append(current_bus())

        found.append(current_bus())
        await asyncio.create_task(inside())

    def looks_too(event: Any, context: Any) -> None:
        found.append(current_bus())
        thread = threading.Thread(target=lambda: found.append(current_bus()))
        thread.start()
        thread.join()

    app = App()
    first, second = app.function(looks), app.function(looks_too)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(first)
            await bus.invoke(second)

            assert found == [bus] * 4
            with pytest.raises(NotInBus, match="inside a handler"):
                current_bus()

    virtually(main)


@pytest.mark.parametrize("virtual", [True, False], ids=["virtual", "real"])
def test_def_handler_uses_the_bus(virtual: bool) -> None:
    """Through bus.sync: clients, invoking, waiting."""
    app = App()
    queue = app.add(sqs.Queue("orders"))

    async def doubles(event: int, context: Any) -> int:
        await asyncio.sleep(0.01)
        return 2 * event

    double = app.function(doubles)

    @app.function
    def sends(event: int, context: Any) -> Any:
        bus = current_bus()
        bus.sync[queue].send_message("hello")
        answer: Any = bus.sync.invoke(double, event).result()
        return answer

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus.invoke(sends, 21)).result() == 42
            assert [message.body for message in await bus[queue].peek()] == ["hello"]

    run(main, virtual=virtual)


def test_def_handlers_invoke_each_other() -> None:
    """Each waits on its own thread."""
    app = App()

    def fibonacci(event: int, context: Any) -> int:
        if event < 2:
            return event
        sync = current_bus().sync
        one, two = (sync.invoke("fibonacci", event - n).result() for n in (1, 2))
        return int(one + two)

    work = app.function(fibonacci)

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus.invoke(work, 6)).result() == 8

    virtually(main)


def test_inline_handler_can_wait_for_nothing() -> None:
    """Sending takes no time and works; waiting is refused."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    sleeper: Function[Any, None] = app.function(lambda event, context: None, name="other")

    @app.function(run="inline")
    def sends(event: Any, context: Any) -> None:
        current_bus().sync[queue].send_message("hello")
        current_bus().sync.invoke(sleeper)

    async def main() -> None:
        async with app.start() as bus:
            assert await error_type(bus, sends) == "NotInBus"
            assert len(await bus[queue].peek()) == 1

    virtually(main)


def test_environ_is_set_and_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all functions, while the bus runs."""
    monkeypatch.setenv("TABLE", "mine")
    monkeypatch.delenv("STAGE", raising=False)

    async def looks(event: Any, context: Any) -> list[Any]:
        return [os.environ.get("TABLE"), os.environ.get("STAGE")]

    app, work = app_of(looks, environment={"TABLE": "orders", "STAGE": "test"})

    async def main() -> None:
        async with app.start(environ=True) as bus:
            assert (await bus.invoke(work)).result() == ["orders", "test"]

        assert (os.environ.get("TABLE"), os.environ.get("STAGE")) == ("mine", None)

    virtually(main)


def test_context_shows_its_function() -> None:
    """As on AWS."""

    async def looks(event: Any, context: Any) -> list[Any]:
        return [
            context.function_name,
            context.function_version,
            context.invoked_function_arn,
            context.memory_limit_in_mb,
            context.log_group_name,
            context.aws_request_id,
        ]

    app, work = app_of(looks, memory_size=256)

    async def main() -> None:
        async with app.start() as bus:
            answer = await bus.invoke(work)

            arn = "arn:aws:lambda:us-east-1:000000000000:function:work"
            assert answer.result() == ["work", "$LATEST", arn, "256", "/aws/lambda/work", answer.request_id]

    virtually(main)


# Warm and cold


async def stream(event: Any, context: Any) -> str:
    await asyncio.sleep(event or 0)
    return str(context.log_stream_name)


def test_cold_start_shows() -> None:
    """A new log stream for each environment, the same while it is warm."""
    app, work = app_of(stream)

    async def main() -> None:
        async with app.start() as bus:
            together = await asyncio.gather(*(bus.invoke(work, 1) for _ in range(2)))
            after = await bus.invoke(work, 0)

            first, second = (answer.result() for answer in together)
            assert first.startswith("2026/01/01/[$LATEST]")
            assert first != second
            assert after.result() in (first, second)

    virtually(main)


@pytest.mark.parametrize(("pause", "warm"), [(299.0, True), (301.0, False)])
def test_idle_environments_end(pause: float, warm: bool) -> None:
    """After five minutes unused."""
    app, work = app_of(stream)

    async def main() -> None:
        async with app.start() as bus:
            before = (await bus.invoke(work)).result()
            await bus.advance(pause)

            assert bus.statistics().environments == warm
            assert ((await bus.invoke(work)).result() == before) is warm

    virtually(main)


def test_failure_keeps_the_environment() -> None:
    """Only timeouts and exits burn it."""
    app, work = app_of(boom)

    async def main() -> None:
        async with app.start() as bus:
            for _ in range(3):
                await error_type(bus, work)

            assert bus.statistics().environments == 1

    virtually(main)


def test_threads_end_with_their_bus() -> None:
    """Nothing is left."""

    def nothing(event: Any, context: Any) -> None:
        return

    app, work = app_of(nothing, name="ending")

    async def main() -> list[threading.Thread]:
        async with app.start() as bus:
            await bus.invoke(work)
            return [thread for thread in threading.enumerate() if thread.name == "eventbus ending 1"]

    [thread] = virtually(main)
    thread.join(5)

    assert not thread.is_alive()
