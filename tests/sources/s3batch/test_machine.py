"""The machine of jobs: manifests, calls, answers, redrives, how jobs end, statuses, priorities."""

import copy
import json
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventbus.core.effects import Deliver, Fetch, Invoke
from eventbus.core.http import Response
from eventbus.core.outcomes import HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut
from sources import s3batch
from sources.s3batch.job import Status
from tests.contracts import s3batch_table
from tests.contracts.s3batch_table import (
    ANSWERS,
    COMPLETIONS,
    FUNCTION_ERROR,
    MANIFESTS,
    OUTCOMES,
    PERMANENT,
    REDRIVES,
    STATUSES,
    SUCCEEDED,
    TEMPORARY,
    Answer,
    Completion,
    Manifest,
    Redrive,
)
from tests.golden import load, match
from tests.sources.fuzzed import outcomes
from tests.sources.s3batch.helpers import (
    REPORTS,
    WORK,
    create,
    event_of,
    filled,
    lines_of,
    make_job,
    make_machine,
    read,
    reported,
    result,
    run,
    said,
    taken,
)

LINE = "uploads,in/red%20flower%20a%40b.csv"
BOOM = HandlerFailed("ValueError", "boom", "id", ())
BUSY = Throttled("ConcurrentInvocationLimitExceeded")
HAPPENED: dict[str, Outcome] = {
    "handler raised": BOOM,
    "timeout": TimedOut("Sandbox.Timedout", "Task timed out after 1.00 seconds"),
    "process ends": HandlerFailed("Runtime.ExitError", "Runtime exited", "id", None),
    "throttled for ever": BUSY,
}
REFUSED = {"not permitted": "may not", "no such function": "ResourceNotFoundException: Function not found"}
NO_SUCH = {"service error"}
"""Nothing here answers 500."""


# ---------------------------------------------------------------------------------------------------- manifests, events
@pytest.mark.parametrize(
    ("golden", "line", "options"),
    [
        ("v1", LINE, {}),
        ("v2", LINE, {"version": "2.0"}),
        ("v1_version", f"{LINE},v7", {}),
        ("v2_arguments", f"{LINE},v7", {"version": "2.0", "arguments": {"kind": "new", "limit": "7"}}),
    ],
)
def test_events(golden: str, line: str, options: dict[str, Any]) -> None:
    machine = make_machine()
    fields = ("Bucket", "Key", "VersionId")[: line.count(",") + 1]

    job = make_job(machine, line, 10.0, fields=fields, **options)

    [invoke] = taken(machine, Invoke)
    match(load(f"s3batch/{golden}"), event_of(invoke))
    assert event_of(invoke)["job"]["id"] == job.id
    assert (invoke.function, invoke.principal) == (WORK.arn, machine.arn)


@pytest.mark.parametrize("row", MANIFESTS, ids=lambda row: row.id)
def test_manifests(row: Manifest) -> None:
    """Read as a whole before the first task runs."""
    machine = make_machine()

    job = make_job(machine, row.text, fields=row.fields)

    if row.tasks is None:
        assert (job.status, taken(machine, Invoke)) == (Status.FAILED, [])
        assert job.failure_reasons[0].failure_code == "InvalidManifest"
        return
    tasks = [event_of(each)["tasks"][0] for each in run(machine, lambda _, invoke: result(invoke, SUCCEEDED))]
    assert job.status == Status.COMPLETE
    found = [(task["s3BucketArn"].removeprefix("arn:aws:s3:::"), task["s3Key"], task["s3VersionId"]) for task in tasks]
    assert tuple(found) == row.tasks


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff,a\n", b'uploads,"a\n', b'uploads,"a"b"\n'], ids=str)
def test_what_is_no_manifest(content: bytes) -> None:
    machine = make_machine()

    job = make_job(machine, content)

    assert (job.status, job.failure_reasons[0].failure_code) == (Status.FAILED, "InvalidManifest")


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (Response(404, [], b"<Error/>"), "ManifestNotReadable"),
        (Response(403, [], b""), "ManifestNotReadable"),
        (Response(200, [("ETag", '"other"')], b"uploads,a\n"), "ManifestChanged"),
        (Response(200, [], b"uploads,a\n"), "ManifestChanged"),
    ],
    ids=["missing", "denied", "another", "none"],
)
def test_manifests_that_can_not_be_used(response: Response, code: str) -> None:
    """Not there, not to be read, or not the one that was meant."""
    machine = make_machine()
    job = create(machine, "uploads,a\n", report=s3batch.Report(REPORTS, None, "AllTasks"))
    machine.wake(0.0)
    [fetch] = taken(machine, Fetch)

    machine.fetched(0.0, fetch.token, response)
    machine.fetched(0.0, fetch.token, response)

    assert (job.status, job.failure_reasons[0].failure_code) == (Status.FAILED, code)
    assert (machine.effects, machine.outstanding(), machine.next_deadline()) == ([], 0, inf)
    assert machine.notes[-1][:3] == ("responded", machine.arn, job.id)


def test_several_tasks_in_one_call() -> None:
    """As many as are left, up to the setting; each has its own result, and one without any is tried again."""
    machine = make_machine(tasks_per_call=2)
    job = make_job(machine, lines_of(3))

    def answers(number: int, invoke: Invoke) -> Outcome:
        event = event_of(invoke)
        last = {"taskId": event["tasks"][-1]["taskId"], "resultCode": PERMANENT if number == 0 else SUCCEEDED}
        return said({"invocationSchemaVersion": "1.0", "invocationId": event["invocationId"], "results": [last]})

    calls = run(machine, answers)

    assert [[task["s3Key"] for task in event_of(each)["tasks"]] for each in calls] == [["0", "1"], ["2"], ["0"]]
    assert [task.entry.key for task in job.succeeded] == ["2", "0"]
    assert [task.entry.key for task in job.failed] == ["1"]


# -------------------------------------------------------------------------------------------------------------- answers
@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row.id)
def test_answers(row: Answer) -> None:
    machine = make_machine()
    job = make_job(machine, "uploads,a.csv\n")

    def answers(_: int, invoke: Invoke) -> Outcome:
        return Succeeded(row.raw.encode()) if row.raw is not None else said(filled(row.answer, event_of(invoke)))

    calls = run(machine, answers)

    assert len(calls) == row.calls
    [task] = job.succeeded + job.failed
    assert bool(job.succeeded) == (row.status == "succeeded")
    assert ("" if task.code == SUCCEEDED else task.code) == row.code
    assert task.http_status == 200
    if row.message is not None:
        assert task.message == row.message


@pytest.mark.parametrize("row", [row for row in OUTCOMES if row.id not in NO_SUCH], ids=lambda row: row.id)
def test_outcomes(row: s3batch_table.Outcome) -> None:
    machine = make_machine()
    job = make_job(machine, "uploads,a.csv\n")
    if row.id in REFUSED:
        [invoke] = calls = taken(machine, Invoke)
        machine.denied(0.0, invoke.token, REFUSED[row.id])
    else:
        calls = run(machine, lambda _, __: HAPPENED[row.id])

    [task] = job.failed
    assert (len(calls), str(task.http_status), task.code) == (row.calls, row.http_status, row.code)
    if row.message is not None:
        assert task.message.startswith(row.message.removesuffix("..."))
        assert task.message != FUNCTION_ERROR
    assert machine.outstanding() == 0


def test_stopped_recursion_fails_its_task() -> None:
    machine = make_machine()
    job = make_job(machine, "uploads,a.csv\n")

    run(machine, lambda _, __: Stopped())

    assert (job.failed[0].http_status, job.failed[0].message) == (400, "RecursiveInvocationException")


@pytest.mark.parametrize("row", REDRIVES, ids=lambda row: row.id)
def test_redrives(row: Redrive) -> None:
    """The same task, after the first call of every other."""
    machine = make_machine(redrives=row.allowed)
    job = make_job(machine, "uploads,a\nuploads,b\n")
    ends = iter(row.ends)

    def answers(_: int, invoke: Invoke) -> Outcome:
        if event_of(invoke)["tasks"][0]["s3Key"] == "b":
            return result(invoke, SUCCEEDED)
        end = next(ends)
        return BOOM if end == "error" else result(invoke, end, "later")

    calls = [event_of(each)["tasks"][0] for each in run(machine, answers)]

    tried = [task["taskId"] for task in calls if task["s3Key"] == "a"]
    assert (len(tried), len(set(tried))) == (row.calls, 1)
    assert [task["s3Key"] for task in calls] == ["a", "b", *["a"] * (row.calls - 1)]
    assert len(job.succeeded) == (2 if row.status == "succeeded" else 1)
    assert job.status == Status.COMPLETE


def test_throttles_slow_a_job_down() -> None:
    """It makes no call for 1, 2, 4 ... seconds; a call that is answered begins anew."""
    machine = make_machine(redrives=100)
    make_job(machine, "uploads,a\n")
    times: list[float] = []
    now = 0.0
    for number in range(9):
        [invoke] = taken(machine, Invoke)
        times.append(now)
        machine.finished(now, invoke.token, result(invoke, TEMPORARY) if number == 7 else BUSY)
        if number != 7:
            now = machine.next_deadline()
            machine.wake(now)

    assert times == [0, 1, 3, 7, 15, 31, 63, 123, 123]
    assert now == 124


def test_no_more_calls_at_once_than_the_setting() -> None:
    """Of all jobs together."""
    machine = make_machine(concurrency=3)
    one = make_job(machine, lines_of(2))
    two = make_job(machine, lines_of(2))
    assert (one.out, two.out) == (2, 1)

    run(machine, lambda _, invoke: result(invoke, SUCCEEDED))

    assert (one.status, two.status, machine.outstanding()) == (Status.COMPLETE, Status.COMPLETE, 0)


# --------------------------------------------------------------------------------------------------------- how jobs end
@pytest.mark.parametrize("row", COMPLETIONS, ids=lambda row: row.id)
def test_completions(row: Completion) -> None:
    """A job fails once more than half of at least 1,000 tasks have; a report is written all the same."""
    machine = make_machine()
    job = make_job(machine, lines_of(row.total), report=s3batch.Report(REPORTS, None, "AllTasks"))

    def answers(number: int, invoke: Invoke) -> Outcome:
        return result(invoke, SUCCEEDED if row.pattern[number % len(row.pattern)] == "S" else PERMANENT)

    calls = run(machine, answers)

    assert len(calls) == row.ran
    reports = reported(machine)
    assert (str(job.status), bool(job.failure_reasons)) == (row.status, row.status == "Failed")
    assert sum(content.count(b"\n") for key, content in reports.items() if key.endswith(".csv")) == row.ran


def test_a_failing_job_waits_for_its_calls() -> None:
    """Nothing new begins; what they answer still counts."""
    machine = make_machine(concurrency=2)
    job = make_job(machine, lines_of(2_000))
    out = taken(machine, Invoke)
    for _ in range(1_000):
        first = out.pop(0)
        machine.finished(0.0, first.token, result(first, PERMANENT))
        out += taken(machine, Invoke)
    assert (str(job.status), len(out)) == ("Failing", 1)

    machine.finished(1.0, out[0].token, result(out[0], SUCCEEDED))

    assert (str(job.status), len(job.succeeded), len(job.failed)) == ("Failed", 1, 1_000)
    assert job.failure_reasons == [s3batch.FailureReason("TooManyTasksFailed", "1,000 of 1,000 tasks have failed")]


def test_cancelled_jobs_wait_for_their_calls() -> None:
    """Nothing new begins; what is answered is reported, and a temporary failure is not tried again."""
    machine = make_machine(concurrency=2)
    job = make_job(machine, lines_of(5), report=s3batch.Report(REPORTS, "x", "AllTasks"))
    one, two = taken(machine, Invoke)

    machine.update_status(1.0, job.id, "Cancelled", "enough")
    assert str(job.status) == "Cancelling"
    machine.wake(1.0)
    machine.finished(2.0, one.token, result(one, SUCCEEDED))
    assert str(job.status) == "Cancelling"
    machine.finished(3.0, two.token, result(two, TEMPORARY))

    assert len(reported(machine, 3.0)) == 3
    assert (str(job.status), job.ended_at, taken(machine, Invoke)) == ("Cancelled", 3.0, [])
    assert (len(job.succeeded), len(job.failed), job.status_update_reason) == (1, 1, "enough")


def test_job_that_was_cancelled_while_it_read() -> None:
    machine = make_machine()
    job = create(machine, "uploads,a\n")
    machine.wake(0.0)
    [fetch] = taken(machine, Fetch)
    assert job.status == Status.PREPARING

    machine.update_status(0.0, job.id, "Cancelled", None)
    machine.fetched(1.0, fetch.token, Response(200, [], b"uploads,a\n"))
    machine.wake(1.0)

    assert (job.status, machine.effects, machine.outstanding()) == (Status.CANCELLED, [], 0)


# ------------------------------------------------------------------------------------------------------------- statuses
def job_in(machine: Any, status: str) -> Any:
    """One that came there by itself."""
    if status == "Suspended":
        return make_job(machine, "uploads,a\n", confirm=True)
    job = create(machine, "uploads,a\n")
    if status == "Ready":
        machine.wake(0.0)
        [fetch] = taken(machine, Fetch)
        machine.fetched(0.0, fetch.token, Response(200, [("ETag", job.settings.manifest.e_tag)], b"uploads,a\n"))
        return job
    read(machine, "uploads,b\n" if status == "Failed" else "uploads,a\n")
    if status == "Complete":
        run(machine, lambda _, invoke: result(invoke, SUCCEEDED))
    if status == "Cancelled":
        machine.update_status(0.0, job.id, "Cancelled", None)
        run(machine, lambda _, invoke: result(invoke, SUCCEEDED))
    return job


@pytest.mark.parametrize("row", STATUSES, ids=lambda row: row.id)
def test_statuses(row: s3batch_table.Status) -> None:
    machine = make_machine()
    job = job_in(machine, row.before)
    assert str(job.status) == row.before

    if row.refused is None:
        machine.update_status(1.0, job.id, row.requested, "because")
        assert job.status_update_reason == "because"
    else:
        with pytest.raises(s3batch.JobStatusException) as refused:
            machine.update_status(1.0, job.id, row.requested, None)
        assert refused.value.code == row.refused
        assert str(job.status) == row.after
        return
    if row.after == "Cancelled":
        run(machine, lambda _, invoke: result(invoke, SUCCEEDED))
    assert str(job.status) == row.after


def test_way_of_a_job() -> None:
    machine = make_machine()
    job = make_job(machine, "uploads,a\n", confirm=True, report=s3batch.Report(REPORTS, None, "AllTasks"))
    assert (machine.outstanding(), machine.next_deadline()) == (0, inf)
    machine.update_status(5.0, job.id, "Ready", None)
    machine.wake(5.0)
    run(machine, lambda _, invoke: result(invoke, SUCCEEDED), 5.0)
    reported(machine, 7.0)

    told = [note[3] for note in machine.notes if note[0] == "status"]
    assert told == ["Preparing", "Suspended", "Ready", "Active", "Completing", "Complete"]
    assert machine.notes[0][:4] == ("requested", machine.arn, job.id, "LambdaInvoke of work for manifests/m.csv")
    assert machine.notes[-1][3] == "Complete: 1 succeeded, 0 failed"


def test_jobs_of_lower_priority_wait() -> None:
    """Ready if they have not begun, else Paused once their calls are answered; then they go on."""
    machine = make_machine(concurrency=1)
    low = make_job(machine, lines_of(3), priority=1)
    [first] = taken(machine, Invoke)
    high = make_job(machine, lines_of(1), priority=5)
    later = make_job(machine, lines_of(1), priority=2)
    states = [(str(low.status), str(high.status), str(later.status))]

    machine.finished(1.0, first.token, result(first, SUCCEEDED))
    states.append((str(low.status), str(high.status), str(later.status)))
    order = [event_of(each)["job"]["id"] for each in run(machine, lambda _, invoke: result(invoke, SUCCEEDED), 1.0)]

    assert states == [("Pausing", "Active", "Ready"), ("Paused", "Active", "Ready")]
    assert order == [high.id, later.id, low.id, low.id]
    assert {low.status, high.status, later.status} == {Status.COMPLETE}
    assert low.active_until(9.0) == 0.0  # it was paused at once


def test_last_call_of_a_pausing_job_ends_it() -> None:
    machine = make_machine(concurrency=2)
    low = make_job(machine, lines_of(1), priority=1)
    [first] = taken(machine, Invoke)
    make_job(machine, lines_of(1), priority=5)
    assert str(low.status) == "Pausing"

    machine.finished(1.0, first.token, result(first, SUCCEEDED))

    assert str(low.status) == "Complete"


def test_priorities_can_change() -> None:
    machine = make_machine(concurrency=1)
    one, two = make_job(machine, lines_of(2), priority=2), make_job(machine, lines_of(2), priority=1)
    [first] = taken(machine, Invoke)

    machine.update_priority(1.0, two.id, 3)
    machine.wake(1.0)
    assert (one.status, two.status) == (Status.PAUSING, Status.ACTIVE)
    machine.finished(1.0, first.token, result(first, SUCCEEDED))

    order = [event_of(each)["job"]["id"] for each in run(machine, lambda _, invoke: result(invoke, SUCCEEDED), 1.0)]
    assert order == [two.id, two.id, one.id]
    with pytest.raises(s3batch.BadRequestException):
        machine.update_priority(2.0, two.id, 4)


def test_jobs_are_known_for_90_days() -> None:
    machine = make_machine()
    job = make_job(machine, "uploads,a\n")
    run(machine, lambda _, invoke: result(invoke, SUCCEEDED))
    waiting = make_job(machine, "uploads,a\n", confirm=True)

    assert machine.find(90 * 86_400 - 1.0, job.id) is job
    with pytest.raises(s3batch.NotFoundException):
        machine.find(90 * 86_400, job.id)
    assert machine.listed(90 * 86_400, [str(each) for each in Status], None, 10) == ([waiting], False)


# --------------------------------------------------------------------------------------------------------------- reports
def test_report_that_can_not_be_written_fails_its_job() -> None:
    """No permission: at once, with the reason."""
    machine = make_machine()
    job = make_job(machine, "uploads,a\n", report=s3batch.Report(REPORTS, None, "AllTasks"))
    run(machine, lambda _, invoke: result(invoke, SUCCEEDED))
    assert str(job.status) == "Completing"

    for effect in taken(machine, Deliver):
        machine.delivered(0.0, effect.token, "AccessDeniedException: may not")

    assert str(job.status) == "Failed"
    assert {reason.failure_code for reason in job.failure_reasons} == {"ReportNotWritten"}
    assert (len(job.succeeded), machine.outstanding()) == (1, 0)


def test_report_is_tried_again_while_its_bucket_is_busy() -> None:
    machine = make_machine()
    job = make_job(machine, "uploads,a\n", report=s3batch.Report(REPORTS, None, "FailedTasksOnly"))
    run(machine, lambda _, invoke: result(invoke, SUCCEEDED))
    [effect] = taken(machine, Deliver)
    machine.delivered(0.0, effect.token, "ServiceUnavailable")

    machine.wake(1.0)

    [key] = reported(machine, 1.0)
    assert key == f"job-{job.id}/manifest.json"
    assert str(job.status) == "Complete"


# ---------------------------------------------------------------------------------------------------------------- fuzzed
GOOD = {
    "invocationSchemaVersion": "1.0",
    "treatMissingKeysAs": "PermanentFailure",
    "invocationId": "{invocation}",
    "results": [
        {"taskId": "{1}", "resultCode": "Succeeded", "resultString": "fine"},
        {"taskId": "{2}", "resultCode": "TemporaryFailure", "resultString": "later"},
        {"taskId": "{3}", "resultCode": "PermanentFailure", "resultString": '"no", he said'},
    ],
}


def check_any_answer(outcome: Outcome) -> None:
    """Every task ends once, and stands in the report; a copy of the machine ends the same way."""
    machine = make_machine(tasks_per_call=3)
    job = make_job(machine, lines_of(3), report=s3batch.Report(REPORTS, None, "AllTasks"))

    def answers(_: int, invoke: Invoke) -> Outcome:
        if not isinstance(outcome, Succeeded):
            return outcome
        event = event_of(invoke)
        text = outcome.payload.replace(b"{invocation}", event["invocationId"].encode())
        for number, task in enumerate(event["tasks"], 1):
            text = text.replace(f"{{{number}}}".encode(), task["taskId"].encode())
        return Succeeded(text)

    twin = copy.deepcopy(machine)
    calls = run(machine, answers)
    ends = reported(machine)

    assert len(calls) <= 2
    assert len(job.succeeded) + len(job.failed) == 3
    assert str(job.status) == "Complete"
    run(twin, answers)
    assert reported(twin).keys() == ends.keys()
    assert machine.outstanding() == twin.outstanding() == 0
    listed = json.loads(ends[f"job-{job.id}/manifest.json"])["Results"]
    assert {each["Key"] for each in listed} == ends.keys() - {f"job-{job.id}/manifest.json"}


@settings(max_examples=100, deadline=None)
@given(outcome=outcomes(GOOD))
def test_any_answer(outcome: Outcome) -> None:
    check_any_answer(outcome)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(outcome=outcomes(GOOD))
def test_very_many_answers(outcome: Outcome) -> None:
    check_any_answer(outcome)


@settings(max_examples=50, deadline=None)
@given(content=st.binary(max_size=60) | st.text(alphabet='a,"\r\n%\x00', max_size=30).map(str.encode))
def test_any_manifest(content: bytes) -> None:
    """It is read, or fails its job."""
    machine = make_machine()

    job = make_job(machine, content)

    assert job.status in (Status.ACTIVE, Status.FAILED)
