"""What functions get: one record, about a request, and at response points about a response too.

Names of headers are keys in lower case, `key` is the name as it was sent. Bodies of responses are never shown, headers
that functions may not have neither. Source: cf:lambda-event-structure.
"""

from typing import Any, NotRequired, TypedDict, cast

from eventbus.core.http import Request, Response
from sources._http import bodies, fields
from sources._http.answers import reason_of
from sources._http.fields import Pairs

from .points import BODY_LIMITS, Point, disallowed


class EdgeHeader(TypedDict):
    key: NotRequired[str]
    value: str


EdgeHeaders = dict[str, list[EdgeHeader]]


class EdgeBody(TypedDict):
    action: str
    data: str
    encoding: str
    inputTruncated: bool


class EdgeCustomOrigin(TypedDict):
    customHeaders: EdgeHeaders
    domainName: str
    keepaliveTimeout: int
    path: str
    port: int
    protocol: str
    readTimeout: int
    sslProtocols: list[str]


class EdgeS3Origin(TypedDict):
    authMethod: str
    customHeaders: EdgeHeaders
    domainName: str
    path: str
    region: str


class EdgeOrigin(TypedDict):
    """One of the two."""

    custom: NotRequired[EdgeCustomOrigin]
    s3: NotRequired[EdgeS3Origin]


class EdgeRequest(TypedDict):
    body: NotRequired[EdgeBody]
    clientIp: str
    headers: EdgeHeaders
    method: str
    origin: NotRequired[EdgeOrigin]
    querystring: str
    uri: str


class EdgeResponse(TypedDict):
    """`body` and `bodyEncoding` are what a function may answer; none is shown."""

    headers: NotRequired[EdgeHeaders]
    status: str
    statusDescription: NotRequired[str]
    body: NotRequired[str]
    bodyEncoding: NotRequired[str]


class EdgeConfig(TypedDict):
    distributionDomainName: str
    distributionId: str
    eventType: Point
    requestId: str


class EdgeCf(TypedDict):
    config: EdgeConfig
    request: EdgeRequest
    response: NotRequired[EdgeResponse]


class EdgeRecord(TypedDict):
    cf: EdgeCf


class EdgeEvent(TypedDict):
    Records: list[EdgeRecord]


def event(config: EdgeConfig, request: EdgeRequest, response: EdgeResponse | None) -> EdgeEvent:
    cf: EdgeCf = {"config": config, "request": request}
    if response is not None:
        cf["response"] = response
    return {"Records": [{"cf": cf}]}


def request_of(request: Request, point: Point, origin: EdgeOrigin | None, include_body: bool) -> EdgeRequest:
    """As that point sees it: with its body at request points alone, with its origin at origin points."""
    found: dict[str, Any] = {}
    if include_body and point in BODY_LIMITS:
        found["body"] = _body_of(request.body, BODY_LIMITS[point])
    found["clientIp"] = request.source_ip
    found["headers"] = headers_of(request.headers)
    found["method"] = request.method
    if origin is not None:
        found["origin"] = origin
    found["querystring"] = fields.clean(request.query)
    found["uri"] = fields.clean(request.path)
    return cast(EdgeRequest, found)  # its keys stand in the order of the guide


def response_of(response: Response) -> EdgeResponse:
    return {
        "headers": headers_of(response.headers),
        "status": str(response.status),
        "statusDescription": reason_of(response.status) if response.reason is None else response.reason,
    }


def headers_of(lines: Pairs) -> EdgeHeaders:
    found: EdgeHeaders = {}
    for name, value in exposed(lines):
        found.setdefault(name.lower(), []).append({"key": name, "value": fields.clean(value)})
    return found


def exposed(lines: Pairs) -> list[tuple[str, str]]:
    return [(name, value) for name, value in lines if not disallowed(name.lower())]


def _body_of(body: bytes, limit: int) -> EdgeBody:
    return {
        "action": "read-only",
        "data": bodies.to_base64(body[:limit]),
        "encoding": "base64",
        "inputTruncated": len(body) > limit,
    }
