"""J5: a stream of 4 shards, N records of 1 KB, batches of up to 100, order checked per shard."""

import asyncio
from typing import Any

from benchmarks.harness import Timer, bodies, main

SHARDS = 4
BATCH = 100


async def bare(n: int, timer: Timer) -> bool:
    shards: list[asyncio.Queue[tuple[int, str]]] = [asyncio.Queue() for _ in range(SHARDS)]
    last = [-1] * SHARDS
    seen = 0

    async def handler(shard: int, batch: list[tuple[int, str]], context: None) -> None:
        nonlocal seen
        for number, _ in batch:
            assert number > last[shard]
            last[shard] = number
        seen += len(batch)

    texts = bodies(n)
    with timer:
        for number, text in enumerate(texts):
            await shards[number % SHARDS].put((number, text))
        for shard, queue in enumerate(shards):
            while not queue.empty():
                await handler(shard, [queue.get_nowait() for _ in range(min(BATCH, queue.qsize()))], None)
    return seen == n


async def stream(n: int, timer: Timer) -> bool:
    from eventbus import App
    from sources import kinesis

    app = App("bench")
    orders = app.add(kinesis.Stream("orders", shard_count=SHARDS))
    last: dict[str, int] = {}
    seen = 0

    @app.function
    async def handler(event: Any, context: Any) -> None:
        nonlocal seen
        for record in event["Records"]:
            shard, _, number = record["eventID"].partition(":")
            assert int(number) > last.get(shard, -1)
            last[shard] = int(number)
        seen += len(event["Records"])

    app.map(orders, handler, batch_size=BATCH, starting_position="TRIM_HORIZON")
    texts = [text.encode() for text in bodies(n)]
    async with app.start() as bus:
        client = bus[orders]
        with timer:
            for number, text in enumerate(texts):
                await client.put_record(data=text, partition_key=f"key-{number % 64}")
            await bus.settle()
    return seen == n


if __name__ == "__main__":
    main("J5", {"bare": bare, "eventbus": stream}, 50_000)
