"""ASGI applications that a resource fetches from, run in process on the bus's loop (ASGI 3, HTTP and lifespan).

Laws: each request is a task of its own; its response is told when it is whole, whatever the application still does
then. An application's lifespan begins with its first request and ends with the bus, which tells it and then waits a
moment; one that knows none needs none, one that could not start is asked nothing. What fails before its response is
whole has answered 500, and is logged.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from math import inf
from typing import Any, Final
from urllib.parse import unquote

from attrs import define, field

from eventbus.core.effects import Effect, Fetch, Fetched, Note
from eventbus.core.http import Request, Response
from eventbus.names import Arn

from .driver import Driver

Message = MutableMapping[str, Any]
App = Callable[[Any, Any, Any], Awaitable[None]]

VERSIONS: Final = {"version": "3.0", "spec_version": "2.4"}

logger: Final = logging.getLogger("eventbus.hosted")


@define(eq=False)
class Hosted:
    """A door to the driver, and a task for each request."""

    arn: Arn
    app: App
    driver: Driver
    spawn: "Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]"
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    lifespan: "Lifespan | None" = field(default=None, init=False)
    _under_way: int = field(default=0, init=False)

    def fetch_action(self, request: Request) -> str | None:
        return None

    def fetch(self, now: float, effect: Fetch) -> None:
        self._under_way += 1
        self.spawn(self._handle(effect), f"request to {self.arn}")

    def wake(self, now: float) -> None:
        return

    def next_deadline(self) -> float:
        return inf

    def outstanding(self) -> int:
        return self._under_way

    async def _handle(self, effect: Fetch) -> None:
        if self.lifespan is None:
            self.lifespan = Lifespan(self.app)
            self.spawn(self.lifespan.live(), f"lifespan of {self.arn}")
        await self.lifespan.ready.wait()
        exchange = Exchange(effect.request, lambda response: self._tell(effect, response))
        try:
            if not self.lifespan.failed:
                await self.app(exchange.scope(self.lifespan.state), exchange.receive, exchange.send)
        except (Exception, SystemExit):
            logger.exception("%s failed", self.arn)
        except asyncio.CancelledError:
            if _ending():
                raise
            logger.exception("%s awaited something that was cancelled", self.arn)
        if not exchange.whole.is_set():
            self._tell(effect, Response(500, [("Content-Type", "text/plain")], b"Internal Server Error"))

    def _tell(self, effect: Fetch, response: Response) -> None:
        self.driver.feed_if_alive(self, self._answered, effect, response)

    def _answered(self, now: float, effect: Fetch, response: Response) -> None:
        self._under_way -= 1
        self.effects.append(Fetched(effect.asker, effect.token, response))


@define(eq=False)
class Exchange:
    """One request and its response."""

    request: Request
    tell: Callable[[Response], None]
    whole: asyncio.Event = field(factory=asyncio.Event, init=False)  # there is nothing more to say
    _read: bool = field(default=False, init=False)
    _start: Message = field(factory=dict, init=False)
    _parts: list[bytes] = field(factory=list, init=False)

    def scope(self, state: dict[str, Any]) -> dict[str, Any]:
        request = self.request
        return {
            "type": "http",
            "asgi": VERSIONS,
            "http_version": request.protocol.removeprefix("HTTP/"),
            "method": request.method,
            "scheme": request.scheme,
            "path": unquote(request.path),
            "raw_path": _bytes(request.path),
            "query_string": _bytes(request.query),
            "root_path": "",
            "headers": [(_bytes(name.lower()), _bytes(value)) for name, value in request.headers],
            "client": (request.source_ip, 0),
            "server": (request.header("host"), 443),
            "state": dict(state),
        }

    async def receive(self) -> Message:
        if not self._read:
            self._read = True
            return {"type": "http.request", "body": self.request.body, "more_body": False}
        await self.whole.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body" and not self.whole.is_set():
            self._parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                self.tell(self._response())
                self.whole.set()

    def _response(self) -> Response:
        lines = [(_text(name), _text(value)) for name, value in self._start.get("headers", ())]
        body = b"" if self.request.method == "HEAD" else b"".join(self._parts)
        return Response(self._start["status"], lines, body)


@define(eq=False)
class Lifespan:
    app: App
    ready: asyncio.Event = field(factory=asyncio.Event, init=False)
    state: dict[str, Any] = field(factory=dict, init=False)
    failed: bool = field(default=False, init=False)  # it could not start
    _begun: bool = field(default=False, init=False)
    _ended: bool = field(default=False, init=False)

    async def live(self) -> None:
        """Until it is cancelled, or the application has none."""
        try:
            await self.app({"type": "lifespan", "asgi": VERSIONS, "state": self.state}, self._receive, self._send)
        except Exception as error:
            if self._begun:  # it knows a lifespan, and failed in it
                self.failed = self.failed or not self.ready.is_set()
                logger.error("the lifespan of an application failed", exc_info=error)
        finally:
            self.ready.set()

    async def _receive(self) -> Message:
        if not self._begun:
            self._begun = True
            return {"type": "lifespan.startup"}
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:  # the bus closes: the application has its say before it ends
            task = asyncio.current_task()
            if self._ended or task is None:
                raise
            self._ended = True
            task.uncancel()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "lifespan.startup.failed":
            self.failed = True
            logger.error("an application could not start: %s", message.get("message", ""))
        self.ready.set()


def _ending() -> bool:
    """Whether the bus cancels this request."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
