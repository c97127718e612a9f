"""What rules take, in which order they stand, and what a declaration refuses."""

from typing import Any

import pytest

from eventbus import App
from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from sources import ses, sns, sqs
from sources.ses.recipients import is_below, takes
from tests.contracts import ses_table as table
from tests.sources.ses.helpers import BUCKET, RULES, TOPIC, WORK, Post, rule


@pytest.mark.parametrize("row", table.CONDITIONS, ids=lambda row: row.id)
def test_conditions(row: table.Condition) -> None:
    """Of rules whose set has the verified domain of the table."""
    post = Post([rule(name="x", recipients=list(row.recipients))])
    try:
        post.receive(b"To: x\r\n\r\n", row.recipient)
    except ses.MailRefused:
        taken = False
    else:
        taken = True

    assert taken is row.matches


def test_without_verified_domains_all_are_ours() -> None:
    """What no condition says is taken."""
    every = ses.ReceiptRuleSet("every")
    assert every.verified_domains is None
    assert is_below("b.example", "x@a.b.example")
    assert not takes("b.example", "x@a.b.example")


@pytest.mark.parametrize("row", table.ORDERS, ids=lambda row: row.id)
def test_order(row: table.Order) -> None:
    """Behind the rule that is named, or before all others."""
    made: dict[str, ses.ReceiptRule] = {}
    for name, after in row.created:
        made[name] = ses.ReceiptRule(RULES, name, after=None if after is None else made[after])
    post = Post(list(made.values()))

    assert tuple(each.name for each in post.machine.rules) == row.order


DECLARED = [row for row in table.SETTINGS if row.operation == "CreateReceiptRule"]
ACTIONS: dict[str, Any] = {
    "LambdaAction": lambda given: ses.LambdaAction(WORK, **given),
    "S3Action": lambda given: ses.S3Action(BUCKET),
    "StopAction": lambda given: ses.StopAction(**given),
    "AddHeaderAction": lambda given: ses.AddHeaderAction(**given),
}
SETTINGS = {
    "Scope": "scope",
    "InvocationType": "invocation_type",
    "HeaderName": "header_name",
    "HeaderValue": "header_value",
}
ELSEWHERE = {
    "function that does not exist": "a declared function",
    "function that does not allow SES": "permission is asked when it is invoked",
    "topic that does not exist": "a declared topic",
    "S3 bucket that does not exist": "a declared bucket",
    "no such rule set": "a declared rule set",
    "after a rule that does not exist": "a declared rule",
    "name that exists": "refused when it is added",
}


def declared(given: dict[str, Any]) -> ses.ReceiptRule:
    actions = []
    for each in given.get("Actions", []):
        [(kind, members)] = each.items()
        actions.append(ACTIONS[kind]({SETTINGS[name]: v for name, v in members.items() if name in SETTINGS}))
    more = {"tls_policy": given["TlsPolicy"]} if "TlsPolicy" in given else {}
    return ses.ReceiptRule(RULES, given["Name"], actions=actions, recipients=given.get("Recipients", []), **more)


@pytest.mark.parametrize("row", DECLARED, ids=lambda row: row.id)
def test_settings(row: table.Setting) -> None:
    """What AWS refuses is refused where it is written."""
    if row.id in ELSEWHERE:
        pytest.skip(ELSEWHERE[row.id])
    if row.refused is None:
        declared(row.arguments["Rule"])
    else:
        with pytest.raises(InvalidSetting):
            declared(row.arguments["Rule"])


@pytest.mark.parametrize(
    ("name", "right"),
    [("main", True), ("a-b_c", True), ("x" * 64, True), ("x" * 65, False), ("a.b", False), ("-a", False), ("", False)],
)
def test_names_of_rule_sets(name: str, right: bool) -> None:
    """Dots belong to rules only."""
    if right:
        assert ses.ReceiptRuleSet(name).arn.resource == f"receipt-rule-set/{name}"
    else:
        with pytest.raises(InvalidSetting, match="name="):
            ses.ReceiptRuleSet(name)


FIFO = sns.Topic("mail.fifo")


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: ses.S3Action(TOPIC), "bucket="),
        (lambda: ses.S3Action(BUCKET, object_key_prefix="x" * 901), "object_key_prefix="),
        (lambda: ses.S3Action(BUCKET, topic=BUCKET), "topic="),
        (lambda: ses.SNSAction(FIFO), "standard topic"),
        (lambda: ses.SNSAction(sqs.Queue("q")), "topic="),
        (lambda: ses.SNSAction(TOPIC, encoding="utf-8"), "encoding="),  # type: ignore[arg-type]
        (lambda: ses.LambdaAction(TOPIC), "function="),
        (lambda: ses.LambdaAction("work"), "function="),
        (lambda: ses.AddHeaderAction("X-Shop", "\ud800"), "header_value="),
        (lambda: ses.BounceAction(message="no", sender="x", smtp_reply_code="550"), "sender="),
        (lambda: ses.BounceAction(message="no", sender="a@b.c", smtp_reply_code="200"), "smtp_reply_code="),
        (
            lambda: ses.BounceAction(message="no", sender="a@b.c", smtp_reply_code="550", status_code="5"),
            "status_code=",
        ),
        (lambda: rule("stop"), "WorkMail and Connect are not offered"),
        (lambda: ses.ReceiptRule(RULES, "a", actions=ses.StopAction()), "a list of up to 10"),
        (lambda: rule(recipients="info@shop.example"), "recipients="),
        (lambda: rule(recipients=["info@"]), "recipients="),
        (lambda: rule(recipients=["a b"]), "recipients="),
        (lambda: rule(enabled="yes"), "enabled="),
        (lambda: rule(after="b"), "after="),
        (lambda: ses.ReceiptRule(TOPIC, "a"), "rule_set="),
        (lambda: ses.ReceiptRuleSet("main", verified_domains=["x@y.z"]), "verified_domains="),
        (lambda: ses.ReceiptRuleSet("main", verified_domains="shop.example"), "verified_domains="),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_is_refused(make: Any, text: str) -> None:
    """By name."""
    with pytest.raises(InvalidSetting, match=text):
        make()


def test_settings_that_nobody_knows() -> None:
    """As for every declaration."""
    with pytest.raises(InvalidSetting, match="kms_key_arn='k' is refused: keys are not offered"):
        ses.S3Action(BUCKET, kms_key_arn="k")  # type: ignore[call-arg]  # what is refused


def test_what_an_app_refuses() -> None:
    """A rule behind one that is not there, a second of one name, a target that was not added."""
    app = App()
    app.add(RULES)
    first = ses.ReceiptRule(RULES, "first", actions=[ses.S3Action(BUCKET, topic=TOPIC)])
    with pytest.raises(InvalidSetting, match="after='first' is refused"):
        app.add(ses.ReceiptRule(RULES, "second", after=first))
    app.add(first)
    app.add(ses.ReceiptRule(RULES, "second", after=first))
    with pytest.raises(InvalidSetting, match="declared twice"):
        app.add(rule(name="first"))
    assert first.targets == [BUCKET.arn, TOPIC.arn]
    assert isinstance(first.arn, Arn)
    with pytest.raises(InvalidSetting, match="mails is not part of this app"):
        app.start()


def test_as_many_rules_as_a_set_has() -> None:
    """200."""
    app = App()
    app.add(RULES)
    for number in range(200):
        app.add(rule(name=f"r{number}"))
    with pytest.raises(InvalidSetting, match="200 rules at most"):
        app.add(rule(name="r200"))
