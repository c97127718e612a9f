"""Paths, templates, intrinsic functions, rules and definitions, each against the tables."""

import copy
import json
import sys
from typing import Any

import pytest

from eventbus.core.outcomes import HandlerFailed, Outcome, Succeeded, Throttled, TimedOut
from eventbus.errors import InvalidSetting
from sources.stepfunctions import paths
from sources.stepfunctions.choices import wildcards
from sources.stepfunctions.definition import read
from sources.stepfunctions.errors import RUNTIME, Failed
from sources.stepfunctions.fields import Fields
from sources.stepfunctions.intrinsics import expression
from sources.stepfunctions.paths import BadPath, NothingThere, path, reference
from sources.stepfunctions.rules import choices
from sources.stepfunctions.states import takes
from sources.stepfunctions.templates import Template, found
from tests.contracts import stepfunctions_table as table
from tests.sources.stepfunctions.helpers import (
    INVOKE,
    WITH_TOKEN,
    WORK,
    answer,
    begin,
    definition,
    event_of,
    failure,
    invoked,
    make,
    scope,
    task,
    value,
    woken,
)

NOT_OFFERED_HERE = {"unqualified and qualified functions": "functions have no versions and aliases in this house"}


def by_id(row: Any) -> str:
    return str(row.id)


def result(act: Any, *args: Any) -> tuple[Any, str | None]:
    try:
        return act(*args), None
    except Failed as failed:
        return None, failed.error


# ------------------------------------------------------------------------------------------------------- paths
@pytest.mark.parametrize("row", table.PATHS, ids=by_id)
def test_what_paths_find(row: table.Path) -> None:
    """Or nothing; and whether a result can be put there."""
    sought = path(row.path)
    try:
        assert (sought.find(scope(row.data)), True) == (row.result, row.found)
    except NothingThere:
        assert not row.found
    try:
        reference(row.path)
    except BadPath:
        assert not row.reference
    else:
        assert row.reference


@pytest.mark.parametrize("text", [text for _, text in table.INVALID_PATHS], ids=[id for id, _ in table.INVALID_PATHS])
def test_what_is_no_path(text: str) -> None:
    """Named in the refusal."""
    with pytest.raises(BadPath, match="is no path"):
        path(text)


@pytest.mark.parametrize("text", ["$.a.length()", "$[?length(@.a) > 1]", "$..a | $.b", "$.a~"])
def test_extensions_of_the_library_are_refused(text: str) -> None:
    """AWS has none of them."""
    with pytest.raises(BadPath):
        path(text)


def test_library_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who declares a state machine without it is told which."""
    monkeypatch.setitem(sys.modules, "jsonpath", None)
    paths._environment.cache_clear()
    try:
        with pytest.raises(InvalidSetting, match=r"pip install 'eventbus\[stepfunctions\]'"):
            path("$.never.seen.before")
    finally:
        paths._environment.cache_clear()


def test_texts_are_no_documents() -> None:
    """The library would read JSON in them."""
    assert path("$[*]").find(scope("[1]")) == []
    assert path("$").find(scope("[1]")) == "[1]"


def test_deep_data_fail_the_state() -> None:
    """Not the bus."""
    data: Any = {}
    for _ in range(900):
        data = {"a": data}

    with pytest.raises(Failed) as raised:
        path("$..b").find(scope(data))
    assert raised.value.error == RUNTIME


# --------------------------------------------------------------------------------------------------- templates
@pytest.mark.parametrize("row", table.TEMPLATES, ids=by_id)
def test_what_templates_make(row: table.Template) -> None:
    """Of the input, or the error in AWS's words."""
    filled, error = result(Template.of(row.template).fill, scope(row.data))

    assert (filled, error) == (row.result, row.error)
    if row.cause is not None:
        with pytest.raises(Failed) as raised:
            Template.of(row.template).fill(scope(row.data))
        assert row.cause in raised.value.cause


@pytest.mark.parametrize("row", table.CONTEXT_TEMPLATES, ids=[row[0] for row in table.CONTEXT_TEMPLATES])
def test_context_object_in_templates(row: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    """In the first state of an execution started at 10 s."""
    _, template, filled = row
    parameters = {"FunctionName": "work", "Payload": template}
    machine = make(definition(Work=task(Resource=INVOKE, Parameters=parameters)))
    begin(machine, {"id": 7}, now=10.0)

    assert event_of(answer(machine, value(1), 10.0)) == filled


# -------------------------------------------------------------------------------------------------- intrinsics
@pytest.mark.parametrize("row", table.INTRINSICS, ids=by_id)
def test_what_intrinsic_functions_give(row: table.Intrinsic) -> None:
    """Or the error."""
    assert result(found, expression(row.expression), scope(row.data), "a.$") == (row.result, row.error)


@pytest.mark.parametrize("row", table.RANDOM, ids=[row[0] for row in table.RANDOM])
def test_random_numbers(row: tuple[str, str, int, int]) -> None:
    """Between these; the same for one seed, and for one execution of a bus with one seed."""
    _, text, low, high = row
    here = scope({})
    drawn = [expression(text).find(here) for _ in range(200)]

    assert all(low <= number <= high for number in drawn)
    assert len(set(drawn)) == 1 if text.count(",") == 2 else len(set(drawn)) > 50
    assert drawn[0] == expression(text).find(scope({}))


def test_uuids() -> None:
    """Of version 4, each another one."""
    here = scope({})
    first, second = (expression("States.UUID()").find(here) for _ in range(2))

    assert first != second
    assert (len(first), first[14]) == (36, "4")


@pytest.mark.parametrize(
    "text", [text for _, text in table.INVALID_INTRINSICS], ids=[id for id, _ in table.INVALID_INTRINSICS]
)
def test_what_is_no_intrinsic(text: str) -> None:
    with pytest.raises(BadPath, match=r"is no (intrinsic function|path)"):
        expression(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("States.Array(1) 2", "nothing may follow"),
        ("States.Array(1 2)", "wanted , or )"),
        ("States.Array(,)", "wanted a path"),
        ("States.Array", "wanted States.<name>("),
        ("States.Nothing()", "there is no States.Nothing"),
        ("States.Hash('a')", "takes 2 to 2 arguments, not 1"),
        ("States.Format('\\a')", "may be escaped"),
        ("States.Array(" * 11 + ")" * 11, "more than 10 in one another"),
    ],
)
def test_how_intrinsics_are_refused(text: str, reason: str) -> None:
    with pytest.raises(BadPath) as raised:
        expression(text)
    assert reason in str(raised.value)


def test_ten_in_one_another() -> None:
    assert expression("States.Array(" * 10 + ")" * 10).find(scope({})) == [[[[[[[[[[]]]]]]]]]]


def test_paths_in_intrinsics_end_where_they_end() -> None:
    """Brackets, commas and quotes in them do not."""
    text = "States.Array( $.a[?(@.b == 'x,)')].b , $['c,d)'] )"

    assert expression(text).find(scope({"a": [{"b": "x,)"}, {"b": 1}], "c,d)": 2})) == [["x,)"], 2]


# ----------------------------------------------------------------------------------------------------- choices
@pytest.mark.parametrize("row", table.CHOICES, ids=by_id)
def test_what_rules_hold(row: table.Choice) -> None:
    """For the input, or the error."""
    [(rule, _)] = choices(Fields({"Choices": [{**row.rule, "Next": "B"}]}, "a test"))
    here = scope(row.data, {"State": {"Name": "Choose"}})

    assert result(rule.holds, here) == ((row.matches, None) if row.error is None else (None, row.error))


def test_wildcards_at_the_end_of_escapes() -> None:
    """A backslash before anything else is itself."""
    assert wildcards("a\\b").fullmatch("a\\b")
    assert wildcards("a\\\\*").fullmatch("a\\bc")
    assert not wildcards("a\\*").fullmatch("ab")


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("a*bc*d", "abcbcxd", True),
        ("a*b*b", "ab", False),
        ("**a**", "xax", True),
        ("*aa*aa", "aaa", False),
        ("*" + "a*" * 30 + "b", "a" * 200, False),
    ],
    ids=["overlapping", "used twice", "several stars", "once each", "costly"],
)
def test_wildcards_with_several_stars(pattern: str, text: str, matches: bool) -> None:
    """In time."""
    assert (wildcards(pattern).fullmatch(text) is not None) is matches


def test_empty_lists_of_retriers_and_catchers() -> None:
    """Are taken: generators write them."""
    read(definition(A=task(Retry=[], Catch=[])))


# -------------------------------------------------------------------------------------------------- definitions
@pytest.mark.parametrize("row", table.DEFINITIONS, ids=by_id)
def test_which_definitions_are_taken(row: table.Definition) -> None:
    """Others are refused with AWS's code."""
    if row.id in NOT_OFFERED_HERE:
        pytest.skip(NOT_OFFERED_HERE[row.id])
    given = row.value if row.raw is None else row.raw
    if not row.refused:
        read(given)
        read(json.dumps(given))
        return
    with pytest.raises(InvalidSetting) as raised:
        read(given)
    assert str(raised.value).startswith(f"definition is refused: {row.code or ''}")


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"Type": "Map", "Iterator": {}, "End": True}, "Map states are not offered"),
        ({**task(), "QueryLanguage": "JSONata"}, "JSONata is not offered"),
        ({**task(), "Assign": {}}, "the field 'Assign' is refused: variables are not offered"),
        ({**task(), "Arguments": {}}, "the field 'Arguments' is refused: JSONata is not offered"),
        ({**task(), "Credentials": {}}, "the field 'Credentials' is refused: roles of tasks are not offered"),
        ({**task(), "Retries": 1}, "the field 'Retries' is refused: there is none here; did you mean Retry"),
        (task(Resource="arn:aws:states:::sqs:sendMessage"), "Resource 'arn:aws:states:::sqs:sendMessage' is refused"),
        (task(Resource="arn:aws:states:::lambda:invoke.sync"), "is refused; offered are a function"),
        (task(Resource="arn:aws:states:us-east-1:000000000000:activity:a"), "is refused; offered are a function"),
        (task(Resource=f"{WORK}:live"), "every function is $LATEST"),
        (task(Resource="arn:aws:lambda:eu-west-1:000000000000:function:work"), "is no function of this account"),
        (task(Resource=INVOKE), "Parameters is an object with FunctionName"),
        (task(Resource=INVOKE, Parameters={"FunctionName": "work", "LogType": "Tail"}), "'LogType' is refused"),
        (task(Resource=INVOKE, Parameters={"FunctionName": "work:1"}), "every function is $LATEST"),
        (task(Resource=INVOKE, Parameters={"FunctionName": "work", "FunctionName.$": "$"}), "stand beside each other"),
        (
            task(Resource=INVOKE, Parameters={"FunctionName": "work", "InvocationType": "DryRun"}),
            "InvocationType is RequestResponse or Event, not 'DryRun'",
        ),
        (task(Resource=INVOKE, Parameters={"FunctionName": "work", "Qualifier": "1"}), "Qualifier is $LATEST"),
        (task(Resource=WITH_TOKEN, Parameters={"FunctionName": "work"}), "the task token goes nowhere"),
        ({**task(), "Comment": 1}, "Comment is a text"),
        (task(Parameters={"a": {1, 2}}), "INVALID_JSON_DESCRIPTION"),
        (task(Parameters={"a": float("nan")}), "NaN is not JSON"),
        (task(Parameters={"a": "\ud800"}), "INVALID_JSON_DESCRIPTION"),
        (task(TimeoutSecondsPath="$.a[*]"), "may lead to several places"),
        (task(Parameters=["$.a"]), "a payload template is an object"),
        (task(Parameters={"b": {"a.$": "$.a", "a": 1}}), "'a.$' and 'a' stand beside each other"),
    ],
)
def test_what_is_not_offered_is_refused_by_name(state: Any, reason: str) -> None:
    """With the place where it stands."""
    with pytest.raises(InvalidSetting) as raised:
        read({"StartAt": "A", "States": {"A": state}})
    assert reason in str(raised.value)


def test_definitions_may_have_a_megabyte() -> None:
    given = definition(A={"Type": "Pass", "End": True, "Comment": ""})
    room = 1_048_576 - len(json.dumps(given, separators=(",", ":")))
    given["States"]["A"]["Comment"] = "x" * room
    read(given)
    given["States"]["A"]["Comment"] += "x"

    with pytest.raises(InvalidSetting, match="more than 1,048,576 bytes"):
        read(given)


def test_definitions_that_nest_too_deeply() -> None:
    """Are refused as well, as values and as text."""
    deep: Any = []
    for _ in range(5_000):
        deep = [deep]
    for given in ({"StartAt": "A", "States": {"A": deep}}, "[" * 100_000):
        with pytest.raises(InvalidSetting, match="nests too deeply"):
            read(given)


def test_what_is_compiled_is_not_copied() -> None:
    """Machines are copied, definitions never change."""
    branch = read(definition(A=task(Parameters={"a.$": "States.Format('{}', $.b)"})))

    assert copy.deepcopy(branch) is branch


# ---------------------------------------------------------------------------------------------------- errors
@pytest.mark.parametrize("row", table.MATCHES, ids=by_id)
def test_which_errors_are_taken(row: table.Match) -> None:
    """By a retrier or a catcher with these names."""
    assert takes(row.error_equals, row.error) is row.matches


@pytest.mark.parametrize("row", table.BACKOFFS, ids=by_id)
def test_waits_of_retriers(row: table.Backoff) -> None:
    """From each failure to the next attempt, to the millisecond."""
    machine = make(definition(A=task(Retry=[{"ErrorEquals": ["States.ALL"], **row.retrier}])))
    execution, now, waits = begin(machine), 0.0, []
    answer(machine, failure())
    while execution.status == "RUNNING":
        due = woken(machine)
        waits.append(due - now)
        now = due
        answer(machine, failure(), now)

    assert tuple(waits) == row.waits
    assert execution.error == "ErrorA"


def test_waits_never_overflow() -> None:
    """However many there are."""
    retrier = (
        read(definition(A=task(Retry=[{"ErrorEquals": ["E"], "MaxAttempts": 99_999_999, "BackoffRate": 1e300}])))
        .states["A"]
        .retry[0]
    )

    assert [retrier.wait(0), retrier.wait(2), retrier.wait(99_999_998)] == [1, 31_622_399, 31_622_399]


def test_jitter_is_drawn_from_nothing_to_the_whole_wait() -> None:
    """The same in every run."""

    def waits() -> list[float]:
        machine = make(
            definition(A=task(Retry=[{"ErrorEquals": ["States.ALL"], "MaxAttempts": 9, "JitterStrategy": "FULL"}]))
        )
        begin(machine)
        now, drawn = 0.0, []
        for _ in range(9):
            answer(machine, failure(), now)
            now, before = woken(machine), now
            drawn.append(now - before)
        return drawn

    drawn = waits()

    assert all(0 <= wait < 2**number for number, wait in enumerate(drawn))
    assert len({wait / 2**number for number, wait in enumerate(drawn)}) == 9
    assert waits() == drawn


OUTCOMES: dict[str, Outcome] = {
    "handler raised": HandlerFailed("ValueError", "boom", "id", ()),
    "handler raised an error of its own": HandlerFailed("OutOfStock", "none left", "id", ()),
    "timeout, newer payload": TimedOut("Sandbox.Timedout", "RequestId: id Error: Task timed out after 1.00 seconds"),
    "timeout, older payload": TimedOut("", "2026-01-01T00:00:00.000Z id Task timed out after 1.00 seconds"),
    "process ends": HandlerFailed("Runtime.ExitError", "RequestId: id Error: Runtime exited", "id", None),
    "payload without a type": HandlerFailed("", "x", "id", ()),
    "throttled": Throttled("ConcurrentInvocationLimitExceeded"),
    "reserved concurrency 0": Throttled("ReservedFunctionConcurrentInvocationLimitExceeded", terminal=True),
}
DENIED = {
    "no such function": f"ResourceNotFoundException: Function not found: {WORK}",
    "not permitted": "orders may not lambda:InvokeFunction on work",
}
NEVER_HERE = {"service error": "the service itself never fails in this house"}


@pytest.mark.parametrize("resource", [WORK, INVOKE], ids=["direct", "invoke"])
@pytest.mark.parametrize("row", table.TASK_ERRORS, ids=by_id)
def test_what_failed_invocations_are_called(row: table.TaskError, resource: str) -> None:
    """In Error and Cause."""
    if row.id in NEVER_HERE:
        pytest.skip(NEVER_HERE[row.id])
    parameters = {"Parameters": {"FunctionName": "work"}} if resource == INVOKE else {}
    machine = make(definition(A=task(Resource=resource, **parameters)))
    execution = begin(machine)
    if row.id in OUTCOMES:
        answer(machine, OUTCOMES[row.id])
    else:
        [effect] = invoked(machine)
        machine.denied(0.0, effect.token, DENIED[row.id])

    assert (execution.status, execution.error) == ("FAILED", row.error)
    assert execution.why is not None
    if row.payload is not None:
        assert row.payload.items() <= json.loads(execution.why).items()
    if row.cause is not None:
        assert row.cause in execution.why
    ended = "TaskFailed" if resource == INVOKE else "LambdaFunctionFailed"
    assert ended in [happened.type for happened in execution.history]


# ------------------------------------------------------------------------------------------ input and output
@pytest.mark.parametrize("row", table.PROCESSING, ids=by_id)
def test_what_becomes_of_input_and_output(row: table.Processing) -> None:
    """The event of the function, and the output of its state."""
    machine = make(definition(A=task(**row.fields)))
    execution = begin(machine, row.data)
    if execution.status == "RUNNING":
        assert event_of(answer(machine, Succeeded(json.dumps(row.result).encode()))) == row.event
    else:
        assert row.event is None

    assert execution.error == row.error
    if row.error is None:
        assert execution.output is not None
        assert json.loads(execution.output) == row.output
