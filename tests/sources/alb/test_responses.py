"""What becomes of the answers of functions: every row of the table."""

from http import HTTPStatus
from json import dumps

import pytest

from eventbus.core.outcomes import Succeeded
from tests.contracts.alb_table import ANSWERS, Answered
from tests.sources.alb.helpers import HOST, balancer
from tests.sources.doors import lines


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row.id)
def test_answer_becomes_the_response(row: Answered) -> None:
    """Status, phrase, header lines, body, and the reason in the trace."""
    door = balancer(multi_value_headers=row.multi)
    door.send()
    door.answer(Succeeded((dumps(row.answer) if row.raw is None else row.raw).encode()))

    [response] = door.responses
    assert response.status == row.status
    assert response.body == row.body
    assert sorted_lines(lines(response)) == sorted_lines(row.headers)
    if row.phrase is not None:
        assert (response.reason or HTTPStatus(response.status).phrase) == row.phrase
    assert [reason.partition(":")[0] for reason in door.reasons] == ([] if row.reason is None else [row.reason])


def sorted_lines(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: sorted(values) for name, values in found.items()}


@pytest.mark.parametrize("status", [100, 101, 199])
def test_status_that_ends_nothing_is_refused(status: int) -> None:
    """Left open by the table: no client takes it for an answer."""
    door = balancer(answer=lambda event: {"statusCode": status})

    assert door.request().status == 502
    assert door.reasons == [f"LambdaInvalidResponse: statusCode is {status}"]


def test_whole_number_with_a_point_is_no_status() -> None:
    """Left open by the table."""
    assert balancer(answer=lambda event: {"statusCode": 200.0}).request().status == 502


def test_head_gets_no_body() -> None:
    """Headers alone, whatever the function says."""
    door = balancer(answer=lambda event: {"statusCode": 200, "body": "x"})

    response = door.request("HEAD", "/", [HOST])

    assert (response.status, response.body) == (200, b"")
