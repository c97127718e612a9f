"""State machines without a bus: started, their invocations looked at and answered, their deadlines woken."""

import json
from collections.abc import Callable, Sequence
from math import inf
from typing import Any, TypeVar

from eventbus.core.effects import Deliver, Invoke
from eventbus.core.outcomes import HandlerFailed, Outcome, Succeeded
from eventbus.names import Arn, Ids, function_arn
from sources import stepfunctions
from sources.stepfunctions.data import Scope
from sources.stepfunctions.lanes import Execution
from sources.stepfunctions.machine import StateMachineMachine
from tests.sources.helpers import Feed, birth

T = TypeVar("T")
WORK = function_arn("work")
INVOKE = "arn:aws:states:::lambda:invoke"
WITH_TOKEN = f"{INVOKE}.waitForTaskToken"
ARN = Arn("arn:aws:states:us-east-1:000000000000:stateMachine:orders")
DONE: dict[str, Any] = {"Type": "Pass", "End": True}
TOKEN: dict[str, Any] = {"FunctionName": "work", "Payload": {"token.$": "$$.Task.Token"}}


def definition(**states: Any) -> dict[str, Any]:
    """Starts at the first."""
    return {"StartAt": next(iter(states)), "States": states}


def task(**fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": WORK, **({} if "Next" in fields else {"End": True}), **fields}


def with_token(**fields: Any) -> dict[str, Any]:
    return task(Resource=WITH_TOKEN, Parameters=TOKEN, **fields)


def make(given: Any) -> StateMachineMachine:
    declared = stepfunctions.StateMachine("orders", given)
    return declared.machine(birth(declared.arn))


def begin(machine: StateMachineMachine, data: Any = None, name: str = "first", now: float = 0.0) -> Execution:
    return machine.start(now, name, json.dumps({} if data is None else data), None)


def scope(data: Any, context: Any = None) -> Scope:
    return Scope(data, context, Ids(1, ARN))


def invoked(machine: StateMachineMachine) -> list[Invoke]:
    """Since the last time."""
    found = [effect for effect in machine.effects if isinstance(effect, Invoke)]
    machine.effects.clear()
    return found


def handed_over(machine: StateMachineMachine) -> list[Deliver]:
    found = [effect for effect in machine.effects if isinstance(effect, Deliver)]
    machine.effects.clear()
    return found


def event_of(effect: Invoke) -> Any:
    assert effect.payload is not None
    return json.loads(effect.payload)


def value(given: Any) -> Succeeded:
    return Succeeded(json.dumps(given).encode())


def failure(error: str = "ErrorA") -> HandlerFailed:
    return HandlerFailed(error, "boom", "id", ())


def answer(machine: StateMachineMachine, outcome: Outcome, now: float = 0.0) -> Invoke:
    """Of the one invocation there is."""
    [effect] = invoked(machine)
    machine.finished(now, effect.token, outcome)
    return effect


def woken(machine: StateMachineMachine) -> float:
    """The time of its next deadline, now over; `inf` without one."""
    now = machine.next_deadline()
    if now < inf:
        machine.wake(now)
    return now


def types(execution: Execution) -> Sequence[str]:
    return [happened.type for happened in execution.history]


class Told(Feed):
    """What a machine emits stays with it."""

    async def call(self, machine: Any, action: str, step: Callable[..., T], *args: Any, **settings: Any) -> T:
        return step(self.now, *args, **settings)


def client_of(given: Any) -> tuple[stepfunctions.StateMachineClient, StateMachineMachine, Feed]:
    declared = stepfunctions.StateMachine("orders", given)
    machine, feed = declared.machine(birth(declared.arn)), Told()
    return declared.client(machine, feed), machine, feed
