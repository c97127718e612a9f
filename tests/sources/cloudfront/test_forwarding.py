"""What counts for the cache, and goes to the origin."""

from collections.abc import Sequence
from typing import Any, Literal

import pytest

from eventbus.core.http import Request
from sources.cloudfront.forwarding import Forwarded

SENT = Request(
    "GET",
    "/a?size=1&x=2&size=3&caf%C3%A9=4&flag",
    [
        ("Host", "d1.cloudfront.net"),
        ("User-Agent", "curl"),
        ("Accept", "*/*"),
        ("X-Shop", "Red"),
        ("X-Shop", "Blue"),
        ("Cookie", "a=1; b=2"),
        ("Cookie", "c=3"),
        ("Content-Type", "text/plain"),
    ],
    source_ip="203.0.113.9",
)


def forwarded(headers: Sequence[str] = (), query_strings: Any = (), cookies: Any = ()) -> Forwarded:
    return Forwarded(headers, query_strings, cookies)


@pytest.mark.parametrize(
    ("names", "query"),
    [
        ((), ""),
        ("all", "size=1&x=2&size=3&caf%C3%A9=4&flag"),
        (("size",), "size=1&size=3"),
        (("flag", "x"), "x=2&flag"),
        (("caf\xe9",), "caf%C3%A9=4"),
        (("y",), ""),
    ],
)
def test_query(names: Sequence[str] | Literal["all"], query: str) -> None:
    """Those that are named, as and where they were sent."""
    assert forwarded(query_strings=names).query(SENT) == query


@pytest.mark.parametrize(("names", "cookie"), [((), ""), ("all", "a=1; b=2; c=3"), (("c", "a"), "a=1; c=3")])
def test_cookies(names: Sequence[str] | Literal["all"], cookie: str) -> None:
    """On one line."""
    rule = forwarded(cookies=names)

    assert rule.cookie(SENT) == cookie
    sent = dict(rule.to_origin(SENT, "example.org", "edge").headers)
    assert sent.get("Cookie", "") == cookie


def test_origin_gets_nothing_else() -> None:
    """CloudFront's own lines, and what a body is."""
    asked = forwarded().to_origin(SENT, "example.org", "e1.cloudfront.net")

    assert asked.target == "/a"
    assert asked.headers == [
        ("X-Forwarded-For", "203.0.113.9"),
        ("User-Agent", "Amazon CloudFront"),
        ("Via", "1.1 e1.cloudfront.net (CloudFront)"),
        ("Host", "example.org"),
        ("Content-Type", "text/plain"),
    ]


def test_host_and_agent_may_be_forwarded() -> None:
    """Instead of CloudFront's own."""
    asked = forwarded(("host", "user-agent", "x-shop")).to_origin(SENT, "example.org", "edge")

    assert [line for line in asked.headers if line[0] in ("Host", "User-Agent", "X-Shop")] == [
        ("Host", "d1.cloudfront.net"),
        ("User-Agent", "curl"),
        ("X-Shop", "Red"),
        ("X-Shop", "Blue"),
    ]


def test_via_and_addresses_are_put_behind() -> None:
    """Those that the request came by."""
    headers = [("Via", "1.0 proxy"), ("X-Forwarded-For", "198.51.100.7")]
    request = Request("GET", "/", headers, source_ip="203.0.113.9", protocol="HTTP/2")

    asked = dict(forwarded().to_origin(request, "example.org", "edge").headers)

    assert asked["Via"] == "1.0 proxy, 2.0 edge (CloudFront)"
    assert asked["X-Forwarded-For"] == "198.51.100.7, 203.0.113.9"


def test_key_is_of_what_is_forwarded() -> None:
    """Two requests differ by that alone."""
    other = Request("GET", "/a?size=9", [("Accept", "text/html"), ("X-Shop", "Red"), ("x-shop", "Blue")])

    assert forwarded().key(SENT) == forwarded().key(other)
    assert forwarded(("x-shop",)).key(SENT) == forwarded(("x-shop",)).key(other)
    assert forwarded(("accept",)).key(SENT) != forwarded(("accept",)).key(other)
    assert forwarded((), ("size",)).key(SENT) != forwarded((), ("size",)).key(other)
    assert forwarded((), (), "all").key(SENT) != forwarded((), (), "all").key(other)
    assert forwarded().key(SENT) != forwarded().key(Request("GET", "/b"))
