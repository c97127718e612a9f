"""Any pattern on any event: the engine, a rule set and the plain matcher agree; nothing but refusals is raised."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventbus.core.patterns import Dialect, Pattern, RuleSet
from eventbus.errors import InvalidParameterException, ServiceError
from tests.contracts.pattern_matcher import matches, matches_attributes
from tests.core.patterns.strategies import KEYS, events, events_near, fields, keys, numbers, patterns, scalars, texts
from tests.core.patterns.test_errors import REFUSALS


@st.composite
def pairs(draw: st.DrawFn, patterns_at_most: int = 3, events_of_each: int = 2) -> tuple[list[Any], list[Any]]:
    """Some patterns, and events for them: most made along one of the patterns, some along none."""
    made = draw(st.lists(patterns(), min_size=1, max_size=patterns_at_most))
    near = [draw(events_near(pattern)) for pattern in made for _ in range(events_of_each)]
    return made, [*near, draw(events())]


def agree(patterns: list[dict[str, Any]], events: list[dict[str, Any]]) -> None:
    """Each pattern on each event: alone, in a rule set, decoded, as text, explained."""
    compiled = [Pattern(pattern) for pattern in patterns]
    rules = RuleSet[int]()
    for index, pattern in enumerate(compiled):
        rules.add(index, pattern)

    for event in events:
        text = json.dumps(event)
        expected = [matches(pattern, event) for pattern in patterns]
        assert [pattern.matches(event) for pattern in compiled] == expected
        assert [pattern.matches(text) for pattern in compiled] == expected
        assert [pattern.explain(event) is None for pattern in compiled] == expected
        assert rules.matching(event) == tuple(index for index, matched in enumerate(expected) if matched)
        assert rules.matching(text) == rules.matching(event)


@settings(max_examples=50, deadline=None)
@given(pairs())
def test_engine_is_the_plain_matcher(drawn: tuple[list[Any], list[Any]]) -> None:
    """Arrays of objects, dotted keys, nulls, numbers, alternatives."""
    agree(*drawn)


@pytest.mark.long
@settings(max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(pairs(patterns_at_most=5, events_of_each=3))
def test_engine_is_the_plain_matcher_100_000_times(drawn: tuple[list[Any], list[Any]]) -> None:
    """5,000 times 3 patterns on 8 events, about."""
    agree(*drawn)


@settings(max_examples=30, deadline=None)
@given(patterns(), events())
def test_events_are_left_alone(pattern: dict[str, Any], event: dict[str, Any]) -> None:
    """Neither what a pattern is made from nor what it is asked about changes."""
    before = json.dumps([pattern, event])

    compiled = Pattern(pattern)
    compiled.matches(event)
    compiled.explain(event)

    assert json.dumps([pattern, event]) == before
    assert json.loads(compiled.text) == pattern


@settings(max_examples=50, deadline=None)
@given(pairs(patterns_at_most=1, events_of_each=3))
def test_every_dialect_is_the_plain_matcher(drawn: tuple[list[Any], list[Any]]) -> None:
    """Where it takes the pattern at all."""
    [pattern], events = drawn
    dialects: tuple[Dialect, ...] = ("pipes", "esm", "sns-body")
    for dialect in dialects:
        try:
            compiled = Pattern(pattern, dialect)
        except ServiceError:
            continue
        for event in events:
            expected = matches(pattern, event, sns=dialect == "sns-body")
            assert compiled.matches(event) is expected
            assert compiled.matches(json.dumps(event)) is expected


texts_by_type = st.one_of(
    st.builds(lambda text: {"Type": "String", "Value": text}, texts),
    st.builds(lambda number: {"Type": "Number", "Value": json.dumps(number)}, numbers),
    st.builds(lambda values: {"Type": "String.Array", "Value": json.dumps(values)}, st.lists(scalars, max_size=3)),
    st.just({"Type": "Binary", "Value": "AAAA"}),
)


@settings(max_examples=75, deadline=None)
@given(
    st.dictionaries(keys, fields, min_size=1, max_size=3),
    st.lists(st.dictionaries(keys, texts_by_type, max_size=4), min_size=3, max_size=5),
)
def test_policies_on_attributes_are_the_plain_matcher(policy: dict[str, Any], messages: list[dict[str, Any]]) -> None:
    """Strings, numbers, arrays of both."""
    try:
        compiled = Pattern(policy, "sns-attributes")
    except InvalidParameterException:
        return
    rules = RuleSet[int]()
    rules.add(1, compiled)

    for attributes in messages:
        expected = matches_attributes(policy, attributes)
        assert compiled.matches(attributes) is expected
        assert (compiled.explain(attributes) is None) is expected
        assert bool(rules.matching(attributes)) is expected


# What may be given by people who don't know better

WORDS = (
    "prefix",
    "suffix",
    "equals-ignore-case",
    "wildcard",
    "anything-but",
    "numeric",
    "exists",
    "cidr",
    "exactly",
    "$or",
    "regex",
    "=",
    "",
    ".",
    "a.",
    "Type",
    "Value",
)
OPERATORS_OF_NUMERIC = ("=", "<", "<=", ">", ">=", "!=", "<>")
ODD_TEXTS = ("10.0.0.0/8", "10.0.0.0/32", "::/0", "1.2.3.4.5/8", "/", "**", "\\", "\\x", "\ud800", "\0", "İ", "ŉ", "٣")
ODD_NUMBERS = (10**9 + 1, 10**20, 2**53 + 1, -(10**30), 1e300, 5e-324, 1e-7)

odd_scalars = (
    scalars | st.sampled_from(ODD_TEXTS) | st.sampled_from(OPERATORS_OF_NUMERIC) | st.sampled_from(ODD_NUMBERS)
)
odd_keys = st.sampled_from(KEYS) | st.sampled_from(WORDS)
odd_values = st.recursive(
    odd_scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(odd_keys, inner, max_size=3),
    max_leaves=10,
)
tests_of_odd_operands = st.builds(lambda word, operand: {word: operand}, st.sampled_from(WORDS), odd_values)
almost_patterns = st.dictionaries(
    odd_keys, st.lists(tests_of_odd_operands | odd_scalars, max_size=3) | odd_values, max_size=3
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """The text of a valid pattern, a few characters of which were lost, doubled or replaced."""
    text = json.dumps(draw(patterns()))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(text) - 1, 0)))
        put = draw(st.sampled_from(("", "", *'[]{}",:\\1aeN\x00 ', "null", "[]", "{}", "1e999", '"$or":')))
        text = text[:at] + put + text[at + 1 :]
    return text


odd_patterns = almost_patterns | damaged() | patterns() | st.text(max_size=20) | st.binary(max_size=20)
attributes = st.dictionaries(
    st.sampled_from(KEYS),
    st.fixed_dictionaries(
        {"Type": st.sampled_from(("String", "Number", "String.Array", "Binary", "String.x", "?"))},
        optional={"Value": st.sampled_from(("a", "1", "[1]", "[", "", "NaN", "1e999", '["a", [{"b": null}]]', "null"))},
    ),
    max_size=3,
)
odd_events = st.one_of(
    odd_values,
    events(),
    attributes,
    st.text(max_size=20),
    st.binary(max_size=20),
    damaged(),
    st.sampled_from((float("nan"), {"a": float("inf")}, '{"a": NaN}', "[" * 5000, '{"a":' * 5000, "9" * 5000)),
)


def are_attributes(event: Any) -> bool:
    return isinstance(event, dict) and all(isinstance(each, dict) and "Type" in each for each in event.values())


def stand(given: Any, dialect: Dialect, events: list[Any]) -> None:
    """The pattern is refused as documented, or asks any event without a fault."""
    try:
        pattern = Pattern(given, dialect)
    except ServiceError as error:
        assert type(error) is REFUSALS[dialect][0]
        return

    assert isinstance(json.loads(pattern.text), dict)
    rules = RuleSet[str]()
    rules.add("it", pattern)
    for event in events:
        if dialect == "sns-attributes" and not are_attributes(event):
            continue
        matched = pattern.matches(event)
        assert matched in (True, False)
        assert (pattern.explain(event) is None) is matched
        assert bool(rules.matching(event)) is matched


ODD = (odd_patterns, st.lists(odd_events, min_size=2, max_size=4))


@settings(max_examples=75, deadline=None)
@given(*ODD)
def test_nothing_but_refusals(given: Any, events: list[Any]) -> None:
    """Whatever comes as a pattern, in whichever dialect, whatever as an event."""
    for dialect in REFUSALS:
        stand(given, dialect, events)


@pytest.mark.long
@settings(max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(*ODD)
def test_nothing_but_refusals_100_000_times(given: Any, events: list[Any]) -> None:
    """20,000 patterns in each of five dialects, each on two events or more."""
    for dialect in REFUSALS:
        stand(given, dialect, events)


@pytest.mark.parametrize("dialect", REFUSALS)
@pytest.mark.parametrize("levels", [10, 100, 300, 680])
def test_deep_patterns(dialect: Dialect, levels: int) -> None:
    """As deep as the limit of length allows: refused as documented, or able to match."""
    text = '{"a":' * levels + "[1]" + "}" * levels
    event: Any = 1
    for _ in range(levels):
        event = {"a": event}

    stand(text, dialect, [event, {}, {"a": 1}])


@pytest.mark.parametrize("levels", [100, 900, 5_000])
@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        pytest.param('{"a":', "}", id="objects"),
        pytest.param("[", "]", id="arrays"),
        pytest.param('[{"a":', "}]", id="both"),
    ],
)
def test_deep_events(opening: str, closing: str, levels: int) -> None:
    """Much deeper than any pattern: no fault, and what lies beside is found where the text can be read at all."""
    text = f'{{"a": {opening * levels}1{closing * levels}, "b": 2}}'
    pattern = Pattern({"a": {"b": [{"exists": False}]}, "b": [2]})

    if levels == 100:
        assert pattern.matches(text)
    assert (pattern.explain(text) is None) is pattern.matches(text)


@pytest.mark.parametrize("levels", [100, 900, 5_000])
def test_deep_decoded_events(levels: int) -> None:
    """The pattern decides how deep one looks."""
    event: Any = 1
    for _ in range(levels):
        event = {"a": event}

    assert Pattern({"a": {"b": [{"exists": False}]}, "b": [2]}).matches({"a": event, "b": 2})
    assert not Pattern({"a": {"a": [1]}}).matches(event)
