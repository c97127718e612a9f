"""Lambda authorizers as data: whom they are asked about, what their answers mean, what is remembered.

Sources: "systems" is systems.md section 2.4 (with "unverified" where that says so); "apigw" the service's guide, text of
2026, pages apigateway-use-lambda-authorizer, api-gateway-lambda-authorizer-input and -output, http-api-lambda-authorizer,
http-api-quotas; "bc" the service models; "iam" the IAM guide's rules of policies; "field" a public report of what AWS
answered, with its date; "unverified" general knowledge of the service, found in no text read; "choice" is ours.

Where they disagree: the guide says that a REQUEST authorizer of a REST API whose caching is off gets every request;
systems.md and the service model have it refuse a request without its identity sources in any case: so here. A denial by
statement is "... with an explicit deny" here (systems); a report of 2026 has "... with an explicit deny in an
identity-based policy" behind it.
"""

from typing import Any, Literal, NamedTuple

ARN = "arn:aws:execute-api:us-east-1:000000000000:{api}/"
"""Method and route ARNs begin so; `{api}` is to be filled in with the API's id, in answers too."""

Header = tuple[str, str]
Lines = dict[str, list[str]]


class Raises(NamedTuple):
    """The authorizer raises an exception of this text: the payload's errorMessage."""

    message: str


class Takes(NamedTuple):
    """It answers well (allows everything), but after that time. The function may run for 60 s."""

    seconds: float


NotInvoked = Literal["no permission", "throttled", "no function"]
"""The function service refuses the call; stands in place of an answer."""


class Authorized(NamedTuple):
    """One request to a route with an authorizer.

    `settings` are those of the authorizer (bc names): `type`, `identity_source` in the forms of the service
    (`method.request...` REST, `route.request...` WebSocket, `$request...` HTTP), `identity_validation_expression`,
    `authorizer_result_ttl_in_seconds`, and for HTTP APIs `authorizer_payload_format_version` and
    `enable_simple_responses`; moreover `resource` or `route_key`, `stage` and `stage_variables` of the API.
    The request is a GET; HTTP APIs' routes integrate by payload format 2.0, and the function behind answers
    `{"statusCode": 200, "body": "ok"}`. `invoked`: whether the authorizer is; `golden` its event. `answer` is JSON (texts
    of `NotInvoked` are not), `Raises`, `Takes`, or why it could not be invoked. `status` 200: the request was passed on,
    and `context` is what the function finds in `requestContext.authorizer` without `integrationLatency` (HTTP: in its
    `lambda`, None for null; WebSocket: also in later events, 200 stands for an open connection). Else what the client gets, `body` None
    where it is not known. Headers are those of `apigateway_table`: without the computed ones.
    """

    id: str
    api: Literal["rest", "ws", "http"]
    settings: dict[str, Any]
    target: str
    headers: list[Header]
    invoked: bool
    answer: Any
    status: int
    response_headers: Lines
    body: bytes | None
    context: dict[str, Any] | None
    source: str
    golden: str | None = None


ACCEPT: Header = ("Accept", "*/*")
HOST: Header = ("Host", "{host}")
AGENT: Header = ("User-Agent", "curl/8.5.0")
NO_BODY: Header = ("Content-Length", "0")

_JSON: Lines = {"content-type": ["application/json"]}


def _type(name: str) -> Lines:
    return {**_JSON, "x-amzn-errortype": [name]}


def policy(resource: str | list[str], effect: str = "Allow", action: Any = "execute-api:Invoke") -> dict[str, Any]:
    statement = {"Action": action, "Effect": effect, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def answer(document: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"principalId": "user", "policyDocument": document, **more}


HERE = policy(ARN + "prod/GET/pets/7")
ELSEWHERE = policy(ARN + "prod/GET/cats/7")
NOT_HERE = policy(ARN + "prod/GET/pets/7", "Deny")
ALL = policy("*")

_TOKEN: dict[str, Any] = {
    "type": "TOKEN",
    "identity_source": ["method.request.header.Authorization"],
    "authorizer_result_ttl_in_seconds": 300,
    "resource": "/pets/{id}",
    "stage": "prod",
}
_REQUEST: dict[str, Any] = {
    **_TOKEN,
    "type": "REQUEST",
    "identity_source": ["method.request.header.Authorization", "method.request.querystring.kind"],
    "stage_variables": {"table": "pets"},
}
_SENT: list[Header] = [ACCEPT, ("Authorization", "allow"), HOST, AGENT]
_UNSENT: list[Header] = [ACCEPT, HOST, AGENT]
_PETS = "/prod/pets/7"
_QUERY = "/prod/pets/7?kind=dog&kind=small%20cat"

# status, headers, body of the refusals of REST APIs
_Refusal = tuple[int, Lines, bytes | None]
_401: _Refusal = (401, _type("UnauthorizedException"), b'{"message":"Unauthorized"}')
_403: _Refusal = (
    403,
    _type("AccessDeniedException"),
    b'{"Message":"User is not authorized to access this resource"}',
)
_DENIED: _Refusal = (
    403,
    _type("AccessDeniedException"),
    b'{"Message":"User is not authorized to access this resource with an explicit deny"}',
)
_500: _Refusal = (500, _type("AuthorizerConfigurationException"), b'{"message":null}')
_TYPES = "header: field 2026 (401, 403), unverified (500)"


def _rest(
    id: str,
    said: Any,
    refusal: _Refusal | None = None,
    source: str = "systems",
    context: dict[str, Any] | None = None,
    settings: dict[str, Any] = _TOKEN,
    target: str = _PETS,
    headers: list[Header] = _SENT,
    golden: str | None = None,
    invoked: bool = True,
) -> Authorized:
    if refusal is None:
        seen = {"principalId": "user", **(context or {})}
        return Authorized(
            f"rest, {id}", "rest", settings, target, headers, invoked, said, 200, _JSON, b"ok", seen, source, golden
        )
    return Authorized(f"rest, {id}", "rest", settings, target, headers, invoked, said, *refusal, None, source, golden)


def _unasked(id: str, settings: dict[str, Any], target: str, headers: list[Header], source: str) -> Authorized:
    return _rest(id, answer(ALL), _401, source, None, settings, target, headers, invoked=False)


_PATTERN = {**_TOKEN, "identity_validation_expression": "^Bearer [a-z]+$"}

REST: list[Authorized] = [
    # What it is asked.
    _rest("token", answer(HERE), golden="apigateway/auth_token"),
    _rest(
        "request",
        answer(HERE),
        settings=_REQUEST,
        target=_QUERY,
        headers=[ACCEPT, ("Authorization", "allow"), HOST, ("tag", "one"), ("tag", "two"), AGENT],
        golden="apigateway/auth_request",
        source="apigw, systems",
    ),
    _unasked("no token", _TOKEN, _PETS, _UNSENT, "systems"),
    _unasked("empty token", _TOKEN, _PETS, [ACCEPT, ("Authorization", ""), HOST, AGENT], "systems"),
    _unasked("token not of the pattern", _PATTERN, _PETS, _SENT, "systems, bc"),
    _rest(
        "token of the pattern",
        answer(HERE),
        settings=_PATTERN,
        headers=[ACCEPT, ("Authorization", "Bearer abc"), HOST, AGENT],
        source="systems, bc",
    ),
    _unasked("one of two sources missing", _REQUEST, _PETS, _SENT, "systems, apigw, bc"),
    _unasked("one of two sources empty", _REQUEST, f"{_PETS}?kind=", _SENT, "systems, apigw, bc"),
    _unasked(
        "sources missing, nothing cached",
        {**_REQUEST, "authorizer_result_ttl_in_seconds": 0},
        _PETS,
        _UNSENT,
        "systems, bc; the guide would ask",
    ),
    _rest(
        "no sources, nothing cached",
        answer(HERE),
        settings={**_REQUEST, "identity_source": [], "authorizer_result_ttl_in_seconds": 0},
        headers=_UNSENT,
        source="apigw, bc",
    ),
    _rest(
        "sources of the stage and the context",
        answer(HERE),
        settings={**_REQUEST, "identity_source": ["stageVariables.table", "context.httpMethod"]},
        headers=_UNSENT,
        source="apigw",
    ),
    # What its answer means.
    _rest("allowed", answer(ALL)),
    _rest(
        "context, as texts",
        answer(HERE, context={"name": "Ann", "level": 3, "share": 0.5, "admin": True, "old": False}),
        context={"name": "Ann", "level": "3", "share": "0.5", "admin": "true", "old": "false"},
        source="apigw, systems",
    ),
    _rest("usage key", answer(HERE, usageIdentifierKey="key"), source="systems"),
    _rest("list of resources", answer(policy([ARN + "prod/GET/cats/7", ARN + "prod/GET/pets/7"]))),
    _rest("nothing matches", answer(ELSEWHERE), _403, f"systems; {_TYPES}"),
    _rest("denied", answer(NOT_HERE), _DENIED, f"systems; {_TYPES}"),
    _rest("denied all", answer(policy("*", "Deny")), _DENIED, f"systems; {_TYPES}"),
    _rest("no statements", answer({"Version": "2012-10-17", "Statement": []}), _403, "iam: nothing allows"),
    _rest("raises Unauthorized", Raises("Unauthorized"), _401, f"systems, apigw; {_TYPES}"),
    _rest("raises unauthorized in lower case", Raises("unauthorized"), _500, "systems: exactly Unauthorized"),
    _rest("raises more than Unauthorized", Raises("Unauthorized: too old"), _500, "systems; field 2018-10"),
    _rest("raises", Raises("Error: Invalid token"), _500, "systems, apigw"),
    _rest("no permission", "no permission", _500, "systems"),
    _rest("throttled", "throttled", _500, "choice: any other error"),
    _rest("no function", "no function", _500, "choice: any other error"),
    _rest("no policy", {"principalId": "user"}, _500, "systems, apigw: without it the call fails"),
    _rest("no principal", {"policyDocument": HERE}, _500, "apigw: without it the call fails"),
    _rest("no statement member", answer({"Version": "2012-10-17"}), _500, "systems: malformed"),
    _rest("unknown effect", answer(policy("*", "Maybe")), _500, "choice: malformed"),
    _rest("null", None, _500, "systems: malformed"),
    _rest("text", "allow", _500, "systems: malformed"),
    _rest("simple answer", {"isAuthorized": True}, _500, "systems: malformed, it is HTTP's"),
    _rest("context of an object", answer(HERE, context={"shop": {"id": 1}}), _500, "apigw: no object or list"),
    _rest("context of a list", answer(HERE, context={"tags": ["a"]}), _500, "apigw: no object or list"),
]

# ------------------------------------------------------------------------------------------------ WebSocket APIs

_WS: dict[str, Any] = {
    "type": "REQUEST",
    "identity_source": ["route.request.header.Authorization", "route.request.querystring.room"],
    "route_key": "$connect",
    "stage": "prod",
    "stage_variables": {"table": "rooms"},
}
_WS_SENT: list[Header] = [
    ("Authorization", "allow"),
    HOST,
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
    AGENT,
]
"""Connection: Upgrade and Upgrade: websocket are sent too, and are not in the event."""
_ROOM = "/prod?room=red%20cat&room=7"
_CONNECT = policy(ARN + "prod/$connect")


def _ws(
    id: str,
    said: Any,
    status: int,
    source: str,
    context: dict[str, Any] | None = None,
    target: str = _ROOM,
    invoked: bool = True,
    golden: str | None = None,
) -> Authorized:
    seen = {"principalId": "user", **(context or {})} if status == 200 else None
    return Authorized(f"ws, {id}", "ws", _WS, target, _WS_SENT, invoked, said, status, {}, None, seen, source, golden)


WEBSOCKET: list[Authorized] = [
    _ws("allowed", answer(_CONNECT), 200, "systems, apigw", golden="apigateway/auth_ws"),
    _ws(
        "context, as texts",
        answer(_CONNECT, context={"name": "Ann", "level": 3, "admin": True}),
        200,
        "apigw",
        {"name": "Ann", "level": "3", "admin": "true"},
    ),
    _ws("a source missing", answer(_CONNECT), 401, "apigw, bc", target="/prod", invoked=False),
    _ws("denied", answer(policy("*", "Deny")), 403, "apigw: 401 or 403"),
    _ws("nothing matches", answer(policy(ARN + "prod/join")), 403, "apigw: 401 or 403"),
    _ws("raises Unauthorized", Raises("Unauthorized"), 401, "apigw"),
    _ws("raises", Raises("boom"), 500, "unverified: as REST"),
    _ws("malformed", {"principalId": "user"}, 500, "unverified: as REST"),
    _ws("no permission", "no permission", 500, "unverified: as REST"),
]

# ------------------------------------------------------------------------------------------------ HTTP APIs

_HTTP: dict[str, Any] = {
    "type": "REQUEST",
    "identity_source": ["$request.header.Authorization", "$request.querystring.kind"],
    "authorizer_payload_format_version": "2.0",
    "enable_simple_responses": False,
    "route_key": "GET /pets/{id}",
    "stage": "$default",
    "stage_variables": {"table": "pets"},
}
_SIMPLE: dict[str, Any] = {**_HTTP, "enable_simple_responses": True}
_FORMAT1: dict[str, Any] = {**_HTTP, "authorizer_payload_format_version": "1.0"}
_HTTP_SENT: list[Header] = [ACCEPT, ("Authorization", "allow"), NO_BODY, HOST, AGENT]
_HTTP_HERE = policy(ARN + "$default/GET/pets/7")
_DOG = "/pets/7?kind=dog"
_TEXT: Lines = {"content-type": ["text/plain; charset=utf-8"]}
_HTTP_REFUSALS: dict[int, bytes] = {
    401: b'{"message":"Unauthorized"}',
    403: b'{"message":"Forbidden"}',
    500: b'{"message":"Internal Server Error"}',
}


def _http(
    id: str,
    settings: dict[str, Any],
    said: Any,
    status: int,
    source: str,
    context: dict[str, Any] | None = None,
    target: str = _DOG,
    headers: list[Header] = _HTTP_SENT,
    invoked: bool = True,
    golden: str | None = None,
) -> Authorized:
    lines, body = (_TEXT, b"ok") if status == 200 else (_JSON, _HTTP_REFUSALS[status])
    return Authorized(
        f"http, {id}", "http", settings, target, headers, invoked, said, status, lines, body, context, source, golden
    )


_OPEN: dict[str, Any] = {"isAuthorized": True}

HTTP: list[Authorized] = [
    # What it is asked.
    _http(
        "format 2.0",
        _SIMPLE,
        _OPEN,
        200,
        "apigw, systems",
        headers=[ACCEPT, ("Authorization", "allow"), NO_BODY, ("Cookie", "session=abc; theme=dark"), HOST, AGENT],
        golden="apigateway/auth_http2",
    ),
    _http("format 1.0", _FORMAT1, answer(_HTTP_HERE), 200, "apigw, systems", golden="apigateway/auth_http1"),
    _http("a source missing", _SIMPLE, _OPEN, 401, "systems, apigw", target="/pets/7", invoked=False),
    _http("a source empty", _SIMPLE, _OPEN, 401, "bc", target="/pets/7?kind=", invoked=False),
    _http(
        "header's name in another case",
        {**_SIMPLE, "identity_source": ["$request.header.AUTHORIZATION"]},
        _OPEN,
        200,
        "apigw",
    ),
    _http(
        "query's name in another case",
        {**_SIMPLE, "identity_source": ["$request.querystring.Kind"]},
        _OPEN,
        401,
        "apigw",
        invoked=False,
    ),
    _http(
        "no sources", {**_SIMPLE, "identity_source": []}, _OPEN, 200, "apigw", headers=[ACCEPT, NO_BODY, HOST, AGENT]
    ),
    _http(
        "sources of the stage and the context",
        {**_SIMPLE, "identity_source": ["$stageVariables.table", "$context.routeKey"]},
        _OPEN,
        200,
        "apigw",
    ),
    # What its answer means.
    _http("simple, refused", _SIMPLE, {"isAuthorized": False}, 403, "systems; body: unverified"),
    _http(
        "simple, context as it is",
        _SIMPLE,
        {"isAuthorized": True, "context": {"name": "Ann", "level": 3, "tags": ["a"], "shop": {"id": 1}}},
        200,
        "apigw, systems",
        {"name": "Ann", "level": 3, "tags": ["a"], "shop": {"id": 1}},
    ),
    _http("policy, allowed", _HTTP, answer(_HTTP_HERE), 200, "apigw, systems"),
    _http(
        "policy, context as it is",
        _HTTP,
        answer(_HTTP_HERE, context={"level": 3, "shop": {"id": 1}}),
        200,
        "apigw, systems",
        {"level": 3, "shop": {"id": 1}},
    ),
    _http("policy, denied", _HTTP, answer(policy("*", "Deny")), 403, "systems; body: unverified"),
    _http("policy, nothing matches", _HTTP, answer(policy(ARN + "$default/GET/cats")), 403, "systems, choice"),
    _http("format 1.0, denied", _FORMAT1, answer(policy("*", "Deny")), 403, "systems"),
    _http("answers Unauthorized", _SIMPLE, {"errorMessage": "Unauthorized"}, 401, "systems: apigw '26"),
    _http("raises Unauthorized", _SIMPLE, Raises("Unauthorized"), 401, "choice: the payload says the same"),
    _http("raises", _SIMPLE, Raises("boom"), 500, "systems"),
    _http("no permission", _SIMPLE, "no permission", 500, "systems, apigw"),
    _http("throttled", _SIMPLE, "throttled", 500, "systems: cannot be invoked"),
    _http("after 9.9 s", _SIMPLE, Takes(9.9), 200, "apigw quotas"),
    _http("after 10.1 s", _SIMPLE, Takes(10.1), 500, "systems 8: status unverified"),
    _http("simple, nothing", _SIMPLE, {}, 500, "systems: wrong form"),
    _http("simple, null", _SIMPLE, None, 500, "systems: wrong form"),
    _http("simple, text instead of a boolean", _SIMPLE, {"isAuthorized": "true"}, 500, "choice: wrong form"),
    _http("simple, a policy", _SIMPLE, answer(ALL), 500, "choice: wrong form"),
    _http("policy, a simple answer", _HTTP, _OPEN, 500, "choice: wrong form"),
    _http("policy, none", _HTTP, {"principalId": "user"}, 500, "systems: wrong form"),
]

AUTHORIZERS: list[Authorized] = [*REST, *WEBSOCKET, *HTTP]

ARN_LIMIT = 1_600
"""Bytes of a method ARN of a REST API with authorization; one more is 414 (systems, apigw), body not known, and neither
the authorizer nor the function is invoked. The path of the request, not that of the resource, is in it."""


class Long(NamedTuple):
    """GET to a resource /{proxy+} with a TOKEN authorizer that allows all; the path fills the ARN up to `arn_bytes`."""

    arn_bytes: int
    status: int
    source: str


LONG: list[Long] = [Long(ARN_LIMIT, 200, "apigw"), Long(ARN_LIMIT + 1, 414, "apigw")]


class Ttl(NamedTuple):
    """Whether an authorizer may have this time to live (`authorizer_result_ttl_in_seconds`) with these sources."""

    api: Literal["rest", "http"]
    type: Literal["TOKEN", "REQUEST"]
    seconds: int
    sources: int
    allowed: bool
    source: str


TTLS: list[Ttl] = [
    Ttl("rest", "TOKEN", 0, 1, True, "bc"),
    Ttl("rest", "TOKEN", 3_600, 1, True, "bc"),
    Ttl("rest", "TOKEN", 3_601, 1, False, "bc"),
    Ttl("rest", "TOKEN", 300, 0, False, "bc: required"),
    Ttl("rest", "REQUEST", 300, 0, False, "bc: required when caching"),
    Ttl("rest", "REQUEST", 0, 0, True, "bc: optional when not caching"),
    Ttl("http", "REQUEST", 0, 0, True, "bc"),
    Ttl("http", "REQUEST", 3_600, 1, True, "bc"),
    Ttl("http", "REQUEST", 3_601, 1, False, "bc"),
    Ttl("http", "REQUEST", 300, 0, False, "apigw: at least one"),
]
DEFAULT_TTL = {"rest": 300, "http": 0}
"""bc; HTTP: systems, unverified."""
