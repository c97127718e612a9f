"""Comparisons in the filter patterns of CloudWatch Logs, joined with &&, || and parentheses (which bind in this order:
parentheses, &&, ||).
"""

from collections.abc import Callable, Iterable, Iterator
from re import ASCII, DOTALL
from re import compile as compiled
from re import error as RegexError
from typing import Any, Final

from attrs import define, field

from .operators import Wildcard
from .reasons import InvalidPattern
from .text import NUMERIC

Predicate = Callable[[Any], bool]

EXPRESSIONS: Final = 2  # regular ones in one pattern [cwl:FilterAndPatternSyntax]

_TOKEN: Final = compiled(
    r"""\s*(?:(?P<quoted>"(?:\\.|[^"\\])*")|(?P<regex>%[^%]+%)|(?P<sign>&&|\|\||!=|<=|>=|[=<>(),])"""
    r"""|(?P<selector>\$(?:\.?\[[^\]]*\]|\.[^\s.\[\]()=<>!&|",]+)+)|(?P<word>[^\s()=<>!&|",%]+))""",
    DOTALL,
)
_NUMBER: Final = compiled(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", ASCII)
_REGULAR: Final = compiled(r"[A-Za-z0-9:_#=@/;,\-^$?\[\]{}|\\*+.]+")
_COMPARISONS: Final[dict[str, Callable[[Any, float], bool]]] = {
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}

Token = tuple[str, str]  # kind, text


def tokens_of(text: str) -> list[Token]:
    """Raises `InvalidPattern` where nothing known stands."""
    tokens, at, text = [], 0, text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise InvalidPattern(f"nothing known at {text[at:]!r}")
        tokens.append((found.lastgroup, found[found.lastgroup]))
        at = found.end()
    return tokens


def unquoted(text: str) -> str:
    return compiled(r"\\(.)", DOTALL).sub(r"\1", text[1:-1])


def regular(text: str) -> Predicate:
    """`%...%`: letters, digits and some signs of ASCII, without groups."""
    inner = text[1:-1]
    try:
        if _REGULAR.fullmatch(inner) is None:
            raise InvalidPattern(f"{text} holds what is not supported")
        search = compiled(inner, ASCII).search
    except (RegexError, FutureWarning, OverflowError, RecursionError) as reason:
        raise InvalidPattern(f"{text}: {reason}") from None
    return lambda value: isinstance(value, str) and search(value) is not None


def number_of(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


@define(eq=False)
class Reader:
    """Reads one expression out of `tokens`; `read_comparison` reads what stands between &&, || and parentheses."""

    tokens: list[Token]
    read_comparison: Callable[["Reader"], Predicate]
    at: int = field(default=0, init=False)

    def whole(self) -> Predicate:
        predicate = self._either()
        if self.at < len(self.tokens):
            raise InvalidPattern(f"{self.tokens[self.at][1]} is too much")
        return predicate

    def take(self, *kinds: str) -> Token:
        token = self.tokens[self.at] if self.at < len(self.tokens) else ("end", "the end")
        if token[0] not in kinds:
            raise InvalidPattern(f"{token[1]} where a {' or '.join(kinds)} should be")
        self.at += 1
        return token

    def takes(self, text: str) -> bool:
        """Whether `text` comes next, which is then taken."""
        found = self.at < len(self.tokens) and self.tokens[self.at] in (("sign", text), ("word", text))
        self.at += found
        return found

    def _either(self) -> Predicate:
        ways = [self._both()]
        while self.takes("||"):
            ways.append(self._both())
        return ways[0] if len(ways) == 1 else lambda value: any(way(value) for way in ways)

    def _both(self) -> Predicate:
        needs = [self._unit()]
        while self.takes("&&"):
            needs.append(self._unit())
        return needs[0] if len(needs) == 1 else lambda value: all(need(value) for need in needs)

    def _unit(self) -> Predicate:
        if not self.takes("("):
            return self.read_comparison(self)
        predicate = self._either()
        if not self.takes(")"):
            raise InvalidPattern("a parenthesis is not closed")
        return predicate


def read_condition(reader: Reader, number: Callable[[Any], float | None]) -> Predicate:
    """An operator and its value, for one value of a message; `number` reads that as a number."""
    _, sign = reader.take("sign")
    kind, text = reader.take("quoted", "regex", "word")
    if sign in _COMPARISONS:
        bound = number_of(text) if kind == "word" else None
        if bound is None:
            raise InvalidPattern(f"{sign} {text} compares with no number")
        return _ordered(_COMPARISONS[sign], bound, number)
    if sign not in ("=", "!="):
        raise InvalidPattern(f"{sign} is no operator")
    equal = _equal(kind, text, number)
    return equal if sign == "=" else lambda value: not equal(value)


def _ordered(compare: Callable[[Any, float], bool], bound: float, number: Callable[[Any], float | None]) -> Predicate:
    def holds(value: Any) -> bool:
        found = number(value)
        return found is not None and compare(found, bound)

    return holds


def _equal(kind: str, text: str, number: Callable[[Any], float | None]) -> Predicate:
    if kind == "regex":
        return regular(text)
    wanted = number_of(text) if kind == "word" else None
    if wanted is not None:
        return lambda value: number(value) == wanted
    words = unquoted(text) if kind == "quoted" else text
    like = Wildcard(words, tuple(words.split("*"))).matches
    if kind == "quoted":
        return like
    return lambda value: like(value if isinstance(value, str) else _number_text(value))


def _number_text(value: Any) -> str:
    """Wildcards match numbers as they are written; true, false and null are no text."""
    return f"{value}" if isinstance(value, NUMERIC) and not isinstance(value, bool) else ""


def regular_expressions(tokens: Iterable[Token]) -> Iterator[str]:
    return (text for kind, text in tokens if kind == "regex")
