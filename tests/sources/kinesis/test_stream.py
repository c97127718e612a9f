"""What can be declared."""

import re
from typing import Any

import pytest

from eventbus import App
from eventbus.errors import InvalidSetting
from eventbus.ports import DeliveryTarget, StreamSource, Target
from sources import kinesis
from tests.helpers import virtually
from tests.sources.kinesis.helpers import FIRST, make_stream


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"name": ""}, "name=''"),
        ({"name": "a/b"}, "name='a/b'"),
        ({"name": "a" * 129}, "name='aaa"),
        ({"name": 7}, "name=7"),
        ({"shard_count": 0}, "shard_count=0 is refused; allowed: a whole number from 1 to 10,000"),
        ({"shard_count": 10_001}, "shard_count=10001"),
        ({"shard_count": None}, "shard_count=None"),
        ({"stream_mode": "SERVERLESS"}, "stream_mode='SERVERLESS'"),
        ({"stream_mode": "ON_DEMAND", "shard_count": 2}, "shard_count=2 is refused"),
        (
            {"retention_period_hours": 23},
            "retention_period_hours=23 is refused; allowed: a whole number from 24 to 8,760",
        ),
        ({"retention_period_hours": 8_761}, "retention_period_hours=8761"),
        ({"max_record_size_in_ki_b": 1_023}, "max_record_size_in_ki_b=1023"),
        ({"max_record_size_in_ki_b": 10_241}, "max_record_size_in_ki_b=10241"),
    ],
    ids=str,
)
def test_setting_out_of_range_is_refused(settings: Any, named: str) -> None:
    """The message names setting, value and range."""
    with pytest.raises(InvalidSetting, match=re.escape(named)):
        kinesis.Stream(**{"name": "orders", **settings})


def test_settings_at_their_limits_are_taken() -> None:
    """Limits are inside the range."""
    kinesis.Stream("a" * 128, shard_count=10_000, retention_period_hours=8_760, max_record_size_in_ki_b=10_240)
    kinesis.Stream("a_.-", stream_mode="ON_DEMAND", retention_period_hours=24, max_record_size_in_ki_b=1_024)


def test_arn_is_that_of_aws() -> None:
    """Of a stream."""
    assert kinesis.Stream("orders").arn == "arn:aws:kinesis:us-east-1:000000000000:stream/orders"


def test_stream_on_demand_has_four_shards() -> None:
    """As recorded."""
    assert len(make_stream(stream_mode="ON_DEMAND").shards.open) == 4


def test_both_can_be_read_shard_by_shard() -> None:
    """From the same positions, filtered by the same key; no record has a lease."""
    stream = kinesis.Stream("orders")
    for source in (stream, kinesis.Consumer(stream, "bill")):
        assert isinstance(source, StreamSource)
        assert tuple(source.filter_keys) == ("data",)
        assert tuple(source.starting_positions) == ("LATEST", "TRIM_HORIZON", "AT_TIMESTAMP")
        assert not hasattr(source, "lease")
    assert stream.polling_actions[0] == "kinesis:GetRecords"
    assert kinesis.Consumer(stream, "bill").polling_actions == ("kinesis:SubscribeToShard",)


def test_stream_takes_deliveries() -> None:
    """Of whoever may put records."""
    stream: Any = kinesis.Stream("orders")
    machine: Target = make_stream()

    assert isinstance(stream, DeliveryTarget)
    assert stream.delivery_action == machine.delivery_action == "kinesis:PutRecord"


def test_consumer_needs_its_stream_in_the_app() -> None:
    """It is refused when the app starts."""
    app = App()
    app.add(kinesis.Consumer(kinesis.Stream("orders"), "bill"))

    with pytest.raises(InvalidSetting, match="stream/orders is not part of this app"):
        app.start()


def test_records_are_put_and_peeked_in_a_bus() -> None:
    """A declared consumer is known from the start; the trace knows the record."""
    app = App()
    stream = app.add(kinesis.Stream("orders"))
    app.add(kinesis.Consumer(stream, "bill"))

    async def main() -> None:
        async with app.start() as bus:
            put = await bus[stream].put_record("one", "red")
            await bus.settle()
            [record] = await bus[stream].peek()
            assert (record.data, record.shard_id, record.sequence_number) == (b"one", FIRST, put.sequence_number)
            assert [each.consumer_name for each in (await bus[stream].list_stream_consumers()).consumers] == ["bill"]
            assert bus.trace(put.sequence_number).found

    virtually(main)
