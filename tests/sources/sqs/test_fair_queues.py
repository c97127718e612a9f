"""Groups on standard queues: who is noisy, whose messages come first; and against the independent model."""

import asyncio
import copy
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

import eventbus
from eventbus import App
from sources import sqs
from sources.sqs.fair_line import FairLine
from sources.sqs.lines import StandardLine
from sources.sqs.machine import QueueMachine
from sources.sqs.message import More
from tests.contracts.fair_queue_model import FairQueueModel
from tests.golden import load, match
from tests.sources.helpers import Machines, client, done, make_queue
from tests.sources.sqs.test_lines import calls
from tests.sources.sqs.test_machine import Comparison, bodies, receive


def send(queue: QueueMachine, group: str | None, count: int = 1, *, now: float = 0.0, delay: float = 0) -> None:
    """So many messages whose bodies say their group."""
    for _ in range(count):
        queue.send(now, group or "-", {}, None, delay, None if group is None else More(group=group))


def flown(*groups: tuple[str | None, int]) -> QueueMachine:
    """A queue that has as many messages of each group in flight, and no others."""
    queue = make_queue()
    for group, count in groups:
        send(queue, group, count)
        receive(queue, 0.0, count)
    return queue


def line_of(queue: QueueMachine) -> FairLine:
    assert queue._contents is not None
    line = queue._contents.line
    assert isinstance(line, FairLine)
    return line


def given(queue: QueueMachine, limit: int = 10, now: float = 0.0) -> str:
    return "".join(bodies(receive(queue, now, limit)))


def test_quiet_groups_come_before_the_backlog_of_a_noisy_one() -> None:
    """Its own messages follow when nobody else has any."""
    queue = make_queue()
    send(queue, "a", 25)
    send(queue, "b", 2)
    send(queue, "c", 2)

    assert given(queue) == "a" * 10
    assert given(queue) == "bbcc" + "a" * 6
    assert given(queue) == "a" * 9


@pytest.mark.parametrize(
    ("in_flight", "order"),
    [
        ([("a", 2), ("b", 1), ("c", 1)], "ad"),
        ([("a", 3), ("b", 1), ("c", 1)], "da"),
        ([("a", 3), ("b", 2), ("c", 1)], "ad"),
    ],
    ids=["twice the mean", "more than that", "twice the mean again"],
)
def test_noisy_is_who_has_more_than_twice_the_mean_in_flight(in_flight: list[tuple[str, int]], order: str) -> None:
    """The mean of the groups here: of the one that waits with nothing in flight too."""
    queue = flown(*in_flight)
    send(queue, "a")
    send(queue, "d")

    assert given(queue) == order


def test_of_two_groups_none_is_noisy() -> None:
    """No share is more than twice the mean of two."""
    queue = flown(("a", 100))
    send(queue, "a")
    send(queue, "b")

    assert given(queue) == "ab"


def test_message_without_a_group_is_a_tenant_of_its_own() -> None:
    """It counts among them, and is never noisy itself."""
    queue = flown(("a", 3))
    send(queue, "a")
    send(queue, None, 2)

    assert given(queue) == "--a"


def test_message_without_a_group_in_flight_is_a_tenant_too() -> None:
    """From before the first group, and from after it."""
    queue = make_queue()
    send(queue, None)
    receive(queue, 0.0)
    send(queue, "a", 5)
    receive(queue, 0.0, 5)
    send(queue, None)
    receive(queue, 0.0)
    send(queue, "a")
    send(queue, "b")

    assert given(queue) == "ba"  # 5 of 7 in flight, four tenants


def test_message_without_a_group_counts_until_it_is_gone() -> None:
    """Deleted, it is no tenant any more."""
    queue = flown(("a", 3), (None, 1))
    send(queue, "a")
    send(queue, "b")
    assert queue.statistics(0.0)["ApproximateNumberOfNoisyGroups"] == 1  # 3 of 4 in flight, three tenants

    [last] = [message for message in queue.messages() if message.more is None]
    queue.forget(last)

    assert given(queue) == "ab"


def test_delayed_messages_do_not_count() -> None:
    """Their tenants are here when they can be received."""
    queue = make_queue()
    send(queue, None, delay=9)
    send(queue, "b", delay=9)
    send(queue, "a", 3)
    receive(queue, 0.0)
    send(queue, "a", 2)
    send(queue, "c")

    assert given(queue, 1) == "a"
    assert given(queue, now=9.0) == "c-ba"


def test_delayed_message_that_is_dropped_changes_nothing() -> None:
    """Its retention is over before its delay: it was never here."""
    queue = make_queue(message_retention_period=60)
    send(queue, "a", delay=900)
    send(queue, None, delay=900)
    send(queue, "a", 3, now=50.0)
    receive(queue, 50.0, 2)
    send(queue, "b", now=60.0)
    send(queue, "c", now=60.0)

    assert given(queue, now=60.0) == "bca"  # 2 of 2 in flight, three tenants
    assert (line_of(queue)._alone_count, line_of(queue)._out) == (0, 5)
    assert [tenant.count for tenant in line_of(queue)._tenants.values()] == [3, 1, 1]


def test_who_is_noisy_is_found_out_once_for_a_receive() -> None:
    """What it gives out itself makes nobody noisy before the next."""
    queue = make_queue()
    send(queue, "a", 6)
    send(queue, "b")
    send(queue, "c")

    assert given(queue, 5) == "aaaaa"
    assert given(queue, 5) == "bca"


def test_several_of_one_group_are_in_flight_at_once() -> None:
    """No order and no lock."""
    queue = make_queue()
    send(queue, "a", 2)

    assert [given(queue, 1), given(queue, 1)] == ["a", "a"]


@pytest.mark.parametrize("how", ["delete", "release"])
def test_group_is_quiet_again_when_less_is_in_flight(how: str) -> None:
    """Deleted, or visible again."""
    queue = make_queue()
    send(queue, "a", 4)
    records = receive(queue, 0.0, 3)
    send(queue, "b", 1)
    send(queue, "c", 1)
    assert queue.statistics(0.0)["ApproximateNumberOfNoisyGroups"] == 1

    for record in records:
        if how == "delete":
            queue.delete(0.0, record.handle)
        else:
            queue.change_visibility(0.0, record.handle, 0)

    assert given(queue) == ("abc" if how == "delete" else "aaaabc")


def test_returned_message_stands_where_it_stood() -> None:
    """Before all that were sent after it, of whatever group or none."""
    queue = make_queue(visibility_timeout=1)
    for group in ("a", None, "b"):
        send(queue, group)
    assert given(queue, 2) == "a-"
    send(queue, "a")

    assert given(queue, now=1.0) == "a-ba"


def test_back_of_the_line_after_three_receives() -> None:
    """Where the redrive policy allows more than three (sqs:sqs-dead-letter-queues)."""
    queue = make_queue(visibility_timeout=1, redrive=sqs.Redrive(sqs.Queue("dead"), max_receive_count=4))
    send(queue, "a")
    for now in (0.0, 1.0, 2.0):
        given(queue, 1, now)
    send(queue, "b", now=2.0)

    assert given(queue, now=3.0) == "ba"


def test_message_hidden_late_comes_back_once() -> None:
    """Its visibility was over, and is changed by its old receipt."""
    queue = make_queue(visibility_timeout=1)
    send(queue, "a")
    [record] = receive(queue, 0.0)
    send(queue, "b", now=1.0)
    queue.change_visibility(1.0, record.handle, 2)
    assert queue.statistics(1.0)["ApproximateNumberOfMessagesNotVisibleInQuietGroups"] == 1

    assert given(queue, now=3.0) == "ab"


def test_dead_letter_keeps_its_group_and_takes_it_back() -> None:
    """Through redrive and a move task."""
    dead_queue = sqs.Queue("dead")
    source = make_queue("orders", visibility_timeout=1, redrive=sqs.Redrive(dead_queue, max_receive_count=1))
    dead, machine, feed = client(dead_queue, source)
    send(source, "a")
    given(source)
    given(source, now=1.0)
    feed.now = 1.0

    async def main() -> list[Any]:
        await dead.get_queue_attributes()
        letters = [message.attributes["MessageGroupId"] for message in await dead.peek()]
        await dead.start_message_move_task()
        return letters

    assert done(main()) == ["a"]
    assert [record.group for record in receive(source, 1.0)] == ["a"]
    assert not line_of(machine)._tenants


def test_dead_letters_on_their_way_are_in_flight() -> None:
    """As everywhere: until the other queue has taken them."""
    queue = make_queue(visibility_timeout=1, redrive=sqs.Redrive(sqs.Queue("dead"), max_receive_count=1))
    send(queue, "a", 3)
    given(queue)
    assert given(queue, now=1.0) == ""
    send(queue, "a", now=1.0)
    send(queue, "b", now=1.0)
    send(queue, "c", now=1.0)
    assert queue.statistics(1.0)["ApproximateNumberOfNoisyGroups"] == 1

    Machines(queue, make_queue("dead")).drain(1.0)

    assert queue.statistics(1.0)["ApproximateNumberOfNoisyGroups"] == 0
    assert given(queue, now=1.0) == "abc"


def test_send_with_a_group() -> None:
    """One by one and in a batch; the attributes of a receive show it, and no deduplication."""
    orders, _, _ = client(sqs.Queue("orders"))

    async def main() -> list[dict[str, str]]:
        sent = await orders.send_message("x", message_group_id="!" * 128, delay_seconds=0)
        assert sent.sequence_number is None
        await orders.send_message_batch([{"id": "1", "message_body": "y", "message_group_id": "b"}])
        found = await orders.receive_message(
            max_number_of_messages=10, message_system_attribute_names=["MessageGroupId", "MessageDeduplicationId"]
        )
        return [message.attributes for message in found]

    assert done(main()) == [{"MessageGroupId": "!" * 128}, {"MessageGroupId": "b"}]


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"message_group_id": ""}, "MessageGroupId"),
        ({"message_group_id": "g" * 129}, "MessageGroupId"),
        ({"message_group_id": "a b"}, "MessageGroupId"),
        ({"message_group_id": 7}, "MessageGroupId"),
        ({"message_group_id": "g", "message_deduplication_id": "d"}, "MessageDeduplicationId.*not valid for this"),
        ({"message_deduplication_id": "d"}, "MessageDeduplicationId.*not valid for this queue type"),
    ],
    ids=["empty", "129", "blank", "number", "deduplication id", "only that"],
)
def test_what_a_standard_queue_refuses(parameters: dict[str, Any], text: str) -> None:
    """Groups as FIFO queues do (sqs:quotas-messages), deduplication at all."""
    orders, machine, _ = client(sqs.Queue("orders"))

    with pytest.raises(sqs.InvalidParameterValue, match=text):
        done(orders.send_message("x", **parameters))
    assert machine.outstanding() == 0


def test_event_shows_the_group() -> None:
    """Otherwise it is the event of a queue without groups."""
    queue = make_queue()
    golden = load("sqs/standard")
    del golden["Records"][1]
    golden["Records"][0]["attributes"]["MessageGroupId"] = "g"
    queue.send(0.0, "one", {}, None, None, More(group="g"))

    match(golden, queue.to_event(receive(queue, 5.0)))


def test_batches_of_one_group_run_in_parallel() -> None:
    """A mapping keeps nothing in order, and nothing back."""
    app = App()
    orders = app.add(sqs.Queue("orders"))
    running, most = 0, 0

    @app.function
    async def bill(event: sqs.SqsEvent, context: Any) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(1)
        running -= 1

    app.map(orders, bill, batch_size=1)

    async def main() -> None:
        async with app.start() as bus:
            for _ in range(3):
                await bus[orders].send_message("x", message_group_id="g")
            await bus.settle()

    eventbus.run(main, virtual=True)
    assert most == 3


def test_queue_without_groups_owns_nothing_for_them() -> None:
    """Until the first message that has one; after a purge again."""
    queue = make_queue()
    send(queue, None)
    assert queue._contents is not None
    assert isinstance(queue._contents.line, StandardLine)
    assert queue.statistics(0.0) == {}

    send(queue, "a")
    line_of(queue)
    queue.purge(0.0)
    send(queue, None)

    assert isinstance(queue._contents.line, StandardLine)


def test_statistics() -> None:
    """Under CloudWatch's names: how many groups are noisy, and what the others have."""
    queue = make_queue(visibility_timeout=100)
    send(queue, "a", 9)
    receive(queue, 0.0, 8)
    send(queue, None, now=3.0)
    send(queue, "b", 4, now=4.0)
    queue.take(4.0, 1, None, "client")
    send(queue, "c", 2, now=5.0, delay=50)

    assert queue.statistics(10.0) == {
        "ApproximateNumberOfNoisyGroups": 1,
        "ApproximateNumberOfMessagesVisibleInQuietGroups": 4,
        "ApproximateNumberOfMessagesNotVisibleInQuietGroups": 1,
        "ApproximateNumberOfMessagesDelayedInQuietGroups": 2,
        "ApproximateAgeOfOldestMessageInQuietGroups": 7.0,
    }


def test_nobody_is_noisy_without_a_backlog() -> None:
    """All that is here is in flight."""
    queue = flown(("a", 9), ("b", 1), ("c", 1))

    assert queue.statistics(5.0) == {
        "ApproximateNumberOfNoisyGroups": 0,
        "ApproximateNumberOfMessagesVisibleInQuietGroups": 0,
        "ApproximateNumberOfMessagesNotVisibleInQuietGroups": 11,
        "ApproximateNumberOfMessagesDelayedInQuietGroups": 0,
        "ApproximateAgeOfOldestMessageInQuietGroups": 5.0,
    }


def test_groups_that_are_gone_are_forgotten() -> None:
    """Groups may be as many as messages."""
    queue = make_queue()
    for number in range(100):
        send(queue, f"group {number}")
        for record in receive(queue, 0.0):
            queue.delete(0.0, record.handle)

    assert not line_of(queue)._tenants
    assert not line_of(queue).ready()
    assert not line_of(queue)._starts
    assert queue.statistics(0.0)["ApproximateAgeOfOldestMessageInQuietGroups"] == 0


def test_poison_at_the_head_costs_nothing() -> None:
    """One that returns for ever leaves nothing behind of those that went by."""
    queue = make_queue(visibility_timeout=100)
    send(queue, "a")
    for _ in range(1_000):
        send(queue, "a")
        send(queue, "b")
        poison, *others = receive(queue, 0.0)
        for record in others:
            queue.delete(0.0, record.handle)
        queue.change_visibility(0.0, poison.handle, 0)
    line = line_of(queue)
    [tenant] = line._tenants.values()

    assert len(tenant._fresh) + len(tenant._returned) + len(tenant.starts) + len(line._starts) < 100


def test_poison_before_one_that_waits_costs_nothing() -> None:
    """However often it goes and returns."""
    queue = make_queue()
    send(queue, "a", 2)
    for _ in range(1_000):
        [record] = receive(queue, 0.0, 1)
        queue.change_visibility(0.0, record.handle, 0)

    assert len(line_of(queue)._starts) <= 2


@pytest.mark.parametrize("groups", [1, 100])
def test_cost_of_a_message_does_not_depend_on_depth(groups: int) -> None:
    """A hundred times as deep, the same work."""
    assert calls(20_000, "orders", groups) == pytest.approx(calls(200, "orders", groups), rel=0.1)


GROUPS = ["a", "a", "a", "a", "b", "c", "d", None]


class FairComparison(Comparison):
    """The machine beside the plain model, call by call."""

    @initialize(
        visibility=st.sampled_from([2, 5, 20]),
        delay=st.sampled_from([0, 0, 3]),
        maximum=st.sampled_from([None, 1, 2, 4]),
        scope=st.just("queue"),
    )
    def start(self, visibility: int, delay: int, maximum: int | None, scope: Any) -> None:
        super().start(visibility, delay, maximum, scope)
        self.model = FairQueueModel(
            visibility_timeout=visibility,
            delay_seconds=delay,
            message_retention_period=60.0,
            max_receive_count=maximum,
        )

    @rule(groups=st.lists(st.sampled_from(GROUPS), min_size=4, max_size=12), delay=st.sampled_from([None, 0, 4]))
    def send(self, groups: list[str | None], delay: int | None) -> None:
        for group in groups:
            number = self.model.send(self.now, "x", delay=delay, group=group)
            more = None if group is None else More(group=group)
            assert self.queue.send(self.now, "x", {}, None, delay, more).number - 1 == number

    @rule(limits=st.lists(st.integers(1, 4), min_size=1, max_size=3))
    def receive_some(self, limits: list[int]) -> None:
        """And leave something to the next."""
        for limit in limits:
            self.receive(limit, None)

    @invariant()
    def statistics_agree(self) -> None:
        statistics = self.queue.statistics(self.now) if hasattr(self, "queue") else None
        if not statistics:
            return
        assert isinstance(self.model, FairQueueModel)
        quiet = self.model.quiet(self.now)
        assert list(statistics.values()) == [
            len(self.model.noisy(self.now)),
            *(sum(message.state == state for message in quiet) for state in ("visible", "in flight", "delayed")),
            self.now - min((message.sent_at for message in quiet), default=self.now),
        ]


TestFairQueue = FairComparison.TestCase
TestFairQueue.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)


def test_copies_go_their_own_way() -> None:
    """A deep copy in the middle of it gives out the same, and shares nothing."""
    queue = flown(("a", 3))
    send(queue, "a")
    send(queue, "b")
    send(queue, "c")
    other = copy.deepcopy(queue)

    assert given(other) == given(queue) == "bca"
