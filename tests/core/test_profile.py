"""What the documentation leaves open, as settings."""

from typing import Any

import pytest
from attrs import asdict, evolve
from attrs.exceptions import FrozenInstanceError

from eventbus.core.profile import Profile, doubled
from eventbus.errors import InvalidSetting


def test_deterministic_is_the_default() -> None:
    """Documented numbers, no chance."""
    assert Profile() == Profile.deterministic()
    assert asdict(Profile()) == {
        "retry_waits": (60.0, 120.0),
        "throttle_wait": 1.0,
        "throttle_wait_limit": 300.0,
        "jitter": 0.0,
        "timeout_grace": None,
        "environment_idle": 300.0,
        "mapping_throttle_wait": 1.0,
        "mapping_throttle_wait_limit": 20.0,
        "stream_retry_wait": 0.5,
        "stream_retry_wait_limit": 60.0,
        "rate_quotas": False,
    }


def test_realistic_adds_chance_and_quotas() -> None:
    """Everything else is the same."""
    assert evolve(Profile.realistic(), jitter=0.0, rate_quotas=False) == Profile()
    assert Profile.realistic().jitter == 0.5
    assert Profile.realistic().rate_quotas


def test_pauses_double_up_to_a_limit() -> None:
    """The first is not zero."""
    pauses = [0.0]
    for _ in range(6):
        pauses.append(doubled(pauses[-1], 1.0, 20.0))

    assert pauses == [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0]


def test_profile_is_frozen() -> None:
    """Change a copy."""
    with pytest.raises(FrozenInstanceError):
        Profile().jitter = 1.0  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize(
    "setting",
    [
        {"retry_waits": (0, 0.0)},
        {"throttle_wait": 0.001},
        {"throttle_wait_limit": 0.001},
        {"jitter": 0},
        {"timeout_grace": 0},
        {"timeout_grace": None},
        {"environment_idle": 0.001},
        {"mapping_throttle_wait": 0.001},
        {"mapping_throttle_wait_limit": 0.001},
        {"stream_retry_wait": 0.001},
        {"stream_retry_wait_limit": 0.001},
    ],
    ids=str,
)
def test_least_that_is_accepted(setting: dict[str, Any]) -> None:
    """No pause is no shorter than a millisecond: a queue that never pauses would spin."""
    [(name, value)] = setting.items()

    assert getattr(Profile(**setting), name) == value


@pytest.mark.parametrize(
    "setting",
    [
        {"retry_waits": (-1.0, 0.0)},
        {"retry_waits": [60.0, 120.0]},
        {"retry_waits": (60.0,)},
        {"throttle_wait": 0},
        {"throttle_wait": 0.0009},
        {"throttle_wait_limit": 0.0009},
        {"jitter": -0.1},
        {"jitter": float("nan")},
        {"timeout_grace": -1},
        {"environment_idle": 0.0009},
        {"mapping_throttle_wait": 0.0009},
        {"mapping_throttle_wait_limit": 0.0009},
        {"mapping_throttle_wait_limit": "20"},
        {"stream_retry_wait": 0},
        {"stream_retry_wait_limit": 0.0009},
    ],
    ids=str,
)
def test_refused_settings_are_named(setting: dict[str, Any]) -> None:
    """With the value, and what is allowed."""
    [name] = setting

    with pytest.raises(InvalidSetting, match=rf"{name}=.*allowed"):
        Profile(**setting)
