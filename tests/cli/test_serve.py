"""`eventbus serve`, as a user calls it and stops it.

Real time wherever a process is started: it listens, and signals reach it, on no other clock.
"""

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from attrs import frozen
from typer.testing import CliRunner

from eventbus import App, BusBroken, run
from eventbus.cli.commands import commands
from eventbus.cli.serving import NotServed, Place, bind, doors_of, ports_of, serve
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth
from sources import apigateway, functionurl, sqs

T = TypeVar("T")

SHOP = """
    import asyncio
    from eventbus import App, current_bus
    from sources import functionurl

    app = App("shop")

    @app.function(timeout=60)
    async def orders(event, context):
        if event["rawPath"] == "/later":
            await current_bus().invoke(later, 0.4, invocation_type="Event")
        elif event["rawPath"] == "/fails":
            raise ValueError("no")
        else:
            await asyncio.sleep(float(event["rawPath"][1:] or 0))
        return {"statusCode": 200, "body": "done"}

    @app.function(timeout=60)
    async def later(seconds, context):
        await asyncio.sleep(seconds)
        print("late", flush=True)

    app.add(functionurl.Url(orders))
    app.add(functionurl.Url(later))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(textwrap.dedent(SHOP))
    return tmp_path


@contextmanager
def serving(project: Path, *arguments: str) -> Iterator["Served"]:
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "eventbus.cli", "serve", "shop:app", "--port", "0", *arguments],
        cwd=project,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin", "HOME": str(project)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Served(process, [process.stdout.readline() for _ in range(2)])
    finally:
        process.kill()
        process.communicate()


class Served:
    def __init__(self, process: "subprocess.Popen[str]", lines: list[str]) -> None:
        self.process = process
        self.lines = lines

    @property
    def url(self) -> str:
        return self.lines[0].split()[1]

    def stopped(self) -> tuple[int, str, str]:
        """Status, output and errors once it has ended."""
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


def test_a_line_for_each_door(project: Path) -> None:
    """Its name, where it listens, and its domain; each answers there. What handlers do wrong is logged as by `run`."""
    with serving(project) as served:
        found = [line.split() for line in served.lines]
        got = httpx.get(found[0][1])
        failed = httpx.get(f"{found[0][1]}/fails")
        served.process.terminate()
        status, out, err = served.stopped()

    assert [name.rpartition("/")[2] for name, _, _ in found] == ["orders", "later"]
    assert all(url.startswith("http://127.0.0.1:") for _, url, _ in found)
    assert all(host.endswith(".lambda-url.us-east-1.on.aws") for _, _, host in found)
    assert (got.status_code, got.text, failed.status_code) == (200, "done", 502)
    assert (status, out) == (0, "")
    assert err.splitlines()[0] == "serving shop; Ctrl-C drains"
    assert err.splitlines()[-1] == "draining; once more to leave at once"
    assert err.count("Traceback") == 1
    assert "ERROR eventbus.handlers handler failed function=orders" in err
    assert "uvicorn" not in err


def test_lines_as_json_and_requests_that_are_finished(project: Path) -> None:
    """One object a line. SIGTERM: who is being served still gets his answer, and what it left behind is done."""
    with serving(project, "--json") as served, ThreadPoolExecutor() as threads:
        places = [json.loads(line) for line in served.lines]
        waiting = threads.submit(httpx.get, f"{places[0]['url']}/0.6", timeout=20)
        begun = httpx.get(f"{places[0]['url']}/later")
        served.process.terminate()
        got = waiting.result()
        status, out, err = served.stopped()

    assert [place["arn"].endswith(place["door"]) for place in places] == [True, True]
    assert [set(place) for place in places] == [{"door", "arn", "url", "host"}] * 2
    assert (begun.text, got.status_code, got.text) == ("done", 200, "done")
    assert (status, out, "Traceback" in err) == (0, "late\n", False)


def test_second_signal_leaves_at_once(project: Path) -> None:
    """With the status of what was interrupted."""
    with serving(project) as served, socket.socket() as talk:
        talk.connect(("127.0.0.1", int(served.url.rpartition(":")[2])))
        talk.sendall(b"GET /50 HTTP/1.1\r\nHost: shop\r\n\r\n")
        httpx.get(served.url)
        served.process.send_signal(signal.SIGINT)
        assert served.process.stderr is not None
        while "draining" not in served.process.stderr.readline():
            pass
        served.process.send_signal(signal.SIGINT)
        status, _, _ = served.stopped()

    assert status == 130


# ---------------------------------------------------------------- in this process


def served_to(client: Callable[[str], T], app: App, drain: float = 10.0) -> T:
    """What `client` makes of the first door's URL, on a thread of its own; the server is over then."""
    with ThreadPoolExecutor() as threads:
        found: list[Future[T]] = []

        def tell(places: Sequence[Place]) -> None:
            found.append(threads.submit(client, places[0].url))

        run(lambda: serve(app, "127.0.0.1", 0, drain, tell))
        return found[0].result()


def test_requests_that_take_too_long_to_finish(caplog: pytest.LogCaptureFixture) -> None:
    """After `drain` seconds they are told so, or cut off where their answer has begun; a line tells how many."""
    app, inside = App("shop"), []

    @app.function(timeout=60)
    async def endless(event: Any, context: Any) -> Any:
        if event["rawPath"] == "/begun":
            yield "begun"
        inside.append(event["rawPath"])
        if len(inside) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(50)

    app.add(functionurl.Url(endless, invoke_mode="RESPONSE_STREAM"))

    def client(url: str) -> tuple[int, bytes]:
        with ThreadPoolExecutor() as threads:
            waiting = threads.submit(httpx.get, url, timeout=20)
            with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
                httpx.get(f"{url}/begun", timeout=20)
        return waiting.result().status_code, waiting.result().content

    assert served_to(client, app, drain=0.3) == (503, b"")
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING] == [
        "drain is over requests=2"
    ]


def test_websocket_that_takes_too_long_to_open(caplog: pytest.LogCaptureFixture) -> None:
    """It is refused, and that is no error."""
    app = App("shop")

    @app.function(timeout=60)
    async def connecting(event: Any, context: Any) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(50)

    api = app.add(apigateway.WebSocketApi("sockets"))
    app.add(apigateway.Route(api, "$connect", connecting))
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}

    def client(url: str) -> int:
        return httpx.get(f"{url}/prod", headers=upgrade | key, timeout=20).status_code

    assert served_to(client, app, drain=0.3) == 503
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING] == [
        "drain is over requests=1"
    ]


def test_bus_that_breaks() -> None:
    """The server ends, and its error is the bus's."""
    app = App("shop")

    class Broken(functionurl.Url):
        def machine(self, birth: Birth) -> Any:
            machine = super().machine(birth)
            machine.function = None  # type: ignore[assignment]  # so it breaks
            return machine

    app.add(Broken(app.function(lambda event, context: None, name="orders")))
    statuses = []

    with pytest.raises(BusBroken):
        served_to(lambda url: statuses.append(httpx.get(url).status_code), app)

    assert statuses == [503]


def refused(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> str:
    """What is said of arguments that are refused, with status 2."""
    monkeypatch.chdir(folder)
    monkeypatch.delitem(sys.modules, "shop", raising=False)
    done = CliRunner().invoke(commands, ["serve", *arguments])

    assert done.exit_code == 2, done.output
    return done.stderr


def test_port_that_is_taken(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before anything is served."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refused(monkeypatch, project, "shop:app", "--port", str(port))

    assert said.endswith(f"orders can't listen on port {port} of 127.0.0.1: Address already in use\n")


def test_app_without_a_door(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a door is, is said."""
    (project / "shop.py").write_text("from eventbus import App\napp = App('shop')")

    assert "shop has no front door: add a resource by which requests come in, such as functionurl.Url(function)" in (
        refused(monkeypatch, project, "shop:app")
    )


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["shop"], "MODULE:APP"),
        (["shop:ap"], "did you mean app"),
        (["shop:app", "--port", "65535"], "later can't listen on port 65536"),
        (["shop:app", "--host", "192.0.2.1"], "orders can't listen on port 8000 of 192.0.2.1"),
    ],
)
def test_arguments_that_are_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], word: str
) -> None:
    """With one line that says why."""
    assert word in refused(monkeypatch, project, *arguments)


def test_extra_that_is_missing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint which to install."""
    for module in ("eventbus.cli.serving", "eventbus.cli.connection"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)

    assert refused(monkeypatch, project, "shop:app") == (
        "eventbus: serve needs uvicorn: pip install 'eventbus[cli,http]'\n"
    )


# ---------------------------------------------------------------- doors and ports


@frozen(eq=False)
class Listener:
    """A door that may declare where it listens."""

    name: str
    declared_port: int | None = None
    host: str = "example.com"

    @property
    def arn(self) -> Arn:
        return arn_of("elasticloadbalancing", f"listener:{self.name}")

    def asgi(self, bus: Any) -> None:
        return None

    machine = client = asgi


def test_doors_of_an_app() -> None:
    """Resources by which requests come in, in the order of declaration."""
    app = App("shop")
    first: Any = app.add(Listener("first"))  # type: ignore[type-var]  # no machine: it never starts
    app.add(sqs.Queue("orders"))
    second = app.add(functionurl.Url(app.function(lambda event, context: None, name="orders")))

    assert doors_of(app) == [first, second]


@pytest.mark.parametrize(
    ("declared", "first", "ports"),
    [
        ((None, None), 8000, [8000, 8001]),
        ((None, 80, None), 8000, [8000, 80, 8001]),
        ((None, 8000, None), 8000, [8001, 8000, 8002]),
        ((None, 80, None), 0, [0, 80, 0]),
    ],
)
def test_ports(declared: tuple[int | None, ...], first: int, ports: list[int]) -> None:
    """As declared; the others one after the other, or any."""
    assert ports_of([Listener(f"door{n}", port) for n, port in enumerate(declared)], first) == ports


def test_port_that_is_declared_twice() -> None:
    """Refused naming both doors."""
    with pytest.raises(NotServed, match="port 80 is declared twice, by web and by api"):
        ports_of([Listener("web", 80), Listener("other", 81), Listener("api", 80)], 8000)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_addresses(host: str) -> None:
    """A socket of either family, that listens to nobody yet."""
    with bind(host, 0, Listener("web")) as bound:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(bound.getsockname()[:2])
        assert bound.proto == socket.IPPROTO_TCP  # what asyncio asks before it sets TCP_NODELAY
        bound.listen()
        socket.create_connection(bound.getsockname()[:2]).close()
