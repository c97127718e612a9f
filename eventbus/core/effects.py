"""Nouns of what shall happen, their answers, and notes of what did.

An effect that can fail carries `asker`, the address of the machine to answer, and a `token` drawn before the turn. Its
answer is an effect as well, so it may come in the same turn, late, twice or never.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Any, Protocol

from attrs import define, field

from eventbus.names import Arn

from .outcomes import Outcome

if TYPE_CHECKING:
    from .http import Request, Response

Hops = tuple[tuple[Arn, int], ...]  # how often each function already ran in one chain of requests


@define(eq=False)
class Cause:
    """The invocation out of which something was sent."""

    request_id: str
    hops: Hops


class Record(Protocol):
    """One record of a polled source, handed out as a value: it does not change after it was received."""

    @property
    def identifier(self) -> str:
        """What `itemIdentifier` of a partial batch response names."""

    @property
    def size(self) -> int:
        """Bytes of this record's JSON in an event."""

    @property
    def receipt(self) -> Any:
        """What the source wants back to settle it."""

    @property
    def group(self) -> str | None:
        """Records of one group are handled in order."""

    @property
    def cause(self) -> Cause | None: ...

    def view(self) -> Mapping[str, Any]:
        """The record as filters see it."""


class StreamRecord(Record, Protocol):
    """A record of a shard, handed out in the order of arrival. `identifier` is its sequence number, `group` its
    partition key; `receipt` counts for nothing."""

    @property
    def arrived_at(self) -> float:
        """Seconds since the bus started: its age counts from here."""


@define(eq=False)
class Invoke:
    """One attempt. `payload` is JSON; a batch is rendered by its source, afresh for each attempt."""

    function: Arn
    asker: Arn
    token: int
    request_id: str
    payload: bytes | None = None
    batch: Sequence[Record] = ()
    source: Arn | None = None  # of the batch
    cause: Cause | None = None
    tail: list[str] | None = None  # where the caller wants the lines that are logged
    extra: dict[str, Any] | None = None  # what a tumbling window adds to the event; `state` in it is JSON text
    principal: Arn | None = None  # whose permission counts; None: it was looked at before
    streams: bool = False  # the asker takes what an async generator yields, piece by piece


@define(eq=False)
class Finished:
    asker: Arn
    token: int
    outcome: Outcome


@define(eq=False)
class Receive:
    """Up to `limit` records of `source`, or of one `shard` of it, behind `position`; fewer than that, and the source
    says `Arrived` once there are more."""

    source: Arn
    asker: Arn
    token: int
    limit: int
    shard: str | None = None
    position: "Start | Any" = None  # where a shard is read first, or what an earlier answer gave


@define(eq=False)
class Received:
    """Of a shard, `position` is the one behind these records; `ended`: it is closed, and nothing is left behind. A
    stream keeps each record for `retention` seconds."""

    asker: Arn
    token: int
    records: Sequence[Record]
    position: Any = None
    ended: bool = False
    retention: float = inf


@define(eq=False)
class Start:
    """Where a shard is read first: LATEST, TRIM_HORIZON or AT_TIMESTAMP with `at`, in seconds since the bus started."""

    starting_position: str
    at: float = 0.0


@define(eq=False)
class Shard:
    """`parents` must be read to their ends before; those that are gone already are left out."""

    id: str
    parents: tuple[str, ...] = ()


@define(eq=False)
class ListShards:
    """All shards that still hold records or take any; the source says `Arrived` once there are others."""

    source: Arn
    asker: Arn
    token: int


@define(eq=False)
class ShardsListed:
    asker: Arn
    token: int
    shards: Sequence[Shard]


@define(eq=False)
class Settle:
    """These records are done with: their source may forget them."""

    source: Arn
    asker: Arn
    token: int
    receipts: Sequence[Any]


@define(eq=False)
class Settled:
    asker: Arn
    token: int
    failed: Sequence[Any] = ()  # receipts that were not taken


@define(eq=False)
class Release:
    """These records are given back: they may be received again at once. Has no answer."""

    source: Arn
    receipts: Sequence[Any]


@define(eq=False)
class Arrived:
    """A source has records again, said once after somebody found fewer than asked for; of one `shard`, or, where that
    is None, of a queue, or shards that were not listed yet."""

    source: Arn
    shard: str | None = None


Attributes = dict[str, tuple[str, str | bytes]]  # name -> (data type, value)


@define(eq=False)
class FailedBatch:
    """What the record of a failure is about. `source` words it when the record is delivered; with `payload` their event
    is added as JSON text, `extra` in it."""

    source: Arn
    shard: str
    records: Sequence[Record]
    payload: bool = False
    extra: dict[str, Any] | None = None


@define(eq=False)
class Deliver:
    """Hand `body` to whatever takes deliveries: a queue, a topic, a bus, ..., or a function as an asynchronous
    invocation."""

    target: Arn
    asker: Arn
    token: int
    body: str
    attributes: Attributes = field(factory=dict)
    cause: Cause | None = None
    moved: Any = None  # redrive: what a queue hands to its dead-letter queue besides body and attributes
    group: str | None = None  # of a new message: `MessageGroupId`
    deduplication_id: str | None = None
    failed: FailedBatch | None = None  # `body` lacks what its source says about it


@define(eq=False)
class Delivered:
    asker: Arn
    token: int
    error: str | None  # None, or the code of the refusal, with the reason behind it


@define(eq=False)
class Fetch:
    """Have `target`, a front door or an origin behind one, answer an HTTP request."""

    target: Arn
    asker: Arn
    token: int
    request: "Request"
    cause: Cause | None = None
    refused: str | None = None  # why the asker may not: the target answers so


@define(eq=False)
class Fetched:
    asker: Arn
    token: int
    response: "Response"


@define(eq=False)
class Reply:
    """The answer to a waiting caller."""

    token: int
    answer: "Outcome | Response"


Effect = (
    Invoke
    | Finished
    | Receive
    | Received
    | ListShards
    | ShardsListed
    | Settle
    | Settled
    | Release
    | Arrived
    | Deliver
    | Delivered
    | Fetch
    | Fetched
    | Reply
)

Note = tuple[Any, ...]
"""What did happen, for the trace: (what, where, about, detail, cause). `what` is a word from the list of the trace
(sent, received, deleted, moved, dropped, ...), `where` the ARN of the machine, `about` an id of it or a sequence of ids
(numbers of its `Ids`, or texts), `detail` a short text or number, `cause` a `Cause` or None. Plain tuples: they are
written for every message."""
