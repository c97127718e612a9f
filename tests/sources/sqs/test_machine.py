"""Queues as machines: life of a message, redrive, retention; and against the independent model."""

import copy
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eventbus.core.effects import Arrived, Deliver, Receive, Received, Release, Settle, Settled
from eventbus.names import Arn
from sources import sqs
from sources.sqs.message import More, handle_of, receipt_of
from tests.contracts.queue_model import QueueModel
from tests.golden import load, match
from tests.sources.helpers import Machines, birth, make_queue

READER = Arn("arn:aws:lambda:us-east-1:000000000000:event-source-mapping:m")


def bodies(records: Any) -> list[str]:
    return [record.message.body for record in records]


def receive(queue: Any, now: float, limit: int = 10, visibility: float | None = None) -> Any:
    return queue.take(now, limit, visibility, "client")


def test_message_returns_after_its_visibility_timeout() -> None:
    """A received and not deleted message is visible again at the deadline, not before."""
    queue = make_queue(visibility_timeout=30)
    queue.send(0.0, "a", {}, None)
    receive(queue, 0.0)

    assert receive(queue, 29.9) == []
    assert bodies(receive(queue, 30.0)) == ["a"]


def test_deleted_message_is_gone() -> None:
    """A delete with the last receipt removes the message, also after its visibility has ended (standard)."""
    queue = make_queue(visibility_timeout=1)
    queue.send(0.0, "a", {}, None)
    [record] = receive(queue, 0.0)

    queue.delete(5.0, record.handle)

    assert receive(queue, 5.0) == []
    assert queue.outstanding() == 0


@pytest.mark.parametrize(
    ("now", "seconds", "ok"), [(0.0, 43_200, True), (100.0, 43_100, True), (100.0, 43_100.1, False)]
)
def test_visibility_ends_twelve_hours_after_the_receive(now: float, seconds: float, ok: bool) -> None:
    """Extensions included (bc:sqs ChangeMessageVisibility)."""
    queue = make_queue(visibility_timeout=200)
    queue.send(0.0, "a", {}, None)
    [record] = receive(queue, 0.0)

    if ok:
        queue.change_visibility(now, record.handle, seconds)
    else:
        with pytest.raises(sqs.InvalidParameterValue, match="43200 seconds"):
            queue.change_visibility(now, record.handle, seconds)


def test_receipt_that_was_not_given_is_none() -> None:
    """Of the right form, but of no receive."""
    queue = make_queue()
    queue.send(0.0, "a", {}, None)
    first = handle_of(queue.birth.ids, 1)

    with pytest.raises(sqs.ReceiptHandleIsInvalid):
        queue.delete(0.0, first)
    assert [record.handle for record in receive(queue, 0.0)] == [first]
    with pytest.raises(sqs.ReceiptHandleIsInvalid):
        queue.delete(0.0, handle_of(queue.birth.ids, 2))


def test_so_many_are_in_flight_at_most() -> None:
    """120,000, and one more when one is deleted."""
    queue = make_queue()
    for _ in range(120_001):
        queue.send(0.0, "a", {}, None)
    given = receive(queue, 0.0, 200_000)

    assert len(given) == 120_000
    with pytest.raises(sqs.OverLimit, match="120,000"):
        queue.check_room(0.0)
    queue.delete(0.0, given[0].handle)
    queue.check_room(0.0)
    assert len(receive(queue, 0.0)) == 1


@pytest.mark.parametrize(("again", "ok"), [(69.9, False), (70.0, True)])
def test_purge_once_a_minute(again: float, ok: bool) -> None:
    """From the last one on."""
    queue = make_queue()
    queue.purge(10.0)
    queue.send(20.0, "a", {}, None)

    if ok:
        queue.purge(again)
    else:
        with pytest.raises(sqs.PurgeQueueInProgress, match="every 60 seconds"):
            queue.purge(again)
    assert queue.outstanding() == (0 if ok else 1)


def test_record_does_not_change_with_a_later_receive() -> None:
    """What one receive handed out keeps its receipt and its count."""
    queue = make_queue(visibility_timeout=1)
    queue.send(0.0, "a", {}, None)
    [first] = receive(queue, 0.0)
    [second] = receive(queue, 1.0)

    assert (first.receive_count, second.receive_count) == (1, 2)
    assert first.handle != second.handle


def test_redrive_moves_at_the_receive_past_the_maximum() -> None:
    """With a maximum of 2 the handler sees counts 1 and 2, and then the same id is in the dead-letter queue."""
    dead = sqs.Queue("dead")
    queue = make_queue(visibility_timeout=1, redrive=sqs.Redrive(dead, max_receive_count=2))
    other = make_queue("dead")
    machines = Machines(queue, other)
    message = queue.send(0.0, "a", {}, None)
    counts = [record.receive_count for now in (0.0, 1.0) for record in receive(queue, now)]

    assert receive(queue, 2.0) == []
    machines.drain(2.0)

    assert counts == [1, 2]
    assert queue.outstanding() == 0
    assert [each.name(other.birth.ids) for each in other.messages()] == [message.name(queue.birth.ids)]
    assert [each.sent_at for each in other.messages()] == [0.0]


def test_refused_move_stays_hidden_for_one_more_visibility_timeout() -> None:
    """A dead-letter queue that is not there leaves the message where it was."""
    queue = make_queue(visibility_timeout=10, redrive=sqs.Redrive(sqs.Queue("dead"), max_receive_count=1))
    queue.send(0.0, "a", {}, None)
    receive(queue, 0.0)
    receive(queue, 10.0)
    [move] = [effect for effect in queue.effects if isinstance(effect, Deliver)]
    queue.delivered(10.0, move.token, "ResourceNotFoundException")

    assert queue.outstanding() == 1
    assert queue.counts(19.9)["ApproximateNumberOfMessagesNotVisible"] == 1
    assert queue.counts(20.0)["ApproximateNumberOfMessages"] == 1


@pytest.mark.parametrize(("at", "left"), [(59.9, 1), (60.0, 0)])
def test_retention(at: float, left: int) -> None:
    """A message is dropped when its retention period is over, in flight too."""
    queue = make_queue(message_retention_period=60)
    queue.send(0.0, "a", {}, None)
    receive(queue, 50.0)

    queue.wake(at)

    assert queue.outstanding() == left


def test_delay() -> None:
    """A delayed message is counted as delayed, and receivable at its time."""
    queue = make_queue(delay_seconds=5)
    queue.send(0.0, "queue's", {}, None)
    queue.send(0.0, "own", {}, None, 2)

    assert queue.counts(0.0)["ApproximateNumberOfMessagesDelayed"] == 2
    assert bodies(receive(queue, 2.0)) == ["own"]
    assert bodies(receive(queue, 5.0)) == ["queue's"]


def test_delay_of_a_second_is_due_before_the_retention() -> None:
    """Behind a message without a delay."""
    queue = make_queue(message_retention_period=60)
    queue.send(0.0, "at once", {}, None)
    queue.send(0.0, "later", {}, None, 1)

    assert queue.next_deadline() == 1.0


def test_dead_letter_is_not_delayed() -> None:
    """It has waited."""
    queue = make_queue(visibility_timeout=1, redrive=sqs.Redrive(sqs.Queue("dead"), max_receive_count=1))
    other = make_queue("dead", delay_seconds=5)
    queue.send(0.0, "a", {}, None)
    receive(queue, 0.0)
    receive(queue, 1.0)
    Machines(queue, other).drain(1.0)

    assert bodies(receive(other, 1.0)) == ["a"]


def test_queue_is_as_old_as_its_bus_until_it_is_changed() -> None:
    """What is shown as LastModifiedTimestamp; a refused change is none."""
    queue = make_queue()
    with pytest.raises(sqs.InvalidAttributeValue):
        queue.change_settings(5.0, {"DelaySeconds": "901"})
    assert queue.changed_at == 0.0

    queue.change_settings(6.0, {"DelaySeconds": "900"})

    assert queue.changed_at == 6.0


def test_arrived_is_said_once_after_a_receive_that_found_too_little() -> None:
    """A source speaks up once, not per message."""
    queue = make_queue()
    queue.receive(0.0, Receive(queue.arn, READER, 1, 10))
    queue.effects.clear()
    queue.send(0.0, "a", {}, None)
    queue.send(0.0, "b", {}, None)

    assert [type(effect) for effect in queue.effects] == [Arrived]


def test_settle_answers_and_release_shows_again() -> None:
    """Settled records are gone; released ones may be received at once."""
    queue = make_queue()
    queue.send(0.0, "a", {}, None)
    queue.send(0.0, "b", {}, None)
    queue.receive(0.0, Receive(queue.arn, READER, 1, 10))
    [answer] = [effect for effect in queue.effects if isinstance(effect, Received)]
    first, second = answer.records
    queue.settle(0.0, Settle(queue.arn, READER, 2, [first.receipt]))
    queue.release(0.0, Release(queue.arn, [second.receipt, 99]))

    assert [effect.failed for effect in queue.effects if isinstance(effect, Settled)] == [[]]
    assert bodies(receive(queue, 0.0)) == ["b"]


def test_back_of_the_line_after_three_receives() -> None:
    """With a redrive policy of more than 3, one that was received 3 times goes behind the others."""
    queue = make_queue(visibility_timeout=1, redrive=sqs.Redrive(sqs.Queue("dead"), max_receive_count=4))
    queue.send(0.0, "poison", {}, None)
    for now in (0.0, 1.0, 2.0):
        receive(queue, now, 1)
    queue.send(2.5, "fresh", {}, None)

    assert bodies(receive(queue, 3.0, 1)) == ["fresh"]


def test_standard_event_is_the_golden() -> None:
    """The event of two messages, as recorded."""
    queue = make_queue(visibility_timeout=2)
    queue.send(
        0.0,
        "two",
        {"kind": ("String", "order"), "n": ("Number", "3"), "raw": ("Binary", b"\x00\x01")},
        None,
    )
    receive(queue, 1.0)
    queue.send(0.0, "one", {}, None)

    records: list[Any] = sorted(receive(queue, 5.0), key=lambda record: str(record.message.body))
    event = queue.to_event(records)

    match(load("sqs/standard"), event)


def test_fifo_event_is_the_golden() -> None:
    """The event of a FIFO queue shows group, deduplication id and sequence number."""
    queue = make_queue("orders.fifo")
    golden = load("sqs/fifo")
    body = golden["Records"][0]["body"]
    queue.send(0.0, body, {}, None, None, More(group="g", deduplication_id="d1"))

    match(golden, queue.to_event(receive(queue, 5.0)))


def test_dead_letter_event_is_the_golden() -> None:
    """A dead letter names the queue that it came from."""
    queue = make_queue(visibility_timeout=1, redrive=sqs.Redrive(sqs.Queue("orders-dead"), max_receive_count=1))
    other = make_queue("orders-dead")
    queue.send(0.0, "one", {}, None)
    receive(queue, 0.0)
    receive(queue, 1.0)
    Machines(queue, other).drain(1.0)

    match(load("sqs/from_dead_letter"), other.to_event(receive(other, 2.0)))


def test_a_long_queue_forgets_what_is_gone() -> None:
    """A message that stays holds nothing of the many that went by."""
    queue = make_queue()
    queue.send(0.0, "stays", {}, None)
    receive(queue, 0.0, visibility=40_000)
    for _ in range(1_000):
        queue.send(0.0, "goes", {}, None)
        for record in receive(queue, 0.0):
            queue.delete(0.0, record.handle)

    assert queue.outstanding() == 1
    assert queue._contents is not None
    assert len(queue._contents.ages._line) < 100


def test_dead_letter_queue_counts_its_own_receives() -> None:
    """The count shown goes on over all queues (bc:sqs), what redrive looks at starts again."""
    last = sqs.Queue("last")
    middle = sqs.Queue("middle", visibility_timeout=1, redrive=sqs.Redrive(last, max_receive_count=2))
    queue = make_queue(visibility_timeout=1, redrive=sqs.Redrive(middle, max_receive_count=3))
    second = middle.machine(birth(middle.arn))
    machines = Machines(queue, second, make_queue("last"))
    queue.send(0.0, "a", {}, None)
    counts = []
    for now in range(10):
        for each in (queue, second):
            counts += [record.receive_count for record in receive(each, float(now))]
            machines.drain(float(now))

    assert counts == [1, 2, 3, 4, 5]
    assert [machine.outstanding() for machine in machines.machines.values()] == [0, 0, 1]


def test_message_on_its_way_can_not_be_touched() -> None:
    """Until its dead-letter queue has answered, old receipts do nothing; a late answer finds what it left."""
    queue = make_queue(visibility_timeout=10, redrive=sqs.Redrive(sqs.Queue("dead"), max_receive_count=1))
    queue.send(0.0, "a", {}, None)
    [record] = receive(queue, 0.0)
    receive(queue, 10.0)
    [move] = [effect for effect in queue.effects if isinstance(effect, Deliver)]
    queue.delete(11.0, record.handle)
    queue.settle(11.0, Settle(queue.arn, READER, 1, [record.receipt]))
    queue.release(11.0, Release(queue.arn, [record.receipt]))
    with pytest.raises(sqs.InvalidParameterValue):
        queue.change_visibility(11.0, record.handle, 0)

    assert queue.outstanding() == 1
    queue.delivered(12.0, move.token, None)
    queue.delivered(12.0, move.token, None)
    assert queue.outstanding() == 0
    assert set(queue.counts(12.0).values()) == {0}


@pytest.mark.parametrize("error", [None, "ResourceNotFoundException"])
def test_purge_while_a_message_is_on_its_way(error: str | None) -> None:
    """The answer changes nothing any more."""
    queue = make_queue(visibility_timeout=10, redrive=sqs.Redrive(sqs.Queue("dead"), max_receive_count=1))
    queue.send(0.0, "a", {}, None)
    receive(queue, 0.0)
    receive(queue, 10.0)
    [move] = [effect for effect in queue.effects if isinstance(effect, Deliver)]
    queue.purge(10.0)
    queue.send(10.0, "b", {}, None)
    queue.delivered(11.0, move.token, error)

    assert list(queue.counts(11.0).values()) == [1, 0, 0]


def test_retention_ends_while_a_message_is_on_its_way() -> None:
    """It is dropped once, and not counted twice."""
    queue = make_queue(
        visibility_timeout=10, message_retention_period=60, redrive=sqs.Redrive(sqs.Queue("dead"), max_receive_count=1)
    )
    queue.send(0.0, "a", {}, None)
    receive(queue, 0.0)
    receive(queue, 10.0)
    [move] = [effect for effect in queue.effects if isinstance(effect, Deliver)]
    queue.wake(60.0)
    queue.delivered(61.0, move.token, None)

    assert set(queue.counts(61.0).values()) == {0}


def test_fifo_dead_letter_keeps_group_and_id() -> None:
    """Its deduplication id is its id, its age starts again."""
    dead = sqs.Queue("dead.fifo")
    queue = make_queue("orders.fifo", visibility_timeout=1, redrive=sqs.Redrive(dead, max_receive_count=1))
    other = make_queue("dead.fifo")
    message = queue.send(0.0, "a", {}, None, None, More(group="g", deduplication_id="d"))
    receive(queue, 0.0)
    receive(queue, 1.0)
    Machines(queue, other).drain(1.0)

    [letter] = other.messages()
    assert letter.more is not None
    assert (letter.more.group, letter.more.deduplication_id) == ("g", message.name(queue.birth.ids))
    assert letter.sent_at == 1.0


def test_fifo_group_goes_on_while_a_message_is_on_its_way() -> None:
    """What is moved no longer holds up its group (recorded 2023-12)."""
    dead = sqs.Queue("dead.fifo")
    queue = make_queue("orders.fifo", visibility_timeout=1, redrive=sqs.Redrive(dead, max_receive_count=1))
    for number in range(2):
        queue.send(0.0, str(number), {}, None, None, More(group="g", deduplication_id=str(number)))
    receive(queue, 0.0, 1)

    assert bodies(receive(queue, 1.0)) == ["1"]


def test_arrived_when_a_fifo_group_is_free_again() -> None:
    """Not when a message arrives behind one in flight."""
    queue = make_queue("orders.fifo")
    queue.send(0.0, "a", {}, None, None, More(group="g", deduplication_id="a"))
    queue.receive(0.0, Receive(queue.arn, READER, 1, 10))
    [answer] = [effect for effect in queue.effects if isinstance(effect, Received)]
    queue.send(0.0, "b", {}, None, None, More(group="g", deduplication_id="b"))
    assert not [effect for effect in queue.effects if isinstance(effect, Arrived)]
    queue.settle(1.0, Settle(queue.arn, READER, 2, [answer.records[0].receipt]))

    assert len([effect for effect in queue.effects if isinstance(effect, Arrived)]) == 1


@pytest.mark.parametrize("how", ["visible again", "delay over"])
def test_arrived_when_time_makes_a_message_receivable(how: str) -> None:
    """Once, when the queue is woken."""
    queue = make_queue(visibility_timeout=5)
    queue.send(0.0, "a", {}, None, 5 if how == "delay over" else None)
    queue.receive(0.0, Receive(queue.arn, READER, 1, 10))
    queue.effects.clear()
    assert queue.next_deadline() == 5.0
    queue.wake(5.0)

    assert [type(effect) for effect in queue.effects] == [Arrived]


def test_settle_on_fifo_refuses_what_is_over() -> None:
    """A receipt whose visibility has ended, or of an earlier receive; a deleted message is no failure."""
    queue = make_queue("orders.fifo", visibility_timeout=5)
    for number in range(2):
        queue.send(0.0, str(number), {}, None, None, More(group=str(number), deduplication_id=str(number)))
    old = receive(queue, 0.0)
    new = receive(queue, 5.0, 1)
    queue.settle(6.0, Settle(queue.arn, READER, 1, [old[0].receipt, old[1].receipt]))
    queue.settle(6.0, Settle(queue.arn, READER, 2, [new[0].receipt, new[0].receipt]))

    assert [effect.failed for effect in queue.effects if isinstance(effect, Settled)] == [
        [old[0].receipt, old[1].receipt],
        [],
    ]
    assert queue.outstanding() == 1


def test_what_happened_is_noted() -> None:
    """Ids are numbers; what one receive gave out, or one instant brought back, is one note."""
    queue = make_queue(visibility_timeout=5, message_retention_period=60)
    for number in range(2):
        queue.send(0.0, str(number), {}, None)
    queue.receive(0.0, Receive(queue.arn, READER, 1, 10))
    queue.wake(5.0)
    [first, _] = receive(queue, 5.0)
    queue.settle(6.0, Settle(queue.arn, READER, 2, [first.receipt]))
    queue.wake(10.0)
    queue.wake(60.0)

    assert queue.notes == [
        ("sent", queue.arn, 1, None, None),
        ("sent", queue.arn, 2, None, None),
        ("received", queue.arn, [1, 2], READER, None),
        ("returned", queue.arn, [1, 2], "visible again", None),
        ("received", queue.arn, [1, 2], "client", None),
        ("deleted", queue.arn, 1, None, None),
        ("returned", queue.arn, [2], "visible again", None),
        ("dropped", queue.arn, 2, "retention period over", None),
    ]


class Comparison(RuleBasedStateMachine):
    """The machine beside the plain model, call by call."""

    fifo = False

    @initialize(
        visibility=st.sampled_from([0, 2, 5]),
        delay=st.sampled_from([0, 3]),
        maximum=st.sampled_from([None, 1, 2, 4]),
        scope=st.sampled_from(["queue", "messageGroup"]),
    )
    def start(self, visibility: int, delay: int, maximum: int | None, scope: Any) -> None:
        name, dead = ("orders.fifo", "dead.fifo") if self.fifo else ("orders", "dead")
        more: dict[str, Any] = {"deduplication_scope": scope} if self.fifo else {}
        redrive = None if maximum is None else sqs.Redrive(sqs.Queue(dead), max_receive_count=maximum)
        self.queue = make_queue(
            name,
            visibility_timeout=visibility,
            delay_seconds=delay,
            redrive=redrive,
            message_retention_period=60,
            **more,
        )
        self.other = make_queue(dead, message_retention_period=1_209_600)
        self.model = QueueModel(
            fifo=self.fifo,
            visibility_timeout=visibility,
            delay_seconds=delay,
            message_retention_period=60.0,
            max_receive_count=maximum,
            deduplication_scope=scope if self.fifo else "queue",
        )
        self.now = 0.0
        self.receipts: list[tuple[str, str]] = []  # ours, the model's: of the last receives

    @rule(seconds=st.sampled_from([0.5, 1.0, 2.0, 3.0, 20.0]))
    def time_passes(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := self.queue.next_deadline()) <= end:
            self.queue.wake(due)
            assert self.queue.next_deadline() > due
        self.now = end

    @rule(seconds=st.sampled_from([1.0, 4.0, 9.0]))
    def time_passes_unwatched(self, seconds: float) -> None:
        """Nobody wakes the queue: the next call finds several things due."""
        self.now += seconds

    @rule(group=st.sampled_from("abc"), dedup=st.integers(0, 20), delay=st.sampled_from([None, 0, 4]))
    def send(self, group: str, dedup: int, delay: int | None) -> None:
        if self.fifo:
            number = self.model.send(self.now, "x", group=group, dedup=str(dedup))
            more = More(group=group, deduplication_id=str(dedup))
            message = self.queue.send(self.now, "x", {}, None, None, more)
        else:
            number = self.model.send(self.now, "x", delay=delay)
            message = self.queue.send(self.now, "x", {}, None, delay)
        assert message.number - 1 == number

    @rule(limit=st.integers(1, 10), visibility=st.sampled_from([None, 0, 1, 7]))
    def receive(self, limit: int, visibility: int | None) -> None:
        theirs = self.model.receive(self.now, limit, visibility=visibility)
        ours = receive(self.queue, self.now, limit, visibility)
        Machines(self.queue, self.other).drain(self.now)
        assert [record.message.number - 1 for record in ours] == [number for number, _ in theirs]
        self.receipts = ([(o.handle, t[1]) for o, t in zip(ours, theirs, strict=True)] + self.receipts)[:12]

    @rule(at=st.integers(0, 11))
    def delete(self, at: int) -> None:
        if at < len(self.receipts):
            ours, theirs = self.receipts.pop(at)
            expected = self.model.delete(self.now, theirs)
            if expected == "InvalidParameterValue" and not self.known(ours):
                return  # of a message that is gone, but was not deleted: not told apart
            try:
                self.queue.delete(self.now, ours)
            except sqs.SqsError as error:
                assert expected == error.code
            else:
                assert isinstance(expected, bool)

    def known(self, handle: str) -> bool:
        receipt = receipt_of(self.queue.birth.ids, handle)
        return receipt is not None and self.queue._of_receipt(receipt) is not None

    @rule(at=st.integers(0, 11), seconds=st.sampled_from([0, 3, 30]))
    def change_visibility(self, at: int, seconds: int) -> None:
        if at < len(self.receipts):
            ours, theirs = self.receipts[at]
            expected = self.model.change_visibility(self.now, theirs, seconds)
            try:
                self.queue.change_visibility(self.now, ours, seconds)
            except sqs.SqsError as error:
                assert expected == error.code
            else:
                assert expected is True

    @rule()
    def purge(self) -> None:
        expected = self.model.purge(self.now)
        try:
            self.queue.purge(self.now)
        except sqs.PurgeQueueInProgress:
            assert expected == "PurgeQueueInProgress"
        else:
            assert expected is True

    @rule()
    def go_on_with_a_copy(self) -> None:
        self.queue = copy.deepcopy(self.queue)

    @invariant()
    def counts_agree(self) -> None:
        if not hasattr(self, "queue"):
            return
        counts = self.queue.counts(self.now)
        assert counts["ApproximateNumberOfMessages"] == self.model.visible(self.now)
        assert counts["ApproximateNumberOfMessagesNotVisible"] == self.model.in_flight(self.now)
        assert counts["ApproximateNumberOfMessagesDelayed"] == self.model.delayed(self.now)
        moved = [int((m.more.name or "0")[-12:], 16) - 1 for m in self.other.messages() if m.more is not None]
        assert sorted(moved) == sorted(self.model.dead(self.now))


class FifoComparison(Comparison):
    fifo = True


TestStandardQueue = Comparison.TestCase
TestFifoQueue = FifoComparison.TestCase
for _case in (TestStandardQueue, TestFifoQueue):
    _case.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
