"""One event bus: what it takes in, and what its rules hand over.

Laws: every target of every enabled rule that an event matches gets it at least once, in the order in which rules were
made and then in that of their targets; rules and targets changed later change nothing of what is under way. A target
that refuses is tried again within its policy; what was refused for good, or too often, goes to the dead-letter queue of
the target as the event it was, once, or is dropped. An event goes from one bus to another only once [eb:eb-bus-to-bus];
where a rule would send it on to a third, that is refused for good (code and text reported from AWS, 2023-07).
"""

from collections.abc import Sequence
from typing import ClassVar, Final

from attrs import define, field

from eventbus.core.effects import Cause, Deliver, Delivered, Effect, Note
from eventbus.core.invocation_record import iso_seconds
from eventbus.core.redelivery import Delivery, GivenUp, Redelivery, not_taken
from eventbus.names import Arn
from eventbus.ports import Birth
from sources._target_retries import dead_letter_attributes

from .answers import PutEventsResultEntry
from .archive import Archives
from .arrivals import arrived
from .entries import Entry, Refused, entries_of
from .errors import InvalidParameter
from .events import Event, event_of
from .rules import PlacedRule, PlacedTarget, Rules
from .transformer import MISSING, NotHandedOver, Path, written

HOP: Final = "THIRD_ACCOUNT_HOP_DETECTED"
SCHEDULED_SOURCE: Final = "aws.events"
SCHEDULED: Final = "Scheduled Event"


@define(eq=False)
class Errand:
    """What is under way, for whom."""

    event: Event
    rule: PlacedRule
    target: PlacedTarget


@define(eq=False)
class BusMachine:
    """A delivery to it is an event; `arrivals` says which."""

    delivery_action: ClassVar[str] = "events:PutEvents"

    arn: Arn
    birth: Birth
    rules: Rules
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    archives: Archives = field(factory=Archives, init=False)
    _redelivery: Redelivery = field(factory=Redelivery, init=False)
    _letters: dict[int, tuple[Event, Arn]] = field(factory=dict, init=False)  # token -> event, dead-letter queue
    _second: float = field(default=-1.0, init=False)  # the one that `_stamp` shows
    _stamp: str = field(default="", init=False)

    def put(
        self,
        now: float,
        source: str,
        detail_type: str,
        detail_text: str,
        resources: Sequence[str] = (),
        time: str | None = None,
        cause: Cause | None = None,
    ) -> str:
        """The event is on its way to whatever wants it; the answer is its id. `detail_text` is JSON of an object,
        `time` ISO text, None: now. Raises ValidationException for what PutEvents does not take."""
        given = {"source": source, "detail_type": detail_type, "detail": detail_text, "time": time}
        (entry,) = entries_of([{**given, "resources": resources}], self.arn)
        if isinstance(entry, Refused):
            raise InvalidParameter(entry.message)
        return self._put(now, entry, cause, None)

    def put_entries(
        self, now: float, entries: Sequence[Entry | Refused], cause: Cause | None
    ) -> list[PutEventsResultEntry]:
        """Those that were not refused are on their way, in their order."""
        return [
            PutEventsResultEntry(None, entry.code, entry.message)
            if isinstance(entry, Refused)
            else PutEventsResultEntry(self._put(now, entry, cause, None))
            for entry in entries
        ]

    def deliver(self, now: float, effect: Deliver) -> None:
        """Out of another machine."""
        found = arrived(effect, self.arn, self.birth.epoch + now)
        if isinstance(found, str):
            self.effects.append(Delivered(effect.asker, effect.token, f"InvalidParameterValue: {found}"))
            return
        by = f"by {effect.asker}"
        if isinstance(found, Event):
            self._take(now, found, by)
        else:
            self._put(now, found, effect.cause, by)
        self.effects.append(Delivered(effect.asker, effect.token, None))

    def delivered(self, now: float, token: int, error: str | None) -> None:
        letter = self._letters.pop(token, None)
        if letter is not None:
            if error is not None:
                event, queue = letter
                self._note("not_taken", event, not_taken(queue, error))
                self._note("dropped", event, f"dead letter refused by {queue}: {error}")
            return
        delivery = None if error is None else self._redelivery.under_way(token)
        if delivery is not None and error is not None:
            self._note("not_taken", delivery.sender.event, not_taken(delivery.effect.target, error))
        ended = self._redelivery.delivered(now, token, error)
        if isinstance(ended, GivenUp):
            self._give_up(ended)
        elif ended is None and delivery is not None:
            self._note("retry_wait", delivery.sender.event, delivery.due_at - now)

    def wake(self, now: float) -> None:
        for delivery in self._redelivery.due(now, self.birth.ids.draw):
            self._try(delivery)
        for rule, occurrence in self.rules.due(now):
            self._occur(now, rule, occurrence.timestamp())
        for replay, events in self.archives.due(now):
            for event in events:
                again = event.replayed(self.birth.epoch + now, replay.name)
                self._take(now, again, f"by replay {replay.name}", replay.rules)

    def next_deadline(self) -> float:
        return min(self._redelivery.next_deadline(), self.rules.next_deadline(), self.archives.next_deadline())

    def busiest(self) -> str:
        return self._redelivery.busiest()

    def outstanding(self) -> int:
        """Hand-overs and dead letters that were not answered yet or will be tried again, and replays that run."""
        return self._redelivery.outstanding() + len(self._letters) + self.archives.outstanding()

    def _put(self, now: float, entry: Entry, cause: Cause | None, by: str | None) -> str:
        at = self.birth.epoch + now
        event = event_of(
            self._id(),
            entry.source,
            entry.detail_type,
            entry.detail,
            entry.detail_text,
            entry.resources,
            entry.time or self._now(at),
            at,
            cause,
        )
        self._take(now, event, by)
        return event.id

    def _take(self, now: float, event: Event, by: str | None, only: frozenset[str] | None = None) -> None:
        """`only`: the rules that may have it."""
        self.notes.append(("published", self.arn, event.id, by, event.cause))
        self.archives.keep(now, event)
        matching = [rule for rule in self.rules.matching(event.value) if only is None or rule.name in only]
        for rule in matching:
            self._hand_over(now, rule, event)
        if not matching:
            self.notes.append(("unheard", self.arn, event.id, None, event.cause))

    def _occur(self, now: float, rule: PlacedRule, at: float) -> None:
        """A schedule was due, in seconds since 1970: an event for the targets of its rule alone."""
        time = iso_seconds(at)
        event = event_of(self._id(), SCHEDULED_SOURCE, SCHEDULED, {}, "{}", [rule.arn], time, at, None)
        self.notes.append(("published", self.arn, event.id, f"by {rule.arn}", None))
        self._hand_over(now, rule, event)

    def _hand_over(self, now: float, rule: PlacedRule, event: Event) -> None:
        draw, arn, cause = self.birth.ids.draw, self.arn, event.cause
        for placed in rule.targets.values():
            errand, refusal, body, group = Errand(event, rule, placed), None, "", placed.group
            try:
                body = event.text if placed.as_it_is and not event.forwarded else _body(errand)
                if placed.key_path is not None:
                    group = _partition_key(placed.key_path, event)
            except NotHandedOver as reason:
                refusal = str(reason)
            effect = Deliver(placed.arn, arn, draw(), body, cause=cause, group=group)
            delivery = Delivery(effect, placed.retries, now, errand)
            if refusal is None:
                self._redelivery.add(delivery)
                self._try(delivery)
            else:
                self._give_up(GivenUp(delivery, refusal, None))

    def _try(self, delivery: Delivery) -> None:
        self._note("notified", delivery.sender.event, delivery.effect.target)
        self.effects.append(delivery.effect)

    def _give_up(self, given_up: GivenUp) -> None:
        errand: Errand = given_up.delivery.sender
        event, queue = errand.event, errand.target.dead_letter
        if queue is None:
            why = given_up.error if given_up.condition is None else f"{given_up.condition}: {given_up.error}"
            self._note("dropped", event, f"not taken by {errand.target.arn}: {why}")
            return
        attributes = dead_letter_attributes(given_up, {"RULE_ARN": errand.rule.arn})
        token = self.birth.ids.draw()
        self._letters[token] = event, queue
        self._note("handed_over", event, f"dead letter {queue}")
        self.effects.append(Deliver(queue, self.arn, token, event.text, attributes, event.cause))

    def _note(self, what: str, event: Event, detail: object) -> None:
        self.notes.append((what, self.arn, event.id, detail, event.cause))

    def _id(self) -> str:
        return self.birth.ids.text(self.birth.ids.draw())

    def _now(self, at: float) -> str:
        if at // 1 != self._second:
            self._second, self._stamp = at // 1, iso_seconds(at)
        return self._stamp


def _partition_key(path: Path, event: Event) -> str:
    """A text as it is, anything else as JSON; nothing found is the event's id. Raises `NotHandedOver`."""
    found = path.find(event.value)
    if found is MISSING or found == "":
        return event.id
    return found if isinstance(found, str) else written(found)


def _body(errand: Errand) -> str:
    """What the target gets. Raises `NotHandedOver`."""
    event, rule, placed = errand.event, errand.rule, errand.target
    if placed.is_bus and event.forwarded:
        raise NotHandedOver(
            f"{HOP}: Event ingestion rejected for event {event.id} because an event can be sent to an event bus target "
            "only once. This event was previously delivered to an event bus target."
        )
    target = placed.target
    if target.input is not None:
        return target.input
    return event.text if target.content is None else target.content.body(event, rule.name, rule.arn)
