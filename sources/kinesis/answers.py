"""What calls on a stream answer, with botocore's members; sequence numbers and dates are worked out when somebody
reads them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from attrs import define, field

from eventbus.names import Arn

from .consumers import Registered
from .machine import Put, StreamMachine
from .record import Record, sequence_number
from .settings import StreamMode
from .shards import Shard


@define(eq=False)
class PutRecordResult:
    _record: Record

    @property
    def shard_id(self) -> str:
        return self._record.shard_id

    @property
    def sequence_number(self) -> str:
        return self._record.identifier


@define(eq=False)
class PutRecordsResultEntry:
    """Of one record: either where it is, or why it is not in the stream."""

    _put: Put

    @property
    def shard_id(self) -> str | None:
        return self._put.shard_id if isinstance(self._put, Record) else None

    @property
    def sequence_number(self) -> str | None:
        return self._put.identifier if isinstance(self._put, Record) else None

    @property
    def error_code(self) -> str | None:
        return None if isinstance(self._put, Record) else self._put.code

    @property
    def error_message(self) -> str | None:
        return None if isinstance(self._put, Record) else str(self._put)


@define(eq=False)
class PutRecordsResult:
    """`records` stand in the order of the request."""

    failed_record_count: int
    records: list[PutRecordsResultEntry]


@define(eq=False)
class StreamRecord:
    _record: Record
    _epoch: float

    @property
    def sequence_number(self) -> str:
        return self._record.identifier

    @property
    def approximate_arrival_timestamp(self) -> datetime:
        return datetime.fromtimestamp(round(self._epoch + self._record.arrived_at, 3), UTC)

    @property
    def data(self) -> bytes:
        return self._record.data

    @property
    def partition_key(self) -> str:
        return self._record.partition_key

    @property
    def shard_id(self) -> str:
        """Ours: AWS tells no shard beside a record."""
        return self._record.shard_id

    def __repr__(self) -> str:
        data = self.data if len(self.data) <= 80 else self.data[:77] + b"..."
        return f"StreamRecord({self.partition_key!r}, {data!r}, sequence_number={self.sequence_number!r})"


@define(eq=False)
class HashKeyRange:
    starting_hash_key: str
    ending_hash_key: str


@define(eq=False)
class SequenceNumberRange:
    """`ending_sequence_number` is None while the shard is open."""

    starting_sequence_number: str
    ending_sequence_number: str | None


@define(eq=False)
class DescribedShard:
    shard_id: str
    parent_shard_id: str | None
    adjacent_parent_shard_id: str | None
    hash_key_range: HashKeyRange
    sequence_number_range: SequenceNumberRange


@define(eq=False)
class ChildShard:
    shard_id: str
    parent_shards: list[str]
    hash_key_range: HashKeyRange


@define(eq=False)
class GetRecordsResult:
    """`next_shard_iterator` is None at the end of a closed shard, where `child_shards` says how it goes on."""

    records: list[StreamRecord]
    next_shard_iterator: str | None
    millis_behind_latest: int
    child_shards: list[ChildShard] = field(factory=list)


@define(eq=False)
class ListShardsResult:
    shards: list[DescribedShard]
    next_token: str | None


@define(eq=False)
class StreamDescriptionSummary:
    stream_name: str
    stream_arn: Arn
    stream_mode: StreamMode
    retention_period_hours: int
    max_record_size_in_ki_b: int
    stream_creation_timestamp: datetime
    open_shard_count: int
    consumer_count: int
    stream_status: str = "ACTIVE"
    encryption_type: str = "NONE"


@define(eq=False)
class StreamDescription:
    stream_name: str
    stream_arn: Arn
    stream_mode: StreamMode
    retention_period_hours: int
    stream_creation_timestamp: datetime
    shards: list[DescribedShard]
    has_more_shards: bool
    stream_status: str = "ACTIVE"
    encryption_type: str = "NONE"


@define(eq=False)
class UpdateShardCountResult:
    stream_name: str
    stream_arn: Arn
    current_shard_count: int
    target_shard_count: int


@define(eq=False)
class ConsumerDescription:
    consumer_name: str
    consumer_arn: Arn
    consumer_creation_timestamp: datetime
    stream_arn: Arn
    consumer_status: str = "ACTIVE"


@define(eq=False)
class ListStreamConsumersResult:
    consumers: list[ConsumerDescription]
    next_token: str | None


def hash_keys(shard: Shard) -> HashKeyRange:
    return HashKeyRange(str(shard.first_hash), str(shard.last_hash))


def shard(found: Shard) -> DescribedShard:
    """Parents stay named when they are gone."""
    parent, adjacent = (*found.parents, None, None)[:2]
    last = None if found.last_number is None else sequence_number(found.last_number, found.id)
    numbers = SequenceNumberRange(sequence_number(found.first_number, found.id), last)
    return DescribedShard(found.id, parent, adjacent, hash_keys(found), numbers)


def child(found: Shard) -> ChildShard:
    return ChildShard(found.id, list(found.parents), hash_keys(found))


def consumer(machine: StreamMachine, found: Registered) -> ConsumerDescription:
    created = datetime.fromtimestamp(machine.birth.epoch + found.created_at, UTC)
    return ConsumerDescription(found.name, found.arn, created, machine.arn)


def consumers(machine: StreamMachine, found: Sequence[Registered]) -> list[ConsumerDescription]:
    return [consumer(machine, each) for each in found]


def summary(machine: StreamMachine) -> StreamDescriptionSummary:
    settings = machine.settings
    return StreamDescriptionSummary(
        machine.name,
        machine.arn,
        settings.stream_mode,
        settings.retention_period_hours,
        settings.max_record_size_in_ki_b,
        datetime.fromtimestamp(machine.birth.epoch, UTC),
        len(machine.shards.open),
        len(machine.consumers.all()),
    )


def description(machine: StreamMachine, shards: Sequence[Shard], *, more: bool) -> StreamDescription:
    settings = machine.settings
    return StreamDescription(
        machine.name,
        machine.arn,
        settings.stream_mode,
        settings.retention_period_hours,
        datetime.fromtimestamp(machine.birth.epoch, UTC),
        [shard(each) for each in shards],
        more,
    )
