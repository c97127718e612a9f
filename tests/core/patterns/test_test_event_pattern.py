"""AWS's operation that tries a pattern on an event of EventBridge."""

import json
from typing import Any

import pytest

from eventbus.core.patterns import test_event_pattern
from eventbus.errors import InvalidEventPatternException, ValidationException

EVENT = {
    "id": "7bf73129-1428-4cd3-a780-95db273d1602",
    "account": "123456789012",
    "source": "shop",
    "time": "2026-01-01T00:00:00Z",
    "region": "eu-central-1",
    "detail-type": "order placed",
    "resources": [],
    "detail": {"amount": 5},
}
PATTERN = json.dumps({"source": ["shop"]})


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in EVENT.items() if name != key}


@pytest.mark.parametrize(
    ("pattern", "verdict"),
    [
        pytest.param({"source": ["shop"]}, True, id="match"),
        pytest.param({"source": ["other"]}, False, id="no match"),
        pytest.param(
            {"detail-type": [{"prefix": "order"}], "detail": {"amount": [{"numeric": ["<", 6]}]}}, True, id="detail"
        ),
        pytest.param({"resources": [{"exists": False}]}, True, id="no resources"),
    ],
)
def test_verdict(pattern: Any, verdict: bool) -> None:
    """True if the event matches."""
    assert test_event_pattern(json.dumps(pattern), json.dumps(EVENT)) is verdict


@pytest.mark.parametrize("key", ["id", "account", "source", "time", "region", "detail-type"])
def test_what_an_event_needs(key: str) -> None:
    """These six, whether the pattern asks for them or not."""
    with pytest.raises(ValidationException):
        test_event_pattern(PATTERN, json.dumps(without(key)))


@pytest.mark.parametrize("key", ["resources", "detail"])
def test_what_an_event_can_do_without(key: str) -> None:
    """The rest."""
    assert test_event_pattern(PATTERN, json.dumps(without(key)))


@pytest.mark.parametrize("event", ["", "{", "null", "[]", '"x"', "1", json.dumps([EVENT])])
def test_no_event(event: str) -> None:
    """What is no JSON object is refused, not unmatched."""
    with pytest.raises(ValidationException):
        test_event_pattern(PATTERN, event)


@pytest.mark.parametrize("pattern", ["", "{", "[]", "{}", '{"source": "shop"}', '{"source": []}', "x" * 5000])
def test_no_pattern(pattern: str) -> None:
    """Refused in the words of EventBridge."""
    with pytest.raises(InvalidEventPatternException) as caught:
        test_event_pattern(pattern, json.dumps(EVENT))

    assert str(caught.value).startswith("Event pattern is not valid. Reason: ")


def test_errors_are_answers_of_the_service() -> None:
    """With AWS's codes and the status 400."""
    with pytest.raises(ValidationException) as caught:
        test_event_pattern(PATTERN, "{}")

    assert (caught.value.code, caught.value.status) == ("ValidationException", 400)


def test_it_is_no_test() -> None:
    """Whoever imports it into a test has no test more."""
    assert test_event_pattern.__test__ is False  # type: ignore[attr-defined]
