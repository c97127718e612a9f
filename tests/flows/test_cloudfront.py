"""Distributions on a running bus, in virtual time: every kind of origin, the cache, failures, permissions, the trace."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from mangum import Mangum

from eventbus import App, Function, current_bus
from eventbus.core.http import Response as Answer
from eventbus.errors import InvalidSetting
from sources import alb, apigateway, cloudfront, functionurl, s3
from sources.cloudfront import EdgeEvent, EdgeRequest, EdgeResponse
from tests.helpers import virtually

Bus = Any
HIT, MISS = "Hit from cloudfront", "Miss from cloudfront"


def running(app: App, main: Callable[[Bus], Awaitable[None]], **settings: Any) -> None:
    async def run() -> None:
        async with app.start(**settings) as bus:
            await main(bus)

    virtually(run)


def x_cache(response: Answer) -> str | None:
    return response.header("x-cache")


async def hello(event: Any, context: Any) -> Any:
    return {"statusCode": 200, "headers": {"cache-control": "max-age=60"}, "body": f"hello {event['rawPath']}"}


async def passes(event: EdgeEvent, context: Any) -> EdgeRequest | EdgeResponse:
    cf = event["Records"][0]["cf"]
    return cf["response"] if "response" in cf else cf["request"]


def url_app(**settings: Any) -> tuple[App, cloudfront.Distribution, Function[Any, Any]]:
    """A function URL behind a distribution."""
    app = App("shop")
    work = app.function(hello)
    url = app.add(functionurl.Url(work))
    return app, app.add(cloudfront.Distribution("site", url, **settings)), work


# ------------------------------------------------------------ origins
def test_function_url_and_its_cache() -> None:
    """Miss, hit, and a miss again at the very second that the answer has expired."""
    app, site, work = url_app()

    async def main(bus: Bus) -> None:
        first = await bus[site].request("GET", "/a")
        assert (first.status, first.text, x_cache(first)) == (200, "hello /a", MISS)
        await bus.advance(59.999)
        second = await bus[site].request("GET", "/a")
        assert (second.text, x_cache(second), second.header("age")) == ("hello /a", HIT, "59")
        await bus.advance(0.001)
        third = await bus[site].request("GET", "/a")
        assert (x_cache(third), third.header("age")) == (MISS, None)
        assert len(bus.invocations(work)) == 2
        assert x_cache(await bus[site].request("GET", "/b")) == MISS

    running(app, main)


def test_bucket() -> None:
    """Objects as S3 answers them; what is missing is kept for ten seconds."""
    app = App()
    uploads = app.add(s3.Bucket("uploads"))
    site = app.add(cloudfront.Distribution("site", uploads))

    async def main(bus: Bus) -> None:
        missing = await bus[site].request("GET", "/red%20flower.txt")
        assert (missing.status, x_cache(missing)) == (404, "Error from cloudfront")
        assert "<Code>NoSuchKey</Code>" in missing.text
        await bus[uploads].put_object("red flower.txt", "rose", content_type="text/plain", metadata={"n": "1"})
        await bus.advance(9)
        assert (await bus[site].request("GET", "/red%20flower.txt")).status == 404
        await bus.advance(1)
        found = await bus[site].request("GET", "/red%20flower.txt")
        assert (found.status, found.text, x_cache(found)) == (200, "rose", MISS)
        assert found.header("content-type") == "text/plain"
        assert found.header("x-amz-meta-n") == "1"
        await bus.advance(86_399)
        assert x_cache(await bus[site].request("GET", "/red%20flower.txt")) == HIT
        await bus.advance(1)
        assert x_cache(await bus[site].request("GET", "/red%20flower.txt")) == MISS
        assert (await bus[site].request("POST", "/red%20flower.txt", body="x")).status == 405

    running(app, main)


def test_load_balancer() -> None:
    """The function sees who asked the edge, and the edge that asked."""
    app = App()
    seen: list[Any] = []

    async def listens(event: Any, context: Any) -> Any:
        seen.append(event["headers"])
        return {"statusCode": 200, "body": event["path"]}

    listener = app.add(alb.Listener("web", app.add(alb.TargetGroup("hello", app.function(listens)))))
    site = app.add(cloudfront.Distribution("site", listener))

    async def main(bus: Bus) -> None:
        assert (await bus[site].request("GET", "/a", source_ip="203.0.113.9")).text == "/a"
        assert seen[0]["x-forwarded-for"] == "203.0.113.9, 127.0.0.1"
        assert seen[0]["host"] == listener.host

    running(app, main)


def test_api_behind_a_path() -> None:
    """An HTTP API with a stage, and a distribution behind a distribution."""
    app = App()
    api = app.add(apigateway.HttpApi("shop", stage="prod"))
    app.add(apigateway.Route(api, "GET /orders/{id}", app.function(hello)))
    inner = app.add(cloudfront.Distribution("inner", api, origin_path="/prod"))
    outer = app.add(cloudfront.Distribution("outer", inner))

    async def main(bus: Bus) -> None:
        response = await bus[outer].request("GET", "/orders/7")
        assert (response.status, response.text) == (200, "hello /prod/orders/7")
        assert x_cache(response) == MISS
        assert len([name for name, _ in response.headers if name == "X-Cache"]) == 1

    running(app, main)


def shop(started: list[str]) -> FastAPI:
    """A small application."""
    web = FastAPI()

    @web.get("/hello/{name}")
    async def greet(name: str, request: Request, size: int = 0) -> dict[str, Any]:
        started.append(name)
        await asyncio.sleep(size)
        return {"name": name, "size": size, "via": request.headers["via"], "host": request.headers["host"]}

    @web.get("/plain")
    def plain() -> Response:
        return Response("plain", headers={"Cache-Control": "no-store"})

    @web.get("/pieces")
    async def pieces() -> StreamingResponse:
        async def written() -> Any:
            for piece in ("a", "b", "c"):
                await asyncio.sleep(1)
                yield piece

        return StreamingResponse(written())

    @web.post("/orders")
    async def order(request: Request) -> Response:
        return Response(await request.body(), 201)

    @web.get("/boom")
    async def fails() -> None:
        raise ValueError("boom")

    return web


def test_asgi_application() -> None:
    """As an origin: in virtual time, with its body whole."""
    app, started = App(), list[str]()
    site = app.add(cloudfront.Distribution("site", shop(started), query_strings=["size"]))

    async def main(bus: Bus) -> None:
        before = bus.now()
        response = await bus[site].request("GET", "/hello/caf%C3%A9?size=20&other=1")
        assert (bus.now() - before).total_seconds() == 20
        found = response.json()
        assert (found["name"], found["size"], found["host"]) == ("café", 20, "origin-1.site.internal")
        assert found["via"].endswith(".cloudfront.net (CloudFront)")
        assert x_cache(await bus[site].request("GET", "/hello/caf%C3%A9?size=20")) == HIT
        assert started == ["café"]
        assert (await bus[site].request("GET", "/plain")).text == "plain"
        assert x_cache(await bus[site].request("GET", "/plain")) == MISS
        assert (await bus[site].request("GET", "/pieces")).text == "abc"
        posted = await bus[site].request("POST", "/orders", body=b"\x00\xff")
        assert (posted.status, posted.body) == (201, b"\x00\xff")
        assert (await bus[site].request("GET", "/nowhere")).status == 404

    running(app, main)


def test_requests_to_an_application_run_side_by_side() -> None:
    """Each takes its own time."""
    app = App()
    site = app.add(cloudfront.Distribution("site", shop([]), query_strings="all"))

    async def main(bus: Bus) -> None:
        before = bus.now()
        async with asyncio.TaskGroup() as group:
            for size in (5, 10, 15):
                group.create_task(bus[site].request("GET", f"/hello/you?size={size}"))
        assert (bus.now() - before).total_seconds() == 15

    running(app, main)


def test_application_that_is_too_late_or_fails(caplog: pytest.LogCaptureFixture) -> None:
    """504 after 30 s; 500 for an exception, which is logged; both are kept for ten seconds."""
    app, started = App(), list[str]()
    site = app.add(cloudfront.Distribution("site", shop(started), query_strings="all"))

    async def main(bus: Bus) -> None:
        before = bus.now()
        late = await bus[site].request("GET", "/hello/you?size=31")
        assert (late.status, (bus.now() - before).total_seconds()) == (504, 30)
        assert (await bus[site].request("GET", "/hello/you?size=31")).status == 504
        assert started == ["you"]
        with caplog.at_level(logging.ERROR, "eventbus.hosted"):
            failed = await bus[site].request("GET", "/boom")
        assert (failed.status, failed.text) == (500, "Internal Server Error")
        await bus.settle()

    running(app, main)
    assert [record.name for record in caplog.records] == ["eventbus.hosted"]


def test_function_may_choose_another_origin() -> None:
    """By its domain name, as in the guide's examples."""
    app = App()
    uploads, work = app.add(s3.Bucket("uploads")), app.function(hello)
    url = app.add(functionurl.Url(work))

    @app.function
    async def choose(event: EdgeEvent, context: Any) -> EdgeRequest:
        request = event["Records"][0]["cf"]["request"]
        if request["uri"].startswith("/files/"):
            domain = "uploads.s3.us-east-1.amazonaws.com"
            origin: Any = {"authMethod": "none", "customHeaders": {}, "domainName": domain, "path": "", "region": ""}
            request["origin"] = {"s3": origin}
            request["headers"]["host"] = [{"key": "Host", "value": domain}]
        return request

    site = app.add(cloudfront.Distribution("site", url, origin_request=choose, origins=[uploads]))

    async def main(bus: Bus) -> None:
        await bus[uploads].put_object("files/a", "from the bucket")
        assert (await bus[site].request("GET", "/files/a")).text == "from the bucket"
        assert (await bus[site].request("GET", "/a")).text == "hello /a"

    running(app, main)


def test_behaviors_lead_to_their_origins() -> None:
    """An application for pages, a bucket for pictures."""
    app = App()
    pictures = app.add(s3.Bucket("pictures"))
    site = app.add(
        cloudfront.Distribution(
            "site", shop([]), cache_behaviors=[cloudfront.CacheBehavior("/pictures/*", pictures, default_ttl=0)]
        )
    )

    async def main(bus: Bus) -> None:
        await bus[pictures].put_object("pictures/a.png", b"\x89PNG")
        assert (await bus[site].request("GET", "/pictures/a.png")).body == b"\x89PNG"
        assert x_cache(await bus[site].request("GET", "/pictures/a.png")) == MISS
        assert (await bus[site].request("GET", "/plain")).text == "plain"

    running(app, main)


def test_answer_in_pieces_goes_through() -> None:
    """A function URL that streams: the viewer has it whole, the cache has none of it."""
    app = App()

    @app.function
    async def writes(event: Any, context: Any) -> Any:
        yield {"statusCode": 200, "headers": {"cache-control": "max-age=60"}}
        for piece in ("a", "b"):
            await asyncio.sleep(1)
            yield piece

    url = app.add(functionurl.Url(writes, invoke_mode="RESPONSE_STREAM"))
    site = app.add(cloudfront.Distribution("site", url))

    async def main(bus: Bus) -> None:
        assert (await bus[site].request("GET", "/")).text == "ab"
        assert x_cache(await bus[site].request("GET", "/")) == MISS

    running(app, main)


# ------------------------------------------------------------ points
def test_all_points_see_one_request() -> None:
    """Under one id, `def` and `async def` alike; a hit passes the viewer points alone."""
    app = App()
    seen: list[tuple[str, str]] = []

    def watch(event: EdgeEvent, context: Any) -> Any:
        cf = event["Records"][0]["cf"]
        seen.append((cf["config"]["eventType"], cf["config"]["requestId"]))
        return cf["response"] if "response" in cf else cf["request"]

    work, edge = app.function(hello), app.function(watch)
    site = app.add(
        cloudfront.Distribution(
            "site",
            app.add(functionurl.Url(work)),
            viewer_request=edge,
            origin_request=edge,
            origin_response=edge,
            viewer_response=edge,
        )
    )

    async def main(bus: Bus) -> None:
        miss = await bus[site].request("GET", "/a")
        hit = await bus[site].request("GET", "/a")
        ids = [miss.header("x-amz-cf-id"), hit.header("x-amz-cf-id")]
        assert seen == [
            *[(point, ids[0]) for point in ("viewer-request", "origin-request", "origin-response", "viewer-response")],
            *[(point, ids[1]) for point in ("viewer-request", "viewer-response")],
        ]

    running(app, main)


def test_guide_examples() -> None:
    """A redirect made at viewer-request, a header added at viewer-response, a page in place of an error."""
    app = App()

    @app.function
    def login(event: EdgeEvent, context: Any) -> Any:
        request = event["Records"][0]["cf"]["request"]
        if "cookie" in request["headers"]:
            return request
        return {"status": "302", "headers": {"location": [{"value": "/login"}]}}

    @app.function
    def secure(event: EdgeEvent, context: Any) -> EdgeResponse:
        response = event["Records"][0]["cf"]["response"]
        response["headers"]["strict-transport-security"] = [{"value": "max-age=63072000"}]
        return response

    @app.function
    def friendly(event: EdgeEvent, context: Any) -> Any:
        response: Any = event["Records"][0]["cf"]["response"]
        if int(response["status"]) >= 400:
            response.update(status=200, statusDescription="OK", body="Sorry")
        return response

    uploads = app.add(s3.Bucket("uploads"))
    settings: Any = {"viewer_request": login, "origin_response": friendly, "viewer_response": secure}
    site = app.add(cloudfront.Distribution("site", uploads, **settings))

    async def main(bus: Bus) -> None:
        anonymous = await bus[site].request("GET", "/a")
        assert (anonymous.status, anonymous.header("location")) == (302, "/login")
        assert x_cache(anonymous) == "LambdaGeneratedResponse from cloudfront"
        sorry = await bus[site].request("GET", "/a", headers={"Cookie": "a=1"})
        assert (sorry.status, sorry.text) == (200, "Sorry")
        await bus[uploads].put_object("b", "fine")
        fine = await bus[site].request("GET", "/b", headers={"Cookie": "a=1"})
        assert fine.header("strict-transport-security") == "max-age=63072000"

    running(app, main)


def test_function_that_fails_times_out_or_is_throttled() -> None:
    """503 at once, after its timeout, at once; the reason is in the trace."""
    app = App()

    @app.function(timeout=5, reserved_concurrent_executions=1)
    async def edge(event: EdgeEvent, context: Any) -> Any:
        match event["Records"][0]["cf"]["request"]["uri"]:
            case "/boom":
                raise ValueError("boom")
            case "/slow":
                await asyncio.sleep(60)
        return event["Records"][0]["cf"]["request"]

    site = app.add(cloudfront.Distribution("site", app.add(s3.Bucket("uploads")), viewer_request=edge))

    async def main(bus: Bus) -> None:
        failed = await bus[site].request("GET", "/boom")
        assert (failed.status, x_cache(failed)) == (503, "LambdaExecutionError from cloudfront")
        before = bus.now()
        slow = asyncio.create_task(bus[site].request("GET", "/slow"))
        await asyncio.sleep(1)
        throttled = await bus[site].request("GET", "/a")
        assert (throttled.status, x_cache(throttled)) == (503, "LambdaLimitExceeded from cloudfront")
        assert ((await slow).status, (bus.now() - before).total_seconds()) == (503, 5)
        for response, reason in (
            (failed, "viewer-request: HandlerFailed"),
            (throttled, "viewer-request: ReservedFunctionConcurrentInvocationLimitExceeded"),
            (await slow, "viewer-request: TimedOut"),
        ):
            assert f"answered 503: {reason}" in str(bus.trace(response.header("x-amz-cf-id")))

    running(app, main)


def test_function_that_asks_its_own_distribution_is_stopped() -> None:
    """The chain of requests is followed through the edge."""
    app = App()

    @app.function(timeout=30)
    async def edge(event: EdgeEvent, context: Any) -> Any:
        bus: Any = current_bus()
        inner = await bus[site].request("GET", "/again")
        return {"status": "200", "body": str(inner.status)}

    site = app.add(cloudfront.Distribution("site", app.add(s3.Bucket("uploads")), viewer_request=edge))

    async def main(bus: Bus) -> None:
        assert (await bus[site].request("GET", "/")).status == 200
        assert len(bus.invocations(edge)) == 16

    running(app, main)


@pytest.mark.parametrize(("excluded", "status"), [(["content-length"], 200), ([], 502)])
def test_mangum_at_the_edge(excluded: list[str], status: int) -> None:
    """An application as a function: it answers at the edge, without the header that is read-only there."""
    app = App()
    edge = app.function(Mangum(shop([]), lifespan="off", exclude_headers=excluded), name="edge")
    uploads = app.add(s3.Bucket("uploads"))
    site = app.add(cloudfront.Distribution("site", uploads, viewer_request=edge, include_body=True))

    async def main(bus: Bus) -> None:
        response = await bus[site].request("GET", "/hello/you", headers={"Via": "1.1 proxy"})
        assert response.status == status
        if status == 200:
            found = response.json()
            assert (found["name"], found["via"], found["host"]) == ("you", "1.1 proxy", site.host)
            assert x_cache(response) == "LambdaGeneratedResponse from cloudfront"
        else:
            assert x_cache(response) == "LambdaValidationError from cloudfront"

    running(app, main)


# ------------------------------------------------------------ permissions
def test_permissions_are_enforced() -> None:
    """The distribution must be allowed to invoke, and to read a bucket; who may not list is not told what is missing."""
    app = App()
    uploads, edge = app.add(s3.Bucket("uploads")), app.function(passes)
    site = app.add(cloudfront.Distribution("site", uploads, viewer_request=edge))

    async def main(bus: Bus) -> None:
        await bus[uploads].put_object("a", "secret")
        response = await bus[site].request("GET", "/a")
        assert (response.status, x_cache(response)) == (503, "LambdaExecutionError from cloudfront")
        assert "may not lambda:InvokeFunction" in str(bus.trace(response.header("x-amz-cf-id")))

    running(app, main, permissions="enforced")

    async def may_invoke(bus: Bus) -> None:
        await bus[uploads].put_object("a", "secret")
        denied = await bus[site].request("GET", "/a")
        assert (denied.status, "<Code>AccessDenied</Code>" in denied.text) == (403, True)
        assert "secret" not in denied.text
        assert bus.statistics().refused_permissions == 1

    app.grant(site, "lambda:InvokeFunction", edge)
    running(app, may_invoke, permissions="enforced")

    async def may_read(bus: Bus) -> None:
        await bus[uploads].put_object("a", "secret")
        assert (await bus[site].request("GET", "/a")).text == "secret"
        assert (await bus[site].request("GET", "/b")).status == 403

    app.grant(site, "s3:GetObject", uploads)
    running(app, may_read, permissions="enforced")

    async def may_list(bus: Bus) -> None:
        assert (await bus[site].request("GET", "/b")).status == 404

    app.grant(site, "s3:ListBucket", uploads)
    running(app, may_list, permissions="enforced")


def test_doors_and_applications_need_no_permission() -> None:
    """Anybody may ask them; but a door must be allowed to invoke."""
    app, site, work = url_app(cache_behaviors=[cloudfront.CacheBehavior("/plain", shop([]))])
    app.grant(app.resources[0], "lambda:InvokeFunction", work)

    async def main(bus: Bus) -> None:
        assert (await bus[site].request("GET", "/a")).text == "hello /a"
        assert (await bus[site].request("GET", "/plain")).text == "plain"

    running(app, main, permissions="enforced")


def test_origin_must_be_part_of_the_app() -> None:
    """As every target."""
    app = App()
    app.add(cloudfront.Distribution("site", s3.Bucket("uploads")))

    with pytest.raises(InvalidSetting, match="uploads is not part of this app"):
        app.start()


# ------------------------------------------------------------ the trace
def test_trace_of_a_request() -> None:
    """By the id that the viewer got: each point with its attempt, the origin, and why it was answered so."""
    app = App()
    edge, check = app.function(passes, name="edge"), app.function(passes, name="check")
    uploads = app.add(s3.Bucket("uploads"))
    site = app.add(cloudfront.Distribution("site", uploads, viewer_request=edge, origin_response=check))

    async def main(bus: Bus) -> None:
        response = await bus[site].request("GET", "/a")
        told = str(bus.trace(response.header("x-amz-cf-id")))
        order = [
            "GET /a",
            'handed to edge with {"Records"',
            "attempt of edge",
            "handed to uploads: GET /a",
            "fetched: 404 from uploads",
            'handed to check with {"Records"',
            "attempt of check",
            "answered 404: Error",
        ]
        places = [told.index(text) for text in order]
        assert places == sorted(places), told

    running(app, main)


# ------------------------------------------------------------ served
def test_distribution_as_an_application() -> None:
    """Mounted or served: any ASGI client speaks to it."""
    import httpx

    app, site, _ = url_app()

    async def main(bus: Bus) -> None:
        transport = httpx.ASGITransport(app=site.asgi(bus))
        async with httpx.AsyncClient(transport=transport, base_url=f"https://{site.host}") as client:
            first, second = await client.get("/a"), await client.head("/a")
        assert (first.status_code, first.text, first.headers["x-cache"]) == (200, "hello /a", MISS)
        assert first.headers["content-length"] == "8"
        assert (second.text, second.headers["x-cache"]) == ("", HIT)

    running(app, main)
