"""The contract of streams: `ports.StreamSource`, whose machine is a `Stream`."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Final

import pytest

from eventbus.core.effects import Received, Record, Start
from eventbus.ports import Pollable
from eventbus.runtime.bus import Bus

from .bench import OLDEST, Bench
from .source import CALLS, SOME, SourceContract

SOON: Final = 10.0
"""When the records of a test are sent that outlives a shard."""
LATER: Final = 20.0
POSITIONS: Final = ("LATEST", "TRIM_HORIZON", "AT_TIMESTAMP")


class StreamContract(SourceContract):
    """Every stream that mappings may read passes this suite; a class of yours that pytest collects runs it.

        class TestMyStream(StreamContract):
            features = Features(retention=86_400, splits=True)

            def make(self) -> MyStream:
                return MyStream("orders")

            async def send(self, client: Any, key: str, body: str) -> None:
                await client.put(body, key=key)

            def bodies(self, event: Any) -> list[str]:
                return [record["data"] for record in event["Records"]]

            async def split(self, client: Any) -> float:
                await client.split("shard-0")
                return 0.0

    Records of a key come in their order, over splits too; a position is a value from which everything behind it can be
    read again; `Arrived` is said once of a shard after a read that found too few, and of the stream once it has shards
    that were not listed.
    """

    async def split(self, client: Any) -> float:
        """An open shard is closed and has children: when, in seconds since the bus started; 0 if it is already. Only
        with `Features(splits=True)`."""
        raise NotImplementedError

    def test_machine_is_no_queue(self) -> None:
        """A bus takes whatever has the methods of a `Pollable` for a queue."""
        assert not isinstance(self._bench().machine, Pollable)

    def test_it_can_be_read_from_somewhere(self) -> None:
        """Starting positions are AWS's words."""
        source: Any = self.make()

        assert source.starting_positions
        assert set(source.starting_positions) <= set(POSITIONS)

    # ------------------------------------------------------------ records
    def test_keys_keep_their_order(self) -> None:
        """In the shard of their key, with the time of their arrival."""
        bench = self._bench(*SOME[:3])
        bench.advance(SOON)
        self._fill(bench, *SOME[3:])

        for shard in bench.shards():
            records = self._all_of(bench, shard.id)
            times = [record.arrived_at for record in records]
            assert times == sorted(times)
            assert set(times) <= {0.0, SOON}
        assert self._by_key(bench) == _by_key(SOME)

    def test_records_carry_their_keys(self) -> None:
        """As `group`, so that each key stays in one lane."""
        bench = self._bench("red:1", "green:1", "red:2")

        groups = {self._bodies(bench, [record])[0]: record.group for record in self._take(bench)}

        assert groups["red:1"] == groups["red:2"] != groups["green:1"]

    def test_batch_info_ends_with_the_stream(self) -> None:
        """It says of which records of which shard a failure is."""
        bench = self._bench("red:1", "red:2")
        [shard] = [shard for shard in bench.shards() if self._all_of(bench, shard.id)]
        records = self._all_of(bench, shard.id)

        name, info = bench.machine.batch_info(shard.id, records)

        assert name
        assert list(info)[-1] == "streamArn"
        assert shard.id in info.values()

    def test_nobody_waits_for_what_is_kept(self) -> None:
        """Records stay, whoever has read them: none is outstanding."""
        bench = self._bench(*SOME)
        self._take(bench)

        assert bench.machine.outstanding() == 0

    # ------------------------------------------------------------ positions
    @pytest.mark.parametrize("limit", [1, 2, 5])
    def test_positions_lead_through_the_shard(self, limit: int) -> None:
        """Read in small steps, nothing is missed and nothing comes twice."""
        bench = self._bench(*_one_key(10))
        [records] = self._filled(bench).values()

        for shard in self._filled(bench):
            assert _identifiers(self._all_of(bench, shard, limit=limit)) == _identifiers(records)

    def test_positions_are_values(self) -> None:
        """From each of them everything behind it can be read again, by whoever holds it or a copy, whatever was read
        and sent since: a mapping goes on from its checkpoint."""
        bench = self._bench(*_one_key(6))
        [(shard, records)] = self._filled(bench).items()
        answers = self._step_by_step(bench, shard, 6)
        self._fill(bench, "red:new")
        every = [*_identifiers(records), *_identifiers(bench.read(shard, answers[-1].position).records)]

        for count, answer in enumerate(answers, 1):
            again = self._all_of(bench, shard, deepcopy(answer.position))
            assert _identifiers(again) == every[count:], f"behind {count} records"

    def test_readers_know_nothing_of_each_other(self) -> None:
        """One that is behind gets all of it."""
        bench = self._bench(*_one_key(4))
        [(shard, records)] = self._filled(bench).items()
        slow = bench.read(shard, limit=1)
        self._all_of(bench, shard)

        assert _identifiers(self._all_of(bench, shard, slow.position)) == _identifiers(records)[1:]

    def test_start_at_an_instant(self) -> None:
        """What arrived then or later. A mapping on LATEST asks so too, with the instant at which it was enabled: every
        stream takes it."""
        bench = self._bench("red:1")
        bench.advance(SOON)
        self._fill(bench, "red:2")
        bench.advance(LATER)
        [shard] = self._filled(bench)

        found = [self._from(bench, shard, Start("AT_TIMESTAMP", at)) for at in (0.0, SOON, LATER)]

        assert found == [["red:1", "red:2"], ["red:2"], []]

    def test_start_at_the_latest(self) -> None:
        """What arrives after the read, found from its position."""
        bench = self._bench("red:1")
        [shard] = self._filled(bench)
        bench.advance(SOON)
        answer = bench.read(shard, Start("LATEST"))

        self._fill(bench, "red:2")

        assert list(answer.records) == []
        assert self._from(bench, shard, answer.position) == ["red:2"]

    # ------------------------------------------------------------ arrivals
    def test_arrived_is_said_once(self) -> None:
        """Of a shard, after a read that found too few: not before, and not for each record."""
        bench = self._bench("red:1")
        [shard] = self._filled_quietly(bench)
        assert bench.told() == [], "told without having asked"
        bench.read(shard)

        self._fill(bench, "red:2", "red:3")

        assert bench.told() == [shard]

    def test_arrived_after_each_read(self) -> None:
        """Also one that found nothing."""
        bench = self._bench("red:1")
        [shard] = self._filled_quietly(bench)
        told = []
        position: Any = OLDEST
        for number in range(3):
            position = bench.read(shard, position).position
            position = bench.read(shard, position).position
            self._fill(bench, f"red:{number}")
            told += bench.told()

        assert told == [shard] * 3

    def test_full_read_waits_for_nothing(self) -> None:
        """Who found as much as asked for asks again."""
        bench = self._bench("red:1", "red:2")
        [shard] = self._filled_quietly(bench)
        bench.read(shard, limit=2)

        self._fill(bench, "red:3")

        assert bench.told() == []

    def test_full_read_silences_nobody(self) -> None:
        """Another reader found too few before."""
        bench = self._bench("red:1", "red:2")
        [shard] = self._filled_quietly(bench)
        bench.read(shard)
        bench.read(shard, limit=2)

        self._fill(bench, "red:3")

        assert bench.told() == [shard]

    # ------------------------------------------------------------ shards
    def test_shards_are_listed(self) -> None:
        """Each once, parents before children; nobody is told of them again."""
        bench = self._bench(*SOME)

        ids = [shard.id for shard in bench.shards()]

        assert ids
        assert len(set(ids)) == len(ids)
        self._fill(bench, *SOME)
        assert None not in bench.told()

    def test_split_is_told(self) -> None:
        """Once to whoever has listed the shards, once to whoever has read all of the one that is closed; with the first
        record behind it at the latest."""
        bench = self._before_a_split()
        before = [shard.id for shard in bench.shards()]
        self._take(bench)
        bench.told()

        self._split(bench)
        self._fill(bench, *SOME)

        told = bench.told()
        fresh = [shard for shard in bench.shards() if shard.id not in before]
        parents = {parent for shard in fresh for parent in shard.parents}
        assert parents
        assert parents <= set(before)
        assert parents | {None} <= set(told) <= {None, *before}, f"{parents} were closed, told: {told}"
        assert len(set(told)) == len(told), f"told twice: {told}"

    def test_split_is_told_to_nobody_who_did_not_ask(self) -> None:
        """Neither of the new shards nor of the closed one."""
        bench = self._before_a_split()

        self._split(bench)

        assert bench.told() == []

    def test_closed_shard_ends(self) -> None:
        """With the last of its rest, or the empty read behind it; and again whenever it is read at its end."""
        bench = self._before_a_split()
        before = {shard.id: self._step_by_step(bench, shard.id, 1)[0] for shard in bench.shards()}
        self._split(bench)
        closed = {parent for shard in bench.shards() for parent in shard.parents}

        for shard, answer in before.items():
            last = self._to_the_end(bench, shard, answer.position)
            assert not answer.ended, f"{shard} ended while it was open"
            assert last.ended == (shard in closed), f"{shard}: ended={last.ended}"
            assert bench.read(shard, last.position).ended == (shard in closed)

    def test_keys_keep_their_order_over_a_split(self) -> None:
        """Parents to their ends before children; nothing is lost."""
        bench = self._before_a_split()
        self._split(bench)

        self._fill(bench, *(f"{key}:again" for key in ("red", "green", "blue")))

        expected = [*SOME, "red:again", "green:again", "blue:again"]
        assert self._by_key(bench) == _by_key(expected)

    # ------------------------------------------------------------ retention
    def test_records_are_kept_for_the_retention(self) -> None:
        """Until then they can be read, again and again; then they are gone."""
        retention = self._needs("retention")
        bench = self._bench(*SOME)

        bench.advance(0.9 * retention)
        there = self._take(bench)
        bench.advance(retention + 1)

        assert len(there) == len(SOME)
        assert self._take(bench) == []

    def test_position_that_is_over_goes_on(self) -> None:
        """With the oldest record there is."""
        retention = self._needs("retention")
        bench = self._bench(*_one_key(3))
        [shard] = self._filled(bench)
        position = bench.read(shard, limit=1).position
        bench.advance(SOON)
        self._fill(bench, "red:late")

        bench.advance(retention + 1)

        assert self._from(bench, shard, position) == ["red:late"]

    # ------------------------------------------------------------ for the tests
    def _ordered(self, source: Any) -> bool:
        return True

    async def _between(self, bus: Bus, client: Any) -> None:
        if self.features.splits:
            split_at = await self.split(client)
            if split_at > bus._engine.driver.now():
                await bus.settle()
                await bus.advance(max(0.0, split_at - bus._engine.driver.now()))

    def _before_a_split(self) -> Bench:
        self._needs("splits")
        bench = self._bench()
        bench.advance(SOON)
        self._fill(bench, *SOME)
        return bench

    def _split(self, bench: Bench) -> None:
        bench.advance(max(bench.now, bench.done(self.split(bench.client))))

    def _take(self, bench: Bench) -> list[Record]:
        """Of all shards, in the order in which they are listed."""
        return [record for shard in bench.shards() for record in self._all_of(bench, shard.id)]

    def _all_of(self, bench: Bench, shard: str, position: Any = OLDEST, limit: int = 10_000) -> list[Any]:
        """Until nothing is found."""
        found: list[Record] = []
        for _ in range(CALLS):
            answer = bench.read(shard, position, limit)
            found += answer.records
            position = answer.position
            if not answer.records or answer.ended:
                return found
        raise AssertionError(f"{shard}: {len(found)} records were read, and there are still more: at {position!r}")

    def _to_the_end(self, bench: Bench, shard: str, position: Any) -> Received:
        """The last answer: the shard ended, or nothing was found."""
        for _ in range(CALLS):
            answer = bench.read(shard, position, 1)
            if answer.ended or not answer.records:
                return answer
            position = answer.position
        raise AssertionError(f"{shard} has no end")

    def _step_by_step(self, bench: Bench, shard: str, count: int) -> list[Received]:
        answers: list[Received] = []
        for _ in range(count):
            answers.append(bench.read(shard, answers[-1].position if answers else OLDEST, 1))
        return answers

    def _filled(self, bench: Bench) -> dict[str, list[Any]]:
        """Shards that have records, with these."""
        found = {shard.id: self._all_of(bench, shard.id) for shard in bench.shards()}
        return {shard: records for shard, records in found.items() if records}

    def _filled_quietly(self, bench: Bench) -> list[str]:
        """The same ids, found by a copy: nobody has asked anything."""
        return list(self._filled(deepcopy(bench)))

    def _from(self, bench: Bench, shard: str, position: Any) -> list[str]:
        return self._bodies(bench, self._all_of(bench, shard, position))

    def _bodies(self, bench: Bench, records: Sequence[Record]) -> list[str]:
        return self.bodies(bench.event(records)) if records else []

    def _by_key(self, bench: Bench) -> dict[str, list[str]]:
        return _by_key(self._bodies(bench, self._take(bench)))

    def _disturb(self, bench: Bench, records: Sequence[Record]) -> None:
        """More is sent and everything is read again."""
        bench.advance(SOON)
        self._fill(bench, *SOME)
        self._take(bench)


def _by_key(bodies: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for body in bodies:
        found.setdefault(body.partition(":")[0], []).append(body)
    return found


def _one_key(count: int) -> Sequence[str]:
    return [f"red:{number}" for number in range(count)]


def _identifiers(records: Sequence[Record]) -> list[str]:
    return [record.identifier for record in records]
