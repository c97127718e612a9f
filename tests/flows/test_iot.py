"""IoT rules on a running bus: from a message to functions, queues and error actions, at exact times."""

import asyncio
import json
from typing import Any

import pytest

from eventbus import App, Bus, current_bus
from sources import iot, kinesis, logs, sns, sqs
from tests.contracts import iot_table as table
from tests.helpers import boom, echo

pytestmark = [pytest.mark.asyncio, pytest.mark.virtual_time]

ALL = "SELECT * FROM 'shop/#'"


def starts(bus: Bus, function: Any) -> list[float]:
    began = bus.now().timestamp() - bus.statistics().now
    return [attempt.start.timestamp() - began for attempt in bus.invocations(function)]


async def test_a_message_reaches_its_function() -> None:
    """At once, selected; the trace follows it by the id that the client got."""
    app = App()
    work, broker = app.function(echo, name="work"), app.add(iot.Broker())
    app.add(
        iot.TopicRule("hot", "SELECT temperature AS t, topic(2) AS site FROM 'shop/+' WHERE temperature > 50", [work])
    )

    async with app.start() as bus:
        told = await bus[broker].publish("shop/north", '{"temperature": 60}', qos=1, client_id="a1")
        cold = await bus[broker].publish("shop/north", '{"temperature": 40}')
        unheard = await bus[broker].publish("other", "1")
        await bus.settle()

        assert [attempt.event for attempt in bus.invocations(work)] == [{"t": 60, "site": "north"}]
        assert "work" in str(bus.trace(told.trace_id))
        assert "hot: WHERE is not true" in str(bus.trace(cold.trace_id))
        assert "nobody hears it" in str(bus.trace(unheard.trace_id))


def outcomes() -> list[Any]:
    return [pytest.param(row, id=row.id) for row in table.OUTCOMES]


@pytest.mark.parametrize("row", outcomes())
async def test_outcomes(row: table.Outcome) -> None:
    """Of the table: when functions were invoked, and what the error action was told."""
    if row.id == "statement for another rule":
        pytest.skip("statements are the broker's, for all its rules: a deviation")
    app = App()
    broker, mend = app.add(iot.Broker()), app.function(echo, name="mend")
    work = app.function(boom if row.id == "function error" else echo, name="work")
    other = app.function(echo, name="other")
    two = row.id.startswith("two actions")
    sql = "SELECT a AS b, a AS c, a AS d, a AS e, a AS f, a AS g, a AS h, a AS i, a AS j FROM 'shop'"
    payload = json.dumps({"a": "x" * 130_000}) if row.id == "event too large" else '{"a": 1}'
    disabled = row.id == "disabled"
    actions = [work, other] if two else [work]
    if row.id != "no such function":
        app.add(iot.TopicRule("readings", sql, actions, error_action=mend, rule_disabled=disabled))
    if row.id == "two rules":
        app.add(iot.TopicRule("second", sql, [other], error_action=mend))
    if row.id != "error action fails too":
        app.grant(broker, "lambda:InvokeFunction", mend)
    if row.id in ("two actions, one fails", "two rules"):
        app.grant(broker, "lambda:InvokeFunction", other)
    if row.id in ("fine", "function error", "event too large", "disabled", "two rules"):
        app.grant(broker, "lambda:InvokeFunction", work)

    async with app.start(permissions="enforced") as bus:
        if row.id == "no such function":
            gone = App().function(echo, name="gone")
            await bus[broker].create_topic_rule("readings", sql, [gone], error_action=mend)
        await bus[broker].publish("shop", payload)
        await bus.settle()

        assert tuple(starts(bus, work) + starts(bus, other)) == row.attempts
        told = [attempt.event for attempt in bus.invocations(mend)]
        if row.id == "error action fails too":
            assert told == []
        else:
            assert [len(each["failures"]) for each in told] == ([row.failures] if row.failures else [])
            assert all(each["failedAction"] == table.FAILED_ACTION for event in told for each in event["failures"])


async def test_a_refused_permission_is_told() -> None:
    """In the trace, with the statement that is missing, and to the error action, at once."""
    app = App()
    broker, lost = app.add(iot.Broker()), app.add(sqs.Queue("lost"))
    work = app.function(echo, name="work")
    app.add(iot.TopicRule("readings", ALL, [work], error_action=lost))
    app.grant(broker, "sqs:SendMessage", lost)

    async with app.start(permissions="enforced") as bus:
        told = await bus[broker].publish("shop/a", b"\x01", client_id="a1")
        seen = await bus[broker].publish("shop/a", "1")
        await bus.settle()

        assert bus.statistics().now == 0
        bytes_letter, letter = [json.loads(each.body) for each in await bus[lost].peek()]
        assert letter["cloudwatchTraceId"] == seen.trace_id
        assert 'app.grant(broker, "lambda:InvokeFunction", work)' in letter["failures"][0]["errorMessage"]
        assert 'app.grant(broker, "lambda:InvokeFunction", work)' in str(bus.trace(seen.trace_id))
        assert (bytes_letter["base64OriginalPayload"], bytes_letter["clientId"]) == ("AQ==", "a1")
        assert "no JSON" in str(bus.trace(told.trace_id))


async def test_everything_else_that_takes_deliveries() -> None:
    """Gets what is selected as JSON."""
    app = App()
    broker, queue, topic = app.add(iot.Broker()), app.add(sqs.Queue("queue")), app.add(sns.Topic("topic"))
    heard, stream, group = (
        app.add(sqs.Queue("heard")),
        app.add(kinesis.Stream("stream")),
        app.add(logs.LogGroup("group")),
    )
    app.add(sns.Subscription(topic, heard, raw_message_delivery=True))
    app.add(iot.TopicRule("readings", "SELECT VALUE name FROM 'shop/#'", [queue, topic, stream, group]))
    read: list[Any] = []

    @app.function
    def work(event: kinesis.KinesisEvent, context: Any) -> None:
        read.extend(event["Records"])

    app.map(stream, work, starting_position="TRIM_HORIZON")

    async with app.start() as bus:
        await bus[broker].publish("shop/a", '{"name": "Äpfel"}')
        await bus.settle()

        assert [message.body for message in await bus[queue].peek()] == ['"Äpfel"']
        assert [message.body for message in await bus[heard].peek()] == ['"Äpfel"']
        assert [event.message for event in (await bus[group].filter_log_events()).events] == ['"Äpfel"']
        assert [record["kinesis"]["data"] for record in read] == ["IsOEcGZlbCI="]


async def test_rules_made_while_the_bus_runs() -> None:
    """They reach declared functions; the next bus does not know them. A function that publishes is followed."""
    app = App()
    broker = app.add(iot.Broker())

    async def relay(event: Any, context: Any) -> None:
        await current_bus()[broker].publish("second", json.dumps({"from": event["n"]}))

    first, second = app.function(relay, name="first"), app.function(echo, name="second")

    async with app.start() as bus:
        await bus[broker].create_topic_rule("one", "SELECT * FROM 'first'", [first])
        await bus[broker].create_topic_rule("two", "SELECT * FROM 'second'", [second])
        told = await bus[broker].publish("first", '{"n": 1}')
        await bus.settle()

        assert bus.invocations(second)[0].event == {"from": 1}
        assert "second" in str(bus.trace(told.trace_id))
    async with app.start() as bus:
        with pytest.raises(iot.UnauthorizedException):
            await bus[broker].get_topic_rule("one")


async def test_a_loop_of_messages_is_stopped() -> None:
    """As any chain of invocations."""
    app = App()
    broker = app.add(iot.Broker())

    async def again(event: Any, context: Any) -> None:
        await current_bus()[broker].publish("again", "1")

    work = app.function(again, name="work")
    app.add(iot.TopicRule("again", "SELECT * FROM 'again'", [work]))

    async with app.start() as bus:
        await bus[broker].publish("again", "1")
        await bus.settle()

        assert len(bus.invocations(work)) == 16


async def test_ten_thousand_messages_on_two_buses() -> None:
    """Each bus has its own rules and messages; one whose caller gave up did not happen, or did whole."""
    app = App()
    broker, work = app.add(iot.Broker()), app.function(echo, name="work")
    app.add(iot.TopicRule("readings", "SELECT n FROM 'shop/#' WHERE n % 2 = 0", [work]))

    async with app.start() as bus, app.start() as quiet:
        for n in range(10_000):
            await bus[broker].publish("shop/a", b'{"n": %d}' % n)
        late = asyncio.create_task(_publish(bus, broker))
        late.cancel()
        await asyncio.wait([late])
        await bus.settle()

        assert len(bus.invocations(work)) == 5_000
        assert quiet.invocations(work) == []


async def _publish(bus: Bus, broker: iot.Broker) -> None:
    await bus[broker].publish("shop/a", '{"n": 0}')
