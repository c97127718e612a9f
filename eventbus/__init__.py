"""An asyncio event bus that invokes functions the way AWS Lambda is invoked: in process, in real or virtual time."""

from .app import App
from .core.profile import Profile
from .declaration import Function, Mapping
from .errors import (
    BusBroken,
    EventBusError,
    FunctionError,
    InvalidSetting,
    NotInBus,
    NotSettled,
    ServiceError,
)
from .runtime.answers import InvokeResponse, Statistics
from .runtime.attempts import Attempt
from .runtime.bus import Bus
from .runtime.clock import AsleepForever, ClockStuck, VirtualLoop, run
from .runtime.context import Context, current_bus
from .runtime.sync import SyncBus, SyncClient

__all__ = [
    "App",
    "AsleepForever",
    "Attempt",
    "Bus",
    "BusBroken",
    "ClockStuck",
    "Context",
    "EventBusError",
    "Function",
    "FunctionError",
    "InvalidSetting",
    "InvokeResponse",
    "Mapping",
    "NotInBus",
    "NotSettled",
    "Profile",
    "ServiceError",
    "Statistics",
    "SyncBus",
    "SyncClient",
    "VirtualLoop",
    "current_bus",
    "run",
]
