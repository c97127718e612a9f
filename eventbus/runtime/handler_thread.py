"""The thread of one `def` environment: daemon, with an event loop of its own, living as long as the environment.

On a real clock the bus's loop goes on while the handler runs. In virtual time it hands over and waits: one thread at a
time, so the order is the same in every run. What the handler asks of the bus (`bus.sync`) is then posted to the
environment, which does it on the loop and hands over again. A handler that neither returns nor asks within its
timeout, counted in real seconds, no longer holds the loop up: virtual time passes its deadline.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextvars import Context as VarContext
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import Any, Final

from attrs import define, field

from eventbus.errors import NotInBus

from . import clock
from .context import OVER, Invocation, in_threads
from .stepping import Stepped

END: Final = object()


@define(eq=False)
class Ended:
    result: Any = None
    error: BaseException | None = None


@define(eq=False)
class Asked:
    """Work for the loop, and where its answer goes."""

    work: Coroutine[Any, Any, Any]
    context: VarContext
    answer: SimpleQueue[Ended] = field(factory=SimpleQueue)


@define(eq=False)
class HandlerThread:
    name: str
    loop: asyncio.AbstractEventLoop
    _jobs: SimpleQueue[Any] = field(factory=SimpleQueue, init=False)
    _posted: SimpleQueue[Ended | Asked] = field(factory=SimpleQueue, init=False)
    _thread: threading.Thread = field(init=False)
    _virtual: bool = field(init=False)
    _open: bool = field(default=False, init=False)  # the loop takes what is posted
    _gate: threading.Lock = field(factory=threading.Lock, init=False)  # nothing is posted that nobody will take

    def __attrs_post_init__(self) -> None:
        self._virtual = clock.is_virtual(self.loop)
        self._thread = threading.Thread(target=self._serve, name=self.name, daemon=True)
        if isinstance(self.loop, clock.VirtualLoop):
            self.loop.adopt(self._thread)
        self._thread.start()

    def retire(self) -> None:
        """The thread ends when what it runs returns."""
        self._jobs.put(END)

    async def run(self, call: Callable[[], Any], context: VarContext, invocation: Invocation, seconds: float) -> Any:
        """The handler's result, or its exception."""
        ended: asyncio.Future[Ended] = self.loop.create_future()
        invocation.before = frozenset(threading.enumerate())
        if self._virtual:
            invocation.post, self._open = self.ask, True
        self._jobs.put((call, context, invocation, ended))
        try:
            end = await (self._hand_over(ended, seconds) if self._virtual else ended)
        finally:
            invocation.over = True
            if self._virtual:
                self._shut()
        if end.error is not None:
            raise end.error
        return end.result

    def ask(self, work: Coroutine[Any, Any, Any]) -> Any:
        """From the handler's thread, or one that it started: have the loop do this; its result."""
        asked = Asked(work, copy_context())
        if not self._post(asked):
            work.close()
            raise NotInBus(OVER)
        end = asked.answer.get()
        if end.error is not None:
            raise end.error
        return end.result

    async def _hand_over(self, ended: "asyncio.Future[Ended]", seconds: float) -> Ended:
        until = clock.real_monotonic() + seconds
        while True:
            try:
                posted = self._posted.get(timeout=max(0.0, until - clock.real_monotonic()))
            except Empty:
                return self._shut() or await ended  # virtual time may pass the deadline now
            if isinstance(posted, Ended):
                return posted
            await _do(posted)

    def _post(self, posted: Ended | Asked) -> bool:
        with self._gate:
            if self._open:
                self._posted.put(posted)
            return self._open

    def _shut(self) -> Ended | None:
        """Nothing is posted from now on. Of what was, the end counts; questions are refused."""
        with self._gate:
            self._open = False
        end = None
        while not self._posted.empty():
            posted = self._posted.get()
            if isinstance(posted, Ended):
                end = posted
            else:
                posted.work.close()
                posted.answer.put(Ended(error=NotInBus(OVER)))
        return end

    def _sleep(self, seconds: float) -> None:
        """`time.sleep` on this thread, where it is the bus's time; really sleeping once the invocation is over."""
        if self._open:
            self.ask(asyncio.sleep(seconds))
        else:
            threading.Event().wait(seconds)

    def _serve(self) -> None:
        own = asyncio.new_event_loop()
        asyncio.set_event_loop(own)
        try:
            while (job := self._jobs.get()) is not END:
                self._run_job(*job)
        finally:
            asyncio.set_event_loop(None)
            own.close()

    def _run_job(
        self, call: Callable[[], Any], context: VarContext, invocation: Invocation, ended: "asyncio.Future[Ended]"
    ) -> None:
        if self._virtual:
            clock.park_sleeps_with(self._sleep)
        in_threads.append(invocation)
        try:
            end = Ended(context.run(call))
        except BaseException as error:
            end = Ended(error=error)
        finally:
            in_threads.remove(invocation)
        if not (self._virtual and self._post(end)):
            _tell(self.loop, ended, end)


def _tell(loop: asyncio.AbstractEventLoop, ended: "asyncio.Future[Ended]", end: Ended) -> None:
    def resolve() -> None:
        if not ended.done():
            ended.set_result(end)

    try:
        loop.call_soon_threadsafe(resolve)
    except RuntimeError:  # the loop is closed: nobody waits for an abandoned handler
        return


async def _do(asked: Asked) -> None:
    try:
        end = Ended(await Stepped(asked.work, asked.context))
    except asyncio.CancelledError:
        asked.answer.put(Ended(error=NotInBus(OVER)))
        raise
    except BaseException as error:
        end = Ended(error=error)
    asked.answer.put(end)
