"""What is no pattern, and how each dialect says so."""

import json
from typing import Any

import pytest

from eventbus.core.patterns import Dialect, Pattern
from eventbus.errors import (
    InvalidEventPatternException,
    InvalidParameterException,
    InvalidParameterValueException,
    ServiceError,
)

# dialect -> the error it raises, and how its text begins
REFUSALS: dict[Dialect, tuple[type[ServiceError], str]] = {
    "eventbridge": (InvalidEventPatternException, "Event pattern is not valid. Reason: "),
    "pipes": (InvalidEventPatternException, "Event pattern is not valid. Reason: "),
    "esm": (InvalidParameterValueException, "Invalid filter pattern definition."),
    "sns-attributes": (InvalidParameterException, "Invalid parameter: FilterPolicy: "),
    "sns-body": (InvalidParameterException, "Invalid parameter: FilterPolicy: "),
}


def refusal(pattern: Any, dialect: Dialect = "eventbridge") -> str:
    """The text with which this dialect refuses the pattern."""
    error, beginning = REFUSALS[dialect]
    with pytest.raises(error) as caught:
        Pattern(pattern, dialect)

    assert type(caught.value) is error
    assert str(caught.value).startswith(beginning)
    return str(caught.value)


def operand(operator: str, *values: Any) -> list[Any]:
    """The field x with this operator, once for each value, as parameters."""
    return [
        pytest.param({"x": [{operator: value}]}, id=f"{operator}: {json.dumps(value, ensure_ascii=False)}")
        for value in values
    ]


def or_of(*values: Any) -> list[Any]:
    return [pytest.param({"$or": value}, id=f"$or: {json.dumps(value)}") for value in values]


NO_JSON_OBJECT = [
    pytest.param("", id="nothing"),
    pytest.param(" ", id="a blank"),
    pytest.param("null", id="null"),
    pytest.param("true", id="true"),
    pytest.param("1", id="number"),
    pytest.param('"x"', id="string"),
    pytest.param("x", id="bare word"),
    pytest.param("[]", id="empty array"),
    pytest.param('[{"x": [1]}]', id="array"),
    pytest.param('["x", ', id="half an array"),
    pytest.param('{"x": [1]', id="half an object"),
    pytest.param('{"x": [1]} x', id="more than an object"),
    pytest.param("{'x': [1]}", id="single quotes"),
    pytest.param('{"x": [1],}', id="comma too many"),
    pytest.param('{"x": [NaN]}', id="NaN"),
    pytest.param('{"x": [Infinity]}', id="infinity"),
    pytest.param('{"x": [{"numeric": ["<", -Infinity]}]}', id="infinity in a range"),
    pytest.param(b'{"x": ["\xff"]}', id="not UTF-8"),
]

SHAPES = [
    pytest.param({"x": "a"}, id="bare string"),
    pytest.param({"x": 1}, id="bare number"),
    pytest.param({"x": True}, id="bare boolean"),
    pytest.param({"x": None}, id="bare null"),
    pytest.param({"x": []}, id="empty array"),
    pytest.param({"x": {}}, id="empty object"),
    pytest.param({"x": {"y": {}}}, id="empty object below"),
    pytest.param({"x": {"y": []}}, id="empty array below"),
    pytest.param({"x": {"y": "a"}}, id="bare string below"),
    pytest.param({"x": [["a"]]}, id="array in an array"),
    pytest.param({"x": ["a", []]}, id="empty array beside a test"),
    pytest.param({"x": [{}]}, id="test without an operator"),
    pytest.param({"x": [{"prefix": "a", "suffix": "b"}]}, id="test with two operators"),
    pytest.param({"x": [{"exists": True, "y": 1}]}, id="exists and another key"),
    pytest.param({"x": [{"anything-but": "a", "y": []}]}, id="anything-but and another key"),
    pytest.param({"x": [{"y": "a"}]}, id="no operator"),
    pytest.param({"x": [{"Prefix": "a"}]}, id="case of an operator"),
    pytest.param({"x": [{"prefix ": "a"}]}, id="blank behind an operator"),
    pytest.param({"x": ["a", {"y": "a"}]}, id="no operator beside a test"),
    pytest.param({"good": ["a"], "x": "a"}, id="second field"),
]

OPERANDS = [
    *operand("prefix", 3, None, True, ["a"], [], {}, {"equals-ignore-case": 3}, {"equals-ignore-case": ["a"]}),
    *operand("prefix", {"wildcard": "a"}, {"equals-ignore-case": "a", "y": 1}),
    *operand("suffix", 3, None, True, ["a"], [], {}, {"equals-ignore-case": 3}, {"equals-ignore-case": ["a"]}),
    *operand("suffix", {"prefix": "a"}, {"equals-ignore-case": "a", "y": 1}),
    *operand("equals-ignore-case", 3, None, True, ["a"], [], {}, {"prefix": "a"}),
    *operand("wildcard", 3, None, True, ["a"], [], {}, "**", "a**b", "a*b**", "\\a", "a\\", "a\\\\\\b"),
    *operand("exactly", 33, None, ["a"], {}),
    *operand("exists", "true", "", 1, 0, None, [], [True], {}),
    *operand("cidr", 5, None, ["10.0.0.0/8"], {}, "", "foo", "foo/8", "10.0.0.0", "10.0.0.0/", "10.0.0.0/x"),
    *operand("cidr", "10.0.0.0/32", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/24", "256.0.0.0/8", "10.0.0.0/8/8"),
    *operand("cidr", "2001:db8::/128", "2001:db8::/129", "2001:db8::/x", "2001:db8:::/32"),
]

ANYTHING_BUT = [
    *operand("anything-but", True, False, None, [], [True], [None], ["a", 1], [1, "a"], ["a", None], [["a"]]),
    *operand("anything-but", [{"prefix": "a"}], {}, {"y": "a"}, {"exists": True}, {"numeric": ["=", 1]}),
    *operand("anything-but", {"cidr": "10.0.0.0/8"}, {"anything-but": "a"}, {"prefix": {"equals-ignore-case": "a"}}),
    *operand("anything-but", {"prefix": "a", "suffix": "b"}, {"prefix": "a", "y": 1}),
    *operand("anything-but", {"prefix": ""}, {"prefix": ["a", ""]}, {"prefix": []}, {"prefix": 1}, {"prefix": [1]}),
    *operand("anything-but", {"suffix": ""}, {"suffix": ["", "a"]}, {"suffix": []}, {"suffix": 1}, {"suffix": [None]}),
    *operand("anything-but", {"equals-ignore-case": []}, {"equals-ignore-case": 1}, {"equals-ignore-case": ["a", 1]}),
    *operand("anything-but", {"wildcard": []}, {"wildcard": 1}, {"wildcard": "a**b"}, {"wildcard": ["a", "b**"]}),
    *operand("anything-but", {"wildcard": "\\a"}, {"prefix": ["a", ["b"]]}),
]

NUMERIC = [
    *operand("numeric", 5, ">", None, True, {}, {"=": 5}, [], [5], ["="], ["=", "5"], ["=", True], ["=", None]),
    *operand("numeric", ["=", [5]], [5, "="], ["!=", 5], ["<>", 5], ["==", 5], ["", 5], ["= ", 5], [None, 5]),
    *operand("numeric", ["<", 1, "<", 5], ["<", 5, ">", 1], ["=", 1, "<", 5], [">", 1, "=", 5], [">", 1, ">", 5]),
    *operand("numeric", [">", 1, ">=", 5], [">", 5, "<", 5], [">=", 5, "<=", 5], [">", 5, "<", 1], [">", 1, "<"]),
    *operand("numeric", [">", 1, "<", "5"], [">", 1, "<", 5, "x"], [">", 1, "<", 5, "<", 6], [">", 1, 5]),
    *operand("numeric", ["=", 12345678901234567890], ["<", 12345678901234567]),
    pytest.param('{"x": [{"numeric": ["=", 1e400]}]}', id="numeric: 1e400"),
    pytest.param('{"x": [{"numeric": [">", -1e400, "<", 1]}]}', id="numeric: -1e400"),
]

ORS = [
    *or_of(None, "a", 1, {}, {"a": [1], "b": [2]}, [], [{"a": [1]}], [1, 2], ["a", "b"]),
    *or_of([{"a": [1]}, 1], [{"a": [1]}, []], [{"a": [1]}, {}], [{"a": [1]}, None], [{"a": [1]}, [{"b": [2]}]]),
    *or_of([{"a": [1]}, {"b": 2}], [{"a": [1]}, {"b": []}], [{"a": [1]}, {"$or": [{"b": [2]}]}]),
    *or_of([{"cidr": "10.0.0.0/24"}, {"prefix": "a"}], [{"a": [1]}, {"prefix": ["a"]}]),
    *or_of(
        [{"a": [1]}, {"numeric": [5]}],
        [{"=": [5]}, {"a": [1]}],
        [{"a": [1]}, {"<": [5]}],
        [{"regex": ["a"]}, {"a": [1]}],
    ),
    pytest.param({"x": {"$or": [{"a": [1]}]}}, id="$or below a field"),
]


@pytest.mark.parametrize("dialect", REFUSALS)
@pytest.mark.parametrize("pattern", [*NO_JSON_OBJECT, *SHAPES, *OPERANDS, *ANYTHING_BUT, *NUMERIC, *ORS])
def test_no_pattern_in_any_dialect(pattern: Any, dialect: Dialect) -> None:
    """Refused, in the words of the dialect."""
    refusal(pattern, dialect)


@pytest.mark.parametrize("dialect", ["eventbridge", "pipes"])
def test_empty_pattern(dialect: Dialect) -> None:
    """Asks for nothing, which is not allowed."""
    refusal({}, dialect)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        pytest.param({"source": "a"}, '"source" must be an object or an array', id="bare value"),
        pytest.param({"detail": {"state": None}}, '"state" must be an object or an array', id="bare value below"),
        pytest.param({"source": []}, "Empty arrays are not allowed", id="empty array"),
        pytest.param({"source": [{"regex": "a"}]}, "Unrecognized match type regex", id="unknown operator"),
        pytest.param({"source": [{"Exists": True}]}, "Unrecognized match type Exists", id="case of an operator"),
        pytest.param({"source": [{"prefix": 1}]}, "prefix match pattern must be a string", id="prefix"),
        pytest.param({"source": [{"prefix": ["a"]}]}, "prefix match pattern must be a string", id="list of prefixes"),
        pytest.param(
            {"x": [{"anything-but": None}]},
            "Value of anything-but must be an array or single string/number value.",
            id="anything-but null",
        ),
        pytest.param(
            {"x": [{"anything-but": True}]},
            "Value of anything-but must be an array or single string/number value.",
            id="anything-but true",
        ),
        pytest.param(
            {"x": [{"anything-but": ["a", None]}]},
            "Inside anything but list, start|null|boolean is not supported.",
            id="anything-but with null",
        ),
        pytest.param(
            {"x": [{"anything-but": [True]}]},
            "Inside anything but list, start|null|boolean is not supported.",
            id="anything-but with true",
        ),
        pytest.param({"x": [{"numeric": ">5"}]}, "Value of numeric must be an array.", id="numeric"),
        pytest.param({"x": [{"numeric": [">", 0, ">", 5]}]}, "Bad numeric range operator: >", id="two lower bounds"),
        pytest.param({"x": [{"numeric": ["<", "5"]}]}, "Value of < must be numeric", id="bound is a string"),
        pytest.param(
            {"x": [{"numeric": [">", 0, "<", "5"]}]}, "Value of < must be numeric", id="upper bound is a string"
        ),
        pytest.param({"x": [{"anything-but": {"prefix": ""}}]}, "Null prefix/suffix not allowed", id="empty prefix"),
        pytest.param({"x": [{"anything-but": {"suffix": ""}}]}, "Null prefix/suffix not allowed", id="empty suffix"),
        pytest.param({"x": [{"cidr": "10.0.0.0/xx"}]}, "Malformed CIDR, mask bits must be an integer", id="bits"),
        pytest.param({"x": [{"cidr": "bad-ip/24"}]}, "Nonstandard IP address: bad-ip", id="address"),
        pytest.param(
            {"x": [{"wildcard": "*:*:*:*:*:event-bus/*"}]},
            "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a "
            "wildcard character",
            id="complex",
        ),
    ],
)
def test_reasons(pattern: Any, reason: str) -> None:
    """AWS's own words, recorded."""
    assert refusal(pattern).startswith(f"Event pattern is not valid. Reason: {reason}")


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        pytest.param(
            {"x": [{"anything-but": {"exists": True}}]},
            "Unsupported anything-but pattern: exists",
            id="exists in anything-but",
        ),
        pytest.param(
            {"x": [{"anything-but": {"y": "a"}}]}, "Unsupported anything-but pattern: y", id="unknown in anything-but"
        ),
        pytest.param({key: ["a"] for key in "abcdef"}, "Filter policy can not have more than 5 keys", id="keys"),
        pytest.param({"x": list(range(151))}, "Filter policy is too complex", id="combinations"),
    ],
)
@pytest.mark.parametrize("dialect", ["sns-attributes", "sns-body"])
def test_reasons_of_sns(policy: Any, reason: str, dialect: Dialect) -> None:
    """AWS's own words, recorded."""
    assert refusal(policy, dialect).startswith(f"Invalid parameter: FilterPolicy: {reason}")


def test_reason_of_a_mapping() -> None:
    """Lambda gives none."""
    assert refusal({"body": []}, "esm") == "Invalid filter pattern definition."


@pytest.mark.parametrize("dialect", REFUSALS)
def test_refusals_are_answers_of_the_service(dialect: Dialect) -> None:
    """With AWS's code and the status 400."""
    error, _ = REFUSALS[dialect]

    with pytest.raises(ServiceError) as caught:
        Pattern("{", dialect)

    assert (caught.value.code, caught.value.status) == (error.__name__, 400)
