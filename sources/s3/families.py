"""Event types by family: what their records have, who is said to have caused them, and their form on an event bus.

Versions are those recorded on AWS (2023 to 2025) and, where nothing was recorded, those of the guide until 2026-04.
Types that came later (annotation, retention) have no published record: they are shaped like tags.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from attrs import field, frozen

CREATED_PREFIX: Final = "s3:ObjectCreated:"
REMOVED_PREFIX: Final = "s3:ObjectRemoved:"
REPLICATION_PREFIX: Final = "s3:Replication:"
RESTORE_POST: Final = "s3:ObjectRestore:Post"
RESTORE_COMPLETED: Final = "s3:ObjectRestore:Completed"
TRANSITION: Final = "s3:LifecycleTransition"
TIERING: Final = "s3:IntelligentTiering"
EXPIRED: Final = "s3:LifecycleExpiration:Delete"
EXPIRED_BY_MARKER: Final = "s3:LifecycleExpiration:DeleteMarkerCreated"

FOR_GOOD: Final = {"deletion-type": "Permanently Deleted"}
BY_MARKER: Final = {"deletion-type": "Delete Marker Created"}


class By(Enum):
    OWNER = "a request of the bucket's owner"
    SERVICE = "S3 itself"
    CUSTOMER = "S3 itself, in the name of the account"


@frozen
class Family:
    """Which members a record's object has beside its key and version; `detail_type` None: event buses get nothing."""

    version: str = field(default="2.1", kw_only=True)
    members: tuple[str, ...] = field(default=(), kw_only=True)
    by: By = field(default=By.OWNER, kw_only=True)
    detail_type: str | None = field(default=None, kw_only=True)
    detail: Mapping[str, str] = field(factory=dict, kw_only=True)


def _created(reason: str) -> Family:
    members = ("size", "eTag", "sequencer")
    return Family(members=members, detail_type="Object Created", detail={"reason": reason})


def _deleted(members: tuple[str, ...], deletion: Mapping[str, str], *, expired: bool = False) -> Family:
    return Family(
        version="2.3" if expired else "2.1",
        members=members,
        by=By.SERVICE if expired else By.OWNER,
        detail_type="Object Deleted",
        detail={"reason": "Lifecycle Expiration" if expired else "DeleteObject", **deletion},
    )


_CONTENT: Final = ("size", "eTag")
_TAG: Final = ("eTag",)
_REPLICATION: Final = Family(version="2.2", members=_CONTENT, by=By.SERVICE)
_MARKER: Final = ("eTag", "sequencer")
_GONE: Final = ("sequencer",)

FAMILIES: Final[Mapping[str, Family]] = {
    "s3:ObjectCreated:Put": _created("PutObject"),
    "s3:ObjectCreated:Post": _created("POST Object"),
    "s3:ObjectCreated:Copy": _created("CopyObject"),
    "s3:ObjectCreated:CompleteMultipartUpload": _created("CompleteMultipartUpload"),
    "s3:ObjectRemoved:Delete": _deleted(_GONE, FOR_GOOD),
    "s3:ObjectRemoved:DeleteMarkerCreated": _deleted(_MARKER, BY_MARKER),
    RESTORE_POST: Family(members=_CONTENT, detail_type="Object Restore Initiated"),
    RESTORE_COMPLETED: Family(members=_CONTENT, by=By.CUSTOMER, detail_type="Object Restore Completed"),
    "s3:ObjectRestore:Delete": Family(version="2.3", members=_TAG, by=By.SERVICE, detail_type="Object Restore Expired"),
    "s3:ReducedRedundancyLostObject": Family(members=_CONTENT, by=By.SERVICE),
    "s3:Replication:OperationFailedReplication": _REPLICATION,
    "s3:Replication:OperationNotTracked": _REPLICATION,
    "s3:Replication:OperationMissedThreshold": _REPLICATION,
    "s3:Replication:OperationReplicatedAfterThreshold": _REPLICATION,
    TRANSITION: Family(version="2.3", members=_CONTENT, by=By.SERVICE, detail_type="Object Storage Class Changed"),
    EXPIRED: _deleted(_GONE, FOR_GOOD, expired=True),
    EXPIRED_BY_MARKER: _deleted(_MARKER, BY_MARKER, expired=True),
    TIERING: Family(version="2.3", members=_CONTENT, by=By.SERVICE, detail_type="Object Access Tier Changed"),
    "s3:ObjectAcl:Put": Family(version="2.3", members=_TAG, detail_type="Object ACL Updated"),
    "s3:ObjectTagging:Put": Family(version="2.3", members=_TAG, detail_type="Object Tags Added"),
    "s3:ObjectTagging:Delete": Family(version="2.3", members=_TAG, detail_type="Object Tags Deleted"),
    "s3:ObjectAnnotation:Put": Family(members=_TAG),
    "s3:ObjectAnnotation:Delete": Family(members=_TAG),
    "s3:ObjectRetention:Put": Family(members=_TAG),
}

SINGLE: Final = frozenset({"s3:ObjectAcl", "s3:ObjectRetention"})
"""Families of one type, which have no wildcard [bc:s3 Event]."""


def _offered() -> tuple[str, ...]:
    found: list[str] = []
    for event in FAMILIES:
        family, _, how = event.rpartition(":")
        if family != "s3" and how and family not in SINGLE and f"{family}:*" not in found:
            found.append(f"{family}:*")
        found.append(event)
    return tuple(found)


OFFERED: Final = _offered()
"""What notifications may be of, as S3 has it."""


def type_matches(pattern: str, event: str) -> bool:
    return pattern == event or (pattern.endswith(":*") and event.startswith(pattern[:-1]))


def types_meet(one: str, other: str) -> bool:
    return type_matches(one, other) or type_matches(other, one)
