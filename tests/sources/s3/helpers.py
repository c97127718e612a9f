"""A bucket with its client, and somewhere for its notifications to go."""

import json
from typing import Any

from eventbus.core.effects import Deliver, Delivered
from sources import s3, sqs
from sources.s3.families import OFFERED
from sources.s3.machine import BucketMachine
from tests.sources.helpers import Feed, birth

KEY = "in/red flower a@b.csv"
CONTENT = b"id,amount\n1,5\n"
ALL = [event for event in OFFERED if event.endswith(":*")] + ["s3:LifecycleTransition", "s3:IntelligentTiering"]
ALL += ["s3:ObjectAcl:Put", "s3:ObjectRetention:Put", "s3:ReducedRedundancyLostObject"]
QUEUE = sqs.Queue("q")


class Sink:
    """Takes deliveries, keeps them, and answers each with `error`."""

    def __init__(self, error: str | None = None) -> None:
        self.arn = QUEUE.arn
        self.effects: list[Any] = []
        self.bodies: list[Any] = []
        self.error = error

    def deliver(self, now: float, effect: Deliver) -> None:
        self.bodies.append(json.loads(effect.body))
        self.effects.append(Delivered(effect.asker, effect.token, self.error))


def make_machine(*, versioning: bool = False) -> BucketMachine:
    bucket = s3.Bucket("uploads", versioning=versioning)
    return bucket.machine(birth(bucket.arn))


def bucket_at(now: float = 10.0, *, notify: bool = True, **options: Any) -> tuple[s3.BucketClient, Sink, BucketMachine]:
    """Told at `now`; with `notify` all events of keys below `in/` go to the sink."""
    bucket = s3.Bucket("uploads", **options)
    machine, sink = bucket.machine(birth(bucket.arn)), Sink()
    feed = Feed(sink)
    feed.now = now
    if notify:
        s3.Notification(bucket, QUEUE, events=ALL, prefix="in/", id="notify", test_event=False).connect(machine)
    return bucket.client(machine, feed), sink, machine
