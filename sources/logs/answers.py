"""What calls on a log group answer, with botocore's members. Times in milliseconds since 1970."""

from collections.abc import Sequence

from attrs import define, field, frozen

from eventbus.names import Arn

from .ages import Rejected
from .streams import LogEvent


@define(eq=False)
class PutLogEventsResult:
    """`rejected_log_events_info` is None if all were stored."""

    rejected_log_events_info: Rejected | None


@define(eq=False)
class OutputLogEvent:
    _event: LogEvent

    @property
    def timestamp(self) -> int:
        return self._event.timestamp

    @property
    def message(self) -> str:
        return self._event.message

    @property
    def ingestion_time(self) -> int:
        return self._event.ingestion_time


@define(eq=False)
class FilteredLogEvent(OutputLogEvent):
    event_id: str

    @property
    def log_stream_name(self) -> str:
        return self._event.stream


@define(eq=False)
class GetLogEventsResult:
    """`events` in order. At an end of the stream its token is the one that was passed in."""

    events: Sequence[OutputLogEvent]
    next_forward_token: str
    next_backward_token: str


@define(eq=False)
class FilterLogEventsResult:
    """`next_token` is None if there are no more."""

    events: Sequence[FilteredLogEvent] = field(factory=list)
    next_token: str | None = None


@frozen
class DescribedFilter:
    filter_name: str
    log_group_name: str
    filter_pattern: str
    destination_arn: Arn
    creation_time: int
    distribution: str = "ByLogStream"
    apply_on_transformed_logs: bool = False
