"""Payload format 2.0: how a request is shown, and what becomes of an answer."""

from json import dumps
from typing import Any

import pytest

from eventbus.core.http import Request
from sources._http import payload_2
from sources._http.answers import Malformed

TYPE = "text/plain"


def head(request: Request, **settings: Any) -> dict[str, Any]:
    return payload_2.head(request, request.headers, "$default", "/a", **settings)


def test_absent_keys_are_left_out() -> None:
    """Never null."""
    assert head(Request("GET", "/a")) == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/a",
        "rawQueryString": "",
        "headers": {},
    }


def test_head_of_an_event() -> None:
    """The query as it was sent, its values decoded and joined; header names in lower case; cookies by themselves."""
    lines = [("X-B", "1"), ("Cookie", "a=1; b=2"), ("x-a", "2"), ("x-b", "3"), ("cookie", "c=3")]
    request = Request("GET", "/a?t=a%20b&t=c+d&e", lines)

    found = head(request)

    assert found["rawQueryString"] == "t=a%20b&t=c+d&e"
    assert found["queryStringParameters"] == {"t": "a b,c d", "e": ""}
    assert found["headers"] == {"x-a": "2", "x-b": "1,3"}
    assert found["cookies"] == ["a=1", "b=2", "c=3"]
    assert head(request, cookies_in_headers=True)["headers"]["cookie"] == "a=1; b=2,c=3"


def test_bytes_that_are_no_utf8_are_shown() -> None:
    """As JSON can hold them, wherever they stand."""
    lines = [("x-\udcff", "\udcff"), ("cookie", "a=\udcff"), ("user-agent", "\udcff")]
    request = Request("GET", "/\udcff?a=\udcff", lines)

    shown = [head(request), payload_2.http(request, payload_2.decoded_path(request)), payload_2.decoded_path(request)]

    assert "ÿ" in dumps(shown, ensure_ascii=False).encode().decode()


def test_path_is_decoded_once() -> None:
    """A plus is one."""
    assert payload_2.decoded_path(Request("GET", "/a%2525%20b+c%FF?d")) == "/a%25 b+c�"


@pytest.mark.parametrize(
    ("content_type", "body", "shown"),
    [
        ("", b"", (None, False)),
        ("text/plain", b"", (None, False)),
        ("text/plain", "é".encode(), ("é", False)),
        ("application/json; charset=utf-8", b"{}", ("{}", False)),
        ("application/xml", b"<a/>", ("<a/>", False)),
        ("application/x-www-form-urlencoded", b"a=1", ("YT0x", True)),
        ("", b"a", ("YQ==", True)),
        ("text/plain", b"\xff", ("/w==", True)),
    ],
)
def test_body_is_text_or_base64(content_type: str, body: bytes, shown: Any) -> None:
    """By its type, and by what it is."""
    assert payload_2.body(Request("POST", "/", [("Content-Type", content_type)], body)) == shown


@pytest.mark.parametrize(
    ("epoch", "text"),
    [
        (0, "01/Jan/1970:00:00:00 +0000"),
        (1_767_225_599.999, "31/Dec/2025:23:59:59 +0000"),
        (1_772_270_063.5, "28/Feb/2026:09:14:23 +0000"),
    ],
)
def test_time_as_logs_have_it(epoch: float, text: str) -> None:
    """In UTC, with no fraction."""
    assert payload_2.clf_time(epoch) == text


def answered(answer: Any, remapped: tuple[str, ...] = ()) -> Any:
    return payload_2.response(dumps(answer).encode(), TYPE, remapped)


@pytest.mark.parametrize("answer", [{}, {"body": "x"}, {"statuscode": 201}, [], "text", 7, None])
def test_answer_without_a_status_is_the_body(answer: Any) -> None:
    """JSON, of status 200."""
    response = answered(answer)

    assert (response.status, response.headers) == (200, [("content-type", "application/json")])
    assert response.body == dumps(answer).encode()


def test_answer_with_a_status() -> None:
    """Its headers, the door's type where it names none, its cookies at the end."""
    answer = {"statusCode": "201", "headers": {"X-A": 1, "Connection": "close"}, "cookies": ["a=1", "b"], "body": "é"}

    response = answered(answer)

    cookies = [("set-cookie", "a=1"), ("set-cookie", "b")]
    assert (response.status, response.body) == (201, "é".encode())
    assert response.headers == [("X-A", "1"), ("content-type", TYPE), *cookies]


def test_headers_that_are_renamed() -> None:
    """Instead of being left out."""
    response = answered(
        {"statusCode": 200, "headers": {"Content-Length": 9, "Content-Type": "a/b"}}, ("content-length",)
    )

    assert response.headers == [("x-amzn-remapped-Content-Length", "9"), ("Content-Type", "a/b")]


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body(status: int) -> None:
    """Whatever was given."""
    assert answered({"statusCode": status, "body": "x"}).body == b""


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": None},
        {"statusCode": 200, "headers": []},
        {"statusCode": 200, "headers": {"a": None}},
        {"statusCode": 200, "headers": {"a b": "c"}},
        {"statusCode": 200, "headers": {"a": "b\n"}},
        {"statusCode": 200, "cookies": "a=1"},
        {"statusCode": 200, "cookies": [1]},
        {"statusCode": 200, "cookies": ["a=1\r\nx: y"]},
        {"statusCode": 200, "body": {}},
        {"statusCode": 200, "body": "%", "isBase64Encoded": True},
        {"statusCode": 204, "body": 7},
    ],
)
def test_answer_that_is_malformed(answer: Any) -> None:
    """The door says what that means."""
    with pytest.raises(Malformed):
        answered(answer)


def test_head_of_an_answer() -> None:
    """What it has; without a type the door's."""
    given = {"statusCode": 404, "headers": {"Content-Type": "a/b", "Transfer-Encoding": "x"}, "cookies": ["a=1"]}

    assert payload_2.answered_head({"statusCode": 200}, TYPE) == (200, [("content-type", TYPE)])
    empty = {"statusCode": 200, "headers": None, "cookies": None}
    assert payload_2.answered_head(empty, TYPE) == (200, [("content-type", TYPE)])
    assert payload_2.answered_head(given, TYPE) == (404, [("Content-Type", "a/b"), ("set-cookie", "a=1")])
    wrongs: list[Any] = [{"statusCode": "x"}, {"headers": {"a b": "c"}}, {"cookies": [1]}, {"headers": []}]
    for wrong in wrongs:
        with pytest.raises(Malformed):
            payload_2.answered_head({"statusCode": 200, **wrong}, TYPE)
