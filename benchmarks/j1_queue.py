"""J1: send N distinct bodies of 1 KB to one queue one by one; consume in batches of 10 by an async handler; delete."""

import asyncio
from typing import Any

from benchmarks.harness import Timer, bodies, main


async def bare(n: int, timer: Timer) -> bool:
    queue: asyncio.Queue[str] = asyncio.Queue()
    seen = 0

    async def handler(batch: list[str], context: None) -> None:
        nonlocal seen
        seen += len(batch)

    texts = bodies(n)
    with timer:
        for text in texts:
            await queue.put(text)
        while not queue.empty():
            await handler([queue.get_nowait() for _ in range(min(10, queue.qsize()))], None)
    return seen == n


def _shop() -> tuple[Any, Any, list[int]]:
    from eventbus import App
    from sources import sqs

    app = App("bench")
    queue = app.add(sqs.Queue("orders"))
    seen = [0]

    @app.function
    async def handler(event: sqs.SqsEvent, context: Any) -> None:
        seen[0] += len(event["Records"])

    app.map(queue, handler, batch_size=10)
    return app, queue, seen


async def phased(n: int, timer: Timer) -> bool:
    app, queue, seen = _shop()
    texts = bodies(n)
    async with app.start() as bus:
        client = bus[queue]
        with timer:
            for text in texts:
                await client.send_message(text)
            await bus.settle()
        return seen[0] == n and not await client.peek()


async def shallow(n: int, timer: Timer) -> bool:
    app, queue, seen = _shop()
    texts = bodies(n)
    async with app.start() as bus:
        client = bus[queue]
        with timer:
            for at in range(0, n, 10):
                for text in texts[at : at + 10]:
                    await client.send_message(text)
                await bus.settle()
        return seen[0] == n and not await client.peek()


async def pyventus(n: int, timer: Timer) -> bool:
    from pyventus.events import AsyncIOEventEmitter, EventLinker

    seen = 0

    @EventLinker.on("order")
    async def handler(text: str) -> None:
        nonlocal seen
        seen += 1

    emitter = AsyncIOEventEmitter()
    texts = bodies(n)
    with timer:
        for number, text in enumerate(texts):
            emitter.emit("order", text)
            if number % 100 == 99:
                await asyncio.sleep(0)
        while seen < n:
            await asyncio.sleep(0)
    return seen == n


async def taskiq(n: int, timer: Timer) -> bool:
    from taskiq import InMemoryBroker

    broker = InMemoryBroker(await_inplace=True)
    seen = 0

    @broker.task
    async def handler(text: str) -> None:
        nonlocal seen
        seen += 1

    await broker.startup()
    texts = bodies(n)
    with timer:
        for text in texts:
            await handler.kiq(text)
    await broker.shutdown()
    return seen == n


if __name__ == "__main__":
    main(
        "J1",
        {"bare": bare, "eventbus": phased, "eventbus-shallow": shallow, "pyventus": pyventus, "taskiq": taskiq},
        100_000,
    )
