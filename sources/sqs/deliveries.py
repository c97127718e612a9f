"""What other machines hand to a queue: dead letters of queues, records of functions, notifications; and back again."""

from typing import Final

from eventbus.core.effects import Deliver
from eventbus.names import Arn
from eventbus.ports import Birth

from . import attributes as message_attributes
from .deduplication import sequence_of
from .message import Message, More, Moved
from .settings import Settings

REFUSED: Final = "InvalidParameterValue"
FUNCTION_QUEUE: Final = ":async"
"""The ending of the address of a function's asynchronous queue."""
FIFO_QUEUE: Final = ".fifo"
"""The ending of the name of every FIFO queue, and of no other (bc:sqs CreateQueue)."""


def refusal(settings: Settings, effect: Deliver) -> str | None:
    """The code with which the queue refuses it: too long, without what a FIFO queue needs, with a deduplication id for
    a standard one, or from a queue of the other type."""
    if effect.moved is not None:
        if effect.asker.endswith(FIFO_QUEUE) != settings.fifo:
            return REFUSED
    elif settings.fifo:
        if effect.group is None or (effect.deduplication_id is None and not settings.content_based_deduplication):
            return REFUSED
    elif effect.deduplication_id is not None:
        return REFUSED
    if message_attributes.length(effect.body, effect.attributes) > settings.maximum_message_size:
        return REFUSED
    return None


def message_of(now: float, fifo: bool, birth: Birth, effect: Deliver) -> Message:
    number = birth.ids.draw()
    message = Message(number, effect.body, now, effect.cause, effect.attributes or message_attributes.NO_ATTRIBUTES)
    moved: Moved | None = effect.moved
    if moved is not None:
        _take_over(message, fifo, moved)
    elif effect.asker.endswith(FUNCTION_QUEUE) and not effect.attributes:
        message.more = More(trace_header=_trace_header(birth, now, number))
    return message


def dead_letter(source: Arn, message: Message, birth: Birth) -> Moved:
    """Id, age and counters stay."""
    more = message.more or More()
    return Moved(
        name=message.name(birth.ids),
        sent_at=message.sent_at,
        receive_count=message.receive_count,
        first_received_at=message.first_received_at,
        source=source,
        group=more.group,
        deduplication_id=None,
        trace_header=more.trace_header,
    )


def redriven(now: float, message: Message) -> Moved:
    """A new message: new id and age, nothing received (sqs:sqs-configure-dead-letter-queue-redrive)."""
    more = message.more or More()
    return Moved(
        sent_at=now,
        group=more.group,
        deduplication_id=more.deduplication_id,
        trace_header=more.trace_header,
    )


def _take_over(message: Message, fifo: bool, moved: Moved) -> None:
    """On a FIFO queue a dead letter's age starts again, and its deduplication id is its id (sqs:sqs-dead-letter-queues
    '23)."""
    message.more = More(
        name=moved.name,
        group=moved.group,
        deduplication_id=(moved.deduplication_id or moved.name) if fifo else None,
        sequence=sequence_of(message.number) if fifo else 0,
        trace_header=moved.trace_header,
        dead_letter_source=moved.source,
        received_elsewhere=moved.receive_count,
    )
    message.receive_count = moved.receive_count
    message.first_received_at = moved.first_received_at
    if not fifo:
        message.sent_at = moved.sent_at


def _trace_header(birth: Birth, now: float, number: int) -> str:
    """What a function sends carries its trace (recorded 2025-11)."""
    digits = birth.ids.text(number).replace("-", "")
    return f"Root=1-{int(birth.epoch + now):08x}-{digits[-24:]};Parent={digits[-16:]};Sampled=0"
