"""A bucket as an origin: GET and HEAD of an object by its path, as `name.s3.region.amazonaws.com` answers them.

Whole objects alone: ranges and conditions are not looked at, nothing is listed. Source: s3:RESTObjectGET,
s3:ErrorResponses. A plus in a path is a blank, as in a query.
"""

from collections.abc import Sequence
from email.utils import formatdate
from typing import Final
from urllib.parse import unquote_plus
from xml.sax.saxutils import escape

from eventbus.core.http import Request, Response

from .objects import Version
from .occurrence import host_id, request_id

METHODS: Final = ("GET", "HEAD")
DENIED: Final = ("AccessDenied", "Access Denied", 403)
MISSING: Final = ("NoSuchKey", "The specified key does not exist.", 404)
NOT_ALLOWED: Final = ("MethodNotAllowed", "The specified method is not allowed against this resource.", 405)


def key_of(request: Request) -> str:
    return unquote_plus(request.path.removeprefix("/"))


def found(request: Request, version: Version, epoch: float, id: str) -> Response:
    lines = [
        *_ids(id),
        ("Last-Modified", formatdate(int(epoch + version.last_modified), usegmt=True)),
        ("ETag", f'"{version.etag}"'),
        *((f"x-amz-meta-{name}", value) for name, value in version.metadata.items()),
        *([] if version.version_id is None else [("x-amz-version-id", version.version_id)]),
        ("Content-Type", version.content_type),
        ("Server", "AmazonS3"),
        ("Content-Length", str(version.size)),
    ]
    return Response(200, lines, b"" if request.method == "HEAD" else version.body)


def refused(request: Request, error: tuple[str, str, int], id: str) -> Response:
    """`error` is code, text and status."""
    code, message, status = error
    members = {"Code": code, "Message": message, "RequestId": request_id(id), "HostId": host_id(id)}
    if status == 404:
        members = {"Code": code, "Message": message, "Key": key_of(request), **members}
    text = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in members.items())
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{text}</Error>'.encode(errors="replace")
    lines = [*_ids(id), ("Content-Type", "application/xml"), ("Server", "AmazonS3")]
    return Response(status, lines, b"" if request.method == "HEAD" else body)


def _ids(id: str) -> Sequence[tuple[str, str]]:
    return [("x-amz-id-2", host_id(id)), ("x-amz-request-id", request_id(id))]
