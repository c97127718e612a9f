"""EventBridge: event buses in memory (AWS calls them custom event buses, classic), rules, targets, archives, replays.

Not offered: partner and global endpoints, connections, API destinations, pipes, schemas, buses of other accounts and
regions, and permissions other than `app.grant`.
"""

from eventbus.errors import InvalidEventPatternException, ValidationException

from .answers import (
    DescribedArchive,
    DescribedReplay,
    DescribedRule,
    FailedTarget,
    PutEventsResult,
    PutEventsResultEntry,
    PutRuleResult,
    TargetsResult,
)
from .bus import Archive, EventBus, Rule
from .client import BusClient
from .errors import (
    IllegalStatusException,
    LimitExceededException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)
from .events import EventBridgeEvent
from .system import SYSTEM, sample_event
from .targets import Target

__all__ = [
    "SYSTEM",
    "Archive",
    "BusClient",
    "DescribedArchive",
    "DescribedReplay",
    "DescribedRule",
    "EventBridgeEvent",
    "EventBus",
    "FailedTarget",
    "IllegalStatusException",
    "InvalidEventPatternException",
    "LimitExceededException",
    "PutEventsResult",
    "PutEventsResultEntry",
    "PutRuleResult",
    "ResourceAlreadyExistsException",
    "ResourceNotFoundException",
    "Rule",
    "Target",
    "TargetsResult",
    "ValidationException",
    "sample_event",
]
