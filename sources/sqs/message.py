"""One message in a queue, and one receive of it."""

from collections.abc import Iterable, Mapping
from hashlib import md5
from typing import Any, Final

from attrs import define, field

from eventbus.core.effects import Attributes, Cause
from eventbus.names import Arn, Ids

from . import attributes as message_attributes
from .attributes import NO_ATTRIBUTES

DELAYED: Final = 0
VISIBLE: Final = 1
IN_FLIGHT: Final = 2
GONE: Final = 3
MOVING: Final = 4  # arbitrary like the others; handed to another queue, which has not answered yet

_ESCAPED: Final = ('"', "\\", "\n", "\t", "\r")
METADATA_SIZE: Final = 620  # arbitrary, if enough
MORE_SIZE: Final = 320  # arbitrary, if enough
ATTRIBUTE_SIZE: Final = 100  # arbitrary, if enough
"""Bytes of a record's JSON besides what was sent, counted on the safe side: of every record, of one with `More`, and of
each attribute."""


@define(eq=False)
class More:
    """What most messages of a standard queue do not have."""

    name: str | None = None  # its id, if it came from another queue
    group: str | None = None
    deduplication_id: str | None = None
    sequence: int = 0
    trace_header: str | None = None
    dead_letter_source: Arn | None = None
    received_elsewhere: int = 0  # of the receive count
    old_receipts: list[int] | None = None  # FIFO: of earlier receives, whose visibility is over

    def length(self) -> int:
        """Of the texts that a sender gave."""
        return sum(len(text) for text in (self.group, self.deduplication_id, self.trace_header) if text is not None)


@define(eq=False)
class Message:
    number: int
    body: str
    sent_at: float
    cause: Cause | None = None
    attributes: Attributes = NO_ATTRIBUTES
    more: More | None = None
    state: int = VISIBLE
    place: int = 0  # arbitrary until it is in the line
    hidden_until: float = 0.0  # arbitrary until it is hidden
    received_at: float = 0.0  # arbitrary until it is received; last
    first_received_at: float = 0.0  # arbitrary until it is received
    receive_count: int = 0
    receipt: int = 0  # of the last receive
    md5: str | None = field(default=None, init=False)  # once somebody has read it
    text: str | None = field(default=None, init=False)  # its id, likewise

    def name(self, ids: Ids) -> str:
        if self.text is None:
            more = self.more
            self.text = more.name if more is not None and more.name is not None else ids.text(self.number)
        return self.text

    def about(self) -> int | str:
        """Its id for the trace: text only where the number is another queue's."""
        more = self.more
        return more.name if more is not None and more.name is not None else self.number

    def received_here(self) -> int:
        """Redrive counts the receives of its own queue."""
        return self.receive_count if self.more is None else self.receive_count - self.more.received_elsewhere

    def digest(self) -> str:
        if self.md5 is None:
            self.md5 = md5(self.body.encode(), usedforsecurity=False).hexdigest()
        return self.md5


def ids_of(messages: Iterable[Message]) -> list[int | str]:
    """For the trace."""
    return [message.number if message.more is None else message.about() for message in messages]


@define(eq=False)
class Received:
    """A record as mappings get it: a later receive changes nothing here."""

    message: Message
    receipt: int
    receive_count: int
    ids: Ids

    @property
    def identifier(self) -> str:
        return self.message.name(self.ids)

    @property
    def size(self) -> int:
        body = self.message.body
        length = len(body) if body.isascii() else len(body.encode())
        escaped = sum(body.count(each) for each in _ESCAPED if each in body)  # looking is far cheaper than counting
        size = METADATA_SIZE + length + escaped
        if self.message.attributes:
            attributes = self.message.attributes
            size += ATTRIBUTE_SIZE * (1 + len(attributes)) + 2 * message_attributes.size(attributes)
        if self.message.more is not None:
            size += MORE_SIZE + 2 * self.message.more.length()
        return size

    @property
    def group(self) -> str | None:
        more = self.message.more
        return None if more is None else more.group

    @property
    def cause(self) -> Cause | None:
        return self.message.cause

    def view(self) -> Mapping[str, Any]:
        return {"body": self.message.body}

    @property
    def handle(self) -> str:
        return handle_of(self.ids, self.receipt)


@define(eq=False)
class Moved:
    """What redrive hands to another queue besides body and attributes. A dead letter keeps its id and its counters; one
    that is moved back by a task is a new message."""

    sent_at: float
    group: str | None
    deduplication_id: str | None
    trace_header: str | None
    name: str | None = None
    receive_count: int = 0
    first_received_at: float = 0.0  # arbitrary until it is received
    source: Arn | None = None


HANDLE_PREFIX: Final = "AQEB"


def handle_of(ids: Ids, receipt: int) -> str:
    return HANDLE_PREFIX + ids.text(receipt)


def receipt_of(ids: Ids, handle: Any) -> int | None:
    """The number in a handle of this queue; None for anything else."""
    if not isinstance(handle, str):
        return None
    try:
        number = int(handle[-12:], 16)
    except ValueError:
        return None
    return number if handle == handle_of(ids, number) else None
