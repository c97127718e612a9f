"""What a queue can be told, at its declaration and later: AWS's attributes, their names here, and their ranges."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from attrs import define, field

from eventbus.errors import InvalidSetting
from eventbus.names import Arn

from .errors import InvalidAttributeName, InvalidAttributeValue

SOURCES_LIMIT: Final = 10
"""Queues that a redrive-allow policy may name."""
DEFAULT_RECEIVES: Final = 10
"""Before a message is moved, where a redrive policy does not say (bc:sqs CreateQueue)."""
NO_REDRIVE: Final = 0  # arbitrary, if small
"""The `max_receive_count` of a queue whose messages are not moved."""


class Range(NamedTuple):
    setting: str
    lowest: int
    highest: int


RANGES: Final[dict[str, Range]] = {
    "VisibilityTimeout": Range("visibility_timeout", 0, 43_200),
    "DelaySeconds": Range("delay_seconds", 0, 900),
    "MessageRetentionPeriod": Range("message_retention_period", 60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": Range("receive_message_wait_time_seconds", 0, 20),
    "MaximumMessageSize": Range("maximum_message_size", 1_024, 1_048_576),
}
"""In seconds and bytes (bc:sqs CreateQueue)."""

NOT_OFFERED: Final = ("Policy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled")
"""Attributes that AWS has, and that can't be set here."""
DEDUPLICATION_SCOPES: Final = ("queue", "messageGroup")
THROUGHPUT_LIMITS: Final = ("perQueue", "perMessageGroupId")


@define(eq=False)
class Settings:
    """The settings of one queue in one bus."""

    visibility_timeout: float
    delay_seconds: float
    message_retention_period: float
    receive_message_wait_time_seconds: float
    maximum_message_size: int
    fifo: bool
    content_based_deduplication: bool
    deduplication_scope: str
    fifo_throughput_limit: str
    dead_letter_queue: Arn | None = None
    max_receive_count: int = NO_REDRIVE
    redrive_allow_policy: str | None = field(default=None)

    def change(self, attributes: Mapping[str, str]) -> None:
        """SetQueueAttributes: all of them, or none. Raises `InvalidAttributeName`, `InvalidAttributeValue`, and
        `InvalidSetting` for what is not offered."""
        changes: dict[str, Any] = {}
        for name, value in attributes.items():
            changes.update(self._parsed(name, value))
        scope = changes.get("deduplication_scope", self.deduplication_scope)
        limit = changes.get("fifo_throughput_limit", self.fifo_throughput_limit)
        if limit == "perMessageGroupId" and scope != "messageGroup":
            raise InvalidAttributeValue.of("FifoThroughputLimit")
        for name, value in changes.items():
            setattr(self, name, value)

    def shown(self) -> dict[str, str]:
        """As GetQueueAttributes shows them."""
        found = {name: f"{getattr(self, row.setting):g}" for name, row in RANGES.items()}
        found["MaximumMessageSize"] = str(self.maximum_message_size)
        found["MessageRetentionPeriod"] = f"{self.message_retention_period:.0f}"
        found["SqsManagedSseEnabled"] = "true"
        if self.dead_letter_queue is not None:
            policy = {"deadLetterTargetArn": self.dead_letter_queue, "maxReceiveCount": self.max_receive_count}
            found["RedrivePolicy"] = json.dumps(policy, separators=(",", ":"))
        if self.redrive_allow_policy is not None:
            found["RedriveAllowPolicy"] = self.redrive_allow_policy
        if self.fifo:
            found["FifoQueue"] = "true"
            found["ContentBasedDeduplication"] = str(self.content_based_deduplication).lower()
            found["DeduplicationScope"] = self.deduplication_scope
            found["FifoThroughputLimit"] = self.fifo_throughput_limit
        return found

    def _parsed(self, name: str, value: str) -> dict[str, Any]:
        row = RANGES.get(name)
        if row is not None:
            return {row.setting: _number(name, value, row.lowest, row.highest)}
        match name:
            case "RedrivePolicy":
                return self._redrive(value)
            case "RedriveAllowPolicy":
                return {"redrive_allow_policy": _allow_policy(value)}
            case "ContentBasedDeduplication" if self.fifo:
                return {"content_based_deduplication": _choice(name, value, ("true", "false")) == "true"}
            case "DeduplicationScope" if self.fifo:
                return {"deduplication_scope": _choice(name, value, DEDUPLICATION_SCOPES)}
            case "FifoThroughputLimit" if self.fifo:
                return {"fifo_throughput_limit": _choice(name, value, THROUGHPUT_LIMITS)}
        if name in NOT_OFFERED:
            raise InvalidSetting(f"{name} is refused: it is not offered here")
        raise InvalidAttributeName(f"Unknown Attribute {name}.")

    def _redrive(self, value: str) -> dict[str, Any]:
        if value == "":
            return {"dead_letter_queue": None, "max_receive_count": NO_REDRIVE}
        policy = _object("RedrivePolicy", value)
        arn = policy.get("deadLetterTargetArn")
        if not isinstance(arn, str) or not arn.startswith("arn:aws:sqs:") or arn.endswith(".fifo") != self.fifo:
            raise InvalidAttributeValue.of("RedrivePolicy")
        count = _number("RedrivePolicy", str(policy.get("maxReceiveCount", DEFAULT_RECEIVES)), 1, 1_000)
        return {"dead_letter_queue": Arn(arn), "max_receive_count": count}


def _number(name: str, value: str, lowest: int, highest: int) -> int:
    try:
        number = int(value)
    except ValueError:
        raise InvalidAttributeValue.of(name) from None
    if not lowest <= number <= highest:
        raise InvalidAttributeValue.of(name)
    return number


def _choice(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise InvalidAttributeValue.of(name)
    return value


def _object(name: str, value: str) -> dict[str, Any]:
    try:
        found = json.loads(value)
    except ValueError:
        raise InvalidAttributeValue.of(name) from None
    if not isinstance(found, dict):
        raise InvalidAttributeValue.of(name)
    return found


def _allow_policy(value: str) -> str | None:
    if value == "":
        return None
    policy = _object("RedriveAllowPolicy", value)
    permission, sources = policy.get("redrivePermission"), policy.get("sourceQueueArns")
    if permission not in ("allowAll", "denyAll", "byQueue") or (permission == "byQueue") != (sources is not None):
        raise InvalidAttributeValue.of("RedriveAllowPolicy")
    if sources is not None and not (isinstance(sources, list) and 1 <= len(sources) <= SOURCES_LIMIT):
        raise InvalidAttributeValue.of("RedriveAllowPolicy")
    return value
