"""Errors of CodeCommit, with its codes [bc:codecommit]; the status is always 400. What a setting is refused for names
it, its value and what is allowed."""

from eventbus.errors import ServiceError


class CodeCommitError(ServiceError):
    """Base of those below."""


class BranchNameRequiredException(CodeCommitError):
    pass


class InvalidBranchNameException(CodeCommitError):
    pass


class BranchNameExistsException(CodeCommitError):
    pass


class BranchDoesNotExistException(CodeCommitError):
    pass


class DefaultBranchCannotBeDeletedException(CodeCommitError):
    pass


class CommitIdRequiredException(CodeCommitError):
    pass


class InvalidCommitIdException(CodeCommitError):
    pass


class CommitDoesNotExistException(CodeCommitError):
    pass


class ParentCommitIdRequiredException(CodeCommitError):
    pass


class InvalidParentCommitIdException(CodeCommitError):
    pass


class ParentCommitIdOutdatedException(CodeCommitError):
    pass


class InvalidReferenceNameException(CodeCommitError):
    pass


class ReferenceDoesNotExistException(CodeCommitError):
    pass


class RepositoryTriggersListRequiredException(CodeCommitError):
    pass


class MaximumRepositoryTriggersExceededException(CodeCommitError):
    pass


class RepositoryTriggerNameRequiredException(CodeCommitError):
    pass


class InvalidRepositoryTriggerNameException(CodeCommitError):
    pass


class RepositoryTriggerDestinationArnRequiredException(CodeCommitError):
    pass


class InvalidRepositoryTriggerDestinationArnException(CodeCommitError):
    pass


class InvalidRepositoryTriggerRegionException(CodeCommitError):
    pass


class RepositoryTriggerBranchNameListRequiredException(CodeCommitError):
    pass


class InvalidRepositoryTriggerBranchNameException(CodeCommitError):
    pass


class MaximumBranchesExceededException(CodeCommitError):
    pass


class RepositoryTriggerEventsListRequiredException(CodeCommitError):
    pass


class InvalidRepositoryTriggerEventsException(CodeCommitError):
    pass


class InvalidRepositoryTriggerCustomDataException(CodeCommitError):
    pass
