"""How Task states call functions, and how their task tokens are answered.

Laws: a task ends once: by the answer of its function, by whoever has its token, or by a timeout; what comes later is
passed by, or refused. A function that runs on after its task has ended is not missed.
"""

from typing import Any, Final

from attrs import define, field

from eventbus.core.effects import Invoke
from eventbus.core.outcomes import HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut
from eventbus.names import REGION, Arn
from sources._calling import encode

from .data import parsed, text_of
from .errors import HEARTBEAT_TIMEOUT, RUNTIME, TIMEOUT, Failed, InvalidToken, TaskTimedOut
from .events import task_result
from .lanes import Awaited, Kind, Lane
from .resources import call_of
from .states import Task
from .walking import TOLD, WalkingMachine, known

UNKNOWN: Final = "Lambda.Unknown"
NO_TYPE: Final = (
    "The cause could not be determined because Lambda did not return an error type. Returned payload: {payload}"
)
TOKEN: Final = "task-"


@define(eq=False)
class TaskMachine(WalkingMachine):
    _by_token: dict[str, Lane] = field(factory=dict, init=False)  # of tasks that have not ended

    # ------------------------------------------------------------ calling
    def begin_task(self, now: float, lane: Lane, task: Task) -> None:
        if task.with_token:
            lane.task_token = TOKEN + self.new_id()
        scope = self.scope(lane)
        given = task.effective_input(scope)
        timeout = None if task.timeout is None else task.timeout.of(scope)
        heartbeat = None if task.heartbeat is None else task.heartbeat.of(scope)
        function, event, asynchronous = call_of(task, given)
        text = text_of(given, f"The input of the task '{task.name}'")
        self._scheduled(now, lane, task, text, timeout, heartbeat)
        if lane.task_token is not None:
            self._by_token[lane.task_token] = lane
        if timeout is not None:
            self.expect(lane, Kind.TIMEOUT, now + timeout)
        if heartbeat is not None:
            lane.heartbeat = self.expect(lane, Kind.HEARTBEAT, now + heartbeat), heartbeat
        payload = text if event is given else encode(event)
        if asynchronous:
            token = self.expect(lane, Kind.FUNCTION)
            self.hand_over(now, function, payload, lane.execution.about, lane.execution.cause, held=token)
        else:
            self._invoke(lane, function, payload)

    def _invoke(self, lane: Lane, function: Arn, payload: str) -> None:
        token, request_id = self.expect(lane, Kind.FUNCTION), self.new_id()
        self.waits[token].invoked = request_id
        execution = lane.execution
        detail = f"to {function.name} with {payload[:TOLD]}"
        self.notes.append(("routed", self.arn, (*execution.about, request_id), detail, None))
        cause = execution.cause
        self.effects.append(
            Invoke(function, self.arn, token, request_id, payload.encode(), cause=cause, principal=self.arn)
        )

    def _scheduled(
        self, now: float, lane: Lane, task: Task, text: str, timeout: int | None, heartbeat: int | None
    ) -> None:
        if task.integrated:
            limits = {"timeout_in_seconds": timeout, "heartbeat_in_seconds": heartbeat}
            details = {**_resource(task), "region": REGION, "parameters": text, **limits}
            self.tell(now, lane, "TaskScheduled", known(details))
            self.tell(now, lane, "TaskStarted", _resource(task))
        else:
            details = {"resource": task.function, "input": text, "timeout_in_seconds": timeout}
            self.tell(now, lane, "LambdaFunctionScheduled", known(details))
            self.tell(now, lane, "LambdaFunctionStarted")

    # ------------------------------------------------------------ what becomes of it
    def answered(self, now: float, call: Awaited, outcome: Outcome) -> None:
        self.go(now, call.lane, self._answered, call, outcome)

    def refused(self, now: float, call: Awaited, reason: str) -> None:
        self.go(now, call.lane, self._refused, reason)

    def taken(self, now: float, held: Any) -> None:
        call = self.waits.pop(held, None)
        if call is not None:
            self.go(now, call.lane, self._answer, None, 0, 202, self.new_id())

    def dropped(self, now: float, held: Any, error: str) -> None:
        call = self.waits.pop(held, None)
        if call is not None:
            self.go(now, call.lane, self._refused, error)

    def task_too_late(self, now: float, call: Awaited) -> None:
        error = TIMEOUT if call.kind is Kind.TIMEOUT else HEARTBEAT_TIMEOUT
        self.go(now, call.lane, self._lose, "TimedOut", Failed(error, ""))

    def _answered(self, now: float, lane: Lane, call: Awaited, outcome: Outcome) -> None:
        match outcome:
            case Succeeded():
                assert call.invoked is not None, "it was invoked"
                try:
                    value = parsed(outcome.payload)
                except ValueError as error:
                    self._lose(now, lane, "Failed", Failed(RUNTIME, f"The function's answer is no JSON: {error}"))
                else:
                    self._answer(now, lane, value, len(outcome.payload), 200, call.invoked)
            case HandlerFailed() | TimedOut():
                self._lose(now, lane, "Failed", _function_error(outcome.payload))
            case Throttled():
                why = f"Rate Exceeded. (Service: Lambda, Status Code: 429, Reason: {outcome.reason})"
                self._lose(now, lane, "Failed", Failed("Lambda.TooManyRequestsException", why))
            case Stopped():
                why = "The function was invoked too often in one chain of requests (Service: Lambda, Status Code: 400)"
                self._lose(now, lane, "Failed", Failed(f"Lambda.{outcome.reason}", why))

    def _refused(self, now: float, lane: Lane, reason: str) -> None:
        code, _, why = reason.partition(": ")
        if code.endswith("Exception") and code != "AccessDeniedException":
            self._lose(now, lane, "Failed", Failed(f"Lambda.{code}", f"{why or code} (Service: Lambda)"))
        why = f"{self.arn.name} is not authorized to perform: lambda:InvokeFunction: {why or reason}"
        self._lose(now, lane, "Failed", Failed("Lambda.AWSLambdaException", f"{why} (Status Code: 403)"))

    def _answer(self, now: float, lane: Lane, value: Any, length: int, status: int, request_id: str) -> None:
        """What a function said, or that it will be invoked; with a token nobody looks at it."""
        task = self.state_of(lane)
        assert isinstance(task, Task), "only tasks are answered"
        result = value
        if task.integrated:
            result = task_result(value, length, status, request_id, self.birth.epoch + now)
        if task.with_token:
            self.tell(now, lane, "TaskSubmitted", {**_resource(task), "output": encode(result)})
        else:
            self._finish(now, lane, result)

    def _finish(self, now: float, lane: Lane, result: Any) -> None:
        task = self.state_of(lane)
        assert isinstance(task, Task), "only tasks are answered"
        text = text_of(result, f"The result of the task '{task.name}'")
        if task.integrated:
            self.tell(now, lane, "TaskSucceeded", {**_resource(task), "output": text})
        else:
            self.tell(now, lane, "LambdaFunctionSucceeded", {"output": text})
        self.leave(now, lane, task.output(self.scope(lane), result), task.next)

    def _lose(self, now: float, lane: Lane, ending: str, failed: Failed) -> None:
        """Raises `failed`."""
        task = self.state_of(lane)
        assert isinstance(task, Task), "only tasks are answered"
        details = known({"error": failed.error, "cause": failed.cause})
        if task.integrated:
            self.tell(now, lane, f"Task{ending}", {**_resource(task), **details})
        else:
            self.tell(now, lane, f"LambdaFunction{ending}", details)
        raise failed

    # ------------------------------------------------------------ task tokens
    def succeed(self, now: float, token: str, result: Any) -> None:
        self.go(now, self._open(token), self._finish, result)

    def fail(self, now: float, token: str, failed: Failed) -> None:
        self.go(now, self._open(token), self._lose, "Failed", failed)

    def beat(self, now: float, token: str) -> None:
        """The next heartbeat may take as long again."""
        lane = self._open(token)
        if lane.heartbeat is not None:
            known, seconds = lane.heartbeat
            self.forget(known)
            lane.waits.remove(known)
            lane.heartbeat = self.expect(lane, Kind.HEARTBEAT, now + seconds), seconds

    def forget_token(self, lane: Lane) -> None:
        if lane.task_token is not None:
            self._by_token.pop(lane.task_token, None)
            lane.task_token = None

    def _open(self, token: str) -> Lane:
        """The task it stands for. Raises `TaskTimedOut` for one that has ended, `InvalidToken`."""
        lane = self._by_token.get(token)
        if lane is None:
            if token.startswith(TOKEN + self.birth.ids.text(0)[:-12]):
                raise TaskTimedOut("Task Timed Out: 'Provided task does not exist anymore'")
            raise InvalidToken("Invalid Token: 'Invalid token'")
        return lane


def _resource(task: Task) -> dict[str, str]:
    return {"resource_type": "lambda", "resource": "invoke.waitForTaskToken" if task.with_token else "invoke"}


def _function_error(payload: bytes) -> Failed:
    """By the type of its error object [systems 3.3]."""
    text = payload.decode(errors="replace")
    try:
        kind = parsed(text).get("errorType")
    except (ValueError, AttributeError):
        kind = None
    if not isinstance(kind, str) or not kind:
        return Failed(UNKNOWN, NO_TYPE.format(payload=text))
    return Failed(kind, text)
