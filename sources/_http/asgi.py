"""A front door of a running bus as an ASGI application: the third specification, HTTP and lifespan.

What is not the door's own is the server's: header names come in lower case, reasons are its own. A body that passes the
door's limit is not read to its end.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from eventbus.core.http import LOOPBACK, Request, Response

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class AsgiApp:
    """`door` of `bus`; runs on the bus's loop."""

    def __init__(self, bus: Any, door: Any) -> None:
        self.bus = bus
        self.door = door

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
        body = await _body(receive, client.body_limit)
        if body is None:  # the client is gone
            return
        request = _request(scope, body, client.scheme)
        response = await client.fetch(request)
        await _answer(send, client, request, response)


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


def _request(scope: Scope, body: bytes, scheme: str) -> Request:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    root: str = scope.get("root_path", "")
    target = _text(raw)
    if root and target.startswith(root):  # mounted: the path behind the mount
        target = target[len(root) :] or "/"
    if query := scope.get("query_string"):
        target += f"?{_text(query)}"
    client = scope.get("client")
    return Request(
        scope["method"],
        target,
        [(_text(name), _text(value)) for name, value in scope["headers"]],
        body,
        client[0] if client else LOOPBACK,
        scheme,
        f"HTTP/{scope.get('http_version', '1.1')}",
    )


async def _answer(send: Send, client: Any, request: Request, response: Response) -> None:
    lines = [(_bytes(name), _bytes(value)) for name, value in response.headers]
    bodiless = request.method == "HEAD" or response.status in (204, 304) or response.status < 200
    if response.stream is None and not bodiless:
        lines.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": lines})
    if response.stream is not None:
        async for piece in client.pieces(response.stream):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"" if bodiless else response.body})


async def _lifespan(receive: Receive, send: Send) -> None:
    """The bus runs already, and goes on."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
