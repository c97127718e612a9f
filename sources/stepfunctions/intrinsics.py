"""Intrinsic functions as templates hold them: `States.Format('order {}', $.id)` [spec, guide intrinsic-functions]."""

import re
from collections.abc import Sequence
from functools import lru_cache
from json import loads
from typing import Any, Final

from attrs import frozen

from eventbus.errors import suggest

from .data import Scope
from .functions import FUNCTIONS
from .paths import COMPILED, BadPath, Path, path

NESTING_LIMIT: Final = 10
"""Functions in one field [guide]."""
_NAME: Final = re.compile(r"\s*States\.(\w*)\(")
_PLAIN: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|true|false|null")
_ESCAPED: Final = frozenset("'\\{}")


@frozen(eq=False)
class Literal:
    value: Any
    pieces: Sequence[str] | None = None  # of a text, between its placeholders `{}`

    def find(self, scope: Scope) -> Any:
        return self.value

    def __deepcopy__(self, memo: dict[int, Any]) -> "Literal":
        return self


@frozen(eq=False)
class Call:
    name: str
    arguments: Sequence["Expression"]

    def find(self, scope: Scope) -> Any:
        """Raises `Failed`, and `NothingThere` for a path in it."""
        values = [argument.find(scope) for argument in self.arguments]
        first = self.arguments[0] if self.arguments else None
        if self.name == "Format" and isinstance(first, Literal) and first.pieces is not None:
            values[0] = first.pieces
        return FUNCTIONS[self.name](scope.ids, *values)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Call":
        return self


Expression = Path | Literal | Call


@lru_cache(COMPILED)
def expression(text: str) -> Path | Call:
    """A path or an intrinsic function. Raises `BadPath`."""
    if not text.startswith("States."):
        return path(text)
    reader = _Reader(text)
    found = reader.call(1)
    if reader.rest():
        raise reader.bad("nothing may follow")
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def bad(self, why: str) -> BadPath:
        return BadPath(f"{self.text!r} is no intrinsic function: {why} at {self.at}")

    def rest(self) -> str:
        """What is left, blanks skipped."""
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        return self.text[self.at :]

    def call(self, depth: int) -> Call:
        if depth > NESTING_LIMIT:
            raise self.bad(f"more than {NESTING_LIMIT} in one another")
        start = _NAME.match(self.text, self.at)
        if start is None:
            raise self.bad("wanted States.<name>(")
        name = start[1]
        if name not in FUNCTIONS:
            raise self.bad(f"there is no States.{name}; {suggest(name, FUNCTIONS)}")
        self.at = start.end()
        arguments: list[Expression] = []
        while not self.rest().startswith(")"):
            if arguments and not self._take(","):
                raise self.bad("wanted , or )")
            self.rest()
            arguments.append(self._argument(depth))
        self.at += 1
        low, high = FUNCTIONS[name].arguments
        if not low <= len(arguments) <= high:
            raise self.bad(f"States.{name} takes {low} to {high} arguments, not {len(arguments)},")
        return Call(name, tuple(arguments))

    def _take(self, character: str) -> bool:
        found = self.text.startswith(character, self.at)
        self.at += found
        return found

    def _argument(self, depth: int) -> Expression:
        if self.text.startswith("States.", self.at):
            return self.call(depth + 1)
        if self._take("'"):
            return self._quoted()
        if self.text.startswith("$", self.at):
            return self._path()
        plain = _PLAIN.match(self.text, self.at)
        if plain is None:
            raise self.bad("wanted a path, a text in single quotes, a number, true, false, null or another function")
        self.at = plain.end()
        return Literal(loads(plain[0]))

    def _quoted(self) -> Literal:
        pieces = [""]
        while True:
            character = self.text[self.at : self.at + 1]
            self.at += 1
            if character == "'":
                return Literal("{}".join(pieces), tuple(pieces))
            if character == "\\":
                character = self.text[self.at : self.at + 1]
                if character not in _ESCAPED:
                    raise self.bad(r"only \' \\ \{ and \} may be escaped")
                self.at += 1
            elif character == "{" and self._take("}"):
                pieces.append("")
                continue
            if not character:
                raise self.bad("wanted the end of a text")
            pieces[-1] += character

    def _path(self) -> Path:
        """Up to the comma or bracket that ends it."""
        begin, depth, quote = self.at, 0, ""
        while self.at < len(self.text):
            character = self.text[self.at]
            if quote:
                quote = "" if character == quote else quote
            elif character in "'\"":
                quote = character
            elif character in "[(":
                depth += 1
            elif character in ",)" and depth == 0:
                break
            elif character in "])":
                depth -= 1
            self.at += 1
        return path(self.text[begin : self.at].rstrip())
