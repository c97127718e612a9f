"""What tests of patterns share."""

import json
from collections.abc import Mapping
from typing import Any

from eventbus.core.patterns import Dialect, Pattern, RuleSet


def matched(pattern: str | Mapping[str, Any], event: Any, dialect: Dialect = "eventbridge") -> bool:
    """Whether the event matches; decoded, as text, as bytes and in a rule set it is the same."""
    compiled = Pattern(pattern, dialect)
    rules = RuleSet[str]()
    rules.add("other", Pattern({"no such field": ["at all"]}, dialect))
    rules.add("rule", compiled)

    verdict = compiled.matches(event)
    assert (rules.matching(event) == ("rule",)) is verdict
    assert (compiled.explain(event) is None) is verdict
    if dialect != "sns-attributes":
        text = json.dumps(event, ensure_ascii=False)
        assert compiled.matches(text) is verdict
        assert compiled.matches(text.encode()) is verdict
    return verdict
