"""Schedule expressions as data: many that are valid, some with their first instants, and those that are refused.

Sources: eb:eb-cron-expressions, eb:eb-rate-expressions, sch:schedule-types; recorded where a row says so. The
tables leave out what no source settles: `/` in the day of the week, `L-3`, an `L` or `W` inside a list, an increment of
0, `*` inside a range or list, several blanks in a row, units in capitals, the end of `rate(5 minute)` for a schedule.
"""

from datetime import UTC, datetime
from typing import Literal, NamedTuple

# Valid ones


class Expression(NamedTuple):
    """A valid expression and its zone. Rules know no `at` and no zone but UTC."""

    expression: str
    timezone: str


_WRITTEN = """
UTC                  cron(* * * * ? *)
UTC                  cron(* * ? * * *)
UTC                  cron(0 10 * * ? *)
UTC                  cron(15 12 * * ? *)
UTC                  cron(0 18 ? * MON-FRI *)
UTC                  cron(0 8 1 * ? *)
UTC                  cron(0/15 * * * ? *)
UTC                  cron(0/10 * ? * MON-FRI *)
UTC                  cron(0/5 8-17 ? * MON-FRI *)
UTC                  cron(0/30 20-23 ? * MON-FRI *)
UTC                  cron(0/30 0-2 ? * TUE-SAT *)
UTC                  cron(15 10 ? * 6L 2026-2030)
UTC                  cron(0 9 ? * 2#1 *)
UTC                  cron(1/10 * * * ? *)
UTC                  cron(*/7 * * * ? *)
UTC                  cron(* 23 31 12 ? *)
UTC                  cron(59 23 31 12 ? 2199)
UTC                  cron(0 0 29 2 ? *)
UTC                  cron(0 0 29 FEB ? 2097-2108)
UTC                  cron(0 0 29W 2 ? *)
UTC                  cron(0 0 L 2 ? *)
UTC                  cron(0 0 LW 2 ? *)
UTC                  cron(0 0 ? 2 1#5 *)
UTC                  cron(0 0 ? 2 1L *)
UTC                  cron(0 0 ? 2 7L 2028)
UTC                  cron(0 0 31 * ? *)
UTC                  cron(0 0 30,31 * ? *)
UTC                  cron(0 0 30W * ? *)
UTC                  cron(0 0 31W * ? *)
UTC                  cron(0 0 2W * ? *)
UTC                  cron(0 0 28W 2 ? *)
UTC                  cron(0-59 0 1 1 ? *)
UTC                  cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)
UTC                  cron(30-30 13-13 ? * 2,4,6 *)
UTC                  cron(1-31/30 1-1 ? * 1,7 *)
UTC                  cron(0 11-23/4 ? * 2-6 *)
UTC                  cron(0 1-7/2,11-23/2,10 * * ? *)
UTC                  cron(30 0 1 JAN-APR,JUL-OCT/2,DEC ? *)
UTC                  cron(0,5 7/12 ? * 1,5,7 2026,2027,2030,2199)
UTC                  cron(59 * * * ? *)
UTC                  cron(59/1 23/1 31/1 12/1 ? *)
UTC                  cron(0 0 1 1-12/3 ? 1970/4)
UTC                  cron(5,4,3 3,2,1 3,2,1 MAR,FEB,JAN ? *)
UTC                  cron(7,7,7 7,7 7,7 * ? *)
UTC                  cron(0 0 ? * SUN-SAT *)
UTC                  cron(0 0 ? * 1-7 *)
UTC                  cron(0 0 1-31 1-12 ? 1970-2199)
UTC                  cron(0 0 ? * MON,4,FRI *)
UTC                  cron(0 0 ? * TUE-THU,7 *)
UTC                  cron(0 0 ? 6 3#4 2026/2)
UTC                  cron(10,20 10 1-7,15-21/3 * ? *)
UTC                  rate(1 minute)
UTC                  rate(1 hour)
UTC                  rate(1 day)
UTC                  rate(2 minutes)
UTC                  rate(5 minutes)
UTC                  rate(59 minutes)
UTC                  rate(1440 minutes)
UTC                  rate(12 hours)
UTC                  rate(25 hours)
UTC                  rate(7 days)
UTC                  rate(365 days)
UTC                  at(2026-07-01T09:00:00)
UTC                  at(2028-02-29T23:59:59)
UTC                  at(2026-01-01T00:00:30)
UTC                  at(2199-12-31T23:59:00)
Europe/Berlin        cron(30 2 * * ? *)
Europe/Berlin        cron(0/15 1-3 ? 3,10 SUN *)
Europe/Berlin        cron(* 2 ? MAR,OCT 1L *)
Europe/Berlin        cron(59 1,2 L * ? *)
Europe/Berlin        cron(0 3 ? * 1L *)
Europe/Berlin        cron(0 0 LW * ? *)
Europe/Berlin        at(2026-03-29T03:00:00)
Europe/Berlin        at(2026-10-25T02:30:00)
America/New_York     cron(30 1 * * ? *)
America/New_York     cron(30 2 ? * SUN *)
America/New_York     cron(0/20 0-3 ? 3 1#2 *)
America/New_York     cron(0/20 0-3 ? 11 1#1 *)
America/New_York     cron(0 9 1W * ? *)
America/New_York     cron(0 16 ? * 6#3 *)
America/New_York     at(2026-11-01T01:59:59)
America/St_Johns     cron(15 0-2 * * ? *)
America/St_Johns     cron(45 23 ? * 7L *)
America/Sao_Paulo    cron(0 0 * * ? *)
America/Nuuk         cron(0/15 23 ? 3,10 SAT *)
America/Nuuk         cron(30 22,23,0 28,29 3 ? *)
America/Havana       cron(0/30 0 ? 3,11 SUN *)
America/Santiago     cron(0 0 ? 9 1#1 *)
America/Santiago     cron(30 23 ? 4 SAT *)
Africa/Cairo         cron(0 0 ? 4 6 *)
Africa/Cairo         cron(0/10 23 ? 10 5L *)
Antarctica/Troll     cron(30 1,2,3 * * ? *)
Asia/Kolkata         cron(0 0 1 * ? *)
Asia/Kolkata         cron(0/30 5,6 ? * MON-FRI *)
Asia/Kathmandu       cron(0 0,12 15W * ? *)
Asia/Tokyo           cron(0 8 ? * MON *)
Australia/Lord_Howe  cron(0/15 1,2 ? 4,10 1#1 *)
Australia/Lord_Howe  cron(45 1 * * ? *)
Australia/Lord_Howe  cron(0 2 ? OCT SUN *)
Australia/Lord_Howe  at(2026-10-04T02:30:00)
Australia/Sydney     cron(30 2 ? 4,10 1#1 *)
Europe/Dublin        cron(30 1 * * ? *)
Europe/London        cron(0 1 ? * SUN *)
Europe/London        cron(0 0-23/3 L * ? *)
Pacific/Apia         cron(0 0 L * ? *)
Pacific/Apia         cron(30 23 ? * 7 *)
Pacific/Auckland     cron(0/10 2,3 ? 4 1#1 *)
Pacific/Chatham      cron(0/15 2,3 ? 9 1L *)
Pacific/Chatham      cron(45 2 * * ? *)
Pacific/Kiritimati   cron(0 0 1 JAN ? *)
Pacific/Pago_Pago    cron(0 0 1 JAN ? *)
Etc/GMT+12           cron(0 12 ? * L *)
"""

# (day of month, day of week): each way to name days
_DAYS = (
    [(day, "?") for day in ("*", "1", "L", "LW", "1W", "15W", "31W", "10-20", "1/10", "*/7", "1,15,31", "5-25/5")]
    + [("?", day) for day in ("*", "2", "MON-FRI", "1,7", "WED,FRI", "L", "6L", "1L", "2#1", "7#5")]
)  # fmt: skip
# (month, year)
_MONTHS = ("* *", "JAN,JUL,DEC *", "2/2 *", "*/3 2026-2028", "JUN-AUG *", "* 2026/3", "10 */4", "3-11/4 2027,2029")
_TIMES = ("0 0", "30 2", "59 23", "0/20 9-17", "15,45 */6", "* 1", "5-20/5 0,12")
_ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia")


def _pairs() -> list[Expression]:
    """Each way to name days with each way to name months, at times and in zones that take turns."""
    pairs: list[Expression] = []
    for day_of_month, day_of_week in _DAYS:
        for months in _MONTHS:
            month, year = months.split()
            time, zone = _TIMES[len(pairs) % len(_TIMES)], _ZONES[len(pairs) % len(_ZONES)]
            pairs.append(Expression(f"cron({time} {day_of_month} {month} {day_of_week} {year})", zone))
    return pairs


def _expressions(lines: str) -> list[Expression]:
    rows = [line.split(maxsplit=1) for line in lines.strip().splitlines()]
    return [Expression(expression, zone) for zone, expression in rows]


EXPRESSIONS: list[Expression] = _expressions(_WRITTEN) + _pairs()

# By the syntax nothing is wrong with these, but no day is ever meant, or a clock change skips the only one.
NEVER: list[Expression] = _expressions("""
UTC                  cron(0 0 30 2 ? *)
UTC                  cron(0 0 31 4,6,9,11 ? *)
UTC                  cron(0 0 31W FEB ? *)
UTC                  cron(0 0 29 2 ? 2100)
Europe/Berlin        cron(30 2 29 3 ? 2026)
Africa/Cairo         cron(0 0 ? 4 6L 2026)
""")

# Not on any page, but reported as accepted by the console: one that refuses them is not wrong, one that accepts them
# means what the calculator says.
REPORTED: list[Expression] = _expressions("""
UTC                  cron(0 22-2 * * ? *)
UTC                  cron(50-10 0 * * ? *)
UTC                  cron(0 22-2/2 * * ? *)
UTC                  cron(0 0 28-3 * ? *)
UTC                  cron(0 0 1 NOV-FEB ? *)
UTC                  cron(0 0 ? * SAT-THU *)
Europe/Berlin        cron(30 23-3 ? * FRI-MON *)
UTC                  cron(0 0 ? * mon-Fri *)
UTC                  cron(0 0 1 jan,Jul ? *)
UTC                  cron(00 07/12 01 04,09 ? *)
UTC                  cron(0 0 ? * FRIL *)
UTC                  cron(0 0 ? * MON#1 *)
""")

# With their first instants


class Checked(NamedTuple):
    """From `start` on `expression` is due at `due`, and at no other time up to the last of them; empty means never."""

    id: str
    expression: str
    timezone: str
    start: datetime
    due: list[datetime]


# Worked out on a calendar, with the clock changes of each zone beside it. All times are UTC; where a date is left out
# it is that of the time before.
_CHECKED = """
every day, start included      | cron(0 12 * * ? *)            | UTC | 2026-01-01 12:00 | 2026-01-01 12:00, 2026-01-02 12:00, 2026-01-03 12:00
a second later                 | cron(0 12 * * ? *)            | UTC | 2026-01-01 12:00:01 | 2026-01-02 12:00, 2026-01-03 12:00
every minute                   | cron(* * * * ? *)             | UTC | 2025-12-31 23:58:30 | 2025-12-31 23:59, 2026-01-01 00:00, 00:01
weekdays                       | cron(0 18 ? * MON-FRI *)      | UTC | 2026-01-01 00:00 | 2026-01-01 18:00, 2026-01-02 18:00, 2026-01-05 18:00, 2026-01-06 18:00
quarters over a weekend        | cron(0/15 17 ? * MON-FRI *)   | UTC | 2026-01-02 17:30 | 2026-01-02 17:30, 17:45, 2026-01-05 17:00, 17:15
increment from 1               | cron(1/10 * * * ? *)          | UTC | 2026-01-01 00:30 | 2026-01-01 00:31, 00:41, 00:51, 01:01
increment ends with the hour   | cron(*/25 3 * * ? *)          | UTC | 2026-01-01 00:00 | 2026-01-01 03:00, 03:25, 03:50, 2026-01-02 03:00
increment within a range       | cron(0 9-17/3 * * ? *)        | UTC | 2026-01-01 00:00 | 2026-01-01 09:00, 12:00, 15:00, 2026-01-02 09:00
days of month by increment     | cron(0 0 1/10 * ? *)          | UTC | 2026-01-11 00:00 | 2026-01-11, 2026-01-21, 2026-01-31, 2026-02-01, 2026-02-11, 2026-02-21, 2026-03-01
the 31st                       | cron(0 0 31 * ? *)            | UTC | 2026-01-01 00:00 | 2026-01-31, 2026-03-31, 2026-05-31, 2026-07-31, 2026-08-31, 2026-10-31, 2026-12-31, 2027-01-31
the 31st of named months       | cron(10 10 31 JAN,APR,JUL ? *) | UTC | 2026-01-01 00:00 | 2026-01-31 10:10, 2026-07-31 10:10, 2027-01-31 10:10
last day                       | cron(59 23 L * ? *)           | UTC | 2026-01-15 00:00 | 2026-01-31 23:59, 2026-02-28 23:59, 2026-03-31 23:59, 2026-04-30 23:59
last day of February           | cron(0 0 L 2 ? *)             | UTC | 2027-01-01 00:00 | 2027-02-28, 2028-02-29, 2029-02-28
last weekday                   | cron(0 9 LW * ? *)            | UTC | 2026-01-01 00:00 | 2026-01-30 09:00, 2026-02-27 09:00, 2026-03-31 09:00, 2026-04-30 09:00, 2026-05-29 09:00, 2026-06-30 09:00, 2026-07-31 09:00
weekday closest to the 1st     | cron(0 0 1W * ? *)            | UTC | 2026-01-01 00:00 | 2026-01-01, 2026-02-02, 2026-03-02, 2026-04-01, 2026-05-01, 2026-06-01, 2026-07-01, 2026-08-03, 2026-09-01
weekday closest to the 15th    | cron(0 0 15W * ? *)           | UTC | 2026-01-01 00:00 | 2026-01-15, 2026-02-16, 2026-03-16, 2026-04-15, 2026-05-15, 2026-06-15, 2026-07-15, 2026-08-14, 2026-09-15, 2026-10-15, 2026-11-16
weekday closest to the 28th    | cron(0 0 28W 2 ? *)           | UTC | 2026-01-01 00:00 | 2026-02-27, 2027-02-26, 2028-02-28
weekday closest to the 30th    | cron(0 0 30W * ? *)           | UTC | 2026-02-01 00:00 | 2026-03-30, 2026-04-30, 2026-05-29, 2026-06-30, 2026-07-30, 2026-08-31, 2026-09-30
weekday closest to the 31st    | cron(0 0 31W * ? *)           | UTC | 2026-01-01 00:00 | 2026-01-30, 2026-03-31, 2026-05-29, 2026-07-31, 2026-08-31, 2026-10-30, 2026-12-31
days of week are 1 for SUN     | cron(0 0 ? * 1,7 *)           | UTC | 2026-01-01 00:00 | 2026-01-03, 2026-01-04, 2026-01-10, 2026-01-11
last day of the week           | cron(0 0 ? * L *)             | UTC | 2026-01-01 00:00 | 2026-01-03, 2026-01-10, 2026-01-17
last Friday                    | cron(0 0 ? * 6L *)            | UTC | 2026-01-01 00:00 | 2026-01-30, 2026-02-27, 2026-03-27, 2026-04-24, 2026-05-29
first Monday                   | cron(0 9 ? * 2#1 *)           | UTC | 2026-01-01 00:00 | 2026-01-05 09:00, 2026-02-02 09:00, 2026-03-02 09:00, 2026-04-06 09:00, 2026-05-04 09:00
second Tuesday                 | cron(0 0 ? * 3#2 *)           | UTC | 2026-01-01 00:00 | 2026-01-13, 2026-02-10, 2026-03-10, 2026-04-14, 2026-05-12
fifth Friday                   | cron(0 0 ? * 6#5 *)           | UTC | 2026-01-01 00:00 | 2026-01-30, 2026-05-29, 2026-07-31, 2026-10-30, 2027-01-29
leap days                      | cron(0 0 29 2 ? *)            | UTC | 2026-01-01 00:00 | 2028-02-29, 2032-02-29, 2036-02-29
no leap day in 2100            | cron(0 0 29 2 ? *)            | UTC | 2094-01-01 00:00 | 2096-02-29, 2104-02-29
years by increment             | cron(0 0 1 1 ? 2026-2040/5)   | UTC | 2026-01-01 00:00 | 2026-01-01, 2031-01-01, 2036-01-01
years from 1970                | cron(0 0 1 1 ? */4)           | UTC | 2025-01-01 00:00 | 2026-01-01, 2030-01-01
the last minute of all         | cron(59 23 31 12 ? 2199)      | UTC | 2199-12-01 00:00 | 2199-12-31 23:59
Berlin, skipped                | cron(30 2 * * ? *)            | Europe/Berlin | 2026-03-27 12:00 | 2026-03-28 01:30, 2026-03-30 00:30
Berlin, edges of the gap       | cron(0 2,3 * * ? *)           | Europe/Berlin | 2026-03-28 00:00 | 2026-03-28 01:00, 02:00, 2026-03-29 01:00, 2026-03-30 00:00, 01:00
Berlin, minutes over the gap   | cron(59/1 * * * ? *)          | Europe/Berlin | 2026-03-29 00:00 | 2026-03-29 00:59, 01:59, 02:59
Berlin, once                   | cron(30 2 * * ? *)            | Europe/Berlin | 2026-10-24 12:00 | 2026-10-25 00:30, 2026-10-26 01:30
Berlin, half hours, once       | cron(0/30 * * * ? *)          | Europe/Berlin | 2026-10-24 23:30 | 2026-10-24 23:30, 2026-10-25 00:00, 00:30, 02:00, 02:30
Berlin, start in the repeat    | cron(0/30 * * * ? *)          | Europe/Berlin | 2026-10-25 01:00 | 2026-10-25 02:00, 02:30
New York, skipped              | cron(15 2 ? * SUN *)          | America/New_York | 2026-03-01 00:00 | 2026-03-01 07:15, 2026-03-15 06:15
New York, once                 | cron(0 1 * * ? *)             | America/New_York | 2026-10-31 00:00 | 2026-10-31 05:00, 2026-11-01 05:00, 2026-11-02 06:00
New York, day of week is local | cron(30 23 ? * SAT *)         | America/New_York | 2026-01-01 00:00 | 2026-01-04 04:30, 2026-01-11 04:30
Lord Howe, half an hour less   | cron(0/15 2 4 10 ? *)         | Australia/Lord_Howe | 2026-10-01 00:00 | 2026-10-03 15:30, 15:45
Lord Howe, half an hour more   | cron(0/15 1 5 4 ? *)          | Australia/Lord_Howe | 2026-04-01 00:00 | 2026-04-04 14:00, 14:15, 14:30, 14:45, 2027-04-04 14:30
Lord Howe, after the repeat    | cron(0 2 * * ? *)             | Australia/Lord_Howe | 2026-04-03 00:00 | 2026-04-03 15:00, 2026-04-04 15:30, 2026-04-05 15:30
Kolkata                        | cron(0 9 ? * MON *)           | Asia/Kolkata | 2026-01-01 00:00 | 2026-01-05 03:30, 2026-01-12 03:30
Kolkata, first of month        | cron(0 0 1 * ? *)             | Asia/Kolkata | 2026-01-01 00:00 | 2026-01-31 18:30, 2026-02-28 18:30, 2026-03-31 18:30
Apia, last of month            | cron(0 0 L * ? *)             | Pacific/Apia | 2026-01-30 12:00 | 2026-02-27 11:00, 2026-03-30 11:00
Apia, a day that never was     | cron(0 12 * * ? *)            | Pacific/Apia | 2011-12-29 12:00 | 2011-12-29 22:00, 2011-12-30 22:00
Kiritimati, a day ahead        | cron(0 6 ? * SUN *)           | Pacific/Kiritimati | 2026-01-01 00:00 | 2026-01-03 16:00, 2026-01-10 16:00
Cairo, midnight skipped        | cron(0 0 * * ? *)             | Africa/Cairo | 2026-04-22 12:00 | 2026-04-22 22:00, 2026-04-24 21:00
Cairo, midnight comes late     | cron(30 23 * * ? *)           | Africa/Cairo | 2026-10-29 00:00 | 2026-10-29 20:30, 2026-10-30 21:30
Cairo, midnight after a repeat | cron(0 0 * * ? *)             | Africa/Cairo | 2026-10-28 12:00 | 2026-10-28 21:00, 2026-10-29 22:00, 2026-10-30 22:00
Nuuk, the end of a day skipped | cron(15 23 ? * SAT *)         | America/Nuuk | 2026-03-20 12:00 | 2026-03-22 01:15, 2026-04-05 00:15
Chatham, skipped               | cron(0 3 * * ? *)             | Pacific/Chatham | 2026-09-25 00:00 | 2026-09-25 14:15, 2026-09-27 13:15
Troll, two hours twice         | cron(30 1 * * ? *)            | Antarctica/Troll | 2026-10-24 12:00 | 2026-10-24 23:30, 2026-10-26 01:30
Dublin, skipped                | cron(30 1 * * ? *)            | Europe/Dublin | 2026-03-28 00:00 | 2026-03-28 01:30, 2026-03-30 00:30
rate, from any second          | rate(5 minutes)               | UTC | 2026-01-01 00:00:30 | 2026-01-01 00:00:30, 00:05:30, 00:10:30
rate, hours                    | rate(12 hours)                | UTC | 2026-01-01 06:00 | 2026-01-01 06:00, 18:00, 2026-01-02 06:00
rate, days are 24 hours        | rate(1 day)                   | Europe/Berlin | 2026-03-28 11:00 | 2026-03-28 11:00, 2026-03-29 11:00, 2026-03-30 11:00
at, local                      | at(2026-07-01T09:00:00)       | Europe/Berlin | 2026-01-01 00:00 | 2026-07-01 07:00
at, to the second              | at(2026-01-01T00:00:30)       | UTC | 2026-01-01 00:00 | 2026-01-01 00:00:30
at, past                       | at(2025-12-31T23:59:59)       | UTC | 2026-01-01 00:00 |
at, skipped                    | at(2026-03-29T02:30:00)       | Europe/Berlin | 2026-01-01 00:00 |
at, twice                      | at(2026-10-25T02:30:00)       | Europe/Berlin | 2026-01-01 00:00 | 2026-10-25 00:30
"""


def _checked(line: str) -> Checked:
    id, expression, zone, start, due = (cell.strip() for cell in line.split("|"))
    instants: list[datetime] = []
    for text in due.split(", ") if due else []:
        dated = text if "-" in text else f"{instants[-1].date()} {text}"
        instants.append(datetime.fromisoformat(dated).replace(tzinfo=UTC))
    return Checked(id, expression, zone, datetime.fromisoformat(start).replace(tzinfo=UTC), instants)


HAND_CHECKED: list[Checked] = [_checked(line) for line in _CHECKED.strip().splitlines()]

# Refused ones


class Invalid(NamedTuple):
    """An expression that is refused: by rules, by schedules, or by both; of the other one nothing is claimed."""

    expression: str
    refused_by: Literal["rules", "scheduler", "both"]
    why: str


INVALID: list[Invalid] = [
    Invalid("rate(10 seconds)", "both", "recorded for schedules: no such unit"),
    Invalid("rate(10 years)", "both", "recorded for schedules: no such unit"),
    Invalid("rate(10 minutess)", "both", "recorded for schedules: no such unit"),
    Invalid("rate( 10 minutes )", "both", "recorded for schedules: blanks inside the parentheses"),
    Invalid(" rate(10 minutes)", "both", "recorded for schedules: a blank in front"),
    Invalid("rate(-10 minutes)", "both", "recorded for schedules: not positive"),
    Invalid("at(2026-01-01T00:00:00Z)", "both", "recorded for schedules: a zone"),
    Invalid("at(2026-01-01)", "both", "recorded for schedules: no time"),
    Invalid("cron(0 1 * * * *)", "both", "recorded for schedules: both day fields"),
    Invalid("rate(1 minutes)", "rules", "1 is singular"),
    Invalid("rate(1 hours)", "rules", "1 is singular"),
    Invalid("rate(1 days)", "rules", "1 is singular"),
    Invalid("rate(3 minute)", "rules", "more than 1 is plural"),
    Invalid("rate(5 hour)", "rules", "more than 1 is plural"),
    Invalid("rate(7 day)", "rules", "more than 1 is plural"),
    Invalid("rate(0 minutes)", "both", "not positive"),
    Invalid("rate(0 days)", "both", "not positive"),
    Invalid("rate(1.5 hours)", "both", "not a whole number"),
    Invalid("rate(ten minutes)", "both", "not a number"),
    Invalid("rate(10 weeks)", "both", "no such unit"),
    Invalid("rate(10)", "both", "no unit"),
    Invalid("rate(minutes)", "both", "no value"),
    Invalid("rate()", "both", "empty"),
    Invalid("rate(10minutes)", "both", "no blank between value and unit"),
    Invalid("rate(1 hour 30 minutes)", "both", "two spans"),
    Invalid("rate(10 minutes", "both", "not closed"),
    Invalid("rate 10 minutes", "both", "no parentheses"),
    Invalid("at(2026-01-01T00:00:00)", "rules", "rules know no at"),
    Invalid("at(2026-01-01T00:00:00+01:00)", "both", "a zone"),
    Invalid("at(2026-01-01 00:00:00)", "both", "no T"),
    Invalid("at(2026-01-01T00:00)", "both", "no seconds"),
    Invalid("at(2026-01-01T00:00:00.000)", "both", "parts of a second"),
    Invalid("at(2026-13-01T00:00:00)", "both", "no such month"),
    Invalid("at(2026-02-30T00:00:00)", "both", "no such day"),
    Invalid("at(2026-01-01T25:00:00)", "both", "no such hour"),
    Invalid("at(2026-01-01T00:60:00)", "both", "no such minute"),
    Invalid("at(01-01-2026T00:00:00)", "both", "the year comes first"),
    Invalid("at()", "both", "empty"),
    Invalid("", "both", "empty"),
    Invalid("every(5 minutes)", "both", "no such kind"),
    Invalid("@daily", "both", "no such kind"),
    Invalid("0 12 * * ? *", "both", "no cron around it"),
    Invalid("(0 12 * * ? *)", "both", "no cron around it"),
    Invalid("cron(0 12 * * ? *", "both", "not closed"),
    Invalid("cron()", "both", "empty"),
    Invalid("cron(@daily)", "both", "not six fields"),
    Invalid("cron(* * * * *)", "both", "five fields"),
    Invalid("cron(0 18 ? * MON-FRI)", "both", "five fields"),
    Invalid("cron(0 0 12 * * ? *)", "both", "seven fields: no seconds"),
    Invalid("cron(0 12 * * * ?)", "both", "both day fields, and ? as the year"),
    Invalid("cron(0 12 1 * 2 *)", "both", "both day fields"),
    Invalid("cron(0 12 * * MON-FRI *)", "both", "both day fields"),
    Invalid("cron(0 12 L * * *)", "both", "both day fields"),
    Invalid("cron(0 12 ? * ? *)", "both", "neither day field"),
    Invalid("cron(? 12 * * ? *)", "both", "? is for days"),
    Invalid("cron(0 ? ? * * *)", "both", "? is for days"),
    Invalid("cron(0 12 ? ? MON *)", "both", "? is for days"),
    Invalid("cron(60 * * * ? *)", "both", "minutes end at 59"),
    Invalid("cron(-1 * * * ? *)", "both", "minutes begin at 0"),
    Invalid("cron(50-60 * * * ? *)", "both", "minutes end at 59"),
    Invalid("cron(0,60 * * * ? *)", "both", "minutes end at 59"),
    Invalid("cron(60/5 * * * ? *)", "both", "minutes end at 59"),
    Invalid("cron(*/60 * * * ? *)", "rules", "reported: an increment as long as the hour"),
    Invalid("cron(0 24 * * ? *)", "both", "hours end at 23"),
    Invalid("cron(0 20-24 * * ? *)", "both", "hours end at 23"),
    Invalid("cron(0 0 0 * ? *)", "both", "days begin at 1"),
    Invalid("cron(0 0 32 * ? *)", "both", "days end at 31"),
    Invalid("cron(0 0 1 0 ? *)", "both", "months begin at 1"),
    Invalid("cron(0 0 1 13 ? *)", "both", "months end at 12"),
    Invalid("cron(0 0 1 JANUARY ? *)", "both", "no such name"),
    Invalid("cron(0 0 1 MON ? *)", "both", "no such month"),
    Invalid("cron(0 0 ? * 0 *)", "both", "days of the week begin at 1"),
    Invalid("cron(0 0 ? * 8 *)", "both", "days of the week end at 7"),
    Invalid("cron(0 0 ? * MONDAY *)", "both", "no such name"),
    Invalid("cron(7 20 ? * NOT *)", "both", "no such name"),
    Invalid("cron(0 0 1 1 ? 1969)", "both", "years begin at 1970"),
    Invalid("cron(0 0 1 1 ? 2200)", "both", "years end at 2199"),
    Invalid("cron(0 0 1 1 ? 26)", "both", "years begin at 1970"),
    Invalid("cron(JAN 0 1 1 ? *)", "both", "names are for months and days"),
    Invalid("cron(0 dummy ? * MON-FRI *)", "both", "not a number"),
    Invalid("cron(1.5 0 1 1 ? *)", "both", "not a whole number"),
    Invalid("cron(L 0 1 1 ? *)", "both", "L is for days"),
    Invalid("cron(0 0 1 L ? *)", "both", "L is for days"),
    Invalid("cron(0 0 W * ? *)", "both", "W without a day"),
    Invalid("cron(0 0 32W * ? *)", "both", "days end at 31"),
    Invalid("cron(0 0 1-5W * ? *)", "both", "W in a range"),
    Invalid("cron(0 0 ? * 2W *)", "both", "W is for days of the month"),
    Invalid("cron(0 0 2#1 * ? *)", "both", "# is for days of the week"),
    Invalid("cron(0 0 ? * 3#1,6#3 *)", "both", "one # alone in its field"),
    Invalid("cron(0 0 ? * 3#6 *)", "both", "no sixth week"),
    Invalid("cron(0 0 ? * 3#0 *)", "both", "no week 0"),
    Invalid("cron(0 0 ? * 8#1 *)", "both", "days of the week end at 7"),
    Invalid("cron(0 0 ? * #2 *)", "both", "# without a day"),
    Invalid("cron(0 0 ? * 8L *)", "both", "days of the week end at 7"),
    Invalid("cron(/5 * * * ? *)", "both", "an increment of nothing"),
    Invalid("cron(0/ * * * ? *)", "both", "an increment without a number"),
    Invalid("cron(0/5/5 * * * ? *)", "both", "two increments"),
    Invalid("cron(0/x * * * ? *)", "both", "not a number"),
    Invalid("cron(1- * * * ? *)", "both", "a range without an end"),
    Invalid("cron(1-2-3 * * * ? *)", "both", "a range of three"),
    Invalid("cron(1,,2 * * * ? *)", "both", "an empty item"),
    Invalid("cron(1, * * * ? *)", "both", "an empty item"),
    Invalid("cron(** * * * ? *)", "both", "no such wildcard"),
    Invalid("cron(5* * * * ? *)", "both", "a number and a wildcard"),
]
