"""Errors of Firehose, with its codes [bc:firehose]. All have the status 400."""

from eventbus.errors import ServiceError


class FirehoseError(ServiceError):
    """Base of what Firehose answers."""


class InvalidArgumentException(FirehoseError):
    pass


class InvalidSourceException(FirehoseError):
    """It reads a Kinesis stream: nothing can be put."""

    def __init__(self) -> None:
        super().__init__("This operation is not permitted on KinesisStreamAsSource delivery stream type.")
