"""Event source mappings on streams: how records of shards reach a function, in order, and what becomes of failures."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from .config import StreamMappingConfig

if TYPE_CHECKING:
    from .failures import with_batch
    from .mapping import StreamMapping
    from .windows import with_window

__all__ = ["StreamMapping", "StreamMappingConfig", "with_batch", "with_window"]

_LATER: Final = {"StreamMapping": "mapping", "with_batch": "failures", "with_window": "windows"}
"""A tenth of our import time, for those who map streams."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
