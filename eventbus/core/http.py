"""An HTTP request as a front door gets it, and the response it gives: values, whoever brings them."""

from collections import deque
from collections.abc import Sequence
from functools import cached_property
from json import loads
from typing import Any, Final

from attrs import define, field

from eventbus.names import Arn

Headers = Sequence[tuple[str, str]]
"""A pair a line, names as they were sent. Bytes that are no UTF-8 stand as `surrogateescape` has them."""

LOOPBACK: Final = "127.0.0.1"


@define(eq=False)
class Request:
    """`target` is what stands in the request line, path and query, as it was sent."""

    method: str
    target: str = "/"
    headers: Headers = ()
    body: bytes = b""
    source_ip: str = LOOPBACK
    scheme: str = "https"
    protocol: str = "HTTP/1.1"
    _last: dict[str, str] | None = field(default=None, init=False, repr=False)  # of each header, by its lower-case name

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """As it was sent, without its question mark."""
        return self.target.partition("?")[2]

    def header(self, name: str, default: str = "") -> str:
        """The last one of that name, in lower case."""
        if self._last is None:
            self._last = {key.lower(): value for key, value in self.headers}
        return self._last.get(name, default)


@define(eq=False)
class BodyStream:
    """The rest of a body, written while it is read: `arn` says `Arrived` when there is more, and at its end."""

    arn: Arn
    pieces: deque[bytes] = field(factory=deque, init=False)
    ended: bool = field(default=False, init=False)
    broken: str | None = field(default=None, init=False)  # why it ended too early


@define(slots=False, eq=False)
class Response:
    """What a front door answers. `headers` are pairs, a line each; names may repeat (`Set-Cookie`)."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    reason: str | None = None
    """Behind the status in the status line; None for the usual one."""
    stream: BodyStream | None = field(default=None, repr=False)
    """Where more of the body is yet to come."""
    request_id: str = ""
    """What `bus.trace` knows it by."""

    @cached_property
    def _lower(self) -> Sequence[tuple[str, str]]:
        return [(name.lower(), value) for name, value in self.headers]

    def header(self, name: str) -> str | None:
        """The first one of that name, whatever its case."""
        return next((value for key, value in self._lower if key == name.lower()), None)

    def header_list(self, name: str) -> list[str]:
        """All of that name, in order."""
        return [value for key, value in self._lower if key == name.lower()]

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode()

    def json(self) -> Any:
        return loads(self.body)
