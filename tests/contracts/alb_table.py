"""Application Load Balancer as data: what a function's answer becomes, which requests are refused, and listener rules.

What the function gets is in front_door_requests.py.

Sources, in the columns `source`: "systems" and "semantics" are the project's reference texts with the section, "elb"
the guide to Application Load Balancers, "bc" the service model (botocore 1.44.5, elbv2), "field" a public report of
what AWS did, with its date, "unverified" general knowledge of the service found in no text read, "choice" ours. Where a
row contradicts systems.md because of field reports, its source says so.

Left open, so in no row: a final status of 100 to 199 (clients can't read it as one), a status written as 200.0, header
values outside ASCII, keys given twice in one object, and Date, Server and Connection of an answer.
"""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

Lines = dict[str, list[str]]

# ------------------------------------------------------------------------------------------------ the balancer's pages


def page(title: str) -> bytes:
    """The balancer's own page for a status line such as "502 Bad Gateway"; its content type is `text/html`."""
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    ).encode()


BAD_GATEWAY = page("502 Bad Gateway")
"""122 bytes: field 2020-06, 2020-10. The same form with "301 Moved Permanently", 134 bytes: field 2022-03, 2024-02. The
other titles in this module are unverified."""

# ---------------------------------------------------------------------------------------------------- answers


class Answered(NamedTuple):
    """What the client gets when the handler returned `answer`: a JSON value, or the text `raw` where that is not None.

    `multi` is the target group's attribute for multi-value headers. `headers` holds every header but the computed ones
    (Date, Server, Connection, Content-Length), names in lower case, the values of a name in any order (the guide, and a
    report of 2022-09 where they come out reversed). `reason` is the error reason in the balancer's log, `phrase` the
    reason phrase of the status line where it is not None. The request is a GET of `/`.
    """

    id: str
    multi: bool
    answer: Any
    status: int
    headers: Lines
    body: bytes
    reason: str | None
    source: str
    raw: str | None = None
    phrase: str | None = None


DEFAULT_TYPE: Lines = {"content-type": ["application/octet-stream"]}
"""Of an answer whose function gives no content type: field 2020-05, 2021-07, 2025-01."""

_HTML_TYPE: Lines = {"content-type": ["text/html"]}


def _ok(
    id: str,
    answer: Any,
    source: str,
    body: bytes = b"",
    headers: Lines | None = None,
    status: int = 200,
    *,
    multi: bool = False,
    raw: str | None = None,
    phrase: str | None = None,
) -> Answered:
    lines = DEFAULT_TYPE if headers is None else headers
    return Answered(id, multi, answer, status, lines, body, None, source, raw, phrase)


def _bad(
    id: str,
    answer: Any,
    source: str,
    *,
    multi: bool = False,
    raw: str | None = None,
    reason: str = "LambdaInvalidResponse",
) -> Answered:
    return Answered(id, multi, answer, 502, _HTML_TYPE, BAD_GATEWAY, reason, source, raw, "Bad Gateway")


def _headed(headers: Any, /, **more: Any) -> dict[str, Any]:
    """An answer in single-value mode."""
    return {"statusCode": 200, "headers": headers, "body": "x", **more}


def _many(headers: Any, /, **more: Any) -> dict[str, Any]:
    """An answer in multi-value mode."""
    return {"statusCode": 200, "multiValueHeaders": headers, "body": "x", **more}


_TEXT = {"content-type": "text/plain"}
_TEXT_LINES: Lines = {"content-type": ["text/plain"]}
_TEXTS = {"content-type": ["text/plain"]}

ANSWER_LIMIT = 1024 * 1024
"""Bytes of an answer: of the JSON text the runtime hands over, in UTF-8 (systems 2.1; what is counted is our choice)."""
RESPONSE_HEADERS_LIMIT = 32 * 1024
"""Bytes of a response's headers (elb): `header_bytes` of the lines made of the function's own headers, the dropped ones
left out, without the status line and what the balancer adds (what is counted is our choice)."""


def header_bytes(lines: Iterable[tuple[str, str]]) -> int:
    """Each line as `Name: value` and a line end of two bytes, in UTF-8."""
    return sum(len(f"{name}: {value}\r\n".encode()) for name, value in lines)


def _of_size(size: int) -> dict[str, Any]:
    """An answer whose JSON text, written by `json.dumps` with its defaults, has that many bytes."""
    empty = {"statusCode": 200, "headers": _TEXT, "body": ""}
    return {**empty, "body": "x" * (size - len(json.dumps(empty)))}


def _of_header_size(size: int) -> dict[str, str]:
    """Headers of one content type and one filler that count `size` bytes together."""
    used = header_bytes([("content-type", "text/plain"), ("x-fill", "")])
    return {"content-type": "text/plain", "x-fill": "x" * (size - used)}


_AT, _PAST = _of_size(ANSWER_LIMIT), _of_size(ANSWER_LIMIT + 1)
_HEADERS_AT, _HEADERS_PAST = (_of_header_size(RESPONSE_HEADERS_LIMIT + more) for more in (0, 1))

_ACCEPTED: list[Answered] = [
    # members
    _ok(
        "the guide's answer",
        {
            "isBase64Encoded": False,
            "statusCode": 200,
            "statusDescription": "200 OK",
            "headers": {"Set-cookie": "cookies", "Content-Type": "application/json"},
            "body": "Hello from Lambda (optional)",
        },
        "elb lambda-functions",
        b"Hello from Lambda (optional)",
        {"set-cookie": ["cookies"], "content-type": ["application/json"]},
        phrase="OK",
    ),
    _ok(
        "the guide's answer, multi",
        {
            "isBase64Encoded": False,
            "statusCode": 200,
            "statusDescription": "200 OK",
            "multiValueHeaders": {
                "Set-cookie": ["cookie-name=cookie-value;Domain=myweb.com;Secure;HttpOnly", "cookie-name=cookie-value"],
                "Content-Type": ["application/json"],
            },
            "body": "Hello from Lambda (optional)",
        },
        "elb lambda-functions",
        b"Hello from Lambda (optional)",
        {
            "set-cookie": ["cookie-name=cookie-value;Domain=myweb.com;Secure;HttpOnly", "cookie-name=cookie-value"],
            "content-type": ["application/json"],
        },
        multi=True,
    ),
    _ok("status alone", {"statusCode": 200}, "systems 2.1, field 2020-11"),
    _ok("status alone, multi", {"statusCode": 200}, "systems 2.1", multi=True),
    _ok("no headers, a body", {"statusCode": 200, "body": "x"}, "field 2020-05, 2021-07", b"x"),
    _ok("empty headers", _headed({}), "field 2021-07", b"x"),
    _ok("empty headers, multi", _many({}), "field 2021-07", b"x", multi=True),
    _ok("empty body", {"statusCode": 200, "headers": _TEXT, "body": ""}, "systems 2.1", b"", _TEXT_LINES),
    _ok(
        "HTML",
        _headed({"Content-Type": "text/html; charset=utf-8"}, body="<h1>Café</h1>", isBase64Encoded=False),
        "elb lambda-functions",
        "<h1>Café</h1>".encode(),
        {"content-type": ["text/html; charset=utf-8"]},
    ),
    _ok(
        "body is UTF-8 whatever the charset says",
        _headed({"content-type": "text/plain; charset=latin-1"}, body="é😀"),
        "choice",
        "é😀".encode(),
        {"content-type": ["text/plain; charset=latin-1"]},
    ),
    _ok("line breaks in a body", _headed(_TEXT, body="a\r\n\nb\0"), "choice", b"a\r\n\nb\0", _TEXT_LINES),
    _ok("unknown members", _headed(_TEXT, cookies=["a=1"], more=7), "field 2022-09", b"x", _TEXT_LINES),
    # status and its description
    *[
        _ok(
            f"status {status}",
            {"statusCode": status, "headers": _TEXT, "body": "x"},
            "systems 2.1",
            b"x",
            _TEXT_LINES,
            status,
        )
        for status in (201, 301, 404, 418, 500, 502, 503, 599)
    ],
    *[
        _ok(
            f"status {status}: no body is sent",
            {"statusCode": status, "headers": _TEXT, "body": "x"},
            "choice",
            b"",
            _TEXT_LINES,
            status,
        )
        for status in (204, 304)
    ],
    _ok("standard phrase", {"statusCode": 404}, "systems 2.1", status=404, phrase="Not Found"),
    _ok(
        "own phrase",
        {"statusCode": 404, "statusDescription": "404 Nothing Here"},
        "systems 2.1",
        status=404,
        phrase="Nothing Here",
    ),
    _ok("description of another status", {"statusCode": 404, "statusDescription": "200 OK"}, "choice", status=404),
    _ok("description without a number", {"statusCode": 404, "statusDescription": "Nothing"}, "choice", status=404),
    _ok("empty description", {"statusCode": 404, "statusDescription": ""}, "choice", status=404),
    # base64
    _ok(
        "base64",
        _headed({"content-type": "image/png"}, body="AAH+/w==", isBase64Encoded=True),
        "systems 2.1",
        b"\x00\x01\xfe\xff",
        {"content-type": ["image/png"]},
    ),
    _ok(
        "base64 of text, multi",
        _many(_TEXTS, body="w6k=", isBase64Encoded=True),
        "systems 2.1",
        "é".encode(),
        _TEXT_LINES,
        multi=True,
    ),
    _ok("base64 of nothing", _headed(_TEXT, body="", isBase64Encoded=True), "choice", b"", _TEXT_LINES),
    _ok(
        "base64 without a body",
        {"statusCode": 200, "headers": _TEXT, "isBase64Encoded": True},
        "choice",
        b"",
        _TEXT_LINES,
    ),
    _ok("base64 not marked", _headed(_TEXT, body="AAH+/w=="), "systems 2.1", b"AAH+/w==", _TEXT_LINES),
    # headers
    _ok(
        "names in any case",
        _headed({"CONTENT-TYPE": "text/css", "X-sHop": "Red"}),
        "systems 2.1",
        b"x",
        {"content-type": ["text/css"], "x-shop": ["Red"]},
    ),
    _ok(
        "cookies by varying case",
        _headed({**_TEXT, "set-cookie": "a=1; Path=/", "Set-cookie": "b=2", "SET-COOKIE": "c=3"}),
        "systems 2.1",
        b"x",
        {**_TEXT_LINES, "set-cookie": ["a=1; Path=/", "b=2", "c=3"]},
    ),
    _ok(
        "another name by varying case",
        _headed({**_TEXT, "x-tag": "red", "X-Tag": "blue"}),
        "systems 2.1",
        b"x",
        {**_TEXT_LINES, "x-tag": ["red", "blue"]},
    ),
    _ok(
        "several values, multi",
        _many({**_TEXTS, "Set-Cookie": ["a=1", "b=2"], "X-Tag": ["red", "blue"]}),
        "systems 2.1",
        b"x",
        {**_TEXT_LINES, "set-cookie": ["a=1", "b=2"], "x-tag": ["red", "blue"]},
        multi=True,
    ),
    _ok(
        "several values and varying case, multi",
        _many({**_TEXTS, "set-cookie": ["a=1", "b=2"], "Set-cookie": ["c=3"]}),
        "choice",
        b"x",
        {**_TEXT_LINES, "set-cookie": ["a=1", "b=2", "c=3"]},
        multi=True,
    ),
    _ok("no values, multi", _many({**_TEXTS, "x-tag": []}), "choice", b"x", _TEXT_LINES, multi=True),
    _ok("empty value", _headed({**_TEXT, "x-tag": ""}), "choice", b"x", {**_TEXT_LINES, "x-tag": [""]}),
    _ok(
        "blanks and tabs within a value",
        _headed({**_TEXT, "x-tag": "a \t b, c"}),
        "choice",
        b"x",
        {**_TEXT_LINES, "x-tag": ["a \t b, c"]},
    ),
    _ok(
        "every character a name may have",
        _headed({**_TEXT, "x!#$%&'*+-.^_`|~9": "1"}),
        "choice (RFC 9110 token)",
        b"x",
        {**_TEXT_LINES, "x!#$%&'*+-.^_`|~9": ["1"]},
    ),
    # the map of the other mode
    _ok(
        "single mode, only the other map",
        _many({**_TEXTS, "x-tag": ["red"]}),
        "systems 2.1, field 2020-05, 2021-07, 2025-08",
        b"x",
    ),
    _ok("multi mode, only the other map", _headed({**_TEXT, "x-tag": "red"}), "systems 2.1", b"x", multi=True),
    *[
        _ok(
            f"both maps, {'multi' if multi else 'single'}",
            _headed({"content-type": "text/css"}, multiValueHeaders={"content-type": ["text/csv"]}),
            "systems 2.1",
            b"x",
            {"content-type": ["text/csv" if multi else "text/css"]},
            multi=multi,
        )
        for multi in (False, True)
    ],
    _ok("other map null, single", _headed(_TEXT, multiValueHeaders=None), "field 2019-06", b"x", _TEXT_LINES),
    _ok("other map null, multi", _many(_TEXTS, headers=None), "choice", b"x", _TEXT_LINES, multi=True),
    _ok("other map malformed, single", _headed(_TEXT, multiValueHeaders=[1]), "choice", b"x", _TEXT_LINES),
    _ok("other map malformed, multi", _many(_TEXTS, headers=7), "choice", b"x", _TEXT_LINES, multi=True),
    # headers that are the balancer's
    _ok("content-length is computed", _headed({**_TEXT, "Content-Length": "999"}), "systems 2.1", b"x", _TEXT_LINES),
    _ok(
        "content-length is computed, multi",
        _many({**_TEXTS, "Content-Length": ["999"]}),
        "systems 2.1",
        b"x",
        _TEXT_LINES,
        multi=True,
    ),
    *[
        _ok(f"hop by hop: {name}", _headed({**_TEXT, name: value}), source, b"x", _TEXT_LINES)
        for name, value, source in [
            ("Transfer-Encoding", "chunked", "elb lambda-functions, systems 2.1"),
            ("Keep-Alive", "timeout=5", "unverified"),
            ("TE", "trailers", "unverified"),
            ("Trailer", "X-Sum", "unverified"),
            ("Upgrade", "h2c", "unverified"),
            ("Proxy-Authenticate", "Basic", "unverified"),
            ("Proxy-Authorization", "Basic eDp5", "unverified"),
            ("Proxy-Connection", "close", "unverified"),
        ]
    ],
    _ok(
        "hop by hop: what Connection names stays",
        _headed({**_TEXT, "Connection": "close, X-Shop", "X-Shop": "Red"}),
        "elb lambda-functions; that X-Shop stays is our choice",
        b"x",
        {**_TEXT_LINES, "x-shop": ["Red"]},
    ),
    _ok(
        "hop by hop, multi",
        _many({**_TEXTS, "Connection": ["close"], "Transfer-Encoding": ["chunked"]}),
        "elb lambda-functions",
        b"x",
        _TEXT_LINES,
        multi=True,
    ),
    # sizes
    _ok("JSON text at the limit", _AT, "systems 2.1", _AT["body"].encode(), _TEXT_LINES, raw=json.dumps(_AT)),
    _ok(
        "headers at the limit",
        _headed(_HEADERS_AT),
        "elb",
        b"x",
        {name: [value] for name, value in _HEADERS_AT.items()},
    ),
]

_JSON = "application/json; charset=utf-8"

_NO_OBJECTS: list[Any] = [None, True, 200, "Hello", [], [{"statusCode": 200}], {}]
_NO_FLAGS: list[Any] = [None, "true", "false", "", 0, 1, [], {}]

_INVALID: list[Answered] = [
    # the whole
    *[_bad(f"answer is {json.dumps(whole)}", whole, "systems 2.1") for whole in _NO_OBJECTS],
    *[
        _bad(f"text is {raw!r}", None, "systems 2.1 (not JSON)", raw=raw)
        for raw in ("", " ", "Hello", '{"statusCode": 200', '{"statusCode": 200} x', "{'statusCode': 200}")
    ],
    _bad("NaN as status", None, "choice", raw='{"statusCode": NaN}'),
    _bad("NaN elsewhere", None, "choice", raw='{"statusCode": 200, "more": NaN}'),
    _bad("half a surrogate pair in the body", None, "choice", raw='{"statusCode": 200, "body": "\\ud800"}'),
    # statusCode
    _bad("no status", {"headers": _TEXT, "body": "x"}, "systems 2.1"),
    _bad("status under another name", {"status": 200, "statuscode": 200}, "systems 2.1"),
    _bad("status as text", {"statusCode": "200"}, "field 2019-03, against systems 8"),
    *[
        _bad(f"status {json.dumps(status)}", {"statusCode": status}, "systems 2.1")
        for status in (None, True, "abc", "", 200.5, [200], {"code": 200}, 0, -1, 99, 600, 1000)
    ],
    # statusDescription
    _bad("description null", {"statusCode": 200, "statusDescription": None}, "field 2019-08"),
    *[
        _bad(f"description {json.dumps(text)}", {"statusCode": 200, "statusDescription": text}, "choice")
        for text in (200, True, ["200 OK"], {"text": "200 OK"})
    ],
    *[
        _bad(f"description with {text[3:]!r}", {"statusCode": 200, "statusDescription": text}, "choice")
        for text in ("200\rOK", "200\nOK", "200\0OK")
    ],
    # the map of the mode
    _bad(
        "headers null",
        {
            "statusCode": 200,
            "headers": None,
            "multiValueHeaders": {"Content-Type": [_JSON]},
            "body": '{"message":"pong"}',
        },
        "field 2019-06, 2020-10",
    ),
    _bad(
        "headers null, multi",
        {"statusCode": 200, "headers": {"Content-Type": _JSON}, "multiValueHeaders": None, "body": "x"},
        "choice",
        multi=True,
    ),
    *[
        _bad(
            f"headers {json.dumps(value)}{', multi' if multi else ''}",
            (_many if multi else _headed)(value),
            "systems 2.1",
            multi=multi,
        )
        for multi in (False, True)
        for value in ([], [["x-tag", "red"]], "x-tag: red", 7, True)
    ],
    # values: reports against the "strings, numbers or booleans" of systems 2.1
    _bad("value true", _headed({**_TEXT, "x-tag": True}), "field 2019-07, against systems 2.1"),
    _bad("value false", _headed({**_TEXT, "x-tag": False}), "field 2019-07, against systems 2.1"),
    _bad("value 7", _headed({**_TEXT, "x-tag": 7}), "field 2021-10, 2025-07, against systems 2.1"),
    _bad("value 1.5", _headed({**_TEXT, "x-tag": 1.5}), "field 2021-10, against systems 2.1"),
    _bad(
        "content-length as a number",
        _headed({**_TEXT, "Content-Length": 1}),
        "field 2024-01, against systems 2.1",
    ),
    *[
        _bad(f"value {json.dumps(value)}", _headed({**_TEXT, "x-tag": value}), "systems 2.1")
        for value in (None, ["red"], {"is": "red"})
    ],
    *[
        _bad(f"value {json.dumps(value)}, multi", _many({**_TEXTS, "x-tag": value}), "systems 2.1", multi=True)
        for value in ("red", None, 7, True, {"is": "red"})
    ],
    *[
        _bad(f"value [{json.dumps(value)}], multi", _many({**_TEXTS, "x-tag": ["red", value]}), source, multi=True)
        for value, source in [
            (7, "field 2021-10, against systems 2.1"),
            (True, "field 2021-10, against systems 2.1"),
            (None, "systems 2.1"),
            (["blue"], "systems 2.1"),
            ({"is": "blue"}, "systems 2.1"),
        ]
    ],
    *[
        _bad(f"value with {text!r}{', multi' if multi else ''}", answer, "choice (bad header)", multi=multi)
        for text in ("a\r\nx-more: 1", "a\nb", "a\rb", "a\0b")
        for multi, answer in ((False, _headed({"x-tag": text})), (True, _many({"x-tag": [text]})))
    ],
    # names
    *[
        _bad(f"name {name!r}{', multi' if multi else ''}", answer, "choice (bad header)", multi=multi)
        for name in ("", " ", "x tag", "x-tag ", "x:tag", "x-tag\r\nx-more", "x-tag\n", "x(tag)", "é", "x\0")
        for multi, answer in ((False, _headed({name: "red"})), (True, _many({name: ["red"]})))
    ],
    # body
    _bad("body null", _headed(_TEXT, body=None), "field 2020-06, 2024-07"),
    *[
        _bad(f"body {json.dumps(body)}", _headed(_TEXT, body=body), "systems 2.1")
        for body in (7, 1.5, True, ["x"], {"message": "x"})
    ],
    # isBase64Encoded
    *[
        _bad(f"isBase64Encoded {json.dumps(value)}", _headed(_TEXT, isBase64Encoded=value), "choice")
        for value in _NO_FLAGS
    ],
    _bad(
        "base64 in lines",
        _headed(_TEXT, body="AAH+\r\n/w==\r\n", isBase64Encoded=True),
        "field 2020-04",
    ),
    *[
        _bad(
            f"base64 {body!r}",
            _headed(_TEXT, body=body, isBase64Encoded=True),
            "systems 2.1; what is bad is our choice",
        )
        for body in ("%%%%", "AAH+/w", "AAH+/w=", "AAH-_w==", "AAH+ /w==", "AAH+/w==A", "=", "é===", "data:,AAH+/w==")
    ],
    # sizes
    _bad("JSON text past the limit", _PAST, "systems 2.1", raw=json.dumps(_PAST), reason="LambdaResponseTooLarge"),
    _bad("headers past the limit", _headed(_HEADERS_PAST), "elb; the reason is our choice"),
]

ANSWERS: list[Answered] = _ACCEPTED + _INVALID

# ---------------------------------------------------------------------------------------------------- outcomes


class Outcome(NamedTuple):
    """What the client gets when there is no answer to look at."""

    id: str
    status: int
    body: bytes
    reason: str
    invoked: bool
    source: str = "systems 2.1"


OUTCOMES: list[Outcome] = [
    Outcome("function error", 502, BAD_GATEWAY, "LambdaUnhandled", True),
    Outcome("function error with an answer that has a status", 502, BAD_GATEWAY, "LambdaUnhandled", True),
    Outcome("timeout", 502, BAD_GATEWAY, "LambdaUnhandled", True),
    Outcome("process ends", 502, BAD_GATEWAY, "LambdaUnhandled", True),
    Outcome("result is no JSON (marshal error)", 502, BAD_GATEWAY, "LambdaUnhandled", True),
    Outcome("throttled", 502, BAD_GATEWAY, "LambdaThrottling", False),
    Outcome("reserved concurrency 0", 502, BAD_GATEWAY, "LambdaThrottling", False),
    Outcome("no permission", 502, BAD_GATEWAY, "LambdaAccessDenied", False, "systems 2.1, 8"),
    Outcome("no such function", 502, BAD_GATEWAY, "LambdaResourceNotFound", False, "systems 2.1, 8"),
]

# ---------------------------------------------------------------------------------------------------- requests

BODY_LIMIT = 1024 * 1024
"""Bytes of a request's body: as received, before base64; of a chunked one without the framing (elb; what is counted is
our choice)."""
LINE_LIMIT = 16 * 1024
"""Bytes of the request line `METHOD target HTTP/1.1`, and of each header line `Name: value` with one blank, both without
the line's end (elb; what is counted is our choice)."""
HEADERS_LIMIT = 64 * 1024
"""Bytes of all header lines together: `header_bytes`, so line ends count; without the request line and the empty line
(elb; what is counted is our choice)."""


class Refused(NamedTuple):
    """A request, and the status it gets: without the function, but where `invoked` says that the limit is just kept.

    The function answers 200. Header values go out in latin-1. `registered` False: the target group has no function.
    `reason` is the error reason in the log; `body` is the page, not compared where None.
    """

    id: str
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    status: int
    reason: str | None
    answer: bytes | None
    source: str
    invoked: bool = False
    registered: bool = True


_HOST = [("Host", "shop.example.com"), ("User-Agent", "curl/8.5.0")]
_BAD_REQUEST = page("400 Bad Request")


def _kept(
    id: str, source: str, target: str = "/", headers: list[tuple[str, str]] | None = None, body: bytes = b""
) -> Refused:
    method = "POST" if body else "GET"
    return Refused(id, method, target, _HOST + (headers or []), body, 200, None, None, source, invoked=True)


def _posted(size: int) -> tuple[list[tuple[str, str]], bytes]:
    return [*_HOST, ("Content-Type", "text/plain"), ("Content-Length", str(size))], b"x" * size


def _request_line(size: int) -> str:
    """The target of a GET whose request line has that many bytes."""
    return "/" + "x" * (size - len("GET / HTTP/1.1"))


def _header_line(size: int, name: str = "X-Fill") -> tuple[str, str]:
    return name, "x" * (size - len(f"{name}: "))


def _header_lines(size: int) -> list[tuple[str, str]]:
    """Lines that count `size` bytes together, none longer than 16,000."""
    lines = list(_HOST)
    while (left := size - header_bytes(lines)) > 0:
        lines.append(_header_line(min(left - 2, 16_000), f"X-Fill-{len(lines)}"))
    return lines


_UPGRADE = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
]
_TOO_LARGE = page("413 Request Entity Too Large")
_TYPED = [*_HOST, ("Content-Type", "text/plain"), ("Content-Length", "2")]

REQUESTS_REFUSED: list[Refused] = [
    Refused("body at the limit", "POST", "/", *_posted(BODY_LIMIT), 200, None, None, "elb", invoked=True),
    Refused(
        "body past the limit", "POST", "/", *_posted(BODY_LIMIT + 1), 413, "LambdaRequestTooLarge", _TOO_LARGE, "elb"
    ),
    _kept("request line at the limit", "elb", _request_line(LINE_LIMIT)),
    Refused(
        "request line past the limit",
        "GET",
        _request_line(LINE_LIMIT + 1),
        _HOST,
        b"",
        400,
        None,
        _BAD_REQUEST,
        "systems 2.1",
    ),
    _kept("header at the limit", "elb", headers=[_header_line(LINE_LIMIT)]),
    Refused(
        "header past the limit", "GET", "/", [*_HOST, _header_line(LINE_LIMIT + 1)], b"", 400, None, _BAD_REQUEST, "elb"
    ),
    Refused(
        "headers at the limit", "GET", "/", _header_lines(HEADERS_LIMIT), b"", 200, None, None, "elb", invoked=True
    ),
    Refused(
        "headers past the limit", "GET", "/", _header_lines(HEADERS_LIMIT + 1), b"", 400, None, _BAD_REQUEST, "elb"
    ),
    Refused("websocket", "GET", "/", _HOST + _UPGRADE, b"", 400, "LambdaWebsocketNotSupported", _BAD_REQUEST, "elb"),
    # the status is our choice: the log's reason alone is documented
    Refused(
        "body is not UTF-8",
        "POST",
        "/",
        _TYPED,
        b"\xff\xfe",
        400,
        "LambdaBadRequest",
        _BAD_REQUEST,
        "elb; status choice",
    ),
    Refused(
        "header is not UTF-8",
        "GET",
        "/",
        [*_HOST, ("X-Shop", "\xff\xfe")],
        b"",
        400,
        "LambdaBadRequest",
        _BAD_REQUEST,
        "elb; status choice",
    ),
    Refused(
        "no target",
        "GET",
        "/",
        _HOST,
        b"",
        503,
        None,
        page("503 Service Temporarily Unavailable"),
        "elb",
        registered=False,
    ),
    Refused("method TRACE", "TRACE", "/", _HOST, b"", 405, None, None, "elb troubleshooting"),
    _kept("thirty forwarders", "elb troubleshooting", headers=[("X-Forwarded-For", ", ".join(["198.51.100.7"] * 30))]),
    Refused(
        "thirty-one forwarders",
        "GET",
        "/",
        [*_HOST, ("X-Forwarded-For", ", ".join(["198.51.100.7"] * 31))],
        b"",
        463,
        None,
        None,
        "elb troubleshooting",
    ),
    Refused(
        "unknown transfer encoding",
        "POST",
        "/",
        [*_HOST, ("Transfer-Encoding", "gzip")],
        b"",
        501,
        None,
        None,
        "elb troubleshooting",
    ),
]

# ---------------------------------------------------------------------------------------------------- health checks
# The events are the goldens alb/health_check and alb/health_check_multi. Off by default.

HEALTH_DEFAULTS: dict[str, Any] = {
    "HealthCheckEnabled": False,
    "HealthCheckPath": "/",
    "HealthCheckIntervalSeconds": 35,
    "HealthCheckTimeoutSeconds": 30,
    "HealthyThresholdCount": 5,
    "UnhealthyThresholdCount": 5,
    "Matcher": {"HttpCode": "200"},
}
"""Of a target group of type lambda (bc)."""


class Health(NamedTuple):
    """Whether a check with that matcher passes when the function answers with that status."""

    matcher: str
    status: int
    healthy: bool
    source: str = "bc"


HEALTH: list[Health] = [
    Health("200", 200, True),
    Health("200", 201, False),
    Health("200", 502, False),
    Health("200,202", 202, True),
    Health("200,202", 201, False),
    Health("200-299", 200, True),
    Health("200-299", 250, True),
    Health("200-299", 299, True),
    Health("200-299", 300, False),
    Health("200-299", 199, False),
    Health("200-499", 404, True),
    Health("200-499", 500, False),
]

# ---------------------------------------------------------------------------------------------------- listener rules


class Ruled(NamedTuple):
    """Whether a rule with these conditions (as CreateRule takes them) matches a request, which comes from `client`."""

    id: str
    conditions: list[dict[str, Any]]
    matches: bool
    source: str
    target: str = "/"
    method: str = "GET"
    headers: list[tuple[str, str]] = []
    client: str = "203.0.113.9"


def _path(*values: str) -> dict[str, Any]:
    return {"Field": "path-pattern", "PathPatternConfig": {"Values": list(values)}}


def _host(*values: str) -> dict[str, Any]:
    return {"Field": "host-header", "HostHeaderConfig": {"Values": list(values)}}


def _header(name: str, *values: str) -> dict[str, Any]:
    return {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": list(values)}}


def _method(*values: str) -> dict[str, Any]:
    return {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": list(values)}}


def _query(*pairs: tuple[str | None, str]) -> dict[str, Any]:
    values = [{"Value": value} if key is None else {"Key": key, "Value": value} for key, value in pairs]
    return {"Field": "query-string", "QueryStringConfig": {"Values": values}}


def _source(*values: str) -> dict[str, Any]:
    return {"Field": "source-ip", "SourceIpConfig": {"Values": list(values)}}


_LISTENERS = "elb load-balancer-listeners"

RULES: list[Ruled] = [
    # path-pattern: `*` any number of characters, `?` exactly one, case-sensitive, the path alone
    *[
        Ruled(f"path {pattern} and {target}", [_path(pattern)], matches, source, target)
        for pattern, target, matches, source in [
            ("/", "/", True, _LISTENERS),
            ("/", "/img", False, _LISTENERS),
            ("/img", "/img", True, _LISTENERS),
            ("/img", "/img/", False, _LISTENERS),
            ("/img", "/img/a.png", False, _LISTENERS),
            ("/img", "/IMG", False, _LISTENERS),
            ("/img/*", "/img/a.png", True, _LISTENERS),
            ("/img/*", "/img/", True, _LISTENERS),
            ("/img/*", "/img", False, _LISTENERS),
            ("/img/*", "/img/a/b/c.png", True, _LISTENERS),
            ("/img/*", "/Img/a.png", False, _LISTENERS),
            ("/img/*/pics", "/img/2026/pics", True, _LISTENERS),
            ("/img/*/pics", "/img/a/b/pics", True, _LISTENERS),
            ("/img/*/pics", "/img/pics", False, _LISTENERS),
            ("/img/*/pics", "/img/a/pics/b", False, _LISTENERS),
            ("*", "/", True, _LISTENERS),
            ("*", "/a/b?c=1", True, _LISTENERS),
            ("/*", "/", True, _LISTENERS),
            ("/v?/orders", "/v1/orders", True, _LISTENERS),
            ("/v?/orders", "/v/orders", False, _LISTENERS),
            ("/v?/orders", "/v12/orders", False, _LISTENERS),
            ("/v?orders", "/v/orders", True, "choice (any character)"),
            ("/a?", "/a", False, _LISTENERS),
            ("/search", "/search?q=1", True, _LISTENERS),
            ("/search*q", "/search?q", False, _LISTENERS),
            ("/a.b", "/aXb", False, _LISTENERS),
            ("/a+b", "/a+b", True, _LISTENERS),
            ("/a+b", "/aab", False, _LISTENERS),
            ("/red%20flowers", "/red%20flowers", True, "choice (as sent)"),
        ]
    ],
    Ruled("one of two paths", [_path("/a", "/b")], True, _LISTENERS, "/b"),
    Ruled("none of two paths", [_path("/a", "/b")], False, _LISTENERS, "/c"),
    # host-header: not case-sensitive, the same wildcards
    *[
        Ruled(f"host {pattern} and {host}", [_host(pattern)], matches, source, headers=[("Host", host)])
        for pattern, host, matches, source in [
            ("example.com", "example.com", True, _LISTENERS),
            ("example.com", "EXAMPLE.com", True, _LISTENERS),
            ("Example.COM", "example.com", True, _LISTENERS),
            ("example.com", "test.example.com", False, _LISTENERS),
            ("*.example.com", "test.example.com", True, _LISTENERS),
            ("*.example.com", "a.test.example.com", True, _LISTENERS),
            ("*.example.com", "example.com", False, _LISTENERS),
            ("test?.example.com", "test1.example.com", True, _LISTENERS),
            ("test?.example.com", "test.example.com", False, _LISTENERS),
            ("example.com", "example.com:8443", True, "choice (the port does not count)"),
        ]
    ],
    # http-header: neither name nor value is case-sensitive
    *[
        Ruled(
            f"header {sent[0]}: {sent[1]} and {value}",
            [_header("User-Agent", value)],
            matches,
            _LISTENERS,
            headers=[sent],
        )
        for value, sent, matches in [
            ("*Chrome*", ("User-Agent", "Mozilla/5.0 Chrome/120.0"), True),
            ("*chrome*", ("User-Agent", "Mozilla/5.0 Chrome/120.0"), True),
            ("*Chrome*", ("user-agent", "Mozilla/5.0 Chrome/120.0"), True),
            ("*Chrome*", ("User-Agent", "curl/8.5.0"), False),
            ("curl", ("User-Agent", "curl/8.5.0"), False),
            ("curl/?.?.?", ("User-Agent", "curl/8.5.0"), True),
            ("curl/?.?.?", ("User-Agent", "curl/8.15.0"), False),
            ("*", ("X-Other", "1"), False),
        ]
    ],
    Ruled("one of two header values", [_header("X-Tag", "red", "blue")], True, _LISTENERS, headers=[("X-Tag", "blue")]),
    Ruled(
        "second line of a repeated header",
        [_header("X-Tag", "blue")],
        True,
        _LISTENERS,
        headers=[("X-Tag", "red"), ("X-Tag", "blue")],
    ),
    Ruled(
        "no line of a repeated header",
        [_header("X-Tag", "green")],
        False,
        _LISTENERS,
        headers=[("X-Tag", "red"), ("X-Tag", "blue")],
    ),
    Ruled("header is missing", [_header("X-Tag", "red")], False, _LISTENERS),
    # http-request-method: exact, case-sensitive
    *[
        Ruled(f"method {wanted} and {method}", [_method(*wanted)], matches, _LISTENERS, method=method)
        for wanted, method, matches in [
            (("GET",), "GET", True),
            (("GET",), "HEAD", False),
            (("GET", "HEAD"), "HEAD", True),
            (("GET",), "POST", False),
            (("CUSTOM",), "CUSTOM", True),
            (("GET",), "get", False),
        ]
    ],
    # query-string: keys and values not case-sensitive, any of the pairs
    *[
        Ruled(f"query {key}={value} and {target}", [_query((key, value))], matches, source, target)
        for key, value, target, matches, source in [
            ("version", "v1", "/?version=v1", True, _LISTENERS),
            ("version", "v1", "/?VERSION=V1", True, _LISTENERS),
            ("version", "v1", "/?version=v2", False, _LISTENERS),
            ("version", "v1", "/?other=v1", False, _LISTENERS),
            ("version", "v1", "/?a=1&version=v1", True, _LISTENERS),
            ("version", "v1", "/?version=v2&version=v1", True, "choice (any of them)"),
            ("version", "v1", "/", False, _LISTENERS),
            ("version", "v?", "/?version=v9", True, _LISTENERS),
            ("version", "v?", "/?version=v", False, _LISTENERS),
            ("ver*", "*", "/?version=", True, _LISTENERS),
            ("version", "*", "/?version", True, "choice (no sign is an empty value)"),
            (None, "*example*", "/?q=an-example-here", True, _LISTENERS),
            (None, "*example*", "/?example=1", False, _LISTENERS),
            (None, "red", "/?a=1&b=red", True, _LISTENERS),
            ("q", r"a\*b", "/?q=a*b", True, "bc"),
            ("q", r"a\*b", "/?q=axb", False, "bc"),
            ("q", r"a\?", "/?q=a?", True, "bc"),
            ("q", r"a\?", "/?q=ab", False, "bc"),
        ]
    ],
    Ruled("one of two pairs", [_query(("a", "1"), ("b", "2"))], True, _LISTENERS, "/?b=2"),
    Ruled("none of two pairs", [_query(("a", "1"), ("b", "2"))], False, _LISTENERS, "/?a=2&b=1"),
    # source-ip: CIDR, of the connection
    *[
        Ruled(f"source {blocks} and {client}", [_source(*blocks)], matches, _LISTENERS, client=client)
        for blocks, client, matches in [
            (("203.0.113.0/24",), "203.0.113.9", True),
            (("203.0.113.0/29",), "203.0.113.9", False),
            (("203.0.113.9/32",), "203.0.113.9", True),
            (("203.0.113.8/32",), "203.0.113.9", False),
            (("0.0.0.0/0",), "203.0.113.9", True),
            (("198.51.100.0/24", "203.0.113.0/24"), "203.0.113.9", True),
            (("2001:db8::/32",), "2001:db8::1", True),
            (("2001:db8::/32",), "2001:db9::1", False),
            (("2001:db8::/32",), "203.0.113.9", False),
            (("0.0.0.0/0",), "2001:db8::1", False),
        ]
    ],
    Ruled(
        "source is not what X-Forwarded-For says",
        [_source("198.51.100.0/24")],
        False,
        _LISTENERS,
        headers=[("X-Forwarded-For", "198.51.100.7")],
    ),
    # all conditions
    Ruled("both of two conditions", [_path("/a"), _method("POST")], True, _LISTENERS, "/a", "POST"),
    Ruled("the first of two conditions", [_path("/a"), _method("POST")], False, _LISTENERS, "/a"),
    Ruled("the second of two conditions", [_path("/a"), _method("POST")], False, _LISTENERS, "/b", "POST"),
    Ruled(
        "two header conditions, both kept",
        [_header("X-Tag", "red"), _header("X-Size", "9")],
        True,
        _LISTENERS,
        headers=[("X-Tag", "red"), ("X-Size", "9")],
    ),
    Ruled(
        "two header conditions, one kept",
        [_header("X-Tag", "red"), _header("X-Size", "9")],
        False,
        _LISTENERS,
        headers=[("X-Tag", "red")],
    ),
]


class Prioritised(NamedTuple):
    """Which of the rules (priority and path pattern) takes a request: its priority, or None: the default rule.

    The rules stand in the order in which they were made.
    """

    id: str
    rules: list[tuple[int, str]]
    target: str
    taken: int | None
    source: str = _LISTENERS


PRIORITIES: list[Prioritised] = [
    Prioritised("lowest first", [(20, "/*"), (10, "/a*")], "/ab", 10),
    Prioritised("first that matches", [(20, "/*"), (10, "/a*")], "/b", 20),
    Prioritised("made earlier does not count", [(50_000, "/*"), (1, "/*")], "/", 1),
    Prioritised("none matches", [(10, "/a"), (20, "/b")], "/c", None),
    Prioritised("no rules", [], "/c", None),
]


class Redirected(NamedTuple):
    """Where a redirect action with that RedirectConfig sends a request to that address.

    The address tells the listener's protocol and port, and the Host header (without the port). The body is
    `page(title)`, of type text/html.
    """

    id: str
    config: dict[str, str]
    address: str
    status: int
    location: str
    source: str
    title: str = "301 Moved Permanently"


def _moved(id: str, address: str, location: str, source: str = _LISTENERS, **config: str) -> Redirected:
    return Redirected(id, {"StatusCode": "HTTP_301", **config}, address, 301, location, source)


REDIRECTS: list[Redirected] = [
    _moved(
        "to HTTPS",
        "http://shop.example.com:80/a/b?x=1&y",
        "https://shop.example.com:443/a/b?x=1&y",
        "elb load-balancer-listeners; that the port stands there: field 2024-02",
        Protocol="HTTPS",
        Port="443",
    ),
    _moved(
        "to HTTPS, everything written out",
        "http://shop.example.com:80/a/b?x=1",
        "https://shop.example.com:443/a/b?x=1",
        "bc; field 2024-02",
        Protocol="HTTPS",
        Port="443",
        Host="#{host}",
        Path="/#{path}",
        Query="#{query}",
    ),
    _moved(
        "to HTTPS, root",
        "http://shop.example.com:80/",
        "https://shop.example.com:443/",
        "field 2024-02",
        Protocol="HTTPS",
        Port="443",
    ),
    Redirected(
        "302",
        {"StatusCode": "HTTP_302", "Protocol": "HTTPS", "Port": "443"},
        "http://shop.example.com:80/",
        302,
        "https://shop.example.com:443/",
        "bc; the page's title is unverified",
        "302 Found",
    ),
    _moved(
        "path in front",
        "https://shop.example.com:443/img/a.png?b=1",
        "https://shop.example.com:443/new/img/a.png?b=1",
        Path="/new/#{path}",
    ),
    _moved(
        "path in front of nothing",
        "https://shop.example.com:443/",
        "https://shop.example.com:443/new/",
        "choice",
        Path="/new/#{path}",
    ),
    _moved(
        "path replaced",
        "https://shop.example.com:443/img/a.png?b=1",
        "https://shop.example.com:443/gone?b=1",
        Path="/gone",
    ),
    _moved(
        "encoded path",
        "https://shop.example.com:443/caf%C3%A9?q=%20",
        "https://shop.example.com:443/new/caf%C3%A9?q=%20",
        "choice (as sent)",
        Path="/new/#{path}",
    ),
    _moved(
        "host in front",
        "https://shop.example.com:443/a",
        "https://example.shop.example.com:443/a",
        Host="example.#{host}",
    ),
    _moved("host replaced", "https://shop.example.com:443/a", "https://example.org:443/a", Host="example.org"),
    _moved("port replaced", "https://shop.example.com:443/a", "https://shop.example.com:8443/a", Port="8443"),
    _moved(
        "protocol and port kept",
        "http://shop.example.com:8080/a",
        "http://shop.example.com:8080/b",
        Protocol="#{protocol}",
        Port="#{port}",
        Path="/b",
    ),
    _moved(
        "more query",
        "https://shop.example.com:443/a?x=1",
        "https://shop.example.com:443/b?x=1&value=xyz",
        Path="/b",
        Query="#{query}&value=xyz",
    ),
    _moved(
        "more query after none",
        "https://shop.example.com:443/a",
        "https://shop.example.com:443/b?&value=xyz",
        "choice",
        Path="/b",
        Query="#{query}&value=xyz",
    ),
    _moved(
        "query replaced",
        "https://shop.example.com:443/a?x=1",
        "https://shop.example.com:443/b?y=2",
        Path="/b",
        Query="y=2",
    ),
    _moved(
        "query dropped",
        "https://shop.example.com:443/a?x=1",
        "https://shop.example.com:443/b",
        "choice",
        Path="/b",
        Query="",
    ),
    _moved(
        "every keyword that a path may have",
        "https://shop.example.com:443/a?x=1",
        "https://shop.example.com:443/shop.example.com/443/a?x=1",
        "bc",
        Path="/#{host}/#{port}/#{path}",
    ),
]

REDIRECTS_REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("HTTPS to HTTP", {"Protocol": "HTTP", "StatusCode": "HTTP_301"}, f"{_LISTENERS} (for a listener of HTTPS)"),
    ("nothing changes", {"StatusCode": "HTTP_301"}, "bc"),
    ("only the query changes", {"Query": "y=2", "StatusCode": "HTTP_301"}, "bc"),
    ("no status", {"Protocol": "HTTPS"}, "bc"),
    ("other status", {"Protocol": "HTTPS", "StatusCode": "HTTP_307"}, "bc"),
    ("path without a slash", {"Path": "new", "StatusCode": "HTTP_301"}, "bc"),
    ("path too long", {"Path": "/" + "x" * 128, "StatusCode": "HTTP_301"}, "bc"),
    ("port of no number", {"Port": "https", "StatusCode": "HTTP_301"}, "bc"),
    ("port 0", {"Port": "0", "StatusCode": "HTTP_301"}, "bc"),
    ("port 65536", {"Port": "65536", "StatusCode": "HTTP_301"}, "bc"),
    ("unknown protocol", {"Protocol": "FTP", "StatusCode": "HTTP_301"}, "bc"),
]
"""A RedirectConfig that a listener on HTTPS and port 443 does not take: id, config, source."""


class Fixed(NamedTuple):
    """The response of a fixed-response action with that FixedResponseConfig.

    `content_type` is None where it is not compared. A charset after it is unverified: compare what stands before ";".
    """

    id: str
    config: dict[str, str]
    status: int
    content_type: str | None
    body: bytes
    source: str = "bc"


FIXED: list[Fixed] = [
    *[
        Fixed(
            content_type,
            {"StatusCode": "200", "ContentType": content_type, "MessageBody": "{}"},
            200,
            content_type,
            b"{}",
        )
        for content_type in ("text/plain", "text/css", "text/html", "application/javascript", "application/json")
    ],
    Fixed("404", {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "no"}, 404, "text/plain", b"no"),
    Fixed("503", {"StatusCode": "503", "ContentType": "text/plain", "MessageBody": "no"}, 503, "text/plain", b"no"),
    Fixed("no body", {"StatusCode": "404"}, 404, None, b""),
    Fixed("body, no type", {"StatusCode": "404", "MessageBody": "no"}, 404, "text/plain", b"no", "unverified"),
    Fixed(
        "longest body",
        {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": "x" * 1024},
        200,
        "text/plain",
        b"x" * 1024,
    ),
]

FIXED_REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("no status", {"MessageBody": "no"}, "bc"),
    ("status 302", {"StatusCode": "302"}, "bc"),
    ("status 100", {"StatusCode": "100"}, "bc"),
    ("status of no number", {"StatusCode": "2XX"}, "bc"),
    ("content type image/png", {"StatusCode": "200", "ContentType": "image/png"}, "bc"),
    ("body too long", {"StatusCode": "200", "MessageBody": "x" * 1025}, "bc"),
]
"""A FixedResponseConfig that is not taken: id, config, source."""
