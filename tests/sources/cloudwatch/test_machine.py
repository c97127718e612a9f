"""State changes, actions, composite alarms, suppression, looks at data."""

import copy
from math import inf
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eventbus.core.effects import Deliver
from sources import cloudwatch
from sources.cloudwatch.data import data_of
from tests.contracts import cloudwatch_table as table
from tests.sources.cloudwatch.helpers import (
    ALARM,
    IN_ALARM,
    IN_DOUBT,
    IN_OK,
    OK,
    UNKNOWN,
    WORK,
    Alarms,
    alarm,
    steady,
)
from tests.sources.doors import Function
from tests.sources.helpers import EPOCH, birth

BUSY = "TooManyRequestsException: busy"
BY_STATE = {"a": ("alarm_actions", IN_ALARM), "o": ("ok_actions", IN_OK), "i": ("insufficient_data_actions", IN_DOUBT)}


def acting(letters: str) -> dict[str, Any]:
    return {BY_STATE[letter][0]: [BY_STATE[letter][1]] for letter in letters}


@pytest.mark.parametrize("row", table.TRANSITIONS, ids=lambda row: row.id)
def test_transitions(row: table.Transition) -> None:
    """Set at 1, 2, 3 s."""
    alarms = Alarms([steady("x", actions_enabled=row.enabled, **acting(row.actions))])
    for second, state in enumerate(row.states, 1):
        alarms.advance(float(second))
        alarms.set("x", state)

    found = [
        (at, target, event["alarmData"]["state"]["value"], event["alarmData"]["previousState"]["value"])
        for (at, target), event in zip(alarms.called, alarms.events, strict=True)
    ]
    assert tuple(found) == row.calls


def test_several_actions() -> None:
    """Each once, in order."""
    functions = [Function(f"work{number}") for number in range(len(table.SEVERAL))]
    alarms = Alarms([steady("x", alarm_actions=functions)])
    alarms.set("x", ALARM)

    assert tuple(effect.target for _, effect in alarms.calls) == table.SEVERAL


def test_actions_are_enabled_later() -> None:
    """Nothing runs for the state that it has."""
    alarms = Alarms([steady("x", actions_enabled=False, **acting("ao"))])
    alarms.set("x", ALARM)
    alarms.machine("x").enable_actions(0.0, enabled=True)
    alarms.drain()
    assert alarms.calls == []
    alarms.set("x", OK)
    assert alarms.called == [(0.0, "o")]


ERRORS = {
    "404": "ResourceNotFoundException",
    "403": "AccessDeniedException: may not",
    "429": BUSY,
    "500": "ServiceException: failure",
    "202": None,
}


@pytest.mark.parametrize("row", table.HAND_OVERS, ids=lambda row: row.id)
def test_hand_overs(row: table.HandOver) -> None:
    """What is refused for a while is tried again, the rest is noted."""
    alarms = Alarms([steady("x", alarm_actions=[IN_ALARM])], lambda effect: ERRORS[row.happened])
    alarms.set("x", ALARM)
    alarms.advance(3.0)

    assert [at for at, _ in alarms.called] == ([0.0, 1.0, 3.0] if row.tried_again else [0.0])
    assert bool(alarms.noted("x", "dropped")) is (row.happened in ("404", "403"))
    assert alarms.machine("x").outstanding() == row.tried_again


def test_hand_over_is_tried_until_it_is_taken() -> None:
    """For longer than a day."""
    alarms = Alarms([steady("x", alarm_actions=[IN_ALARM])], lambda effect: BUSY)
    alarms.set("x", ALARM)
    alarms.advance(200_000.0)
    alarms.error = lambda effect: None
    alarms.advance(201_000.0)

    assert alarms.called[-1][0] > 200_000
    assert alarms.machine("x").outstanding() == 0


CHILD = steady("child")


def composite(**more: Any) -> cloudwatch.CompositeAlarm:
    return cloudwatch.CompositeAlarm("composite", alarm_rule="ALARM(child)", **{**acting("ao"), **more})


@pytest.mark.parametrize(("id", "changes", "calls"), table.COMPOSITES, ids=[row[0] for row in table.COMPOSITES])
def test_composites(id: str, changes: Any, calls: Any) -> None:
    """From all in OK on."""
    alarms = Alarms([CHILD, steady("other"), composite()])
    for name in ("child", "other"):
        alarms.set(name, OK)
    assert alarms.state("composite") == OK
    alarms.calls.clear()
    for at, name, state in changes:
        alarms.advance(float(at))
        alarms.set(name, state)

    assert tuple(alarms.called) == calls


def test_new_composite_alarm_is_looked_at_at_once() -> None:
    """And the actions of its state run; one on alarms that are not known yet waits."""
    assert Alarms([CHILD, composite()]).called == [(0.0, "o")]
    alarms = Alarms([composite()])
    assert (alarms.state("composite"), alarms.called) == (UNKNOWN, [])


@pytest.mark.parametrize(("text", "state"), [("TRUE", ALARM), ("FALSE OR NOT TRUE", OK)])
def test_composite_alarm_on_no_alarm(text: str, state: str) -> None:
    """Is what its rule says, at once."""
    alarms = Alarms([cloudwatch.CompositeAlarm("x", alarm_rule=text)])

    assert alarms.state("x") == state


def test_composite_on_composite() -> None:
    """A change goes up."""
    top = cloudwatch.CompositeAlarm("top", alarm_rule="ALARM(composite)", alarm_actions=[IN_ALARM])
    alarms = Alarms([top, composite(alarm_actions=[], ok_actions=[]), CHILD])
    alarms.advance(10.0)
    alarms.set("child", ALARM)

    assert alarms.called == [(10.0, "a")]
    assert alarms.events[0]["alarmData"]["state"]["reason"].startswith(
        "arn:aws:cloudwatch:us-east-1:000000000000:alarm:composite transitioned to ALARM"
    )


def test_cycles_end() -> None:
    """Two alarms of which each turns the other round: the change stops where it came from."""
    one = cloudwatch.CompositeAlarm("one", alarm_rule="NOT ALARM(two) OR ALARM(child)")
    two = cloudwatch.CompositeAlarm("two", alarm_rule="ALARM(one)")
    alarms = Alarms([one, two, CHILD])
    alarms.advance(10.0)
    alarms.set("child", ALARM)
    alarms.set("child", OK)

    passed = alarms.noted("one", "passed_by") + alarms.noted("two", "passed_by")
    assert passed
    assert all(note.endswith("a cycle") for note in passed)


@pytest.mark.parametrize("row", table.SUPPRESSIONS, ids=lambda row: row.id)
def test_suppression(row: table.Suppression) -> None:
    """From all in OK on; what DescribeAlarms says in between."""
    quiet = steady("quiet")
    declared = composite(
        actions_suppressor=quiet,
        actions_suppressor_wait_period=row.wait,
        actions_suppressor_extension_period=row.extension,
    )
    alarms = Alarms([CHILD, quiet, declared])
    for name in ("child", "quiet"):
        alarms.set(name, OK)
    alarms.calls.clear()
    changes: list[tuple[float, Any]] = [(at, (name, state)) for at, name, state in row.changes]
    changes += [(at, by) for at, by in row.suppressed_by]
    for at, what in sorted(changes, key=lambda each: each[0]):
        alarms.advance(float(at))
        if isinstance(what, tuple):
            alarms.set(*what)
        else:
            state = alarms.machine("composite").state
            assert state.suppressed_by == what
            assert state.suppressed_reason == (None if what is None else f"Actions suppressed by {what}")
    alarms.advance(10_000.0)

    assert tuple(alarms.called) == row.calls
    assert alarms.machine("composite").outstanding() == 0


def test_suppressed_state_that_ends_while_suppressed() -> None:
    """Neither its actions nor those of its end run; later changes do again."""
    quiet = steady("quiet")
    declared = composite(
        actions_suppressor=quiet, actions_suppressor_wait_period=10, actions_suppressor_extension_period=10
    )
    alarms = Alarms([CHILD, quiet, declared])
    alarms.calls.clear()
    for at, name, state in ((1, "quiet", ALARM), (2, "child", ALARM), (3, "child", OK), (4, "quiet", OK)):
        alarms.advance(float(at))
        alarms.set(name, state)
    alarms.advance(100.0)
    assert alarms.calls == []
    assert alarms.machine("composite").state.suppressed_by is None

    alarms.set("child", ALARM)
    assert alarms.machine("composite").outstanding() == 1
    alarms.advance(105.0)
    alarms.set("child", OK)
    alarms.advance(200.0)
    alarms.set("child", ALARM)
    alarms.advance(300.0)
    alarms.set("child", OK)
    assert alarms.called == [(210.0, "a"), (300.0, "o")]


# ---------------------------------------------------------------- data
def three_of_five(**more: Any) -> cloudwatch.Alarm:
    return alarm("x", evaluation_periods=5, datapoints_to_alarm=3, **{**acting("aoi"), **more})


def test_data_are_looked_at_when_their_minute_is_over() -> None:
    """Not before; then the state is over when they are."""
    alarms = Alarms([alarm("x", **acting("aoi"))])
    alarms.advance(10.0)
    alarms.put(1)
    assert alarms.machine("x").outstanding() == 1
    alarms.advance(59.9)
    assert alarms.calls == []
    alarms.advance(60.0)
    assert alarms.called == [(60.0, "a")]
    assert alarms.machine("x").outstanding() == 0
    alarms.advance(100_000.0)
    assert alarms.called == [(60.0, "a"), (240.0, "i")]
    assert alarms.machine("x").next_deadline() == inf


def test_reason_of_a_look() -> None:
    """In the words of the guide's samples."""
    alarms = Alarms([alarm("x", statistic="Average", threshold=50, **acting("ao"))])
    alarms.advance(10.0)
    alarms.put(99.5)
    alarms.advance(70.0)
    alarms.put(0.5)
    alarms.put(1.5)
    alarms.advance(120.0)
    up, down = (event["alarmData"]["state"] for event in alarms.events)

    assert up["reason"] == (
        "Threshold Crossed: 1 out of the last 1 datapoints [99.5 (01/01/26 00:00:00)] was greater than the threshold "
        "(50.0) (minimum 1 datapoint for INSUFFICIENT_DATA -> ALARM transition)."
    )
    assert up["reasonData"] == (
        '{"version":"1.0","queryDate":"2026-01-01T00:01:00.000+0000","startDate":"2026-01-01T00:00:00.000+0000",'
        '"statistic":"Average","period":60,"recentDatapoints":[99.5],"threshold":50.0,"evaluatedDatapoints":'
        '[{"timestamp":"2026-01-01T00:00:00.000+0000","sampleCount":1.0,"value":99.5}]}'
    )
    assert down["reason"] == (
        "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (01/01/26 00:01:00)] was not greater than the threshold "
        "(50.0) (minimum 1 datapoint for ALARM -> OK transition)."
    )


def test_reasons_without_data() -> None:
    """What is missing, and how it was treated."""
    alarms = Alarms([alarm("x", treat_missing_data="breaching", evaluation_periods=3), alarm("y", **acting("i"))])
    alarms.put(1)
    alarms.advance(10_000.0)

    assert alarms.machine("y").state.reason == "Insufficient Data: 1 datapoint was unknown."
    assert alarms.state("x") == ALARM
    alarms = Alarms([alarm("x", treat_missing_data="breaching", evaluation_periods=3)])
    alarms.advance(60.0)
    assert alarms.machine("x").state.reason == (
        "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as "
        "[Breaching]."
    )


@pytest.mark.parametrize(
    ("statistic", "expected"), [("SampleCount", 6), ("Sum", 30), ("Average", 5), ("Minimum", 1), ("Maximum", 10)]
)
def test_statistics(statistic: Any, expected: float) -> None:
    """Over values, counts and sets of one period."""
    alarms = Alarms([alarm("x", statistic=statistic, threshold=0)])
    alarms.put(10)
    for members in (
        {"values": [1, 3], "counts": [2, 1]},
        {"statistic_values": {"sample_count": 2, "sum": 15, "minimum": 6, "maximum": 9}},
    ):
        datum = {"metric_name": "Errors", "dimensions": [{"name": "FunctionName", "value": "work"}], **members}
        metrics = alarms.machines[cloudwatch.Metrics().arn]
        metrics.put(0.0, data_of("AWS/Lambda", [datum], EPOCH), None)
    alarms.drain()
    alarms.advance(60.0)

    reason_data = alarms.machine("x").state.reason_data
    assert reason_data is not None
    assert f'"recentDatapoints":[{float(expected)}]' in reason_data


def test_data_of_others_are_no_concern() -> None:
    """Another metric, other dimensions, another unit, another namespace."""
    alarms = Alarms([alarm("x", unit="Count", treat_missing_data="ignore")])
    alarms.put(1, "Throttles", unit="Count")
    alarms.put(1, dimensions=[], unit="Count")
    alarms.put(1, unit="Seconds")
    assert alarms.machine("x").outstanding() == 0
    alarms.put(1, unit="Count")
    assert alarms.machine("x").outstanding() == 1


def test_three_of_five() -> None:
    """Over minutes, with gaps."""
    alarms = Alarms([three_of_five()])
    for minute, value in enumerate([1, 0, 1, 0, 1, 0, 0, 0]):
        alarms.advance(minute * 60 + 5.0)
        alarms.put(value)
    alarms.advance(480.0)

    assert alarms.called == [(120.0, "o"), (300.0, "a"), (360.0, "o")]


def test_long_periods_slide_by_the_minute() -> None:
    """A period of 5 minutes ends every minute."""
    alarms = Alarms([alarm("x", period=300, threshold=2, **acting("a"))])
    for minute in (1, 4, 6):
        alarms.advance(minute * 60 + 1.0)
        alarms.put(1)

    alarms.advance(419.0)
    assert alarms.calls == []
    alarms.put(1)
    alarms.advance(420.0)
    assert alarms.called == [(420.0, "a")]


def test_short_periods() -> None:
    """Looked at every 10 seconds."""
    alarms = Alarms([alarm("x", period=10, **acting("a"))])
    alarms.advance(11.0)
    alarms.put(1)
    alarms.advance(20.0)

    assert alarms.called == [(20.0, "a")]


def test_data_of_the_past_and_of_the_future() -> None:
    """Count where they belong; what is too old is forgotten."""
    alarms = Alarms([alarm("x", **acting("a"))])
    alarms.advance(7_200.0)
    alarms.put(1, timestamp=EPOCH)
    alarms.advance(7_260.0)
    assert alarms.calls == []
    assert alarms.machine("x").next_deadline() == inf
    alarms.put(1, timestamp=EPOCH + 7_500)
    alarms.advance(8_000.0)
    assert alarms.called == [(7_560.0, "a")]


def test_state_by_hand_is_looked_at_again() -> None:
    """At the end of the minute, by what is there."""
    alarms = Alarms([alarm("x", **acting("ai"))])
    alarms.advance(70.0)
    alarms.set("x", ALARM)
    alarms.advance(1_000.0)

    assert alarms.called == [(70.0, "a"), (120.0, "i")]
    assert alarms.machine("x").next_deadline() == inf


def test_data_put_before_anybody_asked() -> None:
    """Are there all the same: a bus begins with a call."""
    alarms = Alarms.__new__(Alarms)
    metrics = cloudwatch.Metrics()
    everything: list[Any] = [alarm("x"), metrics]
    machines = {each.arn: each.machine(birth(each.arn)) for each in everything}
    given = [{"metric_name": "Errors", "value": 1, "dimensions": [{"name": "FunctionName", "value": "work"}]}]
    machines[metrics.arn].put(0.0, data_of("AWS/Lambda", given, EPOCH), None)
    alarms.machines, alarms.calls, alarms.now, alarms.error = machines, [], 0.0, lambda effect: None
    alarms.advance(60.0)

    assert alarms.state("x") == ALARM


def test_idle_alarms_cost_nothing() -> None:
    """Nothing is due after the first look."""
    alarms = Alarms([alarm("x"), steady("y"), composite(), CHILD])
    alarms.advance(60.0)

    assert [machine.next_deadline() for machine in alarms.machines.values()] == [inf] * 5


class Suppressed(RuleBasedStateMachine):
    """A composite alarm with a suppressor: an action runs only while nothing suppresses, and each change to ALARM has
    one at most."""

    names = st.sampled_from(["child", "quiet"])

    @initialize(wait=st.sampled_from([0, 30]), extension=st.sampled_from([0, 30]))
    def start(self, wait: int, extension: int) -> None:
        quiet = steady("quiet")
        declared = composite(
            actions_suppressor=quiet,
            actions_suppressor_wait_period=wait,
            actions_suppressor_extension_period=extension,
        )
        self.alarms = Alarms([CHILD, quiet, declared])
        self.ups = 0

    @rule()
    def go_on_with_a_copy(self) -> None:
        self.alarms.machines = copy.deepcopy(self.alarms.machines)

    @rule(name=names, value=st.sampled_from([OK, ALARM, UNKNOWN]))
    def change(self, name: str, value: str) -> None:
        before, calls = self.alarms.state("composite"), len(self.alarms.calls)
        self.alarms.set(name, value)
        self.ups += before != ALARM and self.alarms.state("composite") == ALARM
        if self.alarms.state("quiet") == ALARM and name == "child":
            assert len(self.alarms.calls) == calls

    @rule(seconds=st.sampled_from([1, 29, 30, 60]))
    def wait(self, seconds: int) -> None:
        calls = len(self.alarms.calls)
        quiet = self.alarms.state("quiet") == ALARM
        self.alarms.advance(self.alarms.now + seconds)
        assert not quiet or len(self.alarms.calls) == calls

    @invariant()
    def actions_are_those_of_changes(self) -> None:
        assert [name for _, name in self.alarms.called].count("a") <= self.ups
        state = self.alarms.machine("composite").state
        assert (state.value == ALARM) == (self.alarms.state("child") == ALARM)
        assert state.suppressed_by is None or self.alarms.state("quiet") == ALARM or state.value == ALARM


TestSuppressed = Suppressed.TestCase
TestSuppressed.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)


def test_deliveries_carry_the_alarm() -> None:
    """Permission is that of the alarm."""
    alarms = Alarms([steady("x", alarm_actions=[WORK])])
    alarms.set("x", ALARM)
    [(_, effect)] = alarms.calls

    assert isinstance(effect, Deliver)
    assert effect.asker == steady("x").arn
