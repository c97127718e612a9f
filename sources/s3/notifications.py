"""Which events of a bucket go where (bc:s3 PutBucketNotificationConfiguration)."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import one_of, refuse
from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from eventbus.ports import Resource, Wire

from .configurations import FILTER_LIMIT, OVERLAP, Configuration, default_id, is_id
from .families import OFFERED

DESTINATIONS: Final = ("lambda", "sqs", "sns")


def _tupled(events: Any) -> Any:
    return tuple(events) if isinstance(events, Sequence) and not isinstance(events, str) else events


def _check_events(_: Any, attribute: "Attribute[Any]", events: Any) -> None:
    if not isinstance(events, tuple) or not events:
        raise refuse("events", events, "a list of event types, such as ['s3:ObjectCreated:*']")
    for event in events:
        if event not in OFFERED:
            raise refuse("events", event, ", ".join(OFFERED))


def _check_filter(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or len(value) > FILTER_LIMIT:
        raise refuse(attribute.name, value, f"a text of up to {FILTER_LIMIT:,} characters")


def _check_id(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not is_id(value):
        raise refuse("id", value, "a text that is not empty, or leave it out")


@frozen(eq=False)
class Notification:
    """Objects of `bucket` whose URL-encoded key begins with `prefix` and ends with `suffix` invoke `target`
    asynchronously, or become a message there. A queue or topic gets `s3:TestEvent` when the bus starts, unless
    `test_event` is off. Raises `InvalidSetting` for what AWS refuses."""

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
        if not isinstance(target, Arn) or target.service not in DESTINATIONS:
            allowed = "a declared function, standard queue or topic; for EventBridge Bucket(event_bridge_enabled=True)"
            raise refuse("destination", target or self.destination, allowed)
        if target.endswith(".fifo"):
            raise refuse("destination", target.name, "a standard one: S3 does not notify FIFO queues and topics")

    @property
    def arn(self) -> Arn:
        return Arn(f"{self.source.arn}#{self.name}")

    @property
    def name(self) -> str:
        """What `configurationId` of an event says."""
        return default_id(self.target, self.events, self.prefix, self.suffix) if self.id is None else self.id

    @property
    def configuration(self) -> Configuration:
        return Configuration(self.name, self.target, tuple(self.events), self.prefix, self.suffix)

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
            if self.configuration.overlaps(other.configuration):
                raise InvalidSetting(
                    f"{self.arn} is refused: {OVERLAP} {other.arn} has prefix={other.prefix!r}, suffix={other.suffix!r}"
                )

    def connect(self, machine: Any) -> None:
        machine.notify(self.configuration, test=self.test_event)
