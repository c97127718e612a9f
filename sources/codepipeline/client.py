"""What one can do with a pipeline."""

from collections.abc import Mapping
from typing import Any

from attrs import define

from eventbus.ports import Feed

from . import answers, checking
from .answers import (
    ActionExecutionDetail,
    JobDetails,
    PipelineExecution,
    PipelineState,
    StartedExecution,
    StoppedExecution,
)
from .errors import unsatisfied
from .machine import PipelineMachine


@define(eq=False)
class PipelineClient:
    """`bus[pipeline]`. Operations, parameters and results carry AWS's names in snake case, refusals are its errors."""

    _machine: PipelineMachine
    _feed: Feed

    async def start_pipeline_execution(self) -> StartedExecution:
        """It enters the first stage, or waits for the one that is there, instead of one that waited before."""
        machine = self._machine
        start = self._feed.call(machine, "codepipeline:StartPipelineExecution", machine.start, self._feed.cause())
        return StartedExecution(await start)

    async def stop_pipeline_execution(
        self, pipeline_execution_id: str, *, abandon: bool = False, reason: str | None = None
    ) -> StoppedExecution:
        """Actions that run are waited for, or abandoned; no other starts. Raises `DuplicatedStopRequestException`,
        `PipelineExecutionNotStoppableException`, `PipelineExecutionNotFoundException`."""
        machine = self._machine
        checking.id_of("pipelineExecutionId", pipeline_execution_id)
        if not isinstance(abandon, bool):
            raise unsatisfied("abandon", abandon, "be true or false")
        if reason is not None:
            checking.text("reason", reason, checking.REASON_LIMIT, least=0)
        await self._feed.call(
            machine,
            "codepipeline:StopPipelineExecution",
            machine.stop,
            pipeline_execution_id,
            reason,
            abandon=abandon,
        )
        return StoppedExecution(pipeline_execution_id)

    async def get_pipeline_execution(self, pipeline_execution_id: str) -> PipelineExecution:
        """Raises `PipelineExecutionNotFoundException`."""
        machine = self._machine
        checking.id_of("pipelineExecutionId", pipeline_execution_id)
        found = await self._feed.call(
            machine, "codepipeline:GetPipelineExecution", machine.execution, pipeline_execution_id
        )
        return answers.execution(machine, found)

    async def get_pipeline_state(self) -> PipelineState:
        """Stage by stage, and in each action by action, what ran last."""
        machine = self._machine
        stages = await self._feed.call(machine, "codepipeline:GetPipelineState", machine.state)
        return answers.state(machine, stages)

    async def list_action_executions(self, *, pipeline_execution_id: str | None = None) -> list[ActionExecutionDetail]:
        """All, the youngest first, or those of one execution. Raises `PipelineExecutionNotFoundException`."""
        machine = self._machine
        if pipeline_execution_id is not None:
            checking.id_of("pipelineExecutionId", pipeline_execution_id)
        runs = await self._feed.call(
            machine, "codepipeline:ListActionExecutions", machine.runs_of, pipeline_execution_id
        )
        return [answers.detail(machine, run) for run in runs]

    async def get_job_details(self, job_id: str) -> JobDetails:
        """Raises `JobNotFoundException`."""
        machine = self._machine
        checking.id_of("jobId", job_id)
        job = await self._feed.call(machine, "codepipeline:GetJobDetails", machine.job, job_id)
        return answers.job_details(machine, job)

    async def put_job_success_result(
        self,
        job_id: str,
        *,
        current_revision: Mapping[str, Any] | None = None,
        continuation_token: str | None = None,
        execution_details: Mapping[str, Any] | None = None,
        output_variables: Mapping[str, str] | None = None,
    ) -> None:
        """The action has succeeded; with a continuation token it goes on, and the function gets another job with it.

        `current_revision` has `revision` and `change_identifier`; `execution_details` any of `summary`,
        `external_execution_id`, `percent_complete`. Raises `JobNotFoundException`, `InvalidJobStateException` for a job
        that has a result or whose time is over, `OutputVariablesSizeExceededException`."""
        machine = self._machine
        checking.id_of("jobId", job_id)
        reported = checking.reported(current_revision, execution_details)
        variables = checking.variables(output_variables)
        action = "codepipeline:PutJobSuccessResult"
        if continuation_token is None:
            await self._feed.call(machine, action, machine.succeed, job_id, variables, reported)
            return
        checking.text("continuationToken", continuation_token, checking.TOKEN_LIMIT)
        if variables:
            raise unsatisfied("outputVariables", list(variables), "be empty where there is a continuation token")
        await self._feed.call(machine, action, machine.carry_on, job_id, continuation_token, reported)

    async def put_job_failure_result(self, job_id: str, failure_details: Mapping[str, Any]) -> None:
        """The action has failed, and with it the execution: `failure_details` has a `type` (JobFailed,
        ConfigurationError, PermissionError, RevisionOutOfSync, RevisionUnavailable, SystemUnavailable) and a
        `message`. Raises `JobNotFoundException`, `InvalidJobStateException`."""
        machine = self._machine
        checking.id_of("jobId", job_id)
        kind, message, reported = checking.failure(failure_details)
        action = "codepipeline:PutJobFailureResult"
        await self._feed.call(machine, action, machine.fail, job_id, kind, message, reported)
