"""The matcher alone: events a second by number of rules, beside a loop over the same patterns and PyPI's event-ruler.

`python -m benchmarks.patterns [--rules 1 10 100 1000 10000] [--set mixed|exact|broad]`

mixed: 50 % exact on 3-4 fields, 15 % prefix, 10 % numeric range, 5 % each suffix, anything-but, wildcard, exists, `$or`
with cidr. exact: source, detail-type, state, tenant. broad: source and state.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from eventbus.core.patterns import Pattern, RuleSet

SOURCES, TYPES, STATES, TENANTS = 40, 25, 6, 200
SECONDS = 0.5


def mixed(number: int, chance: random.Random) -> dict[str, Any]:
    exact: dict[str, Any] = {"source": [f"svc.{chance.randrange(SOURCES)}"]}
    share = number % 20
    if share < 10:
        exact["detail-type"] = [f"type-{chance.randrange(TYPES)}"]
        exact["detail"] = {"state": [f"s{chance.randrange(STATES)}"]}
        if share % 2:
            exact["detail"]["tenant"] = [f"t{chance.randrange(TENANTS)}"]
        return exact
    low = chance.randrange(1_000)
    address = f"10.{chance.randrange(256)}.0.0/16"
    details: list[dict[str, Any]] = [
        {"path": [{"prefix": f"/in/{chance.randrange(100)}/"}]},
        {"path": [{"prefix": f"/in/{chance.randrange(100)}/"}]},
        {"path": [{"prefix": f"/in/{chance.randrange(100)}/"}]},
        {"amount": [{"numeric": [">=", low, "<", low + 20]}]},
        {"amount": [{"numeric": [">=", low, "<", low + 20]}]},
        {"path": [{"suffix": f".{chance.randrange(50)}"}]},
        {"state": [{"anything-but": [f"s{state}" for state in range(STATES) if state != number % STATES]}]},
        {"path": [{"wildcard": f"/in/{chance.randrange(100)}/*.{chance.randrange(50)}"}]},
        {"tenant": [f"t{chance.randrange(TENANTS)}"], "extra": [{"exists": True}]},
        {"$or": [{"ip": [{"cidr": address}]}, {"tenant": [f"t{chance.randrange(TENANTS)}"]}]},
    ]
    exact["detail"] = details[share - 10]
    return exact


def exact(number: int, chance: random.Random) -> dict[str, Any]:
    return {
        "source": [f"svc.{number % SOURCES}"],
        "detail-type": [f"type-{chance.randrange(TYPES)}"],
        "detail": {"state": [f"s{chance.randrange(STATES)}"], "tenant": [f"t{chance.randrange(TENANTS)}"]},
    }


def broad(number: int, chance: random.Random) -> dict[str, Any]:
    return {"source": [f"svc.{number % SOURCES}"], "detail": {"state": [f"s{chance.randrange(STATES)}"]}}


SETS: dict[str, Callable[[int, random.Random], dict[str, Any]]] = {"mixed": mixed, "exact": exact, "broad": broad}


def events(count: int) -> list[dict[str, Any]]:
    chance = random.Random(1)
    return [
        {
            "version": "0",
            "id": f"{number:032x}",
            "detail-type": f"type-{chance.randrange(TYPES)}",
            "source": f"svc.{chance.randrange(SOURCES)}",
            "account": "000000000000",
            "time": "2026-01-01T00:00:00Z",
            "region": "us-east-1",
            "resources": ["arn:aws:ec2:us-east-1:000000000000:instance/i-1"],
            "detail": {
                "state": f"s{chance.randrange(STATES)}",
                "tenant": f"t{chance.randrange(TENANTS)}",
                "amount": chance.randrange(1_000),
                "path": f"/in/{chance.randrange(100)}/file-{number}.{chance.randrange(50)}",
                "ip": f"10.{chance.randrange(256)}.{chance.randrange(256)}.1",
                "note": "x" * 300,
                **({"extra": 1} if number % 3 == 0 else {}),
            },
        }
        for number in range(count)
    ]


def rate(match: Callable[[Any], object], given: Sequence[Any]) -> float:
    """Events a second of CPU."""
    for event in given[:50]:
        match(event)
    done, started = 0, time.process_time()
    while time.process_time() - started < SECONDS:
        match(given[done % len(given)])
        done += 1
    return done / (time.process_time() - started)


def measure(kind: str, count: int) -> dict[str, Any]:
    chance = random.Random(count)
    patterns = [SETS[kind](number, chance) for number in range(count)]
    compiled = [Pattern(pattern) for pattern in patterns]
    started = time.process_time()
    rules: RuleSet[int] = RuleSet()
    for number, pattern in enumerate(compiled):
        rules.add(number, pattern)
    given = events(2_000)
    texts = [json.dumps(event) for event in given]
    rules.matching(given[0])
    built = time.process_time() - started

    def loop(event: Any) -> list[int]:
        return [number for number, pattern in enumerate(compiled) if pattern.matches(event)]

    assert all(list(rules.matching(event)) == loop(event) for event in given[:100])
    row: dict[str, Any] = {
        "set": kind,
        "rules": count,
        "decoded": round(rate(rules.matching, given)),
        "text": round(rate(rules.matching, texts)),
        "loop": round(rate(loop, given)),
        "build_ms": round(built * 1e3, 1),
    }
    ruler = _event_ruler(patterns[:500])
    if ruler is not None:
        row["event_ruler"] = round(rate(ruler, texts))
    return row


def _event_ruler(patterns: Sequence[dict[str, Any]]) -> Callable[[Any], object] | None:
    """PyPI's event-ruler tests one pattern at a time; at most 500 here."""
    try:
        from event_ruler import test_event_pattern
    except ImportError:
        return None
    texts = [json.dumps(pattern) for pattern in patterns]

    def match(event: str) -> list[int]:
        return [number for number, pattern in enumerate(texts) if _safely(test_event_pattern, event, pattern)]

    return match


def _safely(test: Callable[[str, str], bool], pattern: str, event: str) -> bool:
    try:
        return bool(test(pattern, event))
    except Exception:
        return False  # it knows fewer operators


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, nargs="+", default=[1, 10, 100, 1_000, 10_000])
    parser.add_argument("--set", choices=sorted(SETS), default="mixed")
    options = parser.parse_args()
    for count in options.rules:
        print(json.dumps(measure(options.set, count)), flush=True)


if __name__ == "__main__":
    main()
