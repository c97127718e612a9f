"""Notes as plain values: texts, numbers and tuples of these. To keep one keeps no body, stack or exception alive.

A note's `about` and `detail` may hold records (of batches) and outcomes; here they become what a reader wants of them.
"""

from collections.abc import Sequence
from re import compile as pattern
from typing import Any, Final

from eventbus.core.effects import Note
from eventbus.core.outcomes import HandlerFailed, Stopped, Succeeded, Throttled, TimedOut
from eventbus.names import Arn

MESSAGE_LIMIT: Final = 1_024
"""Characters of an error message that are kept."""

Batches = dict[int, tuple[Any, ...]]
Ended = tuple[str, ...]  # class of the outcome; error type and message, or the reason

PLAIN: Final = frozenset({type(None), int, float, bool, str, Arn})

_SUCCEEDED: Final[Ended] = ("Succeeded",)
_ADDRESS: Final = pattern(r"\b0x[0-9a-fA-F]{6,}\b")


def plain(note: Note, batches: Batches) -> Note:
    """`batches` spares naming the records of several notes in a row again; it is good as long as these notes live."""
    what, where, about, detail, cause = note
    return (what, where, _plain(about, batches), _plain(detail, batches), cause)


def canonical(now: float, note: Note) -> bytes:
    """The same bytes for the same note in every process: times in microseconds, no memory addresses, no stacks.

    `note` is plain. Of an error message counts what is kept of it."""
    what, where, about, detail, cause = note
    request_id = None if cause is None else cause.request_id
    return ascii((_number(now), what, str(where), about, _stable(detail), request_id)).encode()


def _plain(value: Any, batches: Batches) -> Any:
    if value.__class__ in PLAIN:
        return value
    if isinstance(value, list | tuple):
        found = batches.get(id(value))
        if found is None:
            found = batches[id(value)] = _identifiers(value)
        return found
    if isinstance(value, Succeeded):
        return _SUCCEEDED
    if isinstance(value, HandlerFailed | TimedOut | Throttled | Stopped):
        return _ended(value)
    return str(value) if isinstance(value, str) else _identifiers([value])[0]


def _identifiers(items: Sequence[Any]) -> tuple[Any, ...]:
    """All are ids, or all are records; of anything else the name of its type, which is the same in every run."""
    if not items or items[0].__class__ in PLAIN:
        return tuple(items)
    try:
        return tuple([item.identifier for item in items])
    except AttributeError:
        return tuple([type(item).__name__ for item in items])


def _ended(outcome: HandlerFailed | TimedOut | Throttled | Stopped) -> Ended:
    if isinstance(outcome, HandlerFailed | TimedOut):
        return (type(outcome).__name__, outcome.error_type, outcome.message[:MESSAGE_LIMIT])
    return (type(outcome).__name__, outcome.reason)


def _stable(detail: Any) -> Any:
    if isinstance(detail, tuple):
        return tuple(_stable(item) for item in detail)
    if isinstance(detail, float):
        return _number(detail)
    if isinstance(detail, str):
        return _ADDRESS.sub("0x", detail) if "0x" in detail else str(detail)
    return detail


def _number(value: float) -> str:
    return f"{value:.6f}"
