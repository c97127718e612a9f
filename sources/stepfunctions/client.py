"""What one can do with a state machine."""

from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, get_args

from attrs import define

from eventbus.ports import Feed

from . import checking
from .answers import (
    DescribedExecution,
    ExecutionHistory,
    ExecutionListItem,
    HistoryEvent,
    ListedExecutions,
    StartedExecution,
    StoppedExecution,
)
from .errors import Failed, StateMachineTypeNotSupported
from .lanes import Execution, Happened, Status
from .machine import StateMachineMachine

_DATA = ("input", "output", "parameters")
STATUSES = get_args(Status)


@define(eq=False)
class StateMachineClient:
    """`bus[machine]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's errors.
    Inputs and outputs are JSON texts."""

    _machine: StateMachineMachine
    _feed: Feed

    async def start_execution(self, *, input: str = "{}", name: str | None = None) -> StartedExecution:
        """It is under way; the same call again while it runs answers the same. Raises `ExecutionAlreadyExists` for a
        name that was used with another input, `InvalidExecutionInput`, `InvalidName`, `ValidationException`."""
        machine = self._machine
        checking.name(name)
        checking.execution_input(input)
        cause = self._feed.cause()
        started = await self._feed.call(machine, "states:StartExecution", machine.start, name, input, cause)
        return StartedExecution(started.arn, self._instant(started.started_at))

    async def start_sync_execution(self, **settings: object) -> NoReturn:
        """Raises `StateMachineTypeNotSupported`: only Express workflows have it, which are not offered."""
        raise StateMachineTypeNotSupported("This operation is not supported by this type of state machine")

    async def describe_execution(self, execution_arn: str) -> DescribedExecution:
        """Raises `ExecutionDoesNotExist`, `InvalidArn`."""
        execution = await self._execution("states:DescribeExecution", execution_arn)
        return DescribedExecution(
            **self._summary(execution),
            input=execution.input,
            output=execution.output,
            error=execution.error,
            cause=execution.why,
        )

    async def get_execution_history(
        self,
        execution_arn: str,
        *,
        max_results: int = checking.PAGE,
        reverse_order: bool = False,
        next_token: str | None = None,
        include_execution_data: bool = True,
    ) -> ExecutionHistory:
        """A page of its events in order, or from the latest on. Raises `ExecutionDoesNotExist`, `InvalidArn`,
        `InvalidToken`."""
        begin, size = checking.page(max_results, next_token)
        execution = await self._execution("states:GetExecutionHistory", execution_arn)
        history = execution.history
        if reverse_order:
            end = len(history) if begin is None else min(begin, len(history))
            page, following = history[max(0, end - size) : end][::-1], end - size
        else:
            page, following = history[begin : (begin or 0) + size], (begin or 0) + size
        events = [self._event(each, whole=include_execution_data) for each in page]
        return ExecutionHistory(events, str(following) if 0 < following < len(history) else None)

    async def list_executions(
        self, *, status_filter: Status | None = None, max_results: int = checking.PAGE, next_token: str | None = None
    ) -> ListedExecutions:
        """The newest first. Raises `InvalidToken`, `ValidationException`."""
        machine = self._machine
        before, size = checking.page(max_results, next_token)
        if status_filter is not None and status_filter not in STATUSES:
            raise checking.invalid(f"status_filter={status_filter!r}: {', '.join(STATUSES)}")
        found, following = await self._feed.call(
            machine, "states:ListExecutions", machine.listed, status_filter, before, size
        )
        executions = [ExecutionListItem(**self._summary(each)) for each in found]
        return ListedExecutions(executions, None if following is None else str(following))

    async def stop_execution(
        self, execution_arn: str, *, error: str | None = None, cause: str | None = None
    ) -> StoppedExecution:
        """It is ABORTED, functions that run on are not missed; one that has ended stays as it is. Raises
        `ExecutionDoesNotExist`, `InvalidArn`."""
        machine = self._machine
        checking.arn(execution_arn)
        checking.words(error, cause)
        words = error or "", cause or ""
        stopped = await self._feed.call(machine, "states:StopExecution", machine.stop, execution_arn, *words)
        return StoppedExecution(self._instant(stopped.ended_at or 0.0))

    async def send_task_success(self, task_token: str, output: str) -> None:
        """The task has succeeded with that. Raises `InvalidOutput`, `InvalidToken` for one of another state machine,
        `TaskTimedOut` for one whose task has ended."""
        machine = self._machine
        checking.token(task_token)
        result = checking.output(output)
        await self._feed.call(machine, "states:SendTaskSuccess", machine.succeed, task_token, result)

    async def send_task_failure(self, task_token: str, *, error: str | None = None, cause: str | None = None) -> None:
        """The task has failed. Raises `InvalidToken`, `TaskTimedOut`, `ValidationException`."""
        machine = self._machine
        checking.token(task_token)
        checking.words(error, cause)
        failed = Failed(error or "", cause or "")
        await self._feed.call(machine, "states:SendTaskFailure", machine.fail, task_token, failed)

    async def send_task_heartbeat(self, task_token: str) -> None:
        """The task is worked on: the next heartbeat is due after HeartbeatSeconds. Raises `InvalidToken`,
        `TaskTimedOut`."""
        machine = self._machine
        checking.token(task_token)
        await self._feed.call(machine, "states:SendTaskHeartbeat", machine.beat, task_token)

    async def _execution(self, operation: str, arn: str) -> Execution:
        machine = self._machine
        checking.arn(arn)
        return await self._feed.call(machine, operation, machine.execution, arn)

    def _summary(self, execution: Execution) -> dict[str, Any]:
        return {
            "execution_arn": execution.arn,
            "state_machine_arn": self._machine.arn,
            "name": execution.name,
            "status": execution.status,
            "start_date": self._instant(execution.started_at),
            "stop_date": None if execution.ended_at is None else self._instant(execution.ended_at),
        }

    def _event(self, happened: Happened, *, whole: bool) -> HistoryEvent:
        details = {name: value for name, value in happened.details.items() if whole or name not in _DATA}
        return HistoryEvent(
            timestamp=self._instant(happened.at),
            type=happened.type,
            id=happened.id,
            previous_event_id=happened.previous,
            **details,
        )

    def _instant(self, now: float) -> datetime:
        return datetime.fromtimestamp(self._machine.birth.epoch, UTC) + timedelta(seconds=now)
