"""Declarations, and whole flows on running buses."""

import json
from typing import Any

import pytest

from eventbus import App, InvalidSetting
from eventbus.errors import InvalidEventPatternException
from eventbus.ports import DeliveryTarget, Wire
from sources import eventbridge, s3, sqs
from tests.helpers import virtually
from tests.sources.eventbridge.helpers import ANY, ENTRY

QUEUE = sqs.Queue("q")
SHOP = eventbridge.EventBus("shop")


class Topic:
    """Stands for a declared topic or stream."""

    def __init__(self, arn: str) -> None:
        from eventbus.names import Arn

        self.arn = Arn(arn)


def test_default_bus_is_always_there() -> None:
    """Others are declared."""
    app = App()
    app.add(QUEUE)
    app.add(eventbridge.Rule("placed", event_pattern=ANY, targets=[QUEUE]))

    with pytest.raises(InvalidSetting, match="add it first"):
        app.add(eventbridge.Rule("other", SHOP, event_pattern=ANY))


def test_rule_on_the_default_bus_reaches_functions_and_queues() -> None:
    """Put, matched, handed over, handled."""
    app, seen = App(), []

    @app.function()
    async def work(event: eventbridge.EventBridgeEvent[dict[str, Any]], context: Any) -> None:
        seen.append(event)

    app.add(QUEUE)
    app.add(eventbridge.Rule("placed", event_pattern=ANY, targets=[work, QUEUE]))

    async def main() -> None:
        async with app.start() as bus:
            answer = await bus[eventbridge.EventBus()].put_events([ENTRY])
            await bus.settle()
            (message,) = await bus[QUEUE].peek()

            assert seen == [json.loads(message.body)]
            assert seen[0]["id"] == answer.entries[0].event_id

    virtually(main)


def test_scheduled_function() -> None:
    """Settling does not wait for the next occurrence."""
    app, times = App(), []

    @app.function()
    async def work(event: Any, context: Any) -> None:
        times.append(event["time"])

    app.add(eventbridge.Rule("nightly", schedule_expression="cron(0 2 * * ? *)", targets=[work]))

    async def main() -> None:
        async with app.start() as bus:
            await bus.settle()
            await bus.advance(2 * 86_400)

    virtually(main)
    assert times == ["2026-01-01T02:00:00Z", "2026-01-02T02:00:00Z"]


def test_missing_permission_is_a_dead_letter() -> None:
    """At once, with the event."""
    app = App()
    dead, bus_itself = app.add(sqs.Queue("dead")), app.add(eventbridge.EventBus())

    @app.function()
    async def work(event: Any, context: Any) -> None:
        raise AssertionError

    app.add(eventbridge.Rule("placed", event_pattern=ANY, targets=[eventbridge.Target(work, dead_letter=dead)]))
    app.revoke(bus_itself, "lambda:InvokeFunction", work)

    async def main() -> None:
        async with app.start() as bus:
            await bus[bus_itself].put_events([ENTRY])
            await bus.settle()
            (message,) = await bus[dead].peek()

            assert json.loads(message.body)["source"] == "shop"
            assert message.message_attributes["ERROR_CODE"]["string_value"] == "NO_PERMISSIONS"

    virtually(main)


def test_refused_hand_over_is_tried_again() -> None:
    """Settling waits for it, and for a replay."""
    app = App()
    queue = app.add(sqs.Queue("q"))
    app.add(eventbridge.Rule("placed", event_pattern=ANY, targets=[queue]))
    app.add(eventbridge.Archive("all"))

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.refuse_delivery(queue)
            client = bus[eventbridge.EventBus()]
            await client.put_events([ENTRY])
            await bus.settle()
            assert len(await bus[queue].peek()) == 1

            await client.start_replay(
                "again", archive="all", event_start_time="2025-12-31T00:00:00Z", event_end_time="2026-01-02T00:00:00Z"
            )
            await bus.settle()
            assert len(await bus[queue].peek()) == 2

    virtually(main)


def test_bus_as_the_destination_of_a_function() -> None:
    """The record of the invocation comes as an event of lambda."""
    app = App()
    queue, default = app.add(sqs.Queue("q")), app.add(eventbridge.EventBus())

    @app.function(on_success=default)
    async def work(event: Any, context: Any) -> str:
        return "done"

    app.add(eventbridge.Rule("results", event_pattern={"source": ["lambda"]}, targets=[queue]))

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, {"n": 1}, invocation_type="Event")
            await bus.settle()
            (message,) = await bus[queue].peek()

            event = json.loads(message.body)
            assert event["detail-type"] == "Lambda Function Invocation Result - Success"
            assert event["resources"] == [default.arn, f"{work.arn}:$LATEST"]
            assert event["detail"]["responsePayload"] == "done"

    virtually(main)


def test_trace_tells_what_became_of_an_event() -> None:
    """From the bus to the queue, by the id that PutEvents answered."""
    app = App()
    queue = app.add(sqs.Queue("q"))
    app.add(eventbridge.Rule("placed", event_pattern=ANY, targets=[queue]))

    async def main() -> None:
        async with app.start() as bus:
            answer = await bus[eventbridge.EventBus()].put_events([ENTRY])
            id = answer.entries[0].event_id
            assert id is not None
            told = str(bus.trace(id))

            assert "published" in told
            assert "notified q" in told

    virtually(main)


def test_rules_of_a_run_are_gone_with_it() -> None:
    """The next run has what was declared."""
    app = App()
    queue, default = app.add(sqs.Queue("q")), app.add(eventbridge.EventBus())

    async def main() -> None:
        async with app.start() as bus:
            await bus[default].put_rule("placed", event_pattern=ANY)
            await bus[default].put_targets("placed", [queue])
            await bus[default].put_events([ENTRY])
            assert len(await bus[queue].peek()) == 1
        async with app.start() as bus:
            assert await bus[default].list_rules() == []

    virtually(main)


def test_deep_details_do_no_harm() -> None:
    """Whatever depth the parser takes, the bus lives on."""
    app = App()
    queue = app.add(sqs.Queue("q"))
    filled = eventbridge.Target(queue, input_paths_map={"x": "$.detail.x"}, input_template="<x>")
    app.add(eventbridge.Rule("a", event_pattern={"detail": {"x": [{"exists": True}]}}, targets=[queue]))
    app.add(eventbridge.Rule("b", event_pattern={"detail": {"x": {"x": ["a"]}}}, targets=[queue]))
    app.add(eventbridge.Rule("c", event_pattern=ANY, targets=[filled]))
    app.add(eventbridge.Archive("all", event_pattern={"detail": {"y": ["a"]}}))

    async def main() -> None:
        async with app.start() as bus:
            client = bus[eventbridge.EventBus()]
            for depth in (10, 100, 300, 600, 900, 930, 960, 980, 990, 2_000):
                for opening, closing in (("[", "]"), ('{"x":', "}")):
                    detail = '{"x":' + opening * depth + "1" + closing * depth + "}"
                    await client.put_events([{**ENTRY, "detail": detail}, ENTRY])
            assert (await client.put_events([ENTRY])).failed_entry_count == 0

    virtually(main)


def test_rule_is_a_wire_and_a_bus_takes_deliveries() -> None:
    """What it reaches, its dead-letter queues too, must be part of the app."""
    dead = sqs.Queue("dead")
    rule = eventbridge.Rule("placed", SHOP, event_pattern=ANY, targets=[eventbridge.Target(QUEUE, dead_letter=dead)])

    assert isinstance(rule, Wire)
    assert isinstance(eventbridge.Archive("all"), Wire)
    assert isinstance(SHOP, DeliveryTarget)
    assert rule.targets == [QUEUE.arn, dead.arn]
    assert rule.arn == "arn:aws:events:us-east-1:000000000000:rule/shop/placed"


def test_two_rules_of_one_name() -> None:
    """On one bus they are refused, on two they are two."""
    app = App()
    app.add(SHOP)
    app.add(eventbridge.Rule("placed", event_pattern=ANY))
    app.add(eventbridge.Rule("placed", SHOP, event_pattern=ANY))

    with pytest.raises(InvalidSetting, match="declared twice"):
        app.add(eventbridge.Rule("placed", event_pattern=ANY))


@pytest.mark.parametrize("name", ["", "a/b", "a b", "x" * 257, None, 5, "a\n"])
def test_names_of_buses(name: Any) -> None:
    """1 to 256 letters, digits, dots, hyphens, underscores."""
    with pytest.raises(InvalidSetting, match="name="):
        eventbridge.EventBus(name)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"name": "a b"}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"event_bus": "default"}, "event_bus"),
        ({"event_bus": QUEUE}, "event_bus"),
        ({"event_pattern": None}, "EventPattern"),
        ({"event_bus": SHOP, "schedule_expression": "rate(5 minutes)"}, "ScheduleExpression"),
        ({"schedule_expression": "rate(1 minutes)"}, "ScheduleExpression"),
        ({"state": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"}, "state"),
        ({"targets": QUEUE}, "targets"),
        ({"targets": [eventbridge.Target(QUEUE, id=f"t{number}") for number in range(6)]}, "targets"),
        ({"targets": [QUEUE, QUEUE]}, "target id q"),
        ({"role_arn": "arn"}, "role_arn"),
        ({"tags": {}}, "tags"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_rules_that_are_refused(settings: dict[str, Any], named: str) -> None:
    """Where they are written, naming the setting."""
    with pytest.raises(InvalidSetting, match=named):
        eventbridge.Rule(**{"name": "placed", "event_pattern": ANY, **settings})


def test_pattern_that_is_refused() -> None:
    """In AWS's words, where it is written."""
    with pytest.raises(InvalidEventPatternException, match="Empty arrays are not allowed"):
        eventbridge.Rule("placed", event_pattern={"source": []})


@pytest.mark.parametrize(
    ("resource", "settings", "named"),
    [
        (None, {}, "resource"),
        ("arn:aws:lambda:eu-west-1:111111111111:function:work", {}, "other accounts and regions"),
        (Topic("arn:aws:firehose:us-east-1:000000000000:deliverystream/s"), {}, "resource"),
        (QUEUE, {"partition_key_path": "$.id"}, "partition_key_path"),
        (Topic("arn:aws:kinesis:us-east-1:000000000000:stream/s"), {"partition_key_path": "id"}, "JSON path"),
        (Topic("arn:aws:sns:us-east-1:000000000000:t.fifo"), {}, "standard topic"),
        (eventbridge.Archive("all"), {}, "event bus"),
        (SHOP, {"input": "{}"}, "as it is"),
        (SHOP, {"input_path": "$.detail"}, "as it is"),
        (QUEUE, {"id": ""}, "id"),
        (QUEUE, {"id": 5}, "id"),
        (QUEUE, {"input": 5}, "input"),
        (QUEUE, {"input": '"\ud800"'}, "input"),
        (QUEUE, {"input_paths_map": {"a": "$.b"}}, "InputTemplate"),
        (QUEUE, {"input_template": "1", "input_paths_map": ["a"]}, "inputPathsMap"),
        (QUEUE, {"input_template": "1", "input_paths_map": {"a b": "$"}}, "inputPathsMap"),
        (QUEUE, {"input_template": "1", "input_paths_map": {"a": 5}}, "inputPathsMap"),
        (QUEUE, {"maximum_retry_attempts": None}, "maximumRetryAttempts"),
        (QUEUE, {"maximum_retry_attempts": 1.5}, "maximumRetryAttempts"),
        (QUEUE, {"maximum_event_age_in_seconds": True}, "maximumEventAgeInSeconds"),
        (QUEUE, {"dead_letter": "arn"}, "DeadLetterConfig"),
        (QUEUE, {"role_arn": "arn"}, "role_arn"),
        (QUEUE, {"kinesis_parameters": {}}, "kinesis_parameters"),
        (QUEUE, {"ecs_parameters": {}}, "ecs_parameters"),
        (QUEUE, {"input_transformer": {}}, "input_template"),
    ],
)
def test_targets_that_are_refused(resource: Any, settings: dict[str, Any], named: str) -> None:
    """Where they are written, naming the setting."""
    with pytest.raises(InvalidSetting, match=named):
        eventbridge.Target(resource, **settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"id": "x" * 64},
        {"input": '"' + "x" * 8_190 + '"'},
        {"input_path": "$." + "x" * 254},
        {"input_template": '"' + "x" * 8_190 + '"'},
        {"input_template": "1", "input_paths_map": {f"p{number}": "$" for number in range(100)}},
        {"maximum_retry_attempts": 0, "maximum_event_age_in_seconds": 60},
        {"maximum_retry_attempts": 185, "maximum_event_age_in_seconds": 86_400},
    ],
    ids=lambda settings: "-".join(settings),
)
def test_targets_at_their_limits(settings: dict[str, Any]) -> None:
    """They are taken; one more of each is refused by the table of errors."""
    assert eventbridge.Target(QUEUE, **settings).arn == QUEUE.arn


def test_id_of_a_target_is_its_name() -> None:
    """With what an id may not hold replaced."""
    assert eventbridge.Target(QUEUE).id == "q"
    assert eventbridge.Target(SHOP).id == "event-bus-shop"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"name": "x" * 49}, "archiveName"),
        ({"retention_days": -1}, "retentionDays"),
        ({"event_bus": s3.Bucket("uploads")}, "event_bus"),
        ({"kms_key_identifier": "k"}, "kms_key_identifier"),
    ],
)
def test_archives_that_are_refused(settings: dict[str, Any], named: str) -> None:
    """Where they are written, naming the setting."""
    with pytest.raises(InvalidSetting, match=named):
        eventbridge.Archive(**{"name": "all", **settings})
