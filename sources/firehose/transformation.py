"""What a function made of the records of one batch, and the codes of what went wrong.

Codes and texts are those of the guide's error log [fh:monitoring-with-cloudwatch-logs]; that of ProcessingFailed is a
field report's, those of function errors and timeouts, and of partitions, are unverified.
"""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from eventbus.checks import encodable
from sources._http.answers import Malformed, parsed


@frozen
class Failure:
    """Why a record failed, as it is written beside it. `error_type` is the folder it goes to."""

    code: str
    message: str
    error_type: str = "processing-failed"


@frozen
class Transformed:
    """Goes to the destination; `keys` are its partition keys, as they were answered."""

    data: bytes
    keys: Mapping[str, Any]


@frozen
class Dropped:
    """Is not wanted any more."""


Fate = Transformed | Dropped | Failure

PROCESSING_FAILED: Final = Failure("Lambda.ProcessingFailedStatus", "ProcessingFailed status set for record")
MISSING: Final = Failure(
    "Lambda.MissingRecordId",
    "One or more record IDs were not returned. Ensure that the Lambda function returns all received record IDs.",
)
DOUBLED: Final = Failure(
    "Lambda.DuplicatedRecordId",
    "Multiple records were returned with the same record ID. Ensure that the Lambda function returns unique record IDs "
    "for each record.",
)
MALFORMED: Final = Failure(
    "Lambda.JsonProcessingException",
    "There was an error parsing returned records from the Lambda function. Ensure that the returned records follow the "
    "status model required by Kinesis Firehose.",
)
DENIED: Final = Failure(
    "Lambda.InvokeAccessDenied",
    "Access was denied. Ensure that the access policy allows access to the Lambda function.",
)
NOT_FOUND: Final = Failure(
    "Lambda.ResourceNotFound",
    "The specified Lambda function does not exist. Use a different function that does exist.",
)
THROTTLED: Final = Failure(
    "Lambda.InvokeLimitExceeded",
    "The Lambda concurrent execution limit is exceeded. Increase the concurrent execution limit.",
)
FUNCTION_ERROR: Final = Failure(
    "Lambda.FunctionError", "The Lambda function was successfully invoked but it returned an error result."
)
TIMED_OUT: Final = Failure(
    "Lambda.FunctionTimedOut",
    "The Lambda function timed out. Increase the Timeout setting in the Lambda function.",
)
TOO_LARGE: Final = Failure("Lambda.RequestTooLarge", "The records are larger than an invocation may be.")
"""A choice: only a record of a stream can be so large."""

NO_PARTITION: Final = Failure(
    "DynamicPartitioning.MetadataExtractionFailed",
    "Partition keys of the prefix are missing, empty or too long.",
    "metadata-extraction-failed",
)
TOO_MANY_PARTITIONS: Final = Failure(
    "DynamicPartitioning.ActivePartitionLimitExceeded",
    "The limit of active partitions is exceeded.",
    "activePartitionExceeded",
)
"""The folder is the guide's."""
NOT_DELIVERED: Final = Failure(
    "DynamicPartitioning.DeliveryFailed",
    "The partition could not be delivered within the retry duration.",
    "delivery-failed",
)
LONGEST_TYPE: Final = max((NO_PARTITION, TOO_MANY_PARTITIONS, NOT_DELIVERED), key=lambda each: len(each.error_type))


def fates(payload: bytes, ids: Sequence[str]) -> list[Fate]:
    """Of each record, in their order. One bad record leaves the others alone."""
    try:
        answer = parsed(payload)
    except Malformed:
        answer = None
    records = answer.get("records") if isinstance(answer, dict) else None
    if not isinstance(records, list):
        return [MALFORMED] * len(ids)
    found: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        if isinstance(record, dict) and isinstance(record.get("recordId"), str):
            found.setdefault(record["recordId"], []).append(record)
    return [_fate(found.get(id, ())) for id in ids]


def _fate(records: Sequence[dict[str, Any]]) -> Fate:
    if len(records) != 1:
        return DOUBLED if records else MISSING
    [record] = records
    match record.get("result"):
        case "Ok":
            return _transformed(record)
        case "Dropped":
            return Dropped()
    return PROCESSING_FAILED


def _transformed(record: dict[str, Any]) -> Fate:
    try:
        data = b64decode(record["data"], validate=True)
    except (KeyError, TypeError, ValueError):
        return PROCESSING_FAILED
    metadata = record.get("metadata")
    keys = metadata.get("partitionKeys") if isinstance(metadata, dict) else None
    return Transformed(data, keys if isinstance(keys, dict) else {})


def partition_keys(names: Sequence[str], answered: Mapping[str, Any]) -> dict[str, str] | None:
    """Those of `names`, in their order; None if one is missing, empty or no text."""
    found = {name: answered.get(name) for name in names}
    if all(isinstance(value, str) and value and encodable(value) for value in found.values()):
        return found  # type: ignore[return-value]  # each is a text
    return None
