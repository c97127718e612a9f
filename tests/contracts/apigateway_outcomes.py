"""API Gateway as data: ends of a request that are no answer of the function, and limits.

Sources are those of `apigateway_table`. Bodies with a blank after the colon, and without, are as the references have
them. `None` as a body: no text says what it is, compare the status alone.
"""

from typing import Any, Literal, NamedTuple

from tests.contracts.apigateway_table import HTTP_FAILED, REST_FAILED, REST_MALFORMED, Api, Lines

Happens = Literal[
    "raises",  # the handler
    "exits",  # the process
    "function timeout",  # the function's own, shorter than the integration's
    "answers",  # well, after `answers_after` seconds; the function may run for 60
    "throttled",  # reserved concurrency is 1, and in use
    "zero reserved",  # reserved concurrency is 0
    "no permission",  # the function's policy has no statement for the API
    "no function",  # it is deleted
    "event too large",  # more than 6 MB
    "no route",  # `method` and `target` meet none of `routes`
]


class Outcome(NamedTuple):
    """What the client gets. `settings` may have `timeout_in_millis` of the integration, and what `happens` names."""

    id: str
    api: Api
    settings: dict[str, Any]
    happens: Happens
    status: int
    headers: Lines
    body: bytes | None
    source: str


_JSON: Lines = {"content-type": ["application/json"]}
_LATE = b'{"message": "Endpoint request timed out"}'
_UNAVAILABLE = b'{"message":"Service Unavailable"}'
_NOT_FOUND = b'{"message":"Not Found"}'
_FORBIDDEN = b'{"message":"Forbidden"}'
_NO_TOKEN = b'{"message":"Missing Authentication Token"}'
_REST_LARGE = b'{"message":"Request Too Long"}'
_HTTP_LARGE = b'{"message":"Request Entity Too Large"}'


def _type(name: str) -> Lines:
    return {**_JSON, "x-amzn-errortype": [name]}


def _rest(id: str, happens: Happens, status: int, body: bytes | None, source: str, **settings: Any) -> Outcome:
    return Outcome(f"rest, {id}", "rest", settings, happens, status, REST_FAILED, body, source)


REST_OUTCOMES: list[Outcome] = [
    _rest("handler raises", "raises", 502, REST_MALFORMED, "O"),
    _rest("process exits", "exits", 502, REST_MALFORMED, "dg: all function errors"),
    _rest("function's own timeout", "function timeout", 502, REST_MALFORMED, "dg: all function errors"),
    _rest("throttled", "throttled", 500, REST_MALFORMED, "systems, dg; header: field 2024"),
    _rest("reserved concurrency 0", "zero reserved", 500, REST_MALFORMED, "systems, dg"),
    _rest("no permission", "no permission", 500, REST_MALFORMED, "systems, dg"),
    _rest("no function", "no function", 500, REST_MALFORMED, "dg: all calls that the service refuses"),
    _rest("after 29.1 s", "answers", 504, _LATE, "systems; header: unverified", answers_after=29.1),
    _rest("after 1.1 s of 1", "answers", 504, _LATE, "systems", answers_after=1.1, timeout_in_millis=1_000),
    _rest("after 0.06 s of 0.05", "answers", 504, _LATE, "systems", answers_after=0.06, timeout_in_millis=50),
    Outcome(
        "rest, event over 6 MB",
        "rest",
        {},
        "event too large",
        413,
        _type("RequestTooLargeException"),
        _REST_LARGE,
        "systems: body unverified; header: unverified",
    ),
    *[
        Outcome(
            f"rest, no {words}",
            "rest",
            {"routes": ["GET /pets"], "stage": "prod", "method": method, "target": target},
            "no route",
            403,
            _type("MissingAuthenticationTokenException"),
            _NO_TOKEN,
            f"{source}; header: field 2023-05",
        )
        for words, method, target, source in [
            ("resource", "GET", "/prod/cats", "O"),
            ("method", "POST", "/prod/pets", "O"),
            ("root", "GET", "/prod/", "systems"),
        ]
    ],
    Outcome(
        "rest, no stage",
        "rest",
        {"routes": ["GET /pets"], "stage": "prod", "method": "GET", "target": "/test/pets"},
        "no route",
        403,
        _type("ForbiddenException"),
        _FORBIDDEN,
        "field 2026 for the body; header: unverified",
    ),
    # In time.
    Outcome("rest, after 28.9 s", "rest", {"answers_after": 28.9}, "answers", 200, _JSON, b"ok", "systems"),
]


def _http(id: str, happens: Happens, status: int, body: bytes | None, source: str, **settings: Any) -> list[Outcome]:
    return [Outcome(f"{api}, {id}", api, settings, happens, status, _JSON, body, source) for api in ("http1", "http2")]


_TEXT: Lines = {"content-type": ["text/plain; charset=utf-8"]}

HTTP_OUTCOMES: list[Outcome] = [
    *_http("handler raises", "raises", 500, HTTP_FAILED, "systems"),
    *_http("process exits", "exits", 500, HTTP_FAILED, "systems"),
    *_http("function's own timeout", "function timeout", 500, HTTP_FAILED, "systems: a function error"),
    *_http("no permission", "no permission", 500, HTTP_FAILED, "systems"),
    *_http("throttled", "throttled", 500, HTTP_FAILED, "choice, as field 2026-10 of a call refused with 409"),
    *_http("reserved concurrency 0", "zero reserved", 500, HTTP_FAILED, "choice, likewise"),
    *_http("no function", "no function", 500, HTTP_FAILED, "choice, likewise"),
    *_http("after 30.1 s", "answers", 503, _UNAVAILABLE, "systems 8", answers_after=30.1),
    *_http("after 1.1 s of 1", "answers", 503, _UNAVAILABLE, "systems 8", answers_after=1.1, timeout_in_millis=1_000),
    *_http("event over 6 MB", "event too large", 413, _HTTP_LARGE, "systems: body unverified"),
    *_http(
        "no route",
        "no route",
        404,
        _NOT_FOUND,
        "systems, apigw",
        routes=["GET /pets"],
        stage="$default",
        method="GET",
        target="/cats",
    ),
    *_http(
        "no method",
        "no route",
        404,
        _NOT_FOUND,
        "apigw: no route matches",
        routes=["GET /pets"],
        stage="$default",
        method="POST",
        target="/pets",
    ),
    *_http(
        "no stage",
        "no route",
        404,
        _NOT_FOUND,
        "apigw",
        routes=["GET /pets"],
        stage="prod",
        method="GET",
        target="/test/pets",
    ),
    # In time: the answer is {"statusCode": 200, "body": "ok"}.
    *[
        Outcome(f"{api}, after 29.9 s", api, {"answers_after": 29.9}, "answers", 200, _TEXT, b"ok", "systems")
        for api in ("http1", "http2")
    ],
]

OUTCOMES: list[Outcome] = [*REST_OUTCOMES, *HTTP_OUTCOMES]


# ------------------------------------------------------------------------------------------------ limits


class Limit(NamedTuple):
    """A request of exactly `size` bytes, and its status.

    `what` is counted so:
    - "body": bytes of the request's body, before base64.
    - "event": bytes of the event's JSON as the function service gets it (UTF-8); vary the body to meet the size.
    - "header values": bytes of all values that the client sends (UTF-8), Host and User-Agent included, without names,
      colons, blanks and line ends, and without what the API adds.
    - "request line and header values": those and the bytes of the request line (`GET /pets HTTP/1.1`, no line end).
    `by` is who refuses: the API itself, or the function service, which a body of 10 MB never passes; None if all is well.
    """

    id: str
    api: Api
    what: Literal["body", "event", "header values", "request line and header values"]
    size: int
    status: int
    body: bytes | None
    by: Literal["api", "function service"] | None
    source: str


PAYLOAD = 10 * 1_024 * 1_024
"""Bytes: 10 MB (apigw quotas); of 1,024 KB as in Lambda's texts (choice)."""
EVENT = 6 * 1_024 * 1_024
HEADERS = 10_240

_HTTP_HEADERS: Literal["request line and header values"] = "request line and header values"
_TOO_MANY = "apigw quotas; status: field 2023-07, unverified"

LIMITS: list[Limit] = [
    Limit("rest, event of 6 MB", "rest", "event", EVENT, 200, None, None, "systems"),
    Limit("rest, event past 6 MB", "rest", "event", EVENT + 1, 413, _REST_LARGE, "function service", "systems"),
    Limit("rest, body of 10 MB", "rest", "body", PAYLOAD, 413, _REST_LARGE, "function service", "apigw quotas"),
    Limit("rest, body past 10 MB", "rest", "body", PAYLOAD + 1, 413, _REST_LARGE, "api", "apigw quotas"),
    Limit("rest, headers of 10,240", "rest", "header values", HEADERS, 200, None, None, "apigw quotas"),
    Limit("rest, headers past 10,240", "rest", "header values", HEADERS + 1, 431, None, "api", _TOO_MANY),
    *[
        row
        for api in ("http1", "http2")
        for row in (
            Limit(f"{api}, event of 6 MB", api, "event", EVENT, 200, None, None, "systems"),
            Limit(f"{api}, event past 6 MB", api, "event", EVENT + 1, 413, _HTTP_LARGE, "function service", "systems"),
            Limit(f"{api}, body of 10 MB", api, "body", PAYLOAD, 413, _HTTP_LARGE, "function service", "apigw quotas"),
            Limit(f"{api}, body past 10 MB", api, "body", PAYLOAD + 1, 413, _HTTP_LARGE, "api", "apigw quotas"),
            Limit(f"{api}, headers of 10,240", api, _HTTP_HEADERS, HEADERS, 200, None, None, "apigw quotas"),
            Limit(f"{api}, headers past 10,240", api, _HTTP_HEADERS, HEADERS + 1, 431, None, "api", _TOO_MANY),
        )
    ],
]


class Timeout(NamedTuple):
    """Whether an integration may have this timeout."""

    api: Literal["rest", "http", "ws"]
    timeout_in_millis: int
    allowed: bool
    source: str


TIMEOUTS: list[Timeout] = [
    Timeout("rest", 49, False, "apigw quotas"),
    Timeout("rest", 50, True, "apigw quotas"),
    Timeout("rest", 29_000, True, "apigw quotas"),
    Timeout("rest", 29_001, True, "systems: Regional and private APIs can have more"),
    Timeout("http", 49, False, "bc"),
    Timeout("http", 50, True, "bc"),
    Timeout("http", 30_000, True, "bc"),
    Timeout("http", 30_001, False, "bc"),
    Timeout("ws", 49, False, "bc"),
    Timeout("ws", 50, True, "bc"),
    Timeout("ws", 29_000, True, "bc"),
    Timeout("ws", 29_001, False, "bc"),
]
DEFAULT_TIMEOUT_IN_MILLIS = {"rest": 29_000, "http": 30_000, "ws": 29_000}
