"""SQS: standard and FIFO queues, dead letters, redrive.

Deviation from AWS: nothing is reordered, duplicated or missed, and counts are exact, unless a fault says otherwise.
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
    InvalidParameterValue,
    MissingParameter,
    OverLimit,
    PurgeQueueInProgress,
    ReceiptHandleIsInvalid,
    ResourceNotFoundException,
    SqsError,
    TooManyEntriesInBatchRequest,
    UnsupportedOperation,
)
from .events import SqsEvent, SqsMessageAttribute, SqsRecord, SqsRecordAttributes
from .move_tasks import MoveTask
from .queue import Queue, Redrive, RedriveAllow

__all__ = [
    "BatchEntryIdsNotDistinct",
    "BatchRequestTooLong",
    "BatchResult",
    "BatchResultErrorEntry",
    "DeleteBatchResultEntry",
    "EmptyBatchRequest",
    "InvalidAttributeName",
    "InvalidAttributeValue",
    "InvalidBatchEntryId",
    "InvalidParameterValue",
    "MissingParameter",
    "MoveTask",
    "OverLimit",
    "PurgeQueueInProgress",
    "Queue",
    "QueueClient",
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
]
