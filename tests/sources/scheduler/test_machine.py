"""The machine of a group: what is sent when, tried again, given up; beside a plain model."""

import copy
import json
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eventbus.core.profile import Profile
from sources import scheduler
from sources.scheduler.settings import Settings
from tests.golden import load, match
from tests.sources.scheduler.helpers import (
    DEAD,
    HOUR,
    MINUTE,
    QUEUE,
    WORK,
    after,
    deliveries,
    fired_until,
    make_group,
    nightly,
    seconds_fired,
)


def test_event_without_an_input_is_the_golden() -> None:
    """Its time is that of the occurrence."""
    machine = make_group(nightly(schedule_expression="at(2026-01-01T00:01:00)"))
    [(at, event)] = fired_until(machine, HOUR)

    assert at == MINUTE
    match(load("scheduler/default"), event)


@pytest.mark.parametrize(
    ("name", "attempts", "age", "tries"),
    [
        ("dead_letter_retries_exhausted", 2, 86_400, [60.0, 61.0, 63.0]),
        ("dead_letter_age_exceeded", 185, 60, [60.0, 61.0, 63.0, 67.0, 75.0, 91.0]),
    ],
)
def test_dead_letter_is_the_golden(name: str, attempts: int, age: int, tries: list[float]) -> None:
    """The payload itself, with these attributes; then nothing is on its way any more."""
    machine = make_group(
        nightly(
            schedule_expression="at(2026-01-01T00:01:00)",
            maximum_retry_attempts=attempts,
            maximum_event_age_in_seconds=age,
            dead_letter=DEAD,
        )
    )
    found: list[float] = []
    letters: list[Any] = []
    bodies: list[str] = []
    while (now := machine.next_deadline()) < HOUR:
        machine.wake(now)
        for effect in deliveries(machine):
            found.append(now)
            bodies.append(effect.body)
            machine.delivered(now, effect.token, "ServiceUnavailable: not now")
            letters += deliveries(machine)

    [letter] = letters
    attributes = {key: {"StringValue": value, "DataType": kind} for key, (kind, value) in letter.attributes.items()}
    match(load(f"scheduler/{name}"), attributes, key_order=False)
    assert found == tries
    assert letter.target == DEAD.arn
    assert {letter.body} == set(bodies)
    machine.delivered(now, letter.token, None)
    assert machine.outstanding() == 0


def test_notes_tell_each_try_and_the_end() -> None:
    """Under the ARN of the schedule and the id of the event."""
    machine = make_group(nightly(schedule_expression="at(2026-01-01T00:01:00)", maximum_retry_attempts=1))
    [(_, event), _] = fired_until(machine, HOUR, "ServiceUnavailable")
    where, id = event["resources"][0], event["id"]

    assert machine.notes == [
        ("notified", where, id, WORK.arn, None),
        ("not_taken", where, id, f"ServiceUnavailable by {WORK.arn}", None),
        ("retry_wait", where, id, 1.0, None),
        ("notified", where, id, WORK.arn, None),
        ("not_taken", where, id, f"ServiceUnavailable by {WORK.arn}", None),
        ("dropped", where, id, "not delivered: ServiceUnavailable (MaximumRetryAttempts)", None),
    ]


def test_refusal_for_good_is_not_tried_again() -> None:
    """It is dropped, or a dead letter without a condition."""
    machine = make_group(nightly(schedule_expression="at(2026-01-01T00:01:00)", dead_letter=DEAD))
    machine.wake(MINUTE)
    [effect] = deliveries(machine)
    machine.delivered(MINUTE, effect.token, "AccessDeniedException: no")

    [letter] = deliveries(machine)
    assert letter.attributes["ERROR_CODE"] == ("String", "NO_PERMISSIONS")
    assert letter.attributes["RETRY_ATTEMPTS"] == ("String", "0")
    assert "EXHAUSTED_RETRY_CONDITION" not in letter.attributes
    assert machine.notes[-1] == ("handed_over", *machine.notes[0][1:3], f"dead letter {DEAD.arn}", None)


def test_refused_dead_letter_is_dropped() -> None:
    """It is tried once."""
    machine = make_group(nightly(schedule_expression="at(2026-01-01T00:01:00)", dead_letter=DEAD))
    machine.wake(MINUTE)
    [effect] = deliveries(machine)
    machine.delivered(MINUTE, effect.token, "ResourceNotFoundException")
    [letter] = deliveries(machine)
    assert machine.outstanding() == 1
    machine.delivered(MINUTE, letter.token, "AccessDeniedException")

    assert [note[0:4:3] for note in machine.notes[-2:]] == [
        ("not_taken", f"AccessDeniedException by {DEAD.arn}"),
        ("dropped", "dead letter refused: AccessDeniedException"),
    ]
    assert machine.outstanding() == 0


def test_answers_twice_or_unknown_are_passed_by() -> None:
    """Nothing changes."""
    machine = make_group(nightly())
    machine.wake(0.0)
    [effect] = deliveries(machine)
    machine.delivered(0.0, effect.token, None)
    before = len(machine.notes)

    machine.delivered(0.0, effect.token, "late")
    machine.delivered(0.0, 10_000, "unknown")

    assert (len(machine.notes), machine.outstanding(), machine.effects) == (before, 0, [])


def test_default_retries_end_within_the_day() -> None:
    """185 of them, the last at 79,711 s (M19)."""
    machine = make_group(nightly(schedule_expression="at(2026-01-01T00:00:00)"))
    tries = [at for at, _ in fired_until(machine, 10 * 86_400.0, "ServiceUnavailable")]

    assert (len(tries), tries[-1]) == (186, 79_711.0)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"schedule_expression": "rate(20 minutes)"}, [0.0, 1_200.0, 2_400.0, 3_600.0]),
        ({"schedule_expression": "rate(20 minutes)", "start_date": after(seconds=90)}, [90.0, 1_290.0, 2_490.0]),
        ({"schedule_expression": "rate(20 minutes)", "start_date": after(seconds=-90)}, [1_110.0, 2_310.0, 3_510.0]),
        ({"schedule_expression": "rate(20 minutes)", "end_date": after(seconds=1_200)}, [0.0, 1_200.0]),
        ({"schedule_expression": "rate(20 minutes)", "end_date": after(seconds=1_199)}, [0.0]),
        ({"schedule_expression": "cron(0/30 * * * ? *)"}, [0.0, 1_800.0, 3_600.0]),
        ({"schedule_expression": "cron(0/30 * * * ? *)", "start_date": after(seconds=1)}, [1_800.0, 3_600.0]),
        ({"schedule_expression": "cron(0/30 * * * ? *)", "end_date": after(minutes=59)}, [0.0, 1_800.0]),
        ({"schedule_expression": "at(2026-01-01T00:00:30)"}, [30.0]),
        (
            {
                "schedule_expression": "at(2026-01-01T00:10:00)",
                "start_date": after(days=1),
                "end_date": after(days=2),
            },
            [600.0],
        ),
        ({"schedule_expression": "at(2026-01-01T00:10:00)", "end_date": after(minutes=1)}, [600.0]),
        ({"schedule_expression": "at(2025-12-31T23:59:59)"}, []),
        (
            {"schedule_expression": "at(2026-01-01T01:30:00)", "schedule_expression_timezone": "Europe/Berlin"},
            [1_800.0],
        ),
        ({"schedule_expression": "rate(20 minutes)", "state": "DISABLED"}, []),
    ],
    ids=lambda value: (
        " ".join(f"{key}={each:%H%M%S}" if hasattr(each, "hour") else str(each) for key, each in value.items())
        if isinstance(value, dict)
        else ""
    ),
)
def test_occurrences_of_the_first_hour(settings: dict[str, Any], expected: list[float]) -> None:
    """A rate begins at its start or at once; `at` knows neither start nor end; those at both ends count."""
    assert seconds_fired(make_group(nightly(**settings)), HOUR) == expected


def test_start_date_of_another_zone_is_the_same_instant() -> None:
    """A rate of days counts 24 hours there as well."""
    start = after(seconds=60).astimezone(timezone(timedelta(hours=5)))

    assert seconds_fired(make_group(nightly(start_date=start)), 400.0) == [60.0, 360.0]


def test_window_is_kept_and_chance_is_seeded() -> None:
    """Each occurrence once, in order, at a second within its window, the same for one seed; other seeds differ."""
    schedule = nightly(flexible_time_window="FLEXIBLE", maximum_window_in_minutes=15)
    runs = [fired_until(make_group(schedule, seed=seed), 50 * HOUR) for seed in (1, 1, 2)]
    first, again, other = ([at for at, _ in run] for run in runs)

    assert first == again != other
    for run in runs:
        times = [event["time"] for _, event in run]
        assert times == sorted(set(times))
        for number, (at, _) in enumerate(run):
            assert number * 300 <= at < number * 300 + 900
    assert len({at % 300 for at in first}) > 100


def test_realistic_profile_is_precise_to_the_minute() -> None:
    """Some second of it, never before the occurrence."""
    machine = make_group(nightly(start_date=after(seconds=40)), profile=Profile.realistic())
    fired = seconds_fired(machine, 100 * HOUR)

    for number, at in enumerate(fired):
        assert 40 <= at - number * 300 < 60
    assert len({at % 300 for at in fired}) > 10


def test_late_wake_sends_each_occurrence_once() -> None:
    """In order, with their own times; the next is due after."""
    machine = make_group(nightly())
    machine.wake(1_000.0)

    times = [json.loads(effect.body)["time"] for effect in deliveries(machine)]
    assert times == [f"2026-01-01T00:{minute}:00Z" for minute in ("00", "05", "10", "15")]
    assert machine.next_deadline() == 1_200.0
    assert machine.outstanding() == 4


def test_schedule_waits_in_the_background() -> None:
    """It is nothing outstanding; what is on its way or waits for another try is."""
    machine = make_group(nightly(schedule_expression="at(2026-01-01T00:01:00)"))
    assert machine.outstanding() == 0
    machine.wake(MINUTE)
    [effect] = deliveries(machine)
    assert machine.outstanding() == 1

    machine.delivered(MINUTE, effect.token, "ServiceUnavailable")

    assert machine.outstanding() == 1
    assert machine.next_deadline() == 61.0


@pytest.mark.parametrize(
    ("settings", "left"),
    [
        ({"schedule_expression": "at(2026-01-01T00:01:00)"}, ["nightly"]),
        ({"schedule_expression": "at(2026-01-01T00:01:00)", "action_after_completion": "DELETE"}, []),
        ({"end_date": after(minutes=9), "action_after_completion": "DELETE"}, []),
        ({"end_date": after(minutes=60), "action_after_completion": "DELETE"}, ["nightly"]),
        ({"schedule_expression": "at(2025-01-01T00:00:00)", "action_after_completion": "DELETE"}, ["nightly"]),
    ],
    ids=["once", "once and delete", "ended and delete", "goes on", "was never due"],
)
def test_completed_schedule_stays_or_goes(settings: dict[str, Any], left: list[str]) -> None:
    """Once its last occurrence was sent."""
    machine = make_group(nightly(**settings))
    fired_until(machine, 600.0)

    assert [planned.settings.name for planned in machine.listed(600.0, "", None, "", 10)[0]] == left


def test_deleted_schedule_is_not_due_and_what_is_on_its_way_goes_on() -> None:
    """With its own retries and dead letters."""
    machine = make_group(nightly(dead_letter=DEAD, maximum_retry_attempts=1))
    machine.wake(0.0)
    [effect] = deliveries(machine)
    machine.delete(0.0, "nightly")
    machine.delivered(0.0, effect.token, "ServiceUnavailable")
    machine.wake(1.0)
    [again] = deliveries(machine)
    machine.delivered(1.0, again.token, "ServiceUnavailable")

    [letter] = deliveries(machine)
    assert letter.target == DEAD.arn
    machine.wake(300.0)
    assert (machine.effects, machine.next_deadline()) == ([], float("inf"))


def test_changed_schedule_counts_as_made_now() -> None:
    """A rate begins anew; its creation date stays."""
    machine = make_group(nightly())
    machine.wake(0.0)
    deliveries(machine)
    planned = machine.update(90.0, Settings("nightly", QUEUE, schedule_expression="rate(1 hour)"))

    assert (planned.created_at, planned.modified_at) == (after(), after(seconds=90))
    assert seconds_fired(machine, 2 * HOUR) == [90.0, 3_690.0]


def test_changes_leave_nothing_behind() -> None:
    """However often a schedule is changed before it is due."""
    machine = make_group(nightly())
    for _ in range(10_000):
        machine.update(0.0, Settings("nightly", QUEUE, schedule_expression="at(2026-06-01T00:00:00)"))

    assert len(machine._due) < 100


def test_names_are_taken_once_and_known() -> None:
    """A second of one name is refused, and an unknown one changed, read or deleted."""
    machine = make_group(nightly())
    unknown = Settings("nope", QUEUE, schedule_expression="rate(1 hour)")

    with pytest.raises(scheduler.ConflictException, match="Schedule nightly already exists."):
        machine.create(0.0, nightly())
    for call in (
        lambda: machine.update(0.0, unknown),
        lambda: machine.get(0.0, "nope"),
        lambda: machine.delete(0.0, "nope"),
    ):
        with pytest.raises(scheduler.ResourceNotFoundException, match="Schedule nope does not exist."):
            call()


class Schedules(RuleBasedStateMachine):
    """Rates of whole minutes beside a dict of name -> (first, interval, end), and what was sent beside what is due."""

    names = st.sampled_from(["a", "b", "c"])
    minutes = st.integers(1, 7)

    @initialize()
    def start(self) -> None:
        self.machine = make_group()
        self.now = 0.0
        self.model: dict[str, tuple[float, float, float]] = {}
        self.due: list[tuple[float, str]] = []
        self.sent: list[tuple[float, str]] = []
        self.out: list[int] = []
        self.waiting: list[float] = []  # when a retry is due

    @rule()
    def go_on_with_a_copy(self) -> None:
        self.machine = copy.deepcopy(self.machine)

    @rule(name=names, minutes=minutes, until=st.one_of(st.none(), st.integers(0, 30)))
    def write(self, name: str, minutes: int, until: int | None) -> None:
        unit = "minute" if minutes == 1 else "minutes"
        end = float("inf") if until is None else self.now + until * MINUTE
        settings = Settings(
            name,
            QUEUE,
            schedule_expression=f"rate({minutes} {unit})",
            end_date=None if until is None else after(seconds=end),
            action_after_completion="DELETE",
            maximum_retry_attempts=1,
            input=name,
        )
        if name in self.model:
            self.machine.update(self.now, settings)
        else:
            self.machine.create(self.now, settings)
        self.model[name] = (self.now, minutes * MINUTE, end)
        self.go_on(0.0)

    @rule(name=names)
    def delete(self, name: str) -> None:
        known = name in self.model
        self.model.pop(name, None)
        try:
            self.machine.delete(self.now, name)
            assert known
        except scheduler.ResourceNotFoundException:
            assert not known

    @rule(seconds=st.sampled_from([1.0, 30.0, 60.0, 250.0, 1_000.0]))
    def go_on(self, seconds: float) -> None:
        end = self.now + seconds
        for name in list(self.model):
            at, interval, last = self.model[name]
            while at <= min(end, last):
                self.due.append((at, name))
                at += interval
            self.model[name] = (at, interval, last)
            if at > last:
                del self.model[name]
        while (now := self.machine.next_deadline()) <= end:
            self.machine.wake(now)
            assert self.machine.next_deadline() > now
            retried = self.waiting.count(now)
            self.waiting = [at for at in self.waiting if at != now]
            effects = deliveries(self.machine)
            self.out += [effect.token for effect in effects]
            fresh = effects[: len(effects) - retried]  # what is tried again comes last
            self.sent += [(now, effect.body) for effect in fresh]
        self.now = end

    @rule(data=st.data(), refused=st.booleans())
    def answer(self, data: st.DataObject, refused: bool) -> None:
        if not self.out:
            return
        token = data.draw(st.sampled_from(self.out))
        self.out.remove(token)
        before = len(self.machine.notes)
        self.machine.delivered(self.now, token, "ServiceUnavailable" if refused else None)
        if [note[0] for note in self.machine.notes[before:]] == ["not_taken", "retry_wait"]:
            self.waiting.append(self.now + 1.0)

    @invariant()
    def each_occurrence_was_sent_once_at_its_time(self) -> None:
        assert sorted(self.sent) == sorted(self.due)

    @invariant()
    def those_that_end_are_gone(self) -> None:
        assert [each.settings.name for each in self.machine.listed(self.now, "", None, "", 10)[0]] == sorted(self.model)

    @invariant()
    def deliveries_are_counted(self) -> None:
        assert self.machine.outstanding() == len(self.out) + len(self.waiting)


TestSchedules = Schedules.TestCase
TestSchedules.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
