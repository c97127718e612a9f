"""How far it goes: 100,000 idle queues, 1,000,000 messages in one queue, 1,000,000 events at concurrency 10.

`python -m benchmarks.scale idle|messages|events [N]`: microseconds and bytes for each.
"""

import asyncio
import gc
import sys
import time

import eventbus
from benchmarks.harness import Timer, report
from benchmarks.j7_memory import resident
from eventbus import App
from sources import sqs


async def idle(n: int) -> dict[str, float]:
    app = App("scale")
    for number in range(n):
        app.add(sqs.Queue(f"queue-{number}"))
    gc.collect()
    before, began = resident(), time.perf_counter()
    async with app.start():
        started = time.perf_counter()
        grown = resident() - before
        await asyncio.sleep(14 * 86_400)
        return {
            "start_us_each": (started - began) / n * 1e6,
            "bytes_each": grown / n,
            "fourteen_idle_days_s": time.perf_counter() - started,
        }


async def messages(n: int) -> dict[str, float]:
    app = App("scale")
    orders = app.add(sqs.Queue("orders"))
    async with app.start() as bus:
        queue = bus[orders]
        gc.collect()
        before, began = resident(), time.process_time()
        for number in range(n):
            await queue.send_message(f"{number:08d}")
        sent, grown = time.process_time(), resident() - before
        for _ in range(n // 10):
            for message in await queue.receive_message(max_number_of_messages=10):
                await queue.delete_message(str(message.receipt_handle))
        gone = time.process_time()
        assert await queue.peek() == []
    return {"send_us": (sent - began) / n * 1e6, "receive_delete_us": (gone - sent) / n * 1e6, "bytes_each": grown / n}


async def events(n: int) -> dict[str, float]:
    app = App("scale")

    @app.function(reserved_concurrent_executions=10)
    async def work(event: object, context: object) -> None:
        return

    async with app.start() as bus:
        began = time.process_time()
        for number in range(n):
            await bus.invoke(work, number, invocation_type="Event")
        accepted = time.process_time()
        await bus.settle(invocations=10 * n)
        drained = time.process_time()
        assert bus.statistics().invocations == n
    return {"accept_us": (accepted - began) / n * 1e6, "drain_us": (drained - accepted) / n * 1e6}


if __name__ == "__main__":
    job = {"idle": idle, "messages": messages, "events": events}[sys.argv[1]]
    size = int(sys.argv[2]) if len(sys.argv) > 2 else (100_000 if sys.argv[1] == "idle" else 1_000_000)
    found = eventbus.run(lambda: job(size), virtual=True)
    report("scale", sys.argv[1], size, Timer(), True, **{name: round(value, 3) for name, value in found.items()})
