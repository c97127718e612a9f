"""Requests that a listener refuses before it looks at its rules (elb:load-balancer-troubleshooting).

Sizes are counted in bytes: a line without its end, all header lines with their ends (our choice).
"""

from typing import Final

from eventbus.core.http import Request
from sources._http import fields

BODY_LIMIT: Final = 1_048_576
"""Bytes that a function can be sent: 1 MB of 1,024 KB (elb:lambda-functions)."""
LINE_LIMIT: Final = 16_384
"""Bytes of the request line, and of one header."""
HEADERS_LIMIT: Final = 65_536
"""Bytes of all headers (elb:load-balancer-limits)."""
FORWARDERS_LIMIT: Final = 30
"""Addresses in X-Forwarded-For."""
ENCODINGS: Final = ("chunked", "identity")
"""What Transfer-Encoding may say."""


def refusal(request: Request) -> tuple[int, str] | None:
    """The status, and why."""
    if request.method == "TRACE":
        return 405, "TRACE is not supported"
    line = f"{request.method} {request.target} {request.protocol}"
    if len(line.encode("utf-8", "surrogateescape")) > LINE_LIMIT:
        return 400, "request line over 16 KB"
    if any(fields.line_size(*header) > LINE_LIMIT for header in request.headers):
        return 400, "a header over 16 KB"
    if headers_size(request.headers) > HEADERS_LIMIT:
        return 400, "headers over 64 KB"
    if len(_items(request, "x-forwarded-for")) > FORWARDERS_LIMIT:
        return 463, "more than 30 addresses in X-Forwarded-For"
    if any(encoding.lower() not in ENCODINGS for encoding in _items(request, "transfer-encoding")):
        return 501, "Transfer-Encoding is neither chunked nor identity"
    return None


def is_websocket(request: Request) -> bool:
    """Whether it asks to go on as a WebSocket."""
    upgrades = [item.lower() for item in _items(request, "upgrade")]
    return "websocket" in upgrades and "upgrade" in [item.lower() for item in _items(request, "connection")]


def headers_size(headers: fields.Pairs) -> int:
    return sum(fields.line_size(*header) + 2 for header in headers)


def _items(request: Request, name: str) -> list[str]:
    """What stands between the commas of all lines of that name."""
    values = [value for key, value in request.headers if key.lower() == name]
    return [item.strip() for value in values for item in value.split(",") if item.strip()]
