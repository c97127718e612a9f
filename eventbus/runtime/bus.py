"""One run of an app, as its users hold it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from math import inf
from types import TracebackType
from typing import Any, Literal, TypeVar, Unpack, assert_never

from eventbus.core.chain import CHAIN_LIMIT
from eventbus.core.outcomes import HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut
from eventbus.declaration import Function, FunctionSettings, Listener
from eventbus.errors import (
    InvalidParameterValueException,
    InvalidSetting,
    NotInBus,
    RecursiveInvocationException,
    RequestTooLargeException,
    ResourceNotFoundException,
    TooManyRequestsException,
    suggest,
)
from eventbus.listening import NAME_LIMIT
from eventbus.names import Arn, async_address, function_arn
from eventbus.ports import Resource

from . import clock, codec, tail
from .answers import InvokeResponse, Statistics
from .attempts import Attempt
from .engine import Engine, Journal, Setup, Trace
from .environ import Environ
from .faults import Faults
from .handlers import EVENT_LIMIT, INVOKE_ACTION
from .listeners import Subscription
from .mapping_calls import MappingCalls
from .outcome_of import RESPONSE_LIMIT as REQUEST_LIMIT
from .sync import SyncBus

T = TypeVar("T")
C = TypeVar("C")
E = TypeVar("E")
R = TypeVar("R")
InvocationType = Literal["RequestResponse", "Event", "DryRun"]


class Bus(MappingCalls):
    """Made by `app.start()`; an async context manager that may be entered and left in different tasks.

    `bus[resource]` is the client of a declared resource, `bus.sync` the same bus for code that can't await.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._clients: dict[Arn, Any] = {}
        self._started: Engine | None = None
        self._closing: asyncio.Future[None] | None = None  # done when closed
        self._environ = Environ(setup.environ)
        self.sync: SyncBus = SyncBus(self)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self._engine.loop

    @property
    def seed(self) -> int:
        """Starts this very run again: `app.start(seed=...)`."""
        return self._engine.seed

    @property
    def _engine(self) -> Engine:
        if self._started is None:
            raise NotInBus("this bus has not started: async with app.start() as bus: ...")
        return self._started

    @property
    def faults(self) -> Faults:
        """Declare here what shall go wrong, and when."""
        return self._engine.faults

    async def __aenter__(self) -> "Bus":
        if self._started is not None:
            raise NotInBus("a bus runs once; app.start() makes another")
        self._environ.set()
        self._started = Engine(self._setup, self, asyncio.get_running_loop())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
        if self._engine.driver.broken is not None and error is None:
            raise self._engine.driver.broken

    def __getitem__(self, resource: Resource[C]) -> C:
        if not isinstance(getattr(resource, "arn", None), Arn):
            raise ResourceNotFoundException(f"{resource!r} is no declared resource: use what app.add() gave")
        client = self._clients.get(resource.arn)
        if client is None:
            if resource.arn not in self._setup.resources and self._engine.streams.get(resource.arn) is not resource:
                known = [arn.name for arn in self._setup.resources]
                raise ResourceNotFoundException(
                    f"no resource {resource.arn} in this app; {suggest(resource.arn.name, known)}"
                )
            machine = self._engine.driver.machines[resource.arn]
            client = self._clients[resource.arn] = resource.client(machine, self._engine.feed)
        return client

    def now(self) -> datetime:
        """An aware UTC time, on both clocks."""
        return self._engine.at(self._engine.driver.now())

    async def invoke(
        self,
        function: Function[Any, Any] | str,
        event: Any = None,
        *,
        invocation_type: InvocationType = "RequestResponse",
        log_type: Literal["None", "Tail"] = "None",
        qualifier: str = "$LATEST",
    ) -> InvokeResponse:
        """Lambda's Invoke. `event` is anything JSON can say, or JSON as bytes.

        Raises `ResourceNotFoundException`, `InvalidRequestContentException`, `RequestTooLargeException` (6 MB, events
        1 MB), `TooManyRequestsException` with its reason, `RecursiveInvocationException`; never what the handler
        raised.
        """
        engine = self._engine
        engine.feed.check_caller()
        arn = self._known(function, qualifier)
        if log_type not in ("None", "Tail"):
            raise InvalidParameterValueException(f"log_type={log_type!r}: None or Tail")
        payload = _encoded(event, EVENT_LIMIT if invocation_type == "Event" else REQUEST_LIMIT)
        queue = engine.handlers.queues[async_address(arn)]
        engine.feed.check_permission(INVOKE_ACTION, arn)
        request_id = queue.ids.text(queue.ids.draw())
        match invocation_type:
            case "DryRun":
                return InvokeResponse(status_code=204, request_id=request_id)
            case "Event":
                engine.driver.feed(queue, queue.accept, request_id, payload, engine.feed.cause())
                if engine.feed.turn_due():
                    await asyncio.sleep(0)
                return InvokeResponse(status_code=202, request_id=request_id)
            case "RequestResponse":
                return await self._request_response(arn, request_id, payload, [] if log_type == "Tail" else None)
            case _:
                raise InvalidParameterValueException(
                    f"invocation_type={invocation_type!r}: RequestResponse, Event or DryRun"
                )

    async def emit(self, event: str, payload: Mapping[str, Any]) -> str:
        """Whoever listens to `event` (`app.on`, `subscribe`) is invoked with the payload; the event's id.

        It is an event of the default bus: `event` its detail-type (up to 128 characters), the app's name its source,
        `payload` its detail, a JSON object. Raises `InvalidRequestContentException`, `InvalidParameterValueException`.
        """
        engine = self._engine
        engine.feed.check_caller()
        if not isinstance(event, str) or not 1 <= len(event) <= NAME_LIMIT:
            raise InvalidParameterValueException(f"event={event!r}: a name of 1 to {NAME_LIMIT} characters")
        if not isinstance(payload, Mapping):
            raise InvalidParameterValueException(f"payload={payload!r}: a mapping, to be a JSON object")
        detail = codec.encode_event(dict(payload)).decode()
        bus, source = engine.listeners.default_bus(), self._setup.app_name
        cause = engine.feed.cause()
        return await engine.feed.call(bus, bus.delivery_action, bus.put, source, event, detail, (), None, cause)

    def subscribe(
        self,
        event: str,
        handler: Listener[E, R],
        *,
        detail: Mapping[str, Any] | None = None,
        **settings: Unpack[FunctionSettings],
    ) -> Subscription:
        """As `app.on`, for this run and from now on: until it is cancelled `handler` gets what `event` names.

        Raises `InvalidSetting`, also for what only a declaration can have: reserved concurrency, environment variables,
        permissions that are enforced."""
        engine = self._engine
        engine.feed.check_caller()
        return engine.listeners.subscribe(event, handler, detail, settings)

    async def settle(self, within: float = 90_000, invocations: int = 1_000_000) -> None:
        """Return when nothing runs, nothing is due and nothing is on its way to a consumer.

        Not waited for: messages without a consumer, messages that the caller itself received. Raises `NotSettled`
        after `within` seconds on the bus's clock or that many invocations.
        """
        self._engine.feed.check_caller()
        if self._engine.feed.caller() is not None:
            raise NotInBus("settle() from one of this bus's own handlers would wait for itself")
        limit, deadline = self._engine.attempts.count + invocations, self._engine.driver.now() + within
        self._engine.driver.wake_due()
        while not self._engine.quiet.holds():
            if self._engine.attempts.count >= limit:
                raise self._engine.quiet.not_settled(f"{invocations:,} invocations")
            if self._engine.driver.now() >= deadline:
                await self._idle()  # what fell due at the bound itself still counts
                if self._engine.quiet.holds():
                    break
                raise self._engine.quiet.not_settled(f"{within:,g} s")
            await self._engine.feed.until(
                lambda: self._engine.quiet.holds() or self._engine.attempts.count >= limit, deadline
            )
            self._engine.driver.wake_due()
        if self._engine.driver.broken is not None:
            raise self._engine.driver.broken

    async def advance(self, seconds: float | timedelta) -> None:
        """`seconds` have passed on the bus's clock; what fell due has begun, and has ended where it took no time."""
        self._engine.feed.check_caller()
        span = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
        if not 0 <= span < inf:
            raise InvalidParameterValueException(f"seconds={span}: time does not go back")
        await self._engine.feed.until(lambda: self._engine.driver.broken is not None, self._engine.driver.now() + span)
        self._engine.driver.wake_due()
        await self._idle()

    async def _idle(self) -> None:
        """In virtual time: what takes no time has happened."""
        if isinstance(self.loop, clock.VirtualLoop):
            callbacks, told = self._engine.callbacks, -1
            await self.loop.idle()
            while callbacks is not None and (callbacks.waiting or callbacks.told > told):  # PUT in this instant
                told = callbacks.told
                await self.loop.idle()

    def invocations(self, function: Function[Any, Any]) -> list[Attempt]:
        """The attempts that ended, oldest first; the last 10,000 of each function."""
        gone = self._engine.attempts.of_gone(function)
        return self._engine.attempts.of(self._known(function)) if gone is None else gone

    def trace(self, id: str) -> Trace:
        """The journey of the event that `id` names: a request id, a message id, any id that a call or record showed."""
        return self._journal().trace(id)

    def trace_hash(self) -> str:
        """A digest of all that happened: the same for the same seed. Needs `app.start(trace="hash")`."""
        return self._journal().hash()

    def statistics(self) -> Statistics:
        queues = list(self._engine.handlers.queues.values())
        return Statistics(
            now=self._engine.driver.now(),
            invocations=self._engine.attempts.count,
            failed_invocations=self._engine.attempts.failed,
            running=self._engine.concurrency.running,
            concurrent_executions=self._engine.concurrency.highest,
            throttles=self._engine.concurrency.throttles,
            recursive_invocations_dropped=self._engine.handlers.stopped,
            refused_permissions=self._engine.permissions.refused,
            async_events_received=sum(queue.received for queue in queues),
            async_events_dropped=sum(queue.dropped for queue in queues),
            dead_letter_errors=sum(queue.dead_letter_errors for queue in queues),
            destination_delivery_failures=sum(queue.destination_delivery_failures for queue in queues),
            environments=len(self._engine.environments),
            turns=self._engine.driver.turns,
            wakes=self._engine.driver.wakes,
        )

    def from_thread(self, function: Callable[..., Awaitable[T]], *args: Any) -> T:
        """From another thread: run `await function(*args)` on the bus's loop; its result."""

        async def call() -> T:
            return await function(*args)

        return self.sync.run(call())

    async def aclose(self, drain: float | None = 0.0) -> None:
        """Take nothing new, let what runs finish for up to `drain` seconds, cancel the rest, log what was dropped.

        `drain=None` settles first; what that raises is raised after closing. Closing twice is allowed: whoever comes
        second waits for the first, unless he is a handler that closing waits for.
        """
        if self._started is None:
            return
        try:
            if drain is None and self._closing is None and self._engine.driver.broken is None:
                await self.settle()
        finally:
            await self._close(drain or 0.0)

    async def _close(self, drain: float) -> None:
        if self._closing is not None:
            if self._engine.feed.caller() is None:
                await asyncio.shield(self._closing)
            return
        self._closing = self._engine.loop.create_future()
        try:
            await self._engine.close(drain)
        finally:
            self._environ.restore()
            self._closing.set_result(None)

    def _journal(self) -> Journal:
        if self._setup.journal is None:
            raise InvalidSetting("trace='off': start with trace='ring' or trace='hash' to look at the trace")
        return self._setup.journal

    def _known(self, function: Function[Any, Any] | str, qualifier: str = "$LATEST") -> Arn:
        if isinstance(function, str):
            arn = Arn(function) if function.startswith("arn:") else function_arn(function)
        elif isinstance(function, Function):
            arn = function.arn
        else:
            raise ResourceNotFoundException(f"{function!r} is no declared function: use what app.function() gave")
        if qualifier != "$LATEST":
            raise InvalidParameterValueException(f"qualifier={qualifier!r} is refused: every function is $LATEST")
        if arn not in self._setup.functions:
            known = [each.name for each in self._setup.functions.values()]
            raise ResourceNotFoundException(f"Function not found: {arn}:$LATEST; {suggest(arn.name, known)}")
        return arn

    async def _request_response(
        self, function: Arn, request_id: str, payload: bytes, log: list[str] | None
    ) -> InvokeResponse:
        feed = self._engine.feed
        outcome = await feed.reply(feed.callers.call, function, request_id, payload, feed.cause(), log)
        return _response(outcome, request_id, log)


def _encoded(event: Any, limit: int) -> bytes:
    payload = codec.encode_event(event)
    if len(payload) > limit:
        raise RequestTooLargeException(
            f"Request must be smaller than {limit} bytes for the Invoke operation ({len(payload)})"
        )
    return payload


def _response(outcome: Outcome, request_id: str, log: list[str] | None) -> InvokeResponse:
    match outcome:
        case Throttled():
            raise TooManyRequestsException(outcome.reason)
        case Stopped():
            raise RecursiveInvocationException(
                f"The function was invoked more than {CHAIN_LIMIT} times in one chain of requests: a loop was stopped."
            )
        case Succeeded():
            error, cause = None, None
        case HandlerFailed():
            error, cause = "Unhandled", outcome.cause
        case TimedOut():
            error, cause = "Unhandled", None
        case _:
            assert_never(outcome)
    return InvokeResponse(
        status_code=200,
        request_id=request_id,
        payload=outcome.payload,
        function_error=error,
        executed_version="$LATEST",
        log_result=None if log is None else tail.encoded(log),
        cause=cause,
    )
