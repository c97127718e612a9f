"""Endpoints over HTTP: real requests to a real server of this process, confirmed by the link that they are sent."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, nullcontext, suppress
from typing import Any

import httpx
import pytest
import uvicorn

from eventbus import App, BusBroken, InvalidSetting, run
from eventbus.runtime import endpoints
from sources import sns, sqs
from tests.helpers import virtually

pytestmark = pytest.mark.filterwarnings("ignore:.*websockets.*:DeprecationWarning")


class Site:
    """A server that answers POST with the next of `statuses`, then 200, and follows links that confirm if told so."""

    def __init__(self, *statuses: int, confirms: bool = True) -> None:
        self.statuses = list(statuses)
        self.confirms = confirms
        self.got: list[tuple[dict[str, str], Any]] = []
        self.url = ""

    async def __call__(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        confirmation = headers["x-amz-sns-message-type"] == "SubscriptionConfirmation"
        if confirmation and self.confirms:
            async with httpx.AsyncClient() as client:
                answer = await client.get(json.loads(body)["SubscribeURL"])
                assert answer.status_code == 200
                assert "ConfirmSubscription" in answer.text
        self.got.append((headers, body.decode()))
        status = self.statuses.pop(0) if self.statuses and not confirmation else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def serving(site: Site) -> AsyncIterator[str]:
    class Server(uvicorn.Server):
        def capture_signals(self) -> Any:
            return nullcontext()

    with socket.create_server(("127.0.0.1", 0)) as door:
        server = Server(uvicorn.Config(site, interface="asgi3", log_level="critical", lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[door]))
        yield f"http://127.0.0.1:{door.getsockname()[1]}/hook"
        server.should_exit = True
        await task


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


def delivered(site: Site, *, publish: int = 1, **settings: Any) -> list[Any]:
    """Publish once the site has confirmed; the bodies and headers that it got after that. Real time: a real server."""
    app = App()
    topic, dead = app.add(sns.Topic("orders")), app.add(sqs.Queue("dead"))

    async def main() -> list[Any]:
        async with serving(site) as url:
            app.add(sns.Subscription(topic, url, dead_letter=dead, **settings))
            async with app.start() as bus:
                await until(lambda: bool(site.got))
                for number in range(publish):
                    await bus[topic].publish(f"order {number}", subject="new")
                await until(lambda: len(site.got) > publish)
                await bus.settle()
                letters = [message.body for message in await bus[dead].peek()]
        return [*site.got[1:], *letters]

    return run(main)


def test_notification_over_http() -> None:
    """Its body and headers are those of SNS."""
    [(headers, body)] = delivered(Site())

    message = json.loads(body)
    assert (message["Type"], message["Message"], message["Subject"]) == ("Notification", "order 0", "new")
    assert headers["x-amz-sns-message-type"] == "Notification"
    assert headers["x-amz-sns-message-id"] == message["MessageId"]
    assert headers["x-amz-sns-topic-arn"] == message["TopicArn"]


def test_raw_delivery() -> None:
    """The message itself, and a header that says so."""
    [(headers, body)] = delivered(Site(), raw_message_delivery=True)

    assert body == "order 0"
    assert headers["x-amz-sns-rawdelivery"] == "true"


def test_order_of_messages() -> None:
    """One request at a time."""
    found = delivered(Site(), publish=20)

    assert [json.loads(body)["Message"] for _, body in found] == [f"order {number}" for number in range(20)]


def test_answer_that_is_final() -> None:
    """4xx is not tried again: the message goes to the dead-letter queue."""
    (_, first), letter = delivered(Site(404))

    assert json.loads(letter)["MessageId"] == json.loads(first)["MessageId"]


def test_answer_that_is_tried_again() -> None:
    """5xx is, as the subscription's delivery policy has it: after the one real second that is its shortest pause."""
    site = Site(503)
    app = App()
    topic = app.add(sns.Topic("orders"))

    async def main() -> None:
        async with serving(site) as url:
            app.add(sns.Subscription(topic, url, num_retries=1, min_delay_target=1, max_delay_target=1))
            async with app.start() as bus:
                await until(lambda: bool(site.got))
                await bus[topic].publish("x")
                await until(lambda: len(site.got) == 3)

    run(main)
    assert site.got[1][1] == site.got[2][1]


def test_nothing_is_sent_before_the_confirmation() -> None:
    """But for what asks for it; the client's call confirms as well as the link."""
    site = Site(confirms=False)
    app = App()
    topic = app.add(sns.Topic("orders"))

    async def main() -> None:
        async with serving(site) as url:
            app.add(sns.Subscription(topic, url))
            async with app.start() as bus:
                await until(lambda: bool(site.got))
                await bus[topic].publish("lost")
                await bus[topic].confirm_subscription(json.loads(site.got[0][1])["Token"])
                await bus[topic].publish("heard")
                await until(lambda: len(site.got) == 2)

    run(main)
    assert json.loads(site.got[1][1])["Message"] == "heard"


def test_nobody_there() -> None:
    """A refusal like any other: it may be tried again, and the bus closes all the same."""
    app = App()
    topic = app.add(sns.Topic("orders"))
    with socket.create_server(("127.0.0.1", 0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}/"
    app.add(sns.Subscription(topic, url))

    async def main() -> str:
        async with app.start() as bus:
            machine = bus._engine.driver.machines[topic.arn]
            await until(lambda: machine.next_deadline() < 1e9)
            return "closes"

    assert run(main) == "closes"


@pytest.mark.parametrize("url", ["http://[::1", "http://localhost:99999/", "http://xn--/"])
def test_url_that_nothing_can_be_sent_to(url: str) -> None:
    """Refused when the bus starts, before anything waits for its answer."""
    app = App()
    app.add(sns.Subscription(app.add(sns.Topic("orders")), url))

    async def main() -> None:
        async with app.start():
            pass

    with pytest.raises(InvalidSetting, match=rf"endpoint='{re.escape(url)}' is refused"):
        run(main)


def test_answer_that_does_not_come_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if there is always one more byte: the limit is the whole answer's, in real time."""
    monkeypatch.setattr(endpoints, "ANSWER_LIMIT", 0.2)
    app = App()
    topic = app.add(sns.Topic("orders"))

    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        with suppress(ConnectionError), closing(writer):
            while not writer.is_closing():
                writer.write(b"x: y\r\n")
                await writer.drain()
                await asyncio.sleep(0.02)

    async def main() -> None:
        async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
            app.add(sns.Subscription(topic, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"))
            async with app.start() as bus:
                machine = bus._engine.driver.machines[topic.arn]
                await until(lambda: machine.next_deadline() < 1e9)

    run(main)


def test_a_sender_that_fails_breaks_the_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would ever answer what it was given."""
    app = App()
    app.add(sns.Subscription(app.add(sns.Topic("orders")), "http://127.0.0.1:9/"))

    async def fails(*_: Any) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(endpoints.Endpoint, "_send", fails)

    async def main() -> None:
        async with app.start() as bus:
            await bus.settle(within=5)

    with pytest.raises(BusBroken, match=r"endpoint http://127.0.0.1:9/: RuntimeError\('out of order'\)"):
        run(main)


def test_refused_in_virtual_time() -> None:
    """A real server knows none."""
    app = App()
    app.add(sns.Subscription(app.add(sns.Topic("orders")), "https://example.com/hook"))

    async def main() -> None:
        async with app.start():
            pass

    with pytest.raises(InvalidSetting, match=r"endpoint='https://example.com/hook' is refused in virtual time"):
        virtually(main)
