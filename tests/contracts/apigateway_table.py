"""API Gateway as data: what it makes of the function's answer.

How else a request can end, and the limits, are in `apigateway_outcomes`; routes and CORS in `apigateway_routes`;
authorizers in `apigateway_authorizers`; requests and their events in `apigateway_requests` and
`apigateway_http_requests`; WebSocket APIs in `apigateway_websocket`.

Sources, in the columns `source`: "O" was recorded on AWS (LS:test_aws_proxy_response_payload_format_validation 2024-11,
LS:test_lambda_aws_proxy_response_format 2024-02, as systems.md section 2.3 has them), "systems" systems.md without a
recording, its open points (section 8) included; "apigw" the service's guide, with the page or year where it matters;
"notes" apigateway:api-gateway-known-issues, text of 2026; "dg" dg:services-apigateway; "bc" the service model; "field" a
public report of what AWS answered, with its date; "unverified" found in no text read; "choice" is ours.

How to compare. Expected headers are lower-case names with the values of each line, in any order of names, without those
that are computed: date, content-length, connection, x-amzn-requestid, x-amz-apigw-id, x-amzn-trace-id, apigw-requestid.
HTTP takes one line `a, b` and two lines for the same, so `x-...` values may be compared joined with ", "; `set-cookie`
may not. A body that the service makes of a JSON value is compared as JSON (blanks are those of the function's runtime).
"""

from typing import Any, Literal, NamedTuple

Api = Literal["rest", "http1", "http2"]
Lines = dict[str, list[str]]


class Answered(NamedTuple):
    """What the client gets when the function answers the JSON value `answer`.

    `accept` is the request's Accept header, None if it has none; `settings` may have `binary_media_types` (REST).
    """

    id: str
    api: Api
    settings: dict[str, Any]
    accept: str | None
    answer: Any
    status: int
    headers: Lines
    body: bytes
    source: str


_JSON: Lines = {"content-type": ["application/json"]}
_TEXT: Lines = {"content-type": ["text/plain; charset=utf-8"]}
_PNG: Lines = {"content-type": ["image/png"]}
_ERROR_TYPE = "x-amzn-errortype"
REST_FAILED: Lines = {**_JSON, _ERROR_TYPE: ["InternalServerErrorException"]}
REST_MALFORMED = b'{"message": "Internal server error"}'
HTTP_FAILED = b'{"message":"Internal Server Error"}'


def _rest(
    id: str, answer: Any, body: bytes = b"", headers: Lines = _JSON, status: int = 200, source: str = "O"
) -> Answered:
    return Answered(f"rest, {id}", "rest", {}, "*/*", answer, status, headers, body, source)


def _rest_bad(id: str, answer: Any, source: str = "O") -> Answered:
    return Answered(f"rest, {id}", "rest", {}, "*/*", answer, 502, REST_FAILED, REST_MALFORMED, source)


def _rest_binary(
    id: str,
    types: list[str],
    accept: str | None,
    body: bytes,
    source: str,
    content: str = "iVBORw==",
    flag: bool = True,
) -> Answered:
    answer = {"statusCode": 200, "headers": {"Content-Type": "image/png"}, "body": content, "isBase64Encoded": flag}
    return Answered(f"rest, {id}", "rest", {"binary_media_types": types}, accept, answer, 200, _PNG, body, source)


def _http(
    id: str,
    api: Api,
    answer: Any,
    body: bytes = b"",
    headers: Lines = _TEXT,
    status: int = 200,
    source: str = "systems",
) -> Answered:
    return Answered(f"{api}, {id}", api, {}, "*/*", answer, status, headers, body, source)


def _http_bad(id: str, api: Api, answer: Any, source: str) -> Answered:
    return Answered(f"{api}, {id}", api, {}, "*/*", answer, 500, _JSON, HTTP_FAILED, source)


_DECODED = b"\x89PNG"  # of iVBORw==
_AS_TEXT = b"iVBORw=="
_AS_REST = "systems 8: as REST, unverified"

REST_ANSWERS: list[Answered] = [
    _rest(
        "all members",
        {
            "isBase64Encoded": False,
            "statusCode": 201,
            "headers": {"Content-Type": "text/html", "X-Tag": "a"},
            "multiValueHeaders": {"X-List": ["b"]},
            "body": "<p>é</p>",
        },
        "<p>é</p>".encode(),
        {"content-type": ["text/html"], "x-tag": ["a"], "x-list": ["b"]},
        201,
        "apigw",
    ),
    _rest("status and body", {"statusCode": 404, "body": "none"}, b"none", status=404),
    _rest("nothing in it", {}),
    _rest("headers alone", {"headers": {"X-Tag": "a"}}, headers={**_JSON, "x-tag": ["a"]}),
    _rest("status alone", {"statusCode": 204}, status=204, source="notes: a content type is always there"),
    _rest("status in digits", {"statusCode": "201", "body": "x"}, b"x", status=201),
    _rest("no headers: null", {"statusCode": 200, "headers": None, "body": "x"}, b"x"),
    _rest("no body: null", {"statusCode": 200, "body": None}, source="unverified"),
    _rest(
        "booleans and numbers in headers",
        {"statusCode": 200, "headers": {"X-Yes": True, "X-No": False, "X-Seven": 7, "X-Half": 0.5}, "body": "x"},
        b"x",
        {**_JSON, "x-yes": ["true"], "x-no": ["false"], "x-seven": ["7"], "x-half": ["0.5"]},
        source="O; the numbers: systems",
    ),
    _rest(
        "content type in any case",
        {"statusCode": 200, "headers": {"cONTENT-tYPE": "text/css"}, "body": "x"},
        b"x",
        {"content-type": ["text/css"]},
        source="unverified",
    ),
    _rest(
        "content type by the lists",
        {"statusCode": 200, "multiValueHeaders": {"Content-Type": ["text/css"]}, "body": "x"},
        b"x",
        {"content-type": ["text/css"]},
        source="apigw",
    ),
    _rest(
        "lists",  # the guide's curl shows a line for each
        {"statusCode": 200, "multiValueHeaders": {"X-Tag": ["a", "b"], "X-Yes": [True, 7]}, "body": "x"},
        b"x",
        {**_JSON, "x-tag": ["a", "b"], "x-yes": ["true", "7"]},
        source="dg; scalars: systems",
    ),
    _rest(
        "cookies",
        {"statusCode": 200, "multiValueHeaders": {"Set-Cookie": ["a=1; Path=/", "b=2"]}, "body": "x"},
        b"x",
        {**_JSON, "set-cookie": ["a=1; Path=/", "b=2"]},
        source="dg",
    ),
    _rest(
        "lists before the single one, whatever the case",
        {"statusCode": 200, "headers": {"x-tag": "c"}, "multiValueHeaders": {"X-Tag": ["a", "b"]}, "body": "x"},
        b"x",
        {**_JSON, "x-tag": ["a, b, c"]},
        source="O; one line: systems 8",
    ),
    _rest(
        "an equal pair in both counts once",
        {"statusCode": 200, "headers": {"x-tag": "a"}, "multiValueHeaders": {"X-Tag": ["a", "b"]}, "body": "x"},
        b"x",
        {**_JSON, "x-tag": ["a, b"]},
        source="apigw; one line: systems 8",
    ),
    # Headers that REST APIs rename, or keep to themselves.
    _rest(
        "renamed headers",
        {
            "statusCode": 401,
            "headers": {
                "WWW-Authenticate": "Basic",
                "Authorization": "a",
                "Connection": "close",
                "Content-MD5": "b",
                "Max-Forwards": "3",
                "User-Agent": "c",
            },
        },
        headers={
            **_JSON,
            "x-amzn-remapped-www-authenticate": ["Basic"],
            "x-amzn-remapped-authorization": ["a"],
            "x-amzn-remapped-connection": ["close"],
            "x-amzn-remapped-content-md5": ["b"],
            "x-amzn-remapped-max-forwards": ["3"],
            "x-amzn-remapped-user-agent": ["c"],
        },
        status=401,
        source="notes",
    ),
    _rest(
        "dropped headers",
        {
            "statusCode": 200,
            "headers": {
                "Expect": "a",
                "Host": "b",
                "Proxy-Authenticate": "c",
                "TE": "d",
                "Trailer": "e",
                "Transfer-Encoding": "chunked",
                "Upgrade": "f",
                "Via": "g",
                "Pragma": "kept",
            },
        },
        headers={**_JSON, "pragma": ["kept"]},
        source="notes",
    ),
    # Binary: only if the answer says so, and the first type of Accept is one of the API's.
    _rest_binary("binary that is accepted", ["image/png"], "image/png", _DECODED, "systems"),
    _rest_binary("binary, first of two accepted", ["image/png"], "image/png,text/html;q=0.9", _DECODED, "apigw"),
    _rest_binary("binary, second of two", ["image/png"], "image/webp,image/png", _AS_TEXT, "apigw; text: O"),
    _rest_binary("binary, by the first, of another type", ["image/webp"], "image/webp,*/*;q=0.8", _DECODED, "notes"),
    _rest_binary("binary, of a kind", ["image/*"], "image/png", _DECODED, "field 2026-06"),
    _rest_binary("binary, all types", ["*/*"], "text/html", _DECODED, "systems"),
    _rest_binary("binary, all types, no Accept", ["*/*"], None, _DECODED, "systems"),
    _rest_binary("binary that is not accepted", ["image/png"], "text/html", _AS_TEXT, "O"),
    _rest_binary("binary, anything accepted", ["image/png"], "*/*", _AS_TEXT, "systems; anything is none of the API's"),
    _rest_binary("binary, no Accept", ["image/png"], None, _AS_TEXT, "unverified"),
    _rest_binary("binary, no types", [], "image/png", _AS_TEXT, "O"),
    _rest_binary("text that is accepted as binary", ["image/png"], "image/png", b"iVBORw==", "systems", flag=False),
    Answered(
        "rest, binary that is no base64",
        "rest",
        {"binary_media_types": ["*/*"]},
        "*/*",
        {"statusCode": 200, "body": "no base64!", "isBase64Encoded": True},
        500,
        REST_FAILED,
        REST_MALFORMED,
        "apigw:api-gateway-payload-encodings-workflow, supported-gateway-response-types; body and header: unverified",
    ),
    # Malformed.
    _rest_bad("unknown key", {"statusCode": 200, "body": "x", "cookies": ["a=1"]}),
    _rest_bad("one unknown key alone", {"message": "x"}),
    _rest_bad("status of letters", {"statusCode": "test", "body": "x"}),
    _rest_bad("status too low", {"statusCode": 99, "body": "x"}, "unverified"),
    _rest_bad("status too high", {"statusCode": 600, "body": "x"}, "unverified"),
    _rest_bad("text", "x"),
    _rest_bad("null", None, "systems: unverified"),
    _rest_bad("list", [], "unverified"),
    _rest_bad("number", 7, "unverified"),
    _rest_bad("body of an object", {"statusCode": 200, "body": {"a": 1}}, "systems"),
    _rest_bad("body of a number", {"statusCode": 200, "body": 7}, "systems"),
    _rest_bad("list that is none", {"statusCode": 200, "multiValueHeaders": {"X-Tag": "a"}, "body": "x"}),
    _rest_bad("header of a list", {"statusCode": 200, "headers": {"X-Tag": ["a"]}, "body": "x"}, "systems"),
    _rest_bad("headers of a text", {"statusCode": 200, "headers": "X-Tag: a", "body": "x"}, "systems"),
    _rest_bad("header of two lines", {"statusCode": 200, "headers": {"X-Tag": "a\r\nb"}, "body": "x"}, "choice"),
]

HTTP1_ANSWERS: list[Answered] = [
    _http(
        "all members",
        "http1",
        {
            "isBase64Encoded": False,
            "statusCode": 201,
            "headers": {"Content-Type": "text/html", "X-Tag": "a"},
            "multiValueHeaders": {"X-List": ["b", "c"]},
            "body": "<p>é</p>",
        },
        "<p>é</p>".encode(),
        {"content-type": ["text/html"], "x-tag": ["a"], "x-list": ["b", "c"]},
        201,
        "apigw",
    ),
    _http("no content type", "http1", {"statusCode": 200, "body": "x"}, b"x", source="systems: unverified"),
    _http("nothing in it", "http1", {}, source=_AS_REST),
    _http("no headers: null", "http1", {"statusCode": 200, "headers": None, "body": "x"}, b"x", source=_AS_REST),
    _http("status in digits", "http1", {"statusCode": "201", "body": "x"}, b"x", status=201, source=_AS_REST),
    _http(
        "scalars in headers",
        "http1",
        {"statusCode": 200, "headers": {"X-Yes": True, "X-Seven": 7}, "body": "x"},
        b"x",
        {**_TEXT, "x-yes": ["true"], "x-seven": ["7"]},
        source=_AS_REST,
    ),
    _http(
        "lists before the single one, whatever the case",
        "http1",
        {"statusCode": 200, "headers": {"x-tag": "c"}, "multiValueHeaders": {"X-Tag": ["a", "b"]}, "body": "x"},
        b"x",
        {**_TEXT, "x-tag": ["a, b, c"]},
        source=_AS_REST,
    ),
    _http(
        "cookies",
        "http1",
        {"statusCode": 200, "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}, "body": "x"},
        b"x",
        {**_TEXT, "set-cookie": ["a=1", "b=2"]},
        source="apigw",
    ),
    *[
        Answered(
            f"http1, binary, {accept} accepted",  # there are no types to match
            "http1",
            {},
            accept,
            {"statusCode": 200, "headers": {"Content-Type": "image/png"}, "body": "iVBORw==", "isBase64Encoded": True},
            200,
            _PNG,
            _DECODED,
            "choice: as measured for 2.0",
        )
        for accept in ("image/png", "text/html", None)
    ],
    _http_bad("unknown key", "http1", {"statusCode": 200, "body": "x", "cookies": ["a=1"]}, _AS_REST),
    _http_bad("status of letters", "http1", {"statusCode": "test", "body": "x"}, _AS_REST),
    _http_bad("text", "http1", "x", _AS_REST),
    _http_bad("null", "http1", None, _AS_REST),
    _http_bad("body of an object", "http1", {"statusCode": 200, "body": {"a": 1}}, _AS_REST),
    _http_bad("list that is none", "http1", {"statusCode": 200, "multiValueHeaders": {"X-Tag": "a"}}, _AS_REST),
    _http_bad("no base64", "http1", {"statusCode": 200, "body": "no base64!", "isBase64Encoded": True}, "choice"),
]

HTTP2_ANSWERS: list[Answered] = [
    _http(
        "all members",
        "http2",
        {
            "cookies": ["a=1; Path=/", "b=2"],
            "isBase64Encoded": False,
            "statusCode": 201,
            "headers": {"Content-Type": "text/html", "X-Tag": "a"},
            "body": "<p>é</p>",
        },
        "<p>é</p>".encode(),
        {"content-type": ["text/html"], "x-tag": ["a"], "set-cookie": ["a=1; Path=/", "b=2"]},
        201,
        "apigw",
    ),
    # Inferred: JSON without a statusCode is the body.
    _http("inferred, text", "http2", "Hello from Lambda!", b"Hello from Lambda!", _JSON, source="apigw"),
    _http("inferred, empty text", "http2", "", b"", _JSON, source="apigw"),
    _http("inferred, text of JSON", "http2", '{"a":1}', b'{"a":1}', _JSON, source="apigw"),
    _http("inferred, object", "http2", {"message": "Hello"}, b'{"message": "Hello"}', _JSON, source="apigw"),
    _http("inferred, object of nothing", "http2", {}, b"{}", _JSON, source="apigw"),
    _http("inferred, list", "http2", [1, "é"], '[1, "é"]'.encode(), _JSON, source="apigw"),
    _http("inferred, number", "http2", 7, b"7", _JSON, source="apigw"),
    _http("inferred, boolean", "http2", True, b"true", _JSON, source="apigw"),
    _http("inferred, null", "http2", None, b"null", _JSON, source="apigw, by its word; not seen"),
    _http(
        "inferred, an answer that has all but the status",
        "http2",
        {"headers": {"X-Tag": "a"}, "body": "x"},
        b'{"headers": {"X-Tag": "a"}, "body": "x"}',
        _JSON,
        source="apigw",
    ),
    # With a statusCode.
    _http("no content type", "http2", {"statusCode": 200, "body": "x"}, b"x", source="systems: unverified"),
    _http("status alone", "http2", {"statusCode": 202}, status=202, source="systems"),
    _http("body of null", "http2", {"statusCode": 200, "body": None}, source="unverified"),
    _http("status in digits", "http2", {"statusCode": "201", "body": "x"}, b"x", status=201, source="choice"),
    _http("headers of null", "http2", {"statusCode": 200, "headers": None, "body": "x"}, b"x", source="choice"),
    _http(
        "scalars in headers",
        "http2",
        {"statusCode": 200, "headers": {"X-Yes": True, "X-Seven": 7}, "body": "x"},
        b"x",
        {**_TEXT, "x-yes": ["true"], "x-seven": ["7"]},
    ),
    _http(
        "cookies beside a header",
        "http2",
        {"statusCode": 200, "headers": {"Set-Cookie": "c=3"}, "cookies": ["a=1"], "body": "x"},
        b"x",
        {**_TEXT, "set-cookie": ["c=3", "a=1"]},
        source="apigw; order: choice, compare without",
    ),
    _http(
        "keys of other formats",
        "http2",
        {"statusCode": 200, "multiValueHeaders": {"X-Tag": ["a"]}, "statusDescription": "200 OK", "body": "x"},
        b"x",
        source="field 2021-06 (the service's own people: unknown keys are skipped)",
    ),
    *[
        Answered(
            f"http2, binary, {accept} accepted",  # whatever is accepted
            "http2",
            {},
            accept,
            {"statusCode": 200, "headers": {"Content-Type": "image/png"}, "body": "iVBORw==", "isBase64Encoded": True},
            200,
            _PNG,
            _DECODED,
            "field 2021-06 and 2026-06",
        )
        for accept in ("image/png", "text/html", None)
    ],
    _http_bad("status of letters", "http2", {"statusCode": "test", "body": "x"}, "systems"),
    _http_bad("status too high", "http2", {"statusCode": 600, "body": "x"}, "unverified"),
    _http_bad("body of an object", "http2", {"statusCode": 200, "body": {"a": 1}}, "systems"),
    _http_bad("header of a list", "http2", {"statusCode": 200, "headers": {"X-Tag": ["a"]}}, "systems"),
    _http_bad("cookies of a text", "http2", {"statusCode": 200, "cookies": "a=1"}, "systems"),
    _http_bad("no base64", "http2", {"statusCode": 200, "body": "no base64!", "isBase64Encoded": True}, "choice"),
]

ANSWERS: list[Answered] = [*REST_ANSWERS, *HTTP1_ANSWERS, *HTTP2_ANSWERS]
