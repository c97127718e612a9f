"""Everything raised on purpose. An error means the caller erred; what user code did wrong is an outcome, a value.

Errors of a service carry AWS's code as their class name, AWS's text as message and its HTTP status. A source adds its
own.
"""

from collections.abc import Iterable
from typing import ClassVar


class EventBusError(Exception):
    """Base of everything we raise on purpose."""


class InvalidSetting(EventBusError, ValueError):
    """A setting was refused where it was written: the message names it, its value and what is allowed."""


class NotInBus(EventBusError):
    """A call came from where there is no bus: another loop, outside an invocation, after closing."""


class BusBroken(EventBusError):
    """The bus itself failed (its cause says how): nothing it says can be trusted any more."""


class NotSettled(EventBusError):
    """`settle` passed one of its bounds; the message names the busiest causes."""


class FunctionError(EventBusError):
    """The function's own failure, as its caller sees it; raised from the handler's exception where there is one.

    `error_type` and `error_message` are those of the error object, `payload` is that object as JSON bytes.
    """

    def __init__(self, error_type: str, error_message: str, payload: bytes) -> None:
        super().__init__(f"{error_type}: {error_message}" if error_type else error_message)
        self.error_type = error_type
        self.error_message = error_message
        self.payload = payload


class ServiceError(EventBusError):
    """An answer of a service that is not a success: `code` is AWS's, `status` the HTTP status."""

    status: ClassVar[int] = 400

    @property
    def code(self) -> str:
        return type(self).__name__


class ResourceNotFoundException(ServiceError):
    status = 404


class InvalidParameterValueException(ServiceError):
    pass


class InvalidParameterException(ServiceError):
    pass


class InvalidEventPatternException(ServiceError):
    pass


class ValidationException(ServiceError):
    pass


class InvalidRequestContentException(ServiceError):
    pass


class RequestTooLargeException(ServiceError):
    status = 413


class RecursiveInvocationException(ServiceError):
    pass


class ResourceConflictException(ServiceError):
    status = 409


class AccessDeniedException(ServiceError):
    status = 403


class TooManyRequestsException(ServiceError):
    """No capacity: `reason` is AWS's reason code (semantics of Invoke's 429)."""

    status = 429

    def __init__(self, reason: str) -> None:
        super().__init__(f"Rate Exceeded. ({reason})")
        self.reason = reason


def suggest(wrong: str, known: Iterable[str]) -> str:
    """The way out for a name nobody knows: what it may have meant, or what there is."""
    from difflib import get_close_matches  # noqa: PLC0415  # needed only when something is wrong

    names = sorted(known)
    close = get_close_matches(wrong, names, n=3)
    if close:
        return f"did you mean {' or '.join(close)}?"
    return f"known: {', '.join(names[:10]) or 'none'}"
