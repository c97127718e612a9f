"""S3: buckets in memory, and their notifications to functions and queues.

Restore, replication, life cycle, tiering, access control and tagging are not offered: their event types are refused.
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
    S3Identity,
    S3Record,
    S3RequestParameters,
    S3ResponseElements,
)
from .notifications import Notification

__all__ = [
    "Bucket",
    "BucketClient",
    "CreatedUpload",
    "DeleteResult",
    "DeletedObject",
    "EntityTooLarge",
    "EntityTooSmall",
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
    "S3Identity",
    "S3Record",
    "S3RequestParameters",
    "S3ResponseElements",
    "StoredObject",
    "UploadedPart",
    "VersionListing",
]
