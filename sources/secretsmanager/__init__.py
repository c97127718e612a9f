"""Secrets Manager: secrets in memory, and their rotation by a function.

Deviations from AWS: a secret is rotated when its window opens, with the `realistic` profile at some moment of it; what
is written can be read at once. Choices where no page settles it: a failed rotation is not tried again within its
window, the next scheduled one begins it again, and so does `rotate_secret` with its token; while
`rotate_immediately=False` tests a rotation, the version that is made for it has the current value;
`automatically_after_days` counts from the very moment at which another version became current; a version takes 20
labels.

Not offered, and refused: managed, external and cross-account rotation (`RotationToken`), creating, deleting and
restoring secrets while the bus runs, replicas, customer keys, tags, resource policies, random passwords, pages of
version lists."""

from .answers import DescribedSecret, ListedVersion, SecretReference, SecretValue, StoredVersion
from .client import SecretClient
from .errors import (
    AccessDeniedException,
    InvalidParameterException,
    InvalidRequestException,
    LimitExceededException,
    ResourceExistsException,
    ResourceNotFoundException,
)
from .events import RotationEvent
from .rules import RotationRules
from .secret import RotationSchedule, Secret
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "AccessDeniedException",
    "DescribedSecret",
    "InvalidParameterException",
    "InvalidRequestException",
    "LimitExceededException",
    "ListedVersion",
    "ResourceExistsException",
    "ResourceNotFoundException",
    "RotationEvent",
    "RotationRules",
    "RotationSchedule",
    "Secret",
    "SecretClient",
    "SecretReference",
    "SecretValue",
    "StoredVersion",
    "sample_event",
]
