"""What functions get: every golden, whole."""

from base64 import b64decode
from typing import Any

import pytest

from eventbus.core.http import Request, Response
from sources import s3
from sources.cloudfront import events
from tests.contracts.cloudfront_table import REQUESTS, Viewed
from tests.contracts.front_door_requests import in_golden_order
from tests.golden import load, match
from tests.sources.cloudfront.helpers import Edge, Site, everything, said

BEYOND = "origin_request_custom_headers"
"""Of an origin with settings that are not offered: compared with what a function would see if it had chosen them."""


def edge_of(viewed: Viewed) -> Edge:
    settings = viewed.settings
    bucket = "s3" in settings.origin
    return Edge(
        {settings.point: everything},
        s3.Bucket("uploads") if bucket else Site("example.org"),
        {
            "include_body": settings.include_body,
            "headers": settings.forward_headers,
            "query_strings": "all" if settings.forward_query else (),
        },
        says=lambda request: said(viewed.answered),
    )


def event_of(viewed: Viewed) -> Any:
    edge = edge_of(viewed)
    if viewed.hit:
        edge.request(viewed.method, viewed.target, viewed.headers, viewed.body)
        edge.now += 2
    edge.request(viewed.method, viewed.target, viewed.headers, viewed.body)
    return edge.events[-1]


@pytest.mark.parametrize("viewed", [row for row in REQUESTS if row.id != BEYOND], ids=lambda row: row.id)
def test_event_is_the_golden(viewed: Viewed) -> None:
    """Whole; the order of headers is recorded nowhere."""
    golden, event = load(viewed.golden), event_of(viewed)

    match(golden, in_golden_order(golden, event))
    if viewed.exposed is not None:
        assert b64decode(event["Records"][0]["cf"]["request"]["body"]["data"]) == viewed.exposed


def test_event_shows_an_origin_as_it_is() -> None:
    """Custom headers, port and protocol too."""
    viewed = next(row for row in REQUESTS if row.id == BEYOND)
    golden = load(viewed.golden)
    event = event_of(viewed)
    event["Records"][0]["cf"]["request"]["origin"] = viewed.settings.origin

    match(golden, in_golden_order(golden, event))


def test_bytes_that_are_no_utf8_are_shown_as_latin_1() -> None:
    """In path, query and headers."""
    request = Request("GET", "/caf\udce9?q=\udce9", [("X-Name", "caf\udce9")], source_ip="203.0.113.9")

    shown = events.request_of(request, "viewer-request", None, include_body=False)

    assert shown["uri"] == "/café"
    assert shown["querystring"] == "q=é"
    assert shown["headers"] == {"x-name": [{"key": "X-Name", "value": "café"}]}


def test_a_status_without_a_phrase_has_the_usual_one() -> None:
    """An unknown one has none."""
    assert events.response_of(Response(404))["statusDescription"] == "Not Found"
    assert events.response_of(Response(299))["statusDescription"] == ""
