"""What a call may say, checked before anything changes [bc:kinesis]."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from .errors import InvalidArgumentException, ValidationException
from .record import size_of
from .settings import KEY_LIMIT, PUT_RECORDS_LIMIT, PUT_RECORDS_SIZE
from .shards import HASH_KEYS

_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{1,128}")
_HASH_KEY: Final = re.compile(r"0|[1-9]\d{0,38}", re.ASCII)
_SEQUENCE_NUMBER: Final = re.compile(r"0|[1-9]\d{0,128}", re.ASCII)
_ENTRY_KEYS: Final = frozenset({"data", "partition_key", "explicit_hash_key"})


Outgoing = tuple[bytes, str, int | None]
"""A record that is not in the stream yet: data, partition key, explicit hash key."""


def outgoing(data: Any, partition_key: Any, explicit_hash_key: Any, limit: int, path: str = "") -> Outgoing:
    """Text becomes UTF-8. `limit` counts bytes of data and key together; `path` leads to the entry of a batch."""
    if isinstance(data, str):
        data = _utf8(f"{path}data", data)
    elif not isinstance(data, bytes):
        if not isinstance(data, bytearray | memoryview):
            raise ValidationException.of(f"{path}data", data, "Member must be bytes or a text")
        data = bytes(data)
    if not isinstance(partition_key, str):
        raise ValidationException.of(f"{path}partitionKey", partition_key, "Member must be a text")
    if not 1 <= len(partition_key) <= KEY_LIMIT:
        raise _length(f"{path}partitionKey", partition_key, 1, KEY_LIMIT)
    if not partition_key.isascii():
        _utf8(f"{path}partitionKey", partition_key)
    if size_of(partition_key, data) > limit:
        raise ValidationException.of(
            f"{path}data", None, f"Member must have length less than or equal to {limit}, the partition key included"
        )
    explicit = None if explicit_hash_key is None else explicit_hash(f"{path}explicitHashKey", explicit_hash_key)
    return data, partition_key, explicit


def entries(records: Any, limit: int) -> list[Outgoing]:
    """Of PutRecords: all are right, or the call is refused as a whole."""
    if not isinstance(records, Sequence) or isinstance(records, str | bytes):
        raise ValidationException.of("records", records, "Member must be a list")
    if not 1 <= len(records) <= PUT_RECORDS_LIMIT:
        raise _length("records", None, 1, PUT_RECORDS_LIMIT, too_long=len(records) > PUT_RECORDS_LIMIT)
    found = [_entry(entry, limit, f"records.{number}.member.") for number, entry in enumerate(records, 1)]
    if sum(size_of(key, data) for data, key, _ in found) > PUT_RECORDS_SIZE:
        raise InvalidArgumentException(f"Records size exceeds {PUT_RECORDS_SIZE // 1_048_576} MB limit")
    return found


def explicit_hash(path: str, value: Any) -> int:
    key = hash_key(path, value)
    if key >= HASH_KEYS:
        raise InvalidArgumentException(
            f"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {value}"
        )
    return key


def hash_key(path: str, value: Any) -> int:
    """A decimal text."""
    if not isinstance(value, str) or not _HASH_KEY.fullmatch(value):
        raise _pattern(path, value, r"0|([1-9]\d{0,38})")
    return int(value)


def sequence_number(path: str, value: Any) -> None:
    if value is not None and (not isinstance(value, str) or not _SEQUENCE_NUMBER.fullmatch(value)):
        raise _pattern(path, value, r"0|([1-9]\d{0,128})")


def name(path: str, value: Any) -> None:
    """Of a shard or a consumer."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise _pattern(path, value, "[a-zA-Z0-9_.-]+")


def text(path: str, value: Any) -> None:
    if value is not None and not isinstance(value, str):
        raise ValidationException.of(path, value, "Member must be a text")


def choice(path: str, value: Any, allowed: Sequence[str]) -> None:
    if not isinstance(value, str) or value not in allowed:
        raise ValidationException.of(path, value, f"Member must satisfy enum value set: [{', '.join(allowed)}]")


def number(path: str, value: Any, lowest: int, highest: int | None = None) -> None:
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValidationException.of(path, value, "Member must be a whole number")
    if value < lowest:
        raise ValidationException.of(path, value, f"Member must have value greater than or equal to {lowest}")
    if highest is not None and value > highest:
        raise ValidationException.of(path, value, f"Member must have value less than or equal to {highest}")


def required(path: str, value: Any) -> None:
    if value is None:
        raise ValidationException.of(path, None, "Member must not be null")


def instant(path: str, value: Any, epoch: float) -> float:
    """Seconds since the bus started, of an aware datetime or of seconds since 1970."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.timestamp() - epoch
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12:
        return value - epoch
    raise ValidationException.of(path, value, "Member must be an aware datetime or seconds since 1970")


def _entry(entry: Any, limit: int, path: str) -> Outgoing:
    if not isinstance(entry, Mapping) or not entry.keys() <= _ENTRY_KEYS:
        raise ValidationException.of(path.rstrip("."), None, f"Member must have {', '.join(sorted(_ENTRY_KEYS))} alone")
    return outgoing(entry.get("data"), entry.get("partition_key"), entry.get("explicit_hash_key"), limit, path)


def _utf8(path: str, value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise ValidationException.of(path, None, "Member must not have halves of surrogate pairs") from None


def _length(
    path: str, value: object, lowest: int, highest: int, *, too_long: bool | None = None
) -> ValidationException:
    long = len(str(value)) > highest if too_long is None else too_long
    bound = f"less than or equal to {highest}" if long else f"greater than or equal to {lowest}"
    return ValidationException.of(path, value, f"Member must have length {bound}")


def _pattern(path: str, value: object, pattern: str) -> ValidationException:
    return ValidationException.of(path, value, f"Member must satisfy regular expression pattern: {pattern}")
