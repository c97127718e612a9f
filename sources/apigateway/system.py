"""APIs, as they are looked up."""

from typing import Any, Final

from eventbus.checks import refuse
from eventbus.ports import System
from sources._sample import SampleFunction, asked, event_of, machine_of, request

from .authorizers import Authorizer
from .http_api import HttpApi
from .rest import Method, RestApi
from .route import Route
from .socket_api import WebSocketApi

KINDS: Final = ("rest", "http", "http_1", "websocket_connect", "websocket_message", "authorizer")
SOCKETS: Final = WebSocketApi("orders")
UPGRADE: Final = {"Connection": "Upgrade", "Upgrade": "websocket"}


def sample_event(*, kind: str = "rest", method: str = "GET", target: str = "/orders/7?full=1", body: str = "") -> Any:
    """A request, or the first message of a WebSocket. `kind`: `rest`, `http` (payload format 2.0), `http_1` (1.0),
    `websocket_connect`, `websocket_message`, `authorizer` (of a REST API)."""
    work = SampleFunction("work")
    headers = {"Accept": "text/html", "Authorization": "allow-me"}
    match kind:
        case "rest" | "authorizer":
            rest = RestApi("orders")
            authorizer = Authorizer(SampleFunction("authorize"), type="TOKEN") if kind == "authorizer" else None
            way = Method(rest, "ANY", "/{proxy+}", work, authorizer=authorizer)
            return asked(rest, method, f"/prod{target}", headers, body, [way])
        case "http" | "http_1":
            http = HttpApi("orders")
            route = Route(http, "ANY /{proxy+}", work, payload_format_version="2.0" if kind == "http" else "1.0")
            return asked(http, method, target, headers, body, [route])
        case "websocket_connect":
            return asked(SOCKETS, "GET", "/prod", UPGRADE, "", [Route(SOCKETS, "$connect", work)])
        case "websocket_message":
            machine = machine_of(SOCKETS, Route(SOCKETS, "$default", work))
            machine.fetch(0.0, request(SOCKETS, "GET", "/prod", UPGRADE, ""))
            machine.received(0.0, next(iter(machine.connections)), [body or "hello"])
            return event_of(machine)
        case _:
            raise refuse("kind", kind, " or ".join(KINDS))


SYSTEM: Final = System(
    name="API Gateway",
    kind="synchronous",
    invoked_by=(
        '`apigateway.Method(api, "GET", "/orders/{id}", function)` of a `RestApi`, `apigateway.Route(api, '
        '"GET /orders/{id}", function)` of an `HttpApi`, `Route(api, "$connect", function)` of a '
        "`WebSocketApi`: requests and messages; `apigateway.Authorizer(function)` before them"
    ),
    event="payload format 1.0 or 2.0, a WebSocket's own, an authorizer's own",
    answer="`statusCode` and the rest of a response; of an HTTP API 2.0 any JSON; of an authorizer a policy",
    retries="nobody: 502 or 500",
    permission="apigateway.amazonaws.com, SourceArn = API, stage, method and path",
    refused=(
        "mapping templates, models, usage plans, IAM and JWT authorizers, custom domains; what else: `refusing.py`"
    ),
    deviations="no throttles",
    example="""\
app = App("shop")
page = app.function(lambda event, context: {"statusCode": 200, "body": event["pathParameters"]["id"]}, name="page")
api = app.add(apigateway.HttpApi("web"))
app.add(apigateway.Route(api, "GET /orders/{id}", page))
async with app.start() as bus:
    assert (await bus[api].request("GET", "/orders/7")).text == "7"
""",
    sample_event=sample_event,
)
