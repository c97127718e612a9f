"""What becomes of an answer: every row of the table, and that no answer whatever raises."""

from typing import Any

import pytest

from eventbus.core.http import Response
from sources import s3
from tests.contracts.cloudfront_table import (
    EDITED,
    FROM_ORIGIN,
    REQUEST_POINTS,
    VALIDATION,
    Validated,
    edited,
)
from tests.sources.cloudfront.helpers import CURL, Edge, Site, everything, lines


def function(row: Validated) -> Any:
    def answer(event: Any) -> Any:
        if row.raw is not None:
            return row.raw.encode()
        return edited(everything(event), row.edits) if row.whole is EDITED else row.whole

    def known_none(event: Any) -> Any:
        found = answer(event)
        return b"null" if found is None else found

    return known_none


def edge_of(row: Validated) -> Edge:
    settings = {
        "headers": ["X-Shop", "X-New"],
        "query_strings": "all",
        "include_body": row.posted is not None,
        "origins": [Site("other.example.org"), s3.Bucket("other")],
    }
    answered = Response(
        FROM_ORIGIN.status, [*FROM_ORIGIN.headers, *row.also_answered], FROM_ORIGIN.body, FROM_ORIGIN.phrase
    )
    return Edge({row.point: function(row)}, settings=settings, says=lambda request: answered)


def sent(edge: Edge, row: Validated) -> Response:
    headers = [("Host", "{distribution}.cloudfront.net"), CURL, ("X-Shop", "Red"), *row.also_sent]
    if row.posted is None:
        return edge.request("GET", "/a?x=1", headers)
    headers += [("Content-Type", "application/json"), ("Content-Length", str(len(row.posted)))]
    return edge.request("POST", "/a?x=1", headers, row.posted)


@pytest.mark.parametrize("row", VALIDATION, ids=lambda row: row.id)
def test_answer_is_validated(row: Validated) -> None:
    """Status, header lines and body that the viewer gets, and the text of the page."""
    edge = edge_of(row)
    response = sent(edge, row)

    assert response.status == row.status, edge.why()
    found = lines(response)
    assert {name: sorted(found.get(name, [])) for name in row.headers} == {
        name: sorted(values) for name, values in row.headers.items()
    }
    assert not set(row.absent) & found.keys()
    if row.body is not None:
        assert response.body == row.body
    if row.message is not None:
        assert row.message in response.text


@pytest.mark.parametrize("row", VALIDATION, ids=lambda row: row.id)
def test_origin_gets_what_is_left(row: Validated) -> None:
    """Target, header lines, body and domain that reach the origin, or nothing."""
    edge = edge_of(row)
    sent(edge, row)

    if row.point not in REQUEST_POINTS:
        return
    if row.got is None:
        assert edge.asked == []
        return
    [fetch] = edge.asked
    found = lines(Response(200, fetch.request.headers))
    assert fetch.request.target == row.got.target
    assert {name: found.get(name) for name in row.got.headers} == row.got.headers
    assert not set(row.got.absent) & found.keys()
    assert fetch.request.body == row.got.body
    assert edge.machine.addresses[row.got.domain] == fetch.target
