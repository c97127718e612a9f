"""Execution environments: the only place that awaits a handler.

Laws: one environment is one long-lived task, one invocation at a time, warm reuse, the most recently used first. The
deadline of an attempt is kept by the driver. At the deadline: one cancel, then the grace, then the attempt is reported
and the environment abandoned. Each invocation is stepped in a copy of the bus's base context. Between an outcome and
its report there is no await: nothing can be lost there.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context as VarContext
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from eventbus.core.effects import Invoke
from eventbus.core.outcomes import NULL, Outcome
from eventbus.declaration import Function
from eventbus.names import Ids

from . import codec, tail
from .context import Context, Invocation, current
from .driver import Driver
from .faults import Fault
from .handler_thread import HandlerThread
from .outcome_of import failed, succeeded, timed_out
from .pieces import joined, told
from .stepping import Stepped

if TYPE_CHECKING:
    from .engine import Engine

ATTEMPTS_PER_CHECKPOINT: Final = 50


@define(eq=False)
class Pool:
    """The environments of one function, and the attempts decided but not yet taken."""

    function: Function[Any, Any]
    engine: "Engine"
    ids: Ids
    grace: float
    idle_lifetime: float
    log: Any = None  # the machine that takes what it logs
    closed: bool = field(default=False, init=False)
    ready: deque[Invoke] = field(factory=deque, init=False)
    idle: list["Environment"] = field(factory=list, init=False)
    environments: int = field(default=0, init=False)
    _called: int = field(default=0, init=False)  # environments on their way to `ready`

    @property
    def driver(self) -> Driver:
        return self.engine.driver

    def let_out(self) -> None:
        """One at a time: whoever takes an attempt and leaves some behind calls again."""
        if not self.ready or self._called or self.closed:
            return
        self._called += 1
        if self.idle:
            self.idle.pop().call()
        else:
            self.environments += 1
            self.engine.spawn(Environment(self, self.environments, self._log_stream()))

    def _log_stream(self) -> str:
        day = self.engine.at(self.driver.now()).strftime("%Y/%m/%d")
        return f"{day}/[$LATEST]{self.ids.text(self.ids.draw()).replace('-', '')}"

    def take(self) -> Invoke | None:
        return self.ready.popleft() if self.ready and not self.closed else None

    def take_due(self) -> Invoke | None:
        """Whoever is about to wait first wakes what is due: perhaps it is for him."""
        self._called += 1
        self.driver.wake_due()
        self._called -= 1
        return self.take()

    def arrived(self) -> None:
        self._called -= 1

    def retire_idle(self) -> None:
        """Those that wait for an attempt need not."""
        for environment in tuple(self.idle):
            environment.retire()

    async def checkpoint(self) -> None:
        """Others get a turn; the environment that gives it is back soon and needs no help."""
        self._called += 1
        await asyncio.sleep(0)
        self._called -= 1


@define(eq=False)
class Environment:
    pool: Pool
    number: int
    log_stream: str  # of the log group
    called: asyncio.Event = field(factory=asyncio.Event, init=False)
    task: "asyncio.Task[None] | None" = field(default=None, init=False)
    current: Invoke | None = field(default=None, init=False)
    retired: bool = field(default=False, init=False)
    closing: bool = field(default=False, init=False)
    abandoned: bool = field(default=False, init=False)
    _steps: Stepped | None = field(default=None, init=False)  # kept: a dropped coroutine would run its finally
    _invocation: Invocation | None = field(default=None, init=False)
    _thread: HandlerThread | None = field(default=None, init=False)
    _began: float = field(default=0.0, init=False)
    _deadline: float = field(default=inf, init=False)
    _timed_out: bool = field(default=False, init=False)
    _attempts: int = field(default=0, init=False)
    function_name: str = field(init=False)
    memory_size: str = field(init=False)
    function_arn: str = field(init=False)
    log_group: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        function = self.pool.function
        self.function_name = function.name
        self.memory_size = str(function.memory_size)
        self.function_arn = function.arn
        self.log_group = f"/aws/lambda/{function.name}"

    @property
    def address(self) -> str:
        return f"environment {self.number} of {self.pool.function.name}"

    async def serve(self) -> None:
        """Be one execution environment until retired."""
        try:
            await self._serve()
        finally:
            if self._thread is not None:
                self._thread.retire()

    async def _serve(self) -> None:
        self.pool.arrived()
        while not self.retired:
            invoke = self.pool.take()
            if invoke is None:
                invoke = self.pool.take_due()
            if invoke is None:
                await self._idle()
                continue
            outcome = await self._run(invoke)
            if self.current is invoke:
                self._report(outcome)
            self._attempts += 1
            if self._attempts % ATTEMPTS_PER_CHECKPOINT == 0 and not self.retired:
                await self.pool.checkpoint()

    def call(self) -> None:
        """There is an attempt: it is idle no longer, even if its idle time is over in this very turn."""
        self._deadline = inf
        self.called.set()

    def wake(self, now: float) -> None:
        """The deadline of the attempt: cancel, and after the grace give up; idle too long: retire."""
        if now < self._deadline:
            return
        if self.current is None:
            self.retire()
        elif not self._timed_out:
            self._timed_out = True
            self._deadline = now + self.pool.grace
            assert self.task is not None
            self.task.cancel()
            if self.pool.grace <= 0:
                self._give_up()
        else:
            self._give_up()

    def next_deadline(self) -> float:
        return self._deadline

    async def _idle(self) -> None:
        pool = self.pool
        pool.idle.append(self)
        self._deadline = pool.driver.now() + pool.idle_lifetime
        pool.driver.arm_at(self, self._deadline)
        self.called.clear()
        await self.called.wait()
        if not self.retired:
            pool.arrived()

    def retire(self) -> None:
        """It is idle, and ends."""
        self._deadline = inf
        self.retired = True
        self.pool.idle.remove(self)
        self.called.set()

    def _give_up(self) -> None:
        self._deadline = inf
        self.retired = True
        assert self.current is not None
        self.pool.driver.loop.call_soon(self._abandon, self.current)  # a report is a turn of its own

    def _abandon(self, invoke: Invoke) -> None:
        if self.current is not invoke:
            return
        if self._invocation is not None:
            self._invocation.over = True
        self._let_go()
        self._report(timed_out(invoke, self.pool.function.timeout))

    def close(self) -> None:
        """Take no more attempts; the handler is cancelled."""
        self.closing = self.retired = True
        if self.task is not None and self.task is not asyncio.current_task():
            self.task.cancel()

    def abandon_at_close(self) -> None:
        if self.task is not None and not self.task.done():
            self._let_go()

    def _bury(self) -> None:
        if self._steps is not None and self._steps.abandoned:
            self.pool.engine.graveyard.append(self._steps)

    def _let_go(self) -> None:
        """The handler is never stepped again; its coroutine stays referenced."""
        self.abandoned = True
        if self._steps is not None:
            self._steps.abandoned = True
            self._bury()
        assert self.task is not None
        self.task.cancel()

    def _report(self, outcome: Outcome) -> None:
        invoke, invocation = self.current, self._invocation
        self.current = self._invocation = None
        self._deadline = inf
        assert invoke is not None
        if invocation is not None and invocation.log is not None:
            self._end_log(invoke, invocation, invocation.log, outcome)
        taking = not self.retired  # the next attempt itself: nobody else is woken for it
        self.pool._called += taking
        self.pool.engine.handlers.finished(invoke, self._began, outcome)
        self.pool._called -= taking

    async def _run(self, invoke: Invoke) -> Outcome:
        """Begin the attempt and await its end; a timed-out one ends in one outcome, whatever the handler did."""
        pool = self.pool
        self.current = invoke
        self._began = pool.engine.driver.now()
        self._deadline = self._began + pool.function.timeout
        self._timed_out = False
        pool.engine.driver.arm_at(self, self._deadline)
        if pool.ready:
            pool.let_out()
        try:
            logged = invoke.tail is not None or pool.log is not None
            result = await (self._handle_logged(invoke) if logged else self._handle(invoke))
            outcome: Outcome = NULL if result is None else succeeded(invoke, result)
        except asyncio.CancelledError as error:
            outcome = self._cancelled(invoke, error)
        except (Exception, SystemExit) as error:  # others, as pytest's outcomes, are meant for the host: the bus breaks
            outcome = failed(invoke, error)
            if isinstance(error, SystemExit):
                self.retired = True
                self._bury()
        if self._timed_out:
            self.retired = True
            return timed_out(invoke, pool.function.timeout)
        return outcome

    def _cancelled(self, invoke: Invoke, error: asyncio.CancelledError) -> Outcome:
        task = asyncio.current_task()
        assert task is not None
        if self._timed_out and not self.closing:
            task.uncancel()
        elif self.closing or task.cancelling():
            raise error  # the bus closes, or somebody cancelled the environment itself
        return failed(invoke, error)  # the handler awaited something that was cancelled

    def _handle(self, invoke: Invoke, log: tail.InvocationLog | None = None) -> Awaitable[Any]:
        """The handler at work on this event, in a context of its own."""
        engine, function = self.pool.engine, self.pool.function
        event = engine.render(invoke) if invoke.payload is None else codec.decode(invoke.payload)
        context = Context(invoke.request_id, self)
        invocation = self._invocation = Invocation(engine.bus, invoke, log=log)
        variables = engine.base_context.copy()
        variables.run(current.set, invocation)
        if engine.faults.armed and (fault := engine.faults.attempt(invoke)) is not None:
            return self._faulty(fault, event, context, variables)
        if function.is_async:
            self._steps = Stepped(self._call(invoke, event, context), variables)
            return self._steps
        return self._handle_def(partial(function.handler, event, context), variables, invocation)

    def _call(self, invoke: Invoke, event: Any, context: Context) -> Coroutine[Any, Any, Any]:
        """An `async def` handler's work, or what takes the answer of an async generator, piece by piece."""
        work: Any = self.pool.function.handler(event, context)
        if not self.pool.function.is_stream:
            return work  # type: ignore[no-any-return]  # a coroutine, by its function's kind
        if not invoke.streams:
            return joined(work)
        driver, asker = self.pool.driver, self.pool.driver.machines[invoke.asker]
        return told(work, lambda piece: driver.feed_if_alive(asker, asker.streamed, invoke.token, piece))

    async def _faulty(self, fault: Fault, event: Any, context: Context, variables: VarContext) -> Any:
        if fault.kind == "handler_raises":
            raise fault.value
        if fault.kind == "handler_times_out":
            await self.pool.engine.loop.create_future()
        if not fault.value:
            raise SystemExit
        assert self.current is not None
        self._steps = Stepped(self._call(self.current, event, context), variables, dies_at=fault.value)
        result = await self._steps
        self.pool.engine.faults.missed(fault)
        return result

    async def _handle_def(self, call: Callable[[], Any], variables: VarContext, invocation: Invocation) -> Any:
        pool = self.pool
        if pool.function.run == "inline":
            return variables.run(call)
        if self._thread is None:
            self._thread = HandlerThread(f"eventbus {pool.function.name} {self.number}", pool.driver.loop)
        return await self._thread.run(call, variables, invocation, pool.function.timeout)

    async def _handle_logged(self, invoke: Invoke) -> Any:
        engine = self.pool.engine
        log = tail.InvocationLog(invoke.request_id, lambda: engine.epoch + engine.driver.now())
        with tail.collecting(log):
            return await self._handle(invoke, log)

    def _end_log(self, invoke: Invoke, invocation: Invocation, log: tail.InvocationLog, outcome: Outcome) -> None:
        """It is whole, and goes where it is wanted; what an abandoned handler still says is lost."""
        invocation.log = None
        log.end(self.pool.driver.now() - self._began, self.pool.function.memory_size, outcome)
        if invoke.tail is not None:
            invoke.tail.extend(text for _, text in log.lines)
        if self.pool.log is not None:
            self.pool.engine.write_log(self.pool, self.log_stream, log.lines, invocation.cause())

    def remaining(self) -> float:
        """Seconds until the attempt times out; none once it has, or has ended."""
        if self.current is None or self._timed_out:
            return 0.0
        return self._deadline - self.pool.driver.now()
