"""What a function of a detector model gets by default [iote:lambda action]; the guide prints a key around it that is
not there."""

from typing import Any, TypedDict


class DetectorName(TypedDict):
    detectorModelName: str
    detectorModelVersion: str
    keyValue: str


class TriggerDetails(TypedDict, total=False):
    """A message has a name of its input and an id, the end of a timer the timer's name."""

    triggerType: str
    inputName: str
    messageId: str
    timerName: str


class DetectorState(TypedDict):
    """Timers that run, with when they end in milliseconds since 1970 (choice)."""

    stateName: str
    variables: dict[str, Any]
    timers: dict[str, int]


class DetectorPayload(TypedDict):
    actionExecutionId: str
    detector: DetectorName
    eventTriggerDetails: TriggerDetails
    state: DetectorState


class DetectorEvent(TypedDict):
    """`eventTime` in milliseconds since 1970."""

    eventName: str
    eventTime: int
    payload: DetectorPayload
