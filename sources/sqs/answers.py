"""What calls on a queue answer, with botocore's members; ids and digests are worked out when somebody reads them."""

from collections.abc import Collection, Iterable
from typing import Any, Generic, TypeVar

from attrs import define, field

from eventbus.core.effects import Attributes
from eventbus.names import Ids

from . import attributes as message_attributes
from .events import system_attributes
from .machine import QueueMachine
from .message import Message, Received, handle_of

T = TypeVar("T")


@define(eq=False)
class SendMessageResult:
    _message: Message
    _ids: Ids

    @property
    def message_id(self) -> str:
        return self._message.name(self._ids)

    @property
    def md5_of_message_body(self) -> str:
        return self._message.digest()

    @property
    def md5_of_message_attributes(self) -> str | None:
        return message_attributes.digest(self._message.attributes)

    @property
    def sequence_number(self) -> str | None:
        """FIFO queues only."""
        more = self._message.more
        return str(more.sequence) if more is not None and more.sequence else None

    def __repr__(self) -> str:
        return f"SendMessageResult(message_id={self.message_id!r})"


@define(eq=False)
class SendMessageBatchResultEntry:
    id: str
    _sent: SendMessageResult

    @property
    def message_id(self) -> str:
        return self._sent.message_id

    @property
    def md5_of_message_body(self) -> str:
        return self._sent.md5_of_message_body

    @property
    def md5_of_message_attributes(self) -> str | None:
        return self._sent.md5_of_message_attributes

    @property
    def sequence_number(self) -> str | None:
        return self._sent.sequence_number


@define(eq=False)
class DeleteBatchResultEntry:
    id: str


@define(eq=False)
class BatchResultErrorEntry:
    id: str
    code: str
    message: str
    sender_fault: bool = True


@define(eq=False)
class BatchResult(Generic[T]):
    successful: list[T] = field(factory=list)
    failed: list[BatchResultErrorEntry] = field(factory=list)


@define(eq=False, repr=False)
class QueueMessage:
    """A message as a receive shows it. `attributes` are texts under AWS's names, `message_attributes` in snake case;
    `receipt_handle` is None for a message that was never received."""

    message_id: str
    receipt_handle: str | None
    body: str
    attributes: dict[str, str]
    message_attributes: dict[str, dict[str, Any]]
    _message: Message
    _shown: Attributes

    @property
    def md5_of_body(self) -> str:
        return self._message.digest()

    @property
    def md5_of_message_attributes(self) -> str | None:
        """Of those that are shown."""
        return message_attributes.digest(self._shown)

    def __repr__(self) -> str:
        body = self.body if len(self.body) <= 80 else self.body[:77] + "..."
        return f"QueueMessage(message_id={self.message_id!r}, body={body!r}, attributes={self.attributes!r})"


def wanted(names: Iterable[str]) -> Collection[str] | None:
    """None for all (bc:sqs MessageAttributeNames)."""
    chosen = list(names)
    return None if "All" in chosen or ".*" in chosen else chosen


def received(
    machine: QueueMachine, record: Received, attributes: Collection[str] | None, system: Collection[str] | None
) -> QueueMessage:
    return _shown(machine, record.message, record.receipt, record.receive_count, attributes, system)


def peeked(machine: QueueMachine, message: Message) -> QueueMessage:
    return _shown(machine, message, message.receipt, message.receive_count, None, None)


def _shown(
    machine: QueueMachine,
    message: Message,
    receipt: int,
    count: int,
    attributes: Collection[str] | None,
    system: Collection[str] | None,
) -> QueueMessage:
    ids = machine.birth.ids
    theirs = message.attributes
    if attributes is not None:
        theirs = {name: value for name, value in theirs.items() if _chosen(name, attributes)}
    ours: dict[str, Any] = {}
    if system is None or system:
        ours = dict(system_attributes(machine.birth.epoch, message, count))
    if not count:
        ours.pop("ApproximateFirstReceiveTimestamp", None)
    return QueueMessage(
        message.name(ids),
        handle_of(ids, receipt) if receipt else None,
        message.body,
        ours if system is None else {name: value for name, value in ours.items() if name in system},
        message_attributes.shown(theirs),
        message,
        theirs,
    )


def _chosen(name: str, patterns: Collection[str]) -> bool:
    """A name, or a prefix written `foo.*`."""
    return any(name == pattern or (pattern.endswith(".*") and name.startswith(pattern[:-1])) for pattern in patterns)
