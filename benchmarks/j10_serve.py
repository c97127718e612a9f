"""J10: requests over real sockets, 16 connections kept open, by a client that does next to nothing.

`bare` is uvicorn with an ASGI application that answers by itself, under the same protocol (h11); the others are
`eventbus serve` with the same answer out of a handler. CPU time is the server's.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.harness import Timer, main

CONNECTIONS = 16
REQUEST = b"GET /pets/7?kind=dog HTTP/1.1\r\nHost: shop.example.com\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n"
SHOP = """
from eventbus import App
from sources import alb, apigateway, functionurl

app = App("shop")

@app.function
async def page(event, context):
    return {"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": "y" * 200}

%s
"""
DOORS = {
    "url": "app.add(functionurl.Url(page))",
    "alb": 'app.add(alb.Listener("web", app.add(alb.TargetGroup("pages", page))))',
    "http2": 'web = app.add(apigateway.HttpApi("web")); app.add(apigateway.Route(web, "$default", page))',
}
PLAIN = """
import json, sys, uvicorn

async def app(scope, receive, send):
    await receive()
    lines = [(b"content-type", b"text/plain"), (b"content-length", b"200")]
    await send({"type": "http.response.start", "status": 200, "headers": lines})
    await send({"type": "http.response.body", "body": b"y" * 200})

class Told(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(json.dumps({"url": f"http://127.0.0.1:{port}"}), flush=True)

Told(uvicorn.Config(app, port=0, http="h11", lifespan="off", log_level="error")).run()
"""


@contextmanager
def server(kind: str) -> Iterator[tuple[int, int]]:
    """Its port and its process id; terminated afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        if kind == "bare":
            Path(folder, "plain.py").write_text(PLAIN)
            command = [sys.executable, "plain.py"]
        else:
            Path(folder, "served_shop.py").write_text(SHOP % DOORS[kind])
            command = [sys.executable, "-m", "eventbus.cli", "serve", "served_shop:app", "--port", "0", "--json"]
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["url"]
            yield int(url.rpartition(":")[2]), process.pid
        finally:
            process.terminate()
            process.communicate(timeout=30)


def cpu_seconds(pid: int) -> float:
    """Of that process, by procfs; in ticks of 10 ms."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(words[11]) + int(words[12])) / 100


async def ask(port: int, n: int) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    good = 0
    for _ in range(n):
        writer.write(REQUEST)
        head = await reader.readuntil(b"\r\n\r\n")
        good += head.startswith(b"HTTP/1.1 200") and await reader.readexactly(200) == b"y" * 200
    writer.close()
    return good


def served(kind: str) -> Callable[[int, Timer], Coroutine[Any, Any, bool]]:
    async def run(n: int, timer: Timer) -> bool:
        each = n // CONNECTIONS
        with server(kind) as (port, pid):
            await ask(port, 50)
            before = cpu_seconds(pid)
            with timer:
                good = await asyncio.gather(*[ask(port, each) for _ in range(CONNECTIONS)])
            timer.cpu = cpu_seconds(pid) - before
        return sum(good) == each * CONNECTIONS

    return run


CANDIDATES = {"bare": served("bare"), **{f"serve {kind}": served(kind) for kind in DOORS}}

if __name__ == "__main__":
    main("J10", CANDIDATES, 8_000)
