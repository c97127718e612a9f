"""Payload templates: Parameters and ResultSelector. A member whose name ends in `.$` has a path or an intrinsic
function as its value; only that ending goes [spec]."""

from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from sources._calling import encode

from .data import Scope
from .errors import RUNTIME, Failed
from .intrinsics import Call, expression
from .paths import BadPath, NothingThere, Path

SUFFIX: Final = ".$"


@frozen(eq=False)
class Template:
    """`_value` is the JSON it was written as, with expressions for their texts."""

    _value: Any

    @classmethod
    def of(cls, value: Any) -> "Template":
        """Raises `BadPath`, as well where it is no object [spec]."""
        if not isinstance(value, dict):
            raise BadPath(f"a payload template is an object, not {encode(value)[:80]}")
        return cls(_compiled(value))

    def fill(self, scope: Scope) -> Any:
        """Raises `Failed`."""
        return _filled(self._value, scope)

    def expressions(self) -> Iterator[Path | Call]:
        return _leaves(self._value)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Template":
        return self


def found(sought: Path | Call, scope: Scope, where: str) -> Any:
    """What it leads to. Raises `Failed`."""
    try:
        return sought.find(scope)
    except NothingThere as missing:
        data = scope.context if missing.args[0].startswith("$$") else scope.data
        raise Failed(
            RUNTIME,
            f"The JSONPath '{missing.args[0]}' specified for the field '{where}' could not be found in the input "
            f"'{encode(data)}'",
        ) from None


def _compiled(value: Any) -> Any:
    if isinstance(value, dict):
        for name in value:
            if name.endswith(SUFFIX) and name.removesuffix(SUFFIX) in value:
                raise BadPath(f"{name!r} and {name.removesuffix(SUFFIX)!r} stand beside each other")
        return {name: _member(name, inner) for name, inner in value.items()}
    return [_compiled(inner) for inner in value] if isinstance(value, list) else value


def _member(name: str, value: Any) -> Any:
    if not name.endswith(SUFFIX):
        return _compiled(value)
    if not isinstance(value, str):
        raise BadPath(f"{name!r} wants a path or an intrinsic function, not {encode(value)}")
    return expression(value)


def _filled(value: Any, scope: Scope) -> Any:
    if isinstance(value, dict):
        return {
            name.removesuffix(SUFFIX) if isinstance(inner, Path | Call) else name: _filled_member(name, inner, scope)
            for name, inner in value.items()
        }
    return [_filled(inner, scope) for inner in value] if isinstance(value, list) else value


def _filled_member(name: str, value: Any, scope: Scope) -> Any:
    return found(value, scope, name) if isinstance(value, Path | Call) else _filled(value, scope)


def _leaves(value: Any) -> Iterator[Path | Call]:
    if isinstance(value, Path | Call):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
