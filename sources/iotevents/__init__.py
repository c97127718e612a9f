"""IoT Events: detector models in memory, whose states' events invoke functions.

The service ended on 2026-05-20. Deviations: inputs are declared with a model and belong to it; the version of a model
is always 1; timers are exact, and background: `bus.settle()` does not wait for them. Not offered, and refused: actions
other than setting variables, timers and invoking functions, durations that are expressions, updates and deletions of
detectors, alarm models, and expressions beyond what `expressions` tells. An action whose expression has no value is
passed by.
"""

from .client import BatchPutMessageResult, DescribedDetector, DetectorModelClient, DetectorSummary, ErrorEntry
from .detectors import DetectorModel
from .errors import InvalidRequestException, ResourceNotFoundException
from .events import DetectorEvent, DetectorName, DetectorPayload, DetectorState, TriggerDetails
from .model import ClearTimer, Event, Input, Lambda, ResetTimer, SetTimer, SetVariable, State, TransitionEvent
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "BatchPutMessageResult",
    "ClearTimer",
    "DescribedDetector",
    "DetectorEvent",
    "DetectorModel",
    "DetectorModelClient",
    "DetectorName",
    "DetectorPayload",
    "DetectorState",
    "DetectorSummary",
    "ErrorEntry",
    "Event",
    "Input",
    "InvalidRequestException",
    "Lambda",
    "ResetTimer",
    "ResourceNotFoundException",
    "SetTimer",
    "SetVariable",
    "State",
    "TransitionEvent",
    "TriggerDetails",
    "sample_event",
]
