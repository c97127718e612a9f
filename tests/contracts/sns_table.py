"""SNS as data: when a failed delivery is tried again, and what the operations refuse.

Sources, in the columns `source`: "guide" is sns:sns-message-delivery-retries, "bc" the service model (botocore
1.44.5; a text from there is the model's own sentence about the exception), "patterns" the recordings of filter
policies (the words before "Filter policy" are not among them), "field" a public report of an answer of AWS with its
date, "unverified" general knowledge of the service found in no text read: its code is to be relied upon, its wording
less. "choice" is ours.
"""

from typing import Any, Literal, NamedTuple

# ------------------------------------------------------------------------------------------------ delivery retries


class Retries(NamedTuple):
    """Pauses before each retry of a delivery that fails for the service's fault every time, in seconds, no jitter.

    Policies are what DeliveryPolicy holds, as JSON: `subscription_policy` of the subscription, `topic_policy` of its
    topic. Compare to the microsecond.
    """

    id: str
    protocol: str
    delays: list[float]
    subscription_policy: dict[str, Any] | None = None
    topic_policy: dict[str, Any] | None = None
    source: str = "guide"


# Back-off of n retries, the i-th counted from 0. The guide gives the first (minimum), the last (maximum) and the names
# of four functions; between the two the formulas are our choice. One retry alone waits the minimum.
#   linear       minimum + (maximum - minimum) * i / (n - 1)                     equal steps
#   arithmetic   minimum + (maximum - minimum) * i (i + 1) / (n (n - 1))         steps 1, 2, 3, ... of one size
#   geometric    minimum * (maximum / minimum) ** (i / (n - 1))                  equal ratios
#   exponential  minimum + (maximum - minimum) * (2**i - 1) / (2**(n - 1) - 1)   steps 1, 2, 4, ... of one size
_FROM_1_TO_20 = [1 + 19 * step / 511 for step in (0, 1, 3, 7, 15, 31, 63, 127, 255, 511)]
_FROM_10_TO_600 = [10 + 590 * step / 511 for step in (0, 1, 3, 7, 15, 31, 63, 127, 255, 511)]
_FROM_1_TO_60 = [1 + 59 * step / 511 for step in (0, 1, 3, 7, 15, 31, 63, 127, 255, 511)]

AWS_MANAGED: list[float] = [0.0] * 3 + [1.0] * 2 + _FROM_1_TO_20 + [20.0] * 100_000
"""100,015 retries in 23 days."""
CUSTOMER_MANAGED: list[float] = [10.0] * 2 + _FROM_10_TO_600 + [600.0] * 38
"""50 retries in 6 hours."""
DEFAULT_HTTP: list[float] = [20.0] * 3


def _subscription(**policy: Any) -> dict[str, Any]:
    return {"healthyRetryPolicy": policy}


def _topic(override: bool | None = None, **policy: Any) -> dict[str, Any]:
    http: dict[str, Any] = {"defaultHealthyRetryPolicy": policy}
    if override is not None:
        http["disableSubscriptionOverrides"] = not override
    return {"http": http}


def _backoff(function: str, number: int = 10, **more: Any) -> dict[str, Any]:
    """The policy of the guide's diagram: ten retries from 5 s to 260 s."""
    return _subscription(minDelayTarget=5, maxDelayTarget=260, numRetries=number, backoffFunction=function, **more)


_FROM_5_TO_260 = {
    "linear": [5.0, 33.333333, 61.666667, 90.0, 118.333333, 146.666667, 175.0, 203.333333, 231.666667, 260.0],
    "arithmetic": [5.0, 10.666667, 22.0, 39.0, 61.666667, 90.0, 124.0, 163.666667, 209.0, 260.0],
    "geometric": [5.0, 7.755986, 12.031065, 18.662556, 28.949306, 44.906085, 69.658198, 108.053608, 167.612464, 260.0],
    "exponential": [5.0, 5.499022, 6.497065, 8.493151, 12.485323, 20.469667, 36.438356, 68.375734, 132.250489, 260.0],
}

RETRIES: list[Retries] = [
    *[Retries(protocol, protocol, AWS_MANAGED) for protocol in ("sqs", "lambda", "firehose")],
    *[Retries(protocol, protocol, CUSTOMER_MANAGED) for protocol in ("email", "email-json", "sms", "application")],
    *[Retries(f"{protocol}, default", protocol, DEFAULT_HTTP) for protocol in ("http", "https")],
    *[
        Retries(f"http, {function}", "http", delays, _backoff(function), source="choice")
        for function, delays in _FROM_5_TO_260.items()
    ],
    Retries(
        "http, all four phases",
        "http",
        [0.0] * 3 + [1.0] * 2 + _FROM_1_TO_60 + [60.0] * 35,
        _subscription(
            minDelayTarget=1,
            maxDelayTarget=60,
            numRetries=50,
            numNoDelayRetries=3,
            numMinDelayRetries=2,
            numMaxDelayRetries=35,
            backoffFunction="exponential",
        ),
    ),
    Retries("http, never", "http", [], _subscription(minDelayTarget=1, maxDelayTarget=1, numRetries=0)),
    Retries("http, one retry waits the minimum", "http", [5.0], _backoff("exponential", 1), source="choice"),
    *[Retries(f"http, {name}, two retries", "http", [5.0, 260.0], _backoff(name, 2)) for name in _FROM_5_TO_260],
    Retries(
        "http, linear unless said otherwise",
        "http",
        [10.0, 20.0, 30.0],
        _subscription(minDelayTarget=10, maxDelayTarget=30, numRetries=3),
    ),
    Retries(
        "http, without delay only",
        "http",
        [0.0] * 4,
        _subscription(minDelayTarget=1, maxDelayTarget=2, numRetries=4, numNoDelayRetries=4),
    ),
    Retries(
        "http, without back-off",
        "http",
        [1.0, 1.0, 9.0],
        _subscription(minDelayTarget=1, maxDelayTarget=9, numRetries=3, numMinDelayRetries=2, numMaxDelayRetries=1),
    ),
    Retries(
        "http, the topic's policy",
        "http",
        [2.0, 2.0],
        topic_policy=_topic(minDelayTarget=2, maxDelayTarget=2, numRetries=2),
    ),
    Retries(
        "http, the subscription's before the topic's",
        "http",
        [4.0],
        _subscription(minDelayTarget=4, maxDelayTarget=4, numRetries=1),
        _topic(minDelayTarget=2, maxDelayTarget=2, numRetries=2),
    ),
    Retries(
        "http, the topic allows no other",
        "http",
        [2.0, 2.0],
        _subscription(minDelayTarget=4, maxDelayTarget=4, numRetries=1),
        _topic(override=False, minDelayTarget=2, maxDelayTarget=2, numRetries=2),
    ),
    Retries(
        "sqs, whatever the topic says of http",
        "sqs",
        AWS_MANAGED,
        topic_policy=_topic(minDelayTarget=2, maxDelayTarget=2, numRetries=2),
    ),
]

Fate = Literal["delivered", "again", "given up"]

HTTP_ANSWERS: list[tuple[int | None, Fate]] = [
    (200, "delivered"),
    (201, "delivered"),
    (204, "delivered"),
    (299, "delivered"),
    (301, "given up"),
    (400, "given up"),
    (403, "given up"),
    (404, "given up"),
    (410, "given up"),
    (429, "again"),
    (499, "given up"),
    (500, "again"),
    (502, "again"),
    (503, "again"),
    (599, "again"),
    (None, "again"),  # nobody answered
]
"""What an endpoint's status makes of a delivery (5xx and 429 are tried again, others not)."""


class Failure(NamedTuple):
    """Whether a delivery that fails so is tried again; if not, it goes to the subscription's dead-letter queue at once."""

    id: str
    protocol: str
    again: bool


FAILURES: list[Failure] = [
    Failure("function deleted", "lambda", False),
    Failure("function's policy does not allow the topic", "lambda", False),
    Failure("invocations throttled", "lambda", True),
    Failure("function service fails", "lambda", True),
    Failure("queue deleted", "sqs", False),
    Failure("queue's policy does not allow the topic", "sqs", False),
    Failure("queue service fails", "sqs", True),
]
"""Client errors are not retried, server errors are [sns:sns-message-delivery-retries, sns-dead-letter-queues]. An
asynchronous invocation that was accepted is delivered, whatever the handler does."""


# ---------------------------------------------------------------------------------------------------------- errors

Kind = Literal["standard", "fifo"]


class Error(NamedTuple):
    """`operation` on a topic of that kind, made with `attributes`, after the situation `given`, if there is one.

    The topic's own ARN is not among `kwargs`. "{queue}", "{fifo_queue}", "{function}", "{topic}" in a value stand for
    ARNs. A `message` of None is not known; one that ends in "..." is known only so far.
    """

    id: str
    operation: str
    kwargs: dict[str, Any]
    code: str
    message: str | None = None
    topic: Kind = "standard"
    attributes: dict[str, str] = {}
    given: str = ""
    status: int = 400
    source: str = "bc"


SHAPES = {
    "AuthorizationError": "AuthorizationErrorException",
    "BatchEntryIdsNotDistinct": "BatchEntryIdsNotDistinctException",
    "BatchRequestTooLong": "BatchRequestTooLongException",
    "EmptyBatchRequest": "EmptyBatchRequestException",
    "InvalidBatchEntryId": "InvalidBatchEntryIdException",
    "InvalidParameter": "InvalidParameterException",
    "NotFound": "NotFoundException",
    "ParameterValueInvalid": "InvalidParameterValueException",
    "TooManyEntriesInBatchRequest": "TooManyEntriesInBatchRequestException",
}
"""botocore's exception by the code on the wire."""

LARGEST = 262_144
_INVALID = "InvalidParameter"
_VALUE = "ParameterValueInvalid"
_PREFIX = "Invalid parameter: "
_SUBJECT = _PREFIX + "Subject"
_TOO_LONG = _PREFIX + "Message too long"
_NO_DEFAULT = _PREFIX + "Message Structure - No default entry in JSON message body"
_NOT_PARSED = _PREFIX + "Message Structure - JSON message body failed to parse"
_TOPIC_NAME = _PREFIX + "Topic Name"
_NO_TOPIC = "Topic does not exist"


def _text(value: str) -> dict[str, str]:
    return {"data_type": "String", "string_value": value}


def _entries(*ids: str) -> list[dict[str, Any]]:
    return [{"id": id, "message": "x"} for id in ids]


def _filter(policy: str, **attributes: str) -> dict[str, Any]:
    return {"protocol": "sqs", "endpoint": "{queue}", "attributes": {"FilterPolicy": policy, **attributes}}


def _delivery(policy: str) -> dict[str, Any]:
    return {"protocol": "http", "endpoint": "http://example.com/", "attributes": {"DeliveryPolicy": policy}}


def _retry(**policy: Any) -> dict[str, Any]:
    members = {"minDelayTarget": 1, "maxDelayTarget": 1, "numRetries": 3, **policy}
    text = ",".join(f'"{key}":{value}' for key, value in members.items())
    return _delivery(f'{{"healthyRetryPolicy":{{{text}}}}}')


PUBLISH_ERRORS: list[Error] = [
    Error(
        "no such topic",
        "publish",
        {"message": "x"},
        "NotFound",
        _NO_TOPIC,
        given="the topic is deleted",
        status=404,
        source="unverified",
    ),
    Error("empty message", "publish", {"message": ""}, _INVALID, _PREFIX + "Empty message", source="unverified"),
    Error("message too long", "publish", {"message": "x" * (LARGEST + 1)}, _INVALID, _TOO_LONG, source="field 2018-01"),
    Error("bytes count, not letters", "publish", {"message": "é" * (LARGEST // 2) + "x"}, _INVALID, _TOO_LONG),
    Error(
        "message and attributes too long",  # name 4, type 6, value 1
        "publish",
        {"message": "x" * (LARGEST - 10), "message_attributes": {"kind": _text("x")}},
        _INVALID,
    ),
    Error(
        "longer than the topic's limit",
        "publish",
        {"message": "x" * 1025},
        _INVALID,
        attributes={"MaximumMessageSize": "1024"},
    ),
    # Subject: "less than 100 characters long", no line breaks, no control characters.
    Error("empty subject", "publish", {"message": "x", "subject": ""}, _INVALID, _SUBJECT, source="field 2017-10"),
    Error("subject of 101", "publish", {"message": "x", "subject": "s" * 101}, _INVALID, _SUBJECT, source="unverified"),
    Error(
        "subject of two lines", "publish", {"message": "x", "subject": "a\nb"}, _INVALID, _SUBJECT, source="unverified"
    ),
    Error("subject with a control character", "publish", {"message": "x", "subject": "a\x07b"}, _INVALID),
    # MessageStructure.
    Error("unknown structure", "publish", {"message": "{}", "message_structure": "xml"}, _INVALID),
    Error(
        "structure, not JSON",
        "publish",
        {"message": "x", "message_structure": "json"},
        _INVALID,
        _NOT_PARSED,
        source="unverified",
    ),
    Error("structure, no object", "publish", {"message": "[1]", "message_structure": "json"}, _INVALID),
    Error(
        "structure without a default",
        "publish",
        {"message": '{"sqs": "x"}', "message_structure": "json"},
        _INVALID,
        _NO_DEFAULT,
        source="field 2013-09",
    ),
    Error(
        "structure whose default is no text",
        "publish",
        {"message": '{"default": 1}', "message_structure": "json"},
        _INVALID,
        _NO_DEFAULT,
        source="unverified",
    ),
    Error(
        "structure with a key twice",  # "Duplicate keys are not allowed"
        "publish",
        {"message": '{"default": "a", "default": "b"}', "message_structure": "json"},
        _INVALID,
    ),
    # Attributes.
    Error("attribute of no value", "publish", {"message": "x", "message_attributes": {"kind": _text("")}}, _VALUE),
    Error(
        "attribute of unknown type",
        "publish",
        {"message": "x", "message_attributes": {"kind": {"data_type": "Date", "string_value": "x"}}},
        _VALUE,
    ),
    Error(
        "number that is none",
        "publish",
        {"message": "x", "message_attributes": {"n": {"data_type": "Number", "string_value": "seven"}}},
        _VALUE,
    ),
    # FIFO.
    Error(
        "no group",
        "publish",
        {"message": "x", "message_deduplication_id": "1"},
        _INVALID,
        _PREFIX + "The MessageGroupId parameter is required for FIFO topics",
        topic="fifo",
        source="unverified",
    ),
    Error(
        "no deduplication id",
        "publish",
        {"message": "x", "message_group_id": "g"},
        _INVALID,
        _PREFIX
        + "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
        topic="fifo",
        source="unverified",
    ),
    Error(
        "deduplication id on a standard topic",
        "publish",
        {"message": "x", "message_deduplication_id": "1"},
        _INVALID,
        source="unverified",
    ),
    Error(
        "group id of 129",
        "publish",
        {"message": "x", "message_group_id": "g" * 129, "message_deduplication_id": "1"},
        _INVALID,
        topic="fifo",
    ),
    Error(
        "group id with a blank",
        "publish",
        {"message": "x", "message_group_id": "a b", "message_deduplication_id": "1"},
        _INVALID,
        topic="fifo",
    ),
    Error(
        "deduplication id of 129",
        "publish",
        {"message": "x", "message_group_id": "g", "message_deduplication_id": "1" * 129},
        _INVALID,
        topic="fifo",
    ),
    # Batches.
    Error(
        "no entries",
        "publish_batch",
        {"publish_batch_request_entries": []},
        "EmptyBatchRequest",
        "The batch request doesn't contain any entries.",
    ),
    Error(
        "eleven entries",
        "publish_batch",
        {"publish_batch_request_entries": _entries(*"abcdefghijk")},
        "TooManyEntriesInBatchRequest",
        "The batch request contains more entries than permissible...",
    ),
    Error(
        "an id twice",
        "publish_batch",
        {"publish_batch_request_entries": _entries("a", "a")},
        "BatchEntryIdsNotDistinct",
        "Two or more batch entries in the request have the same Id.",
    ),
    *[
        Error(
            f"batch id {words}",
            "publish_batch",
            {"publish_batch_request_entries": _entries(id)},
            "InvalidBatchEntryId",
            "The Id of a batch entry in a batch request doesn't abide by the specification.",
        )
        for words, id in [("of 81", "a" * 81), ("with a dot", "a.b"), ("with a blank", "a b"), ("of nothing", "")]
    ],
    Error(
        "batch too long",
        "publish_batch",
        {"publish_batch_request_entries": [*_entries("a"), {"id": "long", "message": "x" * LARGEST}]},
        "BatchRequestTooLong",
        "The length of all the batch messages put together is more than the limit.",
    ),
]

SUBSCRIBE_ERRORS: list[Error] = [
    Error(
        "subscribe, no such topic",
        "subscribe",
        {"protocol": "sqs", "endpoint": "{queue}"},
        "NotFound",
        _NO_TOPIC,
        given="the topic is deleted",
        status=404,
        source="unverified",
    ),
    Error(
        "unknown protocol",
        "subscribe",
        {"protocol": "pigeon", "endpoint": "loft"},
        _INVALID,
        _PREFIX + "Amazon SNS does not support this protocol string: pigeon",
        source="unverified",
    ),
    Error(
        "queue that is no ARN",
        "subscribe",
        {"protocol": "sqs", "endpoint": "http://localhost/queue"},
        _INVALID,
        _PREFIX + "SQS endpoint ARN",
        source="unverified",
    ),
    Error("function that is no ARN", "subscribe", {"protocol": "lambda", "endpoint": "work"}, _INVALID),
    Error(
        "http to https",
        "subscribe",
        {"protocol": "http", "endpoint": "https://example.com/"},
        _INVALID,
        _PREFIX + "Endpoint must match the specified protocol",
        source="unverified",
    ),
    *[
        Error(
            f"{protocol} on a FIFO topic",
            "subscribe",
            {"protocol": protocol, "endpoint": endpoint},
            _INVALID,
            f"{_PREFIX}Invalid protocol type: {protocol}",
            topic="fifo",
            source="field 2024-07, of sms",
        )
        for protocol, endpoint in [("lambda", "{function}"), ("http", "http://example.com/"), ("sms", "+15550100")]
    ],
    Error(
        "FIFO queue on a standard topic",
        "subscribe",
        {"protocol": "sqs", "endpoint": "{fifo_queue}"},
        _INVALID,
        source="unverified",
    ),
    Error(
        "raw delivery to a function",
        "subscribe",
        {"protocol": "lambda", "endpoint": "{function}", "attributes": {"RawMessageDelivery": "true"}},
        _INVALID,
        _PREFIX + "Delivery protocol [lambda] does not support raw message delivery.",
        source="field 2024-10",
    ),
    Error(
        "unknown attribute",
        "subscribe",
        {"protocol": "sqs", "endpoint": "{queue}", "attributes": {"Colour": "red"}},
        _INVALID,
        source="unverified",
    ),
    Error(
        "subscribed already, with other attributes",
        "subscribe",
        {"protocol": "sqs", "endpoint": "{queue}", "attributes": {"RawMessageDelivery": "true"}},
        _INVALID,
        _PREFIX + "Attributes Reason: Subscription already exists with different attributes",
        given="the queue is subscribed without attributes",
        source="unverified",
    ),
    Error(
        "http on a topic of large messages",  # "only SQS, Firehose, Lambda"
        "subscribe",
        {"protocol": "http", "endpoint": "http://example.com/"},
        _INVALID,
        attributes={"MaximumMessageSize": "1048576"},
    ),
    # Redrive policies.
    Error(
        "redrive policy that counts",
        "subscribe",
        {
            "protocol": "sqs",
            "endpoint": "{queue}",
            "attributes": {"RedrivePolicy": '{"deadLetterTargetArn": "{queue}", "maxReceiveCount": 5}'},
        },
        _INVALID,
        _PREFIX + "Attributes Reason: RedrivePolicy: invalid JSON. Attribute maxReceiveCount is unknown.",
        source="field 2022-03",
    ),
    Error(
        "redrive policy that is no JSON",
        "subscribe",
        {"protocol": "sqs", "endpoint": "{queue}", "attributes": {"RedrivePolicy": "{queue}"}},
        _INVALID,
    ),
    Error(
        "redrive to a topic",
        "subscribe",
        {
            "protocol": "sqs",
            "endpoint": "{queue}",
            "attributes": {"RedrivePolicy": '{"deadLetterTargetArn": "{topic}"}'},
        },
        _INVALID,
    ),
    # Filter policies.
    Error(
        "filter that is no JSON",
        "subscribe",
        _filter("{"),
        _INVALID,
        _PREFIX + "FilterPolicy: ...",
        source="unverified",
    ),
    Error(
        "filter that is a list",
        "subscribe",
        _filter("[]"),
        _INVALID,
        _PREFIX + "FilterPolicy: ...",
        source="unverified",
    ),
    Error(
        "filter of six keys",
        "subscribe",
        _filter('{"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]}'),
        _INVALID,
        _PREFIX + "FilterPolicy: Filter policy can not have more than 5 keys",
        source="patterns",
    ),
    Error(
        "filter of 151 combinations",
        "subscribe",
        _filter('{"a":[' + ",".join(f'"{n}"' for n in range(151)) + "]}"),
        _INVALID,
        _PREFIX + "FilterPolicy: Filter policy is too complex",
        source="patterns",
    ),
    Error("nested filter on attributes", "subscribe", _filter('{"a":{"b":["1"]}}'), _INVALID, source="patterns"),
    Error("unknown scope", "subscribe", _filter('{"a":["1"]}', FilterPolicyScope="Everything"), _INVALID),
    # Delivery policies. In 2018 one without minDelayTarget was refused too ("healthyRetryPolicy.minDelayTarget must be
    # specified"); the guide gives it a default, and has an example without it.
    Error("delivery policy that is no JSON", "subscribe", _delivery("{"), _INVALID),
    Error("minimum of 0", "subscribe", _retry(minDelayTarget=0), _INVALID, source="guide"),
    Error(
        "minimum over the maximum", "subscribe", _retry(minDelayTarget=3, maxDelayTarget=2), _INVALID, source="guide"
    ),
    Error("maximum of 3,601", "subscribe", _retry(maxDelayTarget=3601, numRetries=1), _INVALID, source="guide"),
    Error("101 retries", "subscribe", _retry(numRetries=101), _INVALID, source="guide"),
    Error("-1 retries", "subscribe", _retry(numRetries=-1), _INVALID, source="guide"),
    Error(
        "more in phases than in all",
        "subscribe",
        _retry(numNoDelayRetries=2, numMaxDelayRetries=2),
        _INVALID,
        source="guide",
    ),
    Error(
        "over an hour in all", "subscribe", _retry(minDelayTarget=1201, maxDelayTarget=1201), _INVALID, source="guide"
    ),
    Error("unknown back-off", "subscribe", _retry(backoffFunction='"cubic"'), _INVALID, source="guide"),
    # Confirming, leaving, looking.
    Error("wrong token", "confirm_subscription", {"token": "0"}, _INVALID, _PREFIX + "Token", source="unverified"),
    Error(
        "subscription that is no ARN",
        "get_subscription_attributes",
        {"subscription_arn": "one"},
        _INVALID,
        _PREFIX + "SubscriptionArn Reason: An ARN must have at least 6 elements, not 1",
        source="field 2023-10",
    ),
    Error(
        "no such subscription",
        "get_subscription_attributes",
        {"subscription_arn": "{topic}:00000000-0000-4000-8000-000000000000"},
        "NotFound",
        "Subscription does not exist",
        status=404,
        source="unverified",
    ),
]

TOPIC_ERRORS: list[Error] = [
    Error("name with a blank", "create_topic", {"name": "my orders"}, _INVALID, _TOPIC_NAME, source="unverified"),
    Error("name of nothing", "create_topic", {"name": ""}, _INVALID, _TOPIC_NAME, source="unverified"),
    Error("name of 257", "create_topic", {"name": "o" * 257}, _INVALID, _TOPIC_NAME, source="unverified"),
    Error(
        "FIFO without the suffix",
        "create_topic",
        {"name": "orders", "attributes": {"FifoTopic": "true"}},
        _INVALID,
        _TOPIC_NAME,
        source="field 2020-11",
    ),
    Error("suffix without FIFO", "create_topic", {"name": "orders.fifo"}, _INVALID, _TOPIC_NAME, source="unverified"),
    Error(
        "unknown attribute of a topic",
        "create_topic",
        {"name": "orders", "attributes": {"Colour": "red"}},
        _INVALID,
        _PREFIX + "Attributes Reason: Unknown attribute Colour",
        source="field 2022-01",
    ),
    Error(
        "there already, with other attributes",
        "create_topic",
        {"name": "orders", "attributes": {"DisplayName": "other"}},
        _INVALID,
        _PREFIX + "Attributes Reason: Topic already exists with different attributes",
        given="the topic orders has the display name one",
        source="unverified",
    ),
    Error(
        "set an unknown attribute",
        "set_topic_attributes",
        {"attribute_name": "Colour", "attribute_value": "red"},
        _INVALID,
    ),
    *[
        Error(
            f"largest message of {size}",
            "set_topic_attributes",
            {"attribute_name": "MaximumMessageSize", "attribute_value": str(size)},
            _INVALID,
        )
        for size in (1_023, 1_048_577)
    ],
    Error(
        "large messages beside an http subscription",
        "set_topic_attributes",
        {"attribute_name": "MaximumMessageSize", "attribute_value": "262145"},
        _INVALID,
        given="an http endpoint is subscribed",
    ),
]

ERRORS: list[Error] = [*PUBLISH_ERRORS, *SUBSCRIBE_ERRORS, *TOPIC_ERRORS]
