"""Which way a request takes."""

from typing import Any

import pytest

from eventbus.errors import InvalidSetting
from sources import apigateway
from sources.apigateway.routes import check_path
from tests.contracts.apigateway_routes import CORS, CORS_SETTINGS, ROUTES, CorsSetting, Crossed, Routed
from tests.sources.doors import CHECK, Door, Function, lines


def functions_of(count: int) -> list[Any]:
    return [Function(f"f{number}") for number in range(count)]


def door_of(kind: str, routes: list[str], stages: list[str], **settings: Any) -> Door:
    """The way of a route ends at the function of its number."""
    guarded = settings.pop("guarded", ())
    api: Any
    wires: list[Any] = []
    authorizer = apigateway.Authorizer(CHECK, identity_source="$request.header.Authorization")
    if kind == "rest":
        api = apigateway.RestApi("shop", stage=stages[0], **settings)
    else:
        api = apigateway.HttpApi("shop", stage=stages[0], **settings)
    for key, function in zip(routes, functions_of(len(routes)), strict=True):
        if kind == "rest":
            method, _, path = key.partition(" ")
            wires.append(apigateway.Method(api, method, path, function))
        else:
            guard = authorizer if key in guarded else None
            wires.append(apigateway.Route(api, key, function, authorizer=guard))
    wires += [apigateway.Stage(api, stage) for stage in stages[1:]]
    return Door(api, wires)


@pytest.mark.parametrize("row", ROUTES, ids=lambda row: row.id)
def test_route_of_a_request(row: Routed) -> None:
    """Stage, way, and the values of its variables."""
    door = door_of(row.api, row.routes, row.stages)

    door.send(door.made(row.method, row.target, [], b""))

    if row.route is None:
        assert [response.status for response in door.responses] == [403 if row.api == "rest" else 404]
        return
    [(name, event)] = door.events
    assert name == f"f{row.routes.index(row.route)}"
    assert (event.get("pathParameters") or {}) == row.path_parameters
    assert event["requestContext"]["stage"] == row.stage


@pytest.mark.parametrize("row", CORS, ids=lambda row: row.id)
def test_cross_origin_request(row: Crossed) -> None:
    """Who answers it, and the headers of the kind."""
    cors = None if row.cors is None else apigateway.Cors(**row.cors)
    door = door_of("http", row.routes, ["$default"], cors=cors, guarded=row[-1] if row[-1] else ())
    answer = {"statusCode": 200, "headers": row.answer_headers}
    door.functions = {f"f{number}": lambda event: answer for number in range(len(row.routes))}

    response = door.request(row.method, row.target, row.request_headers)

    found = {name: values for name, values in lines(response).items() if name.startswith("access-control-")}
    assert (response.status, found) == (row.status, row.headers)
    assert [name for name, _ in door.events] == ([] if row.route is None else [f"f{row.routes.index(row.route)}"])


@pytest.mark.parametrize("row", CORS_SETTINGS, ids=str)
def test_cors_setting(row: CorsSetting) -> None:
    """Refused where it is written."""
    if row.allowed:
        apigateway.HttpApi("shop", cors=apigateway.Cors(**row.cors))
    else:
        with pytest.raises(InvalidSetting, match="allow_credentials"):
            apigateway.HttpApi("shop", cors=apigateway.Cors(**row.cors))


@pytest.mark.parametrize(
    "path",
    ["", "pets", "/pets/", "/a//b", "/{a}{b}", "/x{a}", "/{a+}/b", "/{a}/{a}", "/{}", 7, None],
)
def test_path_that_is_refused(path: object) -> None:
    """What is no path with variables."""
    with pytest.raises(InvalidSetting, match="path"):
        check_path("path", path)


def test_way_declared_twice_is_refused() -> None:
    """As is a stage."""
    api, rest = apigateway.HttpApi("web"), apigateway.RestApi("shop")
    route = apigateway.Route(api, "GET /a", CHECK)
    method = apigateway.Method(rest, "GET", "/a", CHECK)
    stage = apigateway.Stage(rest, "dev")

    with pytest.raises(InvalidSetting, match="GET /a of web is declared twice"):
        apigateway.Route(api, "GET /a", CHECK).check([route])
    with pytest.raises(InvalidSetting, match="GET /a of shop is declared twice"):
        apigateway.Method(rest, "GET", "/a", CHECK).check([method])
    with pytest.raises(InvalidSetting, match="stage dev of shop is declared twice"):
        apigateway.Stage(rest, "dev").check([stage])
    with pytest.raises(InvalidSetting, match="stage prod of shop is declared twice"):
        apigateway.Stage(rest, "prod").check([])


REST, HTTP = apigateway.RestApi("a"), apigateway.HttpApi("a")
NOT_OFFERED: list[tuple[Any, tuple[Any, ...], str, str]] = [
    (apigateway.RestApi, ("a",), "minimum_compression_size", "compression"),
    (apigateway.RestApi, ("a",), "api_key_source_type", "usage plans"),
    (apigateway.RestApi, ("a",), "models", "models"),
    (apigateway.RestApi, ("a",), "stag", "stage"),
    (apigateway.Method, (REST, "GET", "/", CHECK), "request_templates", "mapping templates"),
    (apigateway.Method, (REST, "GET", "/", CHECK), "api_key_required", "usage plans"),
    (apigateway.HttpApi, ("a",), "default_route_settings", "usage plans"),
    (apigateway.WebSocketApi, ("a",), "route_key", "no such setting"),
    (apigateway.Route, (HTTP, "$default", CHECK), "authorization_type", "JWT"),
    (apigateway.Stage, (REST, "dev"), "canary_settings", "canaries"),
    (apigateway.Authorizer, (CHECK,), "jwt_configuration", "JWT"),
]


@pytest.mark.parametrize(
    ("kind", "given", "setting", "reason"), NOT_OFFERED, ids=[f"{row[0].__name__} {row[2]}" for row in NOT_OFFERED]
)
def test_setting_that_is_not_offered(kind: Any, given: tuple[Any, ...], setting: str, reason: str) -> None:
    """By its name, with the reason."""
    with pytest.raises(InvalidSetting, match=rf"{setting}=.*{reason}"):
        kind(*given, **{setting: 1})
