"""Moving dead letters back."""

from typing import Any

import pytest

from sources import sqs
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
        handle = await dead.start_message_move_task()

        [task] = await dead.list_message_move_tasks()
        assert (task.task_handle, task.status, task.approximate_number_of_messages_moved) == (handle, "COMPLETED", 3)
        assert await dead.peek() == []
        assert [(m.body, m.receive_count) for m in source.messages()] == [("0", 0), ("1", 0), ("2", 0)]

    done(main())


def test_with_a_rate_so_many_move_each_second() -> None:
    """And only one task runs at a time."""

    async def main() -> None:
        dead, machine, feed, source = await with_dead_letters(5)
        await dead.start_message_move_task(max_number_of_messages_per_second=2)
        with pytest.raises(sqs.UnsupportedOperation, match="already a task running"):
            await dead.start_message_move_task()
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
