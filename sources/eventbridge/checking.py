"""What EventBridge refuses before anything is changed, by the limits of its service model (bc:events)."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from attrs import frozen

from eventbus.core.patterns import Pattern
from sources._schedule import InvalidSchedule, Schedule, parse

from .errors import InvalidParameter, violated

NAME: Final = r"[\.\-_A-Za-z0-9]+"
RULE_NAME_LIMIT: Final = 64
TARGET_ID_LIMIT: Final = 64
ARCHIVE_NAME_LIMIT: Final = 48
REPLAY_NAME_LIMIT: Final = 64
PATTERN_LIMIT: Final = 4_096
DESCRIPTION_LIMIT: Final = 512
EXPRESSION_LIMIT: Final = 256
STATES: Final = ("ENABLED", "DISABLED")
DEFAULT: Final = "default"

_ANY_LENGTH: Final = 2**62


@frozen(eq=False)
class RuleSettings:
    """Of a rule, checked."""

    name: str
    pattern: Pattern | None
    schedule_expression: str | None
    schedule: Schedule | None
    state: str
    description: str | None


@frozen(eq=False)
class ArchiveSettings:
    """Of an archive, checked; 0 days: for ever."""

    name: str
    pattern: Pattern | None
    retention_days: int
    description: str | None


def rule_settings(
    bus: str, name: object, event_pattern: object, schedule_expression: object, state: object, description: object
) -> RuleSettings:
    """Raises ValidationException, and InvalidEventPatternException."""
    check_name(name, "name", RULE_NAME_LIMIT)
    if state not in STATES:
        raise violated(state, "state", f"Member must satisfy enum value set: [{', '.join(STATES)}]")
    check_text(description, "description", DESCRIPTION_LIMIT)
    check_text(schedule_expression, "scheduleExpression", EXPRESSION_LIMIT)
    if not event_pattern and not schedule_expression and not isinstance(event_pattern, Mapping):
        raise InvalidParameter("Parameter(s) EventPattern or ScheduleExpression must be specified.")
    schedule = None
    if schedule_expression:
        schedule = schedule_of(str(schedule_expression))
        if bus != DEFAULT:
            raise InvalidParameter("ScheduleExpression is supported only on the default event bus.")
    return RuleSettings(
        name=str(name),
        pattern=pattern_of(event_pattern),
        schedule_expression=str(schedule_expression) if schedule_expression else None,
        schedule=schedule,
        state=str(state),
        description=None if description is None else str(description),
    )


def archive_settings(
    name: object, event_pattern: object, retention_days: object, description: object
) -> ArchiveSettings:
    """Raises ValidationException, and InvalidEventPatternException."""
    check_name(name, "archiveName", ARCHIVE_NAME_LIMIT)
    check_text(description, "description", DESCRIPTION_LIMIT)
    days = whole(retention_days, "retentionDays", 0, 2**31 - 1)
    pattern = pattern_of(event_pattern)
    return ArchiveSettings(str(name), pattern, days, None if description is None else str(description))


def pattern_of(event_pattern: Any) -> Pattern | None:
    """A dict, or JSON text."""
    if event_pattern is None or event_pattern == "":
        return None
    if not isinstance(event_pattern, str | Mapping):
        raise InvalidParameter(f"EventPattern={event_pattern!r}: a dict, or JSON text")
    pattern = Pattern(event_pattern, limit=_ANY_LENGTH)
    check_text(pattern.text, "eventPattern", PATTERN_LIMIT)
    return pattern


def schedule_of(expression: str) -> Schedule:
    try:
        return parse(expression, dialect="rules")
    except InvalidSchedule as reason:
        error = InvalidParameter("Parameter ScheduleExpression is not valid.")
        error.add_note(str(reason))
        raise error from None


def check_name(value: object, member: str, longest: int) -> None:
    check_text(value, member, longest, shortest=1, missing=False)
    if not re.fullmatch(NAME, str(value)):
        raise violated(value, member, f"Member must satisfy regular expression pattern: {NAME}")


def check_text(value: object, member: str, longest: int, *, shortest: int = 0, missing: bool = True) -> None:
    """None passes unless `missing` is off."""
    if value is None and missing:
        return
    if not isinstance(value, str):
        raise InvalidParameter(f"{member}={value!r}: a text")
    if len(value) < shortest:
        raise violated(value, member, f"Member must have length greater than or equal to {shortest}")
    if len(value) > longest:
        raise violated(value, member, f"Member must have length less than or equal to {longest}")


def whole(value: object, member: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidParameter(f"{member}={value!r}: a whole number from {low:,} to {high:,}")
    if value < low:
        raise violated(value, member, f"Member must have value greater than or equal to {low}")
    if value > high:
        raise violated(value, member, f"Member must have value less than or equal to {high}")
    return value


def count(items: Sequence[Any], member: str, low: int, high: int) -> None:
    if len(items) < low:
        raise violated(f"[{len(items)} items]", member, f"Member must have length greater than or equal to {low}")
    if len(items) > high:
        raise violated(f"[{len(items)} items]", member, f"Member must have length less than or equal to {high}")


def listed(value: Any, member: str, low: int, high: int) -> list[Any]:
    """A list or tuple of so many items."""
    if not isinstance(value, list | tuple):
        raise InvalidParameter(f"{member}={value!r}: a list")
    count(value, member, low, high)
    return list(value)


def names(value: Any, member: str, high: int) -> list[str]:
    """1 to `high` texts."""
    found = listed(value, member, 1, high)
    for each in found:
        check_text(each, member, 256, shortest=1, missing=False)
    return found


def instant(value: object, member: str) -> float:
    """Seconds since 1970 of an aware datetime, or of ISO text with a zone."""
    found = value
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            found = None
    if not isinstance(found, datetime) or found.tzinfo is None:
        raise InvalidParameter(f"{member}={value!r}: a datetime with a time zone, or such an ISO text")
    try:
        return found.astimezone(UTC).timestamp()
    except OverflowError:  # in the first or last hours that there are
        raise InvalidParameter(f"{member}={value!r}: an instant that UTC knows") from None
