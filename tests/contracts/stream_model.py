"""A plain model of one mapping on a stream, to hold the real one against: what is tried when, and what is given up.

Nothing here waits or is told anything: the whole story of a mapping is worked out lane by lane from its records and
from `outcome`, which says how each attempt ends. Times in seconds since the bus started.

S = documented, O = recorded on AWS, U = not documented, our choice.

Where a shard is read first
- TRIM_HORIZON: its oldest record; LATEST: what arrives from `enabled_at` on; AT_TIMESTAMP: what arrived at `timestamp`
  or later. S [bc:lambda]. A record of the very instant counts as later. U
- A shard that was opened after `enabled_at` is read from its oldest record, whatever the starting position. U (M14)
- A child waits until all parents that are listed were read to their ends: closed, and every record done with.
  S for DynamoDB [ddb:Streams], U for Kinesis (M14)

Lanes
- `parallelization_factor` lanes a shard, each with one batch at a time: md5(partition key) mod factor. S for the order
  of one key; the hash: U (M13). Lanes don't wait for one another; what a lane has not yet taken is not held up by reads
  for others. U
- The checkpoint is the last record of which all before, in every lane, are done with: succeeded or given up. S

Batches (dg:invocation-eventsourcemapping)
- Sent with `batch_size` records, or when the next record would make the event longer than 6 MB, the records' own
  metadata included, or when the window is over. A record longer than that goes alone (U). S
- Without a window what there is goes at once, even one record. S
- A window starts again when the previous invocation ends. S. If nothing came in it, the next starts with the first
  record; so does the very first; a shard's end does not end it. U
- All that arrives at one instant is read together, before anything else of that instant. U

How an attempt ends
- ok: all of the batch is done with.
- throttle: tried again; neither an attempt nor a retry. S. Not in approximateInvokeCount: U
- error, timeout: a function error. It uses up a retry: n retries are n + 1 attempts, then RetryAttemptsExhausted, and
  approximateInvokeCount is n + 1. -1 retries: for ever. O
- partial: with ReportBatchItemFailures those before the first failed are done with, the rest is tried again; without
  it, all succeeded. O. The rest keeps the count, and this attempt counts in it. U
- A sequence number that is not in the batch, or an answer of another form (first_failed None): all of the batch failed,
  as an error does. O. What is given up after such an answer or a partial one has functionError null. O for partial

Pauses and halves
- Before a batch is tried again 0.5 s, doubled each time, up to 60 s, from the end of the try. U from a recording (M11)
- One series for throttles and failures. U
- Bisect: a failed batch of two or more is tried again in two parts, the first before the second, both before anything
  else of the lane. It uses up no retry. S. The first has floor(n / 2) records, and both go on with the count and the
  pause of the whole. U (M12). There is no pause before them. U
- Bisect and partial: split at the first failed; the first part is done with, the rest goes on like a half. S. If the
  first record is the failed one there is nothing to split: an ordinary retry. U

Age
- Before each try, the first one too, records older than `maximum_record_age_in_seconds` are given up; the younger ones
  are delivered. O. Older: at that age exactly it is still tried. U
- RecordAgeExceeded, no responseContext, approximateInvokeCount is the failed attempts + 1 (1 if it was never tried). O
- It is looked at when a try is due, not in the middle of a pause. U (a recording's 8 after 7 attempts allows both)
- Records that are too old when the lane comes to them fill no batch; `batch_size` of them at most in one record. U

Not modelled: filters (give it what passes), tumbling windows, retention, deliveries that fail.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import md5
from math import inf
from typing import Literal

Kind = Literal["ok", "error", "timeout", "throttle", "partial"]
Condition = Literal["RetryAttemptsExhausted", "RecordAgeExceeded"]
Position = Literal["LATEST", "TRIM_HORIZON", "AT_TIMESTAMP"]
Sequences = tuple[str, ...]

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
LARGEST_EVENT = 6_291_456
ENVELOPE = len('{"Records":[]}')
FOR_EVER = -1


@dataclass(frozen=True)
class Settings:
    """Names and defaults of CreateEventSourceMapping [dg:services-kinesis-parameters]."""

    batch_size: int = 100
    maximum_batching_window_in_seconds: float = 0
    parallelization_factor: int = 1
    maximum_retry_attempts: int = FOR_EVER
    maximum_record_age_in_seconds: float = FOR_EVER
    bisect_batch_on_function_error: bool = False
    report_batch_item_failures: bool = False  # FunctionResponseTypes
    starting_position: Position = "TRIM_HORIZON"
    timestamp: float = 0
    enabled_at: float = 0


@dataclass(frozen=True)
class Record:
    sequence: str
    key: str = "k"  # partition key, or the item's key
    arrived_at: float = 0
    size: int = 100  # bytes of JSON in an event


@dataclass(frozen=True)
class Shard:
    """`records` in the order of their sequence numbers, which is that of their arrival."""

    records: Sequence[Record] = ()
    id: str = "shardId-000000000000"
    parents: tuple[str, ...] = ()
    opened_at: float = -inf
    closed_at: float | None = None


@dataclass(frozen=True)
class Answer:
    kind: Kind
    duration: float = 0  # of a throttle: none
    first_failed: str | None = None  # of a partial answer


Outcome = Callable[[Sequences, int], Answer]  # of a batch, and which try of exactly these records it is: 1, 2, ...


@dataclass(frozen=True)
class Try:
    at: float
    shard: str
    records: Sequences


@dataclass(frozen=True)
class GivenUp:
    at: float
    shard: str
    condition: Condition
    approximate_invoke_count: int
    response: bool  # responseContext stands
    function_error: str | None  # its functionError
    records: Sequences


@dataclass(frozen=True)
class Checkpoint:
    """From `at` on everything up to `sequence` is done with."""

    at: float
    shard: str
    sequence: str


@dataclass
class Result:
    """What happened until the end, in the order of time; at one instant in the order of shards and lanes."""

    attempts: list[Try] = field(default_factory=list)
    refusals: list[Try] = field(default_factory=list)  # tries that were throttled
    given_up: list[GivenUp] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)


def run(settings: Settings, shards: Sequence[Shard], outcome: Outcome, until: float = 86_400) -> Result:
    """The story of a mapping up to `until`, that instant included. `shards`: parents before their children."""
    result = Result()
    finished_at: dict[str, float] = {}
    for shard in shards:
        parents_read = [finished_at[parent] for parent in shard.parents if parent in finished_at]
        starts_at = max([settings.enabled_at, shard.opened_at, *parents_read])
        records = _from_start(settings, shard)
        lanes = [_Lane(settings, shard.id, outcome, until, starts_at) for _ in range(settings.parallelization_factor)]
        for record in records:
            lanes[lane_of(record.key, settings.parallelization_factor)].waiting.append(record)
        for lane in lanes:
            lane.run(result)
        result.checkpoints += _checkpoints(shard.id, records, lanes)
        closed_at = inf if shard.closed_at is None else shard.closed_at
        finished_at[shard.id] = max([closed_at, starts_at, *(lane.now for lane in lanes)])
    _in_order_of_time(result, until)
    return result


def lane_of(key: str, factor: int) -> int:
    return int(md5(key.encode()).hexdigest(), 16) % factor


def pause_after(last: float) -> float:
    """The pause that follows one of `last` seconds; 0: there was none."""
    return min(last * 2 or FIRST_PAUSE, LONGEST_PAUSE)


def _from_start(settings: Settings, shard: Shard) -> list[Record]:
    first = -inf
    if shard.opened_at <= settings.enabled_at:
        if settings.starting_position == "LATEST":
            first = settings.enabled_at
        if settings.starting_position == "AT_TIMESTAMP":
            first = settings.timestamp
    return [record for record in shard.records if record.arrived_at >= first]


@dataclass(frozen=True)
class _Part:
    """A batch that is tried, or what is left of it."""

    records: tuple[Record, ...]
    failures: int = 0  # attempts that failed and were followed by no split
    pause: float = 0  # the last one


@dataclass
class _Lane:
    settings: Settings
    shard: str
    outcome: Outcome
    until: float
    now: float
    waiting: list[Record] = field(default_factory=list)
    done: list[tuple[float, Sequences]] = field(default_factory=list)
    completed_at: float | None = None  # the last invocation
    tried: dict[Sequences, int] = field(default_factory=dict)

    def run(self, result: Result) -> None:
        """Afterwards `now` is when this lane's last record was done with; `inf`: not until the end."""
        while self.waiting:
            self.now = max(self.now, self.waiting[0].arrived_at)
            if self.now > self.until:
                break
            expired = self._expired(self.waiting)[: self.settings.batch_size]
            if expired:
                self.waiting = self.waiting[len(expired) :]
                self._give_up(result, "RecordAgeExceeded", 1, expired, None)
                continue
            parts = [_Part(self._next_batch())]
            while parts and self.now <= self.until:
                parts = self._try(result, parts[0]) + parts[1:]
            if parts:
                break
        else:
            return
        self.now = inf

    def _next_batch(self) -> tuple[Record, ...]:
        """The next batch, no longer waiting; `now` is when it is sent."""
        window = self.settings.maximum_batching_window_in_seconds
        starts_at = self.now
        if self.completed_at is not None and self.now < self.completed_at + window:
            starts_at = self.completed_at
        most = self._most_that_fit()
        more = self.waiting[most:]
        full_at = self.waiting[most - 1].arrived_at if most == self.settings.batch_size else inf
        if most < self.settings.batch_size and more:
            full_at = more[0].arrived_at  # the one that does not fit
        self.now = max(self.now, min(starts_at + window, full_at))
        batch = [record for record in self.waiting[:most] if record.arrived_at <= self.now]
        self.waiting = self.waiting[len(batch) :]
        return tuple(batch)

    def _most_that_fit(self) -> int:
        count = 1
        size = ENVELOPE + self.waiting[0].size
        for record in self.waiting[1 : self.settings.batch_size]:
            size += 1 + record.size
            if size > LARGEST_EVENT:
                break
            count += 1
        return count

    def _expired(self, records: Sequence[Record]) -> list[Record]:
        age = self.settings.maximum_record_age_in_seconds
        if age == FOR_EVER:
            return []
        return [record for record in records if self.now - record.arrived_at > age]

    def _try(self, result: Result, part: _Part) -> list[_Part]:
        """One try of `part` now; what is to be tried after it, with `now` as the time of the next try."""
        expired = self._expired(part.records)
        if expired:
            self._give_up(result, "RecordAgeExceeded", part.failures + 1, expired, None)
            part = replace(part, records=part.records[len(expired) :])
        if not part.records:
            return []
        sequences = _sequences(part.records)
        self.tried[sequences] = self.tried.get(sequences, 0) + 1
        answer = self.outcome(sequences, self.tried[sequences])
        tried = Try(self.now, self.shard, sequences)
        if answer.kind == "throttle":
            result.refusals.append(tried)
            return [self._paused(part)]
        result.attempts.append(tried)
        self.now += answer.duration
        self.completed_at = self.now
        if answer.kind == "ok" or (answer.kind == "partial" and not self.settings.report_batch_item_failures):
            self.done.append((self.now, sequences))
            return []
        if answer.kind == "partial":
            return self._partial(result, part, answer)
        return self._failed(result, part, "Unhandled")

    def _partial(self, result: Result, part: _Part, answer: Answer) -> list[_Part]:
        sequences = _sequences(part.records)
        if answer.first_failed not in sequences:
            return self._failed(result, part, None)
        good = sequences.index(answer.first_failed)
        rest = replace(part, records=part.records[good:])
        if good:
            self.done.append((self.now, sequences[:good]))
            if self.settings.bisect_batch_on_function_error:
                return [rest]
        return self._again(result, rest, None)

    def _failed(self, result: Result, part: _Part, function_error: str | None) -> list[_Part]:
        count = len(part.records)
        if self.settings.bisect_batch_on_function_error and count > 1:
            half = count // 2
            return [replace(part, records=part.records[:half]), replace(part, records=part.records[half:])]
        return self._again(result, part, function_error)

    def _again(self, result: Result, part: _Part, function_error: str | None) -> list[_Part]:
        failures = part.failures + 1
        limit = self.settings.maximum_retry_attempts
        if limit != FOR_EVER and failures > limit:
            self._give_up(result, "RetryAttemptsExhausted", failures, part.records, function_error)
            return []
        return [self._paused(replace(part, failures=failures))]

    def _paused(self, part: _Part) -> _Part:
        pause = pause_after(part.pause)
        self.now += pause
        return replace(part, pause=pause)

    def _give_up(
        self, result: Result, condition: Condition, count: int, records: Sequence[Record], function_error: str | None
    ) -> None:
        sequences = _sequences(records)
        response = condition == "RetryAttemptsExhausted"
        result.given_up.append(
            GivenUp(self.now, self.shard, condition, count, response, function_error, sequences),
        )
        self.done.append((self.now, sequences))


def _sequences(records: Sequence[Record]) -> Sequences:
    return tuple(record.sequence for record in records)


def _checkpoints(shard: str, records: Sequence[Record], lanes: Sequence[_Lane]) -> list[Checkpoint]:
    """One for each instant at which it moved."""
    done_at = {sequence: at for lane in lanes for at, sequences in lane.done for sequence in sequences}
    moved: dict[float, str] = {}
    at = -inf
    for record in records:
        if record.sequence not in done_at:
            break
        at = max(at, done_at[record.sequence])
        moved[at] = record.sequence
    return [Checkpoint(at, shard, sequence) for at, sequence in moved.items()]


def _in_order_of_time(result: Result, until: float) -> None:
    result.attempts = sorted((one for one in result.attempts if one.at <= until), key=lambda one: one.at)
    result.refusals = sorted((one for one in result.refusals if one.at <= until), key=lambda one: one.at)
    result.given_up = sorted((one for one in result.given_up if one.at <= until), key=lambda one: one.at)
    result.checkpoints = sorted((one for one in result.checkpoints if one.at <= until), key=lambda one: one.at)
