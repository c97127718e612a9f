"""J7: fill a queue with N distinct messages of 1 KB and hold them: bytes of memory growth a message."""

import asyncio
import gc
import sys

from benchmarks.harness import Timer, report


def resident() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096


async def bare(n: int) -> float:
    queue: asyncio.Queue[str] = asyncio.Queue()
    gc.collect()
    before = resident()
    for number in range(n):
        await queue.put(f"{number:08d}".ljust(1024, "x"))
    return (resident() - before) / n


async def eventbus(n: int) -> float:
    from eventbus import App
    from sources import sqs

    app = App("bench")
    queue = app.add(sqs.Queue("orders"))
    async with app.start() as bus:
        client = bus[queue]
        gc.collect()
        before = resident()
        for number in range(n):
            await client.send_message(f"{number:08d}".ljust(1024, "x"))
        return (resident() - before) / n


if __name__ == "__main__":
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    each = asyncio.run({"bare": bare, "eventbus": eventbus}[sys.argv[1]](n))
    report("J7", sys.argv[1], n, Timer(), True, bytes_per_message=round(each))
