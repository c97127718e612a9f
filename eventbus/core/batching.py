"""When records become a batch, and what a function's answer says about each of them.

A batch is complete when it has `batch_size` records, or when the next one would make its event longer than 6 MB, the
records' own metadata included; or when its window is over (dg:invocation-eventsourcemapping).
"""

from collections.abc import Container, Sequence
from json import loads
from math import inf
from typing import Any, Final

from attrs import Attribute, define, field

from eventbus.checks import refuse

from .chain import merge
from .effects import Cause, Record

EVENT_LIMIT: Final = 6_291_456
"""Bytes of a batch's event as JSON: 6 MB of 1,024 KB (dg:gettingstarted-limits)."""
ENVELOPE: Final = len('{"Records":[]}')
SEPARATOR: Final = len(",")

_NO_GROUPS: Final[Container[str | None]] = frozenset()
_ALL_SUCCEEDED: Final[tuple[object, ...]] = (None, [], {}, "")


@define(eq=False)
class Gathering:
    """Records that were received and are not yet in a batch, oldest first."""

    records: list[Record] = field(factory=list, init=False)
    _leases: list[float] = field(factory=list, init=False)  # when each record's visibility is over
    _bytes: int = field(default=0, init=False)

    def add(self, records: Sequence[Record], lease_ends_at: float) -> None:
        self.records += records
        self._leases += [lease_ends_at] * len(records)
        self._bytes += sum([record.size for record in records])

    def complete(self, batch_size: int) -> bool:
        """Nothing more fits into the batch that `take` would return."""
        count = len(self.records)
        return count >= batch_size or event_size(count, self._bytes) > EVENT_LIMIT

    def take(self, batch_size: int, locked: Container[str | None] = _NO_GROUPS) -> tuple[list[Record], float]:
        """The next batch, no longer held here, and when the first of its leases is over; empty if nothing can go.

        Records of `locked` groups stay. What is left keeps its order. A record longer than the limit goes alone.
        """
        if locked or len(self.records) > batch_size or event_size(len(self.records), self._bytes) > EVENT_LIMIT:
            return self._take_some(batch_size, locked)
        batch, leases = self.records, self._leases
        self.clear()
        return batch, leases[0] if leases else inf

    def drop_expired(self, now: float) -> list[Record]:
        """Those whose visibility is over: they are at their source again."""
        if not self._leases or self._leases[0] >= now:
            return []
        count = sum(ends_at < now for ends_at in self._leases)  # leases end in the order of their records
        dropped = self.records[:count]
        self._keep(self.records[count:], self._leases[count:])
        return dropped

    def clear(self) -> None:
        self.records = []
        self._leases = []
        self._bytes = 0

    def _take_some(self, batch_size: int, locked: Container[str | None]) -> tuple[list[Record], float]:
        batch: list[Record] = []
        kept: list[int] = []
        size = 0
        ends_at = inf
        for at, record in enumerate(self.records):
            if record.group is not None and record.group in locked:
                kept.append(at)
                continue
            size += record.size
            if len(batch) == batch_size or (batch and event_size(len(batch) + 1, size) > EVENT_LIMIT):
                kept += range(at, len(self.records))  # nothing overtakes the one that did not fit
                break
            if not batch:
                ends_at = self._leases[at]
            batch.append(record)
        self._keep([self.records[at] for at in kept], [self._leases[at] for at in kept])
        return batch, ends_at

    def _keep(self, records: list[Record], leases: list[float]) -> None:
        self.records = records
        self._leases = leases
        self._bytes = sum(record.size for record in records)


def event_size(count: int, record_bytes: int) -> int:
    """Bytes of the event of `count` records that have `record_bytes` together."""
    return ENVELOPE + record_bytes + SEPARATOR * max(0, count - 1)


def window_end(now: float, window: float, completed_at: float) -> float:
    """When a batching window is over that starts with a first record at `now`, or started when the previous invocation
    ended if that is less than a window ago (dg:invocation-eventsourcemapping)."""
    return (completed_at if now < completed_at + window else now) + window


def batch_cause(records: Sequence[Record]) -> Cause | None:
    """The longest chain of each function; most batches have no cause, or all their records the same one."""
    causes = [record.cause for record in records]
    first = causes[0]
    return first if causes.count(first) == len(causes) else merge(causes)


REPORT: Final = "ReportBatchItemFailures"
PARTIAL_ANSWER: Final = b'"batchItemFailures"'


def response_types(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    """FunctionResponseTypes: nothing, or that the function's answer says which records failed."""
    if value not in ((), (REPORT,)):
        raise refuse(attribute.name, value, f"() or ({REPORT!r},)")


def partial_response(payload: bytes, batch: Sequence[Record]) -> tuple[Sequence[Record], Sequence[Record]]:
    """Which records of `batch` succeeded and which failed, by an answer under ReportBatchItemFailures.

    `null`, `{}`, `""` and an empty or null list are a success of all. Whatever names a record that is not in the batch,
    or is not of the documented form, fails all of it (dg:services-sqs-errorhandling).
    """
    if payload == b"null":
        return batch, ()
    named = _named(payload)
    if named is None or not named <= {record.identifier for record in batch}:
        return (), batch
    if not named:
        return batch, ()
    succeeded = [record for record in batch if record.identifier not in named]
    return succeeded, [record for record in batch if record.identifier in named]


def first_failed(payload: bytes, batch: Sequence[Record]) -> int | None:
    """Of a batch in the order of its shard: how many records precede the first that failed, by such an answer; all of
    them if none failed. None: the answer fails all, by its form or with what is not in the batch
    (dg:services-kinesis-batchfailurereporting)."""
    if payload == b"null":
        return len(batch)
    named = _named(payload)
    if named is None:
        return None
    found = [at for at, record in enumerate(batch) if record.identifier in named] if named else []
    if len(found) < len(named):
        return None
    return found[0] if found else len(batch)


def _named(payload: bytes) -> set[str] | None:
    """The identifiers that an answer calls failed; None if it has no documented form."""
    try:
        answer = loads(payload)
    except (ValueError, RecursionError):
        return None
    if answer in _ALL_SUCCEEDED:
        return set()
    failures = answer.get("batchItemFailures", False) if isinstance(answer, dict) else False
    if failures is None:
        return set()
    if not isinstance(failures, list):
        return None
    named: set[str] = set()
    for failure in failures:
        identifier = failure.get("itemIdentifier") if isinstance(failure, dict) else None
        if not isinstance(identifier, str):
            return None
        named.add(identifier)
    return named
