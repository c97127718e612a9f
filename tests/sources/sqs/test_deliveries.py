"""What others hand to a queue: taken, deduplicated, or refused by its code."""

import re
from typing import Any

import pytest

from eventbus.core.effects import Deliver, Delivered
from eventbus.names import Arn, async_address, function_arn
from sources import sqs
from sources.sqs.machine import QueueMachine
from sources.sqs.message import Moved
from tests.sources.helpers import EPOCH, birth

LETTER = Moved(sent_at=0.0, group="a", deduplication_id=None, trace_header=None, name="m")


def machine_of(name: str, **settings: Any) -> QueueMachine:
    queue = sqs.Queue(name, **settings)
    return queue.machine(birth(queue.arn))


def answer(machine: QueueMachine, now: float = 0.0, **parameters: Any) -> str | None:
    asker = parameters.pop("asker", Arn("topic"))
    machine.deliver(now, Deliver(machine.arn, asker, 1, parameters.pop("body", "x"), **parameters))
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


def test_message_with_a_group_for_a_standard_queue() -> None:
    """It has its group, no sequence number, and the queue's delay."""
    machine = machine_of("orders", delay_seconds=5)

    assert answer(machine, group="a") is None

    assert machine.take(4.9, 1, None, "client") == []
    [record] = machine.to_event(machine.take(5.0, 1, None, "client"))["Records"]
    assert record["attributes"]["MessageGroupId"] == "a"
    assert "SequenceNumber" not in record["attributes"]


def test_dead_letter_keeps_its_group() -> None:
    """On a standard queue, with nothing of FIFO."""
    machine = machine_of("dead")

    assert answer(machine, moved=LETTER) is None

    [message] = machine.messages()
    assert message.more is not None
    assert (message.more.group, message.more.deduplication_id, message.more.sequence) == ("a", None, 0)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("orders.fifo", {}),
        ("orders.fifo", {"deduplication_id": "1"}),
        ("orders.fifo", {"group": "a"}),
        ("orders", {"body": "x" * 1_048_577}),
        ("orders", {"group": "a", "deduplication_id": "1"}),
        ("orders", {"moved": LETTER, "asker": Arn("arn:aws:sqs:us-east-1:000000000000:other.fifo")}),
        ("orders.fifo", {"moved": LETTER, "asker": Arn("arn:aws:sqs:us-east-1:000000000000:other")}),
    ],
    ids=["nothing", "no group", "no deduplication id", "too long", "deduplication id", "from FIFO", "to FIFO"],
)
def test_what_a_queue_can_not_take(name: str, parameters: dict[str, Any]) -> None:
    """Refused with a code that no retry helps."""
    machine = machine_of(name)

    assert answer(machine, **parameters) == "InvalidParameterValue"
    assert list(machine.messages()) == []


def test_dead_letter_of_a_standard_queue_has_no_sequence_number() -> None:
    """Nor a deduplication id; its id stays."""
    machine = machine_of("dead")

    assert (
        answer(machine, moved=Moved(sent_at=0.0, group=None, deduplication_id=None, trace_header=None, name="m"))
        is None
    )

    [message] = machine.messages()
    attributes = machine.to_event(machine.take(0.0, 1, None, "client"))["Records"][0]["attributes"]
    assert message.name(machine.birth.ids) == "m"
    assert "SequenceNumber" not in attributes
    assert "MessageDeduplicationId" not in attributes


def test_record_of_a_function_carries_a_trace() -> None:
    """Its root begins with the time, in the form that X-Ray has (recorded 2025-11)."""
    machine = machine_of("orders")
    machine.deliver(7.0, Deliver(machine.arn, async_address(function_arn("work")), 1, "x"))

    [message] = machine.messages()
    assert message.more is not None
    found = re.fullmatch(
        "Root=1-([0-9a-f]{8})-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=[01]", message.more.trace_header or ""
    )
    assert found is not None
    assert int(found[1], 16) == EPOCH + 7
