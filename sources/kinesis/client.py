"""What one can do with a stream: AWS's operations, and `peek`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import define

from eventbus.checks import refuse
from eventbus.names import Arn
from eventbus.ports import Feed

from . import answers, checking, listing, reading
from .answers import (
    ConsumerDescription,
    GetRecordsResult,
    ListShardsResult,
    ListStreamConsumersResult,
    PutRecordResult,
    PutRecordsResult,
    PutRecordsResultEntry,
    StreamDescription,
    StreamDescriptionSummary,
    StreamRecord,
    UpdateShardCountResult,
)
from .consumers import ConsumerMachine, name_of
from .errors import InvalidArgumentException
from .machine import StreamMachine
from .record import Record, parsed
from .settings import (
    DESCRIBED_SHARDS_LIMIT,
    GET_RECORDS_LIMIT,
    LARGEST_RECORD_LIMIT,
    LIST_CONSUMERS_LIMIT,
    LIST_SHARDS_LIMIT,
    PAGE_LIMIT,
    SMALLEST_RECORD_LIMIT,
    STREAM_MODES,
    StreamMode,
)


@define(eq=False)
class StreamClient:
    """`bus[stream]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's errors."""

    _machine: StreamMachine
    _feed: Feed

    async def put_record(
        self,
        data: bytes | str,
        partition_key: str,
        *,
        explicit_hash_key: str | None = None,
        sequence_number_for_ordering: str | None = None,
    ) -> PutRecordResult:
        """The record is in the stream, in the shard of its key; text as UTF-8. Numbers grow strictly with or without
        `sequence_number_for_ordering`. Raises `ValidationException`, `InvalidArgumentException`, and, in a profile
        with rate quotas, `ProvisionedThroughputExceededException`."""
        machine, feed = self._machine, self._feed
        outgoing = checking.outgoing(data, partition_key, explicit_hash_key, machine.settings.record_limit)
        if sequence_number_for_ordering is not None:
            self._check_ordering(sequence_number_for_ordering)
        return PutRecordResult(await feed.call(machine, "kinesis:PutRecord", machine.put, outgoing, feed.cause()))

    async def put_records(self, records: Sequence[Mapping[str, Any]]) -> PutRecordsResult:
        """Each is `{"data": ..., "partition_key": ...}`, perhaps with an `explicit_hash_key`. All are right, or none is
        taken; one whose shard has no throughput left has an `error_code` in the result. Up to 500 and 10 MiB."""
        machine, feed = self._machine, self._feed
        entries = checking.entries(records, machine.settings.record_limit)
        put = await feed.call(machine, "kinesis:PutRecords", machine.put_all, entries, feed.cause())
        failed = sum(not isinstance(each, Record) for each in put)
        return PutRecordsResult(failed, [PutRecordsResultEntry(each) for each in put])

    async def get_shard_iterator(
        self,
        shard_id: str,
        shard_iterator_type: str,
        *,
        starting_sequence_number: str | None = None,
        timestamp: datetime | float | None = None,
    ) -> str:
        """Good for five minutes. A timestamp is an aware datetime or seconds since 1970. Raises
        `ResourceNotFoundException`, `InvalidArgumentException`, `ValidationException`."""
        checking.name("shardId", shard_id)
        checking.choice("shardIteratorType", shard_iterator_type, reading.TYPES)
        checking.sequence_number("startingSequenceNumber", starting_sequence_number)
        if timestamp is not None:
            checking.instant("timestamp", timestamp, 0.0)
        asked = shard_id, shard_iterator_type, starting_sequence_number, timestamp
        return await self._feed.call(self._machine, "kinesis:GetShardIterator", reading.iterator, self._machine, *asked)

    async def get_records(self, shard_iterator: str, *, limit: int | None = None) -> GetRecordsResult:
        """Up to 10,000 records and 10 MiB, oldest first. Raises `ExpiredIteratorException`, `InvalidArgumentException`,
        and, in a profile with rate quotas, `ProvisionedThroughputExceededException`."""
        checking.required("shardIterator", shard_iterator)
        checking.text("shardIterator", shard_iterator)
        checking.number("limit", limit, 1)
        if limit is not None and limit > GET_RECORDS_LIMIT:
            raise InvalidArgumentException(f"Limit {limit} is greater than {GET_RECORDS_LIMIT}.")
        return await self._feed.call(
            self._machine, "kinesis:GetRecords", reading.records, self._machine, shard_iterator, limit
        )

    async def list_shards(
        self,
        *,
        exclusive_start_shard_id: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
        shard_filter: Mapping[str, Any] | None = None,
    ) -> ListShardsResult:
        """Open shards, and closed ones within the retention. A filter is `{"type": "AT_LATEST"}` and so on. Raises
        `InvalidArgumentException`, `ExpiredNextTokenException`, `ValidationException`."""
        if exclusive_start_shard_id is not None:
            checking.name("exclusiveStartShardId", exclusive_start_shard_id)
        checking.number("maxResults", max_results, 1, PAGE_LIMIT)
        checking.text("nextToken", next_token)
        listing.check_filter(shard_filter)
        limit = min(max_results or LIST_SHARDS_LIMIT, LIST_SHARDS_LIMIT)
        asked = limit, exclusive_start_shard_id, next_token, shard_filter
        page, token = await self._feed.call(self._machine, "kinesis:ListShards", listing.shards, self._machine, *asked)
        return ListShardsResult([answers.shard(each) for each in page], token)

    async def describe_stream_summary(self) -> StreamDescriptionSummary:
        return await self._feed.call(self._machine, "kinesis:DescribeStreamSummary", _summary, self._machine)

    async def describe_stream(
        self, *, limit: int | None = None, exclusive_start_shard_id: str | None = None
    ) -> StreamDescription:
        """With up to 100 shards."""
        machine = self._machine
        checking.number("limit", limit, 1, PAGE_LIMIT)
        if exclusive_start_shard_id is not None:
            checking.name("exclusiveStartShardId", exclusive_start_shard_id)
        count = min(limit or DESCRIBED_SHARDS_LIMIT, DESCRIBED_SHARDS_LIMIT)
        asked = count, exclusive_start_shard_id, None, None
        page, token = await self._feed.call(machine, "kinesis:DescribeStream", listing.shards, machine, *asked)
        return answers.description(machine, page, more=token is not None)

    async def split_shard(self, shard_to_split: str, new_starting_hash_key: str) -> None:
        """It is closed, and has two children, at once. Raises `ResourceNotFoundException`, `InvalidArgumentException`,
        `ValidationException` on demand, `LimitExceededException`."""
        checking.name("shardToSplit", shard_to_split)
        at = checking.hash_key("newStartingHashKey", new_starting_hash_key)
        await self._feed.call(self._machine, "kinesis:SplitShard", self._machine.split, shard_to_split, at)

    async def merge_shards(self, shard_to_merge: str, adjacent_shard_to_merge: str) -> None:
        """Both are closed, and have one child, at once. Raises what `split_shard` raises."""
        checking.name("shardToMerge", shard_to_merge)
        checking.name("adjacentShardToMerge", adjacent_shard_to_merge)
        machine = self._machine
        await self._feed.call(machine, "kinesis:MergeShards", machine.merge, shard_to_merge, adjacent_shard_to_merge)

    async def update_shard_count(
        self, target_shard_count: int, *, scaling_type: str = "UNIFORM_SCALING"
    ) -> UpdateShardCountResult:
        """So many open shards of equal size, at once: at least half, at most double as many as before, ten times in 24
        hours. Raises `InvalidArgumentException`, `LimitExceededException`, `ValidationException` on demand."""
        checking.required("targetShardCount", target_shard_count)
        checking.number("targetShardCount", target_shard_count, 1)
        checking.choice("scalingType", scaling_type, ("UNIFORM_SCALING",))
        machine = self._machine
        before = await self._feed.call(
            machine, "kinesis:UpdateShardCount", machine.update_shard_count, target_shard_count
        )
        return UpdateShardCountResult(machine.name, machine.arn, before, target_shard_count)

    async def update_stream_mode(self, stream_mode: StreamMode) -> None:
        """The shards stay as they are. Twice in 24 hours, or it raises `LimitExceededException`."""
        checking.choice("streamModeDetails.streamMode", stream_mode, STREAM_MODES)
        await self._feed.call(self._machine, "kinesis:UpdateStreamMode", self._machine.update_mode, stream_mode)

    async def update_max_record_size(self, max_record_size_in_ki_b: int) -> None:
        """1,024 to 10,240 KiB, from now on."""
        checking.required("maxRecordSizeInKiB", max_record_size_in_ki_b)
        checking.number("maxRecordSizeInKiB", max_record_size_in_ki_b, SMALLEST_RECORD_LIMIT, LARGEST_RECORD_LIMIT)
        machine = self._machine
        await self._feed.call(
            machine, "kinesis:UpdateMaxRecordSize", machine.update_record_limit, max_record_size_in_ki_b
        )

    async def increase_stream_retention_period(self, retention_period_hours: int) -> None:
        """Up to 8,760 hours; what is over already stays so. Raises `InvalidArgumentException`."""
        await self._retain("IncreaseStreamRetentionPeriod", self._machine.increase_retention, retention_period_hours)

    async def decrease_stream_retention_period(self, retention_period_hours: int) -> None:
        """Down to 24 hours; what is older is gone. Raises `InvalidArgumentException`."""
        await self._retain("DecreaseStreamRetentionPeriod", self._machine.decrease_retention, retention_period_hours)

    async def register_stream_consumer(self, consumer_name: str) -> ConsumerDescription:
        """Known to this bus from now on; mappings are on declared ones alone. Raises `ResourceInUseException`, and
        `LimitExceededException` with 20 of them."""
        checking.name("consumerName", consumer_name)
        machine = self._machine
        found = await self._feed.call(
            machine,
            "kinesis:RegisterStreamConsumer",
            machine.consumers.register,
            machine.birth.epoch,
            consumer_name,
        )
        return answers.consumer(machine, found)

    async def deregister_stream_consumer(
        self, *, consumer_name: str | None = None, consumer_arn: Arn | str | None = None
    ) -> None:
        """Gone. Raises `ResourceNotFoundException`, and `InvalidArgumentException` for a declared one."""
        _check_consumer(consumer_name, consumer_arn)
        machine = self._machine
        asked = consumer_name, consumer_arn
        await self._feed.call(machine, "kinesis:DeregisterStreamConsumer", machine.consumers.deregister, *asked)

    async def describe_stream_consumer(
        self, *, consumer_name: str | None = None, consumer_arn: Arn | str | None = None
    ) -> ConsumerDescription:
        """By its name or its ARN. Raises `ResourceNotFoundException`."""
        _check_consumer(consumer_name, consumer_arn)
        machine = self._machine
        asked = consumer_name, consumer_arn
        found = await self._feed.call(machine, "kinesis:DescribeStreamConsumer", machine.consumers.find, *asked)
        return answers.consumer(machine, found)

    async def list_stream_consumers(
        self, *, max_results: int | None = None, next_token: str | None = None
    ) -> ListStreamConsumersResult:
        """By name, up to 100 in a page."""
        checking.number("maxResults", max_results, 1, PAGE_LIMIT)
        checking.text("nextToken", next_token)
        machine, limit = self._machine, min(max_results or LIST_CONSUMERS_LIMIT, LIST_CONSUMERS_LIMIT)
        page, token = await self._feed.call(
            machine, "kinesis:ListStreamConsumers", listing.consumers, machine, limit, next_token
        )
        return ListStreamConsumersResult(answers.consumers(machine, page), token)

    async def peek(self, limit: int | None = None) -> list[StreamRecord]:
        """All records, by shard in order of their ids, oldest first; nothing changes."""
        if limit is not None and limit < 0:
            raise refuse("limit", limit, "0 or more")
        machine = self._machine
        found = await self._feed.call(machine, "kinesis:GetRecords", machine.contents)
        return [StreamRecord(record, machine.birth.epoch) for record in found[:limit]]

    async def _retain(self, operation: str, change: Any, hours: int) -> None:
        checking.required("retentionPeriodHours", hours)
        checking.number("retentionPeriodHours", hours, 1)
        await self._feed.call(self._machine, f"kinesis:{operation}", change, hours)

    def _check_ordering(self, sequence: str) -> None:
        checking.sequence_number("sequenceNumberForOrdering", sequence)
        found = parsed(sequence)
        if found is None or found[0] > self._machine.shards.last_number:
            raise InvalidArgumentException(
                f"SequenceNumberForOrdering {sequence} used in PutRecord on stream {self._machine.name} is invalid."
            )


@define(eq=False)
class ConsumerClient:
    """`bus[consumer]`. It is read by mappings; calls about it are those of its stream."""

    _machine: ConsumerMachine

    @property
    def consumer_arn(self) -> Arn:
        return self._machine.arn

    @property
    def consumer_name(self) -> str:
        return name_of(self._machine.arn)


def _summary(now: float, machine: StreamMachine) -> StreamDescriptionSummary:
    return answers.summary(machine)


def _check_consumer(name: Any, arn: Any) -> None:
    if name is not None:
        checking.name("consumerName", name)
    checking.text("consumerARN", arn)
