"""Health checks: how they are declared, and what they have found out (elb:target-group-health-checks).

Laws: one good check makes a new target healthy; afterwards only so many equal results in a row change its state. Checks
begin at multiples of the interval, however long the function takes; there is one at a time (our choice: so there are
moments without one, and a bus comes to rest). The check whose answer never comes is over when no function runs so long.
"""

import re
from math import inf
from typing import Any, Final

from attrs import Attribute, define, field, frozen

from eventbus.checks import between, given, refuse

from .answers import TargetHealth

USER_AGENT: Final = "ELB-HealthChecker/2.0"
PATH_LIMIT: Final = 1_024
LOWEST_CODE: Final = 200
HIGHEST_CODE: Final = 499
LONGEST_RUN: Final = 900.0
"""Seconds that a function may run (dg:gettingstarted-limits)."""

INITIAL, HEALTHY, UNHEALTHY = "initial", "healthy", "unhealthy"
UNCHECKED: Final = ("unavailable", "Target.HealthCheckDisabled", "Health checks are not enabled for this target")
TIMEOUT: Final = ("Target.Timeout", "Request timed out")
FAILED: Final = ("Target.FailedHealthChecks", "Health checks failed")

_PATH: Final = re.compile(r"/[!-~]*")
_CODES: Final = re.compile(r"(\d{3})(?:-(\d{3}))?")


def _check_path(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _PATH.fullmatch(value) or len(value) > PATH_LIMIT:
        raise refuse(attribute.name, value, f"a path that begins with /, of up to {PATH_LIMIT:,} visible letters")


def _ranges(matcher: object) -> list[range]:
    """Raises `InvalidSetting`."""
    found: list[range] = []
    for part in matcher.split(",") if isinstance(matcher, str) else [""]:
        codes = _CODES.fullmatch(part)
        low, high = (int(codes[1]), int(codes[2] or codes[1])) if codes is not None else (0, 0)
        if not LOWEST_CODE <= low <= high <= HIGHEST_CODE:
            raise refuse("matcher", matcher, f"statuses from {LOWEST_CODE} to {HIGHEST_CODE}, as 200,202 or 200-299")
        found.append(range(low, high + 1))
    return found


@frozen(kw_only=True)
class HealthCheck:
    """Every `interval_seconds` the function is asked for `path`; it passes if it answers within `timeout_seconds` with
    a status of `matcher`: `200`, `200,202` or `200-299`."""

    path: str = field(default="/", validator=_check_path)
    interval_seconds: int = field(default=35, validator=given(between(5, 300, whole=True)))
    timeout_seconds: int = field(default=30, validator=given(between(2, 120, whole=True)))
    healthy_threshold_count: int = field(default=5, validator=given(between(2, 10, whole=True)))
    unhealthy_threshold_count: int = field(default=5, validator=given(between(2, 10, whole=True)))
    matcher: str = "200"

    def __attrs_post_init__(self) -> None:
        _ranges(self.matcher)
        if self.timeout_seconds >= self.interval_seconds:
            raise refuse("timeout_seconds", self.timeout_seconds, "less than interval_seconds")

    def passes(self, status: int) -> bool:
        return any(status in codes for codes in _ranges(self.matcher))


@define(eq=False)
class Health:
    """Of one target, since it was registered."""

    check: HealthCheck
    due_at: float  # the next check; of one that runs, when the next one comes at the latest
    late_at: float = field(default=inf, init=False)  # of the check that runs: an answer is too late
    state: str = field(default=INITIAL, init=False)
    why: tuple[str, str] = field(
        default=("Elb.InitialHealthChecking", "Initial health checks in progress"), init=False
    )  # it is not healthy
    in_a_row: int = field(default=0, init=False)  # results against `state`
    _began_at: float = field(default=0.0, init=False)

    def next_deadline(self) -> float:
        return min(self.due_at, self.late_at)

    def began(self, now: float) -> None:
        self._began_at = now
        self.late_at = now + self.check.timeout_seconds
        self.due_at = self._after(now + LONGEST_RUN)

    def answered(self, now: float, status: int | None) -> None:
        """The check is over: `status` None for a failure without an answer."""
        late_at, self.late_at = self.late_at, inf
        self.due_at = self._after(now)
        if late_at == inf:  # it has failed already
            return
        if now >= late_at:
            self._failed(TIMEOUT)
        elif status is None:
            self._failed(FAILED)
        elif self.check.passes(status):
            self._passed()
        else:
            self._failed(("Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]"))

    def timed_out(self) -> None:
        self.late_at = inf
        self._failed(TIMEOUT)

    def view(self) -> TargetHealth:
        return TargetHealth(self.state, *(() if self.state == HEALTHY else self.why))

    def _after(self, now: float) -> float:
        """When the first check after `now` begins."""
        at = self._began_at + self.check.interval_seconds
        while at <= now:
            at += self.check.interval_seconds
        return at

    def _passed(self) -> None:
        if self.state == HEALTHY:
            self.in_a_row = 0
            return
        self.in_a_row = self.in_a_row + 1 if self.state == UNHEALTHY else self.check.healthy_threshold_count
        if self.in_a_row >= self.check.healthy_threshold_count:
            self.state, self.in_a_row = HEALTHY, 0

    def _failed(self, why: tuple[str, str]) -> None:
        if self.state == UNHEALTHY:
            self.in_a_row, self.why = 0, why
            return
        self.in_a_row += 1
        if self.in_a_row >= self.check.unhealthy_threshold_count:
            self.state, self.in_a_row, self.why = UNHEALTHY, 0, why
