"""Throughput of a shard, where a profile has rate quotas."""

import pytest

from sources import kinesis
from sources.kinesis.rates import READ_SIZE, WRITE_SIZE, Rates
from tests.sources.helpers import done
from tests.sources.kinesis.helpers import FIRST, QUOTAS, TOP, put, stream_at


def test_a_thousand_records_in_a_second() -> None:
    """The next second begins anew."""
    rates = Rates()
    admitted = [rates.admit_write(1.0 + number / 2_000, FIRST, 1) for number in range(1_001)]

    assert admitted == [True] * 1_000 + [False]
    assert rates.admit_write(2.0, FIRST, 1)


def test_a_megabyte_in_a_second() -> None:
    """To the last byte."""
    rates = Rates()

    assert rates.admit_write(0.0, FIRST, WRITE_SIZE - 1)
    assert not rates.admit_write(0.5, FIRST, 2)
    assert rates.admit_write(0.5, FIRST, 1)


def test_large_record_is_a_burst() -> None:
    """Alone in its second."""
    rates = Rates()

    assert rates.admit_write(0.0, FIRST, 10 * WRITE_SIZE)
    assert not rates.admit_write(0.0, FIRST, 1)


def test_five_reads_in_a_second() -> None:
    """Of each shard."""
    rates = Rates()

    assert [rates.admit_read(0.0, FIRST) for _ in range(6)] == [True] * 5 + [False]
    assert rates.admit_read(0.0, "another")
    assert rates.admit_read(1.0, FIRST)


def test_reads_of_two_megabytes_in_a_second() -> None:
    """After 10 MiB at once, five seconds give nothing."""
    rates = Rates()
    rates.admit_read(0.0, FIRST)
    rates.was_read(0.0, FIRST, READ_SIZE)
    full = rates.admit_read(0.5, FIRST)
    rates.admit_read(1.0, FIRST)
    rates.was_read(1.0, FIRST, 5 * READ_SIZE)

    assert not full
    assert [rates.admit_read(at, FIRST) for at in (2.0, 5.9, 6.0)] == [False, False, True]


def test_put_beyond_the_throughput_is_refused() -> None:
    """Shard, stream and account are named; another shard takes what it can."""
    client, machine, _ = stream_at(profile=QUOTAS, shard_count=2)

    async def main() -> None:
        for _ in range(1_000):
            await client.put_record(b"x", "k", explicit_hash_key="0")
        with pytest.raises(kinesis.ProvisionedThroughputExceededException) as refused:
            await client.put_record(b"x", "k", explicit_hash_key="0")
        assert str(refused.value) == (
            "Rate exceeded for shard shardId-000000000000 in stream orders under account 000000000000."
        )
        await client.put_record(b"x", "k", explicit_hash_key=str(TOP - 1))

    done(main())
    assert len(machine.contents(0.0)) == 1_001


def test_put_records_is_partial() -> None:
    """What had no room says why; the rest is in the stream."""
    client, machine, _ = stream_at(profile=QUOTAS, shard_count=2)
    for _ in range(999):
        put(machine, 0.0, "x", explicit=0)
    entries = [
        {"data": str(n), "partition_key": "k", "explicit_hash_key": key}
        for n, key in enumerate(["0", "0", "0", str(TOP - 1)])
    ]
    result = done(client.put_records(entries))

    assert result.failed_record_count == 2
    assert [each.error_code for each in result.records] == [None, *["ProvisionedThroughputExceededException"] * 2, None]
    assert [each.sequence_number is None for each in result.records] == [False, True, True, False]
    assert [each.shard_id for each in result.records] == [FIRST, None, None, "shardId-000000000001"]
    assert result.records[1].error_message == (
        "Rate exceeded for shard shardId-000000000000 in stream orders under account 000000000000."
    )
    assert result.records[0].error_message is None


def test_sixth_get_in_a_second_is_refused() -> None:
    """By the same error."""
    client, _, _ = stream_at(profile=QUOTAS)

    async def main() -> None:
        iterator = await client.get_shard_iterator(FIRST, "LATEST")
        for _ in range(5):
            await client.get_records(iterator)
        with pytest.raises(kinesis.ProvisionedThroughputExceededException):
            await client.get_records(iterator)

    done(main())


def test_without_quotas_there_is_no_limit() -> None:
    """As by default."""
    client, _, _ = stream_at()

    async def main() -> None:
        for _ in range(1_001):
            await client.put_record(b"x" * 2_000, "k")

    done(main())
