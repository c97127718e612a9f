"""Health checks: what is asked and when, what passes, and what changes the state."""

from typing import Any

import pytest

from eventbus.core.outcomes import HandlerFailed, Throttled
from eventbus.errors import InvalidSetting
from sources import alb
from tests.contracts.alb_table import HEALTH, HEALTH_DEFAULTS, Health
from tests.golden import load, match
from tests.sources.alb.helpers import Balancer, balancer, ok
from tests.sources.doors import WORK

CHECK = alb.HealthCheck()
LIMIT = 10_000.0


def checked(answer: Any = None, check: alb.HealthCheck = CHECK, **group: Any) -> Balancer:
    """At time 0, before its first check."""
    door = balancer(answer=answer, health_check=check, **group)
    door.now = 0.0
    return door


def state(door: Balancer) -> Any:
    [described] = door.group.described(door.now)
    health = described.target_health
    return (health.state, health.reason, health.description)


INITIAL = ("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
HEALTHY = ("healthy", None, None)
TIMEOUT = ("unhealthy", "Target.Timeout", "Request timed out")
FAILED = ("unhealthy", "Target.FailedHealthChecks", "Health checks failed")


def mismatch(status: int) -> tuple[str, str, str]:
    return ("unhealthy", "Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]")


@pytest.mark.parametrize("multi", [False, True])
def test_event_of_a_check_is_the_golden(multi: bool) -> None:
    """Whole, in both modes."""
    door = checked(ok, multi_value_headers=multi)
    door.advance(0.0)

    match(load("alb/health_check_multi" if multi else "alb/health_check"), door.events[0])


def test_path_of_a_check_may_have_a_query() -> None:
    """As it is written."""
    door = checked(ok, alb.HealthCheck(path="/up?deep=1"))
    door.advance(0.0)

    assert (door.events[0]["path"], door.events[0]["queryStringParameters"]) == ("/up", {"deep": "1"})


def test_defaults() -> None:
    """Off; and AWS's numbers when on."""
    assert alb.TargetGroup("hello").health_check is None
    found = {
        "HealthCheckEnabled": False,
        "HealthCheckPath": CHECK.path,
        "HealthCheckIntervalSeconds": CHECK.interval_seconds,
        "HealthCheckTimeoutSeconds": CHECK.timeout_seconds,
        "HealthyThresholdCount": CHECK.healthy_threshold_count,
        "UnhealthyThresholdCount": CHECK.unhealthy_threshold_count,
        "Matcher": {"HttpCode": CHECK.matcher},
    }
    assert found == HEALTH_DEFAULTS


def test_without_checks_the_health_is_unavailable() -> None:
    """And nothing is asked."""
    door = balancer(answer=ok)
    door.advance(LIMIT)

    assert state(door)[:2] == ("unavailable", "Target.HealthCheckDisabled")
    assert door.events == []


@pytest.mark.parametrize("row", HEALTH, ids=lambda row: f"{row.matcher} and {row.status}")
def test_status_that_passes(row: Health) -> None:
    """Told by the first check: a new target is healthy after one."""
    door = checked(lambda event: {"statusCode": row.status}, alb.HealthCheck(matcher=row.matcher))
    door.advance(0.0)

    expected_bad = row.status >= 200  # 1xx is no answer
    assert state(door) == (HEALTHY if row.healthy else INITIAL)
    door.advance(4 * 35)
    if not row.healthy:
        assert state(door) == (mismatch(row.status) if expected_bad else FAILED)


def test_state_changes_after_five_in_a_row() -> None:
    """Bad ones at 35 to 175 s, good ones from 210 s on; four of them change nothing."""
    status = 200
    door = checked(lambda event: {"statusCode": status})
    seen = []
    for number, status in enumerate([200, *[503] * 4, 200, *[503] * 5, *[200] * 4, 404, *[200] * 5]):
        door.advance(number * 35.0)
        seen.append(state(door)[0])
        if status == 404:
            assert state(door) == mismatch(404)

    assert seen == ["healthy"] * 10 + ["unhealthy"] * 10 + ["healthy"]
    assert len(door.events) == 21


def test_thresholds_are_settings() -> None:
    """Two bad, three good."""
    status = 500
    check = alb.HealthCheck(
        interval_seconds=5, timeout_seconds=2, unhealthy_threshold_count=2, healthy_threshold_count=3
    )
    door = checked(lambda event: {"statusCode": status}, check)
    door.advance(0.0)
    assert state(door) == INITIAL
    door.advance(5.0)
    assert state(door) == mismatch(500)
    status = 200
    door.advance(19.9)
    assert state(door)[0] == "unhealthy"
    door.advance(20.0)

    assert state(door) == HEALTHY


@pytest.mark.parametrize(
    "answer",
    [
        HandlerFailed("ValueError", "boom", "id", ()),
        Throttled("ConcurrentInvocationLimitExceeded"),
        {"statusCode": "200"},
        None,
    ],
    ids=["function error", "throttled", "malformed", "null"],
)
def test_what_is_no_answer_fails(answer: Any) -> None:
    """As a client would get 502."""
    door = checked(lambda event: answer)
    door.advance(139.0)
    assert state(door) == INITIAL
    door.advance(140.0)

    assert state(door) == FAILED


def test_check_that_is_not_allowed_fails() -> None:
    """No permission for the target group."""
    door = checked()
    for number in range(5):
        door.advance(number * 35.0)
        door.deny("no grant")

    assert state(door) == FAILED


def test_answer_after_the_timeout_counts_for_nothing() -> None:
    """It has failed at 30 s; the next check waits until the function has ended."""
    check = alb.HealthCheck(unhealthy_threshold_count=2)
    door = checked(check=check)
    door.advance(29.9)
    door.answer(ok(None))
    assert state(door) == HEALTHY
    door.advance(65.0)
    assert len(door.invokes) == 2
    door.advance(80.0)
    assert len(door.invokes) == 2
    door.answer(ok(None))
    assert door.group.next_deadline() == 105.0
    door.advance(135.0)

    assert len(door.invokes) == 3
    assert state(door) == TIMEOUT


@pytest.mark.parametrize("at", [30.0, 30.5])
def test_answer_at_the_timeout_is_too_late(at: float) -> None:
    """Whoever comes first, it or the timer."""
    door = checked(check=alb.HealthCheck(unhealthy_threshold_count=2))
    door.advance(0.0)
    door.now = at
    door.answer(ok(None))
    door.advance(34.9)
    assert state(door) == INITIAL
    door.advance(35.0)
    door.now = 35.0 + at
    door.answer(ok(None))

    assert state(door) == TIMEOUT


def test_function_as_slow_as_the_interval_leaves_a_moment() -> None:
    """If it ends at the very instant when a check would begin, that one is left out: a bus comes to rest."""
    door = checked()
    door.advance(0.0)
    door.now = 35.0
    door.group.wake(30.0)
    door.answer(ok(None))

    assert door.group.next_deadline() == 70.0


def test_check_whose_answer_never_comes() -> None:
    """No function runs longer than 900 s: then there is another one."""
    door = checked(check=alb.HealthCheck(interval_seconds=53))
    door.advance(900.9)
    assert len(door.invokes) == 1
    door.advance(901.0)

    assert len(door.invokes) == 2


def test_checks_are_not_waited_for() -> None:
    """Neither the next one nor the one that runs."""
    door = checked()
    door.advance(1.0)
    assert door.group.outstanding() == 0
    door.send()

    assert door.group.outstanding() == 1


def test_unhealthy_target_is_used_all_the_same() -> None:
    """It is the only one; so is one that is not yet healthy."""
    door = checked(lambda event: {"statusCode": 500 if event["path"] == "/" else 200})
    assert door.request(target="/a").status == 200
    door.advance(140.0)

    assert state(door)[0] == "unhealthy"
    assert door.request(target="/a").status == 200


def test_registered_again_it_begins_anew() -> None:
    """With a check at once; the one that ran before counts no more."""
    door = checked()
    door.advance(10.0)
    door.group.deregister(10.0, WORK.arn)
    door.advance(100.0)
    assert len(door.invokes) == 1
    door.group.register(100.0, WORK.arn)
    door.answer(ok(None))
    assert state(door) == INITIAL
    door.advance(100.0)
    door.answer(ok(None))

    assert len(door.invokes) == 2
    assert state(door) == HEALTHY
    assert door.responses == []


def test_trace_tells_of_checks() -> None:
    """What was asked, and what became of it."""
    door = checked(ok)
    door.advance(0.0)
    [asked] = [note for note in door.notes if note[0] == "requested"]
    [answered] = [note for note in door.notes if note[0] == "responded"]

    assert asked[3] == "health check: GET /"
    assert answered[2:4] == (asked[2], "200: health check; healthy")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("path", "up"),
        ("path", ""),
        ("path", "/a b"),
        ("path", "/" + "x" * 1_024),
        ("path", None),
        ("interval_seconds", 4),
        ("interval_seconds", 301),
        ("interval_seconds", None),
        ("timeout_seconds", 1),
        ("timeout_seconds", 121),
        ("timeout_seconds", 35),
        ("healthy_threshold_count", 1),
        ("healthy_threshold_count", 11),
        ("unhealthy_threshold_count", 1),
        ("unhealthy_threshold_count", 11),
        ("unhealthy_threshold_count", 2.0),
        ("matcher", "199"),
        ("matcher", "500"),
        ("matcher", "200-500"),
        ("matcher", "204-200"),
        ("matcher", "200;202"),
        ("matcher", "200, 202"),
        ("matcher", ""),
        ("matcher", 200),
    ],
)
def test_setting_that_is_refused(setting: str, value: Any) -> None:
    """By its name."""
    interval = {} if value == 35 or setting == "interval_seconds" else {"interval_seconds": 300}
    with pytest.raises(InvalidSetting, match=setting):
        alb.HealthCheck(**{**interval, setting: value})


@pytest.mark.parametrize(
    "settings",
    [
        {"path": "/" + "x" * 1_023},
        {"interval_seconds": 5, "timeout_seconds": 2, "healthy_threshold_count": 2, "unhealthy_threshold_count": 10},
        {
            "interval_seconds": 300,
            "timeout_seconds": 120,
            "healthy_threshold_count": 10,
            "unhealthy_threshold_count": 2,
        },
        {"matcher": "200-499"},
        {"matcher": "200,202,300-310"},
    ],
)
def test_setting_at_a_limit(settings: dict[str, Any]) -> None:
    """Is allowed."""
    alb.HealthCheck(**settings)
