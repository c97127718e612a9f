"""An event of a bucket as the default event bus gets it, key by key as recorded on AWS (2023, 2025-01).

The bus adds what it adds to every event: version, id, account and region. Event types that have no form there (lost
objects, replication, annotation, retention) are not sent to it.
"""

from typing import Any, Final

from eventbus.core.invocation_record import iso_seconds
from eventbus.names import ACCOUNT, Arn, arn_of

from .events import ADDRESS, SERVICE, compact
from .families import By
from .occurrence import Occurrence

DEFAULT_BUS: Final = arn_of("events", "event-bus/default")
MEMBERS: Final = (("size", "size"), ("eTag", "etag"), ("versionId", "version-id"), ("sequencer", "sequencer"))
"""Of an object in records, and what they are called here."""


def body(bucket: Arn, occurrence: Occurrence) -> str | None:
    """What the bus is handed; None for a type that has no form there."""
    detail_type = occurrence.family.detail_type
    if detail_type is None:
        return None
    event = {
        "source": "aws.s3",
        "detail-type": detail_type,
        "time": iso_seconds(occurrence.at),
        "resources": [bucket],
        "detail": _detail(bucket, occurrence),
    }
    return compact(event)


def _detail(bucket: Arn, occurrence: Occurrence) -> dict[str, Any]:
    by_owner = occurrence.family.by is By.OWNER
    found: dict[str, Any] = {
        "version": "0",
        "bucket": {"name": bucket.name},
        "object": _object(occurrence),
        "request-id": occurrence.request_id,
        "requester": ACCOUNT if by_owner else SERVICE,
    }
    if by_owner:
        found["source-ip-address"] = ADDRESS
    found.update(occurrence.family.detail)
    found.update(occurrence.data.detail)
    return found


def _object(occurrence: Occurrence) -> dict[str, Any]:
    """The key is not encoded."""
    members = occurrence.members()
    return {"key": occurrence.version.key, **{here: members[there] for there, here in MEMBERS if there in members}}
