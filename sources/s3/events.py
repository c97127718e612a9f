"""The event of a notification, key by key as recorded on AWS (2025-01)."""

import json
from typing import Any, Final, NotRequired, TypedDict
from urllib.parse import quote_plus

from eventbus.core.invocation_record import iso_milliseconds
from eventbus.names import REGION, Arn

from .objects import Version

OWNER: Final = "A3NL1KOZZKExample"
REQUESTER: Final = "AWS:AIDAEVENTBUSREQUESTER"
ADDRESS: Final = "127.0.0.1"
FAMILY_VERSION: Final = "2.1"
"""Of what is created and removed; other event types had 2.2 and 2.3."""


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


class S3Event(TypedDict):
    Records: list[S3Record]


def encoded(key: str) -> str:
    """As it stands in events, and as filters see it: a blank is +, slashes stay."""
    return quote_plus(key, safe="/")


def record(
    bucket: Arn, configuration: str, event_version: str, at: float, event: str, version: Version, request: str
) -> S3Event:
    """One record, as always. `at` in seconds since 1970; `request` is the id of the request that caused it."""
    return {
        "Records": [
            {
                "eventVersion": FAMILY_VERSION if event_version == "family" else event_version,
                "eventSource": "aws:s3",
                "awsRegion": REGION,
                "eventTime": iso_milliseconds(at),
                "eventName": event.removeprefix("s3:"),
                "userIdentity": {"principalId": REQUESTER},
                "requestParameters": {"sourceIPAddress": ADDRESS},
                "responseElements": {"x-amz-request-id": request_id(request), "x-amz-id-2": host_id(request)},
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "configurationId": configuration,
                    "bucket": {"name": bucket.name, "ownerIdentity": {"principalId": OWNER}, "arn": str(bucket)},
                    "object": _object(event, version),
                },
            }
        ]
    }


def text(event: S3Event) -> str:
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False)


def test_event(bucket: Arn, at: float, request: str) -> str:
    """What a queue gets when a notification to it is put."""
    message = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": iso_milliseconds(at),
        "Bucket": bucket.name,
        "RequestId": request_id(request),
        "HostId": host_id(request),
    }
    return json.dumps(message, separators=(",", ":"))


def request_id(request: str) -> str:
    return request.replace("-", "")[-16:].upper()


def host_id(request: str) -> str:
    return request.replace("-", "") * 2


def _object(event: str, version: Version) -> S3EventObject:
    """Created: size and eTag. A delete has neither, a delete marker the eTag of nothing. A version where versioned."""
    found: Any = {"key": encoded(version.key)}
    if event.startswith("s3:ObjectCreated:"):
        found["size"] = version.size
        found["eTag"] = version.etag
    elif version.is_delete_marker:
        found["eTag"] = version.etag
    if version.version_id is not None:
        found["versionId"] = version.version_id
    found["sequencer"] = f"{version.sequencer:018X}"
    return found  # type: ignore[no-any-return]  # built key by key in the recorded order
