"""A client's way in: one call, one turn."""

import asyncio
from collections.abc import Callable, Coroutine
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define, field

from eventbus.core.callers import Callers
from eventbus.core.effects import Cause
from eventbus.errors import AccessDeniedException, NotInBus
from eventbus.names import Arn

from .context import Invocation, current_invocation
from .driver import CALLS_PER_CHECKPOINT, Driver
from .permissions import Permissions

if TYPE_CHECKING:
    from eventbus.core.http import Request, Response

T = TypeVar("T")


@define(eq=False)
class Waiter:
    """Somebody who waits for a condition, or for records of a source, or for a deadline."""

    deadline: float
    done: "asyncio.Future[None]"
    ready: Callable[[], bool] | None = None
    source: Arn | None = None

    def tell(self) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def wake(self, now: float) -> None:
        if now >= self.deadline:
            self.deadline = inf
            self.tell()

    def next_deadline(self) -> float:
        return self.deadline


@define(eq=False)
class Feed:
    """Implements `ports.Feed` over a driver."""

    driver: Driver
    permissions: Permissions
    bus: Any  # whose invocations count: a handler of another bus calls from outside
    spawn: "Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]"
    callers: Callers = field(factory=Callers, init=False)
    replies: "dict[int, asyncio.Future[Any]]" = field(factory=dict, init=False)  # to callers that wait, by token
    conditions: list[Waiter] = field(factory=list, init=False)  # in the order they began to wait
    polls: dict[Arn, dict[Waiter, None]] = field(factory=dict, init=False)  # by source, in that order as well
    closing: str | None = field(default=None, init=False)
    draining: bool = field(default=False, init=False)  # while closing, what still runs may call
    calls: int = field(default=0, init=False)
    _tokens: int = field(default=0, init=False)

    async def call(self, machine: Any, action: str, step: Callable[..., T], *args: Any, **settings: Any) -> T:
        self.check_caller()
        if self.permissions.policy is not None:
            self.check_permission(action, machine.arn)
        answer = self.driver.feed(machine, step, *args, **settings)
        if self.turn_due():
            await asyncio.sleep(0)
        return answer

    async def fetch(self, door: Arn, request: "Request") -> "Response":
        self.check_caller()
        response: Response = await self.reply(self.callers.fetch, door, request, self.cause())
        if self.turn_due():
            await asyncio.sleep(0)
        return response

    async def reply(self, step: Callable[..., None], *args: Any) -> Any:
        """What is replied to a caller: `step(now, token, *args)` of the callers is one turn."""
        if self.closing is not None:  # a running handler may still send, but nothing new starts
            raise NotInBus(self.closing)
        callers, reply = self.callers, self.driver.loop.create_future()
        self._tokens = token = self._tokens + 1
        self.replies[token] = reply  # before the turn: the answer may come within it
        try:
            self.driver.feed(callers, step, token, *args)
            return await reply
        except asyncio.CancelledError:
            self.replies.pop(token, None)
            self.driver.feed_if_alive(callers, callers.gave_up, token)
            raise

    async def wait(self, machine: Any, seconds: float) -> None:
        if self.closing is not None and not self.draining:  # nobody would tell
            raise NotInBus(self.closing)
        waiter = Waiter(self.driver.now() + seconds, self.driver.loop.create_future(), source=machine.arn)
        waiters = self.polls.setdefault(machine.arn, {})
        waiters[waiter] = None
        try:
            await self._told(waiter)
        finally:
            del waiters[waiter]
            if not waiters and self.polls.get(machine.arn) is waiters:  # responses and connections come and go
                del self.polls[machine.arn]

    async def side_by_side(self, *works: Coroutine[Any, Any, None]) -> None:
        tasks = [self.spawn(work, "side by side") for work in works]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in tasks:
            if task in done:
                task.result()

    async def until(self, ready: Callable[[], bool], deadline: float) -> None:
        """Return once `ready()` holds at the end of a turn, or at `deadline` on the bus's clock."""
        waiter = Waiter(deadline, self.driver.loop.create_future(), ready)
        self.conditions.append(waiter)
        try:
            await self._told(waiter)
        finally:
            self.conditions.remove(waiter)

    async def _told(self, waiter: Waiter) -> None:
        if self.driver.broken is not None:  # no turn will tell
            raise self.driver.broken
        self.driver.arm(waiter)
        try:
            await waiter.done
        finally:
            waiter.deadline = inf
        if self.driver.broken is not None:
            raise self.driver.broken

    def arrived(self, source: Arn) -> None:
        """It has records again."""
        for waiter in self.polls.get(source, ()):
            waiter.tell()

    @property
    def waiters(self) -> list[Waiter]:
        return self.conditions + [waiter for waiters in self.polls.values() for waiter in waiters]

    def caller(self) -> Invocation | None:
        """The invocation of this bus in which the caller runs."""
        invocation = current_invocation()
        return None if invocation is None or invocation.bus is not self.bus else invocation

    def cause(self) -> Cause | None:
        invocation = self.caller()
        return None if invocation is None else invocation.cause()

    def turn_due(self) -> bool:
        """One more call is done: whether the host's own tasks get their turn now, once in so many."""
        self.calls += 1
        return self.calls % CALLS_PER_CHECKPOINT == 0

    def turn_ended(self) -> None:
        for waiter in self.conditions:
            if waiter.ready is not None and waiter.ready():
                waiter.tell()

    def broke(self) -> None:
        for waiter in self.waiters:
            waiter.tell()

    def check_caller(self) -> None:
        """Refuse calls that come from another loop, from no loop, or after closing."""
        running = asyncio._get_running_loop()
        if running is not self.driver.loop:
            raise NotInBus(
                f"this bus runs on {self.driver.loop!r}, the call came from {running!r}; "
                "from a thread use bus.from_thread(...) or bus.sync"
            )
        if self.closing is not None and not (self.draining and self.caller() is not None):
            raise NotInBus(self.closing)

    def check_permission(self, action: str, resource: Arn) -> None:
        """Code in a handler acts as its function; the owner of the bus may do anything."""
        invocation = self.caller()
        if invocation is None:
            return
        function, request_id = invocation.invoke.function, invocation.invoke.request_id
        reason = self.permissions.refusal(function, action, resource, function, request_id)
        if reason is not None:
            raise AccessDeniedException(reason)
