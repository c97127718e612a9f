"""Event source mappings on queues: how records of a queue reach a function, and what happens to them afterwards."""

from .config import QueueMappingConfig
from .mapping import QueueMapping, ResourceInUseException, State

__all__ = ["QueueMapping", "QueueMappingConfig", "ResourceInUseException", "State"]
