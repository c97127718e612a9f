"""Routes of HTTP APIs and of WebSocket APIs: declared."""

from collections.abc import Sequence
from typing import Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import encodable, one_of, refuse
from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from eventbus.ports import Resource, Wire

from .authorizers import Authorizer
from .checking import METHODS, SHORTEST_TIMEOUT, check_authorizer, check_function, targets_of
from .gate import Gate, Way
from .http_api import HttpApi
from .http_machine import DEFAULT
from .refusing import refusing
from .routes import Template, check_path
from .socket_api import WebSocketApi
from .socket_machine import CONNECT

LONGEST_TIMEOUTS: Final[dict[type[Any], int]] = {HttpApi: 30_000, WebSocketApi: 29_000}
"""Milliseconds of an integration (bc:apigatewayv2); those that are the default as well."""


def _check_api(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, HttpApi | WebSocketApi):
        raise refuse(attribute.name, value, "an apigateway.HttpApi or WebSocketApi")


@refusing
@frozen(eq=False)
class Route:
    """What `route_key` means goes to `function`, after `authorizer` has let it in: requests of an HTTP API
    (`GET /orders/{id}`, `ANY /{proxy+}`, `$default`), or messages of a WebSocket API (`$connect`, `$disconnect`,
    `$default`, `join`).

    An HTTP API asks in the format of `payload_format_version`, by default 2.0. With `route_response` what the function
    answers to a message goes back to its client. The API waits `timeout_in_millis`, by default 30 s, for WebSockets
    29."""

    api: HttpApi | WebSocketApi = field(validator=_check_api)
    route_key: str
    function: Any = field(validator=check_function)
    authorizer: Authorizer | None = field(default=None, kw_only=True, validator=check_authorizer)
    payload_format_version: Literal["1.0", "2.0"] | None = field(
        default=None, kw_only=True, validator=one_of((None, "1.0", "2.0"))
    )
    route_response: bool = field(default=False, kw_only=True, validator=one_of((True, False)))
    timeout_in_millis: int | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        longest = LONGEST_TIMEOUTS[type(self.api)]
        if self.timeout_in_millis is None:
            object.__setattr__(self, "timeout_in_millis", longest)
        _check_timeout(self.timeout_in_millis, longest)
        if isinstance(self.api, WebSocketApi):
            self._check_of_socket()
        else:
            self._check_of_http()
        if self.authorizer is not None and self.authorizer.type == "TOKEN":
            raise refuse("type", "TOKEN", "REQUEST; the authorizers of these APIs see the request")

    def _check_of_http(self) -> None:
        if self.route_response:
            raise refuse("route_response", True, "WebSocket APIs only")
        if self.payload_format_version is None:
            object.__setattr__(self, "payload_format_version", "2.0")
        method, blank, path = self.route_key.partition(" ") if isinstance(self.route_key, str) else ("", "", "")
        if self.route_key != DEFAULT:
            if not blank or method not in METHODS:
                allowed = f"$default, or a method and a path: in capitals, one of {', '.join(METHODS)}, /path"
                raise refuse("route_key", self.route_key, allowed)
            check_path("route_key", path)
        authorizer = self.authorizer
        if authorizer is not None and authorizer.authorizer_result_ttl_in_seconds and not authorizer.identity_source:
            raise refuse("identity_source", (), "one source at least: answers are kept by it")

    def _check_of_socket(self) -> None:
        if self.payload_format_version is not None:
            raise refuse("payload_format_version", self.payload_format_version, "HTTP APIs only")
        if not isinstance(self.route_key, str) or not self.route_key or not encodable(self.route_key):
            raise refuse("route_key", self.route_key, "$connect, $disconnect, $default, or what a message says")
        if self.authorizer is None:
            return
        if self.route_key != CONNECT:
            raise refuse("authorizer", self.authorizer.function.name, "the route $connect only")
        self.authorizer.refuse_of_http()
        if self.authorizer.authorizer_result_ttl_in_seconds:
            raise refuse("authorizer_result_ttl_in_seconds", self.authorizer.authorizer_result_ttl_in_seconds, "0")

    @property
    def key(self) -> str:
        return self.route_key

    @property
    def arn(self) -> Arn:
        return Arn(f"{self.api.arn}#{self.key}")

    @property
    def source(self) -> Resource[Any]:
        return self.api

    @property
    def targets(self) -> Sequence[Arn]:
        return targets_of(self.function, self.authorizer)

    def check(self, others: Sequence[Wire]) -> None:
        for other in others:
            if isinstance(other, Route) and other.key == self.key:
                raise InvalidSetting(f"{self.key} of {self.api.name} is declared twice")

    def connect(self, machine: Gate) -> None:
        method, _, path = self.route_key.partition(" ")
        assert self.timeout_in_millis is not None
        template, timeout = Template(path or "/"), self.timeout_in_millis / 1_000
        machine.add(Way(self.key, method, template, self.function.arn, self.authorizer, timeout, self))


def _check_timeout(value: object, longest: int) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not SHORTEST_TIMEOUT <= value <= longest:  # type: ignore[operator]  # it is a number
        raise refuse("timeout_in_millis", value, f"a whole number from {SHORTEST_TIMEOUT} to {longest:,}")
