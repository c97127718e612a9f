"""Requests over real sockets, by real clients: what `eventbus serve` lets in, and whom it turns away.

Real time: sockets know no other. What waits for a client's patience has it shortened to a fraction of a second.
"""

import asyncio
import json
import logging
import random
import re
import socket
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from time import sleep
from typing import Any, ClassVar

import httpx
import pytest

from eventbus import App, Bus, Function, run
from eventbus.cli import connection
from eventbus.cli.connection import HEAD_LIMIT, Config, Server
from eventbus.cli.serving import bind
from eventbus.names import Arn, arn_of
from sources import alb, apigateway, cloudfront, functionurl

SHORT = 0.3
"""Seconds of a client's patience, where a test waits for its end."""
BOUND = 10.0
"""Real seconds after which a test that waits has failed."""

Handler = Callable[[Any, Any], Any]
Main = Callable[["Site"], Awaitable[None]]


class Site:
    """An app that is served, one door a handler."""

    def __init__(
        self, bus: Bus, functions: list[Function[Any, Any]], doors: list[Any], ports: list[int], server: Server
    ) -> None:
        self.bus = bus
        self.doors = doors
        self.functions = functions
        self.ports = ports
        self.server = server

    @property
    def limit(self) -> int:
        """Bytes of a body that the first door takes."""
        limit: int = self.bus[self.doors[0]].body_limit
        return limit

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    async def connect(self, port: int | None = None) -> "Talk":
        return Talk(*await asyncio.open_connection("127.0.0.1", port or self.ports[0]))

    async def says(self, sent: bytes, port: int | None = None) -> bytes:
        """All that is answered to these bytes until the connection ends."""
        async with await self.connect(port) as talk:
            await talk.send(sent)
            return await talk.rest()


class Talk:
    """One connection, as bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def __aenter__(self) -> "Talk":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()

    async def send(self, sent: bytes) -> None:
        self.writer.write(sent)
        await self.writer.drain()

    async def head(self) -> bytes:
        async with asyncio.timeout(BOUND):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def answer(self) -> tuple[int, bytes]:
        """Status and body of one that says how long it is."""
        head = await self.head()
        return status_of(head), await self.body_after(head)

    async def body_after(self, head: bytes) -> bytes:
        length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
        if length is None:
            assert status_of(head) in (204, 304), head
            return b""
        async with asyncio.timeout(BOUND):
            return await self.reader.readexactly(int(length[1]))

    async def rest(self) -> bytes:
        """All that comes until the connection ends, or is one no more of HTTP."""
        found = b""
        async with asyncio.timeout(BOUND):
            with suppress(ConnectionError):
                while b"HTTP/1.1 101 " not in found and (piece := await self.reader.read(65_536)):
                    found += piece
        return found


def status_of(head: bytes) -> int:
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", head)
    assert found is not None, head
    return int(found[1])


def request(line: str = "GET /", *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "Host: shop", *headers, "", ""]).encode() + body


async def telling(event: Any, context: Any) -> Any:
    return {"method": event["requestContext"]["http"]["method"], "path": event["rawPath"], "body": event.get("body")}


def said(text: str) -> Any:
    return {"statusCode": 200, "body": text}


def serving(
    *handlers: Handler, main: Main, patience: float = 60.0, others: tuple[Any, ...] = (), **settings: Any
) -> None:
    """Run `main` while each handler is served behind a function URL, the `others` behind them."""
    app = App("shop")
    functions = [app.function(handler, name=f"door{n}", timeout=30) for n, handler in enumerate(handlers or (telling,))]
    doors = [*(app.add(functionurl.Url(function, **settings)) for function in functions), *map(app.add, others)]

    async def run_main() -> None:
        async with app.start() as bus, served(bus, doors, patience) as (server, ports):
            await main(Site(bus, functions, doors, ports, server))

    run(run_main)


@asynccontextmanager
async def served(bus: Bus, doors: list[Any], patience: float) -> AsyncIterator[tuple[Server, list[int]]]:
    sockets = [bind("127.0.0.1", 0, door) for door in doors]
    for each in sockets:
        each.listen()
    ports = [each.getsockname()[1] for each in sockets]
    server = Server(Config({port: door.asgi(bus) for port, door in zip(ports, doors, strict=True)}, patience))
    task = asyncio.create_task(server.serve(sockets=sockets))
    try:
        yield server, ports
    finally:
        server.should_exit = True
        async with asyncio.timeout(BOUND):
            await task


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [f"{each.name}: {each.getMessage()}" for each in caplog.records if each.levelno >= logging.ERROR]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(BOUND):
        while not holds():
            await asyncio.sleep(0.01)


# ---------------------------------------------------------------- what comes in


def test_requests_by_httpx() -> None:
    """Method, path and body reach the function, what it answers comes back."""

    async def main(site: Site) -> None:
        async with httpx.AsyncClient(base_url=site.url) as client:
            got = await client.get("/a%20b?x=1")
            put = await client.put("/c", content="déjà", headers={"content-type": "text/plain"})

        assert (got.status_code, got.json()) == (200, {"method": "GET", "path": "/a%20b", "body": None})
        assert put.json() == {"method": "PUT", "path": "/c", "body": "déjà"}
        assert "server" not in got.headers

    serving(main=main)


def test_event_says_who_asked() -> None:
    """The address of the client, not what it says of itself; the scheme of the door."""

    async def main(site: Site) -> None:
        async with httpx.AsyncClient(base_url=site.url) as client:
            await client.get("/", headers={"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "gopher"})
        [attempt] = site.bus.invocations(site.functions[0])

        assert attempt.event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
        assert attempt.event["headers"]["x-forwarded-for"] == "6.6.6.6, 127.0.0.1"
        assert attempt.event["headers"]["x-forwarded-proto"] == "https"

    serving(main=main)


def test_doors_are_told_by_their_ports() -> None:
    """Each leads to its own function."""

    async def first(event: Any, context: Any) -> Any:
        return said("first")

    async def second(event: Any, context: Any) -> Any:
        return said("second")

    async def main(site: Site) -> None:
        async with httpx.AsyncClient() as client:
            found = [(await client.get(f"http://127.0.0.1:{port}/")).text for port in site.ports]

        assert found == ["first", "second"]

    serving(first, second, main=main)


def test_connection_is_kept() -> None:
    """One request after the other, and several at once (answered in order), over one connection."""

    async def main(site: Site) -> None:
        async with await site.connect() as talk:
            for path in ("/one", "/two"):
                await talk.send(request(f"GET {path}"))
                status, body = await talk.answer()
                assert (status, json.loads(body)["path"]) == (200, path)
            await talk.send(b"".join(request(f"POST /{n}", "Content-Length: 2", body=b"hi") for n in range(3)))
            assert [json.loads((await talk.answer())[1])["path"] for _ in range(3)] == ["/0", "/1", "/2"]

    serving(main=main)


def test_body_in_chunks() -> None:
    """It is whole when the function gets it."""

    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b"one,", b"two,", b"three"):
            yield piece

    async def main(site: Site) -> None:
        async with httpx.AsyncClient() as client:
            got = await client.post(site.url, content=pieces(), headers={"content-type": "text/plain"})

        assert got.json()["body"] == "one,two,three"

    serving(main=main)


def test_head_has_no_body() -> None:
    """And the connection goes on."""

    async def main(site: Site) -> None:
        async with await site.connect() as talk:
            await talk.send(request("HEAD /x"))
            assert status_of(await talk.head()) == 200
            await talk.send(request("GET /y"))
            assert json.loads((await talk.answer())[1])["path"] == "/y"

    serving(main=main)


def test_expectation_is_met() -> None:
    """The body is asked for before it is sent."""

    async def main(site: Site) -> None:
        async with await site.connect() as talk:
            await talk.send(request("POST /", "Expect: 100-continue", "Content-Length: 2", "Content-Type: text/plain"))
            assert (await talk.head()).startswith(b"HTTP/1.1 100 ")
            await talk.send(b"hi")
            assert json.loads((await talk.answer())[1])["body"] == "hi"

    serving(main=main)


def test_targets() -> None:
    """The forms that RFC 9112 knows: paths, and whole addresses as proxies are asked; the rest is no request to a door."""
    taken = {
        "GET http://example.com/via?x=1": ("/via", "example.com"),
        "GET http://example.com": ("/", "example.com"),
        "GET //two": ("//two", "shop"),
    }
    refused = ["OPTIONS *", "CONNECT example.com:443", "CONNECT /", "GET ftp://example.com/", "GET nothing"]

    async def main(site: Site) -> None:
        statuses = {}
        for line in [*taken, *refused]:
            async with await site.connect() as talk:
                await talk.send(request(line))
                statuses[line] = (await talk.answer())[0]
        events = [attempt.event for attempt in site.bus.invocations(site.functions[0])]

        assert statuses == {**dict.fromkeys(taken, 200), **dict.fromkeys(refused, 400)}
        assert [(event["rawPath"], event["headers"]["host"]) for event in events] == list(taken.values())

    serving(main=main)


@pytest.mark.long
def test_many_at_once() -> None:
    """200 requests on 200 connections, each with its own answer."""

    async def main(site: Site) -> None:
        limits = httpx.Limits(max_connections=200)
        async with httpx.AsyncClient(base_url=site.url, limits=limits, timeout=BOUND) as client:
            found = await asyncio.gather(*(client.get(f"/{n}") for n in range(200)))

        assert [each.json()["path"] for each in found] == [f"/{n}" for n in range(200)]

    serving(main=main)


@pytest.mark.external
@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["-d", "hi", "-H", "Content-Type: text/plain"], ["POST / hi 200 1"]),
        (["-H", "Transfer-Encoding: chunked", "-H", "Content-Type: text/plain", "-d", "hi"], ["POST / hi 200 1"]),
        (["-H", "Expect: 100-continue", "-H", "Content-Type: text/plain", "-d", "hi"], ["POST / hi 200 1"]),
        (["-X", "DELETE"], ["DELETE / null 200 1"]),
        (["-0"], ["GET / null 200 1"]),
        (["--http2"], ["GET / null 200 1"]),
        (["-I"], [" 200 1"]),
        ([], ["GET / null 200 1", "GET /again null 200 0"]),
    ],
    ids=["body", "chunks", "expectation", "method", "old", "upgrade", "head", "kept"],
)
def test_requests_by_curl(arguments: list[str], lines: list[str]) -> None:
    """What it is told, its status, and how many connections it made for it."""

    async def words(event: Any, context: Any) -> Any:
        return said(f"{event['requestContext']['http']['method']} {event['rawPath']} {event.get('body', 'null')}")

    async def main(site: Site) -> None:
        urls = [f"{site.url}/", f"{site.url}/again"][: len(lines)]
        form = " %{http_code} %{num_connects}\n"
        command = ["curl", "-sS", "-w", form, *arguments, *urls]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=BOUND)

        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-len(lines) :] == lines

    serving(words, main=main)


# ---------------------------------------------------------------- what goes out


def test_pieces_come_one_by_one() -> None:
    """The function writes the next one when the client has read the last."""
    read = asyncio.Event()

    async def drip(event: Any, context: Any) -> Any:
        yield {"statusCode": 201, "headers": {"x-a": "b"}}
        for piece in ("one", "two", "three"):
            yield piece
            await read.wait()
            read.clear()

    async def main(site: Site) -> None:
        found = []
        async with httpx.AsyncClient() as client, client.stream("GET", site.url, timeout=BOUND) as answer:
            async for piece in answer.aiter_text():
                found.append(piece)
                read.set()

        assert (answer.status_code, answer.headers["x-a"], found) == (201, "b", ["one", "two", "three"])

    serving(drip, main=main, invoke_mode="RESPONSE_STREAM")


def test_function_that_fails_in_its_answer(caplog: pytest.LogCaptureFixture) -> None:
    """The answer is cut off before its end; one line of the bus tells of it, none of the server's."""

    async def breaks(event: Any, context: Any) -> Any:
        yield "one"
        raise ValueError("out of words")

    async def main(site: Site) -> None:
        got = await site.says(request())

        assert got.endswith(b"\r\n\r\n3\r\none\r\n")
        assert (await site.says(request())).endswith(b"one\r\n")

    serving(breaks, main=main, invoke_mode="RESPONSE_STREAM")
    assert [line.partition(" function=")[0] for line in errors(caplog)] == ["eventbus.handlers: handler failed"] * 2


def test_function_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    """The door's own answer; one line of the bus tells of it, none of the server's."""

    async def fails(event: Any, context: Any) -> None:
        raise ValueError("no")

    async def main(site: Site) -> None:
        async with await site.connect() as talk:
            await talk.send(request())
            assert await talk.answer() == (502, b"Internal Server Error")

    serving(fails, main=main)
    assert [line.partition(" function=")[0] for line in errors(caplog)] == ["eventbus.handlers: handler failed"]


def test_answers_that_take_some_care(caplog: pytest.LogCaptureFixture) -> None:
    """None of them is an error of the server's, nor the end of the connection."""
    answers: list[Any] = [
        {"statusCode": 100},
        {"statusCode": 204, "body": "none"},
        {"statusCode": 304, "body": "none", "headers": {"content-length": "4"}},
        {"statusCode": 200, "headers": {"x": " padded\t", "content-length": "99", "connection": "close"}},
        {"statusCode": 200, "headers": {"transfer-encoding": "gzip, chunked", "x": "é"}, "body": "é"},
    ]

    async def answer(event: Any, context: Any) -> Any:
        return answers[int(event["rawPath"][1:])]

    async def main(site: Site) -> None:
        async with await site.connect() as talk:
            for number in range(len(answers)):
                await talk.send(request(f"GET /{number}"))
                head = await talk.head()
                assert status_of(head) == (502, 204, 304, 200, 200)[number]
                await talk.body_after(head)

    serving(answer, main=main)
    assert errors(caplog) == []


def test_pieces_of_an_answer_that_has_no_body(caplog: pytest.LogCaptureFixture) -> None:
    """They go nowhere: after 204, and to HEAD."""

    async def drip(event: Any, context: Any) -> Any:
        yield {"statusCode": 204 if event["rawPath"] == "/none" else 200}
        yield "one"

    async def main(site: Site) -> None:
        async with httpx.AsyncClient(base_url=site.url) as client:
            none, head, got = await client.get("/none"), await client.head("/"), await client.get("/")

        assert (none.status_code, none.text, head.text, got.text) == (204, "", "", "one")

    serving(drip, main=main, invoke_mode="RESPONSE_STREAM")
    assert errors(caplog) == []


# ---------------------------------------------------------------- who is turned away


@pytest.mark.long
def test_body_past_the_limit_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """413 as soon as there is one byte too many; of the 100 MB that would follow hardly any is taken."""
    taken = 0
    received = connection.Connection.data_received

    def counting(self: connection.Connection, data: bytes) -> None:
        nonlocal taken
        taken += len(data)
        received(self, data)

    monkeypatch.setattr(connection.Connection, "data_received", counting)

    async def main(site: Site) -> None:
        limit = site.limit
        pieces = [request("POST /", f"Content-Length: {limit + 100_000_000}"), bytes(limit), *[bytes(1_000_000)] * 100]
        got = await asyncio.to_thread(poured, site.ports[0], pieces)

        assert status_of(got) == 413
        assert b"connection: close" in got
        assert limit < taken < limit + 1_000_000
        assert site.bus.invocations(site.functions[0]) == []

    serving(main=main)


def poured(port: int, pieces: list[bytes]) -> bytes:
    """What is answered to a client that sends as long as it can, piece by piece, and reads then."""
    with socket.create_connection(("127.0.0.1", port), timeout=BOUND) as talk:
        with suppress(ConnectionError):
            for piece in pieces:
                talk.sendall(piece)
                sleep(0.001)
        return talk.recv(65_536)


@pytest.mark.parametrize(("size", "status"), [(100_000, 200), (2 * HEAD_LIMIT, 431)])
def test_head_that_is_long(size: int, status: int) -> None:
    """A door sees what is much more than any takes; what is longer still is turned away before its end."""

    async def main(site: Site) -> None:
        pieces = [request()[:-2] + b"X: ", *[b"x" * 10_000] * (size // 10_000), b"\r\n\r\n"]
        got = await asyncio.to_thread(poured, site.ports[0], pieces)

        assert status_of(got) == status

    serving(main=main)


async def drip(talk: Talk, piece: bytes) -> None:
    with suppress(ConnectionError):
        while piece:
            await talk.send(piece)
            await asyncio.sleep(SHORT / 5)


SLOW = {
    "nothing": (b"", b"", None),
    "letter": (b"G", b"", 408),
    "head": (request()[:-2], b"", 408),
    "dripping head": (request()[:-2], b"X: y\r\n", 408),
    "body": (request("POST /", "Content-Length: 9", body=b"hi"), b"", 408),
    "chunks": (request("POST /", "Transfer-Encoding: chunked", body=b"2\r\nhi\r\n"), b"", 408),
    "head request": (request("HEAD /", "Content-Length: 9", body=b"hi"), b"", 408),
    "dripping body": (request("POST /", "Content-Length: 7"), b"x", 200),
}


@pytest.mark.long
def test_clients_that_take_their_time() -> None:
    """A head has so long, a body so long for its next piece; who says nothing at all is left without a word."""

    async def wait(site: Site, sent: bytes, dripped: bytes) -> int | None:
        async with await site.connect() as talk:
            await talk.send(sent)
            dripping = asyncio.create_task(drip(talk, dripped))
            got = await talk.rest()
            dripping.cancel()
        return status_of(got) if got else None

    async def main(site: Site) -> None:
        began = site.bus.loop.time()
        found = await asyncio.gather(*(wait(site, sent, dripped) for sent, dripped, _ in SLOW.values()))

        assert dict(zip(SLOW, found, strict=True)) == {name: status for name, (_, _, status) in SLOW.items()}
        assert site.bus.loop.time() - began < 10 * SHORT

    serving(main=main, patience=SHORT)


@pytest.mark.long
def test_patience_does_not_count_what_the_function_takes() -> None:
    """It is the client's alone; a connection that is kept ends when it is over."""

    async def slow(event: Any, context: Any) -> Any:
        await asyncio.sleep(2 * SHORT)
        return said("done")

    async def main(site: Site) -> None:
        async with await site.connect() as talk:
            await talk.send(request("POST /", "Content-Length: 2", body=b"hi"))
            assert await talk.answer() == (200, b"done")
            assert await talk.rest() == b""

    serving(slow, main=main, patience=SHORT)


@pytest.mark.long
def test_patience_does_not_count_what_the_door_takes() -> None:
    """A body that nobody reads yet is not the client's delay."""

    async def main(site: Site) -> None:
        async with await site.connect(site.ports[1]) as talk:
            await talk.send(request("POST /think", "Content-Length: 10000000", body=bytes(1_000_000)))
            await asyncio.sleep(2 * SHORT)
            await talk.send(bytes(9_000_000))
            assert await talk.answer() == (426, b"")

    serving(main=main, patience=SHORT, others=(Sockets(),))


def test_pipelined_body_that_does_not_come() -> None:
    """The clock of the second request runs from the end of the first."""

    async def main(site: Site) -> None:
        async with await site.connect() as talk:
            await talk.send(request("GET /") + request("POST /", "Content-Length: 9", body=b"hi"))
            assert (await talk.answer())[0] == 200
            assert status_of(await talk.rest()) == 408

    serving(main=main, patience=SHORT)


@pytest.mark.long
def test_client_that_does_not_read() -> None:
    """It is cut off; one that is slow is not."""

    async def pours(event: Any, context: Any) -> Any:
        yield "x" * 20_000_000
        for _ in range(100):
            yield "x" * 100_000

    async def main(site: Site) -> None:
        reader = socket.create_connection(("127.0.0.1", site.ports[0]))
        idler = socket.create_connection(("127.0.0.1", site.ports[0]))
        for each in (reader, idler):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
            each.sendall(request("GET /", "Connection: close"))
        taken = 0
        async with asyncio.timeout(BOUND):
            while piece := await asyncio.to_thread(reader.recv, 1_000_000):
                taken += len(piece)
                await asyncio.sleep(SHORT / 100)
        await until(lambda: not site.server.server_state.connections)
        reader.close()
        idler.close()

        assert taken > 30_000_000

    serving(pours, main=main, patience=SHORT, invoke_mode="RESPONSE_STREAM")


def test_client_that_goes_away(caplog: pytest.LogCaptureFixture) -> None:
    """Its function ends all the same, and nothing is wrong; nor if it leaves before its body has ended."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work(event: Any, context: Any) -> Any:
        begun.set()
        await asyncio.sleep(0.1)
        ended.set()
        return said("unheard")

    async def main(site: Site) -> None:
        async with await site.connect() as talk:
            await talk.send(request("POST /", "Content-Length: 9", body=b"hi"))
        async with await site.connect() as talk:
            await talk.send(request())
            await begun.wait()
        await ended.wait()
        await until(lambda: not site.server.server_state.tasks)

        assert len(site.bus.invocations(site.functions[0])) == 1
        assert (await site.says(request("GET /", "Connection: close"))).endswith(b"unheard")

    serving(work, main=main)
    assert errors(caplog) == []


WRONG = {
    b"nonsense\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\n\r\n": 400,
    request("GET /", "Host: other"): 400,
    request("GET /", "X : y"): 400,
    request("POST /", "Content-Length: -1"): 400,
    request("POST /", "Content-Length: 1", "Content-Length: 2"): 400,
    request("POST /", "Transfer-Encoding: gzip, chunked"): 501,
    request("POST /", "Transfer-Encoding: chunked", body=b"hi\r\n"): 400,
    request("HEAD /", "Transfer-Encoding: chunked", body=b"hi\r\n"): 400,
    request("POST /", "Transfer-Encoding: chunked", "Expect: 100-continue", body=b"hi\r\n"): 400,
}


def test_requests_that_are_none(caplog: pytest.LogCaptureFixture) -> None:
    """h11's judgement, the status of the specification, the end of the connection, and a line at INFO."""

    async def main(site: Site) -> None:
        found = {sent: await site.says(sent) for sent in WRONG}

        assert {sent: status_of(got) for sent, got in found.items()} == WRONG
        assert all(b"connection: close" in got.lower() for got in found.values())
        assert site.bus.invocations(site.functions[0]) == []

    caplog.set_level(logging.INFO, "eventbus.serve")
    serving(main=main)
    assert [text.partition(" door=")[0] for text in caplog.messages] == [
        f"request refused status={status}" for status in WRONG.values()
    ]
    assert errors(caplog) == []


def test_nonsense_while_the_door_answers(caplog: pytest.LogCaptureFixture) -> None:
    """A body that goes wrong after its limit, when the answer is out: nothing but the end of the connection."""

    async def main(site: Site) -> None:
        limit = site.limit
        chunk = f"{limit + 1:x}\r\n".encode() + bytes(limit + 1) + b"\r\n"
        got = await site.says(request("POST /", "Transfer-Encoding: chunked", body=chunk + b"nonsense\r\n"))

        assert status_of(got) in (400, 413)

    serving(main=main)
    assert errors(caplog) == []


@pytest.mark.long
def test_body_that_is_a_little_too_long() -> None:
    """A client that looks at answers only when it has sent all of it sees the refusal, not a reset."""

    async def main(site: Site) -> None:
        async with httpx.AsyncClient(timeout=BOUND) as client:
            got = await client.post(site.url, content=bytes(site.limit + 500_000))

        assert (got.status_code, got.headers["connection"]) == (413, "close")

    serving(main=main)


# ---------------------------------------------------------------- WebSockets

UPGRADE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
)
UPGRADING = request("GET /prod", *UPGRADE)


class Sockets:
    """A door that wants WebSockets: it says everything again."""

    arn: ClassVar[Arn] = arn_of("execute-api", "sockets")
    host: ClassVar[str] = "sockets.execute-api.us-east-1.amazonaws.com"

    def machine(self, birth: Any) -> Any:
        return functionurl.Url(App().function(telling)).machine(birth)

    def client(self, machine: Any, feed: Any) -> None:
        return None

    def asgi(self, bus: Any) -> Any:
        return self._talk

    async def _talk(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            if scope["path"] == "/think":
                await asyncio.sleep(3 * SHORT)
                while (await receive()).get("more_body", False):
                    pass
            await send({"type": "http.response.start", "status": 426, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body"})
            return
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message.get("text", "bytes")})


def test_door_that_takes_websockets() -> None:
    """What asks for one gets it, and no patience ends it; the rest is plain HTTP."""
    websockets = pytest.importorskip("websockets.asyncio.client")

    async def main(site: Site) -> None:
        async with websockets.connect(f"ws://127.0.0.1:{site.ports[1]}/", proxy=None) as talk:
            await talk.send("hello")
            assert await talk.recv() == "hello"
            await asyncio.sleep(2 * SHORT)
            await talk.send("still there")
            assert await talk.recv() == "still there"
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"http://127.0.0.1:{site.ports[1]}/")).status_code == 426
        async with await site.connect(site.ports[1]) as last:
            await last.send(UPGRADING)
            await last.head()
            site.server.should_exit = True
            assert await last.rest() == b"\x88\x02\x03\xf4"  # 1012, a restart

    serving(main=main, patience=SHORT, others=(Sockets(),))


def test_frames_that_are_none(caplog: pytest.LogCaptureFixture) -> None:
    """The end with the code of the specification, and no error of the server's."""
    frames = {
        b"\x81\x82\x00\x00\x00\x00\xff\xfe": 1007,  # no text
        b"\x81\x82\x00\x00\x00\x00\xff\xfe" * 2: 1007,
        b"\x81\x82\x00\x00\x00\x00\xff\xfe\x88\x82\x00\x00\x00\x00\x03\xe8": 1000,
        b"\x81\x02hi": 1002,  # not masked
        b"\x81\xff\x00\x00\x00\x00\x00\x02\x00\x01\x00\x00\x00\x00": 1009,  # too long
    }

    async def main(site: Site) -> None:
        for frame, code in frames.items():
            async with await site.connect(site.ports[1]) as talk:
                await talk.send(UPGRADING)
                await talk.head()
                await talk.send(frame)
                got = await talk.rest()
                assert (got[0], int.from_bytes(got[2:4])) == (0x88, code)

    serving(main=main, others=(Sockets(),))
    assert errors(caplog) == []


def socket_api(app: App, connecting: Handler) -> Any:
    api = app.add(apigateway.WebSocketApi("sockets"))
    app.add(apigateway.Route(api, "$connect", app.function(connecting, name="connecting", timeout=60)))
    return api


def test_door_that_refuses_a_websocket(caplog: pytest.LogCaptureFixture) -> None:
    """Its own answer is the client's, and no error of the server's."""
    app = App("shop")
    api = socket_api(app, telling)

    async def main() -> None:
        async with app.start() as bus, served(bus, [api], 60.0) as (server, ports):
            got = await Site(bus, [], [api], ports, server).says(request("GET /nowhere", *UPGRADE))

            assert status_of(got) == 403
            assert b"Forbidden" in got

    run(main)
    assert errors(caplog) == []


def test_frames_before_the_door_has_opened(caplog: pytest.LogCaptureFixture) -> None:
    """Those that are none end the connection; no error of the server's, whatever the door says then."""
    app, begun, go = App("shop"), asyncio.Event(), asyncio.Event()

    async def connecting(event: Any, context: Any) -> Any:
        begun.set()
        await go.wait()
        return {"statusCode": 200}

    api = socket_api(app, connecting)

    async def main() -> None:
        async with app.start() as bus, served(bus, [api], 60.0) as (server, ports):
            async with await Site(bus, [], [api], ports, server).connect() as talk:
                await talk.send(UPGRADING)
                await begun.wait()
                await talk.send(b"\x81\x02hi")
                assert await talk.rest() == b""
            go.set()
            await until(lambda: not server.server_state.tasks)

    run(main)
    assert errors(caplog) == []


def test_upgrades_that_are_none(caplog: pytest.LogCaptureFixture) -> None:
    """They are refused, and the server can be stopped: also where the WebSocket library makes nothing of a head."""
    heads = [
        request("GET /", *UPGRADE, "X: \x0e"),
        request("GET /", *UPGRADE, "X: " + "x" * 9_000),
        request("GET /", *UPGRADE[:2]),
        request("POST /", *UPGRADE),
        *(request("GET /", *UPGRADE).replace(word, "é".encode()) for word in (b"sZSBub25j", b": 13")),
    ]

    async def main(site: Site) -> None:
        for head in heads:
            assert status_of(await site.says(head, site.ports[1])) in (400, 405)

    serving(main=main, others=(Sockets(),))
    assert errors(caplog) == []


def test_door_that_takes_none() -> None:
    """It sees a request like any other."""

    async def main(site: Site) -> None:
        async with await site.connect() as talk:
            await talk.send(request("GET /ws", *UPGRADE))
            status, body = await talk.answer()
        [attempt] = site.bus.invocations(site.functions[0])

        assert (status, json.loads(body)["path"]) == (200, "/ws")
        assert attempt.event["headers"]["upgrade"] == "websocket"

    serving(main=main)


# ---------------------------------------------------------------- raw bytes

VALID = [
    request("GET /a/b?c=d&e=%20", "Accept: */*", "Cookie: a=b; c=d", "User-Agent: fuzz"),
    request("HEAD /"),
    request("OPTIONS /", "Origin: https://example.com", "Access-Control-Request-Method: PUT"),
    request("POST /", "Content-Type: application/json", "Content-Length: 8", body=b'{"a": 1}'),
    request("PUT /x", "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n"),
    request("POST /", "Expect: 100-continue", "Content-Length: 2", body=b"hi"),
    UPGRADING,
    UPGRADING + b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58" + b"\x88\x80\x00\x00\x00\x00",
    request("GET http://example.com/x?y"),
    b"GET / HTTP/1.0\r\n\r\n",
    request("GET /1") + request("POST /2", "Content-Length: 2", body=b"hi") + request("GET /3", "Connection: close"),
]
NASTY = [
    b"\x00", b"\xff\xfe", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b" ", b"\t", b":", b"%", b"%00", b"%zz", b"..", b"\\", b"#", b"?",
    b"HTTP/9.9", b"HTTP/0.9", b"HTTP/2.0", b"CONNECT ", b"TRACE ", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00",
    b"Content-Length: 99999999999999999999\r\n", b"Content-Length: -1\r\n", b"Content-Length: 0\r\n", b"Content-Length: 3, 3\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip\r\n", b"Transfer-Encoding: chunked, chunked\r\n",
    b"Connection: close\r\n", b"Connection: upgrade, keep-alive\r\n", b"Upgrade: h2c\r\n", b"Upgrade: websocket\r\n", b"Expect: 100-continue\r\n",
    b"Host: \r\n", b"Host: a\r\nHost: b\r\n", b"X: " + b"x" * 20_000 + b"\r\n", b"X-\xe9: \xe9\r\n", b" folded\r\n", b"ffffffffffffffffffff\r\n",
    b"Content-Encoding: gzip\r\n", b"Content-Type: application/json\r\n", b"Cookie: \xff=\x80;;=\r\n", b"X-Forwarded-For: \r\n",
]  # fmt: skip


def mutated(chance: random.Random) -> bytes:
    """A valid request, or two, of which some bytes are others."""
    return spoilt(chance, b"".join(chance.choices(VALID, k=chance.choice((1, 1, 1, 2)))))


def spoilt(chance: random.Random, valid: bytes) -> bytes:
    found = bytearray(valid)
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(found) + 1)
        upto = min(len(found), at + chance.choice((1, 1, 2, 8, 64)))
        match chance.randrange(6):
            case 0:
                found[at:upto] = chance.randbytes(upto - at)
            case 1:
                del found[at:upto]
            case 2:
                found[at:at] = found[at:upto] * chance.choice((1, 2, 50))
            case 3:
                del found[at:]
            case _:
                line = found.find(b"\r\n", at)  # most of them mean something at the beginning of a line alone
                at = line + 2 if line >= 0 and chance.random() < 0.6 else at
                found[at:at] = chance.choice(NASTY)
    return bytes(found)


def streams(count: int, seed: int) -> Iterator[tuple[random.Random, bytes]]:
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        match chance.randrange(10):
            case 0:
                yield chance, chance.randbytes(chance.randrange(1, 400))
            case 1:
                yield chance, UPGRADING
            case _:
                yield chance, mutated(chance)


async def attack(site: Site, chance: random.Random, sent: bytes) -> bytes:
    """Send it, in one or in pieces, and stay, or leave in one way or another; what came back."""
    leave = chance.choice(("half", "gone", "no", "no"))
    async with await site.connect(chance.choice(site.ports)) as talk:
        with suppress(OSError):
            cuts = sorted(chance.randrange(len(sent) + 1) for _ in range(chance.choice((0, 0, 1, 3))))
            for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True):
                await talk.send(sent[start:end])
                await asyncio.sleep(0)
            if leave == "half":
                talk.writer.write_eof()
            elif leave == "gone":
                talk.writer.transport.abort()
                return b""
        got = await talk.rest()
        if b"HTTP/1.1 101 " in got and leave == "no":
            with suppress(OSError):
                await talk.send(spoilt(chance, b"".join(chance.choices(FRAMES, k=4))))
                talk.writer.write_eof()
            got += await talk.rest()
        return got


FRAMES = [
    b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",  # a text
    b"\x82\x82\x00\x00\x00\x00\x00\xff",  # bytes
    b"\x01\x81\x00\x00\x00\x00a\x80\x81\x00\x00\x00\x00b",  # a text in two parts
    b"\x89\x80\x00\x00\x00\x00",  # a ping
    b"\x8a\x81\x00\x00\x00\x00x",  # a pong
    b"\x88\x82\x00\x00\x00\x00\x03\xe8",  # the end
    b"\x81\xfe\xff\xff\x00\x00\x00\x00",  # 65,535 bytes, to come
    b"\x81\xff\x00\x00\x00\x00\x7f\xff\xff\xff\x00\x00\x00\x00",  # 2 GB, to come
]


STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) [A-Z]")


def every_kind(app: App) -> tuple[Function[Any, Any], list[Any]]:
    """A function and the doors that lead to it; more of them than one speak WebSocket."""

    @app.function(timeout=30)
    async def answer(event: Any, context: Any) -> Any:
        return said("yes")

    http, rest = app.add(apigateway.HttpApi("http")), app.add(apigateway.RestApi("rest"))
    sockets = app.add(apigateway.WebSocketApi("sockets"))
    app.add(apigateway.Route(http, "$default", answer))
    app.add(apigateway.Method(rest, "ANY", "/{proxy+}", answer))
    for key in ("$connect", "$disconnect", "$default"):
        app.add(apigateway.Route(sockets, key, answer, route_response=key == "$default"))
    url = app.add(functionurl.Url(answer, cors=functionurl.Cors(allow_origins=["*"])))
    group = app.add(alb.TargetGroup("group", answer, multi_value_headers=True))
    listener, distribution = app.add(alb.Listener("web", group)), app.add(cloudfront.Distribution("edge", url))
    return answer, [url, listener, http, rest, sockets, distribution, app.add(Sockets())]


def fuzz(count: int, seed: int) -> dict[int, int]:
    """How often each status was answered to so many streams, none of which hung."""
    found: dict[int, int] = {}
    app = App("shop")
    function, doors = every_kind(app)

    async def attacks(site: Site, share: Iterator[tuple[random.Random, bytes]]) -> None:
        for chance, sent in share:
            try:
                got = await attack(site, chance, sent)
            except TimeoutError:
                raise AssertionError(f"no end, seed {seed}: {sent!r}") from None
            for status in STATUS.findall(got):
                found[int(status)] = found.get(int(status), 0) + 1
                assert status != b"500", f"seed {seed}: {sent!r}"

    async def main() -> None:
        async with app.start() as bus, served(bus, doors, SHORT) as (server, ports):
            site, share = Site(bus, [function], doors, ports, server), streams(count, seed)
            await asyncio.gather(*(attacks(site, share) for _ in range(40)))
            assert status_of(await site.says(request("GET /", "Connection: close"))) == 200
            await until(lambda: not server.server_state.connections)
            await bus.settle()
            assert bus.statistics().failed_invocations == 0

    run(main)
    return found


def test_raw_bytes(caplog: pytest.LogCaptureFixture) -> None:
    """Each connection ends within a bound, no status is 500, nothing is an error, and the server goes on."""
    found = fuzz(200, seed=1)

    assert {101, 200, 400} <= set(found)
    assert errors(caplog) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 12))
def test_raw_bytes_at_length(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    """10,000 of them."""
    found = fuzz(1_000, seed)

    assert {101, 200, 400, 408} <= set(found)
    assert errors(caplog) == []
