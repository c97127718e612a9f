"""Connections that nobody waits for, and other ends of them, on a running bus."""

import asyncio
from typing import Any

import pytest

from eventbus import App, current_bus
from sources import apigateway, functionurl
from tests.helpers import virtually


def answers(event: Any, context: Any) -> Any:
    return {"statusCode": 200}


class Chat:
    """An API whose function notes what it is told."""

    def __init__(self, connects_after: float = 0.0) -> None:
        self.app = App("tests")
        self.told: list[tuple[float, str, Any]] = []
        self.api = self.app.add(apigateway.WebSocketApi("chat"))

        async def note(event: Any, context: Any) -> Any:
            about = event["requestContext"]
            if about["routeKey"] == "$connect":
                await asyncio.sleep(connects_after)
            self.told.append((current_bus().statistics().now, about["routeKey"], about.get("disconnectStatusCode")))
            return {"statusCode": 200, "body": "heard"}

        work = self.app.function(note, timeout=20)
        for key in ("$connect", "$disconnect"):
            self.app.add(apigateway.Route(self.api, key, work))
        self.app.add(apigateway.Route(self.api, "$default", work, route_response=True))


def test_connecting_that_is_given_up_ends_at_once() -> None:
    """The function of `$connect` is told of the end as soon as it has let in somebody who is gone."""
    chat = Chat(connects_after=3)

    async def main() -> None:
        async with chat.app.start() as bus:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(bus[chat.api].connect("/prod"), 1)
            await bus.settle()

    virtually(main)
    assert chat.told == [(3.0, "$connect", None), (3.0, "$disconnect", 1006)]


def test_reader_wakes_when_its_own_side_closes() -> None:
    """With the code that was given, at once."""
    chat = Chat()

    async def main() -> tuple[int, float]:
        async with chat.app.start() as bus:
            socket = await bus[chat.api].connect("/prod")
            reading = asyncio.create_task(socket.receive())
            await bus.advance(1)
            await socket.close(4_000, "bye")
            with pytest.raises(apigateway.ConnectionClosed) as closed:
                await reading
            return closed.value.code, bus.statistics().now

    assert virtually(main) == (4_000, 1.0)


def test_messages_one_after_the_other() -> None:
    """`async with` closes, `async for` ends with the connection."""
    chat = Chat()

    async def main() -> list[str]:
        async with chat.app.start() as bus:
            async with await bus[chat.api].connect("/prod") as socket:
                await socket.send(["in two", " frames"])
                await socket.send("again")
                heard = [await socket.receive(), await socket.receive()]
            assert [message async for message in socket] == []
            await bus.settle()
            return heard

    assert virtually(main) == ["heard", "heard"]
    assert [key for _, key, _ in chat.told] == ["$connect", "$default", "$default", "$disconnect"]


def test_loop_of_messages_is_stopped() -> None:
    """A handler that sends to its own API is stopped after 16 of its function."""
    app = App("tests")
    api = app.add(apigateway.WebSocketApi("chat"))
    sockets: list[apigateway.WebSocket] = []

    @app.function
    async def loop(event: Any, context: Any) -> Any:
        await sockets[0].send("again")
        return {"statusCode": 200}

    app.add(apigateway.Route(api, "$default", loop))

    async def main() -> int:
        async with app.start() as bus:
            sockets.append(await bus[api].connect("/prod"))
            await sockets[0].send("first")
            await bus.settle()
            return len(bus.invocations(loop))

    assert virtually(main) == 16


def test_nothing_is_kept_of_what_is_over() -> None:
    """Connections and answers in pieces come and go."""
    chat = Chat()

    @chat.app.function
    async def pieces(event: Any, context: Any) -> Any:
        yield "a"
        await asyncio.sleep(1)
        yield "b"

    url = chat.app.add(functionurl.Url(pieces, invoke_mode="RESPONSE_STREAM"))

    async def main() -> None:
        async with chat.app.start() as bus:
            for _ in range(20):
                async with await bus[chat.api].connect("/prod") as socket:
                    await socket.send("x")
                    assert await socket.receive() == "heard"
                assert (await bus[url].request("GET", "/")).text == "ab"
            assert bus._engine.feed.polls == {}

    virtually(main)


def test_head_in_pieces_that_never_was_json() -> None:
    """Is the function's mistake; the bus goes on."""
    app = App("tests")

    @app.function
    async def odd(event: Any, context: Any) -> Any:
        yield {"statusCode": 200, "headers": {1: "x"}}

    url = app.add(functionurl.Url(odd, invoke_mode="RESPONSE_STREAM"))

    async def main() -> list[int]:
        async with app.start() as bus:
            return [(await bus[url].request("GET", "/")).status for _ in range(2)]

    assert virtually(main) == [502, 502]


@pytest.mark.parametrize("kind", ["rest", "socket"])
def test_authorizer_whose_event_is_too_long(kind: str) -> None:
    """Nobody waits for ever."""
    app = App("tests")
    work = app.function(answers, name="work")
    authorizer = apigateway.Authorizer(
        work, identity_source="method.request.header.A", authorizer_result_ttl_in_seconds=0
    )
    long = "x" * 3_300_000
    api: Any
    if kind == "rest":
        api = app.add(apigateway.RestApi("shop"))
        app.add(apigateway.Method(api, "GET", "/{proxy+}", work, authorizer=authorizer))
    else:
        api = app.add(apigateway.WebSocketApi("chat"))
        app.add(apigateway.Route(api, "$connect", work, authorizer=authorizer))

    async def main() -> int:
        async with app.start() as bus:
            if kind == "rest":
                status: int = (await bus[api].request("GET", f"/prod/a?{long}", headers={"A": "x"})).status
                return status
            with pytest.raises(apigateway.ConnectionRefused) as refused:
                await bus[api].connect("/prod", headers={"A": "x", "X-Long": long})
            return refused.value.response.status

    assert virtually(main) == (413 if kind == "rest" else 431)


def test_authorizers_of_one_function_keep_apart() -> None:
    """What one of them was told counts for nothing at the other."""
    app = App("tests")
    asked: list[str] = []

    @app.function
    async def check(event: Any, context: Any) -> Any:
        asked.append(event["rawPath"])
        statement = {"Action": "*", "Effect": "Allow", "Resource": "*"}
        return {"isAuthorized": True, "principalId": "me", "policyDocument": {"Statement": [statement]}}

    work = app.function(answers, name="work")
    api = app.add(apigateway.HttpApi("web"))
    for path, simple in (("/a", True), ("/b", False)):
        authorizer = apigateway.Authorizer(
            check,
            identity_source="$request.header.A",
            authorizer_result_ttl_in_seconds=60,
            enable_simple_responses=simple,
        )
        app.add(apigateway.Route(api, f"GET {path}", work, authorizer=authorizer))

    async def main() -> list[int]:
        async with app.start() as bus:
            paths = ["/a", "/b", "/a", "/b"]
            return [(await bus[api].request("GET", path, headers={"A": "x"})).status for path in paths]

    assert virtually(main) == [200] * 4
    assert asked == ["/a", "/b"]


def test_requests_one_after_the_other_let_others_run() -> None:
    """A client that never suspends starves nobody."""
    app = App("tests")
    url = app.add(functionurl.Url(app.function(answers, name="one", run="inline")))
    ticks = 0

    async def main() -> int:
        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0)

        async with app.start() as bus:
            ticking = asyncio.create_task(tick())
            for _ in range(500):
                await bus[url].request("OPTIONS", "/")
            ticking.cancel()
            return ticks

    assert virtually(main) >= 10


def test_setting_of_another_api_is_refused() -> None:
    """What a REST API or a socket does not have; a URL is no function."""
    from eventbus.errors import InvalidSetting

    app = App("tests")
    work = app.function(answers, name="work")
    rest, web = apigateway.RestApi("shop"), apigateway.HttpApi("web")
    formatted = apigateway.Authorizer(work, type="TOKEN", authorizer_payload_format_version="1.0")
    with pytest.raises(InvalidSetting, match="authorizer_payload_format_version"):
        apigateway.Method(rest, "GET", "/", work, authorizer=formatted)
    with pytest.raises(InvalidSetting, match="function"):
        apigateway.Method(rest, "GET", "/", functionurl.Url(work))
    with pytest.raises(InvalidSetting, match="name"):
        apigateway.Stage(rest, "$default")
    assert apigateway.Stage(web, "$default").name == "$default"
    with pytest.raises(InvalidSetting, match="api"):
        apigateway.Stage("web", "dev")  # type: ignore[arg-type]  # refused
