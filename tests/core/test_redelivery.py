"""Retries of a producer: how often, how long, and what ends them at once."""

from itertools import count
from math import inf

import pytest

from eventbus.core.effects import Deliver
from eventbus.core.redelivery import ATTEMPTS_USED_UP, PERMANENT, TOO_OLD, Delivery, GivenUp, Redelivery, Retries
from eventbus.names import Arn, arn_of

TARGET = arn_of("sqs", "orders")
BUSY = "ServiceUnavailable"


def delivery(token: int = 1, attempts: int = 3, age: float = 3_600, since: float = 0.0) -> Delivery:
    effect = Deliver(TARGET, Arn("producer"), token, "{}")
    return Delivery(effect, Retries(attempts, age, lambda failures: 2.0 ** (failures - 1)), since)


def times_of(tried: Delivery) -> tuple[list[float], GivenUp]:
    """When it is tried while its target stays away, and how it ends."""
    redelivery, tokens, now = Redelivery(), count(100), tried.since
    redelivery.add(tried)
    times = [now]
    while True:
        ended = redelivery.delivered(now, tried.effect.token, BUSY)
        if ended is not None:
            assert isinstance(ended, GivenUp)
            assert redelivery.outstanding() == 0
            return times, ended
        assert redelivery.outstanding() == 1
        now = redelivery.next_deadline()
        assert list(redelivery.due(now - 0.001, lambda: next(tokens))) == []
        assert list(redelivery.due(now, lambda: next(tokens))) == [tried]
        times.append(now)


def test_taken_at_once() -> None:
    """Nothing is left of it."""
    redelivery, sent = Redelivery(), delivery()
    redelivery.add(sent)

    assert redelivery.delivered(0.0, 1, None) is sent
    assert redelivery.delivered(0.0, 1, BUSY) is None
    assert (redelivery.outstanding(), redelivery.next_deadline()) == (0, inf)


def test_tries_used_up() -> None:
    """One try and so many retries, each after its pause."""
    times, ended = times_of(delivery(attempts=3))

    assert times == [0, 1, 3, 7]
    assert (ended.condition, ended.error, ended.delivery.failures) == (ATTEMPTS_USED_UP, BUSY, 4)


@pytest.mark.parametrize(("age", "times"), [(3, [10, 11]), (3.001, [10, 11, 13])], ids=["reached", "one more"])
def test_age(age: float, times: list[float]) -> None:
    """Counted from its beginning; a next try that would be too old is not waited for."""
    found, ended = times_of(delivery(age=age, since=10.0))

    assert found == times
    assert ended.condition == TOO_OLD


def test_tries_win_over_age() -> None:
    """Where both bounds are met."""
    _, ended = times_of(delivery(attempts=1, age=1.5))

    assert ended.condition == ATTEMPTS_USED_UP


@pytest.mark.parametrize("code", sorted(PERMANENT))
def test_refused_for_good(code: str) -> None:
    """No retry could help; the reason behind the code does not matter."""
    redelivery = Redelivery()
    redelivery.add(delivery())

    ended = redelivery.delivered(0.0, 1, f"{code}: bus may not lambda:InvokeFunction on work")

    assert isinstance(ended, GivenUp)
    assert ended.condition is None
    assert redelivery.outstanding() == 0


def test_answer_to_an_earlier_try_is_nobodys() -> None:
    """Each try has a token of its own."""
    redelivery, sent = Redelivery(), delivery()
    redelivery.add(sent)
    redelivery.delivered(0.0, 1, BUSY)
    assert list(redelivery.due(1.0, lambda: 2)) == [sent]

    assert redelivery.delivered(1.0, 1, None) is None
    assert redelivery.delivered(1.0, 2, None) is sent


def test_order_of_those_that_are_due_together() -> None:
    """As they were sent."""
    redelivery, tokens = Redelivery(), count(10)
    first, second = delivery(1), delivery(2)
    for sent in (first, second):
        redelivery.add(sent)
    for sent in (first, second):
        redelivery.delivered(0.0, sent.effect.token, BUSY)

    assert list(redelivery.due(1.0, lambda: next(tokens))) == [first, second]


def test_busiest_is_told_for_people() -> None:
    """The one that failed most often, while it waits."""
    redelivery = Redelivery()
    redelivery.add(delivery())
    assert redelivery.busiest() == ""

    redelivery.delivered(0.0, 1, "ServiceUnavailable: busy")

    assert redelivery.busiest() == "a delivery to orders failed 1 times, last with ServiceUnavailable: busy"
