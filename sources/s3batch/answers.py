"""What calls on jobs answer, with botocore's members, as they were at that moment. Times are aware UTC ones."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from attrs import frozen

from eventbus.names import Arn

from .job import FailureReason, Job, Report
from .manifest import Manifest


@frozen
class CreateJobResult:
    job_id: str


@frozen
class UpdateJobPriorityResult:
    job_id: str
    priority: int


@frozen
class UpdateJobStatusResult:
    job_id: str
    status: str
    status_update_reason: str | None


@frozen
class JobProgressSummary:
    """`elapsed_time_in_active_seconds` is the time in which it called functions, or might have."""

    total_number_of_tasks: int
    number_of_tasks_succeeded: int
    number_of_tasks_failed: int
    elapsed_time_in_active_seconds: int


@frozen(kw_only=True)
class JobListDescriptor:
    """`operation` is always LambdaInvoke."""

    job_id: str
    status: str
    priority: int
    description: str | None
    creation_time: datetime
    termination_date: datetime | None
    progress_summary: JobProgressSummary
    operation: str = "LambdaInvoke"


@frozen(kw_only=True)
class JobDescriptor(JobListDescriptor):
    job_arn: Arn
    function_arn: Arn
    invocation_schema_version: str
    user_arguments: Mapping[str, str] | None
    manifest: Manifest
    report: Report
    confirmation_required: bool
    failure_reasons: Sequence[FailureReason]
    status_update_reason: str | None
    suspended_date: datetime | None
    suspended_cause: str | None


@frozen
class ListJobsResult:
    """The newest first; `next_token` is None if there are no more."""

    jobs: Sequence[JobListDescriptor]
    next_token: str | None = None


def listed(job: Job, now: float, epoch: float) -> JobListDescriptor:
    return JobListDescriptor(
        job_id=job.id,
        status=str(job.status),
        priority=job.priority,
        description=job.settings.description,
        creation_time=_time(job.created_at, epoch),
        termination_date=None if job.ended_at is None else _time(job.ended_at, epoch),
        progress_summary=_progress(job, now),
    )


def described(job: Job, now: float, epoch: float) -> JobDescriptor:
    settings = job.settings
    return JobDescriptor(
        job_id=job.id,
        status=str(job.status),
        priority=job.priority,
        description=settings.description,
        creation_time=_time(job.created_at, epoch),
        termination_date=None if job.ended_at is None else _time(job.ended_at, epoch),
        progress_summary=_progress(job, now),
        job_arn=job.arn,
        function_arn=settings.function,
        invocation_schema_version=settings.invocation_schema_version,
        user_arguments=None if settings.user_arguments is None else dict(settings.user_arguments),
        manifest=settings.manifest,
        report=settings.report,
        confirmation_required=settings.confirmation_required,
        failure_reasons=tuple(job.failure_reasons),
        status_update_reason=job.status_update_reason,
        suspended_date=None if job.suspended_at is None else _time(job.suspended_at, epoch),
        suspended_cause=None if job.suspended_at is None else "AwaitingConfirmation",
    )


def _progress(job: Job, now: float) -> JobProgressSummary:
    return JobProgressSummary(job.total, len(job.succeeded), len(job.failed), int(job.active_until(now)))


def _time(at: float, epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch + at, UTC)
