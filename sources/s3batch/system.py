"""Jobs of S3 Batch Operations, as they are looked up."""

from hashlib import md5
from typing import Any, ClassVar, Final

from attrs import frozen

from eventbus.checks import refuse
from eventbus.core.effects import Fetch
from eventbus.core.http import Response
from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from . import checking
from .errors import BadRequestException
from .events import S3BatchEvent
from .job import Report
from .jobs import Jobs
from .manifest import BUCKET, KEY, VERSION_ID, Manifest


@frozen(eq=False)
class SampleBucket:
    """Stands for a declared bucket."""

    arn: ClassVar[Arn] = Arn("arn:aws:s3:::manifests")
    delivery_action: ClassVar[str] = "s3:PutObject"


def sample_event(
    *,
    kind: str = "1.0",
    bucket: str = "uploads",
    key: str = "in/red%20flower.csv",
    version_id: str = "",
    argument: str = "",
    function: str = "work",
) -> S3BatchEvent:
    """One task of a job; `kind` is the version of the schema, `argument` the value of a user argument `kind` in version
    2.0. Raises `InvalidSetting`."""
    if any(character in text for text in (bucket, key, version_id) for character in ',"\r\n'):
        raise refuse("bucket, key, version_id", (bucket, key, version_id), "URL-encoded: no commas, quotes, line ends")
    work, place = SampleFunction(function), SampleBucket()
    jobs = Jobs([work], [place])
    content = ",".join([bucket, key, *([version_id] if version_id else [])]).encode()
    fields = (BUCKET, KEY, VERSION_ID)[: 3 if version_id else 2]
    e_tag = md5(content, usedforsecurity=False).hexdigest()
    arguments = {"kind": argument} if argument else None
    manifest, report = Manifest(place, "manifest.csv", e_tag, fields), Report(enabled=False)
    try:
        settings = checking.settings(jobs.targets, work, manifest, report, 1, kind, arguments, None, False)
    except BadRequestException as refused:
        raise InvalidSetting(str(refused)) from None
    machine = machine_of(jobs)
    machine.create(0.0, settings, None, None)
    _read(machine, Response(200, [("ETag", e_tag)], content))
    event: S3BatchEvent = event_of(machine)
    return event


def _read(machine: Any, response: Response) -> None:
    machine.wake(0.0)
    [fetch] = [effect for effect in machine.effects if isinstance(effect, Fetch)]
    machine.fetched(0.0, fetch.token, response)
    machine.wake(0.0)


SYSTEM: Final = System(
    name="S3 Batch Operations",
    kind="synchronous",
    invoked_by=(
        "`s3batch.Jobs(functions, buckets)`, whose client makes jobs (`create_job`): a call for each task of a job, "
        "that is each line of its manifest"
    ),
    event="`invocationId`, `job` and `tasks` of one task, in version 1.0 or 2.0 of the schema",
    answer=(
        "the ids, and `results` with `resultCode` Succeeded, TemporaryFailure or PermanentFailure; any other fails the "
        "tasks"
    ),
    retries="the job, once, after a TemporaryFailure or a throttle (`redrives`); nobody after a function error",
    permission="the job's role: lambda:InvokeFunction, s3:GetObject for manifests, s3:PutObject for reports",
    refused="all operations but LambdaInvoke, inventory reports, generated manifests, tags, versions of manifests",
    deviations="a job takes no time of its own; `concurrency`, `tasks_per_call` and `redrives` can be set",
    example="""\
app = App("shop")
uploads = app.add(s3.Bucket("uploads"))
def tag(event, context):
    results = [{"taskId": task["taskId"], "resultCode": "Succeeded"} for task in event["tasks"]]
    return {**{key: event[key] for key in ("invocationSchemaVersion", "invocationId")}, "results": results}
work = app.function(tag)
jobs = app.add(s3batch.Jobs([work], [uploads]))
async with app.start() as bus:
    put = await bus[uploads].put_object("manifest.csv", "uploads,a.csv\\nuploads,b.csv\\n")
    manifest = s3batch.Manifest(uploads, "manifest.csv", put.e_tag)
    made = await bus[jobs].create_job(work, manifest=manifest, report=s3batch.Report(enabled=False), priority=1)
    await bus.settle()
    assert (await bus[jobs].describe_job(made.job_id)).status == "Complete"
""",
    sample_event=sample_event,
)
