"""EventBridge Scheduler: schedules in groups, which send to functions, queues, topics and event buses.

Not offered, and refused: universal targets and other templated ones, roles, customer keys, client tokens, tags, and
making or deleting groups while the bus runs (groups are declared). Choices where no page settles it: a schedule that is
changed counts as made then; with `action_after_completion="DELETE"` it is gone once its last occurrence was sent; an
occurrence at the very end date still counts; a rate's zone means nothing.
"""

from .answers import CreatedSchedule, ScheduleListing, ScheduleSummary, StoredSchedule
from .client import GroupClient
from .errors import ConflictException, ResourceNotFoundException, ValidationException
from .group import ScheduleGroup
from .schedule import Schedule
from .settings import ScheduleSettings
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "ConflictException",
    "CreatedSchedule",
    "GroupClient",
    "ResourceNotFoundException",
    "Schedule",
    "ScheduleGroup",
    "ScheduleListing",
    "ScheduleSettings",
    "ScheduleSummary",
    "StoredSchedule",
    "ValidationException",
    "sample_event",
]
