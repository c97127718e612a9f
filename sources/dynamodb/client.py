"""What one can do with a table."""

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from attrs import define

from eventbus.ports import Feed

from . import reading, values
from .answers import AttributeMap, BatchWriteItemResult, GetItemResult, QueryResult, WriteItemResult
from .events import DynamoDBRecord
from .expressions import Projection, projected
from .machine import TableMachine, Written
from .reading import WriteSettings
from .values import Item
from .writes import Write

Given = Mapping[str, Mapping[str, Any]]
"""Attribute values by name, as AWS's low-level clients take them."""


@define(eq=False)
class TableClient:
    """`bus[table]`. Operations, parameters and results carry AWS's names in snake case; values carry their types, as in
    `{"id": {"S": "7"}}`; refusals are AWS's errors. Parameters that are not offered raise `InvalidSetting`."""

    _machine: TableMachine
    _feed: Feed

    async def put_item(self, item: Given, **settings: Unpack[WriteSettings]) -> WriteItemResult:
        """This item stands under its key, whatever stood there. Settings are described at `WriteSettings`. Raises
        `ConditionalCheckFailedException`, and `ValidationException` for what DynamoDB does not take."""
        write = reading.put(self._machine.schema, item, settings)
        chosen = reading.return_values(settings)
        old, _ = await self._write(write)
        return _written(old if chosen == "ALL_OLD" else None)

    async def get_item(
        self,
        key: Given,
        *,
        consistent_read: bool = False,
        projection_expression: str | None = None,
        expression_attribute_names: Mapping[str, str] | None = None,
        **unsupported: object,
    ) -> GetItemResult:
        """What stands there; every read is consistent."""
        machine = self._machine
        reading.refuse_unknown(unsupported, ("consistent_read", "projection_expression"))
        wanted = machine.schema.key_of(reading.key(machine.schema, key))
        shown = reading.projection(projection_expression, expression_attribute_names)
        item = await self._feed.call(machine, "dynamodb:GetItem", machine.get, wanted)
        return GetItemResult(None if item is None else _shown(item, shown))

    async def update_item(
        self, key: Given, *, update_expression: str | None = None, **settings: Unpack[WriteSettings]
    ) -> WriteItemResult:
        """The item is changed, or made of its key and what the expression sets. Settings are described at
        `WriteSettings`. Raises `ConditionalCheckFailedException` and `ValidationException`."""
        write, amend = reading.update(self._machine.schema, key, update_expression, settings)
        chosen = reading.return_values(settings, update=True)
        old, new = await self._write(write)
        found = {"ALL_OLD": old, "UPDATED_OLD": old, "ALL_NEW": new, "UPDATED_NEW": new}.get(chosen)
        if found is not None and chosen.startswith("UPDATED"):
            found = None if amend.update is None else amend.update.touched(found)
        return _written(found)

    async def delete_item(self, key: Given, **settings: Unpack[WriteSettings]) -> WriteItemResult:
        """Nothing stands there; nothing to delete is no error. Settings are described at `WriteSettings`. Raises
        `ConditionalCheckFailedException` and `ValidationException`."""
        write = reading.delete(self._machine.schema, key, settings)
        chosen = reading.return_values(settings)
        old, _ = await self._write(write)
        return _written(old if chosen == "ALL_OLD" else None)

    async def query(
        self,
        *,
        key_condition_expression: str,
        expression_attribute_names: Mapping[str, str] | None = None,
        expression_attribute_values: Given | None = None,
        projection_expression: str | None = None,
        scan_index_forward: bool = True,
        limit: int | None = None,
        exclusive_start_key: Given | None = None,
        consistent_read: bool = False,
        **unsupported: object,
    ) -> QueryResult:
        """Items of one partition in the order of their sort keys, or against it: one page of up to `limit` items and 1
        MB. The condition is about the primary key alone."""
        machine = self._machine
        reading.refuse_unknown(unsupported, ("limit", "scan_index_forward", "exclusive_start_key"))
        asked = reading.query(
            machine.schema,
            key_condition_expression,
            projection_expression,
            expression_attribute_names,
            expression_attribute_values,
            limit,
            exclusive_start_key,
        )
        items, last = await self._feed.call(
            machine,
            "dynamodb:Query",
            machine.query,
            asked.condition,
            asked.start,
            asked.limit,
            forward=bool(scan_index_forward),
        )
        behind = None if last is None else values.show_item(machine.schema.item_of(last))
        return QueryResult([_shown(item, asked.projection) for item in items], behind)

    async def scan(self, **unsupported: object) -> QueryResult:
        """All items, in the order in which their keys came, in one page whatever their size."""
        machine = self._machine
        reading.refuse_unknown(unsupported, ())
        items = await self._feed.call(machine, "dynamodb:Scan", machine.all_items)
        return QueryResult([values.show_item(item) for item in items])

    async def batch_write_item(self, request_items: Sequence[Mapping[str, Any]]) -> BatchWriteItemResult:
        """Up to 25 puts and deletes of this table, `{"put_request": {"item": ...}}` or `{"delete_request": {"key":
        ...}}`, each of another item."""
        machine = self._machine
        writes = reading.batch(machine.schema, machine.arn.name.partition("/")[2], request_items)
        await self._feed.call(machine, "dynamodb:BatchWriteItem", machine.batch, writes, self._feed.cause())
        return BatchWriteItemResult()

    async def transact_write_items(
        self, transact_items: Sequence[Mapping[str, Mapping[str, Any]]], **unsupported: object
    ) -> None:
        """Up to 100 writes of this table, all or none: `{"put": {"item": ...}}`, `{"update": {"key": ...,
        "update_expression": ...}}`, `{"delete": {"key": ...}}`, `{"condition_check": {"key": ...,
        "condition_expression": ...}}`, each with the settings of a write by itself. Raises
        `TransactionCanceledException`."""
        machine, feed = self._machine, self._feed
        reading.refuse_unknown(unsupported, ())
        writes = reading.transaction(machine.schema, machine.arn.name.partition("/")[2], transact_items)
        actions = dict.fromkeys(write.action for write in writes if isinstance(write, Write))
        first, *others = actions or ("dynamodb:PutItem",)
        for action in others:  # each kind of write needs its own permission
            await feed.call(machine, action, _nothing)
        await feed.call(machine, first, machine.transact, writes, feed.cause())

    async def _write(self, write: Write) -> Written:
        return await self._feed.call(self._machine, write.action, self._machine.write, write, self._feed.cause())


@define(eq=False)
class StreamClient:
    """`bus[table.stream]`: for tests, as its records are read by mappings."""

    _machine: TableMachine
    _feed: Feed

    async def peek(self, limit: int | None = None) -> list[DynamoDBRecord]:
        """Records that are not over, oldest first, as in an event."""
        machine = self._machine
        changes = await self._feed.call(machine, "dynamodb:GetRecords", machine.records)
        return [change.wire() for change in changes[:limit]]


def _nothing(now: float) -> None:
    return


def _written(item: Item | None) -> WriteItemResult:
    return WriteItemResult(None if item is None else values.show_item(item))


def _shown(item: Item, projection: Projection | None) -> AttributeMap:
    return values.show_item(item if projection is None else projected(item, projection))
