"""`bus[api]` of a WebSocket API: connections as clients have them, and what their owner can do to them."""

from collections.abc import Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from attrs import define

from eventbus.checks import encodable
from eventbus.core.http import LOOPBACK, Request, Response
from eventbus.errors import EventBusError, InvalidParameterValueException, NotInBus
from eventbus.ports import Feed
from sources._http.client import HeaderValues, lines_of, request_of

from .connections import Closing, Connection
from .socket_machine import LIFE_LIMIT, NORMAL, Opened, SocketMachine

SEND = "execute-api:Invoke"
MANAGE = "execute-api:ManageConnections"
UPGRADE = (
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "ZXZlbnRidXMgaW4gcHJvYw=="),
)
"""What every client of WebSockets sends (RFC 6455, 4.1)."""
HIGHEST_CODE = 4_999
REASON_LIMIT = 123
"""Of a close frame (RFC 6455, 5.5 and 7.4.2)."""


class ConnectionRefused(EventBusError):
    """The API did not accept a connection; `response` says why."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"refused with status {response.status}: {response.body[:200]!r}")
        self.response = response


class ConnectionClosed(EventBusError):
    """A connection has ended; `code` and `reason` are those of the close frame."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"closed with {code} {reason}".strip())
        self.code = code
        self.reason = reason


@define(eq=False)
class Identity:
    source_ip: str
    user_agent: str


@define(eq=False)
class GetConnectionResult:
    connected_at: datetime
    identity: Identity
    last_active_at: datetime


@define(eq=False)
class WebSocket:
    """One connection, on its client's side."""

    _machine: SocketMachine
    _feed: Feed
    _connection: Connection
    response: Response
    """The answer to the request to connect: its headers name the subprotocol."""

    @property
    def connection_id(self) -> str:
        return self._connection.id

    @property
    def closed(self) -> bool:
        return self._connection.ended is not None

    async def __aenter__(self) -> "WebSocket":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __aiter__(self) -> "WebSocket":
        return self

    async def __anext__(self) -> str:
        """Messages, until the connection is closed."""
        try:
            return await self.receive()
        except ConnectionClosed:
            raise StopAsyncIteration from None

    async def send(self, message: str | bytes | Sequence[str]) -> None:
        """One message; a list is one in so many frames. Raises `ConnectionClosed`, and `InvalidParameterValueException`
        for what is neither text nor bytes."""
        frames = [message] if isinstance(message, str | bytes) else message
        if not isinstance(frames, list | tuple) or not all(map(_sendable, frames)):
            raise InvalidParameterValueException(f"message={message!r} is no text, no bytes, and no list of texts")
        if self._connection.ended is not None:
            raise ConnectionClosed(self._connection.ended.code, self._connection.ended.reason)
        received, cause = self._machine.received, self._feed.cause()
        await self._feed.call(self._machine, SEND, received, self.connection_id, frames, cause)

    async def receive(self) -> str:
        """The next message; waits for it. Raises `ConnectionClosed` at the end, which comes after ten minutes without
        a message, or two hours."""
        outbox = self._connection.outbox
        while not outbox:
            if (ended := self._connection.ended) is not None:
                raise ConnectionClosed(ended.code, ended.reason)
            await self._feed.wait(self._connection, LIFE_LIMIT)
        found = outbox[0] if isinstance(outbox[0], Closing) else outbox.popleft()
        if isinstance(found, Closing):
            raise ConnectionClosed(found.code, found.reason)
        return found

    async def close(self, code: int | None = NORMAL, reason: str = "") -> None:
        """From the client's side; a code of None sends none. Closing twice does no harm. Raises
        `InvalidParameterValueException`."""
        if code is not None and (type(code) is not int or not NORMAL <= code <= HIGHEST_CODE):
            raise InvalidParameterValueException(f"code={code!r}: a whole number from {NORMAL} to {HIGHEST_CODE}")
        if not isinstance(reason, str) or not _sendable(reason) or len(reason.encode()) > REASON_LIMIT:
            raise InvalidParameterValueException(f"reason={reason!r}: a text of up to {REASON_LIMIT} bytes")
        given = self.connection_id, code, reason, self._feed.cause()
        await self._feed.call(self._machine, SEND, self._machine.left, *given)


@define(eq=False)
class SocketClient:
    _machine: SocketMachine
    _feed: Feed

    @property
    def body_limit(self) -> int:
        return self._machine.body_limit

    @property
    def scheme(self) -> str:
        return self._machine.scheme

    async def side_by_side(self, *works: Coroutine[Any, Any, None]) -> None:
        await self._feed.side_by_side(*works)

    async def connect(self, target: str, *, headers: HeaderValues = (), source_ip: str = LOOPBACK) -> WebSocket:
        """A connection to `target`, a stage and maybe a query: `/prod?room=7`. Raises `ConnectionRefused`."""
        lines = [*UPGRADE, *lines_of(headers)]
        return await self.open(request_of(self._machine, "GET", target, lines, b"", source_ip))

    async def open(self, request: Request) -> WebSocket:
        """Raises `ConnectionRefused`."""
        try:
            response = await self.fetch(request)
        except BaseException:
            with suppress(NotInBus):  # it goes on, and is closed once it is open
                await self._feed.call(self._machine, SEND, self._machine.gave_up, request)
            raise
        if not isinstance(response, Opened):
            raise ConnectionRefused(response)
        assert response.connection is not None
        return WebSocket(self._machine, self._feed, response.connection, response)

    async def fetch(self, request: Request) -> Response:
        """What any request is answered with."""
        return await self._feed.fetch(self._machine.arn, request)

    async def post_to_connection(self, *, connection_id: str, data: bytes | str) -> None:
        """A message to a client. Raises `GoneException`, `PayloadTooLargeException` (128 KB)."""
        if not _sendable(data):
            raise InvalidParameterValueException(f"data={data!r}: bytes, or a text")
        content = data.encode() if isinstance(data, str) else data
        await self._feed.call(self._machine, MANAGE, self._machine.post, connection_id, content)

    async def get_connection(self, *, connection_id: str) -> GetConnectionResult:
        """Raises `GoneException`."""
        found = await self._feed.call(self._machine, MANAGE, self._machine.open_connection, connection_id)
        epoch = self._machine.birth.epoch
        identity = Identity(found.request.source_ip, found.request.header("user-agent"))
        connected, active = (datetime.fromtimestamp(epoch + at, UTC) for at in (found.asked_at, found.active_at))
        return GetConnectionResult(connected, identity, active)

    async def delete_connection(self, *, connection_id: str) -> None:
        """It is closed. Raises `GoneException`."""
        await self._feed.call(self._machine, MANAGE, self._machine.delete, connection_id, self._feed.cause())


def _sendable(data: object) -> bool:
    return isinstance(data, bytes) or (isinstance(data, str) and encodable(data))
