"""How a job tells how its tasks ended [s3:batch-ops-examples-reports]: files of succeeded and failed tasks, and a
manifest of these. The columns stand in the order of the guide's sample lines."""

import csv
from collections.abc import Sequence
from hashlib import md5, sha1
from io import StringIO
from json import dumps
from typing import Final

from attrs import frozen

from eventbus.core.invocation_record import iso_milliseconds

from .job import ALL_TASKS, REPORT_FORMAT, SUCCEEDED, Job, Task

SCHEMA: Final = "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage"
"""As the guide's sample says it, in another order than its lines."""


@frozen
class ReportObject:
    key: str
    content: bytes
    content_type: str


def objects(job: Job, at: float) -> list[ReportObject]:
    """`at` in seconds since 1970. A scope without tasks has no file."""
    folder = f"{job.settings.report.prefix}/job-{job.id}" if job.settings.report.prefix else f"job-{job.id}"
    files: list[tuple[str, ReportObject]] = []
    wanted = [("failed", job.failed)]
    if job.settings.report.report_scope == ALL_TASKS:
        wanted.insert(0, ("succeeded", job.succeeded))
    for status, tasks in wanted:
        if tasks:
            name = sha1(f"{job.id}/{status}".encode(), usedforsecurity=False).hexdigest()
            files.append((status, ReportObject(f"{folder}/results/{name}.csv", lines(tasks, status), "text/csv")))
    manifest = _manifest(job, at, files)
    return [*(file for _, file in files), ReportObject(f"{folder}/manifest.json", manifest, "application/json")]


def lines(tasks: Sequence[Task], status: str) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for task in tasks:
        entry = task.entry
        error = "" if task.code == SUCCEEDED else task.code
        row = (entry.bucket, entry.key, entry.version_id or "", status, task.http_status, error, task.message)
        writer.writerow(row)
    return text.getvalue().encode(errors="replace")


def _manifest(job: Job, at: float, files: Sequence[tuple[str, ReportObject]]) -> bytes:
    found = {
        "Format": REPORT_FORMAT,
        "ReportCreationDate": iso_milliseconds(at),
        "Results": [
            {
                "TaskExecutionStatus": status,
                "Bucket": job.settings.report.bucket.name,
                "MD5Checksum": md5(file.content, usedforsecurity=False).hexdigest(),
                "Key": file.key,
            }
            for status, file in files
        ],
        "ReportSchema": SCHEMA,
    }
    return dumps(found).encode()
