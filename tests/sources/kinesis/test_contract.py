"""Data streams, and their consumers, keep the contract of streams."""

from base64 import b64decode
from math import inf
from typing import Any

import pytest
from attrs import evolve, field, frozen

from eventbus.core.effects import Receive
from eventbus.ports import Birth
from eventbus.testing.contracts import Features, StreamContract
from sources import kinesis
from sources.kinesis.consumers import ConsumerMachine


class StreamOfOrders(StreamContract):
    features = Features(retention=86_400, splits=True)

    def make(self) -> kinesis.Stream:
        return kinesis.Stream("orders", shard_count=2)

    async def send(self, client: Any, key: str, body: str) -> None:
        await client.put_record(data=body.encode(), partition_key=key)

    def bodies(self, event: Any) -> list[str]:
        return [b64decode(record["kinesis"]["data"]).decode() for record in event["Records"]]

    async def split(self, client: Any) -> float:
        await client.update_shard_count(4)
        return 0.0


class TestStream(StreamOfOrders):
    """Read under its own ARN."""


class TestConsumer(StreamOfOrders):
    """Read with enhanced fan-out: the stream answers."""

    def make(self) -> Any:
        return kinesis.Consumer(super().make(), "bill")

    def owner(self, source: Any) -> kinesis.Stream:
        stream: kinesis.Stream = source.stream
        return stream


@frozen(eq=False)
class BrokenConsumer(kinesis.Consumer):
    broken: type[ConsumerMachine] = field(kw_only=True)

    def machine(self, birth: Birth) -> ConsumerMachine:
        return self.broken(self.arn, self.stream.arn, birth.epoch)


class HandsOnNothing(ConsumerMachine):
    def receive(self, now: float, effect: Receive) -> None:
        return


class AsksInItsOwnName(ConsumerMachine):
    def receive(self, now: float, effect: Receive) -> None:
        super().receive(now, evolve(effect, asker=self.arn))


class IsNeverKnown(ConsumerMachine):
    def next_deadline(self) -> float:
        return inf


@pytest.mark.parametrize(
    ("kind", "test", "told"),
    [
        (HandsOnNothing, "test_what_was_sent_is_read", "was not answered within"),
        (AsksInItsOwnName, "test_what_was_sent_is_read", "who asked nothing"),
        (IsNeverKnown, "test_arrived_is_said_once", r"\[\] == \['shardId"),
    ],
    ids=["hands on nothing", "asks in its own name", "is never known"],
)
def test_broken_consumer_is_found(kind: type[ConsumerMachine], test: str, told: str) -> None:
    """The kit drives the machines of both, and sees what goes from one to the other."""
    contract = TestConsumer()
    contract.make = lambda: BrokenConsumer(kinesis.Stream("orders"), "bill", broken=kind)  # type: ignore[method-assign]

    with pytest.raises(AssertionError, match=told):
        getattr(contract, test)()
