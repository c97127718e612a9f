"""What functions answer, read."""

from typing import Any

import pytest

from sources._http import answers
from sources._http.answers import Malformed


@pytest.mark.parametrize(
    ("payload", "found"), [(b"7", 7), (b' {"a": [null]} ', {"a": [None]}), ('"é"'.encode(), "é"), (b"null", None)]
)
def test_json_is_read(payload: bytes, found: Any) -> None:
    """Of any kind."""
    assert answers.parsed(payload) == found


@pytest.mark.parametrize("payload", [b"", b"{", b"abc", b"\xff", b"[" * 100_000, b"1" * 5_000])
def test_what_is_no_json_is_malformed(payload: bytes) -> None:
    """Nor what nests too deeply, nor a number that is too long."""
    with pytest.raises(Malformed, match="no JSON"):
        answers.parsed(payload)


@pytest.mark.parametrize(
    ("value", "text"), [("x", "x"), (True, "true"), (False, "false"), (7, "7"), (1.5, "1.5"), ("", "")]
)
def test_scalars_are_texts(value: Any, text: str) -> None:
    """As they are written in JSON."""
    assert answers.scalar(value) == text


@pytest.mark.parametrize(("value", "kind"), [(None, "null"), ([], "a list"), ({}, "an object")])
def test_other_values_of_headers_are_malformed(value: Any, kind: str) -> None:
    """Said by their kind."""
    with pytest.raises(Malformed, match=kind):
        answers.scalar(value)


def test_maps_are_lines_in_their_order() -> None:
    """One a name, or one for each value of a name."""
    assert answers.header_map({"B": 1, "a": "x"}, "headers") == [("B", "1"), ("a", "x")]
    assert answers.header_lists({"B": [1, True], "a": [], "c": ["x"]}, "m") == [("B", "1"), ("B", "true"), ("c", "x")]


@pytest.mark.parametrize("given", [None, [], "a: b", 7])
def test_maps_that_are_none(given: Any) -> None:
    """Named by what they are of."""
    for read in (answers.header_map, answers.header_lists):
        with pytest.raises(Malformed, match="headers is"):
            read(given, "headers")


def test_values_that_are_no_list() -> None:
    """Named by their header."""
    with pytest.raises(Malformed, match="x-a has no list"):
        answers.header_lists({"x-a": "b"}, "multiValueHeaders")


@pytest.mark.parametrize("name", ["a", "X-A", "!#$%&'*+.^_`|~09-"])
def test_names_that_are_tokens(name: str) -> None:
    """RFC 9110, 5.6.2."""
    answers.check_lines([(name, "x")])


@pytest.mark.parametrize("name", ["", "a b", "a:", "é", "a\n", "a\r\nb", "(a)"])
def test_names_that_are_none(name: str) -> None:
    """No header can be named so."""
    with pytest.raises(Malformed, match="can be named"):
        answers.check_lines([("ok", "x"), (name, "x")])


@pytest.mark.parametrize("value", ["", " x ", "a\tb", "café €"])
def test_values_that_can_be_sent(value: str) -> None:
    """Letters of all alphabets, blanks and tabs."""
    answers.check_lines([("a", value)])


@pytest.mark.parametrize("value", ["a\nb", "a\r\nx: y", "\x00", "\x1f", "\x7f", "\ud800"])
def test_values_that_can_not(value: str) -> None:
    """Line ends, control characters, halves of surrogate pairs."""
    with pytest.raises(Malformed, match="the value of a"):
        answers.check_lines([("a", value)])


def test_headers_between_neighbours_are_left_out() -> None:
    """And the length, whatever their case; the others stay in order."""
    names = ["Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "UPGRADE", "Proxy-Authenticate"]
    lines = [("X-A", "1"), *((name, "x") for name in names), ("Content-Length", "9"), ("x-b", "2")]

    assert answers.end_to_end(lines) == [("X-A", "1"), ("x-b", "2")]


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ({}, b""),
        ({"body": None, "isBase64Encoded": True}, b""),
        ({"body": "café"}, "café".encode()),
        ({"body": "AAH+/w=="}, b"AAH+/w=="),
        ({"body": "AAH+/w==", "isBase64Encoded": True}, b"\x00\x01\xfe\xff"),
        ({"body": "AAH+/w==", "isBase64Encoded": None}, b"AAH+/w=="),
        ({"body": "", "isBase64Encoded": True}, b""),
    ],
)
def test_body_is_decoded_where_it_says_so(answer: dict[str, Any], body: bytes) -> None:
    """As UTF-8, or from base64."""
    assert answers.body_of(answer) == body


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"body": 7}, "body is a number"),
        ({"body": {}}, "body is an object"),
        ({"body": "x", "isBase64Encoded": "true"}, "isBase64Encoded is a text"),
        ({"body": "x", "isBase64Encoded": 1}, "isBase64Encoded is a number"),
        ({"body": "%%%", "isBase64Encoded": True}, "no base64"),
        ({"body": "AAH", "isBase64Encoded": True}, "no base64"),
        ({"body": "\ud800"}, "surrogate"),
    ],
)
def test_body_that_is_malformed(answer: dict[str, Any], why: str) -> None:
    """And why."""
    with pytest.raises(Malformed, match=why):
        answers.body_of(answer)


@pytest.mark.parametrize(("value", "status"), [(200, 200), (599, 599), ("404", 404)])
def test_status_is_a_number_of_three_digits(value: Any, status: int) -> None:
    """Or the digits of one."""
    assert answers.status_of(value) == status


@pytest.mark.parametrize(
    "value", [99, 600, 0, -1, 200.0, True, None, "", "20", "2000", "abc", "²00", "٢٠٠", " 200", [], {}]
)
def test_status_that_is_none(value: Any) -> None:
    """Other digits than ours too."""
    with pytest.raises(Malformed, match="statusCode is"):
        answers.status_of(value)


def test_bounds_of_a_status_are_the_doors() -> None:
    """Where it has others."""
    assert answers.status_of(200, low=200) == 200
    with pytest.raises(Malformed, match="statusCode is 199"):
        answers.status_of(199, low=200)


@pytest.mark.parametrize(
    ("method", "status", "without"),
    [("GET", 200, False), ("HEAD", 200, True), ("GET", 204, True), ("POST", 304, True), ("GET", 205, False)],
)
def test_answers_without_a_body(method: str, status: int, without: bool) -> None:
    """RFC 9110, 6.4.1."""
    assert answers.bodiless(method, status) is without


def test_answer_of_the_door_itself() -> None:
    """Its text, typed; reasons are the usual ones."""
    response = answers.said(502, "é", "text/plain")

    assert (response.status, response.headers, response.body) == (502, [("Content-Type", "text/plain")], "é".encode())
    assert [answers.reason_of(status) for status in (200, 404, 599)] == ["OK", "Not Found", ""]
