"""A topic with its client, somewhere for its messages to go, and a driver of a few lines."""

from typing import Any

from eventbus.core.effects import Deliver, Delivered
from eventbus.names import Arn, arn_of, function_arn
from sources import sns, sqs
from sources.sns.machine import TopicMachine
from sources.sns.message import Message
from tests.sources.helpers import Feed, Machines, birth

URL = Arn("https://example.com/hook")
FUNCTION = function_arn("work")
QUEUE, FIFO_QUEUE = arn_of("sqs", "q"), arn_of("sqs", "q.fifo")
DEAD, FIFO_DEAD = sqs.Queue("dead"), sqs.Queue("dead.fifo")
ATTRIBUTES: dict[str, dict[str, Any]] = {
    "kind": {"data_type": "String", "string_value": "order"},
    "n": {"data_type": "Number", "string_value": "3"},
    "tags": {"data_type": "String.Array", "string_value": '["new", "paid"]'},
    "raw": {"data_type": "Binary", "binary_value": b"\0\1"},
}


class Sink:
    """Takes deliveries, keeps them, and answers each with the next of `errors`, then with success."""

    def __init__(self, arn: Arn = QUEUE, errors: list[str | None] | None = None) -> None:
        self.arn = arn
        self.effects: list[Any] = []
        self.got: list[Deliver] = []
        self.taken: list[Deliver] = []
        self.errors = errors or []

    def deliver(self, now: float, effect: Deliver) -> None:
        error = self.errors.pop(0) if self.errors else None
        self.got.append(effect)
        if error is None:
            self.taken.append(effect)
        self.effects.append(Delivered(effect.asker, effect.token, error))

    @property
    def bodies(self) -> list[str]:
        return [effect.body for effect in self.taken]


class Declared:
    """A declared function, as far as a subscription looks at it."""

    arn = FUNCTION


def make_topic(name: str = "orders", **settings: Any) -> TopicMachine:
    topic = sns.Topic(name, **settings)
    return topic.machine(birth(topic.arn))


def topic_at(now: float, *others: Any, name: str = "orders", **settings: Any) -> tuple[sns.TopicClient, TopicMachine]:
    """Its calls happen at `now`, and what it sends reaches `others` at once."""
    topic = sns.Topic(name, **settings)
    machine, feed = topic.machine(birth(topic.arn)), Feed(*others)
    feed.now = now
    return topic.client(machine, feed), machine


def run_until(end: float, machine: TopicMachine, *others: Any, now: float = 0.0) -> list[float]:
    """Wakes it whenever it wants to be; those times."""
    times = []
    Machines(machine, *others).drain(now)
    while machine.next_deadline() <= end:
        now = machine.next_deadline()
        machine.wake(now)
        assert machine.next_deadline() > now
        Machines(machine, *others).drain(now)
        times.append(now)
    return times


def fifo_message(body: str = "x", group: str = "g", deduplication_id: str | None = None) -> Message:
    return Message(body, group=group, deduplication_id=deduplication_id or body)


def told(machine: TopicMachine) -> list[tuple[str, Any]]:
    """What its notes say happened, with what."""
    return [(note[0], note[3]) for note in machine.notes]
