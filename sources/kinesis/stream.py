"""The declarations of a stream and of its consumers."""

import re
from collections.abc import Sequence
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import between, given, one_of, refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .client import ConsumerClient, StreamClient
from .consumers import ConsumerMachine, declared_arn
from .events import KinesisEvent
from .machine import StreamMachine
from .settings import (
    LARGEST_RECORD_LIMIT,
    LONGEST_RETENTION,
    ON_DEMAND,
    ON_DEMAND_SHARDS,
    PROVISIONED,
    SHARDS_LIMIT,
    SHORTEST_RETENTION,
    SMALLEST_RECORD_LIMIT,
    STREAM_MODES,
    Settings,
    StreamMode,
)

_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{1,128}")
STARTING_POSITIONS: Final = ("LATEST", "TRIM_HORIZON", "AT_TIMESTAMP")
FILTER_KEYS: Final = ("data",)


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise refuse("name", value, "1 to 128 letters, digits, and any of _ . -")


@frozen(eq=False)
class Stream:
    """A data stream of `shard_count` shards, or, on demand, of four. A record stays `retention_period_hours`, whoever
    has read it; it may have `max_record_size_in_ki_b` KiB, its partition key included [bc:kinesis]."""

    name: str = field(validator=_check_name)
    shard_count: int = field(default=1, kw_only=True, validator=given(between(1, SHARDS_LIMIT, whole=True)))
    stream_mode: StreamMode = field(default=PROVISIONED, kw_only=True, validator=one_of(STREAM_MODES))
    retention_period_hours: int = field(
        default=24, kw_only=True, validator=given(between(SHORTEST_RETENTION, LONGEST_RETENTION, whole=True))
    )
    max_record_size_in_ki_b: int = field(
        default=SMALLEST_RECORD_LIMIT,
        kw_only=True,
        validator=given(between(SMALLEST_RECORD_LIMIT, LARGEST_RECORD_LIMIT, whole=True)),
    )

    def __attrs_post_init__(self) -> None:
        if self.stream_mode == ON_DEMAND and self.shard_count != 1:
            raise refuse("shard_count", self.shard_count, "nothing with stream_mode='ON_DEMAND': leave it out")

    @property
    def arn(self) -> Arn:
        return arn_of("kinesis", f"stream/{self.name}")

    @property
    def delivery_action(self) -> str:
        return StreamMachine.delivery_action

    @property
    def polling_actions(self) -> Sequence[str]:
        return ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListShards")

    @property
    def filter_keys(self) -> Sequence[str]:
        return FILTER_KEYS

    @property
    def starting_positions(self) -> Sequence[str]:
        return STARTING_POSITIONS

    def machine(self, birth: Birth) -> StreamMachine:
        settings = Settings(self.stream_mode, self.retention_period_hours, self.max_record_size_in_ki_b)
        count = ON_DEMAND_SHARDS if self.stream_mode == ON_DEMAND else self.shard_count
        return StreamMachine(self.arn, settings, count, birth)

    def client(self, machine: Any, feed: Feed) -> StreamClient:
        return StreamClient(machine, feed)

    def event_type(self) -> KinesisEvent:  # pragma: no cover - a witness for type checkers
        raise NotImplementedError


@frozen(eq=False)
class Consumer:
    """A consumer of `stream` with enhanced fan-out: mappings on it read on their own, and their records name it."""

    stream: Stream
    name: str = field(validator=_check_name)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.stream, Stream):
            raise refuse("stream", self.stream, "a declared kinesis.Stream")

    @property
    def arn(self) -> Arn:
        return declared_arn(self.stream.arn, self.name)

    @property
    def targets(self) -> Sequence[Arn]:
        return (self.stream.arn,)

    @property
    def polling_actions(self) -> Sequence[str]:
        return ("kinesis:SubscribeToShard",)

    @property
    def filter_keys(self) -> Sequence[str]:
        return FILTER_KEYS

    @property
    def starting_positions(self) -> Sequence[str]:
        return STARTING_POSITIONS

    def machine(self, birth: Birth) -> ConsumerMachine:
        return ConsumerMachine(self.arn, self.stream.arn, birth.epoch)

    def client(self, machine: Any, feed: Feed) -> ConsumerClient:
        return ConsumerClient(machine)

    def event_type(self) -> KinesisEvent:  # pragma: no cover - a witness for type checkers
        raise NotImplementedError
