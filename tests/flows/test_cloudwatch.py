"""Alarms from data to functions and topics, on a bus in virtual time."""

import asyncio
import json
from typing import Any

import pytest

from eventbus import App, Function, current_bus
from sources import cloudwatch, sns, sqs
from tests.sources.cloudwatch.helpers import ERRORS

pytestmark = [pytest.mark.asyncio, pytest.mark.virtual_time]
EPOCH = 1_767_225_600


def starts(bus: Any, function: Any) -> list[float]:
    return [attempt.start.timestamp() - EPOCH for attempt in bus.invocations(function)]


def states(bus: Any, function: Any) -> list[str]:
    return [attempt.event["alarmData"]["state"]["value"] for attempt in bus.invocations(function)]


def datum(value: float) -> cloudwatch.MetricDatum:
    return {"metric_name": "Errors", "dimensions": ERRORS["dimensions"], "value": value}


async def test_handler_puts_data_and_an_alarm_calls() -> None:
    """At the end of the minute; the trace of the alarm tells why."""
    app = App("shop")
    metrics = app.add(cloudwatch.Metrics())

    @app.function
    async def sell(event: Any, context: Any) -> None:
        await current_bus()[metrics].put_metric_data(namespace="AWS/Lambda", metric_data=[datum(event)])

    work: Function[Any, None] = app.function(lambda event, context: None, name="work")
    errors = app.add(cloudwatch.Alarm("errors", **ERRORS, alarm_actions=[work]))
    async with app.start() as bus:
        await bus.invoke(sell, 0)
        await bus.settle()
        assert (await bus[errors].describe_alarms()).state_value == "OK"
        await bus.invoke(sell, 7)
        await bus.settle()

        assert starts(bus, work) == [120]
        described = await bus[errors].describe_alarms()
        assert (described.state_value, described.alarm_name, described.actions_enabled) == ("ALARM", "errors", True)
        assert described.state_updated_timestamp.timestamp() - EPOCH == 120
        text = str(bus.trace(errors.arn))
        assert "OK -> ALARM: Threshold Crossed: 1 out of the last 1 datapoints [7.0" in text
        assert "notified work" in text


async def test_function_fails_and_is_tried_again_by_its_queue() -> None:
    """At 0, 60 and 180 seconds; the alarm hands over once."""
    app = App("shop")

    @app.function
    async def work(event: Any, context: Any) -> None:
        raise ValueError("boom")

    errors = app.add(cloudwatch.Alarm("errors", **ERRORS, alarm_actions=[work]))
    async with app.start() as bus:
        await bus[errors].set_alarm_state("ALARM", state_reason="test")
        await bus.settle()

        assert starts(bus, work) == [0, 60, 180]


async def test_alarm_without_permission() -> None:
    """It is asked by its own ARN; what it may not is dropped, with the statement that is missing."""
    app = App("shop")
    work: Function[Any, None] = app.function(lambda event, context: None, name="work")
    one = app.add(cloudwatch.Alarm("one", **ERRORS, alarm_actions=[work]))
    two = app.add(cloudwatch.Alarm("two", **ERRORS, alarm_actions=[work]))
    app.grant(two, "lambda:InvokeFunction", work)
    async with app.start(permissions="enforced") as bus:
        for alarm in (one, two):
            await bus[alarm].set_alarm_state("ALARM", state_reason="test")
        await bus.settle()

        assert [each.event["alarmData"]["alarmName"] for each in bus.invocations(work)] == ["two"]
        assert 'app.grant(one, "lambda:InvokeFunction", work)' in str(bus.trace(one.arn))
        assert "dropped: hand-over to work refused" in str(bus.trace(one.arn))


async def test_composite_alarm_with_a_suppressor() -> None:
    """Under enforced permissions too: alarms need none to look at each other."""
    app = App("shop")
    work: Function[Any, None] = app.function(lambda event, context: None, name="work")
    steady: dict[str, Any] = {**ERRORS, "treat_missing_data": "ignore"}
    child, quiet = app.add(cloudwatch.Alarm("child", **steady)), app.add(cloudwatch.Alarm("quiet", **steady))
    shop = app.add(
        cloudwatch.CompositeAlarm(
            "shop",
            alarm_rule="ALARM(child)",
            alarm_actions=[work],
            actions_suppressor=quiet,
            actions_suppressor_wait_period=120,
            actions_suppressor_extension_period=180,
        )
    )
    app.grant(shop, "lambda:InvokeFunction", work)
    async with app.start(permissions="enforced") as bus:
        await bus.advance(5)
        await bus[quiet].set_alarm_state("ALARM", state_reason="at work")
        await bus[child].set_alarm_state("ALARM", state_reason="broken")
        described = await bus[shop].describe_alarms()
        assert (described.state_value, described.actions_suppressed_by) == ("ALARM", "Alarm")
        await bus.advance(55)
        await bus[quiet].set_alarm_state("OK", state_reason="done")
        await bus.settle()

        assert starts(bus, work) == [240]
        assert "actions, by ExtensionPeriod" in str(bus.trace(shop.arn))


async def test_topics_get_the_notification() -> None:
    """JSON as the message."""
    app = App("shop")
    topic, told = app.add(sns.Topic("alarms")), app.add(sqs.Queue("told"))
    app.add(sns.Subscription(topic, told, raw_message_delivery=True))
    errors = app.add(cloudwatch.Alarm("errors", **ERRORS, alarm_actions=[topic], ok_actions=[topic]))
    async with app.start() as bus:
        for state in ("ALARM", "OK"):
            await bus[errors].set_alarm_state(state, state_reason="test")
        letters = await bus[told].peek()

    assert [json.loads(each.body)["NewStateValue"] for each in letters] == ["ALARM", "OK"]


async def test_actions_are_disabled_and_enabled() -> None:
    """The state changes all the same."""
    app = App("shop")
    work: Function[Any, None] = app.function(lambda event, context: None, name="work")
    errors = app.add(cloudwatch.Alarm("errors", **ERRORS, alarm_actions=[work], ok_actions=[work]))
    async with app.start() as bus:
        await bus[errors].disable_alarm_actions()
        await bus[errors].set_alarm_state("ALARM", state_reason="test")
        assert not (await bus[errors].describe_alarms()).actions_enabled
        await bus[errors].enable_alarm_actions()
        await bus[errors].set_alarm_state("OK", state_reason="test")
        await bus.settle()

        assert states(bus, work) == ["OK"]


async def test_heartbeat_that_stays_away() -> None:
    """Missing data breach: minutes after the last the function is called, and no later look disturbs anybody."""
    app = App("shop")
    metrics = app.add(cloudwatch.Metrics())
    work: Function[Any, None] = app.function(lambda event, context: None, name="work")
    app.add(
        cloudwatch.Alarm(
            "beat",
            namespace="Shop",
            metric_name="Beat",
            statistic="SampleCount",
            period=60,
            evaluation_periods=3,
            threshold=1,
            comparison_operator="LessThanThreshold",
            treat_missing_data="breaching",
            alarm_actions=[work],
            ok_actions=[work],
        )
    )
    async with app.start() as bus:
        for _ in range(5):
            await bus[metrics].put_metric_data(namespace="Shop", metric_data=[{"metric_name": "Beat", "value": 1}])
            await bus.advance(60)
        await bus.advance(86_400)
        turns = bus.statistics().turns
        await bus.advance(86_400)

        assert states(bus, work) == ["OK", "ALARM"]
        assert starts(bus, work) == [60, 600]
        assert bus.statistics().turns == turns + 1  # that of the wait itself


async def test_function_that_never_returns_holds_nobody_up() -> None:
    """The alarm goes on."""
    app = App("shop")

    @app.function(timeout=900, maximum_retry_attempts=0)
    async def work(event: Any, context: Any) -> None:
        await asyncio.sleep(10_000)

    errors = app.add(cloudwatch.Alarm("errors", **ERRORS, alarm_actions=[work], ok_actions=[work]))
    async with app.start() as bus:
        for state in ("ALARM", "OK"):
            await bus[errors].set_alarm_state(state, state_reason="test")
        await bus.settle()

        assert [attempt.outcome for attempt in bus.invocations(work)] == ["timed out"] * 2


async def test_call_that_is_cancelled() -> None:
    """Has happened or has not; the next one works."""
    app = App("shop")
    errors = app.add(cloudwatch.Alarm("errors", **ERRORS))
    async with app.start() as bus:
        call = asyncio.ensure_future(bus[errors].set_alarm_state("ALARM", state_reason="test"))
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await bus[errors].set_alarm_state("OK", state_reason="test")

        assert (await bus[errors].describe_alarms()).state_value == "OK"


async def test_two_buses_and_ten_thousand_data() -> None:
    """They share nothing; data of one minute are one sample."""
    app = App("shop")
    metrics = app.add(cloudwatch.Metrics())
    work: Function[Any, None] = app.function(lambda event, context: None, name="work")
    errors = app.add(cloudwatch.Alarm("errors", **{**ERRORS, "threshold": 9_999}, alarm_actions=[work]))
    async with app.start() as one, app.start() as two:
        for _ in range(10):
            await one[metrics].put_metric_data(namespace="AWS/Lambda", metric_data=[datum(1)] * 1_000)
        await two[metrics].put_metric_data(namespace="AWS/Lambda", metric_data=[datum(1)])
        await one.settle()
        await two.settle()

        assert (await one[errors].describe_alarms()).state_value == "ALARM"
        assert (await two[errors].describe_alarms()).state_value == "OK"
        assert (len(one.invocations(work)), len(two.invocations(work))) == (1, 0)


async def test_faults_do_not_harm_alarms() -> None:
    """Those that are armed for a delivery have it refused for a while."""
    app = App("shop")
    work: Function[Any, None] = app.function(lambda event, context: None, name="work")
    child = app.add(cloudwatch.Alarm("child", **ERRORS))
    shop = app.add(cloudwatch.CompositeAlarm("shop", alarm_rule="ALARM(child)", alarm_actions=[work]))
    async with app.start() as bus:
        bus.faults.refuse_delivery(work)
        await bus[child].set_alarm_state("ALARM", state_reason="test")
        await bus.settle()

        assert starts(bus, work) == [1]
        assert "notified work: refused with ServiceUnavailable" in str(bus.trace(shop.arn))
