"""What a distribution lets in at all (cf:cloudfront-limits, cf:RequestAndResponseBehaviorCustomOrigin)."""

from typing import Final

from eventbus.core.http import Request
from sources._http.fields import line_size

from . import pages

METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"})
URL_LIMIT: Final = 8_192
HEAD_LIMIT: Final = 20_480
"""Bytes of path, query and headers."""
BODY_LIMIT: Final = 20 * 1024**3


def refusal(request: Request, body_limit: int) -> tuple[int, str, str] | None:
    """Status, text for the viewer, and why; None if it may come in."""
    if request.method not in METHODS:
        return 403, pages.METHOD, f"the method {request.method}"
    if request.body and request.method in ("GET", "HEAD"):
        return 403, pages.BAD_REQUEST, f"a {request.method} with a body"
    url = len(request.target.encode(errors="surrogateescape"))
    if url > URL_LIMIT:
        return 413, pages.TOO_LARGE, f"a URL of {url:,} bytes"
    head = url + sum(line_size(name, value) for name, value in request.headers)
    if head > HEAD_LIMIT:
        return 413, pages.TOO_LARGE, f"path, query and headers of {head:,} bytes"
    if len(request.body) > body_limit:
        return 413, pages.TOO_LARGE, f"a body over {body_limit:,} bytes"
    return None
