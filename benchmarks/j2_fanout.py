"""J2: publish N messages to a topic with 10 queues subscribed; done when 10 N messages lie in the queues."""

import asyncio
from typing import Any

from benchmarks.harness import Timer, bodies, main

QUEUES = 10


async def bare(n: int, timer: Timer) -> bool:
    queues: list[asyncio.Queue[str]] = [asyncio.Queue() for _ in range(QUEUES)]
    texts = bodies(n)
    with timer:
        for text in texts:
            for queue in queues:
                await queue.put(text)
    return sum(queue.qsize() for queue in queues) == QUEUES * n


async def topic(n: int, timer: Timer) -> bool:
    from eventbus import App
    from sources import sns, sqs

    app = App("bench")
    orders = app.add(sns.Topic("orders"))
    queues: list[Any] = [app.add(sqs.Queue(f"queue-{number}")) for number in range(QUEUES)]
    for queue in queues:
        app.add(sns.Subscription(orders, queue))
    texts = bodies(n)
    async with app.start() as bus:
        client = bus[orders]
        with timer:
            for text in texts:
                await client.publish(text)
            await bus.settle()
        counts = [await bus[queue].get_queue_attributes(["ApproximateNumberOfMessages"]) for queue in queues]
        return sum(int(count["ApproximateNumberOfMessages"]) for count in counts) == QUEUES * n


async def pyventus(n: int, timer: Timer) -> bool:
    from pyventus.events import AsyncIOEventEmitter, EventLinker

    seen = 0

    def make() -> Any:
        async def handler(text: str) -> None:
            nonlocal seen
            seen += 1

        return handler

    for _ in range(QUEUES):
        EventLinker.subscribe("order", event_callback=make())
    emitter = AsyncIOEventEmitter()
    texts = bodies(n)
    with timer:
        for number, text in enumerate(texts):
            emitter.emit("order", text)
            if number % 100 == 99:
                await asyncio.sleep(0)
        while seen < QUEUES * n:
            await asyncio.sleep(0)
    return seen == QUEUES * n


if __name__ == "__main__":
    main("J2", {"bare": bare, "eventbus": topic, "pyventus": pyventus}, 20_000)
