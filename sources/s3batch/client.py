"""What one can do with jobs."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from attrs import define

from eventbus.names import Arn
from eventbus.ports import Feed

from . import answers, checking
from .answers import (
    CreateJobResult,
    JobDescriptor,
    ListJobsResult,
    UpdateJobPriorityResult,
    UpdateJobStatusResult,
)
from .job import Report
from .machine import JobsMachine
from .manifest import Manifest


@define(eq=False)
class JobsClient:
    """`bus[jobs]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's errors."""

    _machine: JobsMachine
    _feed: Feed
    _declared: Collection[Arn]

    async def create_job(
        self,
        function: Any,
        *,
        manifest: Manifest,
        report: Report,
        priority: int,
        operation: str = checking.OPERATION,
        invocation_schema_version: str = "1.0",
        user_arguments: Mapping[str, str] | None = None,
        client_request_token: str | None = None,
        description: str | None = None,
        confirmation_required: bool = False,
    ) -> CreateJobResult:
        """`function` is invoked for what stands in the manifest, once the job is confirmed where it requires that.
        Function and buckets are declared ones. The same token with the same settings is the same job. Raises
        `BadRequestException`, also for any operation but LambdaInvoke, and `IdempotencyException`."""
        checking.operation(operation)
        checking.text("client_request_token", client_request_token, checking.TOKEN_LIMIT)
        settings = checking.settings(
            self._declared,
            function,
            manifest,
            report,
            priority,
            invocation_schema_version,
            user_arguments,
            description,
            confirmation_required,
        )
        machine, feed = self._machine, self._feed
        job = await feed.call(machine, "s3:CreateJob", machine.create, settings, client_request_token, feed.cause())
        return CreateJobResult(job.id)

    async def describe_job(self, job_id: str) -> JobDescriptor:
        """As it is now. Raises `NotFoundException`."""
        checking.text("job_id", job_id, checking.KEY_LIMIT, required=True)
        return await self._feed.call(self._machine, "s3:DescribeJob", _described, self._machine, job_id)

    async def list_jobs(
        self,
        *,
        job_statuses: Sequence[str] | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> ListJobsResult:
        """The newest first, up to 1,000 in one page: those that have not ended, and that did so within 90 days."""
        statuses, limit = checking.statuses(job_statuses), checking.page_size(max_results)
        checking.text("next_token", next_token, checking.KEY_LIMIT)
        return await self._feed.call(self._machine, "s3:ListJobs", _listed, self._machine, statuses, next_token, limit)

    async def update_job_priority(self, job_id: str, priority: int) -> UpdateJobPriorityResult:
        """Jobs of lower priority wait while this one has tasks. Raises `NotFoundException`, `BadRequestException`."""
        machine = self._machine
        checking.text("job_id", job_id, checking.KEY_LIMIT, required=True)
        checked = checking.priority(priority)
        job = await self._feed.call(machine, "s3:UpdateJobPriority", machine.update_priority, job_id, checked)
        return UpdateJobPriorityResult(job.id, job.priority)

    async def update_job_status(
        self, job_id: str, requested_job_status: str, *, status_update_reason: str | None = None
    ) -> UpdateJobStatusResult:
        """ "Ready" confirms a job that is Suspended; "Cancelled" ends one that has not ended, once its calls are
        answered. Raises `NotFoundException`, `JobStatusException`, `BadRequestException`."""
        machine = self._machine
        checking.text("job_id", job_id, checking.KEY_LIMIT, required=True)
        checking.text("status_update_reason", status_update_reason, checking.DESCRIPTION_LIMIT)
        asked = job_id, checking.requested_status(requested_job_status), status_update_reason
        job = await self._feed.call(machine, "s3:UpdateJobStatus", machine.update_status, *asked)
        return UpdateJobStatusResult(job.id, str(job.status), job.status_update_reason)


def _described(now: float, machine: JobsMachine, job_id: str) -> JobDescriptor:
    return answers.described(machine.find(now, job_id), now, machine.birth.epoch)


def _listed(
    now: float, machine: JobsMachine, statuses: Collection[str], after: str | None, limit: int
) -> ListJobsResult:
    found, more = machine.listed(now, statuses, after, limit)
    shown = [answers.listed(job, now, machine.birth.epoch) for job in found]
    return ListJobsResult(shown, found[-1].id if more else None)
