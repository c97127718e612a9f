"""A stream with readers, splits and merges, beside a plain model."""

import copy
from collections import defaultdict

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eventbus.core.effects import Arrived, Start
from sources.kinesis.machine import StreamMachine
from sources.kinesis.record import Record
from sources.kinesis.shards import HASH_KEYS
from tests.sources.kinesis.helpers import DAY, listed, make_stream, put, read

KEYS = ["red", "green", "blue", "black"]


class Stream(RuleBasedStateMachine):
    """Every record is in one shard, in the order of its key over parents and children, until its retention is over;
    a reader that follows the shards gets all of them, and never waits for one without being told."""

    @initialize(count=st.integers(1, 4))
    def start(self, count: int) -> None:
        self.machine: StreamMachine = make_stream(shard_count=count)
        self.now = 0.0
        self.model: list[tuple[float, str, str]] = []  # when, key, body
        self.count = 0
        self.positions: dict[str, object] = {}  # of the reader, by shard
        self.ended: set[str] = set()
        self.asleep: set[str] = set()  # shards of which it has read all, and was not told more
        self.knows_all = False
        self.seen: dict[str, list[int]] = defaultdict(list)  # by key

    @rule()
    def go_on_with_a_copy(self) -> None:
        self.machine = copy.deepcopy(self.machine)

    @rule(key=st.sampled_from(KEYS))
    def put(self, key: str) -> None:
        self.count += 1
        record = put(self.machine, self.now, f"{self.count}", key)
        assert self.machine.shards.all[record.shard_id].open
        self.model.append((self.now, key, f"{self.count}"))
        self.listen()

    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        shard = data.draw(st.sampled_from(list(self.machine.shards.open)))
        if shard.last_hash - shard.first_hash > 4:
            self.machine.split(self.now, shard.id, (shard.first_hash + shard.last_hash) // 2)
        self.listen()

    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        shards = self.machine.shards.open
        if len(shards) > 1:
            index = data.draw(st.integers(0, len(shards) - 2))
            self.machine.merge(self.now, shards[index].id, shards[index + 1].id)
        self.listen()

    @rule(data=st.data())
    def rescale(self, data: st.DataObject) -> None:
        count = len(self.machine.shards.open)
        target = data.draw(st.integers((count + 1) // 2, min(count * 2, 8 + count // 2)))
        self.machine._scaled_at.clear()
        self.machine.update_shard_count(self.now, target)
        self.listen()

    @rule(seconds=st.sampled_from([0.0, 1.0, DAY / 3, DAY]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.model = [entry for entry in self.model if entry[0] + DAY > self.now]

    @rule(limit=st.integers(1, 3))
    def read(self, limit: int) -> None:
        """One read of every shard that may have something, parents first."""
        known = listed(self.machine, self.now)
        self.knows_all = True
        for shard, parents in known.items():
            if shard in self.ended or shard in self.asleep or not self.ended.issuperset(parents):
                continue
            position = self.positions.get(shard, Start("TRIM_HORIZON"))
            answer = read(self.machine, self.now, position, shard, limit)
            self.positions[shard] = answer.position
            for record in answer.records:
                assert isinstance(record, Record)
                self.seen[record.partition_key].append(int(record.data))
            if answer.ended:
                self.ended.add(shard)
            elif len(answer.records) < limit:
                self.asleep.add(shard)

    def listen(self) -> None:
        for effect in self.machine.effects:
            assert isinstance(effect, Arrived)
            if effect.shard is None:
                assert self.knows_all, "told of shards that it did not ask for"
                self.knows_all = False
            else:
                assert effect.shard in self.asleep, "told without having read all"
                self.asleep.discard(effect.shard)
        self.machine.effects.clear()

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        records = self.machine.contents(self.now)
        found = sorted((record.arrived_at, record.partition_key, record.data.decode()) for record in records)
        assert found == sorted(self.model)

    @invariant()
    def open_shards_have_all_hash_keys(self) -> None:
        edge = 0
        for shard in self.machine.shards.open:
            assert shard.first_hash == edge
            edge = shard.last_hash + 1
        assert edge == HASH_KEYS

    @invariant()
    def keys_are_in_order(self) -> None:
        for numbers in self.seen.values():
            assert numbers == sorted(set(numbers))

    @invariant()
    def whoever_sleeps_has_read_all(self) -> None:
        for shard in self.asleep:
            found = self.machine.shards.all.get(shard)
            position = self.positions[shard]
            assert isinstance(position, int)
            if found is not None:
                assert found.open
                assert all(record.number < position for record in found.live())

    def teardown(self) -> None:
        """Read until nothing is left: all that is in the stream was seen."""
        if not hasattr(self, "machine"):
            return
        for _ in range(len(self.machine.shards.all) + len(self.model) + 1):
            self.read(3)
        seen = {number for numbers in self.seen.values() for number in numbers}
        assert seen.issuperset(int(body) for _, _, body in self.model)
        self.keys_are_in_order()


TestStream = Stream.TestCase
TestStream.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
