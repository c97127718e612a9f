"""A front door of a running bus as an ASGI application: the third specification, HTTP and lifespan.

What is not the door's own is the server's: header names come in lower case, reasons are its own. A body that passes the
door's limit is not read to its end.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, ClassVar
from urllib.parse import quote

from eventbus.core.http import LOOPBACK, Request, Response

from .answers import NAME, bodiless, said

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class AsgiApp:
    """`door` of `bus`; runs on the bus's loop. `head_too_long` is the status where a server reads no head so long, and
    the door never sees it."""

    websocket: ClassVar[bool] = False
    """Whether it takes WebSockets. If not, `eventbus serve` has what asks for one come as the plain request it is."""

    def __init__(self, bus: Any, door: Any, *, head_too_long: int = 431) -> None:
        self.bus = bus
        self.door = door
        self.head_too_long = head_too_long

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await self._http(scope, receive, send)
            case "lifespan":
                await _lifespan(receive, send)
            case "websocket":
                await send({"type": "websocket.close", "code": 1000})
            case kind:
                raise ValueError(f"scope of type {kind!r}: this application speaks http")

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = self.bus[self.door]
        request = request_of(scope, client.scheme)
        if request is None:
            await _answer(send, client, scope["method"], said(400, "Bad Request", "text/plain"))
            return
        body = await _body(receive, client.body_limit)
        if body is None:  # the client is gone
            return
        request.body = body
        await _answer(send, client, request.method, await client.fetch(request))


async def _body(receive: Receive, limit: int) -> bytes | None:
    """Up to one byte more than `limit`."""
    parts: list[bytes] = []
    size = 0
    while size <= limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        parts.append(part)
        if not message.get("more_body", False):
            break
    return b"".join(parts)


def request_of(scope: Scope, scheme: str) -> Request | None:
    """Without its body. None if it asks for no path (`CONNECT`, `OPTIONS *`), or its method is none."""
    raw: bytes = scope.get("raw_path") or _quoted(scope["path"]).encode()
    root = _quoted(scope.get("root_path", ""))
    target = _text(raw)
    headers = [(_text(name), _text(value)) for name, value in scope["headers"]]
    if root and f"{target}/".startswith(f"{root}/"):  # mounted: the path behind the mount
        target = target[len(root) :] or "/"
    if not target.startswith("/"):  # as proxies are asked: the authority counts, not Host (RFC 9112, 3.2.2)
        kind, _, rest = target.partition("://")
        authority, _, path = rest.partition("/")
        if kind.lower() not in ("http", "https") or not authority:
            return None
        target = f"/{path}"
        headers = [("host", authority), *((name, value) for name, value in headers if name != "host")]
    if scope["method"] == "CONNECT" or not NAME.fullmatch(scope["method"]):
        return None
    if query := scope.get("query_string"):
        target += f"?{_text(query)}"
    client = scope.get("client")
    source_ip: str = client[0] if client else LOOPBACK
    protocol = f"HTTP/{scope.get('http_version', '1.1')}"
    return Request(scope["method"], target, headers, b"", source_ip, scheme, protocol)


async def _answer(send: Send, client: Any, method: str, response: Response) -> None:
    lines = lines_of(response)
    without_body = bodiless(method, response.status)
    if response.stream is None and not without_body:
        lines.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": lines})
    if response.stream is not None:
        async for piece in client.pieces(response.stream):
            if not without_body:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"" if without_body else response.body})


def lines_of(response: Response) -> list[tuple[bytes, bytes]]:
    """Header lines as ASGI has them, names in lower case."""
    return [(_bytes(name.lower()), _bytes(value.strip(" \t"))) for name, value in response.headers]


async def _lifespan(receive: Receive, send: Send) -> None:
    """The bus runs already, and goes on."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _quoted(path: str) -> str:
    """As it is sent (RFC 3986, 3.3), where a server tells what it means."""
    return quote(path, safe="/:@!$&'()*+,;=~")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
