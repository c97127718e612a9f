"""Requests that never reach their function: every row of the table."""

import pytest

from tests.contracts.alb_table import REQUESTS_REFUSED, Refused
from tests.sources.alb.helpers import HOST, balancer, ok
from tests.sources.doors import lines


@pytest.mark.parametrize("row", REQUESTS_REFUSED, ids=lambda row: row.id)
def test_request_at_a_limit_and_past_it(row: Refused) -> None:
    """Status, page, reason, and whether the function is invoked."""
    door = balancer(answer=ok) if row.registered else balancer(function=None)
    sent = [(name, value.encode("latin-1").decode("utf-8", "surrogateescape")) for name, value in row.headers]

    response = door.request(row.method, row.target, sent, row.body)

    assert response.status == row.status
    assert bool(door.events) == row.invoked
    if not row.invoked:
        assert lines(response) == {"content-type": ["text/html"]}
    assert row.answer is None or response.body == row.answer
    if row.reason is not None:
        assert [reason.partition(":")[0] for reason in door.reasons] == [row.reason]


@pytest.mark.parametrize("values", [["chunked"], ["identity"], ["Chunked"], ["identity, chunked"], ["", "chunked"]])
def test_transfer_encodings_that_are_known(values: list[str]) -> None:
    """In any case, several of them."""
    assert (
        balancer(answer=ok).request("POST", "/", [HOST, *(("Transfer-Encoding", value) for value in values)]).status
        == 200
    )


def test_forwarders_are_counted_over_all_lines() -> None:
    """16 and 15 of them."""
    headers = [HOST, ("X-Forwarded-For", "10.0.0.1, " * 16), ("x-forwarded-for", "10.0.0.1," * 15)]

    assert balancer(answer=ok).request(headers=headers).status == 463


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("Connection", "keep-alive, Upgrade"), ("Upgrade", "WebSocket")], 400),
        ([("Connection", "upgrade"), ("Upgrade", "h2c, websocket")], 400),
        ([("Upgrade", "websocket")], 200),
        ([("Connection", "Upgrade"), ("Upgrade", "h2c")], 200),
    ],
    ids=["several", "list", "not between neighbours", "another protocol"],
)
def test_what_asks_for_a_websocket(headers: list[tuple[str, str]], status: int) -> None:
    """Both headers say so."""
    assert balancer(answer=ok).request(headers=[HOST, *headers]).status == status


def test_bytes_in_the_path_that_are_no_utf_8() -> None:
    """No event can hold them."""
    door = balancer(answer=ok)

    assert door.request(target="/" + b"\xff".decode("utf-8", "surrogateescape")).status == 400
    assert door.reasons == ["LambdaBadRequest: a text is no UTF-8"]


def test_text_that_is_encoded_need_not_be_utf_8() -> None:
    """It comes as base64."""
    door = balancer(answer=ok)
    headers = [HOST, ("Content-Type", "text/plain"), ("Content-Encoding", "br")]

    assert door.request("POST", "/", headers, b"\xff").status == 200
    assert door.events[0]["isBase64Encoded"] is True
