"""The ring is bounded, keeps nothing alive, and its hash is the same in every process."""

import subprocess
import sys
from gc import collect
from pathlib import Path
from weakref import ref

import pytest

from eventbus.core.effects import Cause
from eventbus.core.outcomes import NULL, HandlerFailed, Outcome, Succeeded, Throttled, TimedOut
from eventbus.errors import InvalidSetting
from eventbus.names import arn_of
from eventbus.observe.trace import FRESH, Journal

from .helpers import BILL, MAPPING, ORDERS, Item, bad_order, make_journal, note, out_of


class BadOrder(Exception):
    """Takes weak references, as built-in exceptions do not."""


def hash_of(*notes: tuple[float, tuple[object, ...]]) -> str:
    journal = make_journal(hashed=True)
    for now, written in notes:
        journal.noted(now, [written])
    return journal.hash()


def ended(outcome: Outcome) -> str:
    return hash_of((0.0, note("ended", BILL, "r1", outcome)))


def test_the_ring_keeps_no_batch_alive_for_long() -> None:
    """After `FRESH` entries a batch is only its identifiers."""
    journal = make_journal()
    item = Item("m1", body="x")
    gone = ref(item)
    journal.noted(0.0, [note("attempt", BILL, "r1", [item])])
    del item
    for number in range(FRESH):
        journal.noted(0.0, [note("sent", ORDERS, number)])
    collect()

    assert gone() is None
    assert journal.trace("m1").found


def test_the_ring_keeps_no_exception_alive_for_long() -> None:
    """An exception holds its frames, and they all that a handler had."""
    journal = make_journal()
    error = BadOrder("bad order")
    gone = ref(error)
    journal.noted(0.0, [note("ended", BILL, "r1", HandlerFailed("ValueError", "bad order", "r1", (), error))])
    del error
    journal.noted(0.0, [note("sent", ORDERS, number) for number in range(FRESH)])
    collect()

    assert gone() is None


def test_the_notes_of_a_turn_stay_the_drivers_own() -> None:
    """The driver clears its list after each turn."""
    journal, notes = make_journal(), [note("sent", ORDERS, "m1")]
    journal.noted(0.0, notes)
    notes.clear()

    assert journal.trace("m1").found


@pytest.mark.parametrize("capacity", [0, -1, 1.5, True], ids=str)
def test_a_capacity_that_is_no_capacity_is_refused(capacity: int) -> None:
    """A whole number of 1 or more."""
    with pytest.raises(InvalidSetting, match="capacity"):
        Journal(capacity=capacity)


def test_without_hashing_there_is_no_hash() -> None:
    """The message says how to get one."""
    with pytest.raises(InvalidSetting, match="'hash'"):
        make_journal().hash()


def test_equal_notes_in_other_turns_hash_alike() -> None:
    """What counts is what happened when, not in how many turns."""
    first, second = note("sent", ORDERS, 1), note("sent", ORDERS, 2)
    together = make_journal(hashed=True)
    together.noted(1.0, [first, second])

    assert together.hash() == hash_of((1.0, first), (1.0, second))


def test_the_hash_may_be_read_while_the_run_goes_on() -> None:
    """Reading it changes nothing."""
    journal = make_journal(hashed=True)
    journal.noted(0.0, [note("sent", ORDERS, 1)])
    before = journal.hash()
    journal.noted(0.0, [note("sent", ORDERS, 2)])

    assert before == hash_of((0.0, note("sent", ORDERS, 1)))
    assert journal.hash() == hash_of((0.0, note("sent", ORDERS, 1)), (0.0, note("sent", ORDERS, 2)))


def test_what_the_ring_has_dropped_still_counts() -> None:
    """The digest runs over everything."""
    small, large = make_journal(hashed=True, capacity=2), make_journal(hashed=True)
    for journal in (small, large):
        for number in range(10):
            journal.noted(float(number), [note("sent", ORDERS, number)])

    assert small.hash() == large.hash()


SENT = note("sent", ORDERS, 1, None, out_of(BILL, "r1"))


@pytest.mark.parametrize(
    ("now", "other"),
    [
        pytest.param(0.000001, SENT, id="a-microsecond-later"),
        pytest.param(0.0, note("deleted", *SENT[1:]), id="word"),
        pytest.param(0.0, note("sent", arn_of("sqs", "other"), *SENT[2:]), id="where"),
        pytest.param(0.0, note("sent", ORDERS, 2, None, SENT[4]), id="number"),
        pytest.param(0.0, note("sent", ORDERS, "1", None, SENT[4]), id="text"),
        pytest.param(0.0, note("sent", ORDERS, [1], None, SENT[4]), id="list"),
        pytest.param(0.0, note("sent", ORDERS, 1, "late", SENT[4]), id="detail"),
        pytest.param(0.0, note("sent", ORDERS, 1, None, None), id="no-cause"),
        pytest.param(0.0, note("sent", ORDERS, 1, None, Cause("r2", ())), id="other-cause"),
    ],
)
def test_other_notes_hash_otherwise(now: float, other: tuple[object, ...]) -> None:
    """Each part of a note counts."""
    assert hash_of((now, other)) != hash_of((0.0, SENT))


def test_times_count_in_microseconds() -> None:
    """Less than that is the rounding of float sums."""
    assert hash_of((0.1 + 0.2, SENT)) == hash_of((0.3, SENT))
    assert hash_of((0.0, note("retry_wait", BILL, "r1", 0.1 + 0.2))) == hash_of(
        (0.0, note("retry_wait", BILL, "r1", 0.3))
    )


def test_an_outcome_counts_by_class_error_type_and_message() -> None:
    """Stacks, exceptions and payloads do not count."""
    stack = (("/home/somebody/orders.py", 3, "handler"),)
    same = HandlerFailed("ValueError", "bad order", "r1", stack, ValueError("bad order"))
    failures: list[Outcome] = [
        bad_order(),
        HandlerFailed("KeyError", "bad order", "r1", ()),
        HandlerFailed("ValueError", "other", "r1", ()),
        TimedOut("ValueError", "bad order"),
        Throttled("full"),
        NULL,
    ]

    assert ended(same) == ended(bad_order())
    assert ended(Succeeded(b"1")) == ended(NULL)
    assert len({ended(outcome) for outcome in failures}) == len(failures)


def test_memory_addresses_in_messages_do_not_count() -> None:
    """They are others in every process."""
    first = HandlerFailed("TypeError", "<object object at 0x7f3a5c0b21d0> is no order", "r1", ())
    second = HandlerFailed("TypeError", "<object object at 0x7ffff10421aa> is no order", "r1", ())

    assert ended(first) == ended(second)


def test_records_count_by_their_identifiers() -> None:
    """Not by their type, their body or where they are in memory."""
    first = hash_of((0.0, note("batch", MAPPING, "b1", [Item("m1", "x"), Item("m2")])))

    assert first == hash_of((0.0, note("batch", MAPPING, "b1", (Item("m1", "y"), Item("m2")))))
    assert first != hash_of((0.0, note("batch", MAPPING, "b1", [Item("m2"), Item("m1")])))


def test_other_objects_count_by_their_type() -> None:
    """Nothing that a process invents gets into the hash."""
    assert hash_of((0.0, note("odd", BILL, "r1", object()))) == hash_of((0.0, note("odd", BILL, "r1", [object()][0])))


def test_the_hash_is_the_same_in_another_process() -> None:
    """Another hash seed, other addresses: the same digits."""
    program = (
        "from tests.observe.test_journal import *\n"
        "print(hash_of((1.5, SENT), (2.0, note('batch', MAPPING, 'b1', [Item('m1')])), (3.0, note('odd', BILL, 'é', object()))))"
    )

    hashes = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=Path(__file__).parents[2],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(hashes) == 1
    assert len(hashes.pop().strip()) == 32
