"""What becomes of the answers of functions: every row of the table."""

from json import loads

import pytest

from tests.contracts.apigateway_table import ANSWERS, Answered
from tests.sources.apigateway.helpers import api_of
from tests.sources.doors import lines


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row.id)
def test_answer_becomes_the_response(row: Answered) -> None:
    """Status, header lines, body."""
    door = api_of(row.api, row.settings, work=lambda event: row.answer)
    headers = [("Host", "{host}"), *([] if row.accept is None else [("Accept", row.accept)])]

    response = door.request("GET", "/prod/pets" if row.api == "rest" else "/pets", headers)

    found = {name: values if name == "set-cookie" else [", ".join(values)] for name, values in lines(response).items()}
    wanted = {name: values if name == "set-cookie" else [", ".join(values)] for name, values in row.headers.items()}
    assert response.status == row.status
    assert found == wanted
    if row.status >= 500:
        assert loads(response.body) == loads(row.body)
    else:
        assert response.body == row.body
