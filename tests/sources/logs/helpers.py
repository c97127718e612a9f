"""A log group with its client, and a function that keeps what it gets."""

import base64
import gzip
import json
from typing import Any

from eventbus.core.effects import Deliver, Delivered
from eventbus.names import function_arn
from sources import logs
from sources.logs.machine import LogGroupMachine
from tests.sources.helpers import Feed, birth

GROUP = "/shop/orders"
STREAM = "one"
AT_10 = 1_767_225_610_000
"""Milliseconds since 1970 at 10 s."""


class Work:
    """A declared function, and where what is handed over to it goes; each is answered with `error`."""

    def __init__(self, error: str | None = None) -> None:
        self.arn = function_arn("work")
        self.effects: list[Any] = []
        self.events: list[Any] = []
        self.error = error

    def deliver(self, now: float, effect: Deliver) -> None:
        self.events.append(json.loads(effect.body))
        self.effects.append(Delivered(effect.asker, effect.token, self.error))

    @property
    def messages(self) -> list[Any]:
        return [decoded(event) for event in self.events]


def decoded(event: Any) -> Any:
    """What stands in the event of a function."""
    return json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))


def entry(message: str, timestamp: int = AT_10) -> dict[str, Any]:
    return {"timestamp": timestamp, "message": message}


def make_machine(**settings: Any) -> LogGroupMachine:
    """With a stream."""
    group = logs.LogGroup(GROUP, **settings)
    machine = group.machine(birth(group.arn))
    machine.create_stream(0.0, STREAM)
    return machine


def group_at(now: float = 10.0, **settings: Any) -> tuple[logs.LogGroupClient, Work, LogGroupMachine, Feed]:
    """With a stream, told at `now`."""
    group = logs.LogGroup(GROUP, **settings)
    machine, work = make_machine(**settings), Work()
    feed = Feed(work)
    feed.now = now
    return group.client(machine, feed), work, machine, feed
