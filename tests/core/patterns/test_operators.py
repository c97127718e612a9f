"""What each operator matches, on a rule of EventBridge, where there are all of them."""

import json
from typing import Any

import pytest

from eventbus.core.patterns import Pattern
from tests.contracts.pattern_matcher import matches
from tests.core.patterns.helpers import matched

ABSENT = object()  # no such field in the event


def event_of(value: Any) -> dict[str, Any]:
    return {"other": 1} if value is ABSENT else {"x": value, "other": 1}


def check(test: Any, value: Any, verdict: bool) -> None:
    """The field x with this one test, on an event where it has this value."""
    pattern = {"x": [test]}

    assert matched(pattern, event_of(value)) is verdict
    assert matches(pattern, event_of(value)) is verdict


@pytest.mark.parametrize(
    ("literal", "value", "verdict"),
    [
        pytest.param("a", "a", True, id="same string"),
        pytest.param("a", "A", False, id="case counts"),
        pytest.param("a", "ab", False, id="not a prefix"),
        pytest.param("", "", True, id="empty string"),
        pytest.param("", ABSENT, False, id="empty string is not missing"),
        pytest.param("", None, False, id="empty string is not null"),
        pytest.param("", [], False, id="empty string is not an empty array"),
        pytest.param("a*", "ab", False, id="no wildcard"),
        pytest.param("a*", "a*", True, id="asterisk is a character"),
        pytest.param('"\\\n\t', '"\\\n\t', True, id="characters that JSON escapes"),
        pytest.param("ü€𝄞", "ü€𝄞", True, id="letters beyond ASCII"),
        pytest.param("ü", "u\u0308", False, id="not normalised"),
        pytest.param("true", True, False, id="string is not a boolean"),
        pytest.param("null", None, False, id="string is not null"),
        pytest.param("1", 1, False, id="string is not a number"),
        pytest.param("a", {"a": "a"}, False, id="an object is no value"),
    ],
)
def test_literal_strings(literal: str, value: Any, verdict: bool) -> None:
    """The same characters, nothing else."""
    check(literal, value, verdict)


@pytest.mark.parametrize(
    ("pattern", "event", "verdict"),
    [
        pytest.param("300", "300.0", True, id="whole and with a point"),
        pytest.param("300.0", "300", True, id="and the reverse"),
        pytest.param("1", "1e0", True, id="exponent"),
        pytest.param("1", "10e-1", True, id="negative exponent"),
        pytest.param("100", "1E2", True, id="capital exponent"),
        pytest.param("1E2", "100.00", True, id="exponent in the pattern"),
        pytest.param("0", "-0", True, id="zero has no sign"),
        pytest.param("0", "-0.0", True, id="zero with a point has none either"),
        pytest.param("0.1", "0.10", True, id="trailing zero"),
        pytest.param("0.1", "0.2", False, id="another number"),
        pytest.param("27.807807921694092", "27.807807921694095", False, id="differs in the 17th digit"),
        pytest.param("123456789012", "123456789012", True, id="account number"),
        pytest.param("5000000001", "5000000001", True, id="beyond the documented range"),
        pytest.param("-5000000001", "-5000000001.0", True, id="below the documented range"),
        pytest.param("12345678901234567", "12345678901234567", True, id="17 digits, the same"),
        pytest.param("12345678901234567", "12345678901234568", False, id="17 digits, the next"),
        pytest.param("12345678901234568", "12345678901234567", False, id="17 digits, the one before"),
        pytest.param("12345678901234567890", "12345678901234567890", True, id="20 digits, the same"),
        pytest.param("12345678901234567890", "12345678901234567891", False, id="20 digits, the next"),
        pytest.param("1", '"1"', False, id="a number is no string"),
        pytest.param("1", "true", False, id="one is not true"),
        pytest.param("0", "false", False, id="zero is not false"),
        pytest.param("0", "null", False, id="zero is not null"),
        pytest.param("1", "[3, 2, 1]", True, id="one of an array"),
    ],
)
def test_literal_numbers(pattern: str, event: str, verdict: bool) -> None:
    """By value; those that a binary64 can't hold match the same digits alone."""
    compiled = Pattern(f'{{"x": [{pattern}]}}')

    assert compiled.matches(f'{{"x": {event}}}') is verdict
    assert compiled.matches({"x": json.loads(event)}) is verdict


@pytest.mark.parametrize(
    ("literal", "value", "verdict"),
    [
        pytest.param(True, True, True, id="true"),
        pytest.param(True, False, False, id="true is not false"),
        pytest.param(True, 1, False, id="true is not one"),
        pytest.param(True, "true", False, id="true is no string"),
        pytest.param(False, False, True, id="false"),
        pytest.param(False, 0, False, id="false is not zero"),
        pytest.param(False, None, False, id="false is not null"),
        pytest.param(False, ABSENT, False, id="false is not missing"),
        pytest.param(None, None, True, id="null"),
        pytest.param(None, ABSENT, False, id="null is not missing"),
        pytest.param(None, [], False, id="null is not an empty array"),
        pytest.param(None, {}, False, id="null is not an empty object"),
        pytest.param(None, "", False, id="null is not an empty string"),
        pytest.param(None, [1, None], True, id="null in an array"),
    ],
)
def test_true_false_and_null(literal: bool | None, value: Any, verdict: bool) -> None:
    """Themselves, and no number."""
    check(literal, value, verdict)


@pytest.mark.parametrize(
    ("literal", "value", "verdict"),
    [
        pytest.param("10.0.0.5", "10.0.0.5", True, id="the same"),
        pytest.param("10.0.0.5", "010.0.0.5", True, id="leading zero in the event"),
        pytest.param("10.0.0.5", "10.0.0.6", False, id="another address"),
        pytest.param("10.0.0.5", "10.0.0.5 ", False, id="a blank is no part of an address"),
        pytest.param("2001:db8::1", "2001:0db8:0000:0000:0000:0000:0000:0001", True, id="long form"),
        pytest.param("2001:db8::1", "2001:DB8::1", True, id="capital digits"),
        pytest.param("2001:db8::1", "2001:db8::2", False, id="another IPv6 address"),
        pytest.param("::1", "0.0.0.1", False, id="families differ"),
        pytest.param("256.0.0.1", "256.0.0.1", True, id="looks like one, is a string"),
        pytest.param("08:23", "08:23", True, id="a time of day is a string"),
        pytest.param("08:23", "8:23", False, id="and compared as one"),
        pytest.param("10.0.0", "10.0.0", True, id="three numbers are a string"),
    ],
)
def test_literal_addresses(literal: str, value: str, verdict: bool) -> None:
    """A literal that is an IP address matches it in every spelling."""
    check(literal, value, verdict)


@pytest.mark.parametrize(
    ("test", "value", "verdict"),
    [
        pytest.param({"prefix": "ab"}, "abc", True, id="prefix"),
        pytest.param({"prefix": "ab"}, "ab", True, id="prefix is all"),
        pytest.param({"prefix": "ab"}, "a", False, id="prefix, shorter value"),
        pytest.param({"prefix": "ab"}, "Abc", False, id="prefix, case counts"),
        pytest.param({"prefix": "ab"}, "cab", False, id="prefix, not inside"),
        pytest.param({"prefix": ""}, "", True, id="empty prefix, empty string"),
        pytest.param({"prefix": ""}, "a", True, id="empty prefix, any string"),
        pytest.param({"prefix": ""}, 1, False, id="empty prefix, no number"),
        pytest.param({"prefix": ""}, None, False, id="empty prefix, not null"),
        pytest.param({"prefix": ""}, ABSENT, False, id="empty prefix, not missing"),
        pytest.param({"prefix": "1"}, 12, False, id="prefix of a number"),
        pytest.param({"prefix": "t"}, True, False, id="prefix of a boolean"),
        pytest.param({"prefix": "a.*"}, "abc", False, id="prefix is no expression"),
        pytest.param({"prefix": "10.0."}, "10.0.0.1", True, id="prefix of an address is text"),
        pytest.param({"prefix": "ab"}, ["x", "abc"], True, id="prefix in an array"),
        pytest.param({"suffix": ".png"}, "a.png", True, id="suffix"),
        pytest.param({"suffix": ".png"}, ".png", True, id="suffix is all"),
        pytest.param({"suffix": ".png"}, "a.pngs", False, id="suffix, not inside"),
        pytest.param({"suffix": ".png"}, "a.PNG", False, id="suffix, case counts"),
        pytest.param({"suffix": ".png"}, "axpng", False, id="suffix is no expression"),
        pytest.param({"suffix": "\n"}, "a\n", True, id="suffix is a newline"),
        pytest.param({"suffix": "a"}, "a\n", False, id="suffix before a newline"),
        pytest.param({"suffix": ""}, "a", True, id="empty suffix, any string"),
        pytest.param({"suffix": ""}, "", True, id="empty suffix, empty string"),
        pytest.param({"suffix": ""}, 1, False, id="empty suffix, no number"),
        pytest.param({"suffix": "€𝄞"}, "a€𝄞", True, id="suffix beyond ASCII"),
        pytest.param({"prefix": {"equals-ignore-case": "aB"}}, "Abc", True, id="prefix ignoring case"),
        pytest.param({"prefix": {"equals-ignore-case": "aB"}}, "cAb", False, id="prefix ignoring case, not inside"),
        pytest.param({"prefix": {"equals-ignore-case": "aB"}}, "a", False, id="prefix ignoring case, shorter value"),
        pytest.param(
            {"prefix": {"equals-ignore-case": "ß"}}, "SSx", True, id="prefix ignoring case, longer in capitals"
        ),
        pytest.param({"suffix": {"equals-ignore-case": ".Png"}}, "a.pNG", True, id="suffix ignoring case"),
        pytest.param(
            {"suffix": {"equals-ignore-case": ".Png"}}, "png", False, id="suffix ignoring case, shorter value"
        ),
        pytest.param(
            {"suffix": {"equals-ignore-case": "ß"}}, "xSS", True, id="suffix ignoring case, longer in capitals"
        ),
        pytest.param({"suffix": {"equals-ignore-case": "1"}}, 1, False, id="suffix ignoring case, no number"),
    ],
)
def test_prefix_and_suffix(test: Any, value: Any, verdict: bool) -> None:
    """Of strings alone."""
    check(test, value, verdict)


@pytest.mark.parametrize(
    ("text", "value", "verdict"),
    [
        pytest.param("Yes", "yES", True, id="any case"),
        pytest.param("Yes", "yes!", False, id="the whole value"),
        pytest.param("", "", True, id="empty"),
        pytest.param("", "a", False, id="empty, longer value"),
        pytest.param("ÄÖ", "äÖ", True, id="umlauts"),
        pytest.param("ß", "ß", True, id="sharp s"),
        pytest.param("ß", "SS", True, id="sharp s in capitals"),
        pytest.param("SS", "ß", False, id="but not back"),
        pytest.param("ss", "SS", True, id="two letters in capitals"),
        pytest.param("aßb", "ASSB", True, id="sharp s between letters"),
        pytest.param("Σ", "σ", True, id="sigma"),
        pytest.param("a.c", "abc", False, id="no expression"),
        pytest.param("1", 1, False, id="no number"),
        pytest.param("null", None, False, id="not null"),
        pytest.param("yes", ABSENT, False, id="missing"),
        pytest.param("yes", ["no", "YES"], True, id="in an array"),
    ],
)
def test_equals_ignore_case(text: str, value: Any, verdict: bool) -> None:
    """Each character in upper or lower case, as the pattern's character becomes."""
    check({"equals-ignore-case": text}, value, verdict)


@pytest.mark.parametrize(
    ("text", "value", "verdict"),
    [
        pytest.param("dir/*.png", "dir/a.png", True, id="a run"),
        pytest.param("dir/*.png", "dir/.png", True, id="an empty run"),
        pytest.param("dir/*.png", "dir/a/b.png", True, id="slashes are characters"),
        pytest.param("dir/*.png", "dir/a.pngs", False, id="the whole value"),
        pytest.param("*", "", True, id="alone, empty string"),
        pytest.param("*", "a\nb", True, id="alone, newline"),
        pytest.param("*", 1, False, id="alone, no number"),
        pytest.param("*", None, False, id="alone, not null"),
        pytest.param("a*b", "a\n\nb", True, id="run of newlines"),
        pytest.param("a*", "a", True, id="at the end"),
        pytest.param("*a", "ba", True, id="at the beginning"),
        pytest.param("*a*", "bab", True, id="around"),
        pytest.param("a*a", "a", False, id="no character serves twice"),
        pytest.param("a*ab", "aab", True, id="steps back"),
        pytest.param("*ab*ab", "abxab", True, id="two runs"),
        pytest.param("*ab*ab", "ab", False, id="two runs, one piece"),
        pytest.param("a.c", "abc", False, id="no expression"),
        pytest.param("a[bc]", "ab", False, id="no set of characters"),
        pytest.param("", "", True, id="empty"),
        pytest.param("", "a", False, id="empty, longer value"),
        pytest.param("abc", "abc", True, id="without a wildcard"),
        pytest.param("a\\*c", "a*c", True, id="escaped asterisk"),
        pytest.param("a\\*c", "abc", False, id="escaped asterisk is no wildcard"),
        pytest.param("a\\\\c", "a\\c", True, id="escaped backslash"),
        pytest.param("a\\\\*", "a\\bc", True, id="wildcard behind a backslash"),
        pytest.param("*データ*", "x_データ_y", True, id="letters beyond ASCII"),
        pytest.param("A*", "abc", False, id="case counts"),
        pytest.param("a*", ["x", "ab"], True, id="in an array"),
    ],
)
def test_wildcard(text: str, value: Any, verdict: bool) -> None:
    """`*` is any run of characters of a string."""
    check({"wildcard": text}, value, verdict)


@pytest.mark.parametrize(
    ("operand", "value", "verdict"),
    [
        pytest.param("a", "b", True, id="another string"),
        pytest.param("a", "a", False, id="the string"),
        pytest.param("a", "A", True, id="case counts"),
        pytest.param("a", ABSENT, False, id="missing"),
        pytest.param("a", None, True, id="null"),
        pytest.param("a", 1, True, id="a number"),
        pytest.param("a", True, True, id="a boolean"),
        pytest.param("a", [], False, id="empty array"),
        pytest.param("a", [[]], False, id="array in an array"),
        pytest.param("a", {}, False, id="empty object"),
        pytest.param("a", {"b": 1}, False, id="an object is no value"),
        pytest.param("a", ["a", "b"], True, id="one element is enough"),
        pytest.param("a", ["a", "a"], False, id="no element"),
        pytest.param("", "", False, id="empty string"),
        pytest.param("", "a", True, id="not the empty string"),
        pytest.param("1", 1, True, id="number for a string"),
        pytest.param(1, 2, True, id="another number"),
        pytest.param(1, 1.0, False, id="by value"),
        pytest.param(1, "1", True, id="string for a number"),
        pytest.param(1, True, True, id="boolean for a number"),
        pytest.param(0, False, True, id="false for zero"),
        pytest.param(1, None, True, id="null for a number"),
        pytest.param(["a", "b"], "c", True, id="not in the list"),
        pytest.param(["a", "b"], "b", False, id="in the list"),
        pytest.param(["a", "b"], ["a", "b"], False, id="all in the list"),
        pytest.param(["a", "b"], ["a", "c"], True, id="one outside the list"),
        pytest.param([1, 2], 2.0, False, id="in the list of numbers"),
        pytest.param([1, 2], 3, True, id="not in the list of numbers"),
        pytest.param({"prefix": "ab"}, "abc", False, id="prefix"),
        pytest.param({"prefix": "ab"}, "xab", True, id="another prefix"),
        pytest.param({"prefix": "ab"}, 1, True, id="prefix, a number passes"),
        pytest.param({"prefix": "ab"}, None, True, id="prefix, null passes"),
        pytest.param({"prefix": "ab"}, ABSENT, False, id="prefix, missing"),
        pytest.param({"prefix": ["ab", "cd"]}, "cde", False, id="one of the prefixes"),
        pytest.param({"prefix": ["ab", "cd"]}, "efg", True, id="none of the prefixes"),
        pytest.param({"suffix": "ab"}, "cab", False, id="suffix"),
        pytest.param({"suffix": "ab"}, "abc", True, id="another suffix"),
        pytest.param({"suffix": ["ab", "cd"]}, "acd", False, id="one of the suffixes"),
        pytest.param({"suffix": ["ab", "cd"]}, True, True, id="suffixes, a boolean passes"),
        pytest.param({"equals-ignore-case": "ab"}, "aB", False, id="ignoring case"),
        pytest.param({"equals-ignore-case": "ab"}, "abc", True, id="ignoring case, longer"),
        pytest.param({"equals-ignore-case": ["ab", "cd"]}, "CD", False, id="ignoring case, in the list"),
        pytest.param({"equals-ignore-case": ["ab", "cd"]}, 1, True, id="ignoring case, a number passes"),
        pytest.param({"wildcard": "a*c"}, "abc", False, id="wildcard"),
        pytest.param({"wildcard": "a*c"}, "abd", True, id="wildcard, another"),
        pytest.param({"wildcard": ["a*c", "*d"]}, "abd", False, id="one of the wildcards"),
        pytest.param({"wildcard": ["a*c", "*d"]}, ["abc", "e"], True, id="wildcards, one element is enough"),
        pytest.param({"wildcard": "*"}, 1, True, id="wildcard, a number passes"),
        pytest.param({"wildcard": "*"}, "", False, id="wildcard for every string"),
    ],
)
def test_anything_but(operand: Any, value: Any, verdict: bool) -> None:
    """Any value that is there and is not named; of an array one element is enough."""
    check({"anything-but": operand}, value, verdict)


@pytest.mark.parametrize(
    ("operand", "value", "verdict"),
    [
        pytest.param(["=", 5], 5.0, True, id="equal"),
        pytest.param(["=", 5], 5.000001, False, id="not equal"),
        pytest.param(["=", 0], -0.0, True, id="zero"),
        pytest.param(["<", 5], 4.999999, True, id="less"),
        pytest.param(["<", 5], 5, False, id="not less"),
        pytest.param(["<=", 5], 5, True, id="at most"),
        pytest.param(["<=", 5], 5.000001, False, id="more than that"),
        pytest.param([">", 5], 5.000001, True, id="greater"),
        pytest.param([">", 5], 5, False, id="not greater"),
        pytest.param([">=", 5], 5, True, id="at least"),
        pytest.param([">=", 5], 4.999999, False, id="less than that"),
        pytest.param([">", 0, "<=", 5], 0, False, id="range, below"),
        pytest.param([">", 0, "<=", 5], 5, True, id="range, upper end"),
        pytest.param([">=", 0, "<", 5], 0, True, id="range, lower end"),
        pytest.param([">=", 0, "<", 5], 5, False, id="range, above"),
        pytest.param([">=", -1.5, "<", -1], -1.25, True, id="negative range"),
        pytest.param([">", 0], "5", False, id="a string is no number"),
        pytest.param(["=", 1], True, False, id="a boolean is no number"),
        pytest.param(["<", 1], None, False, id="null is no number"),
        pytest.param(["<", 1], ABSENT, False, id="missing"),
        pytest.param([">", 1], [0, 2], True, id="in an array"),
        pytest.param([">", 0, "<", 2], [-1, 3], False, id="no element in the range"),
        pytest.param(["<", 6e9], 5_000_000_001, True, id="beyond the documented range"),
        pytest.param(["=", 1e100], 1e100, True, id="far beyond it"),
        pytest.param([">=", 0.000002, "<=", 0.000004], 0.000003, True, id="tiny"),
        pytest.param([">=", 0.000002, "<=", 0.000004], 0.000001, False, id="tinier"),
    ],
)
def test_numeric(operand: list[Any], value: Any, verdict: bool) -> None:
    """Numbers alone, by value."""
    check({"numeric": operand}, value, verdict)


@pytest.mark.parametrize(
    ("network", "value", "verdict"),
    [
        pytest.param("10.0.0.0/24", "10.0.0.0", True, id="first"),
        pytest.param("10.0.0.0/24", "10.0.0.255", True, id="last"),
        pytest.param("10.0.0.0/24", "9.255.255.255", False, id="before"),
        pytest.param("10.0.0.0/24", "10.0.1.0", False, id="after"),
        pytest.param("10.0.0.7/24", "10.0.0.200", True, id="host bits"),
        pytest.param("10.0.0.4/31", "10.0.0.5", True, id="two addresses"),
        pytest.param("10.0.0.4/31", "10.0.0.6", False, id="not a third"),
        pytest.param("0.0.0.0/0", "255.255.255.255", True, id="all of IPv4"),
        pytest.param("0.0.0.0/0", "::1", False, id="IPv6 for IPv4"),
        pytest.param("10.0.0.0/8", "not an address", False, id="another string"),
        pytest.param("10.0.0.0/24", "10.0.0.0/24", False, id="a network is no address"),
        pytest.param("10.0.0.0/24", "10.0.0", False, id="three numbers"),
        pytest.param("10.0.0.0/24", "10.0.0.256", False, id="number too large"),
        pytest.param("0.0.0.0/0", 1, False, id="a number is no address"),
        pytest.param("0.0.0.0/0", None, False, id="null"),
        pytest.param("0.0.0.0/0", ABSENT, False, id="missing"),
        pytest.param("10.0.0.0/24", ["x", "10.0.0.9"], True, id="in an array"),
        pytest.param("2001:db8::/32", "2001:db8:ffff::1", True, id="IPv6"),
        pytest.param("2001:db8::/32", "2001:0DB8:0:0:0:0:0:1", True, id="IPv6 in another spelling"),
        pytest.param("2001:db8::/32", "2001:db9::", False, id="IPv6, after"),
        pytest.param("2001:db8::6/127", "2001:db8::7", True, id="IPv6, two addresses"),
        pytest.param("2001:db8::6/127", "2001:db8::8", False, id="IPv6, not a third"),
        pytest.param("::/0", "10.0.0.1", False, id="IPv4 for IPv6"),
    ],
)
def test_cidr(network: str, value: Any, verdict: bool) -> None:
    """Strings that are addresses of this family in this network."""
    check({"cidr": network}, value, verdict)


@pytest.mark.parametrize(
    ("value", "there"),
    [
        pytest.param("a", True, id="string"),
        pytest.param("", True, id="empty string"),
        pytest.param(0, True, id="zero"),
        pytest.param(False, True, id="false"),
        pytest.param(None, True, id="null"),
        pytest.param([None], True, id="null in an array"),
        pytest.param([[1]], True, id="array in an array"),
        pytest.param(ABSENT, False, id="missing"),
        pytest.param([], False, id="empty array"),
        pytest.param([[]], False, id="empty array in an array"),
        pytest.param({}, False, id="empty object"),
        pytest.param({"b": 1}, False, id="object"),
        pytest.param([{"b": 1}], False, id="object in an array"),
        pytest.param([{"b": 1}, 2], True, id="value beside an object"),
    ],
)
def test_exists(value: Any, there: bool) -> None:
    """Values exist; objects, empty arrays and what is in neither do not."""
    check({"exists": True}, value, there)
    check({"exists": False}, value, not there)


@pytest.mark.parametrize(
    ("event", "verdict"),
    [
        pytest.param({"a": {"c": 1}}, True, id="missing field"),
        pytest.param({"b": 1}, True, id="missing parent"),
        pytest.param({"a": 1}, True, id="parent is a value"),
        pytest.param({"a": []}, True, id="parent is an empty array"),
        pytest.param({"a": {"b": {"c": 1}}}, True, id="an object is no value"),
        pytest.param({"a": {"b": None}}, False, id="null is a value"),
        pytest.param({"a": [{"c": 1}, {"b": 1}]}, False, id="in one of the elements"),
        pytest.param({}, True, id="empty event"),
    ],
)
def test_missing_below_a_parent(event: Any, verdict: bool) -> None:
    """Where there is no parent there is no field."""
    pattern = {"a": {"b": [{"exists": False}]}}

    assert matched(pattern, event) is verdict
    assert matches(pattern, event) is verdict


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        pytest.param(ABSENT, True, id="missing"),
        pytest.param("a", True, id="the other test"),
        pytest.param("b", False, id="neither"),
        pytest.param([], True, id="empty array"),
        pytest.param(["b", "a"], True, id="the other test in an array"),
    ],
)
def test_missing_or_something_else(value: Any, verdict: bool) -> None:
    """`exists: false` may stand beside other tests."""
    pattern = {"x": [{"exists": False}, "a"]}

    assert matched(pattern, event_of(value)) is verdict
    assert matches(pattern, event_of(value)) is verdict


@pytest.mark.parametrize(
    ("literal", "value", "verdict"),
    [
        pytest.param("a", "a", True, id="the same"),
        pytest.param("a", "A", False, id="case counts"),
        pytest.param("10.0.0.5", "10.0.0.5", True, id="an address, the same"),
        pytest.param("10.0.0.5", "010.0.0.5", False, id="an address in another spelling"),
        pytest.param("1", 1, False, id="a number"),
    ],
)
def test_exactly(literal: str, value: Any, verdict: bool) -> None:
    """As a literal string that is never an address."""
    check({"exactly": literal}, value, verdict)


@pytest.mark.parametrize(
    ("event", "verdict"),
    [
        pytest.param({"a": 1, "b": "x"}, True, id="first of each"),
        pytest.param({"a": 2, "b": "abc"}, True, id="second of each"),
        pytest.param({"a": 3, "b": "x"}, False, id="one field of two"),
        pytest.param({"a": 1}, False, id="the other is missing"),
        pytest.param({"a": 1, "b": "x", "c": 5}, True, id="more than the pattern asks for"),
        pytest.param({"A": 1, "b": "x"}, False, id="case of keys counts"),
        pytest.param({"a": [7, 1], "b": ["y", "x"]}, True, id="of two arrays"),
    ],
)
def test_fields_and_tests(event: Any, verdict: bool) -> None:
    """All fields, of each any test."""
    pattern = {"a": [1, 2], "b": ["x", {"prefix": "ab"}]}

    assert matched(pattern, event) is verdict
    assert matches(pattern, event) is verdict


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("a", id="bare"),
        pytest.param(["a"], id="array"),
        pytest.param([["b"], [["a"]]], id="deep"),
        pytest.param([{"y": 1}, "a"], id="beside an object"),
    ],
)
def test_arrays_are_flat(value: Any) -> None:
    """An array is any of its elements, at any depth."""
    check("a", value, True)


@pytest.mark.parametrize(
    "pattern",
    [{"a.b": {"c": [1]}}, {"a": {"b.c": [1]}}, {"a": {"b": {"c": [1]}}}, {"a.b.c": [1]}],
    ids=json.dumps,
)
@pytest.mark.parametrize(
    "event",
    [{"a.b": {"c": 1}}, {"a": {"b.c": 1}}, {"a": {"b": {"c": 1}}}, {"a.b.c": 1}, {"a": [{"b": [{"c": 1}]}]}],
    ids=json.dumps,
)
def test_dots_join_keys(pattern: Any, event: Any) -> None:
    """In the pattern and in the event."""
    assert matched(pattern, event)
    assert matches(pattern, event)


def test_one_path_spelled_twice_in_an_event() -> None:
    """Both values are there."""
    event = {"a.b": 1, "a": {"b": 2}}

    assert matched({"a": {"b": [1]}}, event)
    assert matched({"a": {"b": [2]}}, event)
    assert not matched({"a": {"b": [3]}}, event)


ELEMENTS = {"e": [{"f": "A", "l": "S"}, {"f": "P", "l": "J"}], "o": [{"f": "P"}]}
BANDS = {
    "bands": [
        {
            "name": "one",
            "members": [{"first": "Ann", "plays": ["drums", "bass"]}, {"first": "Bob", "plays": ["flute"]}],
        },
        {"name": "two", "members": [{"first": "Ann", "plays": ["harp"]}]},
    ]
}


@pytest.mark.parametrize(
    ("pattern", "event", "verdict"),
    [
        pytest.param({"e": {"f": ["A"], "l": ["S"]}}, ELEMENTS, True, id="one element"),
        pytest.param({"e": {"f": ["A"], "l": ["J"]}}, ELEMENTS, False, id="two elements"),
        pytest.param({"e": {"f": ["A", "P"], "l": ["J"]}}, ELEMENTS, True, id="the element that both can take"),
        pytest.param({"e": {"f": ["A"], "l": [{"exists": True}]}}, ELEMENTS, True, id="exists in that element"),
        pytest.param({"e": {"f": ["A"]}, "o": {"f": ["P"]}}, ELEMENTS, True, id="two arrays"),
        pytest.param(
            {"e": {"f": ["A"], "l": ["J"]}}, {"e": [[{"f": "A", "l": "J"}], [{"f": "P"}]]}, True, id="array in an array"
        ),
        pytest.param({"e": {"f": ["A"], "l": ["J"]}}, {"e": [[{"f": "A"}, {"l": "J"}]]}, False, id="inner array"),
        pytest.param({"e": {"f": ["A"], "l": ["J"]}}, {"e": [[{"f": "A"}], [{"l": "J"}]]}, False, id="outer array"),
        pytest.param({"bands": {"name": ["one"], "members": {"first": ["Bob"]}}}, BANDS, True, id="nested"),
        pytest.param(
            {"bands": {"name": ["two"], "members": {"first": ["Bob"]}}}, BANDS, False, id="nested, other band"
        ),
        pytest.param(
            {"bands": {"members": {"first": ["Ann"], "plays": ["bass"]}}}, BANDS, True, id="nested, one member"
        ),
        pytest.param(
            {"bands": {"members": {"first": ["Ann"], "plays": ["flute"]}}}, BANDS, False, id="nested, two members"
        ),
        pytest.param(
            {"bands": {"name": ["one"], "members": {"plays": ["harp"]}}}, BANDS, False, id="nested, two bands"
        ),
        pytest.param(
            {"bands": {"name": ["two"], "members": {"first": ["Ann"], "plays": ["harp"]}}},
            BANDS,
            True,
            id="nested, second band",
        ),
    ],
)
def test_fields_of_one_element(pattern: Any, event: Any, verdict: bool) -> None:
    """No two fields take values from different elements of an array."""
    assert matched(pattern, event) is verdict
    assert matches(pattern, event) is verdict


@pytest.mark.parametrize(
    ("pattern", "verdict"),
    [
        pytest.param({"e": {"f": ["P"], "n": [{"exists": False}]}}, True, id="missing from the chosen element"),
        pytest.param({"e": {"f": ["A"], "n": [{"exists": False}]}}, False, id="there in the chosen element"),
        pytest.param({"e": {"f": ["P", "A"], "n": [{"exists": False}]}}, True, id="missing from one of two"),
        pytest.param({"e": {"n": [{"exists": False}]}}, False, id="nothing chosen"),
        pytest.param({"e": {"n": [{"exists": False}], "z": ["Q"]}}, False, id="chosen later, judged before"),
        pytest.param({"e": {"z": ["Q"], "n": [{"exists": False}]}}, False, id="order of the pattern is nothing"),
        pytest.param({"a": ["A"], "e": {"n": [{"exists": False}]}}, False, id="chosen elsewhere"),
        pytest.param({"e": {"f": ["P"], "n": [{"exists": False}], "z": ["Q"]}}, True, id="between two of one element"),
    ],
)
def test_missing_from_an_element(pattern: Any, verdict: bool) -> None:
    """`exists: false` looks at the elements chosen so far, in the order of paths."""
    event = {"a": "A", "e": [{"f": "P", "z": "Q"}, {"f": "A", "n": 2}]}

    assert matched(pattern, event) is verdict
    assert matches(pattern, event) is verdict


@pytest.mark.parametrize(
    ("pattern", "event", "verdict"),
    [
        pytest.param({"$or": [{"a": [1]}, {"b": [2]}]}, {"a": 1}, True, id="first"),
        pytest.param({"$or": [{"a": [1]}, {"b": [2]}]}, {"b": 2}, True, id="second"),
        pytest.param({"$or": [{"a": [1]}, {"b": [2]}]}, {"a": 2, "b": 1}, False, id="none"),
        pytest.param({"c": [3], "$or": [{"a": [1]}, {"b": [2]}]}, {"a": 1}, False, id="and what stands beside it"),
        pytest.param(
            {"c": [3], "$or": [{"a": [1]}, {"b": [2]}]}, {"a": 1, "c": 3}, True, id="with what stands beside it"
        ),
        pytest.param(
            {"$or": [{"a": [1], "b": [2]}, {"b": [3]}]}, {"a": 1, "b": 3}, True, id="several fields in a branch"
        ),
        pytest.param({"$or": [{"a": [1], "b": [2]}, {"c": [3]}]}, {"a": 1, "c": 2}, False, id="half a branch"),
        pytest.param({"d": {"$or": [{"a": [1]}, {"b": [2]}]}}, {"d": {"b": 2}}, True, id="below a field"),
        pytest.param({"d": {"$or": [{"a": [1]}, {"b": [2]}]}}, {"b": 2}, False, id="below a field alone"),
        pytest.param({"$or": [{"d": {"a": [1]}}, {"b": [2]}]}, {"d": {"a": 1}}, True, id="fields below a branch"),
        pytest.param({"$or": [{"$or": [{"a": [1]}, {"b": [2]}]}, {"c": [3]}]}, {"b": 2}, True, id="in itself"),
        pytest.param(
            {"$or": [{"$or": [{"a": [1]}, {"b": [2]}], "c": [3]}, {"d": [4]}]},
            {"b": 2},
            False,
            id="in itself, and beside",
        ),
        pytest.param(
            {"$or": [{"a": [{"exists": False}]}, {"a": [1]}]}, {"a": 2}, False, id="missing or equal, neither"
        ),
        pytest.param({"$or": [{"a": [{"exists": False}]}, {"a": [1]}]}, {}, True, id="missing or equal, missing"),
        pytest.param(
            {"$or": [{"e": {"f": ["A"]}}, {"z": [1]}], "e": {"l": ["J"]}},
            ELEMENTS,
            False,
            id="one element through a branch",
        ),
        pytest.param(
            {"$or": [{"e": {"f": ["P"]}}, {"z": [1]}], "e": {"l": ["J"]}},
            ELEMENTS,
            True,
            id="that element through a branch",
        ),
    ],
)
def test_or(pattern: Any, event: Any, verdict: bool) -> None:
    """Any branch, and all that stands beside it."""
    assert matched(pattern, event) is verdict
    assert matches(pattern, event) is verdict


@pytest.mark.parametrize(
    ("pattern", "event", "verdict"),
    [
        pytest.param('{"x": [1], "$or": [{"x": [2]}, {"y": [3]}]}', {"x": 2}, True, id="inside, later"),
        pytest.param('{"x": [1], "$or": [{"x": [2]}, {"y": [3]}]}', {"x": 1}, False, id="outside, earlier"),
        pytest.param(
            '{"x": [1], "$or": [{"x": [2]}, {"y": [3]}]}', {"x": 1, "y": 3}, True, id="outside, in the other branch"
        ),
        pytest.param('{"$or": [{"x": [2]}, {"y": [3]}], "x": [1]}', {"x": 1}, True, id="outside, later"),
        pytest.param('{"$or": [{"x": [2]}, {"y": [3]}], "x": [1]}', {"x": 2}, False, id="inside, earlier"),
    ],
)
def test_key_in_and_outside_or(pattern: str, event: Any, verdict: bool) -> None:
    """The later of the two wins."""
    assert matched(pattern, event) is verdict
    assert matches(json.loads(pattern), event) is verdict


def test_duplicate_key() -> None:
    """The last one wins, in a pattern and in an event."""
    pattern = Pattern('{"x": [1], "x": [2]}')

    assert pattern.matches('{"x": 2}')
    assert not pattern.matches('{"x": 1}')
    assert pattern.matches('{"x": 1, "x": 2}')
    assert not pattern.matches('{"x": 2, "x": 1}')


@pytest.mark.parametrize(
    "event",
    [None, True, 1, "x", [], [{"x": 1}], "", "{", '"x"', "[1]", "null", b"", b"\xff", b"[]"],
    ids=repr,
)
def test_what_is_no_object_never_matches(event: Any) -> None:
    """Not even what asks for nothing to be there."""
    pattern = Pattern({"x": [{"exists": False}]})

    assert not pattern.matches(event)
    assert pattern.explain(event) is not None


@pytest.mark.parametrize("pattern", ['{"x": [1]}', b'{"x": [1]}', {"x": [1]}], ids=["text", "bytes", "decoded"])
def test_text_of_a_pattern(pattern: Any) -> None:
    """Is JSON, however it was given."""
    assert json.loads(Pattern(pattern).text) == {"x": [1]}


def test_pattern_is_itself() -> None:
    """Patterns are equal by identity, and never change."""
    one, other = Pattern({"x": [1]}), Pattern({"x": [1]})

    assert len({one, other, one}) == 2
    with pytest.raises(AttributeError):
        one.text = "{}"  # type: ignore[misc]  # that it is read-only is what is tested


def test_pattern_keeps_what_it_was_given() -> None:
    """Later changes of the object it was made from are nothing to it."""
    given: dict[str, Any] = {"x": [1]}
    pattern = Pattern(given)

    given["x"].append(2)
    given["y"] = [3]

    assert pattern.matches({"x": 1})
    assert not pattern.matches({"x": 2})
    assert json.loads(pattern.text) == {"x": [1]}
