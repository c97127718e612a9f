"""J9: front doors. What a door costs over an ASGI application that answers by itself, on the same calls.

`bare` is such an application, called with a ready scope. `translate` candidates time the rules alone: event built and
encoded, answer translated, no bus. The others are the door's ASGI application on a bus, with a handler that answers
what `bare` does.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from benchmarks.harness import Timer, main

BODY = b"x" * 200
HEADERS = [
    (b"host", b"shop.example.com"),
    (b"user-agent", b"bench"),
    (b"accept", b"text/html,application/json"),
    (b"cookie", b"a=1; b=2"),
    (b"content-type", b"application/json"),
    (b"content-length", b"200"),
]
ANSWER = {"statusCode": 200, "headers": {"Content-Type": "application/json", "X-Tag": "a"}, "body": "y" * 200}
DOORS = ("alb", "rest", "http1", "http2", "url", "edge")


def scope(path: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"kind=dog&kind=cat",
        "headers": HEADERS,
        "client": ("203.0.113.9", 50_000),
        "http_version": "1.1",
    }


async def plain_app(scope: Any, receive: Any, send: Any) -> None:
    message = await receive()
    assert len(message["body"]) == len(BODY)
    lines = [(b"content-type", b"application/json"), (b"x-tag", b"a"), (b"content-length", b"200")]
    await send({"type": "http.response.start", "status": 200, "headers": lines})
    await send({"type": "http.response.body", "body": b"y" * 200})


async def called(app: Any, n: int, path: str, timer: Timer) -> bool:
    """So many requests, one after the other."""
    good = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal good
        good += message.get("status") == 200

    with timer:
        for _ in range(n):
            await app(scope(path), receive, send)
    return good == n


async def bare(n: int, timer: Timer) -> bool:
    return await called(plain_app, n, "/prod/pets/7", timer)


def declared(app: Any, kind: str, function: Any) -> Any:
    from sources import alb, apigateway, cloudfront, functionurl

    match kind:
        case "alb":
            return app.add(alb.Listener("web", app.add(alb.TargetGroup("pages", function))))
        case "rest":
            api = app.add(apigateway.RestApi("shop"))
            app.add(apigateway.Method(api, "POST", "/pets/{id}", function))
            return api
        case "http1" | "http2":
            web = app.add(apigateway.HttpApi("shop", stage="prod"))
            app.add(apigateway.Route(web, "POST /pets/{id}", function, payload_format_version=f"{kind[-1]}.0"))  # type: ignore[arg-type]  # one of two
            return web
        case "url":
            return app.add(functionurl.Url(function))
        case _:
            return app.add(cloudfront.Distribution("edge", plain_app, viewer_request=function))


def through_bus(kind: str) -> Callable[[int, Timer], Coroutine[Any, Any, bool]]:
    async def run(n: int, timer: Timer) -> bool:
        from eventbus import App

        app = App("bench")

        @app.function
        async def handler(event: Any, context: Any) -> Any:
            return event["Records"][0]["cf"]["request"] if kind == "edge" else ANSWER

        door = declared(app, kind, handler)
        async with app.start() as bus:
            return await called(door.asgi(bus), n, "/prod/pets/7", timer)

    return run


def translating(kind: str) -> Callable[[int, Timer], Coroutine[Any, Any, bool]]:
    async def run(n: int, timer: Timer) -> bool:
        """What the machine of the function does, and nothing else."""
        from json import dumps

        from eventbus import App
        from eventbus.core.effects import Fetch, Fetched, Invoke
        from eventbus.core.http import Request
        from eventbus.core.outcomes import Succeeded
        from eventbus.core.profile import Profile
        from eventbus.names import Arn, Ids
        from eventbus.ports import Birth
        from sources import alb

        app = App("bench")
        function = app.function(lambda event, context: ANSWER, name="handler")
        door = app.add(alb.TargetGroup("pages", function)) if kind == "alb" else declared(app, kind, function)
        machine = door.machine(Birth(Ids(0, door.arn), Profile(), 0.0))
        for wire in app._wires:
            wire.connect(machine)
        lines = [(name.decode(), value.decode()) for name, value in HEADERS]
        answer = Succeeded(dumps(ANSWER).encode())
        good = 0
        with timer:
            for number in range(n):
                request = Request("POST", "/prod/pets/7?kind=dog&kind=cat", lines, BODY)
                machine.fetch(1.0, Fetch(door.arn, Arn("bench"), number, request))
                [invoke] = machine.effects
                assert isinstance(invoke, Invoke)
                machine.effects.clear()
                machine.finished(1.0, invoke.token, answer)
                [fetched] = machine.effects
                assert isinstance(fetched, Fetched)
                machine.effects.clear()
                machine.notes.clear()
                good += fetched.response.status == 200
        return good == n

    return run


CANDIDATES = {
    "bare": bare,
    **{f"eventbus {kind}": through_bus(kind) for kind in DOORS},
    **{f"translate {kind}": translating(kind) for kind in DOORS if kind != "edge"},
}

if __name__ == "__main__":
    main("J9", CANDIDATES, 10_000)
