"""What one can do with a log group."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define

from eventbus.checks import texts
from eventbus.core.patterns.logs import LogsPattern
from eventbus.errors import InvalidParameterException
from eventbus.ports import Feed

from . import checking
from .answers import (
    DescribedFilter,
    FilteredLogEvent,
    FilterLogEventsResult,
    GetLogEventsResult,
    OutputLogEvent,
    PutLogEventsResult,
)
from .machine import LogGroupMachine


@define(eq=False)
class LogGroupClient:
    """`bus[log_group]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's errors.
    Times are whole milliseconds since 1970."""

    _machine: LogGroupMachine
    _feed: Feed

    async def create_log_stream(self, log_stream_name: str) -> None:
        """Events may be put into it. Raises `ResourceAlreadyExistsException`."""
        machine = self._machine
        checking.name("logStreamName", log_stream_name)
        await self._feed.call(machine, "logs:CreateLogStream", machine.create_stream, log_stream_name)

    async def put_log_events(self, log_stream_name: str, log_events: Sequence[Mapping[str, Any]]) -> PutLogEventsResult:
        """Up to 10,000 events `{"timestamp": ..., "message": ...}` of 1 MiB together are stored, and on their way to
        the filters that match. Events of more than 2 hours ahead, older than 14 days or than the retention are
        rejected, each by itself. Raises `ResourceNotFoundException` for the stream; `InvalidParameterException` for a
        list that is too long, not in the order of its timestamps, or spans more than 24 hours."""
        machine = self._machine
        checking.name("logStreamName", log_stream_name)
        events = checking.log_events(log_events)
        cause = self._feed.cause()
        put = self._feed.call(machine, "logs:PutLogEvents", machine.put, log_stream_name, events, cause)
        return PutLogEventsResult(await put)

    async def get_log_events(
        self,
        log_stream_name: str,
        *,
        start_time: int | None = None,
        end_time: int | None = None,
        next_token: str | None = None,
        limit: int | None = None,
        start_from_head: bool = False,
    ) -> GetLogEventsResult:
        """A page of one stream, from `start_time` to before `end_time`: the latest events, or the earliest; with a
        token what follows it. A page has at most `limit` events, 10,000 events, 1 MiB."""
        machine, size = self._machine, checking.limit(limit)
        checking.name("logStreamName", log_stream_name)
        low, high = checking.keys(start_time, end_time)
        forward = start_from_head
        if next_token is not None:
            direction, key = checking.position(next_token)
            forward = direction == "f"
            low, high = (max(low, key), high) if forward else (low, key if high is None else min(high, key))
        page = await self._feed.call(
            machine, "logs:GetLogEvents", machine.page, log_stream_name, low, high, size, forward=forward
        )
        events = page.events
        before, behind = (events[0].key, events[-1].key + 1) if events else _here(low, high, forward=forward)
        shown = [OutputLogEvent(event) for event in events]
        return GetLogEventsResult(shown, checking.token("f", behind), checking.token("b", before))

    async def filter_log_events(
        self,
        filter_pattern: str = "",
        *,
        log_stream_names: Sequence[str] | None = None,
        log_stream_name_prefix: str | None = None,
        start_time: int | None = None,
        end_time: int | None = None,
        next_token: str | None = None,
        limit: int | None = None,
    ) -> FilterLogEventsResult:
        """A page of the events that match, of all streams or of these, in the order of their timestamps. Raises
        `InvalidParameterException` for a pattern that is none, `ResourceNotFoundException` for a stream."""
        machine, size = self._machine, checking.limit(limit)
        checking.stream_names(log_stream_names, log_stream_name_prefix)
        checking.pattern(filter_pattern)
        low, high = checking.keys(start_time, end_time)
        if next_token is not None:
            low = max(low, checking.position(next_token)[1])
        names = None if log_stream_names is None else list(log_stream_names)
        asked = names, log_stream_name_prefix or "", LogsPattern(filter_pattern), low, high, size
        page = await self._feed.call(machine, "logs:FilterLogEvents", machine.search, *asked)
        events = [FilteredLogEvent(event, machine.event_id(event)) for event in page.events]
        following = checking.token("f", page.events[-1].key + 1) if page.rest else None
        return FilterLogEventsResult(events, following)

    async def put_subscription_filter(self, *, filter_name: str, filter_pattern: str, destination_arn: str) -> None:
        """Events that match go to this function from now on, for this bus; a filter of the same name is replaced.
        Raises `LimitExceededException` for a third one, `InvalidParameterException` for a pattern or a destination."""
        machine = self._machine
        checking.name("filterName", filter_name)
        checking.pattern(filter_pattern)
        destination = checking.destination(destination_arn, machine.arn.name)
        await self._feed.call(
            machine, "logs:PutSubscriptionFilter", machine.put_filter, filter_name, filter_pattern, destination
        )

    async def delete_subscription_filter(self, filter_name: str) -> None:
        """What it had on its way arrives all the same. Raises `ResourceNotFoundException`."""
        machine = self._machine
        checking.name("filterName", filter_name)
        await self._feed.call(machine, "logs:DeleteSubscriptionFilter", machine.delete_filter, filter_name)

    async def describe_subscription_filters(self, *, filter_name_prefix: str = "") -> list[DescribedFilter]:
        """By name."""
        machine = self._machine
        texts(InvalidParameterException, filter_name_prefix=filter_name_prefix)
        found = await self._feed.call(machine, "logs:DescribeSubscriptionFilters", machine.named, filter_name_prefix)
        return [
            DescribedFilter(
                each.name, machine.arn.name, each.text, each.destination, machine.milliseconds(each.created_at)
            )
            for each in found
        ]

    async def emit_control_message(self, filter_name: str) -> None:
        """The destination of this filter gets the check that CloudWatch Logs sends now and then, which holds no events
        and is to be passed by. Raises `ResourceNotFoundException`."""
        machine = self._machine
        checking.name("filterName", filter_name)
        await self._feed.call(machine, "logs:PutSubscriptionFilter", machine.check_destination, filter_name)


def _here(low: int, high: int | None, *, forward: bool) -> tuple[int, int]:
    """Where a page without events stands."""
    key = low if forward or high is None else high
    return key, key
