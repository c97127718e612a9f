"""What calls on a repository answer, with botocore's members."""

from collections.abc import Sequence

from attrs import frozen

from .settings import RepositoryTrigger


@frozen
class Branch:
    branch_name: str
    commit_id: str


@frozen
class CreatedCommit:
    commit_id: str


@frozen
class RepositoryTriggers:
    configuration_id: str
    triggers: Sequence[RepositoryTrigger]


@frozen
class FailedExecution:
    trigger: str
    failure_message: str


@frozen
class TestedTriggers:
    """Names of triggers whose target took the event, and those that it was not."""

    __test__ = False  # pytest takes it for a test otherwise

    successful_executions: Sequence[str]
    failed_executions: Sequence[FailedExecution]
