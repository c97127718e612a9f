"""IoT rules as data: topic filters, the SQL subset, what a message becomes, what a rule's settings refuse.

SQL version 2016-03-23. A message is published on `shop/north/a1` by the MQTT client `sensor-1` at 10.5 s unless a row
says otherwise. Sources, in the columns `source`: "guide" is the IoT Core developer guide (SQL reference, text of 2022,
topics, error action, binary payloads), "bc" the service model (botocore 1.44.5, iot), "systems" and "semantics" the
project's reference texts, "unverified" general knowledge of the service found in no text read, "choice" ours.

The subset: SELECT of `*`, `VALUE`, expressions and aliases, FROM, WHERE; paths, literals of every JSON type, the
operators of `EXPRESSIONS`, CASE, and the functions that stand in `FUNCTIONS`.

Left open, so in no row: SET, nested SELECT, the key of an expression that is neither a path nor has an alias, quotes
inside literals, functions that ask other services, hashes other than md5 and sha256, numbers past double precision.
"""

from typing import Any

import attrs

TOPIC = "shop/north/a1"
CLIENT = "sensor-1"
MILLISECONDS = 1767225610500

# ------------------------------------------------------------------------------------------------------ topic filters


@attrs.frozen
class Filtered:
    """Whether a rule whose FROM is `filter` sees a message published on `topic`."""

    id: str
    filter: str
    topic: str
    seen: bool
    source: str


def _filtered(filter: str, source: str, /, **topics: bool) -> list[Filtered]:
    return [Filtered(f"{filter} {topic}", filter, topic, seen, source) for topic, seen in topics.items()]


FILTERS: list[Filtered] = [
    *_filtered(
        "shop", "guide", **{"shop": True, "Shop": False, "shop/": False, "/shop": False, "shop/a": False, "sho": False}
    ),
    *_filtered(
        "shop/north", "guide", **{"shop/north": True, "shop/north/": False, "shop/north/a1": False, "shop": False}
    ),
    *_filtered(
        "shop/+", "guide", **{"shop/north": True, "shop/north/a1": False, "shop": False, "shop/": True, "Shop/a": False}
    ),
    *_filtered("+", "guide", **{"shop": True, "shop/north": False, "/": False}),
    *_filtered("+/north", "guide", **{"shop/north": True, "/north": True, "a/shop/north": False}),
    *_filtered("+/+", "guide", **{"shop/north": True, "/": True, "shop": False, "a/b/c": False}),
    *_filtered(
        "shop/+/a1", "guide", **{"shop/north/a1": True, "shop/south/a1": True, "shop/a1": False, "shop/n/s/a1": False}
    ),
    *_filtered("shop/+/+", "guide", **{"shop/north/a1": True, "shop/north": False}),
    *_filtered("#", "guide", **{"shop": True, "shop/north/a1": True, "/": True, "$aws/things/a1": False}),
    # the guide: sensor/# sees sensor/, not sensor; in MQTT itself it would
    *_filtered(
        "shop/#", "guide", **{"shop/": True, "shop/north": True, "shop/north/a1": True, "shop": False, "Shop/a": False}
    ),
    *_filtered("shop/+/#", "guide", **{"shop/north/a1": True, "shop/north/a1/b": True, "shop/north": False}),
    *_filtered("+/a1/#", "guide", **{"shop/a1/b": True, "shop/a2/b": False}),
    *_filtered("+/things/a1", "unverified", **{"$aws/things/a1": False}),
    *_filtered("$aws/#", "unverified", **{"$aws/things/a1": True, "shop": False}),
    *_filtered("$aws/things/+", "unverified", **{"$aws/things/a1": True}),
    *_filtered("shop/a b/é", "guide (UTF-8)", **{"shop/a b/é": True}),
]

# -------------------------------------------------------------------------------------------------------- expressions


class _Undefined:
    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED: Any = _Undefined()
"""No value: the key is left out; in WHERE as false."""

MESSAGE: dict[str, Any] = {
    "device": "a1",
    "name": "Red Flower",
    "temperature": 60,
    "half": 2.5,
    "digits": "5",
    "yes": "TRUE",
    "fine": True,
    "wrong": False,
    "nothing": None,
    "at": {"room": 7, "deep": {"er": "x"}},
    "list": [1, "two", None],
}


@attrs.frozen
class Expression:
    """`SELECT <expression> AS v FROM 'shop/#'` over MESSAGE gives `{"v": value}`, or `{}` for UNDEFINED.

    Numbers are compared as numbers (10 and 10.0 are one), everything else with its type.
    """

    id: str
    expression: str
    value: Any
    source: str


def _all(source: str, *pairs: tuple[str, Any]) -> list[Expression]:
    return [Expression(expression, expression, value, source) for expression, value in pairs]


EXPRESSIONS: list[Expression] = [
    # paths and literals
    *_all(
        "guide",
        ("device", "a1"),
        ("temperature", 60),
        ("fine", True),
        ("nothing", None),
        ("missing", UNDEFINED),
        ("at", {"room": 7, "deep": {"er": "x"}}),
        ("at.room", 7),
        ("at.deep.er", "x"),
        ("at.missing", UNDEFINED),
        ("missing.deeper", UNDEFINED),
        ("device.room", UNDEFINED),
        ("nothing.room", UNDEFINED),
        ("list", [1, "two", None]),
        ("15", 15),
        ("-15", -15),
        ("1.5", 1.5),
        ("'red'", "red"),
        ('"red"', "red"),
        ("''", ""),
        ("true", True),
        ("false", False),
        ("null", None),
        ("NULL", None),
        ("[1, 'two', at.room]", [1, "two", 7]),
        ("{'room': at.room, 'n': 1}", {"room": 7, "n": 1}),
        ("[]", []),
        ("{}", {}),
    ),
    *_all("choice", ("Device", UNDEFINED), ("[1, missing]", [1]), ("{'a': missing, 'b': 1}", {"b": 1})),
    # comparison
    *_all(
        "guide",
        ("temperature > 50", True),
        ("temperature > 60", False),
        ("temperature >= 60", True),
        ("temperature < 60", False),
        ("temperature <= 60", True),
        ("temperature < 60.5", True),
        ("half > 2", True),
        ("digits > 3", True),
        ("digits < 10", True),
        ("3 < digits", True),
        ("digits > '4.5'", True),
        ("'5E-1' < 1", True),
        ("device > 3", UNDEFINED),
        ("'b' > 'a'", UNDEFINED),
        ("fine > 0", UNDEFINED),
        ("list > 0", UNDEFINED),
        ("at > 0", UNDEFINED),
        ("missing > 0", UNDEFINED),
        ("0 < missing", UNDEFINED),
        ("nothing > 0", UNDEFINED),
        ("temperature = 60", True),
        ("temperature = 60.0", True),
        ("temperature = 61", False),
        ("temperature <> 61", True),
        ("temperature <> 60", False),
        ("device = 'a1'", True),
        ("device = 'A1'", False),
        ("device <> 'A1'", True),
        ("fine = true", True),
        ("fine = 'true'", False),
        ("temperature = '60'", False),
        ("temperature <> '60'", True),
        ("nothing = 0", False),
        ("nothing <> 0", True),
        ("nothing <> null", False),
        ("missing = 1", UNDEFINED),
        ("1 = missing", UNDEFINED),
        ("missing <> 1", UNDEFINED),
        ("missing = missing", UNDEFINED),
        ("list = [1, 'two', null]", True),
        ("list = ['two', 1, null]", False),
        ("at.deep = {'er': 'x'}", True),
        ("{'a': 1, 'b': 2} = {'b': 2, 'a': 1}", True),
        ("at.deep <> {'er': 'y'}", True),
    ),
    *_all("unverified", ("nothing = null", True), ("list <> ['two', 1, null]", True)),
    # and, or, not
    *_all(
        "guide",
        ("true AND true", True),
        ("true AND false", False),
        ("false AND false", False),
        ("true OR false", True),
        ("false OR false", False),
        ("NOT true", False),
        ("NOT false", True),
        ("yes AND fine", True),
        ("yes AND 'false'", False),
        ("'FALSE' OR wrong", False),
        ("NOT yes", False),
        ("NOT 'False'", True),
        ("NOT 'x'", UNDEFINED),
        ("NOT 1", UNDEFINED),
        ("NOT missing", UNDEFINED),
        ("NOT nothing", UNDEFINED),
        ("fine AND 1", UNDEFINED),
        ("fine AND 'x'", UNDEFINED),
        ("fine AND missing", UNDEFINED),
        ("fine OR missing", UNDEFINED),
        ("missing OR fine", UNDEFINED),
        ("wrong AND missing", UNDEFINED),
        ("temperature > 50 AND device = 'a1'", True),
        ("temperature > 50 and device = 'a2' or fine", True),
    ),
    *_all(
        "choice (as in SQL)",
        ("true OR false AND false", True),
        ("(true OR false) AND false", False),
        ("NOT false AND false", False),
        ("NOT (false AND false)", True),
        ("NOT temperature > 100", True),
    ),
    # arithmetic
    *_all(
        "guide",
        ("temperature + 1", 61),
        ("temperature + half", 62.5),
        ("'n' + 1", "n1"),
        ("1 + 'n'", "1n"),
        ("digits + 1", "51"),
        ("'1' + '2'", "12"),
        ("'n' + true", "ntrue"),
        ("'n' + 2.5", "n2.5"),
        ("'n' + list", 'n[1,"two",null]'),
        ("'n' + at.deep", 'n{"er":"x"}'),
        ("fine + 1", UNDEFINED),
        ("list + 1", UNDEFINED),
        ("missing + 1", UNDEFINED),
        ("nothing + 1", UNDEFINED),
        ("temperature - 32", 28),
        ("digits - 2", 3),
        ("device - 2", UNDEFINED),
        ("fine - 1", UNDEFINED),
        ("temperature * 2", 120),
        ("half * 2", 5),
        ("digits * '2'", 10),
        ("device * 2", UNDEFINED),
        ("temperature / 6", 10),
        ("7 / 2", 3),
        ("7.5 / 2", 3.75),
        ("temperature % 7", 4),
        ("digits % 3", 2),
        ("device % 3", UNDEFINED),
        ("missing * 2", UNDEFINED),
        ("(temperature - 50) * 9 / 5", 18),
        ("(1 + 2) * 3", 9),
    ),
    *_all(
        "choice",
        ("1 + 2 * 3", 7),
        ("10 - 2 - 3", 5),
        ("1 / 0", UNDEFINED),
        ("1 % 0", UNDEFINED),
        ("'n' + missing", UNDEFINED),
        ("'n' + nothing", UNDEFINED),
        ("1 + 1 = 2", True),
    ),
    # case
    *_all(
        "guide",
        ("CASE device WHEN 'a1' THEN 'one' WHEN 'a2' THEN 'two' ELSE 'none' END", "one"),
        ("CASE device WHEN 'a3' THEN 'three' ELSE 'none' END", "none"),
        ("CASE device WHEN 'a3' THEN 'three' END", UNDEFINED),
        ("CASE device WHEN 'a1' THEN 1 WHEN 'a1' THEN 2 END", 1),
        ("CASE missing WHEN 'a1' THEN 1 ELSE 2 END", UNDEFINED),
        ("case temperature when 60 then device end", "a1"),
    ),
]

FUNCTIONS: list[Expression] = [
    # the message
    *_all(
        "guide",
        ("topic()", TOPIC),
        ("topic(1)", "shop"),
        ("topic(2)", "north"),
        ("topic(3)", "a1"),
        ("timestamp()", MILLISECONDS),
        ("clientid()", CLIENT),
        ("accountid()", "000000000000"),
        ("sql_version()", "2016-03-23"),
        ("timestamp() - 500", 1767225610000),
        ("'in/' + topic(2)", "in/north"),
    ),
    *_all(
        "choice", ("topic(4)", UNDEFINED), ("topic(0)", UNDEFINED), ("topic(-1)", UNDEFINED), ("topic('2')", "north")
    ),
    # texts
    *_all(
        "guide",
        ("lower(name)", "red flower"),
        ("upper(name)", "RED FLOWER"),
        ("upper(5)", "5"),
        ("upper(fine)", "TRUE"),
        ("lower(['HELLO'])", '["hello"]'),
        ("upper(missing)", UNDEFINED),
        ("upper(nothing)", UNDEFINED),
        ("length(name)", 10),
        ("length('hi')", 2),
        ("length(false)", 5),
        ("length('€')", 1),
        ("length(missing)", UNDEFINED),
        ("numbytes('hi')", 2),
        ("numbytes('€')", 3),
        ("concat('con', 'cat')", "concat"),
        ("concat('he', 'is', 'man')", "heisman"),
        ("concat(1, 'hello')", "1hello"),
        ("concat([1, 2], 3)", [1, 2, 3]),
        ("concat([1, 2, 3], 'hello', [4, 5, 6])", [1, 2, 3, "hello", 4, 5, 6]),
        ("concat()", UNDEFINED),
        ("startswith('ranger', 'ran')", True),
        ("startswith('ranger', 'Ran')", False),
        ("startswith(123, 12)", True),
        ("startswith(missing, 'a')", UNDEFINED),
        ("startswith('a', nothing)", UNDEFINED),
        ("endswith('cat', 'at')", True),
        ("endswith('cat', 'ca')", False),
        ("endswith(nothing, 'a')", UNDEFINED),
        ("indexof('abcd', 'bc')", 1),
        ("replace('abcd', 'bc', 'x')", "axd"),
        ("replace('abcdabcd', 'b', 'x')", "axcdaxcd"),
        ("replace(121, 1, 3)", "323"),
        ("replace('a.b', '.', '-')", "a-b"),
        ("replace('a', missing, 'b')", UNDEFINED),
        ("substring('012345', 0)", "012345"),
        ("substring('012345', 2)", "2345"),
        ("substring('012345', 2.745)", "2345"),
        ("substring(123, 2)", "3"),
        ("substring('012345', -1)", "012345"),
        ("substring(true, 1.2)", "rue"),
        ("substring('012345', 1, 3)", "12"),
        ("substring('012345', -50, 50)", "012345"),
        ("substring('012345', 3, 1)", ""),
        ("substring('012345', 9)", ""),
        ("substring('012345', 'x')", UNDEFINED),
        ("substring(missing, 1)", UNDEFINED),
        ("trim(' hi ')", "hi"),
        ("ltrim(' h i ')", "h i "),
        ("rtrim(' h i ')", " h i"),
        ("trim(missing)", UNDEFINED),
        ("lpad('hello', 2)", "  hello"),
        ("lpad(1, 3)", "   1"),
        ("lpad('a', -1)", "a"),
        ("rpad('hello', 2)", "hello  "),
        ("rpad('a', 'x')", UNDEFINED),
        ("regexp_matches('aaaa', 'a{2,}')", True),
        ("regexp_matches('aaaa', 'b')", False),
        ("regexp_matches(missing, 'b')", UNDEFINED),
        ("regexp_matches('a', '(')", UNDEFINED),
        ("regexp_replace('abcd', 'bc', 'x')", "axd"),
        ("regexp_replace('abcd', 'b(.*)d', '$1')", "ac"),
        ("regexp_substr('hihihello', 'hi')", "hi"),
        ("regexp_substr('hihihello', '(hi)*')", "hihi"),
        ("md5('hello')", "5d41402abc4b2a76b9719d911017c592"),
        ("sha256('hello')", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),
        ("chr(65)", "A"),
    ),
    *_all("choice", ("indexof('abcd', 'x')", -1), ("regexp_substr('abc', 'x')", UNDEFINED)),
    # numbers
    *_all(
        "guide",
        ("abs(-5)", 5),
        ("abs('-5.123')", 5.123),
        ("abs(device)", UNDEFINED),
        ("abs(fine)", UNDEFINED),
        ("abs(nothing)", UNDEFINED),
        ("ceil(1.2)", 2),
        ("ceil(-1.2)", -1),
        ("floor(1.2)", 1),
        ("floor(-1.2)", -2),
        ("floor('1.2')", 1),
        ("floor(list)", UNDEFINED),
        ("round(1.2)", 1),
        ("round(1.5)", 2),
        ("round(1.7)", 2),
        ("round(-1.1)", -1),
        ("round(-1.5)", -2),
        ("trunc(2.3, 0)", 2),
        ("trunc(2.3123, 2)", 2.31),
        ("trunc(2.888, 2)", 2.88),
        ("trunc(2.00, 5)", 2),
        ("mod(8, 3)", 2),
        ("remainder(8, 3)", 2),
        ("power(2, 5)", 32),
        ("sqrt(9)", 3),
        ("sqrt('x')", UNDEFINED),
        ("sign(-7)", -1),
        ("sign(0)", 0),
        ("sign(13)", 1),
        ("nanvl(8, 3)", 8),
        ("nanvl(missing, 3)", 3),
        ("nanvl(nothing, 3)", 3),
        ("nanvl(device, 3)", "a1"),
        ("bitand(13, 5)", 5),
        ("bitor(8, 5)", 13),
        ("bitxor(13, 5)", 8),
    ),
    # types
    *_all(
        "guide",
        ("isNull(nothing)", True),
        ("isNull(missing)", False),
        ("isNull(5)", False),
        ("isUndefined(missing)", True),
        ("isUndefined(nothing)", False),
        ("isUndefined(floor([1, 2, 3]))", True),
        ("cast(true as Int)", 1),
        ("cast(false as Decimal)", 0),
        ("cast('5' as Int)", 5),
        ("cast(2.7 as Int)", 2),
        ("cast('x' as Int)", UNDEFINED),
        ("cast(0 as Boolean)", False),
        ("cast(3 as Bool)", True),
        ("cast('FALSE' as Boolean)", False),
        ("cast('x' as Boolean)", UNDEFINED),
        ("cast(5 as String)", "5"),
        ("cast(true as Varchar)", "true"),
        ("cast(nothing as String)", UNDEFINED),
        ("get(list, 1)", "two"),
        ("get(list, 3)", UNDEFINED),
        ("get(list, -1)", UNDEFINED),
        ("get(at, 'room')", 7),
        ("get(at, 'x')", UNDEFINED),
        ("get(5, 0)", UNDEFINED),
        ("get(missing, 0)", UNDEFINED),
    ),
    # the guide's example says "a", against its own rule (counted from 0)
    *_all("guide (the rule)", ("get('abc', 1)", "b")),
    *_all(
        "guide",
        ("encode('hello', 'base64')", "aGVsbG8="),
        ("encode(5, 'base64')", "NQ=="),
        ("decode('aGVsbG8=', 'base64')", "hello"),
        ("decode('eyAidGVtcGVyYXR1cmUiOiAzMyB9Cg==', 'base64').temperature", 33),
        ("decode('%%', 'base64')", None),
        ("UPPER(Lower(name))", "RED FLOWER"),
    ),
    # wrong number of arguments
    *_all("guide (invalid arguments)", ("upper()", UNDEFINED), ("abs(1, 2)", UNDEFINED)),
]

# --------------------------------------------------------------------------------------------------------- statements


@attrs.frozen
class Statement:
    """What the function gets for a message; `payload` bytes where it is not JSON. NOT_SENT: it is not invoked.

    `error_action`: whether the rule's error action is run instead.
    """

    id: str
    sql: str
    payload: Any
    event: Any
    source: str
    error_action: bool = False


class _NotSent:
    def __repr__(self) -> str:
        return "NOT_SENT"


NOT_SENT: Any = _NotSent()
_WARM = {"color": "red", "temperature": 50}
_BYTES = b"\x00\x01\xfe\xff"

STATEMENTS: list[Statement] = [
    # the guide's examples
    Statement("all", "SELECT * FROM 'shop/#'", _WARM, _WARM, "guide"),
    Statement("one", "SELECT color FROM 'shop/#'", _WARM, {"color": "red"}, "guide"),
    Statement("alias", "SELECT color AS my_color FROM 'shop/#'", _WARM, {"my_color": "red"}, "guide"),
    Statement(
        "two aliases",
        "SELECT color as my_color, temperature as fahrenheit FROM 'shop/#'",
        _WARM,
        {"my_color": "red", "fahrenheit": 50},
        "guide",
    ),
    Statement("all and more", "SELECT *, 15 AS speed FROM 'shop/#'", _WARM, {**_WARM, "speed": 15}, "guide"),
    Statement("value", "SELECT VALUE color FROM 'shop/#'", _WARM, "red", "guide"),
    Statement("nested", "SELECT color.red AS r FROM 'shop/#'", {"color": {"red": 255}}, {"r": 255}, "guide"),
    Statement(
        "computed",
        "SELECT (temperature - 32) * 5 / 9 AS celsius, upper(color) AS c FROM 'shop/#'",
        _WARM,
        {"celsius": 10, "c": "RED"},
        "guide",
    ),
    Statement("condition true", "SELECT * FROM 'shop/#' WHERE temperature > 40", _WARM, _WARM, "guide"),
    Statement("condition false", "SELECT * FROM 'shop/#' WHERE temperature > 50", _WARM, NOT_SENT, "guide"),
    Statement(
        "both conditions",
        "SELECT color AS c FROM 'shop/#' WHERE temperature > 40 AND color <> 'red'",
        _WARM,
        NOT_SENT,
        "guide",
    ),
    Statement("condition undefined", "SELECT * FROM 'shop/#' WHERE missing > 1", _WARM, NOT_SENT, "guide"),
    Statement("condition is no boolean", "SELECT * FROM 'shop/#' WHERE temperature", _WARM, NOT_SENT, "guide"),
    Statement("condition null", "SELECT * FROM 'shop/#' WHERE null", _WARM, NOT_SENT, "guide"),
    Statement("condition is the text true", "SELECT * FROM 'shop/#' WHERE 'true'", _WARM, NOT_SENT, "choice"),
    Statement("alias in the condition", "SELECT color AS c FROM 'shop/#' WHERE c = 'red'", _WARM, NOT_SENT, "guide"),
    Statement(
        "condition on the topic",
        "SELECT color FROM 'shop/#' WHERE topic(2) = 'north'",
        _WARM,
        {"color": "red"},
        "guide",
    ),
    Statement(
        "condition on another topic", "SELECT color FROM 'shop/#' WHERE topic(2) = 'south'", _WARM, NOT_SENT, "guide"
    ),
    Statement("other topic", "SELECT * FROM 'store/#'", _WARM, NOT_SENT, "guide"),
    # undefined
    Statement("undefined is left out", "SELECT color, missing FROM 'shop/#'", _WARM, {"color": "red"}, "guide"),
    Statement("null stays", "SELECT color FROM 'shop/#'", {"color": None}, {"color": None}, "guide"),
    Statement("nothing but undefined", "SELECT missing FROM 'shop/#'", _WARM, {}, "choice: an empty object is sent"),
    # names
    Statement("path without an alias", "SELECT at.room FROM 'shop/#'", MESSAGE, {"room": 7}, "unverified"),
    Statement(
        "dotted alias", "SELECT color AS a.b FROM 'shop/#'", _WARM, {"a": {"b": "red"}}, "guide; its form unverified"
    ),
    Statement("alias over a member", "SELECT *, 1 AS color FROM 'shop/#'", _WARM, {**_WARM, "color": 1}, "choice"),
    Statement("one alias twice: the last", "SELECT 1 AS a, 2 AS a FROM 'shop/#'", _WARM, {"a": 2}, "choice"),
    Statement(
        "names with blanks pass with *", "SELECT * FROM 'shop/#'", {"my color": "red"}, {"my color": "red"}, "guide"
    ),
    Statement(
        "keywords in any case", "select color as c from 'shop/#' where temperature > 40", _WARM, {"c": "red"}, "guide"
    ),
    Statement("topic in double quotes", 'SELECT color FROM "shop/#"', _WARM, {"color": "red"}, "guide"),
    Statement("lines and blanks", "SELECT\n  color\nFROM  'shop/#'\n", _WARM, {"color": "red"}, "choice"),
    Statement(
        "keys in the order selected",
        "SELECT temperature, color FROM 'shop/#'",
        _WARM,
        {"temperature": 50, "color": "red"},
        "choice",
    ),
    # messages that are no object
    Statement("list, all", "SELECT * FROM 'shop/#'", [1, 2], [1, 2], "unverified"),
    Statement("number, all", "SELECT * FROM 'shop/#'", 80, 80, "unverified"),
    Statement("list, a member", "SELECT color FROM 'shop/#'", [1, 2], {}, "unverified"),
    Statement("value of a list", "SELECT VALUE list FROM 'shop/#'", MESSAGE, [1, "two", None], "guide"),
    Statement("value undefined", "SELECT VALUE missing FROM 'shop/#'", _WARM, NOT_SENT, "choice (nothing to send)"),
    # messages that are no JSON
    Statement(
        "bytes, encoded",
        "SELECT encode(*, 'base64') AS data, timestamp() AS at FROM 'shop/#'",
        _BYTES,
        {"data": "AAH+/w==", "at": MILLISECONDS},
        "guide",
    ),
    Statement(
        "bytes, encoded, condition without members",
        "SELECT encode(*, 'base64') AS data FROM 'shop/#' WHERE topic(2) = 'north'",
        _BYTES,
        {"data": "AAH+/w=="},
        "guide",
    ),
    Statement(
        "JSON, encoded", "SELECT encode(*, 'base64') AS data FROM 'shop/#'", {"n": 1}, {"data": "eyJuIjogMX0="}, "guide"
    ),
    Statement("bytes, all: a function takes none", "SELECT * FROM 'shop/#'", _BYTES, NOT_SENT, "guide", True),
    Statement(
        "bytes, a member",
        "SELECT color FROM 'shop/#'",
        _BYTES,
        NOT_SENT,
        "guide (can't be used); no error action: choice",
    ),
    Statement("bytes, condition on a member", "SELECT * FROM 'shop/#' WHERE color = 'red'", _BYTES, NOT_SENT, "guide"),
    Statement("bytes, all and more", "SELECT *, timestamp() AS at FROM 'shop/#'", _BYTES, NOT_SENT, "guide"),
    Statement(
        "text that is no JSON, encoded",
        "SELECT encode(*, 'base64') AS d FROM 'shop/#'",
        b"hello",
        {"d": "aGVsbG8="},
        "guide",
    ),
    Statement("empty message, encoded", "SELECT encode(*, 'base64') AS d FROM 'shop/#'", b"", {"d": ""}, "choice"),
]
# "JSON, encoded": the message is the text `{"n": 1}`, eight bytes with one blank: what is encoded are the bytes sent.

WITHOUT_MQTT = {"clientid()": "n/a", "traceid()": UNDEFINED}
"""Of a message that was published over HTTP (guide)."""

# -------------------------------------------------------------------------------------------------- create and publish


@attrs.frozen
class Sql:
    """CreateTopicRule with this SQL; `error` None: taken."""

    id: str
    sql: str
    error: str | None
    source: str = "guide"


_PARSE = "SqlParseException"
"""Status 400 (bc)."""

SQL: list[Sql] = [
    Sql("shortest", "SELECT * FROM 'a'", None),
    Sql("every clause", "SELECT a, b.c AS d FROM 'a/+/b/#' WHERE a > 1 AND NOT b = 'x'", None),
    *[
        Sql(sql, sql, _PARSE, source)
        for sql, source in [
            ("", "choice (InvalidRequestException is as likely)"),
            ("SELECT", "guide"),
            ("SELECT *", "guide (FROM is for messages of the broker)"),
            ("SELECT FROM 'a'", "guide"),
            ("* FROM 'a'", "guide"),
            ("SELECT * FROM", "guide"),
            ("SELECT * FROM ''", "choice"),
            ("SELECT * WHERE a = 1", "choice"),
            ("SELECT a, FROM 'a'", "choice"),
            ("SELECT a b FROM 'a'", "choice"),
            ("SELECT a AS FROM 'a'", "choice"),
            ("SELECT * FROM 'a' WHERE", "guide"),
            ("SELECT * FROM 'a' WHERE a =", "choice"),
            ("SELECT * FROM 'a' WHERE a == 1", "choice"),
            ("SELECT * FROM 'a' WHERE (a = 1", "choice"),
            ("SELECT * FROM 'a' WHERE a = 'x", "choice"),
            ("SELECT * FROM 'a' WHERE * = 1", "guide (* is for SELECT)"),
            ("SELECT nosuch(a) AS b FROM 'a'", "choice"),
            ("SELECT CASE a END AS b FROM 'a'", "guide (one WHEN at least)"),
            ("SELECT cast(a as Thing) AS b FROM 'a'", "choice"),
            ("SELECT * FROM 'a' -- all of it", "guide (no comments)"),
            ("SELECT * FROM 'a' LIMIT 1", "choice"),
            ("DELETE FROM 'a'", "choice"),
            ("SELECT my color FROM 'a'", "guide (no names with blanks)"),
        ]
    ],
    *[
        Sql(f"filter {topic}", f"SELECT * FROM '{topic}'", _PARSE, "guide; code: choice")
        for topic in ("a/#/b", "a/b#", "#/a", "a+/b", "a/+b", "##", "++")
    ],
    Sql("seven slashes", "SELECT * FROM '" + "/".join("a" * 8) + "'", None, "unverified (as for topics)"),
    Sql("eight slashes", "SELECT * FROM '" + "/".join("a" * 9) + "'", _PARSE, "unverified (as for topics)"),
]


@attrs.frozen
class Setting:
    """CreateTopicRule with that member of the request or of its topicRulePayload; `error` None: taken."""

    id: str
    member: str
    value: Any
    error: str | None
    source: str = "bc"


_INVALID = "InvalidRequestException"
_ARN = "arn:aws:lambda:us-east-1:000000000000:function:work"
_ACTION = {"lambda": {"functionArn": _ARN}}

SETTINGS: list[Setting] = [
    Setting("name", "ruleName", "readings_2", None),
    Setting("longest name", "ruleName", "x" * 128, None),
    Setting("name too long", "ruleName", "x" * 129, _INVALID),
    *[Setting(f"name {name!r}", "ruleName", name, _INVALID) for name in ("", "a-b", "a b", "a/b", "a.b", "é")],
    Setting("no actions", "actions", [], None),
    Setting("ten actions", "actions", [_ACTION] * 10, None),
    Setting("eleven actions", "actions", [_ACTION] * 11, _INVALID),
    Setting("action without a kind", "actions", [{}], _INVALID, "choice"),
    Setting("function without an ARN", "actions", [{"lambda": {}}], _INVALID),
    Setting("no ARN", "actions", [{"lambda": {"functionArn": "work"}}], _INVALID, "choice"),
    Setting("error action", "errorAction", _ACTION, None),
    Setting("disabled", "ruleDisabled", True, None),
    Setting("SQL version", "awsIotSqlVersion", "2016-03-23", None, "guide"),
    Setting("first SQL version", "awsIotSqlVersion", "2015-10-08", None, "guide"),
    Setting("beta", "awsIotSqlVersion", "beta", None, "guide"),
    Setting("unknown SQL version", "awsIotSqlVersion", "2020-01-01", _INVALID, "choice"),
]
EXISTS = "ResourceAlreadyExistsException"
"""CreateTopicRule of a name that is there, status 409 (bc). ReplaceTopicRule, GetTopicRule, Enable/Disable of an unknown
name: ResourceNotFoundException or UnauthorizedException, unverified."""


@attrs.frozen
class Published:
    """A publish on that topic of that many bytes; `error` None: taken."""

    id: str
    topic: str
    size: int
    error: str | None
    source: str


PUBLISHES: list[Published] = [
    Published("largest message", "shop", 131_072, None, "unverified (128 KB)"),
    Published(
        "message too large",
        "shop",
        131_073,
        "RequestEntityTooLargeException",
        "unverified; code bc:iot-data 413 of HTTP",
    ),
    Published("longest topic", "x" * 256, 1, None, "unverified (256 bytes)"),
    Published("topic too long", "x" * 257, 1, "InvalidRequestException", "unverified"),
    Published("topic's bytes count", "é" * 129, 1, "InvalidRequestException", "unverified"),
    Published("seven slashes", "/".join("a" * 8), 1, None, "unverified"),
    Published("eight slashes", "/".join("a" * 9), 1, "InvalidRequestException", "unverified"),
    *[
        Published(f"wildcard {t}", t, 1, "InvalidRequestException", "guide; code unverified")
        for t in ("shop/+", "shop/#")
    ],
    Published("no topic", "", 1, "InvalidRequestException", "choice"),
]

# ----------------------------------------------------------------------------------------------------------- outcomes


@attrs.frozen
class Outcome:
    """What happens to one message of a rule with an error action: seconds of the function's attempts.

    `failures`: how many failures the message of the error action names; 0: it is not run.
    """

    id: str
    happens: str
    attempts: tuple[float, ...]
    failures: int
    source: str


FAILED_ACTION = "LambdaAction"
"""`failedAction` of a failure; `failedResource` is the function's ARN (choice: the guide shows S3 alone)."""

OUTCOMES: list[Outcome] = [
    Outcome("fine", "the answer is not read", (0,), 0, "guide"),
    Outcome("function error", "raises at every attempt", (0, 60, 180), 0, "semantics 1; guide (asynchronously)"),
    Outcome("no permission", "no statement for the service", (), 1, "guide; no retry: choice"),
    Outcome("statement for another rule", "SourceArn is another rule's", (), 1, "systems 1"),
    Outcome("no such function", "it was deleted", (), 1, "guide"),
    Outcome("event too large", "the result has more than 1 MB", (), 1, "choice"),
    Outcome("two actions, both fail", "neither function may be invoked", (), 2, "guide: one message"),
    Outcome("two actions, one fails", "the other is invoked", (0,), 1, "guide"),
    Outcome("error action fails too", "neither may be invoked", (), 1, "choice: nothing more happens"),
    Outcome("disabled", "the rule is disabled", (), 0, "bc"),
    Outcome("two rules", "both see the message, each once", (0, 0), 0, "guide"),
]
