"""Errors of Kinesis, with its codes and, where known, its texts [bc:kinesis]. All have the status 400."""

from eventbus.errors import ServiceError
from eventbus.names import ACCOUNT


class KinesisError(ServiceError):
    """Base of what Kinesis answers."""


class ResourceNotFoundException(KinesisError):
    pass


class ResourceInUseException(KinesisError):
    pass


class InvalidArgumentException(KinesisError):
    pass


class ValidationException(KinesisError):
    @classmethod
    def of(cls, path: str, value: object, constraint: str) -> "ValidationException":
        """What AWS says of a parameter that breaks its model; a value of None is not shown."""
        shown = "" if value is None else f" '{value}'"
        return cls(f"1 validation error detected: Value{shown} at '{path}' failed to satisfy constraint: {constraint}")


class LimitExceededException(KinesisError):
    pass


class ProvisionedThroughputExceededException(KinesisError):
    @classmethod
    def of(cls, shard_id: str, stream: str) -> "ProvisionedThroughputExceededException":
        return cls(f"Rate exceeded for {within(shard_id, stream)}.")


class ExpiredIteratorException(KinesisError):
    pass


class ExpiredNextTokenException(KinesisError):
    pass


def within(shard_id: str, stream: str) -> str:
    """As texts of AWS name a shard."""
    return f"shard {shard_id} in stream {stream} under account {ACCOUNT}"
