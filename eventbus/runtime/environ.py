"""Environment variables of the functions, in `os.environ` while a bus runs."""

import os
from collections.abc import Mapping
from typing import Final

from attrs import define, field

from eventbus.errors import InvalidSetting


@define(eq=False)
class Held:
    """A variable that running buses have set, and what it was before the first of them."""

    value: str
    before: str | None
    buses: int = 1


_held: Final[dict[str, Held]] = {}


@define(eq=False)
class Environ:
    variables: Mapping[str, str]
    _set: list[str] = field(factory=list, init=False)

    def set(self) -> None:
        """Raises `InvalidSetting` where another running bus has another value: one process has one."""
        for name, value in self.variables.items():
            if name in _held and _held[name].value != value:
                raise InvalidSetting(f"environment: {name} is {_held[name].value!r} for another bus, here {value!r}")
        for name, value in self.variables.items():
            if name in _held:
                _held[name].buses += 1
            else:
                _held[name] = Held(value, os.environ.get(name))
                os.environ[name] = value
            self._set.append(name)

    def restore(self) -> None:
        """The last bus to leave leaves each variable as it was before the first."""
        for name in self._set:
            held = _held[name]
            held.buses -= 1
            if held.buses:
                continue
            del _held[name]
            if held.before is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = held.before
        self._set.clear()
