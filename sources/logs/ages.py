"""Which events of a call are stored [bc:logs PutLogEvents]."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from eventbus.errors import InvalidParameterException

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
OLDEST: Final = 14 * DAY
NEWEST: Final = 2 * HOUR
SPAN: Final = DAY
"""Milliseconds; the span is that of the events of one call that are neither too old nor too new."""
TOO_LONG: Final = "The batch of log events in a single PutLogEvents request cannot span more than 24 hours."


@frozen
class Rejected:
    """Indices of events that were not stored: the first too new, and behind the last too old or expired."""

    too_new_log_event_start_index: int | None = None
    too_old_log_event_end_index: int | None = None
    expired_log_event_end_index: int | None = None


def accepted(
    now: int, retention_in_days: int | None, events: Sequence[tuple[int, str]]
) -> tuple[Sequence[tuple[int, str]], Rejected | None]:
    """Events of (timestamp, message), in order; what of them is stored, and what is rejected. Raises
    `InvalidParameterException` where those that are left span more than 24 hours."""
    times = [timestamp for timestamp, _ in events]
    too_new = bisect_right(times, now + NEWEST)
    too_old = bisect_left(times, now - OLDEST)
    expired = 0 if retention_in_days is None else bisect_left(times, now - retention_in_days * DAY)
    taken = events[max(too_old, expired) : too_new]
    if taken and taken[-1][0] - taken[0][0] > SPAN:
        raise InvalidParameterException(TOO_LONG)
    if len(taken) == len(events):
        return taken, None
    new = too_new if too_new < len(events) else None
    return taken, Rejected(new, too_old or None, expired if expired > too_old else None)
