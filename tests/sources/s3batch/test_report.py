"""What jobs leave in the bucket of their reports."""

import csv
import io
import json
from hashlib import md5

import pytest

from eventbus.core.effects import Invoke
from eventbus.core.outcomes import Outcome
from sources import s3batch
from sources.s3batch.job import Task
from sources.s3batch.manifest import Entry
from sources.s3batch.report import lines
from tests.contracts.s3batch_table import LINES, REPORTS, Line, Report
from tests.golden import load, match
from tests.sources.s3batch.helpers import REPORTS as BUCKET
from tests.sources.s3batch.helpers import lines_of, make_job, make_machine, reported, result, run


def ended(number: int, invoke: Invoke, succeeded: int) -> Outcome:
    return result(invoke, "Succeeded" if number < succeeded else "PermanentFailure", "text")


@pytest.mark.parametrize("row", LINES, ids=lambda row: row.id)
def test_lines(row: Line) -> None:
    """As a CSV reader sees them."""
    word, _, text = row.ended.partition(" ")
    if word == "error":
        code, message = "PermanentFailure", "Lambda returned function error: " + text.removeprefix("payload ")
    else:
        code, message = word, text.strip('"')
    task = Task("id", Entry(*row.task), code=code, message=message)

    [found] = csv.reader(io.StringIO(lines([task], row.columns[3]).decode(), newline=""))

    assert tuple(found) == row.columns


def test_texts_that_utf_8_can_not_hold() -> None:
    task = Task("id", Entry("uploads", "a", None), code="PermanentFailure", message="\ud800")

    assert lines([task], "failed") == b"uploads,a,,failed,200,PermanentFailure,?\n"


@pytest.mark.parametrize("row", REPORTS, ids=lambda row: row.id)
def test_reports(row: Report) -> None:
    machine = make_machine()
    report = s3batch.Report(BUCKET, "jobs", row.scope, enabled=row.enabled)
    job = make_job(machine, lines_of(row.succeeded + row.failed), report=report)

    run(machine, lambda number, invoke: ended(number, invoke, row.succeeded))

    found = reported(machine)
    assert str(job.status) == "Complete"
    if not row.enabled:
        assert found == {}
        return
    folder = f"jobs/job-{job.id}"
    results = json.loads(found.pop(f"{folder}/manifest.json"))["Results"]
    assert tuple(each["TaskExecutionStatus"] for each in results) == row.files
    assert [each["Key"] for each in results] == list(found)
    for each in results:
        content = found[each["Key"]]
        assert each["MD5Checksum"] == md5(content, usedforsecurity=False).hexdigest()
        assert content.count(b"\n") == (row.succeeded if each["TaskExecutionStatus"] == "succeeded" else row.failed)
        assert each["Key"].startswith(f"{folder}/results/")


def test_manifest_of_a_report() -> None:
    machine = make_machine()
    make_job(machine, lines_of(2), 10.0, report=s3batch.Report(BUCKET, "jobs", "AllTasks"))
    run(machine, lambda number, invoke: ended(number, invoke, 1), 10.0)

    [manifest] = [content for key, content in reported(machine, 10.0).items() if key.endswith("manifest.json")]

    match(load("s3batch/report_manifest"), json.loads(manifest))
