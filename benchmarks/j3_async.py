"""J3: invoke N asynchronously, every 10th always fails, 2 retries in virtual time, then dead letter."""

import asyncio
from typing import Any

from benchmarks.harness import Timer, main


async def bare(n: int, timer: Timer) -> bool:
    queue: asyncio.Queue[tuple[dict[str, int], int]] = asyncio.Queue()
    done, dead = 0, 0

    async def handler(event: dict[str, int], context: None) -> None:
        nonlocal done
        if event["n"] % 10 == 0:
            raise ValueError("no")
        done += 1

    with timer:
        for number in range(n):
            await queue.put(({"n": number}, 0))
        while not queue.empty():
            event, tries = queue.get_nowait()
            try:
                await handler(event, None)
            except ValueError:
                if tries < 2:
                    await queue.put((event, tries + 1))
                else:
                    dead += 1
    return done == n - dead and dead == -(-n // 10)


async def eventbus(n: int, timer: Timer) -> bool:
    from eventbus import App
    from sources import sqs

    app = App("bench")
    dead = app.add(sqs.Queue("dead"))
    done = 0

    @app.function(dead_letter=dead)
    async def handler(event: dict[str, int], context: Any) -> None:
        nonlocal done
        if event["n"] % 10 == 0:
            raise ValueError("no")
        done += 1

    async with app.start() as bus:
        with timer:
            for number in range(n):
                await bus.invoke(handler, {"n": number}, invocation_type="Event")
            await bus.settle(invocations=10 * n)
        failed = len(await bus[dead].peek())
    return done == n - failed and failed == -(-n // 10)


async def taskiq(n: int, timer: Timer) -> bool:
    from taskiq import InMemoryBroker
    from taskiq.middlewares import SimpleRetryMiddleware

    broker = InMemoryBroker(await_inplace=True).with_middlewares(SimpleRetryMiddleware(default_retry_count=3))
    done, tries = 0, 0

    @broker.task(retry_on_error=True)
    async def handler(number: int) -> None:
        nonlocal done, tries
        if number % 10 == 0:
            tries += 1
            raise ValueError("no")
        done += 1

    await broker.startup()
    with timer:
        for number in range(n):
            await handler.kiq(number)
    await broker.shutdown()
    return done == n - -(-n // 10) and tries == 3 * -(-n // 10)


if __name__ == "__main__":
    main("J3", {"bare": bare, "eventbus": eventbus, "taskiq": taskiq}, 50_000)
