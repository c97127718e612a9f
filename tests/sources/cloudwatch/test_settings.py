"""What declarations and calls refuse."""

from typing import Any

import pytest

from eventbus.errors import InvalidSetting
from sources import cloudwatch, sns, sqs
from sources.cloudwatch.data import data_of
from tests.contracts import cloudwatch_table as table
from tests.sources.cloudwatch.helpers import ERRORS, TOPIC, WORK, Alarms, alarm, steady
from tests.sources.helpers import EPOCH, Feed, done

NAMES = {
    "AlarmName": "name",
    "AlarmDescription": "alarm_description",
    "AlarmActions": "alarm_actions",
    "OKActions": "ok_actions",
    "MetricName": "metric_name",
    "Namespace": "namespace",
    "Dimensions": "dimensions",
    "Statistic": "statistic",
    "ExtendedStatistic": "extended_statistic",
    "Period": "period",
    "Unit": "unit",
    "EvaluationPeriods": "evaluation_periods",
    "DatapointsToAlarm": "datapoints_to_alarm",
    "Threshold": "threshold",
    "ComparisonOperator": "comparison_operator",
    "TreatMissingData": "treat_missing_data",
    "Metrics": "metrics",
    "AlarmRule": "alarm_rule",
    "ActionsSuppressor": "actions_suppressor",
    "ActionsSuppressorWaitPeriod": "actions_suppressor_wait_period",
    "ActionsSuppressorExtensionPeriod": "actions_suppressor_extension_period",
}
NOT_OFFERED = {
    "extended statistic": "extended statistics are not offered",
    "expression": "metric math is not offered",
    "version": "every function is $LATEST",
    "alias": "every function is $LATEST",
    "function that does not exist": "a declared function",
}
LEFT_OUT = {
    "no threshold",
    "no operator",
    "no statistic",
    "no period",
    "no evaluation periods",
    "no namespace",
    "no name",
}


def in_our_words(name: str, value: Any) -> Any:
    if name.endswith("Actions"):
        return [WORK if each.startswith("arn:") else each for each in value]
    if name == "Dimensions":
        return [{"name": each["Name"], "value": each["Value"]} for each in value]
    return value


def translated(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in {**base, **changes}.items() if value is not ...}
    return {NAMES[name]: in_our_words(name, value) for name, value in given.items()}


@pytest.mark.parametrize("row", table.METRIC_SETTINGS, ids=lambda row: row.id)
def test_metric_alarms(row: table.Setting) -> None:
    """What AWS refuses is refused where it is written; what is left out as Python has it."""
    if row.id in NOT_OFFERED:
        pytest.skip(NOT_OFFERED[row.id])
    given = translated(table.METRIC_ALARM, row.changes)
    if row.refused is None:
        cloudwatch.Alarm(**given)
    else:
        with pytest.raises((InvalidSetting, TypeError)):
            cloudwatch.Alarm(**given)


SUPPRESSORS = {"b": steady("b"), "arn:aws:cloudwatch:us-east-1:000000000000:alarm:b": steady("b")}


@pytest.mark.parametrize("row", table.COMPOSITE_SETTINGS, ids=lambda row: row.id)
def test_composite_alarms(row: table.Setting) -> None:
    """A suppressor is a declared alarm; two alarms of one name are refused by the app."""
    if row.id == "name of a metric alarm":
        pytest.skip("refused when it is added")
    base = {"AlarmName": "composite", "AlarmRule": "ALARM(a)", "AlarmActions": [table.FUNCTION]}
    given = translated(base, row.changes)
    if "actions_suppressor" in given:
        given["actions_suppressor"] = SUPPRESSORS.get(given["actions_suppressor"], given["actions_suppressor"])
    if row.refused is None:
        cloudwatch.CompositeAlarm(**given)
    else:
        with pytest.raises((InvalidSetting, TypeError)):
            cloudwatch.CompositeAlarm(**given)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"metrics": []}, "metrics=.* is refused: metric math"),
        ({"threshold_metric_id": "a1"}, "anomaly detection is not offered"),
        ({"extended_statistic": "p90"}, "extended statistics are not offered"),
        ({"tags": []}, "tags are not offered"),
        ({"periods": 60}, "did you mean period"),
        ({"comparison_operator": "LessThanLowerThreshold"}, "anomaly detection is not offered"),
        ({"alarm_actions": [sqs.Queue("q")]}, "alarm_actions="),
        ({"alarm_actions": [sns.Topic("t.fifo")]}, "alarm_actions="),
        ({"alarm_actions": WORK}, "a list of up to 5"),
        ({"alarm_description": "\ud800"}, "alarm_description="),
        ({"actions_enabled": None}, "actions_enabled="),
        ({"period": 60.0}, "period="),
        ({"period": True}, "period="),
        ({"evaluation_periods": 1_441}, "86,400 seconds"),
        ({"period": 3_600, "evaluation_periods": 169}, "604,800 seconds"),
        ({"threshold": "5"}, "threshold="),
        ({"threshold": float("nan")}, "threshold="),
        ({"threshold": True}, "threshold="),
        ({"dimensions": {"FunctionName": "work"}}, "dimensions="),
        ({"dimensions": [{"name": "a", "value": ""}]}, "dimensions="),
        ({"dimensions": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]}, "dimensions="),
        ({"namespace": "a\nb"}, "namespace="),
    ],
    ids=str,
)
def test_settings_that_are_refused(given: dict[str, Any], text: str) -> None:
    """By name, with the way out."""
    with pytest.raises(InvalidSetting, match=text):
        alarm(**given)


def test_longest_looks_back() -> None:
    """A day, and a week of hours."""
    assert alarm(evaluation_periods=1_440).to_alarm == 1_440
    assert alarm(period=3_600, evaluation_periods=168, datapoints_to_alarm=3).to_alarm == 3
    with pytest.raises(InvalidSetting, match="a declared alarm"):
        cloudwatch.CompositeAlarm(
            "c",
            alarm_rule="TRUE",
            actions_suppressor=TOPIC,
            actions_suppressor_wait_period=1,
            actions_suppressor_extension_period=1,
        )


@pytest.mark.parametrize("row", table.STATE_SETTINGS, ids=lambda row: row.id)
def test_states_by_hand(row: table.Setting) -> None:
    """Refused before anything happens."""
    if row.id in ("no such alarm", "no reason"):
        pytest.skip("a client is that of a declared alarm, a reason is a parameter")
    base = {"StateValue": "ALARM", "StateReason": "test", **row.changes}
    names = {"StateValue": "state_value", "StateReason": "state_reason", "StateReasonData": "state_reason_data"}
    alarms = Alarms([steady("a")])
    machine = alarms.machine("a")
    client = cloudwatch.AlarmClient(machine, Feed())
    call = client.set_alarm_state(**{names[name]: value for name, value in base.items()})
    if row.refused is None:
        done(call)
        assert machine.state.value == "ALARM"
        assert machine.state.reason == base["StateReason"]
    else:
        with pytest.raises((cloudwatch.ValidationError, cloudwatch.InvalidFormat)) as raised:
            done(call)
        assert (raised.value.code, raised.value.status) == (row.refused, 400)
        assert machine.state.value == "INSUFFICIENT_DATA"


DATUM = {"metric_name": "Errors", "value": 1}


@pytest.mark.parametrize(
    ("namespace", "data", "text"),
    [
        ("", [DATUM], "Namespace="),
        (":shop", [DATUM], "Namespace="),
        (None, [DATUM], "Namespace="),
        ("Shop", [], "1 to 1,000 data"),
        ("Shop", DATUM, "1 to 1,000 data"),
        ("Shop", [DATUM] * 1_001, "1 to 1,000 data"),
        ("Shop", [DATUM, 7], "MetricData.member.2"),
        ("Shop", [{**DATUM, "storage_resolution": 1}], "storage_resolution is not offered"),
        ("Shop", [{"value": 1}], "MetricName"),
        ("Shop", [{**DATUM, "unit": "Apples"}], "Unit="),
        ("Shop", [{**DATUM, "unit": []}], "Unit="),
        ("Shop", [{**DATUM, "dimensions": [{"name": "a"}]}], "Dimensions"),
        ("Shop", [{**DATUM, "dimensions": [{"name": "a", "value": 7}]}], "Dimensions"),
        ("Shop", [{**DATUM, "timestamp": EPOCH - 14 * 86_400 - 1}], "Timestamp="),
        ("Shop", [{**DATUM, "timestamp": EPOCH + 7_201}], "Timestamp="),
        ("Shop", [{**DATUM, "timestamp": "now"}], "Timestamp="),
        ("Shop", [{**DATUM, "value": float("nan")}], "numbers from"),
        ("Shop", [{**DATUM, "value": 2.0**361}], "numbers from"),
        ("Shop", [{**DATUM, "value": True}], "numbers from"),
        ("Shop", [{"metric_name": "x"}], "one of value"),
        ("Shop", [{**DATUM, "values": [1]}], "one of value"),
        ("Shop", [{**DATUM, "counts": [1]}], "one of value"),
        ("Shop", [{"metric_name": "x", "values": []}], "1 to 150 numbers"),
        ("Shop", [{"metric_name": "x", "values": "12"}], "1 to 150 numbers"),
        ("Shop", [{"metric_name": "x", "values": [1, 2], "counts": [1]}], "Counts"),
        ("Shop", [{"metric_name": "x", "values": [1], "counts": [0]}], "Counts"),
        ("Shop", [{"metric_name": "x", "statistic_values": {"sum": 1}}], "StatisticValues"),
        (
            "Shop",
            [{"metric_name": "x", "statistic_values": {"sum": 1, "minimum": 1, "maximum": 1, "sample_count": 0}}],
            "StatisticValues",
        ),
    ],
    ids=lambda each: str(each)[:40],
)
def test_data_that_are_refused(namespace: Any, data: Any, text: str) -> None:
    """As a whole."""
    with pytest.raises(cloudwatch.ValidationError, match=text):
        data_of(namespace, data, EPOCH)


def test_what_an_alarm_delivers_to() -> None:
    """Each once; a composite one names the alarms that it looks at as well."""
    quiet = steady("quiet")
    declared = cloudwatch.CompositeAlarm(
        "c",
        alarm_rule='ALARM(a) OR OK("b c") OR ALARM(a)',
        alarm_actions=[WORK, TOPIC],
        ok_actions=[WORK],
        actions_suppressor=quiet,
        actions_suppressor_wait_period=0,
        actions_suppressor_extension_period=0,
    )
    assert [arn.name for arn in declared.targets] == ["quiet", "a", "b c", "work", "alarms"]
    assert [arn.name for arn in alarm(alarm_actions=[WORK], ok_actions=[WORK]).targets] == ["work"]
    assert ERRORS["period"] == 60
