"""Errors of EventBridge Scheduler, with its codes and statuses [bc:scheduler]."""

from eventbus.errors import ResourceNotFoundException as NotFound
from eventbus.errors import ServiceError, ValidationException


class ResourceNotFoundException(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(f"Schedule {name} does not exist.")


class ConflictException(ServiceError):
    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(f"Schedule {name} already exists.")


__all__ = ["ConflictException", "ResourceNotFoundException", "ValidationException"]
