"""Errors of CloudWatch Logs, with its texts as recorded on AWS (2026-02); its status is always 400."""

from eventbus.errors import AccessDeniedException as Denied
from eventbus.errors import InvalidParameterException, ServiceError

CROSS_ACCOUNT = (
    "Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to create cross account "
    "lambda triggers."
)


class ResourceNotFoundException(ServiceError):
    @classmethod
    def of(cls, what: str) -> "ResourceNotFoundException":
        return cls(f"The specified {what} does not exist.")


class ResourceAlreadyExistsException(ServiceError):
    pass


class LimitExceededException(ServiceError):
    def __init__(self) -> None:
        super().__init__("Resource limit exceeded.")


class AccessDeniedException(Denied):
    """A function of another account."""

    status = 400

    def __init__(self) -> None:
        super().__init__(CROSS_ACCOUNT)


def unsatisfied(member: str, value: object, constraint: str) -> InvalidParameterException:
    return InvalidParameterException(
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: "
        f"Member must {constraint}"
    )
