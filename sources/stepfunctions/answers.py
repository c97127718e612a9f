"""What calls on a state machine answer, with botocore's members, flat where AWS nests them; times are aware UTC."""

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from eventbus.names import Arn

from .lanes import Status


@frozen(eq=False)
class StartedExecution:
    execution_arn: Arn
    start_date: datetime


@frozen(eq=False)
class StoppedExecution:
    stop_date: datetime


@frozen(eq=False, kw_only=True)
class ExecutionListItem:
    execution_arn: Arn
    state_machine_arn: Arn
    name: str
    status: Status
    start_date: datetime
    stop_date: datetime | None
    redrive_count: int = 0


@frozen(eq=False, kw_only=True)
class DescribedExecution(ExecutionListItem):
    """`input` and `output` are JSON texts."""

    input: str
    output: str | None
    error: str | None
    cause: str | None


@frozen(eq=False)
class ListedExecutions:
    executions: Sequence[ExecutionListItem]
    next_token: str | None


@frozen(kw_only=True)
class HistoryEvent:
    """None: an event of that type has no such member."""

    timestamp: datetime
    type: str
    id: int
    previous_event_id: int
    name: str | None = None
    input: str | None = None
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    resource_type: str | None = None
    resource: str | None = None
    region: str | None = None
    parameters: str | None = None
    timeout_in_seconds: int | None = None
    heartbeat_in_seconds: int | None = None
    role_arn: str | None = None


@frozen(eq=False)
class ExecutionHistory:
    events: Sequence[HistoryEvent]
    next_token: str | None
