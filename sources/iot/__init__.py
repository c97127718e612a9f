"""IoT rules: a message broker in memory, and topic rules whose SQL selects what functions get.

Deviations from AWS: permissions are the broker's, not each rule's; an action is tried once, then the error action is
run; a message arrives once whatever its quality of service. Not offered, and refused: MQTT connections and
subscriptions, retained messages, topics that begin with $ (shadows, basic ingest), other versions of the SQL and what
`sql` tells beyond its table, actions other than functions, standard queues and topics, streams and log groups, and
bytes that are no JSON as what an action gets. Choices where no page settles it stand where they are made; a rule that
is not there answers `UnauthorizedException`, as the model of the service says.
"""

from .broker import Broker, TopicRule
from .client import BrokerClient, Published, StoredRule
from .errors import (
    InvalidRequestException,
    RequestEntityTooLargeException,
    ResourceAlreadyExistsException,
    SqlParseException,
    UnauthorizedException,
)
from .events import ErrorActionEvent, Failure
from .sql import InvalidSql
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "Broker",
    "BrokerClient",
    "ErrorActionEvent",
    "Failure",
    "InvalidRequestException",
    "InvalidSql",
    "Published",
    "RequestEntityTooLargeException",
    "ResourceAlreadyExistsException",
    "SqlParseException",
    "StoredRule",
    "TopicRule",
    "UnauthorizedException",
    "sample_event",
]
