"""What clients may ask of jobs, and what they are told."""

from datetime import UTC, datetime
from typing import Any

import pytest

from eventbus.errors import InvalidSetting
from sources import s3, s3batch, sqs
from tests.contracts.s3batch_table import FUNCTION, JOBS
from tests.contracts.s3batch_table import Job as Row
from tests.sources.helpers import done
from tests.sources.s3batch.helpers import MANIFESTS, NO_REPORT, REPORTS, WORK, client_of

BUCKETS = {"arn:aws:s3:::manifests": MANIFESTS, "arn:aws:s3:::reports": REPORTS}
NO_ARNS = {"qualified function", "no role", "role that is none"}
"""Functions are declared ones, and jobs act in their own name: nobody can ask for these."""
RIGHT: dict[str, Any] = {
    "Operation": {"LambdaInvoke": {"FunctionArn": FUNCTION}},
    "Manifest": {
        "Spec": {"Format": "S3BatchOperations_CSV_20180820", "Fields": ["Bucket", "Key"]},
        "Location": {"ObjectArn": "arn:aws:s3:::manifests/m.csv", "ETag": "{etag}"},
    },
    "Report": {
        "Enabled": True,
        "Format": "Report_CSV_20180820",
        "Bucket": "arn:aws:s3:::reports",
        "ReportScope": "AllTasks",
    },
    "Priority": 10,
}
GIVEN: dict[str, Any] = {"manifest": s3batch.Manifest(MANIFESTS, "m.csv", "e"), "report": NO_REPORT, "priority": 1}


def asked(row: Row) -> dict[str, Any]:
    """The call as it is made here."""
    wire = {name: value for name, value in {**RIGHT, **row.changes}.items() if value is not ...}
    invoke = wire["Operation"].get("LambdaInvoke")
    operation = "LambdaInvoke" if invoke is not None else None
    invoke = invoke or {}
    manifest, report = wire.get("Manifest"), wire.get("Report")
    optional = {
        "invocation_schema_version": invoke.get("InvocationSchemaVersion"),
        "client_request_token": wire.get("ClientRequestToken"),
        "description": wire.get("Description"),
    }
    return {
        "function": WORK if invoke.get("FunctionArn") == FUNCTION else None,
        "operation": operation,
        "user_arguments": invoke.get("UserArguments"),
        "manifest": None if manifest is None else _manifest(manifest),
        "report": None if report is None else _report(report),
        "priority": wire.get("Priority"),
        **{name: value for name, value in optional.items() if value is not None},
    }


def _manifest(wire: Any) -> s3batch.Manifest:
    bucket, _, key = wire["Location"]["ObjectArn"].partition("/")
    return s3batch.Manifest(
        BUCKETS[bucket], key, wire["Location"]["ETag"], wire["Spec"]["Fields"], wire["Spec"]["Format"]
    )


def _report(wire: Any) -> s3batch.Report:
    bucket = BUCKETS.get(wire.get("Bucket"))
    return s3batch.Report(bucket, wire.get("Prefix"), wire.get("ReportScope"), wire["Enabled"])


@pytest.mark.parametrize("row", [row for row in JOBS if row.id not in NO_ARNS], ids=lambda row: row.id)
def test_jobs_that_can_be_made(row: Row) -> None:
    client, machine = client_of()
    made = client.create_job(**asked(row))
    if row.refused is None:
        assert done(client.describe_job(done(made).job_id)).status == "New"
        return
    with pytest.raises(s3batch.S3ControlError) as refused:
        done(made)
    assert (refused.value.code, machine.outstanding()) == (row.refused, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"operation": "S3PutObjectCopy"},
        {"operation": "S3DeleteObjectTagging"},
        {"operation": None},
        {"function": sqs.Queue("work")},
        {"function": MANIFESTS},
        {"function": "work"},
        {"manifest": {"bucket": MANIFESTS}},
        {"manifest": s3batch.Manifest(s3.Bucket("others"), "m.csv", "e")},
        {"manifest": s3batch.Manifest(MANIFESTS, "", "e")},
        {"manifest": s3batch.Manifest(MANIFESTS, "\ud800", "e")},
        {"manifest": s3batch.Manifest(MANIFESTS, "m.csv", "")},
        {"manifest": s3batch.Manifest(MANIFESTS, "m.csv", "e", "Bucket")},
        {"manifest": s3batch.Manifest(MANIFESTS, "m.csv", "e", [[], {}])},  # type: ignore[list-item]
        {"manifest": s3batch.Manifest(MANIFESTS, "m.csv", "e", format="S3InventoryReport_CSV_20161130")},
        {"report": None},
        {"report": s3batch.Report(s3.Bucket("others"), None, "AllTasks")},
        {"report": s3batch.Report(REPORTS, "", "AllTasks")},
        {"report": s3batch.Report(REPORTS, "p" * 513, "AllTasks")},
        {"report": s3batch.Report(REPORTS, None, "All")},
        {"report": s3batch.Report(REPORTS, None, "AllTasks", format="JSON")},
        {"report": s3batch.Report(enabled=1)},  # type: ignore[arg-type]
        {"priority": True},
        {"priority": 1.0},
        {"invocation_schema_version": None},
        {"invocation_schema_version": "2.0", "user_arguments": ["a"]},
        {"invocation_schema_version": "2.0", "user_arguments": {"a": 1}},
        {"invocation_schema_version": "2.0", "user_arguments": {7: "a"}},
        {"confirmation_required": "yes"},
        {"description": ""},
        {"client_request_token": 7},
    ],
    ids=str,
)
def test_jobs_that_can_not_be_made(changes: dict[str, Any]) -> None:
    """Other operations by name, and whatever is written wrong, before anything happens."""
    client, machine = client_of()
    asked = {"function": WORK, **GIVEN, **changes}

    with pytest.raises(s3batch.BadRequestException):
        done(client.create_job(**asked))
    assert (machine.outstanding(), machine.notes) == (0, [])


def test_same_token_is_the_same_job() -> None:
    client, _ = client_of()

    one = done(client.create_job(WORK, **GIVEN, client_request_token="t"))
    same = done(client.create_job(WORK, **GIVEN, client_request_token="t"))
    other = done(client.create_job(WORK, **GIVEN))

    assert one == same != other
    with pytest.raises(s3batch.IdempotencyException):
        done(client.create_job(WORK, **{**GIVEN, "priority": 2}, client_request_token="t"))


def test_job_as_it_is_described() -> None:
    client, _ = client_of()
    report = s3batch.Report(REPORTS, "jobs", "AllTasks")
    arguments = {"kind": "new"}
    settings: dict[str, Any] = {**GIVEN, "report": report, "invocation_schema_version": "2.0", "description": "all"}
    made = done(client.create_job(WORK, **settings, user_arguments=arguments, confirmation_required=True))
    arguments["kind"] = "other"

    job = done(client.describe_job(made.job_id))

    assert (job.job_id, job.job_arn.resource) == (made.job_id, f"job/{made.job_id}")
    assert (job.status, job.operation, job.priority, job.description) == ("New", "LambdaInvoke", 1, "all")
    assert (job.function_arn, job.user_arguments) == (WORK.arn, {"kind": "new"})
    assert (job.manifest.bucket, job.manifest.key) == (MANIFESTS.arn, "m.csv")
    assert (job.report.bucket, job.report.prefix, job.confirmation_required) == (REPORTS.arn, "jobs", True)
    assert (job.creation_time, job.termination_date) == (datetime(2026, 1, 1, tzinfo=UTC), None)
    assert (job.failure_reasons, job.status_update_reason, job.suspended_cause) == ((), None, None)
    progress = job.progress_summary
    assert (progress.total_number_of_tasks, progress.number_of_tasks_succeeded) == (0, 0)
    assert (progress.number_of_tasks_failed, progress.elapsed_time_in_active_seconds) == (0, 0)


def test_lists_of_jobs() -> None:
    """The newest first, in pages, by status."""
    client, _ = client_of()
    ids = [done(client.create_job(WORK, **GIVEN, description=f"job {n}")).job_id for n in range(3)]
    done(client.update_job_status(ids[1], "Cancelled", status_update_reason="no"))

    page = done(client.list_jobs(max_results=2))
    rest = done(client.list_jobs(next_token=page.next_token))
    new = done(client.list_jobs(job_statuses=["New"]))

    assert [job.job_id for job in page.jobs] == [ids[2], ids[1]]
    assert [(job.job_id, job.status, job.description) for job in rest.jobs] == [(ids[0], "New", "job 0")]
    assert rest.next_token is None
    assert [job.job_id for job in new.jobs] == [ids[2], ids[0]]


def test_answers_to_updates() -> None:
    client, _ = client_of()
    job_id = done(client.create_job(WORK, **GIVEN)).job_id

    priority = done(client.update_job_priority(job_id, 7))
    status = done(client.update_job_status(job_id, "Cancelled", status_update_reason="no"))

    assert (priority.job_id, priority.priority) == (job_id, 7)
    assert (status.job_id, status.status, status.status_update_reason) == (job_id, "Cancelled", "no")
    assert done(client.describe_job(job_id)).status_update_reason == "no"


@pytest.mark.parametrize(
    ("operation", "arguments", "error"),
    [
        ("describe_job", ["nothing"], "NotFoundException"),
        ("describe_job", [None], "BadRequestException"),
        ("update_job_priority", ["nothing", 1], "NotFoundException"),
        ("update_job_priority", ["nothing", -1], "BadRequestException"),
        ("update_job_status", ["nothing", "Ready"], "NotFoundException"),
        ("update_job_status", ["nothing", "Active"], "BadRequestException"),
        ("update_job_status", ["nothing", None], "BadRequestException"),
    ],
)
def test_calls_that_are_refused(operation: str, arguments: list[Any], error: str) -> None:
    client, _ = client_of()

    with pytest.raises(s3batch.S3ControlError) as refused:
        done(getattr(client, operation)(*arguments))
    assert refused.value.code == error


@pytest.mark.parametrize(
    "options",
    [
        {"job_statuses": "New"},
        {"job_statuses": ["Old"]},
        {"max_results": 0},
        {"max_results": 1_001},
        {"max_results": True},
        {"next_token": "none"},
        {"next_token": 7},
    ],
    ids=str,
)
def test_lists_that_are_refused(options: dict[str, Any]) -> None:
    client, _ = client_of()

    with pytest.raises(s3batch.BadRequestException):
        done(client.list_jobs(**options))


@pytest.mark.parametrize(
    ("functions", "buckets", "options"),
    [
        ([], [MANIFESTS], {}),
        ([MANIFESTS], [MANIFESTS], {}),
        (WORK, [MANIFESTS], {}),
        ([WORK], [], {}),
        ([WORK], [WORK], {}),
        ([WORK], [sqs.Queue("q")], {}),
        ([WORK], [MANIFESTS], {"concurrency": 0}),
        ([WORK], [MANIFESTS], {"tasks_per_call": 101}),
        ([WORK], [MANIFESTS], {"redrives": -1}),
        ([WORK], [MANIFESTS], {"redrives": None}),
    ],
    ids=str,
)
def test_declarations_that_are_refused(functions: Any, buckets: Any, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidSetting):
        s3batch.Jobs(functions, buckets, **options)


def test_what_jobs_need_of_their_app() -> None:
    assert s3batch.Jobs([WORK], [MANIFESTS, REPORTS]).targets == (WORK.arn, MANIFESTS.arn, REPORTS.arn)
