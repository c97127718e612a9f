"""Errors of S3 Control, with its codes [bc:s3control]."""

from eventbus.errors import ServiceError


class S3ControlError(ServiceError):
    """Base of what S3 Control answers."""


class BadRequestException(S3ControlError):
    pass


class IdempotencyException(S3ControlError):
    def __init__(self) -> None:
        super().__init__("The client request token was used before with other settings.")


class JobStatusException(S3ControlError):
    """The job can't go from where it is to what was asked for."""


class NotFoundException(S3ControlError):
    def __init__(self, job_id: str) -> None:
        super().__init__(f"The specified job does not exist: {job_id}")
