"""The bus for code that can't await."""

import asyncio
import gc
import threading
from datetime import timedelta
from typing import Any

import pytest

from eventbus import App, NotInBus, ServiceError, run
from sources import sqs
from tests.helpers import app_of, boom, echo, virtually


def in_thread(call: Any) -> Any:
    """What `call()` returns or raises, in a thread of its own."""
    ended: list[Any] = []

    def work() -> None:
        try:
            ended.append(call())
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(5)
    assert ended, "it hangs"
    return ended[0]


def test_same_operations_blocking() -> None:
    """Clients, invoke, settle, advance, now, invocations."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    works = app.function(echo, name="works")
    fails = app.function(boom, name="fails")

    with app.start_sync(virtual=True) as sync:
        began = sync.now()

        assert sync.invoke(works, 7).result() == 7
        assert sync[queue].send_message("hello").message_id
        assert [message.body for message in sync[queue].peek()] == ["hello"]
        assert sync.invoke(fails, 1, invocation_type="Event").status_code == 202

        sync.settle()
        assert sync.now() - began == timedelta(seconds=180)
        assert len(sync.invocations(fails)) == 3

        sync.advance(timedelta(minutes=1))
        assert sync.now() - began == timedelta(seconds=240)


def test_operations_have_their_names() -> None:
    """And what is no operation is refused as by the client."""
    app = App()
    queue = app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start() as bus:
            assert bus.sync[queue].send_message.__name__ == "send_message"
            with pytest.raises(AttributeError, match="sned_message"):
                bus.sync[queue].sned_message("x")

    virtually(main)


def test_errors_arrive_as_they_are() -> None:
    """From another thread too."""
    app, _ = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            error = await asyncio.to_thread(in_thread, lambda: bus.sync.invoke("wrok", 1))

            assert isinstance(error, ServiceError)
            assert error.code == "ResourceNotFoundException"

    run(main)


def test_on_the_loop_itself() -> None:
    """What takes no waiting is done, anything else refused and not begun."""
    app = App()
    queue = app.add(sqs.Queue("orders"))

    async def main() -> None:
        async with app.start() as bus:
            bus.sync[queue].send_message("hello")
            with pytest.raises(NotInBus, match="await it, or use a thread"):
                bus.sync.advance(5)
            with pytest.raises(NotInBus, match="await it, or use a thread"):
                bus.from_thread(bus.advance, 5)

            assert bus.statistics().now == 0
            assert len(await bus[queue].peek()) == 1

    virtually(main)


def test_calls_of_a_thread_keep_its_context() -> None:
    """`from_thread` with arguments; its result."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:

            async def add(a: int, b: int) -> int:
                return int((await bus.invoke(work, a + b)).result())

            assert await asyncio.to_thread(bus.from_thread, add, 3, 4) == 7

    run(main)


def test_nobody_waits_for_a_loop_that_does_not_run() -> None:
    """Before the start, between two runs of the loop, and when it is gone; nothing is left unawaited."""
    app, work = app_of(echo)
    loop = asyncio.new_event_loop()

    not_started = in_thread(lambda: app.start().sync.invoke(work, 1))
    bus = loop.run_until_complete(app.start().__aenter__())
    between = in_thread(lambda: bus.sync.invoke(work, 1))
    loop.run_until_complete(bus.aclose())
    loop.close()
    gone = in_thread(lambda: bus.sync.invoke(work, 1))
    gc.collect()

    assert [type(error) for error in (not_started, between, gone)] == [NotInBus] * 3
    assert "not started" in str(not_started)
    assert "not running" in str(between)


def test_closed_bus_refuses_threads() -> None:
    """Saying so."""
    app, work = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            pass
        error = await asyncio.to_thread(in_thread, lambda: bus.sync.invoke(work, 1))

        assert isinstance(error, NotInBus)
        assert "closed" in str(error)

    run(main)
