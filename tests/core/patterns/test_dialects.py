"""Which dialect takes what, and up to where. Sources: eb:eb-create-pattern-operators, dg:invocation-eventfiltering,
sns:subscription-filter-policy-constraints; bc:events, bc:pipes and bc:lambda for lengths.
"""

import json
from typing import Any, get_args

import pytest

from eventbus.core.patterns import Dialect, Pattern, RuleSet
from eventbus.errors import InvalidEventPatternException, InvalidParameterException, InvalidParameterValueException
from tests.contracts.pattern_matcher import matches_attributes
from tests.core.patterns.helpers import matched
from tests.core.patterns.test_errors import refusal

EVERYWHERE: tuple[Dialect, ...] = get_args(Dialect)
ON_SNS: tuple[Dialect, ...] = ("sns-attributes", "sns-body")
ON_EVENTBRIDGE: tuple[Dialect, ...] = ("eventbridge",)

# what is tested, a field that uses it, where it may be used
OPERATORS: list[tuple[str, list[Any], tuple[Dialect, ...]]] = [
    ("string", ["a"], EVERYWHERE),
    ("empty string", [""], EVERYWHERE),
    ("number", [1], EVERYWHERE),
    ("boolean", [True], EVERYWHERE),
    ("null", [None], EVERYWHERE),
    ("prefix", [{"prefix": "a"}], EVERYWHERE),
    ("suffix", [{"suffix": "a"}], EVERYWHERE),
    ("equals-ignore-case", [{"equals-ignore-case": "a"}], EVERYWHERE),
    ("numeric", [{"numeric": [">", 1, "<=", 5]}], EVERYWHERE),
    ("exists", [{"exists": True}], EVERYWHERE),
    ("missing", [{"exists": False}], EVERYWHERE),
    ("anything-but string", [{"anything-but": "a"}], EVERYWHERE),
    ("anything-but strings", [{"anything-but": ["a", "b"]}], EVERYWHERE),
    ("anything-but number", [{"anything-but": 1}], EVERYWHERE),
    ("anything-but numbers", [{"anything-but": [1, 2]}], EVERYWHERE),
    ("prefix ignoring case", [{"prefix": {"equals-ignore-case": "a"}}], ("eventbridge", "pipes")),
    ("suffix ignoring case", [{"suffix": {"equals-ignore-case": "a"}}], ("eventbridge", "pipes")),
    ("wildcard", [{"wildcard": "a*"}], ON_EVENTBRIDGE + ON_SNS),
    ("anything-but prefix", [{"anything-but": {"prefix": "a"}}], ON_EVENTBRIDGE + ON_SNS),
    ("anything-but prefixes", [{"anything-but": {"prefix": ["a", "b"]}}], ON_EVENTBRIDGE + ON_SNS),
    ("anything-but suffix", [{"anything-but": {"suffix": "a"}}], ON_EVENTBRIDGE + ON_SNS),
    ("anything-but wildcard", [{"anything-but": {"wildcard": "a*"}}], ON_EVENTBRIDGE + ON_SNS),
    ("anything-but ignoring case", [{"anything-but": {"equals-ignore-case": "a"}}], ON_EVENTBRIDGE),
    ("cidr", [{"cidr": "10.0.0.0/8"}], ON_EVENTBRIDGE + ON_SNS),
]
CELLS = [
    pytest.param(tests, dialect, dialect in where, id=f"{name} on {dialect}")
    for name, tests, where in OPERATORS
    for dialect in EVERYWHERE
]


@pytest.mark.parametrize(("tests", "dialect", "accepted"), CELLS)
def test_operators(tests: list[Any], dialect: Dialect, accepted: bool) -> None:
    """Taken where they are documented, refused as unknown elsewhere."""
    if accepted:
        assert json.loads(Pattern({"x": tests}, dialect).text) == {"x": tests}
    else:
        refusal({"x": tests}, dialect)


@pytest.mark.parametrize(("tests", "dialect", "accepted"), CELLS)
def test_operators_of_the_full_engine(tests: list[Any], dialect: Dialect, accepted: bool) -> None:
    """One switch opens them all."""
    assert json.loads(Pattern({"x": tests}, dialect, engine_operators=True).text) == {"x": tests}


@pytest.mark.parametrize("dialect", EVERYWHERE)
def test_full_engine_still_refuses_what_is_no_operator(dialect: Dialect) -> None:
    """The switch adds operators, it takes away no check."""
    for tests in ([{"y": "a"}], [{"wildcard": "a**"}], []):
        with pytest.raises((InvalidEventPatternException, InvalidParameterValueException, InvalidParameterException)):
            Pattern({"x": tests}, dialect, engine_operators=True)


@pytest.mark.parametrize("dialect", EVERYWHERE)
def test_or_everywhere(dialect: Dialect) -> None:
    """Every dialect knows `$or`."""
    pattern = Pattern({"c": ["3"], "$or": [{"a": ["1"]}, {"b": ["2"]}]}, dialect)
    event = {"b": "2", "c": "3"}
    if dialect == "sns-attributes":
        event = attributes(**event)

    assert pattern.matches(event)


@pytest.mark.parametrize("operator", ["wildcard", "cidr"])
def test_reason_of_an_operator_that_pipes_do_not_know(operator: str) -> None:
    """As for one that nobody knows."""
    text = refusal({"x": [{operator: "10.0.0.0/8"}]}, "pipes")

    assert text.startswith(f"Event pattern is not valid. Reason: Unrecognized match type {operator}")


# Length


def long_pattern(characters: int, letter: str = "a") -> str:
    """A pattern of exactly so many characters."""
    return f'{{"x": ["{letter * (characters - 11)}"]}}'


@pytest.mark.parametrize("letter", ["a", "é", "€"])
@pytest.mark.parametrize("dialect", ["eventbridge", "pipes", "esm"])
def test_longest_pattern(dialect: Dialect, letter: str) -> None:
    """4,096 characters, however many bytes they are."""
    Pattern(long_pattern(4096, letter), dialect)

    refusal(long_pattern(4097, letter), dialect)


@pytest.mark.parametrize("dialect", ON_SNS)
def test_longest_policy(dialect: Dialect) -> None:
    """256 KB, in bytes."""
    Pattern(long_pattern(262_144), dialect)

    refusal(long_pattern(262_145), dialect)
    refusal(long_pattern(262_143, "é"), dialect)


@pytest.mark.parametrize("dialect", EVERYWHERE)
def test_limit_of_ones_own(dialect: Dialect) -> None:
    """Takes the place of the dialect's, below and above it."""
    Pattern(long_pattern(2048), dialect, limit=2048)
    Pattern(long_pattern(300_000), dialect, limit=300_000)

    with pytest.raises((InvalidEventPatternException, InvalidParameterValueException, InvalidParameterException)):
        Pattern(long_pattern(2049), dialect, limit=2048)


# Combinations


def alternatives(field: str, count: int) -> list[dict[str, list[int]]]:
    return [{field: [number]} for number in range(count)]


@pytest.mark.parametrize("dialect", ["eventbridge", "pipes"])
def test_most_alternatives(dialect: Dialect) -> None:
    """The product of all `$or` is at most 1,000."""
    Pattern(
        {"$or": alternatives("a", 10), "x": {"$or": alternatives("b", 10), "y": {"$or": alternatives("c", 10)}}},
        dialect,
    )

    refusal(
        {"$or": alternatives("a", 7), "x": {"$or": alternatives("b", 11), "y": {"$or": alternatives("c", 13)}}}, dialect
    )


def test_alternatives_in_alternatives() -> None:
    """A nested `$or` adds to the branches of the outer one."""
    nested = [{"$or": alternatives("a", 32)}, *alternatives("b", 8)]  # 40

    Pattern({"$or": nested, "x": {"$or": alternatives("c", 25)}})

    refusal({"$or": nested, "x": {"$or": alternatives("c", 26)}})


def test_all_alternatives_are_tried() -> None:
    """At the limit, too."""
    pattern = {"$or": alternatives("a", 25), "x": {"$or": alternatives("b", 40)}}

    assert matched(pattern, {"a": 24, "x": {"b": 39}})
    assert not matched(pattern, {"a": 25, "x": {"b": 39}})


@pytest.mark.parametrize("dialect", ON_SNS)
def test_most_combinations_of_a_policy(dialect: Dialect) -> None:
    """The product of the numbers of values is at most 150."""
    Pattern({"a": list(range(150))}, dialect)
    Pattern({"a": list(range(10)), "b": list(range(5)), "c": list(range(3))}, dialect)

    refusal({"a": list(range(151))}, dialect)
    refusal({"a": list(range(10)), "b": list(range(8)), "c": list(range(2))}, dialect)


def test_depth_multiplies_combinations() -> None:
    """Each field counts its values as often as it lies deep."""
    Pattern({"a": {"b": {"c": list(range(50))}}}, "sns-body")
    Pattern({"a": {"b": {"c": list(range(25))}}, "d": ["x", "y"]}, "sns-body")
    Pattern({"a": {"b": {"c": list(range(25))}, "d": ["x"]}}, "sns-body")

    refusal({"a": {"b": {"c": list(range(51))}}}, "sns-body")
    refusal({"a": {"b": {"c": list(range(26))}}, "d": ["x", "y"]}, "sns-body")
    refusal({"a": {"b": {"c": list(range(26))}, "d": ["x"]}}, "sns-body")


@pytest.mark.parametrize("dialect", ON_SNS)
def test_branches_add_combinations(dialect: Dialect) -> None:
    """Those of a `$or` are the sum of its branches."""
    Pattern({"a": list(range(10)), "$or": [{"b": list(range(7))}, {"c": list(range(8))}]}, dialect)

    refusal({"a": list(range(10)), "$or": [{"b": list(range(8))}, {"c": list(range(8))}]}, dialect)


@pytest.mark.parametrize("dialect", ON_SNS)
def test_most_keys_of_a_policy(dialect: Dialect) -> None:
    """Five."""
    Pattern({key: ["a"] for key in "abcde"}, dialect)

    refusal({key: ["a"] for key in "abcdef"}, dialect)


def test_leaf_keys_count() -> None:
    """However deep they lie; those above them don't."""
    Pattern({"a": {"b": {"c": ["1"], "d": ["1"]}, "e": ["1"]}, "f": {"g": ["1"]}, "h": ["1"]}, "sns-body")

    refusal({"a": {"b": {"c": ["1"], "d": ["1"]}, "e": ["1"]}, "f": {"g": ["1"], "i": ["1"]}, "h": ["1"]}, "sns-body")


@pytest.mark.parametrize("dialect", ["eventbridge", "pipes", "esm"])
def test_no_such_limits_elsewhere(dialect: Dialect) -> None:
    """Six keys, and more than 150 combinations of values."""
    pattern = Pattern({key: list(range(20)) for key in "abcdef"}, dialect)

    assert pattern.matches(dict.fromkeys("abcdef", 19))


# Wildcards


@pytest.mark.parametrize("dialect", ON_SNS)
def test_most_wildcards_of_a_policy(dialect: Dialect) -> None:
    """Three in one text."""
    Pattern({"x": [{"wildcard": "*a*b*"}]}, dialect)
    Pattern({"x": [{"wildcard": "*a*b*\\*"}]}, dialect)

    refusal({"x": [{"wildcard": "*a*b*c*"}]}, dialect)
    refusal({"x": [{"anything-but": {"wildcard": "*a*b*c*"}}]}, dialect)


def test_complexity_of_a_wildcard() -> None:
    """The simplest that is known to be refused, and the most complex that is known to be accepted."""
    Pattern({"x": [{"wildcard": "/Users/*/dir/dir/dir/dir/dir/doc.txt"}]})

    refusal({"x": [{"wildcard": "*:*:*:*:*:event-bus/*"}]})


# Numbers


@pytest.mark.parametrize("number", ["5000000000", "-5000000000", "0.000001", "123456789.012345"])
@pytest.mark.parametrize("dialect", ["eventbridge", "pipes", "esm"])
def test_strict_numbers_at_the_limit(dialect: Dialect, number: str) -> None:
    """Five billion either side, 15 digits, 6 of them after the point."""
    for tests in (number, f'{{"numeric": ["=", {number}]}}', f'{{"anything-but": {number}}}'):
        Pattern(f'{{"x": [{tests}]}}', dialect, strict_numbers=True)


@pytest.mark.parametrize("number", ["5000000001", "-5000000001", "5000000000.1", "0.0000001", "1234567890.123456"])
@pytest.mark.parametrize("dialect", ["eventbridge", "pipes", "esm"])
def test_strict_numbers_past_the_limit(dialect: Dialect, number: str) -> None:
    """Refused only if one asks for it: the engine takes them."""
    for tests in (number, f'{{"numeric": ["=", {number}]}}', f'{{"anything-but": {number}}}'):
        Pattern(f'{{"x": [{tests}]}}', dialect)

        with pytest.raises((InvalidEventPatternException, InvalidParameterValueException)):
            Pattern(f'{{"x": [{tests}]}}', dialect, strict_numbers=True)


@pytest.mark.parametrize("dialect", ON_SNS)
def test_largest_numbers_of_a_policy(dialect: Dialect) -> None:
    """A billion, either side of zero."""
    Pattern({"x": [10**9, -(10**9)]}, dialect)
    Pattern({"x": [{"numeric": [">", -(10**9), "<=", 10**9]}]}, dialect)

    refusal({"x": [10**9 + 1]}, dialect)
    refusal({"x": [-(10**9) - 1]}, dialect)
    refusal({"x": [{"numeric": ["=", 10**9 + 1]}]}, dialect)
    refusal({"x": [{"numeric": [">", 0, "<=", 10**9 + 1]}]}, dialect)


def test_digits_that_count_on_sns() -> None:
    """Five after the point."""
    assert matched({"x": [1.000001]}, {"x": 1.000002}, "sns-body")
    assert matched({"x": [1.00001]}, {"x": 1.00001}, "sns-body")
    assert not matched({"x": [1.00001]}, {"x": 1.00002}, "sns-body")


# SNS: attributes


def attributes(**values: str) -> dict[str, Any]:
    """Attributes of a message, all strings."""
    return {name: {"Type": "String", "Value": value} for name, value in values.items()}


@pytest.mark.parametrize(
    ("tests", "kind", "value", "verdict"),
    [
        pytest.param(["a"], "String", "a", True, id="string"),
        pytest.param(["a"], "String", "b", False, id="another string"),
        pytest.param([""], "String", "a", False, id="empty string"),
        pytest.param([100], "String", "100", False, id="a string is no number"),
        pytest.param([{"numeric": ["=", 100]}], "String", "100", False, id="numeric does not see strings"),
        pytest.param(["100"], "String", "100", True, id="digits are a string"),
        pytest.param([100], "Number", "100", True, id="number"),
        pytest.param([100], "Number", "100.0", True, id="by value"),
        pytest.param(["100"], "Number", "100", False, id="a number is no string"),
        pytest.param([{"numeric": [">", 99, "<=", 100]}], "Number", "1e2", True, id="numeric"),
        pytest.param([{"numeric": [">", 100]}], "Number", "100", False, id="numeric, not in range"),
        pytest.param([{"anything-but": 100}], "Number", "100", False, id="anything-but number"),
        pytest.param([{"anything-but": ["100"]}], "Number", "100", True, id="anything-but string, number"),
        pytest.param([{"prefix": "1"}], "Number", "100", False, id="prefix does not see numbers"),
        pytest.param([True], "String", "true", False, id="a string is no boolean"),
        pytest.param(["b"], "String.Array", '["a", "b"]', True, id="element"),
        pytest.param(["c"], "String.Array", '["a", "b"]', False, id="no element"),
        pytest.param([2], "String.Array", "[1, 2]", True, id="number in an array"),
        pytest.param([True], "String.Array", "[true]", True, id="boolean in an array"),
        pytest.param([None], "String.Array", '["a", null]', True, id="null in an array"),
        pytest.param([{"anything-but": "a"}], "String.Array", '["a", "b"]', True, id="anything-but, one outside"),
        pytest.param(
            [{"anything-but": ["a", "b"]}], "String.Array", '["a", "b"]', False, id="anything-but, none outside"
        ),
        pytest.param([100], "String.Array", "100", True, id="array that is a number"),
        pytest.param([100], "String.Array", "one hundred", False, id="array that is no JSON"),
        pytest.param([{"cidr": "10.0.0.0/8"}], "String", "10.1.2.3", True, id="cidr"),
        pytest.param([{"equals-ignore-case": "a"}], "String", "A", True, id="ignoring case"),
        pytest.param([{"wildcard": "a*c"}], "String", "abc", True, id="wildcard"),
        pytest.param([{"exists": True}], "Number", "0", True, id="zero exists"),
        pytest.param([{"exists": True}], "String.Array", '["a"]', True, id="element exists"),
        pytest.param([{"exists": True}], "String.Array", "[]", False, id="empty array does not exist"),
        pytest.param([{"exists": True}], "String.Array", "[null]", False, id="null does not exist"),
        pytest.param([{"exists": False}], "String", "a", False, id="there"),
    ],
)
def test_attributes_by_type(tests: list[Any], kind: str, value: str, verdict: bool) -> None:
    """A String is a string, a Number a number, a String.Array its elements."""
    attributes = {"x": {"Type": kind, "Value": value}}

    assert matched({"x": tests}, attributes, "sns-attributes") is verdict
    assert matches_attributes({"x": tests}, attributes) is verdict


@pytest.mark.parametrize(
    ("kind", "value"), [("Type", "Value"), ("DataType", "StringValue"), ("data_type", "string_value")]
)
def test_spellings_of_attributes(kind: str, value: str) -> None:
    """As in events, as in the API, as in our calls."""
    assert matched({"x": [5]}, {"x": {kind: "Number", value: "5"}}, "sns-attributes")
    assert not matched({"x": [5]}, {"x": {kind: "String", value: "5"}}, "sns-attributes")


def test_binary_attributes_are_ignored() -> None:
    """They neither exist nor match."""
    binary = {"x": {"Type": "Binary", "Value": "AAAA"}, "y": {"Type": "String", "Value": "a"}}

    assert not matched({"x": [{"exists": True}]}, binary, "sns-attributes")
    assert not matched({"x": ["AAAA"]}, binary, "sns-attributes")
    assert not matched({"x": [{"anything-but": "b"}]}, binary, "sns-attributes")


def test_missing_attribute() -> None:
    """Is missing only from a message that has attributes."""
    assert matched({"x": [{"exists": False}]}, attributes(y="a"), "sns-attributes")
    assert not matched({"x": [{"exists": False}]}, {}, "sns-attributes")


def test_all_attributes_of_a_policy() -> None:
    """Keys are joined by and."""
    policy = {"x": ["a"], "y": [{"anything-but": "b"}]}

    assert matched(policy, attributes(x="a", y="c"), "sns-attributes")
    assert not matched(policy, attributes(x="a", y="b"), "sns-attributes")
    assert not matched(policy, attributes(x="a"), "sns-attributes")


def test_no_nesting_in_a_policy_on_attributes() -> None:
    """Attributes are flat."""
    refusal({"x": {"y": ["a"]}}, "sns-attributes")


# SNS: body


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        pytest.param('{"a": {"b": ["x", "y"]}}', True, id="nested"),
        pytest.param('{"a": [{"b": "z"}, {"b": "y"}]}', True, id="array of objects"),
        pytest.param('{"a.b": "y"}', True, id="dots"),
        pytest.param('{"a": {"b": "z"}}', False, id="another value"),
        pytest.param('{"a": {"b": "y"}', False, id="no JSON"),
        pytest.param("plain", False, id="plain text"),
        pytest.param("", False, id="empty"),
        pytest.param('"y"', False, id="string"),
        pytest.param("[]", False, id="array"),
        pytest.param('[{"a": {"b": "y"}}]', False, id="array of bodies"),
    ],
)
def test_bodies(body: str, verdict: bool) -> None:
    """As events of EventBridge; what is no JSON object matches nothing, and that is no error."""
    assert Pattern({"a": {"b": ["y"]}}, "sns-body").matches(body) is verdict


def test_null_in_a_body_does_not_exist() -> None:
    """`exists` wants a value that is neither null nor empty."""
    assert matched({"x": [{"exists": True}]}, {"x": 0}, "sns-body")
    assert not matched({"x": [{"exists": True}]}, {"x": None}, "sns-body")
    assert not matched({"x": [{"exists": True}]}, {"x": ""}, "sns-body")
    assert not matched({"x": [{"exists": True}]}, {"x": []}, "sns-body")


# Mappings


@pytest.mark.parametrize(
    ("pattern", "record", "verdict"),
    [
        pytest.param({"body": {"a": [1]}}, {"body": {"a": 1}, "messageId": "m"}, True, id="queue"),
        pytest.param({"body": ["hello"]}, {"body": "hello"}, True, id="plain text"),
        pytest.param(
            {"data": {"a": [{"numeric": [">", 1]}]}}, {"data": {"a": 2}, "partitionKey": "p"}, True, id="stream"
        ),
        pytest.param({"partitionKey": ["p"]}, {"data": "x", "partitionKey": "p"}, True, id="metadata"),
        pytest.param(
            {"dynamodb": {"NewImage": {"n": {"N": ["5"]}}}},
            {"dynamodb": {"NewImage": {"n": {"N": "5"}}}},
            True,
            id="number of a table",
        ),
        pytest.param(
            {"dynamodb": {"NewImage": {"n": {"N": [{"numeric": ["=", 5]}]}}}},
            {"dynamodb": {"NewImage": {"n": {"N": "5"}}}},
            False,
            id="which is a string",
        ),
        pytest.param(
            {"dynamodb": {"NewImage": {"n": [{"exists": True}]}}},
            {"dynamodb": {"NewImage": {"n": {"N": "5"}}}},
            False,
            id="exists wants the type",
        ),
        pytest.param(
            {"dynamodb": {"NewImage": {"n": {"N": [{"exists": True}]}}}},
            {"dynamodb": {"NewImage": {"n": {"N": "5"}}}},
            True,
            id="exists with the type",
        ),
        pytest.param(
            {"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">", 1]}]}},
            {"dynamodb": {"ApproximateCreationDateTime": 1_700_000_000}},
            True,
            id="time is a number",
        ),
    ],
)
def test_filters_of_mappings(pattern: Any, record: Any, verdict: bool) -> None:
    """Records as they are decoded for the filter."""
    assert matched(pattern, record, "esm") is verdict


@pytest.mark.parametrize("dialect", EVERYWHERE)
def test_rules_of_each_dialect(dialect: Dialect) -> None:
    """A rule set takes the patterns of any one dialect."""
    rules = RuleSet[int]()
    rules.add(1, Pattern({"x": ["a"]}, dialect))
    rules.add(2, Pattern({"x": ["b"]}, dialect))
    event = attributes(x="b") if dialect == "sns-attributes" else {"x": "b"}

    assert rules.matching(event) == (2,)
