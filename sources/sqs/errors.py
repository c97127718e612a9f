"""Errors of SQS: the class is botocore's exception, `code` the one on the wire, the text AWS's where recorded."""

from typing import ClassVar

from eventbus.errors import ServiceError

_SERVICE = "AWS.SimpleQueueService."


class SqsError(ServiceError):
    """Base of what SQS answers."""

    wire_code: ClassVar[str] = ""

    @property
    def code(self) -> str:
        return self.wire_code or type(self).__name__


class InvalidParameterValue(SqsError):
    @classmethod
    def of(cls, parameter: str, value: object, reason: str) -> "InvalidParameterValue":
        return cls(f"Value {value} for parameter {parameter} is invalid. Reason: {reason}")


class MissingParameter(SqsError):
    @classmethod
    def of(cls, parameter: str) -> "MissingParameter":
        return cls(f"The request must contain the parameter {parameter}.")


class InvalidAttributeName(SqsError):
    pass


class InvalidAttributeValue(SqsError):
    @classmethod
    def of(cls, attribute: str) -> "InvalidAttributeValue":
        return cls(f"Invalid value for the parameter {attribute}.")


class InvalidMessageContents(SqsError):
    pass


class ReceiptHandleIsInvalid(SqsError):
    pass


class OverLimit(SqsError):
    status = 403


class ResourceNotFoundException(SqsError):
    status = 404


class QueueDoesNotExist(SqsError):
    """As the failure of a move task: queues are declared, none vanishes while a bus runs."""

    wire_code = _SERVICE + "NonExistentQueue"


class UnsupportedOperation(SqsError):
    wire_code = _SERVICE + "UnsupportedOperation"


class EmptyBatchRequest(SqsError):
    wire_code = _SERVICE + "EmptyBatchRequest"


class TooManyEntriesInBatchRequest(SqsError):
    wire_code = _SERVICE + "TooManyEntriesInBatchRequest"


class BatchEntryIdsNotDistinct(SqsError):
    wire_code = _SERVICE + "BatchEntryIdsNotDistinct"


class InvalidBatchEntryId(SqsError):
    wire_code = _SERVICE + "InvalidBatchEntryId"


class BatchRequestTooLong(SqsError):
    wire_code = _SERVICE + "BatchRequestTooLong"


class PurgeQueueInProgress(SqsError):
    wire_code = _SERVICE + "PurgeQueueInProgress"
    status = 403


def too_long(limit: int) -> InvalidParameterValue:
    return InvalidParameterValue(
        f"One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes."
    )


def expired(handle: str) -> InvalidParameterValue:
    return InvalidParameterValue.of("ReceiptHandle", handle, "The receipt handle has expired.")


def not_available(handle: str) -> InvalidParameterValue:
    return InvalidParameterValue.of(
        "ReceiptHandle", handle, "Message does not exist or is not available for visibility timeout change."
    )


def past_the_limit(seconds: float) -> InvalidParameterValue:
    return InvalidParameterValue.of(
        "VisibilityTimeout",
        f"{seconds:g}",
        "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]",
    )


def batch_too_long(limit: int, length: int) -> BatchRequestTooLong:
    return BatchRequestTooLong(f"Batch requests cannot be longer than {limit} bytes. You have sent {length} bytes.")
