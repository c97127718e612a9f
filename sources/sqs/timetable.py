"""What happens in a queue by itself: delays and visibility timeouts that end."""

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from math import inf

from attrs import define, field

from .message import Message

SLACK = 64  # arbitrary
"""Leases that are over may be as many as messages in flight, and so many more."""


@define(eq=False)
class Timetable:
    """A lease is one entry for all that one receive gave out: their receipts are numbers in a row. It holds for those
    messages that are still hidden until then."""

    _delays: list[tuple[float, int, Message]] = field(factory=list, init=False)
    _leases: list[tuple[float, int, int]] = field(factory=list, init=False)  # until, first receipt, one past the last

    def delay(self, until: float, message: Message) -> None:
        heappush(self._delays, (until, message.number, message))

    def lease(self, until: float, first: int, past: int) -> None:
        heappush(self._leases, (until, first, past))

    def tidy(self, in_flight: int, receipts: Mapping[int, Message]) -> None:
        """Forget leases that are over, once they outnumber the messages in flight."""
        if len(self._leases) > 2 * in_flight + SLACK:
            self._leases = [lease for lease in self._leases if _held(receipts, lease)]
            heapify(self._leases)

    def next_at(self) -> float:
        return min(self._delays[0][0] if self._delays else inf, self._leases[0][0] if self._leases else inf)

    def due(self, now: float, receipts: Mapping[int, Message]) -> list[tuple[float, int, Message]]:
        """Messages whose delay or visibility timeout has ended, as (when, number, message), in that order."""
        ended: list[tuple[float, int, Message]] = []
        while self._delays and self._delays[0][0] <= now:
            ended.append(heappop(self._delays))
        while self._leases and self._leases[0][0] <= now:
            lease = heappop(self._leases)
            ended += [(lease[0], message.number, message) for message in _held(receipts, lease)]
        ended.sort()
        return ended


def _held(receipts: Mapping[int, Message], lease: tuple[float, int, int]) -> list[Message]:
    until, first, past = lease
    messages = [receipts.get(receipt) for receipt in range(first, past)]
    return [message for message in messages if message is not None and message.hidden_until == until]
