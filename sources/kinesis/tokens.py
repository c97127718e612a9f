"""Shard iterators and next tokens: texts that hold where to go on, and since when."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Final

from attrs import define

from .errors import ExpiredIteratorException, ExpiredNextTokenException, InvalidArgumentException

LIFETIME: Final = 300.0
"""Seconds [bc:kinesis GetShardIterator, ListShards]."""
_ITERATOR: Final = "iterator"
_PAGE: Final = "page"


@define(eq=False)
class Place:
    shard_id: str
    number: int


def iterator(now: float, stream: str, place: Place) -> str:
    return _encoded(_ITERATOR, stream, repr(now), place.shard_id, str(place.number))


def place_of(now: float, epoch: float, stream: str, text: str) -> Place:
    """Raises `InvalidArgumentException`, and `ExpiredIteratorException` five minutes after it was given."""
    found = _decoded(_ITERATOR, stream, text, 3)
    if found is None:
        raise InvalidArgumentException("Invalid ShardIterator.")
    made_at, shard_id, number = found
    if now - float(made_at) > LIFETIME:
        created, current = _shown(epoch + float(made_at)), _shown(epoch + now)
        raise ExpiredIteratorException(
            f"Iterator expired. The iterator was created at time {created} while right now it is {current} which is "
            f"further in the future than the tolerated delay of {LIFETIME * 1000:.0f} milliseconds."
        )
    return Place(shard_id, int(number))


def next_token(now: float, stream: str, last: str) -> str:
    """Behind the shard or the consumer of that name."""
    return _encoded(_PAGE, stream, repr(now), last)


def last_of(now: float, stream: str, text: str) -> str:
    """Raises `InvalidArgumentException`, and `ExpiredNextTokenException` five minutes after it was given."""
    found = _decoded(_PAGE, stream, text, 2)
    if found is None:
        raise InvalidArgumentException("NextToken is invalid.")
    made_at, last = found
    if now - float(made_at) > LIFETIME:
        raise ExpiredNextTokenException("The pagination token passed to the operation is expired.")
    return last


def _encoded(*parts: str) -> str:
    return urlsafe_b64encode("/".join(parts).encode()).decode()


def _decoded(kind: str, stream: str, text: str, count: int) -> list[str] | None:
    """So many parts behind kind and stream; None for a text that was not made here."""
    try:
        parts = urlsafe_b64decode(text.encode()).decode().split("/")
    except ValueError:
        return None
    if parts[:2] != [kind, stream] or len(parts) != count + 2 or _encoded(*parts) != text:
        return None
    return parts[2:]


def _shown(at: float) -> str:
    """Sun Oct 10 05:17:11 UTC 2021, as AWS writes it."""
    return datetime.fromtimestamp(at, UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
