"""A job, its tasks, and how far it has come [s3:batch-ops-job-status]."""

from collections import deque
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from attrs import define, field, frozen

from eventbus.core.effects import Cause
from eventbus.names import Arn

from .manifest import Entry, Manifest

SUCCEEDED: Final = "Succeeded"
TEMPORARY: Final = "TemporaryFailure"
PERMANENT: Final = "PermanentFailure"
RESULT_CODES: Final = (SUCCEEDED, TEMPORARY, PERMANENT)
ALL_TASKS: Final = "AllTasks"
FAILED_TASKS_ONLY: Final = "FailedTasksOnly"
REPORT_SCOPES: Final = (ALL_TASKS, FAILED_TASKS_ONLY)
REPORT_FORMAT: Final = "Report_CSV_20180820"

SHARE_COUNTS_FROM: Final = 1_000
"""Tasks that have ended before a share of failures fails their job: more than half of them [s3 '26]."""


class Status(StrEnum):
    NEW = "New"
    PREPARING = "Preparing"
    SUSPENDED = "Suspended"
    READY = "Ready"
    ACTIVE = "Active"
    PAUSING = "Pausing"
    PAUSED = "Paused"
    COMPLETING = "Completing"
    COMPLETE = "Complete"
    CANCELLING = "Cancelling"
    CANCELLED = "Cancelled"
    FAILING = "Failing"
    FAILED = "Failed"


FINISHED: Final = frozenset({Status.COMPLETE, Status.CANCELLED, Status.FAILED})
RUNNING: Final = frozenset({Status.READY, Status.ACTIVE, Status.PAUSING, Status.PAUSED})
"""Those that may call functions, as their priorities have it."""
ENDING: Final = {
    Status.COMPLETING: Status.COMPLETE,
    Status.CANCELLING: Status.CANCELLED,
    Status.FAILING: Status.FAILED,
}
"""Where each goes once its calls are answered and its report is written."""
UPDATES: Final = {
    "Ready": frozenset({Status.SUSPENDED}),
    "Cancelled": frozenset({Status.NEW, Status.PREPARING, Status.SUSPENDED, *RUNNING}),
}
"""From where UpdateJobStatus leads to what is asked for."""


@frozen
class Report:
    """Where a job tells how its tasks ended: objects of a declared bucket below `prefix`; of a job that is described,
    `bucket` is its ARN. Checked by `create_job`."""

    bucket: Any = None
    prefix: str | None = None
    report_scope: str | None = None
    enabled: bool = True
    format: str = REPORT_FORMAT


@frozen
class JobSettings:
    """As `create_job` took them."""

    function: Arn
    manifest: Manifest
    report: Report
    priority: int
    invocation_schema_version: str
    user_arguments: Mapping[str, str] | None
    description: str | None
    confirmation_required: bool


@define(eq=False)
class Task:
    """The columns of its line in the report are empty until it has ended."""

    id: str
    entry: Entry
    redrives: int = 0
    code: str = ""
    http_status: int = 200
    message: str = ""


@frozen
class FailureReason:
    failure_code: str
    failure_reason: str


@define(eq=False)
class Job:
    id: str
    arn: Arn
    settings: JobSettings
    priority: int
    created_at: float
    cause: Cause | None
    status: Status = Status.NEW
    status_update_reason: str | None = None
    suspended_at: float | None = None
    ended_at: float | None = None
    failure_reasons: list[FailureReason] = field(factory=list)
    total: int = 0
    succeeded: list[Task] = field(factory=list)
    failed: list[Task] = field(factory=list)
    todo: deque[Task] = field(factory=deque)
    again: deque[Task] = field(factory=deque)  # after all that were not tried yet
    out: int = 0  # calls
    pause: float = 0.0  # the last one, since nothing was throttled
    pausing: bool = False  # after a throttle: no call is made
    reporting: int | None = None  # objects of its report that are not in the bucket yet
    active_since: float | None = None
    active_seconds: float = 0.0

    @property
    def ended_tasks(self) -> int:
        return len(self.succeeded) + len(self.failed)

    @property
    def done(self) -> bool:
        """None of its tasks is left, or under way."""
        return not self.out and not self.todo and not self.again

    @property
    def fails(self) -> bool:
        """Too many of its tasks did."""
        return self.ended_tasks >= SHARE_COUNTS_FROM and len(self.failed) * 2 > self.ended_tasks

    def next_tasks(self, count: int) -> list[Task]:
        """Of one call, taken out: first those that were not tried yet."""
        line = self.todo or self.again
        return [line.popleft() for _ in range(min(count, len(line)))]

    def active_until(self, now: float) -> float:
        """Seconds that it was Active."""
        return self.active_seconds + (0.0 if self.active_since is None else now - self.active_since)
