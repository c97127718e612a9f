"""The door for answers that are PUT: what it takes, when it tells, and how it holds virtual time."""

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Sequence
from math import inf
from typing import Any, ClassVar

import httpx
import pytest
from attrs import define, field, frozen

from eventbus import App, Bus, run
from eventbus.core.effects import Effect, Note
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth
from tests.helpers import virtually


@define(eq=False)
class Listener:
    """A machine that notes what it is told, and when."""

    arn: Arn
    url: str
    effects: list[Effect] = field(factory=list)
    notes: list[Note] = field(factory=list)
    told: list[tuple[float, str, bytes]] = field(factory=list)

    def called_back(self, now: float, name: str, content: bytes) -> None:
        self.told.append((now, name, content))

    def wake(self, now: float) -> None:
        return

    def next_deadline(self) -> float:
        return inf

    def outstanding(self) -> int:
        return 0


@frozen(eq=False)
class Listens:
    name: str
    arn: Arn = field(init=False)
    takes_callbacks: ClassVar[bool] = True

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "arn", arn_of("tests", self.name))

    def machine(self, birth: Birth) -> Listener:
        return Listener(self.arn, birth.callbacks)

    def client(self, machine: Any, feed: Any) -> Listener:
        return machine  # type: ignore[no-any-return]  # its own client


def listening(*names: str) -> tuple[App, Sequence[Listens]]:
    app = App()
    return app, [app.add(Listens(name)) for name in names]


async def put(url: str, content: bytes = b"x", **settings: Any) -> int:
    async with httpx.AsyncClient(verify=False) as client:
        return (await client.request(settings.pop("method", "PUT"), url, content=content, **settings)).status_code


@pytest.mark.parametrize("virtual", [True, False], ids=["virtual", "real"])
def test_told_at_once(virtual: bool) -> None:
    """Once `idle`, in virtual time; a query counts for nothing."""
    app, [listens] = listening("a")

    async def main() -> None:
        async with app.start() as bus:
            listener = bus[listens]
            assert await put(f"{listener.url}/one?Expires=7", b"yes") == 200
            await bus.advance(0)
            if not virtual:
                await asyncio.sleep(0)
            assert [entry[1:] for entry in listener.told] == [("one", b"yes")]

    run(main, virtual=virtual)


def test_order_in_virtual_time() -> None:
    """By their URLs, whichever came first; two to one URL as they came."""
    app, declared = listening("a", "b")
    found: list[tuple[str, str, bytes]] = []

    async def main() -> None:
        async with app.start() as bus:
            one, two = (bus[each] for each in declared)
            for listener in (one, two):
                listener.told = _Noting(found, listener.arn.name)
            for url, content in ((two.url, b"1"), (one.url, b"2"), (one.url, b"3")):
                await put(f"{url}/x", content)
            await put(f"{one.url}/w", b"4")
            assert found == []
            await bus.advance(0)

    virtually(main)
    assert found == [("a", "w", b"4"), ("a", "x", b"2"), ("a", "x", b"3"), ("b", "x", b"1")]


class _Noting(list[tuple[float, str, bytes]]):
    def __init__(self, found: list[tuple[str, str, bytes]], owner: str) -> None:
        self.found, self.owner = found, owner

    def append(self, entry: tuple[float, str, bytes]) -> None:
        self.found.append((self.owner, *entry[1:]))


def test_told_before_time_jumps() -> None:
    """And time stands while a thread of nobody is about to PUT."""
    app, [listens] = listening("a")

    async def main() -> None:
        async with app.start() as bus:
            await asyncio.sleep(5)
            thread = threading.Thread(target=_slowly, args=(bus[listens].url,))
            thread.start()
            await asyncio.sleep(3_600)
            assert bus[listens].told == [(5.0, "slow", b"body")]
            thread.join()

    virtually(main)


def _slowly(url: str) -> None:
    """The head, and a moment later the body."""
    host, port = url.removeprefix("http://").partition("/")[0].split(":")
    path = f"/{url.rpartition('/')[2]}/slow"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"PUT {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\n\r\n".encode())
        time.sleep(0.1)
        connection.sendall(b"body")
        assert connection.recv(100).startswith(b"HTTP/1.0 200")


REFUSED: list[tuple[str, dict[str, Any], int]] = [
    ("POST", {"method": "POST"}, 403),
    ("GET", {"method": "GET"}, 403),
    ("content type", {"headers": {"Content-Type": "application/json"}}, 403),
    ("HEAD", {"method": "HEAD", "content": b""}, 403),
    ("no such machine", {"path": "/7/x"}, 403),
    ("no machine", {"path": "/x"}, 403),
    ("another digit", {"path": "/%C2%B2/x"}, 403),
]


@pytest.mark.parametrize(("settings", "status"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(settings: dict[str, Any], status: int) -> None:
    """Nobody is told."""
    app, [listens] = listening("a")

    async def main(bus: Bus) -> None:
        listener = bus[listens]
        given = dict(settings)
        base = listener.url.rpartition("/")[0]
        url = base + given.pop("path") if "path" in given else f"{listener.url}/x"
        assert await put(url, **given) == status
        await bus.advance(1)
        assert listener.told == []

    async def started() -> None:
        async with app.start() as bus:
            await main(bus)

    virtually(started)


def test_chunks_are_refused() -> None:
    """As S3 refuses them: it wants to know the length."""
    app, [listens] = listening("a")

    async def pieces() -> Any:
        yield b"x"

    async def main() -> None:
        async with app.start() as bus, httpx.AsyncClient(verify=False) as client:
            assert (await client.put(f"{bus[listens].url}/x", content=pieces())).status_code == 411

    virtually(main)


def test_tls() -> None:
    """On the same port, for clients that insist on it."""
    app, [listens] = listening("a")

    async def main() -> None:
        async with app.start() as bus:
            assert await put(f"{bus[listens].url.replace('http', 'https')}/x") == 200
            await bus.advance(0)
            assert [entry[1] for entry in bus[listens].told] == ["x"]

    virtually(main)


def test_tls_without_its_extra(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is answered, and the log says what is missing."""
    app, [listens] = listening("a")
    monkeypatch.setitem(sys.modules, "trustme", None)

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(httpx.ConnectError):
                await put(f"{bus[listens].url.replace('http', 'https')}/x")
            assert await put(f"{bus[listens].url}/x") == 200

    virtually(main)
    assert "eventbus[tls]" in caplog.text


def test_what_is_no_http() -> None:
    """Nobody else minds."""
    app, [listens] = listening("a")

    async def main() -> None:
        async with app.start() as bus:
            host, port = bus[listens].url.removeprefix("http://").partition("/")[0].split(":")
            for nonsense in (b"\x16\x03\x01", b"\r\n\r\n", b"PUT /0/x HTTP/1.1\r\nContent-Length: 9\r\n\r\nx"):
                with socket.create_connection((host, int(port))) as connection:
                    connection.sendall(nonsense)
            assert await put(f"{bus[listens].url}/x") == 200
            await bus.advance(1)
            assert [entry[1] for entry in bus[listens].told] == ["x"]

    virtually(main)


def test_closed_with_the_bus() -> None:
    """Also if the bus never starts."""
    app, [listens] = listening("a")
    urls: list[str] = []

    async def main() -> None:
        async with app.start() as bus:
            urls.append(bus[listens].url)
        with pytest.raises(httpx.ConnectError):
            await put(f"{urls[0]}/x")

    virtually(main)
    assert "eventbus callbacks" not in [thread.name for thread in threading.enumerate()]


def test_closed_if_the_bus_does_not_start() -> None:
    app, _ = listening("a")

    class Fails(Listens):
        def machine(self, birth: Birth) -> Listener:
            raise ValueError("not today")

    app.add(Fails("b"))

    async def main() -> None:
        with pytest.raises(ValueError, match="not today"):
            async with app.start():
                pass

    virtually(main)
    assert "eventbus callbacks" not in [thread.name for thread in threading.enumerate()]
