"""A stream as mappings and senders meet it."""

from math import inf
from typing import Any

import pytest

from eventbus.core.effects import Cause, Deliver, Delivered, Received
from eventbus.names import arn_of
from sources import kinesis
from sources.kinesis.record import parsed
from tests.golden import load, match
from tests.sources.kinesis.helpers import (
    DAY,
    FIRST,
    HOUR,
    LIMIT,
    QUOTAS,
    SECOND,
    THIRD,
    TOP,
    arrivals,
    bodies,
    listed,
    make_stream,
    put,
    read,
    start,
)

BUS = arn_of("events", "event-bus/default")

# Reading


def test_read_goes_on_where_the_last_one_ended() -> None:
    """In the order of arrival."""
    stream = make_stream()
    for body in "abc":
        put(stream, 0.0, body)
    first = read(stream, 1.0, start(), limit=2)
    second = read(stream, 1.0, first.position, limit=2)

    assert (bodies(first), bodies(second)) == (["a", "b"], ["c"])
    assert not first.ended
    assert not second.ended


def test_reading_takes_nothing_away() -> None:
    """The same position gives the same records."""
    stream = make_stream()
    put(stream, 0.0, "a")

    assert bodies(read(stream, 1.0, start())) == bodies(read(stream, 2.0, start())) == ["a"]


def test_latest_is_what_comes_from_now_on() -> None:
    """The position is fixed by the first read."""
    stream = make_stream()
    put(stream, 0.0, "old")
    found = read(stream, 1.0, start("LATEST"))
    put(stream, 2.0, "new")

    assert bodies(found) == []
    assert bodies(read(stream, 3.0, found.position)) == ["new"]


@pytest.mark.parametrize(
    ("at", "seen"),
    [(-5.0, ["a", "b"]), (1.0, ["a", "b"]), (1.5, ["b"]), (2.5, [])],
    ids=["before", "at", "after", "late"],
)
def test_an_instant_begins_with_what_arrived_then(at: float, seen: list[str]) -> None:
    """Or later."""
    stream = make_stream()
    put(stream, 1.0, "a")
    put(stream, 2.0, "b")

    assert bodies(read(stream, 3.0, start("AT_TIMESTAMP", at))) == seen


def test_an_instant_to_come_is_waited_for() -> None:
    """What arrives before it does not count."""
    stream = make_stream()
    position = read(stream, 0.0, start("AT_TIMESTAMP", 10.0)).position
    put(stream, 5.0, "early")
    early = read(stream, 5.0, position)
    put(stream, 10.0, "in time")

    assert bodies(early) == []
    assert bodies(read(stream, 10.0, early.position)) == ["in time"]


def test_no_position_is_the_oldest_record() -> None:
    """As TRIM_HORIZON."""
    stream = make_stream()
    put(stream, 0.0, "a")

    assert bodies(read(stream, 0.0, None)) == ["a"]


def test_records_leave_when_their_retention_is_over() -> None:
    """At that very instant; a position that is over goes on with the oldest there is."""
    stream = make_stream()
    put(stream, 0.0, "a")
    position = read(stream, 0.0, start(), limit=1).position - 1
    put(stream, HOUR, "b")

    assert bodies(read(stream, DAY - 0.1, position)) == ["a", "b"]
    assert bodies(read(stream, DAY, position)) == ["b"]


def test_stream_that_nobody_reads_does_not_grow_for_ever() -> None:
    """What is over goes while records are put."""
    stream = make_stream()
    for number in range(5_000):
        put(stream, number * 60.0, "x")

    assert len(stream.shards.all[FIRST].records) < DAY / 60 * 2 + 2_048


def test_record_is_a_value_with_what_mappings_want() -> None:
    """Sequence number, key, cause and time of arrival."""
    stream, cause = make_stream(), Cause("request", ())
    stream.put(3.0, (b"x", "red", None), cause)
    [record] = read(stream, 3.0, start()).records

    assert (record.group, record.cause, record.arrived_at) == ("red", cause, 3.0)  # type: ignore[attr-defined]
    assert parsed(record.identifier) is not None


def test_unknown_shard_has_ended() -> None:
    """It may have been closed so long ago that nobody knows it."""
    answer = read(make_stream(), 0.0, start(), shard="shardId-000000000009")

    assert (list(answer.records), answer.ended) == ([], True)


# Arrivals


def test_nothing_is_said_to_those_who_did_not_read_all() -> None:
    """They know that there may be more."""
    stream = make_stream()
    put(stream, 0.0, "a")
    read(stream, 0.0, start(), limit=1)
    put(stream, 1.0, "b")

    assert arrivals(stream) == []


def test_arrival_is_said_once_after_a_read_that_found_too_few() -> None:
    """Not for every record; again after the next such read."""
    stream = make_stream()
    position = read(stream, 0.0, start()).position
    put(stream, 1.0, "a")
    put(stream, 1.0, "b")
    said = arrivals(stream)
    read(stream, 1.0, position)
    put(stream, 2.0, "c")

    assert said == arrivals(stream) == [(stream.arn, FIRST)]


def test_arrival_is_of_its_shard_alone() -> None:
    """Whoever waits at another shard hears nothing."""
    stream = make_stream(shard_count=2)
    read(stream, 0.0, start(), shard=FIRST)
    put(stream, 1.0, "a", explicit=TOP - 1)
    elsewhere = arrivals(stream)
    put(stream, 1.0, "b", explicit=0)

    assert elsewhere == []
    assert arrivals(stream) == [(stream.arn, FIRST)]


# Shards


def test_shards_are_listed_with_parents() -> None:
    """In order of birth."""
    stream = make_stream()
    stream.split(1.0, FIRST, TOP // 2)

    assert listed(stream, 1.0) == {FIRST: (), SECOND: (FIRST,), THIRD: (FIRST,)}


def test_closed_shard_is_listed_until_its_records_are_gone() -> None:
    """Then its children have no parents any more."""
    stream = make_stream()
    stream.split(1.0, FIRST, TOP // 2)

    assert FIRST in listed(stream, DAY)
    assert listed(stream, DAY + 1) == {SECOND: (), THIRD: ()}


def test_new_shards_are_said_once_to_those_who_listed() -> None:
    """However many there are."""
    stream = make_stream(shard_count=4)
    stream.update_shard_count(0.0, 8)
    unasked = arrivals(stream)
    listed(stream)
    stream.update_shard_count(0.0, 4)
    stream.update_shard_count(0.0, 8)

    assert unasked == []
    assert arrivals(stream) == [(stream.arn, None)]


def test_closed_shard_ends_with_its_last_record() -> None:
    """The read that takes it says so, and the one behind it."""
    stream = make_stream()
    put(stream, 0.0, "a")
    stream.split(1.0, FIRST, TOP // 2)
    last = read(stream, 1.0, start())
    empty = read(stream, 1.0, last.position)

    assert (bodies(last), last.ended) == (["a"], True)
    assert (bodies(empty), empty.ended) == ([], True)


def test_closed_shard_has_not_ended_before() -> None:
    """A limit may stop a read before its end."""
    stream = make_stream()
    put(stream, 0.0, "a")
    put(stream, 0.0, "b")
    stream.split(1.0, FIRST, TOP // 2)

    assert not read(stream, 1.0, start(), limit=1).ended


def test_empty_closed_shard_has_ended() -> None:
    """Wherever reading begins."""
    stream = make_stream()
    stream.split(1.0, FIRST, TOP // 2)

    assert [read(stream, 1.0, start(at)).ended for at in ("LATEST", "TRIM_HORIZON", "AT_TIMESTAMP")] == [True] * 3


def test_whoever_has_read_all_hears_that_the_shard_is_closed() -> None:
    """So that it finds the end, then the children."""
    stream = make_stream()
    listed(stream)
    read(stream, 0.0, start())
    stream.split(1.0, FIRST, TOP // 2)

    assert arrivals(stream) == [(stream.arn, FIRST), (stream.arn, None)]


def test_reading_a_closed_shard_asks_for_nothing_more() -> None:
    """Nothing arrives there."""
    stream = make_stream(shard_count=2)
    stream.merge(1.0, FIRST, SECOND)
    read(stream, 1.0, start())
    put(stream, 2.0, "a")

    assert arrivals(stream) == []


def test_children_take_what_their_parent_took() -> None:
    """Keys stay together, and numbers grow from parent to child."""
    stream = make_stream()
    before = put(stream, 0.0, "a", "red")
    stream.split(1.0, FIRST, TOP // 2)
    after = put(stream, 1.0, "b", "red")

    assert after.shard_id in (SECOND, THIRD)
    assert int(before.identifier) < int(after.identifier)


# Events


def test_event_is_the_golden() -> None:
    """As recorded."""
    stream = make_stream()
    for body in ("one", "two"):
        put(stream, 10.5, body, "red")
    batch: Any = read(stream, 10.5, start()).records

    match(load("kinesis/event"), stream.to_event(batch))


@pytest.mark.parametrize("golden", ["on_failure_retries_exhausted", "on_failure_partial"])
def test_batch_info_is_that_of_the_golden(golden: str) -> None:
    """Which records an on-failure record is about."""
    stream = make_stream()
    for body in ("one", "two"):
        put(stream, 10.5, body, "red")
    batch: Any = read(stream, 10.5, start()).records
    name, info = stream.batch_info(FIRST, batch)

    match({name: load(f"kinesis/{golden}")[name]}, {name: info})


# Deliveries


def delivery(body: str, group: str | None = "red") -> Deliver:
    return Deliver(kinesis.Stream("orders").arn, BUS, 4, body, cause=Cause("request", ()), group=group)


def test_delivery_becomes_a_record() -> None:
    """The group is its key, the cause stays."""
    stream = make_stream()
    stream.deliver(1.0, delivery("ü"))
    [answer] = stream.effects
    stream.effects.clear()
    [record] = read(stream, 1.0, start()).records

    assert isinstance(answer, Delivered)
    assert (answer.asker, answer.token, answer.error) == (BUS, 4, None)
    assert record.view() == {"data": "ü"}
    assert (record.group, record.cause and record.cause.request_id) == ("red", "request")


def test_delivery_without_a_group_has_a_key_of_its_own() -> None:
    """So that such records are spread over the shards."""
    stream = make_stream()
    for body in "ab":
        stream.deliver(1.0, delivery(body, None))
    stream.effects.clear()
    keys = [record.group for record in read(stream, 1.0, start()).records]

    assert len(set(keys)) == 2


@pytest.mark.parametrize(
    ("effect", "code"),
    [(delivery("x" * LIMIT), "ValidationException"), (delivery("x", "k" * 257), "ValidationException")],
    ids=["too long", "key"],
)
def test_delivery_that_can_not_be_taken_is_refused(effect: Deliver, code: str) -> None:
    """With AWS's code and its reason."""
    stream = make_stream()
    stream.deliver(1.0, effect)
    [answer] = stream.effects

    assert isinstance(answer, Delivered)
    assert str(answer.error).partition(":")[0] == code
    assert stream.contents(1.0) == []


def test_delivery_beyond_the_throughput_is_refused() -> None:
    """It may be tried again."""
    stream = make_stream(QUOTAS)
    for _ in range(1_001):
        stream.deliver(1.0, delivery("x"))
    errors = [effect.error for effect in stream.effects if isinstance(effect, Delivered)]

    assert errors[:-1] == [None] * 1_000
    assert errors[-1] == (
        "ProvisionedThroughputExceededException: Rate exceeded for shard shardId-000000000000 in stream orders under "
        "account 000000000000."
    )


# The rest


def test_stream_never_wakes_and_owes_nothing() -> None:
    """Readers count what they have still to read."""
    stream = make_stream()
    put(stream, 0.0, "a")
    stream.wake(1.0)

    assert (stream.next_deadline(), stream.outstanding()) == (inf, 0)


def test_notes_say_what_happened() -> None:
    """Under the ids that people see."""
    stream, cause = make_stream(), Cause("request", ())
    record = stream.put(0.0, (b"x", "k", None), cause)
    stream.deliver(0.0, delivery("y"))
    stream.split(1.0, FIRST, TOP // 2)
    stream.merge(2.0, SECOND, THIRD)

    assert stream.notes[0] == ("sent", stream.arn, record.identifier, None, cause)
    assert stream.notes[1][3] == f"by {BUS}"
    assert [note[:4:3] for note in stream.notes[2:]] == [
        ("split", f"into {SECOND} and {THIRD}"),
        ("merged", "into shardId-000000000003"),
        ("merged", "into shardId-000000000003"),
    ]


def test_two_readers_do_not_know_of_each_other() -> None:
    """Each has its own position; both hear of what arrives."""
    stream = make_stream()
    put(stream, 0.0, "a")
    slow, fast = read(stream, 0.0, start(), limit=1), read(stream, 0.0, start("LATEST"))
    put(stream, 1.0, "b")

    assert bodies(read(stream, 1.0, slow.position)) == bodies(read(stream, 1.0, fast.position)) == ["b"]
    assert isinstance(slow, Received)
