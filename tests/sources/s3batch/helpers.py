"""Jobs without a bus: their machine, a manifest that it reads, and answers to what it calls."""

import json
from collections.abc import Callable, Sequence
from hashlib import md5
from typing import Any

from eventbus.core.effects import Deliver, Fetch, Invoke
from eventbus.core.http import Response
from eventbus.core.outcomes import Outcome, Succeeded
from eventbus.names import function_arn
from sources import s3, s3batch
from sources.s3batch import checking
from sources.s3batch.job import Job
from sources.s3batch.machine import JobsMachine
from tests.sources.helpers import Feed, birth

MANIFESTS = s3.Bucket("manifests")
REPORTS = s3.Bucket("reports")
NO_REPORT = s3batch.Report(enabled=False)
TWO = ("Bucket", "Key")


class Work:
    """A declared function."""

    arn = function_arn("work")

    def __repr__(self) -> str:
        """The same in every process: a test's name may hold it."""
        return "Work()"


WORK = Work()


def declared(**settings: Any) -> s3batch.Jobs:
    return s3batch.Jobs([WORK], [MANIFESTS, REPORTS], **settings)


def make_machine(**settings: Any) -> JobsMachine:
    jobs = declared(**{"concurrency": 1, **settings})
    return jobs.machine(birth(jobs.arn))


def client_of(**settings: Any) -> tuple[s3batch.JobsClient, JobsMachine]:
    jobs = declared(**settings)
    machine = jobs.machine(birth(jobs.arn))
    return jobs.client(machine, Feed()), machine


def taken(machine: Any, kind: type) -> list[Any]:
    """Effects of this type, taken out."""
    found = [effect for effect in machine.effects if isinstance(effect, kind)]
    machine.effects[:] = [effect for effect in machine.effects if effect not in found]
    return found


def lines_of(count: int) -> str:
    return "".join(f"uploads,{number}\n" for number in range(count))


def e_tag_of(content: bytes) -> str:
    return f'"{md5(content, usedforsecurity=False).hexdigest()}"'


def create(
    machine: JobsMachine,
    content: bytes | str,
    now: float = 0.0,
    *,
    fields: Sequence[str] = TWO,
    report: s3batch.Report = NO_REPORT,
    priority: int = 1,
    version: str = "1.0",
    arguments: dict[str, str] | None = None,
    confirm: bool = False,
    e_tag: str | None = None,
) -> Job:
    """A job that has not read its manifest."""
    raw = content.encode() if isinstance(content, str) else content
    manifest = s3batch.Manifest(MANIFESTS, "m.csv", e_tag or e_tag_of(raw), fields)
    targets = declared().targets
    settings = checking.settings(targets, WORK, manifest, report, priority, version, arguments, None, confirm)
    return machine.create(now, settings, None, None)


def read(machine: JobsMachine, content: bytes | str, now: float = 0.0) -> None:
    """Every manifest that is asked for has this content."""
    raw = content.encode() if isinstance(content, str) else content
    machine.wake(now)
    for fetch in taken(machine, Fetch):
        assert (fetch.target, fetch.request.target) == (MANIFESTS.arn, "/m.csv")
        machine.fetched(now, fetch.token, Response(200, [("ETag", e_tag_of(raw))], raw))
    if machine.next_deadline() <= now:
        machine.wake(now)


def make_job(machine: JobsMachine, content: bytes | str, now: float = 0.0, **settings: Any) -> Job:
    """One that has read it."""
    job = create(machine, content, now, **settings)
    read(machine, content, now)
    return job


def event_of(invoke: Invoke) -> Any:
    assert invoke.payload is not None
    return json.loads(invoke.payload)


def said(value: Any) -> Succeeded:
    return Succeeded(json.dumps(value).encode())


def filled(answer: Any, event: Any) -> Any:
    """`{task}` and `{invocation}` become the event's ids."""
    text = json.dumps(answer).replace("{invocation}", event["invocationId"])
    return json.loads(text.replace("{task}", event["tasks"][0]["taskId"]))


def result(invoke: Invoke, code: str, text: str | None = None) -> Succeeded:
    """The same for each of its tasks."""
    event = event_of(invoke)
    results = [{"taskId": task["taskId"], "resultCode": code, "resultString": text} for task in event["tasks"]]
    return said({"invocationSchemaVersion": "1.0", "invocationId": event["invocationId"], "results": results})


Answers = Callable[[int, Invoke], Outcome]
"""To the n-th call, counted from 0."""


def run(machine: JobsMachine, answers: Answers, now: float = 0.0) -> list[Invoke]:
    """All calls, each answered at once, with what time must pass between them."""
    found: list[Invoke] = []
    while True:
        invokes = taken(machine, Invoke)
        for invoke in invokes:
            machine.finished(now, invoke.token, answers(len(found), invoke))
            found.append(invoke)
        if not invokes:
            if machine.next_deadline() == float("inf"):
                return found
            now = machine.next_deadline()
            machine.wake(now)


def reported(machine: JobsMachine, now: float = 0.0) -> dict[str, bytes]:
    """Objects of the report, each taken at once."""
    found: dict[str, bytes] = {}
    for effect in taken(machine, Deliver):
        assert effect.target == REPORTS.arn
        content = effect.attributes["content"][1]
        assert isinstance(content, bytes)
        found[str(effect.attributes["key"][1])] = content
        machine.delivered(now, effect.token, None)
    return found
