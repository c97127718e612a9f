"""Shapes of what subscribers get."""

from typing import NotRequired, TypedDict


class SnsAttribute(TypedDict):
    Type: str
    Value: str  # of Binary as base64


class SnsMessage(TypedDict):
    """`Sns` of a record. Names differ from those of an envelope: `Url`, not `URL`."""

    Type: str
    MessageId: str
    TopicArn: str
    Subject: str | None
    Message: str
    Timestamp: str
    SignatureVersion: str
    Signature: str
    SigningCertUrl: str
    UnsubscribeUrl: str
    MessageAttributes: dict[str, SnsAttribute]


class SnsRecord(TypedDict):
    EventSource: str
    EventVersion: str
    EventSubscriptionArn: str
    Sns: SnsMessage


class SnsEvent(TypedDict):
    """What a function gets: always one record."""

    Records: list[SnsRecord]


class SnsEnvelope(TypedDict):
    """The body of a queue's message, as JSON, without raw delivery. Of a FIFO topic it has a sequence number and no
    signature."""

    Type: str
    MessageId: str
    SequenceNumber: NotRequired[str]
    Replayed: NotRequired[bool]
    TopicArn: str
    Subject: NotRequired[str]
    Message: str
    Timestamp: str
    SignatureVersion: NotRequired[str]
    Signature: NotRequired[str]
    SigningCertURL: NotRequired[str]
    UnsubscribeURL: str
    MessageAttributes: NotRequired[dict[str, SnsAttribute]]
