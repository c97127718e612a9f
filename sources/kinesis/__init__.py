"""Kinesis data streams in memory: shards, splits and merges, retention, consumers with enhanced fan-out.

Deviations from AWS: changes of shards, mode, retention and consumers take no time; a stream on demand keeps its four
shards whatever the load; the same retention period again is taken. Encryption, tags, enhanced monitoring, resource
policies, warm throughput, record distribution without keys, channels, Kinesis queues and SubscribeToShard by hand are
not offered.
"""

from .answers import (
    ChildShard,
    ConsumerDescription,
    DescribedShard,
    GetRecordsResult,
    HashKeyRange,
    ListShardsResult,
    ListStreamConsumersResult,
    PutRecordResult,
    PutRecordsResult,
    PutRecordsResultEntry,
    SequenceNumberRange,
    StreamDescription,
    StreamDescriptionSummary,
    StreamRecord,
    UpdateShardCountResult,
)
from .client import ConsumerClient, StreamClient
from .errors import (
    ExpiredIteratorException,
    ExpiredNextTokenException,
    InvalidArgumentException,
    KinesisError,
    LimitExceededException,
    ProvisionedThroughputExceededException,
    ResourceInUseException,
    ResourceNotFoundException,
    ValidationException,
)
from .events import KinesisEvent, KinesisPayload, KinesisRecord, KinesisWindow
from .stream import Consumer, Stream
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "ChildShard",
    "Consumer",
    "ConsumerClient",
    "ConsumerDescription",
    "DescribedShard",
    "ExpiredIteratorException",
    "ExpiredNextTokenException",
    "GetRecordsResult",
    "HashKeyRange",
    "InvalidArgumentException",
    "KinesisError",
    "KinesisEvent",
    "KinesisPayload",
    "KinesisRecord",
    "KinesisWindow",
    "LimitExceededException",
    "ListShardsResult",
    "ListStreamConsumersResult",
    "ProvisionedThroughputExceededException",
    "PutRecordResult",
    "PutRecordsResult",
    "PutRecordsResultEntry",
    "ResourceInUseException",
    "ResourceNotFoundException",
    "SequenceNumberRange",
    "Stream",
    "StreamClient",
    "StreamDescription",
    "StreamDescriptionSummary",
    "StreamRecord",
    "UpdateShardCountResult",
    "ValidationException",
    "sample_event",
]
