"""Errors of CodePipeline, with its codes [bc:codepipeline]; the status is always 400."""

from eventbus.errors import ServiceError, ValidationException


class JobNotFoundException(ServiceError):
    def __init__(self, job_id: str) -> None:
        super().__init__(f"Job with id {job_id} cannot be found.")


class InvalidJobStateException(ServiceError):
    """It has a result already, or its time is over."""

    def __init__(self, job_id: str, state: str) -> None:
        super().__init__(f"Job with id {job_id} takes no result: it is {state}.")


class OutputVariablesSizeExceededException(ServiceError):
    def __init__(self) -> None:
        super().__init__("Exceeded the total size limit for all variables in the pipeline.")


class PipelineExecutionNotFoundException(ServiceError):
    def __init__(self, execution_id: str) -> None:
        super().__init__(f"Pipeline execution {execution_id} cannot be found.")


class PipelineExecutionNotStoppableException(ServiceError):
    def __init__(self, status: str) -> None:
        super().__init__(f"Unable to stop the pipeline execution. It is {status}.")


class DuplicatedStopRequestException(ServiceError):
    def __init__(self) -> None:
        super().__init__("The pipeline execution is already in a Stopping state.")


def unsatisfied(member: str, value: object, constraint: str) -> ValidationException:
    return ValidationException(
        f"1 validation error detected: Value {value!a:.200} at '{member}' failed to satisfy constraint: "
        f"Member must {constraint}"
    )
