"""What an alarm is in, and how those that watch it are told."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from attrs import define, frozen

from eventbus.core.effects import Cause
from eventbus.core.invocation_record import iso_milliseconds
from eventbus.names import Arn

StateValue = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
Suppression = Literal["Alarm", "WaitPeriod", "ExtensionPeriod"]

OK: Final = "OK"
ALARM: Final = "ALARM"
INSUFFICIENT_DATA: Final = "INSUFFICIENT_DATA"
STATES: Final = (OK, ALARM, INSUFFICIENT_DATA)
REASON_LIMIT: Final = 1_023
"""Characters [bc:cloudwatch]."""
FIRST_REASON: Final = "Unchecked: Initial alarm creation"

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@frozen(eq=False)
class State:
    """`at` in seconds since 1970; the reason data are JSON; `suppressed_by`: its actions wait, or are left out;
    `triggered_by`: the alarm, with its state, that brought a composite one into this."""

    value: StateValue
    reason: str
    reason_data: str | None
    at: float
    suppressed_by: Suppression | None = None
    triggered_by: "News | None" = None

    @property
    def suppressed_reason(self) -> str | None:
        return None if self.suppressed_by is None else f"Actions suppressed by {self.suppressed_by}"


@define(eq=False)
class News:
    """An alarm is in this state; a record, as far as a bus looks at one. `path` are the alarms through which the change
    came, this one the last."""

    arn: Arn
    state: State
    path: tuple[Arn, ...]
    cause: Cause | None
    size: int = 0
    receipt: None = None
    group: None = None

    @property
    def identifier(self) -> str:
        return self.arn

    def view(self) -> Mapping[str, Any]:
        return {"value": self.state.value}


def stamp(at: float) -> str:
    """2026-01-01T00:00:10.000+0000."""
    return iso_milliseconds(at).replace("Z", "+0000")


def spoken(at: float) -> str:
    """Thursday 01 January, 2026 00:00:10 UTC: in English, wherever it runs."""
    when = datetime.fromtimestamp(int(at), UTC)
    return f"{_DAYS[when.weekday()]} {when:%d} {_MONTHS[when.month - 1]}, {when:%Y %H:%M:%S} UTC"


def numeric(at: float) -> str:
    """01/01/26 00:00:10, the day first."""
    return f"{datetime.fromtimestamp(int(at), UTC):%d/%m/%y %H:%M:%S}"
