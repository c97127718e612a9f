"""Whole flows: a table, its stream, a mapping, a function."""

import json
from typing import Any

import pytest

from eventbus import App
from eventbus.errors import InvalidSetting
from sources import dynamodb, sqs
from tests.golden import load, match
from tests.helpers import boom, virtually
from tests.sources.dynamodb.helpers import BOTH, item


def test_changes_reach_the_function_in_order() -> None:
    """What one wrote in a row is one batch; what expires comes by itself, a day later too."""
    app = App("shop")
    table = app.add(dynamodb.Table("orders", stream_view_type=BOTH, time_to_live_attribute="ttl"))
    seen: list[Any] = []

    def work(event: dynamodb.DynamoDBEvent, context: Any) -> None:
        seen.append([(record["eventName"], record["dynamodb"]["Keys"]["id"]["S"]) for record in event["Records"]])

    app.map(table.stream, app.function(work), starting_position="LATEST")

    async def main() -> None:
        async with app.start() as bus:
            await bus.settle()
            for id in ("a", "b"):
                await bus[table].put_item(item(id, ttl={"N": "1767225700"}))
            await bus.settle()
            await bus.advance(200)
            await bus.settle()
            await bus.advance(90_000)
            await bus[table].put_item(item("c"))
            await bus.settle()

    virtually(main)
    assert [change for batch in seen for change in batch] == [
        *(("INSERT", "a"), ("INSERT", "b"), ("REMOVE", "a"), ("REMOVE", "b"), ("INSERT", "c")),
    ]


def test_filters_see_typed_values() -> None:
    """As on the wire."""
    app = App("shop")
    table = app.add(dynamodb.Table("orders", stream_view_type=BOTH))
    seen: list[Any] = []

    def work(event: dynamodb.DynamoDBEvent, context: Any) -> None:
        seen.extend(record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"])

    pattern = {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"kind": {"S": [{"prefix": "or"}]}}}}
    app.map(table.stream, app.function(work), starting_position="TRIM_HORIZON", filter_criteria=[pattern])

    async def main() -> None:
        async with app.start() as bus:
            await bus[table].put_item(item("a", kind={"S": "order"}))
            await bus[table].put_item(item("b", kind={"S": "refund"}))
            await bus[table].put_item(item("a", kind={"S": "order"}, n={"N": "1"}))
            await bus.settle()

    virtually(main)
    assert seen == ["a"]


def test_record_of_a_batch_that_is_given_up_is_the_golden() -> None:
    """Its times are whole seconds."""
    app = App("shop")
    table = app.add(dynamodb.Table("orders", stream_view_type=BOTH))
    dead = app.add(sqs.Queue("dead"))
    app.map(
        table.stream,
        app.function(boom, name="work"),
        starting_position="TRIM_HORIZON",
        maximum_retry_attempts=1,
        on_failure=dead,
    )
    bodies: list[Any] = []

    async def main() -> None:
        async with app.start() as bus:
            await bus.advance(10.5)
            await bus[table].put_item(item(n={"N": "5"}))
            await bus.settle()
            bodies.extend(json.loads(message.body) for message in await bus[dead].peek())

    virtually(main)
    [body] = bodies
    match(load("dynamodb/on_failure_retries_exhausted"), body)


def test_stream_is_not_read_from_an_instant() -> None:
    """LATEST and TRIM_HORIZON only (recorded)."""
    app = App("shop")
    table = app.add(dynamodb.Table("orders", stream_view_type=BOTH))
    function = app.function(boom, name="work")

    with pytest.raises(InvalidSetting, match="starting_position"):
        app.map(table.stream, function, starting_position="AT_TIMESTAMP", starting_position_timestamp=5.0)
