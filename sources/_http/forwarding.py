"""What a front door adds to the headers of a request."""

from eventbus.core.http import Request

from .fields import Pairs, put_last

FORWARDED_FOR = "x-forwarded-for"
FORWARDED_PORT = "x-forwarded-port"
FORWARDED_PROTO = "x-forwarded-proto"
TRACE_ID = "x-amzn-trace-id"


def forwarded(request: Request, port: int, trace_id: str) -> list[tuple[str, str]]:
    """The headers of `request` with who sent it, to which port and by which scheme, and an id to trace it by. An
    address is put behind those that it came by; what the request says of port, scheme and trace is not believed."""
    headers: Pairs = request.headers
    headers = put_last(headers, TRACE_ID, lambda _: trace_id)
    headers = put_last(headers, FORWARDED_FOR, lambda value: ", ".join(filter(None, (value, request.source_ip))))
    headers = put_last(headers, FORWARDED_PORT, lambda _: str(port))
    return put_last(headers, FORWARDED_PROTO, lambda _: request.scheme)


def trace_root(seconds: float, uuid: str) -> str:
    """`Root=1-` with a time since 1970 and 96 bits, in hexadecimal digits (dg:x-ray trace ids)."""
    return f"Root=1-{int(seconds):08x}-{uuid.replace('-', '')[-24:]}"
