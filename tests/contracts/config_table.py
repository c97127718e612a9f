"""AWS Config rules as data: which change reaches a rule, when a periodic one runs, what PutEvaluations takes and makes of it.

Only rules of owner CUSTOM_LAMBDA. Sources, in the columns `source`: "guide" is the Config developer guide (example
events and sample functions), "bc" the service model and its texts (botocore 1.44.5, config), "systems" the project's
reference text, "semantics" the other one, "unverified" general knowledge of the service found in no text read, "choice"
ours. Codes of errors are the service's; all have status 400. Their words are not known.

Left open, so in no row: proactive evaluation, snapshots (ConfigurationSnapshotDeliveryCompleted), tags of rules, the
lifetime of a result token, which request validation answers ValidationException and which InvalidParameterValueException
beyond the rows here.
"""

import json
from typing import Any, Literal

import attrs

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:work"
CHANGE = "ConfigurationItemChangeNotification"
OVERSIZED = "OversizedConfigurationItemChangeNotification"
SCHEDULED = "ScheduledNotification"


def _details(*types: str, **more: Any) -> list[dict[str, Any]]:
    return [{"EventSource": "aws.config", "MessageType": kind, **more} for kind in types]


def rule(*types: str, **more: Any) -> dict[str, Any]:
    """ConfigRule of PutConfigRule that is taken: `encrypted`, for these message types."""
    source = {"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": FUNCTION, "SourceDetails": _details(*types or (CHANGE,))}
    return {"ConfigRuleName": "encrypted", "Source": source, **more}


# ------------------------------------------------------------------------------------------------------------- scopes


@attrs.frozen
class Item:
    """A configuration item: the state of one resource. `size`: bytes of it, past what a notification carries or not."""

    type: str = "AWS::S3::Bucket"
    id: str = "uploads"
    tags: dict[str, str] = attrs.field(factory=dict)
    status: Literal["OK", "ResourceDiscovered", "ResourceDeleted", "ResourceNotRecorded"] = "OK"
    oversized: bool = False


@attrs.frozen
class Scoped:
    """Items of one resource, recorded one after the other, and what the rule is invoked with for each.

    Of each: None (not invoked) or (messageType, eventLeftScope).
    """

    id: str
    scope: dict[str, Any] | None
    types: tuple[str, ...]
    items: tuple[Item, ...]
    invoked: tuple[tuple[str, bool] | None, ...]
    source: str


_BOTH = (CHANGE, OVERSIZED)
_BUCKETS = {"ComplianceResourceTypes": ["AWS::S3::Bucket"]}
_TEAM = {"TagKey": "team"}
_SHOP = {"TagKey": "team", "TagValue": "shop"}
_IN = (CHANGE, False)
_LEFT = (CHANGE, True)
_TAGGED = Item(tags={"team": "shop"})

SCOPES: list[Scoped] = [
    Scoped("no scope: everything", None, (CHANGE,), (Item(), Item("AWS::EC2::Instance", "i-1")), (_IN, _IN), "bc"),
    Scoped("empty scope: everything", {}, (CHANGE,), (Item(),), (_IN,), "choice"),
    Scoped("type", _BUCKETS, (CHANGE,), (Item(),), (_IN,), "bc"),
    Scoped("other type", _BUCKETS, (CHANGE,), (Item("AWS::EC2::Instance", "i-1"),), (None,), "bc"),
    Scoped(
        "one of two types",
        {"ComplianceResourceTypes": ["AWS::EC2::Instance", "AWS::S3::Bucket"]},
        (CHANGE,),
        (Item(),),
        (_IN,),
        "bc",
    ),
    Scoped("type and id", {**_BUCKETS, "ComplianceResourceId": "uploads"}, (CHANGE,), (Item(),), (_IN,), "bc"),
    Scoped("type, other id", {**_BUCKETS, "ComplianceResourceId": "other"}, (CHANGE,), (Item(),), (None,), "bc"),
    Scoped("tag key", _TEAM, (CHANGE,), (Item(tags={"team": ""}),), (_IN,), "bc"),
    Scoped("no such tag", _TEAM, (CHANGE,), (Item(tags={"Team": "shop"}),), (None,), "bc; case counts: choice"),
    Scoped("tag value", _SHOP, (CHANGE,), (_TAGGED,), (_IN,), "bc"),
    Scoped("other tag value", _SHOP, (CHANGE,), (Item(tags={"team": "ship"}),), (None,), "bc"),
    Scoped(
        "any type with the tag", _SHOP, (CHANGE,), (Item("AWS::EC2::Instance", "i-1", {"team": "shop"}),), (_IN,), "bc"
    ),
    Scoped("tag taken away: said once", _SHOP, (CHANGE,), (_TAGGED, Item(), Item()), (_IN, _LEFT, None), "guide"),
    Scoped("tag changed", _SHOP, (CHANGE,), (_TAGGED, Item(tags={"team": "ship"})), (_IN, _LEFT), "guide"),
    Scoped("tag back again", _SHOP, (CHANGE,), (_TAGGED, Item(), _TAGGED), (_IN, _LEFT, _IN), "guide"),
    Scoped("never was in scope", _SHOP, (CHANGE,), (Item(), Item()), (None, None), "guide"),
    Scoped("discovered", _BUCKETS, (CHANGE,), (Item(status="ResourceDiscovered"),), (_IN,), "guide"),
    Scoped(
        "deleted, type in scope",
        _BUCKETS,
        (CHANGE,),
        (Item(), Item(status="ResourceDeleted")),
        (_IN, _IN),
        "unverified",
    ),
    Scoped(
        "deleted, its tags with it", _SHOP, (CHANGE,), (_TAGGED, Item(status="ResourceDeleted")), (_IN, _LEFT), "choice"
    ),
    # the message types of the rule
    Scoped("oversized, asked for", None, _BOTH, (Item(oversized=True),), ((OVERSIZED, False),), "guide"),
    Scoped("oversized, not asked for", None, (CHANGE,), (Item(oversized=True),), (None,), "bc"),
    Scoped("of usual size, only oversized asked for", None, (OVERSIZED,), (Item(),), (None,), "bc"),
    Scoped(
        "both asked for: one of the two", None, _BOTH, (Item(), Item(oversized=True)), (_IN, (OVERSIZED, False)), "bc"
    ),
    Scoped("change, periodic rule", None, (SCHEDULED,), (Item(),), (None,), "bc"),
    Scoped("change, both kinds asked for", None, (CHANGE, SCHEDULED), (Item(),), (_IN,), "bc"),
]

# ----------------------------------------------------------------------------------------------------------- periodic


@attrs.frozen
class Periodic:
    """A rule made at 0 s: seconds of its first ScheduledNotification and of the two after it."""

    id: str
    frequency: str | None
    at: tuple[float, float, float]
    source: str


# "When you create a rule, Config evaluates your resources against the rule automatically" (bc): that this holds for a
# periodic rule, and that the period counts from there, is our reading.
PERIODIC: list[Periodic] = [
    Periodic("one hour", "One_Hour", (0, 3600, 7200), "bc"),
    Periodic("three hours", "Three_Hours", (0, 10_800, 21_600), "bc"),
    Periodic("six hours", "Six_Hours", (0, 21_600, 43_200), "bc"),
    Periodic("twelve hours", "Twelve_Hours", (0, 43_200, 86_400), "bc"),
    Periodic("a day", "TwentyFour_Hours", (0, 86_400, 172_800), "bc"),
    Periodic("not said: a day", None, (0, 86_400, 172_800), "bc"),
]

# ---------------------------------------------------------------------------------------------------- PutEvaluations


@attrs.frozen
class Put:
    """PutEvaluations(ResultToken, Evaluations, TestMode); `error` None: taken, with FailedEvaluations empty.

    `token`: "good" is the event's. `stored`: whether results change.
    """

    id: str
    evaluations: Any
    error: str | None
    source: str
    token: Literal["good", "unknown", "empty", "missing"] = "good"
    test_mode: bool | None = None
    stored: bool = True


def evaluation(**changed: Any) -> dict[str, Any]:
    """One evaluation that is taken; a member with the value None is left out."""
    members: dict[str, Any] = {
        "ComplianceResourceType": "AWS::S3::Bucket",
        "ComplianceResourceId": "uploads",
        "ComplianceType": "COMPLIANT",
        "OrderingTimestamp": 1767225610.0,
        **changed,
    }
    return {name: value for name, value in members.items() if value is not None}


VALIDATION = "ValidationException"
PARAMETER = "InvalidParameterValueException"
TOKEN = "InvalidResultTokenException"


def _many(count: int) -> list[dict[str, Any]]:
    return [evaluation(ComplianceResourceId=f"bucket-{index}") for index in range(count)]


def _refused(id: str, error: str = VALIDATION, source: str = "bc", /, **changed: Any) -> Put:
    return Put(id, [evaluation(**changed)], error, source, stored=False)


PUTS: list[Put] = [
    *[
        Put(kind, [evaluation(ComplianceType=kind)], None, "bc")
        for kind in ("COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE")
    ],
    Put("with an annotation", [evaluation(Annotation="no encryption")], None, "bc"),
    Put("none", [], None, "bc", stored=False),
    Put("left out", None, None, "bc (not required)", stored=False),
    Put("another resource than the event's", [evaluation(ComplianceResourceId="other")], None, "guide"),
    Put("an account, as periodic rules do", [evaluation(ComplianceResourceType="AWS::::Account")], None, "guide"),
    # limits
    Put("100", _many(100), None, "bc"),
    Put("101", _many(101), VALIDATION, "bc", stored=False),
    Put("longest annotation", [evaluation(Annotation="é" * 256)], None, "bc"),
    _refused("annotation too long", Annotation="é" * 257),
    _refused("empty annotation", Annotation=""),
    Put("longest resource type", [evaluation(ComplianceResourceType="x" * 256)], None, "bc"),
    _refused("resource type too long", ComplianceResourceType="x" * 257),
    _refused("empty resource type", ComplianceResourceType=""),
    Put("longest resource id", [evaluation(ComplianceResourceId="x" * 768)], None, "bc"),
    _refused("resource id too long", ComplianceResourceId="x" * 769),
    _refused("empty resource id", ComplianceResourceId=""),
    # members
    *[
        _refused(f"without {name}", VALIDATION, "bc (code: unverified)", **{name: None})
        for name in ("ComplianceResourceType", "ComplianceResourceId", "ComplianceType", "OrderingTimestamp")
    ],
    _refused("INSUFFICIENT_DATA", PARAMETER, "bc (code: unverified)", ComplianceType="INSUFFICIENT_DATA"),
    _refused("unknown compliance", VALIDATION, "bc", ComplianceType="ERROR"),
    _refused("compliance in lower case", VALIDATION, "bc", ComplianceType="compliant"),
    Put(
        "one of two is wrong: none is taken",
        [evaluation(), evaluation(ComplianceType="X")],
        VALIDATION,
        "choice",
        stored=False,
    ),
    # tokens
    Put("unknown token", [evaluation()], TOKEN, "bc", "unknown", stored=False),
    Put("empty token", [evaluation()], TOKEN, "choice", "empty", stored=False),
    Put("no token", [evaluation()], VALIDATION, "bc (required)", "missing", stored=False),
    Put("test mode", [evaluation()], None, "bc", test_mode=True, stored=False),
    Put("test mode, unknown token", [evaluation()], None, "bc", "unknown", test_mode=True, stored=False),
    Put("test mode, no token", [evaluation()], VALIDATION, "bc", "missing", test_mode=True, stored=False),
    Put(
        "test mode, wrong evaluation",
        [evaluation(ComplianceType="X")],
        VALIDATION,
        "choice",
        test_mode=True,
        stored=False,
    ),
    Put("test mode off", [evaluation()], None, "bc", test_mode=False),
]


@attrs.frozen
class Results:
    """Calls of PutEvaluations in turn (resource id, compliance, OrderingTimestamp in seconds), and what is stored then.

    `by_resource` is the newest compliance of each; `rule` that of the rule as a whole.
    """

    id: str
    calls: tuple[tuple[tuple[str, str, float], ...], ...]
    by_resource: dict[str, str]
    rule: str
    source: str


RESULTS: list[Results] = [
    Results("nothing yet", (), {}, "INSUFFICIENT_DATA", "bc"),
    Results("one complies", ((("a", "COMPLIANT", 10),),), {"a": "COMPLIANT"}, "COMPLIANT", "bc"),
    Results(
        "one of two does not",
        ((("a", "COMPLIANT", 10), ("b", "NON_COMPLIANT", 10)),),
        {"a": "COMPLIANT", "b": "NON_COMPLIANT"},
        "NON_COMPLIANT",
        "bc",
    ),
    Results(
        "one token, two calls",
        ((("a", "COMPLIANT", 10),), (("b", "COMPLIANT", 10),)),
        {"a": "COMPLIANT", "b": "COMPLIANT"},
        "COMPLIANT",
        "guide (sample functions send 100 at a time)",
    ),
    Results(
        "a newer one replaces",
        ((("a", "NON_COMPLIANT", 10),), (("a", "COMPLIANT", 20),)),
        {"a": "COMPLIANT"},
        "COMPLIANT",
        "bc",
    ),
    Results(
        "of the same moment: the later call",
        ((("a", "NON_COMPLIANT", 10),), (("a", "COMPLIANT", 10),)),
        {"a": "COMPLIANT"},
        "COMPLIANT",
        "choice",
    ),
    Results(
        "an older one comes late",
        ((("a", "COMPLIANT", 20),), (("a", "NON_COMPLIANT", 10),)),
        {"a": "COMPLIANT"},
        "COMPLIANT",
        "unverified",
    ),
    Results(
        "no longer applicable",
        ((("a", "NON_COMPLIANT", 10),), (("a", "NOT_APPLICABLE", 20),)),
        {},
        "INSUFFICIENT_DATA",
        "bc; that the result is gone: unverified",
    ),
    Results(
        "never applicable",
        ((("a", "NOT_APPLICABLE", 10), ("b", "COMPLIANT", 10)),),
        {"b": "COMPLIANT"},
        "COMPLIANT",
        "bc",
    ),
]

# ------------------------------------------------------------------------------------------------------ PutConfigRule


@attrs.frozen
class Setting:
    """ConfigRule of PutConfigRule; `error` None: taken."""

    id: str
    rule: dict[str, Any]
    error: str | None
    source: str = "bc"


def _source(**changed: Any) -> dict[str, Any]:
    made = rule()
    source = {**made["Source"], **changed}
    return {**made, "Source": {name: value for name, value in source.items() if value is not None}}


def _parameters(size: int) -> str:
    return json.dumps({"a": "x" * (size - 9)})


def _detail(**members: Any) -> dict[str, Any]:
    return _source(SourceDetails=[{"EventSource": "aws.config", **members}])


_FREQUENCIES = ("One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours")

SETTINGS: list[Setting] = [
    Setting("change", rule(CHANGE), None),
    Setting("change and oversized", rule(CHANGE, OVERSIZED), None),
    Setting("periodic", rule(SCHEDULED), None),
    Setting("all three", rule(CHANGE, OVERSIZED, SCHEDULED), None),
    *[
        Setting(f"every {value}", _detail(MessageType=SCHEDULED, MaximumExecutionFrequency=value), None)
        for value in _FREQUENCIES
    ],
    Setting("unknown frequency", _detail(MessageType=SCHEDULED, MaximumExecutionFrequency="Two_Hours"), VALIDATION),
    Setting("frequency of a change rule", _detail(MessageType=CHANGE, MaximumExecutionFrequency="One_Hour"), PARAMETER),
    Setting("unknown message type", _detail(MessageType="Change"), VALIDATION),
    Setting("no message type", _detail(), PARAMETER, "choice"),
    Setting(
        "unknown event source", _source(SourceDetails=[{"EventSource": "aws.s3", "MessageType": CHANGE}]), VALIDATION
    ),
    Setting("no details", _source(SourceDetails=None), PARAMETER, "choice"),
    Setting("empty details", _source(SourceDetails=[]), PARAMETER, "choice"),
    Setting("25 details", _source(SourceDetails=_details(CHANGE) * 25), None, "bc; doubled ones: choice"),
    Setting("26 details", _source(SourceDetails=_details(CHANGE) * 26), VALIDATION),
    Setting("no owner", _source(Owner=None), VALIDATION),
    Setting("unknown owner", _source(Owner="SELF"), VALIDATION),
    Setting("no function", _source(SourceIdentifier=None), PARAMETER),
    Setting("function's name alone", _source(SourceIdentifier="work"), PARAMETER, "bc (an ARN)"),
    Setting("no source", {"ConfigRuleName": "encrypted"}, VALIDATION),
    Setting("no name", {"Source": rule()["Source"]}, PARAMETER),
    Setting("empty name", rule(ConfigRuleName=""), VALIDATION),
    Setting("blank name", rule(ConfigRuleName="  "), VALIDATION),
    Setting("longest name", rule(ConfigRuleName="x" * 128), None),
    Setting("name too long", rule(ConfigRuleName="x" * 129), VALIDATION),
    Setting("new rule with an id", {**rule(), "ConfigRuleId": "config-rule-abc123"}, PARAMETER, "bc; code unverified"),
    Setting("longest description", rule(Description="x" * 256), None),
    Setting("description too long", rule(Description="x" * 257), VALIDATION),
    Setting("parameters", rule(InputParameters='{"minimum":"2"}'), None),
    Setting("longest parameters", rule(InputParameters=_parameters(1024)), None),
    Setting("parameters too long", rule(InputParameters=_parameters(1025)), VALIDATION),
    Setting("parameters are no JSON", rule(InputParameters="minimum=2"), PARAMETER, "bc; code unverified"),
    Setting("parameters are a list", rule(InputParameters="[2]"), PARAMETER, "choice"),
    Setting("empty parameters", rule(InputParameters=""), VALIDATION),
    # scopes
    Setting("100 types", rule(Scope={"ComplianceResourceTypes": [f"AWS::X::Y{n}" for n in range(100)]}), None),
    Setting("101 types", rule(Scope={"ComplianceResourceTypes": [f"AWS::X::Y{n}" for n in range(101)]}), VALIDATION),
    Setting("id and its type", rule(Scope={**_BUCKETS, "ComplianceResourceId": "uploads"}), None),
    Setting("id without a type", rule(Scope={"ComplianceResourceId": "uploads"}), PARAMETER),
    Setting(
        "id and two types",
        rule(Scope={"ComplianceResourceTypes": ["AWS::S3::Bucket", "AWS::EC2::Instance"], "ComplianceResourceId": "x"}),
        PARAMETER,
    ),
    Setting("tag key", rule(Scope={"TagKey": "team"}), None),
    Setting("tag key and value", rule(Scope=_SHOP), None),
    Setting("tag value without a key", rule(Scope={"TagValue": "shop"}), PARAMETER),
    Setting("types and tags", rule(Scope={**_BUCKETS, **_SHOP}), PARAMETER, "bc: one of three; code unverified"),
    Setting("longest tag key", rule(Scope={"TagKey": "x" * 128}), None),
    Setting("tag key too long", rule(Scope={"TagKey": "x" * 129}), VALIDATION),
    Setting("longest tag value", rule(Scope={"TagKey": "a", "TagValue": "x" * 256}), None),
    Setting("tag value too long", rule(Scope={"TagKey": "a", "TagValue": "x" * 257}), VALIDATION),
]

RULES_LIMIT = 1000
"""Rules of an account and region (bc); one more is MaxNumberOfConfigRulesExceededException."""
NO_PERMISSION = "InsufficientPermissionsException"
"""PutConfigRule when the function can't be invoked: there is none, or its policy doesn't allow it (bc)."""
NO_RULE = "NoSuchConfigRuleException"
"""PutEvaluations when the token's rule is gone (bc), DescribeConfigRules and DeleteConfigRule of an unknown name."""

# ----------------------------------------------------------------------------------------------------------- outcomes


@attrs.frozen
class Outcome:
    """What happens to one event of a rule: seconds of the attempts, and what is stored afterwards."""

    id: str
    happens: str
    attempts: tuple[float, ...]
    result: Literal["as put", "old result stays"]
    source: str


OUTCOMES: list[Outcome] = [
    Outcome("puts an evaluation", "and returns", (0,), "as put", "guide"),
    Outcome("puts an evaluation, then raises", "at every attempt", (0, 60, 180), "as put", "semantics 1"),
    Outcome("raises", "at every attempt", (0, 60, 180), "old result stays", "semantics 1; systems 8"),
    Outcome(
        "raises once, then puts", "at the second attempt", (0, 60), "as put", "semantics 1; one token for all attempts"
    ),
    Outcome("returns without putting", "its answer is not read", (0,), "old result stays", "systems 8"),
    Outcome(
        "answers an evaluation instead of putting it", "its answer is not read", (0,), "old result stays", "systems 4"
    ),
    Outcome("permission taken away after the rule was made", "no attempt, no retry", (), "old result stays", "choice"),
    Outcome("function deleted after the rule was made", "no attempt, no retry", (), "old result stays", "choice"),
]
