"""Requests to the front doors as data: what a client sends, and the golden of the event that the function then gets.

A request is complete: `headers` are all the lines that are sent, names spelled as sent, Host, User-Agent and
Content-Length among them; a test's client should add none. It is made over HTTPS and HTTP/1.1 from 203.0.113.9, and
arrives at 10.5 s. `{url}` in a Host header is the id of the function URL.

The order of the keys in a map of headers or of the query is recorded nowhere, that of all others is:
`match(golden, in_golden_order(golden, event))` compares a whole event.

Sources, in the columns `source`: "recorded" is an event published as received (with its date), "systems" and
"semantics" the project's reference texts with the section, "elb" the guide to Application Load Balancers, "urls" the
Lambda developer guide on function URLs, "field" a public report of what AWS did, with its date, "unverified" general
knowledge of the service found in no text read, "choice" ours.
"""

from typing import Any, NamedTuple

CLIENT = "203.0.113.9"
SECONDS = 10.5


class Sent(NamedTuple):
    """One request to a front door, whose settings are `settings`: `golden` names the event for `tests.golden.load`.

    `target` is the path and query of the request line, `body` what follows the headers, before any decoding.
    """

    id: str
    door: str
    settings: dict[str, Any]
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    golden: str
    source: str


_MAPS = (
    "headers",
    "multiValueHeaders",
    "queryStringParameters",
    "multiValueQueryStringParameters",
    "customHeaders",  # CloudFront
)


def in_golden_order(golden: Any, event: Any) -> Any:
    """The event with the keys of its maps of headers and query in the order of the golden's, at any depth."""
    if isinstance(golden, list) and isinstance(event, list):
        return [in_golden_order(*pair) for pair in zip(golden, event, strict=False)] + event[len(golden) :]
    if not isinstance(golden, dict) or not isinstance(event, dict):
        return event
    ordered = {key: in_golden_order(golden.get(key), value) for key, value in event.items()}
    for name in _MAPS:
        wanted, found = golden.get(name), ordered.get(name)
        if isinstance(wanted, dict) and isinstance(found, dict):
            known = {key: found[key] for key in wanted if key in found}
            ordered[name] = {**known, **found}
    return ordered


_AGENT = ("User-Agent", "curl/8.5.0")

_JSON = '{"name": "café"}'.encode()
_HTML = "<P>50 € & more</P>".encode()
_BINARY = b"\x00\x01\xfe\xff"
_GZIPPED = bytes.fromhex("1f8b0800000000000203ab56ca4c51b25230af050003e78e0009000000")  # {"id": 7}
_FORM = b"name=red+flower&n=1"
_PARTS = b'--cut\r\nContent-Disposition: form-data; name="n"\r\n\r\n1\r\n--cut--\r\n'

_QUERY = "/search?tag=new&tag=sale%20items&q=caf%C3%A9%26co&a%5B%5D=1"
_PATH = "/red%20flowers/caf%C3%A9%2Fbar"


def _with_length(headers: list[tuple[str, str]], body: bytes) -> list[tuple[str, str]]:
    return [*headers, ("Content-Length", str(len(body)))] if body else headers


# ------------------------------------------------------------------------------------- Application Load Balancer
# The target group is "hello", the listener one of port 443 and protocol HTTPS. `multi_value_headers` is the target
# group's attribute `lambda.multi_value_headers.enabled`.


def _alb(
    id: str,
    source: str,
    method: str = "GET",
    target: str = "/",
    headers: list[tuple[str, str]] | None = None,
    body: bytes = b"",
    *,
    multi: bool = False,
) -> Sent:
    sent = [("Host", "shop.example.com"), _AGENT, *(headers or [])]
    settings = {"multi_value_headers": multi}
    return Sent(id, "alb", settings, method, target, _with_length(sent, body), body, f"alb/{id}", source)


def _typed(content_type: str, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Content-Type", content_type), *more]


_TAGS = [("X-Tag", "red"), ("X-Other", "1"), ("X-Tag", "blue")]
_COOKIES = [("Cookie", "a=1; b=2"), ("Cookie", "c=3")]
_ROOT = "Root=1-67891233-abcdef012345678912345678"
_FORWARDED = [("X-Forwarded-For", "198.51.100.7"), ("X-Forwarded-Proto", "http"), ("X-Forwarded-Port", "8080")]

ALB: list[Sent] = [
    _alb("get", "recorded 2019-10", headers=[("Accept", "*/*")]),
    _alb("get_multi", "recorded 2019-10", headers=[("Accept", "*/*")], multi=True),
    # the query: as sent, never decoded
    _alb("query", "systems 2.1, field 2026-09", target=_QUERY),
    _alb("query_multi", "systems 2.1, field 2026-09", target=_QUERY, multi=True),
    _alb("query_leading_ampersand", "elb lambda-functions", target="/?&myKey=val1&myKey=val2"),
    _alb("query_leading_ampersand_multi", "elb lambda-functions", target="/?&myKey=val1&myKey=val2", multi=True),
    _alb("query_empty_values", "unverified", target="/?a=&b"),
    _alb("query_empty_values_multi", "unverified", target="/?a=&b", multi=True),
    _alb("query_mark_only", "choice", target="/?"),
    # the path: as sent
    _alb("encoded_path", "systems 2.1, field 2026-09", target=_PATH),
    # headers
    _alb("repeated_header", "systems 2.1", headers=_TAGS),
    _alb("repeated_header_multi", "systems 2.1", headers=_TAGS, multi=True),
    _alb("cookies", "systems 2.1", headers=_COOKIES),
    _alb("cookies_multi", "systems 2.1", headers=_COOKIES, multi=True),
    Sent(
        "upper_case_names",
        "alb",
        {"multi_value_headers": False},
        "GET",
        "/",
        [("HOST", "shop.example.com"), ("USER-AGENT", "curl/8.5.0"), ("X-SHOP", "Red")],
        b"",
        "alb/upper_case_names",
        "systems 2.1",
    ),
    _alb("connection_header", "field 2019-10", headers=[("Connection", "keep-alive")]),
    # bodies: text or base64
    _alb("post_json", "systems 2.1", "POST", headers=_typed("application/json"), body=_JSON),
    _alb("post_json_charset", "systems 2.1", "POST", headers=_typed("application/json; charset=utf-8"), body=_JSON),
    _alb("post_json_multi", "systems 2.1", "POST", headers=_typed("application/json"), body=_JSON, multi=True),
    _alb("post_html", "systems 2.1", "POST", headers=_typed("text/html; charset=utf-8"), body=_HTML),
    _alb("post_xml", "systems 2.1", "POST", headers=_typed("application/xml"), body=b"<a/>"),
    _alb("post_javascript", "systems 2.1", "POST", headers=_typed("application/javascript"), body=b"go()"),
    _alb("post_binary", "systems 2.1", "POST", headers=_typed("application/octet-stream"), body=_BINARY),
    _alb("post_form", "systems 2.1", "POST", headers=_typed("application/x-www-form-urlencoded"), body=_FORM),
    _alb("post_vendor_json", "systems 2.1", "POST", headers=_typed("application/vnd.api+json"), body=_JSON),
    _alb("post_no_content_type", "systems 2.1", "POST", body=b"plain"),
    _alb(
        "post_gzip",
        "systems 2.1",
        "POST",
        headers=_typed("application/json", ("Content-Encoding", "gzip")),
        body=_GZIPPED,
    ),
    _alb(
        "post_content_encoding_identity",
        "systems 2.1 (whatever the header says)",
        "POST",
        headers=_typed("text/plain", ("Content-Encoding", "identity")),
        body=b"plain",
    ),
    # methods
    _alb("head", "systems 2.1", "HEAD"),
    _alb("delete", "systems 2.1", "DELETE", "/orders/7"),
    # what the client says about itself; that protocol and port are replaced is unverified
    _alb("client_forwarded", "elb x-forwarded-headers", headers=_FORWARDED),
    _alb("client_forwarded_multi", "elb x-forwarded-headers", headers=_FORWARDED, multi=True),
    _alb("client_trace_root", "elb request-tracing", headers=[("X-Amzn-Trace-Id", _ROOT)]),
    _alb("client_trace_custom", "elb request-tracing", headers=[("X-Amzn-Trace-Id", f"{_ROOT};CalledFrom=app")]),
    _alb(
        "client_trace_self",
        "elb request-tracing",
        headers=[("X-Amzn-Trace-Id", f"Self=1-67891233-12456789abcdef0123456789;{_ROOT}")],
    ),
    # "If the HTTP headers are greater than 7 KB, the load balancer rewrites the X-Amzn-Trace-Id header with a Root field"
    _alb(
        "client_trace_headers_over_7k",
        "elb request-tracing",
        headers=[("X-Amzn-Trace-Id", _ROOT), ("X-Fill", "x" * 8000)],
    ),
]

# ------------------------------------------------------------------------------------------------- function URL
# AuthType NONE, InvokeMode BUFFERED, no CORS.


def _url(
    id: str,
    source: str,
    method: str = "GET",
    target: str = "/",
    headers: list[tuple[str, str]] | None = None,
    body: bytes = b"",
) -> Sent:
    sent = [("Host", "{url}.lambda-url.us-east-1.on.aws"), _AGENT, *(headers or [])]
    return Sent(id, "functionurl", {}, method, target, _with_length(sent, body), body, f"functionurl/{id}", source)


FUNCTION_URL: list[Sent] = [
    _url("get", "recorded 2022, 2024", headers=[("Accept", "*/*")]),
    _url("query", "urls, systems 2.2", target=_QUERY),
    _url("query_empty_values", "unverified", target="/?a=&b"),
    _url("encoded_path", "field 2026-09", target=_PATH),
    _url("repeated_header", "urls, systems 2.2", headers=_TAGS),
    # they are in the headers too, against systems 2.2, which is about HTTP APIs
    _url("cookies", "field 2023-01, 2024-10, 2026-04", headers=_COOKIES[:1]),
    _url("cookies_two_lines", "unverified", headers=_COOKIES),
    Sent(
        "upper_case_names",
        "functionurl",
        {},
        "GET",
        "/",
        [("HOST", "{url}.lambda-url.us-east-1.on.aws"), ("USER-AGENT", "curl/8.5.0"), ("X-SHOP", "Red")],
        b"",
        "functionurl/upper_case_names",
        "systems 2.2",
    ),
    _url("post_json", "recorded 2022", "POST", headers=_typed("application/json"), body=_JSON),
    _url("post_json_charset", "choice", "POST", headers=_typed("application/json; charset=utf-8"), body=_JSON),
    _url("post_html", "field 2026-06", "POST", headers=_typed("text/html; charset=utf-8"), body=_HTML),
    _url("post_xml", "field 2026-06", "POST", headers=_typed("application/xml"), body=b"<a/>"),
    _url("post_javascript", "field 2026-06", "POST", headers=_typed("application/javascript"), body=b"go()"),
    _url("post_binary", "urls", "POST", headers=_typed("application/octet-stream"), body=_BINARY),
    _url(
        "post_form",
        "field 2023-10, 2026-07",
        "POST",
        headers=_typed("application/x-www-form-urlencoded"),
        body=_FORM,
    ),
    _url("post_multipart", "field 2026-06", "POST", headers=_typed("multipart/form-data; boundary=cut"), body=_PARTS),
    _url("post_vendor_json", "choice", "POST", headers=_typed("application/vnd.api+json"), body=_JSON),
    _url("post_no_content_type", "field 2026-07", "POST", body=b"plain"),
    # not UTF-8, whatever its type says
    _url(
        "post_gzip",
        "choice",
        "POST",
        headers=_typed("application/json", ("Content-Encoding", "gzip")),
        body=_GZIPPED,
    ),
    _url("post_empty", "systems 2.2", "POST", headers=[("Content-Length", "0")]),
    _url("head", "systems 2.2", "HEAD"),
    _url("delete", "systems 2.2", "DELETE", "/orders/7"),
    _url("client_forwarded", "choice", headers=_FORWARDED),
    _url("client_trace_root", "unverified", headers=[("X-Amzn-Trace-Id", _ROOT)]),
]
