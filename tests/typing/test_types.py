"""What type checkers see: `assert_type` fails the type check, and does nothing at run time."""

from collections.abc import Coroutine
from typing import Any, assert_type

from eventbus import App, Function, Pattern
from eventbus.core.patterns import RuleSet
from sources import eventbridge, s3, sns, sqs
from sources.s3.client import BucketClient
from sources.sns.client import TopicClient
from sources.sqs.client import QueueClient

app = App()


async def bill(event: sqs.SqsEvent, context: Any) -> int:
    return len(event["Records"])


def test_function_keeps_the_types_of_its_handler() -> None:
    """Called with a handler, and as a decorator."""
    declared = App().function(bill)
    decorated = App().function(timeout=5)(bill)

    assert_type(declared, Function[sqs.SqsEvent, Coroutine[Any, Any, int]])
    assert declared.handler is decorated.handler is bill


def test_resources_keep_their_types() -> None:
    """`add` gives back what it was given."""
    shop = App()

    assert_type(shop.add(sqs.Queue("orders")), sqs.Queue)
    assert_type(shop.add(sns.Topic("orders")), sns.Topic)
    assert_type(shop.add(s3.Bucket("uploads")), s3.Bucket)


async def clients() -> None:
    """Never called: each resource has its client."""
    shop = App()
    queue, topic, bucket = shop.add(sqs.Queue("q")), shop.add(sns.Topic("t")), shop.add(s3.Bucket("b"))
    async with shop.start() as bus:
        assert_type(bus[queue], QueueClient)
        assert_type(bus[topic], TopicClient)
        assert_type(bus[bucket], BucketClient)
        assert_type(await bus.emit("order.placed", {}), str)
        assert_type(bus.sync.emit("order.placed", {}), str)


def test_rule_set_keeps_its_keys() -> None:
    """Of any type."""
    rules: RuleSet[int] = RuleSet()
    rules.add(7, Pattern({"a": [1]}))

    assert_type(rules.matching({"a": 1}), tuple[int, ...])
    assert rules.matching({"a": 1}) == (7,)


def test_listeners() -> None:
    """Of one parameter and of two, awaited or not."""
    shop = App()

    @shop.on("a")
    async def alone(payload: dict[str, int]) -> str:
        return str(payload)

    @shop.on("b")
    def both(payload: dict[str, int], context: Any) -> None: ...

    assert [function.name for function in shop.functions] == ["alone", "both"]


def event_of_a_rule(event: "eventbridge.EventBridgeEvent[dict[str, int]]", context: Any) -> int:
    """The detail has its own type."""
    assert_type(event["detail"], dict[str, int])
    return event["detail"]["n"]
