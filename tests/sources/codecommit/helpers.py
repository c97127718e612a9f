"""A repository with its client, and a function that keeps what it gets."""

import json
import re
from typing import Any

from eventbus.core.effects import Deliver, Delivered
from eventbus.names import Arn, function_arn
from sources import codecommit
from sources.codecommit.machine import RepositoryMachine
from tests.contracts.codecommit_table import COMMIT
from tests.sources.helpers import Feed, birth

ORDERS = codecommit.Repository("orders")
MAIN = "refs/heads/main"
OTHER = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"


class Work:
    """A declared function, and where what is handed over to it goes; each is answered with `error`."""

    def __init__(self, name: str = "work", error: str | None = None) -> None:
        self.arn: Arn = function_arn(name)
        self.effects: list[Any] = []
        self.events: list[Any] = []
        self.error = error

    def deliver(self, now: float, effect: Deliver) -> None:
        self.events.append(json.loads(effect.body))
        self.effects.append(Delivered(effect.asker, effect.token, self.error))

    @property
    def references(self) -> list[Any]:
        """Of the events so far, in each its references."""
        return [[each["ref"] for each in event["Records"][0]["codecommit"]["references"]] for event in self.events]


class Kept:
    """A repository outside a bus: `feed.now` is its time; `client` is that of `anna`."""

    def __init__(self, *works: Work, triggers: tuple[codecommit.Trigger, ...] = ()) -> None:
        self.machine: RepositoryMachine = ORDERS.machine(birth(ORDERS.arn))
        for trigger in triggers:
            trigger.connect(self.machine)
        self.feed = Feed(*works)
        self.client = ORDERS.client(self.machine, self.feed).as_user("anna")


def trigger(work: Any, **settings: Any) -> codecommit.Trigger:
    return codecommit.Trigger(ORDERS, work, **{"name": "notify", "events": ["all"], **settings})


def with_trigger(work: Work | None = None, **settings: Any) -> tuple[Kept, Work]:
    work = work or Work()
    return Kept(work, triggers=(trigger(work, **settings),)), work


def snake(given: Any) -> Any:
    """Triggers with AWS's names, as this house writes them."""
    if isinstance(given, list):
        return [snake(each) for each in given]
    if not isinstance(given, dict):
        return given
    return {re.sub(r"([A-Z])", lambda letter: f"_{letter[1].lower()}", name): value for name, value in given.items()}


__all__ = ["COMMIT", "MAIN", "ORDERS", "OTHER", "Kept", "Work", "snake", "trigger", "with_trigger"]
