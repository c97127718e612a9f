"""X-Amzn-Trace-Id: which request this is, and what it came out of (elb:load-balancer-request-tracing)."""

from typing import Final

from eventbus.core.http import Request
from sources._http.fields import Pairs, put_last
from sources._http.forwarding import TRACE_ID

from .refusals import headers_size

FORGETS: Final = 7_168
"""Bytes of headers over which the header is written anew."""


def traced(headers: Pairs, id: str) -> Pairs:
    """With this request's id: the root of a trace, or, in one that goes on, the request itself."""
    forgets = headers_size(headers) > FORGETS

    def rewritten(known: str | None) -> str:
        kept = [part for part in (known or "").split(";") if part and not part.startswith("Self=")]
        if forgets:
            kept = []
        goes_on = any(part.startswith("Root=") for part in kept)
        return ";".join([f"{'Self' if goes_on else 'Root'}={id}", *kept])

    return put_last(headers, TRACE_ID.lower(), rewritten)


def id_of(request: Request) -> str:
    """What `traced` gave it; empty without one."""
    return request.header(TRACE_ID.lower()).partition(";")[0].partition("=")[2]
