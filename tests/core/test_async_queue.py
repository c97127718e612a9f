"""Event invocations of one function: attempts, back-off, age, give-up, and what is handed over then."""

import copy
import json
from collections import Counter
from math import inf
from typing import Any

import pytest
from attrs import define, evolve, field
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eventbus.core.async_queue import AsyncQueue, EventInvokeConfig
from eventbus.core.effects import Cause, Deliver, Invoke
from eventbus.core.outcomes import NULL, HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut
from eventbus.core.profile import Profile
from eventbus.names import Ids, arn_of, async_address, function_arn
from tests.contracts.async_model import TABLE_RETRIES, Arguments, Result, attempts
from tests.golden import load, match

WORK = function_arn("work")
DEAD = arn_of("sqs", "dead")
DONE = arn_of("sqs", "done")
LOST = arn_of("sqs", "lost")
EPOCH = 1_767_225_600.0  # 2026-01-01T00:00:00Z
ID = "5e0ab1c2-0000-4000-a000-000000000001"
EVENT = b'{"n":1}'
FAILED = HandlerFailed("ValueError", "boom", ID, ())
FULL = Throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
WAIT = Throttled("ConcurrentInvocationLimitExceeded", wait=True)


def make_queue(*, window: int = 1_000, profile: Profile | None = None, seed: int = 0, **config: Any) -> AsyncQueue:
    return AsyncQueue(WORK, EventInvokeConfig(**config), window, profile or Profile(), EPOCH, Ids(seed, WORK))


def take_invokes(queue: AsyncQueue) -> list[Invoke]:
    """What it sent out since the last look."""
    taken = [effect for effect in queue.effects if isinstance(effect, Invoke)]
    queue.effects[:] = [effect for effect in queue.effects if not isinstance(effect, Invoke)]
    return taken


def take_deliveries(queue: AsyncQueue) -> list[Deliver]:
    taken = [effect for effect in queue.effects if isinstance(effect, Deliver)]
    queue.effects[:] = [effect for effect in queue.effects if not isinstance(effect, Deliver)]
    return taken


def accept(queue: AsyncQueue, now: float, *names: str) -> None:
    for name in names:
        queue.accept(now, name, EVENT, None)


def finish(queue: AsyncQueue, now: float, outcome: Outcome) -> None:
    """All that is out ends so."""
    for invoke in take_invokes(queue):
        queue.finished(now, invoke.token, outcome)


def fail_until_the_end(queue: AsyncQueue) -> float:
    """One event, failing whenever it is tried; when the last attempt ended."""
    now = ended_at = 0.0
    queue.accept(now, ID, EVENT, None)
    while True:
        for invoke in take_invokes(queue):
            queue.finished(now, invoke.token, FAILED)
            ended_at = now
        if queue.next_deadline() == inf:
            return ended_at
        now = queue.next_deadline()
        queue.wake(now)


def shown(delivery: Deliver) -> dict[str, dict[str, str | bytes]]:
    return {name: {"StringValue": value, "DataType": kind} for name, (kind, value) in delivery.attributes.items()}


def run_row(arguments: Arguments) -> Result:
    """What the queue makes of a row of the table."""
    rest: dict[str, Any] = {**arguments}
    outcomes, durations = arguments["outcomes"], arguments.get("durations", ())
    rest.pop("outcomes")
    rest.pop("durations", None)
    waits: Any = rest.pop("retry_waits", (60.0, 120.0))
    queue = make_queue(profile=Profile(retry_waits=waits), on_success=DONE, on_failure=LOST, **rest)
    answers: dict[str, Outcome] = {"ok": Succeeded(b"1"), "fail": FAILED, "throttle": FULL}
    reached: list[float] = []
    tries: list[float] = []
    now = 0.0
    queue.accept(now, ID, EVENT, None)
    while True:
        for invoke in take_invokes(queue):
            outcome = outcomes[min(len(tries), len(outcomes) - 1)]
            tries.append(now)
            if outcome != "throttle":
                reached.append(now)
                now += durations[len(reached) - 1] if len(reached) <= len(durations) else 0
            queue.finished(now, invoke.token, answers[outcome])
        for delivery in take_deliveries(queue):
            context = json.loads(delivery.body)["requestContext"]
            return Result(reached, tries, context["condition"], now, context["approximateInvokeCount"])
        assert queue.next_deadline() > now
        now = queue.next_deadline()
        queue.wake(now)


@pytest.mark.parametrize(
    ("arguments", "expected"), [row[1:] for row in TABLE_RETRIES], ids=[row[0] for row in TABLE_RETRIES]
)
def test_tries_and_end(arguments: Arguments, expected: Result) -> None:
    """Each row of the table, to the second."""
    assert run_row(arguments) == expected


@settings(max_examples=200, deadline=None)
@given(
    outcomes=st.lists(st.sampled_from(["ok", "fail", "throttle"]), min_size=1, max_size=8),
    retries=st.integers(0, 2),
    age=st.integers(60, 400) | st.just(21_600),
    durations=st.lists(st.sampled_from([0.0, 0.25, 1.0, 30.0, 59.5, 120.0]), max_size=3),
    waits=st.sampled_from([(60.0, 120.0), (0.25, 200.0), (300.0, 1.0)]),
)
def test_any_series_of_outcomes_goes_as_calculated(
    outcomes: list[Any], retries: int, age: int, durations: list[float], waits: tuple[float, float]
) -> None:
    """Whatever happens to one event, at the same times as in the model."""
    arguments = Arguments(
        outcomes=outcomes,
        maximum_retry_attempts=retries,
        maximum_event_age_in_seconds=age,
        durations=durations,
        retry_waits=waits,
    )

    assert run_row(arguments) == attempts(**arguments)


def test_default_settings() -> None:
    """Two retries, six hours, nowhere to go."""
    assert EventInvokeConfig() == EventInvokeConfig(
        maximum_retry_attempts=2,
        maximum_event_age_in_seconds=21_600,
        dead_letter=None,
        on_success=None,
        on_failure=None,
    )


def test_attempt_is_the_event_as_accepted() -> None:
    """With its id and its cause; the answer comes back to the queue; tokens are drawn in order, from 1."""
    queue = make_queue()
    cause = Cause("before", ())
    queue.accept(0.0, "a", EVENT, cause)
    queue.accept(0.0, "b", b"2", None)

    first, second = take_invokes(queue)

    assert (first.function, first.asker, first.token) == (WORK, async_address(WORK), 1)
    assert (first.request_id, first.payload, first.cause) == ("a", EVENT, cause)
    assert (second.request_id, second.payload, second.cause, second.token) == ("b", b"2", None, 2)


def test_retry_is_the_same_event_again() -> None:
    """Same id, same payload, same cause, another token."""
    queue = make_queue()
    queue.accept(0.0, ID, EVENT, Cause("before", ()))
    [first] = take_invokes(queue)
    queue.finished(0.0, first.token, FAILED)

    queue.wake(60.0)

    [again] = take_invokes(queue)
    assert (again.request_id, again.payload, again.cause) == (first.request_id, first.payload, first.cause)
    assert again.token != first.token


def test_retry_without_a_wait_is_due_at_once() -> None:
    """In the next wake, not inside the answer."""
    queue = make_queue(profile=Profile(retry_waits=(0.0, 0.0)))
    accept(queue, 5.0, "a")

    finish(queue, 5.0, FAILED)

    assert take_invokes(queue) == []
    assert queue.next_deadline() == 5.0

    queue.wake(5.0)

    assert len(take_invokes(queue)) == 1
    assert queue.next_deadline() == inf


def test_due_retry_waits_behind_what_was_accepted_before() -> None:
    """Order of becoming due."""
    queue = make_queue(window=1)
    accept(queue, 0.0, "fails")
    finish(queue, 0.0, FAILED)
    accept(queue, 50.0, "runs", "waits")
    queue.wake(60.0)

    assert queue.unsettled() == ["runs", "waits", "fails"]


def test_counters_of_events() -> None:
    """Received when accepted; dropped when they end without a success, wherever they go."""
    queue = make_queue(maximum_retry_attempts=0, dead_letter=DEAD)
    accept(queue, 0.0, "a", "b", "c")
    first, second, _third = take_invokes(queue)

    queue.finished(0.0, first.token, NULL)
    queue.finished(0.0, second.token, FAILED)

    assert (queue.received, queue.dropped) == (3, 1)


def test_notes_tell_the_life_of_an_event() -> None:
    """In order: what, and the details that people read."""
    queue = make_queue(maximum_event_age_in_seconds=100, on_failure=LOST)
    cause = Cause("before", ())
    queue.accept(0.0, ID, EVENT, cause)
    finish(queue, 0.0, FULL)
    queue.wake(1.0)
    finish(queue, 1.0, FAILED)
    queue.wake(61.0)
    finish(queue, 61.0, FAILED)
    queue.delivered(61.0, take_deliveries(queue)[0].token, "AccessDeniedException")

    assert queue.notes == [
        ("accepted", WORK, ID, None, cause),
        ("throttled", WORK, ID, FULL.reason, None),
        ("retry_wait", WORK, ID, 60.0, None),
        ("given_up", WORK, ID, "EventAgeExceeded", None),
        ("handed_over", WORK, ID, f"destination {LOST}", None),
        ("delivery_failed", WORK, None, "destination: AccessDeniedException", None),
    ]


@pytest.mark.parametrize(("age", "attempts"), [(60, 1), (90, 2), (180, 2), (181, 3)])
def test_age_bounds_the_attempts(age: int, attempts: int) -> None:
    """A retry that would be as old as the limit is not tried (recorded)."""
    queue = make_queue(maximum_event_age_in_seconds=age, on_failure=LOST)

    fail_until_the_end(queue)

    record = json.loads(take_deliveries(queue)[0].body)
    assert record["requestContext"]["approximateInvokeCount"] == attempts


def test_record_of_success() -> None:
    """The whole record, as recorded."""
    queue = make_queue(on_success=DONE)
    queue.accept(0.0, ID, EVENT, None)

    finish(queue, 0.0, Succeeded(b'{"done": true}'))

    [delivery] = take_deliveries(queue)
    assert delivery.target == DONE
    match(load("lambda/async_success"), json.loads(delivery.body))


def test_success_without_destination_hands_nothing_over() -> None:
    """Only the attempt was emitted."""
    queue = make_queue(on_failure=LOST, dead_letter=DEAD)
    queue.accept(0.0, ID, EVENT, None)

    finish(queue, 0.0, NULL)

    assert queue.effects == []
    assert queue.outstanding() == 0


def test_record_of_used_up_retries() -> None:
    """The whole record, as recorded."""
    queue = make_queue(on_failure=LOST)

    ended_at = fail_until_the_end(queue)

    assert ended_at == 180
    match(load("lambda/async_retries_exhausted"), json.loads(take_deliveries(queue)[0].body))


def test_record_of_exceeded_age() -> None:
    """The whole record, as recorded."""
    queue = make_queue(maximum_event_age_in_seconds=90, on_failure=LOST)

    fail_until_the_end(queue)

    match(load("lambda/async_event_age_exceeded"), json.loads(take_deliveries(queue)[0].body))


def test_record_of_reserved_concurrency_zero() -> None:
    """Ends at once, without an attempt."""
    queue = make_queue(on_failure=LOST)
    queue.accept(0.0, ID, EVENT, None)

    finish(queue, 0.0, evolve(FULL, terminal=True))

    match(load("lambda/async_zero_reserved"), json.loads(take_deliveries(queue)[0].body))
    assert queue.next_deadline() == inf


def test_record_of_recursion() -> None:
    """A stopped event is not tried again."""
    queue = make_queue(on_failure=LOST)
    queue.accept(0.0, ID, EVENT, None)

    finish(queue, 0.0, Stopped())

    match(load("lambda/async_recursion"), json.loads(take_deliveries(queue)[0].body))
    assert queue.outstanding() == 1  # the delivery


def test_dead_letter_of_a_recursion() -> None:
    """400 and the reason."""
    queue = make_queue(dead_letter=DEAD)
    queue.accept(0.0, ID, EVENT, None)

    finish(queue, 0.0, Stopped())

    attributes = take_deliveries(queue)[0].attributes
    assert attributes["ErrorCode"] == ("Number", "400")
    assert attributes["ErrorMessage"] == ("String", "RecursiveInvocationException")


def test_dead_letter_of_a_failure() -> None:
    """The event itself, and three attributes."""
    queue = make_queue(dead_letter=DEAD)

    fail_until_the_end(queue)

    [delivery] = take_deliveries(queue)
    assert (delivery.target, delivery.body) == (DEAD, EVENT.decode())
    match(load("lambda/dead_letter_attributes"), shown(delivery))


def test_dead_letter_of_a_throttle() -> None:
    """429 and the reason."""
    queue = make_queue(dead_letter=DEAD)
    queue.accept(0.0, ID, EVENT, None)

    finish(queue, 0.0, evolve(FULL, terminal=True))

    match(load("lambda/dead_letter_throttled"), shown(take_deliveries(queue)[0]))


def test_dead_letter_of_a_timeout() -> None:
    """200, with the message of the runtime."""
    queue = make_queue(dead_letter=DEAD, maximum_retry_attempts=0)
    queue.accept(0.0, ID, EVENT, None)

    finish(queue, 3.0, TimedOut("Sandbox.Timedout", "Task timed out after 3.00 seconds"))

    attributes = take_deliveries(queue)[0].attributes
    assert attributes["ErrorCode"] == ("Number", "200")
    assert attributes["ErrorMessage"] == ("String", "Task timed out after 3.00 seconds")


def test_dead_letter_and_destination() -> None:
    """Both get it."""
    queue = make_queue(dead_letter=DEAD, on_failure=LOST)

    fail_until_the_end(queue)

    dead, lost = take_deliveries(queue)
    assert (dead.target, dead.asker) == (DEAD, queue.address)
    assert (lost.target, lost.asker, lost.attributes) == (LOST, queue.address, {})
    assert dead.token != lost.token


def test_reserved_concurrency_zero_counts_more_than_an_earlier_failure() -> None:
    """What ended the event is told: 429, no response."""
    queue = make_queue(dead_letter=DEAD, on_failure=LOST)
    queue.accept(0.0, ID, EVENT, None)
    finish(queue, 0.0, FAILED)
    queue.wake(60.0)

    finish(queue, 60.0, evolve(FULL, terminal=True))

    dead, lost = take_deliveries(queue)
    assert dead.attributes["ErrorCode"] == ("Number", "429")
    assert dead.attributes["ErrorMessage"] == ("String", FULL.reason)
    assert "responseContext" not in json.loads(lost.body)


def test_error_message_that_is_no_text_is_delivered() -> None:
    """Half a surrogate pair, which no encoding can say."""
    queue = make_queue(dead_letter=DEAD, maximum_retry_attempts=0)
    queue.accept(0.0, ID, EVENT, None)

    finish(queue, 0.0, evolve(FAILED, message="a\udc80b"))

    assert take_deliveries(queue)[0].attributes["ErrorMessage"] == ("String", "a?b")


@pytest.mark.parametrize(
    ("message", "length"),
    [("a" * 1_024, 1_024), ("a" * 1_025, 1_024), ("ä" * 600, 1_024), ("a" + "ä" * 600, 1_023), ("€" * 400, 1_023)],
    ids=["as long as allowed", "one over", "two bytes each", "cut inside two bytes", "cut inside three bytes"],
)
def test_error_message_is_cut(message: str, length: int) -> None:
    """At 1,024 bytes, between characters."""
    queue = make_queue(dead_letter=DEAD, maximum_retry_attempts=0)
    queue.accept(0.0, ID, EVENT, None)

    finish(queue, 0.0, evolve(FAILED, message=message))

    _, cut = take_deliveries(queue)[0].attributes["ErrorMessage"]
    assert isinstance(cut, str)
    assert message.startswith(cut)
    assert len(cut.encode()) == length


def test_failed_delivery_is_counted() -> None:
    """Dead letters and destinations apart."""
    queue = make_queue(dead_letter=DEAD, on_failure=LOST)
    fail_until_the_end(queue)
    dead, lost = take_deliveries(queue)

    queue.delivered(180.0, dead.token, "AccessDeniedException")

    assert (queue.dead_letter_errors, queue.destination_delivery_failures) == (1, 0)

    queue.delivered(180.0, lost.token, "ResourceNotFoundException")

    assert (queue.dead_letter_errors, queue.destination_delivery_failures) == (1, 1)
    assert queue.outstanding() == 0


def test_successful_delivery_is_over() -> None:
    """A second answer changes nothing."""
    queue = make_queue(dead_letter=DEAD)
    fail_until_the_end(queue)
    [dead] = take_deliveries(queue)

    queue.delivered(180.0, dead.token, None)
    queue.delivered(180.0, dead.token, "ServiceUnavailable")

    assert queue.outstanding() == 0
    assert queue.dead_letter_errors == 0


def test_delivery_carries_the_chain() -> None:
    """What the event leaves behind belongs to its function's run."""
    queue = make_queue(on_failure=LOST)
    queue.accept(0.0, ID, EVENT, Cause("before", ((WORK, 15),)))

    finish(queue, 0.0, Stopped())

    cause = take_deliveries(queue)[0].cause
    assert cause is not None
    assert (cause.request_id, cause.hops) == (ID, ((WORK, 16),))


def test_record_over_its_limit_drops_payloads() -> None:
    """Both, not the rest."""
    queue = make_queue(on_success=DONE)
    queue.accept(0.0, ID, b'"%s"' % (b"a" * 600_000), None)

    finish(queue, 2.0, Succeeded(b'"%s"' % (b"b" * 600_000)))

    [delivery] = take_deliveries(queue)
    record = json.loads(delivery.body)
    assert set(record) == {"version", "timestamp", "requestContext", "responseContext"}
    assert record["timestamp"] == "2026-01-01T00:00:02.000Z"


def test_record_at_its_limit_keeps_payloads() -> None:
    """One byte more, and they are gone."""
    queue = make_queue(on_success=DONE)
    queue.accept(0.0, ID, b'""', None)
    finish(queue, 0.0, NULL)
    room = 1_048_576 - len(take_deliveries(queue)[0].body)

    for extra in (0, 1):
        queue.accept(0.0, ID, b'"%s"' % (b"a" * (room + extra)), None)
        finish(queue, 0.0, NULL)

    kept, dropped = take_deliveries(queue)
    assert len(kept.body) == 1_048_576
    assert "requestPayload" not in json.loads(dropped.body)


def test_record_is_measured_in_bytes() -> None:
    """Not in letters."""
    queue = make_queue(on_success=DONE)
    queue.accept(0.0, ID, f'"{"ä" * 520_000}"'.encode(), None)
    queue.accept(0.0, ID, f'"{"ä" * 530_000}"'.encode(), None)

    finish(queue, 0.0, NULL)

    kept, dropped = take_deliveries(queue)
    assert json.loads(kept.body)["requestPayload"] == "ä" * 520_000
    assert "requestPayload" not in json.loads(dropped.body)


def test_throttle_pauses_the_whole_queue() -> None:
    """What comes meanwhile waits behind."""
    queue = make_queue()
    accept(queue, 0.0, "a")
    finish(queue, 0.0, FULL)

    accept(queue, 0.5, "b")

    assert take_invokes(queue) == []
    assert queue.next_deadline() == 1.0

    queue.wake(1.0)

    assert [invoke.request_id for invoke in take_invokes(queue)] == ["a", "b"]


def test_throttle_pauses_grow_to_300_seconds() -> None:
    """Doubled each time, for the queue."""
    queue = make_queue()
    accept(queue, 0.0, "a")
    now, pauses = 0.0, []
    for _ in range(11):
        finish(queue, now, FULL)
        pauses.append(queue.next_deadline() - now)
        now = queue.next_deadline()
        queue.wake(now)

    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


@pytest.mark.parametrize("outcome", [NULL, FAILED, TimedOut("T", "t")], ids=["success", "failure", "timeout"])
def test_attempt_ends_a_series_of_pauses(outcome: Outcome) -> None:
    """The next refusal pauses for one second again, whosever the attempt was."""
    queue = make_queue()
    accept(queue, 0.0, "a")
    finish(queue, 0.0, FULL)
    queue.wake(1.0)
    finish(queue, 1.0, FULL)
    queue.wake(3.0)
    finish(queue, 3.0, outcome)
    accept(queue, 4.0, "b")

    finish(queue, 4.0, FULL)

    assert queue.next_deadline() == 5.0


def test_pauses_follow_the_profile() -> None:
    """From its first, doubled, to its limit."""
    queue = make_queue(profile=Profile(throttle_wait=3.0, throttle_wait_limit=7.0))
    accept(queue, 0.0, "a")
    finish(queue, 0.0, FULL)
    queue.wake(3.0)
    finish(queue, 3.0, FULL)
    queue.wake(9.0)

    finish(queue, 9.0, FULL)

    assert queue.next_deadline() == 16.0


def test_late_refusal_does_not_prolong_a_pause() -> None:
    """Nor count for the next."""
    queue = make_queue(window=2)
    accept(queue, 0.0, "a", "b")
    first, second = take_invokes(queue)
    queue.finished(0.0, first.token, FULL)

    queue.finished(0.5, second.token, FULL)

    assert queue.next_deadline() == 1.0

    queue.wake(1.0)
    finish(queue, 1.0, FULL)

    assert queue.next_deadline() == 3.0


def test_event_ages_out_in_a_pause() -> None:
    """The refused one at once, as its next try would be too late; another when its time has come."""
    queue = make_queue(profile=Profile(throttle_wait=100.0), maximum_event_age_in_seconds=60, dead_letter=DEAD)
    accept(queue, 0.0, "refused")
    finish(queue, 0.0, FULL)
    [first] = take_deliveries(queue)
    accept(queue, 10.0, "waits")

    assert queue.next_deadline() == 70.0

    queue.wake(70.0)

    [second] = take_deliveries(queue)
    assert first.attributes["ErrorMessage"] == ("String", FULL.reason)
    assert second.attributes["ErrorMessage"] == ("String", "Event age exceeded before the event could be handled.")
    assert queue.next_deadline() == inf


@pytest.mark.parametrize("accepted", [(0.0, 0.0, 0.0), (0.0, 0.25, 0.5)], ids=["at one instant", "one by one"])
def test_refusals_of_one_turn_count_once(accepted: tuple[float, ...]) -> None:
    """They return to the head in their old order, ahead of what came later."""
    queue = make_queue(window=3)
    for now, name in zip(accepted, "abc", strict=True):
        accept(queue, now, name)
    accept(queue, 0.75, "d")

    finish(queue, 0.75, FULL)

    assert queue.next_deadline() == 1.75

    queue.wake(1.75)

    assert [invoke.request_id for invoke in take_invokes(queue)] == ["a", "b", "c"]
    assert queue.unsettled() == ["a", "b", "c", "d"]


def test_refused_retry_returns_to_where_it_was() -> None:
    """Behind what was sent out before it, however old it is."""
    queue = make_queue(window=2, profile=Profile(retry_waits=(1.0, 1.0)))
    accept(queue, 0.0, "old")
    finish(queue, 0.0, FAILED)
    accept(queue, 0.5, "x", "y", "new")
    x, y = take_invokes(queue)
    queue.wake(1.0)
    queue.finished(1.0, x.token, NULL)
    queue.finished(1.0, y.token, NULL)

    finish(queue, 1.0, FULL)

    assert queue.unsettled() == ["new", "old"]


def test_order_survives_any_number_of_refusals() -> None:
    """Offered the room and refused again, the first is still the first."""
    queue = make_queue()
    accept(queue, 0.0, "a", "b", "c")
    finish(queue, 0.0, WAIT)
    for _ in range(4):
        queue.capacity(1.0)
        finish(queue, 1.0, WAIT)

    assert queue.unsettled() == ["a", "b", "c"]


def test_refusal_of_the_account_waits_for_capacity() -> None:
    """No pause grows, no time passes."""
    queue = make_queue()
    accept(queue, 0.0, "a", "b")
    finish(queue, 0.0, WAIT)

    assert queue.blocked
    assert queue.next_deadline() == 21_600

    queue.wake(5_000.0)

    assert take_invokes(queue) == []

    for name, more in (("a", True), ("b", False)):
        assert queue.capacity(6_000.0)
        assert [invoke.request_id for invoke in take_invokes(queue)] == [name]
        assert queue.blocked is more

    assert not queue.capacity(6_000.0)


def test_capacity_is_not_taken_in_a_pause() -> None:
    """The pause ends as it would have."""
    queue = make_queue(window=2)
    accept(queue, 0.0, "a", "b")
    first, second = take_invokes(queue)
    queue.finished(0.0, first.token, FULL)
    queue.finished(0.0, second.token, WAIT)

    assert not queue.capacity(0.5)
    assert queue.next_deadline() == 1.0

    queue.wake(1.0)

    assert [invoke.request_id for invoke in take_invokes(queue)] == ["a", "b"]


def test_capacity_is_not_taken_beyond_the_window() -> None:
    """What is out goes first."""
    queue = make_queue(window=1)
    accept(queue, 0.0, "a", "b")

    assert not queue.capacity(0.0)
    assert queue.outstanding() == 2


def test_capacity_is_taken_by_the_first_that_is_not_too_old() -> None:
    """Those before it are given up."""
    queue = make_queue(maximum_event_age_in_seconds=60, on_failure=LOST)
    accept(queue, 0.0, "old", "too")
    finish(queue, 0.0, WAIT)
    accept(queue, 30.0, "young")

    assert queue.capacity(60.0)
    assert [invoke.request_id for invoke in take_invokes(queue)] == ["young"]
    assert len(take_deliveries(queue)) == 2
    assert not queue.blocked


@pytest.mark.parametrize(
    ("outcome", "next_try", "left"),
    [(FULL, 7.0, ["a", "b"]), (Stopped(), 6.0, ["b"])],
    ids=["throttled", "stopped"],
)
def test_room_that_was_not_used_is_used_by_the_next(outcome: Outcome, next_try: float, left: list[str]) -> None:
    """Refused for another reason, the event leaves it free: the queue does not wait for it once more."""
    queue = make_queue()
    accept(queue, 0.0, "a", "b")
    finish(queue, 0.0, WAIT)
    queue.capacity(6.0)

    finish(queue, 6.0, outcome)
    queue.wake(next_try)

    assert not queue.blocked
    assert [invoke.request_id for invoke in take_invokes(queue)] == left


def test_head_ages_out_while_it_waits() -> None:
    """Without an attempt: count 0, no response members, 429."""
    queue = make_queue(maximum_event_age_in_seconds=60, on_failure=LOST, dead_letter=DEAD)
    accept(queue, 0.0, "a")
    finish(queue, 0.0, WAIT)

    queue.wake(queue.next_deadline())

    dead, lost = take_deliveries(queue)
    record = json.loads(lost.body)
    assert record["timestamp"] == "2026-01-01T00:01:00.000Z"
    assert record["requestContext"]["condition"] == "EventAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert "responseContext" not in record
    assert dead.attributes["ErrorCode"] == ("Number", "429")
    assert dead.attributes["ErrorMessage"] == ("String", WAIT.reason)


def test_event_behind_a_full_window_ages_out() -> None:
    """Its age is a deadline though nothing of it was ever sent out."""
    queue = make_queue(window=1, maximum_event_age_in_seconds=60, on_failure=LOST, dead_letter=DEAD)
    accept(queue, 0.0, "runs long", "waits")

    assert queue.next_deadline() == 60

    queue.wake(60.0)

    dead, lost = take_deliveries(queue)
    assert json.loads(lost.body)["requestContext"]["requestId"] == "waits"
    assert dead.attributes["ErrorCode"] == ("Number", "429")
    assert dead.attributes["ErrorMessage"] == ("String", "Event age exceeded before the event could be handled.")
    assert queue.next_deadline() == inf


def test_retry_behind_a_younger_event_ages_out() -> None:
    """As soon as it heads the queue, even if that is in the wake that sent the younger one out."""
    queue = make_queue(window=1, maximum_event_age_in_seconds=90, on_failure=LOST)
    accept(queue, 0.0, "old")
    finish(queue, 0.0, FAILED)
    accept(queue, 1.0, "runs")
    [runs] = take_invokes(queue)
    accept(queue, 50.0, "young")
    queue.wake(60.0)
    queue.finished(89.5, runs.token, NULL)
    finish(queue, 89.5, FULL)

    queue.wake(90.5)

    assert [invoke.request_id for invoke in take_invokes(queue)] == ["young"]
    assert json.loads(take_deliveries(queue)[0].body)["requestContext"]["requestId"] == "old"
    assert queue.next_deadline() == inf


def test_event_too_old_is_not_sent_out() -> None:
    """Nor anything else of its age, when the one ahead ends."""
    queue = make_queue(window=1, maximum_event_age_in_seconds=60)
    accept(queue, 0.0, "a", "b", "c")
    accept(queue, 0.5, "d")

    finish(queue, 60.0, NULL)

    assert [invoke.request_id for invoke in take_invokes(queue)] == ["d"]
    assert queue.dropped == 2


def test_event_that_aged_out_after_a_failure_shows_its_last_attempt() -> None:
    """200 and the function's message."""
    queue = make_queue(maximum_event_age_in_seconds=90, on_failure=LOST, dead_letter=DEAD)
    accept(queue, 0.0, ID)
    finish(queue, 0.0, FAILED)
    queue.wake(60.0)
    finish(queue, 60.0, WAIT)

    queue.wake(queue.next_deadline())

    dead, lost = take_deliveries(queue)
    assert dead.attributes["ErrorMessage"] == ("String", "boom")
    assert json.loads(lost.body)["responseContext"]["functionError"] == "Unhandled"


def test_jitter_adds_a_share_of_the_pause() -> None:
    """Between none and the share; the same for the same seed."""

    def pause(seed: int) -> float:
        queue = make_queue(profile=Profile(jitter=0.5), seed=seed)
        accept(queue, 0.0, "a")
        finish(queue, 0.0, FULL)
        return queue.next_deadline()

    pauses = [pause(seed) for seed in range(20)]

    assert all(1.0 <= each <= 1.5 for each in pauses)
    assert len(set(pauses)) > 10
    assert pauses == [1 + 0.5 * Ids(seed, WORK).random.random() for seed in range(20)]


def test_jitter_comes_on_top_of_doubling_and_limit() -> None:
    """It does not grow by itself."""
    queue = make_queue(profile=Profile(jitter=0.5, throttle_wait_limit=4.0))
    accept(queue, 0.0, "a")
    now, pauses = 0.0, []
    for _ in range(5):
        finish(queue, now, FULL)
        pauses.append(queue.next_deadline() - now)
        now = queue.next_deadline()
        queue.wake(now)

    chance = Ids(0, WORK).random
    assert pauses == pytest.approx([least * (1 + 0.5 * chance.random()) for least in (1, 2, 4, 4, 4)])


def test_double_answer_changes_nothing() -> None:
    """The first counts."""
    queue = make_queue()
    accept(queue, 0.0, "a")
    [invoke] = take_invokes(queue)
    queue.finished(0.0, invoke.token, FAILED)

    queue.finished(0.0, invoke.token, FAILED)

    assert queue.outstanding() == 1
    assert queue.next_deadline() == 60


def test_late_answer_of_an_earlier_attempt_changes_nothing() -> None:
    """The retry has a token of its own."""
    queue = make_queue()
    accept(queue, 0.0, "a")
    [first] = take_invokes(queue)
    queue.finished(0.0, first.token, FAILED)
    queue.wake(60.0)
    [second] = take_invokes(queue)

    queue.finished(61.0, first.token, NULL)

    assert queue.outstanding() == 1
    assert second.request_id == "a"


def test_unknown_answer_changes_nothing() -> None:
    """Of attempts and of deliveries."""
    queue = make_queue()

    queue.finished(0.0, 99, NULL)
    queue.delivered(0.0, 99, "ServiceUnavailable")

    assert queue.effects == []
    assert queue.dead_letter_errors == queue.destination_delivery_failures == 0


def test_window_bounds_what_is_out() -> None:
    """One ends, the next goes out."""
    queue = make_queue(window=2)
    accept(queue, 0.0, *"abc")
    first, _second = take_invokes(queue)

    queue.finished(0.0, first.token, NULL)

    assert [invoke.request_id for invoke in take_invokes(queue)] == ["c"]


OUTCOMES: list[Outcome] = [NULL, FAILED, TimedOut("T", "t"), FULL, WAIT, evolve(FULL, terminal=True), Stopped()]


@define(eq=False)
class Run:
    """A queue with who surrounds it, all of it copied together."""

    queue: AsyncQueue
    now: float = 0.0
    accepted: list[str] = field(factory=list)
    ended: Counter[str] = field(factory=Counter)
    reached: Counter[str] = field(factory=Counter)
    given_up: int = 0
    out: list[Invoke] = field(factory=list)
    delivering: list[Deliver] = field(factory=list)

    def collect(self) -> None:
        self.out += take_invokes(self.queue)
        self.delivering += take_deliveries(self.queue)
        for what, _, about, _, _ in self.queue.notes:
            if what == "given_up":
                self.ended[about] += 1
                self.given_up += 1
        self.queue.notes.clear()

    def advance(self, to: float) -> None:
        while self.queue.next_deadline() <= to:
            self.now = max(self.now, self.queue.next_deadline())
            self.wake()
        self.now = to

    def wake(self) -> None:
        self.queue.wake(self.now)
        assert self.queue.next_deadline() > self.now
        self.collect()

    def finish(self, at: int, outcome: Outcome) -> None:
        invoke = self.out.pop(at % len(self.out))
        if isinstance(outcome, Succeeded):
            self.ended[invoke.request_id] += 1
        if isinstance(outcome, Succeeded | HandlerFailed | TimedOut):
            self.reached[invoke.request_id] += 1
        self.queue.finished(self.now, invoke.token, outcome)
        self.collect()
        self.queue.finished(self.now, invoke.token, FAILED)  # answered twice
        self.queue.finished(self.now, -1, FAILED)  # an answer to nobody
        assert self.queue.effects == []


class AnyOrder(RuleBasedStateMachine):
    """Laws of the queue, whatever its function and its targets do."""

    run: Run

    @initialize(
        window=st.integers(1, 4),
        retries=st.integers(0, 2),
        age=st.sampled_from([60, 90, 200, 21_600]),
        jitter=st.sampled_from([0.0, 0.5]),
        waits=st.sampled_from([(60.0, 120.0), (0.0, 0.5)]),
    )
    def start(self, window: int, retries: int, age: int, jitter: float, waits: tuple[float, float]) -> None:
        queue = make_queue(
            window=window,
            profile=Profile(jitter=jitter, retry_waits=waits),
            maximum_retry_attempts=retries,
            maximum_event_age_in_seconds=age,
            on_success=DONE,
            on_failure=LOST,
        )
        self.run = Run(queue)

    @rule(count=st.integers(1, 5))
    def accept(self, count: int) -> None:
        for _ in range(count):
            name = f"event {len(self.run.accepted)}"
            self.run.accepted.append(name)
            self.run.queue.accept(self.run.now, name, EVENT, None)
        self.run.collect()

    @rule(seconds=st.sampled_from([0.0, 0.5, 1.0, 29.5, 30.0, 60.0, 120.0]))
    def advance(self, seconds: float) -> None:
        self.run.advance(self.run.now + seconds)

    @rule()
    def wake_early(self) -> None:
        self.run.wake()

    @rule(seconds=st.sampled_from([0.5, 29.5, 61.0]))
    def wake_late(self, seconds: float) -> None:
        self.run.now += seconds
        self.run.wake()

    @precondition(lambda self: self.run.out)
    @rule(at=st.integers(0), outcome=st.sampled_from(OUTCOMES))
    def finish(self, at: int, outcome: Outcome) -> None:
        self.run.finish(at, outcome)

    @rule()
    def capacity(self) -> None:
        self.run.queue.capacity(self.run.now)
        self.run.collect()

    @precondition(lambda self: self.run.delivering)
    @rule(error=st.sampled_from([None, "ServiceUnavailable"]))
    def deliver(self, error: str | None) -> None:
        delivery = self.run.delivering.pop(0)
        for _ in range(2):
            self.run.queue.delivered(self.run.now, delivery.token, error)
        self.run.collect()

    @rule()
    def go_on_with_a_copy(self) -> None:
        left, self.run = self.run, copy.deepcopy(self.run)
        left.advance(left.now + 30_000)  # what becomes of the other is nothing to this one

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        unsettled = self.run.queue.unsettled()
        assert sorted([*unsettled, *self.run.ended.elements()]) == sorted(self.run.accepted)
        assert self.run.queue.outstanding() == len(unsettled) + len(self.run.delivering)

    @invariant()
    def window_is_kept(self) -> None:
        assert len(self.run.out) <= self.run.queue.window

    @invariant()
    def attempts_are_bounded(self) -> None:
        most = self.run.queue.config.maximum_retry_attempts + 1
        assert all(count <= most for count in self.run.reached.values())

    @invariant()
    def counters_agree(self) -> None:
        assert self.run.queue.received == len(self.run.accepted)
        assert self.run.queue.dropped == self.run.given_up

    def teardown(self) -> None:
        """Once everything succeeds, everything ends."""
        if not hasattr(self, "run"):
            return
        for _ in range(3 * len(self.run.accepted) + 1):
            self.run.queue.capacity(self.run.now)
            self.run.collect()
            while self.run.out:
                self.run.finish(0, NULL)
            if self.run.queue.next_deadline() < inf:
                self.run.advance(self.run.queue.next_deadline())
        assert self.run.queue.unsettled() == []


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAnyOrder = AnyOrder.TestCase
