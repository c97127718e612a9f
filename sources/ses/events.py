"""What functions and topics get [ses:receiving-email-notifications-contents, receiving-email-action-lambda-event]."""

from collections.abc import Sequence
from typing import Any, Literal, NotRequired, TypedDict


class Status(TypedDict):
    status: Literal["PASS", "FAIL", "GRAY", "PROCESSING_FAILED", "DISABLED"]


class SesHeader(TypedDict):
    name: str
    value: str


CommonHeaders = TypedDict(
    "CommonHeaders",
    {
        "returnPath": NotRequired[str],
        "from": NotRequired[list[str]],
        "date": NotRequired[str],
        "to": NotRequired[list[str]],
        "cc": NotRequired[list[str]],
        "bcc": NotRequired[list[str]],
        "sender": NotRequired[str],
        "replyTo": NotRequired[list[str]],
        "messageId": NotRequired[str],
        "subject": NotRequired[str],
    },
)


class SesMail(TypedDict):
    timestamp: str
    source: str
    messageId: str
    destination: list[str]
    headersTruncated: bool
    headers: list[SesHeader]
    commonHeaders: CommonHeaders


class SesReceipt(TypedDict):
    """`dmarcPolicy` only where DMARC failed."""

    timestamp: str
    processingTimeMillis: int
    recipients: list[str]
    spamVerdict: Status
    virusVerdict: Status
    spfVerdict: Status
    dkimVerdict: Status
    dmarcVerdict: Status
    dmarcPolicy: NotRequired[Literal["none", "quarantine", "reject"]]
    action: dict[str, Any]


class SesMessage(TypedDict):
    mail: SesMail
    receipt: SesReceipt


class SesRecord(TypedDict):
    eventSource: str
    eventVersion: str
    ses: SesMessage


class SesEvent(TypedDict):
    """Always one record."""

    Records: list[SesRecord]


class SesNotification(TypedDict):
    """What a topic gets, as JSON; `content` of an `SNSAction` only. Keys in the order that mails of 2024 have."""

    notificationType: str
    mail: SesMail
    receipt: SesReceipt
    content: NotRequired[str]


def event(message: SesMessage) -> SesEvent:
    return {"Records": [{"eventSource": "aws:ses", "eventVersion": "1.0", "ses": message}]}


def notification(message: SesMessage) -> SesNotification:
    return {"notificationType": "Received", "mail": message["mail"], "receipt": message["receipt"]}


def named(headers: Sequence[tuple[str, str]]) -> list[SesHeader]:
    return [{"name": name, "value": value} for name, value in headers]
