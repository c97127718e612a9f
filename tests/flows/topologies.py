"""Generated apps: from a seed a topology, a load, faults; run it and print the hash of its trace.

`python -m tests.flows.topologies FIRST COUNT` prints a line for each seed, for a run in another process.
"""

import logging
import random
import sys
from typing import Any

import eventbus
from eventbus import App, current_bus
from sources import s3, sqs


def run(seed: int) -> tuple[str, int]:
    """Hash of the trace, and how many invocations there were."""
    dice = random.Random(seed)
    app = App(f"app{seed}")
    dead = app.add(sqs.Queue("dead"))
    queues = [
        app.add(
            sqs.Queue(f"q{n}", visibility_timeout=dice.choice([10, 30]), redrive=sqs.Redrive(dead, dice.choice([1, 3])))
        )
        for n in range(dice.randint(1, 4))
    ]
    uploads = app.add(s3.Bucket("uploads"))
    functions = [_function(app, n, dice, queues, dead) for n in range(dice.randint(1, 4))]
    for n, queue in enumerate(queues):
        app.map(
            queue,
            functions[n % len(functions)],
            batch_size=dice.randint(1, 10),
            function_response_types=dice.choice([[], ["ReportBatchItemFailures"]]),
        )
    app.add(s3.Notification(uploads, functions[0], events=["s3:ObjectCreated:*"]))
    return eventbus.run(lambda: _load(app, seed, queues, uploads, functions), virtual=True)


def _function(app: App, number: int, dice: random.Random, queues: list[sqs.Queue], dead: sqs.Queue) -> Any:
    fails, sends, plain = dice.random() * 0.5, dice.random() * 0.3, dice.random() < 0.5
    own = random.Random(dice.random())

    def plan() -> tuple[bool, bool, float]:
        return own.random() < fails, own.random() < sends, own.choice([0.0, 0.5, 4.0])

    async def asynchronous(event: Any, context: Any) -> Any:
        import asyncio

        failing, sending, seconds = plan()
        await asyncio.sleep(seconds)
        if sending:
            await current_bus()[queues[0]].send_message(context.aws_request_id)
        if failing:
            raise ValueError(context.function_name)
        return {"batchItemFailures": []}

    def threaded(event: Any, context: Any) -> Any:
        failing, sending, _ = plan()
        if sending:
            current_bus().sync[queues[-1]].send_message(context.aws_request_id)
        if failing:
            raise KeyError(context.function_name)

    return app.function(
        threaded if plain else asynchronous,
        name=f"f{number}",
        timeout=dice.choice([2, 3]),
        dead_letter=dead,
        reserved_concurrent_executions=dice.choice([None, 1, 2]),
    )


async def _load(app: App, seed: int, queues: list[Any], uploads: Any, functions: list[Any]) -> tuple[str, int]:
    dice = random.Random(seed + 1)
    async with app.start(seed=seed, trace="hash") as bus:
        bus.faults.deliver_twice(queues[0], nth=2)
        bus.faults.lose_delete(queues[0], nth=3)
        bus.faults.throttle(functions[0], nth=2)
        for n in range(30):
            match dice.randrange(3):
                case 0:
                    await bus[dice.choice(queues)].send_message(str(n))
                case 1:
                    await bus.invoke(dice.choice(functions), {"Records": [n]}, invocation_type="Event")
                case _:
                    await bus[uploads].put_object(str(n), b"x")
            if dice.random() < 0.2:
                await bus.advance(dice.choice([1, 20]))
        await bus.settle()
        return bus.trace_hash(), bus.statistics().invocations


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    first, count = int(sys.argv[1]), int(sys.argv[2])
    for seed in range(first, first + count):
        print(seed, *run(seed))
