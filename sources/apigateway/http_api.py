"""HTTP APIs: declared."""

from collections.abc import Mapping
from typing import Any

from attrs import Attribute, field, frozen

from eventbus.checks import refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed
from sources._http.asgi import AsgiApp
from sources._http.client import DoorClient
from sources._http.cors import Cors

from .checking import check_http_stage, check_name, check_variables
from .http_machine import DEFAULT, HttpMachine
from .naming import domain_of, id_of
from .refusing import refusing


def _check_cors(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not isinstance(value, Cors):
        raise refuse(attribute.name, value, "an apigateway.Cors")
    if value is not None and value.allow_credentials and "*" in value.allow_origins:
        raise refuse("allow_credentials", True, "origins that are named, not *")


@refusing
@frozen(eq=False)
class HttpApi:
    """An HTTP API with the stage `stage`: any other than `$default` begins its paths; `Stage` adds others. `Route`s
    lead to functions. With `cors` it answers preflight requests by itself, and the CORS headers of functions count for
    nothing."""

    name: str = field(validator=check_name)
    stage: str = field(default=DEFAULT, kw_only=True, validator=check_http_stage)
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
