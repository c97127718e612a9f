"""Rules of a bus: names, places, schedules."""

import json
from math import inf
from typing import Any

import pytest

from eventbus.core.profile import Profile
from eventbus.names import Arn, Ids
from eventbus.ports import Birth
from sources import eventbridge
from sources.eventbridge.rules import Rules, rule_arn
from tests.sources.eventbridge.helpers import DETAIL, QUEUE, Sink, make_bus, put, rule, run_until
from tests.sources.helpers import EPOCH


def occurrences(end: float, *wires: Any) -> list[str]:
    """When the rules of a bus that starts with the year 2026 send events, up to `end` seconds."""
    machine, sink = make_bus("default", *wires), Sink()
    run_until(end, machine, sink)
    return [body["time"][:19] for body in sink.bodies]


def test_arn_of_a_rule() -> None:
    """Names the bus, unless it is the default one."""
    assert rule_arn("default", "placed") == "arn:aws:events:us-east-1:000000000000:rule/placed"
    assert rule_arn("orders", "placed") == "arn:aws:events:us-east-1:000000000000:rule/orders/placed"


def test_rate_counts_from_the_making_of_the_rule() -> None:
    """The first occurrence is one interval later."""
    assert occurrences(130.0, rule("r", schedule_expression="rate(1 minute)")) == [
        "2026-01-01T00:01:00",
        "2026-01-01T00:02:00",
    ]


def test_cron_is_in_utc() -> None:
    """At the full minute."""
    assert occurrences(200_000.0, rule("r", schedule_expression="cron(30 12 * * ? *)")) == [
        "2026-01-01T12:30:00",
        "2026-01-02T12:30:00",
    ]


def test_schedules_of_several_rules() -> None:
    """Each for its own targets, at one time in the order in which they were made."""
    two = sqs_named("two")
    machine = make_bus(
        "default",
        rule("b", schedule_expression="rate(2 minutes)"),
        rule("a", two, schedule_expression="rate(1 minute)"),
    )
    first, second = Sink(), Sink(two.arn)
    run_until(120.0, machine, first, second)

    assert first.tries == [120]
    assert second.tries == [60, 120]
    assert machine.next_deadline() == 180


def test_rule_with_both_pattern_and_schedule() -> None:
    """Events come both ways; a scheduled event is matched against no pattern."""
    every = rule("any", event_pattern={"account": [{"exists": True}]})
    machine, sink = (
        make_bus("default", rule("r", schedule_expression="rate(1 minute)", event_pattern={"source": ["shop"]}), every),
        Sink(),
    )
    put(machine, 10.0, sink)
    run_until(60.0, machine, sink)

    assert [body["source"] for body in sink.bodies] == ["shop", "shop", "aws.events"]


def test_disabled_schedule_goes_on_counting() -> None:
    """Its occurrences send nothing."""
    machine, sink = make_bus("default", rule("r", schedule_expression="rate(1 minute)")), Sink()
    machine.rules.enable(30.0, "r", False)
    run_until(90.0, machine, sink)
    machine.rules.enable(90.0, "r", True)
    run_until(130.0, machine, sink)

    assert sink.tries == [120]


def test_changed_schedule_counts_anew() -> None:
    """The same expression goes on; a rule without one is due never."""
    machine = make_bus("default", rule("r", schedule_expression="rate(10 minutes)"))
    machine.rules.put(100.0, rule("r", schedule_expression="rate(10 minutes)").settings)
    assert machine.next_deadline() == 600
    machine.rules.put(100.0, rule("r", schedule_expression="rate(5 minutes)").settings)
    assert machine.next_deadline() == 400
    machine.rules.put(100.0, rule("r").settings)

    assert machine.next_deadline() == inf


def test_deleted_schedule_is_due_never() -> None:
    """The last one of the bus."""
    machine = make_bus("default", rule("r", schedule_expression="rate(10 minutes)"))
    machine.rules.remove_targets(0.0, "r", ["q"])
    machine.rules.delete(0.0, "r")

    assert machine.next_deadline() == inf


def test_occurrences_come_once_whenever_the_bus_began() -> None:
    """Also where its start is between two microseconds, and adding to it falls short of the minute."""
    for step in range(100):
        began = Birth(Ids(1, Arn("bus")), Profile(), EPOCH + step * 2.0**-22)
        rules = Rules("default", began)
        rules.put(0.0, rule("r", schedule_expression="cron(* * * * ? *)").settings)
        for _ in range(3):
            due = rules.next_deadline()
            assert len(list(rules.due(due))) == 1
            assert rules.next_deadline() == pytest.approx(due + 60)


@pytest.mark.parametrize(
    ("epoch", "made"), [(1767532384.2948515, 84.713477), (1768195396.5044966, 97.9952885890077)], ids=str
)
def test_rates_go_on_whenever_their_rule_was_made(epoch: float, made: float) -> None:
    """Also where an occurrence, in seconds since 1970, is rounded to the microsecond before it."""
    rules = Rules("default", Birth(Ids(1, Arn("bus")), Profile(), epoch))
    rules.put(made, rule("r", schedule_expression="rate(1 minute)").settings)
    for _ in range(3):
        due = rules.next_deadline()
        assert len(list(rules.due(due))) == 1
        assert rules.next_deadline() == pytest.approx(due + 60)


@pytest.mark.parametrize("epoch", [1768108005.9935355, EPOCH + 0.1, EPOCH - 2.0**-22], ids=str)
def test_scheduled_events_tell_the_minute_whenever_the_bus_began(epoch: float) -> None:
    """Not the second before it, where adding seconds to the start of the bus falls short of the minute."""
    bus = eventbridge.EventBus()
    machine = bus.machine(Birth(Ids(1, bus.arn), Profile(), epoch))
    rule("r", schedule_expression="cron(* * * * ? *)").connect(machine)
    for _ in range(3):
        machine.wake(machine.next_deadline())

    times = [json.loads(effect.body)["time"] for effect in machine.effects if hasattr(effect, "body")]
    assert [time[-4:] for time in times] == [":00Z"] * 3
    assert times == sorted(set(times))


def test_rule_that_is_disconnected_is_gone() -> None:
    """With its targets; what is under way goes on. Twice is no error."""
    machine, sink = make_bus("default", rule("r")), Sink(QUEUE.arn, "ServiceUnavailable")
    put(machine, 10.0, sink)
    rule("r").disconnect(machine)
    rule("r").disconnect(machine)
    put(machine, 10.0, sink)
    run_until(100.0, machine, sink)

    assert len(sink.taken) == 1
    assert machine.rules.listed(0.0, "") == []


def test_late_clock_skips_occurrences() -> None:
    """One event, with the time at which it was due."""
    machine, sink = make_bus("default", rule("r", schedule_expression="rate(1 minute)")), Sink()
    machine.wake(200.0)

    assert [json.loads(effect.body)["time"] for effect in machine.effects if hasattr(effect, "body")] == [
        "2026-01-01T00:01:00Z"
    ]
    assert machine.next_deadline() == 240
    assert sink.taken == []


def test_schedule_that_is_over() -> None:
    """Years that are past never come."""
    assert occurrences(1e9, rule("r", schedule_expression="cron(0 0 1 1 ? 2024)")) == []


def test_scheduled_rule_is_not_outstanding() -> None:
    """It is background."""
    assert make_bus("default", rule("r", schedule_expression="rate(1 minute)")).outstanding() == 0


def test_rule_that_is_put_again_keeps_place_and_targets() -> None:
    """Everything else is what it says now."""
    first, second = sqs_named("first"), sqs_named("second")
    machine = make_bus("default", rule("a", first, description="old"), rule("b", second))
    machine.rules.put(0.0, rule("a", event_pattern={"detail-type": ["order.placed"]}).settings)
    machine.put(10.0, "shop", "order.placed", DETAIL)

    assert [getattr(effect, "target", None) for effect in machine.effects] == [first.arn, second.arn]
    assert machine.rules.find(0.0, "a").description is None


def test_rule_that_was_deleted_matches_nothing() -> None:
    """A new one of its name is another rule."""
    machine = make_bus("default", rule("a"))
    machine.rules.remove_targets(0.0, "a", ["q"])
    machine.rules.delete(0.0, "a")
    machine.rules.put(0.0, rule("a").settings)
    machine.put(10.0, "shop", "order.placed", DETAIL)

    assert machine.effects == []


def test_hundred_rules() -> None:
    """Each event reaches the one that it matches."""
    rules = [
        rule(f"r{n}", event_pattern={"source": [f"s{n}"], "detail": {"id": [{"numeric": [">", 5]}]}})
        for n in range(100)
    ]
    machine = make_bus("default", *rules)
    for n in (0, 42, 99):
        machine.put(10.0, f"s{n}", "t", DETAIL)
    machine.put(10.0, "s1", "t", '{"id": 5}')

    assert [json.loads(effect.body)["source"] for effect in machine.effects if hasattr(effect, "body")] == [
        "s0",
        "s42",
        "s99",
    ]


def sqs_named(name: str) -> Any:
    from sources import sqs

    return sqs.Queue(name)


@pytest.mark.parametrize("name", ["", "r", "x"])
def test_rules_are_listed_by_name(name: str) -> None:
    """Those with that prefix."""
    machine = make_bus("default", rule("rb"), rule("ra"), rule("c"))

    assert [each.name for each in machine.rules.listed(0.0, name)] == [
        each for each in ("c", "ra", "rb") if each.startswith(name)
    ]


def test_target_with_a_known_id_replaces_it() -> None:
    """In its place."""
    machine = make_bus("default", rule("a", eventbridge.Target(QUEUE, id="one"), eventbridge.Target(QUEUE, id="two")))
    machine.rules.put_targets(0.0, "a", [eventbridge.Target(QUEUE, id="one", input="{}")])
    machine.put(10.0, "shop", "order.placed", DETAIL)

    assert [getattr(effect, "body", "")[:2] for effect in machine.effects] == ["{}", '{"']
