"""The machine of a state machine: events, histories, what is waited for, and what comes late."""

import json
from math import inf
from typing import Any

import pytest

from eventbus.core.effects import Cause
from eventbus.core.outcomes import Outcome, Stopped, Succeeded
from sources.stepfunctions import walking
from sources.stepfunctions.errors import TaskTimedOut
from sources.stepfunctions.machine import StateMachineMachine
from tests.golden import load, match
from tests.sources.stepfunctions.helpers import (
    DONE,
    INVOKE,
    TOKEN,
    WITH_TOKEN,
    WORK,
    answer,
    begin,
    definition,
    event_of,
    failure,
    handed_over,
    invoked,
    make,
    task,
    types,
    value,
    with_token,
    woken,
)

PAUSE: dict[str, Any] = {"Type": "Wait", "Seconds": 5}
CAUSE = Cause("request", ())


def by_invoke(payload: Any = None, **fields: Any) -> dict[str, Any]:
    parameters = {"FunctionName": "work", **({} if payload is None else {"Payload": payload})}
    return task(Resource=INVOKE, Parameters=parameters, **fields)


# -------------------------------------------------------------------------------------------------------- goldens
@pytest.mark.parametrize(
    ("golden", "state", "data"),
    [
        ("payload", by_invoke({"order": {"id.$": "$.id"}, "source": "shop"}), {"id": 7, "unused": 1}),
        ("without_payload", by_invoke(), {"id": 7, "unused": 1}),
        ("bare_arn", task(), {"id": 7, "tags": ["new"], "note": None}),
        (
            "task_token",
            task(
                Resource=WITH_TOKEN,
                Parameters={"FunctionName": "work", "Payload": {"order.$": "$.id", "token.$": "$$.Task.Token"}},
            ),
            {"id": 7, "unused": 1},
        ),
    ],
    ids=lambda row: row if isinstance(row, str) else "",
)
def test_what_functions_get(golden: str, state: Any, data: Any) -> None:
    machine = make(definition(Work=state))
    begin(machine, data, now=10.0)
    [effect] = invoked(machine)

    match(load(f"stepfunctions/{golden}"), event_of(effect))
    assert (effect.function, effect.asker, effect.principal) == (WORK, machine.arn, machine.arn)


def with_context(**fields: Any) -> dict[str, Any]:
    parameters = {"FunctionName": "work", "Payload": {"context.$": "$$"}}
    return task(Resource=WITH_TOKEN, Parameters=parameters, **fields)


def test_context_object() -> None:
    """Whole, after a Wait."""
    machine = make(definition(Before={**PAUSE, "Next": "Work"}, Work=with_context()))
    begin(machine, {"id": 7}, now=10.0)
    assert woken(machine) == 15.0
    [effect] = invoked(machine)

    match(load("stepfunctions/context"), event_of(effect)["context"])


def test_context_object_of_a_retry() -> None:
    machine = make(definition(Work=with_context(Retry=[{"ErrorEquals": ["States.ALL"]}])))
    begin(machine, {"id": 7}, now=10.0)
    answer(machine, failure(), 10.0)
    assert woken(machine) == 11.0
    [effect] = invoked(machine)

    match(load("stepfunctions/context_retried"), event_of(effect)["context"])


def test_result_of_a_task() -> None:
    """With the metadata of the call, about the invocation itself."""
    machine = make(definition(Work=by_invoke({})))
    execution = begin(machine, now=10.0)
    effect = answer(machine, value({"done": True}), 10.0)
    assert execution.output is not None
    result = json.loads(execution.output)

    match(load("stepfunctions/task_result"), result, key_order=False)
    assert list(result) == list(load("stepfunctions/task_result"))
    assert result["SdkResponseMetadata"]["RequestId"] == effect.request_id


def test_input_of_a_rescue() -> None:
    """The error beside what the state got; its cause is the error object."""
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Rescue"}]
    machine = make(definition(Work=task(Catch=catch), Rescue={**DONE, "Type": "Pass"}))
    execution = begin(machine, {"id": 7})
    answer(machine, failure("ValueError"))
    output = json.loads(execution.output or "")

    match(load("stepfunctions/error_output"), output)
    assert json.loads(output["error"]["Cause"]) == {
        "errorMessage": "boom",
        "errorType": "ValueError",
        "requestId": "id",
        "stackTrace": [],
    }


# ----------------------------------------------------------------------------------------------------- histories
def test_history_of_a_task_by_its_arn() -> None:
    """Each event follows the one before it; texts are those that states got and gave."""
    machine = make(definition(Work=task(TimeoutSeconds=9)))
    execution = begin(machine, {"id": 7}, now=10.0)
    answer(machine, value("ok"), 12.0)

    assert [(each.at, each.type, each.previous, each.details) for each in execution.history] == [
        (10.0, "ExecutionStarted", 0, {"input": '{"id": 7}', "role_arn": "arn:aws:iam::000000000000:role/orders"}),
        (10.0, "TaskStateEntered", 1, {"name": "Work", "input": '{"id": 7}'}),
        (10.0, "LambdaFunctionScheduled", 2, {"resource": WORK, "input": '{"id":7}', "timeout_in_seconds": 9}),
        (10.0, "LambdaFunctionStarted", 3, {}),
        (12.0, "LambdaFunctionSucceeded", 4, {"output": '"ok"'}),
        (12.0, "TaskStateExited", 5, {"name": "Work", "output": '"ok"'}),
        (12.0, "ExecutionSucceeded", 6, {"output": '"ok"'}),
    ]


def test_history_of_a_task_with_a_token() -> None:
    """What the function said is submitted, what the token said is the result."""
    machine = make(definition(Work=with_token(TimeoutSeconds=60, HeartbeatSeconds=9)))
    execution = begin(machine)
    token = event_of(answer(machine, value("thrown away")))["token"]
    machine.succeed(3.0, token, {"n": 1})
    resource = {"resource_type": "lambda", "resource": "invoke.waitForTaskToken"}
    scheduled, started, submitted, succeeded = execution.history[2:6]

    assert [scheduled.details[f"{name}_in_seconds"] for name in ("timeout", "heartbeat")] == [60, 9]
    assert json.loads(scheduled.details["parameters"])["Payload"] == {"token": token}
    assert started.details == resource
    assert json.loads(submitted.details["output"])["Payload"] == "thrown away"
    assert succeeded.details == {**resource, "output": '{"n":1}'}
    assert types(execution)[2:] == [
        *("TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"),
        *("TaskStateExited", "ExecutionSucceeded"),
    ]


def test_history_of_a_retried_and_caught_task() -> None:
    catch = [{"ErrorEquals": ["ErrorA"], "Next": "Rescue"}]
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]
    machine = make(definition(Work=task(Retry=retry, Catch=catch), Rescue={"Type": "Succeed"}))
    execution = begin(machine)
    answer(machine, failure())
    answer(machine, failure(), woken(machine))

    attempt = ["LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionFailed"]
    assert types(execution)[2:] == [
        *attempt,
        *attempt,
        *("TaskStateExited", "SucceedStateEntered", "SucceedStateExited", "ExecutionSucceeded"),
    ]


def parallel(*branches: Any, **fields: Any) -> dict[str, Any]:
    return {"Type": "Parallel", "Branches": list(branches), "End": True, **fields}


def test_history_of_branches() -> None:
    """Events of a branch follow those of the same branch."""
    machine = make(definition(P=parallel(definition(A=DONE), definition(B={**PAUSE, "End": True}))))
    execution = begin(machine)
    assert woken(machine) == 5.0

    assert [(each.id, each.type, each.previous) for each in execution.history] == [
        (1, "ExecutionStarted", 0),
        (2, "ParallelStateEntered", 1),
        (3, "ParallelStateStarted", 2),
        (4, "PassStateEntered", 3),
        (5, "WaitStateEntered", 3),
        (6, "PassStateExited", 4),
        (7, "WaitStateExited", 5),
        (8, "ParallelStateSucceeded", 7),
        (9, "ParallelStateExited", 8),
        (10, "ExecutionSucceeded", 9),
    ]


def test_history_of_branches_that_are_stopped() -> None:
    """By the failure of one of them; what they waited for is forgotten."""
    inner = parallel(definition(C={**PAUSE, "End": True}), definition(D=task(Resource=WORK)))
    machine = make(definition(P=parallel(definition(A={"Type": "Fail", "Error": "Bad"}), definition(B=inner))))
    execution = begin(machine)

    # the first branch fails before the second has begun
    assert types(execution)[3:] == [
        *("FailStateEntered", "ParallelStateEntered", "ParallelStateAborted", "ParallelStateFailed"),
        "ExecutionFailed",
    ]
    machine = make(definition(P=parallel(definition(B=inner), definition(A=task()))))
    execution = begin(machine)
    first, _ = invoked(machine)
    machine.finished(1.0, first.token, failure("Bad"))
    assert types(execution)[-6:] == [
        *("LambdaFunctionFailed", "WaitStateAborted", "TaskStateAborted", "ParallelStateAborted"),
        *("ParallelStateFailed", "ExecutionFailed"),
    ]
    assert (execution.error, machine.outstanding(), machine.next_deadline()) == ("Bad", 0, inf)


def test_history_of_a_stopped_execution() -> None:
    machine = make(definition(Work=task()))
    execution = begin(machine)
    machine.stop(3.0, execution.arn, "Enough", "of this")

    assert types(execution)[-2:] == ["TaskStateAborted", "ExecutionAborted"]
    assert execution.history[-1].details == {"error": "Enough", "cause": "of this"}
    assert (execution.ended_at, machine.outstanding()) == (3.0, 0)


@pytest.mark.parametrize("limit", [1_000, pytest.param(25_000, marks=pytest.mark.long)])
def test_longest_history(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """25,000 events, the last of which tells that it failed."""
    assert walking.HISTORY_LIMIT == 25_000
    monkeypatch.setattr(walking, "HISTORY_LIMIT", limit)
    again = {"Type": "Choice", "Choices": [{"Variable": "$.n", "IsPresent": False, "Next": "End"}], "Default": "Again"}
    machine = make(definition(Again={"Type": "Pass", "Next": "Choose"}, Choose=again, End=DONE))
    execution = begin(machine, {"n": 1})

    assert (len(execution.history), execution.status, execution.error) == (limit, "FAILED", "States.Runtime")
    assert (execution.why or "").endswith("The execution reached the maximum number of history events (25000).")


def test_long_history_of_a_retried_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ends as well."""
    monkeypatch.setattr(walking, "HISTORY_LIMIT", 100)
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 99_999_999, "BackoffRate": 1}]
    machine = make(definition(Work=task(Retry=retry)))
    execution, now = begin(machine), 0.0
    while execution.status == "RUNNING":
        answer(machine, failure(), now)
        now = woken(machine) if execution.status == "RUNNING" else now

    assert (len(execution.history), execution.error, machine.outstanding()) == (100, "States.Runtime", 0)


# ------------------------------------------------------------------------------------------ what is waited for
def waiting(machine: StateMachineMachine) -> tuple[int, float]:
    return machine.outstanding(), machine.next_deadline()


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (task(), (1, inf)),
        (task(TimeoutSeconds=9), (1, 9.0)),
        ({**PAUSE, "End": True}, (1, 5.0)),
        (with_token(), (1, inf)),
        (DONE, (0, inf)),
    ],
    ids=["task", "timeout", "wait", "token", "pass"],
)
def test_what_counts_as_outstanding(state: Any, expected: tuple[int, float]) -> None:
    """Functions and Wait states; of a task with a token its function."""
    machine = make(definition(A=state))
    begin(machine)

    assert waiting(machine) == expected


def test_token_is_not_outstanding() -> None:
    """Nor are its timeout, its heartbeat and that of the execution, which are due all the same."""
    machine = make({**definition(A=with_token(TimeoutSeconds=60, HeartbeatSeconds=9)), "TimeoutSeconds": 90})
    execution = begin(machine)
    assert machine.outstanding() == 1
    token = event_of(answer(machine, value(None)))["token"]

    assert waiting(machine) == (0, 9.0)
    assert machine.busiest() == ""
    machine.beat(5.0, token)
    assert waiting(machine) == (0, 14.0)
    machine.succeed(6.0, token, 1)
    assert (waiting(machine), execution.status) == ((0, inf), "SUCCEEDED")


def test_retry_is_outstanding() -> None:
    """And who asks is told why."""
    machine = make(definition(A=task(Retry=[{"ErrorEquals": ["States.ALL"]}])))
    begin(machine)
    answer(machine, failure())

    assert waiting(machine) == (1, 1.0)
    assert machine.busiest() == "execution first in state 'A', retried 1 times, waits for the next attempt"


def test_answer_after_the_timeout_is_passed_by() -> None:
    """The retry has a call of its own."""
    machine = make(definition(A=task(TimeoutSeconds=2, Retry=[{"ErrorEquals": ["States.Timeout"]}])))
    execution = begin(machine)
    [first] = invoked(machine)
    assert woken(machine) == 2.0
    machine.finished(2.5, first.token, value("late"))
    assert (execution.status, machine.outstanding()) == ("RUNNING", 1)
    assert woken(machine) == 3.0
    answer(machine, value("in time"), 3.0)

    assert execution.output == '"in time"'


def test_answer_after_the_token_is_passed_by() -> None:
    """The function may run on."""
    machine = make(definition(A=with_token(Next="B"), B={**PAUSE, "End": True}))
    execution = begin(machine)
    [effect] = invoked(machine)
    machine.succeed(1.0, event_of(effect)["token"], 1)
    machine.finished(2.0, effect.token, failure())

    assert woken(machine) == 6.0
    assert (execution.status, execution.output) == ("SUCCEEDED", "1")


def test_dead_tokens_are_told_from_others() -> None:
    machine = make(definition(A=with_token()))
    begin(machine)
    token = event_of(answer(machine, failure()))["token"]

    with pytest.raises(TaskTimedOut):
        machine.beat(1.0, token)


def test_heartbeat_without_a_limit_is_taken() -> None:
    """Nothing is put off by it."""
    machine = make(definition(A=with_token(TimeoutSeconds=5)))
    begin(machine)
    token = event_of(answer(machine, value(None)))["token"]
    machine.beat(4.0, token)

    assert machine.next_deadline() == 5.0


def test_deadlines_at_one_instant_are_in_order() -> None:
    """Those of the same wake too; afterwards nothing is due at once."""
    machine = make(definition(A={"Type": "Wait", "Seconds": 5, "Next": "B"}, B={**PAUSE, "End": True}))
    ends = [begin(machine, name=str(number)) for number in range(3)]
    machine.wake(20.0)

    assert machine.next_deadline() == 25.0
    machine.wake(25.0)
    assert {execution.status for execution in ends} == {"SUCCEEDED"}


# ---------------------------------------------------------------------------------------------------- invocations
def test_cause_goes_with_what_is_invoked() -> None:
    """So traces and limits of recursion follow."""
    machine = make(definition(A=task()))
    execution = machine.start(0.0, "first", "{}", CAUSE)
    [effect] = invoked(machine)

    assert effect.cause is CAUSE
    assert [(note[0], note[2]) for note in machine.notes if note[4] is CAUSE] == [("requested", execution.arn)]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("TooManyRequestsException: x", ("Lambda.TooManyRequestsException", "x (Service: Lambda)")),
        (
            "ResourceNotFoundException",
            ("Lambda.ResourceNotFoundException", "ResourceNotFoundException (Service: Lambda)"),
        ),
        (
            "AccessDeniedException: no grant",
            (
                "Lambda.AWSLambdaException",
                "orders is not authorized to perform: lambda:InvokeFunction: no grant (Status Code: 403)",
            ),
        ),
    ],
    ids=["throttled", "no such function", "not permitted"],
)
def test_asynchronous_invocation_that_is_refused(error: str, expected: tuple[str, str]) -> None:
    """Is an error of the task at once: only its retriers try again."""
    parameters = {"FunctionName": "work", "InvocationType": "Event"}
    machine = make(definition(A=task(Resource=INVOKE, Parameters=parameters)))
    execution = begin(machine)
    [effect] = handed_over(machine)
    assert machine.outstanding() == 2  # the hand-over, and the state that waits for it
    machine.delivered(0.0, effect.token, error)

    assert (execution.error, execution.why) == expected
    assert waiting(machine) == (0, inf)


@pytest.mark.parametrize("error", [None, "ResourceNotFoundException"])
def test_hand_over_that_nobody_waits_for_any_more(error: str | None) -> None:
    parameters = {"FunctionName": "work", "InvocationType": "Event"}
    machine = make(definition(A=task(Resource=INVOKE, Parameters=parameters)))
    execution = begin(machine)
    [effect] = handed_over(machine)
    machine.stop(0.0, execution.arn, "", "")
    machine.delivered(0.0, effect.token, error)

    assert (execution.status, waiting(machine)) == ("ABORTED", (0, inf))


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"FunctionName.$": "$.f"}, "Lambda.ResourceNotFoundException"),
        ({"FunctionName": "work", "InvocationType.$": "$.f"}, "Lambda.InvalidParameterValueException"),
        ({"FunctionName": "work", "Qualifier.$": "$.f"}, "Lambda.InvalidParameterValueException"),
    ],
    ids=["function", "type", "qualifier"],
)
@pytest.mark.parametrize("given", ["no such:thing", 7, None])
def test_parameters_that_only_paths_know(parameters: Any, error: str, given: Any) -> None:
    """Are refused where they are used."""
    machine = make(definition(A=task(Resource=INVOKE, Parameters=parameters)))
    execution = begin(machine, {"f": given})

    assert (execution.status, execution.error) == ("FAILED", error)


@pytest.mark.parametrize(
    ("outcome", "error", "cause"),
    [
        (Succeeded(b"{"), "States.Runtime", "no JSON"),
        (Succeeded(b"NaN"), "States.Runtime", "no JSON"),
        (Succeeded(b"1e999"), "States.Runtime", "no JSON"),
        (Succeeded(b'"\\ud800"'), "States.Runtime", "no JSON"),
        (Succeeded(b"\xff"), "States.Runtime", "no JSON"),
        (Succeeded(b"[" * 5_000 + b"]" * 5_000), "States.Runtime", "no JSON"),
        (Stopped(), "Lambda.RecursiveInvocationException", "too often"),
    ],
    ids=["no JSON", "NaN", "too large", "half of a pair", "no UTF-8", "too deep", "stopped"],
)
def test_answers_that_are_none(outcome: Outcome, error: str, cause: str) -> None:
    machine = make(definition(A=task()))
    execution = begin(machine)
    answer(machine, outcome)

    assert execution.error == error
    assert cause in (execution.why or "")


def test_long_errors_are_cut() -> None:
    """At 256 and 32,768 characters, as the API has them."""
    machine = make(definition(A=task()))
    execution = begin(machine)
    answer(machine, failure("E" * 300 + "x" * 40_000))

    assert (execution.error, len(execution.why or "")) == ("E" * 256, 32_768)


def test_runtime_errors_say_where() -> None:
    machine = make(definition(A=task(InputPath="$.no")))
    execution = begin(machine)

    where = "An error occurred while executing the state 'A' (entered at the event id #2). "
    assert execution.why == f"{where}Invalid path '$.no': InputPath leads nowhere"


@pytest.mark.parametrize("path", ["ErrorPath", "CausePath"])
def test_words_of_fail_states_are_texts(path: str) -> None:
    machine = make(definition(A={"Type": "Fail", path: "$.n"}))
    execution = begin(machine, {"n": 7})

    assert execution.error == "States.Runtime"


def test_too_large_an_input_of_branches() -> None:
    branches = parallel(definition(A=DONE), Parameters={"a.$": "$", "b.$": "$"})
    machine = make(definition(P=branches))
    execution = begin(machine, "x" * 140_000)

    assert execution.error == "States.DataLimitExceeded"


def test_too_large_an_output_of_a_rescue() -> None:
    """Fails the execution: nobody else catches it."""
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Rescue"}]
    machine = make(definition(Work=task(Catch=catch), Rescue=DONE))
    execution = begin(machine, {"a": "x" * 262_000})
    answer(machine, failure("E" * 200))

    assert execution.error == "States.DataLimitExceeded"


def test_place_of_an_error_that_is_none() -> None:
    """A catcher that can't write where it should fails the execution."""
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.a.b", "Next": "Rescue"}]
    machine = make(definition(Work=task(Catch=catch), Rescue=DONE))
    execution = begin(machine, {"a": 1})
    answer(machine, failure())

    assert execution.error == "States.ResultPathMatchFailure"


def test_data_that_templates_make_too_deep() -> None:
    """Fail the execution, not the bus."""
    machine = make(definition(A={**DONE, "Parameters": {"a.$": "States.StringToJson($.t)"}}))
    execution = begin(machine, {"t": "[" * 5_000 + "]" * 5_000})

    assert execution.error == "States.IntrinsicFailure"


def test_trace_of_an_execution() -> None:
    """Under its ARN and its name: states entered, retries waited for, and the end."""
    retry = [{"ErrorEquals": ["ErrorA"], "MaxAttempts": 1}]
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Rescue"}]
    machine = make(
        definition(
            Work=task(Retry=retry, Catch=catch),
            Rescue={**PAUSE, "Next": "Stop"},
            Stop={"Type": "Fail", "Error": "Bad", "Cause": "no stock"},
        )
    )
    execution = begin(machine, {"id": 7})
    first = answer(machine, failure())
    answer(machine, failure(), woken(machine))
    woken(machine)
    started, notes = machine.notes[:2], machine.notes[2:]
    told = [(what, detail) for what, _, _, detail, _ in notes]

    assert [note[:4:3] for note in started] == [("requested", 'StartExecution {"id": 7}')] * 2
    assert [note[2] for note in started] == [execution.arn, "first"]
    assert {note[2][:2] for note in notes} == {(execution.arn, "first")}
    assert notes[1][2] == (execution.arn, "first", first.request_id)
    assert [what for what, _ in told] == [
        *("entered", "routed", "failed", "retry_wait", "routed", "failed", "caught"),
        *("entered", "waits", "entered", "failed", "responded"),
    ]
    assert told[:2] == [("entered", "Task Work"), ("routed", 'to work with {"id":7}')]
    assert told[3] == ("retry_wait", 1)
    assert told[8] == ("waits", "in Rescue for 5 s")
    assert told[-2:] == [("failed", "Stop: Bad: no stock"), ("responded", "FAILED: Bad: no stock")]


def test_tokens_in_one_payload() -> None:
    """Wherever the context object stands."""
    for text in ("$$", "$$.Task", "States.Format('{}', $$.Task.Token)"):
        parameters = {**TOKEN, "Payload": {"token.$": text}}
        machine = make(definition(A=task(Resource=WITH_TOKEN, Parameters=parameters)))
        begin(machine)
        [effect] = invoked(machine)

        assert b"task-" in (effect.payload or b"")
