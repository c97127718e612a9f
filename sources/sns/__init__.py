"""SNS: topics in memory, standard and FIFO, with subscriptions of functions, queues and HTTP endpoints.

Signatures are constant texts that nothing can check. What a subscription has on its way stays as it was when the
subscription is changed. Text messages, e-mail, mobile push, Firehose, encryption, tracing, data protection, delivery
status logs and topic policies are not offered.
"""

from .answers import (
    BatchResultErrorEntry,
    DescribedSubscription,
    PublishBatchResult,
    PublishBatchResultEntry,
    PublishResult,
    SubscribeResult,
)
from .client import TopicClient
from .errors import (
    BatchEntryIdsNotDistinctException,
    BatchRequestTooLongException,
    EmptyBatchRequestException,
    FilterPolicyLimitExceededException,
    InvalidBatchEntryIdException,
    InvalidParameterException,
    InvalidParameterValueException,
    NotFoundException,
    SnsError,
    TooManyEntriesInBatchRequestException,
)
from .events import SnsAttribute, SnsEnvelope, SnsEvent, SnsMessage, SnsRecord
from .system import SYSTEM, sample_event
from .topic import Subscription, Topic

__all__ = [
    "SYSTEM",
    "BatchEntryIdsNotDistinctException",
    "BatchRequestTooLongException",
    "BatchResultErrorEntry",
    "DescribedSubscription",
    "EmptyBatchRequestException",
    "FilterPolicyLimitExceededException",
    "InvalidBatchEntryIdException",
    "InvalidParameterException",
    "InvalidParameterValueException",
    "NotFoundException",
    "PublishBatchResult",
    "PublishBatchResultEntry",
    "PublishResult",
    "SnsAttribute",
    "SnsEnvelope",
    "SnsError",
    "SnsEvent",
    "SnsMessage",
    "SnsRecord",
    "SubscribeResult",
    "Subscription",
    "TooManyEntriesInBatchRequestException",
    "Topic",
    "TopicClient",
    "sample_event",
]
