"""What subscribers get, whole, and as the clients read it that users have."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import SNSEvent as PowertoolsEvent
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import SnsModel, SnsNotificationModel

from eventbus.core.effects import Deliver
from eventbus.names import Arn
from tests.golden import load, match
from tests.sources.helpers import done
from tests.sources.sns.helpers import ATTRIBUTES, FIFO_QUEUE, FUNCTION, QUEUE, URL, Sink, topic_at

ORDER = '{"id": 7}'


def delivered(endpoint: Arn, attributes: dict[str, str] | None = None, **message: Any) -> Deliver:
    """What a subscription of `endpoint` gets of the order, published at 10 s."""
    sink = Sink(endpoint)
    orders, machine = topic_at(10.0, sink)

    async def main() -> None:
        await orders.subscribe(endpoint, attributes=attributes)
        if endpoint == URL:
            machine.confirm(10.0, json.loads(sink.bodies[0])["Token"])
        await orders.publish(ORDER, **message)

    done(main())
    return sink.got[-1]


def posted(effect: Deliver) -> dict[str, Any]:
    headers = {name: value for name, (_, value) in effect.attributes.items()}
    raw = "x-amz-sns-rawdelivery" in headers
    return {"headers": headers, "body": effect.body if raw else json.loads(effect.body)}


@pytest.mark.parametrize(
    ("golden", "message"),
    [("lambda", {}), ("lambda_with_attributes", {"subject": "New order", "message_attributes": ATTRIBUTES})],
)
def test_event_is_the_golden(golden: str, message: dict[str, Any]) -> None:
    """Of a function, compact."""
    effect = delivered(FUNCTION, **message)

    event = json.loads(effect.body)
    match(load(f"sns/{golden}"), event)
    assert json.dumps(event, separators=(",", ":")) == effect.body


@pytest.mark.parametrize(
    ("golden", "message"),
    [("queue", {}), ("queue_with_attributes", {"subject": "New order", "message_attributes": ATTRIBUTES})],
)
def test_envelope_is_the_golden(golden: str, message: dict[str, Any]) -> None:
    """The body of a queue's message; nothing stands beside it."""
    effect = delivered(QUEUE, **message)

    match(load(f"sns/{golden}"), json.loads(effect.body))
    assert effect.attributes == {}


def test_fifo_envelope_is_the_golden() -> None:
    """Numbered and not signed; group and deduplication id go with it."""
    sink = Sink(FIFO_QUEUE)
    orders, _ = topic_at(10.0, sink, name="orders.fifo")

    async def main() -> None:
        await orders.subscribe(FIFO_QUEUE)
        await orders.publish(ORDER, message_group_id="g", message_deduplication_id="1")

    done(main())
    match(load("sns/queue_fifo"), json.loads(sink.bodies[0]))
    assert (sink.got[0].group, sink.got[0].deduplication_id) == ("g", "1")


def test_post_is_the_golden() -> None:
    """Headers, and the envelope."""
    effect = delivered(URL, subject="New order", message_attributes=ATTRIBUTES)

    match(load("sns/http_notification"), posted(effect))


def test_raw_post_is_the_golden() -> None:
    """The message itself, without its attributes."""
    effect = delivered(URL, {"RawMessageDelivery": "true"}, message_attributes=ATTRIBUTES)

    match(load("sns/http_raw"), posted(effect))


def test_confirmations_are_the_goldens() -> None:
    """What a URL is sent when it is subscribed, and when a subscription that it has confirmed leaves."""
    sink = Sink(URL)
    orders, machine = topic_at(10.0, sink)

    async def main() -> None:
        found = await orders.subscribe(URL, return_subscription_arn=True)
        machine.confirm(10.0, json.loads(sink.bodies[0])["Token"])
        await orders.unsubscribe(found.subscription_arn)

    done(main())
    asked, left = sink.got
    match(load("sns/http_subscription_confirmation"), posted(asked))
    match(load("sns/http_unsubscribe_confirmation"), posted(left))


def test_raw_message_of_a_queue_is_the_message() -> None:
    """Its attributes stand beside it, with their types."""
    effect = delivered(QUEUE, {"RawMessageDelivery": "true"}, message_attributes=ATTRIBUTES)

    assert effect.body == ORDER
    assert effect.attributes == {
        "kind": ("String", "order"),
        "n": ("Number", "3"),
        "tags": ("String.Array", '["new", "paid"]'),
        "raw": ("Binary", b"\0\1"),
    }


@pytest.mark.parametrize("text", ['"\\\n\t\x00', "è€ \u2028", "{}"], ids=["escapes", "wide", "braces"])
def test_any_text_survives(text: str) -> None:
    """In every form."""
    for endpoint in (QUEUE, FUNCTION):
        sink = Sink(endpoint)
        orders, _ = topic_at(0.0, sink)

        async def main(orders: Any = orders, endpoint: Any = endpoint) -> None:
            await orders.subscribe(endpoint)
            await orders.publish(text)

        done(main())
        found = json.loads(sink.bodies[0])
        assert (found if endpoint == QUEUE else found["Records"][0]["Sns"])["Message"] == text


def test_one_rendering_serves_all_subscriptions() -> None:
    """They differ in the subscription's ARN alone."""
    sinks = [Sink(Arn(f"{QUEUE}{number}")) for number in range(10)]
    orders, machine = topic_at(0.0, *sinks)

    async def main() -> None:
        for sink in sinks:
            await orders.subscribe(sink.arn)
        await orders.publish(ORDER, subject="New order")

    done(main())
    without = {sink.bodies[0].replace(arn, "") for sink, arn in zip(sinks, machine.subscriptions, strict=True)}
    assert len(without) == 1
    assert len({sink.bodies[0] for sink in sinks}) == 10


def test_each_protocol_gets_its_own_text() -> None:
    """With message_structure json; others get the default, and what is no text counts for nothing."""
    message = json.dumps({"default": "for all", "sqs": "for queues", "http": 1, "pigeon": "x"})
    found = {}
    for endpoint in (QUEUE, FUNCTION, URL):
        sink = Sink(endpoint)
        orders, machine = topic_at(0.0, sink)

        async def main(orders: Any = orders, machine: Any = machine, sink: Sink = sink) -> None:
            await orders.subscribe(sink.arn)
            if sink.arn == URL:
                machine.confirm(0.0, json.loads(sink.bodies[0])["Token"])
            await orders.publish(message, message_structure="json")

        done(main())
        event = json.loads(sink.bodies[-1])
        found[endpoint] = (event["Records"][0]["Sns"] if endpoint == FUNCTION else event)["Message"]

    assert found == {QUEUE: "for queues", FUNCTION: "for all", URL: "for all"}


def test_powertools_reads_events() -> None:
    """Its data class, and its parser's models of events and of envelopes."""
    event = json.loads(delivered(FUNCTION, subject="New order", message_attributes=ATTRIBUTES).body)
    envelope = json.loads(delivered(QUEUE).body)

    read = PowertoolsEvent(event)
    assert read.sns_message == ORDER
    assert next(read.records).sns.subject == "New order"
    assert next(read.records).sns.message_attributes["n"].value == "3"
    assert parse(event=event, model=SnsModel).Records[0].Sns.Message == ORDER
    assert parse(event=envelope, model=SnsNotificationModel).Message == ORDER
