"""A source that answers late, twice or never, and what it refuses to believe of a mapping."""

import copy
from collections.abc import Sequence
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventbus.core.effects import Arrived, Invoke, Receive, Received, Release, Settle, Settled
from eventbus.core.profile import Profile
from eventbus.errors import InvalidSetting
from eventbus.names import Arn, Ids, function_arn
from eventbus.ports import Birth, EventSource, Pollable, QueueSource
from eventbus.testing.late_answers import NEVER, NOW, TWICE
from eventbus.testing.late_source import (
    LateClient,
    LateEvent,
    LateQueue,
    LateRecord,
    LateSource,
    Promises,
)

ASKER = Arn("mapping")
BILL = function_arn("bill")


def make_queue(seed: int = 0, **settings: Any) -> LateQueue:
    declared = LateSource("orders", **settings)
    return declared.machine(Birth(Ids(seed, declared.arn), Profile(), 0.0))


def receive(queue: LateQueue, now: float, limit: int = 10, token: int = 1) -> list[LateRecord]:
    """What the receive found, by the answers that came at once."""
    queue.effects.clear()
    queue.receive(now, Receive(queue.arn, ASKER, token, limit))
    return [record for effect in queue.effects if isinstance(effect, Received) for record in as_late(effect.records)]


def as_late(records: Sequence[Any]) -> list[LateRecord]:
    return [record for record in records if isinstance(record, LateRecord)]


def settle(queue: LateQueue, now: float, *records: LateRecord) -> list[Settled]:
    queue.effects.clear()
    queue.settle(now, Settle(queue.arn, ASKER, 2, [record.receipt for record in records]))
    return [effect for effect in queue.effects if isinstance(effect, Settled)]


def bodies(records: Sequence[LateRecord]) -> list[str]:
    return [record.body for record in records]


def test_received_records_are_invisible_until_their_lease_is_over() -> None:
    """At that instant they are there again, with another receipt."""
    queue = make_queue(bodies=["a", "b"])
    first = receive(queue, 0.0)

    assert bodies(first) == ["a", "b"]
    assert receive(queue, 29.9) == []

    again = receive(queue, 30.0)

    assert bodies(again) == ["a", "b"]
    assert [record.receive_count for record in again] == [2, 2]
    assert not {record.receipt for record in first} & {record.receipt for record in again}


def test_settled_records_are_gone() -> None:
    """Only those."""
    queue = make_queue(bodies=["a", "b"])
    first, _ = receive(queue, 0.0)

    (answered,) = settle(queue, 1.0, first)

    assert (answered.token, list(answered.failed)) == (2, [])
    assert queue.settled == [0]
    assert queue.outstanding() == 1


@pytest.mark.parametrize(("fifo", "taken"), [(False, True), (True, False)], ids=["standard", "fifo"])
def test_settle_after_the_visibility(fifo: bool, taken: bool) -> None:
    """A standard queue still takes it, if nobody received the record since (recorded 2023-11)."""
    queue = make_queue(bodies=["a"], fifo=fifo)
    (record,) = receive(queue, 0.0)

    (answered,) = settle(queue, 30.0, record)

    assert list(answered.failed) == ([] if taken else [record.receipt])
    assert queue.outstanding() == (0 if taken else 1)


def test_older_receipt_settles_nothing() -> None:
    """The record belongs to who received it last."""
    queue = make_queue(bodies=["a"])
    (old,) = receive(queue, 0.0)
    receive(queue, 30.0)

    (answered,) = settle(queue, 31.0, old)

    assert list(answered.failed) == [old.receipt]
    assert queue.outstanding() == 1


@pytest.mark.parametrize(
    ("delays", "at_once", "later"),
    [(NOW, 1, 0), (TWICE, 2, 0), (NEVER, 0, 0), ((5.0,), 0, 1), ((0.0, 5.0), 1, 1)],
    ids=["now", "twice", "never", "late", "now and late"],
)
def test_receive_is_answered_as_the_script_says(delays: tuple[float, ...], at_once: int, later: int) -> None:
    """The records are taken in any case."""
    queue = make_queue(bodies=["a"], receives=[delays])

    assert len(receive(queue, 0.0, limit=1)) == at_once
    assert queue.next_deadline() == (5.0 if later else inf)

    queue.effects.clear()
    queue.wake(5.0)

    assert len(queue.effects) == later
    assert queue.next_deadline() == inf
    assert receive(queue, 6.0, limit=1) == []


def test_late_settle_takes_effect_late() -> None:
    """Until then the record is there."""
    queue = make_queue(bodies=["a"], settles=[(5.0,)])
    (record,) = receive(queue, 0.0)

    assert settle(queue, 1.0, record) == []
    assert queue.settled == []

    queue.wake(6.0)

    assert [type(effect) for effect in queue.effects] == [Settled]
    assert queue.settled == [0]


def test_settle_that_is_never_answered_changes_nothing() -> None:
    """It was lost on its way."""
    queue = make_queue(bodies=["a"], settles=[NEVER])
    (record,) = receive(queue, 0.0)

    assert settle(queue, 1.0, record) == []
    assert bodies(receive(queue, 30.0)) == ["a"]


def test_released_records_are_there_at_once() -> None:
    """Only by their last receipt; who waits for records is told."""
    queue = make_queue(bodies=["a", "b"])
    first, second = receive(queue, 0.0)
    receive(queue, 1.0)
    queue.effects.clear()

    queue.release(2.0, Release(queue.arn, [second.receipt, "1/9"]))

    assert [type(effect) for effect in queue.effects] == [Arrived]
    assert bodies(receive(queue, 2.0)) == ["b"]

    queue.release(3.0, Release(queue.arn, [second.receipt]))

    assert receive(queue, 3.0) == []
    assert first.body == "a"


def test_busiest_is_the_body_received_most_often() -> None:
    """Nothing is said before the first receive."""
    queue = make_queue(bodies=["a", "b"])
    assert queue.busiest() == ""
    receive(queue, 0.0, limit=1)

    assert queue.busiest() == "message-0: received 1 times, returns after its visibility"


def test_source_is_pollable_and_a_source_of_events() -> None:
    """A type checker refuses this file otherwise."""
    source: EventSource[LateClient, LateEvent] = LateSource("orders")
    leased: QueueSource = LateSource("orders")
    queue: Pollable = make_queue()

    assert source.filter_keys == ("body",)
    assert leased.lease == 30
    assert queue.outstanding() == 0


def test_arrived_is_said_once_after_a_short_receive() -> None:
    """Not for each body, and not before."""
    queue = make_queue()
    queue.send(0.0, "a")
    assert queue.effects == []
    receive(queue, 1.0)
    queue.effects.clear()

    queue.send(2.0, "b")
    queue.send(2.0, "c")

    assert [type(effect) for effect in queue.effects] == [Arrived]


def test_arrived_is_said_when_a_record_returns() -> None:
    """Its lease is a deadline while somebody waits for records."""
    queue = make_queue(bodies=["a"])
    receive(queue, 0.0)
    queue.effects.clear()

    assert queue.next_deadline() == 30.0

    queue.wake(30.0)

    assert [type(effect) for effect in queue.effects] == [Arrived]
    assert queue.next_deadline() == inf


def test_full_receive_waits_for_nothing() -> None:
    """Who received as much as asked for asks again."""
    queue = make_queue(bodies=["a", "b"])
    receive(queue, 0.0, limit=2)

    assert queue.next_deadline() == inf


def test_group_is_locked_behind_a_record_in_flight() -> None:
    """Other groups go on; settling frees it, and is an arrival."""
    queue = make_queue(bodies=["x:1", "x:2", "y:1"], fifo=True)
    (first,) = receive(queue, 0.0, limit=1)

    assert bodies(receive(queue, 1.0)) == ["y:1"]

    settle(queue, 2.0, first)

    assert any(isinstance(effect, Arrived) for effect in queue.effects)
    assert bodies(receive(queue, 3.0)) == ["x:2"]


def test_event_shows_body_and_identifier() -> None:
    """Built anew at each call, and as long as its records say."""
    queue = make_queue(bodies=["a"])
    records = receive(queue, 0.0)

    event = queue.to_event(records)

    assert event == {"Records": [{"messageId": "message-0", "body": "a", "receiveCount": 1}]}
    assert queue.to_event(records) is not event
    assert records[0].size == len('{"messageId":"message-0","body":"a","receiveCount":1}')


@pytest.mark.parametrize("limit", [0, 11])
def test_receive_beyond_the_limits_is_a_broken_promise(limit: int) -> None:
    """One to ten records."""
    queue = make_queue()

    with pytest.raises(AssertionError, match="a receive of"):
        queue.receive(0.0, Receive(queue.arn, ASKER, 1, limit))


def test_unreliable_share_is_checked() -> None:
    """It is a share."""
    with pytest.raises(InvalidSetting, match="unreliable"):
        LateSource("orders", unreliable=1.5)


@given(seed=st.integers(0, 100), steps=st.lists(st.tuples(st.floats(0, 40), st.integers(1, 10)), max_size=15))
def test_same_seed_answers_the_same(seed: int, steps: list[tuple[float, int]]) -> None:
    """Also when it goes on with a copy; nothing is lost, and no deadline is left behind."""
    runs = [make_queue(seed, bodies=[str(n) for n in range(8)], unreliable=0.8) for _ in range(2)]
    now = 0.0
    for seconds, limit in steps:
        now += seconds
        runs[1] = copy.deepcopy(runs[1])
        for queue in runs:
            queue.effects.clear()
            queue.wake(now)
            assert queue.next_deadline() > now
            queue.receive(now, Receive(queue.arn, ASKER, 1, limit))
        assert [told(effect) for effect in runs[0].effects] == [told(effect) for effect in runs[1].effects]
    assert len(runs[0].held) == 8


def told(effect: Any) -> Any:
    return [record.receipt for record in effect.records] if isinstance(effect, Received) else type(effect)


# Promises


def make_records(*numbers: int, group: str | None = None) -> list[LateRecord]:
    return [LateRecord(number, "a", group, f"{number}/1", 1) for number in numbers]


def make_invoke(token: int, records: Sequence[LateRecord]) -> Invoke:
    return Invoke(BILL, ASKER, token, str(token), batch=records)


def make_promises(records: Sequence[LateRecord], **settings: Any) -> Promises:
    """After `records` were received."""
    promises = Promises(**{"fifo": False, **settings})
    promises.received(Received(ASKER, 1, records))
    return promises


def settling(*receipts: str) -> Settle:
    return Settle(Arn("source"), ASKER, 9, receipts)


def test_promises_hold_for_a_good_mapping() -> None:
    """Received, invoked, refused, invoked again, ended, settled."""
    records = make_records(0, 1)
    promises = make_promises(records, at_most=1)
    promises.invoked(make_invoke(1, records))
    promises.refused(1)
    promises.invoked(make_invoke(2, records))
    promises.ended(2, records[:1])
    promises.settling(settling("0/1"))

    promises.check_settled()

    assert promises.succeeded == {0}


def test_record_that_was_not_received_is_not_invoked() -> None:
    """Nothing is made up."""
    promises = make_promises([])

    with pytest.raises(AssertionError, match="was not received"):
        promises.invoked(make_invoke(1, make_records(0)))


def test_record_that_ended_is_not_invoked_again() -> None:
    """It must be received again."""
    promises = make_promises(records := make_records(0))
    promises.invoked(make_invoke(1, records))
    promises.ended(1, [])

    with pytest.raises(AssertionError, match="invoked again"):
        promises.invoked(make_invoke(2, records))


def test_record_is_not_in_two_batches() -> None:
    """Nor twice in one."""
    promises = make_promises(records := make_records(0))
    promises.invoked(make_invoke(1, records))

    with pytest.raises(AssertionError, match="runs already"):
        promises.invoked(make_invoke(2, records))
    with pytest.raises(AssertionError, match="twice in a batch"):
        make_promises(records).invoked(make_invoke(2, records * 2))


def test_no_more_batches_than_allowed_run() -> None:
    """The one past the limit is found."""
    promises = make_promises(records := make_records(0, 1), at_most=1)
    promises.invoked(make_invoke(1, records[:1]))

    with pytest.raises(AssertionError, match="1 are allowed"):
        promises.invoked(make_invoke(2, records[1:]))


def test_nothing_is_settled_without_a_success() -> None:
    """Nor twice."""
    promises = make_promises(records := make_records(0, 1))
    promises.invoked(make_invoke(1, records))
    promises.ended(1, records[:1])
    promises.settling(settling("0/1"))

    with pytest.raises(AssertionError, match="without a success"):
        promises.settling(settling("1/1"))
    with pytest.raises(AssertionError, match="or twice"):
        promises.settling(settling("0/1"))


def test_every_success_is_settled() -> None:
    """Forgotten ones are named."""
    promises = make_promises(records := make_records(0))
    promises.invoked(make_invoke(1, records))
    promises.ended(1, records)

    with pytest.raises(AssertionError, match="0/1"):
        promises.check_settled()


def test_group_has_one_batch_at_a_time() -> None:
    """On FIFO."""
    promises = make_promises(records := make_records(0, 1, group="x"), fifo=True)
    promises.invoked(make_invoke(1, records[:1]))

    with pytest.raises(AssertionError, match="two batches"):
        promises.invoked(make_invoke(2, records[1:]))


@pytest.mark.parametrize("order", [[1], [1, 0]], ids=["alone", "in its batch"])
def test_record_does_not_overtake_its_group(order: list[int]) -> None:
    """On FIFO those before it succeed first, or stand before it."""
    records = make_records(0, 1, group="x")
    promises = make_promises(records, fifo=True)

    with pytest.raises(AssertionError, match="overtakes"):
        promises.invoked(make_invoke(1, [records[at] for at in order]))
