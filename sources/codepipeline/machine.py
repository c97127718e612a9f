"""One pipeline: executions pass its stages, and each action waits for what its function reports.

Laws: an action ends once: by a result call, by 20 minutes without one, after 24 hours in all, or because its function
was not to be reached; a continuation token restarts the 20 minutes [cp:action-reference-Lambda]. Whether the function
itself fails counts for nothing, its retries are its own. An execution moves on when no action of its group runs.
"""

from collections.abc import Mapping
from string import ascii_letters, digits
from typing import Final

from attrs import define, field

from eventbus.core.effects import Cause
from sources._calling import CallingMachine, encode

from . import events
from .errors import (
    DuplicatedStopRequestException,
    InvalidJobStateException,
    JobNotFoundException,
    OutputVariablesSizeExceededException,
    PipelineExecutionNotFoundException,
    PipelineExecutionNotStoppableException,
)
from .executions import Execution, ExecutionStatus, Job, Plan, PlannedStage, Reported, Run, RunStatus

RESULT_TIMEOUT: Final = 1_200.0
ACTION_TIMEOUT: Final = 86_400.0
"""Seconds [cp:limits]."""
CONTINUE_AFTER: Final = 30.0
"""Seconds from a continuation token to the next job (seen in the field; our choice)."""
VARIABLES_LIMIT: Final = 122_880
"""Bytes of all output variables of an execution [cp:limits]; of names and values (our choice)."""
KEY_LETTERS: Final = ascii_letters + digits
NO_RESULT: Final = (
    "The AWS Lambda function {} failed to return a result. Check the function to verify that it has permission to call "
    "the PutJobSuccessResult action and that it made a call to PutJobSuccessResult."
)
FAILURES: Final = {"AccessDeniedException": "PermissionError"}
"""What a refused hand-over is called; others are of the configuration."""


@define(eq=False)
class PipelineMachine(CallingMachine[Job]):
    """It waits for jobs: each has one moment at which it is sent, or fails."""

    name: str
    stages: tuple[PlannedStage, ...]
    bucket: str
    sources: Mapping[str, str]
    encryption_key: str | None
    runs: list[Run] = field(factory=list, init=False)  # of all actions, in the order of their start
    _executions: dict[str, Execution] = field(factory=dict, init=False)
    _jobs: dict[str, Job] = field(factory=dict, init=False)

    # ------------------------------------------------------------ what clients ask for
    def start(self, now: float, cause: Cause | None) -> str:
        execution = Execution(self.new_id(), cause, dict(self.sources))
        self._executions[execution.id] = execution
        self.notes.append(("requested", self.arn, execution.id, "StartPipelineExecution", cause))
        self._arrive(now, execution)
        return execution.id

    def execution(self, now: float, id: str) -> Execution:
        found = self._executions.get(id)
        if found is None:
            raise PipelineExecutionNotFoundException(id)
        return found

    def job(self, now: float, id: str) -> Job:
        found = self._jobs.get(id)
        if found is None:
            raise JobNotFoundException(id)
        return found

    def state(self, now: float) -> tuple[PlannedStage, ...]:
        return self.stages

    def runs_of(self, now: float, id: str | None) -> list[Run]:
        """Of one execution or of all, the youngest first."""
        if id is not None:
            self.execution(now, id)
        return [run for run in reversed(self.runs) if id is None or run.execution.id == id]

    def stop(self, now: float, id: str, reason: str | None, *, abandon: bool) -> None:
        """What runs is waited for, or abandoned; nothing else of it starts."""
        execution = self.execution(now, id)
        if execution.status == "Stopping" and not abandon:
            raise DuplicatedStopRequestException
        if execution.status not in ("InProgress", "Stopping"):
            raise PipelineExecutionNotStoppableException(execution.status)
        execution.status, execution.summary = "Stopping", reason
        stage = self.stages[execution.stage]
        if stage.waiting is execution:
            stage.waiting = None
            self._end(execution, "Stopped", reason or "before it entered a stage")
            return
        stage.status = "Stopping"
        for run in execution.runs if abandon else ():
            if run.status == "InProgress":
                self._close(now, run, "Abandoned")
        self._move_on(now, execution)

    def succeed(self, now: float, id: str, variables: Mapping[str, str], reported: Reported) -> None:
        run = self._awaited(now, id).run
        size = run.execution.variables_size + sum(len(f"{name}{value}".encode()) for name, value in variables.items())
        if size > VARIABLES_LIMIT:
            raise OutputVariablesSizeExceededException
        run.execution.variables_size, run.variables = size, dict(variables)
        self._report(now, run, reported)
        self._close(now, run, "Succeeded")
        self._move_on(now, run.execution)

    def carry_on(self, now: float, id: str, continuation_token: str, reported: Reported) -> None:
        """The function gets another job, with this token."""
        job = self._awaited(now, id)
        self._report(now, job.run, reported)
        job.run.changed_at, job.run.result_by = now, now + RESULT_TIMEOUT
        self._done_with(job, "continued")
        follower = self._new_job(job.run, continuation_token)
        follower.timer = self.wait(follower, min(now + CONTINUE_AFTER, job.run.ends_by))

    def fail(self, now: float, id: str, code: str, message: str, reported: Reported) -> None:
        run = self._awaited(now, id).run
        self._report(now, run, reported)
        self._close(now, run, "Failed", (code, message))
        self._move_on(now, run.execution)

    # ------------------------------------------------------------ what happens by itself
    def too_late(self, now: float, job: Job) -> None:
        if not job.sent and now < job.run.ends_by:
            self._send(now, job)
            return
        self._close(now, job.run, "Failed", ("JobFailed", NO_RESULT.format(job.run.plan.function.name)))
        self._move_on(now, job.run.execution)

    def dropped(self, now: float, held: Job, error: str) -> None:
        if held.state == "InProgress":
            code = FAILURES.get(error.partition(":")[0], "ConfigurationError")
            self._close(now, held.run, "Failed", (code, error))
            self._move_on(now, held.run.execution)

    # ------------------------------------------------------------ stages
    def _arrive(self, now: float, execution: Execution) -> None:
        """At the stage that comes next."""
        stage = self.stages[execution.stage]
        if stage.running is None:
            self._enter(now, stage, execution)
            return
        if stage.waiting is not None:
            self._end(stage.waiting, "Superseded", f"by {execution.id}")
        stage.waiting = execution

    def _enter(self, now: float, stage: PlannedStage, execution: Execution) -> None:
        stage.running = stage.latest = execution
        stage.status, execution.group = "InProgress", 0
        self._begin(now, stage, execution)

    def _begin(self, now: float, stage: PlannedStage, execution: Execution) -> None:
        """All actions of its group are on their way."""
        execution.runs = [self._new_run(now, execution, plan) for plan in stage.groups[execution.group]]
        for run in execution.runs:
            stage.latest_runs[run.plan.name] = run
            self._send(now, self._new_job(run, None))

    def _move_on(self, now: float, execution: Execution) -> None:
        if any(run.status == "InProgress" for run in execution.runs):
            return
        stage = self.stages[execution.stage]
        failed = [run for run in execution.runs if run.status == "Failed"]
        if execution.status == "Stopping":
            self._leave(now, stage, execution, "Stopped", execution.summary or "")
        elif failed:
            code, message = failed[0].error or ("", "")
            self._leave(now, stage, execution, "Failed", f"{failed[0].plan.name}: {code}: {message}")
        elif execution.group + 1 < len(stage.groups):
            execution.group += 1
            self._begin(now, stage, execution)
        else:
            self._leave(now, stage, execution, "Succeeded", "")

    def _leave(self, now: float, stage: PlannedStage, execution: Execution, status: ExecutionStatus, why: str) -> None:
        """The stage is free for whoever waits for it."""
        follower, stage.status = stage.waiting, status
        stage.running = stage.waiting = None
        if status == "Succeeded" and execution.stage + 1 < len(self.stages):
            execution.stage += 1
            self._arrive(now, execution)
        else:
            self._end(execution, status, why)
        if follower is not None:
            self._enter(now, stage, follower)

    def _end(self, execution: Execution, status: ExecutionStatus, why: str) -> None:
        execution.status = status
        self.notes.append(("finished", self.arn, execution.id, f"{status}{f': {why}' if why else ''}", None))

    # ------------------------------------------------------------ actions and jobs
    def _new_run(self, now: float, execution: Execution, plan: Plan) -> Run:
        for name in plan.output_artifacts:
            key = "".join(self.birth.ids.random.choices(KEY_LETTERS, k=7))
            execution.artifacts[name] = f"{self.name[:20]}/{name[:10]}/{key}"
        run = Run(self.new_id(), execution, plan, now, now, now + RESULT_TIMEOUT, now + ACTION_TIMEOUT)
        self.runs.append(run)
        return run

    def _new_job(self, run: Run, continuation_token: str | None) -> Job:
        job = Job(self.new_id(), run, continuation_token, run.execution.cause)
        self._jobs[job.id] = run.job = job
        return job

    def _send(self, now: float, job: Job) -> None:
        job.sent, run = True, job.run
        job.timer = self.wait(job, min(run.result_by, run.ends_by))
        body = encode(events.event(job, self.bucket, self.encryption_key, self.birth.ids))
        about = job.id, run.execution.id
        self.notes.append(("requested", self.arn, about, f"action {run.plan.name} of {run.plan.stage}", job.cause))
        self.hand_over(now, run.plan.function, body, about, job.cause, held=job)

    def _awaited(self, now: float, id: str) -> Job:
        job = self.job(now, id)
        if job.state != "InProgress" or not job.sent:
            raise InvalidJobStateException(id, job.state)
        return job

    def _report(self, now: float, run: Run, reported: Reported) -> None:
        reported.revised_at = now
        run.reported = reported

    def _done_with(self, job: Job, state: str) -> None:
        """It takes no other result."""
        job.state = state
        self.waits.pop(job.timer, None)
        self.notes.append(
            ("responded", self.arn, (job.id, job.run.execution.id), f"{job.run.plan.name}: {state}", None)
        )

    def _close(self, now: float, run: Run, status: RunStatus, error: tuple[str, str] | None = None) -> None:
        assert run.job is not None, "an action runs without a job"
        run.status, run.error, run.changed_at = status, error, now
        self._done_with(run.job, status if error is None else f"{status}: {': '.join(error)}")
