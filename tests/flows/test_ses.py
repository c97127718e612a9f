"""Mails from the door to functions, buckets and topics, on a bus in virtual time."""

import asyncio
import json
from typing import Any

import pytest

from eventbus import App, Function, current_bus
from eventbus.errors import InvalidParameterValueException, NotInBus
from sources import s3, ses, sns, sqs
from tests.sources.ses.helpers import INFO, RAW, message

pytestmark = [pytest.mark.asyncio, pytest.mark.virtual_time]


def starts(bus: Any, function: Any) -> list[float]:
    first = bus.invocations(function)
    return [attempt.start.timestamp() - 1_767_225_600 for attempt in first]


async def test_mail_is_stored_told_and_handled() -> None:
    """The function finds the mail in the bucket; the topic has it whole; the trace tells all of it."""
    app = App("shop")
    mails, topic, told = app.add(s3.Bucket("mails")), app.add(sns.Topic("mail")), app.add(sqs.Queue("told"))
    app.add(sns.Subscription(topic, told))
    rules = app.add(ses.ReceiptRuleSet("main", verified_domains=["shop.example"]))
    found: list[bytes] = []

    @app.function
    async def work(event: ses.SesEvent, context: Any) -> None:
        id = message(event)["mail"]["messageId"]
        found.append((await current_bus()[mails].get_object(f"in/{id}")).body)

    actions = [ses.S3Action(mails, object_key_prefix="in/"), ses.LambdaAction(work), ses.SNSAction(topic)]
    app.add(ses.ReceiptRule(rules, "all", actions=actions))
    async with app.start() as bus:
        mail = await bus[rules].receive_raw_email(RAW)
        await bus.settle()

        assert found[0].endswith(RAW)
        [letter] = await bus[told].peek()
        envelope = json.loads(letter.body)
        assert envelope["Subject"] == "Amazon SES Email Receipt Notification"
        assert json.loads(envelope["Message"])["mail"]["messageId"] == mail.message_id
        assert json.loads(envelope["Message"])["content"].endswith("Seven, please.\r\n")
        text = str(bus.trace(mail.message_id))
        assert "from john@example.net for info@shop.example" in text
        assert "notified mails" in text
        assert "notified work" in text
        assert "processed" in text


async def test_bytes_are_stored_as_they_are() -> None:
    """Those that are no UTF-8 too."""
    app = App("shop")
    mails, rules = app.add(s3.Bucket("mails")), app.add(ses.ReceiptRuleSet("main"))
    app.add(ses.ReceiptRule(rules, "all", actions=[ses.S3Action(mails)]))
    raw = RAW + bytes(range(256))
    async with app.start() as bus:
        mail = await bus[rules].receive_raw_email(raw)

        stored = await bus[mails].get_object(mail.message_id)
        assert stored.body.endswith(raw)
        assert stored.content_type == "application/octet-stream"


async def test_function_fails_and_is_tried_again_by_its_queue() -> None:
    """At 0, 60 and 180 seconds; SES hands over once, and goes on."""
    app = App("shop")
    rules = app.add(ses.ReceiptRuleSet("main"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        raise ValueError("boom")

    @app.function
    async def other(event: Any, context: Any) -> None: ...

    app.add(ses.ReceiptRule(rules, "all", actions=[ses.LambdaAction(work), ses.LambdaAction(other)]))
    async with app.start() as bus:
        await bus[rules].receive_raw_email(RAW)
        await bus.settle()

        assert starts(bus, work) == [0, 60, 180]
        assert starts(bus, other) == [0]


async def test_spam_is_stopped_by_a_function() -> None:
    """By what it answers; the trace says so."""
    app = App("shop")
    rules = app.add(ses.ReceiptRuleSet("main"))

    @app.function
    async def judge(event: ses.SesEvent, context: Any) -> Any:
        spam = message(event)["receipt"]["spamVerdict"]["status"] == "FAIL"
        return {"disposition": "STOP_RULE_SET" if spam else "CONTINUE"}

    work: Function[Any, None] = app.function(lambda event, context: None, name="work")
    first = app.add(
        ses.ReceiptRule(
            rules, "judge", actions=[ses.LambdaAction(judge, invocation_type="RequestResponse")], scan_enabled=True
        )
    )
    app.add(ses.ReceiptRule(rules, "work", actions=[ses.LambdaAction(work)], after=first))
    async with app.start() as bus:
        spam = await bus[rules].receive_raw_email(RAW, spam_verdict="FAIL")
        mail = await bus[rules].receive_raw_email(RAW)
        await bus.settle()

        assert [message(each.event)["mail"]["messageId"] for each in bus.invocations(work)] == [mail.message_id]
        assert "answered STOP_RULE_SET" in str(bus.trace(spam.message_id))


async def test_function_that_never_answers() -> None:
    """What follows runs after 30 seconds, while it is still at work."""
    app = App("shop")
    rules = app.add(ses.ReceiptRuleSet("main"))

    @app.function(timeout=900)
    async def judge(event: Any, context: Any) -> Any:
        await asyncio.sleep(1_000)

    @app.function
    async def work(event: Any, context: Any) -> None: ...

    call = ses.LambdaAction(judge, invocation_type="RequestResponse")
    app.add(ses.ReceiptRule(rules, "all", actions=[call, ses.LambdaAction(work)]))
    async with app.start() as bus:
        await bus[rules].receive_raw_email(RAW)
        await bus.settle()

        assert starts(bus, work) == [30]
        [attempt] = bus.invocations(judge)
        assert attempt.outcome == "timed out"


async def test_actions_that_are_not_permitted() -> None:
    """Each is passed by with its reason; with its grant it is done."""
    app = App("shop")
    mails, rules = app.add(s3.Bucket("mails")), app.add(ses.ReceiptRuleSet("main"))
    judge: Function[Any, None] = app.function(lambda event, context: None, name="judge")
    work: Function[Any, None] = app.function(lambda event, context: None, name="work")
    other: Function[Any, None] = app.function(lambda event, context: None, name="other")
    call = ses.LambdaAction(judge, invocation_type="RequestResponse")
    app.add(
        ses.ReceiptRule(
            rules, "all", actions=[ses.S3Action(mails), call, ses.LambdaAction(work), ses.LambdaAction(other)]
        )
    )
    app.grant(rules, "lambda:InvokeFunction", other)
    async with app.start(permissions="enforced") as bus:
        mail = await bus[rules].receive_raw_email(RAW)
        await bus.settle()

        assert [len(bus.invocations(each)) for each in (judge, work, other)] == [0, 0, 1]
        text = str(bus.trace(mail.message_id))
        for words in ("s3:PutObject on mails", "lambda:InvokeFunction on judge", "lambda:InvokeFunction on work"):
            assert f"receipt-rule-set/main may not {words}" in text


async def test_throttled_function_keeps_its_event() -> None:
    """An Event is queued by the function service; a call is not made again."""
    app = App("shop")
    rules = app.add(ses.ReceiptRuleSet("main"))

    @app.function(reserved_concurrent_executions=1)
    async def work(event: Any, context: Any) -> None:
        await asyncio.sleep(2)

    call = ses.LambdaAction(work, invocation_type="RequestResponse")
    app.add(ses.ReceiptRule(rules, "all", actions=[ses.LambdaAction(work), call, ses.LambdaAction(work)]))
    async with app.start() as bus:
        mail = await bus[rules].receive_raw_email(RAW)
        await bus.settle()

        assert len(bus.invocations(work)) == 2
        assert "answered Throttled" in str(bus.trace(mail.message_id))


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"raw": 7}, "raw"),
        ({"raw": b""}, "raw"),
        ({"raw": "\ud800"}, "raw"),
        ({"raw": b"x" * (40 * 1_024 * 1_024 + 1)}, "raw"),
        ({"raw": b"To: a@b.c\r\n\r\n"}, "source=None"),
        ({"raw": b"From: a@b.c\r\n\r\n"}, "destinations="),
        ({"source": "x"}, "source='x'"),
        ({"source": 7}, "source=7"),
        ({"source": "a@b.c\r\nX: y"}, "source="),
        ({"destinations": "a@b.c"}, "destinations='a@b.c'"),
        ({"destinations": []}, "destinations="),
        ({"destinations": ["a@b.c"] * 101}, "destinations="),
        ({"destinations": ["a@b.c", None]}, "destinations="),
        ({"destinations": ["\ud800@b.c"]}, "destinations="),
        ({"spam_verdict": "MAYBE"}, "verdict='MAYBE'"),
        ({"dkim_verdict": None}, "verdict=None"),
        ({"spf_verdict": []}, "verdict="),
        ({"dmarc_policy": "all"}, "dmarc_policy='all'"),
    ],
    ids=lambda each: str(each)[:30],
)
async def test_calls_that_are_refused(given: dict[str, Any], text: str) -> None:
    """Before the turn: nothing has happened."""
    app = App("shop")
    rules = app.add(ses.ReceiptRuleSet("main"))
    work: Function[Any, None] = app.function(lambda event, context: None, name="work")
    app.add(ses.ReceiptRule(rules, "all", actions=[ses.LambdaAction(work)]))
    async with app.start() as bus:
        with pytest.raises(InvalidParameterValueException, match=text):
            await bus[rules].receive_raw_email(**{"raw": RAW, **given})
        await bus.settle()
        assert bus.invocations(work) == []


async def test_envelope_of_the_header() -> None:
    """Unless it is given; the sender of a bounce is empty."""
    app = App("shop")
    rules = app.add(ses.ReceiptRuleSet("main"))
    work: Function[Any, None] = app.function(lambda event, context: None, name="work")
    app.add(ses.ReceiptRule(rules, "all", actions=[ses.LambdaAction(work)]))
    async with app.start() as bus:
        await bus[rules].receive_raw_email("From: A <a@b.c>\nTo: X <x@y.z>, u@v.w\nCc: x@y.z\nBcc: q@y.z\n\nHello")
        await bus[rules].receive_raw_email(RAW, source="", destinations=["p@y.z"])
        await bus.settle()
        first, second = (message(each.event)["mail"] for each in bus.invocations(work))

    assert (first["source"], first["destination"]) == ("a@b.c", ["x@y.z", "u@v.w", "q@y.z"])
    assert (second["source"], second["destination"]) == ("", ["p@y.z"])
    assert second["headers"][0] == {"name": "Return-Path", "value": "<>"}


async def test_rules_are_described() -> None:
    """In their order."""
    app = App("shop")
    rules = app.add(ses.ReceiptRuleSet("main"))
    last = app.add(ses.ReceiptRule(rules, "last", recipients=[INFO]))
    app.add(ses.ReceiptRule(rules, "first", enabled=False))
    async with app.start() as bus:
        described = await bus[rules].describe_receipt_rule_set()

    assert described.metadata.name == "main"
    assert [(each.name, each.enabled) for each in described.rules] == [("first", False), ("last", True)]
    assert described.rules[1] is last


async def test_handlers_receive_mails() -> None:
    """A mail out of a mail: the chain of invocations is followed, and a loop stopped."""
    app = App("shop")
    rules = app.add(ses.ReceiptRuleSet("main"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        await current_bus()[rules].receive_raw_email(RAW)

    app.add(ses.ReceiptRule(rules, "all", actions=[ses.LambdaAction(work)]))
    async with app.start() as bus:
        await bus[rules].receive_raw_email(RAW)
        await bus.settle()

        assert len(bus.invocations(work)) == 16
        assert bus.statistics().recursive_invocations_dropped == 1


async def test_two_buses_and_a_thousand_mails() -> None:
    """They share nothing; ids are those of their seeds."""
    app = App("shop")
    rules = app.add(ses.ReceiptRuleSet("main"))
    work: Function[Any, None] = app.function(lambda event, context: None, name="work", run="inline")
    app.add(ses.ReceiptRule(rules, "all", actions=[ses.LambdaAction(work)]))
    async with app.start(seed=1) as one, app.start(seed=2) as two:
        first = [(await one[rules].receive_raw_email(RAW)).message_id for _ in range(1_000)]
        second = await two[rules].receive_raw_email(RAW)
        await one.settle()
        await two.settle()

        assert len(set(first)) == 1_000
        assert second.message_id not in first
        assert (len(one.invocations(work)), len(two.invocations(work))) == (1_000, 1)


async def test_closed_bus_takes_no_mail() -> None:
    """As for every client."""
    app = App("shop")
    rules = app.add(ses.ReceiptRuleSet("main"))
    async with app.start() as bus:
        client = bus[rules]
    with pytest.raises(NotInBus):
        await client.receive_raw_email(RAW)
