"""The declarations of a table and of its stream."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import one_of, refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .client import StreamClient, TableClient
from .events import DynamoDBEvent
from .keys import KeySchema
from .machine import TableMachine
from .records import VIEW_TYPES, StreamInfo

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{3,255}")
KEY_TYPES: Final = ("S", "N", "B")
STREAM_LABEL: Final = "2026-01-01T00:00:00.000"
"""When the stream was enabled, on AWS; here always this."""


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise refuse("name", value, "3 to 255 letters, digits, _ . and -")


def _check_element(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    """[bc:dynamodb CreateTable]"""
    if value is None and attribute.name == "sort_key":
        return
    match value:
        case (str(name), kind) if 1 <= len(name.encode(errors="replace")) <= 255 and kind in KEY_TYPES:
            return
    raise refuse(attribute.name, value, "a pair of a name and S, N or B, such as ('id', 'S')")


def _check_time_to_live(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not (isinstance(value, str) and 1 <= len(value) <= 255):
        raise refuse("time_to_live_attribute", value, "the name of an attribute, up to 255 characters")


@frozen(eq=False)
class Table:
    """A table in memory. Keys are pairs of a name and a type: S, N or B. With a `stream_view_type` its changes can be
    read by mappings of `table.stream`. Items whose `time_to_live_attribute` is a number of seconds since 1970 are
    deleted then."""

    name: str = field(validator=_check_name)
    partition_key: tuple[str, Literal["S", "N", "B"]] = field(
        default=("id", "S"), kw_only=True, validator=_check_element
    )
    sort_key: tuple[str, Literal["S", "N", "B"]] | None = field(default=None, kw_only=True, validator=_check_element)
    stream_view_type: Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"] | None = field(
        default=None, kw_only=True, validator=one_of((None, *VIEW_TYPES))
    )
    time_to_live_attribute: str | None = field(default=None, kw_only=True, validator=_check_time_to_live)
    streams: "tuple[TableStream, ...]" = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.sort_key is not None and self.sort_key[0] == self.partition_key[0]:
            raise refuse("sort_key", self.sort_key, "another attribute than partition_key")
        if self.time_to_live_attribute in self.schema.names:
            raise refuse("time_to_live_attribute", self.time_to_live_attribute, "no attribute of the key")
        object.__setattr__(self, "streams", () if self.stream_view_type is None else (TableStream(self),))

    @property
    def arn(self) -> Arn:
        return arn_of("dynamodb", f"table/{self.name}")

    @property
    def schema(self) -> KeySchema:
        return KeySchema((self.partition_key,) if self.sort_key is None else (self.partition_key, self.sort_key))

    @property
    def stream(self) -> "TableStream":
        """What mappings read. Raises `InvalidSetting` for a table without a stream."""
        if not self.streams:
            raise refuse("stream_view_type", None, f"with a stream {' or '.join(VIEW_TYPES)}")
        return self.streams[0]

    def machine(self, birth: Birth) -> TableMachine:
        stream = None
        if self.stream_view_type is not None:
            stream = StreamInfo(self.stream.arn, self.stream_view_type, self.schema, birth.ids, birth.epoch)
        return TableMachine(self.arn, self.schema, stream, birth, self.time_to_live_attribute)

    def client(self, machine: Any, feed: Feed) -> TableClient:
        return TableClient(machine, feed)


@frozen(eq=False)
class TableStream:
    """The changes of a table, kept for a day. Part of an app with its table, whose machine answers under both ARNs."""

    table: Table
    starting_positions: ClassVar[Sequence[str]] = ("LATEST", "TRIM_HORIZON")
    filter_keys: ClassVar[Sequence[str]] = (
        *("dynamodb", "eventName", "eventID", "eventSource", "awsRegion", "userIdentity"),
    )
    polling_actions: ClassVar[Sequence[str]] = (
        *("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"),
    )

    @property
    def arn(self) -> Arn:
        return Arn(f"{self.table.arn}/stream/{STREAM_LABEL}")

    def machine(self, birth: Birth) -> TableMachine:  # pragma: no cover - never called: the table's answers
        raise NotImplementedError

    def client(self, machine: Any, feed: Feed) -> StreamClient:
        return StreamClient(machine, feed)

    def event_type(self) -> DynamoDBEvent:  # pragma: no cover - a witness for type checkers
        raise NotImplementedError
