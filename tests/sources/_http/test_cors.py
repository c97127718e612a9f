"""Cross-origin requests that a front door answers by itself."""

from typing import Any

import pytest

from eventbus.core.http import Request, Response
from eventbus.errors import InvalidSetting
from sources._http import cors
from sources._http.cors import Cors

HERE, THERE = "https://a.example", "https://b.example"
ASKED = ("Access-Control-Request-Method", "PUT")


def request(origin: str | None = HERE, *lines: tuple[str, str], method: str = "OPTIONS") -> Request:
    return Request(method, "/", [*([] if origin is None else [("Origin", origin)]), *lines])


@pytest.mark.parametrize(
    ("asked", "is_one"),
    [
        (request(HERE, ASKED), True),
        (request(HERE), False),
        (request(None, ASKED), False),
        (request("", ASKED), False),
        (request(HERE, ASKED, method="GET"), False),
        (request(HERE, ASKED, method="options"), False),
    ],
)
def test_preflight_says_who_and_what(asked: Request, is_one: bool) -> None:
    """By OPTIONS, with both headers."""
    assert cors.is_preflight(asked) is is_one


FULL = Cors(
    allow_origins=[HERE],
    allow_methods=["GET", "PUT"],
    allow_headers=["X-A"],
    expose_headers=["X-B", "X-C"],
    max_age=60,
    allow_credentials=True,
)


@pytest.mark.parametrize("of_url", [False, True])
def test_preflight_is_answered_in_full(of_url: bool) -> None:
    """A function URL says what is exposed, too."""
    response = cors.preflight(FULL, request(HERE, ASKED), 204, of_url=of_url)

    exposed = [("access-control-expose-headers", "X-B,X-C")] if of_url else []
    assert response.status == 204
    assert response.headers == [
        ("access-control-allow-origin", HERE),
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-methods", "GET,PUT"),
        ("access-control-allow-headers", "X-A"),
        ("access-control-max-age", "60"),
        *exposed,
    ]


def test_preflight_of_another_origin() -> None:
    """Has no such headers at all."""
    assert cors.preflight(FULL, request(THERE, ASKED), 204).headers == []


@pytest.mark.parametrize(
    ("allowed", "origin", "of_url", "told"),
    [
        (["*"], HERE, False, "*"),
        (["*"], HERE, True, HERE),
        ([HERE], HERE, False, HERE),
        ([THERE, HERE], HERE, False, HERE),
        ([HERE], HERE.upper(), False, None),
        ([HERE], THERE, False, None),
        (["https://*"], HERE, False, HERE),
        (["https://*"], "http://a.example", False, None),
        (["http://*"], "null", False, None),
        ([], HERE, False, None),
        ([HERE], None, False, None),
    ],
)
def test_origin_that_may(allowed: list[str], origin: str | None, of_url: bool, told: str | None) -> None:
    """By its name, by its scheme, or as everybody."""
    response = cors.with_cors(Cors(allow_origins=allowed), request(origin, method="GET"), Response(200), of_url=of_url)

    assert response.header("access-control-allow-origin") == told


def test_answer_of_the_function() -> None:
    """Its own headers of the kind count for nothing in an API, and stand beside those of a URL."""
    own = [("X-A", "1"), ("Access-Control-Allow-Origin", "x"), ("access-control-max-age", "9")]

    of_api = cors.with_cors(FULL, request(HERE, method="GET"), Response(200, list(own)))
    of_url = cors.with_cors(FULL, request(HERE, method="GET"), Response(200, list(own)), of_url=True)
    of_nobody = cors.with_cors(FULL, request(None, method="GET"), Response(200, list(own)))

    added = [
        ("access-control-allow-origin", HERE),
        ("access-control-allow-credentials", "true"),
        ("access-control-expose-headers", "X-B,X-C"),
    ]
    assert of_api.headers == [("X-A", "1"), *added]
    assert of_url.headers == [*own, *added]
    assert of_nobody.headers == [("X-A", "1")]


def test_without_cors_nothing_is_changed() -> None:
    """The function may do it itself."""
    response = Response(200, [("Access-Control-Allow-Origin", "x")])

    assert cors.with_cors(None, request(HERE, method="GET"), response) is response
    assert response.headers == [("Access-Control-Allow-Origin", "x")]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("allow_origins", "*"),
        ("allow_origins", [7]),
        ("allow_origins", None),
        ("allow_methods", [""]),
        ("allow_headers", {"X-A"}),
        ("expose_headers", 7),
        ("max_age", -1),
        ("max_age", 86_401),
        ("max_age", 1.5),
        ("allow_credentials", "true"),
        ("allow_credentials", None),
    ],
)
def test_setting_that_is_refused(setting: str, value: Any) -> None:
    """By its name."""
    with pytest.raises(InvalidSetting, match=setting):
        Cors(**{setting: value})


def test_lists_are_taken() -> None:
    """And kept as they were."""
    given = ["a"]
    made = Cors(allow_origins=given, max_age=86_400)
    given.append("b")

    assert made.allow_origins == ("a",)
