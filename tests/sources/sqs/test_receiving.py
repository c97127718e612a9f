"""Receiving through a client: long polls, repeated attempts, which attributes come along."""

from typing import Any

import pytest

from eventbus.core.effects import Arrived
from sources import sqs
from sources.sqs import attributes as message_attributes
from tests.sources.helpers import Feed, birth, client, done

KIND = {"kind": {"data_type": "String", "string_value": "order"}, "a.b": {"data_type": "Number", "string_value": "1"}}


def fifo_queue(**settings: Any) -> sqs.Queue:
    return sqs.Queue("orders.fifo", content_based_deduplication=True, **settings)


class Rivals(Feed):
    """The first message that a wait is told of has been taken by somebody else when it looks."""

    waits = 0

    async def wait(self, machine: Any, seconds: float) -> None:
        self.waits += 1
        self.now += 1
        machine.send(self.now, f"after {self.now:g} s", {}, None)
        assert any(isinstance(effect, Arrived) for effect in machine.effects)
        machine.effects.clear()
        if self.waits == 1:
            machine.take(self.now, 1, None, "a rival")


def test_long_poll_waits_on_when_another_was_faster() -> None:
    """It comes back with a message, or when its time is over."""
    queue = sqs.Queue("orders")
    feed = Rivals()
    orders = queue.client(queue.machine(birth(queue.arn)), feed)

    [message] = done(orders.receive_message(wait_time_seconds=20))

    assert (message.body, feed.now) == ("after 2 s", 2.0)


def test_queue_says_how_long_a_receive_waits() -> None:
    """Unless the call does."""
    orders, _, feed = client(sqs.Queue("orders", receive_message_wait_time_seconds=7))

    assert done(orders.receive_message()) == []
    assert feed.now == 7.0
    assert done(orders.receive_message(wait_time_seconds=0)) == []
    assert feed.now == 7.0


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([], []),
        (["All"], ["kind", "a.b"]),
        ([".*"], ["kind", "a.b"]),
        (["kind"], ["kind"]),
        (["a.*"], ["a.b"]),
        (["other"], []),
    ],
    ids=str,
)
def test_message_attributes_that_are_asked_for(names: list[str], found: list[str]) -> None:
    """All, by name, or by prefix; the digest is of what is shown."""
    orders, _, _ = client(sqs.Queue("orders"))

    async def main() -> Any:
        await orders.send_message("x", message_attributes=KIND)
        return await orders.receive_message(message_attribute_names=names)

    [message] = done(main())

    assert list(message.message_attributes) == found
    chosen = message_attributes.checked({name: KIND[name] for name in found})
    assert message.md5_of_message_attributes == message_attributes.digest(chosen)


def test_repeated_attempt_gives_the_same_messages() -> None:
    """The same receipts, counted once, hidden for another visibility timeout (bc:sqs ReceiveRequestAttemptId)."""
    orders, machine, feed = client(fifo_queue(visibility_timeout=30))

    async def main() -> None:
        await orders.send_message("a", message_group_id="g")
        [first] = await orders.receive_message(receive_request_attempt_id="one")
        feed.now = 29.0
        [again] = await orders.receive_message(receive_request_attempt_id="one", message_system_attribute_names=["All"])
        assert again.receipt_handle == first.receipt_handle
        assert again.attributes["ApproximateReceiveCount"] == "1"
        assert await orders.receive_message(receive_request_attempt_id="two") == []
        feed.now = 58.9
        assert await orders.receive_message() == []
        await orders.delete_message(str(again.receipt_handle))

    done(main())
    assert machine.outstanding() == 0


@pytest.mark.parametrize("how", ["deleted", "changed", "visible again", "five minutes"])
def test_attempt_is_not_repeated_once_something_has_happened(how: str) -> None:
    """It is a new receive then."""
    orders, _, feed = client(fifo_queue(visibility_timeout=400 if how == "five minutes" else 30))

    async def main() -> list[str]:
        await orders.send_message("a", message_group_id="g")
        await orders.send_message("b", message_group_id="g")
        [first, _] = await orders.receive_message(max_number_of_messages=2, receive_request_attempt_id="one")
        if how == "deleted":
            await orders.delete_message(str(first.receipt_handle))
        elif how == "changed":
            await orders.change_message_visibility(str(first.receipt_handle), 0)
        feed.now = {"visible again": 30.0, "five minutes": 300.0}.get(how, 1.0)
        found = await orders.receive_message(
            max_number_of_messages=2, receive_request_attempt_id="one", message_system_attribute_names=["All"]
        )
        return [f"{message.body}{message.attributes['ApproximateReceiveCount']}" for message in found]

    expected = {"deleted": [], "changed": ["a2"], "visible again": ["a2", "b2"], "five minutes": []}
    assert done(main()) == expected[how]


@pytest.mark.parametrize(("value", "ok"), [("a" * 128, True), ("a" * 129, False), ("a b", False), ("", False)])
def test_attempt_ids(value: str, ok: bool) -> None:
    """1 to 128 letters, digits and punctuation."""
    orders, _, _ = client(fifo_queue())
    if ok:
        assert done(orders.receive_message(receive_request_attempt_id=value)) == []
    else:
        with pytest.raises(sqs.InvalidParameterValue):
            done(orders.receive_message(receive_request_attempt_id=value))


def test_attempt_id_is_of_fifo_queues_only() -> None:
    """As AWS words what is not valid for a queue type."""
    orders, _, _ = client(sqs.Queue("orders"))

    with pytest.raises(sqs.InvalidParameterValue, match="not valid for this queue type"):
        done(orders.receive_message(receive_request_attempt_id="one"))


def test_too_many_in_flight() -> None:
    """Nothing more is given until one is gone; a receive that does not wait is told so."""
    orders, machine, _ = client(sqs.Queue("orders", visibility_timeout=43_200))
    for number in range(120_001):
        machine.send(0.0, str(number), {}, None)
    handles = [record.handle for _ in range(12_000) for record in machine.take(0.0, 10, None, "client")]

    async def main() -> None:
        assert await orders.receive_message(wait_time_seconds=1) == []
        with pytest.raises(sqs.OverLimit):
            await orders.receive_message()
        await orders.delete_message(handles[0])
        [message] = await orders.receive_message()
        assert message.body == "120000"

    done(main())


@pytest.mark.parametrize(("length", "shown"), [(80, "x" * 80), (81, "x" * 77 + "...")])
def test_long_body_is_shown_by_its_beginning(length: int, shown: str) -> None:
    """Where a message is printed."""
    orders, _, _ = client(sqs.Queue("orders"))

    async def main() -> str:
        await orders.send_message("x" * length)
        return repr(*await orders.receive_message())

    assert f"body='{shown}'" in done(main())
