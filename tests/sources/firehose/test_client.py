"""What clients of a delivery stream may put."""

from typing import Any

import pytest

from sources import firehose
from tests.contracts.firehose_table import PUTS, Put
from tests.sources.firehose.helpers import SOURCE, client_of
from tests.sources.helpers import done


@pytest.mark.parametrize("row", PUTS, ids=lambda row: row.id)
def test_puts(row: Put) -> None:
    """What is too much is refused as a whole."""
    client, machine = client_of()
    records = [{"data": b"x" * size} for size in row.sizes]
    put = client.put_record_batch(records) if row.batch else client.put_record(records[0])
    if row.refused is not None:
        with pytest.raises(firehose.InvalidArgumentException):
            done(put)
        assert machine.outstanding() == 0
        return

    answer: Any = done(put)

    ids = [each.record_id for each in answer.request_responses] if row.batch else [answer.record_id]
    assert len(set(ids)) == len(records)
    assert machine.outstanding() == 1


def test_answers_have_botocores_members() -> None:
    client, _ = client_of()

    one = done(client.put_record({"data": "text"}))
    both = done(client.put_record_batch([{"data": b"a"}, {"data": bytearray(b"b")}]))

    assert (len(one.record_id), one.record_id.isdigit(), one.encrypted) == (62, True, False)
    assert (both.failed_put_count, both.encrypted) == (0, False)
    entry = both.request_responses[0]
    assert (entry.error_code, entry.error_message) == (None, None)
    assert one.record_id < entry.record_id < both.request_responses[1].record_id


@pytest.mark.parametrize(
    "record", [b"x", None, {}, {"data": 7}, {"data": None}, {"data": "\ud800"}, {"data": b"", "more": 1}, {"Data": b""}]
)
def test_what_is_no_record(record: Any) -> None:
    client, _ = client_of()

    with pytest.raises(firehose.InvalidArgumentException):
        done(client.put_record(record))
    with pytest.raises(firehose.InvalidArgumentException):
        done(client.put_record_batch([{"data": b"fine"}, record]))


@pytest.mark.parametrize("records", [b"abc", "abc", None, {"data": b""}, 7])
def test_what_is_no_batch(records: Any) -> None:
    client, _ = client_of()

    with pytest.raises(firehose.InvalidArgumentException):
        done(client.put_record_batch(records))


def test_a_stream_behind_kinesis_takes_nothing() -> None:
    client, _ = client_of(kinesis_stream=SOURCE)

    with pytest.raises(firehose.InvalidSourceException) as refused:
        done(client.put_record({"data": b"x"}))
    assert (refused.value.code, refused.value.status) == ("InvalidSourceException", 400)
