"""SES receipt rules as data: who matches, which actions run, what an answer changes, headers, settings.

Sources, in the columns `source`: "guide" is the SES developer guide (email receiving), "systems" the project's reference
text 4.3, "bc" the service model (botocore 1.44.5, ses), "unverified" general knowledge of the service found in no text
read, "choice" ours.

What was read of the guide: process, Lambda action, notification contents, the sample event, and of the conditions the
rule on labels, the leading dot and the number of them; that a domain does not take its subdomains is from memory.

Left open, so in no row: IP filters, what a bounce does to later rules, WorkMail and Connect, the content of the headers
that SES adds, texts of SMTP answers.
"""

from typing import Any

import attrs

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:"

# ----------------------------------------------------------------------------------------------------- recipients


@attrs.frozen
class Condition:
    """Whether a rule with these Recipients takes a message for `recipient`. `shop.example` is a verified domain, with
    everything below it."""

    id: str
    recipients: tuple[str, ...]
    recipient: str
    matches: bool
    source: str = "guide"


CONDITIONS: list[Condition] = [
    Condition("no condition", (), "info@shop.example", True),
    Condition("no condition, subdomain", (), "info@eu.shop.example", True),
    Condition("no condition, foreign domain", (), "info@other.example", False),
    Condition("address", ("info@shop.example",), "info@shop.example", True),
    Condition("other address", ("info@shop.example",), "sales@shop.example", False),
    Condition("address in a subdomain", ("info@shop.example",), "info@eu.shop.example", False),
    Condition("address takes labels", ("info@shop.example",), "info+7@shop.example", True),
    Condition("label takes itself", ("info+7@shop.example",), "info+7@shop.example", True),
    Condition("label does not take the plain address", ("info+7@shop.example",), "info@shop.example", False),
    Condition("label does not take another label", ("info+7@shop.example",), "info+8@shop.example", False),
    Condition("label on another address", ("info@shop.example",), "sales+info@shop.example", False),
    Condition("domain", ("shop.example",), "info@shop.example", True),
    Condition("domain with a label", ("shop.example",), "info+7@shop.example", True),
    Condition("domain does not take subdomains", ("shop.example",), "info@eu.shop.example", False),
    Condition("domain is no suffix", ("shop.example",), "info@myshop.example", False),
    Condition("subdomain", ("eu.shop.example",), "info@eu.shop.example", True),
    Condition("subdomain does not take the domain", ("eu.shop.example",), "info@shop.example", False),
    Condition("dot takes subdomains", (".shop.example",), "info@eu.shop.example", True),
    Condition("dot takes subdomains of subdomains", (".shop.example",), "info@a.eu.shop.example", True),
    Condition("dot does not take the domain", (".shop.example",), "info@shop.example", False),
    Condition("both", ("shop.example", ".shop.example"), "info@shop.example", True),
    Condition("both, subdomain", ("shop.example", ".shop.example"), "info@eu.shop.example", True),
    Condition("second of two", ("sales@shop.example", "info@shop.example"), "info@shop.example", True),
    Condition("case of the domain", ("Shop.Example",), "info@shop.EXAMPLE", True, "choice"),
    Condition("case of the address", ("Info@shop.example",), "info@shop.example", True, "choice"),
]

# --------------------------------------------------------------------------------------------------------- flows


@attrs.frozen
class Rule:
    """A receipt rule; `actions` are `lambda <name>` (RequestResponse), `event <name>` (Event), `stop`, `header` (adds
    X-Shop: seen) and `topic` (SNS)."""

    name: str
    actions: tuple[str, ...]
    recipients: tuple[str, ...] = ()
    enabled: bool = True
    tls: str = "Optional"


@attrs.frozen
class Flow:
    """A message for `to` through the active rule set. `answers`: what the functions return (none: null).

    `ran`: the actions in the order they run, as `rule/index`. `recipients`: those in the event of each function that is
    called. `accepted` False: refused in the SMTP conversation, nothing runs.
    """

    id: str
    rules: tuple[Rule, ...]
    to: tuple[str, ...]
    ran: tuple[str, ...]
    answers: dict[str, Any] = attrs.field(factory=dict)
    recipients: tuple[tuple[str, ...], ...] | None = None
    accepted: bool = True
    over_tls: bool = True
    source: str = "guide"


_INFO = "info@shop.example"
_SALES = "sales@shop.example"
_TWO = (Rule("a", ("lambda f", "event g")), Rule("b", ("lambda h",)))
_STOP_RULE = {"disposition": "STOP_RULE"}
_STOP_SET = {"disposition": "STOP_RULE_SET"}
_CONTINUE = {"disposition": "CONTINUE"}

FLOWS: list[Flow] = [
    Flow("every action of every rule", _TWO, (_INFO,), ("a/0", "a/1", "b/0"), {}, ((_INFO,),) * 3),
    Flow("CONTINUE", _TWO, (_INFO,), ("a/0", "a/1", "b/0"), {"f": _CONTINUE}),
    Flow("STOP_RULE", _TWO, (_INFO,), ("a/0", "b/0"), {"f": _STOP_RULE}),
    Flow("STOP_RULE_SET", _TWO, (_INFO,), ("a/0",), {"f": _STOP_SET}),
    Flow("an Event function stops nothing", _TWO, (_INFO,), ("a/0", "a/1", "b/0"), {"g": _STOP_SET}),
    Flow("STOP_RULE of the last rule", _TWO, (_INFO,), ("a/0", "a/1", "b/0"), {"h": _STOP_RULE}),
    Flow("Stop action", (Rule("a", ("stop", "event f")), Rule("b", ("event g",))), (_INFO,), ("a/0",)),
    Flow(
        "Stop action at the end of a rule",
        (Rule("a", ("event f", "stop")), Rule("b", ("event g",))),
        (_INFO,),
        ("a/0", "a/1"),
    ),
    Flow(
        "rule that does not match",
        (Rule("a", ("event f",), (_SALES,)), Rule("b", ("event g",))),
        (_INFO,),
        ("b/0",),
    ),
    Flow(
        "one recipient is enough; the event names those that match",
        (Rule("a", ("event f",), (_SALES,)), Rule("b", ("event g",), (_INFO,))),
        (_INFO, _SALES),
        ("a/0", "b/0"),
        {},
        ((_SALES,), (_INFO,)),
    ),
    Flow(
        "two recipients, one call",
        (Rule("a", ("event f",), ("shop.example",)),),
        (_INFO, _SALES),
        ("a/0",),
        {},
        ((_INFO, _SALES),),
    ),
    Flow(
        "foreign recipients are not named",
        (Rule("a", ("event f",)),),
        (_INFO, "eve@other.example"),
        ("a/0",),
        {},
        ((_INFO,),),
        source="guide (verified domains)",
    ),
    Flow("disabled rule", (Rule("a", ("event f",), enabled=False), Rule("b", ("event g",))), (_INFO,), ("b/0",)),
    Flow("rule without actions", (Rule("a", ()), Rule("b", ("event g",))), (_INFO,), ("b/0",), source="bc"),
    Flow("no rule matches", (Rule("a", ("event f",), (_SALES,)),), (_INFO,), (), accepted=False),
    Flow(
        "all rules disabled", (Rule("a", ("event f",), enabled=False),), (_INFO,), (), accepted=False, source="choice"
    ),
    Flow("no rules", (), (_INFO,), (), accepted=False, source="choice"),
    Flow(
        "TLS required",
        (Rule("a", ("event f",), tls="Require"),),
        (_INFO,),
        (),
        accepted=False,
        over_tls=False,
        source="bc",
    ),
    Flow("TLS required and used", (Rule("a", ("event f",), tls="Require"),), (_INFO,), ("a/0",), source="bc"),
    Flow(
        "added header is seen by later actions",
        (Rule("a", ("header", "event f")),),
        (_INFO,),
        ("a/0", "a/1"),
        source="guide; f's event has X-Shop among the headers (unverified)",
    ),
]
"""No active rule set: nothing is received (bc SetActiveReceiptRuleSet)."""


@attrs.frozen
class Answer:
    """The answer of a RequestResponse function in a rule `a` with a second action, before a rule `b`: what still runs.

    `raw`: text that is no JSON. `takes`: seconds; the limit is 30.
    """

    id: str
    answer: Any
    second_action: bool
    second_rule: bool
    source: str = "guide"
    raw: str | None = None
    takes: float = 0.0


def _goes_on(id: str, answer: Any, source: str = "guide (anything else continues)", **more: Any) -> Answer:
    return Answer(id, answer, True, True, source, **more)


LAMBDA_LIMIT = 30.0
"""Seconds for a RequestResponse function (bc)."""
_OTHERS: list[Any] = [
    None,
    {},
    [],
    "STOP_RULE",
    True,
    7,
    {"disposition": None},
    {"disposition": "stop_rule"},
    {"disposition": "STOP"},
    {"disposition": ["STOP_RULE"]},
    {"Disposition": "STOP_RULE"},
    [{"disposition": "STOP_RULE"}],
]

ANSWERS: list[Answer] = [
    Answer("STOP_RULE", _STOP_RULE, False, True),
    Answer("STOP_RULE_SET", _STOP_SET, False, False),
    Answer("CONTINUE", _CONTINUE, True, True),
    Answer("unknown members", {**_STOP_RULE, "more": 7}, False, True, "choice"),
    Answer("in time", _STOP_SET, False, False, "bc", None, 29.9),
    *[_goes_on(f"answer {other!r}", other) for other in _OTHERS],
    _goes_on("no JSON", None, "choice", raw="STOP_RULE"),
    _goes_on("too late", _STOP_SET, "bc; that the rest runs at 30 s is our choice", takes=31.0),
]

OUTCOMES: list[tuple[str, str, bool, str]] = [
    ("handler raised", "RequestResponse", True, "choice (as nothing was answered)"),
    ("timeout of the function", "RequestResponse", True, "choice"),
    ("throttled", "RequestResponse", True, "choice"),
    ("not permitted", "RequestResponse", True, "choice"),
    ("no such function", "RequestResponse", True, "choice"),
    ("not permitted", "Event", True, "choice"),
    ("no such function", "Event", True, "choice"),
    ("handler raised", "Event", True, "systems 1: the function service retries at 60 and 180 s"),
]
"""What happened, invocation type, whether the actions and rules behind it still run, source. SES makes no second call."""

# ------------------------------------------------------------------------------------------------ verdicts, headers

VERDICTS = ("PASS", "FAIL", "GRAY", "PROCESSING_FAILED", "DISABLED")


@attrs.frozen
class Verdict:
    """Members of `receipt` for a message: what is said about it, ScanEnabled of the rule. None: the key is missing."""

    id: str
    given: dict[str, str]
    scan: bool
    expected: dict[str, Any]
    source: str = "guide"


RECEIPTS: list[Verdict] = [
    Verdict(
        "scanned",
        {"spam": "PASS", "virus": "PASS"},
        True,
        {"spamVerdict": {"status": "PASS"}, "virusVerdict": {"status": "PASS"}},
    ),
    Verdict("spam", {"spam": "FAIL", "virus": "PASS"}, True, {"spamVerdict": {"status": "FAIL"}}),
    Verdict(
        "not scanned",
        {"spam": "FAIL", "virus": "FAIL"},
        False,
        {"spamVerdict": {"status": "DISABLED"}, "virusVerdict": {"status": "DISABLED"}},
        "unverified",
    ),
    Verdict(
        "SPF and DKIM without a scan",
        {"spf": "FAIL", "dkim": "GRAY"},
        False,
        {"spfVerdict": {"status": "FAIL"}, "dkimVerdict": {"status": "GRAY"}},
    ),
    Verdict(
        "DMARC passed: no policy",
        {"dmarc": "PASS", "policy": "reject"},
        False,
        {"dmarcVerdict": {"status": "PASS"}, "dmarcPolicy": None},
    ),
    Verdict(
        "DMARC failed",
        {"dmarc": "FAIL", "policy": "reject"},
        False,
        {"dmarcVerdict": {"status": "FAIL"}, "dmarcPolicy": "reject"},
    ),
    Verdict(
        "DMARC GRAY: no policy",
        {"dmarc": "GRAY", "policy": "none"},
        False,
        {"dmarcVerdict": {"status": "GRAY"}, "dmarcPolicy": None},
    ),
]
"""SES takes no action on a verdict (guide): a message that failed everything runs through the rules all the same."""


@attrs.frozen
class Headers:
    """A raw header, and what `commonHeaders` has for it (all but returnPath); keys in the order of `COMMON_ORDER`."""

    id: str
    raw: str
    common: dict[str, Any]
    source: str = "guide"


COMMON_ORDER = ("returnPath", "from", "date", "to", "cc", "bcc", "sender", "replyTo", "messageId", "subject")

HEADERS: list[Headers] = [
    Headers(
        "from and to", "From: a@x.example\r\nTo: b@y.example\r\n", {"from": ["a@x.example"], "to": ["b@y.example"]}
    ),
    Headers("display name", 'From: "Doe, John" <a@x.example>\r\n', {"from": ['"Doe, John" <a@x.example>']}),
    Headers("several", "To: a@x.example, B <b@y.example>\r\n", {"to": ["a@x.example", "B <b@y.example>"]}),
    Headers(
        "comma in a name", 'To: "A, B" <a@x.example>, c@x.example\r\n', {"to": ['"A, B" <a@x.example>', "c@x.example"]}
    ),
    Headers(
        "cc, reply to, sender",
        "Cc: c@x.example\r\nReply-To: r@x.example\r\nSender: s@x.example\r\n",
        {"cc": ["c@x.example"], "sender": "s@x.example", "replyTo": ["r@x.example"]},
    ),
    Headers("names in any case", "SUBJECT: x\r\nfrom: a@x.example\r\n", {"from": ["a@x.example"], "subject": "x"}),
    Headers("folded", "Subject: one\r\n two\r\n", {"subject": "one two"}, "choice"),
    Headers("encoded word", "Subject: =?utf-8?q?caf=C3=A9?=\r\n", {"subject": "café"}, "unverified (decoded)"),
    Headers(
        "date and id",
        "Date: Thu, 1 Jan 2026 00:00:09 +0000\r\nMessage-ID: <7@x.example>\r\n",
        {"date": "Thu, 1 Jan 2026 00:00:09 +0000", "messageId": "<7@x.example>"},
    ),
    Headers("nothing", "X-Shop: red\r\n", {}, "guide (what was there)"),
    Headers("empty subject", "Subject:\r\n", {"subject": ""}, "choice"),
]
"""`headers` begins with what SES adds, `Return-Path` first, whose value is the envelope sender in `<>`; the message's own
headers follow in their order, doubles too, names as they stand and values unfolded (choice). `returnPath` is the envelope
sender without the brackets."""

HEADERS_LIMIT = 10_240
"""Bytes of names and values beyond which `headersTruncated` is true (guide: 10 KB; what is counted, and that whole headers
are left off from the end, is our choice). commonHeaders are not cut."""

# -------------------------------------------------------------------------------------------------------- settings


@attrs.frozen
class Setting:
    """Arguments of a call beyond the names, and the error code it is refused with (status 400), None: taken.

    There are a rule set `main` (active) with the rule `a`, a rule set `spare`, and a function `work` that allows
    ses.amazonaws.com.
    """

    id: str
    operation: str
    arguments: dict[str, Any]
    refused: str | None
    source: str = "bc"


_INVALID = "InvalidParameterValue"


def _rule(id: str, refused: str | None, source: str = "bc", /, **rule: Any) -> Setting:
    return Setting(id, "CreateReceiptRule", {"RuleSetName": "main", "Rule": {"Name": "new", **rule}}, refused, source)


def _lambda(id: str, refused: str | None, source: str = "bc", /, function: str = "work", **action: Any) -> Setting:
    return _rule(id, refused, source, Actions=[{"LambdaAction": {"FunctionArn": FUNCTION + function, **action}}])


SETTINGS: list[Setting] = [
    _rule("rule without anything", None),
    *[_rule(f"rule name {name!r}", None, Name=name) for name in ("x", "a-b_c.d", "7", "x" * 64)],
    *[
        _rule(f"rule name {name[:8]!r} of {len(name)}", _INVALID, "bc; the code unverified", Name=name)
        for name in ("", "x" * 65, "-a", "a-", "a b", "é", "_a", "a.")
    ],
    _rule("name that exists", "AlreadyExists", Name="a"),
    _rule("100 recipients", None, "guide", Recipients=[f"u{n}@shop.example" for n in range(100)]),
    _rule(
        "101 recipients",
        "LimitExceeded",
        "guide; the code unverified",
        Recipients=[f"u{n}@shop.example" for n in range(101)],
    ),
    _rule("unknown TLS policy", _INVALID, "bc; the code unverified", TlsPolicy="Always"),
    _lambda("Lambda action", None),
    _lambda("Lambda action, Event", None, InvocationType="Event"),
    _lambda("Lambda action, RequestResponse", None, InvocationType="RequestResponse"),
    _lambda("Lambda action, DryRun", _INVALID, "bc; the code unverified", InvocationType="DryRun"),
    _lambda("function that does not exist", "InvalidLambdaFunction", function="none"),
    _lambda("function that does not allow SES", "InvalidLambdaFunction", function="closed"),
    _lambda("topic that does not exist", "InvalidSnsTopic", TopicArn="arn:aws:sns:us-east-1:000000000000:none"),
    _rule("S3 bucket that does not exist", "InvalidS3Configuration", Actions=[{"S3Action": {"BucketName": "none"}}]),
    _rule("Stop action", None, Actions=[{"StopAction": {"Scope": "RuleSet"}}]),
    _rule(
        "Stop action of another scope", _INVALID, "bc; the code unverified", Actions=[{"StopAction": {"Scope": "Rule"}}]
    ),
    _rule("header", None, Actions=[{"AddHeaderAction": {"HeaderName": "X-Shop", "HeaderValue": "seen"}}]),
    _rule("header name of 50", None, Actions=[{"AddHeaderAction": {"HeaderName": "x" * 50, "HeaderValue": "v"}}]),
    *[
        _rule(
            f"header {name[:8]!r} of {len(name)}: {len(value)}",
            _INVALID,
            "bc; the code unverified",
            Actions=[{"AddHeaderAction": {"HeaderName": name, "HeaderValue": value}}],
        )
        for name, value in [
            ("", "v"),
            ("x" * 51, "v"),
            ("X Shop", "v"),
            ("X_Shop", "v"),
            ("X-Shop", "v" * 2049),
            ("X-Shop", "a\nb"),
        ]
    ],
    _rule("ten actions", None, "unverified (ten at most)", Actions=[{"StopAction": {"Scope": "RuleSet"}}] * 10),
    _rule(
        "eleven actions",
        "LimitExceeded",
        "unverified (ten at most)",
        Actions=[{"StopAction": {"Scope": "RuleSet"}}] * 11,
    ),
    Setting(
        "no such rule set", "CreateReceiptRule", {"RuleSetName": "none", "Rule": {"Name": "x"}}, "RuleSetDoesNotExist"
    ),
    Setting(
        "after a rule that does not exist",
        "CreateReceiptRule",
        {"RuleSetName": "main", "After": "none", "Rule": {"Name": "x"}},
        "RuleDoesNotExist",
    ),
    Setting("rule set that exists", "CreateReceiptRuleSet", {"RuleSetName": "main"}, "AlreadyExists"),
    Setting("rule set with a dot", "CreateReceiptRuleSet", {"RuleSetName": "a.b"}, _INVALID, "bc; the code unverified"),
    Setting("activate", "SetActiveReceiptRuleSet", {"RuleSetName": "spare"}, None),
    Setting("activate none", "SetActiveReceiptRuleSet", {}, None),
    Setting("activate what does not exist", "SetActiveReceiptRuleSet", {"RuleSetName": "none"}, "RuleSetDoesNotExist"),
    Setting("delete the active one", "DeleteReceiptRuleSet", {"RuleSetName": "main"}, "CannotDelete"),
    Setting("delete another", "DeleteReceiptRuleSet", {"RuleSetName": "spare"}, None),
    Setting(
        "reorder with a name missing",
        "ReorderReceiptRuleSet",
        {"RuleSetName": "main", "RuleNames": ["none"]},
        "RuleDoesNotExist",
    ),
    Setting(
        "move what does not exist",
        "SetReceiptRulePosition",
        {"RuleSetName": "main", "RuleName": "none"},
        "RuleDoesNotExist",
    ),
]


@attrs.frozen
class Order:
    """Order of the rules after creating them one by one: (name, After)."""

    id: str
    created: tuple[tuple[str, str | None], ...]
    order: tuple[str, ...]


ORDERS: list[Order] = [
    Order("without After a rule comes first", (("a", None), ("b", None), ("c", None)), ("c", "b", "a")),
    Order("after another", (("a", None), ("b", "a"), ("c", "a")), ("a", "c", "b")),
    Order("at the end", (("a", None), ("b", "a"), ("c", "b")), ("a", "b", "c")),
]
"""bc: After null inserts the rule at the beginning of the list."""
