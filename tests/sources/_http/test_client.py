"""`bus[door]`: requests from within the process, and bodies that go on."""

from typing import Any

import pytest
from attrs import define, field

from eventbus.core.http import BodyStream, Request, Response
from eventbus.errors import EventBusError, InvalidParameterValueException
from eventbus.names import Arn
from sources._http.client import DoorClient, StreamBroken, request_of
from tests.sources.helpers import done


class Machine:
    """As far as a client looks at one."""

    arn = Arn("arn:aws:door:us-east-1:000000000000:d")
    host = "shop.example.com"
    scheme = "https"
    body_limit = 1_000


@define(eq=False)
class Feed:
    """Answers with `response`; each wait lets the next of `happens` happen."""

    response: Response = field(factory=lambda: Response(200))
    happens: list[Any] = field(factory=list)
    asked: list[Request] = field(factory=list)

    async def fetch(self, door: Arn, request: Request) -> Response:
        assert door == Machine.arn
        self.asked.append(request)
        return self.response

    async def wait(self, teller: Any, seconds: float) -> None:
        assert seconds > 900  # more than a function runs
        self.happens.pop(0)(teller)


def made(*args: Any, **given: Any) -> Request:
    settings = {"headers": (), "body": b"", "source_ip": "203.0.113.9", **given}
    return request_of(Machine(), *args, **settings)


def test_request_is_as_clients_send_it() -> None:
    """Host first, the length at the end; in capitals."""
    request = made("post", "/a?b=c", headers={"X-A": "1"}, body="é")

    assert (request.method, request.target, request.body) == ("POST", "/a?b=c", "é".encode())
    assert request.headers == [("Host", "shop.example.com"), ("X-A", "1"), ("Content-Length", "2")]
    assert (request.source_ip, request.scheme, request.protocol) == ("203.0.113.9", "https", "HTTP/1.1")


@pytest.mark.parametrize(
    ("headers", "body", "sent"),
    [
        ([], b"", [("Host", "shop.example.com")]),
        ([("HOST", "b")], b"", [("HOST", "b")]),
        ([("host", "b"), ("Content-length", "9")], b"x", [("host", "b"), ("Content-length", "9")]),
        ([("host", "b"), ("Transfer-Encoding", "chunked")], b"x", [("host", "b"), ("Transfer-Encoding", "chunked")]),
        ([("host", "b"), ("a", "1"), ("a", "2")], b"", [("host", "b"), ("a", "1"), ("a", "2")]),
        (iter([("host", "b")]), b"", [("host", "b")]),
    ],
)
def test_headers_that_are_given_count(headers: Any, body: bytes, sent: list[tuple[str, str]]) -> None:
    """Whatever their case; names may repeat."""
    assert made("GET", "/", headers=headers, body=body).headers == sent


def test_what_nobody_can_send_is_refused() -> None:
    """Before anything is asked."""
    feed = Feed()
    with pytest.raises(InvalidParameterValueException, match="target"):
        done(DoorClient(Machine(), feed).request("GET", "a"))  # type: ignore[arg-type]  # a feed for this test
    assert feed.asked == []


def client_of(feed: Feed) -> DoorClient:
    return DoorClient(Machine(), feed)  # type: ignore[arg-type]  # a feed for this test


def test_answer_is_that_of_the_door() -> None:
    """Whatever its status."""
    feed = Feed(Response(503, [("a", "b")], b"x"))

    response = done(client_of(feed).request("GET", "/", source_ip="::1"))

    assert response is feed.response
    assert (feed.asked[0].source_ip, response.body) == ("::1", b"x")
    assert (client_of(feed).body_limit, client_of(feed).scheme) == (1_000, "https")


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("head", 404), ("GET", 204), ("POST", 304)])
def test_answer_without_a_body(method: str, status: int) -> None:
    """Whatever the door has: HTTP sends none."""
    response = done(client_of(Feed(Response(status, [], b"x"))).request(method, "/"))

    assert response.body == b""


def stream_of(*pieces: bytes) -> BodyStream:
    stream = BodyStream(Arn("stream"))
    stream.pieces.extend(pieces)
    return stream


def writes(*pieces: bytes, ends: bool = False, broken: str | None = None) -> Any:
    def happen(stream: BodyStream) -> None:
        stream.pieces.extend(pieces)
        stream.ended, stream.broken = ends, broken

    return happen


def test_body_is_read_while_it_is_written() -> None:
    """What is there at once, then whenever there is more; a wait may be for nothing."""
    feed = Feed(happens=[writes(b"b", b"c"), writes(), writes(b"d", ends=True)])

    async def read() -> list[bytes]:
        return [piece async for piece in client_of(feed).pieces(stream_of(b"a"))]

    assert done(read()) == [b"a", b"b", b"c", b"d"]
    assert feed.happens == []


def test_body_that_has_ended_is_not_waited_for() -> None:
    """All of it is there."""
    stream = stream_of(b"a", b"b")
    stream.ended = True
    feed = Feed(Response(200, stream=stream))

    response = done(client_of(feed).request("GET", "/"))

    assert (response.body, response.stream) == (b"ab", None)


def test_body_that_breaks_off() -> None:
    """After what came before; nobody gets half of it as if it were the whole."""
    feed = Feed(Response(200, stream=stream_of(b"a")), [writes(b"b", ends=True, broken="why")])
    got: list[bytes] = []

    async def read() -> None:
        assert feed.response.stream is not None
        async for piece in client_of(feed).pieces(feed.response.stream):
            got.append(piece)

    with pytest.raises(StreamBroken, match="why"):
        done(read())
    assert got == [b"a", b"b"]
    with pytest.raises(EventBusError):
        done(client_of(feed).request("GET", "/"))
