"""How a source hands what it has to functions, queues, topics, buckets: asynchronously, and what becomes of a refusal.

Laws: the source is finished once it was taken; what a function does then is its own queue's affair. A hand-over that is
refused for a while (a throttle, an error of the service) is tried again for 24 hours, after the pauses of event buses;
one that is refused for good (no permission, no such target, too large) is dropped at once, and the trace says why. So
CloudWatch Logs is documented [cwl:Subscriptions '23]; where no text says otherwise, other sources do the same.
"""

from math import inf
from typing import Any, Final

from attrs import define, field

from eventbus.core.effects import Attributes, Cause, Deliver, Effect, Note
from eventbus.core.redelivery import Delivery, GivenUp, Redelivery, Retries, not_taken
from eventbus.names import Arn
from eventbus.ports import Birth
from sources._target_retries import retries

HAND_OVER_AGE: Final = 86_400.0
"""Seconds."""
TRIES: Final = 1_000_000
"""No number of tries ends a hand-over, its age does."""

About = tuple[str, ...]
"""Ids that the trace knows what is handed over by."""


@define(eq=False)
class HandingMachine:
    """`sender` of a delivery is `(about, held)`: its ids, and whatever its source wants to know when it has ended."""

    arn: Arn
    birth: Birth
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    _deliveries: Redelivery | None = field(default=None, init=False)

    # ------------------------------------------------------------ what a source may say
    def taken(self, now: float, held: Any) -> None:
        """The target has it."""

    def dropped(self, now: float, held: Any, error: str) -> None:
        """It never will; the trace knows."""

    def hand_over_retries(self) -> Retries:
        """Asked for each hand-over."""
        return retries(TRIES, HAND_OVER_AGE, self.birth.profile, self.birth.ids)

    # ------------------------------------------------------------ inputs
    def delivered(self, now: float, token: int, error: str | None) -> None:
        tried = None if self._deliveries is None else self._deliveries.under_way(token)
        if self._deliveries is None or tried is None:  # answered twice, or late
            return
        if error is not None:
            self._tell_of("not_taken", tried, not_taken(tried.effect.target, error))
        match self._deliveries.delivered(now, token, error):
            case GivenUp() as ended:
                why = f"{ended.condition}: " if ended.condition else ""
                self._tell_of("dropped", tried, f"hand-over to {tried.effect.target.name} refused: {why}{ended.error}")
                self.dropped(now, tried.sender[1], ended.error)
            case None:
                self._tell_of("retry_wait", tried, tried.due_at - now)
            case _:
                self.taken(now, tried.sender[1])

    def wake(self, now: float) -> None:
        if self._deliveries is not None:
            for delivery in self._deliveries.due(now, self.birth.ids.draw):
                self._try(delivery)

    def next_deadline(self) -> float:
        return inf if self._deliveries is None else self._deliveries.next_deadline()

    def outstanding(self) -> int:
        """Hand-overs under way, or waiting for their next try."""
        return 0 if self._deliveries is None else self._deliveries.outstanding()

    def busiest(self) -> str:
        return "" if self._deliveries is None else self._deliveries.busiest()

    # ------------------------------------------------------------ for what inherits
    def hand_over(
        self,
        now: float,
        target: Arn,
        body: str,
        about: About,
        cause: Cause | None = None,
        *,
        attributes: Attributes | None = None,
        held: Any = None,
    ) -> None:
        """`body` is on its way to `target`; `taken` or `dropped` will be told `held`."""
        if self._deliveries is None:
            self._deliveries = Redelivery()
        effect = Deliver(target, self.arn, self.birth.ids.draw(), body, attributes or {}, cause)
        delivery = Delivery(effect, self.hand_over_retries(), now, sender=(about, held))
        self._deliveries.add(delivery)
        self._try(delivery)

    def new_id(self) -> str:
        return self.birth.ids.text(self.birth.ids.draw())

    def _try(self, delivery: Delivery) -> None:
        self._tell_of("notified", delivery, delivery.effect.target)
        self.effects.append(delivery.effect)

    def _tell_of(self, what: str, delivery: Delivery, detail: object) -> None:
        self.notes.append((what, self.arn, delivery.sender[0], detail, delivery.effect.cause))
