"""What a queue's client accepts, answers and refuses, in AWS's words."""

import json
from typing import Any

import pytest

from eventbus.errors import InvalidSetting, ServiceError
from sources import sqs
from sources.sqs import attributes as message_attributes
from tests.contracts.partial_batch_table import MD5_OF_ATTRIBUTES, Digest
from tests.contracts.sqs_errors_table import ACCEPTED, ATTRIBUTE_ERRORS, ERRORS, RANGES, SHAPES, Accepted, Error, Range
from tests.sources.helpers import client, done

NOT_OFFERED = {"create_queue"}  # queues are declared, never created or deleted while a bus runs
GIVEN_ELSEWHERE = {"the queue has been deleted"}


def queue_of(row: Any) -> sqs.Queue:
    return sqs.Queue("orders.fifo" if row.queue == "fifo" else "orders")


def queue_with(setting: str, value: int) -> sqs.Queue:
    settings: dict[str, Any] = {setting: value}
    return sqs.Queue("q", **settings)


async def prepared(row: Any) -> Any:
    """A client of such a queue, and a receipt of it where the row speaks of one."""
    orders, _, feed = client(queue_of(row))
    if row.attributes:
        await orders.set_queue_attributes(row.attributes)
    receipt = ""
    if "{receipt}" in str(row.kwargs):
        more: dict[str, Any] = (
            {"message_group_id": "g", "message_deduplication_id": "first"} if row.queue == "fifo" else {}
        )
        await orders.send_message("x", **more)
        [message] = await orders.receive_message()
        receipt = str(message.receipt_handle)
    given = getattr(row, "given", "")
    if given == "received one second ago":
        feed.now += 1
    elif given == "its visibility has ended":
        feed.now += 30
    elif given == "it was purged less than 60 s ago":
        await orders.purge_queue()
        feed.now += 59.9
    elif given.startswith("120,000"):
        for _ in range(120_000 // 10):
            await orders.send_message_batch([{"id": str(n), "message_body": "x"} for n in range(10)])
            await orders.receive_message(max_number_of_messages=10)
    return orders, receipt


async def outcome(row: Any) -> tuple[str, str, int | None] | None:
    """Code, text and status of the refusal: of the call, or of the one entry that it refused, which has no status."""
    orders, receipt = await prepared(row)
    kwargs = {name: receipt if value == "{receipt}" else value for name, value in row.kwargs.items()}
    try:
        answer = await getattr(orders, row.operation)(**kwargs)
    except ServiceError as error:
        return error.code, str(error).replace(receipt or "\0", "{receipt}"), error.status
    failed = getattr(answer, "failed", [])
    return (failed[0].code, failed[0].message, None) if failed else None


ROWS = [
    row for row in [*ERRORS, *ATTRIBUTE_ERRORS] if row.operation not in NOT_OFFERED and row.given not in GIVEN_ELSEWHERE
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.operation}: {row.id}")
def test_refusals_are_worded_as_aws_does(row: Error) -> None:
    """Code of every row, text where it is recorded."""
    found = done(outcome(row))

    assert found is not None
    assert found[0] == row.code
    if row.status is not None:
        assert found[2] in (row.status, None)
    if row.message is not None:
        assert found[1] == row.message.replace("{queue}", "orders")


@pytest.mark.parametrize("row", ACCEPTED, ids=lambda row: f"{row.operation}: {row.id}")
def test_what_stands_at_a_limit_is_accepted(row: Accepted) -> None:
    """One less than a refusal."""
    assert done(outcome(row)) is None


def test_every_shape_is_a_class() -> None:
    """botocore's exception names are the names of ours, the wire's codes are their codes."""
    for code, name in SHAPES.items():
        if name in ("QueueDeletedRecently", "QueueNameExists"):  # queues are not made while a bus runs
            continue
        assert getattr(sqs, name)("x").code == code


@pytest.mark.parametrize(
    ("error", "status"),
    [(sqs.OverLimit, 403), (sqs.PurgeQueueInProgress, 403), (sqs.ResourceNotFoundException, 404)],
)
def test_status_of_an_error(error: type[sqs.SqsError], status: int) -> None:
    """400, but for these."""
    assert error("x").status == status
    assert sqs.SqsError("x").status == 400


@pytest.mark.parametrize("row", RANGES, ids=lambda row: row.setting)
def test_declared_settings_have_aws_ranges(row: Range) -> None:
    """Default, both limits, and one past each."""
    assert getattr(sqs.Queue("q"), row.setting) == row.default
    for value in (row.lowest, row.highest):
        assert getattr(queue_with(row.setting, value), row.setting) == value
    for value in (row.lowest - 1, row.highest + 1):
        with pytest.raises(InvalidSetting, match=row.setting):
            queue_with(row.setting, value)


@pytest.mark.parametrize("row", MD5_OF_ATTRIBUTES, ids=lambda row: row.id)
def test_digest_of_attributes(row: Digest) -> None:
    """As AWS computes it."""
    given = {each.name: (each.type, each.value) for each in row.attributes}

    assert message_attributes.digest(given) == row.md5


@pytest.mark.parametrize(
    "settings",
    [
        {"name": "a b"},
        {"name": "a" * 81},
        {"name": ".fifo"},
        {"name": "q", "content_based_deduplication": True},
        {"name": "q.fifo", "content_based_deduplication": "no"},
        {"name": "q", "redrive": sqs.Queue("dead")},
        {"name": "q", "redrive_allow": "denyAll"},
        {"name": "q", "deduplication_scope": "messageGroup"},
        {"name": "q.fifo", "fifo_throughput_limit": "perMessageGroupId"},
        {"name": "q.fifo", "redrive": sqs.Redrive(sqs.Queue("dead"))},
        {"name": "q", "redrive": sqs.Redrive(sqs.Queue("dead", redrive_allow=sqs.RedriveAllow("denyAll")))},
        {"name": "q", "redrive": sqs.Redrive(sqs.Queue("d", redrive_allow=sqs.RedriveAllow("byQueue", ["other"])))},
    ],
    ids=str,
)
def test_declarations_that_are_refused(settings: dict[str, Any]) -> None:
    """Where they are written."""
    with pytest.raises(InvalidSetting):
        sqs.Queue(**settings)


@pytest.mark.parametrize(("count", "ok"), [(0, False), (1, True), (1_000, True), (1_001, False)])
def test_max_receive_count(count: int, ok: bool) -> None:
    """1 to 1,000."""
    if ok:
        assert sqs.Redrive(sqs.Queue("d"), count).max_receive_count == count
    else:
        with pytest.raises(InvalidSetting, match="max_receive_count"):
            sqs.Redrive(sqs.Queue("d"), count)


@pytest.mark.parametrize(("count", "ok"), [(0, False), (1, True), (1_000, True), (1_001, False)])
def test_max_receive_count_of_a_policy(count: int, ok: bool) -> None:
    """The same, set while the bus runs."""
    policy = json.dumps({"deadLetterTargetArn": sqs.Queue("d").arn, "maxReceiveCount": count})
    orders, machine, _ = client(sqs.Queue("orders"))

    if ok:
        done(orders.set_queue_attributes({"RedrivePolicy": policy}))
        assert machine.settings.max_receive_count == count
    else:
        with pytest.raises(sqs.InvalidAttributeValue):
            done(orders.set_queue_attributes({"RedrivePolicy": policy}))


def test_ten_receives_where_a_policy_does_not_say() -> None:
    """Declared or set."""
    orders, machine, _ = client(sqs.Queue("orders"))

    done(orders.set_queue_attributes({"RedrivePolicy": json.dumps({"deadLetterTargetArn": sqs.Queue("d").arn})}))

    assert machine.settings.max_receive_count == 10
    assert sqs.Redrive(sqs.Queue("d")).max_receive_count == 10


def test_send_and_receive_show_digests_and_attributes() -> None:
    """What was sent comes back, with the attributes that were asked for."""
    orders, _, _ = client(sqs.Queue("orders"))

    async def main() -> None:
        sent = await orders.send_message(
            "one", message_attributes={"kind": {"data_type": "String", "string_value": "order"}}
        )
        [message] = await orders.receive_message(
            message_attribute_names=["ki.*", "kind"], message_system_attribute_names=["ApproximateReceiveCount"]
        )

        assert sent.md5_of_message_body == message.md5_of_body == "f97c5d29941bfb1b2fdab0874906ab82"
        assert sent.message_id == message.message_id
        assert message.attributes == {"ApproximateReceiveCount": "1"}
        assert message.message_attributes == {"kind": {"data_type": "String", "string_value": "order"}}
        assert sent.md5_of_message_attributes == message.md5_of_message_attributes
        assert sent.sequence_number is None

    done(main())


def test_long_poll_waits_for_a_message() -> None:
    """A receive with a wait comes back with what became visible meanwhile."""
    orders, _, feed = client(sqs.Queue("orders", delay_seconds=5))

    async def main() -> None:
        await orders.send_message("late")
        assert await orders.receive_message() == []
        [message] = await orders.receive_message(wait_time_seconds=20)
        assert message.body == "late"

    done(main())
    assert feed.now == 20


def test_duplicate_on_fifo_answers_the_first() -> None:
    """Within five minutes, by id or by content."""
    orders, _, feed = client(sqs.Queue("orders.fifo", content_based_deduplication=True))

    async def main() -> None:
        first = await orders.send_message("a", message_group_id="g")
        feed.now = 299.9
        second = await orders.send_message("a", message_group_id="g")
        feed.now = 300.0
        third = await orders.send_message("a", message_group_id="g")
        assert first.message_id == second.message_id != third.message_id
        assert first.sequence_number == second.sequence_number
        assert len(await orders.peek()) == 2

    done(main())


def test_peek_sees_all_and_changes_nothing() -> None:
    """In flight and delayed messages too, as often as one likes."""
    orders, machine, _ = client(sqs.Queue("orders"))

    async def main() -> None:
        await orders.send_message("flies")
        await orders.receive_message()
        await orders.send_message("waits", delay_seconds=9)
        await orders.send_message("lies")
        for _ in range(2):
            assert [message.body for message in await orders.peek()] == ["flies", "waits", "lies"]
        assert [message.body for message in await orders.peek(limit=1)] == ["flies"]
        [message] = await orders.receive_message()
        assert message.body == "lies"

    done(main())
    assert machine.outstanding() == 3


def test_peek_may_be_asked_for_nothing() -> None:
    """But not for less."""
    orders, _, _ = client(sqs.Queue("orders"))

    async def main() -> None:
        await orders.send_message("x")
        assert await orders.peek(limit=0) == []
        with pytest.raises(InvalidSetting, match="limit=-1"):
            await orders.peek(limit=-1)

    done(main())


def test_one_is_received_and_listed_by_default() -> None:
    """One message, the newest move task (bc:sqs)."""
    dead, _, _ = client(sqs.Queue("dead"))

    async def main() -> None:
        for _ in range(2):
            await dead.start_message_move_task(max_number_of_messages_per_second=1)
            await dead.send_message("x")

        assert len(await dead.receive_message()) == 1
        assert len(await dead.list_message_move_tasks()) == 1
        assert len(await dead.list_message_move_tasks(10)) == 2

    done(main())


def test_attributes_of_a_queue() -> None:
    """All of them as texts, some by name, unknown names refused."""
    dead = sqs.Queue("dead")
    orders, _, _ = client(sqs.Queue("orders", redrive=sqs.Redrive(dead, 3)))

    async def main() -> None:
        found = await orders.get_queue_attributes()
        assert found["VisibilityTimeout"] == "30"
        assert found["RedrivePolicy"].endswith('"maxReceiveCount":3}')
        assert await orders.get_queue_attributes(["ApproximateNumberOfMessages"]) == {
            "ApproximateNumberOfMessages": "0"
        }
        await orders.set_queue_attributes({"VisibilityTimeout": "7", "RedrivePolicy": ""})
        assert (await orders.get_queue_attributes(["VisibilityTimeout"])) == {"VisibilityTimeout": "7"}
        with pytest.raises(sqs.InvalidAttributeName):
            await orders.get_queue_attributes(["Color"])
        with pytest.raises(sqs.InvalidAttributeName):
            await orders.set_queue_attributes({"Color": "blue"})

    done(main())


def test_batches_report_entry_by_entry() -> None:
    """What succeeded and what did not, each under its id."""
    orders, _, _ = client(sqs.Queue("orders"))

    async def main() -> None:
        sent = await orders.send_message_batch([{"id": "a", "message_body": "x"}, {"id": "b", "message_body": ""}])
        assert [entry.id for entry in sent.successful] == ["a"]
        assert [entry.id for entry in sent.failed] == ["b"]
        assert sent.successful[0].message_id
        [message] = await orders.receive_message()
        changed = await orders.change_message_visibility_batch(
            [{"id": "c", "receipt_handle": message.receipt_handle, "visibility_timeout": 5}]
        )
        gone = await orders.delete_message_batch(
            [{"id": "d", "receipt_handle": message.receipt_handle}, {"id": "e", "receipt_handle": "no"}]
        )
        assert [entry.id for entry in changed.successful] == ["c"]
        assert [entry.id for entry in gone.successful] == ["d"]
        assert [(entry.id, entry.code) for entry in gone.failed] == [("e", "ReceiptHandleIsInvalid")]
        assert await orders.peek() == []

    done(main())
