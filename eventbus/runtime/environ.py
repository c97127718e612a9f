"""Environment variables of the functions, in `os.environ` while the bus runs."""

import os
from collections.abc import Mapping

from attrs import define, field


@define(eq=False)
class Environ:
    variables: Mapping[str, str]
    _before: dict[str, str | None] = field(factory=dict, init=False)

    def set(self) -> None:
        for name, value in self.variables.items():
            self._before[name] = os.environ.get(name)
            os.environ[name] = value

    def restore(self) -> None:
        """As it was before `set`."""
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before.clear()
