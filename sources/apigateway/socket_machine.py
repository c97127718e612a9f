"""What a WebSocket API makes of connections and their messages.

Laws: a connection is open once `$connect` has answered 2xx, or there is no such route. Each message goes to one route;
what its function answers goes back only if the route has a route response. A connection ends once, by its client, by
its owner or by its limits, and `$disconnect` is told, whatever comes of it. Sources:
apigateway:apigateway-websocket-api-route-keys-connect-disconnect, websocket-api-develop-routes, limits.
"""

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from math import inf
from typing import Any, ClassVar, Final

from attrs import define, field

from eventbus.core.effects import Arrived, Cause
from eventbus.core.http import Request, Response
from eventbus.core.outcomes import Outcome, Succeeded, Throttled
from eventbus.names import Arn
from sources._http import fields
from sources._http.answers import Malformed
from sources._http.door import Visit
from sources._http.forwarding import HTTPS_PORT, forwarded, trace_root

from . import payload_1
from .connections import Closing, Connection
from .errors import GoneException, PayloadTooLargeException
from .gate import AUTHORIZER, FUNCTION, Found, Gate, Way, message
from .naming import id_of, socket_arn
from .selection import Selection

KB: Final = 1_024
FRAME_LIMIT: Final = 32 * KB
MESSAGE_LIMIT: Final = 128 * KB
IDLE_LIMIT: Final = 600.0
"""Seconds without a message either way (apigateway:limits)."""
LIFE_LIMIT: Final = 7_200.0

CONNECT, DISCONNECT, DEFAULT = "$connect", "$disconnect", "$default"
MESSAGE: Final = "message"
JSON_TYPE: Final = "application/json"
SUBPROTOCOL: Final = "sec-websocket-protocol"

NORMAL, GOING_AWAY, UNSUPPORTED, NO_STATUS, ABNORMAL, TOO_BIG = 1000, 1001, 1003, 1005, 1006, 1009
GONE: Final = "the client is gone"
NO_REASON: Final = "Client-side close frame status not set"


@define(slots=False, eq=False)
class Opened(Response):
    """The answer to a request to connect that was accepted."""

    connection: Connection | None = None


@define(eq=False)
class Knock(Found):
    """A request to connect under way."""

    connection: Connection = field(kw_only=True)


@define(eq=False)
class SocketMachine(Gate):
    selection: Selection
    scheme: ClassVar[str] = "https"
    body_limit: ClassVar[int] = MESSAGE_LIMIT
    connections: dict[str, Connection] = field(factory=dict, init=False)  # that are open
    _ends: list[tuple[float, str]] = field(factory=list, init=False)  # a heap; when a connection may be over

    # ------------------------------------------------------------ connecting
    def visited(self, now: float, visit: Visit) -> None:
        request = visit.request
        stage = fields.clean(request.path).removeprefix("/").removesuffix("/")
        if request.header("upgrade").lower() != "websocket":
            self.respond(visit, message(426, "Upgrade Required"), "no request for a WebSocket")
        elif stage not in self.stages:
            self.respond(visit, message(403, "Forbidden"), "no such stage")
        else:
            self._knock(now, visit, stage)

    def _knock(self, now: float, visit: Visit, stage: str) -> None:
        id = id_of("connection", visit.id, length=15) + "="
        arn = Arn(f"{self.arn}/@connections/{id}")
        variables = dict(self.stages[stage])
        connection = Connection(self.api_id, id, arn, visit.request, stage, variables, now, self.birth.epoch)
        way = self._way(CONNECT)
        if way is None:
            self._open(now, visit, connection, ())
        else:
            asked = socket_arn(self.api_id, stage, CONNECT)
            visit.held = Knock(way, "", {}, stage, asked, connection=connection)
            self.authorize(now, visit)

    def integrate(self, now: float, visit: Visit) -> None:
        knock: Knock = visit.held
        visit.stage = FUNCTION
        knock.connection.allow(knock)
        event = knock.connection.connect_event(now, visit.id, self._lines(now, visit))
        if not self.invoke(visit, knock.way.function, event, now + knock.way.timeout):
            self.too_long(visit)

    def integrated(self, now: float, visit: Visit, outcome: Outcome) -> None:
        match outcome:
            case Succeeded():
                self._connected(now, visit, outcome.payload)
            case Throttled():
                self._internal_error(visit, 500, outcome.reason)
            case _:
                self._internal_error(visit, 502, type(outcome).__name__)

    def _connected(self, now: float, visit: Visit, payload: bytes) -> None:
        try:
            response, _ = payload_1.response(payload, JSON_TYPE)
        except Malformed as reason:
            self._internal_error(visit, 502, f"malformed answer: {reason}")
            return
        if 200 <= response.status < 300:
            chosen = [line for line in response.headers if line[0].lower() == SUBPROTOCOL]
            self._open(now, visit, visit.held.connection, chosen)
        else:
            self.respond(visit, response, "refused by $connect")

    def _open(self, now: float, visit: Visit, connection: Connection, headers: Sequence[tuple[str, str]]) -> None:
        self.connections[connection.id] = connection
        connection.active_at = now
        heappush(self._ends, (_over_at(connection), connection.id))
        self.notes.append(("connected", self.arn, (visit.id, connection.id), None, visit.cause))
        self.respond(visit, Opened(101, headers, connection=connection), f"connection {connection.id}")
        if visit.gone:
            self.left(now, connection.id, ABNORMAL, GONE)

    # ------------------------------------------------------------ messages
    def received(self, now: float, id: str, frames: Sequence[str | bytes], cause: Cause | None = None) -> None:
        """A message of the client, in its frames. Raises `GoneException`."""
        connection = self.open_connection(now, id)
        connection.active_at = now
        texts = [frame for frame in frames if isinstance(frame, str)]
        sizes = [len(text.encode(errors="replace")) for text in texts]
        if len(texts) < len(frames):
            self._end(now, connection, UNSUPPORTED, "binary messages are not taken", cause)
        elif max(sizes, default=0) > FRAME_LIMIT or sum(sizes) > MESSAGE_LIMIT:
            self._end(now, connection, TOO_BIG, "message too long", cause)
        else:
            self._route(now, connection, "".join(texts), cause)

    def _route(self, now: float, connection: Connection, text: str, cause: Cause | None) -> None:
        key = self.selection.key(text)
        way = (None if key is None else self._way(key)) or self._way(DEFAULT)
        id = self.new_id()
        self.notes.append(("requested", self.arn, id, f"message of {connection.id}", cause))
        if way is None:
            self._tell(connection, id, "Forbidden", "no route")
            return
        visit = Visit(self.arn, 0, connection.request, id, cause, MESSAGE, (connection, way))
        event = connection.message_event(now, id, way.key, text)
        if not self.invoke(visit, way.function, event, now + way.timeout):
            self._tell(connection, id, "Internal server error", "its event is too long")

    def _replied(self, now: float, visit: Visit, outcome: Outcome) -> None:
        connection, way = visit.held
        if not isinstance(outcome, Succeeded):
            self._tell(connection, visit.id, "Internal server error", type(outcome).__name__)
        elif not way.settings.route_response:
            self._note(visit.id, "answer dropped: the route has no route response")
        else:
            self._give_back(now, visit.id, connection, outcome.payload)

    def _give_back(self, now: float, id: str, connection: Connection, payload: bytes) -> None:
        try:
            response, _ = payload_1.response(payload, JSON_TYPE)
        except Malformed as reason:
            self._tell(connection, id, "Internal server error", f"malformed answer: {reason}")
            return
        self._note(id, f"{len(response.body):,} bytes to {connection.id}")
        if response.body:
            self._put(now, connection, response.body.decode())

    def _tell(self, connection: Connection, id: str, text: str, why: str) -> None:
        """An error, as a frame: the connection stays."""
        self._note(id, f"{text}: {why}")
        if connection.ended is None:
            frame = f'{{"message": "{text}", "connectionId":"{connection.id}", "requestId":"{id}"}}'
            connection.outbox.append(frame)
            self.effects.append(Arrived(connection.arn))

    # ------------------------------------------------------------ ends
    def left(self, now: float, id: str, code: int | None, reason: str, cause: Cause | None = None) -> None:
        """The client has closed its side; a code of None: without a status."""
        connection = self.connections.get(id)
        if connection is not None:
            given = (NO_STATUS, NO_REASON) if code is None else (code, reason)
            self._over(now, connection, *given, cause)

    def gave_up(self, now: float, request: Request) -> None:
        """Whoever wanted to connect waits no longer."""
        for visit in self.waits.values():
            if visit.request is request:
                visit.gone = True
        for connection in list(self.connections.values()):
            if connection.request is request:
                self.left(now, connection.id, ABNORMAL, GONE)

    def _end(self, now: float, connection: Connection, code: int, reason: str, cause: Cause | None = None) -> None:
        connection.outbox.append(Closing(code, reason))
        self._over(now, connection, code, reason, cause)

    def _over(self, now: float, connection: Connection, code: int, reason: str, cause: Cause | None) -> None:
        connection.ended = Closing(code, reason)
        self.effects.append(Arrived(connection.arn))
        del self.connections[connection.id]
        self.notes.append(("disconnected", self.arn, connection.id, f"{code} {reason}".strip(), None))
        way = self._way(DISCONNECT)
        if way is not None:
            visit = Visit(self.arn, 0, connection.request, self.new_id(), cause, DISCONNECT, (connection, way))
            event = connection.disconnect_event(now, visit.id, code, reason)
            self.invoke(visit, way.function, event, now + way.timeout)

    def wake(self, now: float) -> None:
        super().wake(now)
        while self._ends and self._ends[0][0] <= now:
            connection = self.connections.get(heappop(self._ends)[1])
            if connection is None:
                continue
            over_at = _over_at(connection)
            if over_at <= now:
                self._end(now, connection, GOING_AWAY, "Going away")
            else:
                heappush(self._ends, (over_at, connection.id))

    def next_deadline(self) -> float:
        while self._ends and self._ends[0][1] not in self.connections:
            heappop(self._ends)
        return min(super().next_deadline(), self._ends[0][0] if self._ends else inf)

    # ------------------------------------------------------------ management
    def open_connection(self, now: float, id: str) -> Connection:
        """Raises `GoneException`."""
        connection = self.connections.get(id) if isinstance(id, str) else None
        if connection is None:
            raise GoneException(f"connection {id} is not open")
        return connection

    def post(self, now: float, id: str, data: bytes) -> None:
        """Raises `GoneException`, `PayloadTooLargeException`."""
        connection = self.open_connection(now, id)
        if len(data) > MESSAGE_LIMIT:
            raise PayloadTooLargeException(f"a message has up to {MESSAGE_LIMIT:,} bytes, this one {len(data):,}")
        self.notes.append(("posted", self.arn, id, f"{len(data):,} bytes", None))
        self._put(now, connection, data.decode(errors="replace"))

    def delete(self, now: float, id: str, cause: Cause | None = None) -> None:
        """Raises `GoneException`."""
        self._end(now, self.open_connection(now, id), NORMAL, "Connection Closed Normally", cause)

    def _put(self, now: float, connection: Connection, text: str) -> None:
        if connection.ended is None:
            connection.active_at = now
            connection.outbox.append(text)
            self.effects.append(Arrived(connection.arn))

    # ------------------------------------------------------------ authorizers
    def question(self, now: float, visit: Visit, values: list[str] | None) -> Mapping[str, Any]:
        knock: Knock = visit.held
        asked = {"type": "REQUEST", "methodArn": knock.arn, **knock.connection.called(self._lines(now, visit))}
        return {**asked, "requestContext": self.context(now, visit)}

    def context(self, now: float, visit: Visit) -> Mapping[str, Any]:
        connection: Connection = visit.held.connection
        return connection.context(now, visit.id, CONNECT, "CONNECT")

    def _lines(self, now: float, visit: Visit) -> list[tuple[str, str]]:
        return forwarded(visit.request, HTTPS_PORT, trace_root(self.birth.epoch + now, visit.id), str)

    # ------------------------------------------------------------ what became of a function
    def answered(self, now: float, visit: Visit, outcome: Outcome) -> None:
        if visit.stage == MESSAGE:
            self._replied(now, visit, outcome)
        elif visit.stage in (AUTHORIZER, FUNCTION):
            super().answered(now, visit, outcome)

    def refused(self, now: float, visit: Visit, reason: str) -> None:
        if visit.stage == MESSAGE:
            self._tell(visit.held[0], visit.id, "Internal server error", reason)
        elif visit.stage in (AUTHORIZER, FUNCTION):
            super().refused(now, visit, reason)

    def too_late(self, now: float, visit: Visit) -> None:
        if visit.stage == MESSAGE:
            why = "the function took longer than the integration may"
            self._tell(visit.held[0], visit.id, "Endpoint request timed out", why)
        elif visit.stage in (AUTHORIZER, FUNCTION):
            super().too_late(now, visit)

    def refused_function(self, visit: Visit, reason: str) -> None:
        self._internal_error(visit, 500, reason)

    def integration_too_late(self, visit: Visit) -> None:
        self.respond(visit, message(504, "Endpoint request timed out"), "$connect took longer than it may")

    def too_long(self, visit: Visit) -> None:
        self.respond(visit, message(431, "Request Header Fields Too Large"), "its event is too long")

    def unauthorized(self, visit: Visit, why: str) -> None:
        self.respond(visit, message(401, "Unauthorized"), why)

    def forbidden(self, visit: Visit, *, expressly: bool) -> None:
        self.respond(visit, message(403, "Forbidden"), "not allowed by the authorizer")

    def authorizer_failed(self, visit: Visit, why: str) -> None:
        self._internal_error(visit, 500, why)

    def _internal_error(self, visit: Visit, status: int, why: str) -> None:
        self.respond(visit, message(status, "Internal server error"), why)

    def _note(self, id: str, what: str) -> None:
        self.notes.append(("responded", self.arn, id, what, None))

    def _way(self, key: str) -> Way | None:
        return next((way for way in self.ways if way.key == key), None)


def _over_at(connection: Connection) -> float:
    return min(connection.active_at + IDLE_LIMIT, connection.asked_at + LIFE_LIMIT)
