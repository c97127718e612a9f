"""IoT Events as data: detectors of one model, which events invoke the function, and what the action sends.

The service ended in 2026 and its model is no longer in botocore. Sources, in the columns `source`: "guide" is the IoT
Events developer guide and its API reference (CloudFormation's text of the same types), "systems" and "semantics" the
project's reference texts, "unverified" general knowledge of the service found in no text read, "choice" ours.

The model `fridge`, version 1, has one detector for each value of the key `device` of the input `readings`. Two states:
`cold` (initial) and `warm`. A message whose `celsius` is above 8 leads from cold to warm, one at or below leads back.
Entering `warm` counts (`count` + 1), sets the timer `cool` of 60 s and invokes the function in the event `alarm`;
when `cool` ends in `warm`, the event `still` invokes it; leaving `warm` clears the timer.

Left open, so in no row: expressions of conditions beyond this model, what `state.timers` holds.
"""

from typing import Any

import attrs

# ---------------------------------------------------------------------------------------------------------- detectors


@attrs.frozen
class Invoked:
    """One invocation: when, `eventName`, detector's `keyValue`, `triggerType`, `state.variables`."""

    at: float
    event: str
    key: str
    trigger: str
    variables: dict[str, Any]


@attrs.frozen
class Messages:
    """Messages (seconds, payload) put into `readings`, and the invocations up to 200 s. The state is `warm` in each."""

    id: str
    messages: tuple[tuple[float, dict[str, Any]], ...]
    invoked: tuple[Invoked, ...]
    source: str


def _reading(celsius: float, device: str = "a1") -> dict[str, Any]:
    return {"device": device, "celsius": celsius}


def _alarm(at: float, key: str = "a1", count: int = 1) -> Invoked:
    return Invoked(at, "alarm", key, "Message", {"count": count})


def _still(at: float, key: str = "a1", count: int = 1) -> Invoked:
    return Invoked(at, "still", key, "Timer", {"count": count})


MESSAGES: list[Messages] = [
    Messages("cold", ((10, _reading(5)),), (), "guide"),
    Messages("at the bound", ((10, _reading(8)),), (), "guide"),
    Messages("warm", ((10.5, _reading(9)),), (_alarm(10.5), _still(70.5)), "guide"),
    Messages("warm twice: entered once", ((10, _reading(9)), (20, _reading(9))), (_alarm(10), _still(70)), "guide"),
    Messages("cooled in time", ((10, _reading(9)), (60, _reading(4))), (_alarm(10),), "guide"),
    Messages("cooled too late", ((10, _reading(9)), (80, _reading(4))), (_alarm(10), _still(70)), "guide"),
    Messages(
        "warm again: variables stay",
        ((10, _reading(9)), (20, _reading(4)), (30, _reading(9))),
        (_alarm(10), _alarm(30, count=2), _still(90, count=2)),
        "guide",
    ),
    Messages(
        "a detector for each key",
        ((10, _reading(9, "a1")), (20, _reading(9, "a2"))),
        (_alarm(10, "a1"), _alarm(20, "a2"), _still(70, "a1"), _still(80, "a2")),
        "guide",
    ),
    Messages("no key: no detector", ((10, {"celsius": 9}),), (), "guide"),
    Messages("key is a number", ((10, {"device": 7, "celsius": 9}),), (_alarm(10, "7"), _still(70, "7")), "choice"),
    Messages("no value: the condition is false", ((10, {"device": "a1"}),), (), "choice"),
    Messages("value is a text: the condition is false", ((10, {"device": "a1", "celsius": "9"}),), (), "choice"),
    Messages("more members pass", ((10, {**_reading(9), "more": [1]}),), (_alarm(10), _still(70)), "guide"),
]

# ------------------------------------------------------------------------------------------------------------ payloads


@attrs.frozen
class Payload:
    """The action's payload (`contentExpression`, `type`), and what the function gets at `alarm` of `_reading(9)`.

    `event` None: the default payload, `tests/golden/iotevents/message.json`. Strings inside are IoT Events expressions.
    """

    id: str
    payload: dict[str, str] | None
    event: Any
    source: str


PAYLOADS: list[Payload] = [
    Payload("default", None, None, "systems"),
    Payload(
        "JSON of values",
        {"type": "JSON", "contentExpression": '\'{"device": "${$input.readings.device}", "n": ${$variable.count}}\''},
        {"device": "a1", "n": 1},
        "guide",
    ),
    Payload("JSON of a constant", {"type": "JSON", "contentExpression": "'{\"warm\": true}'"}, {"warm": True}, "guide"),
    Payload(
        "text",
        {"type": "STRING", "contentExpression": "'warm: ${$input.readings.device}'"},
        "warm: a1",
        "guide; as a JSON text: choice",
    ),
    Payload(
        "joined", {"type": "STRING", "contentExpression": "'warm: ' + $input.readings.device"}, "warm: a1", "guide"
    ),
]

# --------------------------------------------------------------------------------------------------------- limits, puts


@attrs.frozen
class Put:
    """BatchPutMessage with these entries (messageId, inputName, payload text); `failed`: errorCode by messageId.

    `error`: the whole call is refused.
    """

    id: str
    entries: tuple[tuple[str, str, str], ...]
    error: str | None
    failed: dict[str, str]
    source: str


_GOOD = '{"device": "a1", "celsius": 9}'
_INVALID = "InvalidRequestException"


def _filled(size: int) -> str:
    head, tail = '{"device": "a1", "celsius": 9, "fill": "', '"}'
    return head + "x" * (size - len(head) - len(tail)) + tail


PUTS: list[Put] = [
    Put("one", (("m1", "readings", _GOOD),), None, {}, "guide"),
    Put("ten", tuple((f"m{index}", "readings", _GOOD) for index in range(10)), None, {}, "unverified"),
    Put("eleven", tuple((f"m{index}", "readings", _GOOD) for index in range(11)), _INVALID, {}, "unverified"),
    Put("none", (), _INVALID, {}, "guide"),
    Put("one id twice", (("m1", "readings", _GOOD), ("m1", "readings", _GOOD)), _INVALID, {}, "choice"),
    Put("longest id", (("m" * 64, "readings", _GOOD),), None, {}, "guide"),
    Put("id too long", (("m" * 65, "readings", _GOOD),), _INVALID, {}, "guide"),
    Put("blank in an id", (("m 1", "readings", _GOOD),), _INVALID, {}, "guide"),
    Put("unknown input", (("m1", "nowhere", _GOOD),), None, {"m1": "ResourceNotFoundException"}, "guide"),
    Put(
        "one of two unknown",
        (("m1", "readings", _GOOD), ("m2", "nowhere", _GOOD)),
        None,
        {"m2": "ResourceNotFoundException"},
        "guide",
    ),
    Put("no JSON", (("m1", "readings", "warm"),), None, {"m1": _INVALID}, "choice"),
    Put("largest payload", (("m1", "readings", _filled(1024)),), None, {}, "unverified (1 KB a message)"),
    Put("payload too large", (("m1", "readings", _filled(1025)),), None, {"m1": _INVALID}, "unverified; code: choice"),
]


@attrs.frozen
class Setting:
    """A member of CreateDetectorModel or CreateInput of that value; `error` None: taken."""

    id: str
    operation: str
    member: str
    value: Any
    error: str | None
    source: str = "guide"


SETTINGS: list[Setting] = [
    Setting("model", "CreateDetectorModel", "detectorModelName", "fridge-1_a", None),
    Setting("longest model name", "CreateDetectorModel", "detectorModelName", "x" * 128, None),
    Setting("model name too long", "CreateDetectorModel", "detectorModelName", "x" * 129, _INVALID),
    *[
        Setting(f"model name {name!r}", "CreateDetectorModel", "detectorModelName", name, _INVALID)
        for name in ("", "a b", "a.b", "a/b")
    ],
    Setting("longest input name", "CreateInput", "inputName", "x" * 128, None),
    Setting("input name too long", "CreateInput", "inputName", "x" * 129, _INVALID),
    Setting("input name begins with a digit", "CreateInput", "inputName", "1a", _INVALID),
    Setting("input name with a dash", "CreateInput", "inputName", "a-b", _INVALID),
    Setting("longest key", "CreateDetectorModel", "key", "x" * 128, None),
    Setting("key too long", "CreateDetectorModel", "key", "x" * 129, _INVALID),
    Setting("evaluation in batches", "CreateDetectorModel", "evaluationMethod", "BATCH", None),
    Setting("evaluation one after the other", "CreateDetectorModel", "evaluationMethod", "SERIAL", None),
    Setting("unknown evaluation", "CreateDetectorModel", "evaluationMethod", "ALL", _INVALID),
    Setting("shortest timer", "CreateDetectorModel", "setTimer.seconds", 1, None),
    Setting("timer of nothing", "CreateDetectorModel", "setTimer.seconds", 0, _INVALID),
    Setting("longest timer", "CreateDetectorModel", "setTimer.seconds", 31_622_400, None),
    Setting("timer too long", "CreateDetectorModel", "setTimer.seconds", 31_622_401, _INVALID),
    Setting("no states", "CreateDetectorModel", "states", [], _INVALID),
    Setting("initial state that is not there", "CreateDetectorModel", "initialStateName", "hot", _INVALID),
    Setting(
        "action to a function without an ARN", "CreateDetectorModel", "lambda.functionArn", "work", _INVALID, "choice"
    ),
    Setting("payload of an unknown type", "CreateDetectorModel", "payload.type", "XML", _INVALID),
    Setting("empty payload", "CreateDetectorModel", "payload.contentExpression", "", _INVALID),
]

# ----------------------------------------------------------------------------------------------------------- outcomes


@attrs.frozen
class Outcome:
    """What happens to one event: seconds of the function's attempts; the detector goes on as if all were well."""

    id: str
    happens: str
    attempts: tuple[float, ...]
    source: str


OUTCOMES: list[Outcome] = [
    Outcome("fine", "the answer is not read", (0,), "systems 4"),
    Outcome("function error", "raises at every attempt; actionExecutionId stays the same", (0, 60, 180), "semantics 1"),
    Outcome("no permission", "neither the role nor the policy allows it", (), "choice: lost, no retry"),
    Outcome("no such function", "it was deleted", (), "choice"),
]
