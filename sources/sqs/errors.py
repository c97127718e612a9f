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


class ReceiptHandleIsInvalid(SqsError):
    status = 404


class OverLimit(SqsError):
    status = 403


class ResourceNotFoundException(SqsError):
    status = 404


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
