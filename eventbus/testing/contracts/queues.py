"""The contract of queues: `ports.QueueSource`, whose machine is a `Pollable`."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from eventbus.core.effects import Record
from eventbus.ports import Pollable

from .bench import Bench
from .source import CALLS, SOME, SourceContract

CALL_LIMIT: Final = 10
"""Records of one receive, and of one settle."""


class QueueContract(SourceContract):
    """Every queue that mappings may poll passes this suite; a class of yours that pytest collects runs it.

        class TestMyQueue(QueueContract):
            def make(self) -> MyQueue:
                return MyQueue("orders")

            async def send(self, client: Any, key: str, body: str) -> None:
                await client.send(body, group=key)

            def bodies(self, event: Any) -> list[str]:
                return [record["body"] for record in event["Records"]]

    At least once; received records are hidden for `lease` seconds; what is settled is gone; `Arrived` is said once
    after a receive that found too few. With `fifo` a group's records come in their order, none behind one that is in
    flight.
    """

    def test_machine_is_pollable(self) -> None:
        """With all its methods, so that the bus takes it for a queue."""
        assert isinstance(self._bench().machine, Pollable)

    # ------------------------------------------------------------ receiving
    @pytest.mark.parametrize("limit", [1, 2, CALL_LIMIT])
    def test_receives_keep_their_limit(self, limit: int) -> None:
        """And leave nothing behind."""
        bench = self._bench(*_groups(12))

        found = [record for _ in range(12) for record in bench.receive(limit)]

        assert len({record.identifier for record in found}) == len(found) == 12

    def test_received_records_are_hidden(self) -> None:
        """Until their lease is over; then they come again, under the same identifier and another receipt."""
        bench = self._bench(*_groups(3))
        first = self._take(bench)
        asked_at, answered_at = bench.asked_at, bench.now

        bench.advance(asked_at + 0.9 * self._lease())
        assert self._take(bench) == []

        bench.advance(answered_at + self._lease())
        again = self._take(bench)
        assert _identifiers(again) == _identifiers(first)
        assert not {str(record.receipt) for record in again} & {str(record.receipt) for record in first}

    def test_released_records_come_at_once(self) -> None:
        """Those, and no others."""
        bench = self._bench(*_groups(3))
        first = self._take(bench)

        bench.release(first[:2])

        assert _identifiers(self._take(bench)) == _identifiers(first[:2])

    # ------------------------------------------------------------ settling
    def test_settled_records_are_gone(self) -> None:
        """For good; the others come again."""
        bench = self._bench(*_groups(4))
        first = self._take(bench)

        failed = bench.settle(first[:2])

        assert list(failed) == []
        bench.advance(bench.now + 2 * self._lease())
        assert _identifiers(self._take(bench)) == _identifiers(first[2:])

    def test_settling_twice_does_no_harm(self) -> None:
        """Nor does giving back what is gone."""
        bench = self._bench(*_groups(4))
        first = self._take(bench)
        bench.settle(first[:2])

        bench.settle(first[:2])
        bench.release(first[:2])

        bench.advance(bench.now + 2 * self._lease())
        assert _identifiers(self._take(bench)) == _identifiers(first[2:])

    def test_record_belongs_to_who_received_it_last(self) -> None:
        """An older receipt settles nothing and gives nothing back."""
        bench = self._bench("red:1")
        old = self._take(bench)
        bench.advance(bench.now + self._lease())
        new = self._take(bench)

        bench.settle(old)
        bench.release(old)

        assert self._take(bench) == []
        bench.advance(bench.now + self._lease())
        assert _identifiers(self._take(bench)) == _identifiers(new)

    def test_outstanding_until_it_is_settled(self) -> None:
        """Waiting or in flight: `settle` of the bus waits for it. Afterwards nothing is."""
        bench = self._bench(*_groups(3))
        counts = [bench.machine.outstanding()]
        records = self._take(bench)
        counts.append(bench.machine.outstanding())
        bench.settle(records)

        bench.advance(bench.now + 2 * self._lease())

        assert all(count >= 3 for count in counts), f"{counts} outstanding while 3 records are there"
        assert bench.machine.outstanding() == 0

    def test_busiest_is_told(self) -> None:
        """For people, of a record that is received over and over."""
        bench = self._bench("red:1")
        for _ in range(3):
            self._take(bench)
            bench.advance(bench.now + self._lease())

        assert bench.machine.busiest()

    # ------------------------------------------------------------ arrivals
    def test_arrived_is_said_once(self) -> None:
        """After a receive that found too few: not before, and not for each record."""
        bench = self._bench()
        self._fill(bench, "red:1")
        assert bench.told() == [], "told without having asked"
        bench.receive(CALL_LIMIT)

        self._fill(bench, *SOME[1:])

        assert bench.told() == [None]

    def test_arrived_after_an_empty_receive(self) -> None:
        """Again after each."""
        bench = self._bench()
        told = []
        for body in SOME[:3]:
            bench.receive(CALL_LIMIT)
            bench.told()
            self._fill(bench, body)
            told += bench.told()
            bench.settle(bench.receive(1))

        assert told == [None] * 3

    def test_arrived_when_leases_are_over(self) -> None:
        """The machine wakes for it by itself."""
        bench = self._bench(*_groups(3))
        self._take(bench)
        bench.told()

        bench.advance(bench.now + self._lease())

        assert bench.told() == [None]

    def test_arrived_when_records_are_released(self) -> None:
        """They can be received at once."""
        bench = self._bench(*_groups(3))
        records = self._take(bench)
        bench.told()

        bench.release(records)

        assert bench.told() == [None]

    # ------------------------------------------------------------ groups
    def test_groups_keep_their_order(self) -> None:
        """Within a receive and from one to the next."""
        self._needs_fifo()
        bench = self._bench(*_one_group(12), "green:0")

        found: list[str] = []
        for _ in range(13):
            records = bench.receive(4)
            found += self._bodies(bench, records)
            if records:
                bench.settle(records)

        assert [body for body in found if body != "green:0"] == list(_one_group(12))
        assert "green:0" in found

    def test_group_waits_for_its_records_in_flight(self) -> None:
        """Other groups do not; once it is settled it goes on, and that is an arrival."""
        self._needs_fifo()
        bench = self._bench("red:1")
        first = bench.receive(1)
        self._fill(bench, "red:2", "green:1")

        assert self._bodies(bench, bench.receive(CALL_LIMIT)) == ["green:1"]

        bench.told()
        bench.settle(first)

        assert bench.told() == [None]
        assert self._bodies(bench, bench.receive(CALL_LIMIT)) == ["red:2"]

    def test_record_that_comes_again_comes_first(self) -> None:
        """Its group starts where it stopped."""
        self._needs_fifo()
        bench = self._bench("red:1", "red:2")
        bench.receive(1)
        bench.advance(bench.now + self._lease())

        assert self._bodies(bench, bench.receive(CALL_LIMIT)) == ["red:1", "red:2"]

    def test_records_carry_their_groups(self) -> None:
        """With `fifo`, so that a mapping has one batch of each at a time."""
        self._needs_fifo()
        bench = self._bench("red:1", "green:1", "red:2")

        groups = {self._bodies(bench, [record])[0]: record.group for record in self._take(bench)}

        assert groups["red:1"] == groups["red:2"] != groups["green:1"]

    # ------------------------------------------------------------ retention
    def test_records_are_kept_for_the_retention(self) -> None:
        """Until then they are there, then gone, and nobody waits for them."""
        retention = self._needs("retention")
        bench = self._bench(*_groups(3))

        bench.advance(0.9 * retention)
        there = self._take(bench)
        bench.advance(retention + self._lease())

        assert len(there) == 3
        assert self._take(bench) == []
        assert bench.machine.outstanding() == 0

    # ------------------------------------------------------------ for the tests
    def _lease(self) -> float:
        source: Any = self.make()
        lease: float = source.lease
        return lease

    def _needs_fifo(self) -> None:
        if not self._ordered(self.make()):
            pytest.skip("fifo is False")

    def _ordered(self, source: Any) -> bool:
        return bool(source.fifo)

    def _take(self, bench: Bench) -> list[Record]:
        """Until nothing is found."""
        found: list[Record] = []
        for _ in range(CALLS):
            records = bench.receive(CALL_LIMIT)
            if not records:
                return found
            found += records
        raise AssertionError(f"{len(found)} records were received, and there are still more: are they hidden?")

    def _bodies(self, bench: Bench, records: Sequence[Record]) -> list[str]:
        return self.bodies(bench.event(records))

    def _disturb(self, bench: Bench, records: Sequence[Record]) -> None:
        """Received again, and settled."""
        bench.advance(bench.now + self._lease())
        bench.settle(self._take(bench)[:CALL_LIMIT])


def _groups(count: int) -> Sequence[str]:
    """Bodies of as many groups, so that none waits for another."""
    return [f"group-{number}:{number}" for number in range(count)]


def _one_group(count: int) -> Sequence[str]:
    return [f"red:{number}" for number in range(count)]


def _identifiers(records: Sequence[Record]) -> list[str]:
    return sorted(record.identifier for record in records)
