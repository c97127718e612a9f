"""Many patterns at once."""

import copy
import json
import random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eventbus.core.patterns import Pattern, RuleSet
from tests.contracts.pattern_matcher import matches
from tests.core.patterns.strategies import events, patterns


def rules_of(**patterns: Any) -> RuleSet[str]:
    rules = RuleSet[str]()
    for key, pattern in patterns.items():
        rules.add(key, Pattern(pattern))
    return rules


def test_no_rules() -> None:
    """Match nothing."""
    rules = RuleSet[str]()

    assert rules.matching({"x": 1}) == ()
    assert len(rules) == 0


def test_keys_of_what_matches() -> None:
    """And of nothing else."""
    rules = rules_of(one={"x": [1]}, two={"x": [2]}, other={"y": [1]})

    assert rules.matching({"x": 1}) == ("one",)
    assert rules.matching({"x": 1, "y": 1}) == ("one", "other")
    assert rules.matching({"x": [2, 1]}) == ("one", "two")
    assert rules.matching({"x": 3}) == ()


@pytest.mark.parametrize("event", ['{"x": 1}', b'{"x": 1}', {"x": 1}], ids=["text", "bytes", "decoded"])
def test_events_as_for_one_pattern(event: Any) -> None:
    """Text is parsed."""
    assert rules_of(one={"x": [1]}, two={"x": [2]}).matching(event) == ("one",)


@pytest.mark.parametrize("event", [None, 1, "x", [], [{"x": 1}], "[]", "{", b"\xff"], ids=repr)
def test_what_is_no_object_matches_no_rule(event: Any) -> None:
    """Not even what asks for nothing to be there."""
    assert rules_of(none={"x": [{"exists": False}]}, one={"x": [1]}).matching(event) == ()


def test_order_of_addition() -> None:
    """Not of keys, nor of what is looked at first."""
    rules = RuleSet[str]()
    for key in ("z", "a", "m", "b", "y"):
        rules.add(key, Pattern({"x": [1]} if key < "n" else {"y": [{"prefix": ""}]}))

    assert rules.matching({"x": 1, "y": "q"}) == ("z", "a", "m", "b", "y")


def test_two_keys_for_one_pattern() -> None:
    """Are two rules."""
    pattern = Pattern({"x": [1]})
    rules = RuleSet[str]()
    rules.add("a", pattern)
    rules.add("b", pattern)

    rules.remove("a")

    assert rules.matching({"x": 1}) == ("b",)


def test_remove() -> None:
    """It no longer matches, and can be added again, then as the last."""
    rules = rules_of(one={"x": [1]}, two={"x": [1]})

    rules.remove("one")

    assert rules.matching({"x": 1}) == ("two",)
    assert len(rules) == 1
    rules.add("one", Pattern({"x": [1]}))
    assert rules.matching({"x": 1}) == ("two", "one")


def test_remove_what_is_not_there() -> None:
    """Is the caller's error, and changes nothing."""
    rules = rules_of(one={"x": [1]})

    with pytest.raises(KeyError):
        rules.remove("two")

    assert rules.matching({"x": 1}) == ("one",)
    rules.remove("one")
    with pytest.raises(KeyError):
        rules.remove("one")


def test_what_comes_and_goes_without_an_event() -> None:
    """Leaves nothing to be indexed."""
    rules: RuleSet[int] = RuleSet()
    for number in range(100):
        rules.add(number, Pattern({"a": [number]}))
        rules.remove(number)

    assert not rules._fresh


def test_replace() -> None:
    """An equal key has its new pattern alone."""
    rules = rules_of(one={"x": [1]}, two={"x": [1]})

    rules.add("one", Pattern({"x": [2]}))

    assert rules.matching({"x": 1}) == ("two",)
    assert rules.matching({"x": 2}) == ("one",)
    assert len(rules) == 2


def test_replaced_rule_keeps_its_place() -> None:
    """As in a dict."""
    rules = rules_of(one={"x": [1]}, two={"x": [1]})

    rules.add("one", Pattern({"x": [1, 2]}))

    assert rules.matching({"x": 1}) == ("one", "two")


def test_change_after_a_match() -> None:
    """What was remembered of earlier events is no longer true."""
    rules = rules_of(one={"x": [1]})
    assert rules.matching({"x": 1, "y": 2}) == ("one",)

    rules.add("two", Pattern({"y": [2]}))

    assert rules.matching({"x": 1, "y": 2}) == ("one", "two")
    rules.remove("one")
    assert rules.matching({"x": 1, "y": 2}) == ("two",)


def test_copy_goes_its_own_way() -> None:
    """Deep copies share nothing that changes."""
    rules = rules_of(one={"x": [1]})
    other = copy.deepcopy(rules)

    other.add("two", Pattern({"x": [1]}))
    rules.remove("one")

    assert rules.matching({"x": 1}) == ()
    assert other.matching({"x": 1}) == ("one", "two")


def test_values_of_equal_python_objects() -> None:
    """1, 1.0 and true are one key of a dict, and not one value of JSON."""
    rules = rules_of(number={"x": [1]}, true={"x": [True]}, zero={"x": [0]}, false={"x": [False]}, text={"x": ["1"]})

    for value, key in ((True, "true"), (1, "number"), (1.0, "number"), (False, "false"), (0, "zero"), (0.0, "zero")):
        assert rules.matching({"x": value}) == (key,)
        assert rules.matching({"x": [value]}) == (key,)


def test_two_thousand_rules() -> None:
    """All that match, in order; and the right ones when every third is gone."""
    rules = RuleSet[int]()
    for number in range(2000):
        detail = {"n": [{"numeric": [">=", number, "<", number + 100]}], "state": ["on", {"prefix": "o"}]}
        rules.add(number, Pattern({"source": [f"shop.{number % 50}"], "detail": detail}))
    event = {"source": "shop.7", "detail": {"n": 1000, "state": "off"}}

    assert len(rules) == 2000
    assert rules.matching(event) == (907, 957)
    for number in range(0, 2000, 3):
        rules.remove(number)
    assert len(rules) == 1333
    assert rules.matching(event) == (907,)
    assert rules.matching({**event, "source": "shop.77"}) == ()


def shop_pattern(chance: random.Random) -> dict[str, Any]:
    """A rule as people write them."""
    pattern: dict[str, Any] = {"source": [f"shop.{chance.randrange(8)}"]} if chance.random() < 0.7 else {}
    choices: dict[str, Any] = {
        "state": chance.choice([["on"], ["on", "off"], [{"anything-but": "on"}], [{"exists": False}], [None]]),
        "amount": [{"numeric": [">", chance.randrange(10), "<=", 10 + chance.randrange(10)]}],
        "name": [
            chance.choice([{"prefix": "a"}, {"suffix": "b"}, {"wildcard": "a*b"}, {"equals-ignore-case": "AB"}, "ab"])
        ],
        "ip": [chance.choice([{"cidr": "10.0.0.0/24"}, "10.0.0.5", {"anything-but": {"prefix": "10."}}])],
        "items": {"sku": [chance.choice("xyz")], "count": [chance.randrange(3), {"exists": False}]},
        "$or": [{"kind": [chance.randrange(3)]}, {"size": [{"numeric": ["<", chance.randrange(4)]}, None]}],
    }
    chosen = chance.sample(sorted(choices), chance.randrange(1, 3))
    return {**pattern, "detail": {key: choices[key] for key in chosen}}


def shop_event(chance: random.Random) -> dict[str, Any]:
    """An event for such rules."""
    detail: dict[str, Any] = {
        "state": chance.choice(["on", "off", None, [], ["on", "x"]]),
        "amount": chance.choice([5, 10.0, 15, "5", [1, 19]]),
        "name": chance.choice(["ab", "a", "aXb", "AB", "", 1]),
        "ip": chance.choice(["10.0.0.5", "010.0.0.5", "10.0.1.5", "::1", "x"]),
        "items": [{"sku": chance.choice("xyz"), "count": chance.randrange(3)}, {"sku": chance.choice("xyz")}],
        "kind": chance.randrange(3),
        "size": chance.choice([0, 1, 2, None]),
    }
    for key in chance.sample(sorted(detail), chance.randrange(4)):
        del detail[key]
    return {"source": f"shop.{chance.randrange(9)}", "detail": detail}


@pytest.mark.parametrize("count", [1, 5, 20, 50, 200])
def test_rules_of_a_shop(count: int) -> None:
    """However many there are, the same as one by one; while they come and go, too."""
    chance = random.Random(count)
    rules = RuleSet[int]()
    expected: dict[int, Any] = {}
    for step in range(count * 2):
        expected[step] = shop_pattern(chance)
        rules.add(step, Pattern(expected[step]))
        if step >= count:
            gone = chance.choice(list(expected))
            del expected[gone]
            rules.remove(gone)
        if step % 10 == 0:
            event = shop_event(chance)
            assert rules.matching(event) == tuple(key for key, pattern in expected.items() if matches(pattern, event))

    for _ in range(50):
        event = shop_event(chance)
        assert rules.matching(event) == tuple(key for key, pattern in expected.items() if matches(pattern, event))


class Comparison(RuleBasedStateMachine):
    """A rule set beside a dict of patterns, each of which is asked in turn."""

    @initialize()
    def start(self) -> None:
        self.many = RuleSet[int]()
        self.patterns: dict[int, dict[str, Any]] = {}

    @rule(key=st.integers(0, 12), pattern=patterns(depth=2))
    def add(self, key: int, pattern: dict[str, Any]) -> None:
        self.many.add(key, Pattern(pattern))
        self.patterns[key] = pattern

    @rule(key=st.integers(0, 12))
    def remove(self, key: int) -> None:
        if key in self.patterns:
            self.many.remove(key)
            del self.patterns[key]
        else:
            with pytest.raises(KeyError):
                self.many.remove(key)

    @rule(event=events(), as_text=st.booleans())
    def match(self, event: dict[str, Any], as_text: bool) -> None:
        found = self.many.matching(json.dumps(event) if as_text else event)

        assert found == tuple(key for key, pattern in self.patterns.items() if matches(pattern, event))

    @rule()
    def go_on_with_a_copy(self) -> None:
        self.many = copy.deepcopy(self.many)

    @invariant()
    def counts_its_rules(self) -> None:
        assert len(self.many) == len(self.patterns)


TestComparison = Comparison.TestCase
TestComparison.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
