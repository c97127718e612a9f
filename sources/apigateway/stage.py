"""Stages beside the one that an API has: declared."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import Attribute, field, fields, frozen

from eventbus.checks import refuse
from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from eventbus.ports import Resource, Wire

from .checking import check_http_stage, check_stage, check_variables
from .gate import Gate
from .http_api import HttpApi
from .refusing import refusing
from .rest import RestApi
from .socket_api import WebSocketApi


def _check_api(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, RestApi | HttpApi | WebSocketApi):
        raise refuse(attribute.name, value, "an apigateway.RestApi, HttpApi or WebSocketApi")


@refusing
@frozen(eq=False)
class Stage:
    """Another stage of `api`, with stage variables of its own: `name` begins its paths."""

    api: RestApi | HttpApi | WebSocketApi = field(validator=_check_api)
    name: str
    stage_variables: Mapping[str, str] = field(factory=dict, kw_only=True, validator=check_variables)

    def __attrs_post_init__(self) -> None:
        check = check_http_stage if isinstance(self.api, HttpApi) else check_stage
        check(self, fields(Stage).name, self.name)

    @property
    def arn(self) -> Arn:
        return Arn(f"{self.api.arn}#stage {self.name}")

    @property
    def source(self) -> Resource[Any]:
        return self.api

    @property
    def targets(self) -> Sequence[Arn]:
        return ()

    def check(self, others: Sequence[Wire]) -> None:
        names = [self.api.stage, *(other.name for other in others if isinstance(other, Stage))]
        if self.name in names:
            raise InvalidSetting(f"stage {self.name} of {self.api.name} is declared twice")

    def connect(self, machine: Gate) -> None:
        machine.stages[self.name] = self.stage_variables
