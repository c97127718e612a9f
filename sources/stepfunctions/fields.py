"""One object of a definition and where it stands: each field is asked for with what it may be; what nobody asked for is
refused by name. Refusals carry the codes of ValidateStateMachineDefinition [guide]."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from eventbus.errors import InvalidSetting, suggest

from .data import number, whole
from .paths import BadPath, Path, path, reference
from .templates import Template

SCHEMA: Final = "SCHEMA_VALIDATION_FAILED"
NO_TARGET: Final = "MISSING_TRANSITION_TARGET"
NO_END: Final = "MISSING_END_STATE"
NOT_JSON: Final = "INVALID_JSON_DESCRIPTION"
TWICE: Final = "DUPLICATE_STATE_NAME"

_JSONATA: Final = "JSONata is not offered"
_VARIABLES: Final = "variables are not offered"
NOT_OFFERED: Final = {
    "Arguments": _JSONATA,
    "Condition": _JSONATA,
    "Output": _JSONATA,
    "Assign": _VARIABLES,
    "Credentials": "roles of tasks are not offered",
}


def refused(code: str, why: str, at: str) -> InvalidSetting:
    return InvalidSetting(f"definition is refused: {code}: {why} at {at}")


class Fields:
    def __init__(self, value: Any, at: str) -> None:
        self.at = at
        self._asked: set[str] = {"Comment"}
        if not isinstance(value, Mapping):
            raise self.bad(f"wanted an object, not {value!r:.80}")
        self._given = value
        if not isinstance(value.get("Comment", ""), str):
            raise self.bad("Comment is a text")

    def __contains__(self, name: str) -> bool:
        self._asked.add(name)
        return name in self._given

    def bad(self, why: str, code: str = SCHEMA) -> InvalidSetting:
        return refused(code, why, self.at)

    def ask(self, name: str, default: Any = None) -> Any:
        self._asked.add(name)
        return self._given.get(name, default)

    def needed(self, name: str) -> Any:
        if name not in self._given:
            raise self.bad(f"{name} is missing")
        return self.ask(name)

    def end(self) -> None:
        """All fields were asked for."""
        for name in self._given:
            if name not in self._asked:
                why = NOT_OFFERED.get(name) or f"there is none here; {suggest(name, self._asked)}"
                raise self.bad(f"the field {name!r} is refused: {why}")

    def one_of(self, *names: str) -> str:
        """Which of them there is. Raises `InvalidSetting` unless it is one."""
        given = [name for name in names if name in self._given]
        if len(given) != 1:
            raise self.bad(f"wanted one of {', '.join(names)}, not {', '.join(given) or 'none'}")
        return given[0]

    def text(self, name: str, default: str | None = None) -> str:
        value = self.needed(name) if default is None else self.ask(name, default)
        if not isinstance(value, str):
            raise self.bad(f"{name} is a text, not {value!r:.80}")
        return value

    def array(self, name: str, least: int = 1) -> Sequence[Any]:
        """With so many items or more; with 0 it may be missing too."""
        value = self.needed(name) if least else self.ask(name, [])
        if not isinstance(value, list) or len(value) < least:
            raise self.bad(f"{name} is an array of {least} or more, not {value!r:.80}")
        return value

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        value = self.needed(name) if default is None else self.ask(name, default)
        if not whole(value) or not low <= value <= high:
            raise self.bad(f"{name} is a whole number from {low:,} to {high:,}, not {value!r:.80}")
        return int(value)

    def number(self, name: str, low: float, default: float) -> float:
        value = self.ask(name, default)
        if not number(value) or value < low:
            raise self.bad(f"{name} is a number of {low} or more, not {value!r:.80}")
        return float(value)

    def flag(self, name: str) -> bool:
        value = self.needed(name)
        if not isinstance(value, bool):
            raise self.bad(f"{name} is true or false, not {value!r:.80}")
        return value

    def path(self, name: str, *, single: bool = False) -> Path:
        found: Path = self.compiled(path, self.text(name))
        if single and not found.single:
            raise self.bad(f"{name}: {found.text!r} may lead to several places")
        return found

    def path_or_null(self, name: str) -> Path | None:
        """By default all there is."""
        return None if self.ask(name, "$") is None else self.compiled(path, self.text(name, "$"))

    def result_path(self) -> Sequence[str | int] | None:
        if self.ask("ResultPath", "$") is None:
            return None
        found: Sequence[str | int] = self.compiled(reference, self.text("ResultPath", "$"))
        return found

    def template(self, name: str) -> Template | None:
        return self.compiled(Template.of, self.ask(name)) if name in self else None

    def compiled(self, make: Callable[[Any], Any], value: Any) -> Any:
        try:
            return make(value)
        except BadPath as error:
            raise self.bad(str(error)) from None
