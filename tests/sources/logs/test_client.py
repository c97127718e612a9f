"""What one can do with a log group, and what it refuses."""

from typing import Any

import pytest

from eventbus.errors import AccessDeniedException, InvalidParameterException, ServiceError
from eventbus.names import function_arn
from sources import logs
from sources.logs.ages import TOO_LONG
from sources.logs.checking import INVALID_TOKEN, NO_ROLE, OUT_OF_ORDER
from tests.sources.helpers import done
from tests.sources.logs.helpers import AT_10, STREAM, entry, group_at

HOUR = 3_600_000
DAY = 24 * HOUR
LIMIT = 1_048_576


def refusal(work: Any) -> ServiceError:
    with pytest.raises(ServiceError) as raised:
        done(work)
    return raised.value


def test_stream_is_made_once() -> None:
    """As recorded 2026-02, with status 400."""
    client, *_ = group_at()
    error = refusal(client.create_log_stream(STREAM))

    assert (error.code, str(error)) == ("ResourceAlreadyExistsException", "The specified log stream already exists")


def test_unknown_streams_are_refused() -> None:
    """For all who name one."""
    client, *_ = group_at()
    calls = [
        client.put_log_events("no", [entry("x")]),
        client.get_log_events("no"),
        client.filter_log_events(log_stream_names=[STREAM, "no"]),
    ]
    errors = [refusal(call) for call in calls]

    assert {(error.code, error.status) for error in errors} == {("ResourceNotFoundException", 400)}
    assert {str(error) for error in errors} == {"The specified log stream does not exist."}


@pytest.mark.parametrize(
    ("offsets", "kept", "rejected"),
    [
        ([0], [0], None),
        ([2 * HOUR], [2 * HOUR], None),
        ([2 * HOUR + 1], [], (0, None, None)),
        ([0, 2 * HOUR + 1, 3 * HOUR], [0], (1, None, None)),
        ([-14 * DAY], [-14 * DAY], None),
        ([-14 * DAY - 1], [], (None, 1, None)),
        ([-15 * DAY, -14 * DAY - 1, 0, 3 * HOUR], [0], (3, 2, None)),
        ([-DAY, 0], [-DAY, 0], None),
    ],
    ids=str,
)
def test_events_that_are_too_old_or_too_new(offsets: list[int], kept: list[int], rejected: Any) -> None:
    """Rejected each by itself; the others are stored."""
    client, *_ = group_at()

    async def main() -> tuple[Any, list[int]]:
        result = await client.put_log_events(STREAM, [entry("x", AT_10 + each) for each in offsets])
        found = await client.filter_log_events()
        return result.rejected_log_events_info, [each.timestamp - AT_10 for each in found.events]

    info, found = done(main())
    assert found == kept
    assert info == (None if rejected is None else logs.Rejected(*rejected))


def test_events_past_the_retention_are_expired() -> None:
    """A too old one is that first of all."""
    client, *_ = group_at(retention_in_days=3)
    times = [AT_10 - 15 * DAY, AT_10 - 4 * DAY, AT_10 - 3 * DAY - 1, AT_10]
    result = done(client.put_log_events(STREAM, [entry("x", each) for each in times]))

    assert result.rejected_log_events_info == logs.Rejected(None, 1, 3)


@pytest.mark.parametrize(
    ("events", "text"),
    [
        ([entry("b", AT_10 + 1), entry("a")], OUT_OF_ORDER),
        ([entry("a", AT_10 - DAY - 1), entry("b")], TOO_LONG),
        ([entry("x" * (LIMIT - 25))], f"Upload too large: {LIMIT + 1} bytes exceeds limit of {LIMIT}"),
        ([entry("è" * (LIMIT // 2))], f"Upload too large: {LIMIT + 26} bytes exceeds limit of {LIMIT}"),
        ([], "logEvents"),
        ([entry("x")] * 10_001, "logEvents"),
        ([entry("")], "logEvents.1.member.message"),
        ([entry(7)], "logEvents.1.member.message"),  # type: ignore[arg-type]  # refused at run time too
        ([entry("\ud800")], "UTF-8"),
        ([entry("x"), entry("x", -1)], "logEvents.2.member.timestamp"),
        ([entry("x", 1.5)], "logEvents.1.member.timestamp"),  # type: ignore[arg-type]  # likewise
        ([{"message": "x"}], "logEvents.1.member"),
        (["x"], "logEvents.1.member"),
        ("x", "log_events"),
        (7, "log_events"),
    ],
    ids=lambda each: repr(each)[:40],
)
def test_lists_that_are_refused(events: Any, text: str) -> None:
    """As a whole: nothing of it is stored."""
    client, *_ = group_at()
    error = refusal(client.put_log_events(STREAM, events))

    assert isinstance(error, InvalidParameterException)
    assert text in str(error)
    assert done(client.filter_log_events()).events == []


def test_longest_list() -> None:
    """10,000 events, 1 MiB with 26 bytes for each."""
    client, *_ = group_at()
    result = done(client.put_log_events(STREAM, [entry("x" * (LIMIT // 10_000 - 26))] * 10_000))

    assert result.rejected_log_events_info is None


def texts(events: Any) -> str:
    return "".join(each.message for each in events)


def filled(letters: str = "abcdef") -> logs.LogGroupClient:
    """One event a millisecond."""
    client, *_ = group_at()
    done(client.put_log_events(STREAM, [entry(each, AT_10 + n) for n, each in enumerate(letters)]))
    return client


def test_pages_forward() -> None:
    """To the end, where the token stays what it was; what comes later is found with it."""
    client = filled()

    async def main() -> list[str]:
        page = await client.get_log_events(STREAM, limit=4, start_from_head=True)
        found = [texts(page.events)]
        for _ in range(2):
            token = page.next_forward_token
            page = await client.get_log_events(STREAM, limit=4, next_token=token)
            found.append(texts(page.events))
        assert page.next_forward_token == token
        await client.put_log_events(STREAM, [entry("g", AT_10 + 9)])
        return [*found, texts((await client.get_log_events(STREAM, next_token=token)).events)]

    assert done(main()) == ["abcd", "ef", "", "g"]


def test_pages_backward() -> None:
    """The latest first, each page in order; from an end it goes back the other way."""
    client = filled()

    async def main() -> list[str]:
        page = await client.get_log_events(STREAM, limit=4)
        found = [texts(page.events)]
        for _ in range(2):
            token = page.next_backward_token
            page = await client.get_log_events(STREAM, limit=4, next_token=token)
            found.append(texts(page.events))
        assert page.next_backward_token == token
        page = await client.get_log_events(STREAM, limit=1, next_token=page.next_forward_token)
        return [*found, texts(page.events)]

    assert done(main()) == ["cdef", "ab", "", "a"]


def test_times_of_a_page() -> None:
    """From the start to before the end."""
    client = filled()
    found = done(client.get_log_events(STREAM, start_time=AT_10 + 1, end_time=AT_10 + 4))

    assert texts(found.events) == "bcd"
    assert (found.events[0].timestamp, found.events[0].ingestion_time) == (AT_10 + 1, AT_10)


def test_page_has_a_mebibyte() -> None:
    """Messages and 26 bytes for each; one event it has in any case."""
    client, *_ = group_at()

    async def main() -> list[int]:
        for _ in range(3):
            await client.put_log_events(STREAM, [entry("x" * (LIMIT // 2 - 26))])
        return [len((await client.get_log_events(STREAM, limit=limit)).events) for limit in (1, 3)]

    assert done(main()) == [1, 2]


def test_filtering_goes_over_streams() -> None:
    """In the order of timestamps, with ids; by names, by prefix, by pattern, page by page."""
    client, *_ = group_at()

    async def main() -> None:
        await client.create_log_stream("two")
        await client.put_log_events(STREAM, [entry("ERROR a"), entry("fine c", AT_10 + 2)])
        await client.put_log_events("two", [entry("ERROR b", AT_10 + 1), entry("ERROR d", AT_10 + 3)])
        everything = (await client.filter_log_events()).events
        assert [each.message[-1] for each in everything] == ["a", "b", "c", "d"]
        assert [each.log_stream_name for each in everything] == ["one", "two", "one", "two"]
        assert [each.event_id for each in everything] == sorted({each.event_id for each in everything})
        first = await client.filter_log_events("ERROR", limit=2)
        assert [each.message[-1] for each in first.events] == ["a", "b"]
        rest = await client.filter_log_events("ERROR", limit=2, next_token=first.next_token)
        assert ([each.message[-1] for each in rest.events], rest.next_token) == (["d"], None)
        for chosen in ({"log_stream_names": ["two"]}, {"log_stream_name_prefix": "t"}):
            found = await client.filter_log_events(start_time=AT_10 + 2, **chosen)
            assert [each.message[-1] for each in found.events] == ["d"]

    done(main())


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"limit": 10_001}, "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000"),
        ({"limit": 0}, "at 'limit'"),
        ({"limit": "5"}, "at 'limit'"),
        ({"next_token": "unknown"}, INVALID_TOKEN),
        ({"next_token": 7}, INVALID_TOKEN),
        ({"start_time": -1}, "startTime"),
        ({"end_time": "now"}, "endTime"),
        ({"log_stream_names": "one"}, "logStreamNames"),
        ({"log_stream_names": []}, "logStreamNames"),
        ({"log_stream_names": ["a:b"]}, "[^:*]*"),
        ({"log_stream_names": [STREAM], "log_stream_name_prefix": "o"}, "mutually exclusive"),
        ({"log_stream_name_prefix": ""}, "length greater than or equal to 1"),
        ({"filter_pattern": "p" * 1_025}, "less than or equal to 1024"),
        ({"filter_pattern": None}, "filterPattern"),
    ],
    ids=lambda each: str(each)[:40],
)  # fmt: skip
def test_reads_that_are_refused(settings: dict[str, Any], text: str) -> None:
    """Texts as recorded 2026-02 where they were."""
    client, *_ = group_at()
    error = refusal(client.filter_log_events(**settings))

    assert isinstance(error, InvalidParameterException)
    assert text in str(error)


def test_filters_at_run_time() -> None:
    """Put, replaced under the same name, shown by name, deleted."""
    client, work, _, feed = group_at()

    async def put(name: str, pattern: str) -> None:
        await client.put_subscription_filter(filter_name=name, filter_pattern=pattern, destination_arn=work.arn)

    async def main() -> None:
        await put("b", "")
        feed.now = 20.0
        await put("a", "x")
        await put("b", "y")
        with pytest.raises(logs.LimitExceededException, match=r"^Resource limit exceeded\.$"):
            await put("c", "")
        assert await client.describe_subscription_filters() == [
            logs.DescribedFilter("a", "/shop/orders", "x", work.arn, AT_10 + 10_000, "ByLogStream", False),
            logs.DescribedFilter("b", "/shop/orders", "y", work.arn, AT_10),
        ]
        assert [each.filter_name for each in await client.describe_subscription_filters(filter_name_prefix="b")] == [
            "b"
        ]
        await client.delete_subscription_filter("a")
        await client.put_log_events(STREAM, [entry("xy")])

    done(main())
    assert [data["subscriptionFilters"] for data in work.messages] == [["b"]]


def test_unknown_filters_are_refused() -> None:
    """As recorded 2026-02."""
    client, *_ = group_at()
    for call in (client.delete_subscription_filter("no"), client.emit_control_message("no")):
        error = refusal(call)

        assert (error.code, str(error)) == (
            "ResourceNotFoundException",
            "The specified subscription filter does not exist.",
        )


@pytest.mark.parametrize(
    ("arn", "kind", "text"),
    [
        ("work", InvalidParameterException, "destinationArn"),
        (None, InvalidParameterException, "destinationArn"),
        ("arn:aws:kinesis:us-east-1:000000000000:stream/s", InvalidParameterException, NO_ROLE),
        ("arn:aws:sqs:us-east-1:000000000000:q", InvalidParameterException, "no function"),
        (function_arn("work").replace("0" * 12, "1" * 12), AccessDeniedException, "Cross-account lambda invocation"),
    ],
    ids=str,
)
def test_destinations_that_are_refused(arn: Any, kind: type[ServiceError], text: str) -> None:
    """Functions of this account only."""
    client, _, machine, _ = group_at()
    error = refusal(client.put_subscription_filter(filter_name="f", filter_pattern="", destination_arn=arn))

    assert isinstance(error, kind)
    assert error.status == 400
    assert text in str(error)
    assert machine.subscriptions == []


def test_pattern_that_is_none_changes_nothing() -> None:
    """The filter of that name stays as it was."""
    client, work, machine, _ = group_at()
    machine.put_filter(0.0, "f", "x", work.arn)
    error = refusal(
        client.put_subscription_filter(filter_name="f", filter_pattern="{ $.a = ", destination_arn=work.arn)
    )

    assert isinstance(error, InvalidParameterException)
    assert [each.text for each in machine.subscriptions] == ["x"]
