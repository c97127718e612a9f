"""Which events of a bucket go where, as its machine keeps it, and how that is replaced [bc:s3
PutBucketNotificationConfiguration]."""

from collections.abc import Sequence
from typing import Final

from attrs import define, field, frozen

from eventbus.checks import encodable
from eventbus.names import Arn

from .families import type_matches, types_meet

FILTER_LIMIT: Final = 1_024
"""Of a prefix, and of a suffix [bc:s3 FilterRule]."""
OVERLAP: Final = "Configurations overlap. Configurations on the same bucket cannot share a common event type."
FUNCTION: Final = "lambda"
KINDS: Final = {"sns": "topic", "sqs": "queue"}
"""Of destinations that get a test message."""


@frozen
class Configuration:
    """One destination. `id` is what `configurationId` of an event says."""

    id: str
    target: Arn
    events: tuple[str, ...]
    prefix: str = ""
    suffix: str = ""

    def matches(self, event: str, encoded_key: str) -> bool:
        return (
            encoded_key.startswith(self.prefix)
            and encoded_key.endswith(self.suffix)
            and any(type_matches(pattern, event) for pattern in self.events)
        )

    def overlaps(self, other: "Configuration") -> bool:
        """Whether one key and one event type could meet both."""
        return (
            (self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix))
            and (self.suffix.endswith(other.suffix) or other.suffix.endswith(self.suffix))
            and any(types_meet(one, theirs) for one in self.events for theirs in other.events)
        )


@define(eq=False)
class Change:
    """All configurations of a bucket, about to replace the last ones: once every queue and topic among them has taken
    a test message, or not at all."""

    configurations: Sequence[Configuration]
    event_bridge: bool
    waiting: int = field(default=0, init=False)
    refusals: list[tuple[Arn, str]] = field(factory=list, init=False)

    @property
    def tested(self) -> Sequence[Arn]:
        """Where test messages go; functions get none."""
        return [each.target for each in self.configurations if each.target.service != FUNCTION]

    def answered(self, target: Arn, error: str | None) -> None:
        self.waiting -= 1
        if error is not None:
            self.refusals.append((target, refusal(target, error)))


def is_id(value: object) -> bool:
    """Whether a configuration may be called so: it stands in every event."""
    return isinstance(value, str) and value != "" and encodable(value)


def default_id(target: Arn, events: Sequence[str], prefix: str, suffix: str) -> str:
    return f"{target.name}-{prefix}-{suffix}-{'-'.join(events)}"


def refusal(target: Arn, error: str) -> str:
    """Why a destination can't be validated: of a queue that is not there as recorded (2025-01)."""
    kind = KINDS.get(target.service, "target")
    match error.partition(":")[0]:
        case "ResourceNotFoundException":
            return f"The destination {kind} does not exist"
        case "AccessDeniedException":
            return f"Permissions on the destination {kind} do not allow S3 to publish notifications from this bucket"
    return f"The destination {kind} refused the test message: {error}"
