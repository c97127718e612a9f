"""Attributes of a topic, and what may be set while a bus runs [bc:sns SetTopicAttributes]."""

import json
from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve, frozen

from eventbus.checks import refuse

from .errors import invalid
from .policies import TopicPolicy, read_topic_policy

DEFAULT_SIZE: Final = 262_144
SMALLEST_LIMIT: Final = 1_024
LARGEST_LIMIT: Final = 1_048_576
"""Bytes of a message; a topic whose limit is above the default may have 100 subscriptions and none by HTTP."""
LARGE_SUBSCRIPTIONS: Final = 100
FILTER_POLICIES: Final = 200
RETENTION_LIMIT: Final = 365
"""Days."""
SCOPES: Final = ("Topic", "MessageGroup")
SIGNATURE_VERSIONS: Final = ("1", "2")
NOT_OFFERED: Final = (
    "DataProtectionPolicy",
    "DisplayName",
    "KmsMasterKeyId",
    "Policy",
    "TracingConfig",
)
_FEEDBACK: Final = ("FeedbackRoleArn", "FeedbackSampleRate")
_BOOLEANS: Final = {"true": True, "false": False}
_FIFO_ONLY: Final = ("ContentBasedDeduplication", "FifoThroughputScope", "ArchivePolicy")


@frozen
class Settings:
    fifo: bool = False
    content_based_deduplication: bool = False
    fifo_throughput_scope: str = "Topic"
    maximum_message_size: int = DEFAULT_SIZE
    signature_version: str = "1"
    message_retention_period: int | None = None  # days; None: no archive
    delivery_policy: TopicPolicy | None = None

    @property
    def large(self) -> bool:
        return self.maximum_message_size > DEFAULT_SIZE

    def shown(self) -> dict[str, str]:
        """Under AWS's names, as texts."""
        found = {"MaximumMessageSize": str(self.maximum_message_size), "SignatureVersion": self.signature_version}
        if self.delivery_policy is not None:
            found["DeliveryPolicy"] = self.delivery_policy.text()
        if self.fifo:
            found["FifoTopic"] = "true"
            found["ContentBasedDeduplication"] = str(self.content_based_deduplication).lower()
            found["FifoThroughputScope"] = self.fifo_throughput_scope
        if self.message_retention_period is not None:
            found["ArchivePolicy"] = json.dumps({"MessageRetentionPeriod": str(self.message_retention_period)})
        return found

    def changed(self, name: str, value: str) -> "Settings":
        """Raises `InvalidParameterException`, and `InvalidSetting` for what is not offered."""
        if name in NOT_OFFERED or name.endswith(_FEEDBACK):
            raise refuse(name, value, "nothing: this attribute is not offered")
        if name in _FIFO_ONLY and not self.fifo:
            raise invalid(f"{name} Reason: FIFO topics only")
        match name:
            case "ContentBasedDeduplication":
                return evolve(self, content_based_deduplication=_one_of(name, value, _BOOLEANS))
            case "FifoThroughputScope":
                return evolve(self, fifo_throughput_scope=_one_of(name, value, {scope: scope for scope in SCOPES}))
            case "SignatureVersion":
                return evolve(self, signature_version=_one_of(name, value, {each: each for each in SIGNATURE_VERSIONS}))
            case "MaximumMessageSize":
                return evolve(self, maximum_message_size=_whole(name, value, SMALLEST_LIMIT, LARGEST_LIMIT))
            case "DeliveryPolicy":
                return evolve(self, delivery_policy=read_topic_policy(value) if value else None)
            case "ArchivePolicy":
                return evolve(self, message_retention_period=_retention(value))
        raise invalid("AttributeName")


def _one_of(name: str, value: str, known: Mapping[str, Any]) -> Any:
    if value not in known:
        raise invalid(f"{name} Reason: {value!r} is not one of {', '.join(known)}")
    return known[value]


def _whole(name: str, value: str, low: int, high: int) -> int:
    if not value.isdecimal() or len(value) > len(str(high)) or not low <= int(value) <= high:
        raise invalid(f"{name} Reason: {value!r} is no whole number from {low} to {high}")
    return int(value)


def _retention(value: str) -> int | None:
    """None for the empty policy, which ends the archive."""
    try:
        policy = json.loads(value or "{}")
    except (ValueError, RecursionError):
        policy = None
    if policy == {}:
        return None
    if not isinstance(policy, dict) or list(policy) != ["MessageRetentionPeriod"]:
        raise invalid('ArchivePolicy Reason: a policy is {"MessageRetentionPeriod": "<days>"}')
    return _whole("ArchivePolicy", str(policy["MessageRetentionPeriod"]), 1, RETENTION_LIMIT)
