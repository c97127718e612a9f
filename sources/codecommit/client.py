"""What one can do with a repository."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import define, evolve

from eventbus.errors import InvalidParameterException
from eventbus.ports import Feed
from sources._calling import result_of

from . import errors, settings
from .answers import Branch, CreatedCommit, RepositoryTriggers, TestedTriggers
from .machine import RepositoryMachine
from .references import is_commit, is_name, is_reference

USER: Final = "developer"
_USER: Final = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}")


@define(eq=False)
class RepositoryClient:
    """`bus[repository]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's errors.
    What is not AWS's: `push`, and `as_user`."""

    _machine: RepositoryMachine
    _feed: Feed
    _user: str = USER

    def as_user(self, user_name: str) -> "RepositoryClient":
        """The same, its calls made by the IAM user of that name."""
        if not isinstance(user_name, str) or not _USER.fullmatch(user_name):
            raise InvalidParameterException(f"user_name={user_name!a:.200}: 1 to 64 letters, digits and _+=,.@-")
        return evolve(self, user=user_name)

    async def push(self, references: Mapping[str, str | None]) -> None:
        """As `git push`: each of `refs/heads/...` and `refs/tags/...` is at that commit from now on, made if it was
        not there; None deletes it. Triggers hear of those that moved, all in one event. Raises
        `InvalidReferenceNameException`, `InvalidCommitIdException`, `ReferenceDoesNotExistException` for one that is to
        be deleted, `DefaultBranchCannotBeDeletedException`; then none has moved."""
        if not isinstance(references, Mapping):
            raise errors.InvalidReferenceNameException(f"references={references!a:.200}: names with their commits")
        for ref, commit in references.items():
            if not is_reference(ref):
                raise errors.InvalidReferenceNameException(f"{ref!a:.300}: refs/heads/... or refs/tags/...")
            if commit is not None:
                _check_commit(commit)
        machine, feed = self._machine, self._feed
        await feed.call(machine, "codecommit:GitPush", machine.push, dict(references), self._user, feed.cause())

    async def create_branch(self, branch_name: str, commit_id: str) -> None:
        """At a commit that the repository knows. Raises `CommitDoesNotExistException`, `BranchNameExistsException`."""
        machine, feed = self._machine, self._feed
        _check_branch(branch_name)
        _check_commit(commit_id)
        await feed.call(
            machine, "codecommit:CreateBranch", machine.create_branch, branch_name, commit_id, self._user, feed.cause()
        )

    async def delete_branch(self, branch_name: str) -> Branch | None:
        """The branch as it was, or None if there was none. Raises `DefaultBranchCannotBeDeletedException`."""
        machine, feed = self._machine, self._feed
        _check_branch(branch_name)
        commit = await feed.call(
            machine, "codecommit:DeleteBranch", machine.delete_branch, branch_name, self._user, feed.cause()
        )
        return None if commit is None else Branch(branch_name, commit)

    async def create_commit(self, branch_name: str, *, parent_commit_id: str | None = None) -> CreatedCommit:
        """The branch is at a new commit; its files are not kept, so there are none to give. Raises
        `ParentCommitIdRequiredException` and `ParentCommitIdOutdatedException` if the parent is not the last commit
        of the branch, `BranchDoesNotExistException` unless it is the first branch."""
        machine, feed = self._machine, self._feed
        _check_branch(branch_name)
        if parent_commit_id is not None and not is_commit(parent_commit_id):
            raise errors.InvalidParentCommitIdException(f"parent_commit_id={parent_commit_id!a:.200}: 40 hex digits")
        made = await feed.call(
            machine,
            "codecommit:CreateCommit",
            machine.commit,
            branch_name,
            parent_commit_id,
            self._user,
            feed.cause(),
        )
        return CreatedCommit(made)

    async def get_branch(self, branch_name: str) -> Branch:
        """Raises `BranchDoesNotExistException`."""
        machine = self._machine
        _check_branch(branch_name)
        return Branch(branch_name, await self._feed.call(machine, "codecommit:GetBranch", machine.branch, branch_name))

    async def list_branches(self) -> list[str]:
        """Names, in order."""
        machine = self._machine
        return await self._feed.call(machine, "codecommit:ListBranches", machine.branches)

    async def update_default_branch(self, default_branch_name: str) -> None:
        """It can't be deleted; the first branch is it otherwise. Raises `BranchDoesNotExistException`."""
        machine = self._machine
        _check_branch(default_branch_name)
        action = "codecommit:UpdateDefaultBranch"
        await self._feed.call(machine, action, machine.make_default, default_branch_name)

    async def get_repository_triggers(self) -> RepositoryTriggers:
        machine = self._machine
        id, found = await self._feed.call(machine, "codecommit:GetRepositoryTriggers", machine.stored_triggers)
        return RepositoryTriggers(id, list(found))

    async def put_repository_triggers(self, triggers: Sequence[Mapping[str, Any]]) -> str:
        """The id of this configuration. Triggers, each with `name`, `destination_arn`, `branches`, `events` and perhaps
        `custom_data`, replace those that were there. Raises AWS's errors, then nothing has changed."""
        machine, found = self._machine, settings.triggers(triggers)
        return await self._feed.call(machine, "codecommit:PutRepositoryTriggers", machine.put_triggers, found)

    async def test_repository_triggers(self, triggers: Sequence[Mapping[str, Any]]) -> TestedTriggers:
        """What became of an event to each of these, which are not stored: accepted, or refused."""
        machine, feed, found = self._machine, self._feed, settings.triggers(triggers)
        pending = await feed.call(
            machine, "codecommit:TestRepositoryTriggers", machine.test, found, self._user, feed.cause()
        )
        return await result_of(feed, pending)


def _check_branch(name: str) -> None:
    if name is None or name == "":
        raise errors.BranchNameRequiredException("A branch name is required, but was not specified.")
    if not is_name(name):
        raise errors.InvalidBranchNameException(f"branch_name={name!a:.300}: a name of a branch as git takes it")


def _check_commit(id: str) -> None:
    if id is None or id == "":
        raise errors.CommitIdRequiredException("A commit ID was not specified.")
    if not is_commit(id):
        raise errors.InvalidCommitIdException(f"commit_id={id!a:.200}: 40 hex digits")
