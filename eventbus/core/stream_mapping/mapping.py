"""An event source mapping on a stream: reads its shards, gathers batches, has them invoked, one at a time in each lane.

Laws: records of one key are invoked in their order. A batch that failed is tried again before anything behind it, after
a pause, or split in halves at once; a throttle is no attempt. Records that are too old are given up before they are
tried; so is a batch whose retries are used up. What is given up goes to the destination of failures, or is dropped, and
counts as done with. A shard that is blocked costs the others nothing. Sources: dg:with-kinesis,
dg:services-kinesis-parameters, dg:invocation-eventsourcemapping.

Choices where the documentation is open: the starting position LATEST is the instant at which the mapping became
enabled, which itself counts. Shards that are listed later are read from their oldest record. A shard is read while one
of its lanes has nothing to try. A record whose retention is over is tried no more (bc:lambda: "until the record
expires"), of which the trace alone tells. A read without an answer is given up after `READ_TIMEOUT` and repeated. Each
attempt has a request id of its own. A stopped recursion is a failed attempt. A mapping that is disabled keeps what it
has, and goes on with it.
"""

from collections.abc import Sequence
from math import inf
from typing import Final

from attrs import define, evolve, field

from eventbus.core.effects import Effect, ListShards, Note, Receive, Shard, Start, StreamRecord
from eventbus.core.filtering import Filters, check_keys, filters_of
from eventbus.core.mapping_state import State, check_not_deleting
from eventbus.core.outcomes import Outcome
from eventbus.core.profile import Profile
from eventbus.errors import InvalidSetting
from eventbus.names import Arn, Ids

from .attempts import Attempts
from .config import AT_TIMESTAMP, LATEST, StreamMappingConfig
from .reader import Reader, Shards

READ_TIMEOUT: Final = 60.0
"""Seconds."""

NOTHING_YET: Final = "No records processed"


@define(eq=False)
class StreamMapping:
    """`epoch` is the bus's time 0 in seconds since 1970, `filter_keys` what filters may look at, the data first; `uuid`
    names the mapping in the keys of objects; it was made at `created_at`.

    The counters are those of the metrics group EventCount; `iterator_age` is the age in seconds of the last record of
    the last batch when it was sent."""

    address: Arn
    source: Arn
    function: Arn
    config: StreamMappingConfig
    ids: Ids
    profile: Profile
    epoch: float
    filter_keys: Sequence[str]
    uuid: str
    created_at: float = 0.0
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    state: State = field(init=False)
    reading: bool = field(init=False)  # enabled: its source's records are on their way to the function
    last_processing_result: str = field(default=NOTHING_YET, init=False)
    iterator_age: float | None = field(default=None, init=False)
    retention: float = field(default=inf, init=False)  # of its source's records, as the last answer said
    polled_event_count: int = field(default=0, init=False)
    filtered_out_event_count: int = field(default=0, init=False)
    invoked_event_count: int = field(default=0, init=False)
    failed_invoke_event_count: int = field(default=0, init=False)
    on_failure_destination_delivered_event_count: int = field(default=0, init=False)
    dropped_event_count: int = field(default=0, init=False)
    destination_delivery_failures: int = field(default=0, init=False)
    _changes_at: float = field(default=inf, init=False)  # of the state
    _enabled_at: float | None = field(default=None, init=False)  # for the first time
    _due_at: float = field(default=inf, init=False)  # since when there may be something that was not asked for
    _due: list[Reader] = field(factory=list, init=False)
    _list_due: bool = field(default=True, init=False)
    _listing: int | None = field(default=None, init=False)
    _asked: dict[int, tuple[float, Reader | None]] = field(factory=dict, init=False)  # reads and lists, oldest first
    _attempts: Attempts = field(init=False)
    _shards: Shards = field(factory=Shards, init=False)
    _pending: int = field(default=0, init=False)  # of all shards
    _filters: Filters | None = field(init=False)
    _order: int = field(default=0, init=False)  # token, and tie-break of equal deadlines

    def __attrs_post_init__(self) -> None:
        self._attempts = Attempts(self)
        self._filters = filters_of(self.config.filter_criteria, self.filter_keys[0])
        self.reading = self.config.enabled
        self.state = "Creating" if self.reading else "Disabled"
        if self.reading:
            self._changes_at = self.created_at

    def wake(self, now: float) -> None:
        if self._changes_at <= now:
            self._end_change(now)
        if not self.reading:
            return
        self._due_at = inf
        self._give_up_reads(now)
        if self._list_due and self._listing is None:
            self._list(now)
        due, self._due = self._due, []
        for reader in due:
            self._read(now, reader)
        for lane in self._attempts.due(now):
            self._read(now, lane.reader)
            self._go_on(now, lane.reader)

    def arrived(self, now: float, shard: str | None = None) -> None:
        """This shard has records again, or there are shards to be listed: due now, asked for at the next wake."""
        if shard is None:
            self._list_due = True
        else:
            reader = self._shards.readers.get(shard)
            if reader is None or reader.due or reader.ended or reader.waits_for:
                return
            reader.due = True
            self._count(reader)
            if reader.token is not None:  # read again when that is answered
                return
            self._due.append(reader)
        self._due_at = min(self._due_at, now)

    def shards_listed(self, now: float, token: int, shards: Sequence[Shard]) -> None:
        if token != self._listing:  # answered twice, or given up
            return
        del self._asked[token]
        self._listing = None
        for reader in self._shards.found(shards, self._start()):
            self._read(now, reader)
            self._go_on(now, reader)
        if self._list_due:
            self._list(now)

    def received(
        self,
        now: float,
        token: int,
        records: Sequence[StreamRecord],
        position: object = None,
        ended: bool = False,
        retention: float = inf,
    ) -> None:
        _, reader = self._asked.pop(token, (0.0, None))
        if reader is None:  # answered twice, or given up
            return
        reader.token = None
        self.retention = retention
        self.polled_event_count += len(records)
        passed = records if self._filters is None else self._filtered(records, self._filters)
        reader.take(passed, position)
        if ended:
            reader.ended = True
            reader.due = False
        elif len(records) >= reader.limit:  # what is there goes together
            reader.due = True
            self._read(now, reader)
        self._go_on(now, reader)

    def finished(self, now: float, token: int, outcome: Outcome) -> None:
        lane = self._attempts.finished(now, token, outcome)
        if lane is not None:
            self._read(now, lane.reader)
            self._go_on(now, lane.reader)

    def delivered(self, now: float, token: int, error: str | None) -> None:
        self._attempts.delivered(token, error)

    def next_deadline(self) -> float:
        if not self.reading:
            return self._changes_at
        due = min(self._changes_at, self._due_at, self._attempts.next_deadline())
        if self._asked:
            due = min(due, next(iter(self._asked.values()))[0])
        return due

    def outstanding(self) -> int:
        """Records out, held or kept back, windows that are open, what is read or due, records of failures on their way.
        While it is disabled: the batches that run."""
        delivering = len(self._attempts.delivering)
        if not self.reading:
            return len(self._attempts.out) + delivering
        return self._pending + (self._list_due or self._listing is not None) + delivering

    @property
    def checkpoints(self) -> dict[str, object]:
        """Of each shard that is read, the position behind everything that is done with."""
        readers = self._shards.readers.values()
        return {reader.id: reader.checkpoint for reader in readers if not reader.waits_for}

    def busiest(self) -> str:
        """For people: the batch that failed most often; empty without one."""
        lanes = [lane for reader in self._shards.readers.values() for lane in reader.lanes.values() if lane.todo]
        lane = max(lanes, key=lambda lane: lane.todo[0].executions, default=None)
        if lane is None or not lane.todo[0].executions:
            return ""
        batch = lane.todo[0]
        return f"{lane.reader.id}: a batch of {len(batch.records):,} failed {batch.executions:,} times, is tried again"

    def enable(self, now: float) -> None:
        """Raises `ResourceInUseException` once deleted, as do all changes."""
        self._change(now, "Enabling")
        self.config = evolve(self.config, enabled=True)
        self.reading = True

    def disable(self, now: float) -> None:
        """Nothing is read or tried any more; what runs is finished."""
        self._change(now, "Disabling")
        self.config = evolve(self.config, enabled=False)
        self._stop_reading()

    def update(self, now: float, config: StreamMappingConfig) -> None:
        """`config` holds for what is tried from now on. The number of lanes changes once a shard has nothing left to
        try, an open tumbling window ends if its length changes.

        Raises `InvalidSetting` for another starting position, which can't be changed, or filters not for this source.
        """
        if (config.starting_position, config.starting_position_timestamp) != (
            self.config.starting_position,
            self.config.starting_position_timestamp,
        ):
            raise InvalidSetting(f"starting_position={config.starting_position!r} is refused: it can't be changed")
        check_keys(config.filter_criteria, self.filter_keys)
        self._change(now, "Updating")
        self.config = config
        self._filters = filters_of(config.filter_criteria, self.filter_keys[0])
        if config.enabled:
            self.reading = True
        else:
            self._stop_reading()

    def delete(self, now: float) -> None:
        """Nothing is read or tried any more; its owner removes it when nothing is outstanding."""
        self._change(now, "Deleting")
        self._changes_at = inf
        self._stop_reading()
        self._shards = Shards()

    def give_back(self, now: float) -> None:
        """The bus closes: nothing to do, what was read is still in its shard."""

    def _change(self, now: float, state: State) -> None:
        check_not_deleting(self.state, self.address)
        self.state = state
        self._changes_at = now

    def _end_change(self, now: float) -> None:
        """Enabled, everything is looked at anew: what came in meanwhile, and what the settings change."""
        changed_at, self._changes_at = self._changes_at, inf
        if not self.reading:
            self.state = "Disabled"
            return
        self.state = "Enabled"
        if self._enabled_at is None:
            self._enabled_at = changed_at
        self._list_due = True
        for reader in list(self._shards.readers.values()):
            if not reader.waits_for:
                reader.due = not reader.ended
                for lane in reader.lanes.values():
                    lane.gathers_until = None
                self._read(now, reader)
                self._go_on(now, reader)

    def _stop_reading(self) -> None:
        self.reading = False
        self._listing = None
        for _, reader in self._asked.values():
            if reader is not None:
                reader.token = None
                reader.due = True
        self._asked = {}
        self._due = []
        self._due_at = inf

    def _list(self, now: float) -> None:
        self._list_due = False
        self._listing = token = self.next_token()
        self._asked[token] = (now + READ_TIMEOUT, None)
        self.effects.append(ListShards(self.source, self.address, token))

    def _start(self) -> Start:
        """Where shards are read first. LATEST would be the instant of the read, which may be late."""
        config, enabled_at = self.config, self._enabled_at
        assert enabled_at is not None
        if config.starting_position == LATEST:
            return Start(AT_TIMESTAMP, enabled_at)
        if config.starting_position_timestamp is not None:
            return Start(AT_TIMESTAMP, config.starting_position_timestamp - self.epoch)
        return Start(config.starting_position)

    def _give_up_reads(self, now: float) -> None:
        """They are repeated; what is there already waits no longer."""
        while self._asked:
            token, (ends_at, reader) = next(iter(self._asked.items()))
            if ends_at > now:
                return
            del self._asked[token]
            if reader is None:
                self._listing = None
                self._list_due = True
            else:
                reader.token = None
                reader.due = True
                self._go_on(now, reader)

    def _read(self, now: float, reader: Reader) -> None:
        """Ask for what may be there, if one of its lanes has place."""
        if not reader.due or reader.token is not None or not self.reading:
            return
        self._attempts.discard(now, reader)  # what is too old leaves place
        limit = reader.room(self.config)
        if limit:
            reader.due = False
            reader.limit = limit
            reader.token = token = self.next_token()
            self._asked[token] = (now + READ_TIMEOUT, reader)
            self.effects.append(Receive(self.source, self.address, token, limit, reader.id, reader.position))

    def _filtered(self, records: Sequence[StreamRecord], filters: Filters) -> Sequence[StreamRecord]:
        """Those that pass; the others are done with."""
        passed: list[StreamRecord] = []
        for record in records:
            reason = filters.refusal(record.view())
            if reason is None:
                passed.append(record)
            else:
                self.notes.append(("filtered", self.address, record.identifier, reason, None))
        self.filtered_out_event_count += len(records) - len(passed)
        return passed

    def _go_on(self, now: float, reader: Reader) -> None:
        """Try what its lanes have ready, read on where there is place; a shard that is done with lets its children
        begin."""
        if self.reading:
            self._attempts.advance(now, reader)
            self._read(now, reader)
        self._count(reader)
        if reader.finished:
            for child in self._shards.end(reader):
                self._read(now, child)
                self._go_on(now, child)

    def _count(self, reader: Reader) -> None:
        before, reader.outstanding = reader.outstanding, reader.count()
        self._pending += reader.outstanding - before

    def next_token(self) -> int:
        self._order += 1
        return self._order
