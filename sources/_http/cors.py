"""Cross-origin requests that a front door answers by itself, and the headers that it adds to answers.

Sources: apigateway:http-api-cors, bc:lambda Cors, bc:apigatewayv2 Cors; which headers go with which request: the fetch
standard.
"""

from collections.abc import Sequence
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import between, refuse
from eventbus.core.http import Request, Response

OLDEST: Final = 86_400
"""Seconds that a browser may keep what it was told."""

_HEADERS: Final = "access-control-"


def _texts(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or not all(isinstance(each, str) and each for each in value):
        raise refuse(attribute.name, value, "texts")


def _flag(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, bool):
        raise refuse(attribute.name, value, "True or False")


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@frozen(kw_only=True)
class Cors:
    """Which pages may call. `*` allows all; with `allow_credentials` it is refused."""

    allow_origins: Sequence[str] = field(default=(), converter=_tuple, validator=_texts)
    allow_methods: Sequence[str] = field(default=(), converter=_tuple, validator=_texts)
    allow_headers: Sequence[str] = field(default=(), converter=_tuple, validator=_texts)
    expose_headers: Sequence[str] = field(default=(), converter=_tuple, validator=_texts)
    max_age: int | None = field(default=None, validator=between(0, OLDEST, whole=True))
    allow_credentials: bool = field(default=False, validator=_flag)


def is_preflight(request: Request) -> bool:
    return (
        request.method == "OPTIONS"
        and bool(request.header("origin"))
        and bool(request.header("access-control-request-method"))
    )


def preflight(cors: Cors, request: Request, status: int) -> Response:
    """What a browser asks before it sends; without the headers where its page may not."""
    origin = _allowed_origin(cors, request.header("origin"))
    if origin is None:
        return Response(status)
    lines = [*_common(cors, origin)]
    if cors.allow_methods:
        lines.append((f"{_HEADERS}allow-methods", ",".join(cors.allow_methods)))
    if cors.allow_headers:
        lines.append((f"{_HEADERS}allow-headers", ",".join(cors.allow_headers)))
    if cors.max_age is not None:
        lines.append((f"{_HEADERS}max-age", str(cors.max_age)))
    return Response(status, lines)


def with_cors(cors: Cors | None, request: Request, response: Response) -> Response:
    """An answer to a page of another origin: the function's own headers of the kind count for nothing."""
    if cors is None:
        return response
    origin = _allowed_origin(cors, request.header("origin"))
    kept = [(name, value) for name, value in response.headers if not name.lower().startswith(_HEADERS)]
    if origin is not None:
        kept += _common(cors, origin)
        if cors.expose_headers:
            kept.append((f"{_HEADERS}expose-headers", ",".join(cors.expose_headers)))
    response.headers = kept
    return response


def _allowed_origin(cors: Cors, origin: str) -> str | None:
    if not origin:
        return None
    if "*" in cors.allow_origins:
        return "*"
    return origin if origin in cors.allow_origins or _by_scheme(cors, origin) else None


def _by_scheme(cors: Cors, origin: str) -> bool:
    """`https://*` allows all of that scheme."""
    return f"{origin.partition('://')[0]}://*" in cors.allow_origins


def _common(cors: Cors, origin: str) -> list[tuple[str, str]]:
    lines = [(f"{_HEADERS}allow-origin", origin)]
    if cors.allow_credentials:
        lines.append((f"{_HEADERS}allow-credentials", "true"))
    return lines
