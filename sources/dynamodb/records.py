"""One change of an item, as a stream keeps it: a record that mappings read."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from attrs import define, field, frozen

from eventbus.core.effects import Cause
from eventbus.names import REGION, Arn, Ids

from . import values
from .events import DynamoDBRecord, StreamRecord
from .keys import Key, KeySchema, key_text
from .values import Item

EventName = Literal["INSERT", "MODIFY", "REMOVE"]

KEYS_ONLY: Final = "KEYS_ONLY"
NEW_IMAGES: Final = ("NEW_IMAGE", "NEW_AND_OLD_IMAGES")
OLD_IMAGES: Final = ("OLD_IMAGE", "NEW_AND_OLD_IMAGES")
VIEW_TYPES: Final = (KEYS_ONLY, "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES")

METADATA_SIZE: Final = 390  # arbitrary, if enough
IDENTITY_SIZE: Final = 80
"""Bytes of a record's JSON besides its images and its stream's ARN, counted on the safe side."""
FIRST_SEQUENCE: Final = 10**20  # arbitrary; 21 digits, so that texts are in the order of the changes


@frozen(eq=False)
class StreamInfo:
    """What all records of a stream share."""

    arn: Arn
    view_type: str
    schema: KeySchema
    ids: Ids
    epoch: float

    def whole_seconds(self, at: float) -> int:
        """Since 1970: the times that a stream tells are rounded down."""
        return int(self.epoch + at)


@define(eq=False)
class Change:
    """A record of the stream. Images that its view does not show are not kept."""

    stream: StreamInfo
    number: int  # drawn from the table's ids
    event_name: EventName
    key: Key
    new: Item | None
    old: Item | None
    arrived_at: float
    cause: Cause | None = None
    expired: bool = False  # deleted by the service itself
    receipt: None = None
    _size: int = field(default=0, init=False)

    @property
    def group(self) -> str:
        """Changes of one item are handled in order."""
        return key_text(self.key)

    @property
    def keys(self) -> Item:
        return self.stream.schema.item_of(self.key)

    @property
    def identifier(self) -> str:
        return sequence_number(self.number)

    @property
    def size(self) -> int:
        """On the safe side; worked out when it is first asked for."""
        if not self._size:
            images = METADATA_SIZE + len(self.stream.arn) + (IDENTITY_SIZE if self.expired else 0)
            self._size = images + sum(map(values.json_size, self._images()))
        return self._size

    def view(self) -> Mapping[str, Any]:
        """As on the wire, with the types of its values."""
        return self.wire()

    def wire(self) -> DynamoDBRecord:
        """Built anew at each call, key by key as recorded (2026)."""
        record: DynamoDBRecord = {
            "eventID": self.stream.ids.text(self.number).replace("-", ""),
            "eventName": self.event_name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": REGION,
            "dynamodb": self._change(),
        }  # type: ignore[typeddict-item]  # its last keys follow, in their order
        if self.expired:
            record["userIdentity"] = {"principalId": "dynamodb.amazonaws.com", "type": "Service"}
        record["eventSourceARN"] = str(self.stream.arn)
        return record

    def _change(self) -> StreamRecord:
        change: Any = {
            "ApproximateCreationDateTime": float(self.stream.whole_seconds(self.arrived_at)),
            "Keys": values.show_item(self.keys, values.base64_text),
        }
        if self.new is not None:
            change["NewImage"] = values.show_item(self.new, values.base64_text)
        if self.old is not None:
            change["OldImage"] = values.show_item(self.old, values.base64_text)
        change["SequenceNumber"] = self.identifier
        change["SizeBytes"] = sum(map(values.size_of_item, self._images()))
        change["StreamViewType"] = self.stream.view_type
        return change  # type: ignore[no-any-return]  # built key by key in the recorded order

    def _images(self) -> list[Item]:
        return [image for image in (self.keys, self.new, self.old) if image is not None]


def sequence_number(number: int) -> str:
    return str(FIRST_SEQUENCE + number)


def event_name(old: Item | None, new: Item | None) -> EventName:
    if old is None:
        return "INSERT"
    return "REMOVE" if new is None else "MODIFY"
