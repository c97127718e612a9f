"""Settings of a mapping on a queue (bc:lambda CreateEventSourceMapping, dg:services-sqs-parameters)."""

from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from eventbus.checks import as_tuple, between, one_of, refuse
from eventbus.core.batching import response_types
from eventbus.core.filtering import patterns_of

if TYPE_CHECKING:
    from eventbus.core.patterns import Pattern

FIFO_BATCH_LIMIT: Final = 10
BATCH_WITHOUT_WINDOW_LIMIT: Final = 10


@frozen(kw_only=True)
class QueueMappingConfig:
    """Raises `InvalidSetting` where a value is out of range. Whoever knows the queue calls `check` as well.

    `batch_size` is 1 to 10,000 records, above 10 only with a window; the window is 0 to 300 seconds;
    `maximum_concurrency` is 2 to 1,000 batches; `function_response_types` may hold "ReportBatchItemFailures";
    `filter_criteria` is up to five patterns, as mappings or JSON texts: a record that none matches is dropped.
    """

    batch_size: int = field(default=10, validator=between(1, 10_000, whole=True))
    maximum_batching_window_in_seconds: float = field(default=0, validator=between(0, 300))
    maximum_concurrency: int | None = field(default=None, validator=between(2, 1_000, whole=True))
    function_response_types: tuple[str, ...] = field(default=(), converter=as_tuple, validator=response_types)
    filter_criteria: "tuple[Pattern, ...]" = field(default=(), converter=patterns_of)
    enabled: bool = field(default=True, validator=one_of((True, False)))

    def __attrs_post_init__(self) -> None:
        for setting in ("batch_size", "maximum_batching_window_in_seconds"):
            if getattr(self, setting) is None:
                raise refuse(setting, None, "a number")

    @property
    def reports_failures(self) -> bool:
        """The function's answer says which records failed."""
        return bool(self.function_response_types)

    def check(self, *, fifo: bool) -> None:
        """Raise `InvalidSetting` unless a queue of this kind takes these settings together.

        A FIFO queue has batches of up to 10 and no window (dg:services-sqs-parameters). A standard queue refuses more
        than 10 without a window (recorded 2025).
        """
        window = self.maximum_batching_window_in_seconds
        if fifo and self.batch_size > FIFO_BATCH_LIMIT:
            raise refuse("batch_size", self.batch_size, f"1 to {FIFO_BATCH_LIMIT} on a FIFO queue")
        if fifo and window:
            raise refuse("maximum_batching_window_in_seconds", window, "0 on a FIFO queue")
        if self.batch_size > BATCH_WITHOUT_WINDOW_LIMIT and not window:
            allowed = (
                f"with batch_size={self.batch_size} more than 0 (Maximum batch window in seconds must be greater than "
                f"0 if maximum batch size is greater than {BATCH_WITHOUT_WINDOW_LIMIT})"
            )
            raise refuse("maximum_batching_window_in_seconds", window, allowed)
