"""Cross-origin requests that a front door answers by itself, and the headers that it adds to answers.

Sources: apigateway:http-api-cors, bc:lambda Cors, bc:apigatewayv2 Cors; which headers go with which request: the fetch
standard.
"""

from collections.abc import Sequence
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, between, refuse
from eventbus.core.http import Request, Response

OLDEST: Final = 86_400
"""Seconds that a browser may keep what it was told."""

_HEADERS: Final = "access-control-"


def _texts(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or not all(isinstance(each, str) and each for each in value):
        raise refuse(attribute.name, value, "a list of texts")


def _flag(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, bool):
        raise refuse(attribute.name, value, "True or False")


@frozen(kw_only=True)
class Cors:
    """Which pages may call; `*` allows all, `https://*` all of that scheme."""

    allow_origins: Sequence[str] = field(default=(), converter=as_tuple, validator=_texts)
    allow_methods: Sequence[str] = field(default=(), converter=as_tuple, validator=_texts)
    allow_headers: Sequence[str] = field(default=(), converter=as_tuple, validator=_texts)
    expose_headers: Sequence[str] = field(default=(), converter=as_tuple, validator=_texts)
    max_age: int | None = field(default=None, validator=between(0, OLDEST, whole=True))
    allow_credentials: bool = field(default=False, validator=_flag)


def is_preflight(request: Request) -> bool:
    return (
        request.method == "OPTIONS"
        and bool(request.header("origin"))
        and bool(request.header("access-control-request-method"))
    )


def preflight(cors: Cors, request: Request, status: int, *, of_url: bool = False) -> Response:
    """What a browser asks before it sends; without the headers where its page may not. A function URL says what is
    exposed here too."""
    lines = _allowed(cors, request, echo=of_url)
    if lines:
        lines += _listed("allow-methods", cors.allow_methods)
        lines += _listed("allow-headers", cors.allow_headers)
        if cors.max_age is not None:
            lines.append((f"{_HEADERS}max-age", str(cors.max_age)))
        if of_url:
            lines += _listed("expose-headers", cors.expose_headers)
    return Response(status, lines)


def with_cors(cors: Cors | None, request: Request, response: Response, *, of_url: bool = False) -> Response:
    """An answer to a page of another origin. The function's own headers of the kind count for nothing in an HTTP API;
    a function URL leaves them beside its own."""
    if cors is None:
        return response
    lines = _allowed(cors, request, echo=of_url)
    if lines:
        lines += _listed("expose-headers", cors.expose_headers)
    own = [(name, value) for name, value in response.headers if of_url or not name.lower().startswith(_HEADERS)]
    response.headers = [*own, *lines]
    return response


def _allowed(cors: Cors, request: Request, *, echo: bool) -> list[tuple[str, str]]:
    """None for who may not. With `echo` an origin is told its name, also where all may."""
    origin = request.header("origin")
    if not origin:
        return []
    everybody = "*" in cors.allow_origins
    if not everybody and origin not in cors.allow_origins and not _by_scheme(cors, origin):
        return []
    lines = [(f"{_HEADERS}allow-origin", "*" if everybody and not echo else origin)]
    if cors.allow_credentials:
        lines.append((f"{_HEADERS}allow-credentials", "true"))
    return lines


def _by_scheme(cors: Cors, origin: str) -> bool:
    """`https://*` allows all of that scheme."""
    return f"{origin.partition('://')[0]}://*" in cors.allow_origins


def _listed(name: str, values: Sequence[str]) -> list[tuple[str, str]]:
    return [(f"{_HEADERS}{name}", ",".join(values))] if values else []
