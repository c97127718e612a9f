"""Sequence numbers, sizes, and what filters see."""

import json

import pytest

from sources.kinesis.events import to_event
from sources.kinesis.record import FIRST_NUMBER, METADATA_SIZE, Record, parsed, sequence_number, shard_id_of, size_of
from sources.kinesis.stream import Stream
from tests.sources.helpers import EPOCH

LONGEST = f"{Stream('n' * 128).arn}/consumer/{'c' * 128}:4294967295"


def make_record(data: bytes = b"x", key: str = "k", number: int = FIRST_NUMBER + 1, shard: int = 0) -> Record:
    return Record(number, shard_id_of(shard), key, data, 0.0, None, METADATA_SIZE + len(LONGEST))


def test_sequence_number_is_long_and_names_its_shard() -> None:
    """56 digits, as AWS has; the shard's stand at the end."""
    number = make_record(shard=17).identifier

    assert len(number) == 56
    assert number.isdigit()
    assert number.endswith("17")
    assert parsed(number) == (FIRST_NUMBER + 1, "shardId-000000000017")


def test_sequence_numbers_grow_as_numbers_do() -> None:
    """Whatever the shard."""
    numbers = [sequence_number(FIRST_NUMBER + count, shard_id_of(9 - count % 10)) for count in range(100)]

    assert sorted(numbers, key=int) == sorted(numbers) == numbers


@pytest.mark.parametrize(
    "text",
    ["", "0", "4" * 56, "49" + "0" * 54, "x" * 56, "49" + "0" * 28 + "٣" * 26],
    ids=["empty", "zero", "other head", "too small", "letters", "other digits"],
)
def test_other_texts_are_no_sequence_numbers(text: str) -> None:
    """Nothing else parses."""
    assert parsed(text) is None


@pytest.mark.parametrize(
    ("data", "seen"),
    [(b'{"n": 1}', '{"n": 1}'), ("über".encode(), "über"), (b"\xff", None), (b"", "")],
    ids=["JSON", "text", "no UTF-8", "empty"],
)
def test_filters_see_the_data_as_text(data: bytes, seen: str | None) -> None:
    """What is no UTF-8 is None."""
    assert make_record(data).view() == {"data": seen}


@pytest.mark.parametrize(
    "record",
    [
        make_record(b"x" * 1_000, "customer-1"),
        make_record(b"", '"' * 256),
        make_record(b"x", "\x01" * 256),
        make_record(b"xy", "😀" * 256, number=FIRST_NUMBER * 9, shard=9_999),
    ],
    ids=["plain", "quotes", "control", "astral"],
)
def test_size_is_enough_for_its_json(record: Record) -> None:
    """Also with the longest names, and where every letter of the key is escaped."""
    [shown] = to_event(Stream("n" * 128).arn, EPOCH, [record])["Records"]
    shown["eventSourceARN"] = LONGEST
    length = len(json.dumps(shown, separators=(",", ":")))

    assert length <= record.size <= length + 3_000


@pytest.mark.parametrize("key", ["customer-1", 'a"b\\c'])
def test_size_is_exact_for_plain_keys(key: str) -> None:
    """A batch ends where its event would be too long, not before."""
    record = make_record(b"x" * 1_000, key)
    [shown] = to_event(Stream("n").arn, EPOCH + 0.123, [record])["Records"]
    shown["eventSourceARN"] = LONGEST

    assert record.size == len(json.dumps(shown, separators=(",", ":")))


def test_record_has_key_and_no_receipt() -> None:
    """What mappings want of it."""
    record = make_record(key="red")

    assert (record.group, record.receipt) == ("red", None)


def test_size_that_counts_is_data_and_key_in_bytes() -> None:
    """For limits and throughput."""
    assert size_of("k", b"1234") == 5
    assert size_of("ü", b"1234") == 6
