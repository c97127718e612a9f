"""What is declared: settings where they are written, and a whole bus."""

import json
from typing import Any

import pytest

from eventbus import App, current_bus
from eventbus.errors import InvalidSetting
from eventbus.names import arn_of
from eventbus.ports import DeliveryTarget, Wire
from sources import sns, sqs
from tests.contracts.sns_table import SUBSCRIBE_ERRORS, TOPIC_ERRORS
from tests.helpers import virtually
from tests.sources.sns.helpers import DEAD, FIFO_DEAD, Declared

TOPIC, FIFO_TOPIC, LARGE = sns.Topic("t"), sns.Topic("t.fifo"), sns.Topic("large", maximum_message_size=262_145)
QUEUE, FIFO_QUEUE = sqs.Queue("q"), sqs.Queue("q.fifo")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        *[
            ({"name": name}, "name=")
            for name in ("", "my orders", "o" * 257, "o" * 252 + ".fifo", "a.b", ".fifo", 1, "a\n")
        ],
        ({"name": "t", "content_based_deduplication": True}, "content_based_deduplication=True"),
        ({"name": "t", "fifo_throughput_scope": "MessageGroup"}, "fifo_throughput_scope='MessageGroup'"),
        ({"name": "t", "message_retention_period": 7}, "message_retention_period=7"),
        ({"name": "t.fifo", "message_retention_period": 0}, "message_retention_period=0"),
        ({"name": "t.fifo", "message_retention_period": 366}, "message_retention_period=366"),
        ({"name": "t.fifo", "fifo_throughput_scope": "topic"}, "fifo_throughput_scope='topic'"),
        ({"name": "t", "maximum_message_size": 1_023}, "maximum_message_size=1023"),
        ({"name": "t", "maximum_message_size": 1_048_577}, "maximum_message_size=1048577"),
        ({"name": "t", "signature_version": 1}, "signature_version=1"),
        ({"name": "t", "delivery_policy": {"sqs": {}}}, "delivery_policy="),
    ],
    ids=str,
)
def test_wrong_topics_are_refused(settings: dict[str, Any], named: str) -> None:
    """Where they are written, by setting and value."""
    with pytest.raises(InvalidSetting) as caught:
        sns.Topic(**settings)
    assert str(caught.value).startswith(named)


def test_names_of_the_table_are_refused() -> None:
    """Those that CreateTopic refuses; the suffix alone says whether a topic is FIFO."""
    names = [row.kwargs["name"] for row in TOPIC_ERRORS if row.id.startswith("name ")]

    for name in names:
        with pytest.raises(InvalidSetting, match="name="):
            sns.Topic(name)
    assert sns.Topic("o" * 256).arn == arn_of("sns", "o" * 256)
    assert (sns.Topic("o" * 251 + ".fifo").fifo, TOPIC.fifo) == (True, False)


@pytest.mark.parametrize("setting", ["kms_master_key_id", "tracing_config", "data_protection_policy", "display_name"])
def test_settings_that_are_not_offered_are_named(setting: str) -> None:
    """By Python itself."""
    with pytest.raises(TypeError, match=setting):
        sns.Topic("t", **{setting: "x"})  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize(
    ("topic", "endpoint", "settings", "named"),
    [
        (QUEUE, QUEUE, {}, "topic="),
        (TOPIC, "arn:aws:sqs:us-east-1:000000000000:q", {}, "endpoint="),
        (TOPIC, "me@example.com", {}, "endpoint="),
        (TOPIC, "http", {}, "endpoint="),
        (TOPIC, "https://", {}, "endpoint="),
        (TOPIC, 1, {}, "endpoint="),
        (TOPIC, LARGE, {}, "endpoint="),
        (TOPIC, FIFO_QUEUE, {}, "endpoint="),
        (FIFO_TOPIC, Declared, {}, "endpoint="),
        (FIFO_TOPIC, "https://example.com/", {}, "endpoint="),
        (LARGE, "https://example.com/", {}, "endpoint="),
        (TOPIC, Declared, {"raw_message_delivery": True}, "raw_message_delivery="),
        (TOPIC, QUEUE, {"raw_message_delivery": "yes"}, "raw_message_delivery="),
        (TOPIC, QUEUE, {"dead_letter": FIFO_DEAD}, "dead_letter="),
        (FIFO_TOPIC, QUEUE, {"dead_letter": DEAD}, "dead_letter="),
        (TOPIC, QUEUE, {"dead_letter": LARGE}, "dead_letter="),
        (TOPIC, QUEUE, {"dead_letter": "dead"}, "dead_letter="),
        (TOPIC, QUEUE, {"filter_policy": {"a": {"b": ["1"]}}}, "filter_policy="),
        (TOPIC, QUEUE, {"filter_policy": "{"}, "filter_policy="),
        (TOPIC, QUEUE, {"filter_policy": {"a": [object]}}, "filter_policy="),
        (TOPIC, QUEUE, {"filter_policy_scope": "Body"}, "filter_policy_scope="),
        (TOPIC, QUEUE, {"replay_policy": {"PointType": "Timestamp"}}, "replay_policy="),
        (TOPIC, QUEUE, {"num_retries": 5}, "num_retries and"),
        (TOPIC, "https://example.com/", {"num_retries": 101}, "num_retries=101"),
        (TOPIC, "https://example.com/", {"max_delay_target": 3_601}, "max_delay_target=3601"),
        (TOPIC, "https://example.com/", {"min_delay_target": 21}, "num_retries and"),
        (TOPIC, "https://example.com/", {"backoff_function": "cubic"}, "backoff_function='cubic'"),
    ],
    ids=str,
)
def test_wrong_subscriptions_are_refused(topic: Any, endpoint: Any, settings: dict[str, Any], named: str) -> None:
    """Where they are written, by setting and value."""
    with pytest.raises(InvalidSetting) as caught:
        sns.Subscription(topic, endpoint, **settings)
    assert str(caught.value).startswith(named)


@pytest.mark.parametrize(
    "policy",
    [
        json.loads(row.kwargs["attributes"]["DeliveryPolicy"])["healthyRetryPolicy"]
        for row in SUBSCRIBE_ERRORS
        if row.source == "guide"
    ],
    ids=str,
)
def test_delivery_policies_of_the_table_are_refused(policy: dict[str, Any]) -> None:
    """Given flat."""
    names = {
        "minDelayTarget": "min_delay_target",
        "maxDelayTarget": "max_delay_target",
        "numRetries": "num_retries",
        "numNoDelayRetries": "num_no_delay_retries",
        "numMaxDelayRetries": "num_max_delay_retries",
        "backoffFunction": "backoff_function",
    }

    with pytest.raises(InvalidSetting):
        sns.Subscription(TOPIC, "http://example.com/", **{names[name]: value for name, value in policy.items()})


def test_subscriptions_are_wires_and_topics_targets() -> None:
    """An endpoint is subscribed once."""
    one = sns.Subscription(TOPIC, QUEUE, dead_letter=DEAD)
    app = App("tests")
    for declared in (TOPIC, QUEUE, DEAD, one):
        app.add(declared)

    assert isinstance(one, Wire)
    assert isinstance(TOPIC, DeliveryTarget)
    assert (one.source, list(one.targets)) == (TOPIC, [QUEUE.arn, DEAD.arn])
    with pytest.raises(InvalidSetting, match="declared twice"):
        app.add(sns.Subscription(TOPIC, QUEUE))


def test_a_topic_takes_so_many_subscriptions() -> None:
    """100 beside a large size, 200 with filters."""
    for topic, limit, policy in ((LARGE, 100, None), (TOPIC, 200, {"a": ["1"]})):
        known = [sns.Subscription(topic, sqs.Queue(f"q{number}"), filter_policy=policy) for number in range(limit)]

        known[-1].check(known[:-1])
        with pytest.raises(InvalidSetting, match=f"up to {limit}"):
            sns.Subscription(topic, QUEUE, filter_policy=policy).check(known)


def test_filter_policies_are_given_as_text_or_mapping() -> None:
    """Both are the same."""
    found = [
        sns.Subscription(TOPIC, QUEUE, filter_policy=policy, filter_policy_scope="MessageBody").attributes
        for policy in ('{"a": ["1"]}', {"a": ["1"]})
    ]

    assert found[0] == found[1] == {"FilterPolicy": '{"a": ["1"]}', "FilterPolicyScope": "MessageBody"}


def test_a_whole_bus() -> None:
    """A function of a topic publishes to another, whose queue is mapped; the trace tells the whole way."""
    app, events = App("shop"), list[str]()
    orders, bills = app.add(sns.Topic("orders")), app.add(sns.Topic("bills"))
    queue, dead = app.add(sqs.Queue("bills")), app.add(sqs.Queue("dead"))

    @app.function
    async def bill(event: sns.SnsEvent, context: Any) -> None:
        await current_bus()[bills].publish(event["Records"][0]["Sns"]["Message"])

    @app.function
    async def book(event: dict[str, Any], context: Any) -> None:
        events.append(json.loads(event["Records"][0]["body"])["Message"])

    app.add(sns.Subscription(orders, bill))
    app.add(sns.Subscription(bills, queue, dead_letter=dead))
    app.map(queue, book)

    async def main() -> str:
        async with app.start() as bus:
            published = await bus[orders].publish("order 7")
            await bus.settle()
            return str(bus.trace(published.message_id))

    told = virtually(main)
    assert events == ["order 7"]
    assert "notified bill" in told
    assert "attempt of book" in told


def test_a_topic_that_may_not_invoke() -> None:
    """With permissions enforced and nothing granted: dead letter at once, if that may be sent."""
    app = App("shop")
    orders, dead = app.add(sns.Topic("orders")), app.add(sqs.Queue("dead"))

    @app.function
    async def bill(event: sns.SnsEvent, context: Any) -> None:
        raise AssertionError("never")

    app.add(sns.Subscription(orders, bill, dead_letter=dead))
    app.grant(orders, "sqs:SendMessage", dead)

    async def main() -> list[str]:
        async with app.start(permissions="enforced") as bus:
            await bus[orders].publish("order 7")
            await bus.settle()
            return [message.body for message in await bus[dead].peek()]

    [body] = virtually(main)
    assert json.loads(body)["Message"] == "order 7"


def test_a_function_s_dead_letters_go_to_a_topic() -> None:
    """As messages, with the attributes that AWS puts beside them."""
    app = App("shop")
    failed, queue = app.add(sns.Topic("failed")), app.add(sqs.Queue("q"))
    app.add(sns.Subscription(failed, queue, raw_message_delivery=True))

    async def bill(event: Any, context: Any) -> None:
        raise ValueError("boom")

    function = app.function(bill, maximum_retry_attempts=0, dead_letter=failed)

    async def main() -> list[Any]:
        async with app.start() as bus:
            await bus.invoke(function, {"n": 1}, invocation_type="Event")
            await bus.settle()
            return list(await bus[queue].peek())

    [message] = virtually(main)
    assert json.loads(message.body) == {"n": 1}
    assert message.message_attributes["ErrorMessage"]["string_value"] == "boom"
