"""REST APIs: declared."""

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

from .authorizers import Authorizer, is_function
from .gate import Way
from .naming import domain_of, id_of
from .rest_machine import RestMachine
from .routes import Template, check_path

METHODS: Final = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
SHORTEST_TIMEOUT: Final = 50
DEFAULT_TIMEOUT: Final = 29_000
"""Milliseconds of an integration (bc:apigateway)."""
LONGEST_TIMEOUT: Final = 900_000  # arbitrary
"""Regional APIs can have more than the default on request (apigateway:limits); no function runs longer than this."""

_NAME: Final = re.compile(r"[A-Za-z0-9_ .-]{1,128}")
_STAGE: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
_VARIABLE: Final = re.compile(r"[A-Za-z0-9_]+")
_VALUE: Final = re.compile(r"[A-Za-z0-9\-._~:/?#&=,]+")
_MEDIA_TYPE: Final = re.compile(r"[^/\s]+/[^/\s]+")


def check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise refuse(attribute.name, value, "1 to 128 letters, digits, blanks, and any of _ . -")


def check_stage(api: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _STAGE.fullmatch(value):
        raise refuse(attribute.name, value, "1 to 128 letters, digits, - and _")


def check_staged(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(getattr(value, "arn", None), Arn) or not hasattr(value, "stage"):
        raise refuse(attribute.name, value, "an API of this package")


def check_variables(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    """Stage variables (bc:apigateway CreateStage)."""
    whole = isinstance(value, Mapping) and all(isinstance(each, str) for pair in value.items() for each in pair)
    if not whole or not all(_VARIABLE.fullmatch(name) and _VALUE.fullmatch(text) for name, text in value.items()):
        raise refuse(attribute.name, value, "names of letters, digits and _, values that can stand in a URL")


def _check_types(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or not all(isinstance(each, str) and _MEDIA_TYPE.fullmatch(each) for each in value):
        raise refuse(attribute.name, value, "media types such as image/png, or */*")


def check_api(kind: type, what: str) -> Any:
    def check(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
        if not isinstance(value, kind):
            raise refuse(attribute.name, value, what)

    return check


def check_function(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not is_function(value):
        raise refuse(attribute.name, value, "a function of the app: what app.function() gave")


def check_authorizer(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not isinstance(value, Authorizer):
        raise refuse(attribute.name, value, "an apigateway.Authorizer")


def tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@frozen(eq=False)
class RestApi:
    """A REST API with the stage `stage`, whose name begins every path; `Stage` adds others. `Method`s lead to
    functions.

    Bodies of `binary_media_types` come as base64, all others as text. Templates, models and usage plans are not
    offered."""

    name: str = field(validator=check_name)
    stage: str = field(default="prod", kw_only=True, validator=check_stage)
    stage_variables: Mapping[str, str] = field(factory=dict, kw_only=True, validator=check_variables)
    binary_media_types: Sequence[str] = field(default=(), kw_only=True, converter=tupled, validator=_check_types)

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
        return RestMachine(self.arn, birth, self.api_id, {self.stage: self.stage_variables}, types)

    def client(self, machine: Any, feed: Feed) -> DoorClient:
        return DoorClient(machine, feed)

    def asgi(self, bus: Any) -> AsgiApp:
        """An ASGI application that is this API in a running bus, to mount or to serve."""
        return AsgiApp(bus, self)


@frozen(eq=False)
class Method:
    """Requests of `http_method` (or ANY) for `path` go to `function`, after `authorizer` has let them in. The API waits
    `timeout_in_millis` for it.

    `type="AWS"` is the custom integration without templates: the function gets the body alone, which must be JSON, and
    its answer is the body of a 200, errors too; a request with `X-Amz-Invocation-Type: Event` invokes it
    asynchronously."""

    api: RestApi = field(validator=check_api(RestApi, "an apigateway.RestApi"))
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
        if authorizer.enable_simple_responses:
            raise refuse("enable_simple_responses", True, "authorizers of HTTP APIs only")
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
        machine.ways.append(
            Way(self.key, self.http_method, Template(self.path), self.function.arn, self.authorizer, timeout, self)
        )


@frozen(eq=False)
class Stage:
    """Another stage of `api`, with stage variables of its own: `name` begins its paths."""

    api: Any = field(validator=check_staged)
    name: str = field(validator=check_stage)
    variables: Mapping[str, str] = field(factory=dict, kw_only=True, validator=check_variables)

    @property
    def arn(self) -> Arn:
        return Arn(f"{self.api.arn}#stage {self.name}")

    @property
    def source(self) -> Resource[Any]:
        return self.api  # type: ignore[no-any-return]  # checked when it was made

    @property
    def targets(self) -> Sequence[Arn]:
        return ()

    def check(self, others: Sequence[Wire]) -> None:
        names = [self.api.stage, *(other.name for other in others if isinstance(other, Stage))]
        if self.name in names:
            raise InvalidSetting(f"stage {self.name} of {self.api.name} is declared twice")

    def connect(self, machine: Any) -> None:
        machine.stages[self.name] = self.variables


def targets_of(function: Any, authorizer: Authorizer | None) -> Sequence[Arn]:
    return (function.arn,) if authorizer is None else (function.arn, authorizer.function.arn)
