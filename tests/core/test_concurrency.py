"""May one more invocation start: reservations, the account's pool, quotas per second."""

import copy
from fractions import Fraction

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eventbus.core.concurrency import (
    ACCOUNT_FULL,
    ACCOUNT_RATE,
    RESERVED_FULL,
    RESERVED_RATE,
    UNRESERVED_MINIMUM,
    Bucket,
    Concurrency,
)
from eventbus.names import Arn, function_arn

A, B, C = function_arn("a"), function_arn("b"), function_arn("c")


def admit(concurrency: Concurrency, function: Arn, times: int, *, now: float = 0.0, warm: bool = True) -> int:
    """How many of `times` were admitted."""
    return sum(concurrency.admit(now, function, warm=warm) is None for _ in range(times))


def reason(concurrency: Concurrency, function: Arn, *, now: float = 0.0, warm: bool = True) -> str:
    refused = concurrency.admit(now, function, warm=warm)
    assert refused is not None
    return refused.reason


def test_numbers_and_words_of_aws() -> None:
    """The account's default, what reservations must leave, reason codes."""
    assert Concurrency({}).limit(A) == 1_000
    assert UNRESERVED_MINIMUM == 100
    assert (RESERVED_FULL, ACCOUNT_FULL, RESERVED_RATE, ACCOUNT_RATE) == (
        "ReservedFunctionConcurrentInvocationLimitExceeded",
        "ConcurrentInvocationLimitExceeded",
        "ReservedFunctionInvocationRateLimitExceeded",
        "FunctionInvocationRateLimitExceeded",
    )


def test_nothing_runs_at_first() -> None:
    """All counts are zero, of functions nobody heard of too."""
    concurrency = Concurrency({A: 1})

    assert (concurrency.running, concurrency.highest, concurrency.throttles) == (0, 0, 0)
    assert concurrency.running_of(A) == concurrency.running_of(B) == 0


def test_reservation_is_a_ceiling() -> None:
    """The next is refused, not for ever."""
    concurrency = Concurrency({A: 2}, account=10)

    assert admit(concurrency, A, 3) == 2

    refused = concurrency.admit(0.0, A, warm=True)

    assert refused is not None
    assert (refused.reason, refused.terminal, refused.wait) == (RESERVED_FULL, False, False)


def test_reservation_is_a_floor() -> None:
    """Functions without one can't use it."""
    concurrency = Concurrency({A: 2}, account=10)

    assert admit(concurrency, B, 5) + admit(concurrency, C, 5) == 8
    assert reason(concurrency, C) == ACCOUNT_FULL
    assert admit(concurrency, A, 2) == 2


def test_reservation_of_zero_is_terminal() -> None:
    """An event of such a function is dropped."""
    refused = Concurrency({A: 0}).admit(0.0, A, warm=True)

    assert refused is not None
    assert refused.terminal


def test_full_account_lets_events_wait() -> None:
    """Without quotas per second; with them it is a throttle."""
    waits = Concurrency({}, account=0).admit(0.0, A, warm=True)
    throttles = Concurrency({}, account=0, rate_quotas=True).admit(0.0, A, warm=True)

    assert waits is not None
    assert waits.wait
    assert throttles is not None
    assert not throttles.wait


def test_release_makes_room() -> None:
    """In the pool it was taken from."""
    concurrency = Concurrency({A: 1}, account=2)
    admit(concurrency, A, 1)
    admit(concurrency, B, 1)

    concurrency.release(B)

    assert admit(concurrency, A, 1) == 0
    assert admit(concurrency, B, 1) == 1


def test_limit_of_a_function() -> None:
    """Its reservation, or what the others leave."""
    concurrency = Concurrency({A: 30}, account=100)

    assert (concurrency.limit(A), concurrency.limit(B)) == (30, 70)


def test_counters() -> None:
    """Running now, the highest there was, refused."""
    concurrency = Concurrency({}, account=2)
    admit(concurrency, A, 3)

    concurrency.release(A)

    assert (concurrency.running, concurrency.running_of(A), concurrency.highest, concurrency.throttles) == (1, 1, 2, 1)


def test_requests_per_second_of_a_reservation() -> None:
    """Ten for each unit, refilled continuously."""
    concurrency = Concurrency({A: 1}, rate_quotas=True)
    for _ in range(10):
        assert admit(concurrency, A, 1) == 1
        concurrency.release(A)

    assert reason(concurrency, A) == RESERVED_RATE
    assert admit(concurrency, A, 1, now=0.1) == 1


def test_requests_per_second_of_the_account() -> None:
    """Functions without a reservation share ten for each unit that reservations leave."""
    concurrency = Concurrency({A: 1}, account=3, rate_quotas=True)
    for function in (B, C) * 10:
        assert admit(concurrency, function, 1) == 1
        concurrency.release(function)

    assert reason(concurrency, C) == ACCOUNT_RATE
    assert admit(concurrency, A, 1) == 1
    assert admit(concurrency, C, 1, now=0.05) == 1


def test_full_function_uses_up_no_request() -> None:
    """Refused for its concurrency, it has its rate still."""
    concurrency = Concurrency({A: 1}, rate_quotas=True)
    admit(concurrency, A, 100)

    for _ in range(9):
        concurrency.release(A)

        assert admit(concurrency, A, 1) == 1


def test_new_environments_are_no_limit_of_the_account() -> None:
    """Quotas per second are throttles: an event backs off."""
    concurrency = Concurrency({}, account=5_000, rate_quotas=True)
    admit(concurrency, A, 1_000, warm=False)

    refused = concurrency.admit(0.0, A, warm=False)

    assert refused is not None
    assert (refused.wait, refused.terminal) == (False, False)


def test_new_environments_per_ten_seconds() -> None:
    """1,000 of one function; warm ones don't count."""
    concurrency = Concurrency({}, account=5_000, rate_quotas=True)

    assert admit(concurrency, A, 1_001, warm=False) == 1_000
    assert reason(concurrency, A, warm=False) == ACCOUNT_FULL
    assert admit(concurrency, A, 1, warm=True) == 1
    assert admit(concurrency, B, 1, warm=False) == 1
    assert admit(concurrency, A, 20, now=0.1, warm=False) == 10


def test_no_quotas_per_second_by_default() -> None:
    """As many as there is room for."""
    assert admit(Concurrency({}, account=5_000), A, 5_000, warm=False) == 5_000


@pytest.mark.parametrize(("seconds", "taken"), [(0.0, 0), (0.5, 1), (1.0, 2), (100.0, 4)])
def test_bucket_refills_up_to_its_capacity(seconds: float, taken: int) -> None:
    """Continuously."""
    bucket = Bucket(4, 2)
    for _ in range(4):
        bucket.take(0.0)

    assert sum(bucket.take(seconds) for _ in range(10)) == taken


class Rooms(RuleBasedStateMachine):
    """Nobody runs beyond its bounds, and nobody is refused who has room and rate."""

    concurrency: Concurrency
    now: float
    running: dict[Arn, int]
    left: dict[bool, Fraction]  # requests that the reserved function, and all others, may still make
    highest: int
    refused: int

    @initialize(account=st.integers(2, 8), reserved=st.integers(0, 2), rate_quotas=st.booleans())
    def start(self, account: int, reserved: int, rate_quotas: bool) -> None:
        self.concurrency = Concurrency({A: reserved}, account, rate_quotas)
        self.now = 0.0
        self.running = {A: 0, B: 0, C: 0}
        self.left = {True: Fraction(10 * reserved), False: Fraction(10 * (account - reserved))}
        self.highest = self.refused = 0

    @rule(function=st.sampled_from([A, B, C]), times=st.integers(1, 30), kept=st.booleans())
    def admit(self, function: Arn, times: int, kept: bool) -> None:
        """So many calls one after the other: each ends before the next, or all of them run on."""
        for _ in range(times):
            if self.admit_one(function) and not kept:
                self.release(function)

    def admit_one(self, function: Arn) -> bool:
        mine = function == A
        room = (self.running[A] if mine else self.running[B] + self.running[C]) < self.concurrency.limit(function)
        rate = not self.concurrency.rate_quotas or self.left[mine] >= 1

        refused = self.concurrency.admit(self.now, function, warm=True)

        assert (refused is None) == (room and rate)
        if refused is not None:
            full, fast = (RESERVED_FULL, RESERVED_RATE) if mine else (ACCOUNT_FULL, ACCOUNT_RATE)
            assert refused.reason == (fast if room else full)
            self.refused += 1
            return False
        self.running[function] += 1
        self.left[mine] -= 1
        self.highest = max(self.highest, sum(self.running.values()))
        return True

    @rule(eighths=st.integers(1, 16))
    def advance(self, eighths: int) -> None:
        """By what a float can say."""
        self.now += eighths / 8
        for mine, function in ((True, A), (False, B)):
            most = Fraction(10 * self.concurrency.limit(function))
            self.left[mine] = min(most, self.left[mine] + most * eighths / 8)

    @rule(function=st.sampled_from([A, B, C]))
    def release(self, function: Arn) -> None:
        if self.running[function]:
            self.concurrency.release(function)
            self.running[function] -= 1

    @rule()
    def go_on_with_a_copy(self) -> None:
        self.concurrency = copy.deepcopy(self.concurrency)

    @invariant()
    def counts_agree(self) -> None:
        assert self.concurrency.running == sum(self.running.values()) <= self.concurrency.account
        assert all(self.concurrency.running_of(each) == count for each, count in self.running.items())
        assert (self.concurrency.highest, self.concurrency.throttles) == (self.highest, self.refused)


Rooms.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestRooms = Rooms.TestCase
