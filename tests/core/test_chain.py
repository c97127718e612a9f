"""Chains of requests."""

from eventbus.core.chain import CHAIN_LIMIT, follow, merge, runs
from eventbus.core.effects import Cause
from eventbus.names import function_arn

A, B = function_arn("a"), function_arn("b")


def test_first_request_has_no_runs() -> None:
    """Nobody ran before."""
    assert runs(None, A) == 0


def test_follow_counts_its_function() -> None:
    """And leaves the others' counts."""
    cause = follow(follow(follow(None, A, "1"), B, "2"), A, "3")

    assert (runs(cause, A), runs(cause, B)) == (2, 1)
    assert cause.request_id == "3"


def test_follow_does_not_change_what_was_before() -> None:
    """Two things sent out of one invocation begin two branches."""
    before = follow(None, A, "1")

    follow(before, A, "2")

    assert runs(before, A) == 1


def test_sixteen_runs_reach_the_limit() -> None:
    """The next is stopped."""
    cause: Cause | None = None
    for number in range(16):
        cause = follow(cause, A, str(number))

    assert runs(cause, A) == CHAIN_LIMIT == 16


def test_merge_of_nothing_is_nothing() -> None:
    """A batch from outside belongs to no chain."""
    assert merge([]) is None
    assert merge([None, None]) is None


def test_merge_takes_the_longest_chain_of_each() -> None:
    """And the first sender's request id."""
    merged = merge([None, Cause("x", ((A, 3), (B, 1))), Cause("y", ((B, 5), (A, 2)))])

    assert merged is not None
    assert merged.request_id == "x"
    assert merged.hops == ((A, 3), (B, 5))


def test_merge_of_one_is_that_one() -> None:
    """Its counts are neither raised nor lowered."""
    merged = merge([Cause("x", ((A, 1), (B, 2)))])

    assert merged is not None
    assert (merged.request_id, merged.hops) == ("x", ((A, 1), (B, 2)))


def test_merge_takes_its_id_from_the_first_even_if_it_ran_nowhere() -> None:
    """The first with a cause."""
    merged = merge([Cause("x", ()), Cause("y", ((A, 2),))])

    assert merged is not None
    assert (merged.request_id, merged.hops) == ("x", ((A, 2),))


def test_order_of_hops_is_the_order_of_running() -> None:
    """The last that ran is last: the same in every run."""
    cause = follow(follow(follow(None, A, "1"), B, "2"), A, "3")

    assert cause.hops == ((B, 1), (A, 2))
