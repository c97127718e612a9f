"""Function URLs as data: what a function's answer becomes, what is refused, and CORS.

AuthType NONE and InvokeMode BUFFERED; signing (AWS_IAM) is not ours. What the function gets is in
front_door_requests.py.

Sources, in the columns `source`: "urls" is the Lambda developer guide on function URLs (invocation, configuration,
monitoring), "systems" and "semantics" are the project's reference texts with the section, "bc" the service model
(botocore 1.44.5, lambda), "types" the response type of AWS's own library for Go, which writes null for what is not set,
"field" a public report of what AWS did, with its date, "unverified" general knowledge of the service found in no text
read, "choice" ours.

Left open, so in no row: a final status of 100 to 199, a status written as 200.0, header values outside ASCII, keys given
twice in one object, hop-by-hop headers other than those in `REMAPPED`, HTTP responses in chunks.
"""

import json
from typing import Any, NamedTuple

Lines = dict[str, list[str]]

# ---------------------------------------------------------------------------------------------------- answers


class Answered(NamedTuple):
    """What the client gets when the handler returned `answer`: a JSON value, or the text `raw` where that is not None.

    `headers` holds every header but the computed ones (Date, Connection, Content-Length, x-amzn-requestid,
    x-amzn-trace-id), names in lower case, the values of a name in any order; None: not compared. With `as_json` the body
    is compared as a JSON value: how the text is spaced is the runtime's affair. The request is a GET of `/`.
    """

    id: str
    answer: Any
    status: int
    headers: Lines | None
    body: bytes
    source: str
    raw: str | None = None
    as_json: bool = False


JSON_TYPE: Lines = {"content-type": ["application/json"]}
"""Of an answer whose function gives no content type: urls; field 2023-05, 2025-03."""
ERROR = b"Internal Server Error"
"""Body of every 502: field 2023-04, 2024-06, 2024-07, 2025-01. Its headers are not compared."""


def _ok(
    id: str,
    answer: Any,
    source: str,
    body: bytes = b"",
    headers: Lines | None = None,
    status: int = 200,
    *,
    raw: str | None = None,
    as_json: bool = False,
) -> Answered:
    return Answered(id, answer, status, JSON_TYPE if headers is None else headers, body, source, raw, as_json)


def _inferred(id: str, answer: Any, source: str = "urls") -> Answered:
    return _ok(id, answer, source, json.dumps(answer).encode(), as_json=True)


def _bad(id: str, answer: Any, source: str = "choice", *, raw: str | None = None) -> Answered:
    return Answered(id, answer, 502, None, ERROR, source, raw)


def _headed(headers: Any, /, **more: Any) -> dict[str, Any]:
    return {"statusCode": 200, "headers": headers, "body": "x", **more}


_TEXT = {"content-type": "text/plain"}
_TEXT_LINES: Lines = {"content-type": ["text/plain"]}

REMAPPED = ("content-length", "connection", "server", "date")
"""Headers of a function that come out under `x-amzn-remapped-<name>`: field 2024-08; of date unverified."""

_NO_OBJECTS: list[Any] = ["Hello, world!", "", 5, 1.5, True, False, None, [], [1, "a"]]
_OBJECTS: list[Any] = [
    {},
    {"message": "Hello, world!"},
    {"body": "x", "headers": {"x-tag": "red"}, "cookies": ["a=1"]},
    {"isBase64Encoded": True, "body": "AAH+/w=="},
    {"statuscode": 201, "status": 201},
    {"message": "café €"},
    {"result": {"statusCode": 201}},
]

_ACCEPTED: list[Answered] = [
    # no statusCode: status 200, application/json, the answer itself is the body
    *[_inferred(f"inferred {json.dumps(answer)}", answer) for answer in _OBJECTS],
    # the guide's text has 15 bytes for "Hello, world!": with the quotes, against systems 2.3, which is about HTTP APIs
    *[
        _inferred(f"inferred {json.dumps(answer)}", answer, "urls" if isinstance(answer, str) else "unverified")
        for answer in _NO_OBJECTS
    ],
    # with statusCode
    _ok(
        "the guide's answer",
        {
            "statusCode": 201,
            "headers": {"Content-Type": "application/json", "My-Custom-Header": "Custom Value"},
            "body": '{ "message": "Hello, world!" }',
            "cookies": ["Cookie_1=Value1; Expires=21 Oct 2021 07:48 GMT", "Cookie_2=Value2; Max-Age=78000"],
            "isBase64Encoded": False,
        },
        "urls",
        b'{ "message": "Hello, world!" }',
        {
            "content-type": ["application/json"],
            "my-custom-header": ["Custom Value"],
            "set-cookie": ["Cookie_1=Value1; Expires=21 Oct 2021 07:48 GMT", "Cookie_2=Value2; Max-Age=78000"],
        },
        201,
    ),
    _ok("status alone", {"statusCode": 200}, "systems 2.2"),
    _ok("status and body", {"statusCode": 200, "body": "x"}, "field 2023-05, 2025-03", b"x"),
    _ok("empty headers", _headed({}), "choice", b"x"),
    _ok("empty body", {"statusCode": 200, "headers": _TEXT, "body": ""}, "choice", b"", _TEXT_LINES),
    _ok(
        "everything null",
        {"statusCode": 200, "headers": None, "body": "x", "isBase64Encoded": False, "cookies": None},
        "types",
        b"x",
    ),
    _ok("body null", _headed(_TEXT, body=None), "choice", b"", _TEXT_LINES),
    _ok("isBase64Encoded null", _headed(_TEXT, isBase64Encoded=None), "choice", b"x", _TEXT_LINES),
    _ok(
        "HTML",
        _headed({"Content-Type": "text/html; charset=utf-8"}, body="<h1>Café</h1>"),
        "systems 2.3",
        "<h1>Café</h1>".encode(),
        {"content-type": ["text/html; charset=utf-8"]},
    ),
    _ok(
        "unknown members",
        _headed(_TEXT, statusDescription="200 Fine", multiValueHeaders={"x-tag": ["red"]}, more=7),
        "choice",
        b"x",
        _TEXT_LINES,
    ),
    *[
        _ok(
            f"status {status}", {"statusCode": status, "headers": _TEXT, "body": "x"}, "urls", b"x", _TEXT_LINES, status
        )
        for status in (201, 301, 404, 418, 429, 500, 502, 503, 599)
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
    _ok(
        "status as text",
        {"statusCode": "201", "headers": _TEXT, "body": "x"},
        "choice (as REST, systems 2.3)",
        b"x",
        _TEXT_LINES,
        201,
    ),
    # base64
    _ok(
        "base64",
        _headed({"content-type": "image/png"}, body="AAH+/w==", isBase64Encoded=True),
        "urls",
        b"\x00\x01\xfe\xff",
        {"content-type": ["image/png"]},
    ),
    _ok("base64 of nothing", _headed(_TEXT, body="", isBase64Encoded=True), "choice", b"", _TEXT_LINES),
    _ok(
        "base64 without a body",
        {"statusCode": 200, "headers": _TEXT, "isBase64Encoded": True},
        "choice",
        b"",
        _TEXT_LINES,
    ),
    _ok("base64 not marked", _headed(_TEXT, body="AAH+/w=="), "urls", b"AAH+/w==", _TEXT_LINES),
    # headers
    _ok(
        "names in any case",
        _headed({"CONTENT-TYPE": "text/css", "X-sHop": "Red"}),
        "systems 2.2",
        b"x",
        {"content-type": ["text/css"], "x-shop": ["Red"]},
    ),
    *[
        _ok(
            f"value {json.dumps(value)}",
            _headed({**_TEXT, "x-tag": value}),
            "systems 2.3 (scalars); the text is our choice",
            b"x",
            {**_TEXT_LINES, "x-tag": [text]},
        )
        for value, text in [(7, "7"), (-1.5, "-1.5"), (True, "true"), (False, "false")]
    ],
    _ok("empty value", _headed({**_TEXT, "x-tag": ""}), "choice", b"x", {**_TEXT_LINES, "x-tag": [""]}),
    # cookies
    _ok(
        "cookies",
        _headed(_TEXT, cookies=["a=1; Path=/", "b=2"]),
        "urls",
        b"x",
        {**_TEXT_LINES, "set-cookie": ["a=1; Path=/", "b=2"]},
    ),
    _ok("no cookies", _headed(_TEXT, cookies=[]), "choice", b"x", _TEXT_LINES),
    _ok(
        "cookie in the headers",
        _headed({**_TEXT, "Set-Cookie": "a=1"}),
        "systems 2.3",
        b"x",
        {**_TEXT_LINES, "set-cookie": ["a=1"]},
    ),
    _ok(
        "cookies in both",
        _headed({**_TEXT, "set-cookie": "a=1"}, cookies=["b=2"]),
        "choice",
        b"x",
        {**_TEXT_LINES, "set-cookie": ["a=1", "b=2"]},
    ),
    # headers of the service
    *[
        _ok(
            f"remapped {name}",
            _headed({**_TEXT, name.title(): value}),
            "unverified" if name == "date" else "field 2024-08",
            b"x",
            {**_TEXT_LINES, f"x-amzn-remapped-{name}": [value]},
        )
        for name, value in zip(REMAPPED, ("999", "close", "shop", "Thu, 01 Jan 2026 00:00:00 GMT"), strict=True)
    ],
]

_WRONG_STATUS: list[Any] = [None, True, "abc", "", "20", "600", 200.5, [200], {"code": 200}, 0, -1, 99, 600, 1000]
_WRONG_FLAGS: list[Any] = ["true", "false", "", 0, 1, [], {}]
_WRONG_MAPS: list[Any] = [[], [["x-tag", "red"]], "x-tag: red", 7, True]
_WRONG_COOKIES: list[Any] = ["a=1", 7, True, {"a": "1"}, [7], [None], ["a=1", ["b=2"]], ["a=1\r\nx-more: 1"]]

_INVALID: list[Answered] = [
    # a custom runtime can post anything
    *[
        _bad(f"text is {raw!r}", None, "systems 2.3 (malformed)", raw=raw)
        for raw in ("", "Hello", '{"statusCode": 200', "{'statusCode': 200}", '{"statusCode": NaN}')
    ],
    *[_bad(f"status {json.dumps(status)}", {"statusCode": status, "body": "x"}) for status in _WRONG_STATUS],
    *[_bad(f"headers {json.dumps(headers)}", _headed(headers)) for headers in _WRONG_MAPS],
    *[
        _bad(f"value {json.dumps(value)}", _headed({**_TEXT, "x-tag": value}))
        for value in (None, ["red"], {"is": "red"})
    ],
    *[
        _bad(f"value with {text!r}", _headed({**_TEXT, "x-tag": text}))
        for text in ("a\r\nx-more: 1", "a\nb", "a\rb", "a\0b")
    ],
    *[
        _bad(f"name {name!r}", _headed({**_TEXT, name: "red"}))
        for name in ("", " ", "x tag", "x:tag", "x-tag\r\nx-more", "x-tag\n", "é")
    ],
    *[_bad(f"cookies {json.dumps(cookies)}", _headed(_TEXT, cookies=cookies)) for cookies in _WRONG_COOKIES],
    *[_bad(f"body {json.dumps(body)}", _headed(_TEXT, body=body)) for body in (7, 1.5, True, ["x"], {"message": "x"})],
    *[_bad(f"isBase64Encoded {json.dumps(flag)}", _headed(_TEXT, isBase64Encoded=flag)) for flag in _WRONG_FLAGS],
    *[
        _bad(f"base64 {body!r}", _headed(_TEXT, body=body, isBase64Encoded=True))
        for body in ("%%%%", "AAH+/w", "AAH-_w==", "AAH+ /w==", "é===")
    ],
    _bad("half a surrogate pair in the body", None, raw='{"statusCode": 200, "body": "\\ud800"}'),
]

ANSWERS: list[Answered] = _ACCEPTED + _INVALID

# ----------------------------------------------------------------------------------------------------- outcomes


class Outcome(NamedTuple):
    """What the client gets when there is no answer to look at; body and headers are not compared where None."""

    id: str
    status: int
    body: bytes | None
    invoked: bool
    source: str
    headers: Lines | None = None


FORBIDDEN = (
    b'{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: '
    b'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}'
)
"""Of a function that does not allow to be invoked through its URL: field 2026-05, with
`x-amzn-ErrorType: AccessDeniedException`. Up to 2025 it was `{"Message":"Forbidden"}`."""

_RAISED = "urls monitoring; field 2023-04, 2024-06, 2024-07, 2025-01"

OUTCOMES: list[Outcome] = [
    Outcome("function error", 502, ERROR, True, _RAISED),
    Outcome("function error with an answer that has a status", 502, ERROR, True, _RAISED),
    Outcome("timeout", 502, ERROR, True, _RAISED),
    Outcome("process ends", 502, ERROR, True, _RAISED),
    Outcome("result is no JSON (marshal error)", 502, ERROR, True, _RAISED),
    # the body of Invoke's own 429 has Reason, Type and message (semantics 2.2); of a URL's none is documented
    Outcome("throttled", 429, None, False, "urls"),
    Outcome("reserved concurrency 0", 429, None, False, "urls"),
    Outcome("no permission", 403, FORBIDDEN, False, "field 2026-05", {"x-amzn-errortype": ["AccessDeniedException"]}),
    Outcome("no such URL", 403, None, False, "unverified"),
    Outcome("function deleted, its URL with it", 403, None, False, "unverified"),
]

# --------------------------------------------------------------------------------------------------------- sizes

REQUEST_LIMIT = 6_291_456
"""Bytes of the event, as JSON text in UTF-8 with no blanks that are not needed (urls: 6 MB; what is counted is our
choice). So a binary body, which the event holds as base64, is refused from about 4.7 million bytes on."""
RESPONSE_LIMIT = 6_291_456
"""Bytes of the JSON text that the runtime hands over (semantics). Past it the invocation is a function error."""
TOO_LARGE = b'{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}'
"""Field 2025-04, with status 413."""


class SizedRequest(NamedTuple):
    """A POST with a body of `size` bytes (letters x) of that content type; the function answers 200."""

    id: str
    size: int
    content_type: str
    status: int
    body: bytes | None
    source: str


SIZED_REQUESTS: list[SizedRequest] = [
    SizedRequest("text fits", 6_200_000, "text/plain", 200, None, "urls"),
    SizedRequest(
        "text of the limit itself: the event is larger", REQUEST_LIMIT, "text/plain", 413, TOO_LARGE, "field 2025-04"
    ),
    SizedRequest("binary fits", 4_600_000, "application/octet-stream", 200, None, "urls"),
    SizedRequest("binary does not fit", 4_800_000, "application/octet-stream", 413, TOO_LARGE, "field 2025-04"),
]


class SizedAnswer(NamedTuple):
    """The answer `sized_answer(size)`, whose JSON text written by `json.dumps` with its defaults has `size` bytes."""

    id: str
    size: int
    status: int
    source: str


SIZED_ANSWERS: list[SizedAnswer] = [
    SizedAnswer("answer at the limit", RESPONSE_LIMIT, 200, "urls, semantics 0.1"),
    SizedAnswer("answer past the limit", RESPONSE_LIMIT + 1, 502, "urls, semantics 0.1; a function error"),
]


def sized_answer(size: int) -> dict[str, Any]:
    empty = {"statusCode": 200, "headers": _TEXT, "body": ""}
    return {**empty, "body": "x" * (size - len(json.dumps(empty)))}


# ---------------------------------------------------------------------------------------------------------- CORS


class Cors(NamedTuple):
    """A request to a URL whose CORS settings are `config` (None: none), and the CORS headers of the response.

    The function answers `{"statusCode": 200, "headers": answered}`. `expected` are all headers of the response whose
    names begin with `access-control-`, the values of a name in any order. Values of the allow and expose lists are
    compared as sets of their items at "," without blanks around, ignoring case. `statuses` are those that are right:
    what a preflight gets is not documented. Vary is not compared.
    """

    id: str
    config: dict[str, Any] | None
    method: str
    headers: dict[str, str]
    expected: Lines
    invoked: bool
    source: str
    answered: dict[str, str] = {}
    statuses: tuple[int, ...] = (200,)


_SHOP = "https://shop.example.com"
_ALL: dict[str, Any] = {
    "AllowOrigins": [_SHOP, "http://localhost:3000"],
    "AllowMethods": ["GET", "POST"],
    "AllowHeaders": ["content-type", "x-shop"],
    "ExposeHeaders": ["date", "x-total"],
    "AllowCredentials": True,
    "MaxAge": 300,
}
_OPEN: dict[str, Any] = {"AllowOrigins": ["*"]}
_ASKS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
_PREFLIGHT = {"Origin": _SHOP, **_ASKS}
_ALLOWED: Lines = {"access-control-allow-origin": [_SHOP]}
_CONFIGURED = "urls configuration"
_OWN = {"Access-Control-Allow-Origin": "*", "Access-Control-Max-Age": "9"}

CORS: list[Cors] = [
    # a preflight is answered by the URL: only what is configured
    Cors(
        "preflight",
        _ALL,
        "OPTIONS",
        _PREFLIGHT,
        {
            **_ALLOWED,
            "access-control-allow-methods": ["GET,POST"],
            "access-control-allow-headers": ["content-type,x-shop"],
            "access-control-allow-credentials": ["true"],
            "access-control-max-age": ["300"],
            "access-control-expose-headers": ["date,x-total"],
        },
        False,
        f"{_CONFIGURED}; that the origin is sent back, and the exposed headers on a preflight, are our choice",
        _OWN,
        (200, 204),
    ),
    Cors(
        "preflight of the other origin",
        {"AllowOrigins": [_SHOP, "http://localhost:3000"], "AllowMethods": ["POST"]},
        "OPTIONS",
        {"Origin": "http://localhost:3000", **_ASKS},
        {"access-control-allow-origin": ["http://localhost:3000"], "access-control-allow-methods": ["POST"]},
        False,
        _CONFIGURED,
        _OWN,
        (200, 204),
    ),
    Cors(
        "preflight, any origin",
        {**_OPEN, "AllowMethods": ["*"], "AllowHeaders": ["*"]},
        "OPTIONS",
        _PREFLIGHT,
        {**_ALLOWED, "access-control-allow-methods": ["*"], "access-control-allow-headers": ["*"]},
        False,
        f"{_CONFIGURED}; the origin instead of the star: field 2022-07, 2024-04; the other stars as configured: choice",
        _OWN,
        (200, 204),
    ),
    Cors(
        "preflight of an origin that is not allowed",
        _ALL,
        "OPTIONS",
        {"Origin": "https://other.example.com", **_ASKS},
        {},
        False,
        "choice",
        _OWN,
        (200, 204),
    ),
    Cors("preflight, no CORS", None, "OPTIONS", _PREFLIGHT, {}, True, "choice"),
    Cors(
        "preflight, no CORS, answered by the function",
        None,
        "OPTIONS",
        _PREFLIGHT,
        {"access-control-allow-origin": ["*"], "access-control-max-age": ["9"]},
        True,
        "choice",
        _OWN,
    ),
    Cors("OPTIONS without an origin is no preflight", _ALL, "OPTIONS", {}, {}, True, "choice"),
    # any other request goes to the function, and the configured headers are added
    Cors(
        "GET",
        _ALL,
        "GET",
        {"Origin": _SHOP},
        {
            **_ALLOWED,
            "access-control-expose-headers": ["date,x-total"],
            "access-control-allow-credentials": ["true"],
        },
        True,
        f"{_CONFIGURED}; which of them are added to what is no preflight is our choice",
    ),
    Cors("GET, any origin", _OPEN, "GET", {"Origin": _SHOP}, _ALLOWED, True, "field 2022-07, 2024-04"),
    Cors(
        "GET of an origin that is not allowed", _ALL, "GET", {"Origin": "https://other.example.com"}, {}, True, "choice"
    ),
    Cors("GET without an origin", _ALL, "GET", {}, {}, True, "choice"),
    Cors("origins are compared whole", _ALL, "GET", {"Origin": f"{_SHOP}:8443"}, {}, True, "choice"),
    Cors(
        "method that is not allowed",
        _ALL,
        "DELETE",
        {"Origin": _SHOP},
        {
            **_ALLOWED,
            "access-control-expose-headers": ["date,x-total"],
            "access-control-allow-credentials": ["true"],
        },
        True,
        "choice (the browser refuses it)",
    ),
    # what the function adds stays beside it, doubles too
    Cors(
        "the function's own header beside it",
        {"AllowOrigins": [_SHOP]},
        "GET",
        {"Origin": _SHOP},
        {"access-control-allow-origin": [_SHOP, "*"]},
        True,
        f"{_CONFIGURED}; field 2022-07, 2024-04, 2024-10",
        {"Access-Control-Allow-Origin": "*"},
    ),
    Cors(
        "the function's own equal header beside it",
        {"AllowOrigins": [_SHOP]},
        "GET",
        {"Origin": _SHOP},
        {"access-control-allow-origin": [_SHOP, _SHOP]},
        True,
        f"{_CONFIGURED}; field 2024-04",
        {"Access-Control-Allow-Origin": _SHOP},
    ),
    Cors(
        "another header of the function",
        {"AllowOrigins": [_SHOP]},
        "GET",
        {"Origin": _SHOP},
        {**_ALLOWED, "access-control-allow-headers": ["x-shop"]},
        True,
        _CONFIGURED,
        {"Access-Control-Allow-Headers": "x-shop"},
    ),
]

CORS_REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("age below 0", {"MaxAge": -1}, "bc"),
    ("age over a day", {"MaxAge": 86_401}, "bc"),
    ("seven methods", {"AllowMethods": ["GET", "PUT", "POST", "HEAD", "PATCH", "DELETE", "*"]}, "bc"),
    ("method of seven letters", {"AllowMethods": ["OPTIONS"]}, "bc"),
    ("empty origin", {"AllowOrigins": [""]}, "bc"),
    ("origin of 254 letters", {"AllowOrigins": ["https://" + "x" * 246]}, "bc"),
    ("101 origins", {"AllowOrigins": [f"https://shop{n}.example.com" for n in range(101)]}, "bc"),
    ("101 headers", {"AllowHeaders": [f"x-{n}" for n in range(101)]}, "bc"),
    ("header of 1,025 letters", {"AllowHeaders": ["x" * 1025]}, "bc"),
    ("101 exposed headers", {"ExposeHeaders": [f"x-{n}" for n in range(101)]}, "bc"),
]
"""CORS settings that are not taken: id, settings, source."""
