"""Settings of a mapping on a stream (bc:lambda CreateEventSourceMapping, dg:services-kinesis-parameters)."""

from collections.abc import Collection
from json import loads
from math import inf
from typing import TYPE_CHECKING, Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, between, given, one_of, refuse
from eventbus.core.batching import response_types
from eventbus.core.filtering import patterns_of
from eventbus.names import Arn

if TYPE_CHECKING:
    from eventbus.core.patterns import Pattern

UNLIMITED: Final = -1
LATEST: Final = "LATEST"
TRIM_HORIZON: Final = "TRIM_HORIZON"
AT_TIMESTAMP: Final = "AT_TIMESTAMP"
LEAST_AGE: Final = 60
MOST_AGE: Final = 604_800
TAKERS: Final = ("sqs", "sns", "s3")
"""Services that records of failures can go to (bc:lambda OnFailure)."""


def _age(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not (value == UNLIMITED or LEAST_AGE <= value <= MOST_AGE):
        raise refuse(attribute.name, value, f"{UNLIMITED} or a whole number from {LEAST_AGE} to {MOST_AGE:,}")


def _taker(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and (not isinstance(value, Arn) or value.service not in TAKERS):
        raise refuse(attribute.name, value, "a queue, a topic or a bucket")


@frozen(kw_only=True)
class StreamMappingConfig:
    """Raises `InvalidSetting` where a value is out of range. Whoever knows the stream calls `check` as well.

    `batch_size` is 1 to 10,000 records, the batching window 0 to 300 seconds, `parallelization_factor` 1 to 10 lanes a
    shard; retries are 0 to 10,000, the record age is 60 to 604,800 seconds, -1 means no limit to either. The tumbling
    window is 0 (none) to 900 seconds, with one lane only: which state several lanes share is not documented.
    `starting_position_timestamp` is in seconds since 1970. `on_failure` is a queue, a topic or a bucket.
    """

    starting_position: str = field(validator=one_of((LATEST, TRIM_HORIZON, AT_TIMESTAMP)))
    starting_position_timestamp: float | None = field(default=None, validator=between(0, inf))
    batch_size: int = field(default=100, validator=given(between(1, 10_000, whole=True)))
    maximum_batching_window_in_seconds: float = field(default=0, validator=given(between(0, 300)))
    parallelization_factor: int = field(default=1, validator=given(between(1, 10, whole=True)))
    maximum_retry_attempts: int = field(default=UNLIMITED, validator=given(between(UNLIMITED, 10_000, whole=True)))
    maximum_record_age_in_seconds: int = field(default=UNLIMITED, validator=_age)
    bisect_batch_on_function_error: bool = field(default=False, validator=one_of((True, False)))
    tumbling_window_in_seconds: int = field(default=0, validator=given(between(0, 900, whole=True)))
    function_response_types: tuple[str, ...] = field(default=(), converter=as_tuple, validator=response_types)
    on_failure: Arn | None = field(default=None, validator=_taker)
    filter_criteria: "tuple[Pattern, ...]" = field(default=(), converter=patterns_of)
    enabled: bool = field(default=True, validator=one_of((True, False)))

    def __attrs_post_init__(self) -> None:
        timestamp = self.starting_position_timestamp
        if (self.starting_position == AT_TIMESTAMP) != (timestamp is not None):
            allowed = f"with starting_position {AT_TIMESTAMP}, and needed there"
            raise refuse("starting_position_timestamp", timestamp, allowed)
        if self.tumbling_window_in_seconds and self.parallelization_factor > 1:
            allowed = f"0 with parallelization_factor={self.parallelization_factor}"
            raise refuse("tumbling_window_in_seconds", self.tumbling_window_in_seconds, allowed)

    @property
    def reports_failures(self) -> bool:
        """The function's answer says from which record on it failed."""
        return bool(self.function_response_types)

    @property
    def retries(self) -> float:
        return inf if self.maximum_retry_attempts == UNLIMITED else self.maximum_retry_attempts

    @property
    def record_age(self) -> float:
        """Seconds."""
        return inf if self.maximum_record_age_in_seconds == UNLIMITED else self.maximum_record_age_in_seconds

    def check(
        self, *, positions: Collection[str], source: str = "", data_key: str | None = None, instant: float = inf
    ) -> None:
        """Raise `InvalidSetting` unless a stream that can be read from these `positions` takes these settings.

        `instant` is the time, in seconds since 1970, that a timestamp may not be beyond. Filters compare the data of a
        stream, which they see under `data_key`, with objects only (dg:invocation-eventfiltering).
        """
        if self.starting_position not in positions:
            allowed = f"{' or '.join(positions)} (Unsupported starting position for arn type: {source})"
            raise refuse("starting_position", self.starting_position, allowed)
        if self.starting_position_timestamp is not None and self.starting_position_timestamp > instant:
            raise refuse("starting_position_timestamp", self.starting_position_timestamp, f"up to now, {instant:.3f}")
        for pattern in self.filter_criteria:
            if isinstance(loads(pattern.text).get(data_key), list):
                raise refuse("filter_criteria", pattern.text, f"an object for {data_key}, which is no text here")
