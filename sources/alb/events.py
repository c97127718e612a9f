"""How a target group shows a request to its function (elb:lambda-functions).

Names of headers are in lower case; path and query stand as they were sent, never decoded. Without multi-value headers
the last value of a repeated name counts; with them all do, under other keys.
"""

from typing import NotRequired, TypedDict

from eventbus.core.http import Request
from eventbus.names import Arn
from sources._http import bodies, fields


class Elb(TypedDict):
    targetGroupArn: str


class RequestContext(TypedDict):
    elb: Elb


class AlbEvent(TypedDict):
    requestContext: RequestContext
    httpMethod: str
    path: str
    queryStringParameters: NotRequired[dict[str, str]]
    multiValueQueryStringParameters: NotRequired[dict[str, list[str]]]
    headers: NotRequired[dict[str, str]]
    multiValueHeaders: NotRequired[dict[str, list[str]]]
    body: str
    isBase64Encoded: bool


def to_event(group: Arn, request: Request, *, multi_value: bool) -> AlbEvent | None:
    """None if it has bytes that are no UTF-8 where a text must stand."""
    body, encoded = _body(request)
    if body is None or fields.undecodable([request.target, *(text for line in request.headers for text in line)]):
        return None
    event: AlbEvent = {  # type: ignore[typeddict-item]  # the rest follows, in the order of the guide
        "requestContext": {"elb": {"targetGroupArn": group}},
        "httpMethod": request.method,
        "path": request.path,
    }
    query, headers = fields.query_as_sent(request.query), fields.lowered(request.headers)
    if multi_value:
        event["multiValueQueryStringParameters"] = fields.every(query)
        event["multiValueHeaders"] = fields.every(headers)
    else:
        event["queryStringParameters"] = fields.last(query)
        event["headers"] = fields.last(headers)
    event["body"] = body
    event["isBase64Encoded"] = encoded
    return event


def _body(request: Request) -> tuple[str | None, bool]:
    """None if it should be a text and is none; whether it is base64."""
    if not request.body:
        return "", False
    encoded = any(name.lower() == "content-encoding" for name, _ in request.headers)
    if not encoded and bodies.textual(request.header("content-type")):
        return bodies.as_text(request.body), False
    return bodies.to_base64(request.body), True
