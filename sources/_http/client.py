"""`bus[door]`: requests from within the process."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Final

from attrs import define

from eventbus.checks import encodable
from eventbus.core.http import LOOPBACK, BodyStream, Request, Response
from eventbus.errors import EventBusError, InvalidParameterValueException
from eventbus.ports import Feed

from .answers import NAME, bodiless

HeaderValues = Mapping[str, str] | Iterable[tuple[str, str]]

_TARGET: Final = re.compile(r"/[\x21\x22\x24-\x7e]*")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_ADDRESS: Final = re.compile(r"[0-9A-Za-z.:%_-]+")
_LONGEST_WAIT: Final = 86_400.0
"""Seconds between two looks at a body that goes on: more than any function runs."""


class StreamBroken(EventBusError):
    """A function failed after it had begun its answer."""


@define(eq=False)
class DoorClient:
    _machine: Any
    _feed: Feed

    @property
    def body_limit(self) -> int:
        """Bytes; one more is refused."""
        limit: int = self._machine.body_limit
        return limit

    @property
    def scheme(self) -> str:
        """By which requests come to the function, whatever brought them here."""
        scheme: str = self._machine.scheme
        return scheme

    async def request(
        self,
        method: str,
        target: str = "/",
        *,
        headers: HeaderValues = (),
        body: bytes | str = b"",
        source_ip: str = LOOPBACK,
    ) -> Response:
        """What the door answers; with its whole body, where HTTP has one.

        `target` is path and query as they stand in a request line. `Host`, and with a body `Content-Length`, are added
        where `headers` lack them. Never raises for a status. Raises `InvalidParameterValueException` for what no HTTP
        client can send, `StreamBroken` if the function fails in the middle of its answer."""
        request = request_of(self._machine, method, target, headers, body, source_ip)
        response = await self.fetch(request)
        if response.stream is not None:
            response.body = b"".join([piece async for piece in self.pieces(response.stream)])
            response.stream = None
        if bodiless(request.method, response.status):
            response.body = b""
        return response

    async def fetch(self, request: Request) -> Response:
        """What the door answers; of a body that goes on, `stream` has the rest."""
        return await self._feed.fetch(self._machine.arn, request)

    async def pieces(self, stream: BodyStream) -> AsyncIterator[bytes]:
        """As they are written."""
        while True:
            while stream.pieces:
                yield stream.pieces.popleft()
            if stream.broken is not None:
                raise StreamBroken(stream.broken)
            if stream.ended:
                return
            await self._feed.wait(stream, _LONGEST_WAIT)


def request_of(
    machine: Any, method: str, target: str, headers: HeaderValues, body: bytes | str, source_ip: str
) -> Request:
    """As an HTTP client sends it to that door. Raises `InvalidParameterValueException`."""
    lines = lines_of(headers)
    _check(method, target, lines, body, source_ip)
    content = body.encode() if isinstance(body, str) else body
    names = {name.lower() for name, _ in lines}
    if "host" not in names:
        lines.insert(0, ("Host", machine.host))
    if content and not names & {"content-length", "transfer-encoding"}:
        lines.append(("Content-Length", str(len(content))))
    return Request(method.upper(), target, lines, content, source_ip, machine.scheme)


def lines_of(headers: Any) -> list[Any]:
    """Pairs, if that is what they are. Raises `InvalidParameterValueException`."""
    try:
        lines = list(headers.items() if isinstance(headers, Mapping) else headers)
        return [tuple(line) if isinstance(line, list) else line for line in lines]
    except TypeError:
        raise InvalidParameterValueException(f"headers={headers!r}: names and values, or pairs of them") from None


def _check(method: object, target: object, lines: list[Any], body: object, source_ip: object) -> None:
    if not isinstance(method, str) or not NAME.fullmatch(method):
        raise InvalidParameterValueException(f"method={method!r}: such as GET")
    if not isinstance(target, str) or not _TARGET.fullmatch(target):
        raise InvalidParameterValueException(f"target={target!r}: a path that begins with /, and its query, encoded")
    for line in lines:
        if not isinstance(line, tuple) or len(line) != 2 or not all(isinstance(part, str) for part in line):
            raise InvalidParameterValueException(f"headers: {line!r} is no pair of texts")
        name, value = line
        if not NAME.fullmatch(name) or not _one_line(value) or value != value.strip():
            raise InvalidParameterValueException(f"headers: {name!r}: {value!r} can't be sent")
    if not isinstance(body, bytes) and not (isinstance(body, str) and encodable(body)):
        raise InvalidParameterValueException(f"body={body!r}: bytes, or a text")
    if not isinstance(source_ip, str) or not _ADDRESS.fullmatch(source_ip):
        raise InvalidParameterValueException(f"source_ip={source_ip!r}: an address, such as 203.0.113.9")


def _one_line(text: str) -> bool:
    return encodable(text) and _CONTROL.search(text) is None
