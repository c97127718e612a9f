"""Data streams keep the contract of streams."""

from base64 import b64decode
from typing import Any

from eventbus.testing.contracts import Features, StreamContract
from sources import kinesis


class TestStream(StreamContract):
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
