"""How executions go from state to state.

Laws: a lane is in one state, and waits there or is about to perform it; all that can be done at once is done in one
turn, in the order in which lanes got ready, never recursively. What is raised as `Failed` ends the state: its retriers
are asked, then its catchers, then the state that it is a branch of. Whatever a lane waits for is forgotten when it
leaves or loses its state. An execution that would have more than 25,000 events in its history fails.
"""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from math import inf
from typing import Any, Final

from attrs import define, field

from eventbus.core.effects import Cause
from eventbus.core.redelivery import Retries
from eventbus.names import ACCOUNT, Arn, arn_of
from sources._calling import CallingMachine

from .data import Scope, parsed, text_of
from .errors import RUNTIME, TIMEOUT, Failed
from .lanes import TIMEOUTS, Awaited, Execution, Happened, Kind, Lane, Status
from .states import Branch, Choice, Fail, Parallel, Pass, State, Succeed, Task, Wait, takes

HISTORY_LIMIT: Final = 25_000
"""Events [guide limits]."""
TOO_LONG: Final = f"The execution reached the maximum number of history events ({HISTORY_LIMIT})."
TOO_DEEP: Final = "The data nest too deeply."
TOLD: Final = 200
"""Characters of one line that the trace keeps of data and causes (arbitrary)."""
_ENDED: Final = {
    "SUCCEEDED": "ExecutionSucceeded",
    "FAILED": "ExecutionFailed",
    "TIMED_OUT": "ExecutionTimedOut",
    "ABORTED": "ExecutionAborted",
}


@define(eq=False)
class WalkingMachine(CallingMachine[Awaited]):
    definition: Branch
    executions: dict[str, Execution] = field(factory=dict, init=False)  # by name
    roots: dict[str, Lane] = field(factory=dict, init=False)  # of those that run
    _ready: deque[Lane] = field(factory=deque, init=False)
    _timeouts: int = field(default=0, init=False)  # among what is waited for

    # ------------------------------------------------------------ what tasks add
    def begin_task(self, now: float, lane: Lane, task: Task) -> None:
        raise NotImplementedError

    def forget_token(self, lane: Lane) -> None:
        raise NotImplementedError

    # ------------------------------------------------------------ executions
    def begin(self, now: float, name: str, text: str, cause: Cause | None) -> Execution:
        arn = arn_of("states", f"execution:{self.arn.name}:{name}")
        value = parsed(text)
        execution = Execution(arn, name, text, now, cause, self._execution_context(now, arn, name, value))
        self.executions[name] = execution
        lane = self.roots[name] = Lane(execution, self.definition)
        line = f"StartExecution {text}"[:TOLD]
        # told once, under its ARN, of the invocation that asked for it
        self.notes.extend([("requested", self.arn, arn, line, cause), ("requested", self.arn, name, line, None)])
        role = execution.context["RoleArn"]
        self.tell(now, lane, "ExecutionStarted", {"input": text, "role_arn": role})
        if self.definition.timeout_seconds < inf:
            execution.expiry = self.expect(lane, Kind.EXPIRY, now + self.definition.timeout_seconds)
        self.go(now, lane, self._enter, self.definition.states[self.definition.start_at], value, text)
        return execution

    def end(
        self, now: float, execution: Execution, status: Status, *, error: str = "", why: str = "", output: str = ""
    ) -> None:
        """With all that still goes on in it."""
        lane = self.roots.pop(execution.name)
        self._abort(now, lane)
        if execution.expiry is not None:
            self.forget(execution.expiry)
        execution.status, execution.ended_at = status, now
        execution.error, execution.why, execution.output = error or None, why or None, output or None
        details = {"error": error, "cause": why, "output": output}
        self.tell(now, lane, _ENDED[status], known(details), last=True)
        self.notes.append(("responded", self.arn, execution.about, _line(status, error, why, output), None))

    def outstanding(self) -> int:
        """Not what waits for a timeout alone: that is up to whoever has the task token."""
        return super().outstanding() - self._timeouts

    def busiest(self) -> str:
        going = [awaited for awaited in self.waits.values() if awaited.kind not in TIMEOUTS]
        if not going:
            return super().busiest()
        worst = max(going, key=lambda awaited: sum(awaited.lane.retries.values()))
        state, retries = worst.lane.state, sum(worst.lane.retries.values())
        where = "" if state is None else f" in state {state.name!r}, retried {retries:,} times,"
        return f"execution {worst.lane.execution.name}{where} waits for {worst.kind.value}"

    def hand_over_retries(self) -> Retries:
        """None: the state has its own."""
        return Retries(0, 0.0, float)

    def too_late(self, now: float, call: Awaited) -> None:
        self._timeouts -= call.kind in TIMEOUTS
        match call.kind:
            case Kind.EXPIRY:
                self.end(now, call.lane.execution, "TIMED_OUT", error=TIMEOUT)
            case Kind.RETRY:
                self.go(now, call.lane, self._perform)
            case Kind.PAUSE:
                self.go(now, call.lane, self._passed, self.state_of(call.lane).next)
            case _:
                self.task_too_late(now, call)

    def task_too_late(self, now: float, call: Awaited) -> None:
        raise NotImplementedError

    # ------------------------------------------------------------ steps
    def go(self, now: float, lane: Lane, step: Callable[..., None], *args: Any) -> None:
        """Do that, then whatever can be done at once."""
        self._take(now, lane, step, *args)
        while self._ready:
            ready = self._ready.popleft()
            if ready.state is not None:
                self._take(now, ready, self._perform)

    def leave(self, now: float, lane: Lane, output: Any, target: str | None) -> None:
        """Raises `Failed`: it is too large."""
        state = self.state_of(lane)
        text = text_of(output, f"The output of the state '{state.name}'")
        self.tell(now, lane, f"{state.kind}StateExited", {"name": state.name, "output": text})
        self.release(lane)
        if target is not None:
            self._enter(now, lane, lane.branch.states[target], output, text)
            return
        lane.state, lane.result = None, output
        if lane.parent is None:
            self.end(now, lane.execution, "SUCCEEDED", output=text)
        elif all(each.state is None for each in lane.parent.lanes):
            lane.parent.last = lane.last
            self._take(now, lane.parent, self._joined)

    def scope(self, lane: Lane) -> Scope:
        state = self.state_of(lane)
        context = {
            "Execution": lane.execution.context,
            "State": {
                "EnteredTime": self.iso(lane.entered_at),
                "Name": state.name,
                "RetryCount": sum(lane.retries.values()),
            },
            "StateMachine": {"Id": self.arn, "Name": self.arn.name},
        }
        if lane.task_token is not None:
            context["Task"] = {"Token": lane.task_token}
        return Scope(lane.raw, context, self.birth.ids)

    def tell(
        self, now: float, lane: Lane, type: str, details: dict[str, Any] | None = None, *, last: bool = False
    ) -> None:
        """For the history. Raises `Failed` where only the end of the execution may follow."""
        history = lane.execution.history
        if len(history) >= HISTORY_LIMIT - 1 and not last:
            raise Failed(RUNTIME, TOO_LONG)
        happened = Happened(now, len(history) + 1, type, lane.last, details or {})
        history.append(happened)
        lane.last = happened.id

    def note(self, lane: Lane, word: str, detail: object) -> None:
        """For the trace."""
        self.notes.append((word, self.arn, lane.execution.about, detail, None))

    def expect(self, lane: Lane, kind: Kind, until: float = inf) -> int:
        """The token of what that lane waits for from now on."""
        token = self.wait(Awaited(lane, kind, lane.execution.arn, lane.execution.cause), until)
        self._timeouts += kind in TIMEOUTS
        if kind is not Kind.EXPIRY:
            lane.waits.append(token)
        return token

    def forget(self, token: int) -> None:
        awaited = self.waits.pop(token, None)
        if awaited is not None:
            self._timeouts -= awaited.kind in TIMEOUTS

    def release(self, lane: Lane) -> None:
        """It waits for nothing any more."""
        for token in lane.waits:
            self.forget(token)
        lane.waits, lane.heartbeat = [], None
        self.forget_token(lane)

    def state_of(self, lane: Lane) -> State:
        assert lane.state is not None, "a lane that is over is not performed"
        return lane.state

    def iso(self, at: float) -> str:
        instant = datetime.fromtimestamp(self.birth.epoch + at, UTC)
        return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _execution_context(self, now: float, arn: Arn, name: str, value: Any) -> dict[str, Any]:
        return {
            "Id": arn,
            "Input": value,
            "Name": name,
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{self.arn.name}",
            "StartTime": self.iso(now),
            "RedriveCount": 0,
        }

    def _enter(self, now: float, lane: Lane, state: State, raw: Any, text: str) -> None:
        lane.state, lane.raw, lane.entered_at, lane.retries = state, raw, now, {}
        self.tell(now, lane, f"{state.kind}StateEntered", {"name": state.name, "input": text})
        lane.entered_by = lane.last
        self.note(lane, "entered", f"{state.kind} {state.name}")
        self._ready.append(lane)

    def _take(self, now: float, lane: Lane, step: Callable[..., None], *args: Any) -> None:
        try:
            step(now, lane, *args)
        except Failed as failed:
            self._fail(now, lane, failed)
        except RecursionError:
            self._fail(now, lane, Failed(RUNTIME, TOO_DEEP))

    def _perform(self, now: float, lane: Lane) -> None:
        state = lane.state
        match state:
            case Task():
                self.begin_task(now, lane, state)
            case Parallel():
                self._split(now, lane, state)
            case Wait():
                self._pause(now, lane, state)
            case Choice():
                scope = self.scope(lane)
                self._passed(now, lane, state.chosen(scope.of(state.effective_input(scope))))
            case Pass():
                scope = self.scope(lane)
                given = state.effective_input(scope)
                self.leave(now, lane, state.output(scope, state.result[0] if state.result else given), state.next)
            case Fail():
                raise state.failure(self.scope(lane))
            case _:
                assert isinstance(state, Succeed), "every kind of state is performed"
                self._passed(now, lane, None)

    def _passed(self, now: float, lane: Lane, target: str | None) -> None:
        """Its input goes on."""
        state, scope = self.state_of(lane), self.scope(lane)
        self.leave(now, lane, state.output(scope, state.effective_input(scope)), target)

    def _pause(self, now: float, lane: Lane, state: Wait) -> None:
        scope = self.scope(lane)
        due = state.until(scope.of(state.effective_input(scope)), now, self.birth.epoch)
        if due <= now:
            self._passed(now, lane, state.next)
        else:
            self.note(lane, "waits", f"in {state.name} for {due - now:g} s")
            self.expect(lane, Kind.PAUSE, due)

    def _split(self, now: float, lane: Lane, state: Parallel) -> None:
        given = state.effective_input(self.scope(lane))
        text = text_of(given, f"The input of the branches of '{state.name}'")
        self.tell(now, lane, "ParallelStateStarted")
        lane.lanes = [Lane(lane.execution, branch, lane, last=lane.last) for branch in state.branches]
        for each in lane.lanes:
            self._enter(now, each, each.branch.states[each.branch.start_at], given, text)

    def _joined(self, now: float, lane: Lane) -> None:
        """All branches have come to their ends."""
        state, results = self.state_of(lane), [each.result for each in lane.lanes]
        lane.lanes = []
        self.tell(now, lane, "ParallelStateSucceeded")
        self.leave(now, lane, state.output(self.scope(lane), results), state.next)

    # ------------------------------------------------------------ failures
    def _fail(self, now: float, lane: Lane, failed: Failed, *, here: bool = True) -> None:
        state = self.state_of(lane)
        if here and failed.error == RUNTIME:
            where = f"An error occurred while executing the state '{state.name}' (entered at the event id "
            failed = Failed(RUNTIME, f"{where}#{lane.entered_by}). {failed.cause}")
        for each in lane.lanes:
            self._abort(now, each)
        lane.lanes = []
        if isinstance(state, Parallel):
            self.tell(now, lane, "ParallelStateFailed", last=True)
        self.release(lane)
        self.note(lane, "failed", _line(state.name, failed.error, failed.cause))
        if not self._retry(now, lane, state, failed) and not self._catch(now, lane, state, failed):
            self._give_up(now, lane, failed)

    def _retry(self, now: float, lane: Lane, state: State, failed: Failed) -> bool:
        """The first retrier that takes it decides, even if its attempts are used up [guide]."""
        for index, retrier in enumerate(state.retry):
            if takes(retrier.error_equals, failed.error):
                retries = lane.retries.get(index, 0)
                if retries >= retrier.max_attempts:
                    return False
                pause = retrier.wait(retries) * (self.birth.ids.random.random() if retrier.jitter else 1)
                lane.retries[index] = retries + 1
                self.note(lane, "retry_wait", pause)
                self.expect(lane, Kind.RETRY, now + pause)
                return True
        return False

    def _catch(self, now: float, lane: Lane, state: State, failed: Failed) -> bool:
        for catcher in state.catch:
            if takes(catcher.error_equals, failed.error):
                self.note(lane, "caught", f"{failed.error} by {state.name}")
                try:
                    self.leave(now, lane, catcher.output(lane.raw, failed), catcher.next)
                except Failed as worse:
                    self._give_up(now, lane, worse)
                return True
        return False

    def _give_up(self, now: float, lane: Lane, failed: Failed) -> None:
        lane.state = None
        if lane.parent is None:
            self.end(now, lane.execution, "FAILED", error=failed.error, why=failed.cause)
        else:
            self._fail(now, lane.parent, failed, here=False)

    def _abort(self, now: float, lane: Lane) -> None:
        for each in lane.lanes:
            self._abort(now, each)
        lane.lanes = []
        self.release(lane)
        if isinstance(lane.state, Task | Wait | Parallel):
            self.tell(now, lane, f"{lane.state.kind}StateAborted", last=True)
        lane.state = None


def known(details: dict[str, Any]) -> dict[str, Any]:
    """Without those that are nothing."""
    return {name: each for name, each in details.items() if each}


def _line(*words: str) -> str:
    """What there is of them."""
    return ": ".join(filter(None, words))[:TOLD]
