"""Input transformers and input paths of EventBridge targets as data: what a target gets for an event.

Sources, in the column `source`: "guide" is eb:eb-transform-target-input, its examples and its list of common issues;
"api" is eb:API_InputTransformer and API_Target; "choice" is in no text read and no recording, so another answer may be
right. JSON is passed on minified (guide), so `expected` is compared as it stands: a text that is a JSON string keeps
its quotes, as a function gets it.

How the rules read together. A variable outside quotes becomes the JSON of its value: text gains quotes, everything
else none. A variable inside quotes becomes its text, without quotes of its own and without escapes. A variable whose
path finds nothing is empty text. `<` and `>` can't be escaped. What a template may not hold: `eventbridge_errors.py`.
"""

import json
from typing import Any, NamedTuple

NOT_JSON = "not JSON"
"""The outcome of a template that is JSON isn't any more: the event can't be handed over (choice; not retried)."""

RULE_NAME = "example"
RULE_ARN = "arn:aws:events:us-east-1:000000000000:rule/example"
INGESTION_TIME = "2015-11-11T21:29:55Z"
"""When the bus took the event; a second after the event's own time."""

EC2: dict[str, Any] = {
    "version": "0",
    "id": "7bf73129-1428-4cd3-a780-95db273d1602",
    "detail-type": "EC2 Instance State-change Notification",
    "source": "aws.ec2",
    "account": "123456789012",
    "time": "2015-11-11T21:29:54Z",
    "region": "us-east-1",
    "resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"],
    "detail": {"instance-id": "i-0123456789", "state": "RUNNING"},
}
"""The guide's event."""

SHOP: dict[str, Any] = {
    "version": "0",
    "id": "0b9ad9b0-ff5c-4b0c-8d68-9c0d6f1c2a11",
    "detail-type": "order.placed",
    "source": "shop",
    "account": "000000000000",
    "time": "2026-01-01T00:00:10Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {
        "id": 7,
        "amount": 12.5,
        "paid": True,
        "note": None,
        "says": 'a "big" one',
        "town": "Zürich",
        "empty": "",
        "customer": {"name": "Ann", "tags": ["new", "vip"]},
        "lines": [{"sku": "x-1", "count": 2}, {"sku": "y-2", "count": 1}],
        "a_b": {"c-d": "deep"},
    },
}


class Transformation(NamedTuple):
    """What a target with these paths and this template gets for the event; `expected` is None where `error` says why."""

    id: str
    paths: dict[str, str]
    template: str
    event: dict[str, Any]
    expected: str | None
    error: str = ""
    source: str = "guide"


class Path(NamedTuple):
    """What a target with this InputPath gets for the event."""

    id: str
    path: str
    event: dict[str, Any]
    expected: str
    source: str = "api"


def _minified(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


_GUIDE = {"timestamp": "$.time", "instance": "$.detail.instance-id", "state": "$.detail.state"}
_WITHOUT_DETAIL = _minified({key: value for key, value in EC2.items() if key != "detail"})
_CUSTOMER = '{"name":"Ann","tags":["new","vip"]}'

TRANSFORMATIONS: list[Transformation] = [
    # The guide's own examples.
    Transformation("text", _GUIDE, '"instance <instance> is in <state>"', EC2, '"instance i-0123456789 is in RUNNING"'),
    Transformation(
        "text with escaped quotes",
        _GUIDE,
        '"instance \\"<instance>\\" is in <state>"',
        EC2,
        '"instance \\"i-0123456789\\" is in RUNNING"',
    ),
    Transformation(
        "object",
        _GUIDE,
        '{\n  "instance" : <instance>,\n  "state": <state>\n}',
        EC2,
        '{"instance":"i-0123456789","state":"RUNNING"}',
    ),
    Transformation(
        "object with variables in quotes",
        _GUIDE,
        '{\n "instance" : <instance>,\n "state": "<state>",\n'
        ' "instanceStatus": "instance \\"<instance>\\" is in <state>"\n}',
        EC2,
        '{"instance":"i-0123456789","state":"RUNNING","instanceStatus":"instance \\"i-0123456789\\" is in RUNNING"}',
    ),
    Transformation(
        "object with fixed members",
        _GUIDE,
        '{\n  "instance" : <instance>,\n  "state": [ 9, <state>, true ],\n  "Transformed" : "Yes"\n}\n',
        EC2,
        '{"instance":"i-0123456789","state":[9,"RUNNING",true],"Transformed":"Yes"}',
    ),
    Transformation(
        "predefined variables in an object",
        _GUIDE,
        '{"instance" : <instance>, "ruleArn" : <aws.events.rule-arn>, "ruleName" : <aws.events.rule-name>,'
        ' "originalEvent" : <aws.events.event>}',
        EC2,
        f'{{"instance":"i-0123456789","ruleArn":"{RULE_ARN}","ruleName":"example","originalEvent":{_WITHOUT_DETAIL}}}',
    ),
    Transformation("predefined variable in text", {}, '"<aws.events.rule-name> triggered"', EC2, '"example triggered"'),
    Transformation(
        "log entry",
        _GUIDE,
        '{"timestamp" : <timestamp>, "message": "instance \\"<instance>\\" is in <state>"}',
        EC2,
        '{"timestamp":"2015-11-11T21:29:54Z","message":"instance \\"i-0123456789\\" is in RUNNING"}',
    ),
    # Predefined variables.
    Transformation("whole event", {}, '{"all": <aws.events.event.json>}', EC2, f'{{"all":{_minified(EC2)}}}'),
    Transformation("event alone, without its detail", {}, "<aws.events.event>", EC2, _WITHOUT_DETAIL, source="choice"),
    Transformation("whole event alone", {}, "<aws.events.event.json>", EC2, _minified(EC2), source="choice"),
    Transformation(
        "ingestion time", {}, '{"at": <aws.events.event.ingestion-time>}', EC2, f'{{"at":"{INGESTION_TIME}"}}'
    ),
    Transformation(
        "ingestion time in quotes", {}, '"at <aws.events.event.ingestion-time>"', EC2, f'"at {INGESTION_TIME}"'
    ),
    Transformation("rule ARN in quotes", {}, '{"rule": "<aws.events.rule-arn>"}', EC2, f'{{"rule":"{RULE_ARN}"}}'),
    Transformation(
        "event in quotes", {}, '{"event": "<aws.events.event>"}', EC2, None, NOT_JSON
    ),  # "can only be used as a value for a JSON field because its content is not escaped"
    # Quotes: text gains them outside quotes only, other kinds never.
    Transformation("number", {"n": "$.detail.id"}, '{"n": <n>}', SHOP, '{"n":7}'),
    Transformation("fraction", {"n": "$.detail.amount"}, '{"n": <n>}', SHOP, '{"n":12.5}'),
    Transformation("number in quotes", {"n": "$.detail.id"}, '{"n": "<n>"}', SHOP, '{"n":"7"}'),
    Transformation("number in text", {"n": "$.detail.id"}, '"order <n>!"', SHOP, '"order 7!"'),
    Transformation("truth", {"p": "$.detail.paid"}, '{"p": <p>}', SHOP, '{"p":true}'),
    Transformation("truth in text", {"p": "$.detail.paid"}, '"paid: <p>"', SHOP, '"paid: true"', source="choice"),
    Transformation("null", {"x": "$.detail.note"}, '{"x": <x>}', SHOP, '{"x":null}', source="choice"),
    Transformation("empty text", {"x": "$.detail.empty"}, '{"x": <x>}', SHOP, '{"x":""}'),
    Transformation("text alone gains quotes", {"s": "$.detail.town"}, "<s>", SHOP, '"Zürich"', source="choice"),
    Transformation("letters stay as they are", {"s": "$.detail.town"}, '{"s": <s>}', SHOP, '{"s":"Zürich"}'),
    Transformation(
        "quotes in a value outside quotes",
        {"s": "$.detail.says"},
        '{"s": <s>}',
        SHOP,
        '{"s":"a \\"big\\" one"}',
        source="choice",
    ),
    Transformation(
        "quotes in a value inside quotes", {"s": "$.detail.says"}, '{"s": "<s>"}', SHOP, None, NOT_JSON
    ),  # "doesn't escape values extracted by Input Path"
    Transformation("two variables side by side", {"a": "$.source", "b": "$.detail.id"}, '"<a><b>"', SHOP, '"shop7"'),
    Transformation(
        "one variable twice", {"a": "$.source"}, '{"a": <a>, "b": "<a>/<a>"}', SHOP, '{"a":"shop","b":"shop/shop"}'
    ),
    Transformation(
        "in a path of text", {"a": "$.detail.id"}, '{"url": "orders/<a>/lines"}', SHOP, '{"url":"orders/7/lines"}'
    ),
    # Objects and arrays.
    Transformation("nested object", {"c": "$.detail.customer"}, '{"who": <c>}', SHOP, f'{{"who":{_CUSTOMER}}}'),
    Transformation("object alone", {"c": "$.detail.customer"}, "<c>", SHOP, _CUSTOMER, source="choice"),
    Transformation(
        "object inside quotes", {"c": "$.detail.customer"}, '{"who": "is <c>"}', SHOP, None, NOT_JSON
    ),  # not escaped, as every value
    Transformation("array", {"t": "$.detail.customer.tags"}, '{"t": <t>}', SHOP, '{"t":["new","vip"]}'),
    Transformation(
        "array in an array", {"t": "$.detail.customer.tags"}, "[1, <t>]", SHOP, '[1,["new","vip"]]', source="choice"
    ),
    Transformation("empty array", {"r": "$.resources"}, '{"r": <r>}', SHOP, '{"r":[]}'),
    Transformation(
        "deep in nested objects",
        {"d": "$.detail.a_b.c-d"},
        '{"x": {"y": {"z": <d>}}}',
        SHOP,
        '{"x":{"y":{"z":"deep"}}}',
    ),
    # Paths: dots, dashes, underscores, indices, the asterisk.
    Transformation("index", {"r": "$.resources[0]"}, '{"r": <r>}', EC2, f'{{"r":"{EC2["resources"][0]}"}}'),
    Transformation("member of an item", {"s": "$.detail.lines[1].sku"}, '"<s>"', SHOP, '"y-2"'),
    Transformation(
        "asterisk", {"s": "$.detail.lines[*].sku"}, '{"s": <s>}', SHOP, '{"s":["x-1","y-2"]}', source="choice"
    ),
    Transformation(
        "whole event by its path", {"e": "$"}, '{"e": <e>}', EC2, f'{{"e":{_minified(EC2)}}}', source="choice"
    ),
    # What isn't there.
    Transformation("missing key in text", {"x": "$.detail.nothing"}, '"got <x>."', SHOP, '"got ."'),
    Transformation("missing key in quotes", {"x": "$.detail.nothing"}, '{"x": "<x>"}', SHOP, '{"x":""}'),
    Transformation(
        "missing key outside quotes", {"x": "$.detail.nothing"}, '{"x": <x>}', SHOP, '{"x":""}', source="choice"
    ),
    Transformation("missing object on the way", {"x": "$.detail.no.such"}, '"<x>"', SHOP, '""'),
    Transformation("index past the end", {"x": "$.detail.lines[9].sku"}, '"<x>"', SHOP, '""', source="choice"),
    Transformation("path into text", {"x": "$.source.shop"}, '"<x>"', SHOP, '""', source="choice"),
    Transformation("path that nothing uses", {"x": "$.detail.nothing"}, '{"a": 1}', SHOP, '{"a":1}'),
    # No variable at all.
    Transformation("fixed text", {}, '"hello"', SHOP, '"hello"'),
    Transformation("fixed object", {}, '{ "a" : [ 1, 2 ] }', SHOP, '{"a":[1,2]}'),
]

PATHS: list[Path] = [
    Path("all", "$", EC2, _minified(EC2)),
    Path("detail", "$.detail", EC2, '{"instance-id":"i-0123456789","state":"RUNNING"}'),
    Path("text", "$.detail.state", EC2, '"RUNNING"'),
    Path("key with a dash", "$.detail.instance-id", EC2, '"i-0123456789"'),
    Path("detail type", "$.detail-type", EC2, '"EC2 Instance State-change Notification"'),
    Path("array", "$.resources", EC2, _minified(EC2["resources"])),
    Path("item", "$.resources[0]", EC2, _minified(EC2["resources"][0])),
    Path("number", "$.detail.id", SHOP, "7"),
    Path("fraction", "$.detail.amount", SHOP, "12.5"),
    Path("truth", "$.detail.paid", SHOP, "true"),
    Path("null", "$.detail.note", SHOP, "null", source="choice"),
    Path("nested", "$.detail.customer.tags", SHOP, '["new","vip"]'),
    Path("member of an item", "$.detail.lines[0].count", SHOP, "2"),
    Path("brackets", "$['detail']['state']", EC2, '"RUNNING"'),  # "dot notation or bracket notation", here alone
    Path("brackets with a dash", "$.detail['instance-id']", EC2, '"i-0123456789"'),
]
"""What a path that finds nothing makes of the event is in no text read: decide, and say so there."""
