"""Reading a shard by hand: where an iterator begins, and what it leads to."""

from collections.abc import Sequence
from typing import Any, Final

from . import checking, tokens
from .answers import GetRecordsResult, StreamRecord, child
from .errors import InvalidArgumentException, ProvisionedThroughputExceededException, within
from .machine import StreamMachine
from .record import Record, parsed, size_of
from .settings import GET_RECORDS_LIMIT, GET_RECORDS_SIZE
from .shards import Shard
from .tokens import Place

AT: Final = "AT_SEQUENCE_NUMBER"
AFTER: Final = "AFTER_SEQUENCE_NUMBER"
LATEST: Final = "LATEST"
TRIM_HORIZON: Final = "TRIM_HORIZON"
AT_TIMESTAMP: Final = "AT_TIMESTAMP"
TYPES: Final = (AFTER, LATEST, AT_TIMESTAMP, AT, TRIM_HORIZON)


def iterator(now: float, machine: StreamMachine, shard_id: str, kind: str, sequence: str | None, at: Any) -> str:
    """Raises `ResourceNotFoundException`, `InvalidArgumentException`."""
    shard = machine.shard(now, shard_id)
    _check_given(kind, sequence, at)
    if kind == AT_TIMESTAMP:
        number = _at_time(now, machine, shard, at)
    elif sequence is not None:
        number = _number(machine, shard, sequence) + (kind == AFTER)
    else:
        number = machine.shards.last_number + 1 if kind == LATEST else shard.first_number
    return tokens.iterator(now, machine.name, Place(shard_id, number))


def records(now: float, machine: StreamMachine, text: str, limit: int | None) -> GetRecordsResult:
    """Up to `limit` records, 10,000 and 10 MiB, and the iterator for what comes behind them. Raises
    `ExpiredIteratorException`, `ProvisionedThroughputExceededException`."""
    place = tokens.place_of(now, machine.birth.epoch, machine.name, text)
    shard = machine.shard(now, place.shard_id)
    if machine.rates is not None and not machine.rates.admit_read(now, shard.id):
        raise ProvisionedThroughputExceededException.of(shard.id, machine.name)
    first = shard.from_number(place.number)
    found, size = _fitting(shard.records[first : first + (limit or GET_RECORDS_LIMIT)])
    if machine.rates is not None:
        machine.rates.was_read(now, shard.id, size)
    behind = first + len(found)
    more = shard.records[behind] if behind < len(shard.records) else None
    shown = [StreamRecord(record, machine.birth.epoch) for record in found]
    if more is None and not shard.open:
        children = [machine.shards.all[each] for each in shard.children if each in machine.shards.all]
        return GetRecordsResult(shown, None, 0, [child(each) for each in children])
    number = found[-1].number + 1 if found else place.number
    late = 0 if more is None else round((now - more.arrived_at) * 1000)
    return GetRecordsResult(shown, tokens.iterator(now, machine.name, Place(shard.id, number)), late)


def _check_given(kind: str, sequence: str | None, at: Any) -> None:
    if (sequence is not None) != (kind in (AT, AFTER)):
        what = "also a" if sequence is not None else "no"
        raise InvalidArgumentException(
            f"Must either specify (1) {AT} or {AFTER} and StartingSequenceNumber or (2) {TRIM_HORIZON} or {LATEST} and "
            f"no StartingSequenceNumber. Request specified {kind} and {what} StartingSequenceNumber."
        )
    if kind == AT_TIMESTAMP and at is None:
        raise InvalidArgumentException(
            f"Must specify timestampInMillis parameter for iterator of type {AT_TIMESTAMP}. Current request has no "
            "timestamp parameter."
        )


def _at_time(now: float, machine: StreamMachine, shard: Shard, at: Any) -> int:
    instant = checking.instant("timestamp", at, machine.birth.epoch)
    if instant > now:
        asked, current = (round((machine.birth.epoch + each) * 1000) for each in (instant, now))
        raise InvalidArgumentException(
            "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
            f"timestampInMillis: {asked}, currentTimestampInMillis: {current}"
        )
    return shard.at_time(instant, machine.shards.last_number + 1)


def _number(machine: StreamMachine, shard: Shard, sequence: str) -> int:
    """Of a record of this shard, its beginning or its end; also of one that is over."""
    found = parsed(sequence)
    if found is None or not found[0] <= machine.shards.last_number:
        raise InvalidArgumentException(
            f"StartingSequenceNumber {sequence} used in GetShardIterator on {within(shard.id, machine.name)} is "
            "invalid because it did not come from this stream."
        )
    number, shard_id = found
    if shard_id != shard.id:
        raise InvalidArgumentException(
            f"Invalid StartingSequenceNumber. It encodes {shard_id}, while it was used in a call to a shard with "
            f"{shard.id}"
        )
    return number


def _fitting(found: Sequence[Record]) -> tuple[Sequence[Record], int]:
    """As many as fit into an answer, and their size; one that is longer than all goes alone."""
    size = 0
    for index, record in enumerate(found):
        more = size_of(record.partition_key, record.data)
        if index and size + more > GET_RECORDS_SIZE:
            return found[:index], size
        size += more
    return found, size
