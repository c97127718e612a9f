"""A WebSocket API of a running bus as an ASGI application. A server tells no frames: each message comes as one."""

from contextlib import suppress
from typing import ClassVar

from attrs import evolve

from eventbus.errors import NotInBus
from sources._http.asgi import AsgiApp, Receive, Scope, Send, lines_of, request_of

from .socket_client import ConnectionClosed, ConnectionRefused, SocketClient, WebSocket
from .socket_machine import GOING_AWAY, SUBPROTOCOL

DENIAL = "websocket.http.response"
ABNORMAL = 1006


class SocketAsgiApp(AsgiApp):
    websocket: ClassVar[bool] = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await super().__call__(_without_upgrade(scope), receive, send)
            return
        client: SocketClient = self.bus[self.door]
        await receive()  # websocket.connect
        request = request_of({**scope, "method": "GET"}, client.scheme)
        if request is None:
            await send({"type": "websocket.close", "code": 1000})
            return
        if not request.header("upgrade"):  # of HTTP/2, and where a server keeps it to itself
            request = evolve(request, headers=[*request.headers, ("Upgrade", "websocket")])
        try:
            socket = await client.open(request)
        except ConnectionRefused as refused:
            await _refuse(scope, send, refused)
            return
        try:
            await send({"type": "websocket.accept", "subprotocol": socket.response.header(SUBPROTOCOL)})
            await client.side_by_side(_bring(socket, receive), _fetch(socket, send))
        except OSError:  # sending found out that the client is gone, before receiving did (ASGI 2.4)
            await socket.close(ABNORMAL)
        except BaseException:  # the server gave it up
            with suppress(NotInBus):
                await socket.close(ABNORMAL)
            raise


def _without_upgrade(scope: Scope) -> Scope:
    """A request that came by HTTP can't become a connection any more."""
    return {**scope, "headers": [line for line in scope.get("headers", ()) if line[0].lower() != b"upgrade"]}


async def _refuse(scope: Scope, send: Send, refused: ConnectionRefused) -> None:
    """With its status where the server can tell it, else with 403."""
    if DENIAL not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1000})
        return
    response = refused.response
    await send({"type": f"{DENIAL}.start", "status": response.status, "headers": lines_of(response)})
    await send({"type": f"{DENIAL}.body", "body": response.body})


async def _bring(socket: WebSocket, receive: Receive) -> None:
    """What the client sends, until it leaves."""
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            await socket.close(message.get("code", 1005), message.get("reason") or "")
            return
        if socket.closed:
            continue
        text = message.get("text")
        await socket.send(message.get("bytes") or b"" if text is None else text)


async def _fetch(socket: WebSocket, send: Send) -> None:
    """What the API sends, until it ends the connection."""
    while True:
        try:
            text = await socket.receive()
        except ConnectionClosed as closed:
            await send({"type": "websocket.close", "code": closed.code, "reason": closed.reason})
            return
        except NotInBus:  # it has closed
            await send({"type": "websocket.close", "code": GOING_AWAY})
            return
        await send({"type": "websocket.send", "text": text})
