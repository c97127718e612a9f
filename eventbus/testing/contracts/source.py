"""What every source keeps that mappings poll, whatever its kind."""

from collections.abc import Sequence
from copy import deepcopy
from json import dumps
from typing import Any, ClassVar, Final

import pytest
from attrs import field, frozen

from eventbus.checks import at_least
from eventbus.core.batching import ENVELOPE
from eventbus.core.effects import Record
from eventbus.ports import EventSource, Resource
from eventbus.runtime.bus import Bus

from .bench import Bench
from .runs import SENT, WholeRun, key_of

TEXTS: Final = ("x", "x" * 10_000, '"quoted"\\\n\t' * 50, "\u00e9\u20ac\U0001f600" * 50)
"""Of every length of UTF-8, and what JSON escapes."""
CALLS: Final = 100
"""So many reads find everything that a test has sent."""
SOME: Final = ("red:1", "green:2", "red:3", "blue:4", "red:5", "green:6")


@frozen(kw_only=True)
class Features:
    """What a source has that not all have: the tests of what is not declared are skipped, naming it.

    `retention`: seconds after which a record is gone, whether or not anybody read it. `splits`: shards can be closed
    and have children, see `StreamContract.split`."""

    retention: float | None = field(default=None, validator=at_least(2))
    splits: bool = False


class SourceContract:
    """The suite of `QueueContract` and `StreamContract`: subclass one of those. Bodies look like `red:1`, a key before
    the colon."""

    features: ClassVar[Features] = Features()

    def make(self) -> EventSource[Any, Any]:
        """A newly declared source, empty."""
        raise NotImplementedError

    async def send(self, client: Any, key: str, body: str) -> None:
        """One more record in the source, through its own client. `key` is its group or its partition key."""
        raise NotImplementedError

    def bodies(self, event: Any) -> list[str]:
        """Those that a function finds in an event, in its order."""
        raise NotImplementedError

    def owner(self, source: Any) -> Resource[Any]:
        """The resource that holds the records, whose client is given to `send`; the source itself unless overridden. Of
        a table's stream it is the table, which answers for it. Of a consumer it is the stream to which the consumer's
        own machine hands on what it is asked: then both are hosted."""
        resource: Resource[Any] = source
        return resource

    # ------------------------------------------------------------ records and events
    def test_what_was_sent_is_read(self) -> None:
        """Every record, once, with its body as it was sent; each has its own identifier."""
        bench = self._bench(*SOME)

        records = self._take(bench)

        assert sorted(self.bodies(bench.event(records))) == sorted(SOME)
        assert len({record.identifier for record in records}) == len(SOME), "two records have one identifier"

    def test_event_names_its_records(self) -> None:
        """In the order of the batch; the function can report each by its identifier."""
        bench = self._bench(*SOME)
        records = self._take(bench)[::-1]

        event = bench.event(records)

        alone = [self.bodies(bench.event([record])) for record in records]
        assert self.bodies(event) == [body for bodies in alone for body in bodies], "the event has another order"
        for record in records:
            assert record.identifier in dumps(bench.event([record])), f"the event lacks {record.identifier}"

    def test_event_is_built_anew(self) -> None:
        """A function that changes its event changes no other one."""
        bench = self._bench(*SOME)
        records = self._take(bench)
        event, kept = bench.event(records), dumps(bench.event(records))

        _destroy(event)

        assert dumps(bench.event(records)) == kept, "a later event shows what a function did to an earlier one"

    @pytest.mark.parametrize("text", TEXTS, ids=["short", "long", "escaped", "foreign"])
    def test_size_is_enough(self, text: str) -> None:
        """Of a record in its event as JSON: what is too small breaks the limit of 6 MB. Little more is no harm."""
        bench = self._bench(f"red:{text}")
        [record] = self._take(bench)

        event = dumps(bench.event([record]), separators=(",", ":"), ensure_ascii=False).encode()

        assert self.bodies(bench.event([record])) == [f"red:{text}"]
        assert record.size >= len(event) - ENVELOPE, f"size {record.size:,}, the event has {len(event):,} bytes"
        assert record.size <= 7 * len(event) + 5_000, f"size {record.size:,}, the event has {len(event):,} bytes"

    def test_filters_see_the_data(self) -> None:
        """Under the first of `filter_keys`; looking changes nothing."""
        source = self.make()
        bench = self._bench("red:1")
        [record] = self._take(bench)

        view = record.view()

        assert "red:1" in dumps(view[source.filter_keys[0]])
        assert record.view() == view

    def test_records_are_values(self) -> None:
        """What was handed out does not change, whatever happens at the source."""
        bench = self._bench(*SOME)
        records = self._take(bench)
        before = self._shown(bench, records)

        self._disturb(bench, records)

        assert self._shown(bench, records) == before

    # ------------------------------------------------------------ the machine
    def test_it_goes_on_with_a_copy(self) -> None:
        """All its state is its own: a deep copy does what it would have done."""
        bench = self._bench(*SOME[:3])
        copied = deepcopy(bench)

        for each in (bench, copied):
            self._fill(each, *SOME[3:])
        found = [self._told(each) for each in (bench, copied)]

        assert found[0] == found[1]

    def test_a_seed_decides_everything(self) -> None:
        """Two machines of one seed that are told the same do the same."""
        found = [self._told(self._bench(*SOME)) for _ in range(2)]

        assert found[0] == found[1]

    # ------------------------------------------------------------ whole runs
    def test_each_record_is_handled_once(self) -> None:
        """While nothing goes wrong."""
        function = self._run().to_the_end()

        assert len(function.given) == SENT, f"{len(function.given)} records were handled, {SENT} sent"

    @pytest.mark.parametrize("seed", range(5))
    def test_failures_lose_nothing(self, seed: int) -> None:
        """Attempts that fail, or are cancelled at their timeout."""
        self._run(seed=seed, failing=0.4).to_the_end()

    @pytest.mark.parametrize("seed", range(5))
    def test_late_double_and_missing_answers_lose_nothing(self, seed: int) -> None:
        """Calls and answers alike, and attempts that fail."""
        self._run(seed=seed, failing=0.2, disturbed=0.4).to_the_end()

    @pytest.mark.parametrize("seed", range(3))
    def test_mapping_goes_on_where_it_was(self, seed: int) -> None:
        """After it was disabled in the middle of a batch."""
        self._run(seed=seed, failing=0.2, disturbed=0.2, disabling=True).to_the_end()

    def test_what_filters_refuse_is_never_handled(self) -> None:
        """It is done with; nobody waits for it."""
        source = self.make()
        run = self._run(settings={"filter_criteria": [{source.filter_keys[0]: {"no such": ["data"]}}]})

        with pytest.raises(AssertionError, match="the bus settled without"):
            run.to_the_end()

        assert run.function.given == []

    # ------------------------------------------------------------ for the tests
    def _bench(self, *bodies: str, seed: int = 0) -> Bench:
        """A machine with these records."""
        source = self.make()
        bench = Bench(self.owner(source), source, seed)
        self._fill(bench, *bodies)
        return bench

    def _fill(self, bench: Bench, *bodies: str) -> None:
        for body in bodies:
            bench.done(self.send(bench.client, key_of(body), body))

    def _run(self, **settings: Any) -> WholeRun:
        return WholeRun(self, self._ordered(self.make()), self._between, **settings)

    def _needs(self, feature: str) -> Any:
        """Its value; the test is skipped where that is not declared."""
        value = getattr(self.features, feature)
        if not value:
            pytest.skip(f"features.{feature} is not declared")
        return value

    def _ordered(self, source: Any) -> bool:
        """Records of one key are handled in their order."""
        raise NotImplementedError

    def _take(self, bench: Bench) -> list[Record]:
        """All records that can be read now."""
        raise NotImplementedError

    async def _between(self, bus: Bus, client: Any) -> None:
        """What happens in the middle of a whole run."""

    def _disturb(self, bench: Bench, records: Sequence[Record]) -> None:
        """Whatever might change what was handed out."""
        raise NotImplementedError

    def _told(self, bench: Bench) -> list[Any]:
        return [bench.now, self._shown(bench, self._take(bench)), bench.now]

    def _shown(self, bench: Bench, records: Sequence[Record]) -> list[Any]:
        return [
            (record.identifier, record.size, record.group, dumps(record.view()), dumps(bench.event([record])))
            for record in records
        ]


def _destroy(value: Any) -> None:
    """Everything in it that can be changed."""
    if isinstance(value, dict):
        for each in value.values():
            _destroy(each)
        value.clear()
    elif isinstance(value, list):
        for each in value:
            _destroy(each)
        value.clear()
