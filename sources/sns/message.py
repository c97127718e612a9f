"""One published message."""

from collections.abc import Mapping
from typing import Final

from attrs import define, field

from eventbus.core.effects import Attributes, Cause

from . import attributes as message_attributes
from .attributes import NO_ATTRIBUTES
from .events import SnsAttribute

FIRST_SEQUENCE: Final = 10_000_000_000_000_000_000
SEQUENCE_STEP: Final = 1_000
"""Sequence numbers have 20 digits, grow, and are not consecutive."""


@define(eq=False)
class Message:
    """`number` is that of its id, `sequence` is 0 outside FIFO topics. What `bodies` has for a protocol is sent there
    instead of `body`."""

    body: str
    attributes: Attributes = NO_ATTRIBUTES
    subject: str | None = None
    bodies: Mapping[str, str] | None = None
    group: str | None = None
    deduplication_id: str | None = None
    cause: Cause | None = None
    number: int = field(default=0, init=False)
    sequence: int = field(default=0, init=False)
    at: float = field(default=0.0, init=False)  # published, in seconds since the bus started
    _shown: dict[str, SnsAttribute] | None = field(default=None, init=False)

    def body_for(self, protocol: str) -> str:
        return self.body if self.bodies is None else self.bodies.get(protocol, self.body)

    def shown(self) -> dict[str, SnsAttribute]:
        """Its attributes; worked out once."""
        if self._shown is None:
            self._shown = message_attributes.shown(self.attributes)
        return self._shown

    def sequence_number(self) -> str | None:
        return str(FIRST_SEQUENCE + self.sequence * SEQUENCE_STEP) if self.sequence else None
