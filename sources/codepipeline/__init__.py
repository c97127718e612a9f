"""CodePipeline: pipelines whose actions invoke functions, and wait for the results that these report.

Deviations from AWS: a pipeline has no source action, `start_pipeline_execution` starts it and `sources` says which
objects of the artifact store it begins with; whether an object is there is for the function to find out. All actions
are of category Invoke and provider Lambda. The artifact store is one bucket; nothing is encrypted by its key, functions
are only told of it; the credentials in a job open nothing. History is kept for as long as the bus runs.

Choices where no page settles it: a job after a continuation token comes 30 s later and has an id of its own, while its
20 minutes count from the token; a job that has a result takes no other; a hand-over that is refused for good fails the
action, with PermissionError where the permission is missing and ConfigurationError otherwise; while one is stopped, a
failure of what still ran leaves the execution Stopped. Result calls do not carry on the chain of requests that
recursion is detected by, for CodePipeline is none of the services that do (dg:invocation-recursion).

Not offered, and refused: other categories, providers and owners of actions, execution modes other than SUPERSEDED,
variables in user parameters, roles, regions, retries and roll-backs of stages, approvals, transitions, conditions,
triggers, tags.
"""

from .answers import (
    ActionExecution,
    ActionExecutionDetail,
    ActionRevision,
    ActionState,
    Artifact,
    ErrorDetails,
    JobDetails,
    PipelineExecution,
    PipelineState,
    StageExecution,
    StageState,
    StartedExecution,
    StoppedExecution,
)
from .client import PipelineClient
from .errors import (
    DuplicatedStopRequestException,
    InvalidJobStateException,
    JobNotFoundException,
    OutputVariablesSizeExceededException,
    PipelineExecutionNotFoundException,
    PipelineExecutionNotStoppableException,
)
from .events import ArtifactCredentials, CodePipelineEvent, CodePipelineJob, JobArtifact, JobData
from .pipeline import InvokeAction, Pipeline, Stage
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "ActionExecution",
    "ActionExecutionDetail",
    "ActionRevision",
    "ActionState",
    "Artifact",
    "ArtifactCredentials",
    "CodePipelineEvent",
    "CodePipelineJob",
    "DuplicatedStopRequestException",
    "ErrorDetails",
    "InvalidJobStateException",
    "InvokeAction",
    "JobArtifact",
    "JobData",
    "JobDetails",
    "JobNotFoundException",
    "OutputVariablesSizeExceededException",
    "Pipeline",
    "PipelineClient",
    "PipelineExecution",
    "PipelineExecutionNotFoundException",
    "PipelineExecutionNotStoppableException",
    "PipelineState",
    "Stage",
    "StageExecution",
    "StageState",
    "StartedExecution",
    "StoppedExecution",
    "sample_event",
]
