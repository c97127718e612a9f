"""Errors of Secrets Manager, with its texts as reported from AWS; its status is always 400 [bc:secretsmanager]."""

from eventbus.errors import AccessDeniedException as Denied
from eventbus.errors import InvalidParameterException, ServiceError

INCOMPLETE = "A previous rotation isn't complete. That rotation will be reattempted."
NO_FUNCTION = "No Lambda rotation function ARN is associated with this secret."
NOT_INVOKED = (
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the "
    "principal secretsmanager.amazonaws.com."
)


class ResourceNotFoundException(ServiceError):
    @classmethod
    def of(cls, what: str, which: str) -> "ResourceNotFoundException":
        return cls(f"Secrets Manager can't find the specified secret value for {what}: {which}")


class InvalidRequestException(ServiceError):
    pass


class ResourceExistsException(ServiceError):
    def __init__(self) -> None:
        super().__init__("You can't modify an existing version, you can only create new versions.")


class LimitExceededException(ServiceError):
    pass


class AccessDeniedException(Denied):
    status = 400


__all__ = [
    "AccessDeniedException",
    "InvalidParameterException",
    "InvalidRequestException",
    "LimitExceededException",
    "ResourceExistsException",
    "ResourceNotFoundException",
]
