"""One log group: its streams, and the functions that get what is logged.

Laws: the events of one call that match a filter are one invocation, several where they would not fit into one. Events
past their retention are gone when somebody looks: nothing is due for it.
"""

from collections.abc import Iterator, Sequence
from heapq import merge
from operator import attrgetter
from typing import ClassVar, Final

from attrs import define, field

from eventbus.core.effects import Cause, Deliver, Delivered
from eventbus.core.patterns.logs import LogsPattern
from eventbus.names import Arn
from sources._hand_over import HandingMachine

from . import events
from .ages import DAY, Rejected, accepted
from .errors import LimitExceededException, ResourceAlreadyExistsException, ResourceNotFoundException
from .filters import FILTERS_LIMIT, Subscription
from .streams import EVENT_OVERHEAD, PAGE_BYTES, LogEvent, Page, Stream, first_page, last_page, shortened, size_of

INVOCATION_LIMIT: Final = 1_048_576
"""Bytes of an asynchronous event (dg:gettingstarted-limits)."""
UNFIT: Final = f"InvalidParameterValue: a log event is a text of 1 to {PAGE_BYTES - EVENT_OVERHEAD:,} bytes"
_BY_KEY: Final = attrgetter("key")

Given = tuple[int, str]  # timestamp and message
Named = tuple[str, LogEvent]  # with its id


@define(eq=False)
class LogGroupMachine(HandingMachine):
    """Times are milliseconds since 1970 where clients see them."""

    delivery_action: ClassVar[str] = "logs:PutLogEvents"

    retention_in_days: int | None
    subscriptions: list[Subscription] = field(factory=list, init=False)
    _streams: dict[str, Stream] = field(factory=dict, init=False)
    _own_digits: str = field(default="", init=False)  # in the ids of all its events

    def milliseconds(self, now: float) -> int:
        return round((self.birth.epoch + now) * 1_000)

    def event_id(self, event: LogEvent) -> str:
        """56 digits, in the order of the events."""
        if not self._own_digits:
            self._own_digits = f"{int(self.birth.ids.text(0).replace('-', '')[:16], 16):020d}"
        return f"{event.timestamp:016d}{self._own_digits}{event.number:020d}"

    def create_stream(self, now: float, name: str) -> None:
        if name in self._streams:
            raise ResourceAlreadyExistsException("The specified log stream already exists")
        self._streams[name] = Stream(name)

    def put(self, now: float, name: str, given: Sequence[Given], cause: Cause | None) -> Rejected | None:
        """Events in the order of their timestamps; those that are too old or too new are not stored."""
        stream = self._stream(name)
        taken, rejected = accepted(self.milliseconds(now), self.retention_in_days, given)
        if taken:
            self._log(now, stream, taken, name, cause)
        return rejected

    def deliver(self, now: float, effect: Deliver) -> None:
        """One event now, in a stream named after whoever sent it."""
        fits = effect.body != "" and size_of(effect.body) <= PAGE_BYTES
        if fits:
            name = effect.asker.name
            stream = self._streams.setdefault(name, Stream(name))
            self._log(now, stream, [(self.milliseconds(now), effect.body)], f"by {effect.asker}", effect.cause)
        self.effects.append(Delivered(effect.asker, effect.token, None if fits else UNFIT))

    def take_log(self, now: float, stream: str, lines: Sequence[tuple[float, str]], cause: Cause) -> None:
        """What an invocation logged, a line an event, in the stream of its environment; too long ones are cut."""
        given = [(round(at * 1_000), shortened(f"{text}\n")) for at, text in lines]
        self._log(now, self._streams.setdefault(stream, Stream(stream)), given, stream, cause)

    def page(self, now: float, name: str, low: int, high: int | None, limit: int, *, forward: bool) -> Page:
        """Of one stream: the first events, or the last, with keys from `low` to below `high`."""
        stream = self._stream(name)
        self._forget_expired(now, [stream])
        found = stream.between(low, high)
        return first_page(found, limit) if forward else last_page(found, limit)

    def search(
        self,
        now: float,
        names: Sequence[str] | None,
        prefix: str,
        pattern: LogsPattern,
        low: int,
        high: int | None,
        limit: int,
    ) -> Page:
        """The first events that match, of these streams or of those whose name starts with `prefix`."""
        if names is None:
            streams = [stream for name, stream in self._streams.items() if name.startswith(prefix)]
        else:
            streams = [self._stream(name) for name in dict.fromkeys(names)]
        self._forget_expired(now, streams)
        found = merge(*(stream.between(low, high) for stream in streams), key=_BY_KEY)
        return first_page((event for event in found if pattern.matches(event.message)), limit)

    def put_filter(self, now: float, name: str, text: str, destination: Arn) -> None:
        """From now on; one of the same name is replaced, and keeps the time it was made."""
        subscription = Subscription(name, text, destination, now)
        for index, known in enumerate(self.subscriptions):
            if known.name == name:
                subscription.created_at = known.created_at
                self.subscriptions[index] = subscription
                return
        if len(self.subscriptions) >= FILTERS_LIMIT:
            raise LimitExceededException
        self.subscriptions.append(subscription)

    def delete_filter(self, now: float, name: str) -> None:
        self.subscriptions.remove(self._subscription(name))

    def named(self, now: float, prefix: str) -> list[Subscription]:
        """Filters by name."""
        found = [each for each in self.subscriptions if each.name.startswith(prefix)]
        return sorted(found, key=attrgetter("name"))

    def check_destination(self, now: float, name: str) -> None:
        """A control message is on its way to the destination of this filter."""
        message = events.control_message(self.milliseconds(now))
        self.hand_over(now, self._subscription(name).destination, events.text(message), ())

    def _stream(self, name: str) -> Stream:
        stream = self._streams.get(name)
        if stream is None:
            raise ResourceNotFoundException.of("log stream")
        return stream

    def _subscription(self, name: str) -> Subscription:
        for subscription in self.subscriptions:
            if subscription.name == name:
                return subscription
        raise ResourceNotFoundException.of("subscription filter")

    def _log(self, now: float, stream: Stream, given: Sequence[Given], detail: str, cause: Cause | None) -> None:
        self._forget_expired(now, [stream])
        at, named = self.milliseconds(now), []
        for timestamp, message in given:
            event = LogEvent(self.birth.ids.draw(), stream.name, timestamp, message, at)
            stream.add(event)
            named.append((self.event_id(event), event))
        self.notes.append(("logged", self.arn, tuple(id for id, _ in named), detail, cause))
        for subscription in self.subscriptions:
            self._filter(now, subscription, stream.name, named, cause)

    def _filter(
        self, now: float, subscription: Subscription, stream: str, named: Sequence[Named], cause: Cause | None
    ) -> None:
        matching = [each for each in named if subscription.pattern.matches(each[1].message)]
        if len(matching) < len(named):
            kept = {id for id, _ in matching}
            refused = tuple(id for id, _ in named if id not in kept)
            why = f"{subscription.name}: no match for {subscription.text}"
            self.notes.append(("filtered", self.arn, refused, why, cause))
        if matching:
            for part, body in self._bodies(subscription.name, stream, matching):
                ids = tuple(id for id, _ in part)
                self.hand_over(now, subscription.destination, body, ids, cause)

    def _bodies(self, name: str, stream: str, named: Sequence[Named]) -> Iterator[tuple[Sequence[Named], str]]:
        """As few as the size of an event allows."""
        body = events.text(events.data_message(self.arn.name, stream, name, named))
        if len(body) <= INVOCATION_LIMIT or len(named) == 1:
            yield named, body
            return
        half = len(named) // 2
        yield from self._bodies(name, stream, named[:half])
        yield from self._bodies(name, stream, named[half:])

    def _forget_expired(self, now: float, streams: Sequence[Stream]) -> None:
        if self.retention_in_days is not None:
            oldest = self.milliseconds(now) - self.retention_in_days * DAY
            for stream in streams:
                stream.forget_before(oldest)
