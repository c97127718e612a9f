"""How far it goes: 100,000 idle queues, 1,000,000 messages in one queue, 1,000,000 events at concurrency 10, a stream
of 1,000 shards, 1,000,000 records in one shard.

`python -m benchmarks.scale idle|messages|events|shards|records [N]`: microseconds and bytes for each. What a record
costs should be the same in one shard and in 1,000, with 1,000 records in a shard and with 1,000,000.
"""

import asyncio
import gc
import sys
import time

import eventbus
from benchmarks.harness import Timer, report
from benchmarks.j7_memory import resident
from eventbus import App
from sources import kinesis, sqs

SAMPLES = 1_000
HASH_KEYS = 2**128


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


async def shards(n: int) -> dict[str, float]:
    """`n` records are put and handled in batches of ten, in streams of more and more shards."""
    return {f"us_each_in_{count}_shards": await handled_in(count, n) for count in (1, 10, 100, 1_000)}


async def handled_in(count: int, n: int) -> float:
    app = App("scale")
    orders = app.add(kinesis.Stream("orders", shard_count=count))

    @app.function
    async def work(event: object, context: object) -> None:
        return

    app.map(orders, work, starting_position="TRIM_HORIZON", batch_size=10)
    async with app.start() as bus:
        stream = bus[orders]
        gc.collect()
        began = time.process_time()
        for first in range(0, n, 500):
            await stream.put_records(
                [
                    {
                        "data": f"{number:08d}",
                        "partition_key": "k",
                        "explicit_hash_key": str(number % count * HASH_KEYS // count),
                    }
                    for number in range(first, first + 500)
                ]
            )
        await bus.settle()
        return (time.process_time() - began) / n * 1e6


async def records(n: int) -> dict[str, float]:
    """One more put, one more read of ten anywhere, with more and more records in one shard, `n` in the end."""
    app = App("scale")
    orders = app.add(kinesis.Stream("orders"))
    found: dict[str, float] = {}
    async with app.start() as bus:
        stream = bus[orders]
        gc.collect()
        before = resident()
        numbers: list[str] = []
        for depth in (n // 1_000, n // 100, n // 10, n):
            while len(numbers) < depth - SAMPLES:
                numbers.append((await stream.put_record(data=b"x", partition_key="k")).sequence_number)
            began = time.process_time()
            for _ in range(SAMPLES):
                numbers.append((await stream.put_record(data=b"x", partition_key="k")).sequence_number)
            put = time.process_time()
            for sample in range(SAMPLES):
                place = numbers[sample * 7_919 % (len(numbers) - 10)]
                iterator = await stream.get_shard_iterator(
                    "shardId-000000000000", "AT_SEQUENCE_NUMBER", starting_sequence_number=place
                )
                assert len((await stream.get_records(iterator, limit=10)).records) == 10
            found[f"put_us_at_{depth}"] = (put - began) / SAMPLES * 1e6
            found[f"read_us_at_{depth}"] = (time.process_time() - put) / SAMPLES * 1e6
        grown = resident() - before - sum(map(sys.getsizeof, numbers))
    return {**found, "bytes_each": grown / n}


JOBS = {"idle": idle, "messages": messages, "events": events, "shards": shards, "records": records}
SIZES = {"idle": 100_000, "shards": 100_000}

if __name__ == "__main__":
    job = JOBS[sys.argv[1]]
    size = int(sys.argv[2]) if len(sys.argv) > 2 else SIZES.get(sys.argv[1], 1_000_000)
    found = eventbus.run(lambda: job(size), virtual=True)
    report("scale", sys.argv[1], size, Timer(), True, **{name: round(value, 3) for name, value in found.items()})
