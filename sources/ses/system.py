"""SES receipt rules, as they are looked up."""

from typing import Any, Final, Literal

from eventbus.ports import System
from sources._sample import SampleFunction, event_of, machine_of

from .actions import LambdaAction
from .events import SesEvent
from .mail import Verdicts
from .rule import ReceiptRule
from .rule_set import ReceiptRuleSet


def sample_event(
    *,
    source: str = "john@example.net",
    recipient: str = "info@shop.example",
    subject: str = "Order 7",
    spam_verdict: Any = "PASS",
    invocation_type: Literal["Event", "RequestResponse"] = "Event",
    function: str = "work",
) -> SesEvent:
    """What `function` gets for one mail. Raises `InvalidSetting`."""
    declared = ReceiptRuleSet("main")
    action = LambdaAction(SampleFunction(function), invocation_type=invocation_type)
    machine = machine_of(declared, ReceiptRule(declared, "all", actions=[action], scan_enabled=True))
    raw = f"From: {source}\r\nTo: {recipient}\r\nSubject: {subject}\r\n\r\n".encode()
    machine.receive(0.0, raw, source, [recipient], Verdicts(spam=spam_verdict), None, tls=True)
    event: SesEvent = event_of(machine)
    return event


SYSTEM: Final = System(
    name="SES receipt rule",
    kind="asynchronous",
    invoked_by="`ses.ReceiptRule(rule_set, name, recipients=[...], actions=[ses.LambdaAction(function)])`: mails that "
    "arrive (`bus[rule_set].receive_raw_email(raw)`), after the actions before it: `S3Action`, `SNSAction`, ...",
    event='`{"Records": [{"eventSource": "aws:ses", "ses": {"mail": ..., "receipt": ...}}]}`, without the body',
    answer='with `invocation_type="RequestResponse"`: `{"disposition": "STOP_RULE" | "STOP_RULE_SET" | '
    '"CONTINUE"}` within 30 s; anything else continues',
    retries="the function's asynchronous queue; nobody for RequestResponse; an action for 4 h while it is refused "
    "for a while, then the next one",
    permission="ses.amazonaws.com, SourceArn = the rule; here the rule set",
    refused="WorkMail and Connect actions, keys and roles of S3 actions, IP filters, rules made at run time",
    deviations="verdicts are told, nothing is scanned; of what SES adds to a header only Return-Path and Received are "
    "there; bounces are noted, none is sent; rules are enabled by default",
    example="""\
app = App("shop")
mails, rules = app.add(s3.Bucket("mails")), app.add(ses.ReceiptRuleSet("main"))
work = app.function(lambda event, context: None, name="work")
app.add(ses.ReceiptRule(rules, "all", actions=[ses.S3Action(mails), ses.LambdaAction(work)]))
async with app.start() as bus:
    mail = await bus[rules].receive_raw_email("From: a@x.example\\r\\nTo: b@y.example\\r\\n\\r\\nHello")
    await bus.settle()
    assert b"Hello" in (await bus[mails].get_object(mail.message_id)).body
    assert len(bus.invocations(work)) == 1
""",
    sample_event=sample_event,
)
