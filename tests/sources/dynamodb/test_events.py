"""What functions behind a stream get, against what was recorded, and as its clients read it."""

from decimal import Decimal
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import (
    DynamoDBStreamLambdaOnFailureDestinationModel,
    DynamoDBStreamModel,
)

from eventbus.core.effects import Cause
from eventbus.names import function_arn
from eventbus.runtime.codec import encode_event
from sources.dynamodb import reading
from sources.dynamodb.machine import TableMachine
from tests.golden import load, match
from tests.sources.dynamodb.helpers import BOTH, KEY, Reader, item, table_at
from tests.sources.helpers import done

VIEWS = ("KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", BOTH)


def changed(view_type: str = BOTH) -> TableMachine:
    """Put with n 5 at 10.5 s, then 12, then deleted."""
    client, machine, feed = table_at(10.5, stream_view_type=view_type)
    done(client.put_item(item(n={"N": "5"})))
    feed.now = 10.75
    done(client.update_item(KEY, update_expression="SET n = :n", expression_attribute_values={":n": {"N": "12"}}))
    done(client.delete_item(KEY))
    return machine


def expired() -> Any:
    client, machine, _ = table_at(10.0, stream_view_type=BOTH, time_to_live_attribute="expires")
    done(client.put_item(item(expires={"N": "1767225621"})))
    machine.wake(21.0)
    return machine.records(21.0)[-1]


@pytest.mark.parametrize("view_type", VIEWS)
@pytest.mark.parametrize(("position", "name"), [(0, "insert"), (1, "modify"), (2, "remove")])
def test_event_is_the_golden(position: int, name: str, view_type: str) -> None:
    """Of every change, in every view."""
    machine = changed(view_type)
    record = machine.records(11.0)[position]

    match(load(f"dynamodb/{name}_{view_type.lower()}"), machine.to_event([record]))


def test_event_of_time_to_live_is_the_golden() -> None:
    """The service did it."""
    match(load("dynamodb/remove_time_to_live"), {"Records": [expired().wire()]})


def test_batch_info_is_that_of_the_golden() -> None:
    """Times are whole seconds."""
    machine = changed()
    [shard] = Reader(machine).shards(11.0)

    name, info = machine.batch_info(shard.id, machine.records(11.0)[:1])

    match(load("dynamodb/on_failure_retries_exhausted")[name], info)


def test_event_is_built_anew() -> None:
    """Nobody can damage what the next attempt gets."""
    machine = changed()
    records = machine.records(11.0)
    event: Any = machine.to_event(records)

    event["Records"][0]["dynamodb"]["NewImage"]["n"]["N"] = "99"

    assert machine.to_event(records)["Records"][0]["dynamodb"]["NewImage"]["n"] == {"N": "5"}


def test_size_of_a_record_is_enough_for_its_json() -> None:
    """In bytes, and hardly more."""
    client, machine, _ = table_at(stream_view_type=BOTH)
    flat: Any = {"s": {"S": 'é\u2028\n"\\'}, "n": {"N": "-1.5"}, "t": {"BOOL": False}, "z": {"NULL": True}}
    sets: Any = {"ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2"]}, "bs": {"BS": [b"", b"ab"]}, "b": {"B": b"abcd"}}
    done(client.put_item(item("é\u2028\n", **flat, **sets, m={"M": {**flat, **sets}}, l={"L": [*flat.values()]})))

    for record in (*machine.records(10.0), expired()):
        size = len(encode_event(record.wire()))
        assert size <= record.size <= size + 100


def test_record_says_what_mappings_ask_it() -> None:
    """Its sequence number, its item's key, when it came, and out of which invocation; loops are not counted on."""
    _, machine, _ = table_at(10.5, stream_view_type=BOTH, sort_key=("at", "B"))
    write = reading.put(machine.schema, item(at={"B": b"b"}), {})
    machine.write(10.5, write, Cause("request", ((function_arn("f"), 3),)))
    [record] = machine.records(10.5)

    assert record.identifier == record.wire()["dynamodb"]["SequenceNumber"]
    assert (record.group, record.arrived_at, record.receipt) == ("a1/Yg==", 10.5, None)
    assert record.cause is not None
    assert (record.cause.request_id, record.cause.hops) == ("request", ())
    assert record.view() == record.wire()


def test_sequence_numbers_ascend_as_texts() -> None:
    """And as numbers."""
    numbers = [record.identifier for record in changed().records(11.0)]

    assert numbers == sorted(numbers)
    assert all(len(number) == 21 for number in numbers)


def test_powertools_reads_the_event() -> None:
    """Its data class and its parser, binary and sets too."""
    client, machine, _ = table_at(stream_view_type=BOTH)
    done(client.put_item(item(n={"N": "12.5"}, b={"B": b"\xff"}, s={"SS": ["y", "x"]}, m={"M": {"k": {"NULL": True}}})))
    event: Any = {"Records": [*machine.to_event(machine.records(10.0))["Records"], expired().wire()]}
    first, second = DynamoDBStreamEvent(event).records
    parsed: Any = parse(event=event, model=DynamoDBStreamModel)

    assert first.dynamodb is not None
    assert first.dynamodb.new_image["n"] == Decimal("12.5")
    assert first.dynamodb.new_image["s"] == {"x", "y"}
    assert first.dynamodb.new_image["m"] == {"k": None}
    assert first.dynamodb.approximate_creation_date_time == 1_767_225_610
    assert second.user_identity["type"] == "Service"
    assert parsed.Records[0].dynamodb.NewImage["n"] == Decimal("12.5")
    assert parsed.Records[1].userIdentity.principalId == "dynamodb.amazonaws.com"


def test_powertools_reads_the_batch_info() -> None:
    """In an on-failure record."""
    machine = changed()
    [shard] = Reader(machine).shards(11.0)
    name, info = machine.batch_info(shard.id, machine.records(11.0))
    golden = load("dynamodb/on_failure_retries_exhausted")

    parsed: Any = parse(
        event={**golden, "timestamp": "2026-01-01T00:00:11.000Z", name: info},
        model=DynamoDBStreamLambdaOnFailureDestinationModel,
    )

    assert parsed.ddb_stream_batch_info.batch_size == 3
    assert parsed.ddb_stream_batch_info.shard_id == shard.id
