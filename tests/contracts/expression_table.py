"""Update and condition expressions of DynamoDB as data: what an item becomes, whether a condition holds, what is refused.

Sources: ddb:Expressions.UpdateExpressions, ddb:Expressions.OperatorsAndFunctions, ddb:Expressions.Attributes,
ddb:ReservedWords. Items and values are plain here, `typed` says which attribute values they stand for. The key
attribute is `id`, "a1", and is in every item, though not written here. A text that ends in "..." is known only so far;
`TEXT_UNKNOWN` is refused in words that are not known. All refusals are ValidationException.
"""

from base64 import b64encode
from decimal import Decimal
from typing import Any, NamedTuple

Plain = dict[str, Any]

KEY: Plain = {"id": "a1"}
TEXT_UNKNOWN = "..."


class Update(NamedTuple):
    """UpdateItem on `item` (None: there is none yet): the item afterwards, or the refusal, which changes nothing."""

    id: str
    item: Plain | None
    expression: str
    values: Plain
    result: Plain | str
    names: dict[str, str] = {}


class Condition(NamedTuple):
    """ConditionExpression of a write on `item`: whether it holds, or the refusal."""

    id: str
    item: Plain | None
    expression: str
    values: Plain
    result: bool | str
    names: dict[str, str] = {}


def typed(value: Any) -> dict[str, Any]:
    """The attribute value of a plain one: text S, number N, bytes B, bool BOOL, None NULL, list L, dict M, set SS or NS."""
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | Decimal):
        return {"N": str(value)}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bytes):
        return {"B": b64encode(value).decode()}
    if value is None:
        return {"NULL": True}
    if isinstance(value, list):
        return {"L": [typed(one) for one in value]}
    if isinstance(value, dict):
        return {"M": {name: typed(one) for name, one in value.items()}}
    return {"SS" if isinstance(next(iter(value)), str) else "NS": sorted(str(one) for one in value)}


NOT_THERE = "The provided expression refers to an attribute that does not exist in the item"
BAD_PATH = "The document path provided in the update expression is invalid for update"
WRONG_TYPE = "An operand in the update expression has an incorrect data type"
_PART_OF_KEY = (
    "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key"
)
_U = "Invalid UpdateExpression: "
_C = "Invalid ConditionExpression: "
_OPERAND = "Incorrect operand type for operator or function; "

UPDATES: list[Update] = [
    # SET
    Update("set: new attribute", {}, "SET a = :v", {":v": 1}, {"a": 1}),
    Update("set: overwrites, another type too", {"a": "x"}, "SET a = :v", {":v": 1}, {"a": 1}),
    Update("set: makes the item", None, "SET a = :v", {":v": 1}, {"a": 1}),
    Update("set: several", {"b": 1}, "SET a = :v, b = :w", {":v": 1, ":w": 2}, {"a": 1, "b": 2}),
    Update("set: keyword in small letters", {}, "set a = :v", {":v": 1}, {"a": 1}),
    Update("set: no blanks", {}, "SET a=:v,b=:v", {":v": 1}, {"a": 1, "b": 1}),
    Update("set: the same value twice", {}, "SET a = :v, b = :v", {":v": 1}, {"a": 1, "b": 1}),
    Update("set: from another attribute", {"b": 7}, "SET a = b", {}, {"a": 7, "b": 7}),
    Update("set: from one that is missing", {}, "SET a = b", {}, NOT_THERE),
    Update("set: operands are those before the update", {"a": 1, "b": 2}, "SET a = b, b = a", {}, {"a": 2, "b": 1}),
    Update("set: member of a map", {"m": {"x": 1}}, "SET m.y = :v", {":v": 2}, {"m": {"x": 1, "y": 2}}),
    Update("set: deep", {"m": {"l": [{"x": 1}]}}, "SET m.l[0].x = :v", {":v": 2}, {"m": {"l": [{"x": 2}]}}),
    Update("set: member of a map that is missing", {}, "SET m.y = :v", {":v": 2}, BAD_PATH),
    Update("set: member of a text", {"m": "x"}, "SET m.y = :v", {":v": 2}, BAD_PATH),
    Update("set: element of a list", {"l": [1, 2, 3]}, "SET l[1] = :v", {":v": 9}, {"l": [1, 9, 3]}),
    Update("set: element behind the end is appended", {"l": [1]}, "SET l[7] = :v", {":v": 9}, {"l": [1, 9]}),
    Update(
        "set: elements behind the end, by their numbers",
        {"l": [1]},
        "SET l[9] = :v, l[5] = :w",
        {":v": 9, ":w": 5},
        {"l": [1, 5, 9]},
    ),
    Update("set: element of a map", {"m": {"x": 1}}, "SET m[0] = :v", {":v": 9}, BAD_PATH),
    Update("set: element of a list that is missing", {}, "SET l[0] = :v", {":v": 9}, BAD_PATH),
    Update("set: a placeholder for a name", {}, "SET #n = :v", {":v": 1}, {"name": 1}, {"#n": "name"}),
    Update("set: a dot in a placeholder's name is no path", {}, "SET #n = :v", {":v": 1}, {"a.b": 1}, {"#n": "a.b"}),
    Update(
        "set: placeholders in a path", {"m": {}}, "SET #m.#n = :v", {":v": 1}, {"m": {"n": 1}}, {"#m": "m", "#n": "n"}
    ),
    # + and -
    Update("plus", {"n": 5}, "SET n = n + :v", {":v": 3}, {"n": 8}),
    Update("minus", {"n": 5}, "SET n = n - :v", {":v": 7}, {"n": -2}),
    Update("plus: value first", {"n": 5}, "SET n = :v - n", {":v": 7}, {"n": 2}),
    Update("plus: two values", {}, "SET n = :v + :w", {":v": 7, ":w": 1}, {"n": 8}),
    Update("plus: two attributes", {"a": 1, "b": 2}, "SET c = a + b", {}, {"a": 1, "b": 2, "c": 3}),
    Update("plus: decimal", {"n": Decimal("0.1")}, "SET n = n + :v", {":v": Decimal("0.2")}, {"n": Decimal("0.3")}),
    Update("plus: no zeros behind", {"n": Decimal("1.5")}, "SET n = n + :v", {":v": Decimal("1.5")}, {"n": 3}),
    Update(
        "plus: 38 digits",
        {"n": 10**37},
        "SET n = n + :v",
        {":v": 1},
        {"n": 10_000_000_000_000_000_000_000_000_000_000_000_001},
    ),
    Update("plus: attribute is missing", {}, "SET n = n + :v", {":v": 1}, NOT_THERE),
    Update("plus: attribute is missing, no item", None, "SET n = n + :v", {":v": 1}, NOT_THERE),
    Update("plus: attribute is a text", {"n": "5"}, "SET n = n + :v", {":v": 1}, WRONG_TYPE),
    Update(
        "plus: value is a text",
        {"n": 5},
        "SET n = n + :v",
        {":v": "1"},
        f"{_U}{_OPERAND}operator or function: +, operand type: S",
    ),
    # if_not_exists, list_append
    Update("if_not_exists: missing", {}, "SET n = if_not_exists(n, :v)", {":v": 1}, {"n": 1}),
    Update("if_not_exists: there", {"n": 5}, "SET n = if_not_exists(n, :v)", {":v": 1}, {"n": 5}),
    Update("if_not_exists: another attribute", {"b": 7}, "SET a = if_not_exists(b, :v)", {":v": 1}, {"a": 7, "b": 7}),
    Update("if_not_exists: NULL is there", {"n": None}, "SET n = if_not_exists(n, :v)", {":v": 1}, {"n": None}),
    Update(
        "if_not_exists: counter, first",
        {},
        "SET n = if_not_exists(n, :zero) + :v",
        {":zero": 0, ":v": 1},
        {"n": 1},
    ),
    Update(
        "if_not_exists: counter, again",
        {"n": 1},
        "SET n = if_not_exists(n, :zero) + :v",
        {":zero": 0, ":v": 1},
        {"n": 2},
    ),
    Update("list_append: at the end", {"l": [1]}, "SET l = list_append(l, :v)", {":v": [2, 3]}, {"l": [1, 2, 3]}),
    Update("list_append: at the start", {"l": [1]}, "SET l = list_append(:v, l)", {":v": [2, 3]}, {"l": [2, 3, 1]}),
    Update(
        "list_append: list is made",
        {},
        "SET l = list_append(if_not_exists(l, :none), :v)",
        {":none": [], ":v": [1]},
        {"l": [1]},
    ),
    Update("list_append: list is missing", {}, "SET l = list_append(l, :v)", {":v": [1]}, NOT_THERE),
    Update("list_append: attribute is a text", {"l": "x"}, "SET l = list_append(l, :v)", {":v": [1]}, WRONG_TYPE),
    Update(
        "list_append: value is a number",
        {"l": []},
        "SET l = list_append(l, :v)",
        {":v": 1},
        f"{_U}{_OPERAND}operator or function: list_append, operand type: N",
    ),
    Update(
        "list_append: one operand",
        {"l": []},
        "SET l = list_append(l)",
        {},
        f"{_U}Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1",
    ),
    Update(
        "function in capitals",
        {},
        "SET n = IF_NOT_EXISTS(n, :v)",
        {":v": 1},
        f"{_U}Invalid function name; function: IF_NOT_EXISTS",
    ),
    # REMOVE
    Update("remove", {"a": 1, "b": 2}, "REMOVE a", {}, {"b": 2}),
    Update("remove: several", {"a": 1, "b": 2, "c": 3}, "REMOVE a, c", {}, {"b": 2}),
    Update("remove: missing", {"a": 1}, "REMOVE b", {}, {"a": 1}),
    Update("remove: makes the item all the same", None, "REMOVE b", {}, {}),
    Update("remove: member of a map", {"m": {"x": 1, "y": 2}}, "REMOVE m.x", {}, {"m": {"y": 2}}),
    Update("remove: last member of a map", {"m": {"x": 1}}, "REMOVE m.x", {}, {"m": {}}),
    Update("remove: missing member of a map", {"m": {"x": 1}}, "REMOVE m.y", {}, {"m": {"x": 1}}),
    Update("remove: member of a map that is missing", {}, "REMOVE m.x", {}, BAD_PATH),
    Update("remove: element, the rest moves up", {"l": [1, 2, 3]}, "REMOVE l[1]", {}, {"l": [1, 3]}),
    Update("remove: elements by their old places", {"l": [1, 2, 3, 4]}, "REMOVE l[1], l[2]", {}, {"l": [1, 4]}),
    Update("remove: element behind the end", {"l": [1]}, "REMOVE l[5]", {}, {"l": [1]}),
    # ADD
    Update("add: number", {"n": 5}, "ADD n :v", {":v": 3}, {"n": 8}),
    Update("add: negative number", {"n": 5}, "ADD n :v", {":v": -6}, {"n": -1}),
    Update("add: number that is missing", {}, "ADD n :v", {":v": 3}, {"n": 3}),
    Update("add: number, no item", None, "ADD n :v", {":v": 3}, {"n": 3}),
    Update("add: several", {"n": 5}, "ADD n :v, k :v", {":v": 3}, {"n": 8, "k": 3}),
    Update("add: set", {"s": {"a", "b"}}, "ADD s :v", {":v": {"b", "c"}}, {"s": {"a", "b", "c"}}),
    Update("add: set of numbers", {"s": {1}}, "ADD s :v", {":v": {2}}, {"s": {1, 2}}),
    Update("add: set that is missing", {}, "ADD s :v", {":v": {"a"}}, {"s": {"a"}}),
    Update("add: nested", {"m": {"n": 1}}, "ADD m.n :v", {":v": 1}, {"m": {"n": 2}}),
    Update("add: set of another type", {"s": {"a"}}, "ADD s :v", {":v": {1}}, WRONG_TYPE),
    Update("add: number to a text", {"n": "5"}, "ADD n :v", {":v": 1}, WRONG_TYPE),
    Update("add: set to a list", {"s": ["a"]}, "ADD s :v", {":v": {"a"}}, WRONG_TYPE),
    Update(
        "add: a text",
        {"n": "5"},
        "ADD n :v",
        {":v": "1"},
        f"{_U}{_OPERAND}operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND",
    ),
    Update(
        "add: a list",
        {},
        "ADD n :v",
        {":v": [1]},
        f"{_U}{_OPERAND}operator: ADD, operand type: LIST, typeSet: ALLOWED_FOR_ADD_OPERAND",
    ),
    # DELETE
    Update("delete: some", {"s": {"a", "b", "c"}}, "DELETE s :v", {":v": {"a", "c"}}, {"s": {"b"}}),
    Update("delete: what is not in it", {"s": {"a"}}, "DELETE s :v", {":v": {"z"}}, {"s": {"a"}}),
    Update("delete: all, the attribute is gone", {"s": {"a"}}, "DELETE s :v", {":v": {"a", "b"}}, {}),
    Update("delete: attribute is missing", {}, "DELETE s :v", {":v": {"a"}}, {}),
    Update("delete: set of another type", {"s": {"a"}}, "DELETE s :v", {":v": {1}}, WRONG_TYPE),
    Update("delete: from a list", {"s": ["a"]}, "DELETE s :v", {":v": {"a"}}, WRONG_TYPE),
    Update(
        "delete: a text",
        {"s": {"a"}},
        "DELETE s :v",
        {":v": "a"},
        f"{_U}{_OPERAND}operator: DELETE, operand type: STRING...",
    ),
    # clauses
    Update(
        "all four clauses",
        {"b": 1, "n": 1, "s": {"x", "y"}},
        "SET a = :a REMOVE b ADD n :n DELETE s :s",
        {":a": "v", ":n": 2, ":s": {"x"}},
        {"a": "v", "n": 3, "s": {"y"}},
    ),
    Update("clauses in another order", {"b": 1}, "REMOVE b SET a = :v", {":v": 1}, {"a": 1}),
    Update("an attribute that is removed can be read", {"b": 7}, "SET a = b REMOVE b", {}, {"a": 7}),
    Update(
        "a clause twice",
        {},
        "SET a = :v SET b = :v",
        {":v": 1},
        f'{_U}The "SET" section can only be used once in an update expression;',
    ),
    Update(
        "the same path twice",
        {},
        "SET a = :v, a = :w",
        {":v": 1, ":w": 2},
        f"{_U}Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
    ),
    Update(
        "a path inside another",
        {"m": {"x": 1}},
        "SET m.x = :v REMOVE m",
        {":v": 1},
        f"{_U}Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m, x], path two: [m]",
    ),
    Update("siblings don't overlap", {"m": {}}, "SET m.x = :v, m.y = :v", {":v": 1}, {"m": {"x": 1, "y": 1}}),
    # refused before the item is looked at
    Update("empty", {}, "", {}, f"{_U}The expression can not be empty;"),
    Update("no clause", {}, "a = :v", {":v": 1}, f'{_U}Syntax error; token: "a"...'),
    Update("two operators", {"n": 1}, "SET n = n + :v + :v", {":v": 1}, f"{_U}Syntax error; ..."),
    Update("times", {"n": 1}, "SET n = n * :v", {":v": 1}, f'{_U}Syntax error; token: "*"...'),
    Update(
        "a value that is not given",
        {},
        "SET a = :v",
        {},
        f"{_U}An expression attribute value used in expression is not defined; attribute value: :v",
    ),
    Update(
        "a name that is not given",
        {},
        "SET #n = :v",
        {":v": 1},
        f"{_U}An expression attribute name used in the document path is not defined; attribute name: #n",
    ),
    Update(
        "a value that is not used",
        {},
        "SET a = :v",
        {":v": 1, ":w": 2},
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}",
    ),
    Update(
        "a name that is not used",
        {},
        "SET a = :v",
        {":v": 1},
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}",
        {"#n": "n"},
    ),
    Update(
        "a reserved word",
        {},
        "SET name = :v",
        {":v": 1},
        f"{_U}Attribute name is a reserved keyword; reserved keyword: name",
    ),
    Update("the key", {}, "SET id = :v", {":v": 1}, _PART_OF_KEY),
    Update("the key removed", {}, "REMOVE id", {}, _PART_OF_KEY),
]

_ABC: Plain = {
    "s": "abc",
    "n": 10,
    "l": [1, "x"],
    "m": {"x": 1},
    "ss": {"a", "b"},
    "ns": {1, 2},
    "t": True,
    "z": None,
    "b": b"abc",
}

CONDITIONS: list[Condition] = [
    # comparisons
    Condition("= text", _ABC, "s = :v", {":v": "abc"}, True),
    Condition("= text, another", _ABC, "s = :v", {":v": "ABC"}, False),
    Condition("= number", _ABC, "n = :v", {":v": 10}, True),
    Condition("= number, other digits", _ABC, "n = :v", {":v": Decimal("10.0")}, True),
    Condition("= another type", {"n": 1}, "n = :v", {":v": "1"}, False),
    Condition("= bool", _ABC, "t = :v", {":v": True}, True),
    Condition("= NULL", _ABC, "z = :v", {":v": None}, True),
    Condition("= list", _ABC, "l = :v", {":v": [1, "x"]}, True),
    Condition("= list in another order", _ABC, "l = :v", {":v": ["x", 1]}, False),
    Condition("= map", _ABC, "m = :v", {":v": {"x": 1}}, True),
    Condition("= set in any order", _ABC, "ss = :v", {":v": {"b", "a"}}, True),
    Condition("= bytes", _ABC, "b = :v", {":v": b"abc"}, True),
    Condition("= missing", _ABC, "q = :v", {":v": 1}, False),
    Condition("= missing, NULL is a value", _ABC, "q = :v", {":v": None}, False),
    Condition("= value first", _ABC, ":v = n", {":v": 10}, True),
    Condition("= two attributes", {"a": 1, "b": 1}, "a = b", {}, True),
    Condition("= nested", _ABC, "m.x = :v", {":v": 1}, True),
    Condition("= element", _ABC, "l[1] = :v", {":v": "x"}, True),
    Condition("= element behind the end", _ABC, "l[2] = :v", {":v": "x"}, False),
    Condition("= member of a text", _ABC, "s.x = :v", {":v": 1}, False),
    Condition("<> same", _ABC, "n <> :v", {":v": 10}, False),
    Condition("<> other", _ABC, "n <> :v", {":v": 11}, True),
    Condition("<> another type", _ABC, "n <> :v", {":v": "10"}, True),
    Condition("<> missing", _ABC, "q <> :v", {":v": 1}, True),
    Condition("< numbers, not texts", _ABC, "n < :v", {":v": 9}, False),
    Condition("< number", _ABC, "n < :v", {":v": 11}, True),
    Condition("< same", _ABC, "n < :v", {":v": 10}, False),
    Condition("<= same", _ABC, "n <= :v", {":v": 10}, True),
    Condition("> negative", {"n": -5}, "n > :v", {":v": -6}, True),
    Condition(">= same", _ABC, "n >= :v", {":v": 10}, True),
    Condition(">= less", _ABC, "n >= :v", {":v": 11}, False),
    Condition("< texts by their bytes", {"s": "Z"}, "s < :v", {":v": "a"}, True),
    Condition("< text, longer", {"s": "a"}, "s < :v", {":v": "aa"}, True),
    Condition("< bytes", _ABC, "b < :v", {":v": b"abd"}, True),
    Condition("< another type", _ABC, "n < :v", {":v": "99"}, False),
    Condition("< missing", _ABC, "q < :v", {":v": 1}, False),
    Condition("< bool", _ABC, "t < :v", {":v": True}, f"{_C}{_OPERAND}operator or function: <, operand type: BOOL"),
    Condition(
        "= itself",
        _ABC,
        "n = n",
        {},
        f"{_C}The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [n]",
    ),
    # BETWEEN, IN
    Condition("between: inside", _ABC, "n BETWEEN :a AND :b", {":a": 9, ":b": 11}, True),
    Condition("between: lower end", _ABC, "n BETWEEN :a AND :b", {":a": 10, ":b": 11}, True),
    Condition("between: upper end", _ABC, "n BETWEEN :a AND :b", {":a": 9, ":b": 10}, True),
    Condition("between: outside", _ABC, "n BETWEEN :a AND :b", {":a": 11, ":b": 12}, False),
    Condition("between: texts", _ABC, "s BETWEEN :a AND :b", {":a": "ab", ":b": "ac"}, True),
    Condition("between: another type", _ABC, "n BETWEEN :a AND :b", {":a": "a", ":b": "z"}, False),
    Condition("between: missing", _ABC, "q BETWEEN :a AND :b", {":a": 1, ":b": 2}, False),
    Condition("between: and", _ABC, "n BETWEEN :a AND :b AND s = :c", {":a": 9, ":b": 11, ":c": "abc"}, True),
    Condition(
        "between: bounds the wrong way round",
        _ABC,
        "n BETWEEN :a AND :b",
        {":a": 2, ":b": 1},
        f"{_C}The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {{N:2}}, upper bound operand: AttributeValue: {{N:1}}",
    ),
    Condition(
        "between: bounds of two types",
        _ABC,
        "n BETWEEN :a AND :b",
        {":a": 1, ":b": "z"},
        f"{_C}The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {{N:1}}, upper bound operand: AttributeValue: {{S:z}}",
    ),
    Condition("in", _ABC, "n IN (:a, :b)", {":a": 9, ":b": 10}, True),
    Condition("in: one", _ABC, "n IN (:a)", {":a": 10}, True),
    Condition("in: none", _ABC, "n IN (:a, :b)", {":a": 9, ":b": "10"}, False),
    Condition("in: missing", _ABC, "q IN (:a)", {":a": 9}, False),
    # AND, OR, NOT
    Condition("and", _ABC, "n = :a AND s = :b", {":a": 10, ":b": "abc"}, True),
    Condition("and: one", _ABC, "n = :a AND s = :b", {":a": 10, ":b": "x"}, False),
    Condition("or", _ABC, "n = :a OR s = :b", {":a": 1, ":b": "abc"}, True),
    Condition("or: none", _ABC, "n = :a OR s = :b", {":a": 1, ":b": "x"}, False),
    Condition("not", _ABC, "NOT n = :a", {":a": 1}, True),
    Condition("not: missing", _ABC, "NOT q = :a", {":a": 1}, True),
    Condition("and before or", _ABC, "n = :y OR n = :x AND n = :x", {":y": 10, ":x": 1}, True),
    Condition("parentheses", _ABC, "(n = :y OR n = :x) AND n = :x", {":y": 10, ":x": 1}, False),
    Condition("not before and", _ABC, "NOT n = :x AND n = :y", {":x": 1, ":y": 10}, True),
    Condition("not of parentheses", _ABC, "NOT (n = :y AND s = :s)", {":y": 10, ":s": "abc"}, False),
    Condition("keywords in small letters", _ABC, "not n = :x and n between :x and :y", {":x": 1, ":y": 10}, True),
    # functions
    Condition("attribute_exists", _ABC, "attribute_exists(s)", {}, True),
    Condition("attribute_exists: NULL is there", _ABC, "attribute_exists(z)", {}, True),
    Condition("attribute_exists: missing", _ABC, "attribute_exists(q)", {}, False),
    Condition("attribute_exists: nested", _ABC, "attribute_exists(m.x)", {}, True),
    Condition("attribute_exists: element", _ABC, "attribute_exists(l[2])", {}, False),
    Condition("attribute_exists: no item", None, "attribute_exists(id)", {}, False),
    Condition("attribute_not_exists: missing", _ABC, "attribute_not_exists(q)", {}, True),
    Condition("attribute_not_exists: there", _ABC, "attribute_not_exists(s)", {}, False),
    Condition("attribute_not_exists: nested", _ABC, "attribute_not_exists(m.y)", {}, True),
    Condition("attribute_not_exists: no item", None, "attribute_not_exists(id)", {}, True),
    Condition("attribute_not_exists: placeholder", _ABC, "attribute_not_exists(#n)", {}, True, {"#n": "name"}),
    Condition("attribute_type: S", _ABC, "attribute_type(s, :v)", {":v": "S"}, True),
    Condition("attribute_type: SS", _ABC, "attribute_type(ss, :v)", {":v": "SS"}, True),
    Condition("attribute_type: NULL", _ABC, "attribute_type(z, :v)", {":v": "NULL"}, True),
    Condition("attribute_type: another", _ABC, "attribute_type(n, :v)", {":v": "S"}, False),
    Condition("attribute_type: missing", _ABC, "attribute_type(q, :v)", {":v": "S"}, False),
    Condition(
        "attribute_type: no such type",
        _ABC,
        "attribute_type(s, :v)",
        {":v": "X"},
        f"{_C}Invalid attribute type name found; type: X, ...",
    ),
    Condition("begins_with", _ABC, "begins_with(s, :v)", {":v": "ab"}, True),
    Condition("begins_with: not", _ABC, "begins_with(s, :v)", {":v": "bc"}, False),
    Condition("begins_with: bytes", _ABC, "begins_with(b, :v)", {":v": b"ab"}, True),
    Condition("begins_with: attribute is a number", _ABC, "begins_with(n, :v)", {":v": "1"}, False),
    Condition("begins_with: missing", _ABC, "begins_with(q, :v)", {":v": "a"}, False),
    Condition(
        "begins_with: value is a number",
        _ABC,
        "begins_with(s, :v)",
        {":v": 1},
        f"{_C}{_OPERAND}operator or function: begins_with, operand type: N",
    ),
    Condition("contains: part of a text", _ABC, "contains(s, :v)", {":v": "bc"}, True),
    Condition("contains: not", _ABC, "contains(s, :v)", {":v": "ca"}, False),
    Condition("contains: element of a set", _ABC, "contains(ss, :v)", {":v": "a"}, True),
    Condition("contains: part of an element of a set", {"ss": {"ab"}}, "contains(ss, :v)", {":v": "a"}, False),
    Condition("contains: set of numbers", _ABC, "contains(ns, :v)", {":v": 2}, True),
    Condition("contains: element of a list", _ABC, "contains(l, :v)", {":v": "x"}, True),
    Condition("contains: element of another type", _ABC, "contains(l, :v)", {":v": "1"}, False),
    Condition("contains: a number in a text", {"s": "a1"}, "contains(s, :v)", {":v": 1}, False),
    Condition("contains: missing", _ABC, "contains(q, :v)", {":v": "a"}, False),
    Condition("size: text", _ABC, "size(s) = :v", {":v": 3}, True),
    Condition("size: bytes", _ABC, "size(b) = :v", {":v": 3}, True),
    Condition("size: list", _ABC, "size(l) = :v", {":v": 2}, True),
    Condition("size: map", _ABC, "size(m) < :v", {":v": 2}, True),
    Condition("size: set", _ABC, "size(ss) >= :v", {":v": 3}, False),
    Condition("size: a number has none", _ABC, "size(n) > :v", {":v": 0}, False),
    Condition("size: missing", _ABC, "size(q) >= :v", {":v": 0}, False),
    Condition("size: between", _ABC, "size(s) BETWEEN :a AND :b", {":a": 1, ":b": 3}, True),
    # refused
    Condition("empty", _ABC, "", {}, f"{_C}The expression can not be empty;"),
    Condition("no operator", _ABC, "s", {}, f"{_C}Syntax error; ..."),
    Condition("open parenthesis", _ABC, "(s = :v", {":v": 1}, f"{_C}Syntax error; ..."),
    Condition(
        "no such function", _ABC, "starts_with(s, :v)", {":v": "a"}, f"{_C}Invalid function name; function: starts_with"
    ),
    Condition(
        "one operand too many",
        _ABC,
        "attribute_exists(s, n)",
        {},
        f"{_C}Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2",
    ),
    Condition("size alone", _ABC, "size(s)", {}, TEXT_UNKNOWN),
    Condition("a function of updates", _ABC, "if_not_exists(s, :v) = :v", {":v": 1}, TEXT_UNKNOWN),
    Condition(
        "a value that is not given",
        _ABC,
        "s = :v",
        {},
        f"{_C}An expression attribute value used in expression is not defined; attribute value: :v",
    ),
    Condition(
        "a name that is not given",
        _ABC,
        "#s = :v",
        {":v": 1},
        f"{_C}An expression attribute name used in the document path is not defined; attribute name: #s",
    ),
    Condition(
        "a reserved word",
        _ABC,
        "name = :v",
        {":v": 1},
        f"{_C}Attribute name is a reserved keyword; reserved keyword: name",
    ),
]
