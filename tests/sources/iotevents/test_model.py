"""What a model is made of: settings, expressions, and both being anything."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventbus import InvalidSetting
from sources import iotevents as iote
from sources import sqs
from sources._tokens import Unreadable
from sources.iotevents.expressions import LARGEST, TEXT_LIMIT, Expression, NoValue, View
from tests.contracts import iotevents_table as table
from tests.sources.fuzzed import VALUES
from tests.sources.iotevents.helpers import READINGS, WORK, fridge, make_machine, one_state, put

READING = {"device": "a1", "celsius": 9, "half": 2.5, "fine": True, "at": {"room": 7}, "none": None, "list": [1]}
NONE = object()
"""No value."""


def view(**more: Any) -> View:
    given = {"inputs": {"r": READING}, "variables": {"n": 3, "s": "x"}, "trigger": "Message", "input_name": "r"}
    return View(**{**given, "timer_name": None, **more})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("1.5", 1.5),
        ("'a'", "a"),
        ('"a"', "a"),
        ("true", True),
        ("FALSE", False),
        ("$input.r.celsius", 9),
        ("$input.r.at.room", 7),
        ("$input.r.missing", NONE),
        ("$input.r.none", NONE),
        ("$input.r.list", NONE),
        ("$input.r.at", NONE),
        ("$input.r.celsius.deeper", NONE),
        ("$variable.n", 3),
        ("$variable.m", NONE),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("-$variable.n", -3),
        ("--1", 1),
        ("-'a'", NONE),
        ("7 / 2", 4),
        ("5 / 3", 2),
        ("-7 / 2", -4),
        ("7.0 / 2", 3.5),
        ("1 / 0", NONE),
        ("1.0 / 0", NONE),
        ("'a' + 'b'", "ab"),
        ("'a' + 1", NONE),
        ("1 + true", NONE),
        ("$input.r.celsius > 8", True),
        ("$input.r.celsius <= 8", False),
        ("8 < 9 == true", True),
        ("'b' > 'a'", NONE),
        ("'9' > 8", NONE),
        ("'a' == 'a'", True),
        ("'a' != 'a'", False),
        ("1 == 1.0", True),
        ("1 == '1'", NONE),
        ("true != false", True),
        ("true > false", NONE),
        ("!true", False),
        ("!1", NONE),
        ("true && true", True),
        ("true && false", False),
        ("false && $variable.m", False),
        ("true && $variable.m", NONE),
        ("true && 1", NONE),
        ("false || true && true", True),
        ("$variable.m || true", True),
        ("$variable.m || false", False),
        ("1 > 2 || 2 > 1", True),
        ("isUndefined($variable.m)", True),
        ("isUndefined($variable.n)", False),
        ('timeout("t")', False),
        ('currentInput("r")', True),
        ('currentInput("q")', False),
        ('triggerType("Message")', True),
        ('triggerType("Timer")', False),
        ("'n is ${$variable.n + 1}, ${$input.r.fine}, ${$input.r.half}!'", "n is 4, true, 2.5!"),
        ("'${$variable.m}'", NONE),
        ('"${$variable.n}"', "${$variable.n}"),
        ("'$'", "$"),
        (f"{'9' * 30} * {'9' * 30}", NONE),
        ("'a}'", "a}"),
    ],
)
def test_expressions(text: str, value: Any) -> None:
    if value is NONE:
        with pytest.raises(NoValue):
            Expression(text).value(view())
        assert not Expression(text).holds(view())
    else:
        found = Expression(text).value(view())
        assert (type(found), found) == (type(value), value)


def test_expressions_at_the_end_of_a_timer() -> None:
    end = view(trigger="Timer", input_name=None, timer_name="t")

    assert Expression('timeout("t") && triggerType("Timer") && !currentInput("r")').holds(end)
    assert not Expression('timeout("u")').holds(end)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "an expression expected, found the end"),
        ("1 +", "an expression expected"),
        ("1 2", "the end expected, found '2'"),
        ("(1", "\\) expected"),
        ("1 | 2", "'| 2' at character 3 is not understood"),
        ("~1", "not understood"),
        ("1 & 2", "not understood"),
        ("$input.r", "a path"),
        ("$variable.a.b", "one name"),
        ("$input.r.list[0]", "not understood"),
        ("convert(Decimal, 1)", "convert is not offered"),
        ("n > 1", "n is not offered"),
        ("timeout(t)", "a text expected"),
        ('triggerType("Alarm")', "not offered"),
        ("'${1 +}'", "an expression expected"),
        ("'${1'", "} expected"),
        ("(" * 60 + "1" + ")" * 60, "nested deeper"),
        ("!" * 300 + "true", "nested deeper"),
        ("'a", "not understood"),
    ],
    ids=lambda each: each[:20],
)
def test_expressions_that_are_refused(text: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        Expression(text)


@pytest.mark.parametrize("bound", ["$variable.n * 2", "$variable.s + $variable.s"])
def test_values_have_bounds(bound: str) -> None:
    """What a model doubles at each message ends there."""
    start = [iote.SetVariable("n", "1"), iote.SetVariable("s", "'x'")]
    double = iote.Event("double", [iote.SetVariable("n" if "n" in bound else "s", bound)])
    machine = make_machine(one_state(variables=start, on_input=[double]))
    for second in range(300):
        put(machine, float(second), {})

    variables = machine.detector(0.0, "").variables
    assert LARGEST / 2 <= variables["n"] < LARGEST or len(variables["s"]) == TEXT_LIMIT  # type: ignore[operator, arg-type]  # of their kinds


# ------------------------------------------------------------------------------------------------------------ settings
def declare(member: str, value: Any) -> Any:
    match member:
        case "detectorModelName":
            return one_state_named(value)
        case "inputName":
            return iote.Input(value, ["a"])
        case "key":
            states = [iote.State("on")]
            inputs = [iote.Input("i", [value])]
            return iote.DetectorModel("m", inputs=inputs, states=states, initial_state_name="on", key=value)
        case "evaluationMethod":
            return fridge(evaluation_method=value)
        case "setTimer.seconds":
            return iote.SetTimer("t", value)
        case "states":
            return fridge(states=value)
        case "initialStateName":
            return iote.DetectorModel("m", inputs=[READINGS], states=[iote.State("on")], initial_state_name=value)
        case "lambda.functionArn":
            return iote.Lambda(value)
        case "payload.type":
            return iote.Lambda(WORK, content_expression="'x'", type=value)
        case _:
            assert member == "payload.contentExpression"
            return iote.Lambda(WORK, content_expression=value)


def one_state_named(name: Any) -> iote.DetectorModel:
    return iote.DetectorModel(name, inputs=[READINGS], states=[iote.State("on")], initial_state_name="on")


@pytest.mark.parametrize("row", table.SETTINGS, ids=lambda row: row.id)
def test_settings(row: table.Setting) -> None:
    if row.error is None:
        declare(row.member, row.value)
    else:
        with pytest.raises(InvalidSetting):
            declare(row.member, row.value)


def transition(**settings: Any) -> iote.TransitionEvent:
    return iote.TransitionEvent("t", **{"condition": "true", "next_state": "on", **settings})


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: iote.Lambda(sqs.Queue("q")), "function="),
        (lambda: iote.Lambda(WORK, type="STRING"), "content_expression"),
        (lambda: iote.Event("e", [WORK]), "actions="),
        (lambda: iote.Event("", []), "event_name="),
        (lambda: iote.Event("e", [], condition=""), "condition="),
        (lambda: iote.Event("e", [], condition=7), "condition="),  # type: ignore[arg-type]  # refused at run time too
        (lambda: iote.Event("e", [], condition="x" * 513), "condition="),
        (lambda: transition(condition=None), "a transition needs one"),
        (lambda: iote.State("on", on_enter=[transition()]), "on_enter="),
        (lambda: iote.State("on", transition_events=[iote.Event("e")]), "transition_events="),
        (lambda: iote.SetVariable("1a", "1"), "variable_name="),
        (lambda: iote.SetVariable("a", ""), "value="),
        (lambda: iote.SetTimer("t", True), "seconds="),
        (lambda: iote.SetTimer("", 1), "timer_name="),
        (lambda: iote.Input("i", []), "attributes="),
        (lambda: iote.Input("i", "a"), "attributes="),
        (lambda: iote.Input("i", ["a b"]), "attributes="),
        (lambda: fridge(key="device.id.x.y "), "key="),
        (lambda: fridge(key="serial"), "an attribute of each input"),
        (lambda: one_state(condition='timeout("t")'), "timer='t' is refused"),
        (lambda: one_state(condition="$variable.n > 1"), "variable='n' is refused"),
        (lambda: one_state(condition="$input.other.x > 1"), "input='other' is refused"),
        (lambda: one_state(condition='currentInput("readin")'), "did you mean readings"),
        (lambda: one_state(condition="$input.readings.humidity > 1"), "attribute='humidity'"),
        (lambda: one_state(variables=[iote.ClearTimer("t")]), "timer_name='t'"),
        (lambda: one_state(transition_events=[transition(next_state="off")]), "next_state='off'"),
        (lambda: fridge(states=[iote.State("cold"), iote.State("cold")]), "each name once"),
    ],
)
def test_other_settings_that_are_refused(make: Any, reason: str) -> None:
    with pytest.raises(InvalidSetting, match=reason):
        make()


def test_unknown_settings_are_refused_by_name() -> None:
    with pytest.raises(TypeError, match="role_arn"):
        fridge(role_arn="x")


def test_attributes_below_declared_ones() -> None:
    """May be looked at too."""
    machine = make_machine(one_state(input=iote.Input("readings", ["at"]), condition="$input.readings.at.room == 7"))

    assert len(put(machine, 0.0, {"at": {"room": 7}})) == 1


# ------------------------------------------------------------------------------------------------------------ anything
NODES: st.SearchStrategy[str] = st.recursive(
    st.sampled_from(["$input.readings.celsius", "$input.readings.device.a", "$variable.n", "1", "2.5", "'x'", "true"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "==", "<", "!=", "&&", "||"]), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        inner.map(lambda node: f"!{node}"),
        inner.map(lambda node: f"isUndefined({node})"),
    ),
    max_leaves=6,
)


def check(node: str, content: Any) -> None:
    """The function is invoked with JSON, or not at all: nothing raises."""
    actions = [
        iote.SetVariable("n", node),
        iote.Lambda(WORK),
        iote.Lambda(WORK, content_expression=node),
        iote.Lambda(WORK, content_expression=node, type="STRING"),
    ]
    model = one_state(variables=[iote.SetVariable("n", "0")], on_input=[iote.Event("e", actions)])
    machine = make_machine(model)
    for second in range(2):
        put(machine, float(second), json.loads(json.dumps(content)))


CONTENTS = st.fixed_dictionaries({}, optional={"celsius": VALUES, "device": VALUES})


@settings(max_examples=100, deadline=None)
@given(NODES, CONTENTS)
def test_any_expression_for_any_message(node: str, content: Any) -> None:
    check(node, content)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(NODES, CONTENTS)
def test_ten_thousand_expressions(node: str, content: Any) -> None:
    check(node, content)


TEXTS = st.lists(
    st.sampled_from(["$input.a.b", "'${1}'", "(", ")", "==", "!", "1", "timeout", '"t"']) | st.text(max_size=3)
)


@settings(max_examples=100, deadline=None)
@given(TEXTS.map(" ".join))
def test_any_text(text: str) -> None:
    """Is an expression, or is refused."""
    try:
        Expression(text)
    except Unreadable:
        return
