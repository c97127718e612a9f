"""Who is the oldest."""

from hypothesis import given
from hypothesis import strategies as st

from sources.sqs.ages import SLACK, Ages
from sources.sqs.message import GONE, Message


def message(number: int, sent_at: float) -> Message:
    return Message(number, "x", sent_at)


def forget(ages: Ages, each: Message) -> None:
    each.state = GONE
    ages.gone(1)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.booleans()), max_size=60))
def test_oldest_of_all(steps: list[tuple[int, bool, bool]]) -> None:
    """Sent now or a while ago, in any order, some of them gone."""
    ages, live = Ages(), list[Message]()
    for now, (ago, older, goes) in enumerate(steps):
        each = message(now, float(now - ago if older else now))
        if older:
            ages.add_older(each)
        else:
            ages.add(each)
        live.append(each)
        if goes:
            forget(ages, live.pop(now * 7 % len(live)))
        oldest = ages.oldest()

        assert ages.count == len(live)
        assert (None if oldest is None else oldest.sent_at) == min((m.sent_at for m in live), default=None)
        assert [m.sent_at for m in ages] == sorted(m.sent_at for m in live)


def test_no_more_is_held_of_what_is_gone_than_of_what_lives() -> None:
    """But for some slack."""
    ages = Ages()
    for number in range(100):
        ages.add(message(number, 0.0))
    held = 0
    for number in range(100, 1_000):
        each = message(number, 0.0)
        ages.add(each)
        forget(ages, each)
        held = max(held, len(ages._line))

    assert held <= 2 * 100 + SLACK


def test_one_that_stays_holds_nothing_of_the_many_that_went_by() -> None:
    """What is gone from the middle is dropped in time."""
    ages = Ages()
    ages.add(message(0, 0.0))
    for number in range(1, 1_000):
        each = message(number, 0.0)
        ages.add(each)
        forget(ages, each)

    assert len(ages._line) <= 2 + 2 * SLACK
