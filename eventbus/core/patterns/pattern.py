"""Patterns: compiled when they are made, asked any number of times."""

from collections.abc import Mapping
from json import dumps
from typing import Any, Final

from attrs import frozen

from eventbus.errors import ValidationException

from .attributes import read_attributes
from .branches import Branch, branch_of
from .dialects import Dialect, Rules, refusal, rules_of
from .explain import explain_refusal
from .parse import read_branches
from .reasons import InvalidPattern
from .text import NotJson, parse_json, parse_pattern_json

ENVELOPE: Final = ("id", "account", "source", "time", "region", "detail-type")


@frozen(eq=False, init=False, repr=False)
class Pattern:
    """An event pattern or filter policy of one `dialect`; `text` is it as JSON. Immutable: a copy is itself."""

    text: str
    dialect: Dialect
    branches: tuple[Branch, ...]

    def __init__(
        self,
        pattern: str | bytes | Mapping[str, Any],
        dialect: Dialect = "eventbridge",
        *,
        limit: int | None = None,
        strict_numbers: bool = False,
        engine_operators: bool = False,
    ) -> None:
        """`pattern` is JSON text or what it decodes to.

        `limit` is how long the text may be (default 4,096 characters, SNS 262,144 bytes). `strict_numbers` holds
        numbers to the documented range of EventBridge, which its engine does not: +-5e9, 15 digits, 6 behind the point.
        `engine_operators` takes every operator of the engine, listed for `dialect` or not.

        Raises what the owner of `dialect` raises: `InvalidEventPatternException` (eventbridge, pipes),
        `InvalidParameterValueException` (esm), `InvalidParameterException` (sns-attributes, sns-body); and
        `InvalidSetting` for an unknown dialect.
        """
        rules = rules_of(dialect, limit, strict_numbers, engine_operators)
        try:
            text = _text_of(pattern)
            _check_length(text, rules)
            found = read_branches(_parsed(text), rules)
        except InvalidPattern as reason:
            raise refusal(dialect, str(reason)) from None
        branches = tuple(branch_of(branch.values()) for branch in found)
        self.__attrs_init__(text, dialect, branches)

    def matches(self, event: Any) -> bool:
        """`event` is a decoded JSON value or JSON text; for sns-attributes the message attributes by name.

        What is no JSON object never matches.
        """
        if type(event) is not dict or self.dialect == "sns-attributes":
            event = read_event(event, self.dialect)
            if event is None:
                return False
        for branch in self.branches:  # noqa: SIM110  # any() costs as much as a match
            if branch.matches(event):
                return True
        return False

    def explain(self, event: Any) -> str | None:
        """None if `event` matches, else which leaf refused it and why: `detail.amount: 5 is not > 10`."""
        found = read_event(event, self.dialect)
        if found is None:
            return "no attributes" if self.dialect == "sns-attributes" else "the event is no JSON object"
        if any(branch.matches(found) for branch in self.branches):
            return None
        return explain_refusal(self.branches, found)

    def __copy__(self) -> "Pattern":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Pattern":
        return self

    def __repr__(self) -> str:
        return f"Pattern({self.text!r}, {self.dialect!r})"


def read_event(event: Any, dialect: Dialect) -> dict[str, Any] | None:
    """The object that patterns of `dialect` are held against; None if `event` is none."""
    if dialect == "sns-attributes":
        return read_attributes(event)
    if isinstance(event, str | bytes | bytearray):
        try:
            event = parse_json(event)
        except NotJson:
            return None
    return event if isinstance(event, dict) else None


def test_event_pattern(event_pattern: str, event: str) -> bool:
    """Whether `event`, a whole event as JSON text, matches `event_pattern`: EventBridge's TestEventPattern.

    Raises `InvalidEventPatternException`, and `ValidationException` for an event without id, account, source, time,
    region or detail-type [eb:API_TestEventPattern].
    """
    pattern = Pattern(event_pattern)
    found = read_event(event, "eventbridge")
    if found is None:
        raise ValidationException("Parameter Event is not valid. Reason: it is no JSON object")
    missing = [name for name in ENVELOPE if name not in found]
    if missing:
        raise ValidationException(f"Parameter Event is not valid. Reason: missing {', '.join(missing)}")
    return pattern.matches(found)


test_event_pattern.__test__ = False  # type: ignore[attr-defined]  # it is no test of pytest's


def _text_of(pattern: Any) -> str:
    if isinstance(pattern, str):
        return pattern
    if isinstance(pattern, bytes | bytearray):
        try:
            return pattern.decode()
        except UnicodeDecodeError:
            raise InvalidPattern("The pattern is not UTF-8") from None
    if not isinstance(pattern, Mapping):
        raise InvalidPattern("Filter is not an object")
    try:
        return dumps(_plain(pattern), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as reason:
        raise InvalidPattern(f"The pattern is no JSON: {reason}") from None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        for name in value:
            if not isinstance(name, str):
                raise InvalidPattern(f"Names must be strings, not {type(name).__name__}")
        return {str(name): _plain(member) for name, member in value.items()}
    return [_plain(member) for member in value] if isinstance(value, list | tuple) else value


def _parsed(text: str) -> Any:
    try:
        return parse_pattern_json(text)
    except NotJson as reason:
        raise InvalidPattern(f"The pattern is no JSON: {reason}") from None


def _check_length(text: str, rules: Rules) -> None:
    length = len(text.encode(errors="surrogatepass")) if rules.in_bytes else len(text)
    if length > rules.length:
        unit = "bytes" if rules.in_bytes else "characters"
        raise InvalidPattern(f"The pattern has {length:,} {unit}; at most {rules.length:,} are allowed")
