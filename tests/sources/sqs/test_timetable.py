"""What ends when."""

from math import inf

from sources.sqs.message import IN_FLIGHT, Message
from sources.sqs.timetable import SLACK, Timetable


def given_out(receipt: int, until: float) -> Message:
    return Message(receipt, "x", 0.0, state=IN_FLIGHT, receipt=receipt, hidden_until=until)


def test_delays_and_leases_end_in_the_order_of_time() -> None:
    """At one instant in the order of sending."""
    timetable = Timetable()
    receipts = {number: given_out(number, 3.0) for number in (1, 2)}
    late = Message(9, "x", 0.0)
    timetable.delay(5.0, late)
    timetable.delay(3.0, Message(0, "x", 0.0))
    timetable.lease(3.0, 1, 3)

    assert timetable.next_at() == 3.0
    assert [(when, number) for when, number, _ in timetable.due(4.0, receipts)] == [(3.0, 0), (3.0, 1), (3.0, 2)]
    assert timetable.next_at() == 5.0
    assert [message for _, _, message in timetable.due(5.0, receipts)] == [late]
    assert timetable.next_at() == inf


def test_lease_holds_only_for_what_is_still_hidden_until_then() -> None:
    """A deleted message has no receipt any more, an extended one another end."""
    timetable = Timetable()
    receipts = {2: given_out(2, 8.0), 3: given_out(3, 3.0)}
    timetable.lease(3.0, 1, 4)

    assert [message.number for _, _, message in timetable.due(3.0, receipts)] == [3]


def test_no_more_leases_are_over_than_messages_in_flight() -> None:
    """But for some slack."""
    timetable = Timetable()
    receipts = {number: given_out(number, 43_200.0) for number in range(100)}
    for number in receipts:
        timetable.lease(43_200.0, number, number + 1)
    held = 0
    for receipt in range(100, 1_000):
        timetable.lease(43_200.0, receipt, receipt + 1)
        timetable.tidy(100, receipts)
        held = max(held, len(timetable._leases))

    assert held <= 2 * 100 + SLACK


def test_leases_that_are_over_are_forgotten() -> None:
    """A long visibility timeout holds nothing of what was deleted long ago."""
    timetable = Timetable()
    receipts = {0: given_out(0, 43_200.0)}
    timetable.lease(43_200.0, 0, 1)
    for receipt in range(1, 1_000):
        timetable.lease(43_200.0, receipt, receipt + 1)
        timetable.tidy(1, receipts)

    assert len(timetable._leases) <= 2 + SLACK
    assert [message.number for _, _, message in timetable.due(43_200.0, receipts)] == [0]
