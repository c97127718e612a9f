"""The declaration of a target group."""

from collections.abc import Sequence
from typing import Any

from attrs import Attribute, field, frozen

from eventbus.checks import one_of, refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .checking import check_name, digest, function_of
from .client import TargetGroupClient
from .group_machine import GroupMachine
from .health import HealthCheck


def _check_function(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None:
        function_of(attribute.name, value)


def _check_health_check(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not isinstance(value, HealthCheck):
        raise refuse(attribute.name, value, "an alb.HealthCheck")


@frozen(eq=False)
class TargetGroup:
    """A target group of type lambda: listeners hand requests on to its `function`; without one they answer 503.

    With `multi_value_headers` repeated headers and keys of the query come as lists, and headers of answers must. With
    `health_check` the function is asked from time to time, which changes its health and nothing else: the only target
    of a group is used whatever its health."""

    name: str = field(validator=check_name)
    function: Any = field(default=None, validator=_check_function)
    multi_value_headers: bool = field(default=False, kw_only=True, validator=one_of((True, False)))
    health_check: HealthCheck | None = field(default=None, kw_only=True, validator=_check_health_check)

    @property
    def arn(self) -> Arn:
        return arn_of("elasticloadbalancing", f"targetgroup/{self.name}/{digest(self.name)}")

    @property
    def targets(self) -> Sequence[Arn]:
        return () if self.function is None else (self.function.arn,)

    def machine(self, birth: Birth) -> GroupMachine:
        function = None if self.function is None else self.function.arn
        return GroupMachine(self.arn, birth, function, self.multi_value_headers, self.health_check)

    def client(self, machine: Any, feed: Feed) -> TargetGroupClient:
        return TargetGroupClient(machine, feed)
