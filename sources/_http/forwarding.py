"""What a front door adds to the headers of a request."""

from collections.abc import Callable

from eventbus.core.http import Request

from .fields import Pairs, put_last

FORWARDED_FOR = "X-Forwarded-For"
FORWARDED_PORT = "X-Forwarded-Port"
FORWARDED_PROTO = "X-Forwarded-Proto"
TRACE_ID = "X-Amzn-Trace-Id"
HTTPS_PORT = 443


def forwarded(
    request: Request, port: int, trace_id: str, spelt: Callable[[str], str] = str.lower
) -> list[tuple[str, str]]:
    """The headers of `request` with who sent it, to which port and by which scheme, and an id to trace it by. An
    address is put behind those that it came by; what the request says of port and scheme is not believed; a trace that
    it is in goes on."""
    headers: Pairs = request.headers
    headers = put_last(headers, spelt(TRACE_ID), lambda known: known if known and "Root=" in known else trace_id)
    return addressed(headers, request, port, spelt)


def addressed(
    headers: Pairs, request: Request, port: int, spelt: Callable[[str], str] = str.lower
) -> list[tuple[str, str]]:
    """`headers` with who sent `request`, to which port and by which scheme."""
    headers = put_last(headers, spelt(FORWARDED_FOR), lambda value: ", ".join(filter(None, (value, request.source_ip))))
    headers = put_last(headers, spelt(FORWARDED_PORT), lambda _: str(port))
    return put_last(headers, spelt(FORWARDED_PROTO), lambda _: request.scheme)


def trace_root(seconds: float, uuid: str) -> str:
    """`Root=1-` with a time since 1970 and 96 bits, in hexadecimal digits (dg:x-ray trace ids)."""
    return f"Root=1-{int(seconds):08x}-{uuid.replace('-', '')[-24:]}"
