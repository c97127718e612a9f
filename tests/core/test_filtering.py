"""What passes a mapping's filters, row by row of the documented table, and what can be written as a filter."""

from collections.abc import Mapping
from typing import Any

import pytest

from eventbus import InvalidSetting
from eventbus.core.filtering import check_keys, filters_of, patterns_of


def refusal(body: str, *patterns: Any) -> str | None:
    filters = filters_of(patterns_of(list(patterns)), "body")
    assert filters is not None
    return filters.refusal({"body": body})


@pytest.mark.parametrize(
    ("body", "pattern", "reason"),
    [
        ("urgent", {"body": ["urgent"]}, None),
        ("later", {"body": ["urgent"]}, "body: 'later' is not 'urgent'"),
        ("urgent", {"body": {"kind": ["order"]}}, "body: is no JSON object"),
        ('{"kind": "order"', {"body": {"kind": ["order"]}}, "body: is no JSON object"),
        ('["order"]', {"body": {"kind": ["order"]}}, "body: is no JSON object"),
        ('{"kind": "order"}', {"body": ["urgent"]}, "body: is JSON, the pattern wants a text"),
        ('{"kind": "order"}', {"body": [{"exists": False}]}, "body: is JSON, the pattern wants a text"),
        ('{"kind": "order"}', {"body": {"kind": ["order"]}}, None),
        (' {"kind": "order"}', {"body": {"kind": ["order"]}}, None),
        ('{"kind": "note"}', {"body": {"kind": ["order"]}}, "body.kind: 'note' is not 'order'"),
        ('{"n": 5}', {"body": {"n": [{"numeric": [">", 10]}]}}, "body.n: 5 is not > 10"),
        ("5", {"body": ["5"]}, None),
        ('{"kind": "order"}', {"$or": [{"body": {"kind": ["order"]}}, {"body": {"kind": ["refund"]}}]}, None),
        ('{"kind": "order"}', {"body": {"$or": [{"kind": ["order"]}, {"type": ["order"]}]}}, None),
        ('{"kind": "order"}', {"body.kind": ["order"]}, None),
        ('{"kind": "order"}', {"$or": [{"body": ["urgent"]}, {"body": {"kind": ["order"]}}]}, None),
        ("urgent", {"$or": [{"body": ["urgent"]}, {"body": {"kind": ["order"]}}]}, None),
        ("urgent", {"$or": [{"body": {"kind": ["order"]}}, {"body.n": [1]}]}, "body: is no JSON object"),
        ('{"n": 12345678901234567.5}', '{"body": {"n": [12345678901234567.5]}}', None),
        ('{"n": 12345678901234567.5}', '{"body": {"n": [12345678901234567.25]}}', "body.n: not the same"),
        ('{"kind": "order", "n": NaN}', {"body": {"kind": ["order"]}}, "body: is no JSON object"),
    ],
)
def test_data_against_pattern(body: str, pattern: Mapping[str, Any] | str, reason: str | None) -> None:
    """Text against text, JSON against JSON; the one never matches the other."""
    found = refusal(body, pattern)

    assert (found is None) == (reason is None)
    if reason is not None and found is not None:
        assert found.partition(":")[0] == reason.partition(":")[0]
        if "is JSON" in reason or "no JSON" in reason:
            assert found == reason


def test_numbers_are_told_as_they_were_written() -> None:
    """Though binary64 can't hold them."""
    assert refusal('{"n": 12345678901234567.5}', '{"body": {"n": [12345678901234567.25]}}') == (
        "body.n: 12345678901234567.5 is not 12345678901234567.25"
    )


def test_one_of_the_patterns_is_enough() -> None:
    """The first one's reason is told if none matches."""
    patterns = {"body": {"kind": ["order"]}}, {"body": {"kind": ["refund"]}}

    assert refusal('{"kind": "refund"}', *patterns) is None
    told = refusal('{"kind": "note"}', *patterns)
    assert told is not None
    assert "order" in told


def test_without_patterns_nothing_is_filtered() -> None:
    """And nothing is looked at."""
    assert patterns_of(None) == ()
    assert filters_of((), "body") is None


@pytest.mark.parametrize(
    "criteria",
    [
        "text",
        {"body": ["x"]},
        [None],
        ["not json"],
        [["x"]],
        [{"body": []}],
        [{"body": "x"}],
        [{"body": [{"wildcard": "x*"}]}],
        [{"body": [{"cidr": "10.0.0.0/8"}]}],
        [{"body": ["x"]}] * 6,
    ],
    ids=str,
)
def test_what_is_no_filter(criteria: Any) -> None:
    """Refused where it is written, by the setting's name."""
    with pytest.raises(InvalidSetting, match="^filter_criteria="):
        patterns_of(criteria)


def test_why_it_is_no_filter() -> None:
    """AWS does not say; the traceback does."""
    with pytest.raises(InvalidSetting) as refused:
        patterns_of([{"body": [{"wildcard": "x*"}]}])

    assert refused.value.__cause__ is not None
    assert refused.value.__cause__.__notes__ == ["Unrecognized match type wildcard"]


def test_length_of_a_filter() -> None:
    """4,096 characters, and not one more."""
    room = 4_096 - len('{"body":[""]}')

    assert len(patterns_of([f'{{"body":["{"x" * room}"]}}'])[0].text) == 4_096
    with pytest.raises(InvalidSetting, match="Invalid filter pattern definition"):
        patterns_of([f'{{"body":["{"x" * (room + 1)}"]}}'])


@pytest.mark.parametrize("pattern", [{"messageId": ["x"]}, {"$or": [{"body": ["x"]}, {"attributes": {"a": ["x"]}}]}])
def test_what_can_not_be_filtered_by(pattern: Mapping[str, Any]) -> None:
    """A source says what filters may look at (dg:with-sqs-filtering: only the body)."""
    with pytest.raises(InvalidSetting, match="allowed: body"):
        check_keys(patterns_of([pattern]), ("body",))
