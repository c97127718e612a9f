"""What calls on a group of schedules answer, with botocore's members, flat where AWS nests them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from attrs import frozen

from eventbus.names import Arn

from .machine import Planned


@frozen(eq=False)
class CreatedSchedule:
    schedule_arn: Arn


@frozen(eq=False, kw_only=True)
class ScheduleSummary:
    """One of a list."""

    arn: Arn
    name: str
    group_name: str
    state: Literal["ENABLED", "DISABLED"]
    target: Arn
    creation_date: datetime
    last_modification_date: datetime


@frozen(eq=False, kw_only=True)
class StoredSchedule(ScheduleSummary):
    """All its settings; dates are aware, the target and the dead-letter queue are ARNs."""

    schedule_expression: str
    schedule_expression_timezone: str
    flexible_time_window: Literal["OFF", "FLEXIBLE"]
    maximum_window_in_minutes: int | None
    start_date: datetime | None
    end_date: datetime | None
    action_after_completion: Literal["NONE", "DELETE"]
    input: str | None
    description: str | None
    maximum_retry_attempts: int
    maximum_event_age_in_seconds: int
    dead_letter: Arn | None
    message_group_id: str | None
    detail_type: str | None
    source: str | None


@frozen(eq=False)
class ScheduleListing:
    schedules: Sequence[ScheduleSummary]
    next_token: str | None


def summary(group: str, planned: Planned) -> ScheduleSummary:
    settings = planned.settings
    return ScheduleSummary(
        arn=planned.arn,
        name=settings.name,
        group_name=group,
        state=settings.state,
        target=settings.target,
        creation_date=planned.created_at,
        last_modification_date=planned.modified_at,
    )


def whole(group: str, planned: Planned) -> StoredSchedule:
    settings = planned.settings
    return StoredSchedule(
        arn=planned.arn,
        name=settings.name,
        group_name=group,
        state=settings.state,
        target=settings.target,
        creation_date=planned.created_at,
        last_modification_date=planned.modified_at,
        schedule_expression=settings.schedule_expression,
        schedule_expression_timezone=settings.schedule_expression_timezone,
        flexible_time_window=settings.flexible_time_window,
        maximum_window_in_minutes=settings.maximum_window_in_minutes,
        start_date=settings.start_date,
        end_date=settings.end_date,
        action_after_completion=settings.action_after_completion,
        input=settings.input,
        description=settings.description,
        maximum_retry_attempts=settings.maximum_retry_attempts,
        maximum_event_age_in_seconds=settings.maximum_event_age_in_seconds,
        dead_letter=settings.dead_letter_queue,
        message_group_id=settings.message_group_id,
        detail_type=settings.detail_type,
        source=settings.event_source,
    )
