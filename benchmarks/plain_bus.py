"""The plain bus on its peers' own example: one handler, N events of one name with a small payload."""

import asyncio
from typing import Any

from benchmarks.harness import Timer, main


async def bare(n: int, timer: Timer) -> bool:
    seen = 0

    async def handler(payload: dict[str, Any]) -> None:
        nonlocal seen
        seen += 1

    with timer:
        for number in range(n):
            await handler({"id": number})
    return seen == n


async def emit(n: int, timer: Timer) -> bool:
    from eventbus import App

    app = App("bench")
    seen = 0

    @app.on("order.placed")
    async def handler(payload: dict[str, Any]) -> None:
        nonlocal seen
        seen += 1

    async with app.start() as bus:
        with timer:
            for number in range(n):
                await bus.emit("order.placed", {"id": number})
            await bus.settle()
        return seen == n


async def pyventus(n: int, timer: Timer) -> bool:
    from pyventus.events import AsyncIOEventEmitter, EventLinker

    seen = 0

    async def handler(payload: dict[str, Any]) -> None:
        nonlocal seen
        seen += 1

    EventLinker.subscribe("order.placed", event_callback=handler)
    emitter = AsyncIOEventEmitter()
    with timer:
        for number in range(n):
            emitter.emit("order.placed", {"id": number})
            if number % 100 == 99:
                await asyncio.sleep(0)
        while seen < n:
            await asyncio.sleep(0)
    return seen == n


async def bubus(n: int, timer: Timer) -> bool:
    from bubus import BaseEvent, EventBus

    class OrderPlaced(BaseEvent[None]):
        id: int

    seen = 0

    async def handler(event: OrderPlaced) -> None:
        nonlocal seen
        seen += 1

    bus = EventBus(name="Bench")
    bus.on(OrderPlaced, handler)
    with timer:
        for number in range(n):
            bus.dispatch(OrderPlaced(id=number))
            if number % 50 == 49:  # it takes 100 at most
                await bus.wait_until_idle()
        await bus.wait_until_idle()
    await bus.stop()
    return seen == n


if __name__ == "__main__":
    main("plain", {"bare": bare, "eventbus": emit, "pyventus": pyventus, "bubus": bubus}, 20_000)
