"""Errors of S3, with its codes, texts and statuses."""

from eventbus.errors import ServiceError


class S3Error(ServiceError):
    """Base of what S3 answers."""


class NoSuchKey(S3Error):
    status = 404

    def __init__(self, key: str) -> None:
        super().__init__(f"The specified key does not exist. ({key})")
        self.key = key


class NoSuchVersion(S3Error):
    status = 404


class NoSuchUpload(S3Error):
    status = 404


class MethodNotAllowed(S3Error):
    """What was asked for is a delete marker."""

    status = 405


class InvalidArgument(S3Error):
    pass


class KeyTooLongError(S3Error):
    pass


class EntityTooSmall(S3Error):
    pass


class EntityTooLarge(S3Error):
    pass


class InvalidPart(S3Error):
    pass


class InvalidPartOrder(S3Error):
    pass
