"""What a pipeline's machine keeps: stages, executions that run through them, actions of these, and their jobs."""

from typing import Literal

from attrs import define, field, frozen

from eventbus.core.effects import Cause
from eventbus.names import Arn

RunStatus = Literal["InProgress", "Abandoned", "Succeeded", "Failed"]
ExecutionStatus = Literal["InProgress", "Stopped", "Stopping", "Succeeded", "Superseded", "Failed"]


@frozen(eq=False)
class Plan:
    """An action as it was declared."""

    stage: str
    name: str
    function: Arn
    user_parameters: str | None
    input_artifacts: tuple[str, ...]
    output_artifacts: tuple[str, ...]
    run_order: int


@define(eq=False)
class Execution:
    id: str
    cause: Cause | None
    artifacts: dict[str, str]  # object keys, by name
    status: ExecutionStatus = "InProgress"
    summary: str | None = None
    stage: int = 0
    group: int = 0  # of its stage: actions of one run order
    runs: list["Run"] = field(factory=list)  # of that group
    variables_size: int = 0


@define(eq=False)
class Reported:
    """What a function said of its work."""

    summary: str | None = None
    external_execution_id: str | None = None
    percent_complete: int | None = None
    revision: str | None = None
    change_identifier: str | None = None
    revised_at: float = 0.0


@define(eq=False)
class Run:
    """One action of one execution. Times in seconds since the bus started."""

    id: str
    execution: Execution
    plan: Plan
    started_at: float
    changed_at: float
    result_by: float
    ends_by: float
    status: RunStatus = "InProgress"
    error: tuple[str, str] | None = None
    variables: dict[str, str] = field(factory=dict)
    reported: Reported = field(factory=Reported)
    job: "Job | None" = None  # the last one


@define(eq=False)
class Job:
    """Something for the function to do, with one result."""

    id: str
    run: Run
    continuation_token: str | None
    cause: Cause | None
    state: str = "InProgress"
    sent: bool = False
    timer: int = 0
    invoked: str | None = None


@define(eq=False)
class PlannedStage:
    """One execution runs in it at a time; of those that wait the youngest stays [cp:concepts-how-it-works]."""

    name: str
    groups: tuple[tuple[Plan, ...], ...]  # by run order
    running: Execution | None = None
    waiting: Execution | None = None
    latest: Execution | None = None
    status: str = "InProgress"  # of the latest
    latest_runs: dict[str, Run] = field(factory=dict)  # by action
