"""One source, told the time by a test: what its client does, what is asked of it, what it says."""

from collections.abc import Callable, Coroutine, Sequence
from math import inf
from typing import Any, Final, NoReturn, TypeVar

from attrs import define, field

from eventbus.core.effects import (
    Arrived,
    Cause,
    Effect,
    ListShards,
    Note,
    Receive,
    Received,
    Record,
    Release,
    Settle,
    Settled,
    Shard,
    ShardsListed,
    Start,
)
from eventbus.core.profile import Profile
from eventbus.names import Arn, Ids
from eventbus.ports import Birth, EventSource, Machine, Resource

EPOCH: Final = 1_767_225_600.0
"""2026-01-01T00:00:00Z, where virtual time starts."""
ASKER: Final = Arn("contract")
ANSWER_TIME: Final = 60.0
"""Seconds in which a call must be answered while nothing disturbs it."""
OLDEST: Final = Start("TRIM_HORIZON")
STEPS: Final[dict[type[Any], str]] = {
    Receive: "receive",
    ListShards: "list_shards",
    Settle: "settle",
    Release: "release",
}

T = TypeVar("T")
Answer = Received | Settled | ShardsListed


@define(eq=False)
class Bench:
    """Stands for the driver and for whoever reads. `owner` holds what is read of `source`, whose machine hands on to it
    what it is asked, unless they have one machine."""

    owner: Resource[Any]
    source: EventSource[Any, Any]
    seed: int = 0
    now: float = field(default=0.0, init=False)
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    machine: Any = field(init=False)  # of the source
    holder: Any = field(init=False)  # of the owner
    asked_at: float = field(default=0.0, init=False)  # the last call
    _machines: dict[Arn, Any] = field(init=False)  # by the ARN that is asked
    _told: list[Arrived] = field(factory=list, init=False)
    _answers: dict[int, Answer] = field(factory=dict, init=False)  # the first of each call, by token
    _token: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self.holder = self.machine = self._born(self.owner)
        self._machines = {self.source.arn: self.machine}
        if not answers_for(self.owner, self.source):
            self.machine = self._born(self.source)
            self._machines = {self.owner.arn: self.holder, self.source.arn: self.machine}

    @property
    def client(self) -> Any:
        return self.owner.client(self.holder, BenchFeed(self))

    def next_deadline(self) -> float:
        return self._next_due().next_deadline()

    def done(self, work: Coroutine[Any, Any, T]) -> T:
        """What a client's call returns."""
        try:
            work.send(None)
        except StopIteration as ended:
            result: T = ended.value
            return result
        work.close()
        raise AssertionError("the client waited for something else than its calls")

    def advance(self, until: float) -> None:
        """Wake each machine whenever it is due, up to then."""
        while (due := self.next_deadline()) <= until:
            self.now = max(self.now, due)
            machine = self._next_due()
            machine.wake(self.now)
            assert machine.next_deadline() > self.now, f"due again at once, at {self.now:g} s"
            self.drain()
        self.now = max(self.now, until)

    def drain(self) -> None:
        """Hear what was said; what one machine asks the other is answered."""
        for effect in self.effects:  # also those that are added meanwhile
            match effect:
                case Receive() | ListShards() | Settle() | Release():
                    asked = self._machines.get(effect.source)
                    assert asked is not None, f"{effect.source} is asked, which is not there"
                    getattr(asked, STEPS[type(effect)])(self.now, effect)
                case ShardsListed() if effect.asker in self._machines:
                    self._machines[effect.asker].shards_listed(self.now, effect.token, effect.shards)
                case Received() | Settled() | ShardsListed():
                    assert effect.asker == ASKER, f"an answer to {effect.asker}, who asked nothing"
                    self._answers.setdefault(effect.token, effect)
                case Arrived():
                    self._heard(effect)
        self.effects.clear()

    def told(self) -> list[str | None]:
        """The shards of each `Arrived` since the last look; None of a queue, or for shards not listed yet."""
        told, self._told = [effect.shard for effect in self._told], []
        return told

    def receive(self, limit: int = 10) -> Sequence[Record]:
        token = self._next()
        self.ask(self.machine.receive, Receive(self.source.arn, ASKER, token, limit))
        return self._received(token, limit).records

    def read(self, shard: str, position: Any = OLDEST, limit: int = 10_000) -> Received:
        token = self._next()
        self.ask(self.machine.receive, Receive(self.source.arn, ASKER, token, limit, shard, position))
        return self._received(token, limit)

    def shards(self) -> Sequence[Shard]:
        token = self._next()
        self.ask(self.machine.list_shards, ListShards(self.source.arn, ASKER, token))
        answer = self._answer(token)
        assert isinstance(answer, ShardsListed)
        return answer.shards

    def settle(self, records: Sequence[Record]) -> Sequence[Any]:
        """The receipts that were not taken."""
        token = self._next()
        self.ask(self.machine.settle, Settle(self.source.arn, ASKER, token, [record.receipt for record in records]))
        answer = self._answer(token)
        assert isinstance(answer, Settled)
        return answer.failed

    def release(self, records: Sequence[Record]) -> None:
        self.ask(self.machine.release, Release(self.source.arn, [record.receipt for record in records]))

    def event(self, records: Sequence[Record]) -> Any:
        return self.machine.to_event(records)

    def ask(self, step: Callable[[float, Any], None], effect: Effect) -> None:
        """As the driver does: what is due before comes first."""
        self.advance(self.now)
        self.asked_at = self.now
        step(self.now, effect)
        self.drain()

    def _born(self, resource: Resource[Any]) -> Any:
        machine = resource.machine(Birth(Ids(self.seed, resource.arn), Profile(), EPOCH))
        machine.effects = self.effects
        machine.notes = self.notes
        return machine

    def _next_due(self) -> Machine:
        machine: Machine = min(self._machines.values(), key=lambda each: each.next_deadline())
        return machine

    def _heard(self, effect: Arrived) -> None:
        assert effect.source in self._machines, f"Arrived of {effect.source} instead of {self.source.arn}"
        if effect.source == self.source.arn:
            self._told.append(effect)

    def _received(self, token: int, limit: int) -> Received:
        answer = self._answer(token)
        assert isinstance(answer, Received)
        assert len(answer.records) <= limit, f"{len(answer.records)} records, {limit} were asked for"
        return answer

    def _answer(self, token: int) -> Answer:
        """As soon as it comes."""
        latest = self.now + ANSWER_TIME
        while token not in self._answers:
            due = self.next_deadline()
            assert due <= latest, f"a call at {self.now:g} s was not answered within {ANSWER_TIME:g} s"
            self.advance(due)
        return self._answers[token]

    def _next(self) -> int:
        self._token += 1
        return self._token


def answers_for(owner: Resource[Any], source: EventSource[Any, Any]) -> bool:
    """They have one machine: `source` is `owner`, or one of its streams."""
    return source in (owner, *getattr(owner, "streams", ()))


@define(eq=False)
class BenchFeed:
    """The client's way in: a call is done when it returns."""

    bench: Bench

    async def call(self, machine: Machine, action: str, step: Callable[..., T], *args: Any, **settings: Any) -> T:
        self.bench.advance(self.bench.now)
        answer = step(self.bench.now, *args, **settings)
        self.bench.drain()
        return answer

    async def wait(self, machine: object, seconds: float) -> None:
        self.bench.advance(min(self.bench.now + seconds, inf))

    async def side_by_side(self, *works: Coroutine[Any, Any, None]) -> NoReturn:
        raise AssertionError("a client's calls need no company")

    async def fetch(self, door: Arn, request: object) -> NoReturn:
        raise AssertionError(f"the client of {door} has no door")

    def cause(self) -> Cause | None:
        return None
