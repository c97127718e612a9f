"""The plain event bus: names, payloads, handlers; retries and dead letters come with it."""

import asyncio
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from eventbus import App, EventBusError, InvalidSetting, current_bus
from eventbus.listening import with_context
from sources import eventbridge, sqs
from tests.helpers import virtually


def heard(app: App, *events: tuple[str, dict[str, Any]]) -> None:
    async def main() -> None:
        async with app.start() as bus:
            for event, payload in events:
                await bus.emit(event, payload)
            await bus.settle()

    virtually(main)


def test_handler_gets_the_payload() -> None:
    """Alone, or with a context; async or not."""
    app, got = App("shop"), []

    @app.on("order.placed")
    async def alone(order: dict[str, Any]) -> None:
        got.append(("alone", order))

    @app.on("order.placed")
    async def both(order: dict[str, Any], context: Any) -> None:
        got.append((context.function_name, order))

    @app.on("order.placed")
    def plain(order: dict[str, Any]) -> None:
        got.append(("plain", order))

    heard(app, ("order.placed", {"id": 7}), ("order.cancelled", {"id": 8}))

    assert sorted(got) == [("alone", {"id": 7}), ("both", {"id": 7}), ("plain", {"id": 7})]


@pytest.mark.parametrize(
    ("event", "names"),
    [
        ("order.placed", ["order.placed"]),
        ("order.*", ["order.placed", "order.line.added"]),
        ("*.placed", ["order.placed"]),
        ("*", ["order.placed", "order.line.added", "user"]),
        ("Order.placed", []),
    ],
)
def test_names_and_wildcards(event: str, names: list[str]) -> None:
    """A star stands for any letters; case counts."""
    app, got = App(), []

    @app.on(event)
    async def listens(payload: dict[str, Any]) -> None:
        got.append(payload["name"])

    heard(app, *((name, {"name": name}) for name in ("order.placed", "order.line.added", "user")))

    assert got == names


def test_pattern_of_the_payload() -> None:
    """Only what matches is heard."""
    app, got = App(), []

    @app.on("order.placed", detail={"amount": [{"numeric": [">", 10]}]})
    async def large(order: dict[str, Any]) -> None:
        got.append(order["amount"])

    heard(app, *(("order.placed", {"amount": amount}) for amount in (5, 10, 11, 500)))

    assert got == [11, 500]


def test_failing_handler_is_tried_again_and_ends_in_its_dead_letter_queue() -> None:
    """As any function."""
    app = App()
    dead = app.add(sqs.Queue("dead"))

    @app.on("order.placed", dead_letter=dead, maximum_retry_attempts=1)
    async def fails(order: dict[str, Any]) -> None:
        raise ValueError("no")

    async def main() -> None:
        async with app.start() as bus:
            await bus.emit("order.placed", {"id": 7})
            await bus.settle()

            assert [attempt.start.second for attempt in bus.invocations(fails)] == [0, 0]
            assert bus.statistics().now == 60
            [letter] = await bus[dead].peek()
            assert letter.body == '{"id":7}'

    virtually(main)


def test_declared_function_may_listen_to_several_names() -> None:
    """One function, two rules."""
    app, got = App(), []

    @app.on("a")
    @app.on("b")
    async def listens(payload: dict[str, Any]) -> None:
        got.append(payload["n"])

    heard(app, ("a", {"n": 1}), ("b", {"n": 2}))

    assert got == [1, 2]
    assert len(app.functions) == 1


def test_function_is_called_as_its_handler() -> None:
    """With the payload alone."""
    app = App()

    @app.on("x")
    def doubled(payload: dict[str, int]) -> int:
        return payload["n"] * 2

    assert doubled({"n": 4}) == 8


def test_emitting_from_a_handler_is_traced() -> None:
    """The event belongs to the invocation that emitted it."""
    app = App()

    @app.on("first")
    async def relays(payload: dict[str, Any]) -> None:
        await current_bus().emit("second", payload)

    @app.on("second")
    def ends(payload: dict[str, Any]) -> None:
        return None

    async def main() -> str:
        async with app.start() as bus:
            id = await bus.emit("first", {"n": 1})
            await bus.settle()
            return str(bus.trace(id))

    told = virtually(main)
    assert told.index("attempt 1 of relays") < told.index("published event") < told.index("attempt 1 of ends")


def test_from_a_def_handler() -> None:
    """Through the blocking twin of the bus."""
    app, got = App(), []

    @app.on("first")
    def relays(payload: dict[str, Any]) -> None:
        current_bus().sync.emit("second", payload)

    @app.on("second")
    async def ends(payload: dict[str, Any]) -> None:
        got.append(payload)

    heard(app, ("first", {"n": 1}))

    assert got == [{"n": 1}]


@pytest.mark.parametrize("payload", [None, 5, "text", ["x"], {"x": float("nan")}, {"x": object}], ids=str)
def test_payload_is_a_json_object(payload: Any) -> None:
    """Anything else is the caller's error, and nothing is heard."""
    app = App()

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(EventBusError):
                await bus.emit("x", payload)

    virtually(main)


@pytest.mark.parametrize("name", ["", "x" * 129, 5, None], ids=lambda name: str(name)[:5])
def test_name_of_an_event(name: Any) -> None:
    """1 to 128 characters, as a detail-type."""
    app = App()

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(EventBusError):
                await bus.emit(name, {})

    virtually(main)


@pytest.mark.parametrize("event", ["", None, 5, "**", "a**b"], ids=str)
def test_name_to_listen_to(event: Any) -> None:
    """Refused where it is written."""
    with pytest.raises(EventBusError):
        App().on(event, lambda payload: None)


def test_settings_of_a_declared_function_stand() -> None:
    """It has its own already."""
    app = App()

    @app.function
    async def work(event: Any, context: Any) -> None: ...

    with pytest.raises(InvalidSetting, match="timeout=5 is refused: work was declared with settings of its own"):
        app.on("x", work, timeout=5)


def test_plain_and_cloud_words_are_one_bus() -> None:
    """What put_events says is heard, if it comes from the app."""
    app, got = App("shop"), []
    default = app.add(eventbridge.EventBus())

    @app.on("order.placed")
    async def listens(order: dict[str, Any]) -> None:
        got.append(order)

    async def main() -> None:
        async with app.start() as bus:
            for source in ("shop", "elsewhere"):
                entry = {"source": source, "detail_type": "order.placed", "detail": f'{{"of": "{source}"}}'}
                await bus[default].put_events([entry])
            await bus.settle()

    virtually(main)
    assert got == [{"of": "shop"}]


@pytest.mark.parametrize(
    ("handler", "alone"),
    [
        (lambda payload: payload, True),
        (lambda payload, context: payload, False),
        (lambda payload, context=None: payload, False),
        (lambda *both: both, False),
        (lambda payload, *rest: payload, False),
        (lambda payload, *, option=1: payload, True),
        (partial(lambda first, payload: payload, 1), True),
        (print, False),
        (dict.get, False),
    ],
)
def test_handlers_of_one_parameter(handler: Any, alone: bool) -> None:
    """Are wrapped; all others stay what they are."""
    assert (with_context(handler) is not handler) == alone


@pytest.mark.parametrize(
    ("handler", "shown"),
    [
        (lambda: None, r"<lambda>\(\)"),
        (lambda payload, context, more: None, r"<lambda>\(payload, context, more\)"),
        (lambda *, payload: None, r"<lambda>\(\*, payload\)"),
        (lambda payload, *, needed: None, r"<lambda>\(payload, \*, needed\)"),
    ],
)
def test_handler_that_could_not_be_called(handler: Any, shown: str) -> None:
    """Refused where it is written: each event would fail three times."""
    app = App()

    with pytest.raises(InvalidSetting, match=rf"handler={shown} is refused; allowed: \(payload\) or"):
        app.on("x", handler, name="work")
    assert app.functions == ()


def test_object_with_an_async_call() -> None:
    """Is awaited."""
    app, got = App(), []

    class Listener:
        async def __call__(self, payload: dict[str, Any]) -> None:
            got.append(payload)

    app.on("x", Listener(), name="listener")
    heard(app, ("x", {"n": 1}))

    assert got == [{"n": 1}]


def test_forgotten_parentheses() -> None:
    """A decorator without a name would listen to nothing."""
    with pytest.raises(InvalidSetting, match=r"event=<function .*work.* is refused; allowed: a name"):

        @App().on  # type: ignore[call-overload]  # what is refused
        def work(payload: dict[str, Any]) -> None: ...


def test_names_that_look_alike() -> None:
    """Each is listened to by itself, however it is written in the name of its rule."""
    app, got = App(), []
    long = "customer.subscription.trial_will_"

    @app.on("a.b")
    @app.on("a_b")
    @app.on("a b", detail={"n": [2]})
    @app.on("a b", detail={"n": [3]})
    @app.on(f"{long}end")
    @app.on(f"{long}start")
    async def listens(payload: dict[str, Any]) -> None:
        got.append(payload["n"])

    names = ["a.b", "a_b", "a b", "a b", f"{long}end", f"{long}start", "a-b"]
    heard(app, *((name, {"n": number}) for number, name in enumerate(names)))

    assert got == [0, 1, 2, 3, 4, 5]


def test_the_same_twice() -> None:
    """Is a mistake, told with both places."""
    app = App()
    work = app.on("x", lambda payload: None, name="work")

    with pytest.raises(InvalidSetting, match=r"declared twice: .*test_listening.py:\d+ and .*test_listening.py:\d+"):
        app.on("x", work)


def test_function_of_another_app() -> None:
    """Though this one has a function of that name."""
    app, other = App(), App()
    for each in (app, other):
        each.function(lambda event, context: None, name="work")

    with pytest.raises(InvalidSetting, match="work is not a function of this app"):
        app.on("x", other.functions[0])


def test_another_package_of_that_name(tmp_path: Path) -> None:
    """Is told by its path."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "__init__.py").touch()
    code = "from eventbus import App; App().on('x', print, name='p')"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert f"here that package is another one: {tmp_path / 'sources' / '__init__.py'}" in done.stderr


def test_async_handler_stays_async() -> None:
    """Wrapped or not."""

    async def handler(payload: Any) -> None: ...

    assert asyncio.iscoroutinefunction(with_context(handler))


def test_handler_of_a_function_may_listen_again() -> None:
    """It is wrapped once."""
    app, got = App(), []

    @app.on("a")
    async def hears(payload: dict[str, Any]) -> None:
        got.append(payload["n"])

    app.on("b", hears.handler, name="again")
    heard(app, ("a", {"n": 1}), ("b", {"n": 2}))

    assert got == [1, 2]


def test_name_that_nobody_listens_to_is_told() -> None:
    """A misspelt name is no error: its trace says what happened."""
    app = App()
    app.on("order.placed", lambda payload: None, name="hears")

    async def main() -> str:
        async with app.start() as bus:
            return str(bus.trace(await bus.emit("order.plcaed", {})))

    assert "no rule matches it: nobody hears it" in virtually(main)
