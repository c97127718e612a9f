"""CloudWatch alarms, as they are looked up."""

from typing import Any, Final, Literal

from eventbus.ports import System
from sources._sample import EPOCH, SampleFunction, event_of, machine_of

from .alarm import Alarm
from .composite_alarm import CompositeAlarm
from .events import AlarmEvent
from .state import News, State, StateValue


def sample_event(
    *,
    kind: Literal["metric", "composite"] = "metric",
    alarm: str = "errors",
    state: StateValue = "ALARM",
    reason: str = "test",
    function: str = "work",
) -> AlarmEvent:
    """What `function` gets when this alarm, or one on it, goes to `state`. Raises `InvalidSetting`."""
    to: Any = [SampleFunction(function)]
    actions: dict[str, Any] = {"alarm_actions": to, "ok_actions": to, "insufficient_data_actions": to}
    child = Alarm(
        alarm,
        namespace="AWS/Lambda",
        metric_name="Errors",
        dimensions=[{"name": "FunctionName", "value": function}],
        statistic="Sum",
        period=60,
        evaluation_periods=1,
        threshold=0,
        comparison_operator="GreaterThanThreshold",
        **actions,
    )
    if kind == "metric":
        machine = machine_of(child)
        machine.set_state(0.0, state, reason, None, None)
    else:
        machine = machine_of(CompositeAlarm("shop", alarm_rule=f'ALARM("{alarm}")', **actions))
        news = News(child.arn, State(state, reason, None, EPOCH), (child.arn,), None)
        machine.received(0.0, 0, [news], None, False, 0.0)
    event: AlarmEvent = event_of(machine)
    return event


SYSTEM: Final = System(
    name="CloudWatch alarm",
    kind="asynchronous",
    invoked_by="`cloudwatch.Alarm(name, alarm_actions=[function], ...)` on data of a declared `cloudwatch.Metrics`, "
    "`cloudwatch.CompositeAlarm(name, alarm_rule=...)` on other alarms: changes of their state",
    event='`{"source": "aws.cloudwatch", "alarmArn": ..., "alarmData": {"state": ..., "previousState": ..., '
    '"configuration": ...}}`; topics get the notification of alarms',
    answer="not looked at",
    retries="the function's asynchronous queue; the hand-over until it is taken, while it is refused for a while",
    permission="lambda.alarms.cloudwatch.amazonaws.com, SourceArn = the alarm",
    refused="metric math, anomaly detection, extended statistics, alarms on queries, actions other than functions and "
    "topics",
    deviations="services put no metrics of their own; data are looked at when their minute is over; notifications have "
    "no subject",
    example="""\
app = App("shop")
metrics, work = app.add(cloudwatch.Metrics()), app.function(lambda event, context: None, name="work")
limit = {"statistic": "Sum", "period": 60, "evaluation_periods": 1, "threshold": 5}
limit |= {"comparison_operator": "GreaterThanThreshold", "alarm_actions": [work]}
app.add(cloudwatch.Alarm("refunds", namespace="Shop", metric_name="Refunds", **limit))
async with app.start() as bus:
    await bus[metrics].put_metric_data(namespace="Shop", metric_data=[{"metric_name": "Refunds", "value": 7}])
    await bus.settle()
    assert len(bus.invocations(work)) == 1
""",
    sample_event=sample_event,
)
