"""What a receipt rule does with a mail: declared, and kept by the machine as it was declared [bc:ses ReceiptAction]."""

import re
from typing import Any, ClassVar, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import encodable, is_function, one_of, refuse
from eventbus.names import Arn
from sources._refusing import refusing

from .recipients import is_address

HEADER_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,50}")
HEADER_LIMIT: Final = 2_048
"""Characters."""
REPLY_CODE: Final = re.compile(r"[45][0-9]{2}")
STATUS_CODE: Final = re.compile(r"[45]\.[0-9]{1,3}\.[0-9]{1,3}")
NOT_OFFERED: Final = {
    "kms_key_arn": "keys are not offered: what is stored is not encrypted",
    "iam_role_arn": "roles are not offered: see app.grant",
    "organization_arn": "WorkMail is not offered",
    "instance_arn": "Connect is not offered",
    "bucket_name": "write bucket=..., a declared bucket",
    "topic_arn": "write topic=..., a declared topic",
    "function_arn": "write function=..., a function of the app",
}
KEY_LIMIT: Final = 900
"""Bytes of a prefix: the message id follows, and a key has up to 1,024."""


def _function(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not is_function(value):
        raise refuse(attribute.name, value, "a function of the app: what app.function() gave")


def _bucket(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    arn = getattr(value, "arn", None)
    if not isinstance(arn, Arn) or arn.service != "s3":
        raise refuse(attribute.name, value, "a declared bucket")


def _topic(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    arn = getattr(value, "arn", None)
    if not isinstance(arn, Arn) or arn.service != "sns" or arn.endswith(".fifo"):
        raise refuse(attribute.name, arn or value, "a declared standard topic")


def _topic_or_none(instance: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None:
        _topic(instance, attribute, value)


def _prefix(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not encodable(value) or len(value.encode()) > KEY_LIMIT:
        raise refuse(attribute.name, value, f"a text of up to {KEY_LIMIT} bytes")


def _form(pattern: re.Pattern[str], allowed: str) -> Any:
    def check(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
        if value is not None and (not isinstance(value, str) or not pattern.fullmatch(value)):
            raise refuse(attribute.name, value, allowed)

    return check


def _one_line(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or len(value) > HEADER_LIMIT or not encodable(value) or {"\r", "\n"} & set(value):
        raise refuse(attribute.name, value, f"a text of up to {HEADER_LIMIT:,} characters in one line")


def _sender(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not is_address(value):
        raise refuse(attribute.name, value, "an address")


@refusing(NOT_OFFERED)
@frozen(eq=False)
class S3Action:
    """The mail is stored under the prefix and its message id; `topic` is told."""

    bucket: Any = field(validator=_bucket)
    object_key_prefix: str = field(default="", kw_only=True, validator=_prefix)
    topic: Any = field(default=None, kw_only=True, validator=_topic_or_none)
    type: ClassVar[str] = "S3"

    def described(self, id: str) -> dict[str, Any]:
        where = {"bucketName": self.bucket.arn.name}
        if self.object_key_prefix:
            where["objectKeyPrefix"] = self.object_key_prefix
        return {"type": self.type, **_told(self), **where, "objectKey": self.key(id)}

    def key(self, id: str) -> str:
        return f"{self.object_key_prefix}{id}"


@refusing(NOT_OFFERED)
@frozen(eq=False)
class SNSAction:
    """`topic` gets the mail, of up to 150 KB; a longer one bounces."""

    topic: Any = field(validator=_topic)
    encoding: Literal["UTF-8", "Base64"] = field(default="UTF-8", kw_only=True, validator=one_of(("UTF-8", "Base64")))
    type: ClassVar[str] = "SNS"

    def described(self, id: str) -> dict[str, Any]:
        return {"type": self.type, **_told(self)}


@refusing(NOT_OFFERED)
@frozen(eq=False)
class LambdaAction:
    """`function` gets the header and the verdicts, not the body. With `RequestResponse` its answer may end the rule, or
    the rule set, `{"disposition": "STOP_RULE" | "STOP_RULE_SET" | "CONTINUE"}`; it has 30 seconds."""

    function: Any = field(validator=_function)
    invocation_type: Literal["Event", "RequestResponse"] = field(
        default="Event", kw_only=True, validator=one_of(("Event", "RequestResponse"))
    )
    topic: Any = field(default=None, kw_only=True, validator=_topic_or_none)
    type: ClassVar[str] = "Lambda"

    def described(self, id: str) -> dict[str, Any]:
        called = {"functionArn": self.function.arn, "invocationType": self.invocation_type}
        return {"type": self.type, **called, **_told(self)}


@refusing(NOT_OFFERED)
@frozen(eq=False)
class StopAction:
    """No action and no rule behind this one is looked at."""

    scope: Literal["RuleSet"] = field(default="RuleSet", kw_only=True, validator=one_of(("RuleSet",)))
    topic: Any = field(default=None, kw_only=True, validator=_topic_or_none)
    type: ClassVar[str] = "Stop"

    def described(self, id: str) -> dict[str, Any]:
        return {"type": self.type, **_told(self)}


@refusing(NOT_OFFERED)
@frozen(eq=False)
class AddHeaderAction:
    """The mail has one more header, for the actions behind this one."""

    header_name: str = field(validator=_form(HEADER_NAME, "1 to 50 letters, digits and -"))
    header_value: str = field(validator=_one_line)
    topic: ClassVar[None] = None


@refusing(NOT_OFFERED)
@frozen(eq=False)
class BounceAction:
    """The sender is told that the mail was not accepted: nothing leaves the process, the trace says so. What follows is
    still done."""

    message: str = field(kw_only=True, validator=_one_line)
    sender: str = field(kw_only=True, validator=_sender)
    smtp_reply_code: str = field(kw_only=True, validator=_form(REPLY_CODE, "a code of RFC 5321, such as 550"))
    status_code: str | None = field(
        default=None, kw_only=True, validator=_form(STATUS_CODE, "a code of RFC 3463, such as 5.1.1")
    )
    topic: Any = field(default=None, kw_only=True, validator=_topic_or_none)
    type: ClassVar[str] = "Bounce"

    def described(self, id: str) -> dict[str, Any]:
        status = {} if self.status_code is None else {"statusCode": self.status_code}
        code = {"smtpReplyCode": self.smtp_reply_code, **status}
        return {"type": self.type, **_told(self), **code, "message": self.message, "sender": self.sender}


Notified = S3Action | SNSAction | LambdaAction | StopAction | BounceAction
Action = Notified | AddHeaderAction
ACTIONS: Final = (S3Action, SNSAction, LambdaAction, StopAction, AddHeaderAction, BounceAction)


def targets_of(action: Action) -> list[Arn]:
    """To whom it hands something."""
    found = [getattr(action, name, None) for name in ("bucket", "function", "topic")]
    return [each.arn for each in found if each is not None]


def _told(action: Notified) -> dict[str, Arn]:
    return {} if action.topic is None else {"topicArn": action.topic.arn}
