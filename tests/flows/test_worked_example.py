"""The worked example: a handler's answer arrives as that HTTP response over a real socket, for any client.

Real time: another process serves, and sockets know no other time.
"""

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

BOUND = 30.0
"""Real seconds after which the server has failed."""

SHOP = """
import json

from eventbus import App, current_bus
from sources import alb, apigateway

app = App("shop")


@app.function
def page(event, context):
    headers = {"Content-Type": "text/html", "Set-Cookie": "seen=1; Path=/", "X-Shop": "ours"}
    body = f"<html><body><h1>Orders of {event['path']}</h1><pre>{json.dumps(event)}</pre></body></html>"
    if "multiValueHeaders" in event:
        return {"statusCode": 200, "multiValueHeaders": {key: [text] for key, text in headers.items()}, "body": body}
    return {"statusCode": 200, "headers": headers, "body": body}


single = app.add(alb.Listener("single", app.add(alb.TargetGroup("single", page))))
multi = app.add(alb.Listener("multi", app.add(alb.TargetGroup("multi", page, multi_value_headers=True))))
chat = app.add(apigateway.WebSocketApi("chat"))


@app.function
async def say(event, context):
    about = event["requestContext"]
    if about["routeKey"] == "say":
        await current_bus()[chat].post_to_connection(connection_id=about["connectionId"], data=event["body"].upper())
    return {"statusCode": 200}


app.add(apigateway.Route(chat, "$connect", say))
app.add(apigateway.Route(chat, "say", say))
"""


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """URLs by the name of the door."""
    folder: Path = tmp_path_factory.mktemp("shop")
    (folder / "served_shop.py").write_text(SHOP)
    command = [sys.executable, "-m", "eventbus.cli", "serve", "served_shop:app", "--port", "0", "--json"]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        said = [json.loads(server.stdout.readline()) for _ in range(3)]
        yield {place["door"].rpartition("/")[2]: place["url"] for place in said}
        server.send_signal(signal.SIGTERM)
        assert server.wait(BOUND) == 0
    finally:
        server.kill()
        server.communicate()


def event_in(text: str) -> Any:
    return json.loads(text.partition("<pre>")[2].partition("</pre>")[0])


def check(response: httpx.Response, path: str) -> None:
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html"
    assert response.headers["set-cookie"] == "seen=1; Path=/"
    assert response.headers["x-shop"] == "ours"
    assert response.text.startswith(f"<html><body><h1>Orders of {path}</h1>")


def test_answer_arrives_in_single_value_mode(doors: dict[str, str]) -> None:
    """The last of repeated values in the event; in real time, see above."""
    url = f"{doors['single']}/orders?tag=a&tag=b"

    response = httpx.get(url, headers=[("X-Tag", "1"), ("X-Tag", "2"), ("Cookie", "a=1")])

    check(response, "/orders")
    event = event_in(response.text)
    assert event["queryStringParameters"] == {"tag": "b"}
    assert (event["headers"]["x-tag"], event["headers"]["cookie"]) == ("2", "a=1")
    assert "multiValueHeaders" not in event


def test_answer_arrives_in_multi_value_mode(doors: dict[str, str]) -> None:
    """All values, as arrays; in real time, see above."""
    url = f"{doors['multi']}/orders?tag=a&tag=b"

    response = httpx.get(url, headers=[("X-Tag", "1"), ("X-Tag", "2")])

    check(response, "/orders")
    event = event_in(response.text)
    assert event["multiValueQueryStringParameters"] == {"tag": ["a", "b"]}
    assert event["multiValueHeaders"]["x-tag"] == ["1", "2"]
    assert "headers" not in event


def test_socket_is_answered(doors: dict[str, str]) -> None:
    """By the client that most people have; in real time, see above."""
    import websockets

    async def main() -> tuple[Any, int]:
        async with websockets.connect(f"{doors['chat'].replace('http', 'ws')}/prod") as socket:
            await socket.send('{"action": "say"}')
            heard = await asyncio.wait_for(socket.recv(), BOUND)
            await socket.send(b"\\x00")
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), BOUND)
            assert closed.value.rcvd is not None
            return heard, closed.value.rcvd.code

    assert asyncio.run(main()) == ('{"ACTION": "SAY"}', 1003)


@pytest.mark.external
def test_curl_gets_the_answer(doors: dict[str, str]) -> None:
    """Status line, headers, body; in real time, see above."""
    curl = program("curl")

    said = subprocess.run([curl, "-s", "-i", f"{doors['single']}/orders"], capture_output=True, text=True, check=True)

    head, _, body = said.stdout.partition("\n\n")
    lines = [line.strip().lower() for line in head.splitlines()]
    assert lines[0] == "http/1.1 200 ok"
    assert {"content-type: text/html", "set-cookie: seen=1; path=/", "x-shop: ours"} <= set(lines)
    assert event_in(body)["headers"]["user-agent"].startswith("curl/")


@pytest.mark.external
@pytest.mark.parametrize("mode", ["single", "multi"])
def test_browser_opens_it(doors: dict[str, str], mode: str, tmp_path: Path) -> None:
    """And shows the page; in real time, see above."""
    browser = program("chromium", "chromium-browser", "google-chrome")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    command += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    command += [f"--user-data-dir={tmp_path}", "--dump-dom", f"{doors[mode]}/orders"]

    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout

    assert "<h1>Orders of /orders</h1>" in shown
    event = event_in(shown.replace("&quot;", '"').replace("&amp;", "&"))
    agent = event["headers"]["user-agent"] if mode == "single" else event["multiValueHeaders"]["user-agent"][0]
    assert "Chrom" in agent


def program(*names: str) -> str:
    found = next((path for name in names if (path := shutil.which(name)) is not None), None)
    if found is None:
        pytest.skip(f"there is no {names[0]} here")
    return found
