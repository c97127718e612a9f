"""Late sources with one thing broken each, for the contract kit to find."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, ClassVar

from attrs import define, evolve, field, frozen

from eventbus.core.effects import Arrived, ListShards, Receive, Received, Record, Release, Settle, Settled, Start
from eventbus.ports import Birth
from eventbus.testing.late_answers import LateAnswers
from eventbus.testing.late_source import Held, LateEvent, LateQueue, LateRecord, LateSource
from eventbus.testing.late_stream import LateShard, LateShards, LateStream, LateStreamEvent, LateStreamRecord


@frozen(eq=False)
class BrokenSource(LateSource):
    broken: type[LateQueue] = field(default=LateQueue, kw_only=True)

    def machine(self, birth: Birth) -> LateQueue:
        return self.broken(self, birth.ids)


@frozen(eq=False)
class BrokenStream(LateStream):
    broken: type[LateShards] = field(default=LateShards, kw_only=True)

    def machine(self, birth: Birth) -> LateShards:
        return self.broken(self, LateAnswers(birth.ids, 0.0))


# ---------------------------------------------------------------- queues
class LosesRecord(LateQueue):
    """The third one."""

    def send(self, now: float, body: str) -> int:
        number = super().send(now, body)
        self.held = [held for held in self.held if held.number != 2]
        return number


class HidesNothing(LateQueue):
    def _hand_out(self, held: Held) -> LateRecord:
        record = super()._hand_out(held)
        held.visible_at = self._now
        return record


class HidesForEver(LateQueue):
    def _hand_out(self, held: Held) -> LateRecord:
        record = super()._hand_out(held)
        held.visible_at = 1e9
        return record


class GivesTooMany(LateQueue):
    def receive(self, now: float, effect: Receive) -> None:
        super().receive(now, Receive(effect.source, effect.asker, effect.token, min(10, effect.limit + 1)))


class NeverAnswers(LateQueue):
    def receive(self, now: float, effect: Receive) -> None:
        super().receive(now, effect)
        self.effects.clear()


class AnswersAnotherCall(LateQueue):
    def settle(self, now: float, effect: Settle) -> None:
        super().settle(now, Settle(effect.source, effect.asker, effect.token + 1, effect.receipts))


class SaysNothing(LateQueue):
    def _announce(self) -> None:
        return


class SaysItForEachRecord(LateQueue):
    def send(self, now: float, body: str) -> int:
        number = super().send(now, body)
        self.effects[:] = [Arrived(self.arn)]
        return number


class ForgetsToWake(LateQueue):
    """When leases are over."""

    def next_deadline(self) -> float:
        return float("inf")


class SettlesNothing(LateQueue):
    def settle(self, now: float, effect: Settle) -> None:
        self.effects.append(Settled(effect.asker, effect.token))


class SettlesByAnyReceipt(LateQueue):
    def settle(self, now: float, effect: Settle) -> None:
        numbers = [receipt.partition("/")[0] for receipt in effect.receipts]
        receipts = [held.receipt for held in self.held if str(held.number) in numbers]
        super().settle(now, evolve(effect, receipts=receipts or effect.receipts))


class ReleasesNothing(LateQueue):
    def release(self, now: float, effect: Release) -> None:
        return


class CountsNothing(LateQueue):
    def outstanding(self) -> int:
        return 0


class SpinsForEver(LateQueue):
    def next_deadline(self) -> float:
        return self._now if self.held else float("inf")


class Reorders(LateQueue):
    def _free(self) -> list[Held]:
        return super()._free()[::-1]


class LocksNoGroup(LateQueue):
    def _free(self) -> list[Held]:
        return [held for held in self.held if held.visible_at <= self._now]


class KeepsItsEvent(LateQueue):
    """Shows the same one again."""

    shown: ClassVar[dict[Any, LateEvent]] = {}

    def to_event(self, batch: Sequence[Record]) -> LateEvent:
        key = (id(self), tuple(record.receipt for record in batch))
        return self.shown.setdefault(key, super().to_event(batch))


@define(eq=False)
class HandsOutItsOwn(LateQueue):
    """One record for each message, changed by the next receive."""

    own: dict[int, LateRecord] = field(factory=dict, init=False)

    def _hand_out(self, held: Held) -> LateRecord:
        record = super()._hand_out(held)
        kept = self.own.setdefault(held.number, record)
        kept.receive_count, kept.receipt = record.receive_count, record.receipt
        return kept


class SmallRecord(LateRecord):
    @property
    def size(self) -> int:
        return len(self.body)


class SaysTooSmallSizes(LateQueue):
    def _hand_out(self, held: Held) -> LateRecord:
        record = super()._hand_out(held)
        return SmallRecord(record.number, record.body, record.group, record.receipt, record.receive_count)


class KeepsStateElsewhere(LateQueue):
    """A counter that a copy shares, and a new machine finds used."""

    numbers: ClassVar[Iterator[int]] = count()

    def _hand_out(self, held: Held) -> LateRecord:
        return evolve(super()._hand_out(held), number=next(self.numbers))


# ---------------------------------------------------------------- streams
class LosesStreamRecord(LateShards):
    """The third one."""

    def put(self, now: float, body: str) -> int:
        number = super().put(now, body)
        for shard in self.shards:
            shard.records = [record for record in shard.records if record.number != 2]
        return number


class ChangesAnswers(LateShards):
    """Each read's answer is changed before anybody sees it."""

    def receive(self, now: float, effect: Receive) -> None:
        super().receive(now, effect)
        answer = self.effects[-1]
        assert isinstance(answer, Received)
        self.effects[-1] = self.changed(answer)

    def changed(self, answer: Received) -> Received:
        raise NotImplementedError


class ReordersReads(ChangesAnswers):
    def changed(self, answer: Received) -> Received:
        return evolve(answer, records=answer.records[::-1])


class SkipsOne(ChangesAnswers):
    def changed(self, answer: Received) -> Received:
        return evolve(answer, position=answer.position + 1) if answer.records else answer


class StandsStill(ChangesAnswers):
    """The last record comes again."""

    def changed(self, answer: Received) -> Received:
        return evolve(answer, position=answer.position - 1) if answer.records else answer


class NeverEnds(ChangesAnswers):
    def changed(self, answer: Received) -> Received:
        return evolve(answer, ended=False)


class EndsAtOnce(ChangesAnswers):
    def changed(self, answer: Received) -> Received:
        return evolve(answer, ended=True)


class DoublesRecords(ChangesAnswers):
    def changed(self, answer: Received) -> Received:
        return evolve(answer, records=[*answer.records, *answer.records[-1:]])


@define(eq=False)
class ForgetsWhatWasRead(LateShards):
    """What was read by one is gone for all."""

    def receive(self, now: float, effect: Receive) -> None:
        super().receive(now, effect)
        answer: Any = self.effects[-1]
        for shard in self.shards:
            shard.records = [record for record in shard.records if record not in answer.records]


class StartsAtTheOldest(LateShards):
    """Whatever was asked for."""

    def _behind(self, now: float, shard: LateShard, position: Any) -> list[LateStreamRecord]:
        return super()._behind(now, shard, Start("TRIM_HORIZON") if isinstance(position, Start) else position)


class SaysNothingOfShards(LateShards):
    def _announce(self, shard: LateShard) -> None:
        return


class SaysItTwice(LateShards):
    def _announce(self, shard: LateShard) -> None:
        if shard.short:
            self.effects.append(Arrived(self.arn, shard.id))
        super()._announce(shard)


class SilencesOthers(LateShards):
    """A full read counts as if nobody waited."""

    def receive(self, now: float, effect: Receive) -> None:
        super().receive(now, effect)
        answer: Any = self.effects[-1]
        for shard in self.shards:
            if shard.id == effect.shard:
                shard.short = len(answer.records) < effect.limit


class SaysNothingOfSplits(LateShards):
    def _reshard(self, now: float) -> None:
        super()._reshard(now)
        self.effects[:] = [effect for effect in self.effects if not isinstance(effect, Arrived) or effect.shard]


class HidesAParent(LateShards):
    """All but the first of each shard."""

    def list_shards(self, now: float, effect: ListShards) -> None:
        super().list_shards(now, effect)
        for shard in self.effects[-1].shards:  # type: ignore[union-attr]  # answered at once
            shard.parents = shard.parents[:1]


class HidesParents(LateShards):
    def list_shards(self, now: float, effect: ListShards) -> None:
        super().list_shards(now, effect)
        for shard in self.effects[-1].shards:  # type: ignore[union-attr]  # answered at once
            shard.parents = ()


class KeepsForEver(LateShards):
    def _behind(self, now: float, shard: LateShard, position: Any) -> list[LateStreamRecord]:
        return super()._behind(min(now, 1.0), shard, position)


class LosesItsPlace(LateShards):
    """A position that is over leads nowhere."""

    def _behind(self, now: float, shard: LateShard, position: Any) -> list[LateStreamRecord]:
        found = super()._behind(now, shard, position)
        over = not isinstance(position, Start) and found and found[0].number != position
        return [] if over else found


class WaitsForEver(LateShards):
    def outstanding(self) -> int:
        return sum(len(shard.records) for shard in self.shards)


class KeepsItsStreamEvent(LateShards):
    shown: ClassVar[dict[Any, LateStreamEvent]] = {}

    def to_event(self, batch: Sequence[Record]) -> LateStreamEvent:
        key = (id(self), tuple(record.identifier for record in batch))
        return self.shown.setdefault(key, super().to_event(batch))
