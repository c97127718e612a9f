"""One stack: what is made, changed and deleted in which order, and what its providers answer.

Laws: an operation is a row of phases, each a list of steps; a step begins when those that it waits for are done. What
is asked of a provider ends once: by its first answer, by its time, or by a hand-over that was refused for good;
whatever comes later is passed by, and the trace says so."""

from collections import deque
from json import dumps
from math import inf
from string import ascii_uppercase, digits
from typing import Any, Final

from attrs import define, field

from eventbus.core.effects import Cause
from sources._calling import encode
from sources._hand_over import HandingMachine

from . import members, response
from .errors import AlreadyExistsException, ValidationError
from .events import CustomResourceEvent
from .members import Asked, Member, State, Step
from .resource import CustomResource, Resources
from .template import STACK_ID, STACK_NAME, resolved

USER: Final = "User Initiated"
INITIATED: Final = "Resource creation Initiated"
NEW_ID: Final = "Requested update required the provider to create a new physical resource"
NEW_TOKEN: Final = "Modifying service token is not allowed."
NOT_DELETED: Final = "Update successful. One or more resources could not be deleted."
SILENT: Final = (
    "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [{}]. "
    "If you are using the Python cfn-response module, you may need to update your Lambda function code so that "
    "CloudFormation can attach the updated version."
)
"""Texts as reported from AWS."""
STACK_TYPE: Final = "AWS::CloudFormation::Stack"
DEFAULT_TIMEOUT: Final = 3_600
"""Seconds [cfn:crpg-ref]."""
EVENTS_KEPT: Final = 10_000
"""Of one stack (ours; AWS keeps those of 90 days)."""
LATE: Final = "an answer that nobody waits for any more"


@define(eq=False)
class Happened:
    """A stack event; without `about` of the stack itself."""

    id: str
    at: float
    status: str
    reason: str | None
    about: str = ""
    type: str = STACK_TYPE
    physical_id: str = ""
    properties: str | None = None


@define(eq=False)
class StackMachine(HandingMachine):
    name: str
    declared: Resources
    stack_id: str = field(default="", init=False)
    status: str = field(default="", init=False)  # none: it was never made
    reason: str | None = field(default=None, init=False)
    created_at: float = field(default=0.0, init=False)
    updated_at: float | None = field(default=None, init=False)
    deleted_at: float | None = field(default=None, init=False)
    events: "deque[Happened]" = field(factory=deque, init=False)
    members: dict[str, Member] = field(factory=dict, init=False)  # in the order in which they were made
    _template: Resources = field(factory=dict, init=False)
    _previous: Resources = field(factory=dict, init=False)  # what a failed update goes back to
    _replaced: list[Member] = field(factory=list, init=False)  # until clean-up
    _steps: list[Step] = field(factory=list, init=False)  # of this phase
    _asked: dict[str, Asked] = field(factory=dict, init=False)  # by request id, in that order
    _cause: Cause | None = field(default=None, init=False)  # of this operation

    # ------------------------------------------------------------ operations
    def create(self, now: float, cause: Cause | None) -> str:
        if self.exists:
            raise AlreadyExistsException(self.name)
        self.stack_id = f"{self.arn}/{self.new_id()}"
        self.created_at, self.updated_at, self.deleted_at = now, None, None
        self.events, self.members, self._replaced = deque(maxlen=EVENTS_KEPT), {}, []
        self._template, self._cause = self.declared, cause
        self._begin(now, members.CREATE_IN_PROGRESS, USER)
        return self.stack_id

    def update(self, now: float, resources: Resources, cause: Cause | None) -> str:
        if not self.exists:
            raise ValidationError(f"Stack [{self.name}] does not exist")
        if self.status not in members.UPDATABLE:
            raise ValidationError(f"Stack:{self.stack_id} is in {self.status} state and can not be updated.")
        self._check_update(resources)
        self._previous, self._template, self._cause, self.updated_at = self._template, resources, cause, now
        self._begin(now, members.UPDATE_IN_PROGRESS, USER)
        return self.stack_id

    def delete(self, now: float, cause: Cause | None) -> None:
        """What is not there, or being deleted, is deleted already."""
        if not self.exists or self.status == members.DELETE_IN_PROGRESS:
            return
        if self.status not in members.DELETABLE:
            raise ValidationError(f"Stack [{self.name}] cannot be deleted while in status {self.status}")
        self._cancel(now, "Resource creation cancelled")
        self._cause = cause
        self._begin(now, members.DELETE_IN_PROGRESS, USER)

    def described(self, now: float) -> "StackMachine":
        """Raises `ValidationError` if it was never made."""
        if not self.stack_id:
            raise ValidationError(f"Stack with id {self.name} does not exist")
        return self

    @property
    def exists(self) -> bool:
        return self.status not in ("", members.DELETED)

    # ------------------------------------------------------------ inputs
    def called_back(self, now: float, name: str, content: bytes) -> None:
        """Somebody PUT this to the URL that ends with a request id."""
        asked = self._asked.pop(name, None)
        if asked is None:
            self.notes.append(("dropped", self.arn, name, LATE, None))
            return
        answer = response.read(content, asked.event)
        self.notes.append(("responded", self.arn, name, answer.reason or f"SUCCESS: {answer.physical_id}", self._cause))
        if answer.reason is None:
            self._succeed(now, asked.step, answer)
        else:
            self._fail_asked(now, asked.step, answer.reason, answer.physical_id)
        self._go_on(now)

    def dropped(self, now: float, held: Any, error: str) -> None:
        asked = self._asked.pop(held, None)
        if asked is not None:
            step = asked.step
            step.member.sent, step.member.shown = step.old, step.old_shown
            self._fail(now, step, error)
            self._go_on(now)

    def wake(self, now: float) -> None:
        super().wake(now)
        for id, asked in list(self._asked.items()):
            if asked.until <= now and self._asked.pop(id, None) is not None:  # one failure gives up the others
                self.notes.append(("responded", self.arn, id, "nothing in time", self._cause))
                self._fail_asked(now, asked.step, SILENT.format(id))
                self._go_on(now)

    def next_deadline(self) -> float:
        return min(min((asked.until for asked in self._asked.values()), default=inf), super().next_deadline())

    def outstanding(self) -> int:
        return len(self._asked) + super().outstanding()

    def busiest(self) -> str:
        waiting = [f"{asked.step.member.name} has not answered" for asked in self._asked.values()]
        return ", ".join(waiting[:3]) or super().busiest()

    # ------------------------------------------------------------ what a template may refer to
    def ref(self, name: str) -> str:
        return {STACK_ID: self.stack_id, STACK_NAME: self.name}.get(name) or self.members[name].physical_id

    def attribute(self, name: str, attribute: str) -> Any:
        found = self.members[name].data.get(attribute)
        if found is None:
            raise LookupError(
                f"CustomResource attribute error: Vendor response doesn't contain {attribute} attribute in object "
                f"{self.stack_id}|{name}|{self.new_id()}"
            )
        return found

    def hides(self, name: str) -> bool:
        return self.members[name].no_echo

    # ------------------------------------------------------------ phases
    def _begin(self, now: float, status: str, reason: str | None = None) -> None:
        self.status, self.reason = status, reason
        self.events.append(Happened(self.new_id(), now, status, reason, physical_id=self.stack_id))
        self._steps = self._planned()
        if status in members.FOLLOWS:
            self._go_on(now)

    def _planned(self) -> list[Step]:
        """Of the phase that begins."""
        match self.status:
            case members.CREATE_IN_PROGRESS | members.UPDATE_IN_PROGRESS:
                return members.changes(self._template, self.members)
            case members.UPDATE_ROLLBACK:
                self._template = self._previous
                return members.changes(self._template, self.members)
            case members.ROLLBACK | members.DELETE_IN_PROGRESS:
                self._template = {}
        if self.status not in members.FOLLOWS:
            return []
        current = [(name, member.physical_id) for name, member in self.members.items()]
        replaced = [each for each in self._replaced if (each.name, each.physical_id) not in current]
        unwanted = [member for name, member in self.members.items() if name not in self._template]
        return members.deletions([*replaced, *unwanted])

    def _go_on(self, now: float) -> None:
        """Begin what can begin; if nothing is under way then, the phase is over."""
        if self.status in members.ENDS_AT_ONCE and self._failed():
            self._give_up(now)
        else:
            while ready := next((step for step in self._steps if step.ready), None):
                self._start(now, ready)
                if ready.state is State.FAILED and self.status in members.ENDS_AT_ONCE:
                    self._give_up(now)
                    break
        if not any(step.state is State.ASKED for step in self._steps):
            self._end_phase(now)

    def _end_phase(self, now: float) -> None:
        well, ill = members.FOLLOWS[self.status]
        failed = self._failed()
        if self.status in members.CLEANING:
            self.members = {name: member for name, member in self.members.items() if name in self._template}
            self._replaced = []
        if not failed:
            if well == members.DELETED:
                self.deleted_at = now
            self._begin(now, well)
        else:
            self._begin(now, ill, self._why(failed, ill))

    def _why(self, failed: list[Step], status: str) -> str:
        if status == "UPDATE_COMPLETE":
            return NOT_DELETED
        reasons = []
        for kind in ("Create", "Update", "Delete"):
            names = [step.member.name for step in failed if step.kind == kind]
            if names:
                reasons.append(f"The following resource(s) failed to {kind.lower()}: [{', '.join(names)}].")
        if status == members.ROLLBACK:
            reasons.append("Rollback requested by user.")
        return " ".join(reasons)

    def _failed(self) -> list[Step]:
        return [step for step in self._steps if step.state is State.FAILED]

    def _give_up(self, now: float) -> None:
        what = "creation" if self.status == members.CREATE_IN_PROGRESS else "update"
        self._cancel(now, f"Resource {what} cancelled")

    def _cancel(self, now: float, reason: str) -> None:
        """What is under way has failed, whatever it will answer."""
        asked, self._asked = self._asked, {}
        for each in asked.values():
            self._fail_asked(now, each.step, reason)

    # ------------------------------------------------------------ steps
    def _start(self, now: float, step: Step) -> None:
        match step.kind:
            case "Create":
                self._start_create(now, step)
            case "Update":
                self._start_update(now, step, self._template[step.member.name])
            case "Delete":
                self._start_delete(now, step)

    def _start_create(self, now: float, step: Step) -> None:
        member = step.member
        try:
            self._resolve(member, member.declared)
        except LookupError as missing:
            self._fail(now, step, str(missing.args[0]))
            return
        self.members[member.name] = member
        self._note(now, member, "CREATE_IN_PROGRESS")
        self._ask(now, step)

    def _start_update(self, now: float, step: Step, wanted: CustomResource) -> None:
        member = step.member
        step.declared, step.old, step.old_shown = member.declared, member.sent, member.shown
        if wanted.token != member.declared.token:
            self._note(now, member, "UPDATE_IN_PROGRESS")
            self._fail(now, step, NEW_TOKEN)
            return
        try:
            self._resolve(member, wanted)
        except LookupError as missing:
            self._fail(now, step, str(missing.args[0]))
            return
        member.declared = wanted
        if member.sent != step.old:
            self._note(now, member, "UPDATE_IN_PROGRESS")
            self._ask(now, step)
            return
        step.state = State.DONE
        if member.status == "UPDATE_FAILED":  # its provider knows nothing of it
            self._note(now, member, "UPDATE_COMPLETE")

    def _start_delete(self, now: float, step: Step) -> None:
        member = step.member
        if member.declared.deletion_policy == "Retain":
            self._gone(now, step, "DELETE_SKIPPED")
        elif not member.physical_id:  # its provider knows nothing of it
            self._gone(now, step, "DELETE_COMPLETE")
        else:
            self._note(now, member, "DELETE_IN_PROGRESS")
            self._ask(now, step)

    def _resolve(self, member: Member, wanted: CustomResource) -> None:
        """Raises `LookupError`, and changes nothing then."""
        sent = resolved(wanted.template, self)
        member.sent, member.shown = sent, resolved(wanted.template, self, shown=True)

    def _ask(self, now: float, step: Step) -> None:
        member, id = step.member, self.new_id()
        event = self._event(step, id)
        timeout = member.declared.service_timeout or DEFAULT_TIMEOUT
        step.state = State.ASKED
        self._asked[id] = Asked(step, event, now + timeout)
        self.notes.append(("requested", self.arn, id, f"{step.kind} {member.name}", self._cause))
        self.hand_over(now, member.declared.token, encode(event), (id,), self._cause, held=id)

    def _event(self, step: Step, id: str) -> CustomResourceEvent:
        member = step.member
        event: dict[str, Any] = {
            "RequestType": step.kind,
            "ServiceToken": str(member.declared.token),
            "ResponseURL": f"{self.birth.callbacks}/{id}",
            "StackId": self.stack_id,
            "RequestId": id,
            "LogicalResourceId": member.name,
        }
        if step.kind != "Create":
            event["PhysicalResourceId"] = member.physical_id
        event["ResourceType"] = member.declared.resource_type
        event["ResourceProperties"] = member.sent
        if step.kind == "Update":
            event["OldResourceProperties"] = step.old
        return event  # type: ignore[return-value]  # made whole above

    def _succeed(self, now: float, step: Step, answer: response.Answer) -> None:
        member = step.member
        if step.kind == "Delete":
            self._gone(now, step, "DELETE_COMPLETE")
            return
        if step.kind == "Update" and member.physical_id != answer.physical_id:
            self._replaced.append(member.as_before(step))
            member.physical_id = answer.physical_id
            self._note(now, member, "UPDATE_IN_PROGRESS", NEW_ID)
        elif step.kind == "Create":
            member.physical_id = answer.physical_id
            self._note(now, member, "CREATE_IN_PROGRESS", INITIATED)
        member.data, member.no_echo = answer.data, answer.no_echo
        step.state = State.DONE
        self._note(now, member, f"{step.kind.upper()}_COMPLETE")

    def _fail_asked(self, now: float, step: Step, reason: str, physical_id: str = "") -> None:
        """Something was perhaps made: rolling back deletes it, by the id that was answered or by one made up."""
        if step.kind == "Create":
            letters = "".join(self.birth.ids.random.choices(ascii_uppercase + digits, k=13))
            step.member.physical_id = physical_id or f"{self.name}-{step.member.name}-{letters}"
        self._fail(now, step, reason)

    def _fail(self, now: float, step: Step, reason: str) -> None:
        step.state = State.FAILED
        self._note(now, step.member, f"{step.kind.upper()}_FAILED", reason)

    def _gone(self, now: float, step: Step, status: str) -> None:
        step.state = State.DONE
        self._note(now, step.member, status)
        if self.members.get(step.member.name) is step.member:
            del self.members[step.member.name]

    # ------------------------------------------------------------ what is told
    def _note(self, now: float, member: Member, status: str, reason: str | None = None) -> None:
        member.status, member.reason, member.changed_at = status, reason, now
        happened = Happened(self.new_id(), now, status, reason, member.name, member.declared.resource_type)
        happened.physical_id = member.physical_id
        happened.properties = dumps(member.shown, ensure_ascii=False, separators=(",", ":"))
        self.events.append(happened)

    def _check_update(self, resources: Resources) -> None:
        changed = [
            name
            for name, wanted in resources.items()
            if name in self._template and wanted.resource_type != self._template[name].resource_type
        ]
        if changed:
            raise ValidationError(
                "Update of resource type is not permitted. The new template modifies resource type of the following "
                f"resources: [{', '.join(changed)}]"
            )
        same = resources.keys() == self._template.keys() and all(
            wanted.same_as(self._template[name]) for name, wanted in resources.items()
        )
        if same:
            raise ValidationError("No updates are to be performed.")
