"""Calls on a bus: their answers, and AWS's errors."""

from datetime import UTC, datetime
from typing import Any

import pytest

from eventbus import InvalidSetting
from eventbus.errors import InvalidEventPatternException, ServiceError, ValidationException
from sources import eventbridge, sqs
from tests.contracts import eventbridge_errors as table
from tests.sources.eventbridge.helpers import ANY, DEAD, ENTRY, QUEUE, WORK, Sink, client_of, rule, run_until
from tests.sources.helpers import Feed, birth, done

FIFO = sqs.Queue("ordered.fifo")
RESOURCES = {"{function}": WORK, "{fifo_queue}": FIFO, "{queue}": QUEUE}
FIVE = [eventbridge.Target(QUEUE, id=f"t{number}") for number in range(5)]
REPLAY: dict[str, Any] = {
    "archive": "all",
    "event_start_time": "2026-01-01T00:00:00Z",
    "event_end_time": "2026-01-01T00:01:00Z",
}


def replays(client: eventbridge.BusClient, *names: str) -> None:
    for name in names:
        done(client.start_replay(name, **REPLAY))


def prepared(given: str) -> tuple[eventbridge.BusClient, Any, Feed]:
    """The default bus after a situation of the table."""
    everything: dict[str, list[Any]] = {
        "": [],
        "the rule placed is there": [eventbridge.Rule("placed", event_pattern=ANY)],
        "the rule placed has a target": [rule()],
        "the rule placed has five targets": [rule("placed", *FIVE)],
        "the archive is there": [eventbridge.Archive("all")],
        "the archive all is there": [eventbridge.Archive("all")],
        "the replay again has ended": [eventbridge.Archive("all")],
        "ten replays run": [eventbridge.Archive("all")],
    }
    client, machine, feed = client_of(*everything[given])
    if given == "the replay again has ended":
        replays(client, "again")
        run_until(10.0, machine)
    elif given == "ten replays run":
        replays(client, *(f"r{number}" for number in range(10)))
    return client, machine, feed


def target_of(settings: dict[str, Any]) -> eventbridge.Target:
    """As the table writes one, with settings flat and resources instead of ARNs."""
    settings = dict(settings)
    arn = settings.pop("arn")
    for nested in ("input_transformer", "retry_policy", "sqs_parameters"):
        settings.update(settings.pop(nested, {}))
    if "dead_letter_config" in settings:
        settings["dead_letter"] = RESOURCES[settings.pop("dead_letter_config")["arn"]]
    return eventbridge.Target(RESOURCES.get(arn, arn), **settings)


async def called(client: eventbridge.BusClient, operation: str, kwargs: dict[str, Any]) -> Any:
    kwargs = dict(kwargs)
    if operation == "put_targets":
        kwargs["targets"] = [target_of(target) for target in kwargs["targets"]]
    elif operation == "create_archive":
        del kwargs["event_source_arn"]
    elif operation == "start_replay":
        del kwargs["destination"]
        kwargs["archive"] = "nope" if kwargs.pop("event_source_arn").endswith("nope") else "all"
    return await getattr(client, operation)(**kwargs)


def offered(case: table.Error) -> bool:
    """Buses are declared, a client has one of them: no operation here names another one, or another source."""
    return (
        case.operation not in ("create_event_bus", "delete_event_bus", "update_archive")
        and "event_bus_name" not in case.kwargs
        and case.kwargs.get("event_source_arn") not in ("{bus}-nope", "{queue}")
        and case.kwargs.get("destination") != {"arn": "{other_bus}"}
    )


CASES = [case for case in (*table.RULE_ERRORS, *table.TARGET_ERRORS, *table.ARCHIVE_ERRORS) if offered(case)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_errors_are_those_of_aws(case: table.Error) -> None:
    """Code, status and text of the table; nothing has changed."""
    client, machine, _ = prepared(case.given)
    before = done(everything(client))
    with pytest.raises(ServiceError) as caught:
        done(called(client, case.operation, case.kwargs))
    text, error = case.message, caught.value

    assert (error.code, error.status) == (case.code, case.status)
    if text is not None and not text.endswith("..."):
        assert str(error) == text
    elif text is not None and text != "1 validation error detected: Value ...":
        assert str(error).startswith(text.removesuffix("..."))
    assert done(everything(client)) == before
    assert machine.effects == []


async def everything(client: eventbridge.BusClient) -> list[Any]:
    """What the bus has, as it shows it."""
    rules = await client.list_rules()
    targets = [[target.id for target in await client.list_targets_by_rule(rule.name)] for rule in rules]
    archives, replays = await client.list_archives(), await client.list_replays()
    return [
        [repr(each) for each in rules],
        targets,
        [repr(each) for each in archives],
        [repr(each) for each in replays],
    ]


def test_schedules_stand_on_the_default_bus() -> None:
    """Another bus refuses them."""
    bus = eventbridge.EventBus("orders")
    client = bus.client(bus.machine(birth(bus.arn)), Feed())

    with pytest.raises(ValidationException, match="ScheduleExpression is supported only on the default event bus."):
        done(client.put_rule("nightly", schedule_expression="rate(5 minutes)"))


def test_put_events_answers_for_each() -> None:
    """In order; those that fail alone leave the others."""
    sink = Sink()
    client, _, _ = client_of(rule(), others=[sink])
    bad = {**ENTRY, "detail": "{"}
    answer = done(client.put_events([ENTRY, bad, {**ENTRY, "source": "elsewhere"}]))
    first, second, third = answer.entries

    assert answer.failed_entry_count == 1
    assert [body["id"] for body in sink.bodies] == [first.event_id]
    assert (second.event_id, second.error_code, second.error_message) == (
        None,
        "MalformedDetail",
        "Detail is malformed.",
    )
    assert third.event_id not in (None, first.event_id)


def test_request_that_fails_puts_nothing() -> None:
    """All or nothing where the request is at fault."""
    sink = Sink()
    client, machine, _ = client_of(rule(), others=[sink])

    with pytest.raises(ValidationException):
        done(client.put_events([ENTRY, {**ENTRY, "source": 5}]))
    assert (sink.taken, machine.notes) == ([], [])


def test_rules_come_and_go() -> None:
    """Made, described, listed, changed, disabled, deleted."""
    client, _, _ = client_of()

    async def main() -> list[Any]:
        made = await client.put_rule("placed", event_pattern=ANY, description="Orders")
        first = await client.describe_rule("placed")
        await client.disable_rule("placed")
        second = await client.describe_rule("placed")
        await client.put_rule("placed", schedule_expression="rate(5 minutes)")
        listed = await client.list_rules(name_prefix="pl")
        await client.delete_rule("placed")
        await client.delete_rule("placed")
        return [made, first, second, listed, await client.list_rules()]

    made, first, second, listed, none = done(main())
    arn = "arn:aws:events:us-east-1:000000000000:rule/placed"
    assert made.rule_arn == first.arn == arn
    assert (first.event_pattern, first.state, first.description) == ('{"source": ["shop"]}', "ENABLED", "Orders")
    assert (first.event_bus_name, first.schedule_expression) == ("default", None)
    assert second.state == "DISABLED"
    assert [(each.schedule_expression, each.event_pattern, each.state) for each in listed] == [
        ("rate(5 minutes)", None, "ENABLED")
    ]
    assert none == []


def test_targets_come_and_go() -> None:
    """Resources stand for targets of their name."""
    sink = Sink()
    client, _, _ = client_of(others=[sink])

    async def main() -> list[Any]:
        await client.put_rule("placed", event_pattern=ANY)
        put = await client.put_targets("placed", [QUEUE, eventbridge.Target(DEAD, id="other")])
        targets = await client.list_targets_by_rule("placed")
        await client.put_events([ENTRY])
        gone = await client.remove_targets("placed", ["other", "unknown"])
        return [put, targets, gone, await client.list_targets_by_rule("placed")]

    put, targets, gone, left = done(main())
    assert put.failed_entry_count == 0
    assert [(target.id, target.arn) for target in targets] == [("q", QUEUE.arn), ("other", DEAD.arn)]
    assert len(sink.taken) == 1
    assert [(each.target_id, each.error_code) for each in gone.failed_entries] == [
        ("unknown", "ResourceNotFoundException")
    ]
    assert [target.id for target in left] == ["q"]


def test_archives_and_replays() -> None:
    """Made, described, listed, replayed, cancelled, deleted."""
    sink = Sink()
    client, machine, feed = client_of(rule(), others=[sink])

    async def main() -> list[Any]:
        made = await client.create_archive("all", event_pattern=ANY, retention_days=7, description="Orders")
        await client.put_events([ENTRY, {**ENTRY, "source": "elsewhere"}])
        described = await client.describe_archive("all")
        feed.now = 20.0
        started = await client.start_replay(
            "again",
            archive=eventbridge.Archive("all"),
            event_start_time=datetime(2026, 1, 1, tzinfo=UTC),
            event_end_time="2026-01-01T01:00:00+00:30",
            rule_names=["placed"],
        )
        run_until(20.0, machine, sink)
        ended = await client.describe_replay("again")
        await client.start_replay("never", **REPLAY)
        cancelled = await client.cancel_replay("never")
        listed = [await client.list_archives(), await client.list_replays(name_prefix="n")]
        await client.delete_archive("all")
        return [made, described, started, ended, cancelled, listed, await client.list_archives()]

    made, described, started, ended, cancelled, (archives, found), none = done(main())
    assert (made.archive_arn, made.event_source_arn) == (
        "arn:aws:events:us-east-1:000000000000:archive/all",
        "arn:aws:events:us-east-1:000000000000:event-bus/default",
    )
    assert (made.state, made.event_count, made.size_bytes, made.retention_days) == ("ENABLED", 0, 0, 7)
    assert made.creation_time == datetime(2026, 1, 1, 0, 0, 10, tzinfo=UTC)
    assert (described.event_count, described.size_bytes) == (1, len(sink.taken[0].body))
    assert (started.state, started.replay_arn) == ("STARTING", "arn:aws:events:us-east-1:000000000000:replay/again")
    assert started.event_end_time == datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
    assert (ended.state, ended.event_last_replayed_time) == ("COMPLETED", datetime(2026, 1, 1, 0, 0, 10, tzinfo=UTC))
    assert ended.replay_end_time == ended.replay_start_time == datetime(2026, 1, 1, 0, 0, 20, tzinfo=UTC)
    assert cancelled.state == "CANCELLED"
    assert ([each.archive_name for each in archives], [each.replay_name for each in found]) == (["all"], ["never"])
    assert none == []


def test_pattern_is_tested_against_a_whole_event() -> None:
    """AWS's TestEventPattern."""
    client, _, _ = client_of()
    event = '{"id": "1", "account": "1", "source": "shop", "time": "t", "region": "r", "detail-type": "t"}'

    assert done(client.test_event_pattern('{"source": ["shop"]}', event))
    assert not done(client.test_event_pattern('{"source": ["other"]}', event))
    with pytest.raises(InvalidEventPatternException):
        done(client.test_event_pattern('{"source": "shop"}', event))
    with pytest.raises(ValidationException):
        done(client.test_event_pattern('{"source": ["shop"]}', "{}"))


@pytest.mark.parametrize(
    ("operation", "kwargs"),
    [
        ("put_rule", {"name": None, "event_pattern": ANY}),
        ("put_rule", {"name": "r", "event_pattern": 5}),
        ("put_rule", {"name": "r", "event_pattern": ["shop"]}),
        ("put_rule", {"name": "r", "schedule_expression": 5}),
        ("put_rule", {"name": "r", "event_pattern": ANY, "state": None}),
        ("put_rule", {"name": "r", "event_pattern": ANY, "state": []}),
        ("put_rule", {"name": "r", "event_pattern": ANY, "description": "x" * 513}),
        ("describe_rule", {"name": 5}),
        ("list_rules", {"name_prefix": None}),
        ("put_targets", {"rule": "placed", "targets": QUEUE}),
        ("put_targets", {"rule": "placed", "targets": "q"}),
        ("put_targets", {"rule": "placed", "targets": [QUEUE, QUEUE]}),
        ("put_targets", {"rule": "placed", "targets": [None]}),
        ("put_targets", {"rule": "placed", "targets": [eventbridge.Target(QUEUE, id=f"t{n}") for n in range(11)]}),
        ("remove_targets", {"rule": "placed", "ids": "q"}),
        ("remove_targets", {"rule": "placed", "ids": []}),
        ("remove_targets", {"rule": "placed", "ids": [5]}),
        ("test_event_pattern", {"event_pattern": None, "event": "{}"}),
        ("test_event_pattern", {"event_pattern": '{"source": ["shop"]}', "event": None}),
        ("create_archive", {"archive_name": "a", "retention_days": 1.5}),
        ("create_archive", {"archive_name": "a", "retention_days": True}),
        ("start_replay", {"replay_name": "r", **REPLAY, "archive": QUEUE}),
        ("start_replay", {"replay_name": "r", **REPLAY, "event_end_time": datetime(2026, 2, 1)}),
        ("start_replay", {"replay_name": "r", **REPLAY, "event_start_time": None}),
        ("start_replay", {"replay_name": "r", **REPLAY, "rule_names": "placed"}),
        ("cancel_replay", {"replay_name": None}),
    ],
)
def test_wrong_types_are_refused(operation: str, kwargs: dict[str, Any]) -> None:
    """Before the machine sees them."""
    client, machine, _ = client_of(rule())

    with pytest.raises((ValidationException, InvalidSetting)):
        done(getattr(client, operation)(**kwargs))
    assert machine.effects == []
