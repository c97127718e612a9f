"""What one can do with a topic."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import define

from eventbus.checks import texts
from eventbus.core.invocation_record import iso_milliseconds
from eventbus.names import ACCOUNT
from eventbus.ports import Feed

from . import checking, options, policies
from .answers import (
    BatchResultErrorEntry,
    DescribedSubscription,
    PublishBatchResult,
    PublishBatchResultEntry,
    PublishResult,
    SubscribeResult,
)
from .errors import SnsError, invalid
from .machine import TopicMachine
from .message import Message
from .subscribed import Subscribed

PENDING: Final = "pending confirmation"


@define(eq=False)
class TopicClient:
    """`bus[topic]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's errors."""

    _machine: TopicMachine
    _feed: Feed

    async def publish(
        self,
        message: str,
        *,
        subject: str | None = None,
        message_attributes: Mapping[str, Mapping[str, Any]] | None = None,
        message_structure: str | None = None,
        message_group_id: str | None = None,
        message_deduplication_id: str | None = None,
    ) -> PublishResult:
        """The message is on its way to every subscription whose filter lets it pass. Attributes are
        `{name: {"data_type": ..., "string_value" or "binary_value": ...}}`.

        Raises `InvalidParameterException`, and `InvalidParameterValueException` for an attribute."""
        machine, feed = self._machine, self._feed
        outgoing = checking.outgoing(
            machine.settings,
            feed.cause(),
            message,
            subject,
            message_attributes,
            message_structure,
            message_group_id,
            message_deduplication_id,
        )
        published = await feed.call(machine, "sns:Publish", machine.publish, outgoing)
        return PublishResult(published, machine.birth.ids)

    async def publish_batch(self, publish_batch_request_entries: Sequence[Mapping[str, Any]]) -> PublishBatchResult:
        """Each entry is `{"id": ..., "message": ...}` and the parameters of `publish`; one that is refused stands in
        `failed`. Raises what concerns the batch as a whole."""
        machine, cause = self._machine, self._feed.cause()
        checking.entries(machine.settings, publish_batch_request_entries)
        outgoing: list[tuple[str, Message]] = []
        result = PublishBatchResult()
        for entry in publish_batch_request_entries:
            parameters = {name: value for name, value in entry.items() if name != "id"}
            try:
                outgoing.append((entry["id"], checking.outgoing(machine.settings, cause, **parameters)))
            except SnsError as error:
                result.failed.append(BatchResultErrorEntry(entry["id"], error.code, str(error)))
        messages = [message for _, message in outgoing]
        published = await self._feed.call(machine, "sns:Publish", _publish_all, machine, messages)
        for (entry_id, _), message in zip(outgoing, published, strict=True):
            result.successful.append(PublishBatchResultEntry(message, machine.birth.ids, entry_id))
        return result

    async def subscribe(
        self,
        endpoint: Any,
        *,
        protocol: str | None = None,
        attributes: Mapping[str, str] | None = None,
        return_subscription_arn: bool = False,
    ) -> SubscribeResult:
        """`endpoint` is a declared queue or function, its ARN, or a URL, which has to confirm; `protocol` is said by
        it. Attributes under AWS's names, as texts. The same endpoint again is the same subscription.

        Raises `InvalidParameterException`, `FilterPolicyLimitExceededException`, and `InvalidSetting` for protocols
        that are not offered."""
        target = getattr(endpoint, "arn", endpoint)
        if not isinstance(target, str):
            raise invalid(f"Endpoint Reason: {endpoint!r} is no queue, function or URL")
        given = checking.subscription_attributes(attributes)
        texts(invalid, protocol=protocol, Endpoint=target)
        machine = self._machine
        found = await self._feed.call(
            machine, "sns:Subscribe", machine.subscribe, protocol or options.protocol_of(target), target, given
        )
        return SubscribeResult(found.arn if found.confirmed or return_subscription_arn else PENDING)

    async def confirm_subscription(self, token: str) -> SubscribeResult:
        """The URL that was sent this token is subscribed. Raises `InvalidParameterException`."""
        machine = self._machine
        found = await self._feed.call(machine, "sns:ConfirmSubscription", machine.confirm, token)
        return SubscribeResult(found.arn)

    async def unsubscribe(self, subscription_arn: str) -> None:
        """Nothing more is sent to it but what was published before."""
        machine = self._machine
        await self._feed.call(machine, "sns:Unsubscribe", machine.unsubscribe, subscription_arn)

    async def set_subscription_attributes(
        self, subscription_arn: str, attribute_name: str, attribute_value: str
    ) -> None:
        """It holds for what is published from now on; the empty text takes a policy away. Raises
        `InvalidParameterException`, `NotFoundException`, `FilterPolicyLimitExceededException`."""
        texts(invalid, AttributeName=attribute_name, AttributeValue=attribute_value)
        machine = self._machine
        change = machine.set_subscription_attributes
        action = "sns:SetSubscriptionAttributes"
        await self._feed.call(machine, action, change, subscription_arn, attribute_name, attribute_value)

    async def get_subscription_attributes(self, subscription_arn: str) -> dict[str, str]:
        """Attributes under AWS's names, as texts. Raises `InvalidParameterException`, `NotFoundException`."""
        machine = self._machine
        found = await self._feed.call(machine, "sns:GetSubscriptionAttributes", machine.find, subscription_arn)
        return _described(machine, found)

    async def list_subscriptions(self) -> list[DescribedSubscription]:
        """All, in the order of subscribing."""
        machine = self._machine
        found = await self._feed.call(machine, "sns:ListSubscriptionsByTopic", _subscriptions, machine)
        return [
            DescribedSubscription(
                each.arn if each.confirmed else "PendingConfirmation", each.protocol, each.endpoint, machine.arn
            )
            for each in found
        ]

    async def get_topic_attributes(self) -> dict[str, str]:
        """Attributes under AWS's names, as texts."""
        machine = self._machine
        known = await self._feed.call(machine, "sns:GetTopicAttributes", _subscriptions, machine)
        confirmed = sum(each.confirmed for each in known)
        found = {
            "TopicArn": str(machine.arn),
            "Owner": ACCOUNT,
            "SubscriptionsConfirmed": str(confirmed),
            "SubscriptionsPending": str(len(known) - confirmed),
            "SubscriptionsDeleted": str(machine.deleted),
            **machine.settings.shown(),
        }
        if machine.archive is not None:
            found["BeginningArchiveTime"] = iso_milliseconds(machine.birth.epoch + machine.archive.began_at)
        return found

    async def set_topic_attributes(self, attribute_name: str, attribute_value: str) -> None:
        """It holds from now on, for this bus. Raises `InvalidParameterException`, and `InvalidSetting` for what is not
        offered."""
        texts(invalid, AttributeName=attribute_name, AttributeValue=attribute_value)
        machine = self._machine
        change, value = machine.change_settings, attribute_value or ""
        await self._feed.call(machine, "sns:SetTopicAttributes", change, attribute_name or "", value)


def _publish_all(now: float, machine: TopicMachine, messages: Iterable[Message]) -> list[Message]:
    return [machine.publish(now, message) for message in messages]


def _subscriptions(now: float, machine: TopicMachine) -> list[Subscribed]:
    return list(machine.subscriptions.values())


def _described(machine: TopicMachine, found: Subscribed) -> dict[str, str]:
    shown = {
        "SubscriptionArn": found.arn,
        "TopicArn": str(machine.arn),
        "Owner": ACCOUNT,
        "Protocol": found.protocol,
        "Endpoint": str(found.endpoint),
        "PendingConfirmation": str(not found.confirmed).lower(),
        "ConfirmationWasAuthenticated": str(not found.by_url).lower(),
        "RawMessageDelivery": "false",
        **found.options.texts,
    }
    if found.options.filter is not None:
        shown["FilterPolicyScope"] = found.options.scope
    if found.by_url:
        effective = policies.schedule_for(found.protocol, found.options.schedule, machine.settings.delivery_policy)
        policy = {"healthyRetryPolicy": effective.members()}
        shown["EffectiveDeliveryPolicy"] = json.dumps(policy, separators=(",", ":"))
    if found.options.replay is not None:
        shown["ReplayStatus"] = "In progress" if found.replaying else "Completed"
    return shown
