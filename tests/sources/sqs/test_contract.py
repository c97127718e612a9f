"""Queues keep the contract of queues."""

from typing import Any

from eventbus.testing.contracts import Features, QueueContract
from sources import sqs


class SqsContract(QueueContract):
    features = Features(retention=345_600)

    def bodies(self, event: Any) -> list[str]:
        return [record["body"] for record in event["Records"]]


class TestStandardQueue(SqsContract):
    def make(self) -> sqs.Queue:
        return sqs.Queue("orders")

    async def send(self, client: Any, key: str, body: str) -> None:
        await client.send_message(body)


class TestFairQueue(SqsContract):
    def make(self) -> sqs.Queue:
        return sqs.Queue("orders")

    async def send(self, client: Any, key: str, body: str) -> None:
        await client.send_message(body, message_group_id=key)


class TestFifoQueue(SqsContract):
    def make(self) -> sqs.Queue:
        return sqs.Queue("orders.fifo", content_based_deduplication=True)

    async def send(self, client: Any, key: str, body: str) -> None:
        await client.send_message(body, message_group_id=key)
