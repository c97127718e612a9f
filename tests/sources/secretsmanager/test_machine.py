"""The machine of a secret: when it rotates, and what its function is sent."""

import json
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventbus import Profile
from eventbus.core.effects import Invoke
from eventbus.core.outcomes import Succeeded
from eventbus.names import Ids
from eventbus.ports import Birth
from sources import secretsmanager
from sources.secretsmanager.rules import RotationRules
from tests.contracts.secretsmanager_table import (
    CURRENT,
    PENDING,
    STEPS,
    V1,
    V2,
    V3,
)
from tests.golden import load, match
from tests.sources.fuzzed import outcomes
from tests.sources.helpers import EPOCH, birth
from tests.sources.secretsmanager.helpers import SECRET, WORK, machine_with

BOOM = ValueError("boom")


EXPRESSIONS: list[tuple[str, list[float]]] = [
    ("rate(4 hours)", [4, 8, 12]),
    ("rate(5 hours)", [5, 10, 15]),
    ("rate(10 days)", [240, 480, 720]),
    ("cron(0 8 1 * ? *)", [8, 8 + 31 * 24, 8 + 59 * 24]),
    ("cron(0 4/12 * * ? *)", [4, 16, 28]),
]


@pytest.mark.parametrize(("expression", "hours"), EXPRESSIONS, ids=[row[0] for row in EXPRESSIONS])
def test_schedule_expression(expression: str, hours: list[float]) -> None:
    """In UTC, from the midnight before."""
    machine = machine_with({V1: [CURRENT]}, {V1: "old"})
    machine.schedule(0.0, WORK, RotationRules(schedule_expression=expression), immediately=False)
    machine.wake(0.0)

    assert fired(machine, 3) == [hour * 3_600.0 for hour in hours]


def fired(machine: Any, times: int) -> list[float]:
    """When rotations begin; each of their invocations succeeds, which completes none."""
    found: list[float] = []
    while len(found) < times:
        now = machine.next_deadline()
        machine.wake(now)
        assert machine.next_deadline() > now
        found.append(now)
        while machine.effects:
            effect = machine.effects.pop(0)
            if isinstance(effect, Invoke):
                machine.finished(now, effect.token, Succeeded(b"null"))
    return found


WINDOWS: list[tuple[str, dict[str, Any], float]] = [
    ("of a schedule in hours", {"schedule_expression": "rate(4 hours)"}, 1),
    ("of a schedule in days", {"schedule_expression": "rate(1 day)"}, 24),
    ("to the end of the day", {"schedule_expression": "cron(0 20 * * ? *)"}, 4),
    ("that is given", {"schedule_expression": "cron(0 20 * * ? *)", "duration": "2h"}, 2),
    ("of days", {"automatically_after_days": 1}, 24),
]


@pytest.mark.parametrize(("given", "hours"), [row[1:] for row in WINDOWS], ids=[row[0] for row in WINDOWS])
def test_window(given: dict[str, Any], hours: float) -> None:
    """With chance it is some moment of the window."""
    rules = RotationRules(**given)
    began = datetime.fromtimestamp(EPOCH, UTC)
    opens = rules.next_after(began, began)
    assert opens is not None
    due = set()
    for seed in range(20):
        machine = SECRET.machine(Birth(Ids(seed, SECRET.arn), Profile.realistic(), EPOCH))
        machine.schedule(0.0, WORK, rules, immediately=False)
        machine.wake(0.0)
        due.add(machine.next_deadline() - (opens - began).total_seconds())

    assert rules.window(opens) == timedelta(hours=hours)
    assert len(due) == 20
    assert all(0 <= late < hours * 3_600 for late in due)


def test_one_at_a_time() -> None:
    """While one is under way another one is refused, the same is the same."""
    machine = machine_with({V1: [CURRENT]}, {V1: "old"})
    machine.rotate(0.0, V2, WORK, None, None, immediately=True)
    machine.effects.clear()

    machine.rotate(0.0, V2, None, None, None, immediately=True)
    with pytest.raises(secretsmanager.InvalidRequestException, match="isn't complete"):
        machine.rotate(0.0, V3, None, None, None, immediately=True)
    assert machine.effects == []


def test_test_leaves_a_failed_rotation_alone() -> None:
    """Its version keeps its value and its label."""
    labels = {V1: [CURRENT], V2: [PENDING]}
    machine = machine_with(labels, {V1: "old", V2: "new"})
    machine.rotate(0.0, V2, WORK, None, None, immediately=False)
    [effect] = machine.effects
    assert isinstance(effect, Invoke)

    machine.finished(0.0, effect.token, Succeeded(b"null"))

    assert machine.versions.find(V2, PENDING).content == "new"


GOLDENS = ["create_secret", "set_secret", "test_secret", "finish_secret"]


def test_goldens() -> None:
    """The four events, and the sample."""
    machine = machine_with({V1: [CURRENT]}, {V1: "old"})
    machine.rotate(0.0, "11111111-2222-3333-4444-555555555555", WORK, None, None, immediately=True)
    for name, step in zip(GOLDENS, STEPS, strict=True):
        effect = machine.effects.pop(0)
        assert isinstance(effect, Invoke)
        match(load(f"secretsmanager/{name}"), json.loads(effect.payload or b""))
        match(load(f"secretsmanager/{name}"), secretsmanager.sample_event(kind=step))
        machine.finished(0.0, effect.token, Succeeded(b"null"))


def test_golden_of_a_token_that_was_made_up() -> None:
    machine = machine_with({V1: [CURRENT]}, {V1: "old"})
    machine.rotate(0.0, None, WORK, None, None, immediately=True)
    effect = machine.effects[0]
    assert isinstance(effect, Invoke)

    match(load("secretsmanager/create_secret_generated_token"), json.loads(effect.payload or b""))


def any_outcomes(found: list[Any]) -> None:
    """A rotation ends, whatever its function says."""
    machine = SECRET.machine(birth(SECRET.arn))
    machine.rotate(0.0, V2, WORK, None, None, immediately=True)
    for outcome in found:
        invoked = [effect for effect in machine.effects if isinstance(effect, Invoke)]
        machine.effects.clear()
        for effect in invoked:
            machine.finished(0.0, effect.token, outcome)
    assert machine.outstanding() == (1 if machine.effects else 0)
    assert machine.next_deadline() == inf


@settings(max_examples=60, deadline=None)
@given(st.lists(outcomes(None, 7), min_size=1, max_size=4))
def test_anything_may_be_answered(found: list[Any]) -> None:
    any_outcomes(found)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(st.lists(outcomes(None, 7), min_size=1, max_size=5))
def test_anything_may_be_answered_long(found: list[Any]) -> None:
    any_outcomes(found)
