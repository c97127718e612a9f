"""The declaration of a state machine."""

from collections.abc import Sequence
from typing import Any, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .checking import NAME
from .client import StateMachineClient
from .definition import every_state, read
from .machine import StateMachineMachine
from .states import Branch, Task


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise refuse("name", value, "1 to 80 characters, no blanks, brackets, wildcards or special ones")


def _check_type(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value != "STANDARD":
        raise refuse("type", value, "STANDARD; Express workflows are not offered")


@frozen(eq=False)
class StateMachine:
    """A Standard workflow. `definition` is in the Amazon States Language, as JSON text or as Python values, in which a
    function may stand wherever AWS wants its ARN or its name. Raises `InvalidSetting` for what AWS refuses, and for
    what is not offered."""

    name: str = field(validator=_check_name)
    definition: Any
    type: Literal["STANDARD"] = field(default="STANDARD", kw_only=True, validator=_check_type)
    _start: Branch = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_start", read(self.definition))

    @property
    def arn(self) -> Arn:
        return arn_of("states", f"stateMachine:{self.name}")

    @property
    def targets(self) -> Sequence[Arn]:
        """Functions that only a path knows are not among them."""
        tasks = (state for state in every_state(self._start) if isinstance(state, Task))
        return tuple(dict.fromkeys(task.function for task in tasks if task.function is not None))

    def machine(self, birth: Birth) -> StateMachineMachine:
        return StateMachineMachine(self.arn, birth, self._start)

    def client(self, machine: Any, feed: Feed) -> StateMachineClient:
        return StateMachineClient(machine, feed)
