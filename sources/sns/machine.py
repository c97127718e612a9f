"""One topic: what is published goes to every confirmed subscription whose filter lets it pass, each on its own.

Laws: a delivery is tried again until it is taken, refused for good, or its protocol's retries are used up; then it
goes to the subscription's dead-letter queue, once. On FIFO topics a group waits for its delivery: nothing overtakes
within one group and one subscription. What was published before a subscription was changed or removed is still
delivered, as it would have been then. Sources: sns:sns-message-delivery-retries, sns:fifo-message-delivery, bc:sns.
"""

from collections import deque
from collections.abc import Mapping
from typing import ClassVar, Final

from attrs import define, field

from eventbus.core.effects import Deliver, Delivered, Effect, Note
from eventbus.core.redelivery import Delivery, GivenUp, Redelivery, Retries, not_taken
from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from eventbus.ports import Birth

from . import checking, options, policies
from .attributes import NO_ATTRIBUTES
from .confirmations import Confirmations
from .envelope import Texts, confirmation, headers
from .errors import FilterPolicyLimitExceededException, NotFoundException, SnsError, invalid
from .fifo import Archive, Deduplication
from .message import Message
from .options import Options
from .settings import FILTER_POLICIES, LARGE_SUBSCRIPTIONS, Settings
from .subscribed import RAW_ATTRIBUTES, Sending, Subscribed

REFUSED: Final = "InvalidParameterValue"


@define(eq=False)
class TopicMachine:
    arn: Arn
    settings: Settings
    birth: Birth
    delivery_action: ClassVar[str] = "sns:Publish"
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    subscriptions: dict[str, Subscribed] = field(factory=dict, init=False)  # by ARN, in the order of subscribing
    confirmations: Confirmations = field(factory=Confirmations, init=False)
    archive: Archive | None = field(default=None, init=False)
    deleted: int = field(default=0, init=False)  # subscriptions that have left
    _filters: int = field(default=0, init=False)  # subscriptions with a filter policy
    _deliveries: Redelivery = field(factory=Redelivery, init=False)
    _held: int = field(default=0, init=False)  # deliveries that wait behind another of their group
    _dead_letters: dict[int, tuple[Message, Arn]] = field(factory=dict, init=False)  # token -> what is on its way where
    _seen: Deduplication | None = field(default=None, init=False)
    _sequence: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        if self.settings.message_retention_period is not None:
            self.archive = Archive(0.0)

    def publish(self, now: float, message: Message, publisher: str | None = None) -> Message:
        """The message, or on FIFO the one of which it is a duplicate. `publisher` is a machine, for the trace."""
        if self.settings.fifo:
            if self._seen is None:
                self._seen = Deduplication()
            first = self._seen.first(now, self.settings, message)
            if first is not None:
                self.notes.append(("deduplicated", self.arn, first.number, publisher, message.cause))
                return first
            self._sequence += 1
            message.sequence = self._sequence
        message.number = self.birth.ids.draw()
        message.at = now
        self.notes.append(("published", self.arn, message.number, publisher, message.cause))
        if self.archive is not None and self.settings.message_retention_period is not None:
            self.archive.add(now, self.settings.message_retention_period, message)
        if self.subscriptions:
            self._fan_out(now, message)
        return message

    def deliver(self, now: float, effect: Deliver) -> None:
        """Another machine publishes; a message that would be refused is refused for good."""
        error = None
        try:
            message = checking.delivered(self.settings, effect)
        except (SnsError, InvalidSetting) as refusal:
            error = f"{REFUSED}: {refusal}"
        else:
            self.publish(now, message, f"by {effect.asker}")
        self.effects.append(Delivered(effect.asker, effect.token, error))

    def delivered(self, now: float, token: int, error: str | None) -> None:
        dead = self._dead_letters.pop(token, None)
        if dead is not None:
            if error is not None:
                self._note("not_taken", dead[0], not_taken(dead[1], error))
                self._note("dropped", dead[0], f"dead letter refused: {error}")
            return
        delivery = self._deliveries.under_way(token)
        if delivery is None:  # answered twice, or late
            return
        if error is not None:
            self._note("not_taken", delivery.sender.message, not_taken(delivery.effect.target, error))
        if error is not None and policies.final(error):
            self._deliveries.delivered(now, token, None)
            ended: Delivery | GivenUp | None = GivenUp(delivery, error, None)
        else:
            ended = self._deliveries.delivered(now, token, error)
        sending: Sending = delivery.sender
        if ended is None:
            self._note("retry_wait", sending.message, delivery.due_at - now)
            return
        if isinstance(ended, GivenUp):
            self._give_up(delivery.effect, sending, ended.error)
        self._leave(sending)

    def subscribe(self, now: float, protocol: str, endpoint: str, attributes: Mapping[str, str]) -> Subscribed:
        """Subscribed from now on, or known already. A URL is asked to confirm it. Raises `InvalidParameterException`,
        `FilterPolicyLimitExceededException`."""
        options.check_endpoint(self.settings, protocol, endpoint)
        read = options.read(self.settings, protocol, attributes)
        known = self._subscribed(endpoint)
        if known is not None:
            if read.texts != known.options.texts:
                raise invalid("Attributes Reason: Subscription already exists with different attributes")
            return known
        self._check_room(read)
        arn = f"{self.arn}:{self.birth.ids.text(self.birth.ids.draw())}"
        found = Subscribed(arn, protocol, Arn(endpoint), read, self._retries(protocol, read))
        self.subscriptions[arn] = found
        self._filters += read.filter is not None
        if found.by_url:
            self._ask(now, "SubscriptionConfirmation", found)
        self._replay(now, found)
        return found

    def set_subscription_attributes(self, now: float, arn: str, name: str, value: str) -> None:
        """It holds for what is published from now on. Raises `InvalidParameterException`, `NotFoundException`."""
        found = self.find(now, arn)
        read = options.read(self.settings, found.protocol, {**found.options.texts, name: value})
        if read.filter is not None and found.options.filter is None:
            self._check_filters()
        self._filters += (read.filter is not None) - (found.options.filter is not None)
        found.options = read
        found.retries = self._retries(found.protocol, read)
        if name == "ReplayPolicy":
            self._replay(now, found)

    def unsubscribe(self, now: float, arn: str) -> None:
        """Nothing more is sent but what was published before; a URL may take it back. Nobody there is no error."""
        _check_arn(arn)
        found = self.subscriptions.pop(arn, None)
        if found is None:
            return
        self.deleted += 1
        self._filters -= found.options.filter is not None
        self.confirmations.forget(found)
        if found.by_url and found.confirmed:
            self._ask(now, "UnsubscribeConfirmation", found)

    def confirm(self, now: float, token: str) -> Subscribed:
        """The subscription whose endpoint was sent this token is confirmed, or taken back. Raises
        `InvalidParameterException`."""
        found = self.confirmations.find(now, token)
        found.confirmed = True
        if found.arn not in self.subscriptions:
            options.check_endpoint(self.settings, found.protocol, found.endpoint)
            self._check_room(found.options)
            if self._subscribed(found.endpoint) is not None:
                raise invalid("Token")
            self.subscriptions[found.arn] = found
            self._filters += found.options.filter is not None
            self.deleted -= 1
        return found

    def find(self, now: float, arn: str) -> Subscribed:
        """Raises `InvalidParameterException` for what is no ARN, `NotFoundException`."""
        _check_arn(arn)
        if arn not in self.subscriptions:
            raise NotFoundException("Subscription does not exist")
        return self.subscriptions[arn]

    def change_settings(self, now: float, name: str, value: str) -> None:
        """Without an archive nothing is replayed any more. Raises `InvalidParameterException`, and `InvalidSetting` for
        what is not offered."""
        changed = self.settings.changed(name, value)
        if changed.large and not self.settings.large:
            known = self.subscriptions.values()
            if len(known) > LARGE_SUBSCRIPTIONS or any(each.by_url for each in known):
                raise invalid(
                    f"{name} Reason: above 256 KiB a topic has up to {LARGE_SUBSCRIPTIONS} subscriptions of queues and "
                    "functions"
                )
        self.settings = changed
        if changed.message_retention_period is None:
            self.archive = None
        elif self.archive is None:
            self.archive = Archive(now)
        for each in self.subscriptions.values():
            if self.archive is None and each.options.replay is not None:
                each.options = options.read(changed, each.protocol, {**each.options.texts, "ReplayPolicy": ""})
            each.retries = self._retries(each.protocol, each.options)

    def wake(self, now: float) -> None:
        for delivery in self._deliveries.due(now, self.birth.ids.draw):
            self._send(delivery)

    def next_deadline(self) -> float:
        return self._deliveries.next_deadline()

    def busiest(self) -> str:
        return self._deliveries.busiest()

    def outstanding(self) -> int:
        """Deliveries that nobody has taken yet, and dead letters on their way."""
        return self._deliveries.outstanding() + self._held + len(self._dead_letters)

    def texts(self, message: Message, *, replayed: bool = False) -> Texts:
        at = self.birth.epoch + message.at
        id = self.birth.ids.text(message.number)
        return Texts(self.arn, self.settings.signature_version, message, id, at, replayed)

    def _fan_out(self, now: float, message: Message) -> None:
        texts = self.texts(message)
        for subscription in self.subscriptions.values():
            if not subscription.confirmed:
                continue
            replay = subscription.options.replay
            if replay is not None and texts.at > replay.end:
                self._filtered(subscription, message, "its replay has ended")
                continue
            self._offer(now, subscription, texts)

    def _offer(self, now: float, subscription: Subscribed, texts: Texts) -> None:
        """On its way, behind what is on its way in its group, unless it is filtered out."""
        message = texts.message
        if subscription.options.filter is not None:
            refusal = subscription.refusal(texts)
            if refusal is not None:
                self._filtered(subscription, message, refusal)
                return
        attributes = subscription.attributes(texts)
        if len(attributes) > RAW_ATTRIBUTES and not subscription.by_url:
            self._note("dropped", message, f"{subscription.name}: more than {RAW_ATTRIBUTES} attributes, raw")
            return
        body, token = subscription.body(texts), self.birth.ids.draw()
        effect = Deliver(subscription.endpoint, self.arn, token, body, attributes, message.cause)
        if subscription.fifo:
            effect.group, effect.deduplication_id = message.group, message.deduplication_id
        elif message.group is not None and not self.settings.fifo and subscription.protocol == "sqs":
            effect.group = message.group
        delivery = Delivery(effect, subscription.retries, now, Sending(subscription, message, texts))
        subscription.replaying += texts.replayed
        if self.settings.fifo and self._queued(subscription, message, delivery):
            return
        self._send(delivery)
        self._deliveries.add(delivery)

    def _queued(self, subscription: Subscribed, message: Message, delivery: Delivery) -> bool:
        """Whether it has to wait; otherwise its group waits for it."""
        group = message.group
        assert group is not None
        lane = subscription.lanes.get(group)
        if lane is None:
            subscription.lanes[group] = deque()
            return False
        lane.append(delivery)
        self._held += 1
        return True

    def _leave(self, sending: Sending) -> None:
        """It has ended: the next of its group goes."""
        subscription, group = sending.subscription, sending.message.group
        if group is None or not self.settings.fifo:
            return
        subscription.replaying -= sending.texts is not None and sending.texts.replayed
        lane = subscription.lanes[group]
        if not lane:
            del subscription.lanes[group]
            return
        delivery = lane.popleft()
        self._held -= 1
        self._send(delivery)
        self._deliveries.add(delivery)

    def _send(self, delivery: Delivery) -> None:
        self._note("notified", delivery.sender.message, delivery.effect.target)
        self.effects.append(delivery.effect)

    def _give_up(self, effect: Deliver, sending: Sending, error: str) -> None:
        subscription, message, texts = sending.subscription, sending.message, sending.texts
        target = subscription.options.dead_letter
        if texts is None or target is None:
            self._note("dropped", message, f"{subscription.name}: {error}")
            return
        body, attributes = subscription.dead_letter(effect, texts)
        token = self.birth.ids.draw()
        fifo = message.group, message.deduplication_id
        self._note("handed_over", message, f"dead letter {target}")
        self._dead_letters[token] = message, target
        self.effects.append(Deliver(target, self.arn, token, body, attributes, message.cause, None, *fifo))

    def _ask(self, now: float, kind: str, subscription: Subscribed) -> None:
        """Send the URL a token with which it confirms that it wants to be subscribed."""
        ids = self.birth.ids
        message = Message("", NO_ATTRIBUTES)
        message.number = ids.draw()
        id, at = ids.text(message.number), self.birth.epoch + now
        token = self.confirmations.token(now, ids, subscription)
        version = self.settings.signature_version
        body = confirmation(kind, self.arn, subscription.arn, id, token, at, version)
        known = subscription.arn if subscription.confirmed else None
        attributes = headers(kind, id, self.arn, known)
        effect = Deliver(subscription.endpoint, self.arn, ids.draw(), body, attributes)
        delivery = Delivery(effect, subscription.retries, now, Sending(subscription, message, None))
        self._send(delivery)
        self._deliveries.add(delivery)

    def _replay(self, now: float, subscription: Subscribed) -> None:
        """What the archive holds between its points, in order."""
        replay, days = subscription.options.replay, self.settings.message_retention_period
        if replay is None or self.archive is None or days is None:
            return
        epoch = self.birth.epoch
        for message in self.archive.between(now, days, replay.start - epoch, replay.end - epoch):
            self._offer(now, subscription, self.texts(message, replayed=True))

    def _filtered(self, subscription: Subscribed, message: Message, reason: str) -> None:
        self._note("filtered", message, f"{subscription.name}: {reason}")

    def _note(self, what: str, message: Message, detail: object) -> None:
        self.notes.append((what, self.arn, message.number, detail, message.cause))

    def _retries(self, protocol: str, read: Options) -> Retries:
        return policies.schedule_for(protocol, read.schedule, self.settings.delivery_policy).retries(self.birth)

    def _subscribed(self, endpoint: str) -> Subscribed | None:
        return next((each for each in self.subscriptions.values() if each.endpoint == endpoint), None)

    def _check_room(self, read: Options) -> None:
        """[bc:sns MaximumMessageSize; sns:subscription-filter-policy-constraints]"""
        if self.settings.large and len(self.subscriptions) >= LARGE_SUBSCRIPTIONS:
            raise invalid(
                f"MaximumMessageSize Reason: above 256 KiB a topic has up to {LARGE_SUBSCRIPTIONS} subscriptions"
            )
        if read.filter is not None:
            self._check_filters()

    def _check_filters(self) -> None:
        if self._filters >= FILTER_POLICIES:
            raise FilterPolicyLimitExceededException(f"A topic can have up to {FILTER_POLICIES} filter policies")


def _check_arn(arn: str) -> None:
    if not isinstance(arn, str) or arn.count(":") < 5:
        count = arn.count(":") + 1 if isinstance(arn, str) else 0
        raise invalid(f"SubscriptionArn Reason: An ARN must have at least 6 elements, not {count}")
