"""What a stack consists of, and what is to be done with each part: steps, each after those that it waits for."""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Final

from attrs import define, field

from .events import CustomResourceEvent, RequestType
from .resource import CustomResource, Resources

Properties = dict[str, Any]


@define(eq=False)
class Member:
    """A resource as it stands. Without a physical id there is nothing to delete."""

    name: str
    declared: CustomResource
    status: str = ""
    reason: str | None = None
    changed_at: float = 0.0
    physical_id: str = ""
    sent: Properties = field(factory=dict)  # what its provider was told last
    shown: Properties = field(factory=dict)  # the same, without secrets
    data: dict[str, Any] = field(factory=dict)
    no_echo: bool = False

    def as_before(self, step: "Step") -> "Member":
        """What an update replaced."""
        assert step.declared is not None
        return Member(self.name, step.declared, physical_id=self.physical_id, sent=step.old, shown=step.old_shown)


class State(Enum):
    WAITING = "for others"
    ASKED = "its provider"
    DONE = "done"
    FAILED = "failed"


@define(eq=False)
class Step:
    kind: RequestType
    member: Member
    waits_for: Sequence["Step"] = ()
    state: State = State.WAITING
    declared: CustomResource | None = None  # of the member, before an update
    old: Properties = field(factory=dict)  # what its provider was told before
    old_shown: Properties = field(factory=dict)

    @property
    def ready(self) -> bool:
        return self.state is State.WAITING and all(step.state is State.DONE for step in self.waits_for)


@define(eq=False)
class Asked:
    """An answer is waited for until then."""

    step: Step
    event: CustomResourceEvent
    until: float


def changes(template: Resources, members: Mapping[str, Member]) -> list[Step]:
    """All of the template is made, or brought up to date; `template` is in order."""
    steps: dict[str, Step] = {}
    for name, declared in template.items():
        member = members.get(name)
        waits_for = [steps[each] for each in declared.dependencies]
        if member is None:
            steps[name] = Step("Create", Member(name, declared), waits_for)
        else:
            steps[name] = Step("Update", member, waits_for)
    return list(steps.values())


def deletions(doomed: Iterable[Member]) -> list[Step]:
    """Each after those that depend on it, otherwise the last that was made first; `doomed` is in that order. What two
    templates left behind may depend on each other: then that order counts."""
    left, steps = list(doomed)[::-1], list[Step]()
    while left:
        free = (member for member in left if not any(depends(other, member) for other in left))
        member = next(free, left[0])
        left.remove(member)
        steps.append(Step("Delete", member, [step for step in steps if depends(step.member, member)]))
    return steps


def depends(member: Member, other: Member) -> bool:
    return other.name in member.declared.dependencies


CREATE_IN_PROGRESS: Final = "CREATE_IN_PROGRESS"
UPDATE_IN_PROGRESS: Final = "UPDATE_IN_PROGRESS"
DELETE_IN_PROGRESS: Final = "DELETE_IN_PROGRESS"
ROLLBACK: Final = "ROLLBACK_IN_PROGRESS"
UPDATE_ROLLBACK: Final = "UPDATE_ROLLBACK_IN_PROGRESS"
CLEANUP: Final = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
ROLLBACK_CLEANUP: Final = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
DELETED: Final = "DELETE_COMPLETE"

FOLLOWS: Final = {
    CREATE_IN_PROGRESS: ("CREATE_COMPLETE", ROLLBACK),
    ROLLBACK: ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED"),
    UPDATE_IN_PROGRESS: (CLEANUP, UPDATE_ROLLBACK),
    CLEANUP: ("UPDATE_COMPLETE", "UPDATE_COMPLETE"),
    UPDATE_ROLLBACK: (ROLLBACK_CLEANUP, "UPDATE_ROLLBACK_FAILED"),
    ROLLBACK_CLEANUP: ("UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"),
    DELETE_IN_PROGRESS: (DELETED, "DELETE_FAILED"),
}
"""What a stack is after that, if all went well, and if not."""
CHANGING: Final = (CREATE_IN_PROGRESS, UPDATE_IN_PROGRESS, UPDATE_ROLLBACK)
ENDS_AT_ONCE: Final = (CREATE_IN_PROGRESS, UPDATE_IN_PROGRESS)
"""With the first failure: what is under way is given up."""
CLEANING: Final = (CLEANUP, ROLLBACK_CLEANUP)
UPDATABLE: Final = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
DELETABLE: Final = (
    *UPDATABLE,
    *("CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED"),
)
