"""What calls give: read into writes and queries, and refused before anything is touched."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NotRequired, TypedDict

from attrs import define

from eventbus import checks
from eventbus.errors import InvalidSetting

from . import expressions, values
from .errors import CancellationReason, KeyMismatch, SerializationException, ValidationException
from .expressions import KeyCondition, Placeholders, Projection
from .expressions.placeholders import NOTHING_GIVEN
from .expressions.placeholders import read as read_placeholders
from .keys import NO_MATCH, Key, KeySchema
from .values import Item
from .writes import ITEM_LIMIT, TOO_LARGE, Amend, Intent, Keep, Put, Remove, Write

BATCH_LIMIT: Final = 25
TRANSACTION_LIMIT: Final = 100
TRANSACTION_SIZE: Final = 4 * 1_048_576
"""Bytes of all items of a transaction [ddb:Constraints]."""
RETURN_VALUES: Final = ("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW")
ON_FAILURE: Final = ("ALL_OLD", "NONE")
WRITES: Final = ("put", "update", "delete", "condition_check")

_EXPRESSIONS: Final = "old parameters are not offered: write an expression"
_CAPACITY: Final = "capacity and collections are not measured"
_SCANS: Final = "a scan answers with all items: filter them yourself"
NOT_OFFERED: Final = {
    "attribute_updates": _EXPRESSIONS,
    "attributes_to_get": _EXPRESSIONS,
    "conditional_operator": _EXPRESSIONS,
    "expected": _EXPRESSIONS,
    "key_conditions": _EXPRESSIONS,
    "query_filter": _EXPRESSIONS,
    "scan_filter": _EXPRESSIONS,
    "filter_expression": "filters are not offered: choose by the key, or filter what was found",
    "index_name": "indexes are not offered",
    "select": "a query answers with items; project them with projection_expression",
    "return_consumed_capacity": _CAPACITY,
    "return_item_collection_metrics": _CAPACITY,
    "client_request_token": "a transaction is written as often as it is sent",
    "segment": _SCANS,
    "total_segments": _SCANS,
    "table_name": "the client is that of one table",
}


class WriteSettings(TypedDict):
    """What every write takes besides its key or item. Placeholders are `#name` and `:value`; `return_values` is NONE or
    ALL_OLD, of an update also ALL_NEW, UPDATED_OLD and UPDATED_NEW."""

    condition_expression: NotRequired[str | None]
    expression_attribute_names: NotRequired[Mapping[str, str] | None]
    expression_attribute_values: NotRequired[Mapping[str, Mapping[str, Any]] | None]
    return_values: NotRequired[str]
    return_values_on_condition_check_failure: NotRequired[str]


_SETTINGS: Final = tuple(WriteSettings.__annotations__)
_IN_TRANSACTION: Final = tuple(name for name in _SETTINGS if name != "return_values")


@define(eq=False)
class Query:
    condition: KeyCondition
    start: Key | None
    limit: int | None
    projection: Projection | None


def refuse_unknown(given: Mapping[str, object], known: Iterable[str]) -> None:
    """Raise `InvalidSetting` for parameters that are not offered, naming why."""
    checks.refuse_unknown(given, NOT_OFFERED, known, "parameter")


def return_values(settings: WriteSettings, *, update: bool = False) -> str:
    chosen = settings.get("return_values", "NONE")
    _check_choice("returnValues", chosen, RETURN_VALUES)
    if not update and chosen not in ON_FAILURE:
        raise ValidationException("ReturnValues can only be ALL_OLD or NONE")
    return chosen


def key(schema: KeySchema, given: Any) -> Item:
    attributes = values.read_item(given)
    schema.check_key(attributes)
    return attributes


def put(schema: KeySchema, item: Any, settings: WriteSettings) -> Write:
    read = values.read_item(item)
    placeholders = _placeholders(settings)
    schema.check_item(read)
    if values.size_of_item(read) > ITEM_LIMIT:
        raise ValidationException(TOO_LARGE)
    return _write("dynamodb:PutItem", schema.key_of(read), Put(read), settings, placeholders)


def delete(schema: KeySchema, given: Any, settings: WriteSettings) -> Write:
    return _by_key("dynamodb:DeleteItem", schema, given, Remove(), settings)


def check(schema: KeySchema, given: Any, settings: WriteSettings) -> Write:
    return _by_key("dynamodb:ConditionCheckItem", schema, given, Keep(), settings)


def update(schema: KeySchema, given: Any, expression: str | None, settings: WriteSettings) -> tuple[Write, Amend]:
    """The write, and what it does."""
    placeholders = _placeholders(settings, expression)
    read = expressions.update(expression, placeholders)
    attributes = values.read_item(given)
    schema.check_key(attributes)
    if read is not None:
        read.check_keys(schema.names)
    amend = Amend(attributes, read)
    return _write("dynamodb:UpdateItem", schema.key_of(attributes), amend, settings, placeholders), amend


def projection(expression: Any, names: Any) -> Projection | None:
    placeholders = read_placeholders(names, None, expressions=expression is not None)
    read = expressions.projection(expression, placeholders)
    placeholders.check_used()
    return read


def query(
    schema: KeySchema,
    key_condition_expression: Any,
    projection_expression: Any,
    names: Any,
    given: Any,
    limit: Any,
    exclusive_start_key: Any,
) -> Query:
    placeholders = read_placeholders(names, given, expressions=True)
    condition = expressions.key_condition(key_condition_expression, placeholders, schema)
    shown = expressions.projection(projection_expression, placeholders)
    placeholders.check_used()
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int)):
        raise SerializationException(f"Limit={limit!r}: a whole number")
    if limit is not None and limit < 1:
        raise ValidationException(
            f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1"
        )
    return Query(condition, _start(schema, condition, exclusive_start_key), limit, shown)


def batch(schema: KeySchema, table: str, requests: Any) -> list[Write]:
    """Puts and deletes, each of another item."""
    _check_count(requests, f"RequestItems.{table}.member", BATCH_LIMIT)
    writes = [_batched(schema, request) for request in requests]
    if len({write.key for write in writes}) < len(writes):
        raise ValidationException("Provided list of item keys contains duplicates")
    return writes


def transaction(schema: KeySchema, table: str, items: Any) -> list[Write | CancellationReason]:
    """Writes of one item each; a reason for one whose key does not fit the table."""
    _check_count(items, "TransactItems", TRANSACTION_LIMIT)
    writes = [_in_transaction(schema, table, item) for item in items]
    keys = [write.key for write in writes if isinstance(write, Write)]
    if len(set(keys)) < len(keys):
        raise ValidationException("Transaction request cannot include multiple operations on one item")
    puts = [write.intent.item for write in writes if isinstance(write, Write) and isinstance(write.intent, Put)]
    if sum(map(values.size_of_item, puts)) > TRANSACTION_SIZE:
        raise ValidationException("Aggregate size of the items in the transaction has exceeded 4 MB")
    return writes


def _batched(schema: KeySchema, request: Any) -> Write:
    try:
        match request:
            case {"put_request": {"item": item, **rest}, **others} if not rest and not others:
                return put(schema, item, {})
            case {"delete_request": {"key": given, **rest}, **others} if not rest and not others:
                return delete(schema, given, {})
    except KeyMismatch:
        raise ValidationException(NO_MATCH) from None
    raise ValidationException(
        f"{request!r}: either {{'put_request': {{'item': ...}}}} or {{'delete_request': {{'key': ...}}}}"
    )


def _in_transaction(schema: KeySchema, table: str, entry: Any) -> Write | CancellationReason:
    if not isinstance(entry, Mapping) or len(entry) != 1 or next(iter(entry)) not in WRITES:
        raise ValidationException("TransactItems can only contain one of Check, Put, Update or Delete")
    [(what, given)] = entry.items()
    if not isinstance(given, Mapping):
        raise SerializationException(f"{what}={given!r}: a mapping of parameters")
    parameters = dict(given)
    named = parameters.pop("table_name", table)
    if named != table:
        raise InvalidSetting(f"table_name={named!r} is refused: a transaction is of one table, here {table}")
    about = parameters.pop("item" if what == "put" else "key", None)
    expression = parameters.pop("update_expression", None) if what == "update" else None
    refuse_unknown(parameters, _IN_TRANSACTION)
    settings: Any = parameters
    try:
        match what:
            case "put":
                return put(schema, about, settings)
            case "update":
                return update(schema, about, expression, settings)[0]
            case "delete":
                return delete(schema, about, settings)
        if settings.get("condition_expression") is None:
            raise ValidationException(
                "1 validation error detected: Value null at 'transactItems.member.conditionCheck.conditionExpression' "
                "failed to satisfy constraint: Member must not be null"
            )
        return check(schema, about, settings)
    except KeyMismatch as error:
        return CancellationReason("ValidationError", str(error))


def _by_key(action: str, schema: KeySchema, given: Any, intent: Intent, settings: WriteSettings) -> Write:
    placeholders = _placeholders(settings)
    attributes = key(schema, given)
    return _write(action, schema.key_of(attributes), intent, settings, placeholders)


def _write(action: str, key: Key, intent: Intent, settings: WriteSettings, placeholders: Placeholders) -> Write:
    on_failure = settings.get("return_values_on_condition_check_failure", "NONE")
    _check_choice("returnValuesOnConditionCheckFailure", on_failure, ON_FAILURE)
    condition = expressions.condition(settings.get("condition_expression"), placeholders)
    placeholders.check_used()
    return Write(action, key, intent, condition, on_failure == "ALL_OLD")


def _placeholders(settings: WriteSettings, update_expression: str | None = None) -> Placeholders:
    if not settings and update_expression is None:
        return NOTHING_GIVEN
    refuse_unknown(settings, _SETTINGS)
    used = settings.get("condition_expression") is not None or update_expression is not None
    names, given = settings.get("expression_attribute_names"), settings.get("expression_attribute_values")
    return read_placeholders(names, given, expressions=used)


def _start(schema: KeySchema, condition: KeyCondition, given: Any) -> Key | None:
    if given is None:
        return None
    attributes = values.read_item(given)
    try:
        schema.check_key(attributes)
    except KeyMismatch:
        raise ValidationException("The provided starting key is invalid") from None
    start = schema.key_of(attributes)
    if start[0] != condition.partition:
        raise ValidationException("The provided starting key is outside query boundaries based on provided conditions")
    return start


def _check_count(given: Any, member: str, limit: int) -> None:
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Sequence):
        raise SerializationException(f"{member}={given!r}: a list")
    if not 1 <= len(given) <= limit:
        bound = f"less than or equal to {limit}" if given else "greater than or equal to 1"
        raise ValidationException(
            f"1 validation error detected: Value at '{member}' failed to satisfy constraint: "
            f"Member must have length {bound}"
        )


def _check_choice(parameter: str, value: Any, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ValidationException(
            f"1 validation error detected: Value '{value}' at '{parameter}' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(allowed)}]"
        )
