"""SQS: standard and FIFO queues, dead letters, redrive.

Deviations from AWS: nothing is reordered, duplicated or missed, and counts are exact, unless a fault says otherwise; a
queue does not know whose dead-letter queue it is, so a move task fails at the first message that came from no queue
instead of not starting; control characters in a body are accepted.
"""

from .answers import (
    BatchResult,
    BatchResultErrorEntry,
    DeleteBatchResultEntry,
    QueueMessage,
    SendMessageBatchResultEntry,
    SendMessageResult,
)
from .client import QueueClient
from .errors import (
    BatchEntryIdsNotDistinct,
    BatchRequestTooLong,
    EmptyBatchRequest,
    InvalidAttributeName,
    InvalidAttributeValue,
    InvalidBatchEntryId,
    InvalidMessageContents,
    InvalidParameterValue,
    MissingParameter,
    OverLimit,
    PurgeQueueInProgress,
    QueueDoesNotExist,
    ReceiptHandleIsInvalid,
    ResourceNotFoundException,
    SqsError,
    TooManyEntriesInBatchRequest,
    UnsupportedOperation,
)
from .events import SqsEvent, SqsMessageAttribute, SqsRecord, SqsRecordAttributes
from .move_tasks import MoveTask
from .queue import Queue, Redrive, RedriveAllow
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "BatchEntryIdsNotDistinct",
    "BatchRequestTooLong",
    "BatchResult",
    "BatchResultErrorEntry",
    "DeleteBatchResultEntry",
    "EmptyBatchRequest",
    "InvalidAttributeName",
    "InvalidAttributeValue",
    "InvalidBatchEntryId",
    "InvalidMessageContents",
    "InvalidParameterValue",
    "MissingParameter",
    "MoveTask",
    "OverLimit",
    "PurgeQueueInProgress",
    "Queue",
    "QueueClient",
    "QueueDoesNotExist",
    "QueueMessage",
    "ReceiptHandleIsInvalid",
    "Redrive",
    "RedriveAllow",
    "ResourceNotFoundException",
    "SendMessageBatchResultEntry",
    "SendMessageResult",
    "SqsError",
    "SqsEvent",
    "SqsMessageAttribute",
    "SqsRecord",
    "SqsRecordAttributes",
    "TooManyEntriesInBatchRequest",
    "UnsupportedOperation",
    "sample_event",
]
