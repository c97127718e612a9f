"""Moving dead letters back."""

from typing import Any

import pytest

from eventbus.core.effects import Deliver
from eventbus.names import arn_of
from sources import sqs
from sources.sqs.message import More
from tests.sources.helpers import client, done, make_queue


async def with_dead_letters(count: int) -> Any:
    """Client and feed of a dead-letter queue that holds so many, and the queue they came from."""
    dead_queue = sqs.Queue("dead")
    source = make_queue("orders", visibility_timeout=1, redrive=sqs.Redrive(dead_queue, max_receive_count=1))
    dead, machine, feed = client(dead_queue, source)
    for number in range(count):
        source.send(0.0, str(number), {}, None)
    while source.take(0.0, 10, None, "client"):
        pass
    source.take(1.0, 10, None, "client")
    feed.now = 1.0
    await dead.get_queue_attributes()  # lets the deliveries through
    return dead, machine, feed, source


def test_whole_queue_moves_back_at_once() -> None:
    """As new messages, with nothing received yet."""

    async def main() -> None:
        dead, _, _, source = await with_dead_letters(3)
        await dead.start_message_move_task()

        [task] = await dead.list_message_move_tasks()
        assert (task.task_handle, task.status, task.approximate_number_of_messages_moved) == (None, "COMPLETED", 3)
        assert task.started_timestamp == 1_767_225_601_000
        assert await dead.peek() == []
        assert [(m.body, m.receive_count) for m in source.messages()] == [("0", 0), ("1", 0), ("2", 0)]

    done(main())


def test_with_a_rate_so_many_move_each_second() -> None:
    """And only one task runs at a time."""

    async def main() -> None:
        dead, machine, feed, source = await with_dead_letters(5)
        handle = await dead.start_message_move_task(max_number_of_messages_per_second=2)
        with pytest.raises(sqs.UnsupportedOperation, match="already a task running"):
            await dead.start_message_move_task()
        assert [task.task_handle for task in await dead.list_message_move_tasks()] == [handle]
        moved = [source.outstanding()]
        for now in (2.0, 3.0):
            assert machine.next_deadline() == now
            feed.now = now
            machine.wake(now)
            await dead.get_queue_attributes()
            moved.append(source.outstanding())

        assert moved == [2, 4, 5]
        assert (await dead.list_message_move_tasks())[0].status == "COMPLETED"

    done(main())


def test_cancelled_task_moves_no_more() -> None:
    """What was moved stays moved; a second cancel is refused."""

    async def main() -> None:
        dead, machine, _, source = await with_dead_letters(5)
        handle = await dead.start_message_move_task(max_number_of_messages_per_second=2)

        assert await dead.cancel_message_move_task(handle) == 2
        machine.wake(2.0)
        assert source.outstanding() == 2
        with pytest.raises(sqs.InvalidParameterValue, match="Only active tasks"):
            await dead.cancel_message_move_task(handle)
        with pytest.raises(sqs.ResourceNotFoundException):
            await dead.cancel_message_move_task("task-nothing")

    done(main())


def test_message_that_came_from_no_queue_fails_the_task() -> None:
    """Its source can't be told; it stays."""

    async def main() -> None:
        dead, _, _ = client(sqs.Queue("dead"))
        await dead.send_message("lost")
        await dead.start_message_move_task()

        [task] = await dead.list_message_move_tasks()
        assert (task.status, task.failure_reason) == ("FAILED", "CouldNotDetermineMessageSource")
        assert [message.body for message in await dead.peek()] == ["lost"]
        assert len(await dead.receive_message()) == 1

    done(main())


@pytest.mark.parametrize(("rate", "ok"), [(0, False), (1, True), (500, True), (501, False)])
def test_rate(rate: int, ok: bool) -> None:
    """1 to 500 a second."""

    async def main() -> None:
        dead, _, _ = client(sqs.Queue("dead"))
        if ok:
            assert await dead.start_message_move_task(max_number_of_messages_per_second=rate)
        else:
            with pytest.raises(sqs.InvalidParameterValue):
                await dead.start_message_move_task(max_number_of_messages_per_second=rate)

    done(main())


def test_destination_takes_what_came_from_no_queue() -> None:
    """A message that was sent directly moves where the task says, body and attributes with it."""
    other = make_queue("other")
    dead, _, _ = client(sqs.Queue("dead"), other)

    async def main() -> None:
        await dead.send_message("lost", message_attributes={"n": {"data_type": "Number", "string_value": "1"}})
        await dead.start_message_move_task(destination_arn=other.arn)

        [task] = await dead.list_message_move_tasks()
        assert (task.status, task.destination_arn) == ("COMPLETED", other.arn)

    done(main())
    assert [(m.body, m.attributes, m.number) for m in other.messages()] == [("lost", {"n": ("Number", "1")}, 1)]


def test_missing_destination_fails_the_task() -> None:
    """The messages stay, and may be received."""
    dead, _, _ = client(sqs.Queue("dead"))

    async def main() -> None:
        await dead.send_message("stays")
        await dead.start_message_move_task(destination_arn=arn_of("sqs", "nowhere"))

        [task] = await dead.list_message_move_tasks()
        assert (task.status, task.failure_reason) == ("FAILED", "AWS.SimpleQueueService.NonExistentQueue")
        assert len(await dead.receive_message()) == 1

    done(main())


def test_destination_of_another_type_is_refused() -> None:
    """A standard queue's messages have no group."""
    dead, _, _ = client(sqs.Queue("dead"))

    with pytest.raises(sqs.InvalidParameterValue):
        done(dead.start_message_move_task(destination_arn=arn_of("sqs", "other.fifo")))


def test_fifo_messages_move_back_in_order() -> None:
    """Groups and their order stay, ids are new."""
    dead_queue = sqs.Queue("dead.fifo")
    source = make_queue("orders.fifo", visibility_timeout=1, redrive=sqs.Redrive(dead_queue, max_receive_count=1))
    dead, _, feed = client(dead_queue, source)
    for number in range(3):
        source.send(0.0, str(number), {}, None, None, More(group="g", deduplication_id=str(number)))
    source.take(0.0, 10, None, "client")
    source.take(1.0, 10, None, "client")
    feed.now = 1.0

    async def main() -> None:
        await dead.get_queue_attributes()
        assert [message.body for message in await dead.peek()] == ["0", "1", "2"]
        await dead.start_message_move_task()

    done(main())
    assert [record.message.body for record in source.take(1.0, 10, None, "client")] == ["0", "1", "2"]


def test_late_answer_after_a_purge_changes_nothing() -> None:
    """What is gone can neither come back nor go twice."""
    machine = make_queue("dead")
    machine.send(0.0, "a", {}, None)
    machine.tasks.start(0.0, arn_of("sqs", "other"), None)
    [move] = [effect for effect in machine.effects if isinstance(effect, Deliver)]
    machine.purge(0.0)
    machine.delivered(1.0, move.token, "ResourceNotFoundException")
    machine.delivered(1.0, move.token, None)

    assert machine.outstanding() == 0
    assert set(machine.counts(1.0).values()) == {0}


def test_tasks_are_listed_newest_first() -> None:
    """Ten at most, the older ones are forgotten."""
    dead, _, feed = client(sqs.Queue("dead"))

    async def main() -> list[int]:
        for number in range(11):
            feed.now = float(number)
            await dead.start_message_move_task()
        return [task.started_timestamp % 60_000 for task in await dead.list_message_move_tasks(10)]

    assert done(main()) == [number * 1_000 for number in range(10, 0, -1)]


@pytest.mark.parametrize("limit", [0, 11])
def test_how_many_tasks_may_be_asked_for(limit: int) -> None:
    """One to ten."""
    dead, _, _ = client(sqs.Queue("dead"))

    with pytest.raises(sqs.InvalidParameterValue):
        done(dead.list_message_move_tasks(limit))
