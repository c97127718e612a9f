"""What events of some families tell beside the object, in records and on an event bus: given by whoever emits them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypedDict

from attrs import field, frozen

from eventbus.checks import encodable
from eventbus.core.invocation_record import iso_milliseconds, iso_seconds
from eventbus.names import Arn
from eventbus.ports import Resource

from .errors import InvalidArgument
from .families import REPLICATION_PREFIX, RESTORE_COMPLETED, RESTORE_POST, TIERING, TRANSITION
from .objects import Version

ACCESS_TIERS: Final = ("ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS")
ARCHIVE: Final = "GLACIER"
OPERATION: Final = "OBJECT_PUT"


class EventData(TypedDict, total=False):
    """Members of AWS's records in snake case. Which an event has: `MEMBERS`."""

    lifecycle_restoration_expiry_time: datetime
    lifecycle_restore_storage_class: str
    destination_storage_class: str
    destination_access_tier: str
    replication_rule_id: str
    destination_bucket: Resource[Any] | str
    s3_operation: str
    request_time: datetime
    failure_reason: str
    threshold: str
    replication_time: str


_REPLICATED: Final = ("replication_rule_id", "destination_bucket", "s3_operation", "request_time")
MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    RESTORE_POST: ("lifecycle_restore_storage_class",),
    RESTORE_COMPLETED: ("lifecycle_restoration_expiry_time", "lifecycle_restore_storage_class"),
    TRANSITION: ("destination_storage_class",),
    TIERING: ("destination_access_tier",),
    f"{REPLICATION_PREFIX}OperationFailedReplication": (*_REPLICATED, "failure_reason"),
    f"{REPLICATION_PREFIX}OperationNotTracked": _REPLICATED,
    f"{REPLICATION_PREFIX}OperationMissedThreshold": (*_REPLICATED, "threshold"),
    f"{REPLICATION_PREFIX}OperationReplicatedAfterThreshold": (*_REPLICATED, "threshold", "replication_time"),
}
OPTIONAL: Final = ("lifecycle_restore_storage_class", "s3_operation", "request_time")
TIMES: Final = ("lifecycle_restoration_expiry_time", "request_time")


@frozen
class FamilyData:
    """`record` stands behind `s3` in a record, `detail` at the end of an event's detail."""

    record: Mapping[str, Any] = field(factory=dict)
    detail: Mapping[str, str] = field(factory=dict)


NO_DATA: Final = FamilyData()


def check(event: str, given: Mapping[str, Any]) -> None:
    """Raise `InvalidArgument` for what this event does not have, for what is missing, and for wrong types."""
    members = MEMBERS.get(event, ())
    for name, value in given.items():
        if name not in members:
            raise InvalidArgument(f"{name}={value!r}: {event} has {', '.join(members) or 'no data'}")
    for name in members:
        if name in given or name not in OPTIONAL:
            _check_member(name, given.get(name))


def data_of(event: str, given: EventData, version: Version, epoch: float) -> FamilyData:
    """As checked before; what was left out is that of the version, or the most usual."""
    if event in (RESTORE_POST, RESTORE_COMPLETED):
        return _restored(given)
    if event == TRANSITION:
        storage = given["destination_storage_class"]
        record = {"lifecycleEventData": {"transitionEventData": {"destinationStorageClass": storage}}}
        return FamilyData(record, {"destination-storage-class": storage})
    if event == TIERING:
        tier = given["destination_access_tier"]
        record_of_tier = {"intelligentTieringEventData": {"destinationAccessTier": tier}}
        return FamilyData(record_of_tier, {"destination-access-tier": tier})
    if event.startswith(REPLICATION_PREFIX):
        return FamilyData({"replicationEventData": _replicated(given, epoch + version.last_modified)})
    return NO_DATA


def _check_member(name: str, value: object) -> None:
    if name in TIMES:
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise InvalidArgument(f"{name}={value!r}: a datetime with a time zone")
    elif name == "destination_access_tier":
        if value not in ACCESS_TIERS:
            raise InvalidArgument(f"{name}={value!r}: {' or '.join(ACCESS_TIERS)}")
    elif name == "destination_bucket":
        if not _bucket(value).startswith("arn:aws:s3:::") or not encodable(_bucket(value)):
            raise InvalidArgument(f"{name}={value!r}: a declared bucket, or the ARN of one")
    elif not isinstance(value, str) or not value or not encodable(value):
        raise InvalidArgument(f"{name}={value!r}: a text that is not empty")


def _restored(given: EventData) -> FamilyData:
    """An event without an expiry time says that the copy was asked for."""
    storage = given.get("lifecycle_restore_storage_class", ARCHIVE)
    expiry = given.get("lifecycle_restoration_expiry_time")
    if expiry is None:
        return FamilyData({}, {"source-storage-class": storage})
    at = expiry.timestamp()
    data = {"lifecycleRestorationExpiryTime": iso_milliseconds(at), "lifecycleRestoreStorageClass": storage}
    detail = {"restore-expiry-time": iso_seconds(at), "source-storage-class": storage}
    return FamilyData({"glacierEventData": {"restoreEventData": data}}, detail)


def _replicated(given: EventData, put_at: float) -> dict[str, str]:
    requested = given.get("request_time")
    found = {
        "replicationRuleId": given["replication_rule_id"],
        "destinationBucket": _bucket(given["destination_bucket"]),
        "s3Operation": given.get("s3_operation", OPERATION),
        "requestTime": iso_milliseconds(put_at if requested is None else requested.timestamp()),
    }
    if "failure_reason" in given:
        found["failureReason"] = given["failure_reason"]
    if "threshold" in given:
        found["threshold"] = given["threshold"]
    if "replication_time" in given:
        found["replicationTime"] = given["replication_time"]
    return found


def _bucket(value: object) -> str:
    arn = getattr(value, "arn", value)
    return str(arn) if isinstance(arn, Arn | str) else ""
