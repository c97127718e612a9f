"""Handlers written with the libraries that people use answer untouched behind the doors of API Gateway and behind
function URLs: as the same app does when it is served directly, but for what the reference names.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
import pytest
from attrs import field, frozen
from fastapi import FastAPI, HTTPException, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from mangum import Mangum

from eventbus import App, Bus, Function
from eventbus.core import http
from sources import apigateway, functionurl
from tests.helpers import virtually

Headers = Sequence[tuple[str, str]]
CLIENT = "203.0.113.9"
ALL_BYTES = bytes(range(256))
PARTS = b'--cut\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n\x00\xff\r\n--cut--\r\n'


# ------------------------------------------------------------------------------------------------- the app that is served
async def things() -> Response:
    return PlainTextResponse('{"name":"café €","n":[1,2.5,null]}', media_type="application/json")


async def page() -> Response:
    return HTMLResponse("<h1>Café</h1>")


async def moved() -> Response:
    return RedirectResponse("/things?a=1&b=%20c")


async def form() -> Response:
    return RedirectResponse("https://example.com/é?x=1", 303)


async def cookies() -> Response:
    response = PlainTextResponse("ok")
    response.set_cookie("a", "1", httponly=True)
    response.headers.append("set-cookie", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT")
    response.set_cookie("c", "3", max_age=60, samesite="strict")
    return response


async def repeated() -> Response:
    response = PlainTextResponse("ok")
    for name, value in (("x-tag", "red"), ("vary", "a"), ("x-tag", "blue"), ("x-other", "1"), ("vary", "b")):
        response.headers.append(name, value)
    return response


async def download() -> Response:
    return Response(ALL_BYTES, media_type="application/octet-stream")


async def upload(request: Request) -> Response:
    """What came, and what was said of it."""
    told = {"x-type": request.headers.get("content-type", "none"), "x-length": request.headers["content-length"]}
    return Response(await request.body(), media_type="application/octet-stream", headers=told)


async def asked(request: Request) -> dict[str, Any]:
    url = request.url
    return {
        "query": request.query_params.multi_items(),
        "sent": url.query,
        "tags": request.headers.getlist("x-tag"),
        "cookies": dict(request.cookies),
    }


async def where(request: Request) -> list[Any]:
    assert request.client is not None
    return [str(request.url), str(request.base_url), str(request.url_for("page")), request.client.host]


async def path(rest: str) -> str:
    return rest


async def number(n: int) -> int:
    return n


async def empty() -> Response:
    return Response(status_code=204)


async def nothing() -> Response:
    return Response()


async def unchanged() -> Response:
    return Response(status_code=304, headers={"etag": '"x"'})


async def guarded() -> Response:
    raise HTTPException(401, "no", {"WWW-Authenticate": "Basic"})


async def fails() -> Response:
    raise RuntimeError("boom")


async def large() -> Response:
    return PlainTextResponse("é" * 2_500_000)


async def size(request: Request) -> int:
    return len(await request.body())


async def streamed() -> Response:
    return StreamingResponse((f"data: {n}\n\n" for n in range(5)), media_type="text/event-stream")


def shop(**settings: Any) -> FastAPI:
    api = FastAPI(**settings)
    for method, pattern, endpoint in (
        ("GET HEAD", "/things", things),
        ("GET", "/page", page),
        ("GET", "/moved", moved),
        ("POST", "/form", form),
        ("GET", "/cookies", cookies),
        ("GET", "/repeated", repeated),
        ("GET", "/download", download),
        ("POST", "/upload", upload),
        ("GET", "/asked", asked),
        ("GET", "/where", where),
        ("GET", "/path/{rest:path}", path),
        ("GET", "/numbers/{n}", number),
        ("GET", "/tags/", page),
        ("GET DELETE", "/empty", empty),
        ("GET", "/nothing", nothing),
        ("GET", "/unchanged", unchanged),
        ("GET", "/guarded", guarded),
        ("GET", "/fails", fails),
        ("GET", "/large", large),
        ("PUT", "/size", size),
        ("GET", "/streamed", streamed),
    ):
        api.add_api_route(pattern, endpoint, methods=method.split(), response_model=None)
    api.add_middleware(
        CORSMiddleware,
        allow_origins=["https://a.example"],
        allow_methods=["PUT"],
        allow_headers=["X-A"],
        expose_headers=["X-B"],
        allow_credentials=True,
    )
    return api


# ------------------------------------------------------------------------------------------------------------- the doors
JSON = "application/json"
REMAPPED = ("authorization", "connection", "content-md5", "max-forwards", "user-agent", "www-authenticate")


def rest(app: App, function: Function[Any, Any], **settings: Any) -> Any:
    """Bodies that are no text are base64, as mangum wants it."""
    types = ["application/octet-stream", "multipart/form-data", "*/*"]
    api = app.add(apigateway.RestApi("shop", **{"binary_media_types": types, **settings}))
    for resource in ("/", "/{proxy+}"):
        app.add(apigateway.Method(api, "ANY", resource, function))
    return api


def http_api(app: App, function: Function[Any, Any], version: Any = "2.0", **settings: Any) -> Any:
    api = app.add(apigateway.HttpApi("shop", **settings))
    app.add(apigateway.Route(api, "$default", function, payload_format_version=version))
    return api


def url(app: App, function: Function[Any, Any], **settings: Any) -> Any:
    return app.add(functionurl.Url(function, **settings))


@frozen
class Kind:
    """A door, and what the reference says it does to the headers of an answer."""

    id: str
    declare: Callable[..., Any]
    prefix: str = ""
    content_type: str = JSON
    """Of an answer that names none: systems 2.3; of function URLs dg:urls-invocation. With payload 2.0 it is mangum
    that names it."""
    joined: str = ","
    """Between the values of a repeated header. Payload 1.0: systems 8, "merged multi and single header values"; 2.0 has
    one value a name (systems 2.3), and mangum joins them."""
    renamed: Mapping[str, str] = field(factory=dict)
    """REST: apigateway:api-gateway-known-issues; function URLs: field 2024-08."""

    def of(self, direct: httpx.Response) -> list[tuple[str, str]]:
        """The headers of the app, as they come out of this door; how long the body is, it counts itself."""
        lines = by_name(direct.headers.multi_items())
        found = [("set-cookie", value) for value in lines.pop("set-cookie", [])]
        for name, values in lines.items():
            shown = self.renamed.get(name, name)
            if shown != "content-length":
                found.append((shown, self.joined.join(values)))
        if "content-type" not in lines:
            found.append(("content-type", self.content_type))
        return sorted(found, key=lambda line: line[0])


KINDS = [
    Kind("rest", rest, "/prod", joined=", ", renamed={name: f"x-amzn-remapped-{name}" for name in REMAPPED}),
    Kind(
        "http-1.0",
        lambda app, function, **settings: http_api(app, function, "1.0", **settings),
        content_type="text/plain; charset=utf-8",
        joined=", ",
    ),
    Kind("http-2.0", http_api),
    Kind("url", url, renamed={"content-length": "x-amzn-remapped-content-length"}),
]
REST, HTTP_1, HTTP_2, URL = KINDS
kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)


def by_name(lines: Headers) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in lines:
        found.setdefault(name.lower(), []).append(value)
    return found


def named(lines: Headers) -> list[tuple[str, str]]:
    """By name, values of one name in their order; without the length of the body."""
    found = [(name.lower(), value) for name, value in lines if name.lower() != "content-length"]
    return sorted(found, key=lambda line: line[0])


@frozen
class Sent:
    id: str
    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""


def client_of(app: Any, door: Any) -> httpx.AsyncClient:
    """One that speaks to an ASGI app, at the address of the door."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(CLIENT, 4711))
    return httpx.AsyncClient(transport=transport, base_url=f"https://{door.host}")


async def ask(client: httpx.AsyncClient, sent: Sent, prefix: str = "") -> httpx.Response:
    return await client.request(sent.method, prefix + sent.target, headers=list(sent.headers), content=sent.body)


async def ask_bus(bus: Bus, door: Any, request: httpx.Request) -> http.Response:
    """The very same request."""
    target, body = request.url.raw_path.decode(), await request.aread()
    lines = request.headers.multi_items()
    response: http.Response = await bus[door].request(
        request.method, target, headers=lines, body=body, source_ip=CLIENT
    )
    return response


def served(kind: Kind, handler: Any, main: Callable[[Bus, Any], Any], **settings: Any) -> Any:
    """What `main(bus, door)` returns, with `handler` behind that door."""
    app = App()
    door = kind.declare(app, app.function(handler, name="shop", timeout=30), **settings)

    async def run() -> Any:
        async with app.start() as bus:
            return await main(bus, door)

    return virtually(run)


SHOP = shop()
TEXT = ("content-type", "text/plain")
ORIGIN = ("origin", "https://a.example")
PREFLIGHT = ("access-control-request-method", "PUT")

SAME = [
    Sent("json", "GET", "/things"),
    Sent("page", "GET", "/page"),
    Sent("redirect 307", "GET", "/moved"),
    Sent("redirect 303", "POST", "/form"),
    Sent("redirect to a slash", "GET", "/tags?a=1"),
    Sent("set cookies", "GET", "/cookies"),
    Sent("cookies", "GET", "/asked", [("cookie", "a=1; b=2")]),
    Sent("repeated headers of an answer", "GET", "/repeated"),
    Sent("download", "GET", "/download"),
    Sent("upload", "POST", "/upload", [("content-type", "application/octet-stream")], ALL_BYTES),
    Sent("multipart", "POST", "/upload", [("content-type", "multipart/form-data; boundary=cut")], PARTS),
    Sent("text that is none", "POST", "/upload", [TEXT], b"\xff\xfe"),
    Sent("json upload", "POST", "/upload", [("content-type", JSON)], '{"a": "é"}'.encode()),
    Sent("upload of no type", "POST", "/upload", (), b"plain"),
    Sent("empty upload", "POST", "/upload"),
    Sent("repeated query keys", "GET", "/asked?tag=a&tag=b&tag=a&x="),
    Sent("no query", "GET", "/asked?"),
    Sent("encoded query", "GET", "/asked?q=caf%C3%A9%26co&a%5B%5D=1"),
    Sent("one header", "GET", "/asked", [("x-tag", "red")]),
    Sent("encoded path", "GET", "/path/red%20flowers/caf%C3%A9%2Fbar"),
    Sent("odd path", "GET", "/path/a+b;c=d//e"),
    Sent("where", "GET", "/where?a=1"),
    Sent("204", "DELETE", "/empty"),
    Sent("304", "GET", "/unchanged"),
    Sent("empty body", "GET", "/nothing"),
    Sent("401", "GET", "/guarded"),
    Sent("404", "GET", "/missing"),
    Sent("405", "DELETE", "/things"),
    Sent("422", "GET", "/numbers/x"),
    Sent("500", "GET", "/fails"),
    Sent("root", "GET", "/"),
    Sent("head", "HEAD", "/things"),
    Sent("head of what is not", "HEAD", "/missing"),
    Sent("options", "OPTIONS", "/things"),
    Sent("preflight", "OPTIONS", "/things", [ORIGIN, PREFLIGHT, ("access-control-request-headers", "x-a")]),
    Sent("preflight refused", "OPTIONS", "/things", [("origin", "https://b.example"), PREFLIGHT]),
    Sent("another origin", "GET", "/things", [ORIGIN, ("cookie", "a=1")]),
    Sent("large", "GET", "/large"),
    Sent("streamed", "GET", "/streamed"),
    Sent("schema", "GET", "/openapi.json"),
]


@kinds
@pytest.mark.parametrize("sent", SAME, ids=lambda sent: sent.id)
def test_mangum_answers_as_the_app_does(kind: Kind, sent: Sent) -> None:
    """Over ASGI and by the client of the bus: the same status, body, and headers but for those the reference names."""

    async def main(bus: Bus, door: Any) -> None:
        direct = await ask(client_of(SHOP, door), sent)
        behind = await ask(client_of(door.asgi(bus), door), sent, kind.prefix)
        by_bus = await ask_bus(bus, door, behind.request)

        assert (behind.status_code, behind.content) == (direct.status_code, direct.content)
        assert named(behind.headers.multi_items()) == kind.of(direct)
        without = sent.method == "HEAD" or behind.status_code in (204, 304)
        assert behind.headers.get("content-length") == (None if without else str(len(direct.content)))

        assert (by_bus.status, by_bus.body) == (direct.status_code, direct.content)
        assert by_bus.header("content-length") is None
        assert named(by_bus.headers) == kind.of(direct)

    served(kind, Mangum(SHOP, lifespan="off"), main)


@frozen
class Differs:
    """A request that the app sees otherwise, and the words of the reference for it. `direct` and `behind` are the
    JSON that the app answers."""

    id: str
    kinds: Sequence[Kind]
    sent: Sent
    direct: Any
    behind: Any
    why: str


def sees(**seen: Any) -> dict[str, Any]:
    return {"query": [], "sent": "", "tags": [], "cookies": {}, **seen}


_TAGS = [("x-tag", "red"), ("x-other", "1"), ("x-tag", "blue")]
_TWICE = Sent("", "GET", "/asked", _TAGS)
_MIXED = Sent("", "GET", "/asked?b=1&a=2&b=3")
_PLUS = Sent("", "GET", "/asked?a=b%20c")
DIFFERS = [
    Differs(
        "repeated headers, 2.0",
        (HTTP_2, URL),
        _TWICE,
        sees(tags=["red", "blue"]),
        sees(tags=["red,blue"]),
        'systems 2.2: "repeated ones joined with a comma"; systems 7: which comma',
    ),
    Differs(
        "repeated headers, 1.0",
        (REST, HTTP_1),
        _TWICE,
        sees(tags=["red", "blue"]),
        sees(tags=["red, blue"]),
        'systems 2.2: "plain maps keep the last value, multiValue… all"; mangum joins those',
    ),
    Differs(
        "mixed query keys, 1.0",
        (REST, HTTP_1),
        _MIXED,
        sees(query=[["b", "1"], ["a", "2"], ["b", "3"]], sent="b=1&a=2&b=3"),
        sees(query=[["b", "1"], ["b", "3"], ["a", "2"]], sent="b=1&b=3&a=2"),
        'systems 2.2: "multiValue… all", by name',
    ),
    Differs(
        "query as it was sent, 1.0",
        (REST, HTTP_1),
        _PLUS,
        sees(query=[["a", "b c"]], sent="a=b%20c"),
        sees(query=[["a", "b c"]], sent="a=b+c"),
        'systems 2.2: "query values URL-decoded"; mangum encodes them anew',
    ),
    Differs(
        "mixed query keys, 2.0",
        (HTTP_2, URL),
        _MIXED,
        sees(query=[["b", "1"], ["a", "2"], ["b", "3"]], sent="b=1&a=2&b=3"),
        sees(query=[["b", "1"], ["a", "2"], ["b", "3"]], sent="b=1&a=2&b=3"),
        'none: systems 2.2, "rawQueryString as sent"',
    ),
    Differs(
        "path that is encoded twice, HTTP API",
        (HTTP_1, HTTP_2),
        Sent("", "GET", "/path/a%2525b"),
        "a%25b",
        "a%b",
        'systems 8: "rawPath: decoded"; mangum decodes it once more',
    ),
    Differs(
        "path that is encoded twice, others",
        (REST, URL),
        Sent("", "GET", "/path/a%2525b"),
        "a%25b",
        "a%25b",
        'none: systems 2.2, "path and path parameters stay encoded"',
    ),
]


@pytest.mark.parametrize(
    ("kind", "row"),
    [pytest.param(kind, row, id=f"{row.id}-{kind.id}") for row in DIFFERS for kind in row.kinds],
)
def test_what_the_app_sees_otherwise(kind: Kind, row: Differs) -> None:
    """By the event's form, which the reference describes."""

    async def main(bus: Bus, door: Any) -> None:
        direct = await ask(client_of(SHOP, door), row.sent)
        behind = await ask(client_of(door.asgi(bus), door), row.sent, kind.prefix)

        assert (direct.json(), behind.json()) == (row.direct, row.behind)

    served(kind, Mangum(SHOP, lifespan="off"), main)


@kinds
def test_mangum_takes_five_megabytes_of_text(kind: Kind) -> None:
    """As a text, which fits into an event of 6 MB; as base64 it would not."""
    sent = Sent("", "PUT", "/size", [TEXT], b"x" * 5_000_000)
    settings = {"binary_media_types": ["image/png"]} if kind is REST else {}

    async def main(bus: Bus, door: Any) -> None:
        behind = await ask(client_of(door.asgi(bus), door), sent, kind.prefix)

        assert behind.json() == 5_000_000

    served(kind, Mangum(SHOP, lifespan="off"), main, **settings)


@kinds
def test_five_megabytes_of_bytes_are_too_many(kind: Kind) -> None:
    """Base64 makes more than 6 MB of them (systems 2.3: event over 6 MB 413)."""
    sent = Sent("", "PUT", "/size", [("content-type", "image/png")], b"\xff" * 5_000_000)

    async def main(bus: Bus, door: Any) -> None:
        direct = await ask(client_of(SHOP, door), sent)
        behind = await ask(client_of(door.asgi(bus), door), sent, kind.prefix)

        assert (direct.status_code, behind.status_code) == (200, 413)

    served(kind, Mangum(SHOP, lifespan="off"), main)


@kinds
def test_set_cookies_keep_their_order(kind: Kind) -> None:
    """Each a line of its own, none joined."""
    wanted = [
        "a=1; HttpOnly; Path=/; SameSite=lax",
        "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
        "c=3; Max-Age=60; Path=/; SameSite=strict",
    ]

    async def main(bus: Bus, door: Any) -> None:
        response = await bus[door].request("GET", f"{kind.prefix}/cookies")

        assert response.header_list("set-cookie") == wanted

    served(kind, Mangum(SHOP, lifespan="off"), main)


@pytest.mark.parametrize(("kind", "stage"), [(REST, "prod"), (HTTP_1, "dev"), (HTTP_2, "dev")])
def test_mangum_behind_a_stage(kind: Kind, stage: str) -> None:
    """With `api_gateway_base_path` it strips what begins every path of that stage; links of the app have it again."""

    async def api(scope: Any, receive: Any, send: Any) -> None:
        await SHOP({**scope, "root_path": f"/{stage}"}, receive, send)

    async def main(bus: Bus, door: Any) -> None:
        client = client_of(door.asgi(bus), door)
        found = await client.get(f"/{stage}/where")
        answer = await client.get(f"/{stage}/path/{stage}/a%20b")
        missing = await client.get("/other/where")

        base = f"https://{door.host}/{stage}/"
        assert found.json() == [f"https://{door.host}/where", base, f"{base}page", CLIENT]
        assert answer.json() == f"{stage}/a b"
        assert missing.status_code == (403 if kind is REST else 404)

    served(kind, Mangum(api, lifespan="off", api_gateway_base_path=f"/{stage}"), main, stage=stage)


@kinds
def test_an_app_begins_and_ends_with_each_event(kind: Kind) -> None:
    """Mangum's `lifespan`, as in a function of Lambda."""
    from contextlib import asynccontextmanager

    told: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> Any:
        told.append("begins")
        yield
        told.append("ends")

    async def main(bus: Bus, door: Any) -> None:
        for _ in range(2):
            response = await bus[door].request("GET", f"{kind.prefix}/page")
            assert response.text == "<h1>Café</h1>"

    served(kind, Mangum(shop(lifespan=lifespan)), main)

    assert told == ["begins", "ends"] * 2


@kinds
def test_a_url_of_a_site_mounts_a_door(kind: Kind) -> None:
    """Behind a prefix of another ASGI application, which the door does not see."""
    from starlette.applications import Starlette
    from starlette.routing import Mount

    async def main(bus: Bus, door: Any) -> None:
        site = Starlette(routes=[Mount("/api", app=door.asgi(bus))])
        response = await client_of(site, door).get(f"/api{kind.prefix}/asked?x=1")
        deeper = await client_of(site, door).get(f"/api{kind.prefix}/path/api/a%20b")

        assert response.json()["query"] == [["x", "1"]]
        assert deeper.json() == "api/a b"

    served(kind, Mangum(SHOP, lifespan="off"), main)


def test_an_app_that_answers_at_once_answers_so_behind_a_streaming_url() -> None:
    """`RESPONSE_STREAM` asks for pieces, it needs none."""

    async def main(bus: Bus, door: Any) -> None:
        response = await bus[door].request("GET", "/cookies")

        assert (response.status, response.text) == (200, "ok")
        assert len(response.header_list("set-cookie")) == 3

    served(URL, Mangum(SHOP, lifespan="off"), main, invoke_mode="RESPONSE_STREAM")


# ------------------------------------------------------------------------------------------------------------ powertools
def resolver_of(kind: Kind) -> Any:
    """The event handler that powertools has for that door, with routes."""
    from aws_lambda_powertools import event_handler as handlers

    made = {
        "rest": handlers.APIGatewayRestResolver,
        "http-2.0": handlers.APIGatewayHttpResolver,
        "url": handlers.LambdaFunctionUrlResolver,
    }
    cors = handlers.CORSConfig(allow_origin="https://a.example", max_age=60, allow_credentials=True)
    app: Any = made[kind.id](cors=cors)
    register(app)
    return app


def register(app: Any) -> None:
    from aws_lambda_powertools.event_handler import Response as Answer
    from aws_lambda_powertools.event_handler.exceptions import NotFoundError
    from aws_lambda_powertools.shared.cookies import Cookie, SameSite

    def thing(id: str) -> dict[str, Any]:
        event = app.current_event
        query, headers = event.resolved_query_string_parameters, event.resolved_headers_field
        return {"id": id, "query": query, "agent": event.headers["user-agent"], "tags": headers.get("x-tag")}

    def created() -> Any:
        return Answer(201, JSON, app.current_event.body, headers={"X-A": "1"})

    def image() -> Any:
        return Answer(200, "image/png", ALL_BYTES)

    def cookies() -> Any:
        given = [Cookie("a", "1", path="/"), Cookie("b", "2", same_site=SameSite.STRICT_MODE)]
        return Answer(200, "text/plain", "ok", cookies=given, headers={"X-Tag": ["red", "blue"]})

    def moved() -> Any:
        return Answer(307, "text/plain", "", headers={"Location": "/things/7"})

    def missing() -> Any:
        raise NotFoundError("none of that")

    app.get("/things/<id>")(thing)
    app.post("/things")(created)
    app.get("/image")(image)
    app.get("/cookies")(cookies)
    app.get("/packed", compress=True, cache_control="max-age=60")(lambda: {"a": "é" * 100})
    app.get("/moved")(moved)
    app.get("/none")(missing)
    app.get("/empty")(lambda: Answer(204))


ALLOWED = [
    ("access-control-allow-credentials", "true"),
    ("access-control-allow-headers", "Authorization,Content-Type,X-Amz-Date,X-Amz-Security-Token,X-Api-Key"),
    ("access-control-allow-origin", "https://a.example"),
    ("access-control-max-age", "60"),
]
THING: dict[str, Any] = {"id": "7", "query": {}, "agent": "x", "tags": None}
AGENT = ("user-agent", "x")
TYPED = [("content-type", JSON)]


@frozen
class Answered:
    """What powertools answers, `body` JSON or bytes. Without a content type it is the door's own."""

    sent: Sent
    status: int
    headers: Headers
    body: Any


POWERTOOLS = [
    Answered(Sent("json", "GET", "/things/7", [AGENT]), 200, TYPED, THING),
    Answered(
        Sent("repeated query keys", "GET", "/things/7?tag=a&tag=b%20c", [AGENT]),
        200,
        TYPED,
        {**THING, "query": {"tag": ["a", "b c"]}},
    ),
    Answered(
        Sent("repeated headers", "GET", "/things/7", [AGENT, *_TAGS]), 200, TYPED, {**THING, "tags": ["red", "blue"]}
    ),
    Answered(Sent("post", "POST", "/things", TYPED, b'{"a": 1}'), 201, [*TYPED, ("x-a", "1")], {"a": 1}),
    Answered(
        Sent("bytes", "GET", "/image", [("accept", "image/png")]), 200, [("content-type", "image/png")], ALL_BYTES
    ),
    Answered(
        Sent("cookies", "GET", "/cookies"),
        200,
        [
            ("content-type", "text/plain"),
            ("set-cookie", "a=1; Path=/; Secure"),
            ("set-cookie", "b=2; Secure; SameSite=Strict"),
            ("x-tag", "red, blue"),
        ],
        b"ok",
    ),
    Answered(Sent("redirect", "GET", "/moved"), 307, [("content-type", "text/plain"), ("location", "/things/7")], b""),
    Answered(Sent("404 of the app", "GET", "/none"), 404, TYPED, {"statusCode": 404, "message": "none of that"}),
    Answered(Sent("404 of no route", "GET", "/what"), 404, TYPED, {"statusCode": 404, "message": "Not found"}),
    Answered(Sent("no body", "GET", "/empty"), 204, [], b""),
    Answered(Sent("another origin", "GET", "/things/7", [AGENT, ORIGIN]), 200, [*ALLOWED, *TYPED], THING),
    Answered(
        Sent("preflight", "OPTIONS", "/things/7", [ORIGIN, PREFLIGHT]),
        204,
        [*ALLOWED[:2], ("access-control-allow-methods", "GET,OPTIONS,POST"), *ALLOWED[2:]],
        b"",
    ),
]
DEFAULT_TYPES = {"rest": JSON, "http-2.0": "text/plain; charset=utf-8", "url": JSON}
"""Systems 2.3: "No content type given"; of function URLs dg:urls-invocation."""
resolvers = pytest.mark.parametrize("kind", [REST, HTTP_2, URL], ids=lambda kind: kind.id)


@resolvers
@pytest.mark.parametrize("row", POWERTOOLS, ids=lambda row: row.sent.id)
def test_event_handlers_of_powertools(kind: Kind, row: Answered) -> None:
    """`resolve` as the handler, at each of its doors."""
    app, sent = resolver_of(kind), row.sent

    async def main(bus: Bus, door: Any) -> None:
        response = await bus[door].request(sent.method, kind.prefix + sent.target, headers=sent.headers, body=sent.body)

        headers = list(row.headers)
        if not any(name == "content-type" for name, _ in headers):
            headers.append(("content-type", DEFAULT_TYPES[kind.id]))
        assert response.status == row.status
        assert named(response.headers) == sorted(headers, key=lambda line: line[0])
        assert (response.body if isinstance(row.body, bytes) else response.json()) == row.body

    served(kind, app.resolve, main, **({"binary_media_types": ["image/png"]} if kind is REST else {}))


@pytest.mark.parametrize(("kind", "id"), [(REST, "a%2525b"), (HTTP_2, "a%25b"), (URL, "a%2525b")])
def test_encoded_path_of_powertools(kind: Kind, id: str) -> None:
    """It decodes none: systems 8, "rawPath: decoded", is HTTP APIs alone."""

    async def main(bus: Bus, door: Any) -> None:
        response = await bus[door].request("GET", f"{kind.prefix}/things/a%2525b", headers=[AGENT])

        assert response.json()["id"] == id

    served(kind, resolver_of(kind).resolve, main)


@resolvers
def test_compressed_answer_of_powertools(kind: Kind) -> None:
    """Text of its app, bytes on the wire."""

    async def main(bus: Bus, door: Any) -> None:
        client = client_of(door.asgi(bus), door)
        packed = await client.get(f"{kind.prefix}/packed", headers={"accept-encoding": "gzip"})
        plain = await client.get(f"{kind.prefix}/packed", headers={"accept-encoding": "identity"})

        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
        assert packed.json() == plain.json() == {"a": "é" * 100}
        assert packed.headers["cache-control"] == "max-age=60"

    served(kind, resolver_of(kind).resolve, main)


def event_of(kind: Kind, sent: Sent) -> Any:
    """As a handler gets it."""
    seen: list[Any] = []

    def handler(event: Any, context: Any) -> Any:
        seen.append(event)
        return {"statusCode": 200}

    async def main(bus: Bus, door: Any) -> None:
        target = kind.prefix + sent.target
        await bus[door].request(sent.method, target, headers=sent.headers, body=sent.body, source_ip=CLIENT)

    served(kind, handler, main)
    return seen[0]


_ORDER = Sent(
    "",
    "POST",
    "/orders/7?tag=a&tag=b",
    [("content-type", JSON), ("cookie", "a=1; b=2"), ("user-agent", "x")],
    b'{"n": 1}',
)


@kinds
def test_parser_models_of_powertools(kind: Kind) -> None:
    """Read the events of each door."""
    from aws_lambda_powertools.utilities.parser import models, parse

    model: Any = {
        "rest": models.APIGatewayProxyEventModel,
        "http-1.0": models.APIGatewayProxyEventModel,
        "http-2.0": models.APIGatewayProxyEventV2Model,
        "url": models.LambdaFunctionUrlModel,
    }[kind.id]
    event = event_of(kind, _ORDER)

    parsed = parse(event=event, model=model)

    assert str(parsed.requestContext.stage) == ("prod" if kind is REST else "$default")
    if kind in (REST, HTTP_1):
        assert (parsed.path, parsed.httpMethod) == ("/orders/7", "POST")
        assert parsed.multiValueQueryStringParameters == {"tag": ["a", "b"]}
        assert str(parsed.requestContext.identity.sourceIp) == f"{CLIENT}/32"
    else:
        assert (parsed.rawPath, parsed.requestContext.http.method) == ("/orders/7", "POST")
        assert parsed.queryStringParameters == {"tag": "a,b"}
        assert parsed.cookies == ["a=1", "b=2"]
        assert str(parsed.requestContext.http.sourceIp) == f"{CLIENT}/32"
    if kind is not REST:  # with */* its bodies are base64
        assert parsed.body == '{"n": 1}'


@kinds
def test_data_classes_of_powertools(kind: Kind) -> None:
    """Read them too."""
    from aws_lambda_powertools.utilities import data_classes

    made: Any = {
        "rest": data_classes.APIGatewayProxyEvent,
        "http-1.0": data_classes.APIGatewayProxyEvent,
        "http-2.0": data_classes.APIGatewayProxyEventV2,
        "url": data_classes.LambdaFunctionUrlEvent,
    }[kind.id]
    event = made(event_of(kind, _ORDER))

    assert (event.path, event.http_method) == ("/orders/7", "POST")
    assert event.resolved_query_string_parameters == {"tag": ["a", "b"]}
    assert event.json_body == {"n": 1}
    assert event.headers["User-Agent"] == "x"
    if kind in (REST, HTTP_1):
        assert event.request_context.identity.source_ip == CLIENT
    else:
        assert event.cookies == ["a=1", "b=2"]
        assert event.request_context.http.source_ip == CLIENT


# ----------------------------------------------------------------------------------------------------------- authorizers
def guarded_by(kind: Kind, check: Any, **settings: Any) -> tuple[App, Any, Function[Any, Any]]:
    """An API whose function tells what `check` said of its caller."""
    app = App()

    @app.function
    def work(event: Any, context: Any) -> Any:
        authorizer = event["requestContext"]["authorizer"]
        authorizer.pop("integrationLatency", None)
        return {"statusCode": 200, "body": json.dumps(authorizer)}

    authorizer = apigateway.Authorizer(app.function(check, name="check"), **settings)
    if kind is REST:
        api: Any = app.add(apigateway.RestApi("shop"))
        for method in ("GET", "DELETE"):
            app.add(apigateway.Method(api, method, "/orders/{id}", work, authorizer=authorizer))
    else:
        api = app.add(apigateway.HttpApi("shop"))
        app.add(apigateway.Route(api, "ANY /orders/{id}", work, authorizer=authorizer))
    return app, api, work


def statuses(app: App, api: Any, *sent: Sent) -> list[tuple[int, Any]]:
    async def main() -> list[tuple[int, Any]]:
        async with app.start() as bus:
            found = [await bus[api].request(each.method, each.target, headers=each.headers) for each in sent]
            return [(response.status, response.json()) for response in found]

    return virtually(main)


def test_token_authorizer_of_powertools() -> None:
    """Its data class reads the question, its response allows one method and says who is asking."""
    from aws_lambda_powertools.utilities.data_classes import api_gateway_authorizer_event as events
    from aws_lambda_powertools.utilities.parser import models, parse

    def check(event: Any, context: Any) -> Any:
        assert parse(event=event, model=models.ApiGatewayAuthorizerToken).type == "TOKEN"
        asked = events.APIGatewayAuthorizerTokenEvent(event)
        if asked.authorization_token != "allow":
            raise Exception("Unauthorized")
        arn = asked.parsed_arn
        said = events.APIGatewayAuthorizerResponse.from_route_arn(
            asked.method_arn, principal_id="ada", context={"resource": arn.resource, "n": 1, "ok": True}
        )
        said.allow_route("GET", "/orders/*")
        return said.asdict()

    app, api, _ = guarded_by(REST, check, type="TOKEN")
    token = [("authorization", "allow")]

    found = statuses(
        app,
        api,
        Sent("", "GET", "/prod/orders/7", token),
        Sent("", "DELETE", "/prod/orders/7", token),
        Sent("", "GET", "/prod/orders/7", [("authorization", "no")]),
    )

    assert found == [
        (200, {"principalId": "ada", "resource": "orders/7", "n": "1", "ok": "true"}),
        (403, {"Message": "User is not authorized to access this resource"}),
        (401, {"message": "Unauthorized"}),
    ]


def test_request_authorizer_of_powertools() -> None:
    """As one that asks for tokens, with the request to look at."""
    from aws_lambda_powertools.utilities.data_classes import api_gateway_authorizer_event as events
    from aws_lambda_powertools.utilities.parser import models, parse

    def check(event: Any, context: Any) -> Any:
        assert parse(event=event, model=models.ApiGatewayAuthorizerRequest).type == "REQUEST"
        asked = events.APIGatewayAuthorizerRequestEvent(event)
        context = {"id": asked.path_parameters["id"], "ip": asked.request_context.identity.source_ip}
        said = events.APIGatewayAuthorizerResponse.from_route_arn(asked.method_arn, "ada", context)
        said.allow_all_routes()
        if asked.query_string_parameters["key"] == "bad":
            said.deny_route("GET", "/orders/*")
        return said.asdict()

    app, api, _ = guarded_by(REST, check, identity_source="method.request.querystring.key")

    found = statuses(
        app,
        api,
        Sent("", "GET", "/prod/orders/7?key=a"),
        Sent("", "GET", "/prod/orders/7?key=bad"),
        Sent("", "GET", "/prod/orders/7"),
    )

    assert found == [
        (200, {"principalId": "ada", "id": "7", "ip": "127.0.0.1"}),
        (403, {"Message": "User is not authorized to access this resource with an explicit deny"}),
        (401, {"message": "Unauthorized"}),
    ]


def test_simple_authorizer_of_powertools() -> None:
    """Of HTTP APIs, in the second format; what it says stays JSON."""
    from aws_lambda_powertools.utilities.data_classes import api_gateway_authorizer_event as events
    from aws_lambda_powertools.utilities.parser import models, parse

    def check(event: Any, context: Any) -> Any:
        assert parse(event=event, model=models.ApiGatewayAuthorizerRequestV2).type == "REQUEST"
        asked = events.APIGatewayAuthorizerEventV2(event)
        said = {
            "route": asked.route_key,
            "id": asked.path_parameters["id"],
            "n": 1,
            "method": asked.parsed_arn.http_method,
        }
        return events.APIGatewayAuthorizerResponseV2(asked.identity_source == ["allow"], said).asdict()

    app, api, _ = guarded_by(
        HTTP_2, check, enable_simple_responses=True, identity_source="$request.header.Authorization"
    )

    found = statuses(
        app,
        api,
        Sent("", "GET", "/orders/7", [("authorization", "allow")]),
        Sent("", "GET", "/orders/7", [("authorization", "no")]),
        Sent("", "GET", "/orders/7"),
    )

    assert found == [
        (200, {"lambda": {"route": "ANY /orders/{id}", "id": "7", "n": 1, "method": "GET"}}),
        (403, {"message": "Forbidden"}),
        (401, {"message": "Unauthorized"}),
    ]


def test_functions_of_a_websocket_api_read_with_powertools() -> None:
    """Its models and its data class; its response lets the connection in."""
    from aws_lambda_powertools.utilities.data_classes import APIGatewayWebSocketEvent
    from aws_lambda_powertools.utilities.data_classes import api_gateway_authorizer_event as events
    from aws_lambda_powertools.utilities.parser import models, parse

    app, seen = App(), list[str]()
    by_type: dict[str, Any] = {
        "CONNECT": models.APIGatewayWebSocketConnectEventModel,
        "MESSAGE": models.APIGatewayWebSocketMessageEventModel,
        "DISCONNECT": models.APIGatewayWebSocketDisconnectEventModel,
    }

    @app.function
    def check(event: Any, context: Any) -> Any:
        said = events.APIGatewayAuthorizerResponseWebSocket.from_route_arn(event["methodArn"], "ada")
        said.allow_all_routes()
        return said.asdict()

    @app.function
    def work(event: Any, context: Any) -> Any:
        read = APIGatewayWebSocketEvent(event)
        model = parse(event=event, model=by_type[read.request_context.event_type])
        assert model.request_context.connection_id == read.request_context.connection_id
        seen.append(read.request_context.route_key)
        return {"statusCode": 200, "body": read.body}

    api = app.add(apigateway.WebSocketApi("chat"))
    authorizer = apigateway.Authorizer(check, identity_source="route.request.header.Authorization")
    app.add(apigateway.Route(api, "$connect", work, authorizer=authorizer))
    app.add(apigateway.Route(api, "$default", work, route_response=True))
    app.add(apigateway.Route(api, "$disconnect", work))

    async def main() -> str:
        async with app.start() as bus:
            socket = await bus[api].connect("/prod?room=7", headers={"authorization": "x"})
            await socket.send("hello")
            answer = await socket.receive()
            await socket.close()
            await bus.settle()
            return answer

    assert virtually(main) == "hello"
    assert seen == ["$connect", "$default", "$disconnect"]


# --------------------------------------------------------------------------------------------------------------- chalice
def pets() -> Any:
    """An app of chalice."""
    from chalice.app import Chalice, NotFoundError, Response

    app: Any = Chalice("pets", configure_logs=False)
    app.api.binary_types.append("image/png")

    def things() -> Any:
        return {"name": "café €", "n": [1, 2.5, None]}

    def pet(id: str) -> Any:
        asked = app.current_request
        query = {name: asked.query_params.getlist(name) for name in asked.query_params or {}}
        return {"id": id, "method": asked.method, "query": query, "tag": asked.headers.get("x-tag")}

    def created() -> Any:
        return Response({"got": app.current_request.json_body}, status_code=201, headers={"X-A": "1"})

    def page() -> Any:
        return Response("<h1>é</h1>", headers={"Content-Type": "text/html; charset=utf-8"})

    def image() -> Any:
        return Response(ALL_BYTES, headers={"Content-Type": "image/png"})

    def upload() -> Any:
        return Response(app.current_request.raw_body, headers={"Content-Type": "image/png"})

    def cookies() -> Any:
        given = ["a=1; Path=/", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"]
        return Response("ok", headers={"Set-Cookie": given, "X-Tag": ["red", "blue"], "Content-Type": "text/plain"})

    def form() -> Any:
        return {"form": app.current_request.raw_body.decode()}

    def moved() -> Any:
        return Response("", status_code=307, headers={"Location": "/things"})

    def missing() -> Any:
        raise NotFoundError("none of that")

    app.route("/", name="root")(things)
    app.route("/things")(things)
    app.route("/pets/{id}", methods=["GET", "DELETE"])(pet)
    app.route("/pets", methods=["POST"])(created)
    app.route("/page")(page)
    app.route("/image")(image)
    app.route("/upload", methods=["POST"], content_types=["image/png"])(upload)
    app.route("/cookies")(cookies)
    app.route("/form", methods=["POST"], content_types=["application/x-www-form-urlencoded"])(form)
    app.route("/moved")(moved)
    app.route("/none")(missing)
    app.route("/empty")(lambda: Response("", status_code=204))
    app.route("/fails")(lambda: 1 / 0)
    return app


_PNG = ("accept", "image/png")
CHALICE = [
    Sent("root", "GET", "/"),
    Sent("json", "GET", "/things"),
    Sent("query and header", "GET", "/pets/7?tag=a&tag=b%20c&x=", [("x-tag", "1")]),
    Sent("no query", "GET", "/pets/7"),
    Sent("encoded path", "DELETE", "/pets/a%2525b%20c"),
    Sent("post", "POST", "/pets", [("content-type", JSON)], '{"a": "é"}'.encode()),
    Sent("post of no json", "POST", "/pets", [("content-type", JSON)], b"{"),
    Sent("post of another type", "POST", "/pets", [("content-type", "text/xml")], b"<a/>"),
    Sent("page", "GET", "/page"),
    Sent("download", "GET", "/image", [_PNG]),
    Sent("download that is not accepted", "GET", "/image", [("accept", "text/html")]),
    Sent("upload", "POST", "/upload", [("content-type", "image/png"), _PNG], ALL_BYTES),
    Sent("cookies", "GET", "/cookies"),
    Sent("form", "POST", "/form", [("content-type", "application/x-www-form-urlencoded")], b"a=1&b=%20"),
    Sent("redirect", "GET", "/moved"),
    Sent("404", "GET", "/none"),
    Sent("204", "GET", "/empty"),
    Sent("500", "GET", "/fails"),
]


def deployed(chalice: Any) -> tuple[App, Any]:
    """A method for each route, as `chalice deploy` makes them."""
    app = App()
    function = app.function(chalice, name="pets")
    api = app.add(apigateway.RestApi("pets", stage="api", binary_media_types=chalice.api.binary_types))
    for resource, methods in chalice.routes.items():
        for method in methods:
            app.add(apigateway.Method(api, method, resource, function))
    return app, api


@pytest.mark.parametrize("sent", CHALICE, ids=lambda sent: sent.id)
def test_chalice_answers_as_its_own_client_says(sent: Sent) -> None:
    """Which calls the app in process; of repeated headers and content types as the reference has them."""
    from chalice.test import Client

    chalice = pets()
    app, api = deployed(chalice)
    direct = Client(chalice).http.request(sent.method, sent.target, dict(sent.headers), sent.body)

    async def main() -> None:
        async with app.start() as bus:
            behind = await bus[api].request(sent.method, f"/api{sent.target}", headers=sent.headers, body=sent.body)

            assert (behind.status, behind.body) == (direct.status_code, direct.body)
            assert named(behind.headers) == REST.of(as_httpx(direct))

    virtually(main)


def as_httpx(direct: Any) -> httpx.Response:
    """A line for each value."""
    lines = []
    for name, value in direct.headers.items():
        lines += [(name, each) for each in (value if isinstance(value, list) else [value])]
    return httpx.Response(direct.status_code, headers=lines)


def test_route_that_chalice_has_not() -> None:
    """Never gets there: the API answers (systems 2.3: no such resource or method 403)."""
    app, api = deployed(pets())

    async def main() -> None:
        async with app.start() as bus:
            for method, target in (("GET", "/api/what"), ("PUT", "/api/things"), ("GET", "/api/pets/1/2")):
                response = await bus[api].request(method, target)
                assert (response.status, response.json()) == (403, {"message": "Missing Authentication Token"})

    virtually(main)


def test_authorizer_of_chalice() -> None:
    """What its decorator makes of a function is the authorizer's handler. Without routes nothing is allowed (field
    2018-10)."""
    from chalice.app import AuthResponse, Chalice

    chalice: Any = Chalice("pets", configure_logs=False)

    def check(request: Any) -> Any:
        routes: list[Any] = ["/orders/*"] if request.token == "allow" else []
        return AuthResponse(routes=routes, principal_id="ada", context={"token": request.token})

    made = chalice.authorizer(name="check")(check)
    app, api, _ = guarded_by(REST, made, type="TOKEN")
    chalice.route("/orders/{id}", methods=["GET"], authorizer=made)(lambda id: id)

    found = statuses(
        app,
        api,
        Sent("", "GET", "/prod/orders/7", [("authorization", "allow")]),
        Sent("", "GET", "/prod/orders/7", [("authorization", "no")]),
    )

    assert found == [
        (200, {"principalId": "ada", "token": "allow"}),
        (403, {"Message": "User is not authorized to access this resource"}),
    ]
