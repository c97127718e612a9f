"""CodeCommit: repositories whose triggers tell functions and topics of branches and tags that moved.

Deviations from AWS: a repository holds references and the ids of their commits, no files: `create_commit` takes none,
and `push` of ours stands for what git does. Who pushes is a user's name, `developer` unless `as_user` says otherwise,
also for calls out of a function. A push is one event with one record for each trigger, of all its references; how AWS
parts a push that does not fit into one is not documented: here it is refused by the target, and dropped with a note.

Choices where no page settles it: the commit of a deleted reference is the last one it had; branches of a trigger are
whole names, and mean no tags; what counts for a test is that the event was accepted, once, whatever the trigger's
events and branches are; it tells of the default branch, or of `main` and zeroes where nothing was pushed yet; topics
get the event as their message.

Not offered, and refused: files, merges, pull requests, comments, approval rules, events for event buses, tags of
repositories, repositories made while the bus runs.
"""

from .answers import Branch, CreatedCommit, FailedExecution, RepositoryTriggers, TestedTriggers
from .client import RepositoryClient
from .errors import (
    BranchDoesNotExistException,
    BranchNameExistsException,
    BranchNameRequiredException,
    CommitDoesNotExistException,
    CommitIdRequiredException,
    DefaultBranchCannotBeDeletedException,
    InvalidBranchNameException,
    InvalidCommitIdException,
    InvalidParentCommitIdException,
    InvalidReferenceNameException,
    InvalidRepositoryTriggerBranchNameException,
    InvalidRepositoryTriggerCustomDataException,
    InvalidRepositoryTriggerDestinationArnException,
    InvalidRepositoryTriggerEventsException,
    InvalidRepositoryTriggerNameException,
    InvalidRepositoryTriggerRegionException,
    MaximumBranchesExceededException,
    MaximumRepositoryTriggersExceededException,
    ParentCommitIdOutdatedException,
    ParentCommitIdRequiredException,
    ReferenceDoesNotExistException,
    RepositoryTriggerBranchNameListRequiredException,
    RepositoryTriggerDestinationArnRequiredException,
    RepositoryTriggerEventsListRequiredException,
    RepositoryTriggerNameRequiredException,
    RepositoryTriggersListRequiredException,
)
from .events import CodeCommitEvent, CodeCommitRecord, CodeCommitReference
from .repository import Repository
from .settings import RepositoryTrigger
from .system import SYSTEM, sample_event
from .trigger import Trigger

__all__ = [
    "SYSTEM",
    "Branch",
    "BranchDoesNotExistException",
    "BranchNameExistsException",
    "BranchNameRequiredException",
    "CodeCommitEvent",
    "CodeCommitRecord",
    "CodeCommitReference",
    "CommitDoesNotExistException",
    "CommitIdRequiredException",
    "CreatedCommit",
    "DefaultBranchCannotBeDeletedException",
    "FailedExecution",
    "InvalidBranchNameException",
    "InvalidCommitIdException",
    "InvalidParentCommitIdException",
    "InvalidReferenceNameException",
    "InvalidRepositoryTriggerBranchNameException",
    "InvalidRepositoryTriggerCustomDataException",
    "InvalidRepositoryTriggerDestinationArnException",
    "InvalidRepositoryTriggerEventsException",
    "InvalidRepositoryTriggerNameException",
    "InvalidRepositoryTriggerRegionException",
    "MaximumBranchesExceededException",
    "MaximumRepositoryTriggersExceededException",
    "ParentCommitIdOutdatedException",
    "ParentCommitIdRequiredException",
    "ReferenceDoesNotExistException",
    "Repository",
    "RepositoryClient",
    "RepositoryTrigger",
    "RepositoryTriggerBranchNameListRequiredException",
    "RepositoryTriggerDestinationArnRequiredException",
    "RepositoryTriggerEventsListRequiredException",
    "RepositoryTriggerNameRequiredException",
    "RepositoryTriggers",
    "RepositoryTriggersListRequiredException",
    "TestedTriggers",
    "Trigger",
    "sample_event",
]
