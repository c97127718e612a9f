"""What tests say about a bus, with failures that name what is wrong. Each takes a `Bus` or a `SyncBus`."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, Final, overload
from urllib.parse import unquote_plus

from attrs import frozen

from eventbus.declaration import Function
from eventbus.ports import Resource
from eventbus.runtime.attempts import Attempt
from eventbus.runtime.bus import Bus
from eventbus.runtime.sync import SyncBus

SHOWN: Final = 10
"""Ids that a failure names."""
BODY_SHOWN: Final = 80
"""Characters of a body in a repr."""


# ---------------------------------------------------------------- settled
def assert_settled(bus: Bus | SyncBus) -> None:
    """Nothing runs, nothing is due and nothing is on its way to a consumer: `settle()` would return at once.

    Raises `AssertionError` naming what is outstanding, `BusBroken` if the bus broke."""
    __tracebackhide__ = True
    found = bus.run(_on_loop(bus._bus)) if isinstance(bus, SyncBus) else _after_what_is_due(bus)
    if found:
        raise AssertionError(f"{found}; bus.settle() waits for that")


async def _on_loop(bus: Bus) -> str:
    return _after_what_is_due(bus)


def _after_what_is_due(bus: Bus) -> str:
    """As `settle` looks: the mappings of a fresh bus have polled."""
    bus._engine.feed.check_caller()
    bus._engine.driver.wake_due()
    return outstanding(bus)


def outstanding(bus: Bus) -> str:
    """What `settle` would wait for; empty: nothing. Raises `BusBroken` if the bus broke."""
    engine = bus._engine
    if engine.driver.broken is not None:
        raise engine.driver.broken
    return "" if engine.quiet.holds() else str(engine.quiet.not_settled("0 s"))


# ---------------------------------------------------------------- delivered once
def assert_delivered_once(
    bus: Bus | SyncBus, function: Function[Any, Any], what: str | Iterable[str] | Callable[[Any], bool]
) -> None:
    """`function` was handed each of these in exactly one attempt that ended, however it ended.

    `what`: an id or ids (of messages or requests, keys of objects), or a predicate that must hold for exactly one
    record of one attempt; of an event without records it is asked about the event. Raises `AssertionError`.
    """
    __tracebackhide__ = True
    attempts = bus.invocations(function)
    if callable(what):
        found = [attempt for attempt in attempts for record in records_of(attempt.event) if what(record)]
        wrong = {_name(what): found} if len(found) != 1 else {}
    else:
        deliveries = _deliveries(attempts)
        wanted = dict.fromkeys([what] if isinstance(what, str) else what)
        wrong = {id: deliveries.get(id, []) for id in wanted if len(deliveries.get(id, ())) != 1}
    if wrong:
        raise AssertionError("\n".join(_told(function.name, wrong)))


def records_of(event: Any) -> list[Any]:
    """The records of a batch; of any other event the event."""
    records = event.get("Records") if isinstance(event, dict) else None
    return records if isinstance(records, list) else [event]


def ids_of(record: Any) -> list[str]:
    """The ids of one record: of its message, its object."""
    if not isinstance(record, dict):
        return []
    s3 = record.get("s3")
    key = s3.get("object", {}).get("key") if isinstance(s3, dict) else None
    ids = [record.get("messageId"), unquote_plus(key) if isinstance(key, str) else None]
    return [id for id in ids if isinstance(id, str)]


def _deliveries(attempts: list[Attempt]) -> dict[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        ids = [id for record in records_of(attempt.event) for id in ids_of(record)]
        for id in [attempt.request_id, *ids]:
            found.setdefault(id, []).append(attempt)
    return found


def _told(function: str, wrong: dict[str, list[Attempt]]) -> Iterator[str]:
    yield f"not delivered to {function} exactly once: {len(wrong):,}"
    for id, attempts in list(wrong.items())[:SHOWN]:
        yield f"  {id}: {f'delivered {len(attempts)} times' if attempts else 'never delivered'}"
        yield from (f"    {_shown(attempt)}" for attempt in attempts[:SHOWN])
    if len(wrong) > SHOWN:
        yield f"  ... and {len(wrong) - SHOWN:,} more"


def _shown(attempt: Attempt) -> str:
    how = f"{attempt.outcome}: {attempt.exception!r}" if attempt.exception is not None else attempt.outcome
    return f"{attempt.start.isoformat()} request {attempt.request_id} {how}"


def _name(predicate: Callable[..., Any]) -> str:
    return getattr(predicate, "__qualname__", repr(predicate))


# ---------------------------------------------------------------- dead letters
@frozen(eq=False, repr=False)
class DeadLetter:
    """A message of a dead-letter queue; its members are those of `peek`."""

    message_id: str
    body: str
    attributes: dict[str, str]
    message_attributes: dict[str, dict[str, Any]]

    @property
    def receive_count(self) -> int:
        return int(self.attributes.get("ApproximateReceiveCount", 0))

    @property
    def source(self) -> str | None:
        """The queue from which it was moved."""
        arn = self.attributes.get("DeadLetterQueueSourceArn")
        return None if arn is None else arn.rpartition(":")[2]

    @property
    def error(self) -> str | None:
        """Lambda's words on an event that it gave up: `200 bad order`."""
        words = [self.message_attributes.get(name, {}).get("string_value") for name in ("ErrorCode", "ErrorMessage")]
        return " ".join(word for word in words if word) or None

    def __repr__(self) -> str:
        body = self.body if len(self.body) <= BODY_SHOWN else f"{self.body[:BODY_SHOWN]}..."
        more = f", received {self.receive_count} times from {self.source}" if self.source else ""
        more += f", error {self.error}" if self.error else ""
        return f"<{body!r}{more}, message {self.message_id}>"


@overload
def dead_letters(bus: Bus, queue: Resource[Any]) -> Awaitable[list[DeadLetter]]: ...
@overload
def dead_letters(bus: SyncBus, queue: Resource[Any]) -> list[DeadLetter]: ...
def dead_letters(bus: Bus | SyncBus, queue: Resource[Any]) -> Awaitable[list[DeadLetter]] | list[DeadLetter]:
    """All messages of `queue`, oldest first; nothing changes. To be awaited, but for a `SyncBus`."""
    return bus.run(_letters(bus._bus, queue)) if isinstance(bus, SyncBus) else _letters(bus, queue)


async def _letters(bus: Bus, queue: Resource[Any]) -> list[DeadLetter]:
    return [
        DeadLetter(message.message_id, message.body, message.attributes, message.message_attributes)
        for message in await bus[queue].peek()
    ]
