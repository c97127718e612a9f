"""What functions and topics get."""

import base64
import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import SESEvent
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import SesModel

from sources import ses
from sources.ses.mail import common, headers_of, shown
from tests.contracts import ses_table as table
from tests.golden import load, match
from tests.sources.ses.helpers import ADDED, BUCKET, INFO, RAW, TOPIC, WORK, Post, message, rule

RECIPIENTS = RAW.replace(b"To: info@shop.example", b'To: info@shop.example, "The Team" <team@shop.example>').replace(
    b"Message-ID",
    b"Cc: eve@other.example\r\nSender: desk@example.net\r\nReply-To: reply@example.net\r\nMessage-ID",
)


def event_of(
    raw: bytes = RAW, *to: str, action: Any = None, conditions: Any = (), scan: bool = True, **said: Any
) -> Any:
    post = Post([rule(action or ses.LambdaAction(WORK), scan_enabled=scan, recipients=list(conditions))])
    post.receive(raw, *to, **said)
    return post.events[0]


def test_event() -> None:
    """Key by key as the guide has it."""
    match(load("ses/lambda"), event_of())


def test_event_of_a_synchronous_call() -> None:
    """With its topic."""
    action = ses.LambdaAction(WORK, invocation_type="RequestResponse", topic=TOPIC)
    match(load("ses/lambda_synchronous"), event_of(action=action))


def test_event_of_a_mail_that_failed_its_checks() -> None:
    """Nothing is done about it but to say so."""
    said: dict[str, Any] = {"spf": "FAIL", "dkim": "GRAY", "dmarc": "FAIL", "dmarc_policy": "quarantine"}
    match(load("ses/lambda_verdicts"), event_of(scan=False, **said))


def test_event_of_several_recipients() -> None:
    """All of the envelope as destinations, those that the rule takes as recipients."""
    to = (INFO, "team@shop.example", "eve@other.example")
    match(load("ses/lambda_recipients"), event_of(RECIPIENTS, *to, conditions=["shop.example"]))


def test_header_of_an_event() -> None:
    """Who sent it and how it came, then what was sent."""
    headers = message(event_of())["mail"]["headers"]

    assert headers[0] == {"name": "Return-Path", "value": "<john@example.net>"}
    assert headers[1]["name"] == "Received"
    assert headers[1]["value"].endswith("for info@shop.example; Thu, 01 Jan 2026 00:00:10 +0000")
    assert headers[ADDED:][0] == {"name": "From", "value": '"Doe, John" <john@example.net>'}
    assert [each["name"] for each in headers[ADDED:]] == ["From", "Date", "To", "Message-ID", "Subject"]


@pytest.mark.parametrize("row", table.RECEIPTS, ids=lambda row: row.id)
def test_verdicts(row: table.Verdict) -> None:
    """Spam and viruses as the rule scans, the others in any case."""
    said: dict[str, Any] = {"dmarc_policy" if name == "policy" else name: value for name, value in row.given.items()}
    receipt = message(event_of(scan=row.scan, **said))["receipt"]

    assert {name: receipt.get(name) for name in row.expected} == row.expected


@pytest.mark.parametrize("row", table.HEADERS, ids=lambda row: row.id)
def test_common_headers(row: table.Headers) -> None:
    """The envelope sender, and what was there."""
    found = common(headers_of(f"{row.raw}\r\nbody".encode()), "x@y.example")

    assert found.pop("returnPath") == "x@y.example"
    assert found == row.common
    assert list(found) == [key for key in table.COMMON_ORDER if key in row.common]


@pytest.mark.parametrize(
    ("raw", "headers"),
    [
        (b"", []),
        (b"no header at all", []),
        (b"A: 1\nB: 2\n\nC: 3", [("A", "1"), ("B", "2")]),
        (b"A: 1\r\n\t2\r\n\r\n", [("A", "1\t2")]),
        (b"A: \xc3\xa9\r\n\r\n", [("A", "é")]),
        (b"A: \xff\r\n\r\n", [("A", "\ufffd")]),
        (b"A: 1\r\nA: 2\r\n\r\n", [("A", "1"), ("A", "2")]),
        (b"\r\n\r\nA: 1", []),
    ],
    ids=repr,
)
def test_odd_headers(raw: bytes, headers: Any) -> None:
    """Nothing that arrives is too odd."""
    assert headers_of(raw) == headers


@pytest.mark.parametrize("subject", ["=?nonsense?q?x?=", "=?utf-8?b?!?=", "=?utf-8?q?=FF?=", "=?utf-7?q?+2AA-?="])
def test_words_that_can_not_be_decoded(subject: str) -> None:
    """Stand as they are, or with replacement characters."""
    found = common([("Subject", subject)], "")

    assert found["subject"].encode().decode() == found["subject"]


def test_long_headers_are_cut() -> None:
    """Whole ones from the end; what is common is not cut."""
    name = "X-Shop"
    fits = [(name, "v" * (1_024 - len(name)))] * 10
    assert shown(fits) == (fits, False)
    assert shown([*fits, ("a", "")]) == (fits, True)
    assert table.HEADERS_LIMIT == 10_240

    told = message(event_of(b"X-Long: " + b"x" * 11_000 + b"\r\n" + RAW))["mail"]
    assert (told["headersTruncated"], len(told["headers"])) == (True, ADDED)
    assert told["commonHeaders"]["subject"] == "Order 7"


def test_powertools_read_it() -> None:
    """Its parser and its data class."""
    event = event_of()
    model: SesModel = parse(event=event, model=SesModel)
    [record] = SESEvent(event).records

    assert model.Records[0].ses.mail.commonHeaders.header_from == ['"Doe, John" <john@example.net>']
    assert record.ses.mail.common_headers.subject == "Order 7"
    assert record.ses.receipt.action.function_arn == WORK.arn
    assert [header.name for header in record.ses.mail.headers][:1] == ["Return-Path"]


def test_sample_event() -> None:
    """As a machine sends it."""
    event = ses.sample_event(subject="Order 8", spam_verdict="FAIL", invocation_type="RequestResponse")

    assert message(event)["mail"]["commonHeaders"]["subject"] == "Order 8"
    assert message(event)["receipt"]["spamVerdict"] == {"status": "FAIL"}
    assert message(event)["receipt"]["action"]["invocationType"] == "RequestResponse"


@pytest.mark.parametrize("encoding", ["UTF-8", "Base64"])
def test_notification_with_the_mail(encoding: Any) -> None:
    """What an SNS action sends: the mail with the header of SES before it."""
    said = event_of(action=ses.SNSAction(TOPIC, encoding=encoding))

    assert list(said) == ["notificationType", "mail", "receipt", "content"]
    assert said["notificationType"] == "Received"
    assert said["receipt"]["action"] == {"type": "SNS", "topicArn": TOPIC.arn}
    content = said["content"].encode() if encoding == "UTF-8" else base64.b64decode(said["content"])
    assert content.startswith(b"Return-Path: <john@example.net>\r\nReceived: ")
    assert content.endswith(RAW)


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (
            ses.S3Action(BUCKET, object_key_prefix="in/", topic=TOPIC),
            {
                "type": "S3",
                "topicArn": TOPIC.arn,
                "bucketName": "mails",
                "objectKeyPrefix": "in/",
                "objectKey": "in/<id>",
            },
        ),
        (
            ses.S3Action(BUCKET, topic=TOPIC),
            {"type": "S3", "topicArn": TOPIC.arn, "bucketName": "mails", "objectKey": "<id>"},
        ),
        (ses.StopAction(topic=TOPIC), {"type": "Stop", "topicArn": TOPIC.arn}),
        (
            ses.LambdaAction(WORK, topic=TOPIC),
            {"type": "Lambda", "functionArn": WORK.arn, "invocationType": "Event", "topicArn": TOPIC.arn},
        ),
        (
            ses.BounceAction(
                message="no", sender="a@shop.example", smtp_reply_code="550", status_code="5.1.1", topic=TOPIC
            ),
            {
                "type": "Bounce",
                "topicArn": TOPIC.arn,
                "smtpReplyCode": "550",
                "statusCode": "5.1.1",
                "message": "no",
                "sender": "a@shop.example",
            },
        ),
    ],
    ids=["S3", "S3 without a prefix", "Stop", "Lambda", "Bounce"],
)
def test_notification_of_an_action(action: Any, expected: dict[str, str]) -> None:
    """That it was taken, without the mail."""
    post = Post([rule(action)])
    id = post.receive()
    said = post.events[-1]

    assert list(said) == ["notificationType", "mail", "receipt"]
    assert said["receipt"]["action"] == json.loads(json.dumps(expected).replace("<id>", id))
