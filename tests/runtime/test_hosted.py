"""Applications that a resource fetches from: their requests, their lifespan, and how they fail."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from attrs import define, field, frozen
from fastapi import FastAPI
from fastapi import Request as WebRequest

from eventbus import App
from eventbus.core.http import LOOPBACK, Request, Response
from eventbus.names import Arn
from eventbus.ports import Birth, Feed
from tests.helpers import virtually

WEB = Arn("arn:aws:web:us-east-1:000000000000:site/web")


@define(eq=False)
class Nothing:
    """A machine that does nothing."""

    arn: Arn
    effects: list[Any] = field(factory=list)
    notes: list[Any] = field(factory=list)

    def wake(self, now: float) -> None:
        return

    def next_deadline(self) -> float:
        return float("inf")

    def outstanding(self) -> int:
        return 0


@frozen(eq=False)
class Site:
    """A resource with an application of its own."""

    web: Any
    arn: Arn = Arn("arn:aws:web:us-east-1:000000000000:site")

    @property
    def apps(self) -> Mapping[Arn, Any]:
        return {WEB: self.web}

    def machine(self, birth: Birth) -> Nothing:
        return Nothing(self.arn)

    def client(self, machine: Any, feed: Feed) -> None:
        return None


def hosting(web: Any, main: Callable[[Any, Callable[..., Awaitable[Response]]], Awaitable[None]]) -> None:
    app = App()
    app.add(Site(web))

    async def run() -> None:
        async with app.start() as bus:

            async def fetch(method: str = "GET", target: str = "/", headers: Any = (), body: bytes = b"") -> Response:
                return await bus._engine.feed.fetch(WEB, Request(method, target, headers, body))

            await main(bus, fetch)

    virtually(run)


async def plainly(send: Any, body: bytes = b"ok") -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-a", b"caf\xe9"), (b"x-a", b"2")]})
    await send({"type": "http.response.body", "body": body})


def test_request_as_an_application_sees_it() -> None:
    """Every key of the scope; the body in one piece, and the end of the exchange behind it."""
    seen: list[Any] = []

    async def web(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise ValueError("none")
        seen.append({name: value for name, value in scope.items() if name not in ("asgi", "state")})
        seen.append(await receive())
        await plainly(send)
        seen.append(await receive())

    async def main(bus: Any, fetch: Any) -> None:
        response = await fetch("POST", "/caf%C3%A9?q=%201", [("Host", "example.org"), ("X-B", "caf\udce9")], b"body")
        assert (response.status, response.body) == (200, b"ok")
        assert response.headers == [("x-a", "caf\udce9"), ("x-a", "2")]

    hosting(web, main)
    assert seen == [
        {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "scheme": "https",
            "path": "/café",
            "raw_path": b"/caf%C3%A9",
            "query_string": b"q=%201",
            "root_path": "",
            "headers": [(b"host", b"example.org"), (b"x-b", b"caf\xe9")],
            "client": (LOOPBACK, 0),
            "server": ("example.org", 443),
        },
        {"type": "http.request", "body": b"body", "more_body": False},
        {"type": "http.disconnect"},
    ]


def test_body_in_pieces_is_told_when_it_is_whole() -> None:
    """And not with a HEAD; what the application does then is its own."""
    done: list[float] = []

    async def web(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        await send({"type": "http.response.start", "status": 201})
        for piece in (b"a", b"b"):
            await asyncio.sleep(1)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})
        await send({"type": "http.response.body", "body": b"too late"})
        await asyncio.sleep(5)
        done.append(asyncio.get_running_loop().time())

    async def main(bus: Any, fetch: Any) -> None:
        response = await fetch()
        assert (response.status, response.body, bus._engine.driver.now()) == (201, b"ab", 2.0)
        assert (await fetch("HEAD")).body == b""
        assert done == []
        await asyncio.sleep(10)
        assert len(done) == 2
        assert [task.get_name() for task in bus._engine.senders] == []

    hosting(web, main)


def test_lifespan_begins_once_and_ends_with_the_bus() -> None:
    """Before the first request, whose state is its own copy."""
    told: list[str] = []

    @asynccontextmanager
    async def life(web: FastAPI) -> Any:
        told.append("up")
        await asyncio.sleep(1)
        yield {"n": 1, "list": told}
        await asyncio.sleep(0.5)
        told.append("down")

    web = FastAPI(lifespan=life)

    @web.get("/")
    async def state(request: WebRequest) -> dict[str, Any]:
        found = {"n": request.state.n}
        request.state.n = 2
        return found

    async def main(bus: Any, fetch: Any) -> None:
        assert told == []
        first, second = await asyncio.gather(fetch(), fetch())
        assert [first.json(), second.json()] == [{"n": 1}, {"n": 1}]
        assert told == ["up"]

    hosting(web, main)
    assert told == ["up", "down"]


def test_failing_applications(caplog: pytest.LogCaptureFixture) -> None:
    """500, logged: one that raises, one that says nothing, one that says too little, too late or nonsense."""

    async def web(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        match scope["path"]:
            case "/raises":
                raise ValueError("boom")
            case "/halfway":
                await send({"type": "http.response.start", "status": 200})
                raise ValueError("boom")
            case "/no-start":
                await send({"type": "http.response.body", "body": b"x"})
            case "/nonsense":
                await send({"type": "http.response.start", "status": 200})
                await send({"type": "http.response.body", "body": "text"})
            case "/afterwards":
                await plainly(send)
                raise ValueError("boom")

    async def main(bus: Any, fetch: Any) -> None:
        for target in ("/raises", "/halfway", "/no-start", "/nonsense", "/silent"):
            response = await fetch(target=target)
            assert (response.status, response.body) == (500, b"Internal Server Error"), target
        assert (await fetch(target="/afterwards")).status == 200
        await asyncio.sleep(1)

    with caplog.at_level(logging.ERROR, "eventbus.hosted"):
        hosting(web, main)
    assert len(caplog.records) == 5


def test_lifespan_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and requests are answered with 500."""

    @asynccontextmanager
    async def life(web: FastAPI) -> Any:
        raise ValueError("no database")
        yield

    web = FastAPI(lifespan=life)

    @web.get("/")
    async def root() -> str:
        return "ok"

    async def main(bus: Any, fetch: Any) -> None:
        assert (await fetch()).status == 500

    with caplog.at_level(logging.ERROR, "eventbus.hosted"):
        hosting(web, main)
    assert "an application could not start" in caplog.text
    assert "no database" in caplog.text


def test_bus_closes_over_requests_under_way() -> None:
    """They are cancelled, and the loop is left clean."""
    ended: list[str] = []

    async def web(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def main(bus: Any, fetch: Any) -> None:
        task = asyncio.create_task(fetch())
        await asyncio.sleep(1)
        assert bus._engine.driver.machines[WEB].outstanding() == 1
        task.cancel()

    hosting(web, main)
    assert ended == ["cancelled"]


def test_applications_that_leave_or_are_cancelled_within(caplog: pytest.LogCaptureFixture) -> None:
    """500, logged; the bus goes on."""

    async def web(scope: Any, receive: Any, send: Any) -> None:
        match scope.get("path"):
            case "/leaves":
                raise SystemExit(1)
            case "/cancelled":
                inner = asyncio.create_task(asyncio.sleep(60))
                inner.cancel()
                await inner
            case "/":
                await plainly(send)

    async def main(bus: Any, fetch: Any) -> None:
        for target in ("/leaves", "/cancelled"):
            assert (await fetch(target=target)).status == 500, target
        assert (await fetch()).status == 200

    with caplog.at_level(logging.ERROR, "eventbus.hosted"):
        hosting(web, main)
    assert len(caplog.records) == 2


def test_lifespan_that_does_not_end() -> None:
    """Is cancelled after its grace."""
    ended: list[str] = []

    async def web(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await plainly(send)
            return
        await receive()
        await send({"type": "lifespan.startup.complete"})
        assert (await receive())["type"] == "lifespan.shutdown"
        try:
            await asyncio.sleep(3_600)
        finally:
            ended.append("cancelled")

    async def main(bus: Any, fetch: Any) -> None:
        assert (await fetch()).status == 200

    hosting(web, main)
    assert ended == ["cancelled"]
