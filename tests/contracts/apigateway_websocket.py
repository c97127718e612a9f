"""WebSocket APIs as data: which route a message takes, what becomes of answers, and how connections end.

Sources: "apigw" is the service's guide, pages websocket-api-develop-routes, apigateway-websocket-api-routes-integrations,
-route-keys-connect-disconnect, -integration-requests (which prints the events of $connect and $disconnect), the quotas,
and websocket-api-develop-binary-media-types; "systems" systems.md section 2.2; "bc" the service model
apigatewaymanagementapi; "field" a public report of what AWS did, with its date: "measured" are the experiments with
wscat that somebody wrote down (undated); "unverified" general knowledge of the service, found in no text read;
"choice" is ours. 32 and 128 KB are of 1,024 bytes (bc: 131,072).

Events: key order as printed in the guide and by field reports (2020-04, 2022-08, 2025-03); the client connects at
10.5 s from 203.0.113.9 to the stage prod, sends at 12 s, leaves at 15.25 s. Its User-Agent is in `identity` (2025-03).
`Connection`, `Upgrade` are sent by it and not in the event. $disconnect has the four headers of the guide, whatever was
sent. Both ids of the request are the same (guide).
"""

from typing import Any, Literal, NamedTuple

KB = 1_024
FRAME = 32 * KB
MESSAGE = 128 * KB
IDLE = 600.0
LIFE = 7_200.0
"""Seconds: 10 minutes without a message either way, 2 hours in all."""

ERROR = '{"message": "%s", "connectionId":"<nz:connection>", "requestId":"<nz:request>"}'
"""The frame of an error, blanks as reported (field 2022 to 2024); compare with `tests.golden.match`."""
FORBIDDEN = ERROR % "Forbidden"
FAILED = ERROR % "Internal server error"
LATE = ERROR % "Endpoint request timed out"


class Raises(NamedTuple):
    message: str


class Takes(NamedTuple):
    """The function answers status 200 after that time; it may run for 60 s."""

    seconds: float


# What a client does.
class Connect(NamedTuple):
    target: str = "/prod"
    headers: tuple[tuple[str, str], ...] = ()
    """Beside Host, Sec-WebSocket-Key, Sec-WebSocket-Version and User-Agent (and Connection, Upgrade)."""


class Send(NamedTuple):
    """A text message, in frames of these texts."""

    frames: tuple[str, ...]


class SendBinary(NamedTuple):
    content: bytes


class Wait(NamedTuple):
    seconds: float


class Close(NamedTuple):
    """With a close frame of that code and reason; None: a close frame without either."""

    code: int | None = 1000
    reason: str = ""


class Post(NamedTuple):
    """A function posts that text to the connection."""

    text: str


class Delete(NamedTuple):
    """A function deletes the connection."""


# What it gets.
class Refused(NamedTuple):
    """The upgrade is answered with that status."""

    status: int


class Opened(NamedTuple):
    headers: tuple[tuple[str, str], ...] = ()
    """Lines of the answer to the upgrade that must be there, beside those of the protocol."""


class Got(NamedTuple):
    """A text message."""

    text: str


class Closed(NamedTuple):
    """By the API. None: the code is not known."""

    code: int | None


Does = Connect | Send | SendBinary | Wait | Close | Post | Delete
Gets = Refused | Opened | Got | Closed


class Socket(NamedTuple):
    """A story of one connection.

    `settings`: `route_selection_expression`, `routes` (route key to whether it has a route response), maybe
    `stage_variables` and `authorizer` (what it answers). `answers`: what the function of a route gives, JSON, `Raises`,
    `Takes`, or "throttled" or "no permission", with which it is not invoked; every route that is not named answers
    `{"statusCode": 200}`. `does`: what the client does, one after the other, each as soon as the
    one before has had its effect. `events`: route key and golden (None: not compared whole) of each event, in order;
    `gets`: all that the client gets, in order.
    """

    id: str
    settings: dict[str, Any]
    does: list[Does]
    answers: dict[str, Any]
    events: list[tuple[str, str | None]]
    gets: list[Gets]
    source: str


_ACTION = "$request.body.action"


def _api(*routes: str, expression: str = _ACTION, responses: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return {
        "route_selection_expression": expression,
        "routes": {route: route in responses for route in routes},
        **more,
    }


_FULL = _api("$connect", "$disconnect", "$default", "join")


def _connect(id: str, answer: Any, gets: Gets, source: str, headers: tuple[tuple[str, str], ...] = ()) -> Socket:
    opened = isinstance(gets, Opened)
    events: list[tuple[str, str | None]] = [("$connect", None)]
    does: list[Does] = [Connect(headers=headers)]
    if opened:
        does.append(Close())
        events.append(("$disconnect", None))
    return Socket(f"connect, {id}", _FULL, does, {"$connect": answer}, events, [gets], source)


CONNECTS: list[Socket] = [
    Socket("connect", _FULL, [Connect()], {}, [("$connect", "apigateway/ws_connect")], [Opened()], "apigw"),
    Socket(
        "connect, query, stage variables and authorizer",
        _api(
            "$connect",
            stage_variables={"table": "rooms"},
            authorizer={
                "principalId": "user",
                "policyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}],
                },
                "context": {"name": "Ann", "level": 3, "admin": True},
            },
        ),
        [Connect("/prod?room=red%20cat&room=7", (("Authorization", "allow"),))],
        {},
        [("$connect", "apigateway/ws_connect_authorized")],
        [Opened()],
        "systems; place of the authorizer: field 2022-08; of the variables: systems",
    ),
    Socket("connect, no such route", _api("$default"), [Connect()], {}, [], [Opened()], "apigw: optional"),
    *[
        _connect(f"status {status}", {"statusCode": status}, Opened(), "systems, measured")
        for status in (200, 201, 204)
    ],
    *[
        _connect(f"status {status}", {"statusCode": status, "body": "no"}, Refused(status), source)
        for status, source in [
            (301, "systems; measured"),
            (400, "systems, apigw:websocket-connect-route-subprotocol"),
            (401, "systems; measured"),
            (403, "systems"),
            (501, "systems; measured"),
        ]
    ],
    _connect("raises", Raises("boom"), Refused(502), "systems, apigw; status: measured"),
    _connect("null", None, Refused(502), "unverified: malformed"),
    _connect("throttled", "throttled", Refused(500), "unverified: as REST"),
    _connect("no permission", "no permission", Refused(500), "unverified: as REST"),
    _connect("after 29.1 s", Takes(29.1), Refused(504), "unverified: as REST"),
    _connect("after 28.9 s", Takes(28.9), Opened(), "bc"),
    _connect(
        "subprotocol",
        {"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "chat"}},
        Opened((("sec-websocket-protocol", "chat"),)),
        "apigw:websocket-connect-route-subprotocol",
        (("Sec-WebSocket-Protocol", "chat, soap"),),
    ),
]


def _routed(
    id: str, expression: str, routes: tuple[str, ...], text: str, route: str | None, source: str = "apigw"
) -> Socket:
    """One message; without a route the error frame, and the connection stays."""
    events: list[tuple[str, str | None]] = [] if route is None else [(route, None)]
    gets: list[Gets] = [Opened()] if route is not None else [Opened(), Got(FORBIDDEN)]
    return Socket(
        f"route, {id}", _api(*routes, expression=expression), [Connect(), Send((text,))], {}, events, gets, source
    )


_CHAT = '{"service": "chat", "action": "join", "data": {"room": "room1234"}}'
_BOTH = ("join", "$default")

MESSAGES: list[Socket] = [
    Socket(
        "message",
        _FULL,
        [Connect(), Wait(1.5), Send(('{"action": "join", "room": 7}',))],
        {},
        [("$connect", "apigateway/ws_connect"), ("join", "apigateway/ws_message")],
        [Opened()],
        "apigw; field 2020-04",
    ),
    Socket(
        "message to $default",
        _FULL,
        [Connect(), Wait(1.5), Send(("hello",))],
        {},
        [("$connect", "apigateway/ws_connect"), ("$default", "apigateway/ws_message_default")],
        [Opened()],
        "apigw; field 2025-03",
    ),
    Socket(
        "message, authorizer",  # what it gave at connection is there for as long as that lasts
        _api(
            "$connect",
            "join",
            authorizer={
                "principalId": "user",
                "policyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}],
                },
                "context": {"name": "Ann", "level": 3, "admin": True},
            },
        ),
        [Connect(headers=(("Authorization", "allow"),)), Wait(1.5), Send(('{"action": "join", "room": 7}',))],
        {},
        [("$connect", None), ("join", "apigateway/ws_message_authorized")],
        [Opened()],
        "unverified",
    ),
    # The guide's expressions, for its message. The one with a hyphen is left out: its result is not what the rule gives.
    _routed("by a member", _ACTION, _BOTH, _CHAT, "join"),
    _routed("in braces", "${request.body.action}", _BOTH, _CHAT, "join"),
    _routed("by two", "${request.body.service}/${request.body.action}", ("chat/join", *_BOTH), _CHAT, "chat/join"),
    _routed("by nothing but letters", "action", ("action", *_BOTH), _CHAT, "action"),
    _routed("by an escaped dollar", "\\$default", _BOTH, _CHAT, "$default"),
    _routed("by a member of a member", "$request.body.data.room", ("room1234", *_BOTH), _CHAT, "room1234"),
    _routed("in braces, missing", "${request.body.kind}join", _BOTH, _CHAT, "join"),
    # What the expression finds becomes a text.
    _routed("number", _ACTION, ("7", *_BOTH), '{"action": 7}', "7"),
    _routed("boolean", _ACTION, ("true", *_BOTH), '{"action": true}', "true"),
    _routed("list", _ACTION, ("[item1, item2]", *_BOTH), '{"action": ["item1", "item2"]}', "[item1, item2]"),
    # No match.
    _routed("of another name", _ACTION, _BOTH, '{"action": "leave"}', "$default"),
    _routed("case counts", _ACTION, _BOTH, '{"action": "Join"}', "$default", "apigw: exactly"),
    _routed("member missing", _ACTION, _BOTH, '{"room": 7}', "$default"),
    _routed("no JSON", _ACTION, _BOTH, "hello", "$default"),
    _routed("JSON that is no object", _ACTION, _BOTH, "[1]", "$default", "apigw: cannot be evaluated"),
    _routed("empty", _ACTION, _BOTH, "", "$default", "choice: no JSON"),
    _routed("of another name, no default", _ACTION, ("join",), '{"action": "leave"}', None, "apigw, field 2022-08"),
    _routed("no JSON, no default", _ACTION, ("join",), "hello", None, "apigw, field 2022-08"),
    _routed("no routes at all", _ACTION, (), _CHAT, None, "apigw"),
    Socket(
        "route, after an error it goes on",
        _api("join"),
        [Connect(), Send(("hello",)), Send((_CHAT,))],
        {},
        [("join", None)],
        [Opened(), Got(FORBIDDEN)],
        "field 2022-08",
    ),
]

_ECHO = {"statusCode": 200, "body": "hi"}


def _answered(id: str, response: bool, answer: Any, gets: tuple[Gets, ...], source: str) -> Socket:
    settings = _api("join", responses=("join",) if response else ())
    return Socket(
        f"answer, {id}",
        settings,
        [Connect(), Send((_CHAT,)), Wait(31)],
        {"join": answer},
        [("join", None)],
        [Opened(), *gets],
        source,
    )


ANSWERS: list[Socket] = [
    _answered("route response", True, _ECHO, (Got("hi"),), "systems, apigw; measured"),
    _answered("no route response", False, _ECHO, (), "systems, apigw"),
    _answered("route response, no body", True, {"statusCode": 200}, (), "measured"),
    _answered("route response, empty body", True, {"statusCode": 200, "body": ""}, (), "choice: nothing to send"),
    _answered("status of an error, no body", True, {"statusCode": 401}, (), "measured"),
    _answered("raises, route response", True, Raises("boom"), (Got(FAILED),), "measured"),
    _answered("raises, no route response", False, Raises("boom"), (Got(FAILED),), "field 2026; choice"),
    _answered("throttled", False, "throttled", (Got(FAILED),), "choice: as an error"),
    _answered("no permission", False, "no permission", (Got(FAILED),), "choice: as an error"),
    _answered("after 29.1 s", True, Takes(29.1), (Got(LATE),), "apigw: 29 s; frame: unverified"),
    _answered("malformed", True, {"statusCode": 200, "body": {"a": 1}}, (Got(FAILED),), "unverified"),
    Socket(
        "answer of $disconnect counts for nothing",
        _FULL,
        [Connect(), Close()],
        {"$disconnect": Raises("boom")},
        [("$connect", None), ("$disconnect", None)],
        [Opened()],
        "systems, apigw",
    ),
]


def _ended(id: str, does: list[Does], gets: list[Gets], source: str, golden: str | None = None) -> Socket:
    """With routes for all ends."""
    sent = [each for each in does if isinstance(each, Send)]
    refused = any(isinstance(each, Closed) and each.code == 1009 for each in gets)
    events: list[tuple[str, str | None]] = [("$connect", None)]
    events += [("$default", None)] * (len(sent) - 1 if refused else len(sent))
    if any(isinstance(each, Closed) for each in gets) or any(isinstance(each, Close | Delete) for each in does):
        events.append(("$disconnect", golden))
    return Socket(f"end, {id}", _FULL, [Connect(), *does], {}, events, [Opened(), *gets], source)


_SHORT = Send(("x",))
_TALKS: list[Does] = [Wait(599), _SHORT]

ENDS: list[Socket] = [
    _ended("by the client", [Wait(4.75), Close(1000, "done")], [], "apigw, systems", "apigateway/ws_disconnect"),
    _ended(
        "by the client, without a status",
        [Wait(4.75), Close(None)],
        [],
        "apigw: the event it prints",
        "apigateway/ws_disconnect_without_status",
    ),
    _ended("by the API's owner", [Delete()], [Closed(None)], "bc, apigw; the code is not documented"),
    # Sizes.
    _ended("no, a frame of 32 KB", [Send(("x" * FRAME,))], [], "apigw"),
    _ended("a frame past 32 KB", [Send(("x" * (FRAME + 1),))], [Closed(1009)], "apigw"),
    _ended("no, a message of 128 KB", [Send(("x" * FRAME,) * 4)], [], "apigw"),
    _ended("a message past 128 KB", [Send((*("x" * FRAME,) * 4, "x"))], [Closed(1009)], "apigw"),
    _ended("no, bytes count: 16,384 letters of two", [Send(("é" * (FRAME // 2),))], [], "choice: bytes"),
    _ended("bytes count, not letters", [Send(("é" * (FRAME // 2) + "x",))], [Closed(1009)], "choice: bytes"),
    _ended("binary", [SendBinary(b"\x00\x01")], [Closed(1003)], "apigw"),
    # Times.
    _ended("no, 599 s idle", [Wait(599)], [], "apigw quotas"),
    _ended("601 s idle", [Wait(601)], [Closed(1001)], "apigw quotas; code: unverified"),
    _ended("no, a message within 10 minutes", [Wait(599), _SHORT, Wait(599)], [], "apigw quotas"),
    _ended(
        "no, one to the client counts too", [Wait(599), Post("x"), Wait(599)], [Got("x")], "choice: idle is no message"
    ),
    _ended("idle after a message", [Wait(599), _SHORT, Wait(601)], [Closed(1001)], "apigw quotas; code: unverified"),
    _ended("no, 7,199 s", [*_TALKS * 12, Wait(11)], [], "apigw quotas"),
    _ended("7,201 s", [*_TALKS * 12, Wait(13)], [Closed(1001)], "apigw quotas; code: unverified"),
]

WEBSOCKET: list[Socket] = [*CONNECTS, *MESSAGES, *ANSWERS, *ENDS]


# ------------------------------------------------------------------------------------------------ management


class Managed(NamedTuple):
    """What an operation on a connection comes to. `error` is the exception's name, None if all is well.

    `given`: "open" an open connection; "closed" one that has been; "unknown" an id that never was; "connecting" its own,
    while $connect is handled.
    """

    id: str
    operation: Literal["post_to_connection", "get_connection", "delete_connection"]
    given: Literal["open", "closed", "unknown", "connecting"]
    data: bytes
    status: int
    error: str | None
    source: str


MANAGEMENT: list[Managed] = [
    Managed("post", "post_to_connection", "open", b"hi", 200, None, "bc"),
    Managed("post, 128 KB", "post_to_connection", "open", b"x" * MESSAGE, 200, None, "bc"),
    Managed("post, past 128 KB", "post_to_connection", "open", b"x" * (MESSAGE + 1), 413, "PayloadTooLargeException", "bc"),
    Managed("post to one that is closed", "post_to_connection", "closed", b"hi", 410, "GoneException", "bc"),
    Managed("post to nobody", "post_to_connection", "unknown", b"hi", 410, "GoneException", "bc, unverified"),
    Managed("post while it connects", "post_to_connection", "connecting", b"hi", 410, "GoneException", "unverified"),
    Managed("get", "get_connection", "open", b"", 200, None, "bc"),
    Managed("get one that is closed", "get_connection", "closed", b"", 410, "GoneException", "bc"),
    Managed("delete", "delete_connection", "open", b"", 204, None, "bc"),
    Managed("delete one that is closed", "delete_connection", "closed", b"", 410, "GoneException", "bc"),
]  # fmt: skip

GET_CONNECTION = ["ConnectedAt", "Identity", "LastActiveAt"]
"""Members of what it gives (bc); Identity has SourceIp and UserAgent."""
