"""What one can do with a pipeline, and what it refuses."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventbus.errors import ServiceError, ValidationException
from sources import codepipeline
from tests.contracts.codepipeline_table import CALLS, Refused
from tests.sources.codepipeline.helpers import BOOM, OPERATIONS, UNKNOWN, Running, Work, action, pipeline, snake
from tests.sources.fuzzed import SCALARS, near
from tests.sources.helpers import done


def started(*stages: list[codepipeline.InvokeAction], works: tuple[Work, ...] = ()) -> tuple[Running, str]:
    running = Running(pipeline(*stages), *works)
    return running, done(running.client.start_pipeline_execution()).pipeline_execution_id


def one_job() -> tuple[Running, Work, str]:
    work = Work()
    running, execution = started([action(work=work)], works=(work,))
    return running, work, execution


def status(running: Running, execution: str) -> str:
    return done(running.client.get_pipeline_execution(execution)).status


async def bring_about(running: Running, job: str, situation: str) -> None:
    client = running.client
    match situation:
        case "succeeded":
            await client.put_job_success_result(job)
        case "failed":
            await client.put_job_failure_result(job, BOOM)
        case "continued":
            await client.put_job_success_result(job, continuation_token="half")
        case "timed out":
            await running.feed.wait(running.machine, 1_200.0)


@pytest.mark.parametrize("row", CALLS, ids=lambda row: row.id)
def test_call(row: Refused) -> None:
    """Taken, or refused as AWS refuses it; a refused call changes nothing."""
    running, work, execution = one_job()
    parameters = snake(row.parameters)
    job = parameters.pop("job_id", work.ids[0])
    call: Any = getattr(running.client, OPERATIONS[row.operation])
    done(bring_about(running, work.ids[0], row.situation))
    before = status(running, execution)
    if row.operation == "PutJobFailureResult" and "failure_details" not in parameters:
        parameters["failure_details"] = None

    if row.error is None:
        done(call(job, **parameters))
        return
    with pytest.raises(ServiceError) as refused:
        done(call(job, **parameters))

    assert (refused.value.code, refused.value.status) == (row.error, 400)
    assert row.message in (None, str(refused.value))
    assert status(running, execution) == before
    if row.situation == "waiting":
        done(running.client.put_job_success_result(work.ids[0]))
        assert status(running, execution) == "Succeeded"


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("put_job_success_result", {"current_revision": "r1"}),
        ("put_job_success_result", {"current_revision": {"revision": "r", "change_identifier": "c", "created": 1}}),
        ("put_job_success_result", {"execution_details": {"percent": 5}}),
        ("put_job_success_result", {"execution_details": {"percent_complete": True}}),
        ("put_job_success_result", {"execution_details": {"summary": None}}),
        ("put_job_success_result", {"output_variables": ["a"]}),
        ("put_job_success_result", {"output_variables": {"a": 1}}),
        ("put_job_success_result", {"output_variables": {"a": "\ud800"}}),
        ("put_job_success_result", {"output_variables": {1: "b"}}),
        ("put_job_success_result", {"continuation_token": 7}),
        ("put_job_failure_result", {"failure_details": "boom"}),
        ("put_job_failure_result", {"failure_details": {**BOOM, "external_execution_id": ""}}),
        ("put_job_failure_result", {"failure_details": {**BOOM, "message": "\ud800"}}),
        ("put_job_failure_result", {"failure_details": {**BOOM, "color": "red"}}),
    ],
    ids=str,
)
def test_malformed_call(operation: str, given: dict[str, Any]) -> None:
    """Refused before it reaches the pipeline."""
    running, work, execution = one_job()

    with pytest.raises(ValidationException):
        done(getattr(running.client, operation)(work.ids[0], **given))
    assert status(running, execution) == "InProgress"


def test_state_shows_what_was_reported() -> None:
    work, later = Work(), Work("later")
    running, execution = started([action(work=work)], [action("later", later)], works=(work, later))
    running.feed.now = 10.0
    done(
        running.client.put_job_success_result(
            work.ids[0],
            current_revision={"revision": "r1", "change_identifier": "c1"},
            execution_details={"summary": "fine", "external_execution_id": "e7", "percent_complete": 100},
            output_variables={"size": "7"},
        )
    )
    state = done(running.client.get_pipeline_state())
    [shown] = state.stage_states[0].action_states
    [detail] = done(running.client.list_action_executions(pipeline_execution_id=execution))[1:]

    assert (state.pipeline_name, [stage.stage_name for stage in state.stage_states]) == ("shop", ["S1", "S2"])
    assert state.stage_states[0].latest_execution == codepipeline.StageExecution(execution, "Succeeded")
    assert state.stage_states[1].latest_execution == codepipeline.StageExecution(execution, "InProgress")
    assert shown.current_revision is not None
    assert (shown.current_revision.revision_id, shown.current_revision.revision_change_id) == ("r1", "c1")
    assert shown.latest_execution is not None
    assert shown.latest_execution.status == "Succeeded"
    assert shown.latest_execution.last_status_change.isoformat() == "2026-01-01T00:00:10+00:00"
    assert (shown.latest_execution.summary, shown.latest_execution.external_execution_id) == ("fine", "e7")
    assert shown.latest_execution.percent_complete == 100
    assert (detail.stage_name, detail.action_name, detail.output_variables) == ("S1", "check", {"size": "7"})
    assert (detail.start_time.second, detail.last_update_time.second) == (0, 10)


def test_state_before_the_first_execution() -> None:
    running = Running(pipeline([action()]))
    [stage] = done(running.client.get_pipeline_state()).stage_states

    assert (stage.latest_execution, stage.inbound_execution) == (None, None)
    assert stage.action_states == [codepipeline.ActionState("check", None, None)]


def test_job_details_are_those_of_the_event() -> None:
    work = Work()
    settings: dict[str, Any] = {
        "user_parameters": "prod",
        "input_artifacts": ["Source"],
        "output_artifacts": ["Report"],
    }
    running = Running(pipeline([action(work=work, **settings)], sources={"Source": "in.zip"}), work)
    execution = done(running.client.start_pipeline_execution()).pipeline_execution_id
    found = done(running.client.get_job_details(work.ids[0]))

    assert (found.id, found.pipeline_execution_id, found.account_id) == (work.ids[0], execution, "000000000000")
    assert (found.pipeline_name, found.stage_name, found.action_name) == ("shop", "S1", "check")
    assert found.configuration == {"FunctionName": "work", "UserParameters": "prod"}
    assert found.input_artifacts == [codepipeline.Artifact("Source", "artifacts", "in.zip")]
    assert [artifact.name for artifact in found.output_artifacts] == ["Report"]
    assert found.continuation_token is None


def test_failure_is_shown() -> None:
    running, work, execution = one_job()
    done(running.client.put_job_failure_result(work.ids[0], {**BOOM, "external_execution_id": "e7"}))
    [stage] = done(running.client.get_pipeline_state()).stage_states
    shown = stage.action_states[0].latest_execution

    assert shown is not None
    assert (shown.status, shown.external_execution_id) == ("Failed", "e7")
    assert shown.error_details == codepipeline.ErrorDetails("JobFailed", "boom")
    assert stage.latest_execution == codepipeline.StageExecution(execution, "Failed")


@pytest.mark.parametrize(
    "call",
    [
        lambda client, id: client.get_pipeline_execution(id),
        lambda client, id: client.list_action_executions(pipeline_execution_id=id),
        lambda client, id: client.stop_pipeline_execution(id),
    ],
    ids=["get", "list", "stop"],
)
@pytest.mark.parametrize(
    ("id", "code"), [(UNKNOWN, "PipelineExecutionNotFoundException"), ("x", "ValidationException")]
)
def test_unknown_executions_are_refused(call: Any, id: str, code: str) -> None:
    running, *_ = one_job()
    with pytest.raises(ServiceError) as refused:
        done(call(running.client, id))

    assert refused.value.code == code


@pytest.mark.parametrize("given", [{"abandon": 1}, {"reason": "x" * 201}, {"reason": 7}], ids=str)
def test_malformed_stop(given: dict[str, Any]) -> None:
    running, _, execution = one_job()
    with pytest.raises(ValidationException):
        done(running.client.stop_pipeline_execution(execution, **given))


def test_stop_waits_for_what_runs() -> None:
    """Then nothing else starts; a second request is refused."""
    work, later = Work(), Work("later")
    running, execution = started([action(work=work)], [action("later", later)], works=(work, later))
    client = running.client
    done(client.stop_pipeline_execution(execution, reason="enough"))
    shown = done(client.get_pipeline_execution(execution))
    [first, _] = done(client.get_pipeline_state()).stage_states

    assert (shown.status, shown.status_summary) == ("Stopping", "enough")
    assert first.latest_execution == codepipeline.StageExecution(execution, "Stopping")
    with pytest.raises(codepipeline.DuplicatedStopRequestException):
        done(client.stop_pipeline_execution(execution))
    done(client.put_job_success_result(work.ids[0]))
    assert status(running, execution) == "Stopped"
    assert later.events == []
    with pytest.raises(codepipeline.PipelineExecutionNotStoppableException, match="Stopped"):
        done(client.stop_pipeline_execution(execution))


def test_stop_abandons_what_runs() -> None:
    """At once, also after one that waits; its job takes no result any more, nothing is left to happen."""
    running, work, execution = one_job()
    done(running.client.stop_pipeline_execution(execution))
    done(running.client.stop_pipeline_execution(execution, abandon=True))
    [detail] = done(running.client.list_action_executions())

    assert (status(running, execution), detail.status) == ("Stopped", "Abandoned")
    assert running.machine.outstanding() == 0
    with pytest.raises(codepipeline.InvalidJobStateException):
        done(running.client.put_job_success_result(work.ids[0]))


def test_variables_count_over_the_whole_execution() -> None:
    """120 KB; another execution begins anew."""
    work = Work()
    running, _ = started([action("a", work)], [action("b", work)], works=(work,))
    half = {"a": "x" * 61_439}

    async def main() -> None:
        client = running.client
        await client.put_job_success_result(work.ids[0], output_variables=half)
        with pytest.raises(codepipeline.OutputVariablesSizeExceededException):
            await client.put_job_success_result(work.ids[1], output_variables={"a": "x" * 61_440})
        await client.put_job_success_result(work.ids[1], output_variables=half)

    done(main())
    assert [detail.status for detail in done(running.client.list_action_executions())] == ["Succeeded", "Succeeded"]


SUCCESS = {
    "current_revision": {"revision": "r1", "change_identifier": "c1"},
    "continuation_token": "half",
    "execution_details": {"summary": "s", "external_execution_id": "e", "percent_complete": 100},
    "output_variables": {"a": "b"},
}
RESULTS = st.one_of(
    st.tuples(st.just("put_job_success_result"), near(SUCCESS)),
    st.tuples(st.just("put_job_failure_result"), near({"failure_details": BOOM})),
)


def any_result(operation: str, arguments: Any, job: Any) -> None:
    """Taken, or refused with an error of the service, the action waiting on; never anything else."""
    work = Work()
    running = Running(pipeline([action(work=work)]), work)
    names = SUCCESS if operation == "put_job_success_result" else ("failure_details",)
    known = {name: value for name, value in arguments.items() if name in names} if isinstance(arguments, dict) else {}
    if operation == "put_job_failure_result":
        known.setdefault("failure_details", None)

    async def main() -> None:
        await running.client.start_pipeline_execution()
        try:
            await getattr(running.client, operation)(work.ids[0] if job is None else job, **known)
        except ServiceError:
            await running.client.put_job_success_result(work.ids[0])
        await running.client.get_pipeline_state()

    done(main())


@settings(max_examples=50, deadline=None)
@given(RESULTS, st.none() | SCALARS)
def test_any_result(result: tuple[str, Any], job: Any) -> None:
    any_result(*result, job)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(RESULTS, st.none() | SCALARS)
def test_any_result_at_length(result: tuple[str, Any], job: Any) -> None:
    any_result(*result, job)
