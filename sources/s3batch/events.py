"""What a function of a job gets [s3:batch-ops-invoke-lambda], in both versions of the schema."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from .job import Job, Task

V1 = "1.0"
V2 = "2.0"


class S3BatchJob(TypedDict):
    """`userArguments` is there in version 2.0: None without any."""

    id: str
    userArguments: NotRequired[dict[str, str] | None]


class S3BatchTask(TypedDict):
    """`s3Key` stands as in the manifest, URL-encoded. `s3BucketArn` is there in version 1.0, `s3Bucket` in 2.0."""

    taskId: str
    s3Key: str
    s3VersionId: str | None
    s3BucketArn: NotRequired[str]
    s3Bucket: NotRequired[str]


class S3BatchEvent(TypedDict):
    invocationSchemaVersion: str
    invocationId: str
    job: S3BatchJob
    tasks: list[S3BatchTask]


def to_event(job: Job, invocation: str, tasks: Sequence[Task]) -> S3BatchEvent:
    settings = job.settings
    shown: S3BatchJob = {"id": job.id}
    if settings.invocation_schema_version == V2:
        shown["userArguments"] = None if settings.user_arguments is None else dict(settings.user_arguments)
    return {
        "invocationSchemaVersion": settings.invocation_schema_version,
        "invocationId": invocation,
        "job": shown,
        "tasks": [_task(task, settings.invocation_schema_version) for task in tasks],
    }


def _task(task: Task, version: str) -> S3BatchTask:
    found: S3BatchTask = {"taskId": task.id, "s3Key": task.entry.key, "s3VersionId": task.entry.version_id}
    if version == V2:
        found["s3Bucket"] = task.entry.bucket
    else:
        found["s3BucketArn"] = f"arn:aws:s3:::{task.entry.bucket}"
    return found
