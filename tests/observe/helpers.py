"""Notes as machines write them."""

from typing import Any

from attrs import define

from eventbus.core.effects import Cause, Note
from eventbus.core.outcomes import HandlerFailed
from eventbus.names import Arn, arn_of, function_arn
from eventbus.observe.trace import Journal

EPOCH = 1_767_225_600.0  # 2026-01-01T00:00:00Z

INGEST = function_arn("ingest")
BILL = function_arn("bill")
MAIL = function_arn("mail")
ORDERS = arn_of("sqs", "orders")
DEAD = arn_of("sqs", "orders-dead")
AUDIT = arn_of("sqs", "audit")
UPLOADS = arn_of("s3", "uploads")
TOPIC = arn_of("sns", "news")
MAPPING = arn_of("lambda", "event-source-mapping:orders:bill")


@define(eq=False)
class Item:
    """A record of a batch."""

    identifier: str
    body: str = ""


def make_journal(*, capacity: int = 100_000, hashed: bool = False) -> Journal:
    journal = Journal(hashed=hashed, capacity=capacity)
    journal.started(7, EPOCH)
    return journal


def note(what: str, where: Arn, about: Any, detail: Any = None, cause: Cause | None = None) -> Note:
    return (what, where, about, detail, cause)


def out_of(function: Arn, request_id: str) -> Cause:
    return Cause(request_id, ((function, 1),))


def bad_order(request_id: str = "r1") -> HandlerFailed:
    return HandlerFailed("ValueError", "bad order", request_id, ())


def write_turns(journal: Journal, *turns: tuple[float, list[Note]]) -> Journal:
    """One turn for each time and its notes."""
    for now, notes in turns:
        journal.noted(now, notes)
    return journal


def tree_of(journal: Journal, id: str) -> list[str]:
    """The lines of the tree, without its first."""
    return str(journal.trace(id)).splitlines()[1:]
