"""Which events of a bucket go where (bc:s3 PutBucketNotificationConfiguration)."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import one_of, refuse
from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from eventbus.ports import Resource, Wire

CREATED: Final = tuple(f"s3:ObjectCreated:{how}" for how in ("Put", "Post", "Copy", "CompleteMultipartUpload"))
REMOVED: Final = tuple(f"s3:ObjectRemoved:{how}" for how in ("Delete", "DeleteMarkerCreated"))
OFFERED: Final = ("s3:ObjectCreated:*", *CREATED, "s3:ObjectRemoved:*", *REMOVED)
NOT_OFFERED: Final = (
    "s3:ObjectRestore:",
    "s3:ReducedRedundancyLostObject",
    "s3:Replication:",
    "s3:LifecycleTransition",
    "s3:LifecycleExpiration:",
    "s3:IntelligentTiering",
    "s3:ObjectAcl:",
    "s3:ObjectTagging:",
    "s3:ObjectAnnotation:",
    "s3:ObjectRetention:",
)
"""Event types of operations that buckets here do not have: nothing would ever fire."""
FILTER_LIMIT: Final = 1_024
"""Characters of a prefix, and of a suffix [bc:s3 FilterRule]."""


def type_matches(pattern: str, event: str) -> bool:
    return pattern == event or (pattern.endswith(":*") and event.startswith(pattern[:-1]))


def types_meet(one: str, other: str) -> bool:
    return type_matches(one, other) or type_matches(other, one)


def _tupled(events: Any) -> Any:
    return tuple(events) if isinstance(events, Sequence) and not isinstance(events, str) else events


def _check_events(_: Any, attribute: "Attribute[Any]", events: Any) -> None:
    if not isinstance(events, tuple) or not events:
        raise refuse("events", events, "a list of event types, such as ['s3:ObjectCreated:*']")
    for event in events:
        if isinstance(event, str) and event.startswith(NOT_OFFERED):
            raise refuse("events", event, "types of operations that this bucket has; it would never fire here")
        if event not in OFFERED:
            raise refuse("events", event, ", ".join(OFFERED))


def _check_filter(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or len(value) > FILTER_LIMIT:
        raise refuse(attribute.name, value, f"a text of up to {FILTER_LIMIT:,} characters")


def _check_id(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and (not isinstance(value, str) or not value):
        raise refuse("id", value, "a text that is not empty, or leave it out")


@frozen(eq=False)
class Notification:
    """Objects of `bucket` whose URL-encoded key begins with `prefix` and ends with `suffix` invoke `target`
    asynchronously, or become a message there. A queue gets `s3:TestEvent` when the bus starts, unless `test_event` is
    off. Raises `InvalidSetting` for what AWS refuses."""

    bucket: Resource[Any]
    destination: Any
    events: Sequence[str] = field(kw_only=True, converter=_tupled, validator=_check_events)
    prefix: str = field(default="", kw_only=True, validator=_check_filter)
    suffix: str = field(default="", kw_only=True, validator=_check_filter)
    id: str | None = field(default=None, kw_only=True, validator=_check_id)
    test_event: bool = field(default=True, kw_only=True, validator=one_of((True, False)))

    def __attrs_post_init__(self) -> None:
        bucket, target = getattr(self.bucket, "arn", None), getattr(self.destination, "arn", None)
        if not isinstance(bucket, Arn) or bucket.service != "s3":
            raise refuse("bucket", self.bucket, "a declared bucket")
        if not isinstance(target, Arn) or target.service not in ("lambda", "sqs"):
            allowed = "a declared function or standard queue; topics and EventBridge are not offered"
            raise refuse("destination", target or self.destination, allowed)
        if target.endswith(".fifo"):
            raise refuse("destination", target.name, "a standard queue: S3 does not notify FIFO queues")

    @property
    def arn(self) -> Arn:
        return Arn(f"{self.source.arn}#{self.name}")

    @property
    def name(self) -> str:
        """What `configurationId` of an event says."""
        return (
            self.id
            if self.id is not None
            else f"{self.target.name}-{self.prefix}-{self.suffix}-{'-'.join(self.events)}"
        )

    @property
    def source(self) -> Resource[Any]:
        return self.bucket

    @property
    def target(self) -> Arn:
        return self.destination.arn  # type: ignore[no-any-return]  # checked when it was made

    @property
    def targets(self) -> Sequence[Arn]:
        return (self.target,)

    def check(self, others: Sequence[Wire]) -> None:
        for other in others:
            if not isinstance(other, Notification):
                continue
            if other.id is not None and other.id == self.id:
                raise refuse("id", self.id, f"one that no other notification of {self.source.arn.name} has")
            if self.overlaps(other):
                raise InvalidSetting(
                    f"{self.arn} is refused: Configurations overlap. Configurations on the same bucket cannot share a "
                    f"common event type: {other.arn} has prefix={other.prefix!r}, suffix={other.suffix!r}"
                )

    def connect(self, machine: Any) -> None:
        machine.notify(self)

    def matches(self, event: str, encoded_key: str) -> bool:
        return (
            encoded_key.startswith(self.prefix)
            and encoded_key.endswith(self.suffix)
            and any(type_matches(pattern, event) for pattern in self.events)
        )

    def overlaps(self, other: "Notification") -> bool:
        """Whether one key and one event type could meet both."""
        return (
            (self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix))
            and (self.suffix.endswith(other.suffix) or other.suffix.endswith(self.suffix))
            and any(types_meet(one, theirs) for one in self.events for theirs in other.events)
        )
