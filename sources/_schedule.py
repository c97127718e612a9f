"""When a schedule is due: `rate`, `at` and six-field `cron` expressions, in any time zone.

Written here because nothing that machines may import knows W, L, # and years together with these rules of clock
changes: a local time that a change skips is no occurrence, one that comes twice is one occurrence, the first
[sch:schedule-types]. Refused, because no page settles them: increments of days of the week, `L-3`, an L or W in a list,
`*` in a list, several blanks in a row. Taken, because they are reported to work: names in small letters, leading zeros,
and ranges that go round, such as FRI-MON (but not of years).
"""

import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Literal, Protocol
from zoneinfo import ZoneInfo

from attrs import frozen

Dialect = Literal["rules", "scheduler"]
Days = Callable[[int, int], Sequence[int]]
"""The days that are meant in a year's month, ascending."""

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2199
"""Of cron expressions."""
_AN_INSTANT: Final = timedelta(microseconds=1)
_RATE: Final = re.compile(r"([0-9]{1,9}) (minute|hour|day)(s?)")
_AT: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})")


class InvalidSchedule(ValueError):
    """An expression or a time zone that is refused; the text is the reason."""


class Schedule(Protocol):
    """A parsed expression."""

    def next_after(self, instant: datetime, *, start: datetime, timezone: str = "UTC") -> datetime | None:
        """The first occurrence later than `instant`, in UTC; None: never again. A rate counts from `start`, a cron
        expression has no occurrence before it, for `at` it says nothing."""


@frozen(eq=False)
class Rate:
    """Every `interval`, whatever clocks do: a day is 24 hours. `first` is the number of the first occurrence: 0 at the
    start itself, 1 one interval later."""

    interval: timedelta
    first: int

    def next_after(self, instant: datetime, *, start: datetime, timezone: str = "UTC") -> datetime | None:
        number = max((instant - start) // self.interval + 1, self.first)
        try:
            return start + self.interval * number
        except OverflowError:  # after the year 9999
            return None


@frozen(eq=False)
class At:
    """Once. `local` is what clocks on the wall show, labelled UTC."""

    local: datetime

    def next_after(self, instant: datetime, *, start: datetime, timezone: str = "UTC") -> datetime | None:
        due = _instant(self.local.replace(tzinfo=zone(timezone)))
        return due if due is not None and due > instant else None


@frozen(eq=False)
class Cron:
    """At these minutes of the day, on these days of these months of these years; each ascending."""

    years: Sequence[int]
    months: Sequence[int]
    days: Days
    minutes: Sequence[int]

    def next_after(self, instant: datetime, *, start: datetime, timezone: str = "UTC") -> datetime | None:
        instant = max(instant, start - _AN_INSTANT)
        for local in self._locals(instant.astimezone(zone(timezone))):
            due = _instant(local)
            if due is not None and due > instant:
                return due
        return None

    def _locals(self, since: datetime) -> Iterator[datetime]:
        """Local times from the minute of `since` on, ascending: those that a clock change skips, too."""
        for year in self.years[bisect_left(self.years, since.year) :]:
            for month in self.months[bisect_left(self.months, since.month) if year == since.year else 0 :]:
                this_month = (year, month) == (since.year, since.month)
                days = self.days(year, month)
                for day in days[bisect_left(days, since.day) if this_month else 0 :]:
                    today = this_month and day == since.day
                    first = bisect_left(self.minutes, since.hour * 60 + since.minute) if today else 0
                    for at in range(first, len(self.minutes)):
                        hour, minute = divmod(self.minutes[at], 60)
                        yield datetime(year, month, day, hour, minute, tzinfo=since.tzinfo)


def parse(expression: str, *, dialect: Dialect) -> Schedule:
    """A schedule that is ready to be asked. Raises `InvalidSchedule`: rules know no `at`, and want a singular unit for
    1 and a plural for more; for schedules a rate begins at its start, for rules one interval later."""
    kind, _, rest = expression.partition("(")
    inside = rest.removesuffix(")")
    if inside == rest or kind not in ("rate", "at", "cron"):
        raise InvalidSchedule(f"{expression!r} is none of rate(...), at(...) and cron(...)")
    if kind == "rate":
        return _rate(inside, dialect)
    if kind == "cron":
        return _cron(inside)
    if dialect == "rules":
        raise InvalidSchedule(f"{expression!r}: rules know rate(...) and cron(...) only")
    return _at(inside)


def zone(name: str) -> tzinfo:
    """The time zone of an IANA name, such as Europe/Berlin. Raises `InvalidSchedule`."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidSchedule(f"{name!r} is no time zone") from None


def _instant(local: datetime) -> datetime | None:
    """In UTC; None for a local time that a clock change skips."""
    if local.tzinfo is UTC:
        return local
    try:
        instant = local.astimezone(UTC)
    except OverflowError:  # in the first or last hours that there are
        return None
    return instant if instant.astimezone(local.tzinfo) == local else None


def _rate(inside: str, dialect: Dialect) -> Rate:
    found = _RATE.fullmatch(inside)
    value = int(found[1]) if found else 0
    if found is None or not value:
        raise InvalidSchedule(f"rate({inside}): a number of 1 or more, one blank, and minutes, hours or days")
    if dialect == "rules" and (value == 1) == bool(found[3]):
        raise InvalidSchedule(f"rate({inside}): the unit is singular for 1, plural for more")
    return Rate(timedelta(**{f"{found[2]}s": value}), 1 if dialect == "rules" else 0)


def _at(inside: str) -> At:
    found = _AT.fullmatch(inside)
    if found is None:
        raise InvalidSchedule(f"at({inside}): yyyy-mm-ddThh:mm:ss, without a zone")
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    try:
        return At(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    except ValueError as error:
        raise InvalidSchedule(f"at({inside}): {error}") from None


# Cron


@frozen(eq=False)
class _Field:
    """What may stand in one field."""

    name: str
    low: int
    high: int
    names: Sequence[str] = ()
    increments: bool = True
    goes_round: bool = True


_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MINUTE: Final = _Field("minutes", 0, 59)
_HOUR: Final = _Field("hours", 0, 23)
_DAY: Final = _Field("day-of-month", 1, 31)
_MONTH: Final = _Field("month", 1, 12, _MONTHS)
_WEEKDAY: Final = _Field("day-of-week", 1, 7, _WEEKDAYS, increments=False)
_WEEK: Final = _Field("day-of-week after #", 1, 5)
_YEAR: Final = _Field("year", FIRST_YEAR, LAST_YEAR, goes_round=False)


def _cron(inside: str) -> Cron:
    fields = inside.split(" ")
    if len(fields) != 6:
        raise InvalidSchedule(f"cron({inside}): six fields with one blank between, not {len(fields)}")
    minute, hour, day, month, weekday, year = fields
    if (day == "?") == (weekday == "?"):
        raise InvalidSchedule(f"cron({inside}): one of day-of-month and day-of-week is ?, the other is not")
    minutes = _values(minute, _MINUTE)
    return Cron(
        years=_values(year, _YEAR),
        months=_values(month, _MONTH),
        days=_by_week(weekday) if day == "?" else _by_month(day),
        minutes=[60 * each + at for each in _values(hour, _HOUR) for at in minutes],
    )


def _by_month(text: str) -> Days:
    if text == "L":
        return lambda year, month: (_length(year, month),)
    if text == "LW":
        return lambda year, month: (_working_day(year, month, _length(year, month)),)
    if text.endswith("W"):
        closest = _number(text.removesuffix("W"), _DAY)
        return lambda year, month: (_working_day(year, month, closest),) if closest <= _length(year, month) else ()
    wanted = _values(text, _DAY)
    return lambda year, month: wanted[: bisect_right(wanted, _length(year, month))]


def _by_week(text: str) -> Days:
    if text == "L":
        text = "7"
    if text.endswith("L"):
        weekday = _number(text.removesuffix("L"), _WEEKDAY)
        return lambda year, month: _weekdays(year, month, (weekday,))[-1:]
    if "#" in text:
        named, _, number = text.partition("#")
        weekday, week = _number(named, _WEEKDAY), _number(number, _WEEK)
        return lambda year, month: _weekdays(year, month, (weekday,))[week - 1 : week]
    wanted = _values(text, _WEEKDAY)
    return lambda year, month: _weekdays(year, month, wanted)


def _length(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def _weekdays(year: int, month: int, wanted: Sequence[int]) -> Sequence[int]:
    """The days of these weekdays, of which Sunday is 1."""
    first, length = monthrange(year, month)  # Monday is 0
    return [day for day in range(1, length + 1) if (first + day) % 7 + 1 in wanted]


def _working_day(year: int, month: int, day: int) -> int:
    """The day from Monday to Friday closest to `day`, in the same month."""
    first, length = monthrange(year, month)
    weekday = (first + day) % 7 + 1
    if weekday == 7:
        return day - 1 if day > 1 else day + 2
    if weekday == 1:
        return day + 1 if day < length else day - 2
    return day


def _values(text: str, field: _Field) -> Sequence[int]:
    """What a field means, ascending."""
    if text == "*":
        return range(field.low, field.high + 1)
    return sorted({value for item in text.split(",") for value in _item(item, field)})


def _item(item: str, field: _Field) -> Sequence[int]:
    span, slash, step = item.partition("/")
    if slash and not field.increments:
        raise InvalidSchedule(f"{field.name} {item!r}: increments are not offered here")
    increment = _number(step, _Field(f"increment of {field.name}", 1, field.high)) if slash else 1
    if slash and span == "*":
        return range(field.low, field.high + 1, increment)
    first, dash, last = span.partition("-")
    low = _number(first, field)
    high = _number(last, field) if dash else field.high if slash else low
    if low <= high:
        return range(low, high + 1, increment)
    if not field.goes_round:
        raise InvalidSchedule(f"{field.name} {item!r}: the range ends before it begins")
    return [*range(low, field.high + 1), *range(field.low, high + 1)][::increment]


def _number(text: str, field: _Field) -> int:
    if text.upper() in field.names:
        return field.names.index(text.upper()) + 1
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        raise InvalidSchedule(f"{field.name} {text!r} is not a number{' or a name' if field.names else ''}")
    if not field.low <= int(text) <= field.high:
        raise InvalidSchedule(f"{field.name} {text!r} is not in {field.low}-{field.high}")
    return int(text)
