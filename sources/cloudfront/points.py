"""The four points where edge functions run, and what is theirs: headers, sizes, times.

Sources: cf:edge-function-restrictions-all, cf:lambda-at-edge-function-restrictions, cf:cloudfront-limits, text of 2026.
"""

from collections.abc import Mapping
from typing import Final, Literal

Point = Literal["viewer-request", "origin-request", "origin-response", "viewer-response"]

VIEWER_REQUEST: Final = "viewer-request"
ORIGIN_REQUEST: Final = "origin-request"
ORIGIN_RESPONSE: Final = "origin-response"
VIEWER_RESPONSE: Final = "viewer-response"
POINTS: Final[tuple[Point, ...]] = (VIEWER_REQUEST, ORIGIN_REQUEST, ORIGIN_RESPONSE, VIEWER_RESPONSE)
"""In the order of a request's way."""
VIEWER_POINTS: Final = frozenset({VIEWER_REQUEST, VIEWER_RESPONSE})

FUNCTION_TIMEOUT: Final = 30
"""Seconds that a function may have, at any point."""
VIEWER_TIMEOUT_2023: Final = 5
"""Seconds that it could have at viewer points, by the text of 2023."""

_KB: Final = 1_024
RESPONSE_LIMITS: Final[Mapping[Point, int]] = {
    VIEWER_REQUEST: 40 * _KB,
    ORIGIN_REQUEST: 1_024 * _KB,
    ORIGIN_RESPONSE: 1_024 * _KB,
}
"""Bytes of a response that a function makes, header lines and body."""
BODY_LIMITS: Final[Mapping[Point, int]] = {VIEWER_REQUEST: 40 * _KB, ORIGIN_REQUEST: 1_024 * _KB}
"""Bytes of a request's body that a function sees, and that it may put in its place as text."""
BASE64_LIMITS: Final[Mapping[Point, int]] = {VIEWER_REQUEST: int(53.2 * _KB), ORIGIN_REQUEST: int(1.33 * _KB * _KB)}
"""Characters of such a body as base64."""
TARGET_LIMIT: Final = 8_192
"""Characters of URI and query: fewer than these."""

_DISALLOWED: Final = frozenset(
    {
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "trailer",
        "upgrade",
        "x-accel-buffering",
        "x-accel-charset",
        "x-accel-limit-rate",
        "x-accel-redirect",
        "x-amzn-auth",
        "x-amzn-cf-billing",
        "x-amzn-cf-id",
        "x-amzn-cf-xff",
        "x-amzn-errortype",
        "x-amzn-fle-profile",
        "x-amzn-header-count",
        "x-amzn-header-order",
        "x-amzn-lambda-integration-tag",
        "x-amzn-requestid",
        "x-cache",
        "x-forwarded-proto",
        "x-real-ip",
    }
)
_DISALLOWED_STARTS: Final = ("x-amz-cf-", "x-edge-")

READ_ONLY: Final[Mapping[Point, frozenset[str]]] = {
    VIEWER_REQUEST: frozenset({"cdn-loop", "content-length", "host", "transfer-encoding", "via"}),
    ORIGIN_REQUEST: frozenset(
        {
            "accept-encoding",
            "cdn-loop",
            "content-length",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "transfer-encoding",
            "via",
        }
    ),
    ORIGIN_RESPONSE: frozenset({"transfer-encoding", "via"}),
    VIEWER_RESPONSE: frozenset({"content-encoding", "content-length", "transfer-encoding", "via", "warning"}),
}


def disallowed(name: str) -> bool:
    """Whether functions neither see nor may set this header, in lower case."""
    return name in _DISALLOWED or name.startswith(_DISALLOWED_STARTS)
