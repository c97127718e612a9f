"""Errors of Step Functions, of its calls and of its states; the status of a call's is always 400 [bc:stepfunctions]."""

from typing import Final

from eventbus.errors import ServiceError

ALL: Final = "States.ALL"
TASK_FAILED: Final = "States.TaskFailed"
TIMEOUT: Final = "States.Timeout"
HEARTBEAT_TIMEOUT: Final = "States.HeartbeatTimeout"
RUNTIME: Final = "States.Runtime"
DATA_LIMIT: Final = "States.DataLimitExceeded"
RESULT_PATH: Final = "States.ResultPathMatchFailure"
INTRINSIC: Final = "States.IntrinsicFailure"
NO_CHOICE: Final = "States.NoChoiceMatched"

ERROR_LIMIT: Final = 256
CAUSE_LIMIT: Final = 32_768
"""Characters [bc:stepfunctions]."""


class Failed(Exception):
    """What ends a state, unless one of its retriers or catchers takes it."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(error, cause)
        self.error: str = error[:ERROR_LIMIT]
        self.cause: str = cause[:CAUSE_LIMIT]


class ExecutionAlreadyExists(ServiceError):
    pass


class ExecutionDoesNotExist(ServiceError):
    pass


class InvalidArn(ServiceError):
    pass


class InvalidExecutionInput(ServiceError):
    pass


class InvalidName(ServiceError):
    pass


class InvalidOutput(ServiceError):
    pass


class InvalidToken(ServiceError):
    pass


class StateMachineTypeNotSupported(ServiceError):
    pass


class TaskTimedOut(ServiceError):
    pass
