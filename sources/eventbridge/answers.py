"""What calls on a bus answer, with botocore's members; instants are aware and in UTC."""

from collections.abc import Sequence
from datetime import datetime

from attrs import define, field


@define(eq=False)
class PutEventsResultEntry:
    """An id, or an error."""

    event_id: str | None = None
    error_code: str | None = None
    error_message: str | None = None


@define(eq=False)
class PutEventsResult:
    """`entries` in the order of the request's."""

    entries: Sequence[PutEventsResultEntry]

    @property
    def failed_entry_count(self) -> int:
        return sum(entry.error_code is not None for entry in self.entries)


@define(eq=False)
class PutRuleResult:
    rule_arn: str


@define(eq=False)
class FailedTarget:
    target_id: str
    error_code: str
    error_message: str


@define(eq=False)
class TargetsResult:
    """Of PutTargets and RemoveTargets."""

    failed_entries: Sequence[FailedTarget] = field(factory=list)

    @property
    def failed_entry_count(self) -> int:
        return len(self.failed_entries)


@define(eq=False)
class DescribedRule:
    """`event_pattern` is JSON text."""

    name: str
    arn: str
    event_bus_name: str
    state: str
    event_pattern: str | None
    schedule_expression: str | None
    description: str | None


@define(eq=False)
class DescribedArchive:
    """`event_pattern` is JSON text, `size_bytes` that of its events as JSON; 0 days: for ever."""

    archive_name: str
    archive_arn: str
    event_source_arn: str
    state: str
    event_pattern: str | None
    description: str | None
    retention_days: int
    event_count: int
    size_bytes: int
    creation_time: datetime


@define(eq=False)
class DescribedReplay:
    """`event_source_arn` is that of the archive."""

    replay_name: str
    replay_arn: str
    state: str
    event_source_arn: str
    description: str | None
    event_start_time: datetime
    event_end_time: datetime
    event_last_replayed_time: datetime | None
    replay_start_time: datetime
    replay_end_time: datetime | None
