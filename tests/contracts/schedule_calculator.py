"""When a schedule expression is due, by looking at every day between two instants: slow, obvious, for tests only.

The expression must be valid; nothing is checked here. Sources: eb:eb-cron-expressions for the fields,
sch:schedule-types for zones and daylight saving time. What these pages leave open, and how it is read here:

- `*/n` starts at the field's lowest value, `a/n` runs from a to the highest one, `a-b/n` to b.
- `L` as a day of the week is Saturday, `6L` the month's last Friday, `LW` the month's last weekday.
- `nW` is the weekday closest to the n-th and stays within the month; a month without an n-th has none.
- A range that runs backwards goes round: `22-2` is 22, 23, 0, 1, 2. No page says so (not for years).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_DAY = timedelta(days=1)  # to spare: a zone's clocks may go back over midnight
_FRIDAY = 5  # of ISO's week, which starts on Monday


def occurrences(expression: str, start: datetime, end: datetime, timezone: str = "UTC") -> list[datetime]:
    """The instants at which `expression` is due: aware, in UTC, ascending, start <= instant < end.

    `rate` counts from `start`, which is its first instant (a schedule's; a rule counts from its creation and leaves
    that one out). A local time that a clock change skips does not come; one that comes twice counts once, at first.
    """
    kind, _, rest = expression.partition("(")
    inside = rest.removesuffix(")")
    zone = ZoneInfo(timezone)
    if kind == "rate":
        return _of_rate(inside, start, end)
    if kind == "at":
        moments = iter([datetime.fromisoformat(inside)])
    else:
        moments = _of_cron(inside, start.astimezone(zone).date() - _DAY, end.astimezone(zone).date() + _DAY)

    instants = [_instant(moment, zone) for moment in moments]
    return sorted(instant for instant in instants if instant is not None and start <= instant < end)


def _of_rate(inside: str, start: datetime, end: datetime) -> list[datetime]:
    """`start`, and all that are whole spans after it; a day is 24 hours."""
    number, unit = inside.split()
    seconds = int(number) * {"minute": 60, "hour": 3_600, "day": 86_400}[unit.removesuffix("s")]
    instants = []
    instant = start.astimezone(UTC)
    while instant < end:
        instants.append(instant)
        instant += timedelta(seconds=seconds)
    return instants


def _of_cron(inside: str, first: date, last: date) -> Iterator[datetime]:
    """Local times (without a zone) from `first` to `last`, those days included."""
    minutes, hours, day_of_month, month, day_of_week, year = inside.split()
    for number in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(number)
        if (
            day.year in _values(year, 1970, 2199)
            and day.month in _values(month, 1, 12, _MONTHS)
            and _falls_in_month(day, day_of_month)
            and _falls_in_week(day, day_of_week)
        ):
            for hour in sorted(_values(hours, 0, 23)):
                for minute in sorted(_values(minutes, 0, 59)):
                    yield datetime(day.year, day.month, day.day, hour, minute)


def _falls_in_month(day: date, field: str) -> bool:
    """Whether the day meets the field day-of-month."""
    if field in ("*", "?"):
        return True
    month = _days_of_month(day.year, day.month)
    weekdays = [other for other in month if other.isoweekday() <= _FRIDAY]
    if field == "L":
        return day == month[-1]
    if field == "LW":
        return day == weekdays[-1]
    if field.endswith("W"):
        wanted = int(field.removesuffix("W"))
        return wanted <= len(month) and day == min(weekdays, key=lambda other: abs(other.day - wanted))
    return day.day in _values(field, 1, 31)


def _falls_in_week(day: date, field: str) -> bool:
    """Whether the day meets the field day-of-week."""
    if field in ("*", "?"):
        return True
    month = _days_of_month(day.year, day.month)
    number = day.isoweekday() % 7 + 1  # SUN is 1, SAT is 7
    if field == "L":
        return number == 7
    if field.endswith("L"):
        return number in _values(field.removesuffix("L"), 1, 7, _DAYS) and day in month[-7:]
    if "#" in field:
        wanted, which = field.split("#")
        same = [other for other in month if other.isoweekday() == day.isoweekday()]
        return number in _values(wanted, 1, 7, _DAYS) and day in same[int(which) - 1 : int(which)]
    return number in _values(field, 1, 7, _DAYS)


@cache
def _days_of_month(year: int, month: int) -> list[date]:
    days = [date(year, month, 1) + timedelta(days=offset) for offset in range(31)]
    return [day for day in days if day.month == month]


@cache
def _values(field: str, lowest: int, highest: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    """The numbers that a field of lists, ranges and increments means."""
    values: set[int] = set()
    for part in field.split(","):
        among, _, step = part.partition("/")
        first, dash, last = among.partition("-")
        if among == "*":
            low, high = lowest, highest
        elif dash:
            low, high = _number(first, names), _number(last, names)
        else:
            low = _number(among, names)
            high = highest if step else low
        run = [*range(low, high + 1)] if low <= high else [*range(low, highest + 1), *range(lowest, high + 1)]
        values.update(run[:: int(step or 1)])
    return frozenset(values)


def _number(text: str, names: tuple[str, ...]) -> int:
    return names.index(text.upper()) + 1 if text.upper() in names else int(text)


def _instant(local: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant at which clocks in the zone show `local`; None if they never do."""
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return instant if instant.astimezone(zone).replace(tzinfo=None) == local else None
