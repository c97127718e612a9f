"""Attribute values: what is taken, what is shown, what they count; keys."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.dynamodb import SerializationException, ValidationException, values
from tests.sources.dynamodb.helpers import item, table_at
from tests.sources.helpers import done

INVALID = "One or more parameter values were invalid: "
SIMPLE = st.one_of(
    st.none(),
    st.booleans(),
    st.text(),
    st.binary(),
    st.decimals(-(10**9), 10**9, places=3),
    st.sets(st.text(), min_size=1),
    st.sets(st.integers(-(10**37), 10**37), min_size=1),
    st.sets(st.binary(), min_size=1),
)
NESTED = st.recursive(
    SIMPLE, lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner), max_leaves=10
)


@given(NESTED)
def test_values_come_back_as_they_were_given(drawn: Any) -> None:
    """As boto3 writes and reads them."""
    types: Any = pytest.importorskip("boto3.dynamodb.types")
    typed = types.TypeSerializer().serialize(drawn)

    assert types.TypeDeserializer().deserialize(values.show(values.read(typed))) == drawn


def nested(levels: int) -> Any:
    """A leaf at this level."""
    value: Any = {"S": "leaf"}
    for _ in range(levels - 1):
        value = {"M": {"n": value}}
    return value


def test_values_are_nested_up_to_32_levels() -> None:
    """The attribute itself is the first."""
    values.read(nested(32))

    with pytest.raises(ValidationException, match="Nesting Levels have exceeded supported limits"):
        values.read(nested(33))


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ({}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
        ({"X": "x"}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
        (
            {"S": "x", "N": "1"},
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
        ),
        ({"NULL": False}, f"{INVALID}Null attribute value types must have the value of true"),
        ({"SS": []}, f"{INVALID}An string set  may not be empty"),
        ({"NS": []}, f"{INVALID}An number set  may not be empty"),
        ({"BS": []}, f"{INVALID}Binary sets should not be empty"),
        ({"SS": ["a", "a"]}, f"{INVALID}Input collection [a, a] contains duplicates."),
        ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
        ({"BS": [b"b", b"b"]}, f"{INVALID}Input collection [Yg==, Yg==]of type BS contains duplicates."),
        ({"N": "x"}, "The parameter cannot be converted to a numeric value: x"),
        ({"L": [{"N": "x"}]}, "The parameter cannot be converted to a numeric value: x"),
    ],
)
def test_value_is_refused_in_recorded_words(value: Any, error: str) -> None:
    """Wherever it stands."""
    client, machine, _ = table_at()

    with pytest.raises(ValidationException) as caught:
        done(client.put_item(item(v=value)))

    assert str(caught.value) == error
    assert machine.all_items(10.0) == []


@pytest.mark.parametrize(
    "value",
    [
        *("x", None, ["x"], {"S": 1}, {"S": "\ud800"}, {"N": 1}, {"B": "x"}, {"BOOL": "x"}, {"NULL": 1}, {"SS": "x"}),
        *({"SS": [1]}, {"L": {"S": "x"}}, {"M": [1]}, {"M": {1: {"S": "x"}}}, {"L": ["x"]}),
    ],
    ids=repr,
)
def test_wrong_type_is_refused(value: Any) -> None:
    """As what the wire could not carry."""
    with pytest.raises(SerializationException):
        values.read(value)


def test_names_of_attributes_have_a_length() -> None:
    """1 to 65,535 bytes."""
    for name in ("", "n" * 65_536, "é" * 32_768):
        with pytest.raises(ValidationException, match="An attribute name has 1 to 65,535 bytes"):
            values.read_item({name: {"S": "x"}})

    values.read_item({"n" * 65_535: {"S": "x"}})


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "abc"}, 3),
        ({"S": "é"}, 2),
        ({"B": b"abc"}, 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["a", "bc"]}, 3),
        ({"NS": ["1", "123"]}, 5),
        ({"BS": [b"a", b"bc"]}, 3),
        ({"L": []}, 3),
        ({"L": [{"S": "a"}, {"S": "b"}]}, 7),
        ({"M": {"k": {"S": "a"}}}, 6),
    ],
)
def test_values_count_their_bytes(value: Any, size: int) -> None:
    """Lists and maps three, and one for each element, besides."""
    assert values.size(values.read(value)) == size


def test_item_has_up_to_400_kb() -> None:
    """Names and values together, at the limit and one past it."""
    client, machine, _ = table_at()
    room = 409_600 - len("id") - len("a1") - len("s")
    done(client.put_item(item(s={"S": "x" * room})))

    with pytest.raises(ValidationException, match="^Item size has exceeded the maximum allowed size$"):
        done(client.put_item(item(s={"S": "x" * (room + 1)})))
    with pytest.raises(ValidationException, match="^Item size to update has exceeded the maximum allowed size$"):
        done(client.update_item(item(), update_expression="SET t = s"))

    assert len(machine.all_items(10.0)) == 1


@pytest.mark.parametrize(
    ("given_item", "error"),
    [
        ({"x": {"S": "a"}}, f"{INVALID}Missing the key id in the item"),
        ({"id": {"N": "1"}}, f"{INVALID}Type mismatch for key id expected: S actual: N"),
        (
            {"id": {"S": ""}, "at": {"B": b"b"}},
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id",
        ),
        (
            {"id": {"S": "x" * 2_049}, "at": {"B": b"b"}},
            f"{INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes",
        ),
        (
            {"id": {"S": "a"}, "at": {"B": b""}},
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty binary value. Key: at",
        ),
        (
            {"id": {"S": "a"}, "at": {"B": b"x" * 1_025}},
            f"{INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
        ),
    ],
    ids=["missing", "type", "empty text", "long", "empty binary", "long sort key"],
)
def test_key_of_an_item_is_refused_in_recorded_words(given_item: Any, error: str) -> None:
    """Of a table with a binary sort key."""
    client, _, _ = table_at(sort_key=("at", "B"))

    with pytest.raises(ValidationException) as caught:
        done(client.put_item(given_item))

    assert str(caught.value) == error
    assert caught.value.code == "ValidationException"


@pytest.mark.parametrize(
    "key",
    [{}, {"x": {"S": "a"}}, {"id": {"N": "1"}}, {"id": {"S": "a"}, "x": {"S": "a"}}],
    ids=["none", "another", "type", "more"],
)
def test_key_that_is_not_of_the_schema_is_refused(key: Any) -> None:
    """To read, to change, to delete."""
    client, _, _ = table_at()

    for call in (client.get_item, client.update_item, client.delete_item):
        with pytest.raises(ValidationException, match="^The provided key element does not match the schema$"):
            done(call(key))


def test_longest_keys_are_taken() -> None:
    """2,048 and 1,024 bytes."""
    client, machine, _ = table_at(sort_key=("at", "B"))

    done(client.put_item({"id": {"S": "x" * 2_048}, "at": {"B": b"x" * 1_024}}))

    assert len(machine.all_items(10.0)) == 1


def test_equal_numbers_are_one_key() -> None:
    """However they are written."""
    client, machine, _ = table_at(partition_key=("id", "N"))
    done(client.put_item({"id": {"N": "1.0"}, "v": {"S": "first"}}))

    done(client.put_item({"id": {"N": "10e-1"}, "v": {"S": "second"}}))

    assert done(client.get_item({"id": {"N": "1"}})).item == {"id": {"N": "1"}, "v": {"S": "second"}}
    assert len(machine.all_items(10.0)) == 1
