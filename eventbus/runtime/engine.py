"""What one run of an app is made of: built when the bus is entered, taken apart when it closes."""

import asyncio
import contextvars
import logging
from collections.abc import Callable, Coroutine, Sequence
from collections.abc import Mapping as MappingOf
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from attrs import Factory, define, field, frozen

from eventbus.core import stream_mapping
from eventbus.core.async_queue import AsyncQueue, EventInvokeConfig
from eventbus.core.concurrency import Concurrency
from eventbus.core.effects import Cause, Invoke
from eventbus.core.policy import Policy
from eventbus.core.profile import Profile
from eventbus.declaration import Function
from eventbus.errors import BusBroken, InvalidSetting, NotInBus
from eventbus.event_source_mapping import Mapping
from eventbus.names import Arn, Ids, async_address
from eventbus.ports import Birth, Machine, Pollable, Resource, Wire

from . import clock
from .attempts import Attempts
from .driver import Driver, Probe
from .endpoints import Confirmations, Endpoint, check_url, is_url
from .environment import Environment, Pool
from .faults import Faults
from .feed import Feed
from .handlers import Handlers, LogFailure
from .hosted import Hosted
from .listeners import Listeners
from .mappings import Mappings
from .permissions import Permissions
from .settling import Quiet
from .stepping import Stepped

if TYPE_CHECKING:
    from .callbacks import Callbacks

REAL_GRACE: Final = 2.0
"""Seconds that a timed-out handler gets on a real clock, where the profile says nothing."""
CLOSE_GRACE: Final = 2.0
"""Seconds that a cancelled handler gets when the bus closes."""

CLOSED: Final = "the bus is closed"

logger: Final = logging.getLogger("eventbus.bus")


class Trace(Protocol):
    """The journey of one event; `str()` of it is for people."""

    @property
    def found(self) -> bool: ...
    def to_dict(self) -> dict[str, Any]: ...


class Journal(Protocol):
    """Keeps what happened."""

    def started(self, seed: int, epoch: float) -> None: ...
    def trace(self, id: str, /) -> Trace: ...
    def hash(self) -> str: ...


@frozen(kw_only=True)
class Setup:
    """What an app hands to its bus."""

    functions: dict[Arn, Function[Any, Any]]  # of this run: subscribing adds more
    resources: dict[Arn, Resource[Any]]
    wires: Sequence[Wire]
    mappings: Sequence[Mapping]
    concurrent_executions: int
    policy: Policy | None
    profile: Profile
    seed: int | None
    environ: MappingOf[str, str]
    probe: Probe | None
    log_failure: LogFailure
    log_dropped: Callable[[Arn, int], None]
    journal: Journal | None  # None: the trace is off
    app_name: str
    default_bus: Callable[[], Resource[Any]]  # of EventBridge


@define(eq=False)
class Engine:
    setup: Setup
    bus: Any
    loop: asyncio.AbstractEventLoop
    seed: int = field(init=False)
    base_context: contextvars.Context = field(init=False)
    driver: Driver = field(init=False)
    concurrency: Concurrency = field(init=False)
    attempts: Attempts = field(init=False)
    handlers: Handlers = field(init=False)
    feed: Feed = field(init=False)
    quiet: Quiet = field(init=False)
    faults: Faults = field(init=False)
    permissions: Permissions = field(init=False)
    streams: dict[Arn, Any] = field(factory=dict, init=False)  # of resources: what has a client beside them
    logs: dict[str, Any] = field(factory=dict, init=False)  # machines that take what functions log, by their names
    environments: list[Environment] = field(factory=list, init=False)
    senders: "list[asyncio.Task[None]]" = field(factory=list, init=False)  # of requests to endpoints and hosted apps
    confirmations: Confirmations | None = field(default=None, init=False)
    mappings: Mappings = field(init=False)
    graveyard: list[Stepped] = field(factory=list, init=False)  # a dropped coroutine would run its finally
    epoch: float = field(init=False)  # seconds since 1970 at the bus's time 0
    _grace: float = field(init=False)
    callbacks: "Callbacks | None" = field(default=None, init=False)  # once a resource takes any
    listeners: Listeners = field(default=Factory(Listeners, takes_self=True), init=False)

    def __attrs_post_init__(self) -> None:
        setup, virtual = self.setup, clock.is_virtual(self.loop)
        self.seed = setup.seed if setup.seed is not None else (0 if virtual else clock.fresh_seed())
        self.base_context = contextvars.copy_context()
        self.epoch = clock.epoch_of(self.loop)
        grace = setup.profile.timeout_grace
        self._grace = grace if grace is not None else (0.0 if virtual else REAL_GRACE)
        self.driver = Driver(self.loop, self._turn_ended, self._broke, setup.probe)
        reserved = {arn: function.reserved_concurrent_executions for arn, function in setup.functions.items()}
        self.concurrency = Concurrency(
            {arn: count for arn, count in reserved.items() if count is not None},
            setup.concurrent_executions,
            setup.profile.rate_quotas,
        )
        self.attempts = Attempts(self.at, self.render)
        self.faults = Faults()
        self.permissions = Permissions(setup.policy, self.driver)
        self.feed = Feed(self.driver, self.permissions, self.bus, self._task)
        self.handlers = Handlers(
            driver=self.driver,
            concurrency=self.concurrency,
            permissions=self.permissions,
            attempts=self.attempts,
            faults=self.faults,
            log_failure=setup.log_failure,
            on_arrived=self.feed.arrived,
            replies=self.feed.replies,
        )
        self.handlers.register()
        if setup.journal is not None:
            setup.journal.started(self.seed, self.epoch)
        self.mappings = Mappings(self)
        self.driver.add(self.feed.callers.address, self.feed.callers)
        self.driver.add(self.faults.address, self.faults)
        try:
            self._add_machines()
        except BaseException:  # the bus never starts: what is armed must not go off
            self._stop()
            raise
        self.quiet = Quiet(self.handlers, self._producers())

    def at(self, seconds: float) -> datetime:
        """An aware UTC time, from seconds since the bus started."""
        return datetime.fromtimestamp(self.epoch, UTC) + timedelta(seconds=seconds)

    def now(self) -> datetime:
        return self.at(self.driver.now())

    def render(self, invoke: Invoke) -> Any:
        """The event of a batch, built by its source."""
        assert invoke.source is not None
        event = self.driver.machines[invoke.source].to_event(invoke.batch)
        return event if invoke.extra is None else stream_mapping.with_window(event, invoke.extra)

    async def close(self, drain: float) -> None:
        """Nothing new starts; what runs has `drain` seconds, then is cancelled, in order of start. If this is cancelled
        itself, whatever still runs is cut off at once."""
        self.feed.closing = CLOSED
        for pool in self.handlers.pools.values():
            pool.closed = True
        try:
            if drain > 0 and not self._at_rest() and self.driver.broken is None:
                await self._drain(drain)
            await self._end_environments()
        finally:
            self._take_apart()

    async def _drain(self, seconds: float) -> None:
        """What runs may use the bus until it has ended; a bus that breaks meanwhile is closed all the same."""
        self.feed.draining = True
        try:
            await self.feed.until(self._at_rest, self.driver.now() + seconds)
        except BusBroken:
            return
        finally:
            self.feed.draining = False

    def _at_rest(self) -> bool:
        """No handler runs; what was admitted and not begun counts for nothing."""
        return all(environment.current is None for environment in self.environments)

    def _take_apart(self) -> None:
        for environment in self.environments:
            if not environment.abandoned:
                environment.close()
                self.loop.call_soon(environment.abandon_at_close)  # one step to clean up in
        for machine in self.mappings.machines():
            self.driver.feed_if_alive(machine, machine.give_back)
        self._stop()
        self._tell_waiting()
        self._log_dropped()

    def _tell_waiting(self) -> None:
        """Nobody waits for ever for a bus that is closed."""
        waiting: list[asyncio.Future[Any]] = [*self.feed.replies.values()]
        waiting += [waiter.done for waiter in self.feed.waiters]
        for future in waiting:
            if not future.done():
                future.set_exception(NotInBus(CLOSED))
                future.exception()  # an abandoned handler never looks: no complaint of asyncio about it

    async def _end_environments(self) -> None:
        ending = list(self.environments)
        for environment in ending:
            environment.close()
        for sender in self.senders:
            sender.cancel()
        tasks = self.senders + [
            each.task for each in ending if each.task is not None and each.task is not asyncio.current_task()
        ]
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_GRACE)
        for sender in tuple(self.senders):  # what used its grace up
            sender.cancel()
        for environment in ending:
            if environment.task in tasks and not environment.task.done():
                environment.abandon_at_close()
                logger.warning("%s did not end when cancelled and was abandoned", environment.address)

    def _log_dropped(self) -> None:
        """In memory means gone with the process: what was still there, by queue."""
        machines = self.driver.machines
        owners: list[Any] = [*self.handlers.queues.values()]
        owners += [machines[arn] for arn in self.setup.resources if arn in machines]
        for owner in owners:
            count = owner.outstanding()
            if count:
                self.setup.log_dropped(owner.function if isinstance(owner, AsyncQueue) else owner.arn, count)

    def _add_machines(self) -> None:
        setup = self.setup
        for resource in setup.resources.values():
            self.add_resource(resource)
            for source in getattr(resource, "reads_from", ()):
                self.handlers.add_reader(resource.arn, source, resource.arn)
        for function in setup.functions.values():
            self.add_function(function)
        for mapping in setup.mappings:
            self.mappings.add(mapping)
        urls = [target for wire in setup.wires for target in wire.targets if is_url(target)]
        for url in dict.fromkeys(urls):
            self._add_endpoint(url)
        for wire in setup.wires:
            machine = self.driver.machines[wire.source.arn]
            self.driver.feed(machine, lambda _now, wire=wire, machine=machine: wire.connect(machine))

    def _producers(self) -> list[Machine]:
        """Machines of resources that are not polled."""
        machines: list[Machine] = [self.driver.machines[arn] for arn in self.setup.resources]
        examples = {type(machine): machine for machine in machines}  # asking each would cost as much as the machine
        polled = {kind: isinstance(example, Pollable) for kind, example in examples.items()}
        return [machine for machine in machines if not polled[type(machine)]]

    def add_resource(self, resource: Resource[Any]) -> Any:
        arn = resource.arn
        callbacks = self._callbacks_of(arn) if getattr(resource, "takes_callbacks", False) else ""
        machine = resource.machine(Birth(Ids(self.seed, arn), self.setup.profile, self.epoch, callbacks))
        self.driver.add(arn, machine)
        for stream in getattr(resource, "streams", ()):
            self.driver.machines[stream.arn] = machine
            self.streams[stream.arn] = stream
        log_of = getattr(resource, "log_of", None)
        if log_of is not None:
            self.logs[log_of] = machine
        for address, app in getattr(resource, "apps", {}).items():
            self.driver.add(address, Hosted(address, app, self.driver, self._spawn_sender))
        return machine

    def _callbacks_of(self, arn: Arn) -> str:
        if self.callbacks is None:
            from .callbacks import Callbacks  # noqa: PLC0415  # an HTTP server: for those alone who need it

            self.callbacks = Callbacks(self.driver)
        return self.callbacks.url_of(arn)

    def _stop(self) -> None:
        self.driver.close()
        if self.callbacks is not None:
            self.callbacks.close()

    def _add_endpoint(self, url: Arn) -> None:
        if clock.is_virtual(self.loop):
            raise InvalidSetting(f"endpoint={url!r} is refused in virtual time: a real server knows none")
        check_url(url)
        if self.confirmations is None:
            self.confirmations = Confirmations(self.driver, self._spawn_sender)
        endpoint = Endpoint(url, self.driver, self._spawn_sender, self.confirmations)
        self.driver.add(url, endpoint)

    def _spawn_sender(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        task = self._task(work, name)
        self.senders.append(task)
        task.add_done_callback(self._sender_ended)
        return task

    def _sender_ended(self, task: "asyncio.Task[None]") -> None:
        self.senders.remove(task)
        if self.feed.closing is None:
            self._fail_with(task, task.get_name())

    def add_function(self, function: Function[Any, Any]) -> None:
        setup, arn = self.setup, function.arn
        self.attempts.take_back(function)
        config = EventInvokeConfig(
            maximum_retry_attempts=function.maximum_retry_attempts,
            maximum_event_age_in_seconds=function.maximum_event_age_in_seconds,
            dead_letter=None if function.dead_letter is None else function.dead_letter.arn,
            on_success=None if function.on_success is None else function.on_success.arn,
            on_failure=None if function.on_failure is None else function.on_failure.arn,
        )
        window = max(1, self.concurrency.limit(arn))
        queue = AsyncQueue(arn, config, window, setup.profile, self.epoch, Ids(self.seed, arn))
        self.driver.add(queue.address, queue)
        self.handlers.queues[queue.address] = queue
        self.handlers.pools[arn] = Pool(
            function=function,
            engine=self,
            ids=Ids(self.seed, Arn(f"{arn}:environments")),
            grace=self._grace,
            idle_lifetime=setup.profile.environment_idle,
            log=self.logs.get(function.name),
        )

    def remove_function(self, arn: Arn) -> None:
        """Of one that has nothing to do any more, and nobody who calls it."""
        function = self.setup.functions.pop(arn)
        queue = self.handlers.queues.pop(async_address(arn))
        del self.driver.machines[queue.address]
        self.handlers.pools.pop(arn).retire_idle()
        self.concurrency.forget(arn)
        self.attempts.let_go(function)

    def write_log(self, pool: Pool, stream: str, lines: Sequence[tuple[float, str]], cause: Cause) -> None:
        """What an invocation logged, if its function may."""
        log, function = pool.log, pool.function.arn
        if self.permissions.refusal(function, log.delivery_action, log.arn) is None:
            self.driver.feed_if_alive(log, log.take_log, stream, lines, cause)

    def _task(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """The single place that makes tasks."""
        return self.loop.create_task(work, name=f"eventbus {name}", context=self.base_context.copy())

    def spawn(self, environment: Environment) -> None:
        self.environments.append(environment)
        environment.task = self._task(environment.serve(), environment.address)
        environment.task.add_done_callback(partial(self._environment_ended, environment))

    def _environment_ended(self, environment: Environment, task: "asyncio.Task[None]") -> None:
        self.environments.remove(environment)
        if not (environment.closing or environment.abandoned):
            self._fail_with(task, environment.address)

    def _fail_with(self, task: "asyncio.Task[None]", during: str) -> None:
        """A task of ours that ended with an error breaks the bus."""
        error = asyncio.CancelledError("cancelled from outside") if task.cancelled() else task.exception()
        if error is not None:
            self.driver.fail(error, during)

    def _turn_ended(self) -> None:
        self.handlers.let_out()
        if self.feed.conditions:
            self.feed.turn_ended()

    def _broke(self) -> None:
        for reply in self.feed.replies.values():
            if not reply.done():
                assert self.driver.broken is not None
                reply.set_exception(self.driver.broken)
                reply.exception()  # a caller in whose own turn it broke never looks
        self.feed.broke()
