"""Step Functions, as they are looked up."""

from typing import Any, Final

from eventbus.errors import InvalidSetting
from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .checking import execution_input
from .resources import INVOKE, WITH_TOKEN
from .state_machine import StateMachine

_PAYLOADS: Final[dict[str, dict[str, Any]]] = {
    "task": {"Payload.$": "$"},
    "task_token": {"Payload": {"input.$": "$", "token.$": "$$.Task.Token"}},
    "context": {"Payload": {"input.$": "$", "context.$": "$$"}},
}


def sample_event(
    *,
    kind: str = "task",
    name: str = "orders",
    execution: str = "first",
    input: str = '{"id": 7}',
    function: str = "work",
) -> Any:
    """What `function` gets from a Task, in an execution started with `input`. Raises `InvalidSetting`, and the errors
    of StartExecution."""
    if kind not in _PAYLOADS:
        raise InvalidSetting(f"kind={kind!r} is refused; allowed: {', '.join(_PAYLOADS)}")
    execution_input(input)
    task = {
        "Type": "Task",
        "Resource": INVOKE + WITH_TOKEN if kind == "task_token" else INVOKE,
        "Parameters": {"FunctionName": SampleFunction(function), **_PAYLOADS[kind]},
        "End": True,
    }
    machine = machine_of(StateMachine(name, {"StartAt": "Work", "States": {"Work": task}}))
    machine.start(0.0, execution, input, None)
    return event_of(machine)


SYSTEM: Final = System(
    name="Step Functions",
    kind="synchronous",
    invoked_by="`stepfunctions.StateMachine(name, definition)`: Task states of its executions",
    event="the `Payload` of `lambda:invoke`, with `$$.Task.Token` where a token is waited for; the state's input where "
    "the Resource is the function itself",
    answer="any JSON, the state's result; with a task token not looked at: `send_task_success` and "
    "`send_task_failure` end the state",
    retries="the state's `Retry`, then its `Catch`; a throttle or a missing permission is an error as well",
    permission="the role of the state machine",
    refused="Map, JSONata, variables, Express workflows, activities, other integrations, qualifiers but $LATEST",
    deviations="executions are kept until the bus closes, and may last longer than a year; the Error and Cause of a "
    "failed state with neither are empty texts",
    example="""\
app = App("shop")
bill = app.function(lambda event, context: {"billed": event["id"]}, name="bill")
work = {"Type": "Task", "Resource": bill, "Retry": [{"ErrorEquals": ["States.ALL"]}], "End": True}
orders = app.add(stepfunctions.StateMachine("orders", {"StartAt": "Bill", "States": {"Bill": work}}))
async with app.start() as bus:
    started = await bus[orders].start_execution(input='{"id": 7}')
    await bus.settle()
    ended = await bus[orders].describe_execution(started.execution_arn)
    assert (ended.status, ended.output) == ("SUCCEEDED", '{"billed":7}')
""",
    sample_event=sample_event,
)
