"""DynamoDB: tables in memory, and their streams.

Expressions, all of DynamoDB's but for filters:

| expression | what it may hold |
| --- | --- |
| any | `a.b[0]`, `#name` for names, `:value` for values; reserved words only by `#name` |
| update | `SET path = operand`, `REMOVE path`, `ADD path :number` or `:set`, `DELETE path :set`, each section once |
| its operands | path, value, `if_not_exists(path, operand)`, `list_append(operand, operand)`; two with `+` or `-` |
| condition | `= <> < <= > >=`, `BETWEEN`, `IN`, `AND`, `OR`, `NOT`, parentheses |
| its functions | `attribute_exists`, `attribute_not_exists`, `attribute_type`, `begins_with`, `contains`, `size` |
| key condition | `pk = :v`, and with it `= < <= > >=`, `BETWEEN` or `begins_with` of the sort key |
| projection | paths |

Not offered: indexes, filters, PartiQL, batches of reads, transactions over tables, tokens of transactions, capacity,
backups, global tables, streams fed to Kinesis. Choices where AWS leaves it open: a shard is open for 24 hours; `size`
of a text counts characters; a set is shown sorted; causes of a record do not count towards recursion, since AWS does
not follow chains of requests through DynamoDB.
"""

from .answers import AttributeMap, BatchWriteItemResult, GetItemResult, QueryResult, WriteItemResult
from .client import StreamClient, TableClient
from .errors import (
    CancellationReason,
    ConditionalCheckFailedException,
    SerializationException,
    TransactionCanceledException,
    ValidationException,
)
from .events import DynamoDBEvent, DynamoDBRecord, StreamRecord, UserIdentity
from .reading import WriteSettings
from .system import SYSTEM, sample_event
from .table import Table, TableStream

__all__ = [
    "SYSTEM",
    "AttributeMap",
    "BatchWriteItemResult",
    "CancellationReason",
    "ConditionalCheckFailedException",
    "DynamoDBEvent",
    "DynamoDBRecord",
    "GetItemResult",
    "QueryResult",
    "SerializationException",
    "StreamClient",
    "StreamRecord",
    "Table",
    "TableClient",
    "TableStream",
    "TransactionCanceledException",
    "UserIdentity",
    "ValidationException",
    "WriteItemResult",
    "WriteSettings",
    "sample_event",
]
