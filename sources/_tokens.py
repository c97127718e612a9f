"""Reading a small language: a text cut into tokens, and a place among them.

Used for the languages for which there is no well-kept library: the SQL of IoT rules, the expressions of IoT Events.
"""

import re
from collections.abc import Callable
from typing import Final, TypeVar

from attrs import define, field

T = TypeVar("T")

NESTING: Final = 50
"""How deep a text may nest; arbitrary, so that whoever reads or evaluates it does not run out of stack."""
END: Final = "end"


class Unreadable(Exception):
    """The text is not of its language: why."""


@define(eq=False)
class Token:
    kind: str
    """The name of the group that matched, or `END`."""
    text: str
    at: int
    """Counted from 1."""


@define(eq=False)
class Tokens:
    """`grammar` has a named group for each kind; blanks between tokens are passed by. Raises `Unreadable`."""

    text: str
    grammar: re.Pattern[str]
    _tokens: list[Token] = field(init=False)
    _place: int = field(default=0, init=False)
    _depth: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self._tokens, at = [], 0
        while at < len(self.text):
            if self.text[at].isspace():
                at += 1
                continue
            found = self.grammar.match(self.text, at)
            if found is None or found.lastgroup is None:
                raise Unreadable(f"{self.text[at : at + 20]!r} at character {at + 1} is not understood")
            self._tokens.append(Token(found.lastgroup, found[0], at + 1))
            at = found.end()
        self._tokens.append(Token(END, "", at + 1))

    @property
    def here(self) -> Token:
        return self._tokens[self._place]

    @property
    def behind(self) -> Token:
        """The token after this one."""
        return self._tokens[min(self._place + 1, len(self._tokens) - 1)]

    def take(self) -> Token:
        token = self.here
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def sees(self, kind: str, *texts: str) -> bool:
        """Whether this is a token of that kind, and one of `texts` in any case, if any are given."""
        token = self.here
        return token.kind == kind and (not texts or token.text.upper() in texts)

    def accept(self, kind: str, *texts: str) -> Token | None:
        return self.take() if self.sees(kind, *texts) else None

    def expect(self, kind: str, *texts: str) -> Token:
        if not self.sees(kind, *texts):
            raise self.unexpected(" or ".join(texts) or ("the end" if kind == END else f"a {kind}"))
        return self.take()

    def unexpected(self, wanted: str) -> Unreadable:
        token = self.here
        found = "the end" if token.kind == END else f"{token.text!r} at character {token.at}"
        return Unreadable(f"{wanted} expected, found {found}")

    def nested(self, read: Callable[[], T]) -> T:
        """What `read` reads, one level deeper."""
        if self._depth == NESTING:
            raise Unreadable(f"nested deeper than {NESTING} levels at character {self.here.at}")
        self._depth += 1
        found = read()
        self._depth -= 1
        return found
