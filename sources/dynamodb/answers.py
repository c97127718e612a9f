"""What calls on a table answer, with botocore's members; items are built anew, values with their types."""

from typing import Any

from attrs import define, field

AttributeMap = dict[str, dict[str, Any]]
"""Attribute values by name: `{"id": {"S": "7"}, "amount": {"N": "12.5"}}`."""


@define(eq=False)
class GetItemResult:
    """`item` is None where there is none."""

    item: AttributeMap | None


@define(eq=False)
class WriteItemResult:
    """Of a put, an update, a delete: what `return_values` asked for; None for nothing."""

    attributes: AttributeMap | None


@define(eq=False)
class BatchWriteItemResult:
    """Nothing is ever left unprocessed here."""

    unprocessed_items: list[AttributeMap] = field(factory=list)


@define(eq=False)
class QueryResult:
    """`last_evaluated_key` is None on the last page."""

    items: list[AttributeMap]
    last_evaluated_key: AttributeMap | None = None

    @property
    def count(self) -> int:
        return len(self.items)

    @property
    def scanned_count(self) -> int:
        return len(self.items)
