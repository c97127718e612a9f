"""Why an event does not match, in one line."""

import json
from typing import Any

import pytest

from eventbus.core.patterns import Pattern


def explained(pattern: Any, event: Any) -> str:
    """Why this event does not match this pattern."""
    compiled = Pattern(pattern)
    assert not compiled.matches(event)
    explanation = compiled.explain(event)
    assert explanation is not None
    return explanation


@pytest.mark.parametrize(
    ("pattern", "event", "explanation"),
    [
        pytest.param(
            {"detail": {"amount": [{"numeric": [">", 10]}]}},
            {"detail": {"amount": 5}},
            "detail.amount: 5 is not > 10",
            id="number",
        ),
        pytest.param({"source": ["shop"]}, {"detail": {}}, "source: missing", id="missing"),
        pytest.param({"detail": {"state": ["on"]}}, {"detail": {}}, "detail.state: missing", id="missing below"),
        pytest.param({"detail": {"state": ["on"]}}, {}, "detail.state: missing", id="missing with its parent"),
        pytest.param({"source": ["shop"]}, {"source": []}, "source: missing", id="empty array"),
        pytest.param({"source": ["shop"]}, {"source": {"a": 1}}, "source: missing", id="object"),
    ],
)
def test_whole_explanations(pattern: Any, event: Any, explanation: str) -> None:
    """Path, what was found, what was wanted."""
    assert explained(pattern, event) == explanation


@pytest.mark.parametrize(
    ("tests", "value"),
    [
        pytest.param(["on"], "off", id="literal"),
        pytest.param(["on", "standby"], "off", id="literals"),
        pytest.param([None], "off", id="null wanted"),
        pytest.param(["off"], None, id="null found"),
        pytest.param([1], True, id="boolean"),
        pytest.param([{"prefix": "on"}], "off", id="prefix"),
        pytest.param([{"suffix": "on"}], "off", id="suffix"),
        pytest.param([{"equals-ignore-case": "on"}], "off", id="ignoring case"),
        pytest.param([{"wildcard": "on*"}], "off", id="wildcard"),
        pytest.param([{"anything-but": "off"}], "off", id="anything-but"),
        pytest.param([{"anything-but": {"prefix": "o"}}], "off", id="anything-but prefix"),
        pytest.param([{"cidr": "10.0.0.0/8"}], "11.0.0.1", id="cidr"),
        pytest.param([{"numeric": [">", 1, "<", 5]}], 7.5, id="range"),
        pytest.param([{"numeric": [">", 1]}], "7", id="string for a number"),
        pytest.param([{"exists": False}], "off", id="there"),
        pytest.param([{"exists": False}, {"prefix": "on"}], "off", id="two tests"),
    ],
)
def test_what_was_found(tests: list[Any], value: Any) -> None:
    """The line begins with the path and names the value."""
    explanation = explained({"source": ["shop"], "detail": {"x": tests}}, {"source": "shop", "detail": {"x": value}})

    assert explanation.startswith("detail.x: ")
    assert json.dumps(value) in explanation or repr(value) in explanation
    assert "\n" not in explanation


def test_only_what_refused_is_named() -> None:
    """Not the fields that matched."""
    pattern = {"a": [1], "b": [2], "c": [3]}

    assert explained(pattern, {"a": 1, "b": 5, "c": 3}).startswith("b: ")
    assert explained(pattern, {"a": 1, "b": 2, "c": 5}).startswith("c: ")


def test_branches() -> None:
    """With `$or` it is one of the branches that is explained."""
    explanation = explained({"$or": [{"a": [1]}, {"b": {"c": [2]}}], "d": [3]}, {"a": 0, "b": {"c": 0}, "d": 3})

    assert explanation.startswith(("a: ", "b.c: "))


def test_different_elements() -> None:
    """Each field would match for itself."""
    explanation = explained({"e": {"f": ["A"], "l": ["J"]}}, {"e": [{"f": "A", "l": "S"}, {"f": "P", "l": "J"}]})

    assert explanation.startswith(("e.f: ", "e.l: "))


def test_dots_in_keys() -> None:
    """The path is the joined one."""
    assert explained({"a.b": {"c": [1]}}, {"a": {"b.c": 2}}).startswith("a.b.c: ")


@pytest.mark.parametrize("value", ["a\nb", "a\r\nb", "a\u2028b", "x" * 10_000], ids=ascii)
def test_one_line(value: str) -> None:
    """Whatever the value is made of."""
    assert len(explained({"x": ["y"]}, {"x": value}).splitlines()) == 1


@pytest.mark.parametrize("event", [None, 1, "x", [], [{"x": 1}], "[]", "{", b"\xff"], ids=repr)
def test_no_object(event: Any) -> None:
    """Is explained, too."""
    assert explained({"x": [{"exists": False}]}, event) != ""


def test_match() -> None:
    """Needs no explanation."""
    pattern = Pattern({"x": [1, {"prefix": "a"}]})

    assert pattern.explain({"x": 1}) is None
    assert pattern.explain('{"x": "abc"}') is None
    assert pattern.explain(b'{"x": ["b", "ab"]}') is None


def test_attributes() -> None:
    """By the name of the attribute."""
    pattern = Pattern({"price": [{"numeric": [">", 10]}], "store": ["a"]}, "sns-attributes")
    store = {"Type": "String", "Value": "a"}

    assert pattern.explain({"price": {"Type": "Number", "Value": "5"}, "store": store}) == "price: 5 is not > 10"
    assert pattern.explain({"store": store}) == "price: missing"
    assert pattern.explain({"price": {"Type": "Number", "Value": "11"}, "store": store}) is None
