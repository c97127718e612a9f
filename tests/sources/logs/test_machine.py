"""The machine of a log group: hand-overs, their retries, deliveries to it, and reads beside a plain model."""

import copy
import json
from math import inf
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eventbus.core.effects import Cause, Deliver, Delivered
from eventbus.core.patterns.logs import LogsPattern
from eventbus.names import arn_of
from sources.logs.errors import LimitExceededException
from tests.sources.logs.helpers import AT_10, STREAM, Work, decoded, make_machine

CAUSE = Cause("request", ())
BUSY = "ServiceUnavailable"
WORK = Work().arn
BUS = arn_of("events", "event-bus/default")


def deliveries(machine: Any) -> list[Deliver]:
    """What was handed over since the last time."""
    found = [effect for effect in machine.effects if isinstance(effect, Deliver)]
    machine.effects.clear()
    return found


def test_each_filter_that_matches_gets_one_event_a_call() -> None:
    """With what matched; what it refused is noted, and the invocation out of which it was logged is handed on."""
    machine = make_machine()
    machine.put_filter(0.0, "errors", "ERROR", WORK)
    machine.put_filter(0.0, "all", "", WORK)

    machine.put(10.0, STREAM, [(AT_10, "ERROR 1"), (AT_10, "fine"), (AT_10, "ERROR 2")], CAUSE)

    handed = [(each.target, each.asker, each.cause) for each in deliveries(machine)]
    assert handed == [(WORK, machine.arn, CAUSE)] * 2
    ids = [machine.event_id(event) for event in machine.page(10.0, STREAM, 0, None, 10, forward=True).events]
    assert machine.notes == [
        ("logged", machine.arn, tuple(ids), STREAM, CAUSE),
        ("filtered", machine.arn, (ids[1],), "errors: no match for ERROR", CAUSE),
        ("notified", machine.arn, (ids[0], ids[2]), WORK, CAUSE),
        ("notified", machine.arn, tuple(ids), WORK, CAUSE),
    ]
    assert machine.outstanding() == 2


def test_group_without_filters_hands_over_nothing() -> None:
    """It only keeps what is logged."""
    machine = make_machine()

    machine.put(10.0, STREAM, [(AT_10, "x")], None)

    assert (machine.effects, machine.outstanding(), machine.next_deadline()) == ([], 0, inf)


def test_refused_for_a_while_is_tried_again_for_a_day() -> None:
    """After 1, 2, 4 ... 450 seconds, and never later than 24 hours after it was logged."""
    machine = make_machine()
    machine.put_filter(0.0, "all", "", WORK)
    machine.put(10.0, STREAM, [(AT_10, "x")], CAUSE)
    now, times = 10.0, []
    while tried := deliveries(machine):
        times.append(now - 10)
        machine.delivered(now, tried[0].token, BUSY)
        now = machine.next_deadline()
        if now == inf:
            break
        machine.wake(now)

    assert times[:11] == [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 961]
    assert 86_400 - 450 <= times[-1] < 86_400
    assert machine.notes[2][0:4:3] == ("not_taken", f"{BUSY} by {WORK}")
    assert machine.notes[3][0:4:3] == ("retry_wait", 1)
    what, _, about, reason, cause = machine.notes[-1]
    assert (what, len(about), cause) == ("dropped", 1, CAUSE)
    assert reason == f"hand-over to work refused: MaximumEventAgeInSeconds: {BUSY}"
    assert machine.outstanding() == 0


@pytest.mark.parametrize("error", ["ResourceNotFoundException", "AccessDeniedException: may not invoke"])
def test_refused_for_good_is_dropped_at_once(error: str) -> None:
    """No permission, no such function: with the reason."""
    machine = make_machine()
    machine.put_filter(0.0, "all", "", WORK)
    machine.put(10.0, STREAM, [(AT_10, "x")], None)
    [effect] = deliveries(machine)

    machine.delivered(10.0, effect.token, error)

    assert machine.notes[-1][3] == f"hand-over to work refused: {error}"
    assert (machine.outstanding(), machine.next_deadline()) == (0, inf)


def test_second_answer_is_passed_by() -> None:
    """And one that nobody waits for."""
    machine = make_machine()
    machine.delivered(0.0, 1, BUSY)
    machine.put_filter(0.0, "all", "", WORK)
    machine.put(10.0, STREAM, [(AT_10, "x")], None)
    [effect] = deliveries(machine)
    machine.delivered(10.0, effect.token, None)

    machine.delivered(10.0, effect.token, BUSY)

    assert (machine.outstanding(), [note[0] for note in machine.notes]) == (0, ["logged", "notified"])


def test_a_delivery_becomes_one_event() -> None:
    """Now, in a stream named after who sent it; filters see it too."""
    machine = make_machine()
    machine.put_filter(0.0, "all", "", WORK)

    machine.deliver(10.0, Deliver(machine.arn, BUS, 7, '{"a":1}', cause=CAUSE))

    onward, answer = machine.effects
    assert isinstance(onward, Deliver)
    assert isinstance(answer, Delivered)
    assert (answer.asker, answer.token, answer.error) == (BUS, 7, None)
    assert machine.notes[0][3:] == (f"by {BUS}", CAUSE)
    [event] = machine.page(10.0, "event-bus/default", 0, None, 10, forward=True).events
    assert (event.timestamp, event.message) == (AT_10, '{"a":1}')


@pytest.mark.parametrize("body", ["", "x" * (1_048_576 - 25)], ids=["empty", "too long"])
def test_what_is_no_event_is_refused(body: str) -> None:
    """For good: whoever sent it does not try again."""
    machine = make_machine()

    machine.deliver(10.0, Deliver(machine.arn, BUS, 7, body))

    [answer] = machine.effects
    assert isinstance(answer, Delivered)
    assert answer.error == "InvalidParameterValue: a log event is a text of 1 to 1,048,550 bytes"
    assert machine.notes == []


def test_longest_delivery() -> None:
    """1 MiB, with what each event counts beside its message."""
    machine = make_machine()

    machine.deliver(10.0, Deliver(machine.arn, BUS, 7, "x" * (1_048_576 - 26)))

    [answer] = machine.effects
    assert isinstance(answer, Delivered)
    assert answer.error is None


def test_lines_of_a_function_are_events() -> None:
    """One each, with its time, in one call; in a stream that is made for them, or is there."""
    machine = make_machine()
    machine.put_filter(0.0, "all", "", WORK)
    for _ in range(2):
        machine.take_log(10.0, "new", [(AT_10 / 1_000 - 1, "a"), (AT_10 / 1_000, "b")], CAUSE)

    first, second = deliveries(machine)
    assert [each["message"] for each in decoded(json.loads(first.body))["logEvents"]] == ["a\n", "b\n"]
    assert (first.cause, second.cause) == (CAUSE, CAUSE)
    events = machine.page(10.0, "new", 0, None, 10, forward=True).events
    assert [(each.timestamp - AT_10, each.message) for each in events] == [
        (-1_000, "a\n"),
        (-1_000, "a\n"),
        (0, "b\n"),
        (0, "b\n"),
    ]


@pytest.mark.parametrize(
    ("text", "size"), [("x" * 1_048_549, 1_048_550), ("x" * 1_048_550, 1_048_550), ("é" * 600_000, 1_048_550)]
)
def test_long_lines_are_cut(text: str, size: int) -> None:
    """To what one event takes, between letters."""
    machine = make_machine()
    machine.take_log(10.0, STREAM, [(AT_10 / 1_000, text)], CAUSE)

    [event] = machine.page(10.0, STREAM, 0, None, 10, forward=True).events
    assert len(event.message.encode()) == size


def test_expired_events_are_gone() -> None:
    """Older than the retention in days, at the millisecond; nothing is due for it."""
    machine = make_machine(retention_in_days=1)
    machine.put(10.0, STREAM, [(AT_10, "x")], None)

    def left(now: float) -> int:
        return len(machine.search(now, None, "", LogsPattern(""), 0, None, 10).events)

    assert machine.next_deadline() == inf
    assert left(86_410.0) == 1
    assert left(86_410.001) == 0


def test_ids_are_in_the_order_of_events() -> None:
    """56 digits; of another group none is the same."""
    machine = make_machine()
    machine.put(10.0, STREAM, [(AT_10, "b"), (AT_10, "c")], None)
    machine.put(10.0, STREAM, [(AT_10 - 1, "a")], None)
    ids = [machine.event_id(event) for event in machine.page(10.0, STREAM, 0, None, 10, forward=True).events]

    assert ids == sorted(set(ids))
    assert {len(id) for id in ids} == {56}
    assert all(id.isdigit() for id in ids)


class Groups(RuleBasedStateMachine):
    """Beside a list of (timestamp, position, stream, message), two filters at most, and what they should have got."""

    names = st.sampled_from(["one", "two"])
    texts = st.sampled_from(["a", "b", "a b"])

    @initialize()
    def start(self) -> None:
        self.machine = make_machine()
        self.machine.create_stream(0.0, "two")
        self.now = 10.0
        self.model: list[tuple[int, int, str, str]] = []
        self.filters: dict[str, str] = {}
        self.due: list[list[str]] = []  # messages of each hand-over that nobody has taken
        self.out: list[Deliver] = []

    @rule()
    def go_on_with_a_copy(self) -> None:
        self.machine = copy.deepcopy(self.machine)
        self.machine.effects.clear()

    @rule(name=names, given=st.lists(st.tuples(st.integers(AT_10 - 3, AT_10 + 3), texts), min_size=1, max_size=3))
    def put(self, name: str, given: list[tuple[int, str]]) -> None:
        given.sort(key=lambda event: event[0])
        self.machine.put(self.now, name, given, None)
        self.model += [(at, len(self.model) + n, name, message) for n, (at, message) in enumerate(given)]
        for text in self.filters.values():
            matching = [message for _, message in given if text in message]
            self.due += [matching] if matching else []
        self.collect()

    @rule(name=st.sampled_from(["f", "g", "h"]), text=st.sampled_from(["", "a", "b"]))
    def put_filter(self, name: str, text: str) -> None:
        try:
            self.machine.put_filter(self.now, name, text, WORK)
        except LimitExceededException:
            assert len(self.filters) == 2
            assert name not in self.filters
        else:
            self.filters[name] = text
            assert len(self.filters) <= 2

    @rule(data=st.data())
    def delete_filter(self, data: st.DataObject) -> None:
        if self.filters:
            name = data.draw(st.sampled_from(sorted(self.filters)))
            self.machine.delete_filter(self.now, name)
            del self.filters[name]

    @rule(data=st.data(), taken=st.booleans())
    def answer(self, data: st.DataObject, taken: bool) -> None:
        if self.out:
            effect = self.out.pop(data.draw(st.integers(0, len(self.out) - 1)))
            self.machine.delivered(self.now, effect.token, None if taken else BUSY)
            if taken:
                self.due.remove(self.messages(effect))

    @rule()
    def next_try(self) -> None:
        if self.machine.next_deadline() < inf:
            self.now = self.machine.next_deadline()
            self.machine.wake(self.now)
            assert self.machine.next_deadline() > self.now
            self.collect()

    def collect(self) -> None:
        self.out += deliveries(self.machine)

    def messages(self, effect: Deliver) -> list[str]:
        return [each["message"] for each in decoded(json.loads(effect.body))["logEvents"]]

    @invariant()
    def nothing_is_lost_on_its_way(self) -> None:
        assert self.machine.outstanding() == len(self.due)

    @invariant()
    def reads_are_those_of_the_model(self) -> None:
        ordered = sorted(self.model)
        page = self.machine.search(self.now, None, "", LogsPattern("a"), 0, None, 1_000)
        assert [event.message for event in page.events] == [each[3] for each in ordered if "a" in each[3]]
        for name in ("one", "two"):
            found = self.machine.page(self.now, name, 0, None, 1_000, forward=True).events
            assert [event.message for event in found] == [each[3] for each in ordered if each[2] == name]


TestGroups = Groups.TestCase
TestGroups.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
