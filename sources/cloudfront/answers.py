"""What functions answer: a request that goes on, or a response. Whatever CloudFront would not take is `Invalid`: 502.

An object with `status` is a response, any other the request. A status may also be a whole number, as in the guide's own
examples (cf:lambda-examples), where the shape says a text. `method` and `clientIp` are read-only, like some headers.
The body of a request counts where `include_body` has shown it; of what viewer-response answers, status and body don't.
Sources: cf:lambda-generating-http-responses, cf:edge-function-restrictions-all.
"""

import re
from collections.abc import Mapping
from json import loads
from typing import Any, Final
from urllib.parse import quote

from attrs import evolve

from eventbus.checks import encodable
from eventbus.core.http import Request, Response
from sources._http import bodies, fields

from . import headers, invalid
from .invalid import Invalid
from .points import (
    BASE64_LIMITS,
    BODY_LIMITS,
    READ_ONLY,
    RESPONSE_LIMITS,
    TARGET_LIMIT,
    VIEWER_REQUEST,
    VIEWER_RESPONSE,
    Point,
)

LOWEST_STATUS: Final = 200
HIGHEST_STATUS: Final = 599

_BAD_QUERY: Final = re.compile(r"[\x00-\x20\x7f#]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_PATH_SAFE: Final = "!\"$%&'()*+,-./:;<=>@[\\]^_`{|}~"
"""What stands as it is in a request line; a question mark would begin the query."""
_QUERY_SAFE: Final = f"{_PATH_SAFE}?"
_STATUS: Final = re.compile(r"[0-9]{3}")


def parsed(payload: bytes) -> dict[str, Any]:
    try:
        answer = loads(payload)
    except (ValueError, RecursionError):
        raise Invalid(invalid.NOT_PARSABLE) from None
    if not isinstance(answer, dict):
        raise Invalid(invalid.NO_OBJECT)
    return answer


def is_response(answer: Mapping[str, Any]) -> bool:
    return "status" in answer


def generated(point: Point, answer: Mapping[str, Any]) -> Response:
    """A response in place of a request."""
    lines = headers.lines_of(answer.get("headers", {}))
    for name, _ in lines:
        if name.lower() in READ_ONLY[point]:
            raise Invalid(invalid.READ_ONLY, name)
    status, body = _status(answer), _response_body(point, answer, lines) or b""
    if status == 204 and body:
        if point == VIEWER_REQUEST:
            raise Invalid(invalid.BODY, "a response of status 204 has none")
        body = b""
    return Response(status, lines, body, _phrase(answer))


def changed_request(point: Point, answer: Mapping[str, Any], before: Request, include_body: bool) -> Request:
    """The request that goes on."""
    for member, known in (("method", before.method), ("clientIp", before.source_ip)):
        if answer.get(member, known) != known:
            raise Invalid(f"{invalid.RESULT}The function tried to change {member}.")
    target = _target(answer, before)
    lines = headers.changed(point, before.headers, answer.get("headers"))
    body = _request_body(point, answer.get("body")) if include_body else None
    if body is not None:
        lines = headers.with_length(lines, body)
    return evolve(before, target=target, headers=lines, body=before.body if body is None else body)


def changed_response(point: Point, answer: Mapping[str, Any], before: Response) -> Response:
    """The response that goes on; one whose body was not changed is still being written, if it was."""
    status, phrase = _status(answer), _phrase(answer)
    lines = headers.changed(point, before.headers, answer.get("headers", {}))
    if point == VIEWER_RESPONSE:
        return Response(before.status, lines, before.body, phrase, before.stream)
    body = _response_body(point, answer, headers.lines_of(answer.get("headers", {})))
    if body is None:
        return Response(status, lines, before.body, phrase, before.stream)
    return Response(status, headers.with_length(lines, body), body, phrase)


def _target(answer: Mapping[str, Any], before: Request) -> str:
    """Path and query as they stand in a request line; what was not changed is as it was sent."""
    uri, query = answer.get("uri"), answer.get("querystring")
    if not isinstance(uri, str) or not uri.startswith("/") or not encodable(uri):
        raise Invalid(invalid.URI, "it is no text that begins with a slash")
    if not isinstance(query, str) or _BAD_QUERY.search(query) or not encodable(query):
        raise Invalid(invalid.URI, "its query string is no text, or has spaces, control characters or #")
    if len(f"{uri}?{query}" if query else uri) >= TARGET_LIMIT:
        raise Invalid(invalid.URI, f"with its query string it has {TARGET_LIMIT:,} characters or more")
    path = before.path if uri == fields.clean(before.path) else quote(uri, safe=_PATH_SAFE)
    sent = before.query if query == fields.clean(before.query) else quote(query, safe=_QUERY_SAFE)
    return f"{path}?{sent}" if sent else path


def _request_body(point: Point, given: object) -> bytes | None:
    """None: the one that was sent."""
    if given is None:
        return None
    if not isinstance(given, dict):
        raise Invalid(invalid.BODY)
    action, encoding, data = given.get("action"), given.get("encoding", "base64"), given.get("data")
    if action == "read-only":
        return None
    if action != "replace":
        raise Invalid(invalid.BODY, f"action is {action!r}")
    limits = BASE64_LIMITS if encoding == "base64" else BODY_LIMITS
    if not isinstance(data, str) or len(data.encode(errors="replace")) > limits[point]:
        raise Invalid(invalid.BODY)
    return _decoded(data, encoding)


def _response_body(point: Point, answer: Mapping[str, Any], lines: fields.Pairs) -> bytes | None:
    """None without one. Keys and values of header lines and the body, as it stands in the answer, count together."""
    body = answer.get("body")
    if body is not None and not isinstance(body, str):
        raise Invalid(invalid.BODY)
    size = sum(len(name) + len(value.encode()) for name, value in lines)
    if size + len((body or "").encode(errors="replace")) > RESPONSE_LIMITS[point]:
        raise Invalid(invalid.BODY, "headers and body together are too long")
    return None if body is None else _decoded(body, answer.get("bodyEncoding", "text"))


def _decoded(text: str, encoding: object) -> bytes:
    if encoding == "text":
        return text.encode(errors="replace")
    found = bodies.from_base64(text) if encoding == "base64" else None
    if found is None:
        raise Invalid(invalid.BODY, "it is no base64" if encoding == "base64" else f"its encoding is {encoding!r}")
    return found


def _status(answer: Mapping[str, Any]) -> int:
    given = answer.get("status")
    value = int(given) if isinstance(given, str) and _STATUS.fullmatch(given) else given
    if not isinstance(value, int) or isinstance(value, bool) or not LOWEST_STATUS <= value <= HIGHEST_STATUS:
        raise Invalid(f"{invalid.RESULT}The status is not from 200 to 599.", f"it is {str(given)[:40]!r}")
    return value


def _phrase(answer: Mapping[str, Any]) -> str | None:
    phrase = answer.get("statusDescription", "")
    if not isinstance(phrase, str) or _CONTROL.search(phrase) or not encodable(phrase):
        raise Invalid(f"{invalid.RESULT}The status description is no text of one line.")
    return phrase or None
