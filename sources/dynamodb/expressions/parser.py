"""Reading the text of an expression: its tokens, paths and errors, as every kind of expression has them."""

import re
from collections.abc import Callable, Collection
from typing import Any, Final, TypeVar

from attrs import define, field, frozen

from sources.dynamodb.errors import SerializationException, ValidationException
from sources.dynamodb.values import LEVELS, Value

from .paths import Path
from .placeholders import Placeholders
from .reserved import RESERVED

T = TypeVar("T")

LENGTH_LIMIT: Final = 4_096
"""Bytes of one expression [ddb:Constraints]."""
OPERATORS_LIMIT: Final = 300
_TOKEN: Final = re.compile(r"[#:]\w+|[A-Za-z]\w*|\d+|<>|<=|>=|\S", re.ASCII)
_WORD: Final = re.compile(r"[A-Za-z]\w*", re.ASCII)
_END: Final = "<EOF>"


@frozen(eq=False)
class Token:
    text: str
    start: int
    end: int


@define(eq=False)
class Parser:
    """`what` is AWS's name of the expression: `UpdateExpression`."""

    what: str
    text: str
    placeholders: Placeholders
    group: object = field(default=None, init=False)  # what the last parentheses held
    _tokens: list[Token] = field(init=False)
    _at: int = field(default=0, init=False)
    _operators: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise SerializationException(f"{self.what}={self.text!r}: a text")
        length = len(self.text.encode(errors="replace"))
        if length > LENGTH_LIMIT:
            reason = "Expression size has exceeded the maximum allowed size"
            raise self.refusal(f"{reason}; expression size: {length}")
        if not self.text.strip():
            raise self.refusal("The expression can not be empty;")
        self._tokens = [Token(each[0], each.start(), each.end()) for each in _TOKEN.finditer(self.text)]

    def whole(self, parse: Callable[["Parser"], T]) -> T:
        """What `parse` makes of all of it."""
        try:
            parsed = parse(self)
        except RecursionError:
            raise self.refusal("The expression contains too many operators;") from None
        if self._at < len(self._tokens):
            raise self.syntax_error()
        return parsed

    @property
    def next(self) -> str:
        return self._tokens[self._at].text if self._at < len(self._tokens) else _END

    @property
    def word(self) -> str:
        """The next token as a keyword, in capitals."""
        return self.next.upper()

    def follows(self, text: str) -> bool:
        """Whether it stands behind the next token."""
        return self._at + 1 < len(self._tokens) and self._tokens[self._at + 1].text == text

    def take(self) -> str:
        text = self.next
        self._at += 1
        return text

    def accept(self, text: str) -> bool:
        """Whether it came next: a sign, or a keyword in any letters."""
        if self.word != text:
            return False
        self._at += 1
        return True

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise self.syntax_error()

    def refusal(self, reason: str) -> ValidationException:
        return ValidationException(f"Invalid {self.what}: {reason}")

    def syntax_error(self) -> ValidationException:
        """Of the next token, shown with its neighbours."""
        near = self._tokens[max(0, self._at - 1) : self._at + 2]
        return self.refusal(f'Syntax error; token: "{self.next}", near: "{self.text[near[0].start : near[-1].end]}"')

    def operator(self) -> None:
        """One more was read."""
        self._operators += 1
        if self._operators > OPERATORS_LIMIT:
            raise self.refusal(f"The expression contains too many operators; operator count: {self._operators}")

    def path(self) -> Path:
        """A document path: `a`, `#a.b[0]`."""
        path: list[str | int] = [self._name()]
        while True:
            if self.accept("."):
                path.append(self._name())
            elif self.accept("["):
                index = self.next
                if not (index.isascii() and index.isdecimal()):
                    raise self.syntax_error()
                path.append(int(self.take()))
                self.expect("]")
            else:
                break
        if len(path) > LEVELS:
            raise self.refusal(f"The document path has too many nesting levels; nesting levels: {len(path)}")
        return tuple(path)

    def value(self) -> Value:
        """What a placeholder such as `:v` stands for."""
        placeholder = self.next
        if placeholder[0] != ":" or len(placeholder) == 1:
            raise self.syntax_error()
        self.take()
        found = self.placeholders.values.get(placeholder)
        if found is None:
            raise self.refusal(
                f"An expression attribute value used in expression is not defined; attribute value: {placeholder}"
            )
        self.placeholders.used.add(placeholder)
        return found

    def arguments(self, name: str, count: int, read: Callable[["Parser"], T]) -> list[T]:
        """What stands in the parentheses behind the function `name`, which is next."""
        self.take()
        self.expect("(")
        found = [read(self)]
        while self.accept(","):
            found.append(read(self))
        self.expect(")")
        if len(found) != count:
            raise self.refusal(
                "Incorrect number of operands for operator or function; "
                f"operator or function: {name}, number of operands: {len(found)}"
            )
        return found

    def wrong_type(self, name: str, kind: str) -> ValidationException:
        return self.refusal(
            f"Incorrect operand type for operator or function; operator or function: {name}, operand type: {kind}"
        )

    def check_kind(self, name: str, kind: str | None, allowed: Collection[Any]) -> None:
        """Raise `ValidationException` for an operand whose type is known, and does not fit."""
        if kind is not None and kind not in allowed:
            raise self.wrong_type(name, kind)

    def _name(self) -> str:
        text = self.next
        if text[0] == "#" and len(text) > 1:
            self.take()
            name = self.placeholders.names.get(text)
            if name is None:
                raise self.refusal(
                    f"An expression attribute name used in the document path is not defined; attribute name: {text}"
                )
            self.placeholders.used.add(text)
            return name
        if not _WORD.fullmatch(text):
            raise self.syntax_error()
        if text.upper() in RESERVED:
            raise self.refusal(f"Attribute name is a reserved keyword; reserved keyword: {text}")
        return self.take()
