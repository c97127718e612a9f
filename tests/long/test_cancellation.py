"""Cancelled at a thousand random points: nothing is left running, and nothing accepted is lost from the books."""

import asyncio
import logging
import random
from typing import Any

import pytest

import eventbus
from eventbus import App
from eventbus.core.outcomes import Succeeded
from sources import sqs

ROUNDS = 1_000


@pytest.fixture(autouse=True)
def _quiet() -> object:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def make_app(dice: random.Random) -> tuple[App, Any, Any, Any]:
    app = App()
    dead = app.add(sqs.Queue("dead"))
    orders = app.add(sqs.Queue("orders", visibility_timeout=5, redrive=sqs.Redrive(dead, 2)))

    async def handle(event: Any, context: Any) -> None:
        await asyncio.sleep(dice.choice([0, 0.5, 2]))
        if dice.random() < 0.3:
            raise ValueError("no")

    work = app.function(handle, name="work", timeout=1, dead_letter=dead, reserved_concurrent_executions=2)
    app.map(orders, app.function(handle, name="bill", timeout=3), batch_size=3)
    return app, work, orders, dead


@pytest.mark.long
@pytest.mark.parametrize("chunk", range(10))
def test_cancelled_at_random_points(chunk: int) -> None:
    """Every event is still queued, out, done or given up, every message in a queue or settled, exactly once."""
    for seed in range(chunk * ROUNDS // 10, (chunk + 1) * ROUNDS // 10):
        cancelled_once(seed)


def cancelled_once(seed: int) -> None:
    dice = random.Random(seed)
    app, work, orders, dead = make_app(dice)
    books: dict[str, Any] = {"accepted": [], "sent": 0}

    async def user() -> None:
        bus = books["bus"] = app.start(seed=seed)
        async with bus:
            for number in range(20):
                if dice.random() < 0.5:
                    response = await bus.invoke(work, number, invocation_type="Event")
                    books["accepted"].append(response.request_id)
                else:
                    await bus[orders].send_message(str(number))
                    books["sent"] += 1
                await asyncio.sleep(dice.choice([0, 0.3]))
            await bus.settle()

    async def main() -> None:
        task = asyncio.get_running_loop().create_task(user())
        await asyncio.sleep(dice.random() * 40)
        for _ in range(dice.randrange(5)):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert len(asyncio.all_tasks()) == 1, f"seed {seed}: left running"

    eventbus.run(main, virtual=True)
    check(books, work, orders, dead, seed)


def check(books: dict[str, Any], work: Any, orders: Any, dead: Any, seed: int) -> None:
    engine = books["bus"]._engine
    [queue] = [each for each in engine.handlers.queues.values() if each.function == work.arn]
    unsettled = queue.unsettled()
    done = [entry[0].request_id for entry in engine.attempts._kept.get(work.arn, ()) if isinstance(entry[3], Succeeded)]
    ended = len(done) + queue.dropped
    assert len(set(unsettled)) == len(unsettled), f"seed {seed}"
    assert not set(unsettled) & set(done), f"seed {seed}"
    assert len(unsettled) + ended == queue.received, f"seed {seed}"
    assert len(books["accepted"]) <= queue.received <= len(books["accepted"]) + 1, f"seed {seed}"

    machines = engine.driver.machines
    moved = [m for m in machines[dead.arn].messages() if m.more is not None and m.more.dead_letter_source]
    left = machines[orders.arn].outstanding()
    deleted = sum(1 for note in notes(books["bus"]) if note[0] == "deleted" and note[1] == orders.arn)
    assert left + len(moved) + deleted in (books["sent"], books["sent"] + 1), f"seed {seed}"


def notes(bus: Any) -> Any:
    journal = bus._setup.journal
    journal._age()
    return [entry for entry in journal._ring if isinstance(entry, tuple)]
