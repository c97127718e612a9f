"""A mapping on a queue: what it polls, invokes, settles and lets go, and when."""

import copy
import json
from collections.abc import Sequence
from math import inf
from typing import Any

import pytest
from attrs import define, evolve, field
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eventbus.core.batching import EVENT_LIMIT, event_size
from eventbus.core.effects import Arrived, Cause, Effect, Invoke, Note, Receive, Received, Release, Settle, Settled
from eventbus.core.outcomes import NULL, HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut
from eventbus.core.profile import Profile
from eventbus.core.queue_mapping import QueueMapping, QueueMappingConfig, ResourceInUseException
from eventbus.errors import InvalidSetting
from eventbus.names import Arn, Ids, arn_of, function_arn
from eventbus.ports import Birth
from eventbus.testing.late_source import LateQueue, LateRecord, LateSource, Promises
from tests.contracts.partial_batch_table import NOT_JSON, RAISES, ROWS, Row, with_ids

QUEUE = arn_of("late", "orders")
BILL = function_arn("bill")
FAILED = HandlerFailed("ValueError", "boom", "id", ())
FULL = Throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
REPORT = "ReportBatchItemFailures"


def make_mapping(
    *, fifo: bool = False, lease: float = 30.0, profile: Profile | None = None, **settings: Any
) -> QueueMapping:
    """A mapping that was woken at 0 s and has polled."""
    mapping = QueueMapping(
        address=Arn("mapping"),
        source=QUEUE,
        function=BILL,
        config=QueueMappingConfig(**settings),
        fifo=fifo,
        lease=lease,
        ids=Ids(7, Arn("mapping")),
        profile=profile or Profile(),
    )
    mapping.wake(0.0)
    return mapping


def make_records(count: int, *, first: int = 0, group: str | None = None, body: str = "a") -> list[LateRecord]:
    return [LateRecord(number, body, group, f"{number}/1", 1) for number in range(first, first + count)]


def take(mapping: QueueMapping, kind: type[Any]) -> list[Any]:
    """Its effects of this kind since the last take, which are then forgotten with all others."""
    taken = [effect for effect in mapping.effects if type(effect) is kind]
    mapping.effects.clear()
    return taken


def answer(mapping: QueueMapping, now: float, records: Sequence[LateRecord]) -> list[Invoke]:
    """Answer the poll that is out; the batches that are invoked then."""
    mapping.received(now, poll_of(mapping).token, records)
    return [effect for effect in mapping.effects if isinstance(effect, Invoke)]


def poll_of(mapping: QueueMapping) -> Receive:
    poll = [effect for effect in mapping.effects if isinstance(effect, Receive)][-1]
    mapping.effects.clear()
    return poll


def invoked(mapping: QueueMapping, now: float, records: Sequence[LateRecord]) -> Invoke:
    batches = answer(mapping, now, records)
    assert len(batches) == 1
    return batches[0]


def fill(mapping: QueueMapping, now: float) -> list[Invoke]:
    """Answer every poll in full until there is none: a backlog without an end."""
    batches: list[Invoke] = []
    while any(isinstance(effect, Receive) for effect in mapping.effects):
        number = 10 * len(batches) + int(now * 1e6)
        batches += answer(mapping, now, make_records(mapping.config.batch_size, first=number))
    mapping.effects.clear()
    return batches


# Settings


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("batch_size", 0),
        ("batch_size", 10_001),
        ("batch_size", 2.5),
        ("batch_size", None),
        ("maximum_batching_window_in_seconds", -1),
        ("maximum_batching_window_in_seconds", 301),
        ("maximum_batching_window_in_seconds", None),
        ("maximum_concurrency", 1),
        ("maximum_concurrency", 1_001),
        ("function_response_types", "ReportBatchItemFailures"),
        ("function_response_types", ("Other",)),
        ("function_response_types", (REPORT, REPORT)),
        ("enabled", "yes"),
    ],
)
def test_setting_out_of_range_is_refused(setting: str, value: Any) -> None:
    """The message names setting and value."""
    with pytest.raises(InvalidSetting, match=setting) as refused:
        QueueMappingConfig(**{setting: value})

    assert repr(value) in str(refused.value)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("batch_size", 1),
        ("batch_size", 10_000),
        ("maximum_batching_window_in_seconds", 300),
        ("maximum_concurrency", 2),
        ("maximum_concurrency", 1_000),
        ("maximum_concurrency", None),
        ("function_response_types", (REPORT,)),
    ],
)
def test_setting_at_its_limit_is_taken(setting: str, value: Any) -> None:
    """Limits are inside the range."""
    config = QueueMappingConfig(**{setting: value})

    assert getattr(config, setting) == value


def test_response_types_may_be_a_list() -> None:
    """As in the create call."""
    config = QueueMappingConfig(function_response_types=[REPORT])

    assert config.function_response_types == (REPORT,)


@pytest.mark.parametrize(
    ("fifo", "settings", "named"),
    [
        (True, {"batch_size": 11}, "^batch_size=11"),
        (True, {"maximum_batching_window_in_seconds": 1}, "maximum_batching_window_in_seconds=1"),
        (False, {"batch_size": 11}, "maximum_batching_window_in_seconds=0"),
    ],
    ids=["FIFO takes 10", "FIFO has no window", "more than 10 need a window"],
)
def test_settings_that_the_queue_does_not_take_are_refused(fifo: bool, settings: Any, named: str) -> None:
    """What is fine on another kind of queue is refused by name."""
    config = QueueMappingConfig(**settings)

    with pytest.raises(InvalidSetting, match=named):
        config.check(fifo=fifo)


# Polling


def test_enabled_mapping_polls_at_its_first_wake() -> None:
    """Up to ten records of its source."""
    mapping = make_mapping()

    (poll,) = take(mapping, Receive)
    assert (poll.source, poll.asker, poll.limit) == (QUEUE, mapping.address, 10)


def test_arrived_mapping_polls_at_the_next_wake() -> None:
    """What comes in until then is one batch."""
    mapping = make_mapping()
    answer(mapping, 0.0, [])

    mapping.arrived(5.0)

    assert take(mapping, Receive) == []
    assert mapping.next_deadline() == 5.0

    mapping.wake(5.0)

    assert len(take(mapping, Receive)) == 1
    assert mapping.next_deadline() > 5.0


def test_short_answer_is_not_followed_by_a_poll() -> None:
    """Its source says when there is more."""
    mapping = make_mapping()

    answer(mapping, 0.0, make_records(9))

    assert take(mapping, Receive) == []
    assert mapping.next_deadline() == inf


def test_full_answer_is_followed_by_a_poll_at_once() -> None:
    """There may be more."""
    mapping = make_mapping(batch_size=3)

    answer(mapping, 0.0, make_records(3))

    assert len(take(mapping, Receive)) == 1


def test_arrival_during_a_poll_is_polled_after_it() -> None:
    """An answer that was on its way does not hide it."""
    mapping = make_mapping()
    mapping.arrived(1.0)

    answer(mapping, 2.0, [])

    assert len(take(mapping, Receive)) == 1


def test_poll_without_an_answer_is_repeated_after_a_minute() -> None:
    """A source that never answers does not block for ever."""
    mapping = make_mapping()
    first = poll_of(mapping)

    assert mapping.next_deadline() == 60.0

    mapping.wake(60.0)

    (second,) = take(mapping, Receive)
    assert second.token != first.token
    assert mapping.next_deadline() == 120.0


def test_answer_to_a_poll_that_was_given_up_is_not_invoked() -> None:
    """Its records come again by themselves."""
    mapping = make_mapping()
    first = poll_of(mapping)
    mapping.wake(60.0)
    mapping.effects.clear()

    mapping.received(61.0, first.token, make_records(3))

    assert mapping.effects == []


def test_answer_that_comes_twice_is_invoked_once() -> None:
    """The second one is nobody's."""
    mapping = make_mapping()
    poll = poll_of(mapping)
    mapping.received(0.0, poll.token, make_records(3))
    mapping.received(0.0, poll.token, make_records(3))

    assert len(take(mapping, Invoke)) == 1


# Batches


def test_batch_is_what_one_read_returned() -> None:
    """Without a window even one record goes at once."""
    mapping = make_mapping()

    invoke = invoked(mapping, 0.0, records := make_records(1))

    assert (invoke.function, invoke.asker, invoke.source) == (BILL, mapping.address, QUEUE)
    assert list(invoke.batch) == records
    assert invoke.payload is None
    assert invoke.request_id == Ids(7, Arn("mapping")).text(1)


def test_batch_is_noted_with_its_records() -> None:
    """They are rendered when somebody reads the trace."""
    mapping = make_mapping()

    invoke = invoked(mapping, 0.0, records := make_records(2))

    assert mapping.notes == [("batch", mapping.address, invoke.request_id, records, None)]


def test_large_batch_is_received_in_tens() -> None:
    """The last call asks only for what is missing."""
    mapping = make_mapping(batch_size=15, maximum_batching_window_in_seconds=5)

    assert answer(mapping, 0.0, make_records(10)) == []

    poll = poll_of(mapping)
    mapping.received(0.0, poll.token, make_records(5, first=10))

    assert poll.limit == 5
    assert [len(invoke.batch) for invoke in take(mapping, Invoke)] == [15]


def test_window_gathers_until_it_is_over() -> None:
    """From the first record, to the instant."""
    mapping = make_mapping(maximum_batching_window_in_seconds=5)
    answer(mapping, 0.0, [])
    mapping.arrived(2.0)
    mapping.wake(2.0)
    answer(mapping, 2.0, make_records(1))
    mapping.arrived(6.5)
    mapping.wake(6.5)
    answer(mapping, 6.5, make_records(1, first=1))

    assert mapping.next_deadline() == 7.0
    assert take(mapping, Invoke) == []

    mapping.wake(7.0)

    assert [len(invoke.batch) for invoke in take(mapping, Invoke)] == [2]
    assert mapping.next_deadline() == inf


@pytest.mark.parametrize("outcome", [NULL, FAILED], ids=["succeeds", "fails"])
def test_window_starts_again_when_the_invocation_completes(outcome: Outcome) -> None:
    """A record that comes soon after it waits for the rest of that window."""
    mapping = make_mapping(maximum_batching_window_in_seconds=5, batch_size=1)
    invoke = invoked(mapping, 0.0, make_records(1))
    mapping.config = evolve(mapping.config, batch_size=10)
    answer(mapping, 1.0, [])
    mapping.finished(3.0, invoke.token, outcome)
    mapping.arrived(4.0)
    mapping.wake(4.0)
    answer(mapping, 4.0, make_records(1, first=1))

    assert mapping.next_deadline() == 8.0


def test_window_longer_than_the_visibility_is_over_with_it() -> None:
    """Later the first record would be back in its queue."""
    mapping = make_mapping(maximum_batching_window_in_seconds=60, lease=30.0)
    answer(mapping, 2.0, make_records(1))

    assert mapping.next_deadline() == 32.0

    mapping.wake(32.0)

    assert len(take(mapping, Invoke)) == 1


def test_batch_of_exactly_six_megabytes_goes_whole() -> None:
    """The limit is allowed."""
    mapping = make_mapping()
    records = sized_records(0)

    assert [len(invoke.batch) for invoke in answer(mapping, 0.0, records)] == [2]


def test_batch_that_would_exceed_six_megabytes_is_split() -> None:
    """One byte more is another batch."""
    mapping = make_mapping()
    records = sized_records(1)

    assert [len(invoke.batch) for invoke in answer(mapping, 0.0, records)] == [1, 1]


def test_six_megabytes_end_a_window() -> None:
    """The one that did not fit begins the next batch."""
    mapping = make_mapping(maximum_batching_window_in_seconds=5)

    assert [len(invoke.batch) for invoke in answer(mapping, 1.0, sized_records(1))] == [1]
    assert mapping.next_deadline() == 6.0
    assert mapping.outstanding() == 2


def sized_records(extra: int) -> list[LateRecord]:
    """Two records whose event has 6 MB and `extra` bytes."""
    first, second = LateRecord(0, "x" * 1_000_000, None, "0/1", 1), LateRecord(1, "", None, "1/1", 1)
    second.body = "x" * (EVENT_LIMIT + extra - event_size(2, first.size + second.size))
    return [first, second]


def test_batch_has_the_longest_chain_of_each_function() -> None:
    """In order of first appearance, so that a loop is stopped."""
    mapping = make_mapping()
    records = make_records(3)
    a, b = function_arn("a"), function_arn("b")
    records[0].cause = Cause("one", ((b, 2),))
    records[2].cause = Cause("two", ((a, 1), (b, 5)))

    invoke = invoked(mapping, 0.0, records)

    assert invoke.cause is not None
    assert invoke.cause.hops == ((b, 5), (a, 1))


def test_batch_of_one_chain_keeps_it() -> None:
    """The common case makes nothing new."""
    mapping = make_mapping()
    records = make_records(2)
    records[0].cause = records[1].cause = cause = Cause("one", ((BILL, 2),))

    assert invoked(mapping, 0.0, records).cause is cause


# Concurrency


def test_there_is_no_receive_at_the_cap() -> None:
    """Maximum concurrency prevents over-receiving."""
    mapping = make_mapping(maximum_concurrency=2)

    batches = fill(mapping, 0.0)

    assert len(batches) == 2
    assert take(mapping, Receive) == []
    assert mapping.next_deadline() == inf

    mapping.finished(1.0, batches[0].token, NULL)

    assert len(take(mapping, Receive)) == 1


@pytest.mark.parametrize(
    ("after", "allowed"),
    [
        (0.0, 5),
        (0.199, 5),
        (0.2, 6),
        (1.0, 10),
        (60.0, 305),
        (120.0, 605),
        (248.9, 1_249),
        (249.0, 1_250),
        (900.0, 1_250),
    ],
)
def test_backlog_grows_concurrency_by_300_a_minute(after: float, allowed: int) -> None:
    """From 5, as long as it lasts, up to 1,250."""
    mapping = make_mapping()
    batches = fill(mapping, 0.0)

    mapping.wake(after)
    batches += fill(mapping, after)

    assert len(batches) == allowed


def test_backlog_is_woken_for_each_step_of_growth() -> None:
    """One more is allowed after a fifth of a second."""
    mapping = make_mapping()
    fill(mapping, 10.0)

    assert mapping.next_deadline() == pytest.approx(10.2)

    steps = 0
    while (due := mapping.next_deadline()) < inf:
        steps += 1
        mapping.wake(due)
        assert len(fill(mapping, due)) == 1
    assert steps == 1_245


def test_growth_begins_when_something_arrives_at_the_cap() -> None:
    """The time since an earlier backlog does not count."""
    mapping = make_mapping()
    batches = fill(mapping, 0.0)
    mapping.finished(0.0, batches[0].token, NULL)
    answer(mapping, 0.0, make_records(9, first=1_000))
    assert mapping.next_deadline() == inf

    mapping.arrived(60.0)

    assert mapping.next_deadline() == pytest.approx(60.2)

    mapping.wake(60.2)

    assert mapping.outstanding() == 6
    assert len(take(mapping, Receive)) == 1


def test_idle_mapping_starts_again_with_five() -> None:
    """What was grown is given up when nothing is left."""
    mapping = make_mapping()
    batches = fill(mapping, 0.0)
    mapping.wake(60.0)
    batches += fill(mapping, 60.0)
    for invoke in batches[:-1]:
        mapping.finished(61.0, invoke.token, NULL)
        if take(mapping, Receive):
            mapping.received(61.0, mapping._poll or 0, [])
    mapping.finished(61.0, batches[-1].token, NULL)
    mapping.effects.clear()
    assert mapping.outstanding() == 0

    mapping.arrived(62.0)
    mapping.wake(62.0)

    assert len(fill(mapping, 62.0)) == 5


def test_idle_mapping_stays_reduced_by_errors() -> None:
    """Only successes give back what errors took."""
    mapping = make_mapping()
    batches = fill(mapping, 0.0)
    mapping.wake(1.0)
    batches += fill(mapping, 1.0)
    for invoke in batches:
        mapping.finished(2.0, invoke.token, FAILED)
        if mapping._poll is not None:
            mapping.received(2.0, mapping._poll, [])
    mapping.effects.clear()
    assert mapping.outstanding() == 0

    mapping.arrived(62.0)
    mapping.wake(62.0)

    assert len(fill(mapping, 62.0)) == 2


def test_growth_stops_at_maximum_concurrency() -> None:
    """And nobody is woken any more."""
    mapping = make_mapping(maximum_concurrency=8)
    batches = fill(mapping, 0.0)
    mapping.wake(60.0)
    batches += fill(mapping, 60.0)

    assert len(batches) == 8
    assert mapping.next_deadline() == inf


def fail_and_refill(mapping: QueueMapping, batches: list[Invoke], outcomes: Sequence[Outcome]) -> int:
    """How many are out after `outcomes` of as many, with a backlog."""
    for outcome in outcomes:
        mapping.finished(0.0, batches.pop(0).token, outcome)
        batches += fill(mapping, 0.0)
    return len(batches)


@pytest.mark.parametrize(
    ("settings", "outcomes", "out"),
    [
        ({}, [NULL], 5),
        ({}, [FAILED, NULL], 3),
        ({}, [FAILED, FAILED, FAILED, FAILED, NULL], 3),
        ({}, [TimedOut("Sandbox.Timedout", "late")] * 3, 2),
        ({}, [FAILED] * 3 + [NULL] * 2, 4),
        ({}, [FAILED] * 3 + [NULL] * 9, 5),
        ({"function_response_types": (REPORT,)}, [FAILED] * 4, 5),
        ({"maximum_concurrency": 2}, [FAILED] * 4, 2),
    ],
    ids=[
        "success",
        "five out, one error: three run on",
        "never below two",
        "a timeout is an error",
        "a success gives one back",
        "up to what it was",
        "not with ReportBatchItemFailures",
        "the least maximum",
    ],
)
def test_errors_halve_concurrency(settings: Any, outcomes: list[Outcome], out: int) -> None:
    """And each success gives one back."""
    mapping = make_mapping(**settings)

    assert fail_and_refill(mapping, fill(mapping, 0.0), outcomes) == out


def test_error_halves_what_has_grown() -> None:
    """Of ten, five are allowed then, and each success gives one back."""
    mapping = make_mapping()
    batches = fill(mapping, 0.0)
    mapping.wake(1.0)
    batches += fill(mapping, 1.0)
    assert len(batches) == 10

    for outcome in (FAILED, NULL, NULL, NULL):
        mapping.finished(1.0, batches.pop(0).token, outcome)
        batches += fill(mapping, 1.0)

    assert len(batches) == 8


def test_reduced_concurrency_does_not_grow_with_time() -> None:
    """Only successes raise it."""
    mapping = make_mapping()
    batches = fill(mapping, 0.0)
    fail_and_refill(mapping, batches, [FAILED] * 3)

    mapping.wake(60.0)

    assert fill(mapping, 60.0) == []
    assert mapping.next_deadline() == inf


# FIFO


def test_fifo_polls_on_without_a_cap() -> None:
    """Groups are the limit: their source locks them."""
    mapping = make_mapping(fifo=True, batch_size=1)
    for number in range(20):
        invoked(mapping, 0.0, make_records(1, first=number, group=f"g{number}"))

    assert mapping.outstanding() == 21


def test_fifo_batch_waits_for_the_one_of_its_group() -> None:
    """Even if the source hands the group out again."""
    mapping = make_mapping(fifo=True, batch_size=2)
    first = invoked(mapping, 0.0, make_records(2, group="a"))

    assert answer(mapping, 1.0, make_records(1, first=2, group="a")) == []
    assert mapping.next_deadline() == inf

    mapping.finished(2.0, first.token, NULL)

    assert [[record.receipt for record in invoke.batch] for invoke in take(mapping, Invoke)] == [["2/1"]]


def test_fifo_record_that_waited_past_its_visibility_is_let_go() -> None:
    """It is first in its queue again."""
    mapping = make_mapping(fifo=True, batch_size=2)
    first = invoked(mapping, 0.0, make_records(2, group="a"))
    answer(mapping, 1.0, make_records(1, first=2, group="a"))

    mapping.finished(31.5, first.token, NULL)

    assert take(mapping, Invoke) == []
    assert mapping.notes[-1] == ("let_go", mapping.address, ["message-2"], "visibility is over", None)
    assert mapping.outstanding() == 0


def test_fifo_errors_do_not_lower_concurrency() -> None:
    """A failed group is locked by its source anyway."""
    mapping = make_mapping(fifo=True, batch_size=1, maximum_concurrency=4)
    batches = [invoked(mapping, 0.0, make_records(1, first=number, group=f"g{number}")) for number in range(4)]
    for invoke in batches:
        mapping.finished(0.0, invoke.token, FAILED)
        invoked(mapping, 0.0, make_records(1, first=invoke.token + 10, group=f"h{invoke.token}"))

    assert mapping._busy() == 4


# Outcomes


def test_success_settles_the_batch_in_tens() -> None:
    """Every receipt, once."""
    mapping = make_mapping(batch_size=25, maximum_batching_window_in_seconds=1)
    answer(mapping, 0.0, make_records(10))
    answer(mapping, 0.0, make_records(10, first=10))
    invoke = invoked(mapping, 0.0, make_records(5, first=20))
    mapping.effects.clear()

    mapping.finished(1.0, invoke.token, NULL)

    settles = take(mapping, Settle)
    assert [len(settle.receipts) for settle in settles] == [10, 10, 5]
    assert [receipt for settle in settles for receipt in settle.receipts] == [f"{number}/1" for number in range(25)]
    assert {(settle.source, settle.asker) for settle in settles} == {(QUEUE, mapping.address)}


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (FAILED, "ValueError"),
        (TimedOut("Sandbox.Timedout", "late"), "Sandbox.Timedout"),
        (Stopped(), "RecursiveInvocationException"),
    ],
    ids=["raises", "times out", "is the 17th of its chain"],
)
def test_failed_batch_is_let_go(outcome: Outcome, reason: str) -> None:
    """Nothing is settled: its messages return when their visibility is over."""
    mapping = make_mapping()
    invoke = invoked(mapping, 0.0, make_records(3))
    mapping.effects.clear()

    mapping.finished(1.0, invoke.token, outcome)

    assert mapping.effects == []
    assert mapping.notes[-1] == ("let_go", mapping.address, invoke.request_id, reason, None)
    assert mapping.outstanding() == 0


def test_invocation_that_finishes_twice_is_settled_once() -> None:
    """The second answer is nobody's."""
    mapping = make_mapping()
    invoke = invoked(mapping, 0.0, make_records(3))
    mapping.finished(1.0, invoke.token, NULL)
    mapping.effects.clear()

    mapping.finished(1.0, invoke.token, NULL)

    assert mapping.effects == []


@pytest.mark.parametrize("failed", [[], ["0/1"]], ids=["taken", "refused"])
def test_answer_to_a_settle_changes_nothing(failed: list[str]) -> None:
    """What could not be settled comes again by itself."""
    mapping = make_mapping()
    invoke = invoked(mapping, 0.0, make_records(1))
    mapping.finished(1.0, invoke.token, NULL)
    (settle,) = take(mapping, Settle)

    mapping.settled(2.0, settle.token, failed)

    assert mapping.effects == []
    assert mapping.outstanding() == 0


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_answer_decides_what_is_settled(row: Row) -> None:
    """ReportBatchItemFailures, row by row; without it answers are ignored."""
    mapping = make_mapping(function_response_types=(REPORT,) if row.report else ())
    records = make_records(len(row.batch))
    ids = dict(zip(row.batch, (record.identifier for record in records), strict=True))
    invoke = invoked(mapping, 0.0, records)
    mapping.effects.clear()

    mapping.finished(1.0, invoke.token, outcome_of(row, ids))

    settled = [receipt for settle in take(mapping, Settle) for receipt in settle.receipts]
    by_receipt = {record.receipt: name for name, record in zip(row.batch, records, strict=True)}
    assert {by_receipt[receipt] for receipt in settled} == row.deleted


def outcome_of(row: Row, ids: dict[str, str]) -> Outcome:
    if row.response is RAISES:
        return FAILED
    if row.response is NOT_JSON:
        return HandlerFailed("Runtime.MarshalError", "no JSON", "id", None)
    return Succeeded(json.dumps(with_ids(row.response, ids)).encode())


def test_partial_failure_is_noted() -> None:
    """With the identifiers that failed."""
    mapping = make_mapping(function_response_types=(REPORT,))
    invoke = invoked(mapping, 0.0, make_records(3))

    mapping.finished(1.0, invoke.token, Succeeded(b'{"batchItemFailures":[{"itemIdentifier":"message-1"}]}'))

    assert mapping.notes[-1] == ("partial", mapping.address, invoke.request_id, ["message-1"], None)


# Throttles


def attempts(mapping: QueueMapping, invoke: Invoke) -> list[float]:
    """When that batch is tried if every try is throttled, until nothing is left."""
    tried = []
    now, due = 0.0, [invoke]
    while due:
        tried.append(now)
        mapping.finished(now, due[0].token, FULL)
        now = mapping.next_deadline()
        if now == inf:
            break
        mapping.effects.clear()
        mapping.wake(now)
        due = [effect for effect in mapping.effects if isinstance(effect, Invoke)]
    return [*tried, now]


@pytest.mark.parametrize(
    ("lease", "tried"),
    [
        (30.0, [0, 1, 3, 7, 15, 30]),
        (31.0, [0, 1, 3, 7, 15, 31]),
        (31.5, [0, 1, 3, 7, 15, 31, 31.5]),
        (100.0, [0, 1, 3, 7, 15, 31, 51, 71, 91, 100]),
    ],
)
def test_throttled_batch_is_tried_until_its_visibility_is_over(lease: float, tried: list[float]) -> None:
    """After 1, 2, 4 ... 20 seconds; at the last of these times it is let go."""
    mapping = make_mapping(lease=lease)
    invoke = invoked(mapping, 0.0, make_records(3))

    assert attempts(mapping, invoke) == tried
    assert mapping.notes[-1] == ("let_go", mapping.address, invoke.request_id, "visibility is over", None)
    assert mapping.outstanding() == 0


def test_throttle_pauses_are_the_profiles() -> None:
    """Start and limit; jitter only lengthens."""
    mapping = make_mapping(profile=Profile(mapping_throttle_wait=3, mapping_throttle_wait_limit=5))

    assert attempts(mapping, invoked(mapping, 0.0, make_records(1)))[:4] == [0, 3, 8, 13]

    jittered = make_mapping(profile=Profile(jitter=0.5))
    times = attempts(jittered, invoked(jittered, 0.0, make_records(1)))

    assert 1.0 < times[1] < 1.5


def test_throttled_batch_is_noted_and_keeps_its_request() -> None:
    """It is one invocation, tried again."""
    mapping = make_mapping()
    invoke = invoked(mapping, 0.0, make_records(3))
    mapping.finished(0.0, invoke.token, FULL)
    assert mapping.notes[-1] == ("throttled", mapping.address, invoke.request_id, FULL.reason, None)
    mapping.effects.clear()

    mapping.wake(1.0)

    (again,) = take(mapping, Invoke)
    assert again.token != invoke.token
    assert (again.request_id, list(again.batch)) == (invoke.request_id, list(invoke.batch))


def test_throttled_batch_takes_room() -> None:
    """The mapping does not receive more in its place."""
    mapping = make_mapping(maximum_concurrency=2)
    batches = fill(mapping, 0.0)

    mapping.finished(0.0, batches[0].token, FULL)

    assert take(mapping, Receive) == []
    assert mapping.outstanding() == 3


def test_success_after_a_throttle_is_settled() -> None:
    """Nothing is lost by waiting."""
    mapping = make_mapping()
    invoke = invoked(mapping, 0.0, make_records(3))
    mapping.finished(0.0, invoke.token, FULL)
    mapping.effects.clear()
    mapping.wake(1.0)
    (again,) = take(mapping, Invoke)

    mapping.finished(1.0, again.token, NULL)

    assert len(take(mapping, Settle)) == 1


# Lifecycle


def test_mapping_is_creating_until_its_first_wake() -> None:
    """Then enabled; one that is created disabled is so at once, and never due."""
    mapping = make_mapping()
    created = evolve_new(mapping, enabled=True)
    disabled = evolve_new(mapping, enabled=False)

    assert (created.state, created.next_deadline(), created.outstanding()) == ("Creating", 0.0, 1)
    assert (mapping.state, mapping.reading) == ("Enabled", True)
    assert (disabled.state, disabled.next_deadline(), disabled.outstanding()) == ("Disabled", inf, 0)


def evolve_new(mapping: QueueMapping, *, enabled: bool) -> QueueMapping:
    """The same mapping before its first wake."""
    return evolve(mapping, config=QueueMappingConfig(enabled=enabled))


def test_disabled_mapping_polls_nothing() -> None:
    """Arrivals are not outstanding here."""
    mapping = make_mapping()
    answer(mapping, 0.0, [])

    mapping.disable(1.0)

    assert mapping.state == "Disabling"

    mapping.wake(1.0)
    mapping.arrived(2.0)

    assert (mapping.state, mapping.reading) == ("Disabled", False)
    assert (mapping.next_deadline(), mapping.outstanding()) == (inf, 0)


def test_disabled_mapping_finishes_what_runs() -> None:
    """And settles it; what it held or kept it lets go."""
    mapping = make_mapping(batch_size=1, maximum_batching_window_in_seconds=5)
    running = invoked(mapping, 0.0, make_records(1))
    throttled = invoked(mapping, 0.0, make_records(1, first=1))
    mapping.finished(0.0, throttled.token, FULL)
    mapping.config = evolve(mapping.config, batch_size=10)
    answer(mapping, 0.0, make_records(1, first=2))
    assert mapping.outstanding() == 4

    mapping.disable(1.0)

    assert mapping.outstanding() == 1
    assert [note[0] for note in mapping.notes[-2:]] == ["let_go", "let_go"]

    mapping.finished(2.0, running.token, NULL)

    assert len(take(mapping, Settle)) == 1
    assert mapping.outstanding() == 0


def test_answer_after_disabling_is_let_go() -> None:
    """Its records return by themselves."""
    mapping = make_mapping()
    poll = poll_of(mapping)
    mapping.disable(1.0)

    mapping.received(2.0, poll.token, make_records(3))

    assert mapping.effects == []
    assert mapping.outstanding() == 0


def test_batch_that_is_throttled_after_disabling_is_let_go() -> None:
    """It does not run, so there is nothing to finish."""
    mapping = make_mapping()
    invoke = invoked(mapping, 0.0, make_records(1))
    mapping.disable(1.0)

    mapping.finished(1.0, invoke.token, FULL)

    assert mapping.outstanding() == 0
    assert mapping.notes[-1] == ("let_go", mapping.address, invoke.request_id, FULL.reason, None)


def test_enabled_again_it_polls() -> None:
    """What came in meanwhile was not announced."""
    mapping = make_mapping(enabled=False)

    mapping.enable(3.0)

    assert (mapping.state, mapping.next_deadline(), mapping.outstanding()) == ("Enabling", 3.0, 1)

    mapping.wake(3.0)

    assert mapping.state == "Enabled"
    assert len(take(mapping, Receive)) == 1


def test_update_holds_for_the_next_poll() -> None:
    """And can end a window."""
    mapping = make_mapping(maximum_batching_window_in_seconds=60)
    answer(mapping, 0.0, make_records(2))

    mapping.update(1.0, QueueMappingConfig(batch_size=4))

    before = mapping.state
    mapping.wake(1.0)

    assert [before, mapping.state] == ["Updating", "Enabled"]
    assert [len(invoke.batch) for invoke in mapping.effects if isinstance(invoke, Invoke)] == [2]
    assert [poll.limit for poll in take(mapping, Receive)] == [4]


def test_update_that_the_queue_does_not_take_changes_nothing() -> None:
    """It is refused as at the declaration."""
    mapping = make_mapping(fifo=True)

    with pytest.raises(InvalidSetting, match="batch_size"):
        mapping.update(1.0, QueueMappingConfig(batch_size=11))
    assert (mapping.state, mapping.config.batch_size) == ("Enabled", 10)


def test_deleted_mapping_can_not_be_changed() -> None:
    """It finishes what runs and is gone."""
    mapping = make_mapping()
    mapping.delete(1.0)

    with pytest.raises(ResourceInUseException):
        mapping.enable(2.0)
    assert (mapping.state, mapping.next_deadline(), mapping.outstanding()) == ("Deleting", inf, 0)


def test_closing_mapping_gives_back_what_it_has() -> None:
    """Out, throttled and held; nothing, if it has nothing."""
    mapping = make_mapping(batch_size=1, maximum_batching_window_in_seconds=5)
    invoked(mapping, 0.0, make_records(1))
    throttled = invoked(mapping, 0.0, make_records(1, first=1))
    mapping.finished(0.0, throttled.token, FULL)
    mapping.config = evolve(mapping.config, batch_size=10)
    answer(mapping, 0.0, make_records(1, first=2))

    mapping.give_back(1.0)

    (release,) = take(mapping, Release)
    assert (release.source, list(release.receipts)) == (QUEUE, ["0/1", "1/1", "2/1"])

    idle = make_mapping()
    idle.give_back(1.0)

    assert take(idle, Release) == []


def test_outstanding_counts_records_until_they_are_done() -> None:
    """Due, polled, held, out."""
    mapping = make_mapping(maximum_batching_window_in_seconds=5)
    counts = [mapping.outstanding()]
    answer(mapping, 0.0, make_records(2))
    counts.append(mapping.outstanding())
    mapping.arrived(1.0)
    counts.append(mapping.outstanding())
    mapping.wake(1.0)
    answer(mapping, 1.0, [])
    mapping.wake(5.0)
    counts.append(mapping.outstanding())
    mapping.finished(6.0, take(mapping, Invoke)[0].token, NULL)
    counts.append(mapping.outstanding())

    assert counts == [1, 2, 3, 1, 0]


# Over a source that answers late, twice and never


@define(eq=False)
class Run:
    """A mapping over a late source, driven first in, first out."""

    source: LateQueue
    mapping: QueueMapping
    promises: Promises
    now: float = 0.0
    effects: list[Effect] = field(factory=list)
    notes: list[Note] = field(factory=list)
    running: list[Invoke] = field(factory=list)
    highest: int = 0

    def __attrs_post_init__(self) -> None:
        for machine in (self.source, self.mapping):
            machine.effects = self.effects
            machine.notes = self.notes

    def advance(self, until: float) -> None:
        """Wake whoever is due, in order of time, up to then."""
        while True:
            due = min(self.source.next_deadline(), self.mapping.next_deadline())
            if due > until:
                break
            self.now = max(self.now, due)
            machine: LateQueue | QueueMapping = self.mapping
            if self.source.next_deadline() <= self.now:
                machine = self.source
            machine.wake(self.now)
            assert machine.next_deadline() > self.now, f"{machine} is due again at once"
            self.drain()
        self.now = until

    def drain(self) -> None:
        done = 0
        while done < len(self.effects):
            self._apply(self.effects[done])
            done += 1
        self.effects.clear()

    def finish(self, invoke: Invoke, outcome: Outcome, succeeded: Sequence[Any]) -> None:
        self.running.remove(invoke)
        if isinstance(outcome, Throttled):
            self.promises.refused(invoke.token)
        else:
            self.promises.ended(invoke.token, succeeded)
        self.mapping.finished(self.now, invoke.token, outcome)
        self.drain()

    def _apply(self, effect: Effect) -> None:
        match effect:
            case Receive():
                assert len(self.running) < self.promises.at_most, "a receive at the cap"
                self.source.receive(self.now, effect)
            case Received():
                self.promises.received(effect)
                self.mapping.received(self.now, effect.token, effect.records)
            case Settle():
                self.promises.settling(effect)
                self.source.settle(self.now, effect)
            case Release():
                self.source.release(self.now, effect)
            case Settled():
                self.mapping.settled(self.now, effect.token, effect.failed)
            case Arrived():
                self.mapping.arrived(self.now)
            case Invoke():
                self.promises.invoked(effect)
                self.running.append(effect)
            case _:
                raise AssertionError(effect)


def make_run(
    *, fifo: bool = False, seed: int = 0, unreliable: float = 0.0, bodies: Sequence[str] = (), **settings: Any
) -> Run:
    declared = LateSource("orders", bodies=bodies, fifo=fifo, unreliable=unreliable)
    mapping = QueueMapping(
        address=Arn("mapping"),
        source=declared.arn,
        function=BILL,
        config=QueueMappingConfig(**settings),
        fifo=fifo,
        lease=declared.lease,
        ids=Ids(seed, Arn("mapping")),
        profile=Profile(),
    )
    queue = declared.machine(Birth(Ids(seed, declared.arn), Profile(), 0.0))
    at_most = settings.get("maximum_concurrency") or inf
    return Run(queue, mapping, Promises(fifo=fifo, at_most=at_most))


def run_to_the_end(run: Run) -> None:
    """Everything succeeds from now on, until nothing is left."""
    for _ in range(20_000):
        for invoke in list(run.running):
            run.finish(invoke, NULL, list(invoke.batch))
        if run.running:
            continue
        if not run.source.outstanding() and not run.mapping.outstanding():
            return
        due = min(run.source.next_deadline(), run.mapping.next_deadline())
        assert due < inf, "something is left and nobody is due"
        run.advance(max(due, run.now))
    raise AssertionError("no end")


@pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])
@pytest.mark.parametrize("seed", range(10))
def test_unreliable_source_is_handled_to_the_end(seed: int, fifo: bool) -> None:
    """Every record succeeds at least once, whatever answers come late, twice or never."""
    run = make_run(
        fifo=fifo, seed=seed, unreliable=0.7, bodies=[f"{n % 3}:{n}" for n in range(50)], maximum_concurrency=3
    )
    run_to_the_end(run)

    assert run.promises.succeeded == set(range(50))
    assert sorted(run.source.settled) == list(range(50))
    run.promises.check_settled()


class MappingOverLateSource(RuleBasedStateMachine):
    """Laws of the mapping, whatever its source, its function and its owner do."""

    run: Run

    @initialize(
        fifo=st.booleans(), seed=st.integers(0, 1_000), unreliable=st.sampled_from([0.0, 0.5, 1.0]), data=st.data()
    )
    def start(self, fifo: bool, seed: int, unreliable: float, data: st.DataObject) -> None:
        self.run = make_run(
            fifo=fifo,
            seed=seed,
            unreliable=unreliable,
            batch_size=data.draw(st.sampled_from([1, 3, 10]), "batch_size"),
            maximum_batching_window_in_seconds=0 if fifo else data.draw(st.sampled_from([0, 5, 20]), "window"),
            maximum_concurrency=data.draw(st.sampled_from([None, 2, 3]), "concurrency"),
            function_response_types=data.draw(st.sampled_from([(), (REPORT,)]), "report"),
        )

    @rule(bodies=st.lists(st.sampled_from(["a:", "b:", "c:"]), min_size=1, max_size=12))
    def send(self, bodies: list[str]) -> None:
        for body in bodies:
            self.run.source.send(self.run.now, body)
            self.run.drain()

    @rule(seconds=st.sampled_from([0.0, 0.1, 1.0, 5.0, 30.0, 61.0]))
    def advance(self, seconds: float) -> None:
        self.run.advance(self.run.now + seconds)

    @precondition(lambda self: self.run.running)
    @rule(at=st.integers(0), outcome=st.sampled_from([NULL, NULL, FAILED, FULL, Stopped()]))
    def finish(self, at: int, outcome: Outcome) -> None:
        invoke = self.run.running[at % len(self.run.running)]
        self.run.finish(invoke, outcome, list(invoke.batch) if outcome is NULL else [])

    @precondition(lambda self: self.run.running and self.run.mapping.config.reports_failures)
    @rule(at=st.integers(0), data=st.data())
    def fail_from_one_on(self, at: int, data: st.DataObject) -> None:
        invoke = self.run.running[at % len(self.run.running)]
        first = data.draw(st.integers(0, len(invoke.batch) - 1))
        failed = [{"itemIdentifier": record.identifier} for record in invoke.batch[first:]]
        named = {failure["itemIdentifier"] for failure in failed}
        succeeded = [record for record in invoke.batch if record.identifier not in named]
        self.run.finish(invoke, Succeeded(json.dumps({"batchItemFailures": failed}).encode()), succeeded)

    @rule()
    def disable_and_enable(self) -> None:
        self.run.mapping.disable(self.run.now)
        assert self.run.mapping.outstanding() == len(self.run.running)
        self.run.mapping.enable(self.run.now)

    @rule()
    def go_on_with_a_copy(self) -> None:
        self.run = copy.deepcopy(self.run)

    @invariant()
    def what_succeeded_is_settled(self) -> None:
        self.run.promises.check_settled()

    @invariant()
    def what_runs_is_outstanding(self) -> None:
        assert self.run.mapping.outstanding() >= len(self.run.running)

    def teardown(self) -> None:
        if hasattr(self, "run"):
            run_to_the_end(self.run)
            assert self.run.promises.succeeded == set(range(self.run.source._sent))


TestMappingOverLateSource = MappingOverLateSource.TestCase
TestMappingOverLateSource.settings = hypothesis_settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_filtered_records_are_settled_and_never_invoked() -> None:
    """Dropped, with the leaf that refused; the others are one batch."""
    mapping = make_mapping(filter_criteria=[{"body": ["yes"]}])
    [receive] = take(mapping, Receive)
    records = [LateRecord(number, body, None, f"r{number}", 1) for number, body in enumerate(["yes", "no", "yes"])]
    mapping.notes.clear()

    mapping.received(0.0, receive.token, records)

    settles = [effect for effect in mapping.effects if isinstance(effect, Settle)]
    invokes = [effect for effect in mapping.effects if isinstance(effect, Invoke)]
    assert [effect.receipts for effect in settles] == [["r1"]]
    assert [[record.identifier for record in effect.batch] for effect in invokes] == [["message-0", "message-2"]]
    [note] = [note for note in mapping.notes if note[0] == "filtered"]
    assert note[2] == "message-1"
    assert "no" in note[3]


def test_batch_of_nothing_but_filtered_records() -> None:
    """No invocation, no window; the mapping asks on."""
    mapping = make_mapping(filter_criteria=[{"body": ["yes"]}], maximum_batching_window_in_seconds=10)
    [receive] = take(mapping, Receive)

    mapping.received(0.0, receive.token, [LateRecord(0, "no", None, "r0", 1)])

    assert mapping.outstanding() == 0
    assert [type(effect) for effect in mapping.effects] == [Settle]


def test_filters_change_with_the_mapping() -> None:
    """For what is received from then on."""
    mapping = make_mapping(filter_criteria=[{"body": ["yes"]}])
    [receive] = take(mapping, Receive)

    mapping.update(0.0, QueueMappingConfig(filter_criteria=[{"body": ["no"]}]))
    mapping.received(0.0, receive.token, [LateRecord(0, "no", None, "r0", 1)])

    assert [type(effect) for effect in mapping.effects if not isinstance(effect, Receive)] == [Invoke]
