"""Rule expressions of composite alarms."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventbus import App
from eventbus.errors import InvalidSetting
from sources import cloudwatch
from sources.cloudwatch.alarm_rule import InvalidRule, alarm_arn, parse
from tests.contracts import cloudwatch_table as table

ONLY_WHEN_STARTED = {"alarm that does not exist"}


@pytest.mark.parametrize("row", table.EXPRESSIONS, ids=lambda row: row.id)
def test_expressions(row: table.Expression) -> None:
    """With the states of the table."""
    rule = parse(row.rule)

    assert rule.holds({alarm_arn(name): state for name, state in row.states.items()}) is row.true


@pytest.mark.parametrize(("id", "text"), table.INVALID_EXPRESSIONS, ids=[id for id, _ in table.INVALID_EXPRESSIONS])
def test_what_is_no_rule(id: str, text: str) -> None:
    """Refused where it is written; one on an alarm that is not there when the app is started."""
    app = App()
    if id in ONLY_WHEN_STARTED:
        app.add(cloudwatch.CompositeAlarm("composite", alarm_rule=text))
        with pytest.raises(InvalidSetting, match="alarm:none is not part of this app"):
            app.start()
    else:
        with pytest.raises(InvalidSetting, match="alarm_rule"):
            cloudwatch.CompositeAlarm("composite", alarm_rule=text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("TRUE TRUE", "'TRUE' can't stand"),
        ("TRUEALARM(a)", "not understood"),
        ("NOT", "missing at its end"),
        ("()", r"'\)' can't stand"),
        ("TRUE)", "not opened"),
        ("(TRUE", "left open"),
        ('ALARM("")', "not understood"),
        ("ALARM(a b)", "not understood"),
    ],
)
def test_reasons(text: str, reason: str) -> None:
    """Say where it is."""
    with pytest.raises(InvalidRule, match=reason):
        parse(text)


def test_limits() -> None:
    """500 elements, 100 alarms, 10,240 characters; nesting as deep as that."""
    assert parse(" OR ".join(["TRUE"] * 500)).holds({})
    assert len(parse(" OR ".join(f"ALARM(a{n})" for n in range(100))).alarms) == 100
    assert parse("TRUE" + " " * 10_236).holds({})
    assert parse("(" * 249 + "TRUE" + ")" * 249).holds({})
    assert parse("NOT " * 2_558 + "TRUE").holds({})


def expressions() -> st.SearchStrategy[str]:
    """As Python spells them."""
    return st.recursive(
        st.sampled_from(["True", "False"]),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
            inner.map("not ({})".format),
            inner.map("({})".format),
        ),
        max_leaves=12,
    )


@given(expressions())
@settings(max_examples=100, deadline=None)
def test_the_same_as_python(text: str) -> None:
    """Whose operators bind alike."""
    assert parse(text.upper()).holds({}) is eval(text)


@given(st.text(alphabet="ALRMOKNDTUEFS()\"' \t", max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_text(text: str) -> None:
    """Is a rule, or refused."""
    try:
        parse(text)
    except InvalidRule:
        return
