"""Header lines and query text as maps."""

from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources._http import fields

LINES = [("X-B", "1"), ("x-a", "2"), ("X-B", "3"), ("x-b", "4")]
RAW = st.binary(max_size=20).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
PAIRS = st.lists(st.tuples(st.sampled_from(["a", "A", "b"]), st.text(max_size=3)), max_size=8)


def test_maps_of_lines() -> None:
    """The last value, all values, all with commas; names where they first stood."""
    assert fields.last(LINES) == {"X-B": "3", "x-a": "2", "x-b": "4"}
    assert fields.every(LINES) == {"X-B": ["1", "3"], "x-a": ["2"], "x-b": ["4"]}
    assert fields.joined(fields.lowered(LINES)) == {"x-b": "1,3,4", "x-a": "2"}
    assert list(fields.last(LINES)) == list(fields.every(LINES)) == ["X-B", "x-a", "x-b"]


@given(PAIRS)
def test_maps_agree(lines: list[tuple[str, str]]) -> None:
    """No value is lost, and the last one is the last."""
    every = fields.every(lines)

    assert sorted((name, value) for name, values in every.items() for value in values) == sorted(lines)
    assert fields.last(lines) == {name: values[-1] for name, values in every.items()}
    assert fields.joined(lines) == {name: ",".join(values) for name, values in every.items()}


def test_names_that_differ_by_case_are_one() -> None:
    """Spelt as the first of them."""
    assert fields.as_first_spelt(LINES) == [("X-B", "1"), ("x-a", "2"), ("X-B", "3"), ("X-B", "4")]


def test_lines_by_name() -> None:
    """Whatever the case, and values of one name in their order."""
    assert fields.in_order(LINES) == [("x-a", "2"), ("X-B", "1"), ("X-B", "3"), ("x-b", "4")]


def test_lines_without_a_name() -> None:
    """Which is given in lower case."""
    assert fields.without(LINES, "x-b", "x-c") == [("x-a", "2")]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([], []),
        (["a=1; b=2"], ["a=1", "b=2"]),
        (["a=1;b=2;", " c = 3 "], ["a=1", "b=2", "c = 3"]),
        ([";;", ""], []),
        (["a=b=c; d"], ["a=b=c", "d"]),
    ],
)
def test_cookies_of_all_lines(values: list[str], found: list[str]) -> None:
    """Each by itself."""
    assert fields.cookies([("Cookie", value) for value in values] + [("x-cookie", "no=1")]) == found


@pytest.mark.parametrize(
    ("query", "sent", "decoded"),
    [
        ("", [], []),
        ("a=1&a=2", [("a", "1"), ("a", "2")], [("a", "1"), ("a", "2")]),
        ("&a=&&b", [("a", ""), ("b", "")], [("a", ""), ("b", "")]),
        ("a=b=c&=d", [("a", "b=c"), ("", "d")], [("a", "b=c"), ("", "d")]),
        ("q=caf%C3%A9%26co+x", [("q", "caf%C3%A9%26co+x")], [("q", "café&co x")]),
        ("a%5B%5D=%zz", [("a%5B%5D", "%zz")], [("a[]", "%zz")]),
        ("a=%FF", [("a", "%FF")], [("a", "�")]),
        ("a;b=1", [("a;b", "1")], [("a;b", "1")]),
    ],
)
def test_query(query: str, sent: list[tuple[str, str]], decoded: list[tuple[str, str]]) -> None:
    """As it was sent, and as it is meant."""
    assert fields.query_as_sent(query) == sent
    assert fields.query_decoded(query) == decoded


@given(st.lists(st.tuples(st.text(min_size=1, max_size=5), st.text(max_size=5)), max_size=5))
def test_query_that_was_encoded_is_decoded(pairs: list[tuple[str, str]]) -> None:
    """Whatever its letters."""
    query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)

    assert fields.query_decoded(query) == pairs


@given(RAW, RAW)
def test_clean_texts_can_be_sent(name: str, value: str) -> None:
    """Whatever bytes they were: of lines both sides."""
    [(clean_name, clean_value)] = fields.cleaned([(name, value)])

    assert not fields.undecodable([clean_name, clean_value])
    assert (clean_name + clean_value).encode() is not None
    assert fields.undecodable([name, value]) == ((clean_name, clean_value) != (name, value))


def test_bytes_that_are_no_utf8_are_latin() -> None:
    """Those alone."""
    assert fields.clean(b"caf\xe9 \xc3\xa9".decode("utf-8", "surrogateescape")) == "café é"
    assert fields.clean("plain é") == "plain é"


def test_sizes_are_bytes() -> None:
    """Of a line, of all values."""
    assert fields.line_size("x-a", "é") == len("x-a: é".encode())
    assert fields.size_of_values([("x-a", "é"), ("b", b"\xff".decode("utf-8", "surrogateescape"))]) == 3


def test_last_line_of_a_name_is_changed() -> None:
    """Where it stands; at the end if there is none."""
    shout = lambda value: "none" if value is None else value.upper()  # noqa: E731  # a change, as callers write it

    assert fields.put_last([("X-A", "a"), ("x-a", "b"), ("c", "d")], "x-A", shout) == [
        ("X-A", "a"),
        ("x-a", "B"),
        ("c", "d"),
    ]
    assert fields.put_last([("c", "d")], "x-A", shout) == [("c", "d"), ("x-A", "none")]
