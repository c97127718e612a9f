"""What a stream's client accepts, answers and refuses, in AWS's words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from eventbus.errors import InvalidSetting
from sources import kinesis
from tests.sources.helpers import EPOCH, done
from tests.sources.kinesis.helpers import DAY, FIRST, HOUR, LIMIT, SECOND, THIRD, TOP, listed, put, stream_at

HALF = str(TOP // 2)
FOURTH = "shardId-000000000003"
HERE = "shard shardId-000000000000 in stream orders under account 000000000000"


def ids(result: Any) -> list[str]:
    return [shard.shard_id for shard in result.shards]


# Putting


@pytest.mark.parametrize(
    ("data", "kept"),
    [(b"x", b"x"), ("ü", "ü".encode()), (bytearray(b"x"), b"x"), (memoryview(b"x"), b"x"), (b"", b"")],
    ids=["bytes", "text", "bytearray", "memoryview", "empty"],
)
def test_data_is_bytes_or_text(data: Any, kept: bytes) -> None:
    """Kept as bytes."""
    client, machine, _ = stream_at()
    result = done(client.put_record(data, "k"))

    [record] = machine.contents(0.0)
    assert type(record.data) is bytes
    assert record.data == kept
    assert (result.shard_id, result.sequence_number) == (FIRST, record.identifier)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"data": None}, "Value at 'data' failed to satisfy constraint: Member must be bytes or a text"),
        ({"data": 7}, "Value '7' at 'data' failed"),
        ({"data": "\ud800"}, "at 'data' failed to satisfy constraint: Member must not have halves of surrogate pairs"),
        (
            {"data": b"x" * LIMIT},
            f"Value at 'data' failed to satisfy constraint: Member must have length less than or equal to {LIMIT}",
        ),
        ({"partition_key": None}, "at 'partitionKey' failed"),
        ({"partition_key": b"k"}, "at 'partitionKey' failed"),
        (
            {"partition_key": ""},
            "Value '' at 'partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        ({"partition_key": "k" * 257}, "Member must have length less than or equal to 256"),
        ({"partition_key": "\ud800"}, "at 'partitionKey' failed"),
        (
            {"explicit_hash_key": 7},
            "Value '7' at 'explicitHashKey' failed to satisfy constraint: Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})",
        ),
        ({"explicit_hash_key": "-1"}, "at 'explicitHashKey' failed"),
        ({"explicit_hash_key": "01"}, "at 'explicitHashKey' failed"),
        ({"explicit_hash_key": "٣"}, "at 'explicitHashKey' failed"),
        ({"sequence_number_for_ordering": "x"}, "at 'sequenceNumberForOrdering' failed"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_wrong_record_is_refused(given: Any, text: str) -> None:
    """As a validation error; nothing is in the stream."""
    client, machine, _ = stream_at()

    with pytest.raises(kinesis.ValidationException) as refused:
        done(client.put_record(**{"data": b"x", "partition_key": "k", **given}))
    assert str(refused.value).startswith("1 validation error detected: Value")
    assert text in str(refused.value)
    assert (refused.value.code, refused.value.status) == ("ValidationException", 400)
    assert machine.contents(0.0) == []


def test_hash_key_beyond_the_last_is_an_invalid_argument() -> None:
    """In AWS's words."""
    client, _, _ = stream_at()

    with pytest.raises(kinesis.InvalidArgumentException) as refused:
        done(client.put_record(b"x", "k", explicit_hash_key=str(TOP)))
    assert str(refused.value) == (
        "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was "
        "340282366920938463463374607431768211456"
    )


@pytest.mark.parametrize("key", ["k" * 256, "ü" * 128], ids=["letters", "bytes"])
def test_record_may_be_as_long_as_the_limit(key: str) -> None:
    """The key counts, in bytes."""
    client, machine, _ = stream_at()
    done(client.put_record(b"x" * (LIMIT - 256), key))

    with pytest.raises(kinesis.ValidationException):
        done(client.put_record(b"x" * (LIMIT - 255), key))
    assert len(machine.contents(0.0)) == 1


def test_record_limit_can_be_raised() -> None:
    """To 10 MiB."""
    client, _, _ = stream_at(max_record_size_in_ki_b=2_048)

    async def main() -> None:
        await client.put_record(b"x" * (2 * LIMIT - 1), "k")
        await client.update_max_record_size(10_240)
        await client.put_record(b"x" * (10 * LIMIT - 1), "k")
        assert (await client.describe_stream_summary()).max_record_size_in_ki_b == 10_240

    done(main())


def test_ordering_may_be_asked_for() -> None:
    """By a number that was given before; numbers grow anyway."""
    client, machine, _ = stream_at()

    async def main() -> None:
        first = await client.put_record(b"a", "k")
        second = await client.put_record(b"b", "k", sequence_number_for_ordering=first.sequence_number)
        assert int(first.sequence_number) < int(second.sequence_number)
        for unknown in ("0", str(int(second.sequence_number) + 10**10)):
            with pytest.raises(kinesis.InvalidArgumentException, match="SequenceNumberForOrdering"):
                await client.put_record(b"c", "k", sequence_number_for_ordering=unknown)

    done(main())
    assert len(machine.contents(0.0)) == 2


def test_records_are_put_in_their_order() -> None:
    """In one call."""
    client, machine, _ = stream_at()
    result = done(client.put_records([{"data": body, "partition_key": "k"} for body in "abc"]))

    assert result.failed_record_count == 0
    assert [each.sequence_number for each in result.records] == [each.identifier for each in machine.contents(0.0)]
    assert [record.data for record in machine.contents(0.0)] == [b"a", b"b", b"c"]


@pytest.mark.parametrize(
    ("records", "text"),
    [
        ([], "Value at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1"),
        ([{}] * 501, "at 'records' failed to satisfy constraint: Member must have length less than or equal to 500"),
        (None, "at 'records' failed"),
        ("ab", "at 'records' failed"),
        (["a"], "at 'records.1.member' failed"),
        ([{"data": b"", "partition_key": "k", "Data": b""}], "at 'records.1.member' failed"),
        ([{"data": b"", "partition_key": "k"}, {"data": b""}], "at 'records.2.member.partitionKey' failed"),
        ([{"partition_key": "k"}], "at 'records.1.member.data' failed"),
        (
            [{"data": b"", "partition_key": "k", "explicit_hash_key": ""}],
            "at 'records.1.member.explicitHashKey' failed",
        ),
    ],
    ids=["empty", "501", "none", "text", "entry", "member", "no key", "no data", "hash key"],
)
def test_wrong_entries_refuse_the_whole_call(records: Any, text: str) -> None:
    """Nothing is in the stream."""
    client, machine, _ = stream_at()

    with pytest.raises(kinesis.ValidationException) as refused:
        done(client.put_records(records))
    assert text in str(refused.value)
    assert machine.contents(0.0) == []


def test_five_hundred_records_and_ten_megabytes() -> None:
    """And no more."""
    client, machine, _ = stream_at()
    done(client.put_records([{"data": b"x", "partition_key": "k"}] * 500))
    done(client.put_records([{"data": b"x" * (LIMIT - 1), "partition_key": "k"}] * 10))

    with pytest.raises(kinesis.InvalidArgumentException, match="Records size exceeds 10 MB limit"):
        done(
            client.put_records(
                [{"data": b"x" * (LIMIT - 1), "partition_key": "k"}] * 10 + [{"data": b"", "partition_key": "k"}]
            )
        )
    assert len(machine.contents(0.0)) == 510


# Shards


def test_shard_is_described_with_its_ranges() -> None:
    """Open ones have no end; a closed one has, and its children name it."""
    client, machine, _ = stream_at()
    before = put(machine, 0.0, "a")
    done(client.split_shard(FIRST, HALF))
    parent, low, high = done(client.list_shards()).shards

    assert (parent.parent_shard_id, low.parent_shard_id, low.adjacent_parent_shard_id) == (None, FIRST, None)
    assert [
        (each.hash_key_range.starting_hash_key, each.hash_key_range.ending_hash_key) for each in (parent, low, high)
    ] == [
        ("0", str(TOP - 1)),
        ("0", str(TOP // 2 - 1)),
        (HALF, str(TOP - 1)),
    ]
    numbers = parent.sequence_number_range
    assert int(numbers.starting_sequence_number) < int(before.identifier) < int(numbers.ending_sequence_number or 0)
    assert low.sequence_number_range.ending_sequence_number is None


def test_merged_shard_names_both_parents() -> None:
    """The one that was named first is the parent, the other the adjacent one."""
    client, _, _ = stream_at(shard_count=2)
    done(client.merge_shards(SECOND, FIRST))
    child = done(client.list_shards()).shards[-1]

    assert (child.shard_id, child.parent_shard_id, child.adjacent_parent_shard_id) == (THIRD, SECOND, FIRST)


@pytest.mark.parametrize(
    ("call", "given", "error", "text"),
    [
        (
            "split_shard",
            ("shardId-000000000009", HALF),
            kinesis.ResourceNotFoundException,
            "Could not find shard shardId-000000000009 in stream orders under account 000000000000.",
        ),
        (
            "split_shard",
            (FIRST, "1"),
            kinesis.InvalidArgumentException,
            f"NewStartingHashKey 1 used in SplitShard() on {HERE} is not both greater than one plus the shard's StartingHashKey 0 and less than the shard's EndingHashKey 113427455640312821154458202477256070484.",
        ),
        (
            "split_shard",
            (FIRST, "113427455640312821154458202477256070484"),
            kinesis.InvalidArgumentException,
            "is not both",
        ),
        ("split_shard", (FIRST, 7), kinesis.ValidationException, "newStartingHashKey"),
        ("split_shard", (7, HALF), kinesis.ValidationException, "shardToSplit"),
        (
            "merge_shards",
            (FIRST, THIRD),
            kinesis.InvalidArgumentException,
            f"Shards {FIRST} and {THIRD} in stream orders under account 000000000000 are not an adjacent pair of shards eligible for merging",
        ),
        ("merge_shards", (FIRST, FIRST), kinesis.InvalidArgumentException, "not an adjacent pair"),
        ("merge_shards", (FIRST, "shardId-000000000009"), kinesis.ResourceNotFoundException, "Could not find"),
        ("merge_shards", (FIRST, None), kinesis.ValidationException, "adjacentShardToMerge"),
        (
            "update_shard_count",
            (7,),
            kinesis.InvalidArgumentException,
            "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 3 Target shard count: 7",
        ),
        (
            "update_shard_count",
            (1,),
            kinesis.InvalidArgumentException,
            "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: 3 Target shard count: 1",
        ),
        ("update_shard_count", (0,), kinesis.ValidationException, "targetShardCount"),
        ("update_shard_count", (None,), kinesis.ValidationException, "targetShardCount"),
        ("update_shard_count", (2.5,), kinesis.ValidationException, "targetShardCount"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_can_not_be_done_with_shards(call: str, given: Any, error: type[Exception], text: str) -> None:
    """Nothing has changed then."""
    client, machine, _ = stream_at(shard_count=3)

    with pytest.raises(error) as refused:
        done(getattr(client, call)(*given))
    assert text in str(refused.value)
    assert list(listed(machine)) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize("call", ["split", "merge"])
def test_closed_shard_is_not_closed_again(call: str) -> None:
    """In AWS's words."""
    client, _, _ = stream_at()
    done(client.split_shard(FIRST, HALF))

    with pytest.raises(kinesis.InvalidArgumentException) as refused:
        done(client.split_shard(FIRST, HALF) if call == "split" else client.merge_shards(SECOND, FIRST))
    assert str(refused.value) == (
        f"S{HERE[1:]} has already been merged or split, and thus is not eligible for merging or splitting."
    )


def test_ten_thousand_shards_and_no_more() -> None:
    """In one stream."""
    client, machine, _ = stream_at(shard_count=10_000)

    for call in (client.split_shard(FIRST, "7"), client.update_shard_count(10_001)):
        with pytest.raises(kinesis.LimitExceededException, match="up to 10000 open shards"):
            done(call)
    assert len(machine.shards.open) == 10_000


def test_shard_count_is_updated_ten_times_a_day() -> None:
    """A rolling day."""
    client, _, feed = stream_at()

    async def main() -> None:
        for number in range(10):
            feed.now = number * HOUR
            result = await client.update_shard_count(2 - number % 2)
        assert (result.current_shard_count, result.target_shard_count, result.stream_name) == (2, 1, "orders")
        feed.now = DAY - 0.1
        with pytest.raises(kinesis.LimitExceededException):
            await client.update_shard_count(2)
        feed.now = DAY
        await client.update_shard_count(2)

    done(main())


def test_shards_of_a_stream_on_demand_are_its_own() -> None:
    """They can't be split, merged or counted anew."""
    client, _, _ = stream_at(stream_mode="ON_DEMAND")

    for call in (client.split_shard(FIRST, "7"), client.merge_shards(FIRST, SECOND), client.update_shard_count(5)):
        with pytest.raises(kinesis.ValidationException, match="PROVISIONED"):
            done(call)


def test_mode_is_switched_twice_a_day() -> None:
    """The shards stay."""
    client, _, feed = stream_at(stream_mode="ON_DEMAND")

    async def main() -> None:
        await client.update_stream_mode("PROVISIONED")
        summary = await client.describe_stream_summary()
        assert (summary.stream_mode, summary.open_shard_count) == ("PROVISIONED", 4)
        await client.update_stream_mode("ON_DEMAND")
        with pytest.raises(kinesis.LimitExceededException):
            await client.update_stream_mode("PROVISIONED")
        feed.now = DAY
        await client.update_stream_mode("PROVISIONED")
        with pytest.raises(kinesis.ValidationException, match=r"enum value set: \[PROVISIONED, ON_DEMAND\]"):
            await client.update_stream_mode("SERVERLESS")

    done(main())


# Retention


def test_longer_retention_brings_nothing_back() -> None:
    """What is over already stays so."""
    client, machine, feed = stream_at()
    put(machine, 0.0, "old")
    put(machine, HOUR, "new")
    feed.now = DAY
    done(client.increase_stream_retention_period(48))

    assert [record.data for record in done(client.peek())] == [b"new"]
    feed.now = DAY + HOUR
    assert len(done(client.peek())) == 1


def test_shorter_retention_takes_what_is_older() -> None:
    """At once."""
    client, machine, feed = stream_at(retention_period_hours=48)
    put(machine, 0.0, "old")
    put(machine, 2 * HOUR, "new")
    feed.now = DAY + HOUR
    done(client.decrease_stream_retention_period(24))

    assert [record.data for record in done(client.peek())] == [b"new"]
    assert done(client.describe_stream_summary()).retention_period_hours == 24


@pytest.mark.parametrize(
    ("call", "hours", "text"),
    [
        (
            "increase",
            47,
            "Requested retention period (47 hours) for stream orders can not be shorter than existing retention period (48 hours). Use DecreaseRetentionPeriod API.",
        ),
        (
            "increase",
            8_761,
            "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long.",
        ),
        (
            "decrease",
            49,
            "Requested retention period (49 hours) for stream orders can not be longer than existing retention period (48 hours). Use IncreaseRetentionPeriod API.",
        ),
        (
            "decrease",
            23,
            "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.",
        ),
    ],
    ids=["shorter", "too long", "longer", "too short"],
)
def test_wrong_retention_is_refused(call: str, hours: int, text: str) -> None:
    """In AWS's words."""
    client, _, _ = stream_at(retention_period_hours=48)

    with pytest.raises(kinesis.InvalidArgumentException) as refused:
        done(getattr(client, f"{call}_stream_retention_period")(hours))
    assert str(refused.value) == text


def test_same_retention_and_limits_are_taken() -> None:
    """Up to a year."""
    client, _, _ = stream_at()

    async def main() -> None:
        await client.increase_stream_retention_period(24)
        await client.decrease_stream_retention_period(24)
        await client.increase_stream_retention_period(8_760)
        with pytest.raises(kinesis.ValidationException):
            await client.decrease_stream_retention_period("24")

    done(main())


# Descriptions


def test_summary_says_what_the_stream_is() -> None:
    """Open shards are counted."""
    client, machine, _ = stream_at(5.0, shard_count=2)
    machine.split(5.0, FIRST, 7)
    summary = done(client.describe_stream_summary())

    assert (summary.stream_name, summary.stream_arn) == ("orders", machine.arn)
    assert (summary.stream_status, summary.stream_mode, summary.encryption_type) == ("ACTIVE", "PROVISIONED", "NONE")
    assert (summary.open_shard_count, summary.consumer_count, summary.retention_period_hours) == (3, 0, 24)
    assert summary.stream_creation_timestamp == datetime.fromtimestamp(EPOCH, UTC)


def test_description_has_a_page_of_shards() -> None:
    """And says whether there are more."""
    client, _, _ = stream_at(shard_count=101)
    first = done(client.describe_stream())
    rest = done(client.describe_stream(exclusive_start_shard_id=first.shards[-1].shard_id))

    assert (len(first.shards), first.has_more_shards) == (100, True)
    assert (len(rest.shards), rest.has_more_shards, rest.stream_name) == (1, False, "orders")
    assert len(done(client.describe_stream(limit=1_000)).shards) == 100


def test_shards_are_listed_in_pages() -> None:
    """Up to a thousand in each; tokens are good for five minutes."""
    client, _, feed = stream_at(shard_count=1_001)

    async def main() -> None:
        first = await client.list_shards(max_results=10_000)
        second = await client.list_shards(next_token=first.next_token)
        assert (len(first.shards), ids(second), second.next_token) == (1_000, ["shardId-000000001000"], None)
        assert ids(await client.list_shards(max_results=2, exclusive_start_shard_id=FIRST)) == [SECOND, THIRD]
        feed.now = 300.5
        with pytest.raises(kinesis.ExpiredNextTokenException):
            await client.list_shards(next_token=first.next_token)

    done(main())


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"max_results": 0}, kinesis.ValidationException),
        ({"max_results": 10_001}, kinesis.ValidationException),
        ({"next_token": "x"}, kinesis.InvalidArgumentException),
        ({"next_token": 7}, kinesis.ValidationException),
        ({"next_token": "x", "exclusive_start_shard_id": FIRST}, kinesis.InvalidArgumentException),
        ({"exclusive_start_shard_id": ""}, kinesis.ValidationException),
        ({"shard_filter": "AT_LATEST"}, kinesis.InvalidArgumentException),
        ({"shard_filter": {}}, kinesis.ValidationException),
        ({"shard_filter": {"type": "LATEST"}}, kinesis.ValidationException),
        ({"shard_filter": {"Type": "AT_LATEST"}}, kinesis.InvalidArgumentException),
        ({"shard_filter": {"type": "AFTER_SHARD_ID"}}, kinesis.InvalidArgumentException),
        ({"shard_filter": {"type": "AFTER_SHARD_ID", "shard_id": 7}}, kinesis.ValidationException),
        ({"shard_filter": {"type": "AT_LATEST", "shard_id": FIRST}}, kinesis.InvalidArgumentException),
        ({"shard_filter": {"type": "AT_TIMESTAMP", "timestamp": "now"}}, kinesis.ValidationException),
    ],
    ids=str,
)
def test_wrong_listing_is_refused(given: Any, error: type[Exception]) -> None:
    """Before anything happens."""
    client, _, _ = stream_at()

    with pytest.raises(error):
        done(client.list_shards(**given))


@pytest.mark.parametrize(
    ("shard_filter", "seen"),
    [
        ({"type": "FROM_TRIM_HORIZON"}, [FIRST, SECOND, THIRD, FOURTH]),
        ({"type": "AT_TRIM_HORIZON"}, [FIRST]),
        ({"type": "AT_LATEST"}, [FOURTH]),
        ({"type": "AFTER_SHARD_ID", "shard_id": SECOND}, [THIRD, FOURTH]),
        ({"type": "AT_TIMESTAMP", "timestamp": EPOCH + 15}, [SECOND, THIRD]),
        ({"type": "FROM_TIMESTAMP", "timestamp": EPOCH + 15}, [SECOND, THIRD, FOURTH]),
        ({"type": "FROM_TIMESTAMP", "timestamp": EPOCH - 15}, [FIRST, SECOND, THIRD, FOURTH]),
        ({"type": "AT_TIMESTAMP", "timestamp": datetime.fromtimestamp(EPOCH + 25, UTC)}, [FOURTH]),
    ],
    ids=str,
)
def test_shards_are_filtered(shard_filter: Any, seen: list[str]) -> None:
    """By when they were open: split at 10 s, merged at 20 s."""
    client, machine, feed = stream_at()
    machine.split(10.0, FIRST, TOP // 2)
    machine.merge(20.0, SECOND, THIRD)
    feed.now = 30.0

    assert ids(done(client.list_shards(shard_filter=shard_filter))) == seen


def test_peek_shows_all_records_by_shard() -> None:
    """Or the first so many."""
    client, machine, _ = stream_at(shard_count=2)
    for body, key in (("a", TOP - 1), ("b", 0), ("c", TOP - 1)):
        put(machine, 0.0, body, explicit=key)

    assert [record.data for record in done(client.peek())] == [b"b", b"a", b"c"]
    assert [record.data for record in done(client.peek(2))] == [b"b", b"a"]
    with pytest.raises(InvalidSetting, match="limit=-1"):
        done(client.peek(-1))
