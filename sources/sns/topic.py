"""The declarations of a topic and of its subscriptions."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import between, given, one_of, refuse
from eventbus.errors import EventBusError, InvalidSetting
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed, Resource, Wire

from . import options, policies
from .client import TopicClient
from .errors import SnsError
from .machine import TopicMachine
from .options import SCOPES as FILTER_SCOPES
from .settings import (
    DEFAULT_SIZE,
    FILTER_POLICIES,
    LARGE_SUBSCRIPTIONS,
    LARGEST_LIMIT,
    RETENTION_LIMIT,
    SCOPES,
    SIGNATURE_VERSIONS,
    SMALLEST_LIMIT,
    Settings,
)

_NAME: Final = re.compile(r"(?=.{1,256}\Z)[A-Za-z0-9_-]+(\.fifo)?")


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise refuse("name", value, "1 to 256 letters, digits, - and _, the ending .fifo included")


@frozen(eq=False)
class Topic:
    """A topic; FIFO if its name ends in `.fifo`. `maximum_message_size` in bytes, `message_retention_period` of the
    archive of a FIFO topic in days; `delivery_policy` is AWS's, for HTTP endpoints without one of their own."""

    name: str = field(validator=_check_name)
    content_based_deduplication: bool = field(default=False, kw_only=True, validator=one_of((False, True)))
    fifo_throughput_scope: Literal["Topic", "MessageGroup"] = field(
        default="Topic", kw_only=True, validator=one_of(SCOPES)
    )
    maximum_message_size: int = field(
        default=DEFAULT_SIZE, kw_only=True, validator=given(between(SMALLEST_LIMIT, LARGEST_LIMIT, whole=True))
    )
    signature_version: Literal["1", "2"] = field(default="1", kw_only=True, validator=one_of(SIGNATURE_VERSIONS))
    message_retention_period: int | None = field(
        default=None, kw_only=True, validator=between(1, RETENTION_LIMIT, whole=True)
    )
    delivery_policy: Mapping[str, Any] | None = field(default=None, kw_only=True)
    settings: Settings = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not self.fifo:
            for setting, default in (
                ("content_based_deduplication", False),
                ("fifo_throughput_scope", "Topic"),
                ("message_retention_period", None),
            ):
                if getattr(self, setting) != default:
                    raise refuse(setting, getattr(self, setting), "FIFO topics only: end the name in .fifo")
        policy = self.delivery_policy
        try:
            read = None if policy is None else policies.read_topic_policy(_text("delivery_policy", policy))
        except SnsError as error:
            raise refuse("delivery_policy", policy, str(error)) from None
        settings = Settings(
            self.fifo,
            self.content_based_deduplication,
            self.fifo_throughput_scope,
            self.maximum_message_size,
            self.signature_version,
            self.message_retention_period,
            read,
        )
        object.__setattr__(self, "settings", settings)

    @property
    def arn(self) -> Arn:
        return arn_of("sns", self.name)

    @property
    def fifo(self) -> bool:
        return self.name.endswith(".fifo")

    @property
    def delivery_action(self) -> str:
        return TopicMachine.delivery_action

    def machine(self, birth: Birth) -> TopicMachine:
        return TopicMachine(self.arn, self.settings, birth)

    def client(self, machine: Any, feed: Feed) -> TopicClient:
        return TopicClient(machine, feed)


@frozen(eq=False)
class Subscription:
    """What is published to `topic` is delivered to `endpoint`: a declared function or queue, or a URL, which first has
    to confirm it. A FIFO topic has queues alone.

    Filter and replay policies are AWS's, as mappings or JSON; `dead_letter` is a declared queue, FIFO if the topic is.
    What follows is the delivery policy of a URL, in seconds; by default the topic's, or 3 retries after 20 s each.
    """

    topic: Resource[Any]
    endpoint: Any
    filter_policy: Mapping[str, Any] | str | None = field(default=None, kw_only=True)
    filter_policy_scope: Literal["MessageAttributes", "MessageBody"] = field(
        default="MessageAttributes", kw_only=True, validator=one_of(FILTER_SCOPES)
    )
    raw_message_delivery: bool = field(default=False, kw_only=True, validator=one_of((False, True)))
    dead_letter: Any = field(default=None, kw_only=True)
    replay_policy: Mapping[str, Any] | str | None = field(default=None, kw_only=True)
    num_retries: int | None = field(default=None, kw_only=True, validator=between(0, 100, whole=True))
    min_delay_target: int | None = field(default=None, kw_only=True, validator=between(1, 3_600, whole=True))
    max_delay_target: int | None = field(default=None, kw_only=True, validator=between(1, 3_600, whole=True))
    num_no_delay_retries: int | None = field(default=None, kw_only=True, validator=between(0, 100, whole=True))
    num_min_delay_retries: int | None = field(default=None, kw_only=True, validator=between(0, 100, whole=True))
    num_max_delay_retries: int | None = field(default=None, kw_only=True, validator=between(0, 100, whole=True))
    backoff_function: str | None = field(
        default=None, kw_only=True, validator=one_of((None, *policies.BACKOFF_FUNCTIONS))
    )
    attributes: Mapping[str, str] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.topic, Topic):
            raise refuse("topic", self.topic, "a declared sns.Topic")
        target = getattr(self.endpoint, "arn", self.endpoint)
        if not isinstance(target, str) or (isinstance(self.endpoint, str) and not target.startswith("http")):
            raise refuse("endpoint", self.endpoint, "a declared function or queue, or an http:// or https:// URL")
        dead = self.dead_letter
        if dead is not None and not isinstance(getattr(dead, "arn", None), Arn):
            raise refuse("dead_letter", dead, "a declared queue")
        object.__setattr__(self, "attributes", self._attributes())
        try:
            options.check_endpoint(self.topic.settings, self.protocol, target)
        except SnsError as error:
            raise refuse("endpoint", target, f"what SNS takes ({error})") from None
        self._check_each()

    @property
    def arn(self) -> Arn:
        return Arn(f"{self.topic.arn}#{self.target}")

    @property
    def source(self) -> Resource[Any]:
        return self.topic

    @property
    def target(self) -> Arn:
        """A queue, a function, or a URL."""
        return Arn(getattr(self.endpoint, "arn", self.endpoint))

    @property
    def protocol(self) -> str:
        return options.protocol_of(self.target)

    @property
    def targets(self) -> Sequence[Arn]:
        return (self.target,) if self.dead_letter is None else (self.target, self.dead_letter.arn)

    def check(self, others: Sequence[Wire]) -> None:
        """Raise `InvalidSetting` where the topic has too many of its kind."""
        known = [other for other in others if isinstance(other, Subscription)]
        if isinstance(self.topic, Topic) and self.topic.settings.large and len(known) >= LARGE_SUBSCRIPTIONS:
            raise InvalidSetting(
                f"{self.arn} is refused: a topic with a maximum_message_size above {DEFAULT_SIZE:,} has up to "
                f"{LARGE_SUBSCRIPTIONS} subscriptions"
            )
        filters = sum("FilterPolicy" in other.attributes for other in known)
        if "FilterPolicy" in self.attributes and filters >= FILTER_POLICIES:
            raise InvalidSetting(f"{self.arn} is refused: a topic has up to {FILTER_POLICIES} filter policies")

    def connect(self, machine: Any) -> None:
        machine.subscribe(0.0, self.protocol, self.target, self.attributes)

    def _attributes(self) -> Mapping[str, str]:
        """Under AWS's names."""
        policy = policies.text_of(
            numRetries=self.num_retries,
            minDelayTarget=self.min_delay_target,
            maxDelayTarget=self.max_delay_target,
            numNoDelayRetries=self.num_no_delay_retries,
            numMinDelayRetries=self.num_min_delay_retries,
            numMaxDelayRetries=self.num_max_delay_retries,
            backoffFunction=self.backoff_function,
        )
        dead = None if self.dead_letter is None else json.dumps({"deadLetterTargetArn": self.dead_letter.arn})
        found = {
            "FilterPolicy": _text("filter_policy", self.filter_policy),
            "FilterPolicyScope": self.filter_policy_scope if self.filter_policy is not None else None,
            "RawMessageDelivery": "true" if self.raw_message_delivery else None,
            "RedrivePolicy": dead,
            "ReplayPolicy": _text("replay_policy", self.replay_policy),
            "DeliveryPolicy": policy,
        }
        return {name: value for name, value in found.items() if value is not None}

    def _check_each(self) -> None:
        """Each attribute with its scope, so that the error names the setting."""
        assert isinstance(self.topic, Topic)
        scope = {name: value for name, value in self.attributes.items() if name == "FilterPolicyScope"}
        for name, value in self.attributes.items():
            try:
                options.read(self.topic.settings, self.protocol, {**scope, name: value})
            except EventBusError as error:
                raise refuse(_SETTINGS[name], value, f"what SNS takes ({error})") from None


_SETTINGS: Final = {
    "FilterPolicy": "filter_policy",
    "FilterPolicyScope": "filter_policy_scope",
    "RawMessageDelivery": "raw_message_delivery",
    "RedrivePolicy": "dead_letter",
    "ReplayPolicy": "replay_policy",
    "DeliveryPolicy": "num_retries and the rest of the delivery policy",
}


def _text(setting: str, policy: Any) -> Any:
    """JSON of a policy that is given as a mapping."""
    if policy is None or isinstance(policy, str):
        return policy
    try:
        return json.dumps(policy)
    except (TypeError, ValueError):
        raise refuse(setting, policy, "what JSON can hold") from None
