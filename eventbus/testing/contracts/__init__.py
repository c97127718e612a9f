"""The contract kit: suites that every source passes which mappings poll. Needs pytest."""

from .queues import QueueContract
from .source import Features
from .streams import StreamContract

__all__ = ["Features", "QueueContract", "StreamContract"]
