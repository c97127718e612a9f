"""Batches: how many records, how many bytes, which leases, and what an answer says of each record."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from attrs import define

from eventbus.core.batching import Gathering, event_size, partial_response
from eventbus.core.effects import Cause, Record
from tests.contracts.partial_batch_table import NOT_JSON, RAISES, ROWS, UNSETTLED, Row

SIX_MEGABYTES = 6 * 1_024 * 1_024


@define(eq=False)
class Sized:
    identifier: str
    size: int = 100
    group: str | None = None
    receipt: str = ""
    cause: Cause | None = None

    def view(self) -> dict[str, Any]:
        return {"body": self.identifier}


def gather(*records: Sized, lease_ends_at: float = 30.0) -> Gathering:
    gathering = Gathering()
    gathering.add(records, lease_ends_at)
    return gathering


def names(records: Sequence[Record]) -> str:
    return "".join(record.identifier for record in records)


def test_event_size_is_the_length_of_the_event() -> None:
    """Envelope and separators count."""
    event = {"Records": [{"body": "a"}, {"body": "b"}, {"body": "c"}]}
    records = [len(json.dumps(record, separators=(",", ":"))) for record in event["Records"]]

    assert event_size(3, sum(records)) == len(json.dumps(event, separators=(",", ":")))


def test_event_of_no_records_is_its_envelope() -> None:
    """No separator either."""
    assert event_size(0, 0) == len(json.dumps({"Records": []}, separators=(",", ":")))


def test_batch_is_complete_at_its_size() -> None:
    """Not one record before."""
    gathering = gather(*map(Sized, "ab"))

    assert not gathering.complete(3)

    gathering.add([Sized("c")], 30.0)

    assert gathering.complete(3)


def test_batch_takes_no_more_than_its_size() -> None:
    """The rest stays, in order."""
    gathering = gather(*map(Sized, "abcde"))

    batch, _ = gathering.take(2)

    assert names(batch) == "ab"
    assert names(gathering.records) == "cde"


@pytest.mark.parametrize(("extra", "taken"), [(0, "ab"), (1, "a")], ids=["exactly 6 MB", "one byte more"])
def test_batch_ends_before_six_megabytes_are_exceeded(extra: int, taken: str) -> None:
    """An event of 6 MB goes; the record that would make it longer stays."""
    second = SIX_MEGABYTES - event_size(2, 1_000_000) + extra
    gathering = gather(Sized("a", 1_000_000), Sized("b", second))

    assert gathering.complete(10) == bool(extra)

    batch, _ = gathering.take(10)

    assert names(batch) == taken


def test_six_megabytes_go_whole_from_among_more() -> None:
    """What else is held takes no place in the batch."""
    second = SIX_MEGABYTES - event_size(2, 1_000_000)
    gathering = gather(Sized("a", 1_000_000), Sized("b", second), Sized("c"))

    assert names(gathering.take(10)[0]) == "ab"


def test_nothing_is_left_of_a_batch_that_took_all() -> None:
    """The next one may have all of 6 MB."""
    gathering = gather(Sized("a"))
    gathering.take(10)
    gathering.add([Sized("b", SIX_MEGABYTES - event_size(1, 0))], 30.0)

    assert not gathering.complete(10)


def test_record_longer_than_the_limit_goes_alone() -> None:
    """It is not held for ever."""
    gathering = gather(Sized("a", SIX_MEGABYTES + 1), Sized("b"))

    batch, _ = gathering.take(10)

    assert names(batch) == "a"


def test_bytes_are_counted_anew_after_a_batch() -> None:
    """What is left counts only itself."""
    gathering = gather(Sized("a", SIX_MEGABYTES), Sized("b", 100))
    gathering.take(10)

    assert not gathering.complete(10)
    assert names(gathering.take(10)[0]) == "b"


def test_records_of_locked_groups_stay() -> None:
    """Other groups go ahead of them."""
    gathering = gather(Sized("a", group="x"), Sized("b", group="y"), Sized("c", group="x"))

    batch, _ = gathering.take(10, {"x"})

    assert names(batch) == "b"
    assert names(gathering.records) == "ac"


def test_nothing_overtakes_a_record_that_did_not_fit() -> None:
    """A small record behind it waits too: its group may be the same."""
    gathering = gather(Sized("a", 4_000_000, "x"), Sized("b", 4_000_000, "x"), Sized("c", 10, "x"), lease_ends_at=30.0)

    assert names(gathering.take(10, {"y"})[0]) == "a"
    assert names(gathering.take(10, {"y"})[0]) == "bc"


def test_batch_knows_its_first_lease() -> None:
    """That of its own first record."""
    gathering = gather(Sized("a", group="x"), lease_ends_at=30.0)
    gathering.add([Sized("b", group="y")], 40.0)

    assert gathering.take(10, {"x"})[1] == 40.0
    assert gathering.take(10)[1] == 30.0


@pytest.mark.parametrize(("now", "left"), [(30.0, "ab"), (30.1, "b")], ids=["at the end", "past the end"])
def test_records_whose_visibility_is_over_are_dropped(now: float, left: str) -> None:
    """At the very instant they may still go."""
    gathering = gather(Sized("a"), lease_ends_at=30.0)
    gathering.add([Sized("b")], 40.0)

    dropped = gathering.drop_expired(now)

    assert names(gathering.records) == left
    assert names(dropped) + left == "ab"


ANSWERED = [row for row in ROWS + UNSETTLED if row.report and row.response is not RAISES]


@pytest.mark.parametrize("row", ANSWERED, ids=[row.id for row in ANSWERED])
def test_answer_says_what_succeeded(row: Row) -> None:
    """Each documented and each recorded form of the answer."""
    payload = b"<not JSON>" if row.response is NOT_JSON else json.dumps(row.response).encode()
    batch = [Sized(identifier) for identifier in row.batch]

    succeeded, failed = partial_response(payload, batch)

    assert {record.identifier for record in succeeded} == row.deleted
    assert {record.identifier for record in failed} == set(row.batch) - row.deleted


def test_answer_that_is_nested_too_deep_fails_all() -> None:
    """It is no failure of ours."""
    batch = [Sized("a")]

    assert partial_response(b"[" * 100_000, batch) == ((), batch)
