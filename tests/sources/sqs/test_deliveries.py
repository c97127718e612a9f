"""What others hand to a queue: taken, deduplicated, or refused by its code."""

from typing import Any

import pytest

from eventbus.core.effects import Deliver, Delivered
from eventbus.names import Arn
from sources import sqs
from sources.sqs.machine import QueueMachine
from tests.sources.helpers import birth


def machine_of(name: str, **settings: Any) -> QueueMachine:
    queue = sqs.Queue(name, **settings)
    return queue.machine(birth(queue.arn))


def answer(machine: QueueMachine, now: float = 0.0, **parameters: Any) -> str | None:
    machine.deliver(now, Deliver(machine.arn, Arn("topic"), 1, parameters.pop("body", "x"), **parameters))
    delivered = machine.effects.pop()
    assert isinstance(delivered, Delivered)
    return delivered.error


def test_message_for_a_fifo_queue() -> None:
    """It has its group and its deduplication id, and a sequence number of that queue."""
    machine = machine_of("orders.fifo")

    assert answer(machine, group="a", deduplication_id="1") is None

    [message] = machine.messages()
    assert message.more is not None
    assert (message.body, message.more.group, message.more.deduplication_id) == ("x", "a", "1")
    assert message.more.sequence > 0


def test_duplicate_is_taken_and_not_kept() -> None:
    """For five minutes, whoever sent the first."""
    machine = machine_of("orders.fifo")
    answer(machine, group="a", deduplication_id="1")

    assert answer(machine, 299.0, group="a", deduplication_id="1", body="y") is None
    assert [message.body for message in machine.messages()] == ["x"]
    assert answer(machine, 300.0, group="a", deduplication_id="1", body="z") is None
    assert [message.body for message in machine.messages()] == ["x", "z"]


def test_content_based_deduplication() -> None:
    """Where the queue has it, the body is the id."""
    machine = machine_of("orders.fifo", content_based_deduplication=True)

    assert [answer(machine, group="a", body=body) for body in ("x", "x", "y")] == [None, None, None]
    assert [message.body for message in machine.messages()] == ["x", "y"]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("orders.fifo", {}),
        ("orders.fifo", {"deduplication_id": "1"}),
        ("orders.fifo", {"group": "a"}),
        ("orders", {"body": "x" * 1_048_577}),
    ],
    ids=["nothing", "no group", "no deduplication id", "too long"],
)
def test_what_a_queue_can_not_take(name: str, parameters: dict[str, Any]) -> None:
    """Refused with a code that no retry helps."""
    machine = machine_of(name)

    assert answer(machine, **parameters) == "InvalidParameterValue"
    assert list(machine.messages()) == []
