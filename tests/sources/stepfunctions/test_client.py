"""What one can do with a state machine, and what it refuses."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eventbus.errors import InvalidSetting, ServiceError
from eventbus.names import ACCOUNT, REGION, function_arn
from sources import stepfunctions
from sources.stepfunctions.answers import HistoryEvent
from tests.contracts import stepfunctions_table as table
from tests.sources.helpers import EPOCH, done
from tests.sources.stepfunctions.helpers import (
    DONE,
    INVOKE,
    WORK,
    answer,
    client_of,
    definition,
    event_of,
    task,
    value,
    with_token,
)

AT_10 = datetime.fromtimestamp(EPOCH + 10, UTC)
EXECUTION = "arn:aws:states:us-east-1:000000000000:execution:orders:"
PAUSE = {"Type": "Wait", "Seconds": 60, "End": True}
Snake = Callable[[str], str]


def code_of(work: Any) -> str | None:
    try:
        done(work)
    except ServiceError as error:
        assert (error.status, str(error)) != (400, "")
        return error.code
    return None


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda found: f"_{found[1].lower()}", name[:1].lower() + name[1:])


# ------------------------------------------------------------------------------------------------------ the table
CREATED = [
    call for call in table.CALLS if call.operation == "CreateStateMachine" and call.arguments["name"] != "orders"
]
CALLED = [call for call in table.CALLS if call.operation != "CreateStateMachine"]
ONE_MACHINE = {
    "no such machine": "a client belongs to its state machine, whose ARN is no parameter",
    "no ARN": "a client belongs to its state machine, whose ARN is no parameter",
}


@pytest.mark.parametrize("call", CREATED, ids=lambda call: call.id)
def test_names_of_state_machines(call: table.Call) -> None:
    """A declaration is refused where CreateStateMachine would be."""
    if call.refused is None:
        stepfunctions.StateMachine(call.arguments["name"], call.arguments["definition"])
        return
    with pytest.raises(InvalidSetting, match="name="):
        stepfunctions.StateMachine(call.arguments["name"], call.arguments["definition"])


@pytest.mark.parametrize("call", CALLED, ids=lambda call: call.id)
def test_which_calls_are_refused(call: table.Call) -> None:
    """With AWS's codes."""
    if call.id in ONE_MACHINE:
        pytest.skip(ONE_MACHINE[call.id])
    client, machine, _ = client_of(definition(A=with_token()))
    done(client.start_execution())
    token = event_of(answer(machine, value(None)))["token"]
    given = {snake(name): each for name, each in call.arguments.items() if name != "stateMachineArn"}
    if given.get("task_token") == "{token}":
        given["task_token"] = token

    assert code_of(getattr(client, snake(call.operation))(**given)) == call.refused


# ---------------------------------------------------------------------------------------------------- executions
def test_execution_from_start_to_end() -> None:
    """Times are aware; ids are drawn; what is not known yet is None."""
    client, machine, feed = client_of(definition(A=task()))
    feed.now = 10.0
    started = done(client.start_execution(input='{"id": 7}'))
    name = started.execution_arn.removeprefix(EXECUTION)
    running = done(client.describe_execution(started.execution_arn))
    feed.now = 12.0
    answer(machine, value("ok"), 12.0)
    ended = done(client.describe_execution(started.execution_arn))

    assert (started.start_date, len(name)) == (AT_10, 36)
    known = (started.execution_arn, machine.arn, name, AT_10, '{"id": 7}', 0)
    for found in (running, ended):
        assert known == (
            *(found.execution_arn, found.state_machine_arn, found.name, found.start_date, found.input),
            found.redrive_count,
        )
    assert (running.status, running.stop_date, running.output) == ("RUNNING", None, None)
    assert (ended.status, ended.stop_date, ended.output) == ("SUCCEEDED", AT_10 + timedelta(seconds=2), '"ok"')
    assert (ended.error, ended.cause) == (None, None)


def test_one_name_is_one_execution() -> None:
    """While it runs, with the same input; never again with another, or once it has ended."""
    client, machine, feed = client_of(definition(A=PAUSE))
    first = done(client.start_execution(input="{}", name="first"))
    feed.now = 5.0
    again = done(client.start_execution(input="{}", name="first"))

    assert (again.execution_arn, again.start_date) == (first.execution_arn, first.start_date)
    assert code_of(client.start_execution(input='{"other": 1}', name="first")) == "ExecutionAlreadyExists"
    machine.wake(60.0)
    assert code_of(client.start_execution(input="{}", name="first")) == "ExecutionAlreadyExists"
    assert len(machine.executions) == 1


def test_stopped_twice() -> None:
    """The first time counts."""
    client, _, feed = client_of(definition(A=PAUSE))
    arn = done(client.start_execution()).execution_arn
    feed.now = 10.0
    done(client.stop_execution(arn, error="Enough", cause="of this"))
    feed.now = 20.0
    again = done(client.stop_execution(arn, error="Other"))
    found = done(client.describe_execution(arn))

    assert again.stop_date == AT_10
    assert (found.status, found.error, found.cause) == ("ABORTED", "Enough", "of this")


def test_lists_of_executions() -> None:
    """The newest first, by status, page by page."""
    client, _, feed = client_of(definition(A=PAUSE))
    for number in range(5):
        feed.now = float(number)
        done(client.start_execution(name=str(number)))
    done(client.stop_execution(f"{EXECUTION}3"))

    async def names(**settings: Any) -> tuple[list[str], str | None]:
        page = await client.list_executions(**settings)
        return [each.name for each in page.executions], page.next_token

    assert done(names()) == (["4", "3", "2", "1", "0"], None)
    assert done(names(status_filter="ABORTED")) == (["3"], None)
    assert done(names(status_filter="RUNNING", max_results=2)) == (["4", "2"], "2")
    assert done(names(status_filter="RUNNING", max_results=2, next_token="2")) == (["1", "0"], None)
    assert done(names(max_results=0))[0] == ["4", "3", "2", "1", "0"]
    done(client.start_execution(name="5"))
    assert done(names(status_filter="RUNNING", max_results=2, next_token="2")) == (["1", "0"], None)


def test_pages_of_a_history() -> None:
    """In order, or from the latest on; without data where none is wanted."""
    client, *_ = client_of(definition(A={**DONE, "Result": 7}))
    arn = done(client.start_execution(input='{"id": 7}')).execution_arn
    first = done(client.get_execution_history(arn, max_results=2))
    second = done(client.get_execution_history(arn, max_results=2, next_token=first.next_token))
    latest = done(client.get_execution_history(arn, reverse_order=True, max_results=3))
    oldest = done(client.get_execution_history(arn, reverse_order=True, max_results=3, next_token=latest.next_token))
    bare = done(client.get_execution_history(arn, include_execution_data=False))

    assert [event.id for event in (*first.events, *second.events)] == [1, 2, 3, 4]
    assert [event.id for event in (*latest.events, *oldest.events)] == [4, 3, 2, 1]
    assert [each.next_token for each in (first, second, latest, oldest)] == ["2", None, "1", None]
    assert second.events[0] == HistoryEvent(
        timestamp=datetime.fromtimestamp(EPOCH, UTC),
        type="PassStateExited",
        id=3,
        previous_event_id=2,
        name="A",
        output="7",
    )
    assert {(event.input, event.output) for event in bare.events} == {(None, None)}
    assert [event.name for event in bare.events] == [None, "A", "A", None]


@pytest.mark.long
def test_history_has_botocores_members() -> None:
    """Flat where AWS nests them."""
    session = pytest.importorskip("botocore.session").get_session()
    shape = session.get_service_model("stepfunctions").shape_for("HistoryEvent")
    nested = {name for member in shape.members.values() if member.type_name == "structure" for name in member.members}
    known = {snake(name) for name in (*shape.members, *nested)}
    ours = {attribute.name for attribute in HistoryEvent.__attrs_attrs__}

    assert ours <= known


def test_other_calls_that_are_refused() -> None:
    """Wrong kinds of values, executions of other machines, and what Express workflows have."""
    client, *_ = client_of(definition(A=PAUSE))
    anything: Any = client
    arn = done(client.start_execution(name="first")).execution_arn
    refused = [
        (anything.start_execution(input={"id": 7}), "ValidationException"),
        (anything.start_execution(input=None), "InvalidExecutionInput"),
        (anything.start_execution(input="\ud800"), "ValidationException"),
        (anything.start_execution(input='"\\ud800"'), "InvalidExecutionInput"),
        (anything.start_execution(input="NaN"), "InvalidExecutionInput"),
        (anything.start_execution(input="[" * 9_000), "InvalidExecutionInput"),
        (anything.start_execution(name=7), "InvalidName"),
        (anything.start_execution(name=""), "InvalidName"),
        (anything.start_sync_execution(input="{}"), "StateMachineTypeNotSupported"),
        (anything.describe_execution("first"), "InvalidArn"),
        (anything.describe_execution(None), "InvalidArn"),
        (anything.describe_execution(7), "ValidationException"),
        (anything.describe_execution(arn.replace(":orders:", ":others:")), "ExecutionDoesNotExist"),
        (anything.get_execution_history(arn, max_results=1_001), "ValidationException"),
        (anything.get_execution_history(arn, max_results=True), "ValidationException"),
        (anything.get_execution_history(arn, next_token="x"), "InvalidToken"),
        (anything.list_executions(status_filter="DONE"), "ValidationException"),
        (anything.stop_execution(arn, error="x" * 257), "ValidationException"),
        (anything.stop_execution(arn, cause=7), "ValidationException"),
        (anything.send_task_success("", "1"), "ValidationException"),
        (anything.send_task_success("x", 1), "ValidationException"),
        (anything.send_task_heartbeat(None), "ValidationException"),
    ]

    assert [code_of(work) for work, _ in refused] == [code for _, code in refused]
    assert done(client.describe_execution(arn)).status == "RUNNING"


def test_refused_answers_change_nothing() -> None:
    """The task goes on, and its token too."""
    client, machine, _ = client_of(definition(A=with_token()))
    arn = done(client.start_execution()).execution_arn
    token = event_of(answer(machine, value(None)))["token"]

    assert code_of(client.send_task_success(token, "{")) == "InvalidOutput"
    assert code_of(client.send_task_success(token, json.dumps("x" * 262_143))) == "ValidationException"
    done(client.send_task_success(token, json.dumps("x" * 262_142)))
    assert done(client.describe_execution(arn)).status == "SUCCEEDED"


def test_task_that_fails_without_words() -> None:
    """Is taken by States.ALL."""
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "B"}]
    client, machine, _ = client_of(definition(A=with_token(Catch=catch), B=DONE))
    arn = done(client.start_execution()).execution_arn
    done(client.send_task_failure(event_of(answer(machine, value(None)))["token"]))

    assert done(client.describe_execution(arn)).output == '{"Error":"","Cause":""}'


# --------------------------------------------------------------------------------------------------- declarations
def test_functions_stand_in_definitions() -> None:
    """Wherever AWS wants an ARN or a name; each is a target, once."""

    class Declared:
        arn = WORK

    other = function_arn("other")
    by_name = {"FunctionName": "other"}
    branch = definition(D=task(Resource=INVOKE, Parameters={"FunctionName": f"{ACCOUNT}:function:third"}))
    machine = stepfunctions.StateMachine(
        "orders",
        definition(
            A=task(Resource=Declared(), Next="B"),
            B=task(Resource=INVOKE, Parameters={"FunctionName": Declared()}, Next="C"),
            C=task(Resource=INVOKE, Parameters=by_name, Next="P"),
            P={"Type": "Parallel", "Branches": (branch,), "Next": "Q"},
            Q=task(Resource=INVOKE, Parameters={"FunctionName.$": "$.f"}, Next="R"),
            R=task(Resource=f"{other}:$LATEST"),
        ),
    )

    assert machine.targets == (WORK, other, function_arn("third"))
    assert machine.arn == f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:orders"


def test_definitions_do_not_change() -> None:
    """When what they were made of does."""
    given = definition(A={**DONE, "Result": {"n": 1}})
    client, *_ = client_of(given)
    given["States"]["A"]["Result"]["n"] = 2
    arn = done(client.start_execution()).execution_arn

    assert done(client.describe_execution(arn)).output == '{"n":1}'


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"type": "EXPRESS"}, "Express workflows are not offered"),
        ({"definition": 7}, "wanted an object"),
        ({"definition": None}, "wanted an object"),
        ({"name": None}, "name=None"),
    ],
)
def test_settings_that_are_refused(settings: Any, reason: str) -> None:
    with pytest.raises(InvalidSetting, match=reason):
        stepfunctions.StateMachine(**{"name": "orders", "definition": definition(A=DONE), **settings})


@pytest.mark.parametrize("kind", ["task", "task_token", "context"])
def test_sample_events(kind: str) -> None:
    """Of each kind, with the input that is asked for."""
    event = stepfunctions.sample_event(kind=kind, input='{"id": 8}')

    assert event == {"id": 8} if kind == "task" else event["input"] == {"id": 8}
    assert (kind == "task_token") == ("token" in event)
    assert (kind == "context") == ("context" in event)


def test_sample_events_that_there_are_not() -> None:
    with pytest.raises(InvalidSetting, match="allowed: task, task_token, context"):
        stepfunctions.sample_event(kind="other")
    with pytest.raises(ServiceError):
        stepfunctions.sample_event(input="{")
