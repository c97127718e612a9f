"""Errors of SNS: the class is botocore's exception, `code` the one on the wire, the text AWS's where known [bc:sns]."""

from typing import ClassVar

from eventbus.errors import ServiceError


class SnsError(ServiceError):
    """Base of what SNS answers."""

    wire_code: ClassVar[str] = ""

    @property
    def code(self) -> str:
        return self.wire_code


class InvalidParameterException(SnsError):
    wire_code = "InvalidParameter"


class InvalidParameterValueException(SnsError):
    """Of a message attribute."""

    wire_code = "ParameterValueInvalid"


class NotFoundException(SnsError):
    wire_code = "NotFound"
    status = 404


class EmptyBatchRequestException(SnsError):
    wire_code = "EmptyBatchRequest"


class TooManyEntriesInBatchRequestException(SnsError):
    wire_code = "TooManyEntriesInBatchRequest"


class BatchEntryIdsNotDistinctException(SnsError):
    wire_code = "BatchEntryIdsNotDistinct"


class InvalidBatchEntryIdException(SnsError):
    wire_code = "InvalidBatchEntryId"


class BatchRequestTooLongException(SnsError):
    wire_code = "BatchRequestTooLong"


class FilterPolicyLimitExceededException(SnsError):
    wire_code = "FilterPolicyLimitExceeded"
    status = 403


def invalid(what: str) -> InvalidParameterException:
    """What is wrong with a parameter, as SNS begins all such texts."""
    return InvalidParameterException(f"Invalid parameter: {what}")
