"""What functions log, in their own groups, and the functions that get it."""

import asyncio
import logging
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import CloudWatchLogsEvent

from eventbus import App, Bus, Function
from eventbus.errors import InvalidParameterException, InvalidSetting
from sources import logs
from tests.sources.logs.helpers import decoded

pytestmark = [pytest.mark.asyncio, pytest.mark.virtual_time]
log = logging.getLogger("orders")
EPOCH = 1_767_225_600_000


def group_of(app: App, function: str) -> logs.LogGroup:
    return app.add(logs.LogGroup(f"/aws/lambda/{function}"))


async def messages(bus: Bus, group: logs.LogGroup, pattern: str = "") -> list[str]:
    return [event.message for event in (await bus[group].filter_log_events(pattern)).events]


async def test_log_of_a_function() -> None:
    """A line an event with its time, in the stream that the context names, once the invocation has ended."""
    app = App("shop")
    group = group_of(app, "work")
    streams: list[str] = []

    @app.function
    async def work(event: Any, context: Any) -> None:
        streams.append(context.log_stream_name)
        assert context.log_group_name == group.name
        log.warning("order %s", event)
        await asyncio.sleep(0.25)
        print("sold")

    async with app.start() as bus:
        await bus.advance(5)
        answer = await bus.invoke(work, 7)
        found = (await bus[group].get_log_events(streams[0], start_from_head=True)).events

        assert [(each.timestamp - EPOCH, each.message.replace(answer.request_id, "<id>")) for each in found] == [
            (5_000, "START RequestId: <id> Version: $LATEST\n"),
            (5_000, "[WARNING]\t2026-01-01T00:00:05.000Z\t<id>\torder 7\n"),
            (5_250, "sold\n"),
            (5_250, "END RequestId: <id>\n"),
            (
                5_250,
                "REPORT RequestId: <id>\tDuration: 250.00 ms\tBilled Duration: 250 ms\tMemory Size: 128 MB\n",
            ),
        ]
        assert "logged" in str(bus.trace(answer.request_id))
        await bus.invoke(work, 8)
        await bus.advance(301)
        await bus.invoke(work, 9)
        assert len(set(streams)) == 2
        assert len((await bus[group].get_log_events(streams[2])).events) == 5


async def test_error_invokes_whoever_subscribed() -> None:
    """With the traceback, for each attempt; powertools read it."""
    app = App("shop")
    group = group_of(app, "work")

    @app.function
    async def work(event: Any, context: Any) -> None:
        raise ValueError("no such order")

    alarm: Function[Any, None] = app.function(lambda event, context: None, name="alarm")
    app.add(logs.SubscriptionFilter(group, alarm, filter_name="errors", filter_pattern="?ERROR ?timed"))
    async with app.start() as bus:
        await bus.invoke(work, 7, invocation_type="Event")
        await bus.settle()

        told = [decoded(attempt.event) for attempt in bus.invocations(alarm)]
        assert [attempt.start.timestamp() * 1_000 - EPOCH for attempt in bus.invocations(alarm)] == [0, 60_000, 180_000]
        assert {each["logGroup"] for each in told} == {group.name}
        [event] = told[0]["logEvents"]
        assert event["message"].startswith("[ERROR] ValueError: no such order\nTraceback (most recent call last):\n")
        assert event["message"].endswith('\u00a0\u00a0\u00a0\u00a0raise ValueError("no such order")\n')
        model = CloudWatchLogsEvent(bus.invocations(alarm)[0].event).parse_logs_data()
        assert model.log_events[0].message == event["message"]
        assert model.log_stream.startswith("2026/01/01/[$LATEST]")


@pytest.mark.parametrize("kind", ["times out", "exits", "is stubborn"])
async def test_other_ends(kind: str) -> None:
    """A timeout and a runtime that is gone are told too, whatever the handler does afterwards."""
    app = App("shop")
    group = group_of(app, "work")

    @app.function(timeout=1)
    async def work(event: Any, context: Any) -> None:
        while True:
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                if kind == "times out":
                    raise
                log.warning("go on")
                await asyncio.sleep(0)

    async with app.start() as bus:
        if kind == "exits":
            bus.faults.handler_exits(work)
        await bus.invoke(work, 7)
        await bus.advance(100)
        found = await messages(bus, group)

    told = "Runtime exited without providing a reason" if kind == "exits" else "Task timed out after 1.00 seconds"
    assert [told in each for each in found[-3:]] == [True, False, False]
    assert [each.partition(" ")[0] for each in found[-2:]] == ["END", "REPORT"]
    assert len(found) == (5 if kind == "is stubborn" else 4)


async def test_function_of_its_own_log_is_refused() -> None:
    """Declared or put while the bus runs, with the reason; other groups and functions are not."""
    app = App("shop")
    group, other = group_of(app, "work"), group_of(app, "work2")
    work: Function[Any, None] = app.function(lambda event, context: None, name="work")
    with pytest.raises(InvalidSetting, match="destination=work is refused for its own log group"):
        logs.SubscriptionFilter(group, work, filter_name="all")
    app.add(logs.SubscriptionFilter(other, work, filter_name="all"))
    async with app.start() as bus:
        put = {"filter_name": "all", "filter_pattern": "", "destination_arn": work.arn}
        with pytest.raises(InvalidParameterException, match="for its own log group: it would be invoked"):
            await bus[group].put_subscription_filter(**put)
        await bus[other].put_subscription_filter(**put)


async def test_loop_over_two_functions_is_stopped() -> None:
    """As any chain of requests."""
    app = App("shop")
    one: Function[Any, None] = app.function(lambda event, context: None, name="one")
    two: Function[Any, None] = app.function(lambda event, context: None, name="two")
    app.add(logs.SubscriptionFilter(group_of(app, "one"), two, filter_name="all", filter_pattern="START"))
    app.add(logs.SubscriptionFilter(group_of(app, "two"), one, filter_name="all", filter_pattern="START"))
    async with app.start() as bus:
        await bus.invoke(one, 7, invocation_type="Event")
        await bus.settle()

        assert (len(bus.invocations(one)), len(bus.invocations(two))) == (16, 16)


async def test_function_that_may_not_log() -> None:
    """What it logs is lost, and the trace says which statement is missing."""
    app = App("shop")
    one: Function[Any, None] = app.function(lambda event, context: None, name="one")
    two: Function[Any, None] = app.function(lambda event, context: None, name="two")
    first, second = group_of(app, "one"), group_of(app, "two")
    app.grant(two, "logs:PutLogEvents", second)
    async with app.start(permissions="enforced") as bus:
        for function in (one, two):
            await bus.invoke(function)

        assert (len(await messages(bus, first)), len(await messages(bus, second))) == (0, 3)
        assert bus.statistics().refused_permissions == 1


async def test_functions_without_a_group_cost_nothing() -> None:
    """Nothing is taken down for them; the same run with a group has one turn more an invocation."""

    async def turns(with_group: bool) -> int:
        app = App("shop")
        work: Function[Any, None] = app.function(lambda event, context: None, name="work", run="inline")
        if with_group:
            group_of(app, "work")
        group_of(app, "another")
        async with app.start() as bus:
            for _ in range(10):
                await bus.invoke(work)
            return bus.statistics().turns

    assert await turns(True) == await turns(False) + 10


async def test_lines_that_are_odd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty, with halves of surrogate pairs."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # pytest's own: its report could not be sent by xdist
    app = App("shop")
    group = group_of(app, "work")

    @app.function
    async def work(event: Any, context: Any) -> None:
        log.warning("\ud800")
        log.warning("")

    async with app.start() as bus:
        await bus.invoke(work)
        found = await messages(bus, group, "WARNING")

    assert [each.rpartition("\t")[2] for each in found] == ["?\n", "\n"]


async def test_two_buses_at_once() -> None:
    """Each has its own lines."""
    app = App("shop")
    group = group_of(app, "work")

    @app.function
    async def work(event: Any, context: Any) -> None:
        await asyncio.sleep(1)
        print(event)

    async with app.start() as one, app.start() as two:
        await asyncio.gather(one.invoke(work, "first"), two.invoke(work, "second"))

        assert (await messages(one, group))[1] == "first\n"
        assert (await messages(two, group))[1] == "second\n"
