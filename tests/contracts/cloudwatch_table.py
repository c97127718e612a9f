"""CloudWatch alarms as data: state changes and the actions they run, composite rules, suppression, datapoints, settings.

Sources, in the columns `source`: "guide" is the CloudWatch user guide (alarms), "systems" the project's reference text
4.10, "bc" the service model (botocore 1.44.5, cloudwatch), "unverified" general knowledge of the service found in no
text read, "choice" ours.

What was read of the guide: evaluation and missing data (an older text), the page on Lambda actions, a sample of a composite
alarm's event. The suppression rows rest on the member texts of bc; the guide's timelines were not at hand.

Left open, so in no row: anomaly detection, Metrics Insights and PromQL alarms, percentiles with few samples, actions
other than functions, alarms that gather tags or contributors, the pauses between attempts of a hand-over, lone breaching
datapoints among missing ones (the guide's texts disagree).
"""

from typing import Any

import attrs

OK, ALARM, UNKNOWN = "OK", "ALARM", "INSUFFICIENT_DATA"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:work"

# --------------------------------------------------------------------------------------------------- transitions


@attrs.frozen
class Transition:
    """A metric alarm made at 0 s (INSUFFICIENT_DATA) and set by SetAlarmState at 1, 2, 3 ... s to each of `states`.

    Its actions: function `a` for ALARM, `o` for OK, `i` for INSUFFICIENT_DATA, those of them in `actions`. `calls` are
    the seconds and functions, in order, with the state and the previous state in the event.
    """

    id: str
    states: tuple[str, ...]
    calls: tuple[tuple[float, str, str, str], ...]
    actions: str = "aoi"
    enabled: bool = True
    source: str = "bc"


TRANSITIONS: list[Transition] = [
    Transition("making an alarm runs nothing", (), ()),
    Transition("to ALARM", (ALARM,), ((1, "a", ALARM, UNKNOWN),)),
    Transition("to OK", (OK,), ((1, "o", OK, UNKNOWN),)),
    Transition("the state it has", (UNKNOWN,), ()),
    Transition("ALARM twice", (ALARM, ALARM), ((1, "a", ALARM, UNKNOWN),)),
    Transition("there and back", (ALARM, OK), ((1, "a", ALARM, UNKNOWN), (2, "o", OK, ALARM))),
    Transition("to INSUFFICIENT_DATA", (OK, UNKNOWN), ((1, "o", OK, UNKNOWN), (2, "i", UNKNOWN, OK))),
    Transition("ALARM twice with OK between", (ALARM, OK, ALARM), ((1, "a", ALARM, UNKNOWN), (3, "a", ALARM, OK)), "a"),
    Transition("no action for the state", (OK,), (), "a"),
    Transition("no actions", (ALARM, OK, UNKNOWN), (), ""),
    Transition("actions disabled", (ALARM, OK), (), enabled=False),
]
"""Enabling actions later runs nothing for the state the alarm has (choice). Several functions of one state are called in
the order they are listed (choice)."""

SEVERAL: tuple[str, ...] = tuple(f"{FUNCTION}{number}" for number in range(5))
"""Five actions of one state: each of them is called once."""


@attrs.frozen
class HandOver:
    """What CloudWatch does with a state change when handing it to the function ends like that. The invocation is
    asynchronous. `tried_again`: until it is accepted; `False`: the change is lost to this function."""

    id: str
    happened: str
    tried_again: bool
    source: str


HAND_OVERS: list[HandOver] = [
    HandOver("accepted", "202", False, "guide; the function service handles retries of the function from here"),
    HandOver("handler raises", "202", False, "guide (as above)"),
    HandOver("no such function", "404", False, "guide"),
    HandOver("no such version", "404", False, "guide"),
    HandOver("not permitted", "403", False, "guide"),
    HandOver("throttled", "429", True, "guide (rejected for another reason)"),
    HandOver("service error", "500", True, "guide"),
]

PERMISSIONS: list[tuple[str, dict[str, str], bool]] = [
    ("principal alone", {"Principal": "lambda.alarms.cloudwatch.amazonaws.com"}, True),
    (
        "with the account",
        {"Principal": "lambda.alarms.cloudwatch.amazonaws.com", "SourceAccount": "000000000000"},
        True,
    ),
    (
        "with the alarm",
        {
            "Principal": "lambda.alarms.cloudwatch.amazonaws.com",
            "SourceArn": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors",
        },
        True,
    ),
    (
        "with another alarm",
        {
            "Principal": "lambda.alarms.cloudwatch.amazonaws.com",
            "SourceArn": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:other",
        },
        False,
    ),
    (
        "another account",
        {"Principal": "lambda.alarms.cloudwatch.amazonaws.com", "SourceAccount": "111111111111"},
        False,
    ),
    ("another principal", {"Principal": "cloudwatch.amazonaws.com"}, False),
    ("none", {}, False),
]
"""Statements (AddPermission) of `work` and whether the alarm `errors` may call it (guide, systems 1)."""

# ------------------------------------------------------------------------------------------------ composite rules


@attrs.frozen
class Expression:
    """Whether an AlarmRule is TRUE (the composite alarm is in ALARM, else OK) for these states of a, b, c and d e."""

    id: str
    rule: str
    states: dict[str, str]
    true: bool
    source: str = "bc"


_ALL: dict[str, str] = {"a": ALARM, "b": OK, "c": UNKNOWN, "d e": ALARM}
_ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:"


def _is(rule: str, true: bool, source: str = "bc") -> Expression:
    return Expression(rule, rule, _ALL, true, source)


EXPRESSIONS: list[Expression] = [
    _is("TRUE", True),
    _is("FALSE", False),
    _is("ALARM(a)", True),
    _is("ALARM(b)", False),
    _is("OK(b)", True),
    _is("OK(a)", False),
    _is("INSUFFICIENT_DATA(c)", True),
    _is("INSUFFICIENT_DATA(a)", False),
    _is('ALARM("a")', True),
    _is('ALARM("d e")', True),
    _is(f"ALARM({_ARN}a)", True),
    _is(f'ALARM("{_ARN}a")', True),
    _is("NOT ALARM(b)", True),
    _is("NOT ALARM(a)", False),
    _is("NOT NOT ALARM(a)", True, "choice"),
    _is("ALARM(a) AND OK(b)", True),
    _is("ALARM(a) AND ALARM(b)", False),
    _is("ALARM(a) OR ALARM(b)", True),
    _is("ALARM(b) OR ALARM(c)", False),
    _is("ALARM(a) AND NOT ALARM(b)", True),
    _is("(ALARM(b) OR ALARM(a)) AND OK(b)", True),
    _is("NOT (ALARM(a) AND OK(b))", False),
    _is("((ALARM(a)))", True),
    _is("TRUE OR FALSE AND FALSE", True, "choice (AND binds stronger)"),
    _is("(TRUE OR FALSE) AND FALSE", False),
    _is("NOT FALSE AND FALSE", False, "choice (NOT binds strongest)"),
    _is("FALSE AND FALSE OR TRUE", True, "choice (AND binds stronger)"),
    _is("  ALARM( a )  AND  OK(b) ", True, "choice (blanks)"),
    _is("ALARM(a)\nAND OK(b)", True, "choice (blanks)"),
    _is("ALARM(a) AND OK(b) AND INSUFFICIENT_DATA(c)", True),
    _is("ALARM(b) OR ALARM(c) OR ALARM(a)", True),
]

INVALID_EXPRESSIONS: list[tuple[str, str]] = [
    ("empty", ""),
    ("blank", "  "),
    ("no function", "a"),
    ("no name", "ALARM()"),
    ("unknown function", "ALERT(a)"),
    ("function in another case", "alarm(a)"),
    ("operator in another case", "ALARM(a) and OK(b)"),
    ("no operator", "ALARM(a) OK(b)"),
    ("ends with an operator", "ALARM(a) AND"),
    ("begins with an operator", "OR ALARM(a)"),
    ("open parenthesis", "(ALARM(a)"),
    ("closing parenthesis", "ALARM(a))"),
    ("open quote", 'ALARM("a)'),
    ("alarm that does not exist", "ALARM(none)"),
    ("itself", "ALARM(composite)"),
    ("10,241 characters", "TRUE" + " " * 10_237),
    ("101 alarms", " OR ".join(f"ALARM(a{number})" for number in range(101))),
    ("501 elements", " OR ".join(["TRUE"] * 501)),
]
"""Rules of an alarm `composite` that PutCompositeAlarm refuses with ValidationError, status 400 (bc; the code unverified;
cases of words and `itself` are our choice). Of `101 alarms` all exist."""

# --------------------------------------------------------------------------------------------------- suppression


@attrs.frozen
class Suppression:
    """A composite alarm over `child` with the suppressor `quiet`, function `a` for ALARM and `o` for OK.

    All alarms are in OK before 0 s. `changes` are (second, alarm, state); `calls` (second, function); `suppressed_by`
    (second, value or None) are what DescribeAlarms has as ActionsSuppressedBy then.
    """

    id: str
    wait: int
    extension: int
    changes: tuple[tuple[float, str, str], ...]
    calls: tuple[tuple[float, str], ...]
    suppressed_by: tuple[tuple[float, str | None], ...] = ()
    source: str = "bc"


_UP, _DOWN = ("child", ALARM), ("child", OK)
_QUIET, _LOUD = ("quiet", ALARM), ("quiet", OK)

SUPPRESSIONS: list[Suppression] = [
    Suppression("wait passes", 120, 180, ((10, *_UP),), ((130, "a"),), ((11, "WaitPeriod"), (131, None))),
    Suppression("no wait", 0, 180, ((10, *_UP),), ((10, "a"),)),
    Suppression(
        "suppressor comes in time",
        120,
        180,
        ((10, *_UP), (60, *_QUIET)),
        (),
        ((11, "WaitPeriod"), (61, "Alarm"), (500, "Alarm")),
    ),
    Suppression("suppressor was there", 120, 180, ((5, *_QUIET), (10, *_UP)), (), ((11, "Alarm"),)),
    Suppression(
        "suppressor goes: extension, then the actions",
        120,
        180,
        ((5, *_QUIET), (10, *_UP), (60, *_LOUD)),
        ((240, "a"),),
        ((11, "Alarm"), (61, "ExtensionPeriod"), (241, None)),
    ),
    Suppression("no extension", 120, 0, ((5, *_QUIET), (10, *_UP), (60, *_LOUD)), ((60, "a"),)),
    Suppression(
        "suppressor comes back in the extension",
        120,
        180,
        ((5, *_QUIET), (10, *_UP), (60, *_LOUD), (100, *_QUIET)),
        (),
        ((61, "ExtensionPeriod"), (101, "Alarm")),
    ),
    Suppression("suppressor comes too late", 120, 180, ((10, *_UP), (131, *_QUIET)), ((130, "a"),)),
    Suppression(
        "over before the extension ends",
        120,
        180,
        ((5, *_QUIET), (10, *_UP), (60, *_LOUD), (100, *_DOWN)),
        (),
        (),
        "choice: the OK action is suppressed too, and nothing is made up for an alarm that is over",
    ),
]
"""`ActionsSuppressedBy` is spelled as in bc (`Alarm`, `WaitPeriod`, `ExtensionPeriod`), and the reason is
`Actions suppressed by <value>` (guide's sample, of WaitPeriod)."""

COMPOSITES: list[tuple[str, tuple[tuple[float, str, str], ...], tuple[tuple[float, str], ...]]] = [
    ("child goes to ALARM and back", ((10, *_UP), (20, *_DOWN)), ((10, "a"), (20, "o"))),
    ("child of no importance", ((10, "other", ALARM),), ()),
    ("child from OK to INSUFFICIENT_DATA", ((10, "child", UNKNOWN),), ()),
    ("set by hand", ((10, "composite", ALARM),), ((10, "a"),)),
    ("set by hand, then a child changes", ((10, "composite", ALARM), (20, "child", UNKNOWN)), ((10, "a"), (20, "o"))),
]
"""Without a suppressor, AlarmRule `ALARM(child)`: changes and calls as above. A new composite alarm is in
INSUFFICIENT_DATA and at once evaluated; the actions of the state it gets run (bc)."""

# --------------------------------------------------------------------------------------------------- evaluation


@attrs.frozen
class Evaluation:
    """State of an alarm after the datapoints (oldest first): 0 within the threshold, X breaching, - missing.

    In the order missing, ignore, breaching, notBreaching of TreatMissingData; `None`: the state stays as it was.
    """

    id: str
    datapoints: str
    to_alarm: int
    periods: int
    states: tuple[str | None, str | None, str | None, str | None]
    source: str = "guide's table"


def _always(datapoints: str, to_alarm: int, periods: int, state: str, source: str = "guide") -> Evaluation:
    return Evaluation(f"{datapoints}, {to_alarm} of {periods}", datapoints, to_alarm, periods, (state,) * 4, source)


EVALUATIONS: list[Evaluation] = [
    # the guide's tables: five datapoints are looked at
    _always("0 - X - X", 3, 3, OK, "guide's table"),
    _always("0 - - - -", 3, 3, OK, "guide's table"),
    Evaluation("nothing at all", "- - - - -", 3, 3, (UNKNOWN, None, ALARM, OK)),
    _always("0 X X - X", 3, 3, ALARM, "guide's table"),
    _always("0 - X - X", 2, 3, ALARM, "guide's table"),
    _always("0 0 X 0 X", 2, 3, ALARM, "guide's table"),
    Evaluation("one of two is missing", "0 - X - -", 2, 3, (OK, OK, ALARM, OK)),
    Evaluation("one within, two missing", "- - - - 0", 2, 3, (OK, OK, ALARM, OK)),
    # nothing missing: M of the last N
    _always("X", 1, 1, ALARM),
    _always("0", 1, 1, OK),
    _always("0 X X X", 3, 3, ALARM),
    _always("X X X 0", 3, 3, OK),
    _always("X X 0 X X", 3, 3, OK),
    _always("X 0 X", 2, 3, ALARM),
    _always("X 0 0", 2, 3, OK),
    _always("X X X X 0", 4, 5, ALARM),
    _always("X X 0 X 0", 4, 5, OK),
    _always("X X X 0 0 0", 2, 3, OK),
]
"""How many datapoints are looked at is only known from these tables: N + 2 (choice)."""

THRESHOLDS: list[tuple[str, float, bool, bool]] = [
    ("GreaterThanThreshold", 5.0, False, True),
    ("GreaterThanOrEqualToThreshold", 5.0, True, True),
    ("LessThanThreshold", 5.0, False, False),
    ("LessThanOrEqualToThreshold", 5.0, True, False),
]
"""ComparisonOperator, threshold, whether a datapoint of 5 breaches it, and whether one of 5.1 does."""

# -------------------------------------------------------------------------------------------------------- settings


@attrs.frozen
class Setting:
    """Changes to the arguments of a call that is right, and the error code, None: taken. `...` removes an argument."""

    id: str
    changes: dict[str, Any]
    refused: str | None
    source: str = "bc; the code unverified"


_BAD = "ValidationError"
METRIC_ALARM: dict[str, Any] = {
    "AlarmName": "errors",
    "MetricName": "Errors",
    "Namespace": "AWS/Lambda",
    "Dimensions": [{"Name": "FunctionName", "Value": "work"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 0.0,
    "ComparisonOperator": "GreaterThanThreshold",
    "AlarmActions": [FUNCTION],
}


def _expression(return_data: tuple[bool, bool] = (True, False)) -> dict[str, Any]:
    stat = {"Metric": {"Namespace": "AWS/Lambda", "MetricName": "Errors"}, "Period": 60, "Stat": "Sum"}
    metrics = [
        {"Id": "e1", "Expression": "m1 * 2", "ReturnData": return_data[0]},
        {"Id": "m1", "MetricStat": stat, "ReturnData": return_data[1]},
    ]
    removed = dict.fromkeys(("MetricName", "Namespace", "Dimensions", "Statistic", "Period"), ...)
    return {**removed, "Metrics": metrics}


METRIC_SETTINGS: list[Setting] = [
    Setting("as it is", {}, None),
    Setting("name of 255", {"AlarmName": "x" * 255}, None),
    Setting("name of 256", {"AlarmName": "x" * 256}, _BAD),
    Setting("empty name", {"AlarmName": ""}, _BAD),
    Setting("no name", {"AlarmName": ...}, _BAD),
    Setting("description of 1,024", {"AlarmDescription": "x" * 1024}, None),
    Setting("description of 1,025", {"AlarmDescription": "x" * 1025}, _BAD),
    Setting("five actions", {"AlarmActions": list(SEVERAL)}, None),
    Setting("six actions", {"AlarmActions": [f"{FUNCTION}{n}" for n in range(6)]}, _BAD),
    Setting("six OK actions", {"OKActions": [f"{FUNCTION}{n}" for n in range(6)]}, _BAD),
    Setting("version", {"AlarmActions": [f"{FUNCTION}:1"]}, None),
    Setting("alias", {"AlarmActions": [f"{FUNCTION}:live"]}, None),
    Setting(
        "function that does not exist", {"AlarmActions": [f"{FUNCTION}none"]}, None, "guide (actions are not tested)"
    ),
    Setting("action that is no ARN", {"AlarmActions": ["work"]}, _BAD),
    *[Setting(f"period {period}", {"Period": period}, None) for period in (10, 20, 30, 60, 120, 3600)],
    *[Setting(f"period {period}", {"Period": period}, _BAD) for period in (0, -60, 1, 5, 15, 45, 90)],
    Setting("no period", {"Period": ...}, _BAD),
    Setting("evaluation periods 0", {"EvaluationPeriods": 0}, _BAD),
    Setting("no evaluation periods", {"EvaluationPeriods": ...}, _BAD),
    Setting("2 of 3", {"EvaluationPeriods": 3, "DatapointsToAlarm": 2}, None),
    Setting("3 of 3", {"EvaluationPeriods": 3, "DatapointsToAlarm": 3}, None),
    Setting("4 of 3", {"EvaluationPeriods": 3, "DatapointsToAlarm": 4}, _BAD, "unverified"),
    Setting("0 of 3", {"EvaluationPeriods": 3, "DatapointsToAlarm": 0}, _BAD),
    Setting("no threshold", {"Threshold": ...}, _BAD),
    Setting("no operator", {"ComparisonOperator": ...}, _BAD),
    Setting("unknown operator", {"ComparisonOperator": "EqualToThreshold"}, _BAD),
    Setting("no statistic", {"Statistic": ...}, _BAD),
    Setting("both statistics", {"ExtendedStatistic": "p90"}, _BAD),
    Setting("extended statistic", {"Statistic": ..., "ExtendedStatistic": "p90"}, None),
    Setting("unknown statistic", {"Statistic": "Median"}, _BAD),
    Setting("no namespace", {"Namespace": ...}, _BAD),
    Setting("namespace with a colon first", {"Namespace": ":shop"}, _BAD),
    Setting("30 dimensions", {"Dimensions": [{"Name": f"n{n}", "Value": "v"} for n in range(30)]}, None),
    Setting("31 dimensions", {"Dimensions": [{"Name": f"n{n}", "Value": "v"} for n in range(31)]}, _BAD),
    Setting("unknown unit", {"Unit": "Apples"}, _BAD),
    *[
        Setting(f"missing data {value}", {"TreatMissingData": value}, None)
        for value in ("missing", "ignore", "breaching", "notBreaching")
    ],
    Setting("missing data Breaching", {"TreatMissingData": "Breaching"}, _BAD),
    Setting("expression", _expression(), None),
    Setting("expression that returns nothing", _expression((False, False)), _BAD),
    Setting("expression that returns two", _expression((True, True)), _BAD),
    Setting("neither metric nor expression", {"MetricName": ..., "Namespace": ..., "Statistic": ...}, _BAD),
    Setting("metric and expression", {"Metrics": _expression()["Metrics"]}, _BAD),
]
"""Changes to METRIC_ALARM. Putting an alarm that exists replaces its settings and leaves its state (bc)."""

COMPOSITE_SETTINGS: list[Setting] = [
    Setting("as it is", {}, None),
    Setting("no rule", {"AlarmRule": ...}, _BAD),
    Setting(
        "suppressor",
        {"ActionsSuppressor": "b", "ActionsSuppressorWaitPeriod": 120, "ActionsSuppressorExtensionPeriod": 180},
        None,
    ),
    Setting(
        "suppressor by ARN",
        {"ActionsSuppressor": f"{_ARN}b", "ActionsSuppressorWaitPeriod": 0, "ActionsSuppressorExtensionPeriod": 0},
        None,
    ),
    Setting("suppressor without a wait", {"ActionsSuppressor": "b", "ActionsSuppressorExtensionPeriod": 180}, _BAD),
    Setting("suppressor without an extension", {"ActionsSuppressor": "b", "ActionsSuppressorWaitPeriod": 120}, _BAD),
    Setting("wait without a suppressor", {"ActionsSuppressorWaitPeriod": 120}, _BAD, "choice"),
    Setting(
        "negative wait",
        {"ActionsSuppressor": "b", "ActionsSuppressorWaitPeriod": -1, "ActionsSuppressorExtensionPeriod": 0},
        _BAD,
        "choice",
    ),
    Setting(
        "suppressor that does not exist",
        {"ActionsSuppressor": "none", "ActionsSuppressorWaitPeriod": 0, "ActionsSuppressorExtensionPeriod": 0},
        _BAD,
    ),
    Setting("name of a metric alarm", {"AlarmName": "a"}, _BAD, "choice"),
]
"""Changes to `{"AlarmName": "composite", "AlarmRule": "ALARM(a)", "AlarmActions": [FUNCTION]}`; a and b are metric alarms."""

STATE_SETTINGS: list[Setting] = [
    Setting("as it is", {}, None),
    Setting("empty reason", {"StateReason": ""}, None, "bc"),
    Setting("reason of 1,023", {"StateReason": "x" * 1023}, None, "bc"),
    Setting("reason of 1,024", {"StateReason": "x" * 1024}, _BAD),
    Setting("no reason", {"StateReason": ...}, _BAD),
    Setting("data", {"StateReasonData": '{"n": 7}'}, None, "bc"),
    Setting("data of 4,000", {"StateReasonData": '"' + "x" * 3998 + '"'}, None, "bc"),
    Setting("data of 4,001", {"StateReasonData": '"' + "x" * 3999 + '"'}, _BAD),
    Setting("data that are no JSON", {"StateReasonData": "{"}, "InvalidFormat", "bc"),
    Setting("unknown state", {"StateValue": "FINE"}, _BAD),
    Setting("no such alarm", {"AlarmName": "none"}, "ResourceNotFound", "bc (status 404)"),
]
"""Changes to SetAlarmState `{"AlarmName": "a", "StateValue": "ALARM", "StateReason": "test"}`."""
