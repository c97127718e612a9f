"""What calls on a pipeline answer, with botocore's members. Dates are aware; an error is flat where AWS nests it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from attrs import frozen

from eventbus.names import ACCOUNT

from .executions import Execution, Job, PlannedStage, Run

if TYPE_CHECKING:
    from .machine import PipelineMachine

VERSION: Final = 1
"""A pipeline is never changed while its bus runs."""


@frozen
class StartedExecution:
    pipeline_execution_id: str


@frozen
class StoppedExecution:
    pipeline_execution_id: str


@frozen
class PipelineExecution:
    pipeline_name: str
    pipeline_version: int
    pipeline_execution_id: str
    status: str
    status_summary: str | None
    execution_mode: str = "SUPERSEDED"


@frozen
class ErrorDetails:
    code: str
    message: str


@frozen
class ActionRevision:
    """As the function reported it."""

    revision_id: str
    revision_change_id: str
    created: datetime


@frozen
class ActionExecution:
    action_execution_id: str
    status: str
    last_status_change: datetime
    summary: str | None
    external_execution_id: str | None
    percent_complete: int | None
    error_details: ErrorDetails | None


@frozen
class ActionState:
    """`latest_execution` is None before the first."""

    action_name: str
    current_revision: ActionRevision | None
    latest_execution: ActionExecution | None


@frozen
class StageExecution:
    pipeline_execution_id: str
    status: str


@frozen
class StageState:
    """`inbound_execution` waits for the one that runs; `latest_execution` is None before the first."""

    stage_name: str
    action_states: Sequence[ActionState]
    latest_execution: StageExecution | None
    inbound_execution: StageExecution | None


@frozen
class PipelineState:
    pipeline_name: str
    pipeline_version: int
    stage_states: Sequence[StageState]


@frozen(kw_only=True)
class ActionExecutionDetail:
    pipeline_execution_id: str
    action_execution_id: str
    pipeline_version: int
    stage_name: str
    action_name: str
    start_time: datetime
    last_update_time: datetime
    status: str
    output_variables: Mapping[str, str]
    error_details: ErrorDetails | None


@frozen
class Artifact:
    name: str
    bucket_name: str
    object_key: str


@frozen(kw_only=True)
class JobDetails:
    """What the job's event holds, but for credentials."""

    id: str
    account_id: str
    pipeline_name: str
    pipeline_execution_id: str
    stage_name: str
    action_name: str
    configuration: Mapping[str, str]
    input_artifacts: Sequence[Artifact]
    output_artifacts: Sequence[Artifact]
    continuation_token: str | None


def execution(machine: "PipelineMachine", found: Execution) -> PipelineExecution:
    return PipelineExecution(machine.name, VERSION, found.id, found.status, found.summary)


def state(machine: "PipelineMachine", stages: Sequence[PlannedStage]) -> PipelineState:
    return PipelineState(machine.name, VERSION, [_stage(machine, stage) for stage in stages])


def detail(machine: "PipelineMachine", run: Run) -> ActionExecutionDetail:
    return ActionExecutionDetail(
        pipeline_execution_id=run.execution.id,
        action_execution_id=run.id,
        pipeline_version=VERSION,
        stage_name=run.plan.stage,
        action_name=run.plan.name,
        start_time=_date(machine, run.started_at),
        last_update_time=_date(machine, run.changed_at),
        status=run.status,
        output_variables=dict(run.variables),
        error_details=_error(run),
    )


def job_details(machine: "PipelineMachine", job: Job) -> JobDetails:
    plan, keys = job.run.plan, job.run.execution.artifacts
    configuration = {"FunctionName": plan.function.name}
    if plan.user_parameters is not None:
        configuration["UserParameters"] = plan.user_parameters
    return JobDetails(
        id=job.id,
        account_id=ACCOUNT,
        pipeline_name=machine.name,
        pipeline_execution_id=job.run.execution.id,
        stage_name=plan.stage,
        action_name=plan.name,
        configuration=configuration,
        input_artifacts=[Artifact(name, machine.bucket, keys[name]) for name in plan.input_artifacts],
        output_artifacts=[Artifact(name, machine.bucket, keys[name]) for name in plan.output_artifacts],
        continuation_token=job.continuation_token,
    )


def _stage(machine: "PipelineMachine", stage: PlannedStage) -> StageState:
    names = [plan.name for group in stage.groups for plan in group]
    latest, waiting = stage.latest, stage.waiting
    return StageState(
        stage.name,
        [_action(machine, name, stage.latest_runs.get(name)) for name in names],
        None if latest is None else StageExecution(latest.id, stage.status),
        None if waiting is None else StageExecution(waiting.id, "InProgress"),
    )


def _action(machine: "PipelineMachine", name: str, run: Run | None) -> ActionState:
    if run is None:
        return ActionState(name, None, None)
    said, revision = run.reported, None
    if said.revision is not None and said.change_identifier is not None:
        revision = ActionRevision(said.revision, said.change_identifier, _date(machine, said.revised_at))
    changed = _date(machine, run.changed_at)
    return ActionState(
        name,
        revision,
        ActionExecution(
            run.id, run.status, changed, said.summary, said.external_execution_id, said.percent_complete, _error(run)
        ),
    )


def _error(run: Run) -> ErrorDetails | None:
    return None if run.error is None else ErrorDetails(*run.error)


def _date(machine: "PipelineMachine", at: float) -> datetime:
    return datetime.fromtimestamp(machine.birth.epoch + at, UTC)
