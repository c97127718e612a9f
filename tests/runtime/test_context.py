"""The context object, and how code finds its bus."""

import asyncio
import contextvars
import threading
from typing import Any

import pytest

from eventbus import App, Context, NotInBus, Profile, current_bus, run
from tests.helpers import app_of, virtually


def test_context_is_lambdas() -> None:
    """Every member, those of mobile clients empty."""
    contexts: list[Context] = []

    async def keeps(event: Any, context: Context) -> None:
        contexts.append(context)

    app, work = app_of(keeps, memory_size=256)

    async def main() -> None:
        async with app.start() as bus:
            answer = await bus.invoke(work)
            [context] = contexts

            assert context.aws_request_id == answer.request_id
            assert (context.function_name, context.function_version) == ("work", "$LATEST")
            assert context.invoked_function_arn == work.arn
            assert context.memory_limit_in_mb == "256"
            assert context.log_group_name == "/aws/lambda/work"
            assert context.log_stream_name.startswith("2026/01/01/[$LATEST]")
            assert len(context.log_stream_name) == len("2026/01/01/[$LATEST]") + 32
            assert context.client_context is None
            assert context.identity.cognito_identity_id is None
            assert context.identity.cognito_identity_pool_id is None

    virtually(main)


def test_remaining_time_ends_at_zero() -> None:
    """At the timeout, in the grace after it, and for code that kept the context."""
    seen: list[int] = []
    contexts: list[Context] = []

    async def late(event: Any, context: Context) -> None:
        contexts.append(context)
        try:
            seen.append(context.get_remaining_time_in_millis())
            await asyncio.sleep(0.9999)
            seen.append(context.get_remaining_time_in_millis())
            await asyncio.sleep(10)
        finally:
            seen.append(context.get_remaining_time_in_millis())

    app, work = app_of(late, timeout=1)

    async def main() -> None:
        async with app.start(profile=Profile(timeout_grace=2)) as bus:
            await bus.invoke(work)

            assert seen == [1_000, 0, 0]
            assert contexts[0].get_remaining_time_in_millis() == 0

    virtually(main)


def test_remaining_time_of_an_invocation_that_has_ended() -> None:
    """None, though its environment stays warm."""
    contexts: list[Context] = []

    async def keeps(event: Any, context: Context) -> None:
        contexts.append(context)

    app, work = app_of(keeps)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work)
            await bus.advance(1)

            assert contexts[0].get_remaining_time_in_millis() == 0

    virtually(main)


def test_task_left_behind_keeps_its_bus() -> None:
    """What a handler started and left is its own."""
    found: list[Any] = []
    tasks: list[asyncio.Task[None]] = []

    async def leaves(event: Any, context: Any) -> None:
        async def later() -> None:
            await asyncio.sleep(5)
            found.append(current_bus())

        tasks.append(asyncio.create_task(later()))

    app, work = app_of(leaves)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work)
            await bus.advance(6)

            assert found == [bus]

    virtually(main)


def test_nothing_of_an_invocation_stays_with_the_caller() -> None:
    """Before, between and after invocations there is no current bus."""

    async def nothing(event: Any, context: Any) -> None:
        return

    app, work = app_of(nothing)

    async def main() -> None:
        async with app.start() as bus:
            for _ in range(2):
                with pytest.raises(NotInBus, match="inside a handler"):
                    current_bus()
                await bus.invoke(work)

    virtually(main)


def found_in_a_thread(run_it: Any) -> Any:
    """What `current_bus()` says in a thread that is started now."""
    found: list[Any] = []

    def look() -> None:
        try:
            found.append(current_bus())
        except NotInBus as error:
            found.append(str(error))

    thread = threading.Thread(target=run_it, args=(look,))
    thread.start()
    thread.join()
    return found[0]


def test_threads_of_several_handlers() -> None:
    """Whose thread it is can't be told: it says so, and copying the context helps; real time, as both run at once."""
    both = threading.Barrier(2)
    found: list[Any] = []

    def starts(event: Any, context: Any) -> None:
        both.wait(5)
        found.append(found_in_a_thread(lambda look: look()))
        found.append(found_in_a_thread(contextvars.copy_context().copy().run))
        both.wait(5)

    app, work = app_of(starts, timeout=10)

    async def main() -> None:
        async with app.start() as bus:
            await asyncio.gather(bus.invoke(work), bus.invoke(work))

            assert [each for each in found if each is bus] == [bus, bus]
            assert all("copy_context" in each for each in found if each is not bus)
            assert len(found) == 4

    run(main)


def test_cause_follows_what_a_handler_sends() -> None:
    """Through tasks, threads and further functions: the trace knows what came of what."""
    app = App()
    ids: dict[str, str] = {}

    @app.function
    async def last(event: Any, context: Any) -> None:
        ids["last"] = context.aws_request_id

    @app.function
    def middle(event: Any, context: Any) -> None:
        ids["middle"] = context.aws_request_id
        current_bus().sync.invoke(last)

    @app.function
    async def first(event: Any, context: Any) -> None:
        ids["first"] = context.aws_request_id
        await asyncio.create_task(current_bus().invoke(middle, invocation_type="Event"))

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(first)
            await bus.settle()

            told = str(bus.trace(ids["first"]))
            assert ids["middle"] in told
            assert ids["last"] in told

    virtually(main)
