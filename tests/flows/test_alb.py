"""A balancer on a running bus: how requests end, when, and what the trace says; frameworks behind it."""

from typing import Any

import pytest

from eventbus import App, InvalidSetting
from eventbus.runtime.bus import Bus
from sources import alb
from tests.helpers import virtually

PAGE = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"


class Balanced:
    """An app with a listener, a target group and the function `work` behind it."""

    def __init__(self, handler: Any, *, group: dict[str, Any] | None = None, **settings: Any) -> None:
        self.app = App("tests")
        self.work = self.app.function(handler, **{"name": "work", **settings})
        self.group = self.app.add(alb.TargetGroup("hello", self.work, **(group or {})))
        self.listener = self.app.add(alb.Listener("web", self.group))


def traced(bus: Bus, event: Any) -> str:
    """The journey of the request that the function saw."""
    return str(bus.trace(event["headers"]["x-amzn-trace-id"].removeprefix("Root=")))


async def echo(event: Any, context: Any) -> Any:
    return {"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": event["path"] + "!"}


def test_request_is_answered_by_the_function() -> None:
    """In no time; the trace tells the whole way."""
    web = Balanced(echo)

    async def main() -> None:
        async with web.app.start() as bus:
            response = await bus[web.listener].request("GET", "/a?x=1")
            assert (response.status, response.text, response.header("Content-Type")) == (200, "/a!", "text/plain")
            [attempt] = bus.invocations(web.work)
            assert attempt.event["headers"]["host"] == web.listener.host
            told = traced(bus, attempt.event)
            for line in ("GET /a?x=1", "handed to hello by the default rule", "attempt of work", "answered 200"):
                assert line in told
            await bus.settle()

    virtually(main)


def test_function_error() -> None:
    """502, and LambdaUnhandled in the trace."""
    seen: list[Any] = []

    def fails(event: Any, context: Any) -> Any:
        seen.append(event)
        raise ValueError("boom")

    web = Balanced(fails)

    async def main() -> None:
        async with web.app.start() as bus:
            response = await bus[web.listener].request("GET")
            assert response.status == 502
            assert response.body.startswith(PAGE)
            assert "answered 502: LambdaUnhandled: ValueError" in traced(bus, seen[0])

    virtually(main)


def test_malformed_answer() -> None:
    """502, and LambdaInvalidResponse with why in the trace."""
    seen: list[Any] = []

    async def counts(event: Any, context: Any) -> Any:
        seen.append(event)
        return {"statusCode": 200, "headers": {"x-count": 7}}

    web = Balanced(counts)

    async def main() -> None:
        async with web.app.start() as bus:
            assert (await bus[web.listener].request("GET")).status == 502
            assert "LambdaInvalidResponse: headers: a value of x-count is a number" in traced(bus, seen[0])

    virtually(main)


def test_function_that_takes_too_long() -> None:
    """502 at the very instant of its timeout."""
    import asyncio

    async def sleeps(event: Any, context: Any) -> Any:
        await asyncio.sleep(60)

    web = Balanced(sleeps, timeout=7)

    async def main() -> None:
        async with web.app.start() as bus:
            began = bus.now()
            response = await bus[web.listener].request("GET")
            assert (response.status, (bus.now() - began).total_seconds()) == (502, 7.0)
            assert "LambdaUnhandled: Sandbox.Timedout" in traced(bus, bus.invocations(web.work)[0].event)

    virtually(main)


def test_balancer_waits_as_long_as_the_function_runs() -> None:
    """There is no limit of its own."""
    import asyncio

    async def sleeps(event: Any, context: Any) -> Any:
        await asyncio.sleep(899)
        return {"statusCode": 200}

    web = Balanced(sleeps, timeout=900)

    async def main() -> None:
        async with web.app.start() as bus:
            began = bus.now()
            assert (await bus[web.listener].request("GET")).status == 200
            assert (bus.now() - began).total_seconds() == 899.0

    virtually(main)


def test_throttled_function() -> None:
    """502 at once, nothing ran."""
    web = Balanced(echo, reserved_concurrent_executions=0)

    async def main() -> None:
        async with web.app.start() as bus:
            assert (await bus[web.listener].request("GET")).status == 502
            assert bus.invocations(web.work) == []

    virtually(main)


def test_permission_is_the_target_group_s() -> None:
    """Without it 502; the listener needs none."""
    allowed, refused = Balanced(echo), Balanced(echo)
    allowed.app.grant(allowed.group, "lambda:InvokeFunction", allowed.work)

    async def main() -> None:
        async with allowed.app.start(permissions="enforced") as bus:
            assert (await bus[allowed.listener].request("GET")).status == 200
        async with refused.app.start(permissions="enforced") as bus:
            assert (await bus[refused.listener].request("GET")).status == 502
            assert bus.invocations(refused.work) == []
            assert bus.statistics().refused_permissions == 1

    virtually(main)


def test_group_without_a_function() -> None:
    """503 until one is registered, and when it is gone again; a request under way fails with it."""
    import asyncio

    async def slow(event: Any, context: Any) -> Any:
        await asyncio.sleep(1)
        return {"statusCode": 200}

    app = App()
    work = app.function(slow, name="work")
    group = app.add(alb.TargetGroup("hello"))
    listener = app.add(alb.Listener("web", group))

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus[listener].request("GET")).status == 503
            await bus[group].register_targets(work)
            assert (await bus[listener].request("GET")).status == 200
            under_way = asyncio.create_task(bus[listener].request("GET"))
            await asyncio.sleep(0.5)
            await bus[group].deregister_targets(work)
            assert (await under_way).status == 502
            assert (await bus[listener].request("GET")).status == 503
            await bus.settle()

    virtually(main)


def test_rules_send_requests_on_their_ways() -> None:
    """By priority: a page, another address, another function."""
    web = Balanced(echo)

    @web.app.function
    async def special(event: Any, context: Any) -> Any:
        return {"statusCode": 201}

    special_group = web.app.add(alb.TargetGroup("special", special))
    rules: list[Any] = [
        (alb.FixedResponse(503, "text/plain", "closed"), {"path_pattern": "/admin*"}),
        (alb.Redirect("HTTP_301", path="/new/#{path}"), {"path_pattern": "/old/*", "http_request_method": "GET"}),
        (special_group, {"http_header": ("X-Special", "*"), "query_string": ("v", "2")}),
    ]
    for number, (action, conditions) in enumerate(rules, start=1):
        web.app.add(alb.ListenerRule(web.listener, action, priority=number, **conditions))

    async def main() -> None:
        async with web.app.start() as bus:
            client = bus[web.listener]
            assert (await client.request("GET", "/admin/x")).text == "closed"
            moved = await client.request("GET", "/old/a?b=1")
            assert (moved.status, moved.header("location")) == (301, f"https://{web.listener.host}:443/new/old/a?b=1")
            assert (await client.request("POST", "/old/a")).status == 200
            assert (await client.request("GET", "/?v=2", headers={"X-Special": "1"})).status == 201
            assert (await client.request("GET", "/?v=3", headers={"X-Special": "1"})).status == 200

    virtually(main)


def test_health_changes_after_five_checks() -> None:
    """Each an invocation; nobody waits for them, and the unhealthy target is used all the same."""
    broken = True

    async def up(event: Any, context: Any) -> Any:
        return {"statusCode": 503 if broken and event["path"] == "/up" else 200}

    web = Balanced(up, group={"health_check": alb.HealthCheck(path="/up")})

    async def main() -> None:
        nonlocal broken
        async with web.app.start() as bus:

            async def state() -> Any:
                [described] = await bus[web.group].describe_target_health()
                return described.target_health.state

            await bus.settle()
            assert (bus.now().minute, bus.now().second) == (0, 0)
            assert await state() == "initial"
            await bus.advance(4 * 35 - 1)
            assert await state() == "initial"
            await bus.advance(1)
            assert await state() == "unhealthy"
            assert (await bus[web.listener].request("GET", "/")).status == 200
            broken = False
            await bus.advance(4 * 35)
            assert await state() == "unhealthy"
            await bus.advance(35)
            assert await state() == "healthy"
            agents = [
                attempt.event["headers"]["user-agent"]
                for attempt in bus.invocations(web.work)
                if "host" not in attempt.event["headers"]
            ]
            assert agents == ["ELB-HealthChecker/2.0"] * 10
            await bus.settle()

    virtually(main)


@pytest.mark.parametrize("seconds", [4.0, 5.0, 6.0, 10.0, 60.0])
def test_bus_comes_to_rest_between_slow_checks(seconds: float) -> None:
    """However long they take, also as long as the interval itself."""
    import asyncio

    async def slow(event: Any, context: Any) -> Any:
        await asyncio.sleep(seconds)
        return {"statusCode": 200}

    check = alb.HealthCheck(interval_seconds=5, timeout_seconds=2)
    web = Balanced(slow, group={"health_check": check}, timeout=900)

    async def main() -> None:
        async with web.app.start() as bus:
            await bus.advance(30)
            await bus.settle(within=200)

    virtually(main)


def test_two_buses_at_once() -> None:
    """Each with its own rules, targets and health."""
    web = Balanced(echo, group={"health_check": alb.HealthCheck()})

    async def main() -> None:
        async with web.app.start() as one, web.app.start() as other:
            await one[web.group].deregister_targets(web.work)
            assert (await one[web.listener].request("GET")).status == 503
            assert (await other[web.listener].request("GET")).status == 200
            assert await one[web.group].describe_target_health() == []
            assert len(await other[web.group].describe_target_health()) == 1

    virtually(main)


def test_function_that_calls_its_own_balancer_is_stopped() -> None:
    """The chain goes through the balancer."""
    app = App()

    @app.function(timeout=900)
    async def work(event: Any, context: Any) -> Any:
        from eventbus import current_bus

        inner = await current_bus()[listener].request("GET")
        return {"statusCode": inner.status}

    listener = app.add(alb.Listener("web", app.add(alb.TargetGroup("hello", work))))

    async def main() -> None:
        async with app.start() as bus:
            assert (await bus[listener].request("GET")).status == 502
            assert len(bus.invocations(work)) == 16

    virtually(main)


def test_same_seed_same_trace() -> None:
    """Ids, checks and all."""
    web = Balanced(echo, group={"health_check": alb.HealthCheck()})

    async def main() -> str:
        async with web.app.start(seed=5, trace="hash") as bus:
            await bus[web.listener].request("GET")
            await bus.advance(100)
            return bus.trace_hash()

    assert virtually(main) == virtually(main)


def test_rule_of_another_app_is_refused() -> None:
    """Its listener must be here."""
    web = Balanced(echo)
    with pytest.raises(InvalidSetting, match="add it first"):
        App().add(alb.ListenerRule(web.listener, web.group, priority=1, path_pattern="/"))


# ------------------------------------------------------------------------------------------------ frameworks
def shop() -> Any:
    """A FastAPI application that shows what it got, and sets two cookies."""
    from fastapi import FastAPI, Request, Response

    shop = FastAPI()

    @shop.post("/{rest:path}")
    async def shows(request: Request) -> Response:
        body = await request.body()
        if body == b"\xff\xfe":
            return Response(b"\x00\xff", media_type="image/png")
        headers = request.headers.getlist("x-tag")
        text = f"{request.url.path} {request.query_params.multi_items()} {headers} {sorted(request.cookies.items())} {body.decode()}"
        response = Response(text, media_type="text/plain")
        response.set_cookie("one", "1")
        response.set_cookie("two", "2")
        response.headers.append("x-tag", "red")
        response.headers.append("x-tag", "blue")
        return response

    return shop


@pytest.mark.parametrize("multi", [False, True])
def test_fastapi_behind_mangum(multi: bool) -> None:
    """Cookies, bytes, repeated headers and keys, in both modes; without lists the last of what came in counts."""
    mangum = pytest.importorskip("mangum")
    web = Balanced(mangum.Mangum(shop(), lifespan="off"), group={"multi_value_headers": multi})

    async def main() -> None:
        async with web.app.start() as bus:
            client = bus[web.listener]
            headers = [("X-Tag", "a"), ("X-Tag", "b"), ("Cookie", "x=1; y=2"), ("Content-Type", "text/plain")]
            response = await client.request("POST", "/caf%C3%A9?k=1&k=2%263&e=", headers=headers, body="süß")
            query, tags = ("('k', '1'), ", "'a', ") if multi else ("", "")
            assert response.text == f"/café [{query}('k', '2&3'), ('e', '')] [{tags}'b'] [('x', '1'), ('y', '2')] süß"
            assert [cookie.partition(";")[0] for cookie in response.header_list("set-cookie")] == ["one=1", "two=2"]
            assert response.header_list("x-tag") == ["red", "blue"]
            picture = await client.request("POST", "/", headers={"Content-Type": "image/png"}, body=b"\xff\xfe")
            assert (picture.body, picture.header("content-type")) == (b"\x00\xff", "image/png")

    virtually(main)


@pytest.mark.parametrize("multi", [False, True])
def test_resolver_of_powertools(multi: bool) -> None:
    """Routes, query, body and cookies of `ALBResolver`."""
    from aws_lambda_powertools.event_handler import ALBResolver, Response
    from aws_lambda_powertools.shared.cookies import Cookie

    resolver = ALBResolver()

    @resolver.post("/orders/<id>")
    def order(id: str) -> Any:
        event = resolver.current_event
        found = event.resolved_query_string_parameters["tag"][-1]
        cookies = [Cookie("a", "1"), Cookie("b", "2")] if multi else [Cookie("a", "1")]
        return Response(201, "application/json", {"id": id, "tag": found, "n": event.json_body["n"]}, cookies=cookies)

    @resolver.get("/picture")
    def picture() -> Any:
        return Response(200, "image/png", b"\x00\xff")

    web = Balanced(lambda event, context: resolver.resolve(event, context), group={"multi_value_headers": multi})

    async def main() -> None:
        async with web.app.start() as bus:
            client = bus[web.listener]
            headers = {"Content-Type": "application/json"}
            response = await client.request("POST", "/orders/7?tag=x&tag=y", headers=headers, body='{"n": 3}')
            assert (response.status, response.json()) == (201, {"id": "7", "tag": "y", "n": 3})
            cookies = [cookie.partition(";")[0] for cookie in response.header_list("set-cookie")]
            assert cookies == (["a=1", "b=2"] if multi else ["a=1"])
            assert (await client.request("GET", "/picture")).body == b"\x00\xff"
            assert (await client.request("GET", "/nothing")).status == 404

    virtually(main)


def test_asgi_application() -> None:
    """The listener as httpx sees it: header names in lower case, its own port and scheme."""
    import httpx

    web = Balanced(echo)

    async def main() -> None:
        async with web.app.start() as bus:
            transport = httpx.ASGITransport(app=web.listener.asgi(bus))
            async with httpx.AsyncClient(transport=transport, base_url="http://shop.example.com:8000") as client:
                response = await client.post("/b?c", content=b"x" * 1_048_577)
                assert response.status_code == 413
                response = await client.get("/b?c")
                assert (response.status_code, response.text) == (200, "/b!")
                assert (await client.head("/b")).text == ""
            headers = bus.invocations(web.work)[0].event["headers"]
            assert (headers["host"], headers["x-forwarded-proto"], headers["x-forwarded-port"]) == (
                "shop.example.com:8000",
                "https",
                "443",
            )

    virtually(main)


def test_function_of_another_app_is_not_found() -> None:
    """502, the reason in the trace, and the bus goes on."""
    web, other = Balanced(echo), App("other")
    stranger = other.function(echo, name="stranger")

    async def main() -> None:
        async with web.app.start() as bus:
            await bus[web.group].deregister_targets(web.work)
            await bus[web.group].register_targets(stranger)
            response = await bus[web.listener].request("GET")
            assert response.status == 502
            assert "answered 502: LambdaResourceNotFound" in str(bus.trace(response.request_id))
            await bus.settle()

    virtually(main)
