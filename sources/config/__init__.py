"""AWS Config: a recorder of what resources are like, and custom rules whose functions evaluate that.

Deviations from AWS: nothing is recorded by itself, tests bring every item with `put_resource_config`, of any type, with
tags and an ARN of their choice; each call is a change. Items are there at once. One account has one recorder, which
always runs. Lists come whole, without pages. Rules are declared, and stay as they are while the bus runs.

Choices where no page settles it: a rule without parameters gets `{}`; a periodic rule runs when the bus starts, and
then after each period; a started evaluation tells of each resource in scope that is not deleted, as a change, and,
where the rule is periodic too, of its schedule; a result token is good for ever; without an evaluation nothing happens,
the old results stay; of two evaluations of a resource the later ordering timestamp counts, of equal ones the later
call; one that is NOT_APPLICABLE hides the resource; a deleted resource has neither tags nor configuration; the name of
the role that records is `config`.

Not offered, and refused: managed rules and rules in Guard, proactive evaluation, snapshots as triggers, remediation,
conformance packs, aggregators, delivery channels, tags of rules.
"""

from .answers import ComplianceByConfigRule, ConfigurationItem, DescribedRule, EvaluationResult
from .client import RecorderClient
from .errors import (
    InvalidResultTokenException,
    LimitExceededException,
    NoSuchConfigRuleException,
    ResourceNotDiscoveredException,
)
from .events import (
    ConfigEvent,
    InvokingChange,
    InvokingItem,
    InvokingOversized,
    InvokingSchedule,
    InvokingSummary,
)
from .recorder import ConfigurationRecorder
from .rule import ConfigRule
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "ComplianceByConfigRule",
    "ConfigEvent",
    "ConfigRule",
    "ConfigurationItem",
    "ConfigurationRecorder",
    "DescribedRule",
    "EvaluationResult",
    "InvalidResultTokenException",
    "InvokingChange",
    "InvokingItem",
    "InvokingOversized",
    "InvokingSchedule",
    "InvokingSummary",
    "LimitExceededException",
    "NoSuchConfigRuleException",
    "RecorderClient",
    "ResourceNotDiscoveredException",
    "sample_event",
]
