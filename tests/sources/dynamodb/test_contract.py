"""Streams of tables keep the contract of streams."""

from typing import Any

from eventbus.testing.contracts import Features, StreamContract
from sources import dynamodb


class TestTableStream(StreamContract):
    """One item for each key; every body is a change of it."""

    features = Features(retention=86_400, splits=True)

    def make(self) -> dynamodb.TableStream:
        return dynamodb.Table("orders", stream_view_type="NEW_IMAGE").stream

    def owner(self, source: Any) -> dynamodb.Table:
        table: dynamodb.Table = source.table
        return table

    async def send(self, client: Any, key: str, body: str) -> None:
        await client.put_item({"id": {"S": key}, "body": {"S": body}})

    def bodies(self, event: Any) -> list[str]:
        return [record["dynamodb"]["NewImage"]["body"]["S"] for record in event["Records"]]

    async def split(self, client: Any) -> float:
        """A shard is open for a day."""
        return 86_400.0
