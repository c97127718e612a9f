"""A pipeline with its client, and a function that keeps the jobs it gets."""

import json
import re
from typing import Any

from eventbus.core.effects import Deliver, Delivered
from eventbus.names import function_arn
from sources import codepipeline, s3
from sources.codepipeline.machine import PipelineMachine
from tests.sources.helpers import Feed, birth

BUCKET = s3.Bucket("artifacts")
UNKNOWN = "99999999-8888-7777-6666-555555555555"
BOOM = {"type": "JobFailed", "message": "boom"}


class Work:
    """A declared function, and where what is handed over to it goes; each is answered with `error`."""

    def __init__(self, name: str = "work", error: str | None = None) -> None:
        self.arn = function_arn(name)
        self.effects: list[Any] = []
        self.events: list[Any] = []
        self.error = error

    def deliver(self, now: float, effect: Deliver) -> None:
        self.events.append(json.loads(effect.body))
        self.effects.append(Delivered(effect.asker, effect.token, self.error))

    @property
    def jobs(self) -> list[Any]:
        return [event["CodePipeline.job"] for event in self.events]

    @property
    def ids(self) -> list[str]:
        return [job["id"] for job in self.jobs]


def action(name: str = "check", work: Any = None, **settings: Any) -> codepipeline.InvokeAction:
    return codepipeline.InvokeAction(name, work or Work(), **settings)


def pipeline(*stages: list[codepipeline.InvokeAction], **settings: Any) -> codepipeline.Pipeline:
    """Stages `S1`, `S2`, ... of these actions."""
    declared = [codepipeline.Stage(f"S{number}", list(actions)) for number, actions in enumerate(stages, 1)]
    return codepipeline.Pipeline("shop", declared, artifact_store=BUCKET, **settings)


class Running:
    """A pipeline outside a bus: `feed.now` is its time."""

    def __init__(self, declared: codepipeline.Pipeline, *works: Work) -> None:
        self.machine: PipelineMachine = declared.machine(birth(declared.arn))
        self.feed = Feed(*works)
        self.client = declared.client(self.machine, self.feed)


def snake(value: Any) -> Any:
    """AWS's names as this house writes them; what stands in output variables is the user's own."""
    if not isinstance(value, dict):
        return value
    found = {}
    for key, inner in value.items():
        name = re.sub(r"(?<=[a-z])([A-Z])", lambda letter: f"_{letter[1].lower()}", key)
        found[name] = inner if name == "output_variables" else snake(inner)
    return found


OPERATIONS = {
    "PutJobSuccessResult": "put_job_success_result",
    "PutJobFailureResult": "put_job_failure_result",
    "GetJobDetails": "get_job_details",
}
