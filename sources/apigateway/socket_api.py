"""WebSocket APIs: declared."""

from collections.abc import Mapping
from typing import Any

from attrs import Attribute, field, frozen

from eventbus.checks import refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .checking import check_name, check_stage, check_variables
from .naming import domain_of, id_of
from .refusing import refusing
from .selection import Selection
from .socket_asgi import SocketAsgiApp
from .socket_client import SocketClient
from .socket_machine import SocketMachine


def _check_expression(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise refuse(attribute.name, value, "such as $request.body.action")
    Selection(value)


@refusing
@frozen(eq=False)
class WebSocketApi:
    """A WebSocket API with the stage `stage`; `Stage` adds others. `Route`s lead to functions: `$connect`,
    `$disconnect`, `$default`, and those whose key a message means by `route_selection_expression`."""

    name: str = field(validator=check_name)
    route_selection_expression: str = field(default="$request.body.action", kw_only=True, validator=_check_expression)
    stage: str = field(default="prod", kw_only=True, validator=check_stage)
    stage_variables: Mapping[str, str] = field(factory=dict, kw_only=True, validator=check_variables)

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

    def machine(self, birth: Birth) -> SocketMachine:
        selection = Selection(self.route_selection_expression)
        return SocketMachine(self.arn, birth, self.api_id, {self.stage: self.stage_variables}, selection)

    def client(self, machine: Any, feed: Feed) -> SocketClient:
        return SocketClient(machine, feed)

    def asgi(self, bus: Any) -> SocketAsgiApp:
        """An ASGI application that is this API in a running bus, to mount or to serve."""
        return SocketAsgiApp(bus, self)
