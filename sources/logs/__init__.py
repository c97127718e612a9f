"""CloudWatch Logs: log groups in memory, and subscription filters that invoke functions.

Deviations from AWS: what is logged can be read at once; expired events are gone at once; a filter's destination is not
checked when it is put, a hand-over to a function that is not there is dropped with a note. Destinations other than
functions, metric filters, transformers and account policies are not offered. `emit_control_message` sends what AWS
sends now and then. The stream of an event that another service logs is named after that service's resource.

A group `/aws/lambda/<function>` has what that function logs: START, what it logs and prints to the standard output,
its error, END and REPORT, in the stream of its environment. All of an invocation is there once it has ended, so that a
filter has it in one event; a cold start leaves no line, the standard error none, and REPORT does not know the memory
used. What a thread prints that a `def` handler started is there as far as it is known whose it is: where no other such
handler runs beside it. Without such a group nothing is taken down. A function that would be invoked by its own log is
refused.
"""

from .ages import Rejected
from .answers import (
    DescribedFilter,
    FilteredLogEvent,
    FilterLogEventsResult,
    GetLogEventsResult,
    OutputLogEvent,
    PutLogEventsResult,
)
from .client import LogGroupClient
from .errors import (
    AccessDeniedException,
    LimitExceededException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)
from .events import LogsData, LogsEvent, LogsMessage, LogsMessageEvent
from .filters import SubscriptionFilter
from .group import LogGroup
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "AccessDeniedException",
    "DescribedFilter",
    "FilterLogEventsResult",
    "FilteredLogEvent",
    "GetLogEventsResult",
    "LimitExceededException",
    "LogGroup",
    "LogGroupClient",
    "LogsData",
    "LogsEvent",
    "LogsMessage",
    "LogsMessageEvent",
    "OutputLogEvent",
    "PutLogEventsResult",
    "Rejected",
    "ResourceAlreadyExistsException",
    "ResourceNotFoundException",
    "SubscriptionFilter",
    "sample_event",
]
