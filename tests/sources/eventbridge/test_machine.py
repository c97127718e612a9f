"""What a bus hands over, tries again and gives up."""

from typing import Any

import pytest

from eventbus.core.effects import Cause, Deliver
from eventbus.errors import ValidationException
from sources import eventbridge, sqs
from tests.golden import load, match
from tests.sources.eventbridge.helpers import (
    DEAD,
    DETAIL,
    QUEUE,
    WORK,
    Sink,
    make_bus,
    put,
    rule,
    run_until,
    wire_form,
)
from tests.sources.helpers import Machines

FIFO = sqs.Queue("ordered.fifo", content_based_deduplication=True)
TRANSFORMED = {"input_paths_map": {"id": "$.detail.id"}, "input_template": '"order <id>"'}


def target(resource: Any = WORK, **options: Any) -> eventbridge.Target:
    return eventbridge.Target(resource, **{"dead_letter": DEAD, **options})


def words(machine: Any, id: str) -> list[Any]:
    """What was noted about an event, without its cause."""
    return [(what, detail) for what, where, about, detail, _ in machine.notes if (where, about) == (machine.arn, id)]


def test_event_goes_to_the_targets_of_matching_rules() -> None:
    """In the order of the rules, then of their targets."""
    names = ["c", "a", "b"]
    queues = [sqs.Queue(name) for name in names]
    machine = make_bus(
        "default",
        rule("second-name", queues[0], queues[1]),
        rule("other", event_pattern={"source": ["elsewhere"]}),
        rule("a-name", queues[2]),
    )
    machine.put(10.0, "shop", "order.placed", DETAIL)

    assert [effect.target for effect in machine.effects if isinstance(effect, Deliver)] == [q.arn for q in queues]
    assert machine.outstanding() == 3


def test_what_a_put_says() -> None:
    """The id that the event has; its cause is handed on; each step is noted."""
    machine, sink = make_bus("default", rule()), Sink()
    cause = Cause("request", ())
    id = machine.put(10.0, "shop", "order.placed", DETAIL, ["arn"], "2025-01-01T00:00:00Z", cause)
    Machines(machine, sink).drain(10.0)

    assert sink.bodies[0]["id"] == id
    assert sink.bodies[0]["time"] == "2025-01-01T00:00:00Z"
    assert sink.taken[0].cause is cause
    assert machine.notes == [
        ("published", machine.arn, id, None, cause),
        ("notified", machine.arn, id, QUEUE.arn, cause),
    ]


@pytest.mark.parametrize(
    ("source", "detail_type", "detail"),
    [
        ("shop", "t", "[1]"),
        ("shop", "t", "{"),
        ("shop", "t", '{"n": NaN}'),
        ("shop", "t", ""),
        ("shop", "", "{}"),
        ("shop", "t" * 129, "{}"),
        ("", "t", "{}"),
        ("aws.shop", "t", "{}"),
        ("shop", "t", '{"x": "\ud800"}'),
        ("shop", "t", '{"x": "' + "x" * 1_048_576 + '"}'),
        (None, "t", "{}"),
        ("shop", "t", {}),
    ],
)
def test_put_takes_what_put_events_takes(source: Any, detail_type: Any, detail: Any) -> None:
    """Nothing happens otherwise."""
    machine = make_bus("default", rule())

    with pytest.raises(ValidationException):
        machine.put(10.0, source, detail_type, detail)
    assert (machine.effects, machine.notes) == ([], [])


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ({"input": '{"fixed": 1}'}, '{"fixed": 1}'),
        ({"input_path": "$.detail"}, '{"id":7,"amount":12.5}'),
        (TRANSFORMED, '"order 7"'),
    ],
    ids=["input", "path", "template"],
)
def test_target_gets_what_it_wants(options: dict[str, Any], body: str) -> None:
    """Instead of the event."""
    machine, sink = make_bus("default", rule("placed", target(QUEUE, **options))), Sink()
    put(machine, 10.0, sink)

    assert [effect.body for effect in sink.taken] == [body]


@pytest.mark.parametrize(
    "options",
    [
        {"input_path": "$.detail.nothing"},
        {"input_template": '"<a>"', "input_paths_map": {"a": "$.detail.says"}},
    ],
    ids=["path", "template"],
)
def test_what_cannot_be_made_is_a_dead_letter(options: dict[str, Any]) -> None:
    """At once, as the event it was."""
    dead = Sink(DEAD.arn)
    machine = make_bus("default", rule("placed", target(QUEUE, **options)))
    id = put(machine, 10.0, dead, detail='{"says": "a \\"big\\" one"}')

    assert dead.bodies[0]["id"] == id
    assert dead.taken[0].attributes["ERROR_CODE"] == ("String", "INVALID_JSON")
    assert machine.outstanding() == 0


def test_fifo_queue_gets_a_group() -> None:
    """The queue deduplicates by the body."""
    machine = make_bus("default", rule("placed", target(FIFO, message_group_id="g")))
    queue = FIFO.machine(machine.birth)
    put(machine, 10.0, queue)

    assert [message.more.group for message in queue.messages() if message.more] == ["g"]
    assert machine.outstanding() == 0


def test_target_that_refuses_is_tried_again() -> None:
    """After 1, 2, 4 seconds; the same body under a new token, noted each time."""
    machine, sink = make_bus("default", rule()), Sink(QUEUE.arn, *["ServiceUnavailable"] * 3)
    id = put(machine, 10.0, sink)
    run_until(100.0, machine, sink)

    assert sink.tries == [10, 11, 13, 17]
    assert len(sink.taken) == 1
    refused = [("notified", QUEUE.arn), ("not_taken", f"ServiceUnavailable by {QUEUE.arn}")]
    assert words(machine, id)[1:] == [
        *refused,
        ("retry_wait", 1.0),
        *refused,
        ("retry_wait", 2.0),
        *refused,
        ("retry_wait", 4.0),
        ("notified", QUEUE.arn),
    ]


@pytest.mark.parametrize(
    ("golden", "error", "options", "tries"),
    [
        ("no_permission", "AccessDeniedException: not allowed", {}, [10]),
        ("retries_exhausted", "ThrottlingException", {"maximum_retry_attempts": 2}, [10, 11, 13]),
        ("age_exceeded", "ThrottlingException", {"maximum_event_age_in_seconds": 60}, [10, 11, 13, 17, 25, 41]),
    ],
)
def test_dead_letters_are_the_goldens(golden: str, error: str, options: dict[str, Any], tries: list[float]) -> None:
    """The event itself, and the attributes beside it."""
    work, dead = Sink(WORK.arn, always=error), Sink(DEAD.arn)
    machine = make_bus("default", rule("placed", target(**options)))
    id = put(machine, 10.0, work, dead)
    run_until(1_000.0, machine, work, dead)

    assert work.tries == tries
    match(load("eventbridge/custom"), dead.bodies[0])
    match(load(f"eventbridge/dead_letter_{golden}"), wire_form(dead.taken[0]), key_order=False)
    assert words(machine, id)[-1] == ("handed_over", f"dead letter {DEAD.arn}")
    assert machine.outstanding() == 0


def test_no_retries_at_all() -> None:
    """Zero is a number."""
    machine, sink = make_bus("default", rule("placed", target(QUEUE, maximum_retry_attempts=0))), Sink(always="X")
    put(machine, 10.0, sink)
    run_until(1_000.0, machine, sink)

    assert sink.tries == [10]


def test_without_a_dead_letter_queue_an_event_is_dropped() -> None:
    """Noted with its reason."""
    machine = make_bus("default", rule())
    id = put(machine)

    assert words(machine, id)[-1] == ("dropped", f"not taken by {QUEUE.arn}: ResourceNotFoundException")
    assert machine.outstanding() == 0


def test_185_retries_end_within_the_day() -> None:
    """The default policy, to its end."""
    machine, sink = make_bus("default", rule()), Sink(always="ServiceUnavailable")
    id = put(machine, 10.0, sink)
    run_until(90_000.0, machine, sink)

    assert len(sink.tries) == 186
    assert sink.tries[-1] == 10 + 79_711
    assert words(machine, id)[-1][1].endswith("MaximumRetryAttempts: ServiceUnavailable")


def test_dead_letter_that_is_refused_is_dropped() -> None:
    """It is tried once."""
    machine = make_bus("default", rule("placed", target()))
    dead = Sink(DEAD.arn, always="ServiceUnavailable")
    id = put(machine, 10.0, dead)
    run_until(1_000.0, machine, dead)

    assert dead.tries == [10]
    assert words(machine, id)[-1] == ("dropped", f"dead letter refused by {DEAD.arn}: ServiceUnavailable")
    assert machine.outstanding() == 0


def test_answers_that_come_twice_or_unasked() -> None:
    """They change nothing."""
    machine = make_bus("default", rule("placed", target(QUEUE)))
    machine.put(10.0, "shop", "order.placed", DETAIL)
    (effect,) = machine.effects
    assert isinstance(effect, Deliver)
    machine.delivered(10.0, effect.token, None)
    machine.delivered(10.0, effect.token, "ServiceUnavailable")
    machine.delivered(10.0, 999, "AccessDeniedException")

    assert machine.outstanding() == 0
    assert machine.effects == [effect]


def test_disabled_rule_hands_over_nothing() -> None:
    """Until it is enabled, then in its old place."""
    first, second = sqs.Queue("first"), sqs.Queue("second")
    machine = make_bus("default", rule("a", first), rule("b", second))
    machine.rules.enable(0.0, "a", False)
    machine.put(10.0, "shop", "order.placed", DETAIL)
    machine.rules.enable(0.0, "a", True)
    machine.put(10.0, "shop", "order.placed", DETAIL)

    assert [getattr(effect, "target", None) for effect in machine.effects] == [second.arn, first.arn, second.arn]


def test_target_that_is_removed_gets_what_is_under_way() -> None:
    """The retry of before still comes."""
    machine, sink = make_bus("default", rule()), Sink(QUEUE.arn, "ServiceUnavailable")
    put(machine, 10.0, sink)
    machine.rules.remove_targets(10.0, "placed", ["q"])
    run_until(100.0, machine, sink)

    assert len(sink.taken) == 1


def test_event_goes_from_bus_to_bus_once() -> None:
    """A third bus is refused for good, as reported from AWS; other targets get the event as it is."""
    one, two, three = (eventbridge.EventBus(name) for name in ("one", "two", "three"))
    first = make_bus("one", rule("on", two, event_bus=one))
    second = make_bus(
        "two", rule("on", target(three, dead_letter=DEAD), event_bus=two), rule("off", QUEUE, event_bus=two)
    )
    third, sink, dead = make_bus("three"), Sink(), Sink(DEAD.arn)
    id = put(first, 10.0, second, third, sink, dead)

    assert [body["id"] for body in sink.bodies] == [id]
    assert third.notes == []
    assert [body["id"] for body in dead.bodies] == [id]
    found = {name: value for name, (_, value) in dead.taken[0].attributes.items()}
    assert found["ERROR_CODE"] == "THIRD_ACCOUNT_HOP_DETECTED"
    assert found["ERROR_MESSAGE"] == (
        f"Event ingestion rejected for event {id} because an event can be sent to an event bus target only once. "
        "This event was previously delivered to an event bus target."
    )
    assert found["RULE_ARN"] == "arn:aws:events:us-east-1:000000000000:rule/two/on"
    assert first.outstanding() == second.outstanding() == 0


def test_two_buses_in_a_circle() -> None:
    """The event comes back to the first one never."""
    one, two = eventbridge.EventBus("one"), eventbridge.EventBus("two")
    first, second = make_bus("one", rule("on", two, event_bus=one)), make_bus("two", rule("on", one, event_bus=two))
    put(first, 10.0, second)

    assert [note[0] for note in first.notes] == ["published", "notified"]
    assert [note[0] for note in second.notes] == ["published", "dropped"]


def test_idle_bus_is_never_due() -> None:
    """And nothing is outstanding."""
    machine = make_bus("default", rule(), eventbridge.Archive("all"))

    assert machine.next_deadline() == float("inf")
    assert machine.outstanding() == 0
