"""Function URLs: HTTPS endpoints of one function each (payload format 2.0)."""

from sources._http.client import DoorClient, StreamBroken
from sources._http.cors import Cors
from sources._http.payload_2 import HttpEvent

from .system import SYSTEM, sample_event
from .url import Url

__all__ = [
    "SYSTEM",
    "Cors",
    "DoorClient",
    "HttpEvent",
    "StreamBroken",
    "Url",
    "sample_event",
]
