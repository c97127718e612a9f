"""What one can do with a delivery stream."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import define

from eventbus.checks import encodable
from eventbus.ports import Feed

from .answers import PutRecordBatchResponseEntry, PutRecordBatchResult, PutRecordResult
from .errors import InvalidArgumentException, InvalidSourceException
from .machine import DeliveryStreamMachine

RECORD_LIMIT: Final = 1_024_000
BATCH_RECORDS: Final = 500
BATCH_LIMIT: Final = 4 * 1_048_576
"""Bytes before base64 [bc:firehose PutRecordBatch]."""


@define(eq=False)
class DeliveryStreamClient:
    """`bus[delivery_stream]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's
    errors."""

    _machine: DeliveryStreamMachine
    _feed: Feed

    async def put_record(self, record: Mapping[str, Any]) -> PutRecordResult:
        """`{"data": ...}`, up to 1,000 KiB, text as UTF-8, is on its way. Raises `InvalidArgumentException`,
        `InvalidSourceException` where a Kinesis stream is the source."""
        data = _data("record", record)
        [record_id] = await self._put("firehose:PutRecord", [data])
        return PutRecordResult(record_id)

    async def put_record_batch(self, records: Sequence[Mapping[str, Any]]) -> PutRecordBatchResult:
        """Each as for `put_record`, up to 500 and 4 MiB together. All are right, or none is taken."""
        if not isinstance(records, Sequence) or isinstance(records, str | bytes):
            raise InvalidArgumentException(f"records={records!r}: a list of {{'data': ...}}")
        if not 1 <= len(records) <= BATCH_RECORDS:
            raise InvalidArgumentException(f"records: 1 to {BATCH_RECORDS}, not {len(records)}")
        found = [_data(f"records.{number}.member", each) for number, each in enumerate(records, 1)]
        if sum(map(len, found)) > BATCH_LIMIT:
            raise InvalidArgumentException(f"Records size exceeds {BATCH_LIMIT // 1_048_576} MB limit")
        ids = await self._put("firehose:PutRecordBatch", found)
        return PutRecordBatchResult([PutRecordBatchResponseEntry(id) for id in ids])

    async def _put(self, action: str, data: Sequence[bytes]) -> Sequence[str]:
        machine, feed = self._machine, self._feed
        if machine.reading_from is not None:
            raise InvalidSourceException
        return await feed.call(machine, action, machine.put, data, feed.cause())


def _data(where: str, record: Mapping[str, Any]) -> bytes:
    if not isinstance(record, Mapping) or record.keys() != {"data"}:
        raise InvalidArgumentException(f"{where}={record!r}: {{'data': ...}}")
    data = record["data"]
    if isinstance(data, str) and encodable(data):
        data = data.encode()
    if not isinstance(data, bytes | bytearray | memoryview):
        raise InvalidArgumentException(f"{where}.data={data!r}: bytes, or a text that UTF-8 can hold")
    found = bytes(data)
    if len(found) > RECORD_LIMIT:
        raise InvalidArgumentException(f"{where}.data: up to {RECORD_LIMIT:,} bytes, not {len(found):,}")
    return found
