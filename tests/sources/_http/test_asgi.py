"""A front door as an ASGI application."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from attrs import define, field

from eventbus.core.http import BodyStream, Request, Response
from eventbus.names import Arn
from sources._http.asgi import AsgiApp, request_of
from sources._http.client import StreamBroken
from tests.sources.helpers import done

LIMIT = 10


@define(eq=False)
class Client:
    """Of a door that answers with `response`."""

    response: Response = field(factory=lambda: Response(200, [("X-A", "1")], b"ok"))
    asked: list[Request] = field(factory=list)
    body_limit: int = LIMIT
    scheme: str = "https"

    async def fetch(self, request: Request) -> Response:
        self.asked.append(request)
        return self.response

    async def pieces(self, stream: BodyStream) -> AsyncIterator[bytes]:
        while stream.pieces:
            yield stream.pieces.popleft()
        if stream.broken is not None:
            raise StreamBroken(stream.broken)


def scope_of(**given: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [],
        "client": ("203.0.113.9", 4711),
        "http_version": "1.1",
        **given,
    }


@define(eq=False)
class Server:
    """What it brings to the application, and what it is told."""

    brings: list[dict[str, Any]] = field(factory=lambda: [{"type": "http.request"}])
    told: list[dict[str, Any]] = field(factory=list)

    async def receive(self) -> Any:
        return self.brings.pop(0)

    async def send(self, message: Any) -> None:
        self.told.append(dict(message))

    def serve(self, client: Client, **scope: Any) -> list[dict[str, Any]]:
        done(AsgiApp({"door": client}, "door")(scope_of(**scope), self.receive, self.send))
        return self.told


def head_of(told: list[dict[str, Any]]) -> tuple[int, list[tuple[bytes, bytes]]]:
    return told[0]["status"], told[0]["headers"]


def body_of(told: list[dict[str, Any]]) -> bytes:
    assert [bool(message.get("more_body")) for message in told[1:]] == [True] * (len(told) - 2) + [False]
    return b"".join(message["body"] for message in told[1:])


# ------------------------------------------------------------------------------------------------------------- requests
def test_request_is_as_it_was_sent() -> None:
    """Path, query, headers, who and by which protocol; the scheme is the door's."""
    lines = [(b"host", b"a"), (b"x-a", "é".encode()), (b"x-a", b"\xff")]
    request = request_of(
        scope_of(
            method="POST",
            path="/a b",
            raw_path=b"/a%20b",
            query_string=b"q=%C3%A9&r=\xff",
            headers=lines,
            http_version="2",
            scheme="http",
        ),
        "https",
    )

    assert request is not None
    assert (request.method, request.target) == ("POST", "/a%20b?q=%C3%A9&r=\udcff")
    assert request.headers == [("host", "a"), ("x-a", "é"), ("x-a", "\udcff")]
    assert (request.source_ip, request.scheme, request.protocol) == ("203.0.113.9", "https", "HTTP/2")


@pytest.mark.parametrize("raw", [None, b""])
@pytest.mark.parametrize(
    ("path", "target"),
    [("/a b", "/a%20b"), ("/é?#%", "/%C3%A9%3F%23%25"), ("/a;b=c,d@e/~f-g_h.i+j", "/a;b=c,d@e/~f-g_h.i+j")],
)
def test_server_that_tells_no_raw_path(raw: bytes | None, path: str, target: str) -> None:
    """The path is encoded again: what was a question mark in it stays one."""
    request = request_of(scope_of(path=path, raw_path=raw), "https")

    assert request is not None
    assert (request.target, request.query) == (target, "")


@pytest.mark.parametrize(
    ("root", "raw", "target"),
    [
        ("/api", b"/api/a", "/a"),
        ("/api", b"/api", "/"),
        ("/api", b"/other", "/other"),
        ("/a b", b"/a%20b/c", "/c"),
        ("/é", b"/%C3%A9/c", "/c"),
        ("", b"/a", "/a"),
    ],
)
def test_mount_is_not_seen(root: str, raw: bytes, target: str) -> None:
    """The door is asked for what is behind it."""
    request = request_of(scope_of(path="", raw_path=raw, root_path=root), "https")

    assert request is not None
    assert request.target == target


@pytest.mark.parametrize(
    ("raw", "host", "target"),
    [
        (b"http://b.example/a", "b.example", "/a"),
        (b"HTTPS://b.example:8080", "b.example:8080", "/"),
    ],
)
def test_request_as_proxies_are_asked(raw: bytes, host: str, target: str) -> None:
    """The authority counts, not Host (RFC 9112, 3.2.2)."""
    request = request_of(scope_of(raw_path=raw, headers=[(b"host", b"a"), (b"x-a", b"1")]), "https")

    assert request is not None
    assert (request.target, request.headers) == (target, [("host", host), ("x-a", "1")])


@pytest.mark.parametrize(
    "scope",
    [
        {"method": "OPTIONS", "raw_path": b"*"},
        {"method": "CONNECT", "raw_path": b"example.com:443"},
        {"method": "CONNECT", "raw_path": b"/"},
        {"raw_path": b"ftp://a/b"},
        {"raw_path": b"http:///a"},
        {"method": "G T"},
        {"method": "G\udcff"},
        {"method": ""},
    ],
)
def test_request_for_nothing(scope: dict[str, Any]) -> None:
    """The door is not asked."""
    client = Client()

    told = Server().serve(client, **scope)

    assert (head_of(told)[0], body_of(told), client.asked) == (400, b"Bad Request", [])


@pytest.mark.parametrize("client", [None, ()])
def test_client_without_an_address(client: Any) -> None:
    """Is here."""
    request = request_of(scope_of(client=client), "https")

    assert request is not None
    assert request.source_ip == "127.0.0.1"


# --------------------------------------------------------------------------------------------------------------- bodies
def parts(*bodies: bytes) -> list[dict[str, Any]]:
    return [{"type": "http.request", "body": body, "more_body": True} for body in bodies] + [{"type": "http.request"}]


def test_body_comes_in_parts() -> None:
    """And is whole."""
    client = Client()
    Server(parts(b"ab", b"", b"cd")).serve(client)

    assert client.asked[0].body == b"abcd"


def test_body_past_the_limit_is_not_read_on() -> None:
    """One byte more is enough for the door to say so."""
    client, server = Client(), Server(parts(b"x" * LIMIT, b"x", b"x"))
    server.serve(client)

    assert len(client.asked[0].body) == LIMIT + 1
    assert len(server.brings) == 2


def test_body_at_the_limit_is_read_to_its_end() -> None:
    """Nothing is left."""
    client, server = Client(), Server(parts(b"x" * LIMIT))
    server.serve(client)

    assert (len(client.asked[0].body), server.brings) == (LIMIT, [])


def test_client_that_is_gone_is_not_answered() -> None:
    """Nor is the door asked."""
    client = Client()

    assert Server([*parts(b"a")[:1], {"type": "http.disconnect"}]).serve(client) == []
    assert client.asked == []


# -------------------------------------------------------------------------------------------------------------- answers
def test_answer_has_its_length() -> None:
    """Names in lower case, values without blanks around them; bytes as they were."""
    headers = [("X-A", " é\t"), ("set-cookie", "a"), ("set-cookie", "b"), ("x-b", "\udcff")]
    told = Server().serve(Client(Response(201, headers, b"body")))

    lines = [(b"x-a", "é".encode()), (b"set-cookie", b"a"), (b"set-cookie", b"b"), (b"x-b", b"\xff")]
    assert head_of(told) == (201, [*lines, (b"content-length", b"4")])
    assert body_of(told) == b"body"


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_answer_without_a_body(method: str, status: int) -> None:
    """Has no length either."""
    told = Server().serve(Client(Response(status, [("a", "b")], b"body")), method=method)

    assert (head_of(told), body_of(told)) == ((status, [(b"a", b"b")]), b"")


def test_empty_answer_has_a_length() -> None:
    """Of none."""
    assert head_of(Server().serve(Client(Response(200)))) == (200, [(b"content-length", b"0")])


def streamed(*pieces: bytes, broken: str | None = None) -> Client:
    stream = BodyStream(Arn("stream"))
    stream.pieces.extend(pieces)
    stream.broken = broken
    return Client(Response(200, [("a", "b")], stream=stream))


def test_answer_in_pieces_has_no_length() -> None:
    """They are sent as they come."""
    told = Server().serve(streamed(b"a", b"b"))

    assert head_of(told) == (200, [(b"a", b"b")])
    assert [message["body"] for message in told[1:]] == [b"a", b"b", b""]


def test_pieces_of_what_has_no_body_are_dropped() -> None:
    """They are read to their end."""
    client = streamed(b"a", b"b")
    told = Server().serve(client, method="HEAD")

    assert body_of(told) == b""
    assert client.response.stream is not None
    assert not client.response.stream.pieces


def test_answer_that_breaks_off() -> None:
    """Its end is never sent: the server cuts the connection."""
    server = Server()
    with pytest.raises(StreamBroken):
        server.serve(streamed(b"a", broken="why"))

    assert [message.get("more_body") for message in server.told] == [None, True]


# --------------------------------------------------------------------------------------------------------- other scopes
def test_lifespan() -> None:
    """The bus runs already, and goes on."""
    server = Server([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    told = server.serve(Client(), type="lifespan")

    assert told == [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}]


def test_websocket_is_refused() -> None:
    """Before it is accepted, which servers tell as 403."""
    assert Server().serve(Client(), type="websocket") == [{"type": "websocket.close", "code": 1000}]
    assert AsgiApp.websocket is False


def test_other_scopes_are_not_known() -> None:
    """As the specification wants it."""
    with pytest.raises(ValueError, match="speaks http"):
        Server().serve(Client(), type="pigeon")
