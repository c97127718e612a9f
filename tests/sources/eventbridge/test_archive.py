"""Archives and replays."""

import copy
import json
from math import inf
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from hypothesis.stateful import rule as step

from sources import eventbridge
from sources.eventbridge.archive import COMPLETED, RUNNING, STARTING
from sources.eventbridge.machine import BusMachine
from tests.sources.eventbridge.helpers import ANY, QUEUE, Sink, make_bus, put, rule, run_until
from tests.sources.helpers import EPOCH

DAY = 86_400.0
ALL = eventbridge.Archive("all")


def start(
    machine: BusMachine,
    now: float,
    first: float = 0.0,
    last: float = DAY,
    name: str = "again",
    rules: frozenset[str] | None = None,
    archive: str = "all",
) -> Any:
    return machine.archives.start(now, name, archive, EPOCH + first, EPOCH + last, rules, None)


def count(machine: BusMachine, now: float, name: str = "all") -> int:
    return len(machine.archives.find(now, name).events)


def test_archive_keeps_what_matches() -> None:
    """All without a pattern, from whatever source."""
    machine = make_bus("default", ALL, eventbridge.Archive("some", event_pattern=ANY))
    put(machine, 1.0, source="shop")
    put(machine, 2.0, source="other")

    assert (count(machine, 2.0), count(machine, 2.0, "some")) == (2, 1)


def test_retention_ends_with_its_last_second() -> None:
    """Counted from when the bus took the event; 0 days are for ever."""
    machine = make_bus("default", ALL, eventbridge.Archive("day", retention_days=1))
    put(machine, 10.0)

    assert count(machine, 10.0 + DAY - 0.1, "day") == 1
    assert count(machine, 10.0 + DAY, "day") == 0
    assert count(machine, 1e9) == 1
    assert machine.next_deadline() == inf


def test_retention_goes_on_while_events_come() -> None:
    """An archive that nobody asks about does not grow."""
    machine = make_bus("default", eventbridge.Archive("day", retention_days=1))
    for day in range(5):
        put(machine, day * DAY)

    assert len(machine.archives._archives["day"].events) == 1


def test_replay_hands_out_minute_by_minute() -> None:
    """The first at once, one more each second, in the order of the minutes of their times, not of their coming."""
    machine, sink = make_bus("default", rule(), ALL), Sink()
    for now, time in ((10, "00:05:30"), (11, "00:01:59"), (12, "00:05:01"), (13, "00:01:00")):
        machine.put(float(now), "shop", "t", "{}", (), f"2026-01-01T{time}Z")
    machine.effects.clear()
    replay = start(machine, 100.0)
    assert (replay.state, machine.next_deadline()) == (STARTING, 100.0)
    machine.wake(100.0)

    assert replay.state == RUNNING
    assert [json.loads(effect.body)["time"][11:19] for effect in machine.effects if hasattr(effect, "body")] == [
        "00:01:59",
        "00:01:00",
    ]
    machine.effects.clear()
    run_until(200.0, machine, sink)
    assert [body["time"][11:19] for body in sink.bodies] == ["00:05:30", "00:05:01"]
    assert sink.tries == [101, 101]
    assert (replay.state, replay.ended_at) == (COMPLETED, 101)


def test_replayed_events_keep_their_id() -> None:
    """They have the name of the replay, no cause, and are not archived again."""
    machine, sink = make_bus("default", rule(), ALL), Sink()
    id = put(machine, 10.0, sink)
    start(machine, 100.0)
    run_until(100.0, machine, sink)

    assert [(body["id"], body.get("replay-name")) for body in sink.bodies] == [(id, None), (id, "again")]
    assert count(machine, 100.0) == 1


@pytest.mark.parametrize(("first", "last", "found"), [(0, 9, 0), (0, 10, 1), (10, 11, 1), (10.9, 20, 1), (11, 20, 0)])
def test_ends_of_a_replay_are_included(first: float, last: float, found: int) -> None:
    """By the time of the event, in whole seconds."""
    machine, sink = make_bus("default", rule(), ALL), Sink()
    put(machine, 10.9)
    start(machine, 100.0, first, last)
    run_until(100.0, machine, sink)

    assert len(sink.bodies) == found


def test_replay_for_some_rules() -> None:
    """The others get nothing, even if they match."""
    machine, sink = make_bus("default", rule("a"), rule("b"), rule("c", event_pattern={"source": ["x"]}), ALL), Sink()
    put(machine, 10.0)
    start(machine, 100.0, rules=frozenset({"b", "c", "unknown"}))
    machine.notes.clear()
    run_until(100.0, machine, sink)

    assert len(sink.bodies) == 1


def test_rules_can_tell_replayed_events() -> None:
    """By the name of the replay."""
    machine = make_bus("default", rule(event_pattern={"replay-name": [{"exists": True}]}), ALL)
    sink = Sink()
    put(machine, 10.0, sink)
    assert sink.bodies == []
    start(machine, 100.0)
    run_until(100.0, machine, sink)

    assert len(sink.bodies) == 1


def test_replay_is_outstanding_until_it_ends() -> None:
    """Settling waits for it; an archive is background."""
    machine = make_bus("default", ALL)
    put(machine, 10.0)
    assert machine.outstanding() == 0
    start(machine, 100.0)
    assert machine.outstanding() == 1
    run_until(100.0, machine)

    assert machine.outstanding() == 0


def test_replay_of_nothing_ends() -> None:
    """In the turn after it was started."""
    machine = make_bus("default", ALL)
    replay = start(machine, 100.0)
    run_until(100.0, machine)

    assert (replay.state, replay.last_replayed) == (COMPLETED, None)


def test_cancelled_replay_hands_out_no_more() -> None:
    """What was handed out stays."""
    machine, sink = make_bus("default", rule(), ALL), Sink()
    put(machine, 10.0)
    put(machine, 70.0)
    start(machine, 100.0)
    run_until(100.0, machine, sink)
    machine.archives.cancel(100.5, "again")
    run_until(1_000.0, machine, sink)

    assert len(sink.bodies) == 1
    assert machine.outstanding() == 0


def test_replay_outlives_its_archive() -> None:
    """It has its events when it starts."""
    machine, sink = make_bus("default", rule(), ALL), Sink()
    put(machine, 10.0)
    start(machine, 100.0)
    machine.archives.delete(100.0, "all")
    run_until(100.0, machine, sink)

    assert len(sink.bodies) == 1


def test_eleventh_replay_waits_for_the_end_of_another() -> None:
    """Ten at once."""
    machine = make_bus("default", ALL)
    for number in range(10):
        start(machine, 100.0, name=f"r{number}")
    with pytest.raises(eventbridge.LimitExceededException):
        start(machine, 100.0)
    run_until(100.0, machine)

    assert start(machine, 100.0).state == STARTING


class Archived(RuleBasedStateMachine):
    """Beside a list of (time, id)."""

    @initialize(days=st.sampled_from([0, 1]))
    def begin(self, days: int) -> None:
        self.days = days
        self.machine = make_bus("default", rule(), eventbridge.Archive("all", retention_days=days))
        self.now = 0.0
        self.model: list[tuple[float, str]] = []
        self.started = 0
        self.due: list[tuple[float, str, str]] = []  # what replays still have to hand out: time, event, replay

    @step()
    def go_on_with_a_copy(self) -> None:
        self.machine = copy.deepcopy(self.machine)

    @step()
    def put(self) -> None:
        self.model.append((self.now, put(self.machine, self.now)))
        self.machine.effects.clear()

    @step(first=st.integers(0, 5), minutes=st.integers(1, 3))
    def replay(self, first: int, minutes: int) -> None:
        if self.machine.archives.outstanding() == 10:
            return
        self.started += 1
        name = f"r{self.started}"
        start(self.machine, self.now, first * 60.0, (first + minutes) * 60.0, name)
        self.due += [(at, id, name) for at, id in self.kept() if first * 60 <= at // 1 <= (first + minutes) * 60]

    @step(seconds=st.sampled_from([0.0, 1.0, 20.0, 70.0, DAY]))
    def pass_time(self, seconds: float) -> None:
        end = self.now + seconds
        sink = Sink(QUEUE.arn)
        run_until(end, self.machine, sink)
        self.now = end
        for body in sink.bodies:
            found = [each for each in self.due if each[1:] == (body["id"], body["replay-name"])]
            assert len(found) == 1
            self.due.remove(found[0])

    def kept(self) -> list[tuple[float, str]]:
        return [(at, id) for at, id in self.model if not self.days or at > self.now - DAY]

    @invariant()
    def archive_is_that_of_the_model(self) -> None:
        found = [event.id for _, event in self.machine.archives.find(self.now, "all").events]
        assert found == [id for _, id in self.kept()]

    @invariant()
    def replays_end_with_nothing_left(self) -> None:
        if not self.machine.archives.outstanding():
            assert self.due == []


TestArchived = Archived.TestCase
TestArchived.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
