"""Tumbling windows: records of one shard by the time of their arrival, and a state handed from call to call.

Laws: windows begin at multiples of their length since 1970 (our choice). The first call gets `{}`, each later one what
the last answer had under `state`; an answer without it is a failure. With more than `STATE_LIMIT` the window ends
early. At its end the function is called once more, without records (our choice), and the state is dropped. Source:
dg:with-kinesis.
"""

from json import dumps, loads
from typing import Any, Final

from attrs import define

from eventbus.core.invocation_record import iso_seconds
from eventbus.names import Arn

STATE_LIMIT: Final = 1_048_576
"""Bytes of a state as JSON: 1 MB of 1,024 KB."""


@define(eq=False)
class Window:
    """One window of a shard that has had records: the `number`-th of `length` seconds since 1970."""

    number: int
    length: int
    state: str = "{}"  # JSON
    early: bool = False

    @property
    def too_large(self) -> bool:
        return len(self.state.encode(errors="replace")) > STATE_LIMIT

    def members(self, shard: str, source: Arn, *, final: bool) -> dict[str, Any]:
        """What the event has besides its records; `state` still as JSON text."""
        start = self.number * self.length
        return {
            "window": {"start": iso_seconds(start), "end": iso_seconds(start + self.length)},
            "state": self.state,
            "shardId": shard,
            "eventSourceARN": str(source),
            "isFinalInvokeForWindow": final,
            "isWindowTerminatedEarly": self.early,
        }


def window_number(at: float, length: int) -> int:
    """Which window an instant is in, in seconds since 1970."""
    return int(at // length)


def state_of(answer: bytes) -> str | None:
    """The state in a function's answer, as JSON; None if it has none."""
    try:
        found = loads(answer)
    except (ValueError, RecursionError):
        return None
    state = found.get("state") if isinstance(found, dict) else None
    return dumps(state, ensure_ascii=False, separators=(",", ":")) if isinstance(state, dict) else None


def with_window(event: dict[str, Any], extra: dict[str, Any] | None) -> dict[str, Any]:
    """The event of a batch with the members of its window, the state decoded anew."""
    return event if extra is None else {**event, **extra, "state": loads(extra["state"])}
