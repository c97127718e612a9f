"""Consumers with enhanced fan-out."""

import re
from base64 import b64decode
from math import inf
from typing import Any

import pytest

from eventbus import App
from eventbus.core.effects import ListShards, Receive
from eventbus.errors import InvalidSetting
from sources import kinesis
from tests.helpers import virtually
from tests.sources.helpers import EPOCH, birth, done
from tests.sources.kinesis.helpers import (
    FIRST,
    MAPPING,
    arrivals,
    listed,
    make_stream,
    put,
    read,
    start,
    stream_at,
)

STREAM = kinesis.Stream("orders")
CONSUMER = kinesis.Consumer(STREAM, "bill")


def make_consumer() -> Any:
    return CONSUMER.machine(birth(CONSUMER.arn))


def test_consumer_arn_has_the_form_of_aws() -> None:
    """And is the same in every run; no two of them share the number at the end."""
    form = r"arn:aws:kinesis:us-east-1:000000000000:stream/orders/consumer/bill:[0-9]+"
    others = {kinesis.Consumer(kinesis.Stream(stream), name).arn.name for stream in "ab" for name in "ab"}

    assert re.fullmatch(form, CONSUMER.arn)
    assert CONSUMER.arn == kinesis.Consumer(kinesis.Stream("orders"), "bill").arn
    assert len(others) == 4


@pytest.mark.parametrize(
    ("stream", "name", "named"),
    [("orders", "bill", "stream='orders'"), (STREAM, "b/ill", "name='b/ill'"), (STREAM, "", "name=''")],
    ids=["no stream", "letters", "empty"],
)
def test_wrong_consumer_is_refused(stream: Any, name: str, named: str) -> None:
    """By the name of the setting."""
    with pytest.raises(InvalidSetting, match=re.escape(named)):
        kinesis.Consumer(stream, name)


def test_consumer_hands_on_what_it_is_asked() -> None:
    """The stream answers the mapping itself."""
    consumer = make_consumer()
    consumer.receive(0.0, Receive(consumer.arn, MAPPING, 3, 100, FIRST, start()))
    consumer.list_shards(0.0, ListShards(consumer.arn, MAPPING, 4))
    asked, listing = consumer.effects

    assert (asked.source, asked.asker, asked.token, asked.limit, asked.shard) == (STREAM.arn, MAPPING, 3, 100, FIRST)
    assert asked.position.starting_position == "TRIM_HORIZON"
    assert (listing.source, listing.asker, listing.token) == (STREAM.arn, MAPPING, 4)


def test_consumer_makes_itself_known_once() -> None:
    """When the bus starts."""
    consumer = make_consumer()
    due = consumer.next_deadline()
    consumer.wake(0.0)
    consumer.wake(1.0)
    [asked] = consumer.effects

    assert (due, consumer.next_deadline(), consumer.outstanding()) == (0.0, inf, 0)
    assert (asked.source, asked.asker) == (STREAM.arn, CONSUMER.arn)


def test_arrivals_are_said_under_every_name() -> None:
    """Of the stream and of its declared consumers."""
    stream = make_stream()
    listed(stream, asker=CONSUMER.arn)
    read(stream, 0.0, start())
    put(stream, 1.0, "a")

    assert arrivals(stream) == [(STREAM.arn, FIRST), (CONSUMER.arn, FIRST)]


def test_events_name_the_consumer() -> None:
    """On-failure records name the stream."""
    stream, consumer = make_stream(), make_consumer()
    batch = [put(stream, 0.0, "a")]
    [record] = consumer.to_event(batch)["Records"]

    assert record["eventSourceARN"] == CONSUMER.arn
    assert consumer.batch_info(FIRST, batch) == stream.batch_info(FIRST, batch)


def test_consumer_is_registered_described_and_gone() -> None:
    """At run time."""
    client, _, feed = stream_at(5.0)

    async def main() -> None:
        made = await client.register_stream_consumer("audit")
        assert made.consumer_arn == f"{STREAM.arn}/consumer/audit:{int(EPOCH) + 5}"
        assert (made.consumer_status, made.stream_arn) == ("ACTIVE", STREAM.arn)
        assert made.consumer_creation_timestamp.timestamp() == EPOCH + 5
        for by in ({"consumer_name": "audit"}, {"consumer_arn": made.consumer_arn}):
            assert (await client.describe_stream_consumer(**by)).consumer_name == "audit"
        assert (await client.describe_stream_summary()).consumer_count == 1
        await client.deregister_stream_consumer(consumer_arn=made.consumer_arn)
        assert (await client.list_stream_consumers()).consumers == []

    done(main())
    assert feed.now == 5.0


def test_consumers_are_listed_by_name_in_pages() -> None:
    """Declared ones among them."""
    client, machine, _ = stream_at()
    listed(machine, asker=CONSUMER.arn)

    async def main() -> None:
        for name in ("zoo", "audit"):
            await client.register_stream_consumer(name)
        first = await client.list_stream_consumers(max_results=2)
        second = await client.list_stream_consumers(max_results=2, next_token=first.next_token)
        assert [each.consumer_name for each in first.consumers] == ["audit", "bill"]
        assert [each.consumer_name for each in second.consumers] == ["zoo"]
        assert second.next_token is None

    done(main())


def test_twenty_consumers_and_no_more() -> None:
    """Of one stream."""
    client, _, _ = stream_at()

    async def main() -> None:
        for number in range(20):
            await client.register_stream_consumer(f"c{number}")
        with pytest.raises(kinesis.LimitExceededException):
            await client.register_stream_consumer("c20")

    done(main())


@pytest.mark.parametrize(
    ("call", "given", "error"),
    [
        ("register_stream_consumer", {"consumer_name": "bill"}, kinesis.ResourceInUseException),
        ("register_stream_consumer", {"consumer_name": "a b"}, kinesis.ValidationException),
        ("deregister_stream_consumer", {"consumer_name": "bill"}, kinesis.InvalidArgumentException),
        ("deregister_stream_consumer", {"consumer_name": "none"}, kinesis.ResourceNotFoundException),
        ("describe_stream_consumer", {"consumer_name": "none"}, kinesis.ResourceNotFoundException),
        (
            "describe_stream_consumer",
            {"consumer_arn": f"{STREAM.arn}/consumer/bill:1"},
            kinesis.ResourceNotFoundException,
        ),
        ("describe_stream_consumer", {"consumer_arn": 7}, kinesis.ValidationException),
        ("describe_stream_consumer", {}, kinesis.InvalidArgumentException),
    ],
    ids=["twice", "letters", "declared", "unknown", "described", "another number", "type", "nothing"],
)
def test_what_can_not_be_done_with_consumers(call: str, given: Any, error: type[Exception]) -> None:
    """AWS's errors."""
    client, machine, _ = stream_at()
    listed(machine, asker=CONSUMER.arn)

    with pytest.raises(error):
        done(getattr(client, call)(**given))


def test_consumer_has_a_client() -> None:
    """Which says who it is."""
    client = CONSUMER.client(make_consumer(), None)  # type: ignore[arg-type]  # it calls nothing

    assert (client.consumer_name, client.consumer_arn) == ("bill", CONSUMER.arn)


def test_mappings_on_stream_and_consumer_read_on_their_own() -> None:
    """Each function gets every record once, in the order of its key, through splits and merges."""
    app = App()
    stream = app.add(kinesis.Stream("orders", shard_count=2))
    consumer = app.add(kinesis.Consumer(stream, "bill"))
    seen: dict[str, list[Any]] = {}

    def handler(event: Any, context: Any) -> None:
        for record in event["Records"]:
            seen.setdefault(record["eventSourceARN"], []).append(record["kinesis"])

    app.map(stream, app.function(handler, name="direct"), starting_position="TRIM_HORIZON")
    app.map(consumer, app.function(handler, name="fanned"), starting_position="TRIM_HORIZON")

    async def main() -> None:
        async with app.start() as bus:
            client = bus[stream]
            for count in (4, 3, 2, 1):
                for key in "abcdefgh":
                    await client.put_record(str(count), key)
                await client.update_shard_count(count)
            await bus.settle()

    virtually(main)
    assert sorted(seen) == [stream.arn, consumer.arn]
    for records in seen.values():
        keys = {record["partitionKey"] for record in records}
        for key in keys:
            data = [b64decode(each["data"]).decode() for each in records if each["partitionKey"] == key]
            assert data == ["4", "3", "2", "1"]
        assert keys == set("abcdefgh")
