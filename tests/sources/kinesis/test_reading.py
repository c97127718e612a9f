"""Shard iterators, and what they lead to."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sources import kinesis
from sources.kinesis import tokens
from tests.sources.helpers import EPOCH, done
from tests.sources.kinesis.helpers import DAY, FIRST, SECOND, THIRD, TOP, put, stream_at

HERE = "shard shardId-000000000000 in stream orders under account 000000000000"


def shown(result: Any) -> list[str]:
    return [record.data.decode() for record in result.records]


async def read(client: Any, kind: str, shard: str = FIRST, limit: int | None = None, **given: Any) -> Any:
    return await client.get_records(await client.get_shard_iterator(shard, kind, **given), limit=limit)


def test_iterators_lead_through_the_whole_shard() -> None:
    """Each answer has the next one."""
    client, machine, _ = stream_at()
    for body in "abc":
        put(machine, 0.0, body)

    async def main() -> None:
        first = await read(client, "TRIM_HORIZON", limit=2)
        second = await client.get_records(first.next_shard_iterator, limit=2)
        third = await client.get_records(second.next_shard_iterator)
        assert [shown(each) for each in (first, second, third)] == [["a", "b"], ["c"], []]

    done(main())


def test_record_has_the_members_of_aws() -> None:
    """And its shard."""
    client, machine, _ = stream_at(10.5)
    made = put(machine, 10.4321, "one", "red")
    [record] = done(read(client, "TRIM_HORIZON")).records

    assert (record.data, record.partition_key, record.shard_id) == (b"one", "red", FIRST)
    assert record.sequence_number == made.identifier
    assert record.approximate_arrival_timestamp == datetime(2026, 1, 1, 0, 0, 10, 432_000, UTC)
    assert repr(record) == f"StreamRecord('red', b'one', sequence_number='{made.identifier}')"


def test_sequence_numbers_say_where_to_begin() -> None:
    """At a record or behind it; the shard's own beginning too."""
    client, machine, _ = stream_at()
    records = [put(machine, 0.0, body) for body in "abc"]

    async def main() -> None:
        [shard] = (await client.list_shards()).shards
        beginning = shard.sequence_number_range.starting_sequence_number
        for kind, number, seen in (
            ("AT_SEQUENCE_NUMBER", records[1].identifier, ["b", "c"]),
            ("AFTER_SEQUENCE_NUMBER", records[1].identifier, ["c"]),
            ("AT_SEQUENCE_NUMBER", beginning, ["a", "b", "c"]),
        ):
            assert shown(await read(client, kind, starting_sequence_number=number)) == seen

    done(main())


@pytest.mark.parametrize("timestamp", [EPOCH + 2, datetime.fromtimestamp(EPOCH + 2, UTC)], ids=["number", "datetime"])
def test_timestamp_says_where_to_begin(timestamp: Any) -> None:
    """Seconds since 1970, or an aware datetime."""
    client, machine, _ = stream_at(5.0)
    for number in range(4):
        put(machine, float(number), str(number))

    assert shown(done(read(client, "AT_TIMESTAMP", timestamp=timestamp))) == ["2", "3"]


def test_latest_begins_when_the_iterator_is_made() -> None:
    """Not when it is read."""
    client, machine, _ = stream_at()
    put(machine, 0.0, "old")

    async def main() -> None:
        iterator = await client.get_shard_iterator(FIRST, "LATEST")
        put(machine, 0.0, "new")
        assert shown(await client.get_records(iterator)) == ["new"]

    done(main())


def test_end_of_a_closed_shard_names_its_children() -> None:
    """There is no next iterator."""
    client, machine, _ = stream_at()
    put(machine, 0.0, "a")
    machine.split(0.0, FIRST, TOP // 2)
    result = done(read(client, "TRIM_HORIZON"))

    assert (shown(result), result.next_shard_iterator) == (["a"], None)
    assert [(each.shard_id, each.parent_shards) for each in result.child_shards] == [
        (SECOND, [FIRST]),
        (THIRD, [FIRST]),
    ]
    assert result.child_shards[1].hash_key_range.starting_hash_key == str(TOP // 2)


def test_closed_shard_goes_on_until_its_end() -> None:
    """Children are named at the end only."""
    client, machine, _ = stream_at()
    for body in "ab":
        put(machine, 0.0, body)
    machine.split(0.0, FIRST, TOP // 2)
    result = done(read(client, "TRIM_HORIZON", limit=1))

    assert result.next_shard_iterator is not None
    assert result.child_shards == []


def test_how_far_behind_the_tip() -> None:
    """Milliseconds since the next record arrived; 0 at the tip."""
    client, machine, feed = stream_at()
    put(machine, 0.0, "a")
    put(machine, 1.0, "b")
    feed.now = 3.5

    assert done(read(client, "TRIM_HORIZON", limit=1)).millis_behind_latest == 2_500
    assert done(read(client, "TRIM_HORIZON")).millis_behind_latest == 0


def test_answer_has_ten_thousand_records_at_most() -> None:
    """Or the limit that was asked for."""
    client, machine, _ = stream_at()
    for _ in range(10_001):
        put(machine, 0.0, "")

    assert len(done(read(client, "TRIM_HORIZON")).records) == 10_000
    assert len(done(read(client, "TRIM_HORIZON", limit=10_000)).records) == 10_000


def test_answer_has_ten_megabytes_at_most() -> None:
    """Keys count too; one record alone is always given."""
    client, machine, _ = stream_at()
    for size in (5_242_879, 5_242_879, 1, 10_485_760):
        put(machine, 0.0, "x" * size)

    async def main() -> None:
        first = await read(client, "TRIM_HORIZON")
        second = await client.get_records(first.next_shard_iterator)
        third = await client.get_records(second.next_shard_iterator)
        assert [len(each.records) for each in (first, second, third)] == [2, 1, 1]

    done(main())


def test_iterator_is_good_for_five_minutes() -> None:
    """At that instant still, not later; each answer gives a fresh one."""
    client, _, feed = stream_at()
    iterator = done(client.get_shard_iterator(FIRST, "LATEST"))
    feed.now = 300.0
    fresh = done(client.get_records(iterator)).next_shard_iterator
    feed.now = 300.5

    with pytest.raises(kinesis.ExpiredIteratorException) as refused:
        done(client.get_records(iterator))
    assert str(refused.value) == (
        "Iterator expired. The iterator was created at time Thu Jan 01 00:00:00 UTC 2026 while right now it is Thu Jan "
        "01 00:05:00 UTC 2026 which is further in the future than the tolerated delay of 300000 milliseconds."
    )
    assert shown(done(client.get_records(fresh))) == []


@pytest.mark.parametrize(
    "iterator",
    [
        "",
        "x",
        "ü",
        "AAAA",
        tokens.next_token(0.0, "orders", FIRST),
        tokens.iterator(0.0, "others", tokens.Place(FIRST, 1)),
        tokens.iterator(0.0, "orders", tokens.Place(FIRST, 1)) + "\n",
    ],
    ids=["empty", "letter", "no ASCII", "bytes", "next token", "other stream", "line end"],
)
def test_other_texts_are_no_iterators(iterator: str) -> None:
    """Of this stream."""
    client, _, _ = stream_at()

    with pytest.raises(kinesis.InvalidArgumentException, match=r"Invalid ShardIterator\."):
        done(client.get_records(iterator))


@pytest.mark.parametrize(
    ("kind", "given", "text"),
    [
        (
            "AT_SEQUENCE_NUMBER",
            {},
            (
                "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) "
                "TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified AT_SEQUENCE_NUMBER and no "
                "StartingSequenceNumber."
            ),
        ),
        (
            "LATEST",
            {"starting_sequence_number": "1"},
            (
                "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) "
                "TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified LATEST and also a "
                "StartingSequenceNumber."
            ),
        ),
        (
            "AFTER_SEQUENCE_NUMBER",
            {"starting_sequence_number": "49"},
            (
                f"StartingSequenceNumber 49 used in GetShardIterator on {HERE} is invalid because it did not come from this "
                "stream."
            ),
        ),
        (
            "AT_TIMESTAMP",
            {},
            (
                "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no "
                "timestamp parameter."
            ),
        ),
        (
            "AT_TIMESTAMP",
            {"timestamp": EPOCH + 1},
            (
                "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: "
                "1767225601000, currentTimestampInMillis: 1767225600000"
            ),
        ),
    ],
    ids=["no number", "a number", "elsewhere", "no instant", "to come"],
)
def test_what_an_iterator_can_not_begin_with(kind: str, given: Any, text: str) -> None:
    """In AWS's words."""
    client, _, _ = stream_at()

    with pytest.raises(kinesis.InvalidArgumentException) as refused:
        done(client.get_shard_iterator(FIRST, kind, **given))
    assert str(refused.value) == text


def test_number_of_another_shard_is_refused() -> None:
    """It names both."""
    client, machine, _ = stream_at(shard_count=2)
    record = put(machine, 0.0, "a", explicit=TOP - 1)

    with pytest.raises(kinesis.InvalidArgumentException) as refused:
        done(client.get_shard_iterator(FIRST, "AT_SEQUENCE_NUMBER", starting_sequence_number=record.identifier))
    assert str(refused.value) == (
        f"Invalid StartingSequenceNumber. It encodes {SECOND}, while it was used in a call to a shard with {FIRST}"
    )


@pytest.mark.parametrize(
    ("call", "given"),
    [
        ("get_shard_iterator", {"shard_id": "a b", "shard_iterator_type": "LATEST"}),
        ("get_shard_iterator", {"shard_id": None, "shard_iterator_type": "LATEST"}),
        ("get_shard_iterator", {"shard_id": FIRST, "shard_iterator_type": "FIRST"}),
        ("get_shard_iterator", {"shard_id": FIRST, "shard_iterator_type": ["LATEST"]}),
        (
            "get_shard_iterator",
            {"shard_id": FIRST, "shard_iterator_type": "AT_SEQUENCE_NUMBER", "starting_sequence_number": "x"},
        ),
        (
            "get_shard_iterator",
            {"shard_id": FIRST, "shard_iterator_type": "AT_TIMESTAMP", "timestamp": datetime(2026, 1, 1)},
        ),
        ("get_records", {"shard_iterator": None}),
        ("get_records", {"shard_iterator": 7}),
        ("get_records", {"shard_iterator": "x", "limit": 0}),
        ("get_records", {"shard_iterator": "x", "limit": "1"}),
        ("get_records", {"shard_iterator": "x", "limit": True}),
    ],
    ids=["shard", "no shard", "kind", "list", "number", "naive", "none", "type", "limit 0", "limit text", "limit bool"],
)
def test_wrong_types_are_refused(call: str, given: Any) -> None:
    """Before anything happens."""
    client, _, _ = stream_at()

    with pytest.raises(kinesis.ValidationException, match="1 validation error detected: Value"):
        done(getattr(client, call)(**given))


def test_limit_above_ten_thousand_is_an_invalid_argument() -> None:
    """As the API says, unlike other ranges."""
    client, _, _ = stream_at()

    with pytest.raises(kinesis.InvalidArgumentException):
        done(client.get_records("x", limit=10_001))


def test_unknown_shard_is_not_found() -> None:
    """Nor is one whose retention is over, by an iterator that was made before."""
    client, machine, feed = stream_at()
    machine.split(0.0, FIRST, TOP // 2)
    feed.now = DAY - 1
    iterator = done(client.get_shard_iterator(FIRST, "LATEST"))
    feed.now = DAY

    with pytest.raises(kinesis.ResourceNotFoundException) as refused:
        done(client.get_records(iterator))
    assert str(refused.value) == f"S{HERE[1:]} does not exist"
