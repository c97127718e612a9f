"""For tests of apps, and of sources. The pytest plugin is `eventbus.testing.plugin`."""

from typing import TYPE_CHECKING, Any

from .assertions import DeadLetter, assert_delivered_once, assert_settled, dead_letters

if TYPE_CHECKING:
    from .contracts import Features, QueueContract, StreamContract

__all__ = [
    "DeadLetter",
    "Features",
    "QueueContract",
    "StreamContract",
    "assert_delivered_once",
    "assert_settled",
    "dead_letters",
]


def __getattr__(name: str) -> Any:
    """The contract kit needs pytest: it is loaded by whoever uses it."""
    if name in ("Features", "QueueContract", "StreamContract"):
        from . import contracts

        return getattr(contracts, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
