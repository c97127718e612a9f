"""uvicorn, and what it leaves out: how long a client may take, and that none of its mistakes is a traceback.

Laws: the head of a request has `patience` seconds, a body so long for each next piece: then 408. Whoever takes nothing
of its answer for so long is cut off. An answer that comes before the body has ended is the connection's last: the rest
of the body is not read, and the client has a moment to see the answer before it is told so by a reset. What the server
answers in a door's place has no body.
"""

import asyncio
import logging
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from typing import Any, Final

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

from eventbus.errors import BusBroken, NotInBus
from sources._http.client import StreamBroken

PATIENCE: Final = 60.0
"""Seconds without a word of the client: the idle timeout of a load balancer."""
HEAD_LIMIT: Final = 131_072
"""Bytes of a head that is read to its end: twice what any door takes (64 K), so that the door itself can refuse it."""
MESSAGE_LIMIT: Final = 131_072
"""Bytes of a WebSocket message: what API Gateway takes."""
GRACE: Final = 1.0
"""Seconds for a client to see its answer, once nothing more is read of it or waited for."""

CLOSE: Final = (b"connection", b"close")

logger: Final = logging.getLogger("eventbus.serve")


class Config(uvicorn.Config):
    """`doors` are ASGI applications, each by the port that it listens on."""

    def __init__(self, doors: Mapping[int, Any], patience: float = PATIENCE) -> None:
        self.doors = doors
        self.patience = patience
        self.broken = False  # whether the bus is
        super().__init__(
            self.enter,
            interface="asgi3",
            http=Connection,
            ws=Talk,
            ws_max_size=MESSAGE_LIMIT,
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            h11_max_incomplete_event_size=HEAD_LIMIT,
        )
        logging.getLogger("uvicorn.error").addFilter(_is_an_error)

    async def enter(self, scope: Any, receive: Any, send: Any) -> None:
        await self.doors[scope["server"][1]](scope, receive, send)


def _is_an_error(record: logging.LogRecord) -> bool:
    """A text of a WebSocket that is none is its client's mistake; uvicorn tells of it with a traceback."""
    return not str(record.msg).startswith("Invalid UTF-8 sequence received from client")


class Server(uvicorn.Server):
    config: Config

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]  # as it is used
        """Signals are the command's."""
        return nullcontext()

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self.config.broken

    async def hang_up(self) -> None:
        """The bus is closed, so what was waited for is answered: whoever does not take it is cut off."""
        logger.warning("drain is over requests=%d", len(self.server_state.tasks))
        await self._ended()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await self._ended()
        self.force_exit = True

    async def _ended(self) -> None:
        if self.server_state.tasks:
            await asyncio.wait(list(self.server_state.tasks), timeout=GRACE)


class Talk(WebSocketsSansIOProtocol):
    config: Config
    handshake_complete: bool
    close_sent: bool
    disconnected: bool

    def __init__(self, config: Config, *args: Any, **settings: Any) -> None:
        super().__init__(config, *args, **settings)
        self.app: Any = self._visit

    async def _visit(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self.config.enter(scope, receive, send)
        except (NotInBus, BusBroken) as error:
            self.config.broken |= isinstance(error, BusBroken)
            self.handshake_complete = True  # or it would be an error that it never was

    async def send(self, message: Any) -> None:
        """A door may refuse with an answer of its own: that completes the handshake as well."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True

    async def receive(self) -> Any:
        message: Any = await super().receive()
        if "code" in message:
            message["code"] = int(message["code"])  # not the library's own kind of one
        return message

    def data_received(self, data: bytes) -> None:
        try:
            super().data_received(data)
        except InvalidState:  # a text that is none, and the client's own end behind it
            self._end()

    def shutdown(self) -> None:
        if not self.handshake_complete:  # the door has not opened yet
            self.conn.send_response(self.conn.reject(HTTPStatus.SERVICE_UNAVAILABLE, ""))
            self._end()
        else:
            super().shutdown()

    def handle_parser_exception(self) -> None:
        """A frame that is none is the end: what a door says after it has nobody to hear it."""
        if self.conn.close_sent is not None:  # else it came before the door had taken the connection
            super().handle_parser_exception()
        self._end()

    def _end(self) -> None:
        self.handshake_complete = self.close_sent = self.disconnected = True
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.close()


class Connection(H11Protocol):
    config: Config

    def __init__(self, config: Config, *args: Any, **settings: Any) -> None:
        super().__init__(config, *args, **settings)
        self.app: Any = self._visit
        self.timeout_keep_alive: Any = config.patience  # any number of seconds
        self.door: Any = None
        self._sending: asyncio.TimerHandle | None = None  # while it is the client's turn
        self._reading: asyncio.TimerHandle | None = None  # while there is something for it to read

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the base
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # whatever is not read is noticed
        assert self.server is not None
        self.door = self.config.doors[self.server[1] or 0]
        if not getattr(self.door, "websocket", True):
            self.ws_protocol_class: Any = None
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        for timer in (self._sending, self._reading):
            if timer is not None:
                timer.cancel()

    # ------------------------------------------------------------ the client's turn
    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:  # of the next request, which was there already
            self._watch()

    def _watch(self) -> None:
        """The timer runs on for a head, and anew for each piece of a body; else it stands."""
        state = self.conn.their_state
        if self._sending is not None:
            if state is h11.IDLE:
                return
            self._sending.cancel()
            self._sending = None
        if state in (h11.IDLE, h11.SEND_BODY) and self.transport.get_protocol() is self:  # no WebSocket by now
            self._sending = self.loop.call_later(self.config.patience, self._too_slow)

    def _too_slow(self) -> None:
        self._sending = None
        if self.flow.read_paused:
            self._watch()
        elif self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
            self.transport.close()
        else:
            self._refuse(408)

    # ------------------------------------------------------------ its turn to read
    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_for_reader()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reading is not None:
            self._reading.cancel()

    def _wait_for_reader(self) -> None:
        left = self.transport.get_write_buffer_size()
        self._reading = self.loop.call_later(self.config.patience, self._look_at_reader, left)

    def _look_at_reader(self, left: int) -> None:
        if self.transport.get_write_buffer_size() < left:
            self._wait_for_reader()
        else:
            self.transport.abort()

    # ------------------------------------------------------------ a request
    async def _visit(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self.config.enter(scope, receive, self._last_answer(send))
        except (NotInBus, BusBroken, StreamBroken) as error:  # closing; or the function failed, which its bus has told
            self.config.broken |= isinstance(error, BusBroken)
            self._refuse(503)

    def _last_answer(self, send: Any) -> Any:
        """`send`, of what may come before the body has ended."""
        early = False

        async def answer(message: Any) -> None:
            nonlocal early
            if message["type"] == "http.response.start" and self.conn.their_state is h11.SEND_BODY:
                early = True
                message["headers"] = [*message["headers"], CLOSE]
            elif early and not message.get("more_body", False):
                await send({**message, "more_body": True})
                await asyncio.sleep(GRACE)
                message["body"] = b""
            await send(message)

        return answer

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Refuse a head that the WebSocket library makes nothing of: it would say so to nobody, or stumble."""
        if not all(value.isascii() for name, value in self.headers if name.startswith(b"sec-websocket-")):
            self._refuse(400)
            return
        super().handle_websocket_upgrade(event)
        talk = self.transport.get_protocol()
        assert isinstance(talk, Talk)
        if not talk.handshake_initiated:
            self.transport.set_protocol(self)
            self.connections.add(self)
            self.connections.discard(talk)
            self._refuse(400)

    def send_400_response(self, msg: str) -> None:
        """h11 has raised: it can't make sense of what has come."""
        status = getattr(sys.exception(), "error_status_hint", 400)
        if status == 431:  # only a head has a status of its own for this
            status = getattr(self.door, "head_too_long", 431) if self.conn.our_state is h11.IDLE else 400
        self._refuse(status)

    def _refuse(self, status: int) -> None:
        """Answer in the door's place, unless it has begun to, and hang up."""
        cycle = self.cycle
        if cycle is not None:
            cycle.disconnected = True  # nobody hears what the door says now
            cycle.waiting_for_100_continue = False
            cycle.message_event.set()
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()
            return
        where, whom = (":".join(map(str, end or ("?",))) for end in (self.server, self.client))
        logger.info("request refused status=%d door=%s client=%s", status, where, whom)
        lines = [*self.server_state.default_headers, (b"content-length", b"0"), CLOSE]
        reason = HTTPStatus(status).phrase.encode()
        self.transport.write(self.conn.send(h11.Response(status_code=status, headers=lines, reason=reason)))
        self.transport.write(self.conn.send(h11.EndOfMessage()))
        if cycle is not None:
            cycle.response_complete = True
        self._hang_up()

    def _hang_up(self) -> None:
        try:
            self.transport.write_eof()
        except OSError:  # it is gone
            self.transport.abort()
            return
        self.flow.pause_reading()
        self.loop.call_later(GRACE, self.transport.close)
