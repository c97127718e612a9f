"""For tests of apps. The pytest plugin is `eventbus.testing.plugin`."""

from .assertions import DeadLetter, assert_delivered_once, assert_settled, dead_letters

__all__ = ["DeadLetter", "assert_delivered_once", "assert_settled", "dead_letters"]
