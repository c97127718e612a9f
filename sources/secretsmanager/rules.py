"""When a secret is rotated [sm:rotate-secrets_schedule]."""

import re
from datetime import datetime, time, timedelta
from typing import Any, Final

from attrs import Attribute, Factory, field, frozen

from eventbus.checks import between, refuse
from sources import _schedule

LONGEST_INTERVAL: Final = 1_000
"""Days [bc:secretsmanager]."""
SHORTEST_INTERVAL: Final = timedelta(hours=4)
EXPRESSION_LIMIT: Final = 256
_DURATION: Final = re.compile(r"[1-9][0-9]?h")
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)


def _check_duration(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    """[bc:secretsmanager]; no longer than a day, which it may not leave."""
    if value is not None and not (isinstance(value, str) and _DURATION.fullmatch(value) and int(value[:-1]) <= 24):
        raise refuse("duration", value, "1h to 24h")


def _read(rules: "RotationRules") -> _schedule.Schedule | None:
    value: object = rules.schedule_expression
    if value is None:
        return None
    try:
        if not isinstance(value, str) or len(value) > EXPRESSION_LIMIT:
            raise _schedule.InvalidSchedule(f"a text of up to {EXPRESSION_LIMIT} characters")
        found = _schedule.parse(value, dialect="scheduler")
        match found:
            case _schedule.Rate() if found.interval < SHORTEST_INTERVAL or "minute" in value:
                raise _schedule.InvalidSchedule("4 hours at least, in hours or days")
            case _schedule.At():
                raise _schedule.InvalidSchedule("at(...) is no schedule")
            case _schedule.Cron():
                minutes, *_, year = value.removeprefix("cron(").removesuffix(")").split(" ")
                if minutes != "0" or year != "*":
                    raise _schedule.InvalidSchedule("minutes must be 0, and years *")
    except _schedule.InvalidSchedule as reason:
        raise refuse("schedule_expression", value, f"rate(...) or cron(...): {reason}") from None
    return found


@frozen(kw_only=True)
class RotationRules:
    """So many days after the last rotation, or at the times of an expression, in UTC: at the beginning of the window,
    with the `realistic` profile within its `duration`. Raises `InvalidSetting` for what AWS refuses."""

    automatically_after_days: int | None = field(default=None, validator=between(1, LONGEST_INTERVAL, whole=True))
    schedule_expression: str | None = None
    duration: str | None = field(default=None, validator=_check_duration)
    _timetable: _schedule.Schedule | None = field(
        init=False, repr=False, eq=False, default=Factory(_read, takes_self=True)
    )

    def __attrs_post_init__(self) -> None:
        if (self.automatically_after_days is None) == (self.schedule_expression is None):
            allowed = "one of automatically_after_days and schedule_expression, not both"
            raise refuse("automatically_after_days", self.automatically_after_days, allowed)

    def next_after(self, instant: datetime, since: datetime) -> datetime | None:
        """When the next window opens: after a rotation at that instant, by rules that were set at `since`."""
        if self._timetable is None:
            assert self.automatically_after_days is not None
            return instant + timedelta(days=self.automatically_after_days)
        midnight = datetime.combine(since.date(), time(), since.tzinfo)
        return self._timetable.next_after(instant, start=midnight)

    def window(self, opens: datetime) -> timedelta:
        """How long it is open: an hour for a schedule in hours, otherwise the rest of the day, where nothing is
        said."""
        if self.duration is not None:
            return timedelta(hours=int(self.duration[:-1]))
        following = None if self._timetable is None else self._timetable.next_after(opens, start=opens)
        if following is not None and following - opens < _DAY:
            return _HOUR
        return _DAY - (opens - datetime.combine(opens.date(), time(), opens.tzinfo))
