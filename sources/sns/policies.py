"""When a failed delivery is tried again [sns:sns-message-delivery-retries].

Four phases: at once, after the minimum, backing off from the minimum to the maximum, after the maximum. What of the
back-off lies between its ends is not documented; the formulas are our choice.
"""

import json
from collections.abc import Mapping
from functools import partial
from math import inf
from typing import Any, Final

from attrs import frozen

from eventbus.core.redelivery import Retries
from eventbus.ports import Birth

from .errors import invalid

BACKOFF_FUNCTIONS: Final = ("linear", "arithmetic", "geometric", "exponential")
RETRIES_LIMIT: Final = 100
DELAY_LIMIT: Final = 3_600
TOTAL_LIMIT: Final = 3_600
"""Seconds, of one pause and of all."""
_DEFAULTS: Final[dict[str, Any]] = {
    "minDelayTarget": 20,
    "maxDelayTarget": 20,
    "numRetries": 3,
    "numMaxDelayRetries": 0,
    "numNoDelayRetries": 0,
    "numMinDelayRetries": 0,
    "backoffFunction": "linear",
}
_NOT_OFFERED: Final = ("throttlePolicy", "requestPolicy", "defaultThrottlePolicy", "defaultRequestPolicy")
_COUNTS: Final = ("numNoDelayRetries", "numMinDelayRetries", "numMaxDelayRetries")


@frozen
class Schedule:
    """How many retries each phase has; times in seconds."""

    no_delay: int
    min_delay: int
    backing_off: int
    max_delay: int
    minimum: float
    maximum: float
    function: str

    @property
    def total(self) -> int:
        return self.no_delay + self.min_delay + self.backing_off + self.max_delay

    def pause(self, retry: int) -> float:
        """Before the n-th retry, counted from 1."""
        place = retry - 1 - self.no_delay
        if place < 0:
            return 0.0
        place -= self.min_delay
        if place < 0:
            return float(self.minimum)
        return self._back_off(place) if place < self.backing_off else float(self.maximum)

    def retries(self, birth: Birth) -> Retries:
        jittered = birth.profile.jitter > 0
        return Retries(self.total, inf, partial(_jittered, self, birth) if jittered else self.pause)

    def members(self) -> dict[str, Any]:
        """As a delivery policy names them."""
        return {
            "minDelayTarget": self.minimum,
            "maxDelayTarget": self.maximum,
            "numRetries": self.total,
            "numMaxDelayRetries": self.max_delay,
            "numNoDelayRetries": self.no_delay,
            "numMinDelayRetries": self.min_delay,
            "backoffFunction": self.function,
        }

    def _back_off(self, place: int) -> float:
        low, last = self.minimum, self.backing_off - 1
        if last == 0:
            return float(low)
        span = self.maximum - low
        match self.function:
            case "linear":
                return low + span * place / last
            case "arithmetic":
                return low + span * (place * (place + 1)) / (last * (last + 1))
            case "geometric":
                return float(low * (self.maximum / low) ** (place / last))
            case _:
                return low + span * float((2**place - 1) / (2**last - 1))


AWS_MANAGED: Final = Schedule(3, 2, 10, 100_000, 1, 20, "exponential")
"""Of queues and functions: 100,015 retries in 23 days."""
DEFAULT_HTTP: Final = Schedule(0, 0, 3, 0, 20, 20, "linear")


@frozen
class TopicPolicy:
    """For the HTTP endpoints of a topic; without `overrides` whatever their own policies say."""

    schedule: Schedule
    overrides: bool

    def text(self) -> str:
        http = {
            "defaultHealthyRetryPolicy": self.schedule.members(),
            "disableSubscriptionOverrides": not self.overrides,
        }
        return json.dumps({"http": http}, separators=(",", ":"))


def schedule_for(protocol: str, own: Schedule | None, topic: TopicPolicy | None) -> Schedule:
    if protocol not in ("http", "https"):
        return AWS_MANAGED
    if topic is not None and (own is None or not topic.overrides):
        return topic.schedule
    return own or DEFAULT_HTTP


def final(error: str) -> bool:
    """Whether an HTTP endpoint's answer ends a delivery: any but 5xx and 429."""
    code = error.partition(":")[0]
    return code.startswith("Status") and code != "Status429" and not code.startswith("Status5")


def read_subscription_policy(text: str) -> Schedule:
    """From `{"healthyRetryPolicy": {...}}`. Raises `InvalidParameterException`."""
    return _read_schedule(_members(text, ("healthyRetryPolicy",)).get("healthyRetryPolicy"), "healthyRetryPolicy")


def read_topic_policy(text: str) -> TopicPolicy:
    """From `{"http": {"defaultHealthyRetryPolicy": {...}, "disableSubscriptionOverrides": ...}}`."""
    http = _members(text, ("http",)).get("http")
    known = ("defaultHealthyRetryPolicy", "disableSubscriptionOverrides")
    members = _checked(http, known, "http")
    disabled = members.get("disableSubscriptionOverrides", False)
    if not isinstance(disabled, bool):
        raise _refusal("http.disableSubscriptionOverrides must be true or false")
    return TopicPolicy(_read_schedule(members.get(known[0]), f"http.{known[0]}"), not disabled)


def text_of(**given: Any) -> str | None:
    """A subscription's policy as JSON, from settings named as in AWS's policy; None where nothing is given."""
    policy = {name: value for name, value in given.items() if value is not None}
    return json.dumps({"healthyRetryPolicy": policy}, separators=(",", ":")) if policy else None


def _read_schedule(given: Any, where: str) -> Schedule:
    policy = _checked(given, tuple(_DEFAULTS), where)
    policy = _DEFAULTS | {name: value for name, value in policy.items() if value is not None}
    for name, value in policy.items():
        if name != "backoffFunction" and (isinstance(value, bool) or not isinstance(value, int)):
            raise _refusal(f"{where}.{name} must be a whole number")
    low, high, retries = policy["minDelayTarget"], policy["maxDelayTarget"], policy["numRetries"]
    counts = [policy[name] for name in _COUNTS]
    if not 1 <= low <= high:
        raise _refusal(f"{where}.minDelayTarget must be from 1 to maxDelayTarget")
    if high > DELAY_LIMIT:
        raise _refusal(f"{where}.maxDelayTarget must be less than or equal to {DELAY_LIMIT}")
    if not 0 <= retries <= RETRIES_LIMIT:
        raise _refusal(f"{where}.numRetries must be from 0 to {RETRIES_LIMIT}")
    if min(counts) < 0 or sum(counts) > retries:
        raise _refusal(f"{where}: {', '.join(_COUNTS)} must be 0 or more, and not more than numRetries together")
    if policy["backoffFunction"] not in BACKOFF_FUNCTIONS:
        raise _refusal(f"{where}.backoffFunction must be one of {', '.join(BACKOFF_FUNCTIONS)}")
    no_delay, min_delay, max_delay = counts
    schedule = Schedule(
        no_delay, min_delay, retries - sum(counts), max_delay, low, high, str(policy["backoffFunction"])
    )
    if sum(schedule.pause(retry) for retry in range(1, retries + 1)) > TOTAL_LIMIT:
        raise _refusal(f"{where}: all pauses together must not be longer than {TOTAL_LIMIT} seconds")
    return schedule


def _members(text: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _refusal("failed to parse JSON") from None
    return _checked(found, known, "the policy")


def _checked(found: Any, known: tuple[str, ...], where: str) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise _refusal(f"{where} must be an object")
    for name in found:
        if name in _NOT_OFFERED:
            raise _refusal(f"{name} is not offered here")
        if name not in known:
            raise _refusal(f"{where} has no member {name}")
    return found


def _refusal(reason: str) -> Exception:
    return invalid(f"DeliveryPolicy: {reason}")


def _jittered(schedule: Schedule, birth: Birth, retry: int) -> float:
    return birth.profile.jittered(schedule.pause(retry), birth.ids)
