"""The declarations of a table and of its stream."""

from typing import Any

import pytest

from eventbus.errors import InvalidSetting
from eventbus.ports import StreamSource
from sources import dynamodb


def test_table_has_a_stream_if_it_is_asked_for() -> None:
    """One value, under an ARN of its own, that the machine of the table answers under."""
    table = dynamodb.Table("orders", stream_view_type="NEW_IMAGE")

    assert table.streams == (table.stream,)
    assert table.stream is table.stream
    assert table.arn == "arn:aws:dynamodb:us-east-1:000000000000:table/orders"
    assert table.stream.arn == f"{table.arn}/stream/2026-01-01T00:00:00.000"


def test_table_without_a_stream_says_how_to_have_one() -> None:
    """By the setting's name."""
    table = dynamodb.Table("orders")

    assert table.streams == ()
    with pytest.raises(InvalidSetting, match="stream_view_type=None is refused"):
        _ = table.stream


def test_stream_says_how_it_can_be_read() -> None:
    """As a source of mappings."""
    stream = dynamodb.Table("orders", stream_view_type="NEW_IMAGE").stream

    assert isinstance(stream, StreamSource)
    assert stream.starting_positions == ("LATEST", "TRIM_HORIZON")
    assert stream.filter_keys[0] == "dynamodb"
    assert "dynamodb:GetRecords" in stream.polling_actions


@pytest.mark.parametrize("name", ["abc", "a" * 255, "A-z_0.9"])
def test_names_that_are_taken(name: str) -> None:
    """3 to 255 letters, digits and some signs."""
    assert dynamodb.Table(name).name == name


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ({"name": "ab"}, "name"),
        ({"name": "a" * 256}, "name"),
        ({"name": "a b c"}, "name"),
        ({"name": None}, "name"),
        ({"partition_key": "id"}, "partition_key"),
        ({"partition_key": None}, "partition_key"),
        ({"partition_key": ("id", "BOOL")}, "partition_key"),
        ({"partition_key": ("", "S")}, "partition_key"),
        ({"partition_key": ("x" * 256, "S")}, "partition_key"),
        ({"sort_key": ("at",)}, "sort_key"),
        ({"sort_key": ("id", "S")}, "sort_key"),
        ({"stream_view_type": "ALL"}, "stream_view_type"),
        ({"time_to_live_attribute": ""}, "time_to_live_attribute"),
        ({"time_to_live_attribute": 5}, "time_to_live_attribute"),
        ({"time_to_live_attribute": "id"}, "time_to_live_attribute"),
    ],
)
def test_setting_is_refused_by_name(settings: Any, setting: str) -> None:
    """Where it is written."""
    with pytest.raises(InvalidSetting, match=f"^{setting}="):
        dynamodb.Table(**{"name": "orders", **settings})


@pytest.mark.parametrize("name", ["global_secondary_indexes", "local_secondary_indexes", "billing_mode"])
def test_what_is_not_offered_is_refused_by_name(name: str) -> None:
    """Indexes, capacity and the rest."""
    unsupported: Any = {name: []}

    with pytest.raises(TypeError, match=name):
        dynamodb.Table("orders", **unsupported)
