"""What a source must be for the rest of the house."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, ParamSpec, Protocol, TypeVar, runtime_checkable

from attrs import frozen

from .core.effects import Cause, Deliver, Effect, Fetch, ListShards, Note, Receive, Record, Release, Settle, Shard
from .core.profile import Profile
from .names import Arn, Ids

if TYPE_CHECKING:
    from .core.http import Request, Response

Client_co = TypeVar("Client_co", covariant=True)
Event_co = TypeVar("Event_co", covariant=True)
T = TypeVar("T")
P = ParamSpec("P")


class Machine(Protocol):
    """Decides; told the time in seconds since the bus started. The driver lends it its two lists."""

    effects: list[Effect]
    notes: list[Note]

    def wake(self, now: float) -> None:
        """Do what is due; afterwards `next_deadline()` is later than `now`."""

    def next_deadline(self) -> float:
        """When to wake this machine; `inf` for never."""

    def outstanding(self) -> int:
        """How many things will happen here without further input."""


class Target(Machine, Protocol):
    """Takes deliveries: answers each with the effect `Delivered`."""

    delivery_action: ClassVar[str]  # what a sender must be allowed: `sqs:SendMessage`

    def deliver(self, now: float, effect: Deliver) -> None: ...


class Door(Machine, Protocol):
    """Takes HTTP requests: answers each `Fetch` with the effect `Fetched`."""

    def fetch(self, now: float, effect: Fetch) -> None: ...
    def fetch_action(self, request: "Request") -> str | None:
        """What the asker must be allowed: `s3:GetObject`; None where anybody may ask."""


class CalledBack(Machine, Protocol):
    """Takes answers that are PUT to URLs of its own: `birth.callbacks`, a slash, and a name that it chose."""

    def called_back(self, now: float, name: str, content: bytes) -> None: ...


@runtime_checkable
class Pollable(Machine, Protocol):
    """Is read by mappings: answers `Receive` with `Received` and `Settle` with `Settled`."""

    def receive(self, now: float, effect: Receive) -> None: ...
    def settle(self, now: float, effect: Settle) -> None: ...
    def release(self, now: float, effect: Release) -> None:
        """The records of these receipts may be received again at once; receipts that are over are passed by."""

    def to_event(self, batch: Sequence[Record]) -> Any:
        """The event of a batch, built anew at each call."""

    def busiest(self) -> str:
        """For people: the record that was received most often, and why it will come again; empty without one."""


@frozen
class Birth:
    """What a machine is given when its bus starts."""

    ids: Ids
    profile: Profile
    epoch: float  # seconds since 1970 at the bus's time 0
    callbacks: str = ""  # a URL on the loopback address, of a resource that takes callbacks; never in a trace


class Teller(Protocol):
    """A machine, or a part of one, that says `Arrived`."""

    @property
    def arn(self) -> Arn: ...


class Feed(Protocol):
    """A client's way in: one call, one turn."""

    async def call(self, machine: Machine, action: str, step: Callable[..., T], *args: Any, **settings: Any) -> T:
        """Run `step(now, *args, **settings)` of `machine` as one turn, done when this returns.

        `action` is AWS's name of the operation (`sqs:SendMessage`). Raises what the step raises."""

    async def wait(self, teller: Teller, seconds: float) -> None:
        """Return once `Arrived` is said of it, or `seconds` have passed on the bus's clock."""

    async def side_by_side(self, *works: Coroutine[Any, Any, None]) -> None:
        """Do these at once, until the first of them has ended; the others are cancelled."""

    async def fetch(self, door: Arn, request: "Request") -> "Response":
        """What the machine of that ARN, a `Door`, answers."""

    def cause(self) -> Cause | None:
        """The invocation in which the caller runs, if any."""


class Resource(Protocol[Client_co]):
    """A declared resource: a frozen value.

    It may have
    - `targets`, the ARNs that its machine delivers to or invokes: each must be part of the app;
    - `apps`, ASGI applications that its machine fetches from, by the ARN that each is to have: the bus runs them;
    - `reads_from`, the declared sources that its machine, a `Reader`, reads in its own name;
    - `log_of`, the name of a function or None, to take what that function logs: its machine is a `FunctionLog`;
    - `takes_callbacks`, to have a door for them: its machine is a `CalledBack`;
    - `always_there`, if every account has it from the start: a wire out of it adds it."""

    @property
    def arn(self) -> Arn: ...
    def machine(self, birth: Birth) -> Machine: ...
    def client(self, machine: Any, feed: Feed) -> Client_co: ...


class FunctionLog(Machine, Protocol):
    """Takes what a function logs."""

    delivery_action: ClassVar[str]  # what that function must be allowed: `logs:PutLogEvents`

    def take_log(self, now: float, stream: str, lines: Sequence[tuple[float, str]], cause: Cause) -> None:
        """All lines of one invocation, once it has ended, each with its time in seconds since 1970; `stream` is the
        `log_stream_name` of its context."""


@runtime_checkable
class DeliveryTarget(Protocol):
    """A declared resource whose machine is a `Target`: dead letters and records can go there."""

    @property
    def arn(self) -> Arn: ...
    @property
    def delivery_action(self) -> str:
        """What a sender must be allowed: `sqs:SendMessage`."""


class Stream(Machine, Protocol):
    """Is read by mappings shard by shard, each at its own position: answers `Receive` with `Received` and `ListShards`
    with `ShardsListed`. What was read stays until its retention is over; a position that is over continues with the
    oldest record there is."""

    def receive(self, now: float, effect: Receive) -> None: ...
    def list_shards(self, now: float, effect: ListShards) -> None: ...
    def to_event(self, batch: Sequence[Record]) -> Any:
        """The event of a batch, built anew at each call; a tumbling window's members are added by the mapping."""

    def batch_info(self, shard: str, batch: Sequence[Record]) -> tuple[str, dict[str, Any]]:
        """The member of an on-failure record that says which records it is about, and its content: `KinesisBatchInfo`.
        Ends with `streamArn`."""


class Reader(Machine, Protocol):
    """Reads a declared source as a mapping does: emits `Receive` and `ListShards`, hears what arrives."""

    source: Arn
    reading: bool

    def arrived(self, now: float, shard: str | None = None) -> None: ...
    def received(
        self, now: float, token: int, records: Sequence[Record], position: Any, ended: bool, retention: float
    ) -> None: ...
    def shards_listed(self, now: float, token: int, shards: Sequence[Shard]) -> None: ...
    def disable(self, now: float) -> None:
        """It may not read: it stops."""


class EventSource(Resource[Client_co], Protocol[Client_co, Event_co]):
    """A declared resource that mappings can read, a `QueueSource` or a `StreamSource`; `Event_co` is the event its
    functions get."""

    @property
    def polling_actions(self) -> Sequence[str]:
        """What the role of a mapped function must allow: `sqs:ReceiveMessage`, ..."""

    @property
    def filter_keys(self) -> Sequence[str]:
        """What filters may look at, the data first: `body` of a message."""

    def event_type(self) -> Event_co:  # pragma: no cover - a witness for type checkers, never called
        ...


@runtime_checkable
class QueueSource(Protocol):
    """Its machine is a `Pollable`."""

    @property
    def fifo(self) -> bool:
        """Records have groups, handled in order."""

    @property
    def lease(self) -> float:
        """Seconds that a received record stays invisible: no function may run longer (dg:services-sqs-configure)."""


@runtime_checkable
class StreamSource(Protocol):
    """Its machine is a `Stream`."""

    @property
    def starting_positions(self) -> Sequence[str]:
        """Where it can be read first."""


@runtime_checkable
class Wire(Protocol):
    """A declared connection out of `source`: `connect` tells its machine, before the bus runs."""

    @property
    def arn(self) -> Arn: ...
    @property
    def source(self) -> Resource[Any]: ...
    @property
    def targets(self) -> Sequence[Arn]:
        """Whatever is delivered to over this wire, its dead-letter queues too: each must be part of the app."""

    def check(self, others: Sequence["Wire"]) -> None:
        """Raise `InvalidSetting` if this can't stand beside `others` of the same source."""

    def connect(self, machine: Any) -> None: ...


@frozen(kw_only=True, eq=False)
class System:
    """A system that invokes functions, for whoever looks it up: a row of `sources/README.md`, of `eventbus systems`.
    Texts are Markdown."""

    name: str
    kind: Literal["synchronous", "asynchronous", "polled"]
    invoked_by: str  # what is declared, and what it invokes for
    event: str
    answer: str  # what an answer must be, and what becomes of others
    retries: str  # who tries again after a function error, and after a hand-over that failed
    permission: str  # whom AWS asks: the principal of a statement, or a role
    refused: str  # what it is, and is not offered
    deviations: str = "none known"
    example: str
    """About five lines that declare it and drive it: the body of an `async def`, where `App` and all of `sources` are
    imported by name."""
    sample_event: Callable[..., Any]
    """An event as the system sends it: JSON values. Its parameters are keywords with defaults, of those that
    `eventbus events generate` may set."""


Checkpoint = Callable[[], Awaitable[None]]
