"""Pages of shards and consumers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from . import checking, tokens
from .consumers import Registered
from .errors import InvalidArgumentException
from .machine import StreamMachine
from .shards import Shard

T = TypeVar("T")

FILTERS: Final = (
    "AFTER_SHARD_ID",
    "AT_TRIM_HORIZON",
    "FROM_TRIM_HORIZON",
    "AT_LATEST",
    "AT_TIMESTAMP",
    "FROM_TIMESTAMP",
)
_FILTER_KEYS: Final = frozenset({"type", "shard_id", "timestamp"})


def shards(
    now: float,
    machine: StreamMachine,
    limit: int,
    after: str | None,
    token: str | None,
    shard_filter: Mapping[str, Any] | None,
) -> tuple[list[Shard], str | None]:
    """One page, and the token of the next one."""
    if token is not None and after is not None:
        raise InvalidArgumentException("NextToken and ExclusiveStartShardId cannot be provided together.")
    found = _filtered(now, machine, shard_filter)
    return _page(now, machine, found, lambda shard: shard.id, limit, after, token)


def consumers(now: float, machine: StreamMachine, limit: int, token: str | None) -> tuple[list[Registered], str | None]:
    found = sorted(machine.consumers.all(), key=lambda each: each.name)
    return _page(now, machine, found, lambda consumer: consumer.name, limit, None, token)


def check_filter(shard_filter: Any) -> None:
    """AWS's members in snake case: `{"type": "AT_LATEST"}`."""
    if shard_filter is None:
        return
    if not isinstance(shard_filter, Mapping) or not shard_filter.keys() <= _FILTER_KEYS:
        raise InvalidArgumentException("ShardFilter has type, and shard_id or timestamp where the type wants one.")
    kind = shard_filter.get("type")
    checking.choice("shardFilter.type", kind, FILTERS)
    wanted = {"AFTER_SHARD_ID": {"shard_id"}, "AT_TIMESTAMP": {"timestamp"}, "FROM_TIMESTAMP": {"timestamp"}}
    given = {name for name in ("shard_id", "timestamp") if shard_filter.get(name) is not None}
    if given != wanted.get(str(kind), set()):
        raise InvalidArgumentException(f"ShardFilter of type {kind} was given {', '.join(sorted(given)) or 'nothing'}.")
    if "shard_id" in given:
        checking.name("shardFilter.shardId", shard_filter["shard_id"])
    if "timestamp" in given:
        checking.instant("shardFilter.timestamp", shard_filter["timestamp"], 0.0)


def _filtered(now: float, machine: StreamMachine, shard_filter: Mapping[str, Any] | None) -> list[Shard]:
    known = machine.listed(now)
    if shard_filter is None:
        return known
    horizon = max(0.0, now - machine.settings.retention)
    kind, at = shard_filter["type"], horizon
    if shard_filter.get("timestamp") is not None:
        at = checking.instant("shardFilter.timestamp", shard_filter["timestamp"], machine.birth.epoch)
    match kind:
        case "AFTER_SHARD_ID":
            return [shard for shard in known if shard.id > shard_filter["shard_id"]]
        case "AT_LATEST":
            return [shard for shard in known if shard.open]
        case "AT_TIMESTAMP" | "AT_TRIM_HORIZON":
            return [shard for shard in known if shard.opened_at <= at <= shard.closed_at]
        case _:
            return [shard for shard in known if shard.closed_at >= max(at, horizon)]


def _page(
    now: float,
    machine: StreamMachine,
    found: Sequence[T],
    name: Callable[[T], str],
    limit: int,
    after: str | None,
    token: str | None,
) -> tuple[list[T], str | None]:
    """`found` is in the order of names."""
    last = after if token is None else tokens.last_of(now, machine.name, token)
    rest = [each for each in found if last is None or name(each) > last]
    page = rest[:limit]
    return page, tokens.next_token(now, machine.name, name(page[-1])) if len(rest) > len(page) else None
