"""Filter patterns of CloudWatch Logs [cwl:FilterAndPatternSyntax]: of terms, for JSON, for space-delimited messages.

Where the documentation is silent: a comparison with a property that is missing, an array or an object does not hold,
`!=` neither; a number in a pattern is equal to numbers only; a space-delimited pattern with fewer names than the
message has fields leaves the rest to the last name, as the example `[w1=ERROR, w2]` does, one with more names does not
match.
"""

from collections.abc import Iterator
from re import DOTALL
from re import compile as compiled
from typing import Any, Final

from attrs import field, frozen

from eventbus.errors import InvalidParameterException

from .log_expressions import (
    EXPRESSIONS,
    Predicate,
    Reader,
    Token,
    number_of,
    read_condition,
    regular,
    regular_expressions,
    tokens_of,
    unquoted,
)
from .reach import ARRAY
from .reasons import InvalidPattern
from .text import NUMERIC, NotJson, parse_json

LIMIT: Final = 1_024  # characters [bc:logs]
WILD_SELECTORS: Final = 3  # in one pattern, one in a selector

_TERM: Final = compiled(r"""\s*([-?]?)(?:("(?:\\.|[^"\\])*")|(%[^%]+%)|(\w+))(?=\s|$)""", DOTALL)
_STEP: Final = compiled(r"""\.?\[(?:(\d{1,9})|(\*)|'([^']*)'|"([^"]*)")\]|\.(\*)|\.([^.\[\]*]+)""")
_FIELD: Final = compiled(r"""("(?:\\.|[^"\\])*")|(\[[^\]]*\])|(\S+)""", DOTALL)


@frozen(eq=False)
class LogsPattern:
    """Matches the messages of log events. Immutable. Raises `InvalidParameterException`."""

    text: str
    _predicate: Predicate = field(init=False, repr=False)

    @_predicate.default
    def _compiled(self) -> Predicate:
        try:
            return _read(self.text)
        except (InvalidPattern, RecursionError):
            raise InvalidParameterException("Invalid filter pattern") from None

    def matches(self, message: str) -> bool:
        return self._predicate(message)

    def __deepcopy__(self, memo: dict[int, Any]) -> "LogsPattern":
        return self


def _read(text: Any) -> Predicate:
    if not isinstance(text, str) or len(text) > LIMIT:
        raise InvalidPattern(f"the pattern must be a text of at most {LIMIT:,} characters")
    inner = text.strip()
    if inner[:1] == "{" and inner[-1:] == "}":
        return _read_json(inner[1:-1])
    if inner[:1] == "[" and inner[-1:] == "]":
        return _read_delimited(inner[1:-1])
    return _read_terms(inner)


# ---------------------------------------------------------------- terms


def _read_terms(text: str) -> Predicate:
    """All plain terms, none with a minus; those with a question mark count only if there are no others."""
    kinds: dict[str, list[Predicate]] = {"": [], "-": [], "?": []}
    expressions, at = 0, 0
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None:
            raise InvalidPattern(f"{text[at:]!r} needs double quotes")
        at = found.end()
        sign, phrase, expression, word = found.groups()
        expressions += expression is not None
        kinds[sign].append(regular(expression) if expression else _contained(unquoted(phrase) if phrase else word))
    if expressions > EXPRESSIONS:
        raise InvalidPattern("too many regular expressions")
    wanted, unwanted, optional = kinds[""], kinds["-"], kinds["?"]
    if optional and not wanted and not unwanted:
        return lambda message: any(term(message) for term in optional)
    return lambda message: all(term(message) for term in wanted) and not any(term(message) for term in unwanted)


def _contained(phrase: str) -> Predicate:
    return (lambda message: phrase in message) if phrase.strip() else lambda message: True


# ---------------------------------------------------------------- JSON


def _read_json(text: str) -> Predicate:
    tokens = tokens_of(text)
    _check_expressions(tokens)
    selectors = [selector for kind, selector in tokens if kind == "selector"]
    if sum(map(_wildness, selectors)) > WILD_SELECTORS or any(_wildness(selector) > 1 for selector in selectors):
        raise InvalidPattern("too many wildcards in selectors")
    predicate = Reader(tokens, _read_json_comparison).whole()

    def matches(message: str) -> bool:
        try:
            value = parse_json(message)
        except NotJson:
            return False
        return isinstance(value, dict) and predicate(value)

    return matches


def _check_expressions(tokens: list[Token]) -> None:
    if len(list(regular_expressions(tokens))) > EXPRESSIONS:
        raise InvalidPattern("too many regular expressions")


def _read_json_comparison(reader: Reader) -> Predicate:
    steps = _steps_of(reader.take("selector")[1])
    if reader.takes("NOT"):
        if not reader.takes("EXISTS"):
            raise InvalidPattern("NOT without EXISTS")
        return lambda event: not _selected(event, steps)
    if reader.takes("IS"):
        constant = _constant(reader.take("word")[1])
        return lambda event: any(value is constant for value in _selected(event, steps))
    condition = read_condition(reader, _json_number)
    return lambda event: any(
        condition(value) for value in _selected(event, steps) if not isinstance(value, (dict, *ARRAY))
    )


def _constant(word: str) -> bool | None:
    if word not in ("NULL", "TRUE", "FALSE"):
        raise InvalidPattern(f"IS {word}")
    return None if word == "NULL" else word == "TRUE"


def _json_number(value: Any) -> float | None:
    return value if isinstance(value, NUMERIC) and not isinstance(value, bool) else None


Step = str | int | None  # a name, the number of an element, or all of them


def _steps_of(selector: str) -> list[Step]:
    steps: list[Step] = []
    at = 1
    while at < len(selector):
        found = _STEP.match(selector, at)
        if found is None:
            raise InvalidPattern(f"{selector} is no selector")
        at = found.end()
        number, star, single, double, any_name, name = found.groups()
        if number is not None:
            steps.append(int(number))
        elif star or any_name:
            steps.append(None)
        else:
            steps.append(next(each for each in (single, double, name) if each is not None))
    return steps


def _wildness(selector: str) -> int:
    return _steps_of(selector).count(None)


def _selected(event: Any, steps: list[Step]) -> list[Any]:
    found = [event]
    for step in steps:
        found = [inner for value in found for inner in _members(value, step)]
    return found


def _members(value: Any, step: Step) -> Iterator[Any]:
    if isinstance(value, dict):
        if step is None:
            yield from value.values()
        elif step in value:
            yield value[step]
    elif isinstance(value, list):
        if step is None:
            yield from value
        elif isinstance(step, int) and step < len(value):
            yield value[step]


# ---------------------------------------------------------------- space-delimited


def _read_delimited(text: str) -> Predicate:
    tokens = tokens_of(text)
    _check_expressions(tokens)
    groups: list[list[Token]] = [[]]
    for token in tokens:
        if token == ("sign", ","):
            groups.append([])
        else:
            groups[-1].append(token)
    if groups.count([("word", "...")]) > 1:
        raise InvalidPattern("more than one ellipsis")
    ellipsis = groups.index([("word", "...")]) if [("word", "...")] in groups else None
    conditions = [_read_field(group) for group in groups if group != [("word", "...")]]
    return _delimited(conditions, ellipsis)


def _delimited(conditions: list[Predicate | None], ellipsis: int | None) -> Predicate:
    def matches(message: str) -> bool:
        fields = _fields_of(message, len(conditions) if ellipsis is None else None)
        if len(fields) < len(conditions):
            return False
        if ellipsis is not None:
            behind = len(conditions) - ellipsis
            fields = fields[:ellipsis] + fields[len(fields) - behind :]
        return all(condition is None or condition(value) for condition, value in zip(conditions, fields, strict=True))

    return matches


def _fields_of(message: str, most: int | None) -> list[str]:
    """The fields of a message; brackets and double quotes hold one together. The last of `most` gets what is left."""
    found = list(_FIELD.finditer(message))
    fields = [each[0][1:-1] if each[3] is None else each[0] for each in found]
    if most is not None and len(found) > most:
        return [*fields[: most - 1], message[found[most - 1].start() :].rstrip()]
    return fields


def _read_field(tokens: list[Token]) -> Predicate | None:
    """None where any field will do."""
    if len(tokens) < 2:
        if tokens and tokens[0][0] != "word":
            raise InvalidPattern(f"{tokens[0][1]} is no name")
        return None
    names: list[str] = []

    def read_comparison(reader: Reader) -> Predicate:
        names.append(reader.take("word")[1])
        return read_condition(reader, number_of)

    predicate = Reader(tokens, read_comparison).whole()
    if len(set(names)) > 1:
        raise InvalidPattern(f"{' and '.join(names)} are not the same field")
    return predicate
