"""J4: a bus with 100 rules (source, detail-type, a list, a number); each of N events matches one.

`-n` events; RULES in the environment says how many rules. Done after N deliveries.
"""

import asyncio
import json
import os
from typing import Any

from benchmarks.harness import Timer, main

RULES = int(os.environ.get("RULES", "100"))


def pattern(number: int) -> dict[str, Any]:
    return {
        "source": [f"shop.{number % 10}"],
        "detail-type": [f"order.{number}"],
        "detail": {"kind": ["a", "b"], "amount": [{"numeric": [">", 10]}]},
    }


def details(n: int) -> list[str]:
    return [
        json.dumps({"kind": "a", "amount": 11 + number % 5, "id": number, "note": "x" * 200}) for number in range(n)
    ]


async def bare(n: int, timer: Timer) -> bool:
    seen = 0

    async def handler(event: dict[str, Any], context: None) -> None:
        nonlocal seen
        seen += 1

    rules = {(f"shop.{number % 10}", f"order.{number}"): handler for number in range(RULES)}
    texts = details(n)
    with timer:
        for number, text in enumerate(texts):
            rule = number % RULES
            found = rules.get((f"shop.{rule % 10}", f"order.{rule}"))
            if found is not None:
                await found({"detail": text}, None)
    return seen == n


async def rules(n: int, timer: Timer) -> bool:
    from eventbus import App
    from sources import eventbridge

    app = App("bench")
    seen = 0

    @app.function
    async def handler(event: dict[str, Any], context: Any) -> None:
        nonlocal seen
        seen += 1

    shop = app.add(eventbridge.EventBus("shop"))
    for number in range(RULES):
        app.add(eventbridge.Rule(f"rule-{number}", shop, event_pattern=pattern(number), targets=[handler]))
    texts = details(n)
    async with app.start() as bus:
        client = bus[shop]
        with timer:
            for number, text in enumerate(texts):
                rule = number % RULES
                entry = {"source": f"shop.{rule % 10}", "detail_type": f"order.{rule}", "detail": text}
                await client.put_events([entry])
            await bus.settle()
        return seen == n


async def pyventus(n: int, timer: Timer) -> bool:
    """Exact names only: it has no patterns."""
    from pyventus.events import AsyncIOEventEmitter, EventLinker

    seen = 0

    async def handler(text: str) -> None:
        nonlocal seen
        seen += 1

    for number in range(RULES):
        EventLinker.subscribe(f"order.{number}", event_callback=handler)
    emitter = AsyncIOEventEmitter()
    texts = details(n)
    with timer:
        for number, text in enumerate(texts):
            emitter.emit(f"order.{number % RULES}", text)
            if number % 100 == 99:
                await asyncio.sleep(0)
        while seen < n:
            await asyncio.sleep(0)
    return seen == n


if __name__ == "__main__":
    main("J4", {"bare": bare, "eventbus": rules, "pyventus": pyventus}, 20_000)
