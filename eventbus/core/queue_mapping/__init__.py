"""Event source mappings on queues: how records of a queue reach a function, and what happens to them afterwards."""

from eventbus.core.mapping_state import ResourceInUseException, State

from .config import QueueMappingConfig
from .mapping import QueueMapping

__all__ = ["QueueMapping", "QueueMappingConfig", "ResourceInUseException", "State"]
