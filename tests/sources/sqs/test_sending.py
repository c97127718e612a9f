"""Sending through a client, and what other machines deliver."""

import json
from typing import Any

import pytest

from eventbus.core.effects import Cause, Deliver, Delivered
from eventbus.errors import InvalidSetting
from eventbus.names import Arn, arn_of, async_address, function_arn
from sources import sqs
from sources.sqs.message import More, Received
from tests.sources.helpers import Feed, birth, client, done, make_queue

FUNCTION = async_address(function_arn("work"))
TRACE = {"AWSTraceHeader": {"data_type": "String", "string_value": "Root=1-67891233-abcdef012345678912345678"}}
ENTRY = {"id": "a", "message_body": "x"}
KIND = {"data_type": "String", "string_value": "order"}


class Counting(Feed):
    turns = 0

    async def call(self, *args: Any, **settings: Any) -> Any:
        self.turns += 1
        return await super().call(*args, **settings)


def delivered(queue: Any, target: str = "orders", **settings: Any) -> str | None:
    """The answer to one delivery."""
    given: dict[str, Any] = {"body": "record", "asker": FUNCTION} | settings
    queue.deliver(7.0, Deliver(arn_of("sqs", target), token=1, **given))
    [answer] = [effect for effect in queue.effects if isinstance(effect, Delivered)]
    return answer.error


def attributes_of(queue: Any) -> Any:
    [record] = queue.take(7.0, 1, None, "client")
    return queue.to_event([record])["Records"][0]["attributes"]


def test_batch_is_one_turn() -> None:
    """Sent, changed and deleted: nobody comes in between."""
    queue = sqs.Queue("orders")
    feed = Counting()
    orders = queue.client(queue.machine(birth(queue.arn)), feed)

    async def main() -> None:
        await orders.send_message_batch([{"id": str(number), "message_body": "x"} for number in range(10)])
        found = await orders.receive_message(max_number_of_messages=10)
        handles = [{"id": str(at), "receipt_handle": message.receipt_handle} for at, message in enumerate(found)]
        await orders.change_message_visibility_batch([{**entry, "visibility_timeout": 5} for entry in handles])
        await orders.delete_message_batch(handles)

    done(main())
    assert feed.turns == 4


def test_entry_that_is_wrong_fails_alone() -> None:
    """Each for its own reason; the others are sent."""
    orders, _, _ = client(sqs.Queue("orders", maximum_message_size=1_024))
    wrong: list[dict[str, Any]] = [
        {"message_body": ""},
        {"message_body": "x" * 1_025},
        {"delay_seconds": 901},
        {"message_attributes": {"n": {"data_type": "Number", "string_value": "one"}}},
        {"message_attributes": {"n": {}}},
        {"message_deduplication_id": "d"},
    ]

    result = done(
        orders.send_message_batch([ENTRY, *({**ENTRY, "id": str(at), **entry} for at, entry in enumerate(wrong))])
    )

    assert [entry.id for entry in result.successful] == ["a"]
    assert [(entry.id, entry.code) for entry in result.failed] == [
        (str(at), "InvalidParameterValue") for at in range(len(wrong))
    ]


def test_batch_may_be_longer_than_the_longest_message() -> None:
    """A queue's own limit is each message's; that of a batch is 1 MiB (bc:sqs SendMessageBatch)."""
    orders, _, _ = client(sqs.Queue("orders", maximum_message_size=1_024))

    result = done(orders.send_message_batch([{"id": str(number), "message_body": "x" * 1_024} for number in range(10)]))

    assert len(result.successful) == 10


def test_duplicate_answers_the_first_one() -> None:
    """Its id and sequence number, the digest of what was sent now."""
    orders, machine, _ = client(sqs.Queue("orders.fifo"))

    async def main() -> None:
        first = await orders.send_message("a", message_group_id="g", message_deduplication_id="d")
        again = await orders.send_message("b", message_group_id="g", message_deduplication_id="d")
        assert (again.message_id, again.sequence_number) == (first.message_id, first.sequence_number)
        assert again.md5_of_message_body == "92eb5ffee6ae2fec3ad71c777531578f"

    done(main())
    assert [message.body for message in machine.messages()] == ["a"]


def test_sequence_numbers_grow() -> None:
    """Decimal, long, not in a row."""
    orders, _, _ = client(sqs.Queue("orders.fifo", content_based_deduplication=True))

    async def main() -> list[str | None]:
        return [(await orders.send_message(str(n), message_group_id="g")).sequence_number for n in range(3)]

    first, second, third = (int(number or 0) for number in done(main()))
    assert 10**19 < first < second < third
    assert second - first > 1


@pytest.mark.parametrize(
    "content",
    ["12", "-1.5", "+.5e10", "7.", "1e-128"],
)
def test_numbers(content: str) -> None:
    """As text, digits and all."""
    orders, _, _ = client(sqs.Queue("orders"))

    done(orders.send_message("x", message_attributes={"n": {"data_type": "Number", "string_value": content}}))


@pytest.mark.parametrize("content", ["one", "nan", "inf", "1_000", "1,5", " 1", "0x1"])
def test_what_is_no_number(content: str) -> None:
    """Though Python may think so."""
    orders, _, _ = client(sqs.Queue("orders"))

    with pytest.raises(sqs.InvalidParameterValue, match="to a number"):
        done(orders.send_message("x", message_attributes={"n": {"data_type": "Number", "string_value": content}}))


def test_half_a_letter_is_refused() -> None:
    """It could not be sent."""
    orders, _, _ = client(sqs.Queue("orders"))

    with pytest.raises(sqs.InvalidMessageContents):
        done(orders.send_message("\ud800"))


def test_wrong_name_of_an_attribute_is_shown_by_its_beginning() -> None:
    """It may be very long."""
    orders, _, _ = client(sqs.Queue("orders"))

    with pytest.raises(sqs.InvalidParameterValue, match="name '!{20}' is invalid"):
        done(orders.send_message("x", message_attributes={"!" * 21: KIND}))


@pytest.mark.parametrize(("at", "visible"), [(0.9, 0), (1.0, 1)])
def test_delay_of_a_second(at: float, visible: int) -> None:
    """The shortest there is."""
    orders, _, feed = client(sqs.Queue("orders"))

    async def main() -> int:
        await orders.send_message("x", delay_seconds=1)
        feed.now = at
        return len(await orders.receive_message())

    assert done(main()) == visible


def test_trace_header_comes_back() -> None:
    """The only system attribute that a sender may give; it makes no FIFO message."""
    orders, machine, _ = client(sqs.Queue("orders"))

    async def main() -> None:
        sent = await orders.send_message("x", message_system_attributes=TRACE)
        assert sent.sequence_number is None
        with pytest.raises(sqs.InvalidParameterValue):
            await orders.send_message("x", message_system_attributes={"SenderId": TRACE["AWSTraceHeader"]})

    done(main())
    assert attributes_of(machine)["AWSTraceHeader"] == TRACE["AWSTraceHeader"]["string_value"]


def test_each_record_of_a_function_carries_another_trace() -> None:
    """Into the attributes that a receive shows."""
    queue = make_queue("orders")
    headers = []
    for _ in range(2):
        queue.effects.clear()
        assert delivered(queue) is None
        headers.append(attributes_of(queue)["AWSTraceHeader"])

    assert headers[0] != headers[1]


def test_other_deliveries_carry_none() -> None:
    """A function's dead letter has attributes, a bucket is no function."""
    queue = make_queue("orders")
    delivered(queue, attributes={"RequestID": ("String", "r")})
    assert "AWSTraceHeader" not in attributes_of(queue)
    queue.effects.clear()
    delivered(queue, asker=Arn("arn:aws:s3:::uploads"))

    assert "AWSTraceHeader" not in attributes_of(queue)


def test_delivery_carries_its_cause() -> None:
    """Into the record that a mapping gets."""
    cause = Cause("request", ((FUNCTION, 1),))
    queue = make_queue("orders")
    delivered(queue, cause=cause)

    [record] = queue.take(7.0, 1, None, "client")

    assert record.cause is cause


@pytest.mark.parametrize(
    ("name", "length", "error"),
    [
        ("orders", 1_024, None),
        ("orders", 1_025, "InvalidParameterValue"),
        ("orders.fifo", 1, "InvalidParameterValue"),
    ],
)
def test_deliveries_that_are_refused(name: str, length: int, error: str | None) -> None:
    """Too long, or without a group on a FIFO queue."""
    queue = make_queue(name, maximum_message_size=1_024)

    assert delivered(queue, name, body="x" * length) == error
    assert queue.outstanding() == (error is None)


def test_delivery_is_delayed_by_its_queue() -> None:
    """A dead letter is not: it has waited."""
    queue = make_queue("orders", delay_seconds=5)
    delivered(queue)

    assert queue.take(11.9, 1, None, "client") == []
    assert len(queue.take(12.0, 1, None, "client")) == 1


@pytest.mark.parametrize("attribute", ["Policy", "KmsMasterKeyId", "SqsManagedSseEnabled"])
def test_attributes_that_are_not_offered(attribute: str) -> None:
    """Refused by name where they are set, absent where they are read."""
    orders, _, _ = client(sqs.Queue("orders"))

    async def main() -> None:
        with pytest.raises(InvalidSetting, match=attribute):
            await orders.set_queue_attributes({attribute: "x"})
        assert attribute not in await orders.get_queue_attributes(["Policy", "KmsMasterKeyId"])

    done(main())


def test_time_of_the_last_change() -> None:
    """In whole seconds since 1970; a queue is as old as its bus."""
    orders, _, feed = client(sqs.Queue("orders"))

    async def main() -> Any:
        feed.now = 12.5
        await orders.set_queue_attributes({"DelaySeconds": "1"})
        return await orders.get_queue_attributes(["CreatedTimestamp", "LastModifiedTimestamp"])

    assert done(main()) == {"CreatedTimestamp": "1767225600", "LastModifiedTimestamp": "1767225612"}


@pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])
@pytest.mark.parametrize("body", ["x", 'é"\\\n' * 300], ids=["short", "escaped"])
@pytest.mark.parametrize("count", [0, 10], ids=["bare", "attributes"])
def test_size_of_a_record_is_counted_on_the_safe_side(fifo: bool, body: str, count: int) -> None:
    """Bytes of its JSON, and not many more."""
    queue = make_queue("q" * 75 + ".fifo" if fifo else "q" * 80)
    long = More(trace_header="t" * 100, dead_letter_source=Arn(arn_of("sqs", "q" * 80)))
    if fifo:
        long.group, long.deduplication_id = "g" * 128, "d" * 128
    attributes: Any = {f"name{n}": ("Binary", b"x" * 30) if n % 2 else ("String", "v" * 30) for n in range(count)}
    queue.send(0.0, body, attributes, None, None, long)
    [record] = queue.take(0.0, 1, None, "client")
    [shown] = queue.to_event([record])["Records"]
    length = len(json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode())

    assert isinstance(record, Received)
    assert length <= record.size <= length + 1_200
