"""Whole runs over a source: an app, a mapping and a function that fails now and then, in virtual time."""

from asyncio import sleep
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from eventbus.app import App
from eventbus.core.effects import Effect, ListShards, Note, Receive, Received, Settle, Settled, ShardsListed
from eventbus.names import Arn, Ids
from eventbus.ports import EventSource, QueueSource
from eventbus.runtime.bus import Bus
from eventbus.runtime.clock import run
from eventbus.runtime.driver import Driver
from eventbus.testing.late_answers import LateAnswers

from .bench import answers_for

if TYPE_CHECKING:
    from .source import SourceContract

KEYS: Final = ("red", "green", "blue", "black")
SENT: Final = 40
BATCH_SIZE: Final = 3
TIMEOUT: Final = 1
LONGEST_WORK: Final = 0.5
HANGS: Final = 5.0
"""Seconds: a function that takes so long is timed out."""

Handle = Callable[[float, Any], None]


class WorkFailed(Exception):
    """The function failed, as it was told to."""


@define(eq=False)
class Disturbed:
    """A machine between a source and its mapping: calls and their answers come late, twice or never."""

    driver: Driver
    line: LateAnswers[tuple[Handle, Any]]
    address: Arn = Arn("disturbed")
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        for kind in (Receive, Received, Settle, Settled, ListShards, ShardsListed):
            self.driver.handlers[kind] = partial(self._pass_on, self.driver.handlers[kind])
        self.driver.add(self.address, self)

    def wake(self, now: float) -> None:
        for handle, effect in self.line.due(now):
            handle(now, effect)

    def next_deadline(self) -> float:
        return self.line.next_at()

    def _pass_on(self, handle: Handle, now: float, effect: Any) -> None:
        for _ in self.line.send(now, self.line.drawn(), (handle, effect)):
            handle(now, effect)
        self.driver.arm(self)


@define(eq=False)
class Function:
    """What a mapped function was given. Of the keys in `sent` each has its bodies in the order of sending; where
    `ordered`, a body comes only when those before it succeeded, or stand before it in the same batch."""

    contract: "SourceContract"
    ids: Ids
    ordered: bool
    failing: float  # a share of the attempts
    sent: dict[str, list[str]] = field(factory=dict, init=False)
    given: list[str] = field(factory=list, init=False)
    succeeded: set[str] = field(factory=set, init=False)
    broken: list[str] = field(factory=list, init=False)  # promises, for people
    _running: list[list[str]] = field(factory=list, init=False)

    async def work(self, event: Any, context: Any) -> None:
        bodies = self.contract.bodies(event)
        self.given += bodies
        if self.ordered:
            self._check_order(bodies)
        self._running.append(bodies)
        random = self.ids.random
        fails = random.random() < self.failing
        try:
            await sleep(HANGS if fails and random.random() < 0.3 else random.uniform(0, LONGEST_WORK))
            if fails:
                raise WorkFailed
            self.succeeded.update(bodies)
        finally:
            self._running.remove(bodies)

    def _check_order(self, bodies: Sequence[str]) -> None:
        done = set(self.succeeded)
        keys = {key_of(other) for other in chain.from_iterable(self._running)}
        for body in bodies:
            known = self.sent.get(key_of(body), [])
            before = known[: known.index(body)] if body in known else []
            if not done.issuperset(before):
                self.broken.append(f"{body} came before {next(one for one in before if one not in done)} was done with")
            if key_of(body) in keys:
                self.broken.append(f"{body} came while another batch of {key_of(body)} was running")
            done.add(body)


@define(eq=False)
class WholeRun:
    """All bodies are sent, and the bus settles. `disturbed` is a share of the calls, `failing` one of the attempts. In
    the middle of it the mapping is disabled and enabled again, or else `between` happens."""

    contract: "SourceContract"
    ordered: bool
    between: Callable[[Bus, Any], Awaitable[None]]  # is told the bus and the owner's client
    seed: int = field(default=0, kw_only=True)
    disturbed: float = field(default=0, kw_only=True)
    failing: float = field(default=0, kw_only=True)
    disabling: bool = field(default=False, kw_only=True)
    settings: Mapping[str, Any] = field(factory=dict, kw_only=True)
    function: Function = field(init=False)

    def __attrs_post_init__(self) -> None:
        ids = Ids(self.seed, Arn("function"))
        self.function = Function(self.contract, ids, self.ordered, self.failing)

    def to_the_end(self) -> Function:
        """What the function was given; every body succeeded at least once, and no promise was broken."""
        run(self._main, virtual=True)
        function = self.function
        assert not function.broken, "; ".join(function.broken[:3])
        missing = [body for bodies in function.sent.values() for body in bodies if body not in function.succeeded]
        assert not missing, f"the bus settled without {', '.join(missing[:5])}"
        return function

    async def _main(self) -> None:
        contract, app = self.contract, App("contract")
        source = contract.make()
        owner = app.add(contract.owner(source))
        if not answers_for(owner, source):
            app.add(source)
        handler = app.function(self.function.work, name="work", timeout=TIMEOUT)
        app.map(source, handler, **_of_mapping(source), **self.settings)
        async with app.start(seed=self.seed) as bus:
            if self.disturbed:
                Disturbed(bus._engine.driver, LateAnswers(Ids(self.seed, Arn("disturbed")), self.disturbed))
            await self._send(bus[owner], range(SENT // 2))
            if self.disabling:
                await self._disable(bus)
            else:
                await self.between(bus, bus[owner])
            await self._send(bus[owner], range(SENT // 2, SENT))
            if self.disabling:
                await self._switch(bus, enabled=True)
            await bus.settle()

    async def _send(self, client: Any, numbers: Sequence[int]) -> None:
        for number in numbers:
            key = KEYS[number % len(KEYS)]
            body = f"{key}:{number}"
            self.function.sent.setdefault(key, []).append(body)
            await self.contract.send(client, key, body)

    async def _disable(self, bus: Bus) -> None:
        """While something runs."""
        await bus.advance(LONGEST_WORK / 2)
        await self._switch(bus, enabled=False)
        await bus.advance(HANGS)

    async def _switch(self, bus: Bus, *, enabled: bool) -> None:
        [mapping] = await bus.list_event_source_mappings()
        await bus.update_event_source_mapping(mapping.uuid, enabled=enabled)


def key_of(body: str) -> str:
    return body.partition(":")[0]


def _of_mapping(source: EventSource[Any, Any]) -> dict[str, Any]:
    if isinstance(source, QueueSource):
        return {"batch_size": BATCH_SIZE}
    return {"batch_size": BATCH_SIZE, "starting_position": "TRIM_HORIZON"}
