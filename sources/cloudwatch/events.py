"""What functions and topics get of a state change.

Functions: in the form of the guide [cw '26]. Topics: in the form that recorded notifications have (2019 to 2024); they
are in no guide.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NotRequired, TypedDict, cast

from eventbus.names import ACCOUNT, REGION, Arn

from .state import State, stamp

if TYPE_CHECKING:
    from .alarm import Alarm
    from .composite_alarm import CompositeAlarm

REGION_NAME: Final = "US East (N. Virginia)"
STATISTIC_NAMES: Final = {"SampleCount": "SAMPLE_COUNT"}
"""The others in capitals."""


class AlarmState(TypedDict):
    """`reasonData` is JSON text."""

    value: str
    reason: str
    reasonData: NotRequired[str]
    timestamp: str
    actionsSuppressedBy: NotRequired[str]
    actionsSuppressedReason: NotRequired[str]


class AlarmData(TypedDict):
    """`configuration`: `metrics` of an alarm, `alarmRule` of a composite one, the suppressor, a description."""

    alarmName: str
    state: AlarmState
    previousState: AlarmState
    configuration: dict[str, Any]


class AlarmEvent(TypedDict):
    source: str
    alarmArn: str
    accountId: str
    time: str
    region: str
    alarmData: AlarmData


def event(alarm: "Alarm | CompositeAlarm", state: State, previous: State, id: str) -> AlarmEvent:
    """`id` is that of its metric."""
    return {
        "source": "aws.cloudwatch",
        "alarmArn": alarm.arn,
        "accountId": ACCOUNT,
        "time": stamp(state.at),
        "region": REGION,
        "alarmData": {
            "alarmName": alarm.name,
            "state": _state(state),
            "previousState": _state(previous),
            "configuration": alarm.configuration(id),
        },
    }


def notification(alarm: "Alarm | CompositeAlarm", state: State, previous: State, made_at: float) -> dict[str, Any]:
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.alarm_description,
        "AWSAccountId": ACCOUNT,
        "AlarmConfigurationUpdatedTimestamp": stamp(made_at),
        "NewStateValue": state.value,
        "NewStateReason": state.reason,
        "StateChangeTime": stamp(state.at),
        "Region": REGION_NAME,
        "AlarmArn": alarm.arn,
        "OldStateValue": previous.value,
        "OKActions": _arns(alarm.ok_actions),
        "AlarmActions": _arns(alarm.alarm_actions),
        "InsufficientDataActions": _arns(alarm.insufficient_data_actions),
        **alarm.trigger(state),
    }


def children(state: State) -> list[dict[str, Any]]:
    """Those that triggered a composite alarm, as topics are told."""
    child = state.triggered_by
    if child is None:
        return []
    return [{"Arn": child.arn, "State": {"Value": child.state.value, "Timestamp": stamp(child.state.at)}}]


def _state(state: State) -> AlarmState:
    shown: dict[str, Any] = {"value": state.value, "reason": state.reason}
    if state.reason_data is not None:
        shown["reasonData"] = state.reason_data
    shown["timestamp"] = stamp(state.at)
    if state.suppressed_by is not None:
        shown["actionsSuppressedBy"] = state.suppressed_by
        shown["actionsSuppressedReason"] = state.suppressed_reason
    return cast(AlarmState, shown)  # built key by key: their order counts


def _arns(resources: Sequence[Any]) -> list[Arn]:
    return [resource.arn for resource in resources]
