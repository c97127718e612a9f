"""Items of one partition: which, in which order, page by page."""

import re
from typing import Any

import pytest

from sources.dynamodb import SerializationException, TableClient, ValidationException
from tests.sources.dynamodb.helpers import table_at
from tests.sources.helpers import done

INVALID = "Invalid KeyConditionExpression: "
SCHEMA = "One or more parameter values were invalid: Condition parameter type does not match schema type"


def at(number: Any) -> Any:
    return {"id": {"S": "a"}, "sk": {"N": str(number)}}


def filled(*numbers: Any) -> TableClient:
    """Sort keys are numbers; another partition has one more item."""
    client, _, _ = table_at(sort_key=("sk", "N"))
    for number in numbers or (10, -3, 2, 100, 9):
        done(client.put_item(at(number)))
    done(client.put_item({"id": {"S": "b"}, "sk": {"N": "5"}}))
    return client


def asked(client: TableClient, condition: str = "id = :id", **settings: Any) -> Any:
    values = {":id": {"S": "a"}, **settings.pop("values", {})}
    return done(client.query(key_condition_expression=condition, expression_attribute_values=values, **settings))


def numbers(result: Any) -> list[str]:
    return [each["sk"]["N"] for each in result.items]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("id = :id", ["-3", "2", "9", "10", "100"]),
        (":id = id AND sk = :v", ["9"]),
        ("id = :id AND sk < :v", ["-3", "2"]),
        ("id = :id AND sk <= :v", ["-3", "2", "9"]),
        ("id = :id AND sk > :v", ["10", "100"]),
        ("sk >= :v AND id = :id", ["9", "10", "100"]),
        ("id = :id AND :v < sk", ["10", "100"]),
        ("(id = :id) AND (sk BETWEEN :v AND :w)", ["9", "10"]),
    ],
)
def test_sort_keys_are_compared_as_what_they_are(condition: str, found: list[str]) -> None:
    """Numbers as numbers, in their order."""
    values = {":v": {"N": "9"}, ":w": {"N": "99"}}
    used = {name: values[name] for name in values if name in condition}

    assert numbers(asked(filled(), condition, values=used)) == found


@pytest.mark.parametrize(("kind", "wrap"), [("S", str), ("B", str.encode)])
def test_sort_keys_begin_with_a_prefix(kind: Any, wrap: Any) -> None:
    """Texts and binaries, in the order of their bytes."""
    client, _, _ = table_at(sort_key=("sk", kind))
    for text in ("b", "ab", "aé", "a", "aa", "Z"):
        done(client.put_item({"id": {"S": "a"}, "sk": {kind: wrap(text)}}))

    found = asked(client, "id = :id AND begins_with(sk, :v)", values={":v": {kind: wrap("a")}})

    assert [each["sk"][kind] for each in found.items] == [wrap(text) for text in ("a", "aa", "ab", "aé")]


def test_query_may_go_backwards() -> None:
    """From the last."""
    found = asked(filled(), scan_index_forward=False, limit=2)

    assert numbers(found) == ["100", "10"]
    assert found.count == found.scanned_count == 2


@pytest.mark.parametrize("forward", [True, False])
def test_pages_follow_each_other(forward: bool) -> None:
    """A page that is full names where to go on, even if there is nothing left; each item comes once."""
    client, found, last = filled(), [], None
    pages = 0
    while pages == 0 or last is not None:
        page = asked(client, limit=5 if pages else 2, exclusive_start_key=last, scan_index_forward=forward)
        found += numbers(page)
        last, pages = page.last_evaluated_key, pages + 1
        if last is not None and pages == 1:
            done(client.delete_item(last))

    assert found == sorted(found, key=int, reverse=not forward)
    assert (len(found), pages) == (5, 2)


def test_full_page_says_so_even_at_the_end() -> None:
    """Nobody looked whether there is more."""
    assert asked(filled(1), limit=1).last_evaluated_key == at(1)
    assert asked(filled(1), limit=2).last_evaluated_key is None


def test_page_has_up_to_one_megabyte() -> None:
    """The item that would be too much is the first of the next."""
    client, _, _ = table_at(sort_key=("sk", "N"))
    for number in range(3):
        done(client.put_item({**at(number), "s": {"S": "x" * 400_000}}))

    page = asked(client)
    rest = asked(client, exclusive_start_key=page.last_evaluated_key)

    assert (numbers(page), page.last_evaluated_key) == (["0", "1"], at(1))
    assert (numbers(rest), rest.last_evaluated_key) == (["2"], None)


def test_items_that_came_and_went_are_seen_so() -> None:
    """Whatever was asked before."""
    client = filled(1, 3)
    asked(client)
    done(client.put_item(at(2)))
    done(client.delete_item(at(1)))
    assert numbers(asked(client)) == ["2", "3"]

    done(client.delete_item(at(2)))
    done(client.delete_item(at(3)))

    assert numbers(asked(client)) == []


def test_table_without_a_sort_key_has_one_item_a_partition() -> None:
    """Or none."""
    client, _, _ = table_at()
    done(client.put_item({"id": {"S": "a"}, "n": {"N": "1"}, "m": {"N": "2"}}))

    assert asked(client, projection_expression="n").items == [{"n": {"N": "1"}}]
    assert asked(client, values={":id": {"S": "b"}}).items == []
    assert asked(client, exclusive_start_key={"id": {"S": "a"}}).items == []


V: Any = {":v": {"N": "1"}}
W: Any = {":v": {"N": "1"}, ":w": {"N": "2"}}
BOOL: Any = {":v": {"BOOL": True}}


@pytest.mark.parametrize(
    ("condition", "values", "error"),
    [
        ("sk = :v", V, "Query condition missed key schema element: id"),
        ("x = :v", V, "Query condition missed key schema element: id"),
        ("id = :id AND x = :v", V, "Query condition missed key schema element: sk"),
        ("id > :id", {}, "Query key condition not supported"),
        ("id = sk", {}, "Query key condition not supported"),
        ("size(id) = :v", V, "Query key condition not supported"),
        ("id = :id OR sk = :v", V, "Invalid operator used in KeyConditionExpression: OR"),
        ("id = :id AND NOT sk = :v", V, "Invalid operator used in KeyConditionExpression: NOT"),
        ("id = :id AND sk IN (:v)", V, "Invalid operator used in KeyConditionExpression: IN"),
        ("id = :id AND sk <> :v", V, "Invalid operator used in KeyConditionExpression: <>"),
        ("id = :id AND contains(sk, :v)", V, "Invalid operator used in KeyConditionExpression: contains"),
        ("attribute_exists(id)", {}, "Invalid operator used in KeyConditionExpression: attribute_exists"),
        ("id.x = :id", {}, "KeyConditionExpressions cannot have conditions on nested attributes"),
        (
            "id = :id AND sk > :v AND sk < :w",
            W,
            f"{INVALID}KeyConditionExpressions must only contain one condition per key",
        ),
        (
            "id = :id AND sk > :v AND x = :w",
            W,
            "The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)",
        ),
        ("id = :v", V, SCHEMA),
        ("id = :id AND sk = :v", BOOL, SCHEMA),
        ("id = :id AND begins_with(sk, :id)", {}, SCHEMA),
        (
            "id = :id AND begins_with(sk, :v)",
            V,
            f"{INVALID}Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
        ),
        (
            "id = :id AND :v >= sk",
            BOOL,
            f"{INVALID}Incorrect operand type for operator or function; operator or function: >=, operand type: BOOL",
        ),
        ("((id = :id))", {}, f"{INVALID}The expression has redundant parentheses;"),
        ("", {}, f"{INVALID}The expression can not be empty;"),
        (
            "id = :empty",
            {":empty": {"S": ""}},
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id",
        ),
    ],
)
def test_key_condition_is_refused_in_recorded_words(condition: str, values: Any, error: str) -> None:
    """By what it does, what it is about, and the types of its values."""
    client = filled()
    known = {":id": {"S": "a"}, **values}
    used = {name: known[name] for name in re.findall(r":\w+", condition)}

    with pytest.raises(ValidationException) as caught:
        done(client.query(key_condition_expression=condition, expression_attribute_values=used or None))

    assert str(caught.value) == error


@pytest.mark.parametrize(
    ("settings", "error", "text"),
    [
        ({"exclusive_start_key": {"x": {"S": "p"}}}, ValidationException, "The provided starting key is invalid"),
        (
            {"exclusive_start_key": {"id": {"S": "b"}, "sk": {"N": "1"}}},
            ValidationException,
            "The provided starting key is outside query boundaries based on provided conditions",
        ),
        ({"limit": 0}, ValidationException, "Member must have value greater than or equal to 1"),
        ({"limit": "1"}, SerializationException, "a whole number"),
        ({"projection_expression": "a, a"}, ValidationException, "path one: \\[a\\], path two: \\[a\\]"),
        (
            {"expression_attribute_names": {"#x": "x"}},
            ValidationException,
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}",
        ),
    ],
    ids=["start", "other partition", "limit", "limit's type", "projection", "names"],
)
def test_query_is_refused_in_recorded_words(settings: Any, error: Any, text: str) -> None:
    """Whatever it finds."""
    with pytest.raises(error, match=text):
        asked(filled(), **settings)
