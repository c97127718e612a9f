"""APIs of one route, as the tables describe them."""

from typing import Any

from sources import apigateway
from tests.sources.doors import CHECK, WORK, Door


def api_of(kind: str, settings: dict[str, Any], **functions: Any) -> Door:
    """`kind` is rest, http1 or http2; `settings` as in `tests.contracts.apigateway_requests`."""
    given = dict(settings)
    authorizer = None
    found = given.pop("authorizer", None)
    if found is not None:
        asked = {name: value for name, value in found.items() if name != "answer"}
        authorizer = apigateway.Authorizer(CHECK, **asked)
        functions.setdefault("check", lambda event: found["answer"])
    api: Any
    wire: Any
    timeout = {} if "timeout_in_millis" not in given else {"timeout_in_millis": given.pop("timeout_in_millis")}
    if kind == "rest":
        resource, method = given.pop("resource", "/pets"), given.pop("method", "ANY")
        api = apigateway.RestApi("shop", **given)
        wire = apigateway.Method(api, method, resource, WORK, authorizer=authorizer, **timeout)
    else:
        key, version = given.pop("route_key", "$default"), given.pop("payload_format_version", f"{kind[-1]}.0")
        api = apigateway.HttpApi("shop", **given)
        wire = apigateway.Route(api, key, WORK, authorizer=authorizer, payload_format_version=version, **timeout)
    return Door(api, [wire], functions)
