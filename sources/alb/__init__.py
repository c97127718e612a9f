"""Application Load Balancer: listeners with rules, and target groups of one function each."""

from sources._http.client import DoorClient

from .actions import FixedResponse, Redirect
from .answers import TargetDescription, TargetHealth, TargetHealthDescription
from .client import TargetGroupClient
from .errors import TooManyTargetsException
from .events import AlbEvent
from .health import HealthCheck
from .listener import Listener, ListenerRule
from .system import SYSTEM, sample_event
from .target_group import TargetGroup

__all__ = [
    "SYSTEM",
    "AlbEvent",
    "DoorClient",
    "FixedResponse",
    "HealthCheck",
    "Listener",
    "ListenerRule",
    "Redirect",
    "TargetDescription",
    "TargetGroup",
    "TargetGroupClient",
    "TargetHealth",
    "TargetHealthDescription",
    "TooManyTargetsException",
    "sample_event",
]
