"""An asyncio loop in virtual time, and when it may jump.

Laws: time is set to the next timer's own `when`, never moved by a span. It jumps only if nothing is ready and nothing
real is outstanding: no hold, no child process, no connection that owes a reply, no foreign thread at work. While
something is, the clock stands and the loop waits in real time, at most `watchdog` seconds. A loop that nothing can ever
wake raises instead of hanging.
"""

import asyncio
import functools
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from itertools import count
from math import inf, ulp
from typing import Any, NoReturn, TypeVar, TypeVarTuple

from .outside import GRACE, Ready, Selector, Sight, Threads, can_introspect
from .wall import WallClock, real_monotonic

WATCHDOG = 10.0

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class AsleepForever(RuntimeError):
    """Tasks wait, but no timer is set and nothing outside can wake them."""


class ClockStuck(RuntimeError):
    """Virtual time stood still for the watchdog's whole patience, because something real did not end."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """A selector loop whose `time()` counts from 0.0 and jumps to the next timer.

    `watchdog`: real seconds the clock may stand for outside work; inf is never. `introspection`: None asks the system,
    False makes do without what only Linux tells. `wall_clock`: `time.time()` and `datetime.now()` follow.
    """

    _closed = True  # until made: what was refused needs no closing
    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]
    _thread_id: int | None
    _default_executor: Executor | None
    _signal_handlers: dict[int, asyncio.Handle]
    _write_to_self: Callable[[], None]

    def __init__(
        self, *, watchdog: float = WATCHDOG, introspection: bool | None = None, wall_clock: bool = False
    ) -> None:
        if sys.platform == "win32":
            raise RuntimeError("virtual time is not available on Windows: its selector loop has no pipes and processes")
        if introspection is None:
            introspection = can_introspect()
        if not introspection:
            _warn_of_fallback()
        self._wall = WallClock() if wall_clock else None
        self._now = 0.0
        self._watchdog = watchdog
        self._failed = False
        self._idlers: list[asyncio.Future[None]] = []
        self._holds: dict[int, str] = {}
        self._hold_numbers = count()
        self._children: list[asyncio.SubprocessTransport] = []
        self._outside = Selector(introspection, self._select)
        self._peek = self._outside.peek()
        self._threads = Threads(introspection)
        super().__init__(self._outside)
        self._outside.strangers.clear()  # the loop's own wake-up pipe
        _hold_for_anyio_threads()

    def time(self) -> float:
        return self._now

    @contextmanager
    def hold(self, why: str) -> Iterator[None]:
        """The clock stands inside the `with` block, on whatever thread; `why` is what the watchdog would say."""
        number = self._add_hold(why)
        try:
            yield
        finally:
            self._drop_hold(number)

    def idle(self) -> "asyncio.Future[None]":
        """Done as soon as nothing is left to do at this instant, before time jumps."""
        idler: asyncio.Future[None] = self.create_future()
        self._idlers.append(idler)
        return idler

    def adopt(self, thread: threading.Thread) -> None:
        """The thread is never waited for by itself: whoever gives it work holds the clock for it."""
        self._threads.adopt(thread)

    # ------------------------------------------------------------ what asyncio starts and we account for
    def run_forever(self) -> None:
        if self._wall is None:
            return super().run_forever()

        self._wall.start(self._now)
        try:
            super().run_forever()
        finally:
            self._wall.stop()

    def call_soon_threadsafe(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Any = None
    ) -> asyncio.Handle:
        if threading.get_ident() != self._thread_id:
            self._threads.called(args)
        return super().call_soon_threadsafe(callback, *args, context=context)

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        future = super().run_in_executor(executor, func, *args)
        number = self._add_hold(f"{_name(func)} in an executor")
        self._threads.held.add(future)
        future.add_done_callback(lambda _: self._drop_hold(number))
        return future

    async def shutdown_default_executor(self, *args: Any) -> None:
        """The pool's threads have ended; after a failure they are left alone, as one of them may never end."""
        if self._failed:
            self._executor_shutdown_called = True
            if self._default_executor is not None:
                self._default_executor.shutdown(wait=False)
            return

        with self.hold("the default executor's threads to end"):
            await super().shutdown_default_executor(*args)

    async def subprocess_exec(self, *args: Any, **kwargs: Any) -> Any:
        return self._add_child(await super().subprocess_exec(*args, **kwargs))

    async def subprocess_shell(self, *args: Any, **kwargs: Any) -> Any:
        return self._add_child(await super().subprocess_shell(*args, **kwargs))

    # ------------------------------------------------------------ the decision
    def _select(self, timeout: float | None) -> Ready:
        """What is ready; if nothing is, time has jumped to the next timer."""
        ready = self._outside.poll(0) if self._peek(0, 1) else []
        if ready or timeout == 0:
            return ready
        if self._holds or self._outside.strangers or self._children or self._threads.exist():
            ready = self._wait_for_outside()
        if ready or self._ready:  # a thread may have added a handle in between
            return ready
        if self._idlers:
            self._tell_idlers()
            return []
        if not self._scheduled or (when := self._scheduled[0].when()) == inf:
            return self._wait_to_be_woken()

        self._now = when
        self._clock_resolution = ulp(when)  # asyncio adds it: 1e-9 is lost after 194 days
        if self._wall is not None:
            self._wall.follow(when)
        return []

    def _tell_idlers(self) -> None:
        idlers, self._idlers = self._idlers, []
        for idler in idlers:
            if not idler.done():
                idler.set_result(None)

    def _wait_for_outside(self) -> Ready:
        """Nothing real is outstanding any more, or something has come in; the clock stood meanwhile."""
        started = real_monotonic()
        waited = False
        while True:
            now = real_monotonic()
            sights = list(self._sights(now))
            certain = [what for is_certain, what in sights if is_certain]
            if not certain and (waited or not sights):
                return []
            if certain and now - started >= self._watchdog and not _debugged():
                self._fail(
                    ClockStuck(
                        f"the virtual clock stood still for {self._watchdog:g} real seconds, waiting for: "
                        f"{'; '.join(certain)}. End it, cancel it, or give a larger watchdog"
                    )
                )
            ready = self._outside.poll(GRACE)
            if ready or self._ready:
                return ready
            waited = True

    def _sights(self, now: float) -> Iterator[Sight]:
        for why in list(self._holds.values()):  # other threads hold and release too
            yield True, why
        self._children = [child for child in self._children if child.get_returncode() is None]
        for child in self._children:
            yield True, f"subprocess {child.get_pid()} to end"
        yield from self._outside.look(now)
        yield from self._threads.look(now)

    def _wait_to_be_woken(self) -> Ready:
        """No timer is set: only the outside can wake the loop, for ever if it is open to anybody."""
        tasks = asyncio.all_tasks(self)
        if self._outside.doors or self._signal_handlers or not tasks or _debugged():
            return self._outside.poll(None)

        maybe = self._failed or self._outside.strangers or self._threads.may_call()
        patience = self._watchdog if maybe else 0.0
        ready = self._outside.poll(None if patience == inf else patience)
        if not ready and not self._ready:
            waiting = ", ".join(sorted(_where(task) for task in tasks))
            self._fail(AsleepForever(f"asleep forever: no timer is set and nothing can wake {waiting}"))
        return ready

    def _fail(self, failure: RuntimeError) -> NoReturn:
        """Raise to whoever runs the loop; what was outstanding is written off: cleaning up does not wait for it."""
        self._failed = True
        self._holds.clear()
        self._children.clear()
        self._outside.strangers.clear()
        self._threads.write_off()
        raise failure

    def _add_hold(self, why: str) -> int:
        number = next(self._hold_numbers)
        self._holds[number] = why
        return number

    def _drop_hold(self, number: int) -> None:
        self._holds.pop(number, None)
        if threading.get_ident() != self._thread_id:  # the loop may be waiting for just this
            self._write_to_self()

    def _add_child(self, made: tuple[asyncio.SubprocessTransport, Any]) -> tuple[asyncio.SubprocessTransport, Any]:
        self._children.append(made[0])
        return made


@functools.cache
def _warn_of_fallback() -> None:
    logging.getLogger("eventbus.clock").warning(
        "this system does not tell what its sockets and threads wait for: virtual time waits %g real seconds before "
        "each jump while connections or threads of others exist; put loop.hold(...) around real work that takes longer",
        GRACE,
    )


@functools.cache
def _hold_for_anyio_threads() -> None:
    """Work in anyio's own worker threads holds the clock of a virtual loop; other loops are as before."""
    try:
        from anyio import CapacityLimiter
        from anyio._backends._asyncio import AsyncIOBackend
    except ImportError:
        return
    original = AsyncIOBackend.run_sync_in_worker_thread

    async def held(
        backend: Any, func: Callable[..., Any], args: Any, abandon_on_cancel: bool = False, limiter: Any = None
    ) -> Any:
        loop = asyncio.get_running_loop()
        if not isinstance(loop, VirtualLoop):
            return await original(func, args, abandon_on_cancel, limiter)

        def work(*args: Any) -> Any:
            loop.adopt(threading.current_thread())
            return func(*args)

        async with limiter or backend.current_default_thread_limiter():  # waiting for it is not work: time goes on
            with loop.hold(f"{_name(func)} in an anyio worker thread"):
                return await original(work, args, abandon_on_cancel, CapacityLimiter(1))

    AsyncIOBackend.run_sync_in_worker_thread = classmethod(held)  # type: ignore[assignment]   # wrapped, same signature


def _debugged() -> bool:
    """A person may be looking at a breakpoint; a coverage tracer is no debugger."""
    tracer = sys.gettrace()
    traced = tracer is not None and "coverage" not in f"{type(tracer).__module__} {getattr(tracer, '__module__', '')}"
    return traced or "pydevd" in sys.modules or "debugpy" in sys.modules


def _name(func: Callable[..., object]) -> str:
    while isinstance(func, functools.partial):  # asyncio.to_thread wraps it in Context.run
        func = func.args[0] if func.args and callable(func.args[0]) else func.func
    return getattr(func, "__qualname__", repr(func))


def _where(task: asyncio.Task[Any]) -> str:
    name = f"{task.get_name()} ({getattr(task.get_coro(), '__qualname__', task.get_coro())}"
    frames = task.get_stack(limit=1)
    return name + (f" at {frames[0].f_code.co_filename}:{frames[0].f_lineno})" if frames else ")")
