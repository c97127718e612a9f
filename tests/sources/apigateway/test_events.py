"""Events as functions get them: whole goldens, and the clients that read them."""

from typing import Any

import pytest

from tests.contracts.apigateway_http_requests import HTTP1, HTTP2
from tests.contracts.apigateway_requests import REST, Sent
from tests.golden import load, match
from tests.sources.apigateway.helpers import api_of


def event_of(sent: Sent) -> Any:
    door = api_of(sent.api, sent.settings, work=lambda event: {"statusCode": 200})
    door.request(sent.method, sent.target, sent.headers, sent.body)
    assert door.events, f"no function was invoked; answered {door.responses}"
    name, event = door.events[-1]
    assert name == "work"
    return event


@pytest.mark.parametrize("sent", [*REST, *HTTP1, *HTTP2], ids=lambda sent: sent.id)
def test_event_is_the_golden(sent: Sent) -> None:
    """Whole, in its order."""
    match(load(sent.golden), event_of(sent))
