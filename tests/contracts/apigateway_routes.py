"""API Gateway as data: which route a request takes, and cross-origin requests of HTTP APIs.

Sources: "apigw" is apigateway:http-api-develop-routes and apigateway:http-api-cors, text of 2026; "proxy" is
apigateway:api-gateway-set-up-simple-proxy and set-up-lambda-proxy-integrations; "systems" systems.md; "fetch" the fetch
standard; "field" a public report of what AWS did, with its date; "unverified" general knowledge of the service, found
in no text read; "choice" is ours.
"""

from typing import Any, Literal, NamedTuple


class Routed(NamedTuple):
    """The route that `method` and `target` take, with its path parameters; None if there is none.

    `target` is as sent, with a named stage in front. Without a route a REST API answers 403 (Missing Authentication
    Token), an HTTP API 404 (Not Found): see `apigateway_outcomes`.
    """

    id: str
    api: Literal["rest", "http"]
    stages: list[str]
    routes: list[str]
    method: str
    target: str
    stage: str | None
    route: str | None
    path_parameters: dict[str, str]
    source: str


def _http(
    id: str,
    routes: list[str],
    method: str,
    target: str,
    route: str | None,
    source: str = "apigw",
    /,
    **path_parameters: str,
) -> Routed:
    stage = None if route is None else "$default"
    return Routed(f"http, {id}", "http", ["$default"], routes, method, target, stage, route, path_parameters, source)


def _rest(
    id: str, routes: list[str], request: str, route: str | None, source: str, /, **path_parameters: str
) -> Routed:
    method, _, path = request.partition(" ")
    stage = None if route is None else "prod"
    return Routed(
        f"rest, {id}", "rest", ["prod"], routes, method, f"/prod{path}", stage, route, path_parameters, source
    )


_GUIDE = ["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default"]

HTTP_ROUTES: list[Routed] = [
    # The guide's own table.
    _http("static", _GUIDE, "GET", "/pets/dog/1", "GET /pets/dog/1"),
    _http("variable", _GUIDE, "GET", "/pets/dog/2", "GET /pets/dog/{id}", id="2"),
    _http("greedy", _GUIDE, "GET", "/pets/cat/1", "GET /pets/{proxy+}", proxy="cat/1"),
    _http("greedy, any method", _GUIDE, "POST", "/test/5", "ANY /{proxy+}", proxy="test/5"),
    # What follows from it.
    _http("the order of routes counts for nothing", _GUIDE[::-1], "GET", "/pets/dog/1", "GET /pets/dog/1"),
    _http("greedy of another method", _GUIDE, "POST", "/pets/cat/1", "ANY /{proxy+}", proxy="pets/cat/1"),
    _http("variable of another method", _GUIDE, "POST", "/pets/dog/2", "ANY /{proxy+}", proxy="pets/dog/2"),
    _http("static of another method", _GUIDE, "DELETE", "/pets/dog/1", "ANY /{proxy+}", proxy="pets/dog/1"),
    _http("more segments than variables", _GUIDE, "GET", "/pets/dog/2/toys", "GET /pets/{proxy+}", proxy="dog/2/toys"),
    _http("no other matches", ["GET /pets", "$default"], "GET", "/cats", "$default"),
    _http("$default for another method", ["GET /pets", "$default"], "POST", "/pets", "$default"),
    _http("$default for the root", ["GET /pets", "$default"], "GET", "/", "$default"),
    _http("$default alone", ["$default"], "PUT", "/store/checkout", "$default"),
    _http("method before ANY", ["ANY /pets", "GET /pets"], "GET", "/pets", "GET /pets"),
    _http("ANY for the other methods", ["ANY /pets", "GET /pets"], "POST", "/pets", "ANY /pets"),
    _http("ANY in full before a greedy method", ["ANY /pets/{id}", "GET /{proxy+}"], "GET", "/pets/7", "ANY /pets/{id}", id="7"),
    _http("greedy before $default", ["OPTIONS /{proxy+}", "$default"], "OPTIONS", "/pets", "OPTIONS /{proxy+}", proxy="pets"),
    _http("longer greedy first", ["ANY /{proxy+}", "ANY /pets/{proxy+}"], "GET", "/pets/7", "ANY /pets/{proxy+}", proxy="7"),
    _http(
        "longer greedy of ANY, shorter of the method",
        ["GET /{proxy+}", "ANY /pets/{proxy+}"],
        "GET",
        "/pets/7",
        "ANY /pets/{proxy+}",
        "choice: the path before the method",
        proxy="7",
    ),
    _http(
        "static segment before a variable",
        ["GET /{kind}/7", "GET /pets/{id}"],
        "GET",
        "/pets/7",
        "GET /pets/{id}",
        "choice: the first segment that differs",
        id="7",
    ),
    _http("two variables", ["GET /{kind}/{id}"], "GET", "/pets/7", "GET /{kind}/{id}", kind="pets", id="7"),
    _http("root", ["GET /", "$default"], "GET", "/", "GET /"),
    _http("greedy with nothing behind the slash", ["ANY /handler/{proxy+}"], "POST", "/handler/", "ANY /handler/{proxy+}", "field 2022-02", proxy=""),
    _http("greedy is for children", ["ANY /handler/{proxy+}"], "POST", "/handler", None, "apigw: child resources"),
    _http("variable needs a segment", ["GET /pets/{id}"], "GET", "/pets", None, "unverified"),
    _http("letters count", ["GET /pets"], "GET", "/Pets", None, "unverified"),
    _http("none", ["GET /pets"], "GET", "/cats", None),
    _http("none of this method", ["GET /pets"], "POST", "/pets", None),
    # Stages first.
    Routed("http, named stage", "http", ["$default", "prod"], ["GET /pets"], "GET", "/prod/pets", "prod", "GET /pets", {}, "apigw"),
    Routed("http, no such stage: $default", "http", ["$default", "prod"], ["GET /pets"], "GET", "/pets", "$default", "GET /pets", {}, "apigw"),
    Routed("http, no such stage, and no $default", "http", ["prod"], ["GET /pets"], "GET", "/pets", None, None, {}, "apigw"),
    Routed("http, a stage before a route of $default", "http", ["$default", "pets"], ["GET /pets/{id}", "GET /{id}"], "GET", "/pets/7", "pets", "GET /{id}", {"id": "7"}, "apigw"),
]  # fmt: skip

_TREE = [
    "GET /pets",
    "GET /pets/{id}",
    "GET /pets/new",
    "ANY /pets/{id}/photos/{proxy+}",
    "ANY /{proxy+}",
    "POST /pets/{id}",
]

REST_ROUTES: list[Routed] = [
    _rest("static", _TREE, "GET /pets", "GET /pets", "proxy"),
    _rest("static before a variable", _TREE, "GET /pets/new", "GET /pets/new", "unverified"),
    _rest("variable", _TREE, "GET /pets/7", "GET /pets/{id}", "proxy", id="7"),
    _rest("variable before greedy", _TREE, "POST /pets/7", "POST /pets/{id}", "unverified", id="7"),
    _rest("greedy behind a variable", _TREE, "PUT /pets/7/photos/a/b", "ANY /pets/{id}/photos/{proxy+}", "proxy", id="7", proxy="a/b"),
    _rest("greedy for the rest", _TREE, "GET /cats/7", "ANY /{proxy+}", "proxy", proxy="cats/7"),
    _rest("method before ANY", ["ANY /pets", "GET /pets"], "GET /pets", "GET /pets", "apigw: all methods that are not defined"),
    _rest("ANY for the other methods", ["ANY /pets", "GET /pets"], "POST /pets", "ANY /pets", "apigw: likewise"),
    _rest("the resource is chosen before the method", _TREE, "POST /pets", None, "unverified"),
    _rest("greedy is for children", ["GET /files/{proxy+}"], "GET /files", None, "unverified"),
    _rest("greedy at the root is not the root", ["ANY /{proxy+}"], "GET /", None, "field 2019-05"),
    _rest("root", ["ANY /{proxy+}", "GET /"], "GET /", "GET /", "field 2019-05"),
    _rest("none", ["GET /pets"], "GET /cats", None, "systems"),
    _rest("none of this method", ["GET /pets"], "POST /pets", None, "systems"),
    _rest("letters count", ["GET /pets"], "GET /Pets", None, "unverified"),
]  # fmt: skip

ROUTES: list[Routed] = [*HTTP_ROUTES, *REST_ROUTES]


# ------------------------------------------------------------------------------------------------ CORS

Lines = dict[str, list[str]]


class Crossed(NamedTuple):
    """A request to an HTTP API with CORS (or without: `cors` is None), and the answer's access-control headers.

    `route` is the one whose function is invoked, None if the API answers itself (or has none). `answer_headers` are what
    the function gives, with status 200. `headers` are the access-control headers of the response, all of them; commas
    without blanks between several values (choice). Routes in `guarded` have an authorizer with the identity source
    `$request.header.Authorization`, the others have none.
    """

    id: str
    cors: dict[str, Any] | None
    routes: list[str]
    method: str
    target: str
    request_headers: list[tuple[str, str]]
    route: str | None
    answer_headers: dict[str, str]
    status: int
    headers: Lines
    source: str
    guarded: tuple[str, ...] = ()


_PAGE = "https://www.example.com"
_CORS: dict[str, Any] = {
    "allow_origins": [_PAGE, "https://app.example.com"],
    "allow_methods": ["GET", "POST"],
    "allow_headers": ["authorization", "x-tag"],
    "expose_headers": ["date", "x-api-id"],
    "max_age": 300,
    "allow_credentials": True,
}
_ANY: dict[str, Any] = {"allow_origins": ["*"], "allow_methods": ["*"], "allow_headers": ["*"]}
_ORIGIN = [("Origin", _PAGE)]
_ASKS = [("Access-Control-Request-Headers", "x-tag"), ("Access-Control-Request-Method", "POST"), ("Origin", _PAGE)]
_TOLD: Lines = {
    "access-control-allow-origin": [_PAGE],
    "access-control-allow-credentials": ["true"],
    "access-control-allow-methods": ["GET,POST"],
    "access-control-allow-headers": ["authorization,x-tag"],
    "access-control-max-age": ["300"],
}
_ADDED: Lines = {
    "access-control-allow-origin": [_PAGE],
    "access-control-allow-credentials": ["true"],
    "access-control-expose-headers": ["date,x-api-id"],
}
_EVERY = {"access-control-allow-origin": ["*"]}
_OTHER = [("Access-Control-Request-Method", "POST"), ("Origin", "https://elsewhere.example")]
_204 = "apigw; 204: unverified"


def _preflight(
    id: str,
    cors: dict[str, Any],
    asks: list[tuple[str, str]],
    headers: Lines,
    source: str,
    routes: list[str] | None = None,
) -> Crossed:
    return Crossed(id, cors, routes or ["GET /pets"], "OPTIONS", "/pets", asks, None, {}, 204, headers, source)


CORS: list[Crossed] = [
    # Asked beforehand: the API answers, no route is needed.
    _preflight("preflight", _CORS, _ASKS, _TOLD, _204),
    _preflight("preflight, any origin", _ANY, _ASKS, {**_EVERY, "access-control-allow-methods": ["*"], "access-control-allow-headers": ["*"]}, _204),
    _preflight("preflight, origins of a scheme", {"allow_origins": ["https://*"]}, _ASKS, {"access-control-allow-origin": [_PAGE]}, _204),
    _preflight("preflight, origin alone", {"allow_origins": [_PAGE]}, _ASKS, {"access-control-allow-origin": [_PAGE]}, _204),
    _preflight("preflight of another origin", _CORS, _OTHER, {}, "unverified"),
    _preflight("preflight, of another scheme", {"allow_origins": ["http://*"]}, _ASKS, {}, "apigw; nothing said: unverified"),
    _preflight("preflight, method not allowed", _CORS, [("Access-Control-Request-Method", "DELETE"), ("Origin", _PAGE)], _TOLD, "fetch: the browser compares; choice"),
    _preflight("preflight before an OPTIONS route", _CORS, _ASKS, _TOLD, "apigw: automatically; choice", ["OPTIONS /pets", "GET /pets"]),
    _preflight("preflight where there is no such path", _CORS, _ASKS, _TOLD, "choice", ["GET /cats"]),
    # The guide, of a $default route with an authorizer: it catches OPTIONS too, and one of OPTIONS /{proxy+} lets it pass.
    Crossed("preflight, $default is guarded", _CORS, ["$default"], "OPTIONS", "/pets", _ASKS, None, {}, 401, _ADDED, "apigw; headers: choice", ("$default",)),
    Crossed("preflight, $default is guarded, OPTIONS is not", _CORS, ["$default", "OPTIONS /{proxy+}"], "OPTIONS", "/pets", _ASKS, None, {}, 204, _TOLD, "apigw; who answers: choice", ("$default",)),
    Crossed("preflight, GET is guarded", _CORS, ["GET /pets"], "OPTIONS", "/pets", _ASKS, None, {}, 204, _TOLD, _204, ("GET /pets",)),
    # OPTIONS that asks nothing is a request like others.
    Crossed("OPTIONS without origin", _CORS, ["OPTIONS /pets"], "OPTIONS", "/pets", [("Access-Control-Request-Method", "POST")], "OPTIONS /pets", {}, 200, {}, "apigw"),
    Crossed("OPTIONS without a method to ask for", _CORS, ["OPTIONS /pets"], "OPTIONS", "/pets", _ORIGIN, "OPTIONS /pets", {}, 200, _ADDED, "apigw"),
    Crossed("OPTIONS without CORS", None, ["OPTIONS /pets"], "OPTIONS", "/pets", _ASKS, "OPTIONS /pets", {"Access-Control-Allow-Origin": "a"}, 200, {"access-control-allow-origin": ["a"]}, "apigw"),
    Crossed("OPTIONS without CORS, no route", None, ["GET /pets"], "OPTIONS", "/pets", _ASKS, None, {}, 404, {}, "apigw"),
    # Answers of functions.
    Crossed("request of an allowed origin", _CORS, ["GET /pets"], "GET", "/pets", _ORIGIN, "GET /pets", {}, 200, _ADDED, "apigw; which headers: fetch"),
    Crossed("request, any origin", _ANY, ["GET /pets"], "GET", "/pets", _ORIGIN, "GET /pets", {}, 200, _EVERY, "apigw"),
    Crossed("request without an origin", _CORS, ["GET /pets"], "GET", "/pets", [], "GET /pets", {}, 200, {}, "apigw"),
    Crossed("request of another origin", _CORS, ["GET /pets"], "GET", "/pets", [("Origin", "https://elsewhere.example")], "GET /pets", {}, 200, {}, "unverified: it is answered, without the headers"),
    Crossed(
        "the function's own headers are ignored",
        _CORS,
        ["GET /pets"],
        "GET",
        "/pets",
        _ORIGIN,
        "GET /pets",
        {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "PUT", "Access-Control-Max-Age": "1"},
        200,
        _ADDED,
        "apigw",
    ),
    Crossed("ignored without an origin too", _CORS, ["GET /pets"], "GET", "/pets", [], "GET /pets", {"Access-Control-Allow-Origin": "*"}, 200, {}, "apigw"),
    Crossed("without CORS they go out", None, ["GET /pets"], "GET", "/pets", _ORIGIN, "GET /pets", {"Access-Control-Allow-Origin": "*"}, 200, _EVERY, "apigw"),
    Crossed("no route", _CORS, ["GET /pets"], "GET", "/cats", _ORIGIN, None, {}, 404, _ADDED, "choice: whoever answers"),
]  # fmt: skip


class CorsSetting(NamedTuple):
    """Whether an API may be given this configuration."""

    cors: dict[str, Any]
    allowed: bool
    source: str


CORS_SETTINGS: list[CorsSetting] = [
    CorsSetting(_CORS, True, "apigw"),
    CorsSetting(_ANY, True, "apigw"),
    CorsSetting({"allow_origins": ["*"], "allow_credentials": True}, False, "field 2020-07"),
    CorsSetting({"allow_origins": ["https://*"], "allow_credentials": True}, True, "choice"),
]
