"""What functions found of resources, and what it makes of a rule."""

from collections.abc import Collection
from typing import Final, Literal

from attrs import define, field, frozen

Compliance = Literal["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"]
COMPLIANT: Final = "COMPLIANT"
NON_COMPLIANT: Final = "NON_COMPLIANT"
NOT_APPLICABLE: Final = "NOT_APPLICABLE"
INSUFFICIENT_DATA: Final = "INSUFFICIENT_DATA"


@frozen
class Evaluation:
    """`ordering_timestamp` in seconds since 1970."""

    resource_type: str
    resource_id: str
    compliance_type: Compliance
    annotation: str | None
    ordering_timestamp: float


@frozen
class Result:
    """Times in seconds since the bus started."""

    evaluation: Evaluation
    recorded_at: float
    invoked_at: float


@define(eq=False)
class Results:
    """The newest of each resource."""

    _newest: dict[tuple[str, str], Result] = field(factory=dict, init=False)

    def put(self, result: Result) -> None:
        evaluation = result.evaluation
        key = evaluation.resource_type, evaluation.resource_id
        known = self._newest.get(key)
        if known is None or known.evaluation.ordering_timestamp <= evaluation.ordering_timestamp:
            self._newest[key] = result

    def applicable(self, types: Collection[str] | None = None) -> list[Result]:
        """In the order in which their resources were first evaluated."""
        return [
            result
            for result in self._newest.values()
            if result.evaluation.compliance_type != NOT_APPLICABLE
            and (types is None or result.evaluation.compliance_type in types)
        ]

    @property
    def compliance(self) -> Compliance:
        """Of the rule as a whole [bc:config DescribeComplianceByConfigRule]."""
        found = {result.evaluation.compliance_type for result in self.applicable()}
        if not found:
            return INSUFFICIENT_DATA
        return NON_COMPLIANT if NON_COMPLIANT in found else COMPLIANT
