"""Errors of SQS and of mappings on SQS as data: what is refused, with which code and, where recorded, which text.

Codes are spelled as on the wire; `SHAPES` gives the name of botocore's exception where that differs. A text of None
is not recorded; one that ends in "..." is recorded only so far. "{queue}" and "{receipt}" in a text stand for the
name and the handle.
"""

from typing import Any, Literal, NamedTuple

Kind = Literal["standard", "fifo"]


class Error(NamedTuple):
    """`operation` on a queue of that kind, made with `attributes`, after the situation `given`, if there is one."""

    id: str
    operation: str
    kwargs: dict[str, Any]
    code: str
    message: str | None = None
    queue: Kind = "standard"
    attributes: dict[str, str] = {}
    given: str = ""
    status: int | None = 400


SHAPES = {
    "AWS.SimpleQueueService.BatchEntryIdsNotDistinct": "BatchEntryIdsNotDistinct",
    "AWS.SimpleQueueService.BatchRequestTooLong": "BatchRequestTooLong",
    "AWS.SimpleQueueService.EmptyBatchRequest": "EmptyBatchRequest",
    "AWS.SimpleQueueService.InvalidBatchEntryId": "InvalidBatchEntryId",
    "AWS.SimpleQueueService.NonExistentQueue": "QueueDoesNotExist",
    "AWS.SimpleQueueService.PurgeQueueInProgress": "PurgeQueueInProgress",
    "AWS.SimpleQueueService.QueueDeletedRecently": "QueueDeletedRecently",
    "AWS.SimpleQueueService.TooManyEntriesInBatchRequest": "TooManyEntriesInBatchRequest",
    "QueueAlreadyExists": "QueueNameExists",
}

LARGEST = 1_048_576
_TOO_LONG = "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes."
_BATCH_TOO_LONG = "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes."
_TOO_MANY = "Maximum number of entries per request are 10. You have sent {}."
_BATCH_ID = (
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
    "It can be at most 80 letters long."
)
_EXPIRED = "Value {receipt} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
_NO_DEDUPLICATION = (
    "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
)
_NOT_FOR_TYPE = "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type."
_MAX_NUMBER = "Value {} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."

_SERVICE = "AWS.SimpleQueueService."
_VALUE = "InvalidParameterValue"


def text_attributes(count: int, *, name_length: int = 4) -> dict[str, dict[str, str]]:
    """That many message attributes in snake case, with names of that length."""
    return {f"{n:0{name_length}}": {"data_type": "String", "string_value": "x"} for n in range(count)}


def _entries(count: int, **extra: Any) -> list[dict[str, Any]]:
    return [{"id": str(n), "message_body": "x", **extra} for n in range(count)]


def _ids(*ids: str) -> list[dict[str, Any]]:
    return [{"id": id, "message_body": "x"} for id in ids]


ERRORS: list[Error] = [
    # Size: body and attribute names, types and values together (recorded 2025-08).
    Error("body too long", "send_message", {"message_body": "x" * (LARGEST + 1)}, _VALUE, _TOO_LONG),
    Error("bytes count, not letters", "send_message", {"message_body": "é" * (LARGEST // 2) + "x"}, _VALUE, _TOO_LONG),
    Error(
        "body and attributes too long",  # name 4, type 6, value 1
        "send_message",
        {"message_body": "x" * (LARGEST - 10), "message_attributes": text_attributes(1)},
        _VALUE,
        _TOO_LONG,
    ),
    Error(
        "longer than the queue's limit",
        "send_message",
        {"message_body": "x" * 1025},
        _VALUE,
        "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
        attributes={"MaximumMessageSize": "1024"},
    ),
    Error(
        "batch too long",
        "send_message_batch",
        {"entries": [*_entries(1), {"id": "long", "message_body": "x" * LARGEST}]},
        _SERVICE + "BatchRequestTooLong",
        _BATCH_TOO_LONG,
    ),
    Error(
        "empty body",
        "send_message",
        {"message_body": ""},
        "MissingParameter",
        "The request must contain the parameter MessageBody.",
    ),
    # Message attributes, delays, ids.
    Error(
        "eleven attributes", "send_message", {"message_body": "x", "message_attributes": text_attributes(11)}, _VALUE
    ),
    Error(
        "attribute name of 257",
        "send_message",
        {"message_body": "x", "message_attributes": text_attributes(1, name_length=257)},
        _VALUE,
    ),
    Error(
        "empty attribute",
        "send_message",
        {"message_body": "x", "message_attributes": {"kind": {"data_type": "String", "string_value": ""}}},
        _VALUE,
        "Message (user) attribute 'kind' must contain a non-empty value of type 'String'.",  # recorded 2023-11
    ),
    Error("delay of 901", "send_message", {"message_body": "x", "delay_seconds": 901}, _VALUE),
    Error("delay of -1", "send_message", {"message_body": "x", "delay_seconds": -1}, _VALUE),
    # Batches.
    Error("no entries", "send_message_batch", {"entries": []}, _SERVICE + "EmptyBatchRequest"),
    Error(
        "eleven entries",
        "send_message_batch",
        {"entries": _entries(11)},
        _SERVICE + "TooManyEntriesInBatchRequest",
        _TOO_MANY.format(11),
    ),
    Error(
        "twenty entries (recorded)",
        "send_message_batch",
        {"entries": _entries(20)},
        _SERVICE + "TooManyEntriesInBatchRequest",
        _TOO_MANY.format(20),
    ),
    Error(
        "twenty deletes (recorded)",
        "delete_message_batch",
        {"entries": [{"id": str(n), "receipt_handle": "x"} for n in range(20)]},
        _SERVICE + "TooManyEntriesInBatchRequest",
        _TOO_MANY.format(20),
    ),
    Error(
        "twenty changes (recorded)",
        "change_message_visibility_batch",
        {"entries": [{"id": str(n), "receipt_handle": "x", "visibility_timeout": 1} for n in range(20)]},
        _SERVICE + "TooManyEntriesInBatchRequest",
        _TOO_MANY.format(20),
    ),
    Error(
        "entry id twice",
        "send_message_batch",
        {"entries": _ids("a", "a")},
        _SERVICE + "BatchEntryIdsNotDistinct",
    ),
    Error(
        "entry id of 81",
        "send_message_batch",
        {"entries": _ids("a" * 81)},
        _SERVICE + "InvalidBatchEntryId",
        _BATCH_ID,
    ),
    Error(
        "entry id with a colon",
        "send_message_batch",
        {"entries": _ids("invalid:id")},
        _SERVICE + "InvalidBatchEntryId",
        _BATCH_ID,
    ),
    Error("empty entry id", "send_message_batch", {"entries": _ids("")}, _SERVICE + "InvalidBatchEntryId", _BATCH_ID),
    # Receiving.
    Error("eleven messages", "receive_message", {"max_number_of_messages": 11}, _VALUE, _MAX_NUMBER.format(11)),
    Error("no message", "receive_message", {"max_number_of_messages": 0}, _VALUE, _MAX_NUMBER.format(0)),
    Error("visibility of 43,201", "receive_message", {"visibility_timeout": 43_201}, _VALUE),
    Error("visibility of -1", "receive_message", {"visibility_timeout": -1}, _VALUE),
    Error("wait of 21", "receive_message", {"wait_time_seconds": 21}, _VALUE),
    Error("wait of -1", "receive_message", {"wait_time_seconds": -1}, _VALUE),
    Error(
        "in flight, standard",
        "receive_message",
        {},
        "OverLimit",
        given="120,000 messages in flight, no wait",
        status=None,
    ),
    # Receipts.
    Error(
        "change to 43,201",
        "change_message_visibility",
        {"receipt_handle": "{receipt}", "visibility_timeout": 43_201},
        _VALUE,
    ),
    Error(
        "change past 12 hours from the receive",
        "change_message_visibility",
        {"receipt_handle": "{receipt}", "visibility_timeout": 43_200},
        _VALUE,
        given="received one second ago",
    ),
    Error("unknown handle, delete", "delete_message", {"receipt_handle": "nonsense"}, "ReceiptHandleIsInvalid"),
    Error(
        "unknown handle, change",
        "change_message_visibility",
        {"receipt_handle": "nonsense", "visibility_timeout": 1},
        "ReceiptHandleIsInvalid",
    ),
    Error(
        "late delete on FIFO (recorded)",
        "delete_message",
        {"receipt_handle": "{receipt}"},
        _VALUE,
        _EXPIRED,
        queue="fifo",
        given="its visibility has ended",
    ),
    # FIFO.
    Error(
        "no group",
        "send_message",
        {"message_body": "x", "message_deduplication_id": "d"},
        "MissingParameter",
        "The request must contain the parameter MessageGroupId.",  # recorded 2023-11
        queue="fifo",
    ),
    Error(
        "no group in a batch",
        "send_message_batch",
        {"entries": _entries(1, message_deduplication_id="d")},
        _VALUE,
        "The request must contain the parameter MessageGroupId.",  # recorded 2023-11
        queue="fifo",
    ),
    Error(
        "neither deduplication id nor content-based",
        "send_message",
        {"message_body": "x", "message_group_id": "g"},
        _VALUE,
        _NO_DEDUPLICATION,  # recorded 2023-11
        queue="fifo",
    ),
    Error(
        "neither deduplication id nor content-based, in a batch",
        "send_message_batch",
        {"entries": _entries(1, message_group_id="g")},
        _VALUE,
        _NO_DEDUPLICATION,  # recorded 2023-11
        queue="fifo",
    ),
    Error(
        "own delay on FIFO (recorded)",
        "send_message",
        {"message_body": "x", "message_group_id": "g", "message_deduplication_id": "d", "delay_seconds": 2},
        _VALUE,
        _NOT_FOR_TYPE,
        queue="fifo",
    ),
    *(
        Error(
            f"{what} id {problem}",
            "send_message",
            {
                "message_body": "x",
                "message_group_id": "g",
                "message_deduplication_id": "d",
                f"message_{what}_id": value,
            },
            _VALUE,
            queue="fifo",
        )
        for what in ("group", "deduplication")
        for problem, value in (("of 129", "a" * 129), ("with a blank", "a b"), ("with an accent", "é"))
    ),
    # Queues.
    Error(
        "no such queue",
        "send_message",
        {"message_body": "x"},
        _SERVICE + "NonExistentQueue",
        "The specified queue does not exist.",  # recorded 2023-11
        given="the queue has been deleted",
    ),
    Error(
        "made again at once",
        "create_queue",
        {"queue_name": "{queue}"},
        _SERVICE + "QueueDeletedRecently",
        given="a queue of that name was deleted less than 60 s ago",
    ),
    Error(
        "made again with another attribute",
        "create_queue",
        {"queue_name": "{queue}", "attributes": {"DelaySeconds": "2"}},
        "QueueAlreadyExists",
        "A queue already exists with the same name and a different value for attribute DelaySeconds",
        attributes={"DelaySeconds": "1"},
        given="the queue is there",
    ),
    Error(
        "purged twice",
        "purge_queue",
        {},
        _SERVICE + "PurgeQueueInProgress",
        "Only one PurgeQueue operation on {queue} is allowed every 60 seconds.",
        given="it was purged less than 60 s ago",
        status=403,
    ),
    Error(
        "throughput per group without scope per group",
        "create_queue",
        {"queue_name": "new.fifo", "attributes": {"FifoQueue": "true", "FifoThroughputLimit": "perMessageGroupId"}},
        "InvalidAttributeValue",
    ),
    Error(
        "eleven sources allowed",
        "set_queue_attributes",
        {
            "attributes": {
                "RedriveAllowPolicy": '{"redrivePermission":"byQueue","sourceQueueArns":['
                + ",".join(f'"arn:aws:sqs:us-east-1:000000000000:q{n}"' for n in range(11))
                + "]}"
            }
        },
        "InvalidAttributeValue",
    ),
]


class Range(NamedTuple):
    """Values an attribute of a queue may have; outside it is InvalidAttributeValue, the text not recorded."""

    attribute: str
    setting: str
    lowest: int
    highest: int
    default: int


RANGES: list[Range] = [
    Range("VisibilityTimeout", "visibility_timeout", 0, 43_200, 30),
    Range("DelaySeconds", "delay_seconds", 0, 900, 0),
    Range("MessageRetentionPeriod", "message_retention_period", 60, 1_209_600, 345_600),
    Range("ReceiveMessageWaitTimeSeconds", "receive_message_wait_time_seconds", 0, 20, 0),
    Range("MaximumMessageSize", "maximum_message_size", 1_024, LARGEST, LARGEST),
]

# Attribute errors at one past each limit, for CreateQueue and SetQueueAttributes alike.
ATTRIBUTE_ERRORS: list[Error] = [
    Error(
        f"{row.attribute} {value}",
        operation,
        {"attributes": {row.attribute: str(value)}} | ({"queue_name": "new"} if operation == "create_queue" else {}),
        "InvalidAttributeValue",
    )
    for row in RANGES
    for value in (row.lowest - 1, row.highest + 1)
    for operation in ("create_queue", "set_queue_attributes")
]


class Accepted(NamedTuple):
    """A call at the limit, which must succeed."""

    id: str
    operation: str
    kwargs: dict[str, Any]
    queue: Kind = "standard"
    attributes: dict[str, str] = {}


ACCEPTED: list[Accepted] = [
    Accepted("longest body", "send_message", {"message_body": "x" * LARGEST}),
    Accepted("longest body in bytes", "send_message", {"message_body": "é" * (LARGEST // 2)}),
    Accepted(
        "longest body and attributes",
        "send_message",
        {"message_body": "x" * (LARGEST - 11), "message_attributes": text_attributes(1)},
    ),
    Accepted(
        "as long as the queue's limit",
        "send_message",
        {"message_body": "x" * 1024},
        attributes={"MaximumMessageSize": "1024"},
    ),
    Accepted(
        "longest batch",
        "send_message_batch",
        {"entries": [*_entries(1), {"id": "long", "message_body": "x" * (LARGEST - 1)}]},
    ),
    Accepted("ten attributes", "send_message", {"message_body": "x", "message_attributes": text_attributes(10)}),
    Accepted(
        "attribute name of 256",
        "send_message",
        {"message_body": "x", "message_attributes": text_attributes(1, name_length=256)},
    ),
    Accepted("delay of 900", "send_message", {"message_body": "x", "delay_seconds": 900}),
    Accepted("delay of 0", "send_message", {"message_body": "x", "delay_seconds": 0}),
    Accepted("ten entries", "send_message_batch", {"entries": _entries(10)}),
    Accepted("entry id of 80", "send_message_batch", {"entries": _ids("a" * 80)}),
    Accepted("entry id of all kinds", "send_message_batch", {"entries": _ids("aZ0-_")}),
    Accepted("one message", "receive_message", {"max_number_of_messages": 1}),
    Accepted("ten messages", "receive_message", {"max_number_of_messages": 10}),
    Accepted("visibility of 43,200", "receive_message", {"visibility_timeout": 43_200}),
    Accepted("visibility of 0", "receive_message", {"visibility_timeout": 0}),
    Accepted("wait of 20", "receive_message", {"wait_time_seconds": 20}),
    Accepted("wait of 0", "receive_message", {"wait_time_seconds": 0}),
    Accepted(
        "delay of 0 on FIFO",
        "send_message",
        {"message_body": "x", "message_group_id": "g", "message_deduplication_id": "d", "delay_seconds": 0},
        "fifo",
    ),
    Accepted(
        "ids of 128 on FIFO",
        "send_message",
        {"message_body": "x", "message_group_id": "g" * 128, "message_deduplication_id": "d" * 128},
        "fifo",
    ),
    Accepted(
        "ids with punctuation on FIFO",
        "send_message",
        {
            "message_body": "x",
            "message_group_id": "a.b:c/d",
            "message_deduplication_id": "!#$%&'()*+,-./:;<=>?@[]^_`{|}~",
        },
        "fifo",
    ),
    *(
        Accepted(f"{row.attribute} {value}", "set_queue_attributes", {"attributes": {row.attribute: str(value)}})
        for row in RANGES
        for value in (row.lowest, row.highest)
    ),
]


class MappingError(NamedTuple):
    """CreateEventSourceMapping on a queue with these settings; a code of None: refused, the code is not recorded."""

    id: str
    kwargs: dict[str, Any]
    code: str | None
    message: str | None = None
    queue: Kind = "standard"
    given: str = ""
    status: int = 400


_INVALID = "InvalidParameterValueException"

MAPPING_ERRORS: list[MappingError] = [
    MappingError(
        "more than ten without a window",
        {"batch_size": 11},
        _INVALID,
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
    ),
    MappingError("batch of 10,001", {"batch_size": 10_001, "maximum_batching_window_in_seconds": 1}, None),
    MappingError("batch of 0", {"batch_size": 0}, None),
    MappingError("batch of 11 on FIFO", {"batch_size": 11}, None, queue="fifo"),
    MappingError("window on FIFO", {"maximum_batching_window_in_seconds": 1}, None, queue="fifo"),
    MappingError("window of 301", {"maximum_batching_window_in_seconds": 301}, None),
    MappingError("concurrency of 1", {"scaling_config": {"maximum_concurrency": 1}}, None),
    MappingError("concurrency of 1,001", {"scaling_config": {"maximum_concurrency": 1001}}, None),
    MappingError("one poller", {"provisioned_poller_config": {"minimum_pollers": 1}}, None),
    MappingError("201 pollers at least", {"provisioned_poller_config": {"minimum_pollers": 201}}, None),
    MappingError("10,001 pollers", {"provisioned_poller_config": {"maximum_pollers": 10_001}}, None),
    MappingError(
        "concurrency and pollers",
        {"scaling_config": {"maximum_concurrency": 2}, "provisioned_poller_config": {"minimum_pollers": 2}},
        None,
    ),
    MappingError(
        "destination",
        {"destination_config": {"on_failure": {"destination": "arn:aws:sqs:us-east-1:000000000000:failed"}}},
        _INVALID,
        "Unsupported DestinationConfig parameter for given event source mapping type.",
    ),
    MappingError(
        "filter is not JSON",
        {"filter_criteria": {"filters": [{"pattern": "{"}]}},
        _INVALID,
        "Invalid filter pattern definition.",
    ),
    MappingError("six filters", {"filter_criteria": {"filters": [{"pattern": "{}"}] * 6}}, None),
    MappingError(
        "pattern of 4,097",
        {"filter_criteria": {"filters": [{"pattern": '{"body":["' + "x" * 4084 + '"]}'}]}},
        None,
    ),
    MappingError(
        "no such function", {}, "ResourceNotFoundException", "Function does not exist", given="no function", status=404
    ),
    MappingError(
        "no such queue",
        {},
        _INVALID,
        "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. ...",
        given="no queue",
    ),
    MappingError(
        "unknown source",
        {"event_source_arn": "arn:aws:nothing:us-east-1:000000000000:orders"},
        _INVALID,
        "Unrecognized event source.",
    ),
    MappingError("twice", {}, "ResourceConflictException", given="a mapping of this queue and function", status=409),
    MappingError(
        "timeout longer than the visibility", {}, _INVALID, given="function timeout 31, visibility timeout 30"
    ),
]

MAPPING_ACCEPTED: list[tuple[str, Kind, dict[str, Any]]] = [
    ("ten without a window", "standard", {"batch_size": 10}),
    ("eleven with a window", "standard", {"batch_size": 11, "maximum_batching_window_in_seconds": 1}),
    ("largest batch and window", "standard", {"batch_size": 10_000, "maximum_batching_window_in_seconds": 300}),
    ("ten on FIFO", "fifo", {"batch_size": 10}),
    ("concurrency of 2", "standard", {"scaling_config": {"maximum_concurrency": 2}}),
    ("concurrency of 1,000", "fifo", {"scaling_config": {"maximum_concurrency": 1000}}),
    ("five filters", "standard", {"filter_criteria": {"filters": [{"pattern": "{}"}] * 5}}),
    (
        "pattern of 4,096",
        "standard",
        {"filter_criteria": {"filters": [{"pattern": '{"body":["' + "x" * 4083 + '"]}'}]}},
    ),
]
