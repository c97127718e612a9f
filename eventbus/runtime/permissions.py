"""Whether something may happen, and the trace of what may not."""

from attrs import define, field

from eventbus.core.policy import Policy, way_out
from eventbus.names import Arn

from .driver import Driver


@define(eq=False)
class Permissions:
    policy: Policy | None  # None: everything is allowed
    driver: Driver
    refused: int = field(default=0, init=False)

    def refusal(
        self, who: Arn, action: str, resource: Arn, where: Arn | None = None, about: str | None = None
    ) -> str | None:
        """None, or the statement that is missing: counted, and noted at `where`, by default the resource."""
        if self.policy is None or self.policy.allows(who, action, resource):
            return None
        self.refused += 1
        reason = way_out(who, action, resource)
        self.driver.notes.append(("refused", where or resource, about, reason, None))
        return reason
