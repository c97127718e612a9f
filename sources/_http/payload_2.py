"""Payload format 2.0: how HTTP APIs and function URLs show a request, and what they make of an answer.

Absent keys are left out, never null; names of headers are in lower case, repeated ones joined with commas, as are
repeated keys of the query; cookies stand by themselves. An answer without `statusCode` is the body itself.
Sources: apigateway:http-api-develop-integrations-lambda, dg:urls-invocation.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NotRequired, TypedDict
from urllib.parse import unquote

from eventbus.core.http import Request, Response

from . import answers, bodies, fields
from .answers import Malformed
from .fields import Pairs

JSON_TYPE: Final = "application/json"


class Http(TypedDict):
    method: str
    path: str
    protocol: str
    sourceIp: str
    userAgent: str


class RequestContext(TypedDict):
    accountId: str
    apiId: str
    authentication: NotRequired[None]
    authorizer: NotRequired[dict[str, Any]]
    domainName: str
    domainPrefix: str
    http: Http
    requestId: str
    routeId: NotRequired[str]
    routeKey: str
    stage: str
    time: str
    timeEpoch: int


class HttpEvent(TypedDict):
    version: str
    routeKey: str
    rawPath: str
    rawQueryString: str
    cookies: NotRequired[list[str]]
    headers: dict[str, str]
    queryStringParameters: NotRequired[dict[str, str]]
    requestContext: RequestContext
    body: NotRequired[str]
    pathParameters: NotRequired[dict[str, str]]
    isBase64Encoded: bool
    stageVariables: NotRequired[dict[str, str]]


def head(
    request: Request, headers: Pairs, route: str, path: str, *, cookies_in_headers: bool = False
) -> dict[str, Any]:
    """The event up to its `requestContext`."""
    found: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": fields.clean(request.query),
    }
    if cookies := fields.cookies(headers):
        found["cookies"] = [fields.clean(cookie) for cookie in cookies]
    kept = headers if cookies_in_headers else fields.without(headers, "cookie")
    found["headers"] = fields.joined(fields.in_order(fields.cleaned(fields.lowered(kept))))
    if query := fields.query_decoded(request.query):
        found["queryStringParameters"] = fields.joined(query)
    return found


def http(request: Request, path: str) -> Http:
    return {
        "method": request.method,
        "path": path,
        "protocol": request.protocol,
        "sourceIp": request.source_ip,
        "userAgent": fields.clean(request.header("user-agent")),
    }


def body(request: Request) -> tuple[str | None, bool]:
    """None without one; whether it is base64."""
    if not request.body:
        return None, False
    text = bodies.as_text(request.body) if bodies.textual(request.header("content-type")) else None
    return (bodies.to_base64(request.body), True) if text is None else (text, False)


def decoded_path(request: Request) -> str:
    return fields.clean(unquote(request.path))


def clf_time(epoch: float) -> str:
    """`05/Feb/2026:09:14:23 +0000`."""
    return _clf_time(int(epoch))


@lru_cache(16)
def _clf_time(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")


def response(
    payload: bytes, default_type: str, remapped: Collection[str] = (), *, bare_texts: bool = False
) -> Response:
    """Of an answer that has a `statusCode`, or is the body itself, with `bare_texts` a text without its quotes. Headers
    of `remapped` names go out under another one. Raises `Malformed`."""
    answer = answers.parsed(payload)
    if bare_texts and isinstance(answer, str):
        return Response(200, [("content-type", JSON_TYPE)], answers.utf8(answer))
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Response(200, [("content-type", JSON_TYPE)], payload)
    status, lines = answered_head(answer, default_type, remapped)
    content = answers.body_of(answer)
    return Response(status, lines, b"" if status in answers.BODILESS else content)


def answered_head(
    answer: Mapping[str, Any], default_type: str, remapped: Collection[str] = ()
) -> tuple[int, list[tuple[str, str]]]:
    """Status and header lines. Raises `Malformed`."""
    status, given = answers.status_of(answer["statusCode"]), answer.get("headers")
    lines = [] if given is None else answers.header_map(given, "headers")
    answers.check_lines(lines)
    lines = [(f"x-amzn-remapped-{name}" if name.lower() in remapped else name, value) for name, value in lines]
    lines = answers.end_to_end(lines)
    if not any(name.lower() == "content-type" for name, _ in lines):
        lines.append(("content-type", default_type))
    return status, [*lines, *cookie_lines(answer.get("cookies"))]


def cookie_lines(cookies: object) -> list[tuple[str, str]]:
    if cookies is None:
        return []
    if not isinstance(cookies, list) or not all(isinstance(cookie, str) for cookie in cookies):
        raise Malformed("cookies is no list of texts")
    lines = [("set-cookie", cookie) for cookie in cookies]
    answers.check_lines(lines)
    return lines
