"""Texts that subscribers get: rendered once a message, and only the subscription's ARN put in for each of them.

The signature is a constant: nobody can get a certificate to check it with.
"""

from json import JSONEncoder
from typing import Any, Final

from attrs import define, field

from eventbus.core.effects import Attributes
from eventbus.core.invocation_record import iso_milliseconds
from eventbus.core.patterns.text import NotJson, parse_json
from eventbus.names import REGION, Arn

from .message import Message

HOST: Final = f"https://sns.{REGION}.amazonaws.com/"
CERTIFICATE: Final = f"{HOST}SimpleNotificationService-00000000000000000000000000000000.pem"
SIGNATURE: Final = "bm90IHNpZ25lZA=="
UNSUBSCRIBE: Final = f"{HOST}?Action=Unsubscribe&SubscriptionArn="
RECORD: Final = '{"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":"'
RAW_HEADER: Final = "x-amz-sns-rawdelivery"

_text = JSONEncoder(ensure_ascii=False).encode


@define(eq=False)
class Texts:
    """What one message is to each protocol. `at` is in seconds since 1970; of a FIFO topic nothing is signed."""

    topic: Arn
    signature_version: str
    message: Message
    id: str
    at: float
    replayed: bool = False
    _rendered: dict[str, tuple[str, str]] = field(factory=dict, init=False)  # before and behind a subscription's ARN
    _decoded: dict[str, Any] = field(factory=dict, init=False)

    def envelope(self, protocol: str, subscription: str) -> str:
        """The body of a queue's message, or of a POST."""
        halves = self._rendered.get(protocol)
        if halves is None:
            halves = self._rendered[protocol] = self._envelope(protocol)
        return f"{halves[0]}{subscription}{halves[1]}"

    def event(self, subscription: str) -> str:
        """The event of a function."""
        halves = self._rendered.get("lambda event")
        if halves is None:
            halves = self._rendered["lambda event"] = self._event()
        return f"{RECORD}{subscription}{halves[0]}{subscription}{halves[1]}"

    def decoded(self, protocol: str) -> Any:
        """The message as JSON, decoded once; None where it is none."""
        if protocol not in self._decoded:
            try:
                self._decoded[protocol] = parse_json(self.message.body_for(protocol))
            except NotJson:
                self._decoded[protocol] = None
        return self._decoded[protocol]

    def _envelope(self, protocol: str) -> tuple[str, str]:
        """Laid out as SNS does."""
        message = self.message
        members = ['{\n  "Type" : "Notification"', f'"MessageId" : "{self.id}"']
        if message.sequence:
            members.append(f'"SequenceNumber" : "{message.sequence_number()}"')
        if self.replayed:
            members.append('"Replayed" : true')
        members.append(f'"TopicArn" : "{self.topic}"')
        if message.subject is not None:
            members.append(f'"Subject" : {_text(message.subject)}')
        members.append(f'"Message" : {_text(message.body_for(protocol))}')
        members.append(f'"Timestamp" : "{iso_milliseconds(self.at)}"')
        if not message.sequence:
            members.append(signed(self.signature_version))
        members.append(f'"UnsubscribeURL" : "{UNSUBSCRIBE}')
        return ",\n  ".join(members), f'"{self._attributes()}\n}}'

    def _attributes(self) -> str:
        shown = self.message.shown()
        if not shown:
            return ""
        members = (
            f'{_text(name)} : {{"Type":{_text(value["Type"])},"Value":{_text(value["Value"])}}}'
            for name, value in shown.items()
        )
        return ',\n  "MessageAttributes" : {\n    ' + ",\n    ".join(members) + "\n  }"

    def _event(self) -> tuple[str, str]:
        message = self.message
        attributes = ",".join(
            f'{_text(name)}:{{"Type":{_text(value["Type"])},"Value":{_text(value["Value"])}}}'
            for name, value in message.shown().items()
        )
        subject = "null" if message.subject is None else _text(message.subject)
        before = (
            f'","Sns":{{"Type":"Notification","MessageId":"{self.id}","TopicArn":"{self.topic}","Subject":{subject},'
            f'"Message":{_text(message.body_for("lambda"))},"Timestamp":"{iso_milliseconds(self.at)}",'
            f'"SignatureVersion":"{self.signature_version}","Signature":"{SIGNATURE}","SigningCertUrl":"{CERTIFICATE}",'
            f'"UnsubscribeUrl":"{UNSUBSCRIBE}'
        )
        return before, f'","MessageAttributes":{{{attributes}}}}}}}]}}'


def signed(version: str) -> str:
    return f'"SignatureVersion" : "{version}",\n  "Signature" : "{SIGNATURE}",\n  "SigningCertURL" : "{CERTIFICATE}"'


def confirmation(kind: str, topic: Arn, subscription: str, id: str, token: str, at: float, version: str) -> str:
    """What an endpoint is sent to confirm its subscription (`SubscriptionConfirmation`), or to take back that it has
    left (`UnsubscribeConfirmation`)."""
    if kind == "SubscriptionConfirmation":
        chosen = f"to subscribe to the topic {topic}.\nTo confirm the subscription"
    else:
        chosen = f"to deactivate subscription {subscription}.\nTo cancel this operation and restore the subscription"
    text = f"You have chosen {chosen}, visit the SubscribeURL included in this message."
    members = (
        f'{{\n  "Type" : "{kind}"',
        f'"MessageId" : "{id}"',
        f'"Token" : "{token}"',
        f'"TopicArn" : "{topic}"',
        f'"Message" : {_text(text)}',
        f'"SubscribeURL" : "{HOST}?Action=ConfirmSubscription&TopicArn={topic}&Token={token}"',
        f'"Timestamp" : "{iso_milliseconds(at)}"',
        signed(version),
    )
    return ",\n  ".join(members) + "\n}"


def headers(kind: str, id: str, topic: Arn, subscription: str | None, *, raw: bool = False) -> Attributes:
    """Of a POST. `subscription` is None while it is not confirmed."""
    found = {"x-amz-sns-message-type": kind, "x-amz-sns-message-id": id, "x-amz-sns-topic-arn": str(topic)}
    if subscription is not None:
        found["x-amz-sns-subscription-arn"] = subscription
    if raw:
        found[RAW_HEADER] = "true"
    found["Content-Type"] = "text/plain; charset=UTF-8"
    found["User-Agent"] = "Amazon Simple Notification Service Agent"
    return {name: ("Header", value) for name, value in found.items()}
