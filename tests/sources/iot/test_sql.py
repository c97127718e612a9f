"""The SQL of rules: every row of the tables, and messages and texts that are anything."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eventbus import InvalidSetting
from sources import iot
from sources._tokens import NESTING
from sources.iot import topics
from sources.iot.functions import FUNCTIONS as OFFERED
from sources.iot.sql import parsed
from tests.contracts import iot_table as table
from tests.golden import load, match
from tests.sources.fuzzed import VALUES
from tests.sources.iot.helpers import MEND, OTHER, WORK, make_broker, published, selected

FIRST_SITE = {"device": "a1", "temperature": 60, "at": {"room": 7}, "list": [1, "two", None], "fine": True}


def id_of(row: Any) -> str:
    return str(row.id)


@pytest.mark.parametrize("row", table.FILTERS, ids=id_of)
def test_topic_filters(row: table.Filtered) -> None:
    assert topics.matches(topics.parsed(row.filter), row.topic.split("/")) is row.seen


def same(one: Any, other: Any) -> bool:
    """Numbers as numbers, everything else with its type: as JSON has them."""
    return (
        type(one) is type(other) and one == other if isinstance(one, bool) or isinstance(other, bool) else one == other
    )


@pytest.mark.parametrize("row", [*table.EXPRESSIONS, *table.FUNCTIONS], ids=id_of)
def test_expressions(row: table.Expression) -> None:
    """What each is for the message of the table."""
    [event] = selected(f"SELECT {row.expression} AS v FROM 'shop/#'", table.MESSAGE)

    wanted = {} if row.value is table.UNDEFINED else {"v": row.value}
    assert event.keys() == wanted.keys()
    assert all(same(event[name], value) for name, value in wanted.items())


@pytest.mark.parametrize("expression", table.WITHOUT_MQTT)
def test_message_over_http(expression: str) -> None:
    value = table.WITHOUT_MQTT[expression]
    [event] = selected(f"SELECT {expression} AS v FROM 'shop/#'", {}, client_id=None)

    assert event == ({} if value is table.UNDEFINED else {"v": value})


def test_trace_id_is_that_of_the_message() -> None:
    """Which the client got."""
    machine = make_broker(iot.TopicRule("readings", "SELECT traceid() AS id FROM '#'", [WORK]))
    id = machine.publish(0.0, "a", b"{}", "sensor-1", None)

    assert json.loads(machine.effects[0].body) == {"id": id}  # type: ignore[union-attr]  # a hand-over


@pytest.mark.parametrize("row", table.STATEMENTS, ids=id_of)
def test_statements(row: table.Statement) -> None:
    """What the function gets, or that nothing is sent; the error action only where an action failed."""
    machine = make_broker(iot.TopicRule("readings", row.sql, [WORK], error_action=MEND))
    events = published(machine, row.payload)

    if row.error_action:
        [event] = events
        assert [failure["failedResource"] for failure in event["failures"]] == [WORK.arn]
    else:
        assert events == ([] if row.event is table.NOT_SENT else [row.event])
    if events and isinstance(row.event, dict):
        assert list(events[0]) == list(row.event)


@pytest.mark.parametrize("row", table.SQL, ids=id_of)
def test_sql_that_is_taken_or_refused(row: table.Sql) -> None:
    """Where it is written."""
    if row.error is None:
        iot.TopicRule("readings", row.sql, [WORK])
    else:
        with pytest.raises(iot.InvalidSql):
            iot.TopicRule("readings", row.sql, [WORK])


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT aws_lambda('arn', a) AS v FROM 'a'", "aws_lambda.. is not offered"),
        ("SELECT uper(a) AS v FROM 'a'", "did you mean upper"),
        ("SELECT a + 1 FROM 'a'", "character 8 needs a name"),
        ("SELECT * FROM '$aws/things/+/shadow'", "reserved"),
        ("SELECT * FROM 'a' WHERE a = {'b' 1}", ": expected, found '1' at character 34"),
        ("SELECT * FROM 'a' WHERE a = 1 -- b", "'-- b' at character 31 is not understood"),
        ("SELECT * FROM 'a' WHERE a ! 1", "at character 27 is not understood"),
        ("SELECT " + "9" * 40 + " AS v FROM 'a'", "too many digits"),
        ("SELECT " + "9" * 400 + " AS v FROM 'a'", "too many digits"),
        ("SELECT (SELECT * FROM 'b') AS v FROM 'a'", "a name expected"),
        ("SET @a = 1 SELECT * FROM 'a'", "not understood"),
        (f"SELECT {'(' * NESTING}1{')' * NESTING} AS v FROM 'a'", "nested deeper"),
        (f"SELECT {'NOT ' * 10_000}a AS v FROM 'a'", "nested deeper"),
        (f"SELECT {'[' * 10_000} AS v FROM 'a'", "nested deeper"),
        ("SELECT * FROM 'a'" + " " * 70_000, "a text of up to"),
        (7, "a text"),
    ],
    ids=lambda each: str(each)[:40],
)
def test_refused_sql_says_why(sql: Any, reason: str) -> None:
    with pytest.raises(InvalidSetting, match=reason):
        iot.TopicRule("readings", sql, [WORK])


def test_longest_chains_and_deepest_nesting() -> None:
    """Neither runs out of stack."""
    deepest = "(" * (NESTING - 1) + "1" + ")" * (NESTING - 1)

    assert selected(f"SELECT {deepest} AS v FROM '#'", {}) == [{"v": 1}]
    assert selected(f"SELECT 0{' + 1' * 10_000} AS v FROM '#'", {}) == [{"v": 10_000}]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("lpad('a', 2000000)", None),
        ("replace(x, 'a', x)", None),
        ("regexp_replace(x, 'a', x)", None),
        ("concat(x, 'b')", "a" * 20_000 + "b"),
        ("regexp_replace('a', '(a)', '$1$2')", "a"),
        ("power(10, 400)", None),
        ("power(-8, 0.5)", None),
        ("sqrt(-1)", None),
        ("chr(-1)", None),
        ("chr(2000000)", None),
        ("length(chr(55357))", 1),
        ("numbytes(chr(55357))", 3),
        ("encode(chr(55357), 'base64')", "7aC9"),
        ("md5(chr(55357))", "cd1ef9ff0bd5c5d8fd5ba0ce0d4e2a5c"),
        ("9999999999999999999999999999999999 + 1", None),
        ("1e300 * 1e300", None),
        ("7.0 / 2", 3),
        ("-7 / 2", -3),
        ("-7 % 3", -1),
        ("trunc(1.5, 99)", None),
        ("encode('a', 'hex')", None),
        ("decode(5, 'base64')", None),
    ],
)
def test_results_at_their_bounds(expression: str, value: Any) -> None:
    """Undefined past them; all of them choices."""
    [event] = selected(f"SELECT {expression} AS v FROM '#'", {"x": "a" * 20_000})
    if "md5" in expression:
        assert len(event["v"]) == 32
    else:
        assert event == ({} if value is None else {"v": value})


@pytest.mark.parametrize(
    ("payload", "raw"),
    [
        (b'{"a": 1e400}', True),
        (b'{"a": ' + b"9" * 5_000 + b"}", True),
        (b"NaN", True),
        (b"[" * 100_000, True),
        (b"\xff", True),
        (b'{"a": 10.0}', False),
        (b'{"a": "\\ud800"}', False),
    ],
    ids=lambda each: repr(each)[:20],
)
def test_payloads_that_are_no_json(payload: bytes, raw: bool) -> None:
    """Then members can't be looked at."""
    assert (selected("SELECT a FROM '#'", payload) == []) is raw


def test_a_whole_decimal_is_an_integer() -> None:
    """As the guide tells of this version."""
    machine = make_broker(iot.TopicRule("readings", "SELECT * FROM '#'", [WORK]))
    machine.publish(0.0, "a", b'{"a": 10.0, "b": 1.5}', None, None)

    assert machine.effects[0].body == '{"a":10,"b":1.5}'  # type: ignore[union-attr]  # a hand-over


@pytest.mark.parametrize(
    ("name", "sql", "payload"),
    [
        ("select_all", "SELECT * FROM 'shop/+/#'", FIRST_SITE),
        ("select_all_and_more", "SELECT *, topic(2) AS site FROM 'shop/+/#'", FIRST_SITE),
        (
            "select_some",
            "SELECT device, at.room AS room, topic() AS topic, topic(2) AS site, clientid() AS client, timestamp() AS at FROM 'shop/+/#'",
            FIRST_SITE,
        ),
        ("binary", "SELECT encode(*, 'base64') AS data, timestamp() AS at FROM 'shop/#'", b"\x00\x01\xfe\xff"),
    ],
)
def test_goldens(name: str, sql: str, payload: Any) -> None:
    [event] = selected(sql, payload)

    match(load(f"iot/{name}"), event)


@pytest.mark.parametrize(("name", "actions"), [("error_action", [WORK]), ("error_action_two", [WORK, OTHER])])
def test_goldens_of_error_actions(name: str, actions: Any) -> None:
    """Whatever the order in which the refusals come."""
    machine = make_broker(iot.TopicRule("readings", "SELECT * FROM 'shop/#'", actions, error_action=MEND))
    machine.publish(10.5, table.TOPIC, b'{"n": 1}', table.CLIENT, None)
    handed: list[Any] = list(machine.effects)
    machine.effects.clear()
    for effect in reversed(handed):
        machine.delivered(10.5, effect.token, f"AccessDeniedException: {effect.target}")
    [effect] = machine.effects

    match(load(f"iot/{name}"), json.loads(effect.body))  # type: ignore[union-attr]  # a hand-over


# ------------------------------------------------------------------------------------------------------------- anything
NODES: st.SearchStrategy[str] = st.recursive(
    st.sampled_from(["a", "b.c", "'x'", "'5'", "-1", "0", "2.5", "true", "null", "1e30", "[a, 1]", "{'k': b}", "''"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%", "=", "<>", "<", ">=", "AND", "OR"]), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        st.tuples(st.sampled_from(sorted(OFFERED)), st.lists(inner, max_size=3)).map(
            lambda call: f"{call[0]}({', '.join(call[1])})"
        ),
        inner.map(lambda node: f"(NOT {node})"),
        st.tuples(inner, st.sampled_from(["Int", "Decimal", "Boolean", "String"])).map(
            lambda parts: f"cast({parts[0]} as {parts[1]})"
        ),
    ),
    max_leaves=6,
)
MESSAGES = st.one_of(
    st.fixed_dictionaries({}, optional={"a": VALUES, "b": VALUES}).map(lambda each: json.dumps(each).encode()),
    VALUES.map(lambda each: json.dumps(each).encode()),
    st.binary(max_size=20),
)


def check_a_rule(node: str, payload: bytes) -> None:
    """It selects JSON that can be handed over, or nothing: never raises."""
    rule = iot.TopicRule("readings", f"SELECT {node} AS v FROM '#' WHERE isUndefined({node}) = false", [WORK])
    machine = make_broker(rule)
    machine.publish(0.0, "a/b", payload, None, None)
    for effect in machine.effects:
        body = effect.body  # type: ignore[union-attr]  # a hand-over
        assert "v" in json.loads(body.encode())


@settings(max_examples=100, deadline=None)
@example("regexp_replace(a, a, a)", b'{"a": "[[a]"}')
@given(NODES, MESSAGES)
def test_any_expression_for_any_message(node: str, payload: bytes) -> None:
    check_a_rule(node, payload)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(NODES, MESSAGES)
def test_ten_thousand_expressions(node: str, payload: bytes) -> None:
    check_a_rule(node, payload)


def check_a_text(text: str) -> None:
    """It is a statement, or is refused."""
    try:
        parsed(text)
    except iot.InvalidSql:
        return


TEXTS = st.lists(
    st.sampled_from(
        ["SELECT", "FROM", "WHERE", "*", ",", "AS", "a", "'a'", "VALUE", "(", ")", "case", "when", "=", ".", "-", "1"]
    )
    | st.text(max_size=3),
    max_size=14,
).map(" ".join)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_any_text(text: str) -> None:
    check_a_text(text)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(TEXTS)
def test_ten_thousand_texts(text: str) -> None:
    check_a_text(text)
