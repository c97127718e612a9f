"""What the driver does for each type of effect, and for an attempt that ended."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final

from attrs import define, field

from eventbus.core import stream_mapping
from eventbus.core.async_queue import AsyncQueue
from eventbus.core.chain import CHAIN_LIMIT, runs
from eventbus.core.concurrency import Concurrency
from eventbus.core.effects import (
    Arrived,
    Deliver,
    Delivered,
    FailedBatch,
    Fetch,
    Fetched,
    Finished,
    Invoke,
    ListShards,
    Receive,
    Received,
    Release,
    Reply,
    Settle,
    Settled,
    ShardsListed,
)
from eventbus.core.outcomes import HandlerFailed, Outcome, Stopped, TimedOut
from eventbus.names import Arn, async_address
from eventbus.ports import EventSource

from .attempts import Attempts
from .driver import Driver
from .environment import Pool
from .faults import Faults
from .permissions import Permissions

EVENT_LIMIT: Final = 1_048_576
"""Bytes of an asynchronous event (dg:gettingstarted-limits)."""
INVOKE_ACTION: Final = "lambda:InvokeFunction"

LogFailure = Callable[[float, Arn, str, HandlerFailed | TimedOut], None]


@define(eq=False)
class Handlers:
    driver: Driver
    concurrency: Concurrency
    permissions: Permissions
    attempts: Attempts
    faults: Faults
    log_failure: LogFailure
    on_arrived: Callable[[Arn], None]  # whoever polls that source from outside
    replies: "dict[int, asyncio.Future[Any]]"
    pools: dict[Arn, Pool] = field(factory=dict, init=False)
    queues: dict[Arn, AsyncQueue] = field(factory=dict, init=False)
    polling: dict[Arn, Sequence[str]] = field(factory=dict, init=False)  # source -> what reading it takes
    readers: dict[Arn, list[Arn]] = field(factory=dict, init=False)  # source -> mappings, in order of declaration
    readers_as: dict[Arn, Arn] = field(factory=dict, init=False)  # a reader -> whose permissions count
    stopped: int = field(default=0, init=False)
    _touched: list[Pool] = field(factory=list, init=False)
    _blocked: list[AsyncQueue] = field(factory=list, init=False)  # waiting for account capacity

    def register(self) -> None:
        self.driver.handlers = {
            Invoke: self._invoke,
            Finished: self._finished,
            Receive: self._receive,
            Received: self._received,
            ListShards: self._list_shards,
            ShardsListed: self._shards_listed,
            Settle: self._settle,
            Settled: self._settled,
            Release: self._release,
            Arrived: self._arrived,
            Deliver: self._deliver,
            Delivered: self._delivered,
            Fetch: self._fetch,
            Fetched: self._fetched,
            Reply: self._reply,
        }

    def let_out(self) -> None:
        """Attempts decided in this turn may start."""
        if self._touched:
            touched, self._touched = self._touched, []
            for pool in touched:
                pool.let_out()

    def finished(self, invoke: Invoke, began: float, outcome: Outcome) -> None:
        """One turn: an attempt has ended."""
        driver = self.driver
        self.concurrency.release(invoke.function)
        now = driver.now()
        self.attempts.add(invoke, began, now, outcome)
        if isinstance(outcome, HandlerFailed | TimedOut):
            self.log_failure(now, invoke.function, invoke.request_id, outcome)
        driver.notes.append(("ended", invoke.function, invoke.request_id, outcome, None))
        asker = driver.machines.get(invoke.asker)
        if asker is not None:
            driver.feed(asker, asker.finished, invoke.token, outcome)
        if self._blocked:
            self._offer_capacity()

    def _offer_capacity(self) -> None:
        """Queues that wait take one event each in turn, while the account has room: an event that was stopped or
        throttled on its way leaves it to the next."""
        for _ in range(len(self._blocked)):
            if self.concurrency.full():
                return
            queue = self._blocked.pop(0)
            self.driver.feed(queue, queue.capacity)
            if queue.blocked and queue not in self._blocked:
                self._blocked.append(queue)

    def _invoke(self, now: float, effect: Invoke) -> None:
        if effect.principal is not None:
            reason = self._refused(effect, effect.principal)
            if reason is not None:
                self.driver.tell(effect.asker, "denied", effect.token, reason)
                return
        pool = self.pools[effect.function]
        if effect.cause is not None and runs(effect.cause, effect.function) >= CHAIN_LIMIT:
            self.stopped += 1
            self.driver.notes.append(("stopped", effect.function, effect.request_id, "RecursiveInvocation", None))
            self.driver.effects.append(Finished(effect.asker, effect.token, Stopped()))
            return
        refused = self.faults.refusal(effect) if self.faults.armed else None
        if refused is None:
            refused = self.concurrency.admit(
                now, effect.function, warm=bool(pool.idle), asynchronous=effect.asker in self.queues
            )
        if refused is not None:
            if refused.wait:
                self._wait_for_capacity(effect.asker)
            self.driver.effects.append(Finished(effect.asker, effect.token, refused))
            return
        self.driver.notes.append(("attempt", effect.function, effect.request_id, effect.batch, effect.cause))
        pool.ready.append(effect)
        self._touched.append(pool)

    def _refused(self, effect: Invoke, principal: Arn) -> str | None:
        """Why a front door may not invoke that function."""
        if effect.function not in self.pools:
            return f"ResourceNotFoundException: Function not found: {effect.function}"
        if self.permissions.policy is None:
            return None
        where = effect.function, effect.request_id
        return self.permissions.refusal(principal, INVOKE_ACTION, effect.function, *where)

    def _wait_for_capacity(self, asker: Arn) -> None:
        queue = self.queues.get(asker)
        if queue is not None and queue not in self._blocked:
            self._blocked.append(queue)

    def _receive(self, now: float, effect: Receive) -> None:
        if self.faults.armed and self.faults.receive(effect):
            return
        if self._may_read(effect):
            self.driver.tell(effect.source, "receive", effect)

    def add_reader(self, reader: Arn, source: EventSource[Any, Any], who: Arn) -> None:
        """From now on it is told of what arrives in `source`; it reads with the permissions of `who`."""
        self.readers.setdefault(source.arn, []).append(reader)
        self.readers_as[reader] = who
        self.polling[source.arn] = source.polling_actions

    def _may_read(self, effect: Receive | ListShards) -> bool:
        """A reader that may not read, or whose function may not, is disabled: nothing consumes that source."""
        if self.permissions.policy is None or effect.asker not in self.readers.get(effect.source, ()):
            return True  # a consumer passes on what its mapping was allowed to ask
        who = self.readers_as[effect.asker]
        actions = self.polling[effect.source]
        if not any(self.permissions.refusal(who, action, effect.source) for action in actions):
            return True
        self.driver.tell(effect.asker, "disable")
        return False

    def _received(self, now: float, effect: Received) -> None:
        mapping = self.driver.machines.get(effect.asker)
        if self.faults.armed and mapping is not None and self.faults.received(now, mapping.source, effect):
            self.driver.arm(self.faults)
            return
        answer = effect.token, effect.records, effect.position, effect.ended, effect.retention
        self.driver.tell(effect.asker, "received", *answer)

    def _list_shards(self, now: float, effect: ListShards) -> None:
        if self._may_read(effect):
            self.driver.tell(effect.source, "list_shards", effect)

    def _shards_listed(self, now: float, effect: ShardsListed) -> None:
        self.driver.tell(effect.asker, "shards_listed", effect.token, effect.shards)

    def _settle(self, now: float, effect: Settle) -> None:
        if self.faults.armed:
            effect = self.faults.settle(effect)
        self.driver.tell(effect.source, "settle", effect)

    def _release(self, now: float, effect: Release) -> None:
        self.driver.tell(effect.source, "release", effect)

    def _arrived(self, now: float, effect: Arrived) -> None:
        for mapping in self.readers.get(effect.source, ()):
            self.driver.tell(mapping, "arrived", effect.shard)
        self.on_arrived(effect.source)

    def _deliver(self, now: float, effect: Deliver) -> None:
        refusal = self.faults.delivery(effect) if self.faults.armed else None
        if refusal is not None:
            self.driver.effects.append(refusal)
            return
        target: Any = self.driver.machines.get(effect.target)
        queue = None if target is not None else self.queues.get(async_address(effect.target))
        if target is None and queue is None:
            self._answer(effect, "ResourceNotFoundException")
            return
        if self.permissions.policy is not None and effect.moved is None:
            action = INVOKE_ACTION if queue is not None else target.delivery_action
            reason = self.permissions.refusal(principal(effect.asker), action, effect.target)
            if reason is not None:
                self._answer(effect, f"AccessDeniedException: {reason}")
                return
        if effect.failed is not None:
            self._word(effect, effect.failed)
        if queue is None:
            self.driver.tell(effect.target, "deliver", effect)
        else:
            self._invoke_event(queue, effect)

    def _word(self, effect: Deliver, failed: FailedBatch) -> None:
        """The record of a failure is completed by the source that it is about."""
        source = self.driver.machines[failed.source]
        name, info = source.batch_info(failed.shard, failed.records)
        event = stream_mapping.with_window(source.to_event(failed.records), failed.extra) if failed.payload else None
        effect.body, effect.failed = stream_mapping.with_batch(effect.body, name, info, event), None

    def _invoke_event(self, queue: AsyncQueue, effect: Deliver) -> None:
        payload = effect.body.encode()
        error = None if len(payload) <= EVENT_LIMIT else "RequestTooLargeException"
        if error is None:
            request_id = queue.ids.text(queue.ids.draw())
            self.driver.tell(queue.address, "accept", request_id, payload, effect.cause)
        self._answer(effect, error)

    def _answer(self, effect: Deliver, error: str | None) -> None:
        self.driver.effects.append(Delivered(effect.asker, effect.token, error))

    def _finished(self, now: float, effect: Finished) -> None:
        self.driver.tell(effect.asker, "finished", effect.token, effect.outcome)

    def _settled(self, now: float, effect: Settled) -> None:
        self.driver.tell(effect.asker, "settled", effect.token, effect.failed)

    def _delivered(self, now: float, effect: Delivered) -> None:
        self.driver.tell(effect.asker, "delivered", effect.token, effect.error)

    def _fetch(self, now: float, effect: Fetch) -> None:
        door = self.driver.machines.get(effect.target)
        if door is not None and self.permissions.policy is not None:
            action = door.fetch_action(effect.request)
            if action is not None:
                effect.refused = self.permissions.refusal(principal(effect.asker), action, effect.target)
        self.driver.tell(effect.target, "fetch", effect)

    def _fetched(self, now: float, effect: Fetched) -> None:
        self.driver.tell(effect.asker, "fetched", effect.token, effect.response)

    def _reply(self, now: float, effect: Reply) -> None:
        reply = self.replies.pop(effect.token, None)
        if reply is not None and not reply.done():
            reply.set_result(effect.answer)


def principal(asker: Arn) -> Arn:
    """Whose permissions count for what `asker` sends: a function's for its asynchronous queue."""
    return Arn(asker.removesuffix(":async"))
