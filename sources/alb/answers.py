"""What calls on a target group answer, with botocore's members."""

from attrs import define


@define(eq=False)
class TargetDescription:
    """`id` is the ARN of the function."""

    id: str
    availability_zone: str = "all"


@define(eq=False)
class TargetHealth:
    """`state` is initial, healthy, unhealthy or, without health checks, unavailable; unless it is healthy, `reason` and
    `description` say why."""

    state: str
    reason: str | None = None
    description: str | None = None


@define(eq=False)
class TargetHealthDescription:
    target: TargetDescription
    target_health: TargetHealth
