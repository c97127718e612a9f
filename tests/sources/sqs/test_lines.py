"""Order of visible messages, and what it costs to keep."""

import copy
import sys
from typing import Any

import pytest

from sources.sqs.lines import FifoLine, StandardLine
from sources.sqs.message import GONE, IN_FLIGHT, VISIBLE, Message, More
from tests.sources.helpers import make_queue


def message(number: int, group: str = "g") -> Message:
    return Message(number, str(number), 0.0, more=More(group=group))


def numbers(messages: list[Message]) -> list[int]:
    return [each.number for each in messages]


def filled(line: Any, *messages: Message) -> Any:
    for each in messages:
        line.appeared(each)
    return line


def give_out(line: Any, limit: int) -> list[Message]:
    taken: list[Message] = line.take(limit)
    for each in taken:
        each.state = IN_FLIGHT
        line.hidden(each)
    return taken


def show(line: Any, each: Message) -> None:
    each.state = VISIBLE
    line.returned(each, to_back=False)


def free(line: Any, each: Message) -> None:
    was, each.state = each.state, GONE
    line.freed(each, was)


def test_returned_message_stands_where_it_stood() -> None:
    """Before all that were sent after it."""
    line = filled(StandardLine(), *(message(number) for number in range(3)))
    first, _ = give_out(line, 2)
    show(line, first)

    assert numbers(line.take(3)) == [0, 2]


def test_withdrawn_message_stands_where_it_stood_once() -> None:
    """Hidden without having been given out, and visible again, however often."""
    line = filled(StandardLine(), message(0), message(1))
    first, second = give_out(line, 2)
    show(line, first)
    show(line, second)
    for _ in range(5):
        line.withdrawn(first)
        show(line, first)

    assert numbers(line.take(10)) == [0, 1]


def test_message_that_leaves_does_not_count() -> None:
    """A receive goes on to the next one."""
    line = filled(StandardLine(), *(message(number) for number in range(4)))

    assert numbers(line.take(2, lambda each: each.number % 2 == 0)) == [1, 3]


def test_nothing_behind_an_in_flight_message_of_its_group_goes() -> None:
    """What stands before it goes; other groups do not care (recorded 2025-11)."""
    line = filled(FifoLine(), message(0), message(1), message(2), message(3, "other"))
    first, second = give_out(line, 2)
    show(line, first)

    assert numbers(give_out(line, 10)) == [0, 3]
    free(line, second)
    assert not line.ready()
    free(line, first)
    assert numbers(give_out(line, 10)) == [2]


def test_one_group_is_filled_up_before_the_next() -> None:
    """The group with the oldest message that may go comes first, and keeps its turn when a message leaves."""
    line = filled(FifoLine(), message(0, "a"), message(1, "b"), message(2, "a"), message(3, "a"))

    assert numbers(line.take(2, lambda each: each.number == 0)) == [2, 3]
    assert numbers(line.take(2)) == [1]


def test_groups_that_are_empty_are_forgotten() -> None:
    """Groups may be as many as messages."""
    line = FifoLine()
    for number in range(100):
        line.appeared(message(number, f"group {number}"))
        for each in give_out(line, 1):
            free(line, each)

    assert not line._groups
    assert not line.ready()
    assert not line._starts


def test_poison_at_the_head_of_a_group_costs_nothing() -> None:
    """One that returns for ever leaves nothing behind of those that went by."""
    line = filled(FifoLine(), message(0))
    for number in range(1, 1_000):
        line.appeared(message(number))
        taken = give_out(line, 10)
        for each in taken[1:]:
            free(line, each)
        show(line, taken[0])
    [group] = line._groups.values()

    assert len(group._fresh) + len(group._returned) + len(group._in_flight) + len(line._starts) < 100


def test_long_group_goes_in_order() -> None:
    """What is passed is cut off, and nothing else."""
    line = filled(FifoLine(), *(message(number) for number in range(100)))
    gone = []
    for _ in range(100):
        [each] = give_out(line, 1)
        free(line, each)
        gone.append(each.number)

    assert gone == list(range(100))


def test_copies_go_their_own_way() -> None:
    """A deep copy in the middle of it gives out the same, and shares nothing."""
    line = filled(FifoLine(), message(0), message(1), message(2))
    give_out(line, 1)[0].state = VISIBLE
    line.returned(next(iter(line._groups.values()))._in_flight[0][1], to_back=False)
    other = copy.deepcopy(line)

    assert numbers(other.take(10)) == numbers(line.take(10)) == [0, 1, 2]


def calls(depth: int, name: str, groups: int) -> float:
    """Function calls, Python's and C's, for sending, receiving and deleting one message at that depth."""
    queue = make_queue(name)

    def more(number: int) -> More | None:
        return More(group=str(number % groups), deduplication_id=str(number)) if groups else None

    for number in range(depth):
        queue.send(0.0, "x", {}, None, None, more(number))
    count = 0

    def counting(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counting)
    for number in range(depth, depth + 1_000, 10):
        for each in range(number, number + 10):
            queue.send(0.0, "x", {}, None, None, more(each))
        for record in queue.take(0.0, 10, None, "client"):
            queue.delete(0.0, record.handle)
    sys.setprofile(None)
    return count / 1_000


@pytest.mark.parametrize(
    ("name", "groups"), [("orders", 0), ("orders.fifo", 1), ("orders.fifo", 100)], ids=["standard", "a group", "groups"]
)
def test_cost_of_a_message_does_not_depend_on_depth(name: str, groups: int) -> None:
    """A hundred times as deep, the same work."""
    assert calls(20_000, name, groups) == pytest.approx(calls(200, name, groups), rel=0.1)
