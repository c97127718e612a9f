"""Event patterns and filters: one engine for every system that filters, a dialect for each."""

from .dialects import Dialect
from .pattern import Pattern, test_event_pattern
from .reasons import InvalidPattern
from .rule_set import RuleSet

__all__ = ["Dialect", "InvalidPattern", "Pattern", "RuleSet", "test_event_pattern"]
