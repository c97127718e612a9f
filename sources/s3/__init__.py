"""S3: buckets in memory, and their notifications to functions and queues.

Restore, replication, life cycle, tiering, access control and tagging are not offered: their event types are refused.
"""

from .bucket import Bucket
from .client import (
    BucketClient,
    DeleteResult,
    ListedObject,
    ListedVersion,
    Listing,
    PutResult,
    StoredObject,
)
from .errors import (
    EntityTooLarge,
    EntityTooSmall,
    InvalidArgument,
    InvalidPart,
    InvalidPartOrder,
    KeyTooLongError,
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
    S3Identity,
    S3Record,
    S3RequestParameters,
    S3ResponseElements,
)
from .notifications import Notification

__all__ = [
    "Bucket",
    "BucketClient",
    "DeleteResult",
    "EntityTooLarge",
    "EntityTooSmall",
    "InvalidArgument",
    "InvalidPart",
    "InvalidPartOrder",
    "KeyTooLongError",
    "ListedObject",
    "ListedVersion",
    "Listing",
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
    "S3Identity",
    "S3Record",
    "S3RequestParameters",
    "S3ResponseElements",
    "StoredObject",
]
