"""The event of a notification, key by key as recorded on AWS (2023, 2025-01)."""

from json import JSONEncoder
from typing import Final, NotRequired, TypedDict
from urllib.parse import quote_plus

from eventbus.core.invocation_record import iso_milliseconds
from eventbus.names import REGION, Arn

from .families import By
from .occurrence import Occurrence, host_id, request_id

OWNER: Final = "A3NL1KOZZKExample"
REQUESTER: Final = "AWS:AIDAEVENTBUSREQUESTER"
ADDRESS: Final = "127.0.0.1"
compact: Final = JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
SERVICE: Final = "s3.amazonaws.com"
_WHO: Final = {
    By.OWNER: (REQUESTER, ADDRESS),
    By.SERVICE: (SERVICE, SERVICE),
    By.CUSTOMER: (f"AmazonCustomer:{OWNER}", SERVICE),
}
"""Principal and address."""


class S3Identity(TypedDict):
    principalId: str


class S3RequestParameters(TypedDict):
    sourceIPAddress: str


S3ResponseElements = TypedDict("S3ResponseElements", {"x-amz-request-id": str, "x-amz-id-2": str})


class S3EventBucket(TypedDict):
    name: str
    ownerIdentity: S3Identity
    arn: str


class S3EventObject(TypedDict):
    key: str
    size: NotRequired[int]
    eTag: NotRequired[str]
    versionId: NotRequired[str]
    sequencer: NotRequired[str]


class S3Entity(TypedDict):
    s3SchemaVersion: str
    configurationId: str
    bucket: S3EventBucket
    object: S3EventObject


class S3RestoreEventData(TypedDict):
    lifecycleRestorationExpiryTime: str
    lifecycleRestoreStorageClass: str


class S3GlacierEventData(TypedDict):
    restoreEventData: S3RestoreEventData


class S3TransitionEventData(TypedDict):
    destinationStorageClass: str


class S3LifecycleEventData(TypedDict):
    transitionEventData: S3TransitionEventData


class S3IntelligentTieringEventData(TypedDict):
    destinationAccessTier: str


class S3ReplicationEventData(TypedDict):
    replicationRuleId: str
    destinationBucket: str
    s3Operation: str
    requestTime: str
    failureReason: NotRequired[str]
    threshold: NotRequired[str]
    replicationTime: NotRequired[str]


class S3Record(TypedDict):
    eventVersion: str
    eventSource: str
    awsRegion: str
    eventTime: str
    eventName: str
    userIdentity: S3Identity
    requestParameters: S3RequestParameters
    responseElements: S3ResponseElements
    s3: S3Entity
    glacierEventData: NotRequired[S3GlacierEventData]
    lifecycleEventData: NotRequired[S3LifecycleEventData]
    intelligentTieringEventData: NotRequired[S3IntelligentTieringEventData]
    replicationEventData: NotRequired[S3ReplicationEventData]


class S3Event(TypedDict):
    Records: list[S3Record]


def encoded(key: str) -> str:
    """As it stands in events, and as filters see it: a blank is +, slashes stay."""
    return quote_plus(key, safe="/")


def record(bucket: Arn, configuration: str, event_version: str, occurrence: Occurrence) -> S3Event:
    """One record, as always, of the notification with that id."""
    family = occurrence.family
    requester, address = _WHO[family.by]
    found: S3Record = {
        "eventVersion": family.version if event_version == "family" else event_version,
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": iso_milliseconds(occurrence.at),
        "eventName": occurrence.event.removeprefix("s3:"),
        "userIdentity": {"principalId": requester},
        "requestParameters": {"sourceIPAddress": address},
        "responseElements": {"x-amz-request-id": occurrence.request_id, "x-amz-id-2": occurrence.host_id},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration,
            "bucket": {"name": bucket.name, "ownerIdentity": {"principalId": OWNER}, "arn": str(bucket)},
            "object": {"key": encoded(occurrence.version.key), **occurrence.members()},  # type: ignore[typeddict-item]  # members in the recorded order
        },
    }
    found.update(occurrence.data.record)  # type: ignore[typeddict-item]  # one of the members that are not required
    return {"Records": [found]}


def text(event: S3Event) -> str:
    return compact(event)


def test_event(bucket: Arn, at: float, request: str) -> str:
    """What a queue or a topic gets when a notification to it is put."""
    message = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": iso_milliseconds(at),
        "Bucket": bucket.name,
        "RequestId": request_id(request),
        "HostId": host_id(request),
    }
    return compact(message)
