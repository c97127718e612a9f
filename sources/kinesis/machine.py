"""One stream: what is put into it, and who reads what of it.

Laws: a record is in the shard that took its key, in the order of arrival, until its retention is over, whoever has read
it; readers keep their own positions. A position is the number of the next record that is wanted. Changes of shards take
no time. What is over is gone before anything that is called at that instant. Sources: kds:key-concepts,
kds:service-sizes-and-limits, bc:kinesis.
"""

from collections.abc import Sequence
from math import inf
from typing import Any, ClassVar, Final

from attrs import define, field

from eventbus.core.effects import (
    Arrived,
    Cause,
    Deliver,
    Delivered,
    Effect,
    ListShards,
    Note,
    Receive,
    Received,
    ShardsListed,
    Start,
)
from eventbus.core.effects import Shard as ListedShard
from eventbus.names import ACCOUNT, Arn
from eventbus.ports import Birth

from . import checking
from .checking import Outgoing
from .consumers import Consumers
from .errors import (
    InvalidArgumentException,
    KinesisError,
    LimitExceededException,
    ProvisionedThroughputExceededException,
    ResourceNotFoundException,
    ValidationException,
    within,
)
from .events import BATCH_INFO, KinesisEvent, batch_info, to_event
from .rates import Rates
from .record import METADATA_SIZE, Record, size_of
from .settings import (
    DAY,
    LONGEST_RETENTION,
    MODES_A_DAY,
    PROVISIONED,
    SCALINGS_A_DAY,
    SHARDS_LIMIT,
    SHORTEST_RETENTION,
    Settings,
    StreamMode,
)
from .shards import Shard, Shards

TRIM_INTERVAL: Final = 1_024  # arbitrary
"""Records put between two looks at all shards for what is over: a stream that nobody reads does not grow for ever."""

Put = Record | ProvisionedThroughputExceededException


@define(eq=False)
class StreamMachine:
    arn: Arn
    settings: Settings
    shard_count: int  # when it is born
    birth: Birth
    delivery_action: ClassVar[str] = "kinesis:PutRecord"
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    shards: Shards = field(init=False)
    consumers: Consumers = field(init=False)
    rates: Rates | None = field(init=False)
    _doors: list[Arn] = field(init=False)  # ARNs that it is read under
    _metadata: int = field(init=False)  # of each record
    _listed: bool = field(default=False, init=False)  # somebody knows all shards there are
    _scaled_at: list[float] = field(factory=list, init=False)
    _mode_changed_at: list[float] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        self.shards = Shards(self.shard_count)
        self.consumers = Consumers(self.arn)
        self.rates = Rates() if self.birth.profile.rate_quotas else None
        self._open_doors()

    @property
    def name(self) -> str:
        return self.arn.name.partition("/")[2]

    def put(self, now: float, outgoing: Outgoing, cause: Cause | None, who: str | None = None) -> Record:
        """Raises `ProvisionedThroughputExceededException` where a shard has taken enough for this second."""
        data, partition_key, explicit_hash = outgoing
        shards = self.shards
        shard = shards.of(partition_key, explicit_hash)
        if self.rates is not None and not self.rates.admit_write(now, shard.id, size_of(partition_key, data)):
            raise ProvisionedThroughputExceededException.of(shard.id, self.name)
        number = shards.last_number = shards.last_number + 1
        record = Record(number, shard.id, partition_key, data, now, cause, self._metadata)
        shard.records.append(record)
        self.notes.append(("sent", self.arn, record.identifier, who, cause))
        if shard.hungry:
            self._tell(shard)
        if not number % TRIM_INTERVAL:
            shards.trim(now - self.settings.retention)
        return record

    def put_all(self, now: float, entries: Sequence[Outgoing], cause: Cause | None) -> list[Put]:
        """In their order, each for itself."""
        found: list[Put] = []
        for entry in entries:
            try:
                found.append(self.put(now, entry, cause))
            except ProvisionedThroughputExceededException as refused:
                found.append(refused)
        return found

    def deliver(self, now: float, effect: Deliver) -> None:
        """`group` is the partition key; without one it is drawn."""
        key = self.birth.ids.text(self.birth.ids.draw()) if effect.group is None else effect.group
        error = None
        try:
            outgoing = checking.outgoing(effect.body, key, None, self.settings.record_limit)
            self.put(now, outgoing, effect.cause, f"by {effect.asker}")
        except KinesisError as refused:
            error = f"{refused.code}: {refused}"
        self.effects.append(Delivered(effect.asker, effect.token, error))

    def receive(self, now: float, effect: Receive) -> None:
        shard, retention = self.shards.all.get(effect.shard or ""), self.settings.retention
        if shard is None:
            self.effects.append(Received(effect.asker, effect.token, (), effect.position, True, retention))
            return
        shard.trim(now - retention)
        number = effect.position if isinstance(effect.position, int) else self._started(shard, effect.position)
        first = shard.from_number(number)
        found = shard.records[first : first + effect.limit]
        ended = not shard.open and first + len(found) == len(shard.records)
        if len(found) < effect.limit and not ended:
            shard.hungry = True
        position: Any = found[-1].number + 1 if found else number
        if not found and isinstance(effect.position, Start) and effect.position.at > now:
            position = effect.position  # an instant to come: what arrives before it does not count
        self.effects.append(Received(effect.asker, effect.token, found, position, ended, retention))

    def list_shards(self, now: float, effect: ListShards) -> None:
        announced = effect.asker.startswith(f"{self.arn}/consumer/")
        if announced:
            self.consumers.announce(now, effect.asker)
            self._open_doors()
        known = self.listed(now)
        shards = [
            ListedShard(each.id, tuple(parent for parent in each.parents if parent in self.shards.all))
            for each in known
        ]
        self._listed = self._listed or not announced  # a consumer only says that it is there
        self.effects.append(ShardsListed(effect.asker, effect.token, shards))

    def to_event(self, batch: Sequence[Record]) -> KinesisEvent:
        return to_event(self.arn, self.birth.epoch, batch)

    def batch_info(self, shard: str, batch: Sequence[Record]) -> tuple[str, dict[str, Any]]:
        return BATCH_INFO, batch_info(self.arn, self.birth.epoch, shard, batch)

    def wake(self, now: float) -> None:
        return

    def next_deadline(self) -> float:
        """Never: what is over goes when somebody looks."""
        return inf

    def outstanding(self) -> int:
        """Records stay whoever has read them; a mapping counts what it has still to read."""
        return 0

    def listed(self, now: float) -> list[Shard]:
        """All that are open, or closed within the retention, in order of birth."""
        self.shards.forget(now - self.settings.retention)
        return list(self.shards.all.values())

    def shard(self, now: float, shard_id: str) -> Shard:
        """Without what is over. Raises `ResourceNotFoundException`."""
        self.shards.forget(now - self.settings.retention)
        found = self.shards.all.get(shard_id)
        if found is None:
            raise ResourceNotFoundException(
                f"Shard {shard_id} in stream {self.name} under account {ACCOUNT} does not exist"
            )
        found.trim(now - self.settings.retention)
        return found

    def contents(self, now: float) -> list[Record]:
        """All records, by shard, oldest first."""
        self.shards.trim(now - self.settings.retention)
        return [record for shard in self.shards.all.values() for record in shard.live()]

    def split(self, now: float, shard_id: str, at: int) -> None:
        """Two open shards have what this one had; the second begins with the hash key `at`."""
        self._check_provisioned("SplitShard")
        parent = self._reshardable(now, shard_id)
        if not parent.first_hash + 1 < at < parent.last_hash:
            raise InvalidArgumentException(
                f"NewStartingHashKey {at} used in SplitShard() on {within(shard_id, self.name)} is not both greater "
                f"than one plus the shard's StartingHashKey {parent.first_hash} and less than the shard's "
                f"EndingHashKey {parent.last_hash}."
            )
        self._check_room(len(self.shards.open) + 1)
        low, high = self.shards.split(now, parent, at)
        self.notes.append(("split", self.arn, parent.id, f"into {low.id} and {high.id}", None))
        self._resharded()

    def merge(self, now: float, shard_id: str, adjacent_id: str) -> None:
        """One open shard has what these two had."""
        self._check_provisioned("MergeShards")
        parent, adjacent = self._reshardable(now, shard_id), self._reshardable(now, adjacent_id)
        if parent.last_hash + 1 != adjacent.first_hash and adjacent.last_hash + 1 != parent.first_hash:
            raise InvalidArgumentException(
                f"Shards {shard_id} and {adjacent_id} in stream {self.name} under account {ACCOUNT} are not an "
                "adjacent pair of shards eligible for merging"
            )
        child = self.shards.merge(now, parent, adjacent)
        for each in (parent, adjacent):
            self.notes.append(("merged", self.arn, each.id, f"into {child.id}", None))
        self._resharded()

    def update_shard_count(self, now: float, target: int) -> int:
        """So many open shards of equal size; how many there were. The limits are of UpdateShardCount [bc:kinesis]."""
        self._check_provisioned("UpdateShardCount")
        current = len(self.shards.open)
        for refused, bound in ((target > current * 2, "up over double"), (target * 2 < current, "down below half")):
            if refused:
                raise InvalidArgumentException(
                    f"UpdateShardCount cannot scale {bound} your current open shard count. "
                    f"Current open shard count: {current} Target shard count: {target}"
                )
        self._check_room(target)
        self._scaled_at = self._counted(now, self._scaled_at, SCALINGS_A_DAY, "scaled")
        self.shards.rescale(now, target)
        self.notes.append(("rescaled", self.arn, None, f"from {current:,} to {target:,} shards", None))
        self._resharded()
        return current

    def update_mode(self, now: float, mode: StreamMode) -> None:
        """From now on. The shards stay as they are."""
        self._mode_changed_at = self._counted(now, self._mode_changed_at, MODES_A_DAY, "switched to another mode")
        self.settings.stream_mode = mode

    def increase_retention(self, now: float, hours: int) -> None:
        """What is over already stays so. The same period again is taken."""
        current = self.settings.retention_period_hours
        if hours < current:
            raise InvalidArgumentException(
                f"Requested retention period ({hours} hours) for stream {self.name} can not be shorter than existing "
                f"retention period ({current} hours). Use DecreaseRetentionPeriod API."
            )
        if hours > LONGEST_RETENTION:
            raise InvalidArgumentException(
                f"Maximum allowed retention period is {LONGEST_RETENTION} hours. Requested retention period ({hours} "
                "hours) is too long."
            )
        self.shards.trim(now - self.settings.retention)
        self.settings.retention_period_hours = hours

    def decrease_retention(self, now: float, hours: int) -> None:
        """What is older is gone. The same period again is taken."""
        current = self.settings.retention_period_hours
        if hours < SHORTEST_RETENTION:
            raise InvalidArgumentException(
                f"Minimum allowed retention period is {SHORTEST_RETENTION} hours. Requested retention period ({hours} "
                "hours) is too short."
            )
        if hours > current:
            raise InvalidArgumentException(
                f"Requested retention period ({hours} hours) for stream {self.name} can not be longer than existing "
                f"retention period ({current} hours). Use IncreaseRetentionPeriod API."
            )
        self.settings.retention_period_hours = hours
        self.shards.trim(now - self.settings.retention)

    def update_record_limit(self, now: float, kibibytes: int) -> None:
        self.settings.max_record_size_in_ki_b = kibibytes

    def _open_doors(self) -> None:
        self._doors = [self.arn, *self.consumers.doors()]
        self._metadata = METADATA_SIZE + max(map(len, self._doors))

    def _started(self, shard: Shard, start: Start | None) -> int:
        """The number where reading begins."""
        beyond = self.shards.last_number + 1
        match None if start is None else start.starting_position:
            case "LATEST":
                return beyond
            case "AT_TIMESTAMP":
                assert start is not None
                return shard.at_time(start.at, beyond)
            case _:
                return shard.first_number

    def _tell(self, shard: Shard) -> None:
        """Whoever has read all there is, is told that there is more, or that it has ended."""
        shard.hungry = False
        self.effects += [Arrived(door, shard.id) for door in self._doors]

    def _resharded(self) -> None:
        for shard in self.shards.all.values():
            if shard.hungry and not shard.open:
                self._tell(shard)
        if self._listed:
            self._listed = False
            self.effects += [Arrived(door) for door in self._doors]

    def _reshardable(self, now: float, shard_id: str) -> Shard:
        self.shards.forget(now - self.settings.retention)
        found = self.shards.all.get(shard_id)
        if found is None:
            raise ResourceNotFoundException(f"Could not find {within(shard_id, self.name)}.")
        if not found.open:
            raise InvalidArgumentException(
                f"S{within(shard_id, self.name)[1:]} has already been merged or split, and thus is not eligible for "
                "merging or splitting."
            )
        return found

    def _check_provisioned(self, operation: str) -> None:
        if self.settings.stream_mode != PROVISIONED:
            raise ValidationException(f"{operation} is for streams in the PROVISIONED mode; this one is on demand.")

    def _check_room(self, count: int) -> None:
        if count > SHARDS_LIMIT:
            raise LimitExceededException(f"A stream has up to {SHARDS_LIMIT} open shards.")

    def _counted(self, now: float, times: list[float], limit: int, what: str) -> list[float]:
        """Those of the last 24 hours, with this one."""
        recent = [at for at in times if at > now - DAY]
        if len(recent) >= limit:
            raise LimitExceededException(
                f"Stream {self.name} under account {ACCOUNT} can be {what} {limit} times in 24 hours."
            )
        return [*recent, now]
