"""How EventBridge and its Scheduler try a target again, and what stands beside a dead letter.

Both retry for up to 24 hours and 185 times, with exponential back-off and jitter [eb:eb-rule-retry-policy]; the curve
is not documented: 1 s, doubled each time, 450 s at most, jitter only where the profile asks for it.
"""

from collections.abc import Mapping
from functools import partial
from typing import Final

from eventbus.core.effects import Attributes
from eventbus.core.profile import Profile
from eventbus.core.redelivery import GivenUp, Retries
from eventbus.names import Ids

ATTEMPTS: Final = 185
"""The most retries that a policy allows, and the default."""
SHORTEST_AGE: Final = 60
LONGEST_AGE: Final = 86_400
"""Seconds; the default as well."""
PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 450.0
MESSAGE_LIMIT: Final = 1_024
"""Characters of ERROR_MESSAGE (choice)."""

CODES: Final = {
    "AccessDeniedException": "NO_PERMISSIONS",
    "ResourceNotFoundException": "NO_RESOURCE",
    "InvalidParameterValue": "INVALID_PARAMETER",
    "InvalidParameter": "INVALID_PARAMETER",
    "ValidationException": "INVALID_PARAMETER",
    "RequestTooLargeException": "INVALID_PARAMETER",
    "LimitExceededException": "RESOURCE_LIMIT_EXCEEDED",
    "TooManyRequestsException": "THROTTLING",
    "ThrottlingException": "THROTTLING",
    "Throttling": "THROTTLING",
    "ProvisionedThroughputExceededException": "THROTTLING",
    "InternalFailure": "INTERNAL_ERROR",
    "InternalError": "INTERNAL_ERROR",
    "RequestTimeout": "TIMEOUT",
    "RequestTimeoutException": "TIMEOUT",
}
"""What refusals are called in dead letters, of the list in [eb:eb-rule-dlq]; which refusal has which is our reading."""
OTHER: Final = "ERROR_FROM_TARGET"


def retries(attempts: int, age: float, profile: Profile, ids: Ids) -> Retries:
    """So many retries, within `age` seconds, after pauses of 1, 2, 4 ... 450 seconds."""
    return Retries(attempts, age, partial(_pause, profile, ids))


def dead_letter_attributes(given_up: GivenUp, sender: Mapping[str, str]) -> Attributes:
    """Beside the event in the dead-letter queue [eb:eb-rule-dlq]. `sender` comes first (RULE_ARN, or the Scheduler's
    names); EXHAUSTED_RETRY_CONDITION only where a bound of the policy ended the retries."""
    code, _, reason = given_up.error.partition(":")
    found = {
        **sender,
        "TARGET_ARN": str(given_up.delivery.effect.target),
        "ERROR_CODE": code if code.isupper() else CODES.get(code, OTHER),
        "ERROR_MESSAGE": (reason.strip() or code)[:MESSAGE_LIMIT],
    }
    if given_up.condition is not None:
        found["EXHAUSTED_RETRY_CONDITION"] = given_up.condition
    found["RETRY_ATTEMPTS"] = str(max(given_up.delivery.failures - 1, 0))
    return {name: ("String", value) for name, value in found.items()}


def _pause(profile: Profile, ids: Ids, retry: int) -> float:
    """Before the n-th retry, counted from 1."""
    return profile.jittered(min(PAUSE * 2.0 ** min(retry - 1, 10), LONGEST_PAUSE), ids)
