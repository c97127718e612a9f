"""Event source mappings on streams: how records of shards reach a function, in order, and what becomes of failures."""

from .config import StreamMappingConfig
from .failures import with_batch
from .mapping import StreamMapping
from .windows import with_window

__all__ = ["StreamMapping", "StreamMappingConfig", "with_batch", "with_window"]
