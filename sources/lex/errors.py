"""Errors of Lex, with its codes and statuses [bc:lexv2-runtime, bc:lex-runtime]."""

from eventbus.errors import ResourceNotFoundException, ServiceError, ValidationException


class LexError(ServiceError):
    """`request_id` of the call that failed, for the trace; empty where none was made."""

    def __init__(self, message: str, request_id: str = "") -> None:
        super().__init__(message)
        self.request_id = request_id


class DependencyFailedException(LexError):
    """The function failed, said nothing in time, could not be called, or answered what can't be used."""

    status = 424


class ConflictException(LexError):
    """Somebody else is talking in this session."""

    status = 409

    def __init__(self, session_id: str) -> None:
        super().__init__(f"session {session_id} is being changed by another request")


class BadRequestException(LexError):
    """V1: the request is wrong, or there is no message that could be said."""

    status = 400


__all__ = [
    "BadRequestException",
    "ConflictException",
    "DependencyFailedException",
    "LexError",
    "ResourceNotFoundException",
    "ValidationException",
]
