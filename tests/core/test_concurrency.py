"""May one more invocation start: reservations, the account's pool, quotas per second."""

import copy

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eventbus.core.concurrency import (
    ACCOUNT_FULL,
    ACCOUNT_RATE,
    RESERVED_FULL,
    RESERVED_RATE,
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
    """Functions without a reservation share them."""
    concurrency = Concurrency({}, account=1, rate_quotas=True)
    for function in (A, B) * 5:
        assert admit(concurrency, function, 1) == 1
        concurrency.release(function)

    assert reason(concurrency, C) == ACCOUNT_RATE


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
    """Nobody runs beyond its bounds, and nobody is refused who has room."""

    concurrency: Concurrency
    running: dict[Arn, int]

    @initialize(account=st.integers(2, 8), reserved=st.integers(0, 2))
    def start(self, account: int, reserved: int) -> None:
        self.concurrency = Concurrency({A: reserved}, account)
        self.running = {A: 0, B: 0, C: 0}

    @rule(function=st.sampled_from([A, B, C]))
    def admit(self, function: Arn) -> None:
        pool = self.running[A] if function == A else self.running[B] + self.running[C]

        admitted = self.concurrency.admit(0.0, function, warm=True) is None

        assert admitted == (pool < self.concurrency.limit(function))
        self.running[function] += admitted

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


Rooms.TestCase.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
TestRooms = Rooms.TestCase
