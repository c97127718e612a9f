"""Threads of `def` environments: what they may ask of the bus, and how they end."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from eventbus import App, FunctionError, NotInBus, VirtualLoop, current_bus, run
from eventbus.runtime.context import OVER
from eventbus.runtime.handler_thread import Ended, HandlerThread
from sources import sqs
from tests.helpers import app_of, echo, virtually

ENVIRON = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}


async def error_type(bus: Any, function: Any, event: Any = None) -> str:
    with pytest.raises(FunctionError) as caught:
        (await bus.invoke(function, event)).result()
    return caught.value.error_type


def wait_for_threads() -> None:
    """Until those of handlers have ended."""
    for thread in threading.enumerate():
        if thread.name.startswith("eventbus "):
            thread.join(5)
            assert not thread.is_alive(), thread.name


@pytest.mark.parametrize("virtual", [True, False], ids=["virtual", "real"])
def test_sub_thread_uses_the_bus(virtual: bool) -> None:
    """While its handler waits for it."""
    app = App()
    queue = app.add(sqs.Queue("orders"))
    work = app.function(echo, name="work")

    @app.function
    def starts(event: Any, context: Any) -> Any:
        answers: list[Any] = []

        def inside() -> None:
            sync = current_bus().sync
            sync[queue].send_message("from below")
            answers.append(sync.invoke(work, 7).result())

        thread = threading.Thread(target=inside)
        thread.start()
        thread.join(5)
        return answers

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus.invoke(starts)).result() == [7]
            assert [message.body for message in await bus[queue].peek()] == ["from below"]

    run(main, virtual=virtual)


@pytest.mark.parametrize("virtual", [True, False], ids=["virtual", "real"])
def test_handlers_invoke_each_other(virtual: bool) -> None:
    """Each waits on a thread of its own."""
    app = App()

    def countdown(event: int, context: Any) -> list[int]:
        if not event:
            return [0]
        return [event, *current_bus().sync.invoke("countdown", event - 1).result()]

    work = app.function(countdown, timeout=10)

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus.invoke(work, 4)).result() == [4, 3, 2, 1, 0]
            assert len(bus.invocations(work)) == 5

    run(main, virtual=virtual)


def test_errors_of_the_bus_reach_the_handler() -> None:
    """As they are."""
    app = App()
    queue = app.add(sqs.Queue("orders"))

    @app.function
    def careless(event: Any, context: Any) -> str:
        with pytest.raises(sqs.MissingParameter):
            current_bus().sync[queue].send_message("")
        return "told"

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus.invoke(careless)).result() == "told"

    virtually(main)


def test_one_thread_at_a_time_in_virtual_time() -> None:
    """In the order in which they were invoked, however long each takes."""
    seen: list[str] = []

    def busy(event: str, context: Any) -> None:
        seen.append(f"{event} begins")
        time.sleep(0.002)
        seen.append(f"{event} ends")

    app, work = app_of(busy)

    async def main() -> None:
        async with app.start() as bus:
            await asyncio.gather(*(bus.invoke(work, name) for name in "abc"))

    virtually(main)

    assert seen == [f"{name} {what}" for name in "abc" for what in ("begins", "ends")]


def test_warm_again_after_time_stood_still() -> None:
    """A handler that outlasts its timeout in real seconds while something holds the clock ends as usual, and its
    environment answers at once afterwards; the first takes a real second."""

    def works(event: float, context: Any) -> float:
        time.sleep(event)
        return event

    app, work = app_of(works, timeout=1)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        async with app.start() as bus:
            with loop.hold("a test"):
                assert (await bus.invoke(work, 1.2)).result() == 1.2

            began = time.perf_counter()
            for _ in range(3):
                assert (await bus.invoke(work, 0)).result() == 0
            assert time.perf_counter() - began < 0.9
            assert bus.statistics().environments == 1

    virtually(main)


def test_handler_that_outlives_its_invocation_is_refused() -> None:
    """Whether it asked before the timeout or asks after it; then its thread ends."""
    errors: list[str] = []

    def asks(event: Any, context: Any) -> None:
        sync = current_bus().sync
        for _ in range(2):
            try:
                sync.advance(100)
            except NotInBus as error:
                errors.append(str(error))

    app, work = app_of(asks, timeout=3)

    async def main() -> None:
        async with app.start() as bus:
            assert await error_type(bus, work) == "Sandbox.Timedout"
            assert bus.statistics().now == 3

    virtually(main)
    wait_for_threads()

    assert len(errors) == 2
    assert all("invocation is over" in error for error in errors)


def test_sleep_of_an_abandoned_handler_ends() -> None:
    """With `wall_clock=True` it is the bus's time; once the invocation is over it is the thread's own again."""

    def sleeps(event: Any, context: Any) -> None:
        try:
            time.sleep(100)
        except NotInBus:
            time.sleep(0.01)

    app, work = app_of(sleeps, timeout=3)

    async def main() -> None:
        async with app.start() as bus:
            assert await error_type(bus, work) == "Sandbox.Timedout"

    run(main, virtual=True, wall_clock=True)
    wait_for_threads()


def asks(thread: HandlerThread, answers: list[str]) -> None:
    try:
        thread.ask(asyncio.sleep(0))
    except NotInBus as error:
        answers.append(str(error))


def test_question_that_comes_too_late_is_refused() -> None:
    """Whether it was posted before the invocation was over or comes after: nobody would take it."""
    answers: list[str] = []

    async def main() -> None:
        thread = HandlerThread("eventbus late", asyncio.get_running_loop())
        thread._open = True
        asker = threading.Thread(target=asks, args=(thread, answers))
        asker.start()
        while thread._posted.empty():
            os.sched_yield()
        assert thread._shut() is None
        asker.join(5)
        asks(thread, answers)
        thread.retire()

    virtually(main)

    assert answers == [OVER, OVER]


def test_end_that_was_posted_counts() -> None:
    """Even if the loop had stopped waiting for it; a later one comes the other way."""

    async def main() -> None:
        thread = HandlerThread("eventbus ending", asyncio.get_running_loop())
        thread._open = True
        end = Ended(7)

        assert thread._post(end)
        assert thread._shut() is end
        assert not thread._post(end)
        thread.retire()

    virtually(main)


def test_sleep_outside_an_invocation_is_real() -> None:
    """A few milliseconds here: there is no virtual time to wait for."""

    async def main() -> None:
        thread = HandlerThread("eventbus sleeping", asyncio.get_running_loop())
        began = time.perf_counter()
        thread._sleep(0.01)

        assert time.perf_counter() - began >= 0.009
        thread.retire()

    virtually(main)


def test_thread_left_behind_by_a_handler() -> None:
    """It finds the bus as any other thread once its handler has returned."""
    hold, said = threading.Event(), threading.Event()
    found: list[Any] = []

    def leaves(event: Any, context: Any) -> None:
        bus = current_bus()

        def later() -> None:
            hold.wait(5)
            found.append(bus.sync.invoke("other", 7).result())
            said.set()

        threading.Thread(target=later).start()

    app, work = app_of(leaves)
    app.function(echo, name="other")

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work)
            hold.set()
            await asyncio.to_thread(said.wait, 5)

            assert found == [7]

    run(main)


def test_closing_frees_a_handler_that_waits_for_the_bus() -> None:
    """It is told, and its thread ends."""
    errors: list[str] = []

    def waits(event: Any, context: Any) -> None:
        try:
            current_bus().sync.advance(100)
        except NotInBus as error:
            errors.append(str(error))
            raise

    app, work = app_of(waits, timeout=200)

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, invocation_type="Event")
            await bus.advance(5)

    virtually(main)
    wait_for_threads()

    assert len(errors) == 1


def test_loop_of_the_thread_is_its_own() -> None:
    """Set for `asyncio.get_event_loop`, the same while warm, and never the bus's."""
    loops: list[Any] = []

    def looks(event: Any, context: Any) -> int:
        loop = asyncio.get_event_loop()
        loops.append(loop)
        return int(loop.run_until_complete(echo(7, None)))

    app, work = app_of(looks)

    async def main() -> None:
        async with app.start() as bus:
            assert [(await bus.invoke(work)).result() for _ in range(2)] == [7, 7]
            assert loops[0] is loops[1]
            assert loops[0] is not bus.loop

    virtually(main)
    wait_for_threads()

    assert loops[0].is_closed()


@pytest.mark.parametrize("virtual", [True, False], ids=["virtual", "real"])
def test_process_ends_though_a_handler_never_does(virtual: bool, tmp_path: Path) -> None:
    """Reported at its timeout, one real second on either clock: outside work can't be hurried."""
    script = tmp_path / "script.py"
    script.write_text(
        "import threading, eventbus\n"
        "app = eventbus.App()\n"
        "@app.function(timeout=1)\n"
        "def never(event, context):\n"
        "    threading.Event().wait()\n"
        "async def main():\n"
        "    async with app.start() as bus:\n"
        "        print((await bus.invoke(never)).payload.decode())\n"
        f"eventbus.run(main, virtual={virtual})\n"
        "print('ended')\n"
    )
    ran = subprocess.run([sys.executable, script], env=ENVIRON, capture_output=True, text=True, timeout=20, check=False)

    assert ran.stdout.splitlines()[-1] == "ended", ran.stderr
    assert "Task timed out after 1.00 seconds" in ran.stdout
    assert ran.returncode == 0
