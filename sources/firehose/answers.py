"""What calls on a delivery stream answer, with botocore's members."""

from collections.abc import Sequence

from attrs import frozen


@frozen
class PutRecordResult:
    record_id: str
    encrypted: bool = False


@frozen
class PutRecordBatchResponseEntry:
    """`error_code` and `error_message` are those of a record that was not taken: None here."""

    record_id: str
    error_code: str | None = None
    error_message: str | None = None


@frozen
class PutRecordBatchResult:
    """In the order of the records."""

    request_responses: Sequence[PutRecordBatchResponseEntry]
    failed_put_count: int = 0
    encrypted: bool = False
