"""Subscriptions of one run: they come, go, and leave nothing behind."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from eventbus import App, Bus, InvalidSetting, current_bus, run
from eventbus.names import Arn
from sources import sqs
from tests.helpers import virtually

Heard = list[Any]


def subscribed(test: Callable[[Bus, Heard], Awaitable[None]], app: App | None = None) -> Heard:
    """What was heard in the course of `test`."""
    heard: Heard = []

    async def main() -> None:
        async with (app or App()).start() as bus:
            await test(bus, heard)
            await bus.settle()

    virtually(main)
    return heard


def listener(heard: Heard, name: str = "") -> Callable[[dict[str, Any]], Awaitable[None]]:
    async def listens(payload: dict[str, Any]) -> None:
        heard.append((name, payload["n"]) if name else payload["n"])

    return listens


async def emit(bus: Bus, event: str, n: int) -> None:
    await bus.emit(event, {"n": n})
    await bus.settle()


def test_from_then_on_until_cancelled() -> None:
    """The same handler twice hears twice; the next run knows nothing of it."""
    app, kept = App(), []

    async def test(bus: Bus, heard: Heard) -> None:
        listens = listener(heard)
        await emit(bus, "a", 0)
        first = bus.subscribe("a", listens)
        second = bus.subscribe("*", listens)
        await emit(bus, "a", 1)
        first.cancel()
        first.cancel()
        await emit(bus, "a", 2)

        assert [attempt.event for attempt in bus.invocations(second.function)] == [{"n": 1}, {"n": 2}]
        kept.append(second)

    assert subscribed(test, app) == [1, 1, 2]
    kept[0].cancel()  # gone with its bus

    async def again(bus: Bus, heard: Heard) -> None:
        await emit(bus, "a", 3)

    assert subscribed(again, app) == []


def test_one_function_in_two_subscriptions() -> None:
    """Each has its own pattern, and its own end; what the app declared stays."""
    app, got = App(), []

    @app.on("a")
    async def work(payload: dict[str, Any]) -> None:
        got.append(payload["n"])

    async def test(bus: Bus, heard: Heard) -> None:
        every, two = bus.subscribe("a", work), bus.subscribe("a", work, detail={"n": [2]})
        for n in (1, 2):
            await emit(bus, "a", n)
        every.cancel()
        await emit(bus, "a", 2)
        two.cancel()
        await emit(bus, "a", 2)

    subscribed(test, app)
    assert got == [1, 1, 2, 2, 2, 2, 2, 2]


@pytest.mark.parametrize("event", ["a", "order.line.quantity_was_changed.by_somebody"])
def test_handlers_of_long_names(event: str) -> None:
    """Are told apart by what is cut off."""

    async def test(bus: Bus, heard: Heard) -> None:
        for name in ("first", "second"):
            handler = listener(heard, name)
            handler.__name__ = "send_a_confirmation_to_whoever_placed_the_order"
            bus.subscribe(event, handler)
        await emit(bus, event, 1)

    assert subscribed(test) == [("first", 1), ("second", 1)]


def test_name_that_is_taken() -> None:
    """The other handler would be called in its place."""
    app = App()
    app.function(lambda event, context: None, name="work")

    async def test(bus: Bus, heard: Heard) -> None:
        with pytest.raises(InvalidSetting, match="another function work; give this one another name"):
            bus.subscribe("a", listener(heard), name="work")
        bus.subscribe("a", listener(heard), name="mine")
        with pytest.raises(InvalidSetting, match="another function mine"):
            bus.subscribe("a", listener(heard), name="mine")
        await emit(bus, "a", 1)

    assert subscribed(test, app) == [1]


@pytest.mark.parametrize(
    "settings",
    [
        {"reserved_concurrent_executions": 1},
        {"environment": {"A": "1"}},
        {"dead_letter": sqs.Queue("of-another-app")},
        {"on_failure": sqs.Queue("of-another-app")},
        {"timeout": 901},
        {"timeot": 5},
    ],
    ids=str,
)
def test_settings_that_a_running_bus_can_not_have(settings: dict[str, Any]) -> None:
    """Are refused, and nothing listens."""

    async def test(bus: Bus, heard: Heard) -> None:
        with pytest.raises(InvalidSetting, match=next(iter(settings))):
            bus.subscribe("a", listener(heard), **settings)
        await emit(bus, "a", 1)

    assert subscribed(test) == []


def test_enforced_permissions() -> None:
    """Are granted before the start: what comes later could never be called."""

    async def main() -> None:
        async with App().start(permissions="enforced") as bus:
            with pytest.raises(InvalidSetting, match=r"declare listens-1 with app\.on"):
                bus.subscribe("a", listener([]))

    virtually(main)


def test_settings_that_it_can() -> None:
    """As of any function."""
    app = App()
    dead = app.add(sqs.Queue("dead"))

    async def test(bus: Bus, heard: Heard) -> None:
        async def fails(payload: dict[str, Any]) -> None:
            raise ValueError("no")

        bus.subscribe("a", fails, dead_letter=dead, maximum_retry_attempts=0)
        await emit(bus, "a", 1)
        assert [letter.body for letter in await bus[dead].peek()] == ['{"n":1}']

    subscribed(test, app)


@pytest.mark.parametrize("virtual", [True, False], ids=["virtual", "real"])
def test_cancelling_from_the_handler(virtual: bool) -> None:
    """Of either kind: the event that it has is its last."""
    heard: Heard = []

    async def main() -> None:
        async with App().start() as bus:

            async def once(payload: dict[str, Any]) -> None:
                heard.append("async")
                subscriptions[0].cancel()

            def once_too(payload: dict[str, Any]) -> None:
                heard.append("def")
                subscriptions[1].cancel()

            subscriptions = [bus.subscribe("a", once), bus.subscribe("a", once_too)]
            for n in (1, 2):
                await emit(bus, "a", n)

    run(main, virtual=virtual)
    assert sorted(heard) == ["async", "def"]


def test_from_threads() -> None:
    """A `def` handler and a foreign thread subscribe and cancel by the blocking twin of the bus."""

    async def test(bus: Bus, heard: Heard) -> None:
        listens = listener(heard)

        def subscribes(payload: dict[str, Any]) -> None:
            current_bus().sync.subscribe("a", listens)

        foreign = await asyncio.to_thread(bus.sync.subscribe, "a", listens)
        await emit(bus, "a", 1)
        await asyncio.to_thread(foreign.cancel)
        await emit(bus, "a", 2)
        bus.subscribe("go", subscribes)
        await emit(bus, "go", 0)
        await emit(bus, "a", 3)

    assert subscribed(test) == [1, 3]


def functions(bus: Bus) -> list[Arn]:
    return list(bus._engine.setup.functions)


def test_nothing_is_left_of_those_that_were_cancelled() -> None:
    """However many come and go; the attempts of one are shown as long as somebody holds it."""

    async def test(bus: Bus, heard: Heard) -> None:
        engine, held = bus._engine, []
        listens = listener(heard)
        for n in range(50):
            subscription = bus.subscribe("a", listens)
            await emit(bus, "a", n)
            subscription.cancel()
            if n == 7:
                held.append(subscription)
        assert functions(bus) == []
        assert not engine.handlers.queues
        assert not engine.handlers.pools
        assert [attempt.event for attempt in bus.invocations(held[0].function)] == [{"n": 7}]
        await bus.advance(0)
        assert engine.environments == []
        await bus.advance(300)  # the idle time of their environments is armed until then
        del subscription
        gc.collect()
        assert len(engine.attempts._of_gone) == 1

        again = bus.subscribe("a", held[0].function)
        await emit(bus, "a", 50)
        assert [attempt.event for attempt in bus.invocations(again.function)] == [{"n": 7}, {"n": 50}]

    assert subscribed(test) == list(range(51))


def test_what_was_accepted_is_still_handled() -> None:
    """With its retries, after the subscription was cancelled; only then the function goes."""

    async def test(bus: Bus, heard: Heard) -> None:
        async def fails(payload: dict[str, Any]) -> None:
            heard.append(payload["n"])
            raise ValueError("no")

        subscription = bus.subscribe("a", fails)
        await bus.emit("a", {"n": 1})
        subscription.cancel()
        bus.subscribe("b", listener(heard)).cancel()
        await bus.settle()
        assert len(functions(bus)) == 1
        bus.subscribe("c", listener(heard)).cancel()
        assert functions(bus) == []
        assert len(bus.invocations(subscription.function)) == 3

    assert subscribed(test) == [1, 1, 1]


def test_function_that_is_still_wanted() -> None:
    """By another subscription, or by a mapping."""
    app = App()
    queue = app.add(sqs.Queue("orders"))

    async def test(bus: Bus, heard: Heard) -> None:
        async def counts(payload: dict[str, Any]) -> None:
            heard.append(len(payload.get("Records", ())))

        first = bus.subscribe("a", counts)
        second = bus.subscribe("b", first.function)
        first.cancel()
        await emit(bus, "b", 1)
        await bus.create_event_source_mapping(queue, first.function)
        second.cancel()
        await bus[queue].send_message("x")
        await bus.settle()

    assert subscribed(test, app) == [0, 1]


def test_what_a_subscription_says_of_itself() -> None:
    """In a line."""

    async def test(bus: Bus, heard: Heard) -> None:
        subscription = bus.subscribe("order.*", listener(heard))
        assert repr(subscription) == "<Subscription of listens-1 to 'order.*'>"
        subscription.cancel()
        assert repr(subscription).endswith("(cancelled)>")

    subscribed(test)
