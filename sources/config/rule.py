"""The declaration of a rule."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import frozen

from eventbus.checks import refuse
from eventbus.errors import InvalidSetting
from eventbus.names import Arn, arn_of
from eventbus.ports import Wire

from .recorder import ConfigurationRecorder
from .settings import Settings

RULES_LIMIT: Final = 1_000
"""Of an account [cfg:configlimits]."""


@frozen(eq=False)
class ConfigRule(Settings):
    """`function` is invoked asynchronously for what its `message_types` say: changes of resources in scope, oversized
    ones, and the hours of its `maximum_execution_frequency`, a day unless given. It answers with `put_evaluations`.

    `input_parameters` is JSON of an object. The rule is for all resources, for those of `compliance_resource_types`,
    for one of them by `compliance_resource_id`, or for those with a tag. Raises `InvalidSetting` for what AWS
    refuses."""

    @property
    def arn(self) -> Arn:
        return arn_of("config", f"config-rule/{self.name}")

    @property
    def source(self) -> ConfigurationRecorder:
        return _RECORDER

    @property
    def targets(self) -> Sequence[Arn]:
        return (self.function_arn,)

    def check(self, others: Sequence[Wire]) -> None:
        names = [other.name for other in others if isinstance(other, ConfigRule)]
        if self.name in names:
            raise refuse("name", self.name, "one that no other rule has")
        if len(names) >= RULES_LIMIT:
            raise InvalidSetting(f"{self.name} is refused: an account has {RULES_LIMIT:,} rules at most")

    def connect(self, machine: Any) -> None:
        machine.add_rule(0.0, self)


_RECORDER: Final = ConfigurationRecorder()
