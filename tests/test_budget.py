"""What 10,000 messages and events may cost, counted exactly: tasks, wake-ups, turns, heap operations, JSON.

Wall time says little on a shared machine; these numbers are the same on every one. A change that raises one of them
has to say why.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import eventbus
from eventbus import App, Bus
from eventbus.runtime import codec
from sources import eventbridge, sns, sqs

N = 10_000


@pytest.fixture(autouse=True)
def _quiet() -> object:
    """Three thousand failures need not be written down."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class Counted:
    """Calls of functions that are counted by standing in for them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: dict[str, int] = {}
        for name in ("_encode_event", "_encode_result", "decode"):
            self._count(monkeypatch, codec, name)
        self._count(monkeypatch, asyncio.SelectorEventLoop, "create_task")

    def _count(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        original = getattr(owner, name)
        self.calls[name] = 0

        def counting(*args: Any, **settings: Any) -> Any:
            self.calls[name] += 1
            return original(*args, **settings)

        monkeypatch.setattr(owner, name, counting)


def measured(app: App, load: Callable[[Bus], Coroutine[Any, Any, None]], counted: Counted) -> dict[str, int]:
    """Counters of one run of `load`, of the bus and of what is counted by name."""
    found: dict[str, int] = {}

    async def main() -> None:
        async with app.start() as bus:
            before = dict(counted.calls)
            await load(bus)
            await bus.settle()
            statistics, scheduler = bus.statistics(), bus._engine.driver.scheduler
            found.update({name: count - before[name] for name, count in counted.calls.items()})
            found["turns"], found["wakes"], found["heap"] = statistics.turns, statistics.wakes, scheduler.pushes
            found["invocations"] = statistics.invocations

    eventbus.run(main, virtual=True)
    return found


def test_ten_thousand_messages_through_a_mapping(monkeypatch: pytest.MonkeyPatch) -> None:
    """One turn a send and a batch; no task, no timer, no JSON for a message."""
    counted = Counted(monkeypatch)
    app = App()
    orders = app.add(sqs.Queue("orders"))

    @app.function
    async def bill(event: Any, context: Any) -> None:
        return

    app.map(orders, bill)

    async def load(bus: Bus) -> None:
        for _ in range(N):
            await bus[orders].send_message("x")

    found = measured(app, load, counted)

    assert found == {
        "_encode_event": 0,
        "_encode_result": 0,
        "decode": 0,
        "create_task": 2,
        "turns": 11_342,
        "wakes": 181,
        "heap": 548,
        "invocations": 1_000,
    }


def test_ten_thousand_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encoded once, decoded once an attempt; every tenth fails three times."""
    counted = Counted(monkeypatch)
    app = App()

    @app.function(reserved_concurrent_executions=10)
    async def work(event: Any, context: Any) -> None:
        if event % 10 == 0:
            raise ValueError("no")

    async def load(bus: Bus) -> None:
        for number in range(N):
            await bus.invoke(work, number, invocation_type="Event")

    found = measured(app, load, counted)

    assert found == {
        "_encode_event": N,
        "_encode_result": 0,
        "decode": 12_000,
        "create_task": 2,
        "turns": 22_004,
        "wakes": 6,
        "heap": 16,
        "invocations": 12_000,
    }


def test_ten_thousand_publishes(monkeypatch: pytest.MonkeyPatch) -> None:
    """One turn each, whatever the number of subscriptions; no task, no timer, no JSON of ours."""
    counted = Counted(monkeypatch)
    app = App()
    orders = app.add(sns.Topic("orders"))
    for number in range(10):
        app.add(sns.Subscription(orders, app.add(sqs.Queue(f"queue-{number}"))))

    async def load(bus: Bus) -> None:
        for _ in range(N):
            await bus[orders].publish("x")

    found = measured(app, load, counted)

    assert found == {
        "_encode_event": 0,
        "_encode_result": 0,
        "decode": 0,
        "create_task": 0,
        "turns": 10_010,
        "wakes": 0,
        "heap": 10,
        "invocations": 0,
    }


def test_ten_thousand_events_through_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """One turn a put and an attempt; decoded once an attempt, whatever the number of rules."""
    counted = Counted(monkeypatch)
    app = App()

    @app.function(reserved_concurrent_executions=10)
    async def work(event: Any, context: Any) -> None:
        return

    shop = app.add(eventbridge.EventBus("shop"))
    for number in range(100):
        app.add(eventbridge.Rule(f"rule-{number}", shop, event_pattern={"source": [f"s{number}"]}, targets=[work]))

    async def load(bus: Bus) -> None:
        for number in range(N):
            entry = {"source": f"s{number % 100}", "detail_type": "t", "detail": "{}"}
            await bus[shop].put_events([entry])

    found = measured(app, load, counted)

    assert found == {
        "_encode_event": 0,
        "_encode_result": 0,
        "decode": N,
        "create_task": 2,
        "turns": 20_100,
        "wakes": 0,
        "heap": 3,
        "invocations": N,
    }
