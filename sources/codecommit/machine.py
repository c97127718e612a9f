"""One repository: where its references stand, and who is told when they move.

Laws: the references of one push that a trigger wants are one event for it. A push is done whatever becomes of its
events. A test waits for its targets, which have one try; nothing of it is stored.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import define, field

from eventbus.core.effects import Arrived, Cause, Deliver
from eventbus.core.redelivery import not_taken
from eventbus.names import Arn
from sources._calling import Pending
from sources._hand_over import About, HandingMachine

from . import events
from .answers import FailedExecution, TestedTriggers
from .errors import (
    BranchDoesNotExistException,
    BranchNameExistsException,
    CommitDoesNotExistException,
    DefaultBranchCannotBeDeletedException,
    ParentCommitIdOutdatedException,
    ParentCommitIdRequiredException,
    ReferenceDoesNotExistException,
)
from .references import HEADS, NO_COMMIT, Moved
from .settings import RepositoryTrigger

MAIN: Final = "main"
"""The branch that a test tells of while there is none (our choice)."""


@define(eq=False)
class Tried:
    """One trigger of a test; `error` once it was refused."""

    trigger: RepositoryTrigger
    test: "Test"
    about: About
    done: bool = False
    error: str | None = None


@define(eq=False)
class Test:
    __test__ = False  # pytest takes it for a test otherwise

    pending: Pending[TestedTriggers]
    tried: list[Tried] = field(factory=list)


@define(eq=False)
class RepositoryMachine(HandingMachine):
    triggers: list[RepositoryTrigger] = field(factory=list, init=False)
    configuration_id: str = field(default="", init=False)  # of the last time that triggers were put
    references: dict[str, str] = field(factory=dict, init=False)  # commit of each
    default_branch: str | None = field(default=None, init=False)
    _commits: set[str] = field(factory=set, init=False)
    _tests: dict[int, Tried] = field(factory=dict, init=False)  # by the token of what is handed over

    # ------------------------------------------------------------ references
    def push(self, now: float, changes: Mapping[str, str | None], user: str, cause: Cause | None) -> None:
        """Each reference is where it is said to be; None: it is gone."""
        moved = [each for ref, commit in changes.items() if (each := self._change(ref, commit)) is not None]
        self._move(now, moved, user, cause)

    def create_branch(self, now: float, name: str, commit: str, user: str, cause: Cause | None) -> None:
        if commit not in self._commits:
            raise CommitDoesNotExistException(f"The specified commit does not exist: {commit}.")
        if HEADS + name in self.references:
            raise BranchNameExistsException(f"The branch {name} exists; branch names must be unique.")
        self._move(now, [Moved("create", HEADS + name, commit)], user, cause)

    def delete_branch(self, now: float, name: str, user: str, cause: Cause | None) -> str | None:
        """The commit that it was at; None if there is no such branch, which is no error."""
        commit = self.references.get(HEADS + name)
        if commit is not None:
            self.push(now, {HEADS + name: None}, user, cause)
        return commit

    def commit(self, now: float, branch: str, parent: str | None, user: str, cause: Cause | None) -> str:
        """A new commit behind `parent`, which must be the last of the branch; the first one makes the branch."""
        ref = HEADS + branch
        tip = self.references.get(ref)
        if tip is None and any(each.startswith(HEADS) for each in self.references):
            raise BranchDoesNotExistException(f"The specified branch does not exist: {branch}.")
        if tip is not None and parent is None:
            raise ParentCommitIdRequiredException("A parent commit ID is required.")
        if parent != tip:
            raise ParentCommitIdOutdatedException(f"The parent commit ID is not the current tip of {branch}.")
        made = f"{self.birth.ids.random.getrandbits(160):040x}"
        self._move(now, [Moved("create" if tip is None else "update", ref, made)], user, cause)
        return made

    def branch(self, now: float, name: str) -> str:
        commit = self.references.get(HEADS + name)
        if commit is None:
            raise BranchDoesNotExistException(f"The specified branch does not exist: {name}.")
        return commit

    def branches(self, now: float) -> list[str]:
        return sorted(ref.removeprefix(HEADS) for ref in self.references if ref.startswith(HEADS))

    def make_default(self, now: float, name: str) -> None:
        self.branch(now, name)
        self.default_branch = name

    # ------------------------------------------------------------ triggers
    def put_triggers(self, now: float, triggers: Sequence[RepositoryTrigger]) -> str:
        """They replace those that were there."""
        self.triggers, self.configuration_id = list(triggers), self.new_id()
        return self.configuration_id

    def stored_triggers(self, now: float) -> tuple[str, list[RepositoryTrigger]]:
        return self.configuration_id, self.triggers

    def test(
        self, now: float, triggers: Sequence[RepositoryTrigger], user: str, cause: Cause | None
    ) -> Pending[TestedTriggers]:
        """An event of the default branch is on its way to each."""
        ref = HEADS + (self.default_branch or MAIN)
        moved = [Moved("update", ref, self.references.get(ref, NO_COMMIT))]
        test = Test(Pending(Arn(f"{self.arn}#test/{self.birth.ids.draw()}")))
        for trigger in triggers:
            id = self.new_id()
            body = self._body(now, id, events.TEST, trigger, moved, user)
            effect = Deliver(trigger.destination_arn, self.arn, self.birth.ids.draw(), body, cause=cause)
            tried = self._tests[effect.token] = Tried(trigger, test, (id,))
            test.tried.append(tried)
            self.notes.append(("notified", self.arn, tried.about, effect.target, cause))
            self.effects.append(effect)
        self._conclude(test)
        return test.pending

    def delivered(self, now: float, token: int, error: str | None) -> None:
        tried = self._tests.pop(token, None)
        if tried is None:
            super().delivered(now, token, error)
            return
        tried.done, tried.error = True, error
        if error is not None:
            why = not_taken(tried.trigger.destination_arn, error)
            self.notes.append(("not_taken", self.arn, tried.about, why, None))
        self._conclude(tried.test)

    def outstanding(self) -> int:
        return len(self._tests) + super().outstanding()

    def _conclude(self, test: Test) -> None:
        """Once all targets have answered."""
        if all(tried.done for tried in test.tried):
            succeeded = [tried.trigger.name for tried in test.tried if tried.error is None]
            failed = [FailedExecution(each.trigger.name, each.error) for each in test.tried if each.error is not None]
            test.pending.result, test.pending.done = TestedTriggers(succeeded, failed), True
            self.effects.append(Arrived(test.pending.arn))

    # ------------------------------------------------------------ what moves
    def _change(self, ref: str, commit: str | None) -> Moved | None:
        """None where nothing changes. Raises where it can't."""
        old = self.references.get(ref)
        if commit is not None:
            return None if commit == old else Moved("create" if old is None else "update", ref, commit)
        if old is None:
            raise ReferenceDoesNotExistException(f"The specified reference does not exist: {ref}.")
        if self.default_branch is not None and ref == HEADS + self.default_branch:
            raise DefaultBranchCannotBeDeletedException(
                f"The branch {self.default_branch} is the default branch for the repository, and cannot be deleted."
            )
        return Moved("delete", ref, old)

    def _move(self, now: float, moved: Sequence[Moved], user: str, cause: Cause | None) -> None:
        for each in moved:
            self._commits.add(each.commit)
            if each.what == "delete":
                del self.references[each.ref]
            else:
                self.references[each.ref] = each.commit
            if self.default_branch is None and each.ref.startswith(HEADS):
                self.default_branch = each.ref.removeprefix(HEADS)
            self.notes.append(("pushed", self.arn, each.commit, f"{each.what} {each.ref} by {user}", cause))
        for trigger in self.triggers if moved else ():
            self._tell(now, trigger, moved, user, cause)

    def _tell(
        self, now: float, trigger: RepositoryTrigger, moved: Sequence[Moved], user: str, cause: Cause | None
    ) -> None:
        wanted = [each for each in moved if trigger.wants(each)]
        passed_by = tuple(dict.fromkeys(each.commit for each in moved if each not in wanted))
        if passed_by:
            why = f"{trigger.name} is for other events or branches"
            self.notes.append(("filtered", self.arn, passed_by, why, cause))
        if wanted:
            id = self.new_id()
            body = self._body(now, id, events.CHANGES, trigger, wanted, user)
            about = (id, *dict.fromkeys(each.commit for each in wanted))
            self.hand_over(now, trigger.destination_arn, body, about, cause)

    def _body(
        self, now: float, id: str, name: str, trigger: RepositoryTrigger, moved: Sequence[Moved], user: str
    ) -> str:
        return events.text(
            self.arn,
            trigger,
            moved,
            id=id,
            name=name,
            at=self.birth.epoch + now,
            configuration_id=self.configuration_id or self.new_id(),
            user=user,
        )
