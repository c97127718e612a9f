"""What a declared schedule refuses, and how it stands in an app."""

from datetime import UTC, datetime
from typing import Any

import pytest

from eventbus import App
from eventbus.errors import InvalidSetting
from eventbus.names import arn_of
from sources import scheduler, sqs
from tests.sources.scheduler.helpers import BUS, DEAD, QUEUE, TOPIC, WORK, Declared, after, nightly

FIFO = sqs.Queue("q.fifo")
STREAM = Declared(arn_of("kinesis", "stream/s"))
FIFO_TOPIC = Declared(arn_of("sns", "topic.fifo"))


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"schedule_expression": "rate(10 seconds)"}, "schedule_expression='rate(10 seconds)' is refused"),
        ({"schedule_expression": 5}, "schedule_expression=5 is refused"),
        ({"schedule_expression": f"cron({'0,' * 130}0 0 1 * ? *)"}, "a text of up to 256 characters"),
        ({"schedule_expression_timezone": "Mars/Olympus"}, "schedule_expression_timezone='Mars/Olympus' is refused"),
        ({"schedule_expression_timezone": None}, "schedule_expression_timezone=None is refused"),
        ({"flexible_time_window": "SOMETIMES"}, "flexible_time_window='SOMETIMES' is refused"),
        ({"flexible_time_window": "FLEXIBLE"}, "maximum_window_in_minutes=None is refused"),
        ({"maximum_window_in_minutes": 5}, "maximum_window_in_minutes=5 is refused"),
        (
            {"flexible_time_window": "FLEXIBLE", "maximum_window_in_minutes": 0},
            "maximum_window_in_minutes=0 is refused",
        ),
        (
            {"flexible_time_window": "FLEXIBLE", "maximum_window_in_minutes": 1_441},
            "maximum_window_in_minutes=1441 is refused",
        ),
        ({"start_date": "2026-01-01"}, "start_date='2026-01-01' is refused"),
        ({"end_date": datetime(2026, 1, 1)}, "a datetime with a time zone"),
        ({"start_date": datetime(1969, 12, 31, tzinfo=UTC)}, "of the years 1970 to 2199"),
        ({"start_date": datetime.min.replace(tzinfo=UTC)}, "of the years 1970 to 2199"),
        ({"end_date": datetime(2200, 1, 1, tzinfo=UTC)}, "of the years 1970 to 2199"),
        ({"start_date": after(), "end_date": after()}, "later than start_date"),
        ({"state": "ON"}, "state='ON' is refused"),
        ({"action_after_completion": "ARCHIVE"}, "action_after_completion='ARCHIVE' is refused"),
        ({"input": "hello"}, "input='hello' is refused"),
        ({"description": "d" * 513}, "a text of 1 to 512 characters"),
        ({"maximum_retry_attempts": -1}, "maximum_retry_attempts=-1 is refused"),
        ({"maximum_retry_attempts": 186}, "maximum_retry_attempts=186 is refused"),
        ({"maximum_event_age_in_seconds": 59}, "maximum_event_age_in_seconds=59 is refused"),
        ({"maximum_event_age_in_seconds": 86_401}, "maximum_event_age_in_seconds=86401 is refused"),
        ({"maximum_event_age_in_seconds": None}, "maximum_event_age_in_seconds=None is refused"),
        ({"dead_letter": FIFO}, "a declared standard queue"),
        ({"dead_letter": TOPIC}, "a declared standard queue"),
        ({"dead_letter": "dead"}, "dead_letter='dead' is refused"),
        ({"message_group_id": "g"}, "a text for a queue"),
        ({"target": FIFO}, "a text for a queue"),
        ({"target": FIFO, "message_group_id": "g" * 129}, "a text of 1 to 128 characters"),
        ({"target": STREAM}, "other targets are not offered"),
        ({"target": FIFO_TOPIC}, "other targets are not offered"),
        ({"target": "work"}, "target='work' is refused"),
        ({"target": BUS}, "detail_type=None is refused"),
        ({"target": BUS, "detail_type": "t"}, "source=None is refused"),
        ({"target": BUS, "detail_type": "t" * 129, "source": "shop"}, "a text of 1 to 128 characters"),
        ({"target": BUS, "detail_type": "\ud800", "source": "shop"}, "a text of 1 to 128 characters"),
        ({"target": BUS, "detail_type": "t", "source": "aws.shop"}, "source='aws.shop' is refused"),
        ({"detail_type": "t"}, "detail_type='t' is refused"),
        ({"source": "shop"}, "source='shop' is refused"),
        ({"group": "default"}, "group='default' is refused"),
    ],
    ids=lambda value: (
        " ".join(f"{key}={str(each)[:30]}" for key, each in value.items()) if isinstance(value, dict) else ""
    ),
)
def test_setting_that_aws_or_this_bus_does_not_know_is_refused(settings: dict[str, Any], reason: str) -> None:
    """Named, with its value and what is allowed."""
    with pytest.raises(InvalidSetting) as refused:
        nightly(**settings)

    assert reason in str(refused.value)


@pytest.mark.parametrize("name", ["", "a b", "s" * 65, "a/b", 5])
def test_names_of_schedules_and_groups_are_checked(name: Any) -> None:
    """1 to 64 letters, digits, -, _ and dots."""
    for declare in (
        lambda: scheduler.Schedule(name, QUEUE, schedule_expression="rate(1 day)"),
        lambda: scheduler.ScheduleGroup(name),
    ):
        with pytest.raises(InvalidSetting, match="1 to 64 letters"):
            declare()


@pytest.mark.parametrize(
    "settings",
    [
        {"flexible_time_window": "FLEXIBLE", "maximum_window_in_minutes": 1},
        {"flexible_time_window": "FLEXIBLE", "maximum_window_in_minutes": 1_440},
        {"maximum_retry_attempts": 0, "maximum_event_age_in_seconds": 60},
        {"maximum_retry_attempts": 185, "maximum_event_age_in_seconds": 86_400},
        {"target": FIFO, "message_group_id": "g" * 128},
        {"target": TOPIC, "dead_letter": DEAD},
        {"target": BUS, "detail_type": "t" * 128, "source": "shop.orders/1"},
        {"description": "d" * 512},
    ],
    ids=lambda settings: " ".join(settings),
)
def test_settings_at_their_limits_are_taken(settings: dict[str, Any]) -> None:
    """All of them."""
    assert nightly(**settings).name == "nightly"


def test_defaults_are_those_of_the_service() -> None:
    """The retry policy at its maxima, no window, nothing deleted."""
    schedule = nightly()

    assert (schedule.maximum_retry_attempts, schedule.maximum_event_age_in_seconds) == (185, 86_400)
    assert (schedule.flexible_time_window, schedule.state) == ("OFF", "ENABLED")
    assert (schedule.action_after_completion, schedule.schedule_expression_timezone) == ("NONE", "UTC")


def test_arns_name_the_group() -> None:
    """The default one, unless another is given."""
    shop = scheduler.ScheduleGroup("shop")

    assert nightly().arn == "arn:aws:scheduler:us-east-1:000000000000:schedule/default/nightly"
    assert nightly(group=shop).arn == "arn:aws:scheduler:us-east-1:000000000000:schedule/shop/nightly"
    assert shop.arn == "arn:aws:scheduler:us-east-1:000000000000:schedule-group/shop"


def test_default_group_is_always_there_and_others_are_not() -> None:
    """A schedule of another group wants it declared first."""
    app = App()
    queue, shop = app.add(QUEUE), scheduler.ScheduleGroup("shop")
    app.add(nightly(queue))

    with pytest.raises(InvalidSetting, match="schedule-group/shop is not part of this app"):
        app.add(nightly(queue, group=shop))
    app.add(shop)
    app.add(nightly(queue, group=shop))
    assert [arn.name for arn in (resource.arn for resource in app.resources)] == [
        "q",
        "schedule-group/default",
        "schedule-group/shop",
    ]


def test_one_name_is_taken_once_in_a_group() -> None:
    """A second is refused, naming both places."""
    app = App()
    queue = app.add(QUEUE)
    app.add(nightly(queue))

    with pytest.raises(InvalidSetting, match="schedule/default/nightly is declared twice"):
        app.add(nightly(queue))


def test_targets_and_dead_letters_are_part_of_the_app() -> None:
    """Or it does not start."""
    app = App()
    app.add(nightly(QUEUE, dead_letter=DEAD))
    with pytest.raises(InvalidSetting, match="sqs:us-east-1:000000000000:q is not part of this app"):
        app.start()
    app.add(QUEUE)

    with pytest.raises(InvalidSetting, match="sqs:us-east-1:000000000000:dead is not part of this app"):
        app.start()


def test_function_is_a_target() -> None:
    """By its ARN."""
    assert nightly(WORK).targets == (WORK.arn,)
