"""One delivery stream: what it is given, or reads; what its function makes of it; what goes to the bucket.

Laws: a record is in one place: gathered for a call, in a call or between two, gathered for an object, on its way to the
bucket; or it has ended: delivered, dropped, lost. A batch is tried with the same records until it is answered, or its
retries are used up. Batches don't wait for each other. Objects are written in the order in which they are due, records
in an object in the order in which they came back. Sources: fh:data-transformation, fh:basic-deliver,
fh:dynamic-partitioning.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import inf
from typing import Any, Final

from attrs import define, field, frozen

from eventbus.core.chain import merge
from eventbus.core.effects import Cause, Shard
from eventbus.core.outcomes import Outcome, Succeeded, Throttled, TimedOut
from eventbus.core.profile import doubled
from eventbus.core.redelivery import Retries
from eventbus.names import Arn
from sources._calling import CallingMachine
from sources._hand_over import HAND_OVER_AGE, TRIES
from sources._target_retries import retries

from . import events, record, transformation
from .outlets import Outlet, Outlets, Packed
from .prefixes import Prefix
from .reading import Reading
from .record import Buffer, KinesisRecord, Record
from .transformation import Dropped, Failure, Transformed

FUNCTION_LIMIT: Final = 300.0
"""Seconds that a call may take [fh:data-transformation]."""
PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
"""Seconds before a call is made again: doubled each time, from the one up to the other (choice)."""
CONTENT_TYPE: Final = "application/octet-stream"
OF_S3: Final = {"AccessDeniedException": "S3.AccessDenied", "ResourceNotFoundException": "S3.NoSuchBucket"}
"""What the guide's error log calls refusals that may pass: they are tried again for as long as any other."""


@frozen
class Processor:
    """The transforming function, and how it is called; times in seconds, sizes in bytes."""

    function: Arn
    retries: int
    size: float
    interval: float


@frozen
class Destination:
    bucket: Arn
    prefix: Prefix
    error_prefix: Prefix
    size: float
    interval: float
    retry_duration: float | None  # of a partition; None: without dynamic partitioning


@define(eq=False)
class Batch:
    """Records of one call, or of the next."""

    id: str
    records: Sequence[Record]
    cause: Cause | None
    invoked: str | None = None
    attempts: int = 0
    pause: float = 0.0  # the last one
    pausing: bool = False


@define(eq=False)
class DeliveryStreamMachine(CallingMachine[Batch]):
    name: str
    destination: Destination
    processor: Processor | None
    reading_from: Arn | None
    outlets: Outlets = field(init=False)
    _gathered: Buffer[Record] = field(init=False)
    _kinesis: Reading | None = field(default=None, init=False)
    _own: str = field(init=False)
    _retry_age: float = field(default=HAND_OVER_AGE, init=False)  # of the hand-over that is being made

    def __attrs_post_init__(self) -> None:
        processor, destination = self.processor, self.destination
        self._gathered = Buffer(processor.size, processor.interval) if processor is not None else Buffer(inf, inf)
        self.outlets = Outlets(destination.size, destination.interval)
        self._own = self.birth.ids.text(0)
        if self.reading_from is not None:
            self._kinesis = Reading(self.reading_from, self.arn)

    # ------------------------------------------------------------ records come
    def put(self, now: float, data: Sequence[bytes], cause: Cause | None) -> list[str]:
        draw = self.birth.ids.draw
        records = [Record(record.sequence(self._own, draw()), each, now, cause) for each in data]
        ids = [each.identifier for each in records]
        self.notes.append(("sent", self.arn, tuple(ids), None, cause))
        self._take(now, records)
        return ids

    @property
    def source(self) -> Arn:
        assert self.reading_from is not None
        return self.reading_from

    @property
    def reading(self) -> bool:
        return self._kinesis is not None and self._kinesis.reading

    def arrived(self, now: float, shard: str | None = None) -> None:
        if self._kinesis is not None:
            self._kinesis.arrived(now, shard)

    def shards_listed(self, now: float, token: int, shards: Sequence[Shard]) -> None:
        if self._kinesis is not None:
            self._kinesis.shards_listed(now, token, shards)

    def received(
        self, now: float, token: int, records: Sequence[Any], position: Any, ended: bool, retention: float
    ) -> None:
        if self._kinesis is not None:
            new: Sequence[KinesisRecord] = self._kinesis.received(now, token, records, position, ended)
            self._take(now, [self._read(each) for each in new])

    def disable(self, now: float) -> None:
        """It may not read its source: it stops."""
        if self._kinesis is not None and self._kinesis.reading:
            self._kinesis.stop()
            self.notes.append(("disabled", self.arn, None, f"may not read {self.source}", None))

    # ------------------------------------------------------------ time passes
    def wake(self, now: float) -> None:
        super().wake(now)
        if self._kinesis is not None:
            self.effects.extend(self._kinesis.ask(now))
        for records in self._gathered.due(now):
            self._call(now, Batch("", records, merge(each.cause for each in records)))
        for outlet, packed in self.outlets.due(now):
            self._deliver(now, outlet, packed)

    def next_deadline(self) -> float:
        kinesis = inf if self._kinesis is None else self._kinesis.next_deadline()
        own = min(self._gathered.next_deadline(), self.outlets.next_deadline())
        return min(own, kinesis, super().next_deadline())

    def outstanding(self) -> int:
        """Also what is gathered: it will go."""
        kinesis = 0 if self._kinesis is None else self._kinesis.outstanding()
        return (not self._gathered.empty()) + self.outlets.waiting() + kinesis + super().outstanding()

    # ------------------------------------------------------------ the function answers
    def answered(self, now: float, call: Batch, outcome: Outcome) -> None:
        match outcome:
            case Succeeded():
                self._sort(now, call, outcome.payload)
            case Throttled():
                self._again(now, call, transformation.THROTTLED, outcome.reason)
            case TimedOut():
                self._again(now, call, transformation.TIMED_OUT, outcome.message)
            case _:
                self._again(now, call, transformation.FUNCTION_ERROR, type(outcome).__name__)

    def refused(self, now: float, call: Batch, reason: str) -> None:
        """Is not tried again (choice)."""
        missing = reason.startswith("ResourceNotFoundException")
        self._give_up(now, call, transformation.NOT_FOUND if missing else transformation.DENIED, reason)

    def too_late(self, now: float, call: Batch) -> None:
        if call.pausing:
            self._call(now, call)
        else:
            self._again(now, call, transformation.TIMED_OUT, f"no answer within {FUNCTION_LIMIT:g} s")

    # ------------------------------------------------------------ the bucket answers
    def delivered(self, now: float, token: int, error: str | None) -> None:
        """Nothing is refused for good: what is wrong with a bucket may be mended [fh:retry]."""
        code, colon, reason = (error or "").partition(":")
        super().delivered(now, token, None if error is None else f"{OF_S3.get(code, code)}{colon}{reason}")

    def taken(self, now: float, held: tuple[Outlet, list[Packed], str]) -> None:
        outlet, packed, key = held
        self.outlets.ended(outlet)
        self._note("delivered", [each.record for each in packed], f"to {self.destination.bucket.name} as {key}")

    def dropped(self, now: float, held: tuple[Outlet, list[Packed], str], error: str) -> None:
        """A partition that can't be delivered goes where failed records go; all else is lost."""
        outlet, packed, _ = held
        self.outlets.ended(outlet)
        if outlet.is_partition:
            self._fail(now, [each.record for each in packed], transformation.NOT_DELIVERED, 1)

    def hand_over_retries(self) -> Retries:
        return retries(TRIES, self._retry_age, self.birth.profile, self.birth.ids)

    # ------------------------------------------------------------ steps
    def _read(self, found: KinesisRecord) -> Record:
        id = record.of_kinesis(found)
        self.notes.append(("routed", self.arn, (found.identifier, id), f"to {self.name} as {id}", found.cause))
        return Record(id, found.data, found.arrived_at, found.cause, found)

    def _take(self, now: float, records: Sequence[Record]) -> None:
        for each in records:
            if self.processor is None:
                self.outlets.partition({}).add(now, Packed(each, each.data))
            else:
                self._gathered.add(now, each, len(each.data))

    def _call(self, now: float, call: Batch) -> None:
        assert self.processor is not None
        call.id, call.pausing = self.new_id(), False
        call.attempts += 1
        event = events.to_event(call.id, self.arn, self.reading_from, self.birth.epoch, call.records)
        if self.invoke(call, self.processor.function, event, now + FUNCTION_LIMIT):
            self.notes.append(("batch", self.arn, (call.id, call.invoked), call.records, call.cause))
        else:
            self._give_up(now, call, transformation.TOO_LARGE, "event over 6 MB")

    def _again(self, now: float, call: Batch, failure: Failure, why: str) -> None:
        assert self.processor is not None
        if call.attempts > self.processor.retries:
            self._give_up(now, call, failure, why)
            return
        call.pause, call.pausing = doubled(call.pause, PAUSE, LONGEST_PAUSE), True
        pause = self.birth.profile.jittered(call.pause, self.birth.ids)
        self.responded(call, f"{failure.code}: {why}")
        self._note("retry_wait", call.records, pause)
        self.wait(call, now + pause)

    def _give_up(self, now: float, call: Batch, failure: Failure, why: str) -> None:
        self.responded(call, f"{failure.code}: {why}; {call.attempts} attempts made")
        self._fail(now, call.records, failure, call.attempts)

    def _sort(self, now: float, call: Batch, payload: bytes) -> None:
        dropped: list[Record] = []
        failed: dict[Failure, list[Record]] = {}
        ids = [each.identifier for each in call.records]
        for each, fate in zip(call.records, transformation.fates(payload, ids), strict=True):
            match self._kept(now, each, fate) if isinstance(fate, Transformed) else fate:
                case Dropped():
                    dropped.append(each)
                case Failure() as failure:
                    failed.setdefault(failure, []).append(each)
        lost = sum(map(len, failed.values()))
        self.responded(call, f"{len(ids) - len(dropped) - lost} transformed, {len(dropped)} dropped, {lost} failed")
        if dropped:
            self._note("dropped", dropped, "by its function")
        for failure, records in failed.items():
            self._fail(now, records, failure, call.attempts)

    def _kept(self, now: float, each: Record, fate: Transformed) -> Failure | None:
        """It waits for its object, unless there can be none."""
        prefix = self.destination.prefix
        keys = transformation.partition_keys(prefix.keys, fate.keys)
        if keys is None or (keys and not prefix.fits("", keys)):
            return transformation.NO_PARTITION
        if keys and self.outlets.full(keys):
            return transformation.TOO_MANY_PARTITIONS
        self.outlets.partition(keys).add(now, Packed(each, fate.data))
        return None

    def _fail(self, now: float, records: Sequence[Record], failure: Failure, attempts: int) -> None:
        assert self.processor is not None
        self._note("failed", records, f"{failure.code}: {failure.message}")
        outlet = self.outlets.failures(failure.error_type)
        for each in records:
            line = events.failed_line(now, self.birth.epoch, each, failure, attempts, self.processor.function)
            outlet.add(now, Packed(each, line))

    def _deliver(self, now: float, outlet: Outlet, packed: list[Packed]) -> None:
        destination = self.destination
        records = [each.record for each in packed]
        oldest = datetime.fromtimestamp(self.birth.epoch + min(each.arrived_at for each in records), UTC)
        prefix = destination.prefix if outlet.is_good else destination.error_prefix
        key = prefix.evaluated(oldest, outlet.error_type, outlet.keys, self.birth.ids)
        key += f"{self.name}-1-{oldest:%Y-%m-%d-%H-%M-%S}-{self.new_id()}"
        attributes: dict[str, tuple[str, str | bytes]] = {
            "key": ("String", key),
            "content": ("Binary", b"".join([each.content for each in packed])),
            "content_type": ("String", CONTENT_TYPE),
        }
        age = destination.retry_duration
        self._retry_age = age if age is not None and outlet.is_partition else HAND_OVER_AGE
        about = tuple([each.identifier for each in records])
        cause = merge(each.cause for each in records)
        self.hand_over(now, destination.bucket, "", about, cause, attributes=attributes, held=(outlet, packed, key))

    def _note(self, what: str, records: Sequence[Record], detail: object) -> None:
        self.notes.append((what, self.arn, tuple([each.identifier for each in records]), detail, None))
