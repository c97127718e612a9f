"""The jobs of an account: each reads its manifest, calls its function for every task of it, and writes a report.

Laws: a task ends once, as succeeded or as failed. One that failed for a while is tried again after all others, as often
as it may be. Jobs of the highest priority are Active together, the older first; those below them wait: Ready, or Paused
once they have begun. Nobody calls more functions at once than `concurrency` in all. A job that ends waits for the calls
that it made, then for its report. Sources: s3:batch-ops-job-status, s3:batch-ops-job-status-failure.

Choices: after a throttle its job makes no call for 1 second, doubled each time up to a minute; a report that can't be
written fails its job; tasks that were not run when a job ends early stand in no report.
"""

from collections.abc import Collection, Sequence
from math import inf
from typing import Final
from urllib.parse import quote

from attrs import define, field

from eventbus.core.effects import Cause, Fetch
from eventbus.core.http import Request, Response
from eventbus.core.outcomes import HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut
from eventbus.core.profile import doubled
from eventbus.names import REGION, arn_of
from sources._calling import CallingMachine

from . import answer, events, manifest, report
from .answer import Result
from .errors import BadRequestException, IdempotencyException, JobStatusException, NotFoundException
from .job import (
    ENDING,
    FINISHED,
    PERMANENT,
    RUNNING,
    SUCCEEDED,
    TEMPORARY,
    UPDATES,
    FailureReason,
    Job,
    JobSettings,
    Status,
    Task,
)

PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
KEPT: Final = 90 * 86_400.0
"""Seconds that a job can be asked for once it has ended [s3:batch-ops-managing-jobs]."""


@define(eq=False)
class Call:
    """One call for tasks of a job; without tasks, its manifest or a moment is waited for. `id` is the job's, so that
    its trace knows what it called; `invocation` is the one that the function is told."""

    id: str
    job: Job
    cause: Cause | None
    tasks: Sequence[Task] = ()
    invocation: str = ""
    invoked: str | None = None


def call_of(job: Job) -> Call:
    return Call(job.id, job, job.cause)


@define(eq=False)
class JobsMachine(CallingMachine[Call]):
    concurrency: int
    tasks_per_call: int
    redrives: int
    _jobs: dict[str, Job] = field(factory=dict, init=False)  # in the order of their creation
    _live: dict[str, Job] = field(factory=dict, init=False)  # those that have not ended
    _tokens: dict[str, str] = field(factory=dict, init=False)  # client request token -> job id
    _out: int = field(default=0, init=False)  # calls, of all jobs
    _due_at: float = field(default=inf, init=False)  # to look at what jobs there are

    # ------------------------------------------------------------ operations
    def create(self, now: float, settings: JobSettings, token: str | None, cause: Cause | None) -> Job:
        """The same token again is the same job. Raises `IdempotencyException` where the settings differ."""
        self._forget(now)
        known = None if token is None else self._jobs.get(self._tokens.get(token, ""))
        if known is not None:
            if known.settings != settings:
                raise IdempotencyException
            return known
        id = self.new_id()
        job = Job(id, arn_of("s3", f"job/{id}"), settings, settings.priority, now, cause)
        self._jobs[id] = self._live[id] = job
        if token is not None:
            self._tokens[token] = id
        of = f"{settings.manifest.bucket.name}/{settings.manifest.key}"
        self.notes.append(("requested", self.arn, id, f"LambdaInvoke of {settings.function.name} for {of}", cause))
        self._due_at = now
        return job

    def find(self, now: float, job_id: str) -> Job:
        """Raises `NotFoundException`."""
        self._forget(now)
        job = self._jobs.get(job_id)
        if job is None:
            raise NotFoundException(job_id)
        return job

    def listed(self, now: float, statuses: Collection[str], after: str | None, limit: int) -> tuple[list[Job], bool]:
        """The newest first, up to `limit`, and whether there are more."""
        self._forget(now)
        ids = list(reversed(self._jobs))
        if after is not None:
            if after not in self._jobs:
                raise BadRequestException(f"next_token={after!r} is none")
            ids = ids[ids.index(after) + 1 :]
        found = [self._jobs[id] for id in ids if self._jobs[id].status in statuses]
        return found[:limit], len(found) > limit

    def update_priority(self, now: float, job_id: str, priority: int) -> Job:
        """From now on. Raises `NotFoundException`, `BadRequestException` for a job that has ended (choice)."""
        job = self.find(now, job_id)
        if job.status in FINISHED:
            raise BadRequestException(f"job {job_id} is {job.status}")
        job.priority = priority
        self._due_at = now
        return job

    def update_status(self, now: float, job_id: str, requested: str, reason: str | None) -> Job:
        """Confirmed, or cancelled. Raises `NotFoundException`, `JobStatusException`."""
        job = self.find(now, job_id)
        if job.status not in UPDATES[requested]:
            raise JobStatusException(f"job {job_id} is {job.status}, and can't become {requested}")
        job.status_update_reason = reason
        if requested == Status.READY:
            self._to(now, job, Status.READY)
        else:
            self._end(now, job, Status.CANCELLING)
        self._due_at = now
        return job

    # ------------------------------------------------------------ time passes
    def wake(self, now: float) -> None:
        super().wake(now)
        if self._due_at <= now:
            self._due_at = inf
            for job in [job for job in self._live.values() if job.status == Status.NEW]:
                self._prepare(now, job)
            self._run(now)

    def next_deadline(self) -> float:
        return min(self._due_at, super().next_deadline())

    def outstanding(self) -> int:
        """A job that waits for its confirmation counts for nothing."""
        return (self._due_at < inf) + super().outstanding()

    # ------------------------------------------------------------ answers
    def fetched(self, now: float, token: int, response: Response) -> None:
        call = self.waits.pop(token, None)
        if call is None or call.job.status != Status.PREPARING:  # cancelled meanwhile
            return
        job, wanted = call.job, call.job.settings.manifest
        found = (response.header("etag") or "").strip('"')
        if response.status != 200:
            self._fail(now, job, "ManifestNotReadable", f"{wanted.key} was answered with {response.status}")
        elif found != wanted.e_tag.strip('"'):
            self._fail(now, job, "ManifestChanged", f"{wanted.key} has the ETag {found}")
        else:
            self._read(now, job, response.body)

    def answered(self, now: float, call: Call, outcome: Outcome) -> None:
        ids = [task.id for task in call.tasks]
        match outcome:
            case Succeeded():
                call.job.pause = 0.0
                self._ended(now, call, answer.results(outcome.payload, call.invocation, ids))
            case Throttled():
                self._pause(now, call.job)
                self._all_ended(now, call, Result(TEMPORARY, f"Rate Exceeded. ({outcome.reason})", 429))
            case HandlerFailed() | TimedOut():
                said = outcome.payload.decode(errors="replace")
                self._all_ended(now, call, Result(PERMANENT, answer.FUNCTION_ERROR + said))
            case Stopped():
                self._all_ended(now, call, Result(PERMANENT, outcome.reason, 400))

    def refused(self, now: float, call: Call, reason: str) -> None:
        missing = reason.startswith("ResourceNotFoundException")
        self._all_ended(now, call, Result(PERMANENT, reason, 404 if missing else 403))

    def too_late(self, now: float, call: Call) -> None:
        """A pause is over."""
        call.job.pausing = False
        self._run(now)

    def taken(self, now: float, held: Job) -> None:
        self._reported(now, held)

    def dropped(self, now: float, held: Job, error: str) -> None:
        """A report that can't be written fails its job."""
        held.failure_reasons.append(FailureReason("ReportNotWritten", error))
        self._to(now, held, Status.FAILING)
        self._reported(now, held)

    # ------------------------------------------------------------ steps
    def _prepare(self, now: float, job: Job) -> None:
        self._to(now, job, Status.PREPARING)
        wanted, token = job.settings.manifest, self.wait(call_of(job))
        bucket = wanted.bucket
        host = ("Host", f"{bucket.name}.s3.{REGION}.amazonaws.com")
        request = Request("GET", f"/{quote(wanted.key)}", [host])
        self.effects.append(Fetch(bucket, self.arn, token, request, job.cause))

    def _read(self, now: float, job: Job, content: bytes) -> None:
        try:
            entries = manifest.entries(content, job.settings.manifest.fields)
        except manifest.BadManifest as reason:
            self._fail(now, job, "InvalidManifest", str(reason))
            return
        job.todo.extend(Task(self.new_id(), entry) for entry in entries)
        job.total = len(entries)
        if job.settings.confirmation_required:
            job.suspended_at = now
            self._to(now, job, Status.SUSPENDED)
        else:
            self._to(now, job, Status.READY)
            self._due_at = now

    def _run(self, now: float) -> None:
        """Jobs that are done end; calls are made for those of the highest priority."""
        for job in [job for job in self._live.values() if job.status in RUNNING and job.done]:
            self._end(now, job, Status.COMPLETING)
        running = [job for job in self._live.values() if job.status in RUNNING]
        highest = max([job.priority for job in running], default=0)
        for job in running:
            if job.priority == highest:
                self._to(now, job, Status.ACTIVE)
                self._send_all(now, job)
            elif job.status != Status.READY:
                self._to(now, job, Status.PAUSING if job.out else Status.PAUSED)

    def _send_all(self, now: float, job: Job) -> None:
        while self._out < self.concurrency and not job.pausing:
            tasks = job.next_tasks(self.tasks_per_call)
            if not tasks:
                break
            self._send(now, job, tasks)

    def _send(self, now: float, job: Job, tasks: Sequence[Task]) -> None:
        call = call_of(job)
        call.tasks, call.invocation = tasks, self.new_id()
        fits = self.invoke(call, job.settings.function, events.to_event(job, call.invocation, tasks))
        assert fits, "tasks of one call are bounded by the declaration"
        job.out += 1
        self._out += 1
        about = call.invocation, call.invoked
        self.notes.append(("batch", self.arn, about, tuple([task.id for task in tasks]), job.cause))

    def _pause(self, now: float, job: Job) -> None:
        if not job.pausing:
            job.pausing, job.pause = True, doubled(job.pause, PAUSE, LONGEST_PAUSE)
            pause = self.birth.profile.jittered(job.pause, self.birth.ids)
            self.notes.append(("retry_wait", self.arn, job.id, pause, None))
            self.wait(call_of(job), now + pause)

    def _all_ended(self, now: float, call: Call, result: Result) -> None:
        self._ended(now, call, [result] * len(call.tasks))

    def _ended(self, now: float, call: Call, results: Sequence[Result]) -> None:
        """One call: its tasks have ended, or are to be tried again."""
        job = call.job
        job.out -= 1
        self._out -= 1
        codes = [result.code for result in results]
        told = ", ".join(f"{codes.count(code):,} {code}" for code in dict.fromkeys(codes))
        self.notes.append(("responded", self.arn, (job.id, call.invocation, call.invoked), told, None))
        for task, result in zip(call.tasks, results, strict=True):
            self._end_task(now, job, task, result)
        if job.status in ENDING:
            self._close(now, job)
        self._run(now)

    def _end_task(self, now: float, job: Job, task: Task, result: Result) -> None:
        if result.code == TEMPORARY and task.redrives < self.redrives and job.status in RUNNING:
            task.redrives += 1
            job.again.append(task)
            self.notes.append(("redriven", self.arn, task.id, result.message, None))
            return
        task.code, task.message, task.http_status = result.code, result.message, result.http_status
        if result.code == SUCCEEDED:
            job.succeeded.append(task)
            return
        job.failed.append(task)
        self.notes.append(("failed", self.arn, (task.id, job.id), f"{result.code}: {result.message}", None))
        if job.fails and job.status in RUNNING:
            why = f"{len(job.failed):,} of {job.ended_tasks:,} tasks have failed"
            self._fail(now, job, "TooManyTasksFailed", why)

    def _fail(self, now: float, job: Job, code: str, reason: str) -> None:
        job.failure_reasons.append(FailureReason(code, reason))
        self._end(now, job, Status.FAILING)

    def _end(self, now: float, job: Job, ending: Status) -> None:
        """No call is made for it any more."""
        self._to(now, job, ending)
        job.todo.clear()
        job.again.clear()
        self._close(now, job)

    def _close(self, now: float, job: Job) -> None:
        """Once its calls are answered its report is written; once that is, it has ended."""
        if job.out:
            return
        if job.reporting is None:
            job.reporting = 0
            if job.settings.report.enabled and job.ended_tasks:
                self._report(now, job)
        if not job.reporting:
            self._to(now, job, ENDING[job.status])
            job.ended_at = now
            del self._live[job.id]
            reasons = "".join(f"; {each.failure_reason}" for each in job.failure_reasons)
            told = f"{job.status}: {len(job.succeeded):,} succeeded, {len(job.failed):,} failed{reasons}"
            self.notes.append(("responded", self.arn, job.id, told, None))

    def _report(self, now: float, job: Job) -> None:
        objects = report.objects(job, self.birth.epoch + now)
        job.reporting = len(objects)
        for each in objects:
            attributes: dict[str, tuple[str, str | bytes]] = {
                "key": ("String", each.key),
                "content": ("Binary", each.content),
                "content_type": ("String", each.content_type),
            }
            self.hand_over(now, job.settings.report.bucket, "", (job.id,), job.cause, attributes=attributes, held=job)

    def _reported(self, now: float, job: Job) -> None:
        assert job.reporting, "more of a report was written than there is"
        job.reporting -= 1
        self._close(now, job)

    def _to(self, now: float, job: Job, status: Status) -> None:
        if job.status == status:
            return
        job.active_seconds = job.active_until(now)
        job.active_since = now if status == Status.ACTIVE else None
        job.status = status
        self.notes.append(("status", self.arn, job.id, str(status), None))

    def _forget(self, now: float) -> None:
        """Jobs that ended long ago."""
        old = [id for id, job in self._jobs.items() if job.ended_at is not None and job.ended_at + KEPT <= now]
        for id in old:
            del self._jobs[id]
        if old:
            self._tokens = {token: id for token, id in self._tokens.items() if id in self._jobs}
