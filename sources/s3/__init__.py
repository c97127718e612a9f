"""S3: buckets in memory, and their notifications to functions, queues, topics and the default event bus.

Deviations from AWS: restore, replication, life cycle, tiering, access control, tags, annotations and retention are not
offered as operations, `emit_event` sends what would be told of them; functions are not validated when a notification
configuration is put, and nothing is delivered twice or out of order.
"""

from .answers import (
    CreatedUpload,
    DeletedObject,
    DeleteResult,
    ListedObject,
    ListedVersion,
    Listing,
    PutResult,
    StoredObject,
    UploadedPart,
    VersionListing,
)
from .bucket import Bucket
from .client import BucketClient
from .errors import (
    EntityTooLarge,
    EntityTooSmall,
    InvalidArgument,
    InvalidPart,
    InvalidPartOrder,
    InvalidRequest,
    KeyTooLongError,
    MalformedXML,
    MethodNotAllowed,
    NoSuchKey,
    NoSuchUpload,
    NoSuchVersion,
    S3Error,
)
from .events import (
    S3Entity,
    S3Event,
    S3EventBucket,
    S3EventObject,
    S3GlacierEventData,
    S3Identity,
    S3IntelligentTieringEventData,
    S3LifecycleEventData,
    S3Record,
    S3ReplicationEventData,
    S3RequestParameters,
    S3ResponseElements,
    S3RestoreEventData,
    S3TransitionEventData,
)
from .family_data import EventData
from .notifications import Notification
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "Bucket",
    "BucketClient",
    "CreatedUpload",
    "DeleteResult",
    "DeletedObject",
    "EntityTooLarge",
    "EntityTooSmall",
    "EventData",
    "InvalidArgument",
    "InvalidPart",
    "InvalidPartOrder",
    "InvalidRequest",
    "KeyTooLongError",
    "ListedObject",
    "ListedVersion",
    "Listing",
    "MalformedXML",
    "MethodNotAllowed",
    "NoSuchKey",
    "NoSuchUpload",
    "NoSuchVersion",
    "Notification",
    "PutResult",
    "S3Entity",
    "S3Error",
    "S3Event",
    "S3EventBucket",
    "S3EventObject",
    "S3GlacierEventData",
    "S3Identity",
    "S3IntelligentTieringEventData",
    "S3LifecycleEventData",
    "S3Record",
    "S3ReplicationEventData",
    "S3RequestParameters",
    "S3ResponseElements",
    "S3RestoreEventData",
    "S3TransitionEventData",
    "StoredObject",
    "UploadedPart",
    "VersionListing",
    "sample_event",
]
