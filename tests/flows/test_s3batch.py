"""Jobs of S3 Batch Operations on a running bus, in virtual time."""

import asyncio
import csv
import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import S3BatchOperationEvent, S3BatchOperationResponse
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import S3BatchOperationModel

from eventbus import App, Bus, Function, current_bus
from sources import s3, s3batch
from tests.helpers import virtually

Batch = tuple[App, Function[Any, Any], s3.Bucket, s3batch.Jobs]


def batch_of(handler: Any, **settings: Any) -> Batch:
    """`timeout` and the like are the function's, all others the jobs'."""
    app = App()
    of_function = {
        name: settings.pop(name) for name in ("timeout", "reserved_concurrent_executions") if name in settings
    }
    uploads = app.add(s3.Bucket("uploads"))
    work = app.function(handler, name="work", **of_function)
    return app, work, uploads, app.add(s3batch.Jobs([work], [uploads], **settings))


async def make_job(bus: Bus, batch: Batch, lines: str, **settings: Any) -> str:
    _, work, uploads, jobs = batch
    put = await bus[uploads].put_object("lists/all of it.csv", lines)
    manifest = s3batch.Manifest(uploads, "lists/all of it.csv", put.e_tag)
    report = s3batch.Report(uploads, "reports", "AllTasks")
    made = await bus[jobs].create_job(work, **{"manifest": manifest, "report": report, "priority": 1, **settings})
    return made.job_id


async def report_of(bus: Bus, uploads: s3.Bucket, job_id: str) -> dict[str, list[list[str]]]:
    """Rows by status."""
    manifest = await bus[uploads].get_object(f"reports/job-{job_id}/manifest.json")
    found: dict[str, list[list[str]]] = {}
    for each in json.loads(manifest.body)["Results"]:
        content = (await bus[uploads].get_object(each["Key"])).body.decode()
        found[each["TaskExecutionStatus"]] = list(csv.reader(content.splitlines()))
    return found


def starts(bus: Bus, function: Function[Any, Any], began: Any) -> list[float]:
    return [(attempt.start - began).total_seconds() for attempt in bus.invocations(function)]


def succeed(event: Any, context: Any) -> Any:
    parse(event=event, model=S3BatchOperationModel)
    found = S3BatchOperationEvent(event)
    response = S3BatchOperationResponse(found.invocation_schema_version, found.invocation_id, "PermanentFailure")
    response.add_result(found.task.build_task_batch_response("Succeeded", f"did {found.task.s3_key}"))
    return response.asdict()


def later(event: Any, context: Any) -> Any:
    found = S3BatchOperationEvent(event)
    response = S3BatchOperationResponse(found.invocation_schema_version, found.invocation_id, "PermanentFailure")
    response.add_result(found.task.build_task_batch_response("TemporaryFailure", "later"))
    return response.asdict()


def boom(event: Any, context: Any) -> Any:
    raise ValueError("boom")


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_from_a_manifest_to_a_report(version: str) -> None:
    """As powertools reads it, and answers; the trace of the job tells of its calls."""
    batch = batch_of(succeed)
    app, _, uploads, jobs = batch

    async def main() -> None:
        async with app.start() as bus:
            job_id = await make_job(bus, batch, "uploads,a.csv\nuploads,b%20c.csv\n", invocation_schema_version=version)
            await bus.settle()

            job = await bus[jobs].describe_job(job_id)
            assert (job.status, job.failure_reasons) == ("Complete", ())
            assert job.progress_summary.number_of_tasks_succeeded == job.progress_summary.total_number_of_tasks == 2
            assert await report_of(bus, uploads, job_id) == {
                "succeeded": [
                    ["uploads", "a.csv", "", "succeeded", "200", "", "did a.csv"],
                    ["uploads", "b%20c.csv", "", "succeeded", "200", "", "did b c.csv"],
                ]
            }
            head = await bus[uploads].head_object(f"reports/job-{job_id}/manifest.json")
            assert head.content_type == "application/json"
            trace = str(bus.trace(job_id))
            assert "LambdaInvoke of work for uploads/lists/all of it.csv" in trace
            assert trace.count("attempt of work") == 2
            assert "Complete: 2 succeeded, 0 failed" in trace

    virtually(main)


def test_function_errors_are_not_tried_again() -> None:
    batch = batch_of(boom)
    app, work, uploads, _ = batch

    async def main() -> None:
        async with app.start() as bus:
            job_id = await make_job(bus, batch, "uploads,a.csv\n")
            await bus.settle()

            assert len(bus.invocations(work)) == 1
            [row] = (await report_of(bus, uploads, job_id))["failed"]
            assert row[3:6] == ["failed", "200", "PermanentFailure"]
            assert row[6].startswith('Lambda returned function error: {"errorMessage": "boom"')

    virtually(main)


def test_temporary_failures_are_redriven_once() -> None:
    """After all others, at once."""
    batch = batch_of(later, concurrency=1)
    app, work, uploads, _ = batch

    async def main() -> None:
        async with app.start() as bus:
            job_id = await make_job(bus, batch, "uploads,a\nuploads,b\n")
            await bus.settle()

            keys = [attempt.event["tasks"][0]["s3Key"] for attempt in bus.invocations(work)]
            assert keys == ["a", "b", "a", "b"]
            rows = (await report_of(bus, uploads, job_id))["failed"]
            assert [row[1:] for row in rows] == [
                ["a", "", "failed", "200", "TemporaryFailure", "later"],
                ["b", "", "failed", "200", "TemporaryFailure", "later"],
            ]

    virtually(main)


def test_throttled_tasks_wait() -> None:
    """A function of one environment at a time, 2 seconds a call: the job calls at 0, is throttled, and goes on."""

    async def slow(event: Any, context: Any) -> Any:
        await asyncio.sleep(2)
        return succeed(event, context)

    batch = batch_of(slow, concurrency=2, redrives=5, reserved_concurrent_executions=1)
    app, work, _, jobs = batch

    async def main() -> None:
        async with app.start() as bus:
            began = bus.now()
            job_id = await make_job(bus, batch, "uploads,a\nuploads,b\n")
            await bus.settle()

            assert starts(bus, work, began) == [0, 3]
            assert (await bus[jobs].describe_job(job_id)).progress_summary.number_of_tasks_succeeded == 2

    virtually(main)


@pytest.mark.parametrize(
    "answer", [None, {}, "text", {"results": []}, {"invocationId": "other", "results": []}], ids=str
)
def test_malformed_answers_fail_their_task(answer: Any) -> None:
    batch = batch_of(lambda event, context: answer)
    app, work, uploads, _ = batch

    async def main() -> None:
        async with app.start() as bus:
            job_id = await make_job(bus, batch, "uploads,a\n")
            await bus.settle()

            assert len(bus.invocations(work)) == 1
            [row] = (await report_of(bus, uploads, job_id))["failed"]
            assert row[5:] == ["PermanentFailure", "Invalid JSON returned in Lambda payload"]

    virtually(main)


@pytest.mark.parametrize(
    ("missing", "status", "reason"),
    [
        (None, "Complete", None),
        ("lambda:InvokeFunction", "Complete", 'app.grant(jobs, "lambda:InvokeFunction", work) would allow it'),
        ("s3:GetObject", "Failed", "was answered with 403"),
        ("s3:PutObject", "Failed", 'app.grant(jobs, "s3:PutObject", uploads) would allow it'),
    ],
)
def test_jobs_need_their_permissions(missing: str | None, status: str, reason: str | None) -> None:
    """To read the manifest, to invoke, to write the report."""
    batch = batch_of(succeed)
    app, work, uploads, jobs = batch
    needed: list[tuple[str, Any]] = [
        ("lambda:InvokeFunction", work),
        ("s3:GetObject", uploads),
        ("s3:PutObject", uploads),
    ]
    for action, resource in needed:
        if action != missing:
            app.grant(jobs, action, resource)

    async def main() -> None:
        async with app.start(permissions="enforced") as bus:
            job_id = await make_job(bus, batch, "uploads,a\n")
            await bus.settle()

            job = await bus[jobs].describe_job(job_id)
            assert job.status == status
            assert (reason or "Complete: 1 succeeded") in str(bus.trace(job_id))
            if missing == "lambda:InvokeFunction":
                [row] = (await report_of(bus, uploads, job_id))["failed"]
                assert row[3:6] == ["failed", "403", "PermanentFailure"]

    virtually(main)


def test_code_needs_permission_for_jobs() -> None:
    batch = batch_of(succeed)
    app, _, _, jobs = batch

    @app.function
    async def lists(event: Any, context: Any) -> int:
        return len((await current_bus()[jobs].list_jobs()).jobs)

    async def main() -> None:
        async with app.start(permissions="enforced") as bus:
            answer = await bus.invoke(lists, {})
            assert "s3:ListJobs" in str(answer.payload)
        app.grant(lists, "s3:ListJobs", jobs)
        async with app.start(permissions="enforced") as bus:
            assert (await bus.invoke(lists, {})).result() == 0

    virtually(main)


def test_confirmed_and_cancelled() -> None:
    """A job that waits for its confirmation is not waited for; one that is cancelled waits for its call."""

    async def slow(event: Any, context: Any) -> Any:
        await asyncio.sleep(100)
        return succeed(event, context)

    batch = batch_of(slow, concurrency=1, timeout=900)
    app, work, _, jobs = batch

    async def main() -> None:
        async with app.start() as bus:
            job_id = await make_job(bus, batch, "uploads,a\nuploads,b\n", confirmation_required=True)
            await bus.settle()
            assert (await bus[jobs].describe_job(job_id)).status == "Suspended"
            await asyncio.sleep(3_600)

            assert (await bus[jobs].update_job_status(job_id, "Ready")).status == "Ready"
            await asyncio.sleep(10)
            assert (await bus[jobs].describe_job(job_id)).status == "Active"
            assert (await bus[jobs].update_job_status(job_id, "Cancelled")).status == "Cancelling"
            await bus.settle()

            job = await bus[jobs].describe_job(job_id)
            assert (job.status, len(bus.invocations(work))) == ("Cancelled", 1)
            assert job.termination_date is not None
            assert (job.termination_date - job.creation_time).total_seconds() == 3_700
            assert job.progress_summary.elapsed_time_in_active_seconds == 10

    virtually(main)


def test_jobs_made_in_a_handler() -> None:
    """The trace of what made it leads to what it did."""
    batch = batch_of(succeed)
    app, _, _, _ = batch

    async def make(event: Any, context: Any) -> str:
        bus: Any = current_bus()
        return await make_job(bus, batch, "uploads,a\n")

    maker: Function[Any, Any] = app.function(make, name="maker")

    async def main() -> None:
        async with app.start() as bus:
            answer = await bus.invoke(maker, {})
            await bus.settle()

            trace = str(bus.trace(answer.request_id))
            assert answer.result() in trace
            assert "attempt of work" in trace or "invoked work" in trace

    virtually(main)


def test_handler_that_never_returns() -> None:
    """Its timeout is a function error."""

    async def never(event: Any, context: Any) -> Any:
        await asyncio.Event().wait()

    batch = batch_of(never, timeout=5)
    app, _, uploads, _ = batch

    async def main() -> None:
        async with app.start() as bus:
            job_id = await make_job(bus, batch, "uploads,a\n")
            await bus.settle()

            [row] = (await report_of(bus, uploads, job_id))["failed"]
            assert "Task timed out after 5.00 seconds" in row[6]
            assert bus.statistics().now == 5

    virtually(main)


def test_ten_thousand_tasks_of_two_buses() -> None:
    """Each once; a client that gives up in the middle breaks nothing."""

    async def quick(event: Any, context: Any) -> Any:
        results = [{"taskId": task["taskId"], "resultCode": "Succeeded"} for task in event["tasks"]]
        return {**{key: event[key] for key in ("invocationSchemaVersion", "invocationId")}, "results": results}

    batch = batch_of(quick, tasks_per_call=50, concurrency=20)
    app, work, uploads, jobs = batch
    lines = "".join(f"uploads,{number}\n" for number in range(10_000))

    async def fill(bus: Bus) -> None:
        job_id = await make_job(bus, batch, lines)
        asking = asyncio.create_task(bus[jobs].list_jobs())
        await asyncio.sleep(0)
        asking.cancel()
        await bus.settle()
        assert (await bus[jobs].describe_job(job_id)).progress_summary.number_of_tasks_succeeded == 10_000
        assert len((await report_of(bus, uploads, job_id))["succeeded"]) == 10_000

    async def main() -> None:
        async with app.start(seed=1) as one, app.start(seed=2) as two:
            await asyncio.gather(fill(one), fill(two))
            assert len(one.invocations(work)) == 200

    virtually(main)
