"""Errors of CloudFormation, with its codes; its status is always 400 [bc:cloudformation]."""

from eventbus.errors import ServiceError


class ValidationError(ServiceError):
    pass


class AlreadyExistsException(ServiceError):
    def __init__(self, name: str) -> None:
        super().__init__(f"Stack [{name}] already exists")
