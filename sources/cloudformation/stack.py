"""The declaration of a stack."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar, Final

from attrs import Attribute, Factory, field, frozen

from eventbus.checks import refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .client import StackClient
from .machine import StackMachine
from .resource import Resources, check_resources

_STACK_NAME: Final = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")


def _check_stack_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _STACK_NAME.fullmatch(value):
        raise refuse("name", value, "1 to 128 letters, digits and -, a letter first")


@frozen(eq=False)
class Stack:
    """A stack of custom resources, by their logical ids; it is not there until `create_stack()`. Raises
    `InvalidSetting` for what AWS refuses."""

    name: str = field(validator=_check_stack_name)
    resources: Resources = field(converter=check_resources)
    takes_callbacks: ClassVar[bool] = True
    arn: Arn = field(init=False, default=Factory(lambda self: arn_of("cloudformation", f"stack/{self.name}"), True))

    @property
    def targets(self) -> Sequence[Arn]:
        return tuple(dict.fromkeys(resource.token for resource in self.resources.values()))

    def machine(self, birth: Birth) -> StackMachine:
        return StackMachine(self.arn, birth, self.name, self.resources)

    def client(self, machine: Any, feed: Feed) -> StackClient:
        return StackClient(machine, feed)
