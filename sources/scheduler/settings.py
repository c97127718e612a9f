"""What a schedule is set to: what is sent where, and when [bc:scheduler CreateSchedule]."""

import re
from datetime import UTC, datetime
from typing import Any, Final, Literal, Required, TypedDict

from attrs import Attribute, Factory, field, frozen

from eventbus.checks import between, encodable, given, one_of, refuse
from eventbus.names import Arn, arn_of
from sources import _schedule
from sources._schedule import FIRST_YEAR, LAST_YEAR
from sources._target_retries import ATTEMPTS, LONGEST_AGE, SHORTEST_AGE

from .input import check_input

NAME: Final = re.compile(r"[0-9a-zA-Z_.-]{1,64}")
"""Of schedules and of their groups."""

EXPRESSION_LIMIT: Final = 256
"""Characters."""
DESCRIPTION_LIMIT: Final = 512
DETAIL_TYPE_LIMIT: Final = 128
SOURCE_LIMIT: Final = 256
GROUP_ID_LIMIT: Final = 128
WINDOW_LIMIT: Final = 1_440
"""Minutes."""
MODES: Final = ("OFF", "FLEXIBLE")
STATES: Final = ("ENABLED", "DISABLED")
COMPLETIONS: Final = ("NONE", "DELETE")
TARGETS: Final = "a declared function, queue, standard topic or event bus; other targets are not offered"
EVENT_SOURCE: Final = re.compile(r"(?!aws\.)[/.\-_A-Za-z0-9]+")


def check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise refuse("name", value, "1 to 64 letters, digits, -, _ and .")


def _check_zone(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    try:
        _schedule.zone(value if isinstance(value, str) else "")
    except _schedule.InvalidSchedule:
        raise refuse("schedule_expression_timezone", value, "an IANA name, such as Europe/Berlin") from None


def _check_date(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, datetime) or value.tzinfo is None or not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise refuse(attribute.name, value, f"a datetime with a time zone, of the years {FIRST_YEAR} to {LAST_YEAR}")


def _text_of(limit: int, allowed: re.Pattern[str] | None = None) -> Any:
    """A text of 1 to `limit` characters, or None."""

    def check(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
        if value is None:
            return
        fits = isinstance(value, str) and 0 < len(value) <= limit and encodable(value)
        if not fits or (allowed is not None and not allowed.fullmatch(value)):
            form = "" if allowed is None else f", of the form {allowed.pattern}"
            raise refuse(attribute.alias or attribute.name, value, f"a text of 1 to {limit} characters{form}")

    return check


def _parsed(schedule: "Settings") -> _schedule.Schedule:
    value = schedule.schedule_expression
    try:
        if not isinstance(value, str) or len(value) > EXPRESSION_LIMIT:
            raise _schedule.InvalidSchedule(f"a text of up to {EXPRESSION_LIMIT} characters")
        return _schedule.parse(value, dialect="scheduler")
    except _schedule.InvalidSchedule as reason:
        raise refuse("schedule_expression", value, f"rate(...), at(...) or cron(...): {reason}") from None


def schedule_arn(group: str, name: str) -> Arn:
    return arn_of("scheduler", f"schedule/{group}/{name}")


class ScheduleSettings(TypedDict, total=False):
    """The settings of a schedule beside its name and target, as a `Schedule` has them."""

    schedule_expression: Required[str]
    schedule_expression_timezone: str
    flexible_time_window: Literal["OFF", "FLEXIBLE"]
    maximum_window_in_minutes: int | None
    start_date: datetime | None
    end_date: datetime | None
    state: Literal["ENABLED", "DISABLED"]
    action_after_completion: Literal["NONE", "DELETE"]
    input: str | None
    description: str | None
    maximum_retry_attempts: int
    maximum_event_age_in_seconds: int
    dead_letter: Any
    message_group_id: str | None
    detail_type: str | None
    source: str | None


@frozen(eq=False)
class Settings:
    """Checked where they are written, for a declared schedule and for one that is made while the bus runs. Raises
    `InvalidSetting` for what AWS refuses."""

    name: str = field(validator=check_name)
    destination: Any = field(alias="target")
    schedule_expression: str = field(kw_only=True)
    schedule_expression_timezone: str = field(default="UTC", kw_only=True, validator=_check_zone)
    flexible_time_window: Literal["OFF", "FLEXIBLE"] = field(default="OFF", kw_only=True, validator=one_of(MODES))
    maximum_window_in_minutes: int | None = field(
        default=None, kw_only=True, validator=between(1, WINDOW_LIMIT, whole=True)
    )
    start_date: datetime | None = field(default=None, kw_only=True, validator=_check_date)
    end_date: datetime | None = field(default=None, kw_only=True, validator=_check_date)
    state: Literal["ENABLED", "DISABLED"] = field(default="ENABLED", kw_only=True, validator=one_of(STATES))
    action_after_completion: Literal["NONE", "DELETE"] = field(
        default="NONE", kw_only=True, validator=one_of(COMPLETIONS)
    )
    input: str | None = field(default=None, kw_only=True)
    description: str | None = field(default=None, kw_only=True, validator=_text_of(DESCRIPTION_LIMIT))
    maximum_retry_attempts: int = field(
        default=ATTEMPTS, kw_only=True, validator=given(between(0, ATTEMPTS, whole=True))
    )
    maximum_event_age_in_seconds: int = field(
        default=LONGEST_AGE, kw_only=True, validator=given(between(SHORTEST_AGE, LONGEST_AGE, whole=True))
    )
    dead_letter: Any = field(default=None, kw_only=True)
    message_group_id: str | None = field(default=None, kw_only=True, validator=_text_of(GROUP_ID_LIMIT))
    detail_type: str | None = field(default=None, kw_only=True, validator=_text_of(DETAIL_TYPE_LIMIT))
    event_source: str | None = field(
        default=None, kw_only=True, alias="source", validator=_text_of(SOURCE_LIMIT, EVENT_SOURCE)
    )
    _expression: _schedule.Schedule = field(init=False, repr=False, default=Factory(_parsed, takes_self=True))

    def __attrs_post_init__(self) -> None:
        self._check_target()
        self._check_dead_letter()
        check_input(self.input, self.target.service)
        if (self.flexible_time_window == "FLEXIBLE") != (self.maximum_window_in_minutes is not None):
            allowed = f"1 to {WINDOW_LIMIT:,} with flexible_time_window='FLEXIBLE', nothing otherwise"
            raise refuse("maximum_window_in_minutes", self.maximum_window_in_minutes, allowed)
        if self.start_date is not None and self.end_date is not None and self.end_date <= self.start_date:
            raise refuse("end_date", self.end_date, "later than start_date")

    @property
    def target(self) -> Arn:
        return self.destination.arn  # type: ignore[no-any-return]  # checked when it was made

    @property
    def dead_letter_queue(self) -> Arn | None:
        return None if self.dead_letter is None else self.dead_letter.arn

    def next_after(self, instant: datetime, start: datetime) -> datetime | None:
        """The first occurrence later than `instant`, if any; `start` is when it was made. Those at the end date
        still count; what is due once has neither start nor end date [sch:schedule-types]."""
        start = (self.start_date or start).astimezone(UTC)
        found = self._expression.next_after(instant, start=start, timezone=self.schedule_expression_timezone)
        over = found is not None and self.end_date is not None and found > self.end_date
        return None if over and not isinstance(self._expression, _schedule.At) else found

    def _check_target(self) -> None:
        target = getattr(self.destination, "arn", None)
        if not isinstance(target, Arn) or target.service not in ("lambda", "sqs", "sns", "events"):
            raise refuse("target", target or self.destination, TARGETS)
        fifo = target.endswith(".fifo")
        if target.service == "sns" and fifo:
            raise refuse("target", target.name, TARGETS)
        given = self.message_group_id is not None
        if (given and target.service != "sqs") or (fifo and not given):
            raise refuse("message_group_id", self.message_group_id, "a text for a queue, which a FIFO queue needs")
        for setting, value in (("detail_type", self.detail_type), ("source", self.event_source)):
            if (target.service == "events") != (value is not None):
                raise refuse(setting, value, "a text for an event bus, nothing otherwise")

    def _check_dead_letter(self) -> None:
        queue = getattr(self.dead_letter, "arn", None)
        right = isinstance(queue, Arn) and queue.service == "sqs" and not queue.endswith(".fifo")
        if self.dead_letter is not None and not right:
            raise refuse("dead_letter", queue or self.dead_letter, "a declared standard queue")
