"""Lambda authorizers as data: what is remembered of their answers, and what policies allow. Sources as in
`apigateway_authorizers`."""

from typing import Any, Literal, NamedTuple

from tests.contracts.apigateway_authorizers import ARN, Header, Raises, answer, policy


class Step(NamedTuple):
    """A GET request at `at` seconds, whether the authorizer is invoked for it, and the client's status.

    `target` has no stage: put it in front for REST. `headers` are those beside Host and User-Agent.
    """

    at: float
    target: str
    headers: list[Header]
    invoked: bool
    status: int


class Cached(NamedTuple):
    """Requests one after the other. The authorizer always gives `answer`, where `{arn}` is the ARN that it is asked about,
    and `{api}` the API's id; the function behind always answers 200.

    The API has the routes GET /pets/{id} and GET /cats/{id}, both with that authorizer, on the stage prod (REST) or
    $default (HTTP). TTL None: not set.
    """

    id: str
    api: Literal["rest", "http"]
    settings: dict[str, Any]
    answer: Any
    steps: list[Step]
    source: str


def _auth(value: str) -> list[Header]:
    return [("Authorization", value)]


def _token(ttl: int | None = None) -> dict[str, Any]:
    return {
        "type": "TOKEN",
        "identity_source": ["method.request.header.Authorization"],
        "authorizer_result_ttl_in_seconds": ttl,
    }


def _request(ttl: int | None = None, *sources: str) -> dict[str, Any]:
    return {"type": "REQUEST", "identity_source": list(sources), "authorizer_result_ttl_in_seconds": ttl}


def _http(ttl: int | None, simple: bool = True, *sources: str) -> dict[str, Any]:
    return {
        "type": "REQUEST",
        "identity_source": list(sources) or ["$request.header.Authorization"],
        "authorizer_result_ttl_in_seconds": ttl,
        "authorizer_payload_format_version": "2.0",
        "enable_simple_responses": simple,
    }


_HERE = answer(policy("{arn}"))
_PETS = answer(policy(ARN + "prod/GET/pets/*"))
_DENY = answer(policy("*", "Deny"))
_YES = {"isAuthorized": True}
_A, _B = _auth("a"), _auth("b")
_TWO = ("method.request.header.Authorization", "method.request.querystring.kind")

CACHE: list[Cached] = [
    # REST APIs.
    Cached(
        "rest, same token within the default of 300 s",
        "rest",
        _token(),
        _PETS,
        [Step(0, "/pets/1", _A, True, 200), Step(299, "/pets/1", _A, False, 200), Step(301, "/pets/1", _A, True, 200)],
        "systems, bc",
    ),
    Cached(
        "rest, a use does not prolong it",
        "rest",
        _token(10),
        _PETS,
        [Step(0, "/pets/1", _A, True, 200), Step(9, "/pets/1", _A, False, 200), Step(11, "/pets/1", _A, True, 200)],
        "systems, bc: a time to live",
    ),
    Cached(
        "rest, another token",
        "rest",
        _token(),
        _PETS,
        [Step(0, "/pets/1", _A, True, 200), Step(1, "/pets/1", _B, True, 200), Step(2, "/pets/1", _A, False, 200)],
        "systems, apigw",
    ),
    Cached(
        "rest, no time to live",
        "rest",
        _token(0),
        _PETS,
        [Step(0, "/pets/1", _A, True, 200), Step(0, "/pets/1", _A, True, 200)],
        "systems, bc",
    ),
    Cached(
        "rest, the policy is evaluated for another ARN: allowed",
        "rest",
        _token(),
        _PETS,
        [Step(0, "/pets/1", _A, True, 200), Step(1, "/pets/2", _A, False, 200), Step(2, "/cats/1", _A, False, 403)],
        "systems, apigw",
    ),
    Cached(
        "rest, a policy for one ARN shuts out the others",
        "rest",
        _token(),
        _HERE,
        [Step(0, "/pets/1", _A, True, 200), Step(1, "/pets/2", _A, False, 403), Step(2, "/pets/1", _A, False, 200)],
        "systems; field 2019-05",
    ),
    Cached(
        "rest, a denial is remembered",
        "rest",
        _token(),
        _DENY,
        [Step(0, "/pets/1", _A, True, 403), Step(1, "/pets/1", _A, False, 403)],
        "systems: the policy is",
    ),
    Cached(
        "rest, an error is not remembered",
        "rest",
        _token(),
        Raises("Unauthorized"),
        [Step(0, "/pets/1", _A, True, 401), Step(1, "/pets/1", _A, True, 401)],
        "choice: there is no policy",
    ),
    Cached(
        "rest, a missing token is not asked about, nor remembered",
        "rest",
        _token(),
        _PETS,
        [Step(0, "/pets/1", [], False, 401), Step(1, "/pets/1", _A, True, 200), Step(2, "/pets/1", [], False, 401)],
        "systems",
    ),
    Cached(
        "rest, all sources are the key",
        "rest",
        _request(None, *_TWO),
        _PETS,
        [
            Step(0, "/pets/1?kind=dog", _A, True, 200),
            Step(1, "/pets/2?kind=dog", _A, False, 200),
            Step(2, "/pets/1?kind=cat", _A, True, 200),
            Step(3, "/pets/1?kind=dog", _B, True, 200),
            Step(4, "/pets/1?kind=dog&other=1", _A, False, 200),
        ],
        "systems, apigw",
    ),
    Cached(
        "rest, values do not change places",
        "rest",
        _request(None, *_TWO),
        _PETS,
        [Step(0, "/pets/1?kind=b", _A, True, 200), Step(1, "/pets/1?kind=a", _B, True, 200)],
        "apigw: order preserved",
    ),
    # HTTP APIs.
    Cached(
        "http, nothing is remembered unless a TTL is set",
        "http",
        _http(None),
        _YES,
        [Step(0, "/pets/1", _A, True, 200), Step(1, "/pets/1", _A, True, 200)],
        "systems: default of 0 unverified",
    ),
    Cached(
        "http, within the TTL",
        "http",
        _http(10),
        _YES,
        [Step(0, "/pets/1", _A, True, 200), Step(9, "/pets/1", _A, False, 200), Step(11, "/pets/1", _A, True, 200)],
        "systems, apigw",
    ),
    Cached(
        "http, all routes",
        "http",
        _http(60),
        _YES,
        [Step(0, "/pets/1", _A, True, 200), Step(1, "/cats/1", _A, False, 200), Step(2, "/cats/1", _B, True, 200)],
        "systems, apigw",
    ),
    Cached(
        "http, a route each",
        "http",
        _http(60, True, "$request.header.Authorization", "$context.routeKey"),
        _YES,
        [
            Step(0, "/pets/1", _A, True, 200),
            Step(1, "/pets/2", _A, False, 200),
            Step(2, "/cats/1", _A, True, 200),
        ],
        "systems, apigw",
    ),
    Cached(
        "http, a refusal is remembered",
        "http",
        _http(60),
        {"isAuthorized": False},
        [Step(0, "/pets/1", _A, True, 403), Step(1, "/cats/1", _A, False, 403)],
        "apigw: fully allows or denies",
    ),
    Cached(
        "http, a policy is evaluated for each route",
        "http",
        _http(60, False),
        answer(policy(ARN + "$default/GET/pets/*")),
        [Step(0, "/pets/1", _A, True, 200), Step(1, "/pets/2", _A, False, 200), Step(2, "/cats/1", _A, False, 403)],
        "apigw: for more granular permissions, a policy",
    ),
    Cached(
        "http, an error is not remembered",
        "http",
        _http(60),
        Raises("boom"),
        [Step(0, "/pets/1", _A, True, 500), Step(1, "/pets/1", _A, True, 500)],
        "choice",
    ),
]


class Policy(NamedTuple):
    """What `statements` of a policy document say of the ARN of a request. "denied": no statement allows it."""

    id: str
    statements: list[dict[str, Any]]
    arn: str
    outcome: Literal["allowed", "denied", "explicit deny"]
    source: str


_API = "arn:aws:execute-api:us-east-1:000000000000:a1b2c3d4e5/"
_GET = _API + "prod/GET/pets/7"


def _allow(resource: Any, action: Any = "execute-api:Invoke") -> dict[str, Any]:
    return {"Action": action, "Effect": "Allow", "Resource": resource}


def _deny(resource: Any, action: Any = "execute-api:Invoke") -> dict[str, Any]:
    return {"Action": action, "Effect": "Deny", "Resource": resource}


_GUIDE = "apigw:api-gateway-control-access-using-iam-policies-to-invoke-api"

POLICY: list[Policy] = [
    Policy("itself", [_allow(_GET)], _GET, "allowed", _GUIDE),
    Policy("everything", [_allow("*")], _GET, "allowed", _GUIDE),
    Policy("any API", [_allow("arn:aws:execute-api:*:*:*")], _GET, "allowed", _GUIDE),
    Policy("any API of the region", [_allow("arn:aws:execute-api:us-east-1:*:*")], _GET, "allowed", _GUIDE),
    Policy("of another region", [_allow("arn:aws:execute-api:eu-west-1:*:*")], _GET, "denied", _GUIDE),
    Policy("of another account", [_allow("arn:aws:execute-api:us-east-1:111111111111:*")], _GET, "denied", _GUIDE),
    Policy("the API", [_allow(_API + "*")], _GET, "allowed", _GUIDE),
    Policy("another API", [_allow("arn:aws:execute-api:us-east-1:000000000000:other/*")], _GET, "denied", _GUIDE),
    Policy("the stage", [_allow(_API + "prod/*")], _GET, "allowed", _GUIDE),
    Policy("another stage", [_allow(_API + "test/*")], _GET, "denied", _GUIDE),
    Policy("any stage", [_allow(_API + "*/GET/pets/7")], _GET, "allowed", _GUIDE),
    Policy("the method", [_allow(_API + "prod/GET/*")], _GET, "allowed", _GUIDE),
    Policy("another method", [_allow(_API + "prod/POST/*")], _GET, "denied", _GUIDE),
    Policy("any method", [_allow(_API + "prod/*/pets/7")], _GET, "allowed", _GUIDE),
    Policy("along the path", [_allow(_API + "prod/*/pets/*")], _GET, "allowed", _GUIDE),
    Policy("along the path, two levels", [_allow(_API + "prod/GET/pets/*")], _GET + "/toys/1", "allowed", _GUIDE),
    Policy("only below the path", [_allow(_API + "prod/GET/pets/*")], _API + "prod/GET/pets", "denied", _GUIDE),
    Policy("the path alone", [_allow(_API + "prod/GET/pets")], _GET, "denied", _GUIDE),
    Policy("the path and more", [_allow(_API + "prod/GET/pets*")], _GET, "allowed", "iam: any letters"),
    Policy("a star takes slashes", [_allow(_API + "prod/GET/*/7")], _API + "prod/GET/a/b/7", "allowed", "iam"),
    Policy("a star in the middle", [_allow(_API + "prod/G*T/p*s/7")], _GET, "allowed", "iam"),
    Policy("one letter", [_allow(_API + "prod/GET/pets/?")], _GET, "allowed", "iam"),
    Policy("one letter, not two", [_allow(_API + "prod/GET/pets/?")], _GET + "7", "denied", "iam"),
    Policy("letters of other wildcards", [_allow(_API + "prod/GET/pets/[0-9]")], _GET, "denied", "iam: * and ? alone"),
    Policy("the resource's own name is no wildcard", [_allow(_API + "prod/GET/pets/{id}")], _GET, "denied", _GUIDE),
    Policy("case of the path", [_allow(_API + "prod/GET/Pets/7")], _GET, "denied", "iam: resources, case counts"),
    Policy("root", [_allow(_API + "prod/GET/")], _API + "prod/GET/", "allowed", "apigw: the input's example"),
    Policy("default stage", [_allow(_API + "$default/GET/*")], _API + "$default/GET/pets", "allowed", _GUIDE),
    Policy("connect", [_allow(_API + "prod/$connect")], _API + "prod/$connect", "allowed", "apigw"),
    Policy("connect, by a star", [_allow(_API + "*")], _API + "prod/$connect", "allowed", "apigw"),
    Policy("list, the second", [_allow([_API + "test/*", _API + "prod/*"])], _GET, "allowed", "systems"),
    Policy("list, none", [_allow([_API + "test/*", _API + "dev/*"])], _GET, "denied", "systems"),
    # Actions.
    Policy("all actions", [_allow("*", "execute-api:*")], _GET, "allowed", _GUIDE),
    Policy("all actions of all services", [_allow("*", "*")], _GET, "allowed", "iam"),
    Policy("list of actions", [_allow("*", ["execute-api:InvalidateCache", "execute-api:Invoke"])], _GET, "allowed", _GUIDE),
    Policy("another action", [_allow("*", "execute-api:InvalidateCache")], _GET, "denied", _GUIDE),
    Policy("action of another service", [_allow("*", "lambda:InvokeFunction")], _GET, "denied", "iam"),
    Policy("case of the action", [_allow("*", "execute-api:invoke")], _GET, "allowed", "iam: actions, case counts not"),
    # Several statements.
    Policy("none", [], _GET, "denied", "iam: nothing allows"),
    Policy("the second allows", [_allow(_API + "test/*"), _allow(_API + "prod/*")], _GET, "allowed", "iam"),
    Policy("a denial overrides", [_allow("*"), _deny(_GET)], _GET, "explicit deny", "iam, systems"),
    Policy("a denial overrides, first", [_deny(_GET), _allow("*")], _GET, "explicit deny", "iam, systems"),
    Policy("a denial of another", [_allow("*"), _deny(_API + "prod/POST/*")], _GET, "allowed", "iam"),
    Policy("a denial of another, and no more", [_deny(_API + "prod/POST/*")], _GET, "denied", "iam"),
    Policy("a denial of another action", [_allow("*"), _deny("*", "execute-api:InvalidateCache")], _GET, "allowed", "iam"),
    Policy("the guide's example, GET", [_allow(_API + "*/GET/pets"), _deny(_API + "*/POST/pets")], _API + "prod/GET/pets", "allowed", _GUIDE),
    Policy("the guide's example, POST", [_allow(_API + "*/GET/pets"), _deny(_API + "*/POST/pets")], _API + "prod/POST/pets", "explicit deny", _GUIDE),
    Policy("the guide's example, PUT", [_allow(_API + "*/GET/pets"), _deny(_API + "*/POST/pets")], _API + "prod/PUT/pets", "denied", _GUIDE),
]  # fmt: skip
