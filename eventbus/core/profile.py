"""Everything the documentation of AWS leaves open, as one frozen value with two presets.

`deterministic` is the default on both clocks: documented numbers, no jitter, no rate quotas. `realistic` adds those.
"""

from attrs import evolve, field, frozen

from eventbus.checks import at_least, pair_at_least
from eventbus.names import Ids


@frozen(kw_only=True)
class Profile:
    """Model choices of one run; times in seconds.

    Raises `InvalidSetting` where a value is out of range. Change single settings with `attrs.evolve`.
    """

    retry_waits: tuple[float, float] = field(default=(60.0, 120.0), validator=pair_at_least(0))
    """Before the first and the second retry of an asynchronous invocation (dg:invocation-async-error-handling)."""
    throttle_wait: float = field(default=1.0, validator=at_least(0.001))
    throttle_wait_limit: float = field(default=300.0, validator=at_least(0.001))
    """After a throttle an asynchronous queue pauses `throttle_wait`, doubled each time, up to the limit."""
    jitter: float = field(default=0.0, validator=at_least(0))
    """Share of a throttle pause that is added at random."""
    timeout_grace: float | None = field(default=None, validator=at_least(0))
    """What a timed-out handler gets to clean up before it is abandoned; None: 0 in virtual time, 2 on a real clock."""
    environment_idle: float = field(default=300.0, validator=at_least(0.001))
    """An execution environment unused for so long is retired."""
    mapping_throttle_wait: float = field(default=1.0, validator=at_least(0.001))
    mapping_throttle_wait_limit: float = field(default=20.0, validator=at_least(0.001))
    """A mapping keeps a throttled batch and tries again after these pauses, until its visibility is over."""
    stream_retry_wait: float = field(default=0.5, validator=at_least(0.001))
    stream_retry_wait_limit: float = field(default=60.0, validator=at_least(0.001))
    """A mapping on a stream tries a batch again after `stream_retry_wait`, doubled each time, up to the limit."""
    rate_quotas: bool = False
    """Requests and new environments per second are limited; asynchronous events without account capacity throttled."""

    def jittered(self, pause: float, ids: Ids) -> float:
        """`pause`, with its share of chance where the profile asks for it."""
        return pause * (1 + self.jitter * ids.random.random()) if self.jitter else pause

    @classmethod
    def deterministic(cls) -> "Profile":
        return cls()

    @classmethod
    def realistic(cls) -> "Profile":
        return evolve(cls(), jitter=0.5, rate_quotas=True)


def doubled(last: float, first: float, limit: float) -> float:
    """The pause after one of `last` seconds: `first` after none, twice as long each time, up to `limit`."""
    return min(last * 2 or first, limit)
