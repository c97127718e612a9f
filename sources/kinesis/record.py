"""One record of a stream. It does not change, so whoever reads gets the record itself."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import define

from eventbus.core.effects import Cause

FIRST_NUMBER: Final = 10**15  # arbitrary
"""Numbers of a stream begin here, so that all have 16 digits."""
SHARD_PREFIX: Final = "shardId-"
_HEAD: Final = "49" + "0" * 28
_SHARD_DIGITS: Final = 10
SEQUENCE_LENGTH: Final = len(_HEAD) + 16 + _SHARD_DIGITS
"""56 digits, as AWS has."""

METADATA_SIZE: Final = 472
"""Bytes of a record's JSON besides data, key, and the ARN that it is read under."""


@define(eq=False)
class Record:
    number: int  # grows over the whole stream
    shard_id: str
    partition_key: str
    data: bytes
    arrived_at: float
    cause: Cause | None
    metadata: int  # bytes of its JSON besides data and key, under the longest ARN that it is read by

    @property
    def identifier(self) -> str:
        return f"{_HEAD}{self.number}{self.shard_id[-_SHARD_DIGITS:]}"  # as `sequence_number`, without another call

    @property
    def size(self) -> int:
        """Of keys beyond printable ASCII, on the safe side."""
        key = self.partition_key
        plain = key.isascii() and key.isprintable()
        length = len(key) + key.count('"') + key.count("\\") if plain else 12 * len(key)
        return self.metadata + length + (len(self.data) + 2) // 3 * 4

    @property
    def receipt(self) -> None:
        return None

    @property
    def group(self) -> str:
        return self.partition_key

    def view(self) -> Mapping[str, Any]:
        """The data as text; None if it is no UTF-8, which no pattern for data matches."""
        try:
            return {"data": self.data.decode()}
        except UnicodeDecodeError:
            return {"data": None}


def shard_id_of(index: int) -> str:
    return f"{SHARD_PREFIX}{index:012d}"


def sequence_number(number: int, shard_id: str) -> str:
    """Digits that grow with `number`, the shard's at the end."""
    return f"{_HEAD}{number}{shard_id[-_SHARD_DIGITS:]}"


def parsed(text: str) -> tuple[int, str] | None:
    """The number and the shard id in a sequence number of ours; None for any other."""
    if len(text) != SEQUENCE_LENGTH or not text.startswith(_HEAD) or not (text.isascii() and text.isdigit()):
        return None
    number = int(text[len(_HEAD) : -_SHARD_DIGITS])
    return (number, shard_id_of(int(text[-_SHARD_DIGITS:]))) if number >= FIRST_NUMBER else None


def size_of(partition_key: str, data: bytes) -> int:
    """Bytes that count for limits and throughput: the data and the key."""
    return len(data) + (len(partition_key) if partition_key.isascii() else len(partition_key.encode()))
