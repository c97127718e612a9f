"""Update and condition expressions against the table that was written from the references, and what it does not have."""

from base64 import b64decode
from typing import Any

import pytest

from sources.dynamodb import ConditionalCheckFailedException, SerializationException, TableClient, ValidationException
from sources.dynamodb.expressions.reserved import RESERVED
from tests.contracts import expression_table as table
from tests.sources.dynamodb.helpers import KEY, item, table_at
from tests.sources.helpers import done


def given(value: Any) -> Any:
    """As clients give it: bytes for the base64 of the table."""
    typed = table.typed(value)
    return _bytes(typed)


def _bytes(typed: Any) -> Any:
    [(kind, content)] = typed.items()
    match kind:
        case "B":
            return {"B": b64decode(content)}
        case "L":
            return {"L": [_bytes(each) for each in content]}
        case "M":
            return {"M": {name: _bytes(each) for name, each in content.items()}}
    return typed


def attributes(plain: Any) -> Any:
    return {name: given(value) for name, value in plain.items()}


def client_with(plain: Any) -> TableClient:
    client, _, _ = table_at()
    if plain is not None:
        done(client.put_item(attributes({**table.KEY, **plain})))
    return client


def settings_of(row: Any) -> Any:
    return {
        "expression_attribute_names": row.names or None,
        "expression_attribute_values": attributes(row.values) or None,
    }


def stored(client: TableClient) -> Any:
    return done(client.get_item(KEY)).item


def as_sets(value: Any) -> Any:
    """Sets in any order."""
    if isinstance(value, dict):
        return {name: frozenset(each) if name in ("SS", "NS", "BS") else as_sets(each) for name, each in value.items()}
    return [as_sets(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("row", table.UPDATES, ids=lambda row: row.id)
def test_update_of_the_table(row: table.Update) -> None:
    """The item afterwards, or the refusal, which leaves it as it was."""
    client = client_with(row.item)
    before = stored(client)
    update = client.update_item(KEY, update_expression=row.expression, **settings_of(row))

    if isinstance(row.result, str):
        with pytest.raises(ValidationException) as caught:
            done(update)
        assert_text(row.result, str(caught.value))
        assert stored(client) == before
    else:
        done(update)
        assert as_sets(stored(client)) == as_sets(attributes({**table.KEY, **row.result}))


@pytest.mark.parametrize("row", table.CONDITIONS, ids=lambda row: row.id)
def test_condition_of_the_table(row: table.Condition) -> None:
    """Whether it holds, or the refusal."""
    client = client_with(row.item)
    put = client.put_item(item(), condition_expression=row.expression, **settings_of(row))

    if isinstance(row.result, str):
        with pytest.raises(ValidationException) as caught:
            done(put)
        assert_text(row.result, str(caught.value))
    elif row.result:
        done(put)
    else:
        with pytest.raises(ConditionalCheckFailedException):
            done(put)


def assert_text(expected: str, actual: str) -> None:
    """What ends in dots is known only so far."""
    if expected.endswith("..."):
        assert actual.startswith(expected.removesuffix("..."))
    else:
        assert actual == expected


def refused(client: TableClient, **settings: Any) -> str:
    with pytest.raises(ValidationException) as caught:
        done(client.update_item(KEY, **settings))
    return str(caught.value)


A = {":a": {"N": "1"}}


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("INVALID SYNTAX HERE", 'Syntax error; token: "INVALID", near: "INVALID SYNTAX"'),
        ("ADD hits : incr", 'Syntax error; token: ":", near: "hits : incr"'),
        ("REMOVE a, ", 'Syntax error; token: "<EOF>", near: ","'),
        ("REMOVE a[b]", 'Syntax error; token: "b", near: "[b]"'),
        ("REMOVE a[٣]", 'Syntax error; token: "٣", near: "[٣]"'),
        ("REMOVE a b", 'Syntax error; token: "b", near: "a b"'),
        ("REMOVE #", 'Syntax error; token: "#", near: "REMOVE #"'),
        (
            "REMOVE a.b, a[0]",
            "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [0]]",
        ),
        (
            "REMOVE m, m.x",
            "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, x]",
        ),
        ("SET a = contains(b, c)", "The function is not allowed in an update expression; function: contains"),
        (
            "SET a = if_not_exists(:a, b)",
            "Operator or function requires a document path; operator or function: if_not_exists",
        ),
        ("REMOVE a" + "[0]" * 32, "The document path has too many nesting levels; nesting levels: 33"),
        ("REMOVE " + "a" * 4_090, "Expression size has exceeded the maximum allowed size; expression size: 4097"),
    ],
    ids=[
        "first",
        "colon",
        "end",
        "index",
        "other digits",
        "behind",
        "hash",
        "conflict",
        "overlap",
        "function",
        "path",
        "deep",
        "long",
    ],
)
def test_update_is_refused_in_recorded_words(expression: str, reason: str) -> None:
    """Beyond those of the table."""
    values = A if ":a" in expression else None

    text = refused(client_with({}), update_expression=expression, expression_attribute_values=values)

    assert text == f"Invalid UpdateExpression: {reason}"


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("((n = :a))", "The expression has redundant parentheses;"),
        ("contains(a, :a) = n", "The function is not allowed to be used this way in an expression; function: contains"),
        ("n = contains(a, :a)", "The function is not allowed to be used this way in an expression; function: contains"),
        ("size(n) = size(:a)", "Incorrect operand type for operator or function; operator or function: size, "),
        ("contains(n, n)", "The first operand must be distinct from the remaining operands for this operator or "),
        (
            "attribute_exists(:a)",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        (f"n IN ({', '.join([':a'] * 101)})", "The IN operator is provided with too many operands; number of "),
        (" OR ".join(["n = :a"] * 200), "The expression contains too many operators; operator count: 301"),
        ("(" * 1_500 + "n = :a" + ")" * 1_500, "The expression contains too many operators;"),
    ],
    ids=["parentheses", "function", "operand", "size", "distinct", "path", "in", "operators", "nested"],
)
def test_condition_is_refused_in_recorded_words(expression: str, reason: str) -> None:
    """Beyond those of the table; each begins so."""
    client = client_with({})

    text = refused(client, condition_expression=expression, expression_attribute_values=A)

    assert text.startswith(f"Invalid ConditionExpression: {reason}")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (
            {"expression_attribute_values": A},
            "ExpressionAttributeValues can only be specified when using expressions",
        ),
        (
            {"expression_attribute_names": {"#n": "n"}},
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
        (
            {"update_expression": "REMOVE a", "expression_attribute_names": {}},
            "ExpressionAttributeNames must not be empty",
        ),
        (
            {"update_expression": "REMOVE a", "expression_attribute_values": {"v": {"N": "1"}}},
            'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"',
        ),
        (
            {"update_expression": "REMOVE a", "expression_attribute_names": {"n": "n"}},
            'ExpressionAttributeNames contains invalid key: Syntax error; key: "n"',
        ),
        (
            {"update_expression": "SET a = :v", "expression_attribute_values": {":v": {}}},
            "ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes for key :v",
        ),
    ],
    ids=["values alone", "names alone", "no names", "value's key", "name's key", "empty value"],
)
def test_placeholders_are_refused_in_recorded_words(settings: Any, reason: str) -> None:
    """What they are for, how they are written, what they stand for."""
    assert refused(client_with({}), **settings) == reason


def test_deep_nesting_that_is_not_doubled_is_taken() -> None:
    """Parentheses around more than one comparison are none too many."""
    client = client_with({"n": 1})
    expression = "n = :a"
    for _ in range(40):
        expression = f"({expression} AND n = :a)"

    done(client.put_item(item(), condition_expression=expression, expression_attribute_values=A))


def test_not_of_not_is_what_it_was() -> None:
    """However many."""
    client = client_with({"n": 1})

    done(client.put_item(item(), condition_expression="NOT NOT n = :a", expression_attribute_values=A))


def test_sum_may_stand_in_parentheses() -> None:
    """As the grammar of the guide has it."""
    client = client_with({"n": 1})

    done(client.update_item(KEY, update_expression="SET n = (n + :a)", expression_attribute_values=A))

    assert stored(client)["n"] == {"N": "2"}


def test_what_an_update_makes_too_deep_is_refused() -> None:
    """32 levels, wherever the value is put."""
    deep: Any = {"S": "x"}
    for _ in range(30):
        deep = {"M": {"n": deep}}
    client, _, _ = table_at()
    done(client.put_item(item(m={"M": {"a": {"M": {}}}})))

    text = refused(client, update_expression="SET m.a.b = :v", expression_attribute_values={":v": deep})

    assert text.startswith("Nesting Levels have exceeded supported limits")


def test_bounds_may_be_attributes() -> None:
    """Nobody knows them before; what holds nothing contains nothing."""
    client = client_with({"n": 1, "low": 0, "high": 2, "m": {"x": 1}})
    condition = "n BETWEEN low AND high AND NOT contains(m, :a)"

    done(client.put_item(item(), condition_expression=condition, expression_attribute_values=A))


@pytest.mark.parametrize(
    "settings",
    [
        {"update_expression": 5},
        {"condition_expression": b"x"},
        {"update_expression": "REMOVE a", "expression_attribute_names": ["#n"]},
    ],
    ids=["update", "condition", "names"],
)
def test_wrong_types_are_refused(settings: Any) -> None:
    """As what the wire could not carry."""
    with pytest.raises(SerializationException):
        done(client_with({}).update_item(KEY, **settings))


def test_name_that_is_none_is_refused() -> None:
    """A placeholder stands for a name."""
    settings: Any = {"update_expression": "REMOVE #n", "expression_attribute_names": {"#n": ""}}

    assert refused(client_with({}), **settings).startswith("ExpressionAttributeNames contains invalid value")


def test_all_reserved_words_are_known() -> None:
    """573 [ddb:ReservedWords]."""
    assert len(RESERVED) == 573
