"""Deliveries of one producer: each is tried until it is taken, refused for good, or tried too often or too long.

Laws: what was refused for good is not tried again. The age test is predictive, as for asynchronous invocations: a
delivery whose next try would be too old ends at once. Tries used up win over age.
"""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from math import inf
from typing import Any, Final

from attrs import define, evolve, field, frozen

from eventbus.names import Arn

from .effects import Deliver

PERMANENT: Final = frozenset(
    {
        "AccessDeniedException",
        "InvalidParameterValue",
        "RequestTooLargeException",
        "ResourceNotFoundException",
        "ValidationException",
    }
)
"""Codes of refusals that another try would meet again: no permission, no such target, not to be taken as it is."""

ATTEMPTS_USED_UP: Final = "MaximumRetryAttempts"
TOO_OLD: Final = "MaximumEventAgeInSeconds"


def not_taken(target: Arn, error: str) -> str:
    """How the note `not_taken` of a trace says who refused a delivery, and why."""
    return f"{error} by {target}"


@frozen
class Retries:
    """How often and how long, in seconds, with the pause before the n-th retry, counted from 1."""

    maximum_retry_attempts: int
    maximum_event_age_in_seconds: float
    pause: Callable[[int], float]


@define(eq=False)
class Delivery:
    """`effect` is what is tried; `sender` is whatever the producer wants to know when it has ended."""

    effect: Deliver
    retries: Retries
    since: float  # its age counts from here
    sender: Any = None
    failures: int = 0
    error: str = ""  # of its last failure
    due_at: float = 0.0  # when it is tried again; arbitrary until it has failed


@define(eq=False)
class GivenUp:
    """It ended without success. `condition` is the bound that it met; None: it was refused for good."""

    delivery: Delivery
    error: str  # code of the last refusal, with the reason behind it
    condition: str | None


@define(eq=False)
class Redelivery:
    """What is on its way. Its owner emits the effect of each delivery that it adds, and of each that is due again."""

    _out: dict[int, Delivery] = field(factory=dict, init=False)
    _waiting: list[tuple[float, int, Delivery]] = field(factory=list, init=False)

    def add(self, delivery: Delivery) -> None:
        self._out[delivery.effect.token] = delivery

    def under_way(self, token: int) -> Delivery | None:
        """The delivery whose answer will come with this token."""
        return self._out.get(token)

    def delivered(self, now: float, token: int, error: str | None) -> Delivery | GivenUp | None:
        """The delivery if it was taken, what was given up, or None: it goes on, or is not known here (any more)."""
        delivery = self._out.pop(token, None)
        if delivery is None or error is None:
            return delivery
        delivery.failures += 1
        if error.partition(":")[0] in PERMANENT:
            return GivenUp(delivery, error, None)
        retries = delivery.retries
        if delivery.failures > retries.maximum_retry_attempts:
            return GivenUp(delivery, error, ATTEMPTS_USED_UP)
        due = now + retries.pause(delivery.failures)
        if due >= delivery.since + retries.maximum_event_age_in_seconds:
            return GivenUp(delivery, error, TOO_OLD)
        delivery.due_at, delivery.error = due, error
        heappush(self._waiting, (due, token, delivery))
        return None

    def due(self, now: float, next_token: Callable[[], int]) -> Iterator[Delivery]:
        """Each that is to be tried again, on its way under a new token."""
        while self._waiting and self._waiting[0][0] <= now:
            delivery = heappop(self._waiting)[2]
            delivery.effect = evolve(delivery.effect, token=next_token())
            self.add(delivery)
            yield delivery

    def next_deadline(self) -> float:
        return self._waiting[0][0] if self._waiting else inf

    def outstanding(self) -> int:
        return len(self._out) + len(self._waiting)

    def busiest(self) -> str:
        """For people: the delivery that failed most often, and why it is tried again; empty without one."""
        worst = max((entry[2] for entry in self._waiting), key=lambda each: each.failures, default=None)
        if worst is None:
            return ""
        return f"a delivery to {worst.effect.target.name} failed {worst.failures:,} times, last with {worst.error}"
