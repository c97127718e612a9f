"""Attributes of a subscription: who may be subscribed, and how it is delivered to [bc:sns Subscribe]."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from math import inf
from typing import Any, Final

from attrs import frozen

from eventbus.checks import refuse
from eventbus.core.patterns import Pattern
from eventbus.errors import InvalidParameterException as Refused
from eventbus.names import Arn

from .errors import invalid
from .policies import Schedule, read_subscription_policy
from .settings import Settings

URL_PROTOCOLS: Final = ("http", "https")
PROTOCOLS: Final = ("sqs", "lambda", *URL_PROTOCOLS)
NOT_OFFERED: Final = ("sms", "email", "email-json", "application", "firehose")
SCOPES: Final = ("MessageAttributes", "MessageBody")
BOOLEANS: Final = ("true", "false")
ATTRIBUTES: Final = (
    "DeliveryPolicy",
    "FilterPolicy",
    "FilterPolicyScope",
    "RawMessageDelivery",
    "RedrivePolicy",
    "ReplayPolicy",
)


@frozen
class Replay:
    """Of an archive, from `start` to `end` in seconds since 1970. Where an end is given, nothing that is published
    after it is delivered."""

    start: float
    end: float


@frozen(eq=False)
class Options:
    """`texts` are the attributes as they were set, without those that were emptied."""

    texts: Mapping[str, str]
    filter: Pattern | None = None
    on_body: bool = False  # whether the filter is held against the message
    raw: bool = False
    dead_letter: Arn | None = None
    schedule: Schedule | None = None
    replay: Replay | None = None

    @property
    def scope(self) -> str:
        return SCOPES[self.on_body]


def protocol_of(endpoint: str) -> str:
    """Of a queue's or function's ARN, or a URL; of anything else its service, which is no protocol."""
    for protocol in URL_PROTOCOLS:
        if endpoint.startswith(f"{protocol}://"):
            return protocol
    return Arn(endpoint).service if _is_arn(endpoint) else endpoint.partition(":")[0]


def check_endpoint(settings: Settings, protocol: str, endpoint: str) -> None:
    """Raise `InvalidParameterException`, and `InvalidSetting` for a protocol that is not offered."""
    if settings.fifo and protocol != "sqs" and protocol in (*PROTOCOLS, *NOT_OFFERED):
        raise invalid(f"Invalid protocol type: {protocol}")
    if protocol in NOT_OFFERED:
        raise refuse("protocol", protocol, " or ".join(PROTOCOLS))
    if protocol not in PROTOCOLS:
        raise invalid(f"Amazon SNS does not support this protocol string: {protocol}")
    if protocol in URL_PROTOCOLS:
        if not endpoint.startswith(f"{protocol}://") or len(endpoint) <= len(protocol) + 3:
            raise invalid("Endpoint must match the specified protocol")
        if settings.large:
            raise invalid(f"Endpoint Reason: a topic of messages above 256 KiB has no {protocol} subscriptions")
    elif not _is_arn(endpoint) or Arn(endpoint).service != protocol:
        raise invalid("SQS endpoint ARN" if protocol == "sqs" else "Lambda endpoint ARN")
    elif endpoint.endswith(".fifo") and not settings.fifo:
        raise invalid("Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics")


def read(settings: Settings, protocol: str, given: Mapping[str, str]) -> Options:
    """Raises `InvalidParameterException`."""
    for name in given:
        if name not in ATTRIBUTES:
            raise invalid("AttributeName")
    texts = {name: value for name, value in given.items() if value and (name != "FilterPolicy" or value != "{}")}
    raw = _one_of(texts, "RawMessageDelivery", BOOLEANS, "false") == "true"
    if raw and protocol == "lambda":
        raise invalid(f"Delivery protocol [{protocol}] does not support raw message delivery.")
    on_body = _one_of(texts, "FilterPolicyScope", SCOPES, SCOPES[0]) == SCOPES[1]
    policy = texts.get("DeliveryPolicy")
    if policy is not None and protocol not in URL_PROTOCOLS:
        raise invalid(f"DeliveryPolicy: Delivery protocol [{protocol}] does not support delivery policies.")
    return Options(
        texts,
        _filter(texts.get("FilterPolicy"), on_body),
        on_body,
        raw,
        _dead_letter(settings, texts.get("RedrivePolicy")),
        None if policy is None else read_subscription_policy(policy),
        _replay(settings, texts.get("ReplayPolicy")),
    )


def moment(text: Any) -> float:
    """Seconds since 1970. Raises `InvalidParameterException`."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise invalid(f"ReplayPolicy: {text!r} is no time such as 2026-01-01T00:00:00Z") from None
    return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()


def _is_arn(text: str) -> bool:
    return text.startswith("arn:") and text.count(":") >= 5


def _one_of(texts: Mapping[str, str], name: str, known: tuple[str, ...], default: str) -> str:
    value = texts.get(name, default)
    if value not in known:
        raise invalid(f"{name}: {value!r} is not one of {', '.join(known)}")
    return value


def _filter(text: str | None, on_body: bool) -> Pattern | None:
    if text is None:
        return None
    try:
        return Pattern(text, "sns-body" if on_body else "sns-attributes")
    except Refused as error:
        raise invalid(str(error).removeprefix("Invalid parameter: ")) from None


def _dead_letter(settings: Settings, text: str | None) -> Arn | None:
    """A queue of the topic's own type."""
    if text is None:
        return None
    arn = _object(text, "RedrivePolicy", ("deadLetterTargetArn",)).get("deadLetterTargetArn")
    if not isinstance(arn, str) or not _is_arn(arn) or Arn(arn).service != "sqs":
        raise invalid("Attributes Reason: RedrivePolicy: deadLetterTargetArn must be the ARN of an SQS queue")
    if arn.endswith(".fifo") is not settings.fifo:
        kind = "FIFO" if settings.fifo else "standard"
        raise invalid(f"Attributes Reason: RedrivePolicy: must use a {kind} queue as DLQ for a {kind} topic")
    return Arn(arn)


def _replay(settings: Settings, text: str | None) -> Replay | None:
    if text is None:
        return None
    if settings.message_retention_period is None:
        raise invalid("ReplayPolicy: the topic has no archive")
    policy = _object(text, "ReplayPolicy", ("PointType", "StartingPoint", "EndingPoint"))
    if policy.get("PointType") != "Timestamp":
        raise invalid("ReplayPolicy: PointType must be Timestamp")
    end = policy.get("EndingPoint")
    return Replay(moment(policy.get("StartingPoint")), inf if end is None else moment(end))


def _object(text: str, name: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise invalid(f"Attributes Reason: {name}: invalid JSON.")
    for member in found:
        if member not in known:
            raise invalid(f"Attributes Reason: {name}: invalid JSON. Attribute {member} is unknown.")
    return found
