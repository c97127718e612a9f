"""Events as the clients read them that users have."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import KinesisStreamEvent
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import KinesisDataStreamModel

from tests.sources.kinesis.helpers import FIRST, make_stream


def event_of(data: bytes, key: str = "red", at: float = 10.5) -> Any:
    stream = make_stream()
    return json.loads(json.dumps(stream.to_event([stream.put(at, (data, key, None), None)])))


@pytest.mark.parametrize(
    "data", [b"one", b"", b"\xff\x00", "ü".encode() * 1_000], ids=["text", "empty", "bytes", "long"]
)
def test_powertools_data_class_reads_the_record(data: bytes) -> None:
    """Data, key, number and time."""
    [record] = KinesisStreamEvent(event_of(data)).records

    assert record.kinesis.data_as_bytes() == data
    assert (record.kinesis.partition_key, record.kinesis.approximate_arrival_timestamp) == ("red", 1767225610.5)
    assert record.event_id == f"{FIRST}:{record.kinesis.sequence_number}"
    assert (record.aws_region, record.event_source) == ("us-east-1", "aws:kinesis")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_powertools_model_reads_the_event() -> None:
    """Data are decoded."""
    model: Any = parse(event=event_of(b"one"), model=KinesisDataStreamModel)
    [record] = model.Records

    assert record.kinesis.data == b"one"
    assert record.eventSourceARN == "arn:aws:kinesis:us-east-1:000000000000:stream/orders"


def test_arrival_has_milliseconds() -> None:
    """No more digits than AWS has."""
    [record] = event_of(b"", at=0.123456)["Records"]

    assert record["kinesis"]["approximateArrivalTimestamp"] == 1767225600.123


def test_event_is_built_anew_each_time() -> None:
    """Nobody can damage the next one."""
    stream = make_stream()
    batch = [stream.put(0.0, (b"x", "k", None), None)]
    stream.to_event(batch)["Records"][0]["kinesis"]["data"] = "gone"

    assert stream.to_event(batch)["Records"][0]["kinesis"]["data"] == "eA=="
