"""The operations of a topic: what they answer, and what they refuse, beside the table."""

import asyncio
import inspect
import json
from typing import Any

import pytest

from eventbus.errors import InvalidSetting
from sources import sns
from sources.sns.client import TopicClient
from tests.contracts.sns_table import ERRORS, LARGEST, PUBLISH_ERRORS, SHAPES, Error
from tests.sources.helpers import done
from tests.sources.sns.helpers import ATTRIBUTES, DEAD, FIFO_QUEUE, FUNCTION, QUEUE, URL, Sink, told, topic_at

NO_SUCH_OPERATION = ("create_topic",)
"""Topics are declared."""
ARNS = {"{queue}": QUEUE, "{fifo_queue}": FIFO_QUEUE, "{function}": FUNCTION}
OFFERED = [
    row for row in ERRORS if row.operation not in NO_SUCH_OPERATION and row.given != "the topic is deleted"
]  # none is deleted while a bus runs


def filled(value: Any, topic: str) -> Any:
    """With ARNs in place of their names."""
    if isinstance(value, dict):
        return {key: filled(member, topic) for key, member in value.items()}
    if isinstance(value, list):
        return [filled(member, topic) for member in value]
    if isinstance(value, str):
        for name, arn in {**ARNS, "{topic}": topic}.items():
            value = value.replace(name, arn)
    return value


async def prepared(row: Error) -> TopicClient:
    fifo = row.topic == "fifo"
    client, _ = topic_at(0.0, name="orders.fifo" if fifo else "orders")
    for name, value in row.attributes.items():
        await client.set_topic_attributes(name, value)
    match row.given:
        case "the queue is subscribed without attributes":
            await client.subscribe(QUEUE)
        case "an http endpoint is subscribed":
            await client.subscribe("http://example.com/")
        case given:
            assert given == ""
    return client


@pytest.mark.parametrize("row", OFFERED, ids=lambda row: row.id)
def test_refusals_are_those_of_the_table(row: Error) -> None:
    """Class, code on the wire, status, and text where it is known."""

    async def main() -> None:
        client = await prepared(row)
        before = await client.get_topic_attributes(), await client.list_subscriptions()
        with pytest.raises(sns.SnsError) as caught:
            await getattr(client, row.operation)(**filled(row.kwargs, "arn:aws:sns:us-east-1:000000000000:orders"))
        error = caught.value
        assert (type(error).__name__, error.code, error.status) == (SHAPES[row.code], row.code, row.status)
        if row.message is not None:
            known = row.message.removesuffix("...")
            assert str(error).startswith(known)
            assert row.message.endswith("...") or str(error) == row.message
        assert (await client.get_topic_attributes(), await client.list_subscriptions()) == before

    asyncio.run(main())


@pytest.mark.parametrize(
    "row", [row for row in PUBLISH_ERRORS if row.operation == "publish" and not row.given], ids=lambda row: row.id
)
def test_batches_answer_for_each_entry(row: Error) -> None:
    """What a publish refuses stands in `failed`; the rest is published."""
    if len(str(row.kwargs["message"]).encode()) >= LARGEST - 10:
        return  # a batch as long is refused whole

    async def main() -> None:
        client = await prepared(row)
        good = {"message": "x"}
        if row.topic == "fifo":
            good |= {"message_group_id": "g", "message_deduplication_id": "good"}
        if row.attributes:
            return
        result = await client.publish_batch([{"id": "bad", **row.kwargs}, {"id": "good", **good}])
        [failed], [successful] = result.failed, result.successful
        assert (failed.id, failed.code, failed.sender_fault) == ("bad", row.code, True)
        assert (successful.id, bool(successful.message_id)) == ("good", True)

    asyncio.run(main())


@pytest.mark.parametrize("protocol", ["sms", "email", "email-json", "application", "firehose"])
def test_protocols_that_are_not_offered_are_named(protocol: str) -> None:
    """AWS has them."""
    client, _ = topic_at(0.0)

    with pytest.raises(InvalidSetting, match=f"protocol='{protocol}'"):
        done(client.subscribe("+15550100", protocol=protocol))


@pytest.mark.parametrize(
    "name", ["KmsMasterKeyId", "TracingConfig", "DataProtectionPolicy", "SQSFailureFeedbackRoleArn"]
)
def test_attributes_that_are_not_offered_are_named(name: str) -> None:
    """Of a topic."""
    client, _ = topic_at(0.0)

    with pytest.raises(InvalidSetting, match=name):
        done(client.set_topic_attributes(name, "x"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"message": 1},
        {"message": "\ud800"},
        {"message": "x", "subject": 1},
        {"message": "x", "message_attributes": ["a"]},
        {"message": "x", "message_attributes": {"a": "b"}},
        {"message": "x", "message_attributes": {1: {}}},
        {"message": "x", "message_attributes": {"a..b": {"data_type": "String", "string_value": "x"}}},
        {"message": "x", "message_attributes": {"AWS.a": {"data_type": "String", "string_value": "x"}}},
        {"message": "x", "message_attributes": {"a": {"data_type": "String", "string_value": "\ud800"}}},
        {"message": "x", "message_attributes": {"a": {"data_type": "String.\ud800", "string_value": "x"}}},
        {"message": "x", "message_structure": 1},
        {"message": "[" * 100_000, "message_structure": "json"},
        {"message": "x", "message_group_id": 1},
        {"message": "x", "message_deduplication_id": b"1"},
    ],
    ids=str,
)
def test_wrong_types_are_refused(wrong: dict[str, Any]) -> None:
    """By AWS's errors, before they can do harm."""
    for name in ("orders", "orders.fifo"):
        client, machine = topic_at(0.0, name=name)
        with pytest.raises(sns.SnsError):
            done(client.publish(**wrong))
        assert machine.notes == []


@pytest.mark.parametrize(
    "entries",
    [
        ["x"],
        "abc",
        [{"id": "a"}],
        [{"id": "a", "message": "x", "settings": 1}],
        [{"id": "a", "message": "x", 5: 5}],
        [{"id": "a", "message": "x"}, {"id": "b", "Message": "x"}],
    ],
    ids=str,
)
def test_batches_of_something_else_are_refused(entries: Any) -> None:
    """By an error that says so, as a whole."""
    client, machine = topic_at(0.0)

    with pytest.raises(sns.InvalidParameterException, match="PublishBatchRequestEntries Reason"):
        done(client.publish_batch(entries))
    assert machine.notes == []


@pytest.mark.parametrize(
    "arguments",
    [
        (1,),
        (QUEUE, {"protocol": 1}),
        (QUEUE, {"attributes": {"RawMessageDelivery": True}}),
        (QUEUE, {"attributes": {"RawMessageDelivery": None}}),
        (QUEUE, {"attributes": {"RedrivePolicy": "\ud800"}}),
        (QUEUE, {"attributes": {5: "x"}}),
        (QUEUE, {"attributes": "RawMessageDelivery"}),
        (f"{QUEUE}\ud800", {}),
        ("", {}),
        ("arn:", {}),
    ],
    ids=ascii,
)
def test_wrong_subscriptions_are_refused(arguments: Any) -> None:
    """As well."""
    client, machine = topic_at(0.0)
    endpoint, *settings = arguments

    with pytest.raises(sns.InvalidParameterException):
        done(client.subscribe(endpoint, **(settings[0] if settings else {})))
    assert machine.subscriptions == {}


def test_limits_are_inclusive() -> None:
    """A message of the largest size, a subject of 99, ids of 128, ten entries."""
    client, _ = topic_at(0.0, name="orders.fifo")

    async def main() -> None:
        await client.publish(
            "x" * LARGEST, subject="s" * 99, message_group_id="g" * 128, message_deduplication_id="1" * 128
        )
        entries = [
            {"id": f"{n}" * 80, "message": "x", "message_group_id": "g", "message_deduplication_id": f"{n}"}
            for n in range(10)
        ]
        assert (await client.publish_batch(entries)).failed == []

    done(main())


def test_attributes_count_for_the_size() -> None:
    """Name, type and value, to the byte."""
    client, _ = topic_at(0.0)
    one = {"kind": {"data_type": "String", "string_value": "x"}}

    done(client.publish("x" * (LARGEST - 11), message_attributes=one))
    with pytest.raises(sns.InvalidParameterException, match="Message too long"):
        done(client.publish("x" * (LARGEST - 10), message_attributes=one))


def test_results_of_a_standard_topic() -> None:
    """An id that nobody else has, and no sequence number."""
    client, _ = topic_at(0.0)

    first, second = done(client.publish("a")), done(client.publish("b", message_attributes=ATTRIBUTES))
    assert first.message_id != second.message_id
    assert (first.sequence_number, second.sequence_number) == (None, None)


def test_group_of_a_standard_topic_goes_on_to_standard_queues() -> None:
    """To them alone, as the tenant of a fair queue; nothing waits for its group."""
    queue, function = Sink(QUEUE), Sink(FUNCTION)
    client, _ = topic_at(0.0, queue, function)
    done(client.subscribe(QUEUE))
    done(client.subscribe(FUNCTION))

    done(client.publish("a", message_group_id="g"))
    done(client.publish("b", message_group_id="g"))

    assert [effect.group for effect in queue.got] == ["g", "g"]
    assert [effect.group for effect in function.got] == [None, None]


def test_subscribing_again_is_the_same_subscription() -> None:
    """With the same attributes."""
    client, machine = topic_at(0.0)

    first, second = done(client.subscribe(QUEUE)), done(client.subscribe(DEAD, protocol="sqs"))
    assert done(client.subscribe(QUEUE)) == first != second
    assert len(machine.subscriptions) == 2


def test_attributes_of_a_subscription() -> None:
    """As they were given, with what AWS adds."""
    client, machine = topic_at(0.0)
    redrive = json.dumps({"deadLetterTargetArn": DEAD.arn})

    async def main() -> dict[str, str]:
        found = await client.subscribe(QUEUE, attributes={"RedrivePolicy": redrive, "FilterPolicy": '{"a":["1"]}'})
        await client.set_subscription_attributes(found.subscription_arn, "FilterPolicyScope", "MessageBody")
        return await client.get_subscription_attributes(found.subscription_arn)

    assert done(main()) == {
        "SubscriptionArn": next(iter(machine.subscriptions)),
        "TopicArn": machine.arn,
        "Owner": "000000000000",
        "Protocol": "sqs",
        "Endpoint": QUEUE,
        "PendingConfirmation": "false",
        "ConfirmationWasAuthenticated": "true",
        "RawMessageDelivery": "false",
        "RedrivePolicy": redrive,
        "FilterPolicy": '{"a":["1"]}',
        "FilterPolicyScope": "MessageBody",
    }


def test_attributes_hold_from_now_on() -> None:
    """Filter and raw delivery; the empty text takes a policy away."""
    sink = Sink()
    client, machine = topic_at(0.0, sink)

    async def main() -> None:
        arn = (await client.subscribe(QUEUE, attributes={"FilterPolicy": '{"a":["1"]}'})).subscription_arn
        await client.publish("filtered")
        await client.set_subscription_attributes(arn, "FilterPolicy", "")
        await client.set_subscription_attributes(arn, "RawMessageDelivery", "true")
        await client.publish("raw")
        await client.set_subscription_attributes(arn, "FilterPolicy", "{}")
        await client.publish("raw again")

    done(main())
    assert sink.bodies == ["raw", "raw again"]
    assert told(machine)[1] == ("filtered", "q: no attributes")


def test_attributes_of_a_topic() -> None:
    """Those of a FIFO topic, after a change."""
    client, _ = topic_at(0.0, name="orders.fifo", content_based_deduplication=True, message_retention_period=7)

    async def main() -> dict[str, str]:
        await client.subscribe(QUEUE)
        await client.set_topic_attributes("FifoThroughputScope", "MessageGroup")
        return await client.get_topic_attributes()

    assert done(main()) == {
        "TopicArn": "arn:aws:sns:us-east-1:000000000000:orders.fifo",
        "Owner": "000000000000",
        "SubscriptionsConfirmed": "1",
        "SubscriptionsPending": "0",
        "SubscriptionsDeleted": "0",
        "MaximumMessageSize": "262144",
        "SignatureVersion": "1",
        "FifoTopic": "true",
        "ContentBasedDeduplication": "true",
        "FifoThroughputScope": "MessageGroup",
        "ArchivePolicy": '{"MessageRetentionPeriod": "7"}',
        "BeginningArchiveTime": "2026-01-01T00:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FifoThroughputScope", "Queue"),
        ("ContentBasedDeduplication", "yes"),
        ("SignatureVersion", "3"),
        ("ArchivePolicy", "{"),
        ("ArchivePolicy", '{"MessageRetentionPeriod": "366"}'),
        ("ArchivePolicy", '{"Days": "1"}'),
        ("DeliveryPolicy", "{"),
        ("MaximumMessageSize", "many"),
        ("MaximumMessageSize", "9" * 5_000),
        ("MaximumMessageSize", None),
        ("ArchivePolicy", "[" * 100_000),
        ("ArchivePolicy", '{"MessageRetentionPeriod": "' + "9" * 5_000 + '"}'),
        (None, "x"),
    ],
    ids=lambda each: str(each)[:40],
)
def test_wrong_attributes_of_a_topic_are_refused(name: Any, value: Any) -> None:
    """And change nothing."""
    client, machine = topic_at(0.0, name="orders.fifo")
    before = machine.settings

    with pytest.raises(sns.InvalidParameterException):
        done(client.set_topic_attributes(name, value))
    assert machine.settings is before


def test_delivery_policy_of_a_topic() -> None:
    """Shown whole, with its defaults; the empty text takes it away. URLs that are there already follow it."""
    client, machine = topic_at(0.0)

    async def main() -> tuple[dict[str, str], dict[str, str]]:
        arn = (await client.subscribe(URL, return_subscription_arn=True)).subscription_arn
        await client.set_topic_attributes(
            "DeliveryPolicy", '{"http":{"defaultHealthyRetryPolicy":{"numRetries":1,"minDelayTarget":5}}}'
        )
        found = await client.get_topic_attributes(), await client.get_subscription_attributes(arn)
        await client.set_topic_attributes("DeliveryPolicy", "")
        assert "DeliveryPolicy" not in await client.get_topic_attributes()
        return found

    of_topic, of_subscription = done(main())
    policy = json.loads(of_topic["DeliveryPolicy"])["http"]
    assert (policy["disableSubscriptionOverrides"], policy["defaultHealthyRetryPolicy"]["maxDelayTarget"]) == (
        False,
        20,
    )
    effective = json.loads(of_subscription["EffectiveDeliveryPolicy"])["healthyRetryPolicy"]
    assert effective == policy["defaultHealthyRetryPolicy"]
    assert machine.settings.delivery_policy is None


def test_a_url_confirms_with_its_token() -> None:
    """Until then it gets nothing else; afterwards its ARN is shown."""
    sink = Sink(URL)
    client, _ = topic_at(0.0, sink)

    async def main() -> None:
        assert (await client.subscribe(URL)).subscription_arn == "pending confirmation"
        await client.publish("too early")
        [shown] = await client.list_subscriptions()
        assert (shown.subscription_arn, shown.protocol, shown.endpoint) == ("PendingConfirmation", "https", URL)
        found = await client.confirm_subscription(json.loads(sink.bodies[0])["Token"])
        assert [each.subscription_arn for each in await client.list_subscriptions()] == [found.subscription_arn]
        await client.publish("now")
        attributes = await client.get_subscription_attributes(found.subscription_arn)
        assert json.loads(attributes["EffectiveDeliveryPolicy"])["healthyRetryPolicy"]["numRetries"] == 3

    done(main())
    assert [json.loads(body)["Type"] for body in sink.bodies] == ["SubscriptionConfirmation", "Notification"]


def test_operations_are_coroutines() -> None:
    """All of them."""
    operations = [value for name, value in vars(TopicClient).items() if not name.startswith("_")]

    assert all(inspect.iscoroutinefunction(operation) for operation in operations)
