"""Errors of DynamoDB, with its codes and texts [ddb:Programming.Errors]."""

from collections.abc import Sequence
from typing import Any

from attrs import define

from eventbus.errors import ServiceError, ValidationException

CONDITION_FAILED = "The conditional request failed"

__all__ = [
    "CancellationReason",
    "ConditionalCheckFailedException",
    "KeyMismatch",
    "SerializationException",
    "TransactionCanceledException",
    "ValidationException",
]


class SerializationException(ServiceError):
    """A value of a type that the wire could not even carry."""


class KeyMismatch(ValidationException):
    """A key that is not of the table's schema: in a transaction the reason why it is cancelled."""

    @property
    def code(self) -> str:
        return ValidationException.__name__


class ConditionalCheckFailedException(ServiceError):
    """`item` is what stood there, if the call asked for it."""

    def __init__(self, item: dict[str, Any] | None = None) -> None:
        super().__init__(CONDITION_FAILED)
        self.item = item


@define(eq=False)
class CancellationReason:
    """Of one write of a transaction; `code` is `None` as a text where it had nothing against it."""

    code: str = "None"
    message: str | None = None
    item: dict[str, Any] | None = None


class TransactionCanceledException(ServiceError):
    """Nothing was written; `cancellation_reasons` has one entry for each write, in their order."""

    def __init__(self, cancellation_reasons: Sequence[CancellationReason]) -> None:
        codes = ", ".join(reason.code for reason in cancellation_reasons)
        super().__init__(f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]")
        self.cancellation_reasons: list[CancellationReason] = list(cancellation_reasons)


def invalid(reason: str) -> ValidationException:
    return ValidationException(f"One or more parameter values were invalid: {reason}")
