"""Entries of PutEvents."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from eventbus.errors import ValidationException
from sources import eventbridge
from sources.eventbridge.entries import TOTAL_LIMIT, Entry, Refused, entries_of, size_of
from tests.contracts import eventbridge_errors as table
from tests.sources.eventbridge.helpers import ENTRY

BUS = eventbridge.EventBus("orders").arn


@pytest.mark.parametrize("case", table.ENTRIES, ids=lambda case: case.id)
def test_entries_fail_alone(case: table.Entry) -> None:
    """Beside a good one."""
    first, second = entries_of([case.entry, ENTRY], BUS)

    assert isinstance(second, Entry)
    if case.code is None:
        assert isinstance(first, Entry)
    else:
        assert isinstance(first, Refused)
        assert first.code == case.code
        assert case.message in (None, first.message)


@pytest.mark.parametrize("case", table.SIZES, ids=lambda case: case.id)
def test_size_of_an_entry(case: table.Size) -> None:
    """The time counts 14, texts their bytes."""
    assert size_of(case.entry) == case.size


def test_size_of_a_request() -> None:
    """One byte less than 1 MiB is taken, over all entries."""
    assert table.LARGEST == TOTAL_LIMIT
    small = size_of(ENTRY)
    detail = '{"x": "%s"}'
    frame = size_of({**ENTRY, "detail": detail % ""})
    largest = {**ENTRY, "detail": detail % ("x" * (TOTAL_LIMIT - 1 - frame - small))}

    assert len(entries_of([largest, ENTRY], BUS)) == 2
    with pytest.raises(ValidationException, match="Total size"):
        entries_of([largest, {**ENTRY, "source": "shops"}], BUS)


@pytest.mark.parametrize("case", table.PUT_EVENTS_ERRORS, ids=lambda case: case.id)
def test_requests_fail_whole(case: table.Error) -> None:
    """As ValidationException, beginning as recorded."""
    with pytest.raises(ValidationException) as caught:
        entries_of(case.kwargs["entries"], BUS)
    assert caught.value.code == case.code
    assert str(caught.value).startswith((case.message or "").removesuffix("..."))


@pytest.mark.parametrize(
    "entries",
    [
        None,
        "entries",
        ENTRY,
        [None],
        ["entry"],
        [{**ENTRY, "Source": "shop"}],
        [{**ENTRY, "trace_header": "Root=1"}],
        [{**ENTRY, "detail": {"id": 7}}],
        [{**ENTRY, "source": 1}],
        [{**ENTRY, "source": "\ud800"}],
        [{**ENTRY, "detail": '{"x": "\ud800"}'}],
        [{**ENTRY, "resources": "arn"}],
        [{**ENTRY, "resources": [1]}],
        [{**ENTRY, "resources": {"a": 1}}],
        [{**ENTRY, "resources": ["\ud800"]}],
        [{**ENTRY, "time": 5}],
        [{**ENTRY, "time": "today"}],
        [{**ENTRY, "time": datetime(2026, 1, 1)}],
        [{**ENTRY, "time": "0001-01-01T00:00:00+14:00"}],
        [{**ENTRY, "time": "9999-12-31T23:59:59-14:00"}],
        [{**ENTRY, "event_bus_name": 5}],
        [{**ENTRY, "event_bus_name": "default"}],
    ],
)
def test_wrong_types_fail_whole(entries: Any) -> None:
    """Before anything is put."""
    with pytest.raises(ValidationException):
        entries_of(entries, BUS)


@pytest.mark.parametrize("name", ["orders", BUS, None], ids=["name", "ARN", "none"])
def test_names_of_this_bus(name: str | None) -> None:
    """Its client takes entries for it."""
    assert isinstance(entries_of([{**ENTRY, "event_bus_name": name}], BUS)[0], Entry)


@pytest.mark.parametrize(
    "time",
    [
        "2025-12-31T23:59:59.900Z",
        "2026-01-01T00:59:59.900+01:00",
        datetime(2026, 1, 1, 0, 59, 59, 900_000, timezone(timedelta(hours=1))),
    ],
    ids=["text", "text of a zone", "datetime"],
)
def test_times_are_whole_seconds_in_utc(time: Any) -> None:
    """Cut, not rounded."""
    (found,) = entries_of([{**ENTRY, "time": time}], BUS)

    assert isinstance(found, Entry)
    assert found.time == "2025-12-31T23:59:59Z"


def test_deep_detail_is_malformed() -> None:
    """Deeper than the parser goes."""
    (found, _) = entries_of([{**ENTRY, "detail": '{"x":' + "[" * 100_000 + "]" * 100_000 + "}"}, ENTRY], BUS)

    assert isinstance(found, Refused)
    assert found.code == "MalformedDetail"
