"""Executions, and the lanes on which they go: one for the whole definition, one for each branch under way."""

from enum import Enum
from typing import Any, Final, Literal

from attrs import define, field

from eventbus.core.effects import Cause
from eventbus.names import Arn

from .states import Branch, State

Status = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]


class Kind(Enum):
    """What is waited for."""

    FUNCTION = "the answer of a function"
    PAUSE = "the end of a Wait state"
    RETRY = "the next attempt"
    TIMEOUT = "the timeout of a task"
    HEARTBEAT = "a heartbeat of a task"
    EXPIRY = "the timeout of an execution"


TIMEOUTS: Final = (Kind.TIMEOUT, Kind.HEARTBEAT, Kind.EXPIRY)
"""Kinds that end what else is waited for: nothing comes of them by itself."""


@define(eq=False)
class Happened:
    """One event of a history; `details` by botocore's members."""

    at: float
    id: int
    type: str
    previous: int
    details: dict[str, Any]


@define(eq=False)
class Execution:
    arn: Arn
    name: str
    input: str
    started_at: float
    cause: Cause | None
    context: dict[str, Any]  # the member `Execution` of the context object
    status: Status = "RUNNING"
    ended_at: float | None = None
    output: str | None = None
    error: str | None = None
    why: str | None = None
    history: list[Happened] = field(factory=list)
    expiry: int | None = None  # the token of that wait

    @property
    def about(self) -> tuple[str, str]:
        """What the trace knows it by."""
        return self.arn, self.name


@define(eq=False)
class Lane:
    execution: Execution
    branch: Branch
    parent: "Lane | None" = None
    state: State | None = None  # None: it is over
    raw: Any = None  # the state's input, as it came
    entered_at: float = 0.0
    entered_by: int = 0  # the number of that event
    last: int = 0  # the number of its latest event
    retries: dict[int, int] = field(factory=dict)  # of this visit, by retrier
    task_token: str | None = None
    waits: list[int] = field(factory=list)  # tokens
    heartbeat: tuple[int, float] | None = None  # the token of that wait, and its seconds
    lanes: list["Lane"] = field(factory=list)  # of its Parallel state
    result: Any = None  # of one that has come to its end


@define(eq=False)
class Awaited:
    """Something that a lane waits for."""

    lane: Lane
    kind: Kind
    id: str  # of the execution
    cause: Cause | None
    invoked: str | None = None  # the id of an invocation
