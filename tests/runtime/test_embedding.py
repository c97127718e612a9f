"""The bus inside other people's programs: FastAPI, Flask, a notebook, a script, threads."""

import asyncio
import contextlib
import subprocess
import sys
import textwrap
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from eventbus import App, NotInBus
from sources import sqs


def make_app() -> tuple[App, sqs.Queue, list[str]]:
    app = App()
    seen: list[str] = []
    orders = app.add(sqs.Queue("orders"))

    @app.function
    def bill(event: sqs.SqsEvent, context: Any) -> None:
        seen.extend(record["body"] for record in event["Records"])

    app.map(orders, bill)
    return app, orders, seen


def test_fastapi_lifespan() -> None:
    """Entered and left by the framework's lifespan, used by its routes; real time, because a server's loop is real."""
    import httpx
    from fastapi import FastAPI, Request

    app, orders, seen = make_app()

    @contextlib.asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        async with app.start() as bus:
            api.state.bus = bus
            yield

    api = FastAPI(lifespan=lifespan)

    @api.post("/orders/{body}")
    async def order(body: str, request: Request) -> dict[str, str]:
        sent = await request.app.state.bus[orders].send_message(body)
        await request.app.state.bus.settle(within=5)
        return {"id": sent.message_id}

    async def main() -> None:
        async with api.router.lifespan_context(api):
            transport = httpx.ASGITransport(api)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as browser:
                assert (await browser.post("/orders/a")).status_code == 200

    asyncio.run(main())
    assert seen == ["a"]


def test_flask_view() -> None:
    """A view is synchronous; the bus runs on a thread of its own. Real time, because a server's clock is real."""
    from flask import Flask

    app, orders, seen = make_app()
    web = Flask("shop")
    with app.start_sync() as bus:

        @web.post("/orders/<body>")
        def order(body: str) -> str:
            bus[orders].send_message(body)
            bus.settle(within=5)
            return "ok"

        assert web.test_client().post("/orders/a").text == "ok"

    assert seen == ["a"]


def test_portal_in_virtual_time() -> None:
    """A day passes in no time."""
    app, orders, seen = make_app()
    with app.start_sync(virtual=True) as bus:
        began = bus.now()
        bus[orders].send_message("late", delay_seconds=900)
        bus.settle()
        assert seen == ["late"]
        bus.advance(86_400)
        assert (bus.now() - began).total_seconds() == 900 + 86_400


def test_notebook_cells() -> None:
    """Entered in one run of the loop, used and left in the next: different tasks."""
    app, orders, seen = make_app()
    loop = asyncio.new_event_loop()
    try:
        bus = loop.run_until_complete(app.start().__aenter__())

        async def second_cell() -> None:
            await bus[orders].send_message("a")
            await bus.settle(within=5)
            await bus.aclose()

        loop.run_until_complete(second_cell())
    finally:
        loop.close()
    assert seen == ["a"]


def test_plain_script(tmp_path: Path) -> None:
    """With an abandoned `def` handler the process still ends; its timeout of 1 s passes in real time."""
    (tmp_path / "script.py").write_text(
        textwrap.dedent("""
        import asyncio, threading, time
        from eventbus import App, Profile

        app = App()

        @app.function(timeout=1)
        def never(event, context):
            threading.Event().wait()

        async def main():
            async with app.start(profile=Profile(timeout_grace=0)) as bus:
                response = await bus.invoke(never)
                print(response.payload.decode())

        asyncio.run(main())
        print("ended")
        """)
    )
    done = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")],
        capture_output=True,
        text=True,
        timeout=20,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert done.stdout.splitlines()[-1] == "ended", done.stderr
    assert "Sandbox.Timedout" in done.stdout


def test_threads_reach_the_bus() -> None:
    """`from_thread` runs a coroutine function on the bus's loop; a call from no loop is refused, naming both."""
    app, orders, seen = make_app()
    problems: list[BaseException] = []

    async def main() -> None:
        async with app.start() as bus:

            def work() -> None:
                bus.from_thread(bus[orders].send_message, "a")
                bus.sync[orders].send_message("b")
                try:
                    asyncio.run(bus[orders].send_message("c"))
                except NotInBus as error:
                    problems.append(error)

            await asyncio.to_thread(work)
            await bus.settle(within=5)

    asyncio.run(main())
    assert sorted(seen) == ["a", "b"]
    assert "from_thread" in str(problems[0])
    assert str(problems[0]).count("Loop") >= 2


def test_two_buses_at_once() -> None:
    """In one loop, and one more on another thread: nothing is shared."""
    app, orders, seen = make_app()

    async def main() -> None:
        async with app.start() as one, app.start() as other:
            await one[orders].send_message("one")
            assert await other[orders].peek() == []
            await one.settle(within=5)

    def in_thread() -> None:
        with app.start_sync() as bus:
            bus[orders].send_message("thread")
            bus.settle(within=5)

    thread = threading.Thread(target=in_thread)
    thread.start()
    asyncio.run(main())
    thread.join()
    assert sorted(seen) == ["one", "thread"]


def test_errors_leave_the_portal() -> None:
    """What a call raises arrives, and the bus still closes."""
    app, orders, _ = make_app()
    with pytest.raises(sqs.MissingParameter), app.start_sync(virtual=True) as bus:
        bus[orders].send_message("")
    assert not [thread for thread in threading.enumerate() if "eventbus" in thread.name]
