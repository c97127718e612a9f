"""Step Functions: Standard workflows in memory, in the Amazon States Language with JSONPath (extra `stepfunctions`).

Task states call functions by their ARN, by `lambda:invoke`, or by `lambda:invoke.waitForTaskToken`; Pass, Wait, Choice,
Parallel, Succeed and Fail are there, with Retry, Catch, timeouts, heartbeats and intrinsic functions. Map, JSONata,
variables (Assign), Express workflows, activities, other integrations, roles of tasks, functions' versions, log types
and client contexts are not offered: each is refused by name.

Deviations from AWS: executions are kept until the bus closes, and may last longer than a year. Definitions are checked
when they are declared, names of intrinsic functions and their syntax too, which AWS may find when they run. Task tokens
are known by the client of their own state machine only. A function that only a path names is looked for when it is
called. A Lambda answer that is no JSON, or that UTF-8 can't hold, fails the execution with States.Runtime.

What `settle` waits for: functions, Wait states and retries. Not for a task token, which a test or handler holds, nor
for its timeout and heartbeat: `advance` brings them on.

Choices where AWS says nothing: a missing permission is Lambda.AWSLambdaException. What an asynchronous invocation
(`InvocationType: Event`) results in has status 202 and a null Payload; one that can't be handed over is an error of the
task, not tried again but by its retriers. TimeoutSecondsPath and HeartbeatSecondsPath look at the state's input as it
came. HeartbeatSeconds counts for tasks without token as well. Jitter is drawn from 0 to the whole wait.
"""

from .answers import (
    DescribedExecution,
    ExecutionHistory,
    ExecutionListItem,
    HistoryEvent,
    ListedExecutions,
    StartedExecution,
    StoppedExecution,
)
from .client import StateMachineClient
from .errors import (
    ExecutionAlreadyExists,
    ExecutionDoesNotExist,
    InvalidArn,
    InvalidExecutionInput,
    InvalidName,
    InvalidOutput,
    InvalidToken,
    StateMachineTypeNotSupported,
    TaskTimedOut,
)
from .events import ContextObject, TaskResult
from .state_machine import StateMachine
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "ContextObject",
    "DescribedExecution",
    "ExecutionAlreadyExists",
    "ExecutionDoesNotExist",
    "ExecutionHistory",
    "ExecutionListItem",
    "HistoryEvent",
    "InvalidArn",
    "InvalidExecutionInput",
    "InvalidName",
    "InvalidOutput",
    "InvalidToken",
    "ListedExecutions",
    "StartedExecution",
    "StateMachine",
    "StateMachineClient",
    "StateMachineTypeNotSupported",
    "StoppedExecution",
    "TaskResult",
    "TaskTimedOut",
    "sample_event",
]
