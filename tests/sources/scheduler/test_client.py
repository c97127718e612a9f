"""The client of a group, and schedules of running buses."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from eventbus import App
from eventbus.errors import ServiceError
from sources import eventbridge, scheduler, sns, sqs
from tests.contracts.eventbridge_errors import SCHEDULER_ERRORS, Error
from tests.helpers import app_of, echo, virtually
from tests.sources.helpers import Feed, done
from tests.sources.scheduler.helpers import BUS, DEAD, GROUP, QUEUE, START, WORK, after, make_group, nightly

NOT_OFFERED = ("role", "group")
"""Roles, and groups that come and go while the bus runs."""
RESOURCES: dict[str, Any] = {"{function}": WORK, "{fifo_queue}": sqs.Queue("q.fifo"), "{queue}": DEAD}


def client_of(*schedules: scheduler.Schedule) -> scheduler.GroupClient:
    return GROUP.client(make_group(*schedules), Feed())


def flat(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments of botocore as this client has them."""
    found = dict(kwargs)
    window = found.pop("flexible_time_window", {"mode": "OFF"})
    found["flexible_time_window"] = window["mode"]
    found["maximum_window_in_minutes"] = window.get("maximum_window_in_minutes")
    for date in ("start_date", "end_date"):
        if date in found:
            found[date] = datetime.fromisoformat(found[date])
    target = dict(found.pop("target"))
    del target["role_arn"]
    found["target"] = RESOURCES.get(target["arn"], target.pop("arn"))
    target.pop("arn", None)
    dead_letter = target.pop("dead_letter_config", None)
    if dead_letter is not None:
        found["dead_letter"] = RESOURCES[dead_letter["arn"]]
    return {**found, **target.pop("retry_policy", {}), **target}


@pytest.mark.parametrize(
    "row",
    [row for row in SCHEDULER_ERRORS if not any(word in f"{row.id} {row.operation}" for word in NOT_OFFERED)],
    ids=lambda row: row.id,
)
def test_call_is_refused_as_aws_refuses_it(row: Error) -> None:
    """Code, status and text."""
    client = client_of(nightly())
    kwargs = flat(row.kwargs) if "target" in row.kwargs else row.kwargs

    with pytest.raises(ServiceError) as refused:
        done(getattr(client, row.operation)(**kwargs))

    assert (refused.value.code, refused.value.status) == (row.code, row.status)
    if row.message is not None:
        whole = not row.message.endswith("...")
        found = str(refused.value)
        assert found == row.message if whole else found.startswith(row.message[:-3])


@pytest.mark.parametrize(
    "kwargs",
    [
        {"max_results": 0},
        {"max_results": 101},
        {"max_results": True},
        {"max_results": "5"},
        {"state": "ON"},
        {"state": ["ENABLED"]},
        {"name_prefix": 5},
        {"next_token": 5},
    ],
    ids=str,
)
def test_list_refuses_what_is_out_of_range(kwargs: dict[str, Any]) -> None:
    """And what has the wrong type."""
    with pytest.raises(scheduler.ValidationException):
        done(client_of().list_schedules(**kwargs))


@pytest.mark.parametrize("name", [5, b"n", ["n"]], ids=str)
def test_name_that_is_no_text_is_refused(name: Any) -> None:
    """By each call."""
    client = client_of()

    for call in (
        client.get_schedule(name),
        client.delete_schedule(name),
        client.create_schedule(name, QUEUE, schedule_expression="rate(1 day)"),
    ):
        with pytest.raises(scheduler.ValidationException):
            done(call)


def test_refused_expression_says_why() -> None:
    """Below AWS's own text, which does not."""
    with pytest.raises(scheduler.ValidationException, match="Invalid Schedule Expression") as refused:
        done(client_of().create_schedule("n", QUEUE, schedule_expression="cron(0 12 * * *)"))

    assert refused.value.__notes__ == ["cron(0 12 * * *): six fields with one blank between, not 5"]


def test_expression_that_is_no_text_is_refused() -> None:
    """As any other setting of a wrong type."""
    with pytest.raises(scheduler.ValidationException, match="schedule_expression=5 is refused"):
        done(client_of().create_schedule("n", QUEUE, schedule_expression=5))  # type: ignore[arg-type]  # that is the test


def test_schedule_reads_as_it_was_written() -> None:
    """With ARNs for resources, and both dates."""
    client = client_of()
    created = done(
        client.create_schedule(
            "hourly",
            BUS,
            schedule_expression="cron(0 9 ? * MON *)",
            schedule_expression_timezone="Europe/Berlin",
            flexible_time_window="FLEXIBLE",
            maximum_window_in_minutes=5,
            start_date=after(days=1),
            end_date=after(days=9),
            state="DISABLED",
            action_after_completion="DELETE",
            input="{}",
            description="why",
            maximum_retry_attempts=3,
            maximum_event_age_in_seconds=90,
            dead_letter=DEAD,
            detail_type="t",
            source="shop",
        )
    )
    found = done(client.get_schedule("hourly"))

    assert found.arn == created.schedule_arn
    assert {name: getattr(found, name) for name in found.__class__.__annotations__} == {
        "schedule_expression": "cron(0 9 ? * MON *)",
        "schedule_expression_timezone": "Europe/Berlin",
        "flexible_time_window": "FLEXIBLE",
        "maximum_window_in_minutes": 5,
        "start_date": after(days=1),
        "end_date": after(days=9),
        "action_after_completion": "DELETE",
        "input": "{}",
        "description": "why",
        "maximum_retry_attempts": 3,
        "maximum_event_age_in_seconds": 90,
        "dead_letter": DEAD.arn,
        "message_group_id": None,
        "detail_type": "t",
        "source": "shop",
    }
    assert (found.name, found.group_name, found.state, found.target) == ("hourly", "default", "DISABLED", BUS.arn)
    assert (found.creation_date, found.last_modification_date) == (START, START)


def test_update_sets_what_is_left_out_to_its_default() -> None:
    """The creation date stays."""
    client = client_of(nightly(description="why", input='"x"'))
    done(client.update_schedule("nightly", QUEUE, schedule_expression="rate(1 day)"))
    found = done(client.get_schedule("nightly"))

    assert (found.description, found.input, found.schedule_expression) == (None, None, "rate(1 day)")
    assert (found.target, found.creation_date) == (QUEUE.arn, START)


def test_refused_update_leaves_the_schedule() -> None:
    """All or nothing."""
    client = client_of(nightly(description="why"))
    with pytest.raises(scheduler.ValidationException):
        done(client.update_schedule("nightly", QUEUE, schedule_expression="rate(1 day)", input=""))

    assert done(client.get_schedule("nightly")).description == "why"


def test_list_pages_by_name() -> None:
    """Up to 100 in one page, with a prefix and a state if wanted."""
    client = client_of()

    async def main() -> None:
        for number in range(101):
            state = "DISABLED" if number % 2 else "ENABLED"
            await client.create_schedule(f"s{number:03}", QUEUE, schedule_expression="rate(1 day)", state=state)  # type: ignore[arg-type]  # one of two literals
        first = await client.list_schedules()
        second = await client.list_schedules(next_token=first.next_token)
        names = [each.name for each in (*first.schedules, *second.schedules)]

        assert (len(first.schedules), len(second.schedules), second.next_token) == (100, 1, None)
        assert names == [f"s{number:03}" for number in range(101)]
        page = await client.list_schedules(name_prefix="s00", state="DISABLED", max_results=5)
        assert [each.name for each in page.schedules] == ["s001", "s003", "s005", "s007", "s009"]
        assert page.next_token is None
        [one] = (await client.list_schedules(max_results=1)).schedules
        assert (one.arn.name, one.group_name, one.state) == ("schedule/default/s000", "default", "ENABLED")

    done(main())


def test_function_is_invoked_in_each_minute_once() -> None:
    """Thirty days of it, while nobody waits for schedules to settle."""
    app, work = app_of(echo)
    app.add(nightly(work, schedule_expression="cron(0/30 8-9 ? * MON-FRI *)"))

    async def main() -> None:
        async with app.start() as bus:
            await bus.settle()
            assert bus.now() == START
            await bus.advance(timedelta(days=30))
            starts = [attempt.start for attempt in bus.invocations(work)]

            assert len(starts) == len(set(starts)) == 4 * 22
            assert {(each.hour, each.minute, each.second) for each in starts} == {
                (8, 0, 0),
                (8, 30, 0),
                (9, 0, 0),
                (9, 30, 0),
            }
            assert {each.isoweekday() for each in starts} == {1, 2, 3, 4, 5}

    virtually(main)


def test_function_error_is_the_affair_of_the_function() -> None:
    """Its asynchronous queue tries again; the schedule's dead letters stay empty."""
    app = App()
    dead = app.add(sqs.Queue("dead"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        raise ValueError("boom")

    app.add(nightly(work, schedule_expression="at(2026-01-01T00:01:00)", dead_letter=dead))

    async def main() -> None:
        async with app.start() as bus:
            await bus.advance(60)
            await bus.settle()

            assert len(bus.invocations(work)) == 3
            assert await bus[dead].peek() == []

    virtually(main)


def test_refused_hand_over_is_tried_again_and_settled() -> None:
    """One second later."""
    app = App()
    queue = app.add(sqs.Queue("q"))
    app.add(nightly(queue, schedule_expression="at(2026-01-01T00:01:00)", input="hello"))

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.refuse_delivery(queue)
            await bus.advance(60)
            await bus.settle()

            assert bus.now() == after(seconds=61)
            assert [message.body for message in await bus[queue].peek()] == ["hello"]

    virtually(main)


def test_fifo_queue_gets_its_group() -> None:
    """The queue itself tells equal messages apart: without content-based deduplication it refuses them for good."""
    app = App()
    dead = app.add(sqs.Queue("dead"))
    queues = [app.add(sqs.Queue(f"{on}.fifo", content_based_deduplication=on)) for on in (True, False)]
    for queue in queues:
        app.add(
            scheduler.Schedule(
                queue.arn.name.removesuffix(".fifo"),
                queue,
                schedule_expression="at(2026-01-01T00:01:00)",
                message_group_id="g",
                dead_letter=dead,
            )
        )

    async def main() -> None:
        async with app.start() as bus:
            await bus.advance(60)
            [message] = await bus[queues[0]].peek()
            [letter] = await bus[dead].peek()

            assert message.attributes["MessageGroupId"] == "g"
            assert await bus[queues[1]].peek() == []
            assert letter.message_attributes["ERROR_CODE"]["string_value"] == "INVALID_PARAMETER"

    virtually(main)


def test_bus_and_topic_take_what_is_sent() -> None:
    """The input is the detail of an event, and the message of a topic."""
    app = App()
    queue, bus_, topic = app.add(sqs.Queue("q")), app.add(eventbridge.EventBus()), app.add(sns.Topic("topic"))
    app.add(eventbridge.Rule("shop", bus_, event_pattern={"source": ["shop"]}, targets=[queue]))
    app.add(sns.Subscription(topic, queue, raw_message_delivery=True))
    once = "at(2026-01-01T00:01:00)"
    app.add(
        scheduler.Schedule("b", bus_, schedule_expression=once, input='{"n": 1}', detail_type="tick", source="shop")
    )
    app.add(scheduler.Schedule("t", topic, schedule_expression=once, input="hello"))

    async def main() -> None:
        async with app.start() as bus:
            await bus.advance(60)
            event, message = (message.body for message in await bus[queue].peek())

            assert json.loads(event)["detail"] == {"n": 1}
            assert json.loads(event)["detail-type"] == "tick"
            assert json.loads(event)["time"] == "2026-01-01T00:01:00Z"
            assert message == "hello"

    virtually(main)


def test_missing_permission_is_a_dead_letter_at_once() -> None:
    """The group is whose permissions count."""
    app = App()
    queue, dead = app.add(sqs.Queue("q")), app.add(sqs.Queue("dead"))
    app.add(nightly(queue, schedule_expression="at(2026-01-01T00:01:00)", dead_letter=dead))
    app.grant(GROUP, "sqs:SendMessage", dead)

    async def main() -> None:
        async with app.start(permissions="enforced") as bus:
            await bus.advance(60)
            [letter] = await bus[dead].peek()

            assert letter.message_attributes["ERROR_CODE"]["string_value"] == "NO_PERMISSIONS"
            assert await bus[queue].peek() == []

    virtually(main)


def test_schedule_made_while_the_bus_runs_is_due() -> None:
    """And one that is deleted is not."""
    app = App()
    queue, group = app.add(sqs.Queue("q")), app.add(scheduler.ScheduleGroup())

    async def main() -> None:
        async with app.start() as bus:
            await bus.advance(30)
            await bus[group].create_schedule("now", queue, schedule_expression="rate(1 hour)", input="now")
            await bus[group].create_schedule("soon", queue, schedule_expression="at(2026-01-01T00:01:00)", input="soon")
            await bus[group].create_schedule("never", queue, schedule_expression="at(2026-01-01T00:01:00)", input="x")
            await bus[group].delete_schedule("never")
            await bus.settle()
            assert [message.body for message in await bus[queue].peek()] == ["now"]
            await bus.advance(30)

            assert [message.body for message in await bus[queue].peek()] == ["now", "soon"]

    virtually(main)


def test_trace_tells_the_schedule() -> None:
    """What it notified, and what came of it."""
    app, work = app_of(echo)
    app.add(nightly(work, schedule_expression="at(2026-01-01T00:01:00)"))

    async def main() -> None:
        async with app.start() as bus:
            await bus.advance(60)
            await bus.settle()
            [attempt] = bus.invocations(work)
            told = str(bus.trace(attempt.event["id"]))

            assert "in schedule/default/nightly" in told
            assert "notified work as event" in told
            assert "attempt 1 of work: succeeded" in told

    virtually(main)
