"""Retries of targets, and what stands beside dead letters."""

import copy
from typing import Any

import pytest

from eventbus.core.effects import Deliver
from eventbus.core.profile import Profile
from eventbus.core.redelivery import Delivery, GivenUp
from eventbus.names import Arn, Ids, function_arn
from sources import _target_retries
from tests.golden import load, match

IDS = Ids(1, Arn("arn:aws:events:us-east-1:000000000000:event-bus/default"))
SENDER = {"RULE_ARN": "arn:aws:events:us-east-1:000000000000:rule/placed"}


def given_up(error: str, failures: int, condition: str | None) -> GivenUp:
    retries = _target_retries.retries(185, 86_400, Profile(), IDS)
    effect = Deliver(function_arn("work"), Arn("asker"), 1, "{}")
    return GivenUp(Delivery(effect, retries, 0.0, failures=failures), error, condition)


def shown(found: GivenUp) -> dict[str, Any]:
    attributes = _target_retries.dead_letter_attributes(found, SENDER)
    return {name: {"StringValue": value, "DataType": kind} for name, (kind, value) in attributes.items()}


def test_pauses_double_up_to_their_limit() -> None:
    """185 retries end within the day."""
    pause = _target_retries.retries(185, 86_400, Profile(), IDS).pause
    pauses = [pause(retry) for retry in range(1, 186)]

    assert pauses[:10] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 450]
    assert set(pauses[9:]) == {450}
    assert sum(pauses) == 79_711


def test_jitter_only_where_the_profile_has_it() -> None:
    """Up to half of the pause more, by the stream of the ids; a copy of the policy has a stream of its own."""
    policy = _target_retries.retries(185, 86_400, Profile.realistic(), IDS)
    copied = copy.deepcopy(policy)
    pauses = [policy.pause(3) for _ in range(50)]

    assert all(4 <= pause <= 6 for pause in pauses)
    assert len(set(pauses)) > 1
    assert [copied.pause(3) for _ in range(50)] == pauses


@pytest.mark.parametrize(
    ("golden", "found"),
    [
        ("no_permission", given_up("AccessDeniedException: not allowed", 1, None)),
        ("retries_exhausted", given_up("ThrottlingException", 3, "MaximumRetryAttempts")),
        ("age_exceeded", given_up("TooManyRequestsException: slow down", 6, "MaximumEventAgeInSeconds")),
    ],
)
def test_attributes_of_dead_letters(golden: str, found: GivenUp) -> None:
    """The whole goldens."""
    match(load(f"eventbridge/dead_letter_{golden}"), shown(found), key_order=False)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        ("ResourceNotFoundException", "NO_RESOURCE", "ResourceNotFoundException"),
        ("InvalidParameterValue: no group", "INVALID_PARAMETER", "no group"),
        ("ServiceUnavailable", "ERROR_FROM_TARGET", "ServiceUnavailable"),
        ("INVALID_JSON: no JSON: x", "INVALID_JSON", "no JSON: x"),
        ("ServiceUnavailable: " + "x" * 2_000, "ERROR_FROM_TARGET", "x" * 1_024),
    ],
)
def test_codes_of_dead_letters(error: str, code: str, message: str) -> None:
    """What is a code of the list already stays."""
    found = shown(given_up(error, 1, None))

    assert found["ERROR_CODE"]["StringValue"] == code
    assert found["ERROR_MESSAGE"]["StringValue"] == message


def test_what_was_never_tried_has_no_retries() -> None:
    """Refused by the sender itself."""
    assert shown(given_up("INVALID_JSON: x", 0, None))["RETRY_ATTEMPTS"]["StringValue"] == "0"
