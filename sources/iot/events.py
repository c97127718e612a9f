"""What functions get: what the SQL selects, as it is, or the message of an error action [iot:rule-error-handling]."""

from base64 import b64encode
from collections.abc import Sequence
from typing import TypedDict

from .message import Message


class Failure(TypedDict):
    failedAction: str
    failedResource: str
    errorMessage: str


class ErrorActionEvent(TypedDict):
    """What the error action of a rule gets, once for all actions of one message that failed."""

    ruleName: str
    topic: str
    cloudwatchTraceId: str
    clientId: str
    base64OriginalPayload: str
    failures: list[Failure]


def error_event(rule: str, message: Message, failures: Sequence[Failure]) -> ErrorActionEvent:
    return {
        "ruleName": rule,
        "topic": message.topic,
        "cloudwatchTraceId": message.id,
        "clientId": message.sender,
        "base64OriginalPayload": b64encode(message.payload).decode(),
        "failures": list(failures),
    }
