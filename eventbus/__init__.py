"""An asyncio event bus that invokes functions the way AWS Lambda is invoked: in process, in real or virtual time."""

from typing import TYPE_CHECKING, Any

from .app import App
from .core.profile import Profile
from .declaration import Function
from .errors import (
    BusBroken,
    EventBusError,
    FunctionError,
    InvalidSetting,
    NotInBus,
    NotSettled,
    ServiceError,
)
from .event_source_mapping import Mapping
from .runtime.answers import InvokeResponse, Statistics
from .runtime.attempts import Attempt
from .runtime.bus import Bus
from .runtime.clock import AsleepForever, ClockStuck, VirtualLoop, run
from .runtime.context import Context, current_bus
from .runtime.mappings import EventSourceMapping
from .runtime.sync import SyncBus, SyncClient

if TYPE_CHECKING:
    from .core.patterns import Pattern, test_event_pattern

__all__ = [
    "App",
    "AsleepForever",
    "Attempt",
    "Bus",
    "BusBroken",
    "ClockStuck",
    "Context",
    "EventBusError",
    "EventSourceMapping",
    "Function",
    "FunctionError",
    "InvalidSetting",
    "InvokeResponse",
    "Mapping",
    "NotInBus",
    "NotSettled",
    "Pattern",
    "Profile",
    "ServiceError",
    "Statistics",
    "SyncBus",
    "SyncClient",
    "VirtualLoop",
    "current_bus",
    "run",
    "test_event_pattern",
]


def __getattr__(name: str) -> Any:
    """The pattern engine is a third of our import time: it is loaded by whoever uses it."""
    if name in ("Pattern", "test_event_pattern"):
        from .core import patterns  # noqa: PLC0415

        return getattr(patterns, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
