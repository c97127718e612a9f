"""WebSocket APIs: connections, messages, and how they end."""

from typing import Any

import pytest
from attrs import define, field

from eventbus.core.outcomes import HandlerFailed, Throttled
from eventbus.errors import InvalidSetting
from sources import apigateway
from sources.apigateway.connections import Closing, Connection
from sources.apigateway.selection import Selection
from sources.apigateway.socket_machine import Opened
from tests.contracts import apigateway_websocket as table
from tests.contracts.apigateway_authorizers import AUTHORIZERS, Authorized, Raises
from tests.contracts.apigateway_outcomes import TIMEOUTS
from tests.contracts.apigateway_websocket import (
    GET_CONNECTION,
    MANAGEMENT,
    WEBSOCKET,
    Close,
    Closed,
    Connect,
    Delete,
    Gets,
    Got,
    Managed,
    Post,
    Refused,
    Send,
    SendBinary,
    Socket,
    Takes,
    Wait,
)
from tests.golden import load, match
from tests.sources.doors import CHECK, WORK, Door, Function
from tests.sources.helpers import Feed, done

HEADERS = (
    ("Connection", "Upgrade"),
    ("Host", "{host}"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
    ("Upgrade", "websocket"),
    ("User-Agent", "curl/8.5.0"),
)


@define(eq=False)
class Story:
    """Plays one row."""

    row: Socket
    door: Door = field(init=False)
    keys: list[str] = field(factory=list, init=False)
    events: list[tuple[str, Any]] = field(factory=list, init=False)
    gets: list[Gets] = field(factory=list, init=False)
    connection: Connection | None = field(default=None, init=False)
    late: list[tuple[float, Any]] = field(factory=list, init=False)  # answers to come
    seen: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        settings = dict(self.row.settings)
        routes, answer = settings.pop("routes"), settings.pop("authorizer", None)
        api = apigateway.WebSocketApi("chat", **settings)
        authorizer = None
        if answer is not None:
            authorizer = apigateway.Authorizer(CHECK, identity_source="route.request.header.Authorization")
        self.keys = list(routes)
        wires = [
            apigateway.Route(
                api,
                key,
                Function(f"f{number}"),
                route_response=response,
                authorizer=authorizer if key == "$connect" else None,
            )
            for number, (key, response) in enumerate(routes.items())
        ]
        self.door = Door(api, wires, {"check": lambda event: answer})

    def play(self) -> None:
        for act in self.row.does:
            self.do(act)
            self.settle()

    def do(self, act: Any) -> None:
        machine, now = self.door.machine, self.door.now
        id = "" if self.connection is None else self.connection.id
        match act:
            case Connect():
                self.door.send(self.door.made("GET", act.target, [*HEADERS, *act.headers], b""))
                self.settle()
                if not self.door.responses:
                    self.wait(60.0)
                self.opened()
                return
            case Send():
                machine.received(now, id, act.frames)
            case SendBinary():
                machine.received(now, id, (act.content,))
            case Wait():
                self.wait(act.seconds)
            case Close():
                machine.left(now, id, act.code, act.reason)
            case Post():
                machine.post(now, id, act.text.encode())
            case Delete():
                machine.delete(now, id)
        self.door.drain()

    def wait(self, seconds: float) -> None:
        until = self.door.now + seconds
        while self.late and self.late[0][0] <= until:
            at, invoke = self.late.pop(0)
            self.door.advance(at)
            self.door.answer(invoke, {"statusCode": 200})
            if self.connection is None and self.door.responses:
                return
        self.door.advance(until)

    def settle(self) -> None:
        """Functions answer, or will."""
        while self.seen < len(self.door.invokes):
            invoke, (name, event) = self.door.invokes[self.seen], self.door.events[self.seen]
            self.seen += 1
            if name == "check":
                continue
            key = self.keys[int(name[1:])]
            self.events.append((key, event))
            answer = self.row.answers.get(key, {"statusCode": 200})
            if isinstance(answer, Takes):
                self.late.append((self.door.now + answer.seconds, invoke))
            elif answer == "no permission":
                self.door.machine.denied(self.door.now, invoke.token, "no permission")
                self.door.drain()
            elif answer == "throttled":
                self.door.answer(invoke, Throttled("ConcurrentInvocationLimitExceeded"))
            elif isinstance(answer, table.Raises):
                self.door.answer(invoke, HandlerFailed("Exception", answer.message, "id", ()))
            else:
                self.door.answer(invoke, answer)
        self.heard()

    def opened(self) -> None:
        response = self.door.responses[-1]
        if isinstance(response, Opened):
            self.connection = response.connection
            self.gets.append(table.Opened(tuple((name.lower(), value) for name, value in response.headers)))
        else:
            self.gets.append(Refused(response.status))

    def heard(self) -> None:
        while self.connection is not None and self.connection.outbox:
            found = self.connection.outbox.popleft()
            self.gets.append(Closed(found.code) if isinstance(found, Closing) else Got(found))


@pytest.mark.parametrize("row", WEBSOCKET, ids=lambda row: row.id)
def test_story_of_a_connection(row: Socket) -> None:
    """What functions are told, and what the client gets."""
    story = Story(row)

    story.play()

    assert [key for key, _ in story.events] == [key for key, _ in row.events]
    for (_, event), (_, golden) in zip(story.events, row.events, strict=True):
        if golden is not None:
            match(load(golden), event)
    assert len(story.gets) == len(row.gets), story.gets
    for found, wanted in zip(story.gets, row.gets, strict=True):
        if isinstance(found, Got) and isinstance(wanted, Got):
            match(wanted.text, found.text)
        elif isinstance(found, Closed) and wanted == Closed(None):
            continue
        else:
            assert found == wanted


@pytest.mark.parametrize("row", [row for row in AUTHORIZERS if row.api == "ws"], ids=lambda row: row.id)
def test_connection_meets_its_authorizer(row: Authorized) -> None:
    """As requests of other APIs do."""
    asked = {name: row.settings[name] for name in ("type", "identity_source")}
    api = apigateway.WebSocketApi("chat", stage=row.settings["stage"], stage_variables=row.settings["stage_variables"])
    route = apigateway.Route(api, "$connect", WORK, authorizer=apigateway.Authorizer(CHECK, **asked))
    door = Door(api, [route], {"work": lambda event: {"statusCode": 200}})
    upgrade = (("Connection", "Upgrade"), ("Upgrade", "websocket"))

    door.send(door.made("GET", row.target, [*row.headers, *upgrade], b""))
    if row.invoked:
        [invoke] = door.invokes
        if row.answer == "no permission":
            door.deny()
        elif isinstance(row.answer, Raises):
            door.answer(invoke, HandlerFailed("Exception", row.answer.message, "id", ()))
        else:
            door.answer(invoke, filled(row.answer, api.api_id))

    [response] = door.responses
    assert response.status == (101 if row.status == 200 else row.status)
    assert [name for name, _ in door.events] == ["check"] * row.invoked + ["work"] * (row.status == 200)
    if row.status == 200:
        authorizer = door.events[-1][1]["requestContext"]["authorizer"]
        assert {name: value for name, value in authorizer.items() if name != "integrationLatency"} == row.context
    if row.golden is not None:
        match(load(row.golden), door.events[0][1])


def filled(said: Any, api_id: str) -> Any:
    if isinstance(said, dict):
        return {name: filled(value, api_id) for name, value in said.items()}
    if isinstance(said, list):
        return [filled(each, api_id) for each in said]
    return said.replace("{api}", api_id) if isinstance(said, str) else said


@pytest.mark.parametrize("row", MANAGEMENT, ids=lambda row: row.id)
def test_operation_on_a_connection(row: Managed) -> None:
    """By its owner."""
    api = apigateway.WebSocketApi("chat")
    door = Door(api, [apigateway.Route(api, "$connect", WORK)])
    client = api.client(door.machine, Feed())
    door.send(door.made("GET", "/prod", HEADERS, b""))
    id = door.events[0][1]["requestContext"]["connectionId"]
    if row.given != "connecting":
        door.answer(door.invokes[0], {"statusCode": 200})
    if row.given == "closed":
        door.machine.left(11.0, id, 1000, "")
    call = getattr(client, row.operation)
    given: Any = {"connection_id": "nobody" if row.given == "unknown" else id}
    if row.operation == "post_to_connection":
        given["data"] = row.data

    if row.error is None:
        found = done(call(**given))
        if row.operation == "get_connection":
            assert len(GET_CONNECTION) == 3
            assert (found.connected_at.isoformat(), found.last_active_at) == (
                "2026-01-01T00:00:10.500000+00:00",
                found.connected_at,
            )
            assert (found.identity.source_ip, found.identity.user_agent) == ("203.0.113.9", "curl/8.5.0")
    else:
        with pytest.raises(getattr(apigateway, row.error)) as refused:
            done(call(**given))
        assert refused.value.status == row.status


@pytest.mark.parametrize("row", [row for row in TIMEOUTS if row.api == "ws"], ids=str)
def test_timeout_of_an_integration(row: Any) -> None:
    """Refused where it is written."""
    api = apigateway.WebSocketApi("chat")

    if row.allowed:
        assert apigateway.Route(api, "join", WORK, timeout_in_millis=row.timeout_in_millis)
    else:
        with pytest.raises(InvalidSetting, match="timeout_in_millis"):
            apigateway.Route(api, "join", WORK, timeout_in_millis=row.timeout_in_millis)


@pytest.mark.parametrize(
    "text",
    ["", 7, None, "$request.header.action", "$context.routeKey", "${request.body}", "${request.body.a", "$"],
)
def test_expression_that_is_refused(text: Any) -> None:
    """What looks at anything but the body."""
    with pytest.raises(InvalidSetting, match="route_selection_expression"):
        apigateway.WebSocketApi("chat", route_selection_expression=text)


def test_body_that_nests_too_deeply_means_nothing() -> None:
    """It goes to `$default`."""
    assert Selection("$request.body.a").key('{"a":' * 100_000) is None


def test_request_that_is_none_for_a_socket() -> None:
    """Plain HTTP, or another stage."""
    api = apigateway.WebSocketApi("chat")
    door = Door(api)

    assert door.request("GET", "/prod").status == 426
    assert door.request("GET", "/dev", HEADERS).status == 403


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("payload_format_version", {"payload_format_version": "2.0"}),
    ("route_key", {"route_key": ""}),
    ("authorizer", {"authorizer": apigateway.Authorizer(CHECK)}),
    ("timeout_in_millis", {"timeout_in_millis": True}),
    ("timeout_in_millis", {"timeout_in_millis": 50.5}),
    ("route_response", {"route_response": 1.5}),
]


@pytest.mark.parametrize(("setting", "given"), REFUSED)
def test_setting_that_is_refused(setting: str, given: dict[str, Any]) -> None:
    """By its name."""
    settings: Any = {"route_key": "join", **given}
    with pytest.raises(InvalidSetting, match=setting):
        apigateway.Route(apigateway.WebSocketApi("chat"), settings.pop("route_key"), WORK, **settings)
