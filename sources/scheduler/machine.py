"""One group of schedules: what is due next, and what is on its way to its targets.

Laws: each occurrence is sent once, in order, however late the machine is woken. The next occurrence is looked for when
one is sent, so a schedule waits in one place only. What is on its way goes on when its schedule is changed or deleted.
"""

from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush
from math import inf
from typing import Final

from attrs import define, field

from eventbus.core.effects import Deliver, Effect, Note
from eventbus.core.redelivery import Delivery, GivenUp, Redelivery, Retries, not_taken
from eventbus.names import Arn
from eventbus.ports import Birth
from sources import _target_retries

from . import input
from .errors import ConflictException, ResourceNotFoundException
from .settings import Settings, schedule_arn

MINUTE: Final = 60
STALE_ALLOWED: Final = 64
"""Entries of changed and deleted schedules that may lie among the due ones, and one more for each schedule."""
AN_INSTANT: Final = timedelta(microseconds=1)


@define(eq=False)
class Planned:
    """A schedule as it was made or changed last."""

    arn: Arn
    settings: Settings
    created_at: datetime
    modified_at: datetime
    retries: Retries
    occurrence: datetime | None = None  # the next one
    gone: bool = False


@define(eq=False)
class Firing:
    """One occurrence on its way."""

    planned: Planned
    scheduled: datetime
    number: int


@define(eq=False)
class GroupMachine:
    arn: Arn
    name: str
    birth: Birth
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    _began: datetime = field(init=False)
    _planned: dict[str, Planned] = field(factory=dict, init=False)
    _due: list[tuple[float, int, Planned]] = field(factory=list, init=False)
    _stale: int = field(default=0, init=False)  # entries above whose schedule is gone
    _order: int = field(default=0, init=False)  # tie-break of equal deadlines
    _redelivery: Redelivery = field(factory=Redelivery, init=False)
    _letters: dict[int, tuple[Firing, Arn]] = field(factory=dict, init=False)  # token -> whose dead letter goes where

    def __attrs_post_init__(self) -> None:
        self._began = datetime.fromtimestamp(self.birth.epoch, UTC)

    def create(self, now: float, settings: Settings) -> Planned:
        """It is due from now on. Raises `ConflictException`."""
        if settings.name in self._planned:
            raise ConflictException(settings.name)
        instant = self._instant(now)
        return self._add(settings, instant, instant)

    def update(self, now: float, settings: Settings) -> Planned:
        """As if it were made now, but for its creation date. Raises `ResourceNotFoundException`."""
        old = self.get(now, settings.name)
        self._retire(old)
        return self._add(settings, old.created_at, self._instant(now))

    def get(self, now: float, name: str) -> Planned:
        """Raises `ResourceNotFoundException`."""
        planned = self._planned.get(name)
        if planned is None:
            raise ResourceNotFoundException(name)
        return planned

    def delete(self, now: float, name: str) -> None:
        """It is not due any more. Raises `ResourceNotFoundException`."""
        self._retire(self.get(now, name))
        del self._planned[name]

    def listed(self, now: float, prefix: str, state: str | None, after: str, limit: int) -> tuple[list[Planned], bool]:
        """By name, up to `limit`, and whether there are more."""
        names = sorted(name for name in self._planned if name.startswith(prefix) and name > after)
        found = [self._planned[name] for name in names if state in (None, self._planned[name].settings.state)]
        return found[:limit], len(found) > limit

    def delivered(self, now: float, token: int, error: str | None) -> None:
        letter = self._letters.pop(token, None)
        if letter is not None:
            if error is not None:
                firing, queue = letter
                self._note("not_taken", firing, not_taken(queue, error))
                self._note("dropped", firing, f"dead letter refused: {error}")
            return
        delivery = self._redelivery.under_way(token)
        if delivery is None:  # answered twice, or late
            return
        if error is not None:
            self._note("not_taken", delivery.sender, not_taken(delivery.effect.target, error))
        answer = self._redelivery.delivered(now, token, error)
        if answer is None:
            self._note("retry_wait", delivery.sender, delivery.due_at - now)
        elif isinstance(answer, GivenUp):
            self._give_up(delivery.sender, answer)

    def wake(self, now: float) -> None:
        while self._due and self._due[0][0] <= now:
            planned = heappop(self._due)[2]
            if planned.gone:
                self._stale -= 1
            else:
                self._fire(now, planned)
        for delivery in self._redelivery.due(now, self.birth.ids.draw):
            firing: Firing = delivery.sender
            delivery.effect.body = self._body(firing, delivery.failures + 1)
            self._send(firing, delivery.effect)

    def next_deadline(self) -> float:
        return min(self._due[0][0] if self._due else inf, self._redelivery.next_deadline())

    def busiest(self) -> str:
        return self._redelivery.busiest()

    def outstanding(self) -> int:
        """What is on its way or waits for another try: not what is yet to be due."""
        return self._redelivery.outstanding() + len(self._letters)

    def _add(self, settings: Settings, created_at: datetime, modified_at: datetime) -> Planned:
        arn, birth = schedule_arn(self.name, settings.name), self.birth
        retries = _target_retries.retries(
            settings.maximum_retry_attempts, settings.maximum_event_age_in_seconds, birth.profile, birth.ids
        )
        planned = Planned(arn, settings, created_at, modified_at, retries)
        self._planned[settings.name] = planned
        if settings.state == "ENABLED":
            self._plan(planned, modified_at - AN_INSTANT)
        return planned

    def _plan(self, planned: Planned, since: datetime) -> None:
        """The first occurrence later than that comes next."""
        found = planned.occurrence = planned.settings.next_after(since, planned.modified_at)
        if found is not None:
            self._order += 1
            due = (found - self._began).total_seconds() + self._chance(planned.settings, found)
            heappush(self._due, (due, self._order, planned))

    def _chance(self, settings: Settings, occurrence: datetime) -> int:
        """Seconds after the occurrence: within its window, or within the rest of its minute where chance is wanted."""
        if settings.maximum_window_in_minutes is not None:
            return self.birth.ids.random.randrange(settings.maximum_window_in_minutes * MINUTE)
        if self.birth.profile.jitter:
            return self.birth.ids.random.randrange(MINUTE - occurrence.second)
        return 0

    def _retire(self, planned: Planned) -> None:
        planned.gone = True
        if planned.occurrence is None:
            return
        self._stale += 1
        if self._stale > len(self._planned) + STALE_ALLOWED:
            self._due = [entry for entry in self._due if not entry[2].gone]
            heapify(self._due)
            self._stale = 0

    def _fire(self, now: float, planned: Planned) -> None:
        scheduled, settings = planned.occurrence, planned.settings
        assert scheduled is not None, "a schedule is due without an occurrence"
        draw = self.birth.ids.draw
        firing = Firing(planned, scheduled, draw())
        effect = Deliver(settings.target, self.arn, draw(), self._body(firing, 1), group=settings.message_group_id)
        self._redelivery.add(Delivery(effect, planned.retries, now, firing))
        self._send(firing, effect)
        self._plan(planned, scheduled)
        if planned.occurrence is None and settings.action_after_completion == "DELETE":
            self.delete(now, settings.name)

    def _send(self, firing: Firing, effect: Deliver) -> None:
        self._note("notified", firing, effect.target)
        self.effects.append(effect)

    def _give_up(self, firing: Firing, given_up: GivenUp) -> None:
        queue = firing.planned.settings.dead_letter_queue
        if queue is None:
            why = "" if given_up.condition is None else f" ({given_up.condition})"
            self._note("dropped", firing, f"not delivered: {given_up.error}{why}")
            return
        sender = {
            "SCHEDULE_ARN": firing.planned.arn,
            "SCHEDULED_TIME": input.time_of(firing.scheduled),
            "EXECUTION_ID": self._execution_id(firing),
            "IS_PAYLOAD_TRUNCATED": "false",
        }
        attributes = _target_retries.dead_letter_attributes(given_up, sender)
        token = self.birth.ids.draw()
        self._letters[token] = firing, queue
        self._note("handed_over", firing, f"dead letter {queue}")
        self.effects.append(Deliver(queue, self.arn, token, given_up.delivery.effect.body, attributes))

    def _body(self, firing: Firing, attempt: int) -> str:
        settings, arn, scheduled = firing.planned.settings, firing.planned.arn, firing.scheduled
        if settings.input is None:
            text = input.default_event(self._id(firing), arn, scheduled)
        else:
            text = input.filled(settings.input, arn, scheduled, self._execution_id(firing), attempt)
        if settings.event_source is None or settings.detail_type is None:
            return text
        return input.entry(settings.event_source, settings.detail_type, text, scheduled)

    def _note(self, what: str, firing: Firing, detail: object) -> None:
        self.notes.append((what, firing.planned.arn, self._id(firing), detail, None))

    def _id(self, firing: Firing) -> str:
        return self.birth.ids.text(firing.number)

    def _execution_id(self, firing: Firing) -> str:
        return self._id(firing).replace("-", "")[-16:]

    def _instant(self, now: float) -> datetime:
        return self._began + timedelta(seconds=now)
