"""The declaration of a detector model."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, one_of, refuse
from eventbus.errors import InvalidSetting, suggest
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .client import DetectorModelClient
from .expressions import Expression
from .machine import DetectorModelMachine, Settings
from .model import ClearTimer, Input, Lambda, ResetTimer, SetTimer, SetVariable, State, check_path, list_of

METHODS: Final = ("BATCH", "SERIAL")
_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,128}")


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise refuse("detector_model_name", value, "1 to 128 letters, digits, - and _")


@frozen(eq=False)
class DetectorModel:
    """Messages of `inputs` meet a detector for each value of `key`, a path that all inputs have; all of them one
    without it. A detector is in one of `states`, at first in `initial_state_name`. With the evaluation method BATCH the
    conditions of a state's events are looked at before any of their actions is performed, with SERIAL one after the
    other. Raises `InvalidSetting`, for names too that nothing gives a value to."""

    detector_model_name: str = field(validator=_check_name)
    inputs: Sequence[Input] = field(kw_only=True, converter=as_tuple, validator=list_of(Input, fewest=1))
    states: Sequence[State] = field(kw_only=True, converter=as_tuple, validator=list_of(State, fewest=1))
    initial_state_name: str = field(kw_only=True)
    key: str | None = field(default=None, kw_only=True, validator=check_path)
    evaluation_method: Literal["BATCH", "SERIAL"] = field(default="BATCH", kw_only=True, validator=one_of(METHODS))

    def __attrs_post_init__(self) -> None:
        names = _different("states", [state.state_name for state in self.states])
        _different("inputs", [each.input_name for each in self.inputs])
        _known("initial_state_name", self.initial_state_name, names)
        for event in (event for state in self.states for event in state.transition_events):
            _known("next_state", event.next_state, names)
        if self.key is not None and not all(each.offers(self.key.split(".")) for each in self.inputs):
            raise refuse("key", self.key, "an attribute of each input")
        self._check_names()

    @property
    def arn(self) -> Arn:
        return arn_of("iotevents", f"detectorModel/{self.detector_model_name}")

    @property
    def targets(self) -> Sequence[Arn]:
        return [action.arn for state in self.states for action in state.actions if isinstance(action, Lambda)]

    def machine(self, birth: Birth) -> DetectorModelMachine:
        settings = Settings(
            name=self.detector_model_name,
            inputs=frozenset(each.input_name for each in self.inputs),
            states={state.state_name: state for state in self.states},
            initial=self.initial_state_name,
            key=None if self.key is None else self.key.split("."),
            batch=self.evaluation_method == "BATCH",
        )
        return DetectorModelMachine(self.arn, birth, settings)

    def client(self, machine: Any, feed: Feed) -> DetectorModelClient:
        return DetectorModelClient(machine, feed)

    def _check_names(self) -> None:
        """Whatever an expression or an action names is there."""
        actions = [action for state in self.states for action in state.actions]
        timers = [action.timer_name for action in actions if isinstance(action, SetTimer)]
        variables = [action.variable_name for action in actions if isinstance(action, SetVariable)]
        for action in actions:
            if isinstance(action, ClearTimer | ResetTimer):
                _known("timer_name", action.timer_name, timers)
        for found in (found for state in self.states for found in state.expressions):
            for name in found.timers:
                _known(f"{found.text!r}: timer", name, timers)
            for name in found.variables:
                _known(f"{found.text!r}: variable", name, variables)
            self._check_inputs(found)

    def _check_inputs(self, found: Expression) -> None:
        inputs = {each.input_name: each for each in self.inputs}
        for name, path in found.inputs:
            _known(f"{found.text!r}: input", name, inputs)
            if path and not inputs[name].offers(path):
                raise refuse(f"{found.text!r}: attribute", ".".join(path), ", ".join(inputs[name].attributes))


def _different(setting: str, names: Sequence[str]) -> Sequence[str]:
    for name in names:
        if names.count(name) > 1:
            raise refuse(setting, name, "each name once")
    return names


def _known(setting: str, name: object, names: Iterable[str]) -> None:
    if not isinstance(name, str) or name not in names:
        raise InvalidSetting(f"{setting}={name!r} is refused; {suggest(str(name), names)}")
