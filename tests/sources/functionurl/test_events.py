"""Events as functions get them: whole goldens, and the clients that read them."""

from typing import Any

import pytest

from sources import functionurl
from tests.contracts.front_door_requests import FUNCTION_URL, Sent, in_golden_order
from tests.golden import load, match
from tests.sources.doors import WORK, Door


def event_of(sent: Sent) -> Any:
    url = functionurl.Url(WORK)
    door = Door(url, functions={"work": lambda event: None})
    headers = [(name, value.replace("{url}", url.host.partition(".")[0])) for name, value in sent.headers]
    door.request(sent.method, sent.target, headers, sent.body)
    [(_, event)] = door.events
    return event


@pytest.mark.parametrize("sent", FUNCTION_URL, ids=lambda sent: sent.id)
def test_event_is_the_golden(sent: Sent) -> None:
    """Whole; the order of the header and query maps is recorded nowhere."""
    golden, event = load(sent.golden), event_of(sent)

    match(golden, in_golden_order(golden, event))
