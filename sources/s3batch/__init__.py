"""S3 Batch Operations: jobs that invoke a function for each object that a manifest names.

Deviations from AWS: what a job does by itself takes no time; a job acts in the name of the declared `Jobs`, not of a
role. How many functions are called at once, for how many tasks each, and how often a temporary failure is tried again
is not documented: settings of `Jobs`. Choices: see `manifest`, `answer`, `machine`. Operations other than LambdaInvoke,
inventory reports, generated manifests and tags are not offered.
"""

from .answers import (
    CreateJobResult,
    JobDescriptor,
    JobListDescriptor,
    JobProgressSummary,
    ListJobsResult,
    UpdateJobPriorityResult,
    UpdateJobStatusResult,
)
from .client import JobsClient
from .errors import (
    BadRequestException,
    IdempotencyException,
    JobStatusException,
    NotFoundException,
    S3ControlError,
)
from .events import S3BatchEvent, S3BatchJob, S3BatchTask
from .job import FailureReason, Report
from .jobs import Jobs
from .manifest import Manifest
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "BadRequestException",
    "CreateJobResult",
    "FailureReason",
    "IdempotencyException",
    "JobDescriptor",
    "JobListDescriptor",
    "JobProgressSummary",
    "JobStatusException",
    "Jobs",
    "JobsClient",
    "ListJobsResult",
    "Manifest",
    "NotFoundException",
    "Report",
    "S3BatchEvent",
    "S3BatchJob",
    "S3BatchTask",
    "S3ControlError",
    "UpdateJobPriorityResult",
    "UpdateJobStatusResult",
    "sample_event",
]
