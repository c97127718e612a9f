"""HTTP APIs: declared."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import between, given, one_of, refuse
from eventbus.errors import InvalidSetting
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed, Resource, Wire
from sources._http.asgi import AsgiApp
from sources._http.client import DoorClient
from sources._http.cors import Cors

from .authorizers import Authorizer
from .gate import Way
from .http_machine import DEFAULT, HttpMachine
from .naming import domain_of, id_of
from .rest import METHODS, check_api, check_authorizer, check_function, check_name, check_variables, targets_of
from .routes import Template, check_path

SHORTEST_TIMEOUT: Final = 50
LONGEST_TIMEOUT: Final = 30_000
"""Milliseconds of an integration (bc:apigatewayv2)."""

_STAGE: Final = re.compile(r"\$default|[A-Za-z0-9_-]{1,128}")


def _check_stage(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _STAGE.fullmatch(value):
        raise refuse(attribute.name, value, "$default, or 1 to 128 letters, digits, - and _")


def _check_cors(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not isinstance(value, Cors):
        raise refuse(attribute.name, value, "an apigateway.Cors")
    if value is not None and value.allow_credentials and "*" in value.allow_origins:
        raise refuse("allow_credentials", True, "origins that are named, not *")


def _check_key(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    method, blank, path = value.partition(" ") if isinstance(value, str) else ("", "", "")
    if value == DEFAULT:
        return
    if not blank or method not in METHODS:
        raise refuse(attribute.name, value, f"$default, or a method and a path: one of {', '.join(METHODS)}, /path")
    check_path(attribute.name, path)


@frozen(eq=False)
class HttpApi:
    """An HTTP API with the stage `stage`: any other than `$default` begins its paths; `Stage` adds others. `Route`s
    lead to functions. With `cors` it answers preflight requests by itself, and the CORS headers of functions count for
    nothing."""

    name: str = field(validator=check_name)
    stage: str = field(default=DEFAULT, kw_only=True, validator=_check_stage)
    stage_variables: Mapping[str, str] = field(factory=dict, kw_only=True, validator=check_variables)
    cors: Cors | None = field(default=None, kw_only=True, validator=_check_cors)

    @property
    def arn(self) -> Arn:
        return arn_of("apigateway", f"apis/{self.name}")

    @property
    def api_id(self) -> str:
        """Ten letters and digits, made of its name."""
        return id_of(self.arn)

    @property
    def host(self) -> str:
        return domain_of(self.api_id)

    def machine(self, birth: Birth) -> HttpMachine:
        return HttpMachine(self.arn, birth, self.api_id, {self.stage: self.stage_variables}, self.cors)

    def client(self, machine: Any, feed: Feed) -> DoorClient:
        return DoorClient(machine, feed)

    def asgi(self, bus: Any) -> AsgiApp:
        """An ASGI application that is this API in a running bus, to mount or to serve."""
        return AsgiApp(bus, self)


@frozen(eq=False)
class Route:
    """Requests that `route_key` means (`GET /orders/{id}`, `ANY /{proxy+}`, `$default`) go to `function`, in the
    format of `payload_format_version`, after `authorizer` has let them in. The API waits `timeout_in_millis`."""

    api: HttpApi = field(validator=check_api(HttpApi, "an apigateway.HttpApi"))
    route_key: str = field(validator=_check_key)
    function: Any = field(validator=check_function)
    authorizer: Authorizer | None = field(default=None, kw_only=True, validator=check_authorizer)
    payload_format_version: Literal["1.0", "2.0"] = field(
        default="2.0", kw_only=True, validator=given(one_of(("1.0", "2.0")))
    )
    timeout_in_millis: int = field(
        default=LONGEST_TIMEOUT, kw_only=True, validator=given(between(SHORTEST_TIMEOUT, LONGEST_TIMEOUT, whole=True))
    )

    def __attrs_post_init__(self) -> None:
        authorizer = self.authorizer
        if authorizer is None:
            return
        if authorizer.type == "TOKEN":
            raise refuse("type", "TOKEN", "REQUEST; the authorizers of HTTP APIs see the request")
        if authorizer.authorizer_result_ttl_in_seconds and not authorizer.identity_source:
            raise refuse("identity_source", (), "one source at least: answers are kept by it")

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

    def connect(self, machine: HttpMachine) -> None:
        method, _, path = self.route_key.partition(" ")
        template, timeout = Template(path or "/"), self.timeout_in_millis / 1_000
        machine.ways.append(Way(self.key, method, template, self.function.arn, self.authorizer, timeout, self))
