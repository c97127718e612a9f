"""CloudFront: distributions with a cache, and Lambda@Edge at its four points.

Deviations from AWS: there are no numbered versions, the points take functions as they are; a distribution is one edge,
where requests for one object at the same time each go to the origin; what has expired is asked for anew, without
conditions; ranges and conditions of viewers are not answered from the cache; an origin is asked once, within 30 s.
"""

from sources._http.client import DoorClient, StreamBroken

from .distribution import BehaviorSettings, CacheBehavior, Distribution
from .events import (
    EdgeBody,
    EdgeCf,
    EdgeConfig,
    EdgeCustomOrigin,
    EdgeEvent,
    EdgeHeader,
    EdgeHeaders,
    EdgeOrigin,
    EdgeRecord,
    EdgeRequest,
    EdgeResponse,
    EdgeS3Origin,
)
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "BehaviorSettings",
    "CacheBehavior",
    "Distribution",
    "DoorClient",
    "EdgeBody",
    "EdgeCf",
    "EdgeConfig",
    "EdgeCustomOrigin",
    "EdgeEvent",
    "EdgeHeader",
    "EdgeHeaders",
    "EdgeOrigin",
    "EdgeRecord",
    "EdgeRequest",
    "EdgeResponse",
    "EdgeS3Origin",
    "StreamBroken",
    "sample_event",
]
