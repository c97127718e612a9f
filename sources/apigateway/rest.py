"""REST APIs: declared."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, between, given, one_of, refuse
from eventbus.errors import InvalidSetting
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed, Resource, Wire
from sources._http.asgi import AsgiApp
from sources._http.client import DoorClient

from .authorizers import Authorizer
from .checking import (
    METHODS,
    SHORTEST_TIMEOUT,
    check_authorizer,
    check_function,
    check_name,
    check_stage,
    check_variables,
    targets_of,
)
from .gate import Way
from .naming import domain_of, id_of
from .refusing import refusing
from .rest_machine import RestMachine
from .routes import Template, check_path

DEFAULT_TIMEOUT: Final = 29_000
"""Milliseconds of an integration (bc:apigateway)."""
LONGEST_TIMEOUT: Final = 900_000  # arbitrary
"""Regional APIs can have more than the default on request (apigateway:limits); no function runs longer than this."""

_MEDIA_TYPE: Final = re.compile(r"[^/\s]+/[^/\s]+")


def _check_types(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or not all(isinstance(each, str) and _MEDIA_TYPE.fullmatch(each) for each in value):
        raise refuse(attribute.name, value, "media types such as image/png, or */*")


def _check_api(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, RestApi):
        raise refuse(attribute.name, value, "an apigateway.RestApi")


@refusing
@frozen(eq=False)
class RestApi:
    """A REST API with the stage `stage`, whose name begins every path; `Stage` adds others. `Method`s lead to
    functions.

    Bodies of `binary_media_types` come as base64, all others as text. Templates, models and usage plans are not
    offered."""

    name: str = field(validator=check_name)
    stage: str = field(default="prod", kw_only=True, validator=check_stage)
    stage_variables: Mapping[str, str] = field(factory=dict, kw_only=True, validator=check_variables)
    binary_media_types: Sequence[str] = field(default=(), kw_only=True, converter=as_tuple, validator=_check_types)

    @property
    def arn(self) -> Arn:
        return arn_of("apigateway", f"restapis/{self.name}")

    @property
    def api_id(self) -> str:
        """Ten letters and digits, made of its name."""
        return id_of(self.arn)

    @property
    def host(self) -> str:
        return domain_of(self.api_id)

    def machine(self, birth: Birth) -> RestMachine:
        types = tuple(each.lower() for each in self.binary_media_types)
        deployment = id_of(self.api_id, "deployment", length=6)
        return RestMachine(self.arn, birth, self.api_id, {self.stage: self.stage_variables}, types, deployment)

    def client(self, machine: Any, feed: Feed) -> DoorClient:
        return DoorClient(machine, feed)

    def asgi(self, bus: Any) -> AsgiApp:
        """An ASGI application that is this API in a running bus, to mount or to serve."""
        return AsgiApp(bus, self)


@refusing
@frozen(eq=False)
class Method:
    """Requests of `http_method` (or ANY) for `path` go to `function`, after `authorizer` has let them in. The API waits
    `timeout_in_millis` for it.

    `type="AWS"` is the custom integration without templates: the function gets the body alone, which must be JSON, and
    its answer is the body of a 200, errors too; a request with `X-Amz-Invocation-Type: Event` invokes it
    asynchronously."""

    api: RestApi = field(validator=_check_api)
    http_method: str = field(validator=one_of(METHODS))
    path: str
    function: Any = field(validator=check_function)
    authorizer: Authorizer | None = field(default=None, kw_only=True, validator=check_authorizer)
    timeout_in_millis: int = field(
        default=DEFAULT_TIMEOUT, kw_only=True, validator=given(between(SHORTEST_TIMEOUT, LONGEST_TIMEOUT, whole=True))
    )
    type: Literal["AWS_PROXY", "AWS"] = field(
        default="AWS_PROXY", kw_only=True, validator=given(one_of(("AWS_PROXY", "AWS")))
    )

    def __attrs_post_init__(self) -> None:
        check_path("path", self.path)
        authorizer = self.authorizer
        if authorizer is None:
            return
        authorizer.refuse_of_http()
        if not authorizer.identity_source and authorizer.authorizer_result_ttl_in_seconds != 0:
            allowed = "one source at least, or authorizer_result_ttl_in_seconds=0: answers are kept by it"
            raise refuse("identity_source", (), allowed)

    @property
    def key(self) -> str:
        return f"{self.http_method} {self.path}"

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
            if isinstance(other, Method) and other.key == self.key:
                raise InvalidSetting(f"{self.key} of {self.api.name} is declared twice")

    def connect(self, machine: RestMachine) -> None:
        timeout = self.timeout_in_millis / 1_000
        template, resource_id = Template(self.path), id_of(self.api.api_id, self.path, length=6)
        machine.add(
            Way(self.key, self.http_method, template, self.function.arn, self.authorizer, timeout, self, resource_id)
        )
