"""May one more invocation of a function start: account pool, reserved concurrency, quotas per second.

Reserved concurrency is floor and ceiling; both count against the account (dg:lambda-concurrency).
"""

from typing import Final

from attrs import define, field

from eventbus.names import Arn

from .outcomes import Throttled

ACCOUNT_CONCURRENCY: Final = 1_000
UNRESERVED_MINIMUM: Final = 100
"""What reservations must leave to functions without one."""
REQUESTS_PER_CONCURRENCY: Final = 10
"""Requests per second for each unit of concurrency."""
ENVIRONMENTS_PER_TEN_SECONDS: Final = 1_000
"""New environments of one function, refilled continuously (dg:scaling-behavior)."""

RESERVED_FULL: Final = "ReservedFunctionConcurrentInvocationLimitExceeded"
ACCOUNT_FULL: Final = "ConcurrentInvocationLimitExceeded"
RESERVED_RATE: Final = "ReservedFunctionInvocationRateLimitExceeded"
ACCOUNT_RATE: Final = "FunctionInvocationRateLimitExceeded"


@define(eq=False)
class Bucket:
    """Tokens refilled continuously up to `capacity`."""

    capacity: float
    per_second: float
    _left: float = field(init=False)
    _at: float = field(default=0.0, init=False)

    def __attrs_post_init__(self) -> None:
        self._left = self.capacity

    def take(self, now: float) -> bool:
        self._left = min(self.capacity, self._left + (now - self._at) * self.per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


@define(eq=False)
class Concurrency:
    reserved: dict[Arn, int]
    account: int = ACCOUNT_CONCURRENCY
    rate_quotas: bool = False
    throttles: int = field(default=0, init=False)
    running: int = field(default=0, init=False)
    highest: int = field(default=0, init=False)
    _unreserved: int = field(init=False)  # the pool's size
    _unreserved_running: int = field(default=0, init=False)
    _running: dict[Arn, int] = field(factory=dict, init=False)
    _requests: dict[Arn | None, Bucket] = field(factory=dict, init=False)
    _environments: dict[Arn, Bucket] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self._unreserved = self.account - sum(self.reserved.values())

    def limit(self, function: Arn) -> int:
        return self.reserved.get(function, self._unreserved)

    def running_of(self, function: Arn) -> int:
        return self._running.get(function, 0)

    def full(self) -> bool:
        """No function without a reservation could run one more."""
        return self._unreserved_running >= self._unreserved

    def admit(self, now: float, function: Arn, *, warm: bool, asynchronous: bool = False) -> Throttled | None:
        """None, and one more is running; or why not. `warm`: an idle environment is there. Events have no limit of
        requests per second (dg:gettingstarted-limits)."""
        running = self._running.get(function, 0)
        reserved = self.reserved.get(function)
        refused: Throttled | None = None
        if reserved is None:
            if self.full():
                refused = Throttled(ACCOUNT_FULL, wait=not self.rate_quotas)
        elif running >= reserved:
            refused = Throttled(RESERVED_FULL, terminal=reserved == 0)
        if refused is None and self.rate_quotas:
            refused = self._over_rate(now, function, reserved, warm=warm, asynchronous=asynchronous)
        if refused is not None:
            self.throttles += 1
            return refused

        self._running[function] = running + 1
        if reserved is None:
            self._unreserved_running += 1
        self.running += 1
        if self.running > self.highest:
            self.highest = self.running
        return None

    def release(self, function: Arn) -> None:
        self._running[function] -= 1
        self._unreserved_running -= function not in self.reserved
        self.running -= 1

    def forget(self, function: Arn) -> None:
        """It has no reservation, does not run, and never will."""
        self._running.pop(function, None)
        self._environments.pop(function, None)

    def _over_rate(
        self, now: float, function: Arn, reserved: int | None, *, warm: bool, asynchronous: bool
    ) -> Throttled | None:
        key = None if reserved is None else function  # functions without a reservation share the account's rate
        per_second = REQUESTS_PER_CONCURRENCY * (self._unreserved if reserved is None else reserved)
        if not asynchronous and not self._requests.setdefault(key, Bucket(per_second, per_second)).take(now):
            return Throttled(ACCOUNT_RATE if reserved is None else RESERVED_RATE)
        scaling = Bucket(ENVIRONMENTS_PER_TEN_SECONDS, ENVIRONMENTS_PER_TEN_SECONDS / 10)
        if not warm and not self._environments.setdefault(function, scaling).take(now):
            return Throttled(ACCOUNT_FULL)
        return None
