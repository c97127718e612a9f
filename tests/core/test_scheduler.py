"""One heap over all machines."""

import copy
from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from eventbus.core.scheduler import Scheduler


def pop_all(scheduler: Scheduler[str], now: float) -> list[str]:
    popped = []
    while (key := scheduler.pop_due(now)) is not None:
        popped.append(key)
    return popped


def test_nothing_armed_is_never_due() -> None:
    """Not even at the end of time."""
    scheduler = Scheduler[str]()

    assert scheduler.next_deadline() == inf
    assert scheduler.pop_due(inf) is None


def test_due_at_the_deadline_itself() -> None:
    """Not before."""
    scheduler = Scheduler[str]()
    scheduler.arm("a", 1.0)

    assert pop_all(scheduler, 0.999) == []
    assert pop_all(scheduler, 1.0) == ["a"]


def test_earlier_deadlines_first() -> None:
    """In whatever order they were armed."""
    scheduler = Scheduler[str]()
    for key, deadline in [("c", 3.0), ("a", 1.0), ("b", 2.0)]:
        scheduler.arm(key, deadline)

    assert pop_all(scheduler, 3.0) == ["a", "b", "c"]


def test_equal_deadlines_in_the_order_of_arming() -> None:
    """Keys are never compared."""
    scheduler = Scheduler[str]()
    for key in "zay":
        scheduler.arm(key, 1.0)

    assert pop_all(scheduler, 1.0) == ["z", "a", "y"]


def test_earlier_wish_moves_the_deadline() -> None:
    """And it is due once."""
    scheduler = Scheduler[str]()
    scheduler.arm("a", 5.0)

    scheduler.arm("a", 2.0)

    assert scheduler.next_deadline() == 2.0
    assert pop_all(scheduler, 10.0) == ["a"]


def test_later_wish_leaves_the_deadline() -> None:
    """Its owner is woken early once."""
    scheduler = Scheduler[str]()
    scheduler.arm("a", 2.0)

    scheduler.arm("a", 5.0)

    assert scheduler.pushes == 1
    assert pop_all(scheduler, 2.0) == ["a"]


def test_armed_again_after_it_was_due() -> None:
    """A stale entry does not fire for it."""
    scheduler = Scheduler[str]()
    scheduler.arm("a", 5.0)
    scheduler.arm("a", 2.0)
    pop_all(scheduler, 2.0)

    scheduler.arm("a", 7.0)

    assert pop_all(scheduler, 6.0) == []
    assert pop_all(scheduler, 7.0) == ["a"]


def test_nobody_is_armed_for_the_end_of_time() -> None:
    """An infinite deadline is none."""
    scheduler = Scheduler[str]()

    scheduler.arm("a", inf)

    assert scheduler.next_deadline() == inf
    assert scheduler.pushes == 0


def test_keys_need_an_identity_alone() -> None:
    """Two that can't be compared may be due at one instant."""
    scheduler = Scheduler[object]()
    first, second = object(), object()
    scheduler.arm(first, 1.0)
    scheduler.arm(second, 1.0)

    assert [scheduler.pop_due(1.0), scheduler.pop_due(1.0), scheduler.pop_due(1.0)] == [first, second, None]


wishes = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 20), st.booleans()), max_size=30)


@settings(max_examples=50, deadline=None)
@given(wishes=wishes)
def test_nobody_is_woken_late_or_twice(wishes: list[tuple[str, int, bool]]) -> None:
    """The earliest wish counts; popping at any time empties what is due; a copy goes on alike."""
    scheduler, model = Scheduler[str](), dict[str, float]()
    for key, time, pop in wishes:
        if pop:
            due = sorted(each for each, deadline in model.items() if deadline <= time)
            scheduler = copy.deepcopy(scheduler)

            assert sorted(pop_all(scheduler, time)) == due

            for each in due:
                del model[each]
        else:
            scheduler.arm(key, time)
            model[key] = min(time, model.get(key, inf))
