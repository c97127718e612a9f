"""CodePipeline on a running bus: actions at their times, results by whoever reports them, refusals, the trace."""

import asyncio
import itertools
from typing import Any

import pytest

from eventbus import App, Bus, Function, current_bus
from eventbus.errors import AccessDeniedException, ServiceError
from sources import codepipeline, s3
from tests.contracts.codepipeline_table import ACTION_TIMEOUT, ACTIONS, ENDLESS, NOT_STARTED, RESULT_TIMEOUT, Action
from tests.helpers import virtually
from tests.sources.codepipeline.helpers import OPERATIONS, snake

STAGE, CHECK = "Test", "check"


def app_of(handler: Any, **settings: Any) -> tuple[App, Function[Any, Any], codepipeline.Pipeline]:
    """The pipeline `shop` with one action of the function `work`."""
    app = App()
    work = app.function(handler, name="work", **settings)
    store = app.add(s3.Bucket("artifacts"))
    stage = codepipeline.Stage(STAGE, [codepipeline.InvokeAction(CHECK, work)])
    return app, work, app.add(codepipeline.Pipeline("shop", [stage], artifact_store=store))


def job_of(event: Any) -> Any:
    return event["CodePipeline.job"]


async def ended(bus: Bus, pipeline: codepipeline.Pipeline) -> codepipeline.ActionExecutionDetail:
    """The one action that ran."""
    [detail] = await bus[pipeline].list_action_executions()
    return detail


async def silent(event: Any, context: Any) -> None:
    return None


def seconds(detail: codepipeline.ActionExecutionDetail) -> float:
    return (detail.last_update_time - detail.start_time).total_seconds()


async def play(action: Action) -> tuple[list[Any], codepipeline.ActionExecutionDetail]:
    """The jobs of this course as the function saw them, with their times; and what became of the action."""
    seen: list[Any] = []
    calls: list[asyncio.Task[None]] = []

    async def call(bus: Bus, at: float, operation: str, id: str, parameters: Any) -> None:
        await asyncio.sleep(at - bus.statistics().now)
        try:
            await getattr(bus[pipeline], OPERATIONS[operation])(id, **snake(parameters))
        except codepipeline.InvalidJobStateException:  # rows of REFUSED tell which
            return

    async def work(event: Any, context: Any) -> None:
        bus, job = current_bus(), job_of(event)
        told = action.jobs[len(seen)]
        seen.append((bus.statistics().now, job["data"].get("continuationToken"), job["id"]))
        for at, operation, parameters in told.calls:
            if at == told.at:
                await call(bus, at, operation, job["id"], parameters)
            else:
                calls.append(asyncio.create_task(call(bus, at, operation, job["id"], parameters)))
        if told.fails:
            raise ValueError("boom")

    app, _, pipeline = app_of(work)
    async with app.start() as bus:
        await bus[pipeline].start_pipeline_execution()
        await asyncio.sleep(ACTION_TIMEOUT)
        await asyncio.gather(*calls)
        return seen, await ended(bus, pipeline)


@pytest.mark.parametrize("row", ACTIONS, ids=lambda row: row.id)
def test_course_of_an_action(row: Action) -> None:
    """Jobs at their times, each with a new id unless it is another attempt; the end, its error, its variables."""
    seen, detail = virtually(lambda: play(row))

    assert [(at, token) for at, token, _ in seen] == [(job.at, job.token) for job in row.jobs]
    ids = [id for *_, id in seen]
    assert [now == before for before, now in itertools.pairwise(ids)] == [job.same for job in row.jobs[1:]]
    assert (detail.status, seconds(detail)) == (row.status, row.ends)
    assert detail.output_variables == row.variables
    error = detail.error_details
    assert row.code in (None, error and error.code)
    assert row.message in (None, error and error.message)


def test_action_that_goes_on_for_ever_ends_after_24_hours() -> None:
    jobs: list[float] = []

    async def work(event: Any, context: Any) -> None:
        bus = current_bus()
        jobs.append(bus.statistics().now)
        await asyncio.sleep(870)
        await bus[pipeline].put_job_success_result(job_of(event)["id"], continuation_token="more")

    app, _, pipeline = app_of(work, timeout=900)

    async def main() -> codepipeline.ActionExecutionDetail:
        async with app.start() as bus:
            await bus[pipeline].start_pipeline_execution()
            await bus.settle()
            return await ended(bus, pipeline)

    detail = virtually(main)
    assert (len(jobs), jobs[-1]) == (96, 85_500)
    assert (detail.status, seconds(detail)) == (ENDLESS.status, ENDLESS.ends)
    assert detail.error_details is not None
    assert detail.error_details.code == ENDLESS.code


def test_pipeline_needs_its_permission() -> None:
    """`lambda:InvokeFunction` for the pipeline, and the result call for the function."""
    said: list[Any] = []

    async def work(event: Any, context: Any) -> None:
        try:
            await current_bus()[pipeline].put_job_success_result(job_of(event)["id"])
        except AccessDeniedException as refused:
            said.append(refused.code)

    app, function, pipeline = app_of(work)

    async def start() -> codepipeline.ActionExecutionDetail:
        async with app.start(permissions="enforced") as bus:
            await bus[pipeline].start_pipeline_execution()
            await bus.settle()
            return await ended(bus, pipeline)

    [row, _] = NOT_STARTED
    detail = virtually(start)
    assert (detail.status, seconds(detail), said) == (row.status, row.ends, [])
    assert detail.error_details is not None
    assert detail.error_details.code == row.code
    app.grant(pipeline, "lambda:InvokeFunction", function)
    detail = virtually(start)
    assert (detail.status, seconds(detail), said) == ("Failed", RESULT_TIMEOUT, ["AccessDeniedException"])
    app.grant(function, "codepipeline:PutJobSuccessResult", pipeline)
    assert virtually(start).status == "Succeeded"


def test_function_that_is_gone_fails_the_action() -> None:
    [_, row] = NOT_STARTED

    app, work, pipeline = app_of(silent)

    async def main() -> codepipeline.ActionExecutionDetail:
        async with app.start() as bus:
            bus.faults.refuse_delivery(work, error="ResourceNotFoundException")
            await bus[pipeline].start_pipeline_execution()
            return await ended(bus, pipeline)

    detail = virtually(main)
    assert (detail.status, seconds(detail)) == (row.status, row.ends)
    assert detail.error_details is not None
    assert detail.error_details.code == row.code


def test_hand_over_that_is_refused_for_a_while_is_tried_again() -> None:
    """After 1 and 2 seconds."""
    came: list[float] = []

    async def work(event: Any, context: Any) -> None:
        came.append(current_bus().statistics().now)
        await current_bus()[pipeline].put_job_success_result(job_of(event)["id"])

    app, function, pipeline = app_of(work)

    async def main() -> str:
        async with app.start() as bus:
            for nth in (1, 2):
                bus.faults.refuse_delivery(function, nth=nth)
            await bus[pipeline].start_pipeline_execution()
            await bus.settle()
            return (await ended(bus, pipeline)).status

    assert (virtually(main), came) == ("Succeeded", [3])


def test_function_without_capacity_lets_the_action_run_out_of_time() -> None:
    """The hand-over is accepted, no attempt runs."""
    app, work, pipeline = app_of(silent, reserved_concurrent_executions=0)

    async def main() -> None:
        async with app.start() as bus:
            await bus[pipeline].start_pipeline_execution()
            await bus.settle()
            detail = await ended(bus, pipeline)

            assert (detail.status, seconds(detail), bus.invocations(work)) == ("Failed", RESULT_TIMEOUT, [])

    virtually(main)


def test_function_that_never_returns() -> None:
    """Is timed out, and run again, as any; the action waits for its own time."""

    async def work(event: Any, context: Any) -> None:
        await asyncio.Event().wait()

    app, function, pipeline = app_of(work)

    async def main() -> None:
        async with app.start() as bus:
            began = bus.now()
            await bus[pipeline].start_pipeline_execution()
            await bus.settle()
            detail = await ended(bus, pipeline)

            starts = [(attempt.start - began).total_seconds() for attempt in bus.invocations(function)]
            assert starts == [0, 63, 186]
            assert (detail.status, seconds(detail)) == ("Failed", RESULT_TIMEOUT)

    virtually(main)


def test_artifacts_pass_through_the_bucket() -> None:
    """Put by the test for the first action, by the first for the second."""
    app = App()
    store = app.add(s3.Bucket("artifacts"))
    read: list[bytes] = []

    def key(artifact: Any) -> str:
        return str(artifact["location"]["s3Location"]["objectKey"])

    @app.function
    async def build(event: Any, context: Any) -> None:
        bus, data = current_bus(), job_of(event)["data"]
        source = (await bus[store].get_object(key(data["inputArtifacts"][0]))).body
        await bus[store].put_object(key(data["outputArtifacts"][0]), source.upper())
        await bus[pipeline].put_job_success_result(job_of(event)["id"])

    @app.function
    async def check(event: Any, context: Any) -> None:
        bus, data = current_bus(), job_of(event)["data"]
        read.append((await bus[store].get_object(key(data["inputArtifacts"][0]))).body)
        await bus[pipeline].put_job_success_result(job_of(event)["id"])

    made = codepipeline.InvokeAction("build", build, input_artifacts=["Source"], output_artifacts=["Built"])
    checked = codepipeline.InvokeAction("check", check, input_artifacts=["Built"])
    stages = [codepipeline.Stage("Build", [made]), codepipeline.Stage("Test", [checked])]
    pipeline = app.add(codepipeline.Pipeline("shop", stages, artifact_store=store, sources={"Source": "in/source.zip"}))

    async def main() -> str:
        async with app.start() as bus:
            await bus[store].put_object("in/source.zip", b"orders")
            started = await bus[pipeline].start_pipeline_execution()
            await bus.settle()
            return (await bus[pipeline].get_pipeline_execution(started.pipeline_execution_id)).status

    assert (virtually(main), read) == ("Succeeded", [b"ORDERS"])


def test_trace_tells_where_an_execution_stopped() -> None:
    """By its id and by the job's, without the event."""

    async def work(event: Any, context: Any) -> None:
        details = {"type": "ConfigurationError", "message": "no such table"}
        await current_bus()[pipeline].put_job_failure_result(job_of(event)["id"], details)

    app, function, pipeline = app_of(work)

    async def main() -> tuple[str, str, Any]:
        async with app.start() as bus:
            started = await bus[pipeline].start_pipeline_execution()
            await bus.settle()
            [attempt] = bus.invocations(function)
            job = job_of(attempt.event)
            return str(bus.trace(started.pipeline_execution_id)), str(bus.trace(job["id"])), job

    of_execution, of_job, job = virtually(main)
    assert "Failed: check: ConfigurationError: no such table" in of_execution
    assert "notified work" in of_job
    assert "check: Failed: ConfigurationError: no such table" in of_job
    secrets = job["data"]["artifactCredentials"].values()
    assert not [secret for secret in secrets if secret in of_execution + of_job]


def test_cancelled_call_leaves_the_pipeline_as_it_was() -> None:
    """A client that gives up disturbs nobody."""
    app, _, pipeline = app_of(silent)

    async def main() -> None:
        async with app.start() as bus:
            call = asyncio.create_task(bus[pipeline].start_pipeline_execution())
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert await bus[pipeline].list_action_executions() == []
            await bus[pipeline].start_pipeline_execution()
            await bus.settle()
            assert (await ended(bus, pipeline)).status == "Failed"

    virtually(main)


def test_two_buses_know_nothing_of_each_other() -> None:
    """A job of one is unknown to the other."""
    app, work, pipeline = app_of(silent)

    async def main() -> None:
        async with app.start(seed=1) as one, app.start(seed=2) as other:
            await one[pipeline].start_pipeline_execution()
            await asyncio.sleep(1)
            id = job_of(one.invocations(work)[0].event)["id"]
            with pytest.raises(ServiceError) as refused:
                await other[pipeline].put_job_success_result(id)
            assert refused.value.code == "JobNotFoundException"
            await one[pipeline].put_job_success_result(id)
            assert (await ended(one, pipeline)).status == "Succeeded"
            assert await other[pipeline].list_action_executions() == []

    virtually(main)
