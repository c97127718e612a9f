"""Bots on a running bus: whole conversations, failures, permissions."""

import asyncio
from typing import Any

import pytest

from eventbus import App
from sources import lex
from tests.contracts import lex_table as table
from tests.sources.lex.helpers import V1_DELEGATE, V2_DELEGATE, bot_v1, bot_v2

pytestmark = [pytest.mark.asyncio, pytest.mark.virtual_time]

ORDERED: Any = {
    "sessionState": {
        "dialogAction": {"type": "Close"},
        "intent": {"name": "OrderFlowers", "state": "Fulfilled"},
        "sessionAttributes": {"order": "7"},
    },
    "messages": [{"contentType": "PlainText", "content": "Ordered."}],
}
ORDERED_V1: Any = {
    "dialogAction": {
        "type": "Close",
        "fulfillmentState": "Fulfilled",
        "message": {"contentType": "PlainText", "content": "Ordered."},
    },
    "sessionAttributes": {"order": "7"},
}


def shop(handler: Any, make: Any = bot_v2, **settings: Any) -> tuple[App, Any, Any]:
    app = App("shop")
    work = app.function(handler, name="work", **settings)
    return app, work, app.add(make(function=work))


async def clerk(event: Any, context: Any) -> Any:
    v2 = "sessionState" in event
    if event["invocationSource"] == "DialogCodeHook":
        return V2_DELEGATE if v2 else V1_DELEGATE
    return ORDERED if v2 else ORDERED_V1


async def test_an_order() -> None:
    """Asked for slot by slot, fulfilled, and told in the trace."""
    app, work, bot = shop(clerk)
    async with app.start() as bus:
        results = [await bus[bot].recognize_text(text, session_id="anna") for text in table.COMPLETE]
        trace = str(bus.trace(results[-1].request_id))
        hooks = [attempt.event["invocationSource"] for attempt in bus.invocations(work)]

    asked = [each.messages[0]["content"] for each in results]
    assert asked == [table.FLOWER_PROMPT, table.DATE_PROMPT, "Ordered."]
    assert results[-1].session_state["intent"]["state"] == "Fulfilled"
    assert results[-1].session_state["session_attributes"] == {"order": "7"}
    assert hooks == ["DialogCodeHook"] * 3 + ["FulfillmentCodeHook"]
    for word in ("anna: 2026-02-05", "FulfillmentCodeHook", "answered Close"):
        assert word in trace


async def test_an_order_in_v1() -> None:
    """Likewise."""
    app, _, bot = shop(clerk, bot_v1)
    async with app.start() as bus:
        results = [await bus[bot].post_text(text, user_id="anna") for text in table.COMPLETE]

    assert [each.dialog_state for each in results] == ["ElicitSlot", "ElicitSlot", "Fulfilled"]
    assert (results[-1].message, results[-1].session_attributes) == ("Ordered.", {"order": "7"})


async def boom(event: Any, context: Any) -> Any:
    raise ValueError("boom")


async def leave(event: Any, context: Any) -> Any:
    raise SystemExit(1)


async def no_json(event: Any, context: Any) -> Any:
    return {1, 2}


async def sleep(event: Any, context: Any) -> Any:
    await asyncio.sleep(60)


HANDLERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "function error": (boom, {}),
    "process ends": (leave, {}),
    "result is no JSON": (no_json, {}),
    "function times out": (sleep, {"timeout": 3}),
    "30 s pass": (sleep, {"timeout": 60}),
    "reserved concurrency 0": (clerk, {"reserved_concurrent_executions": 0}),
}
ELSEWHERE = ("no permission", "permission for another alias", "function throttled")
IMPOSSIBLE = {
    "no such function": "functions are not deleted while a bus runs, and each bot's is part of the app",
    "fault of the function service": "there are none here",
}


@pytest.mark.parametrize("version", ["v2", "v1"])
@pytest.mark.parametrize("row", [each for each in table.OUTCOMES if each.id in HANDLERS], ids=lambda row: row.id)
async def test_what_fails(row: table.Outcome, version: str) -> None:
    """Code, status and text, after how many seconds; nothing is tried again."""
    handler, settings = HANDLERS[row.id]
    app, work, bot = shop(handler, bot_v2 if version == "v2" else bot_v1, **settings)
    async with app.start() as bus:
        began = bus.now()
        with pytest.raises(lex.LexError) as raised:
            await said(bus[bot], table.OPENING)
        took = (bus.now() - began).total_seconds()
        await bus.settle()
        attempts = len(bus.invocations(work))
        trace = str(bus.trace(raised.value.request_id))

    failed(row.v2 if version == "v2" else row.v1, raised.value)
    assert (took, attempts) == (row.seconds, row.invoked)
    assert f"answered 424: {raised.value}" in trace


def failed(wanted: table.Failure, error: lex.LexError) -> None:
    assert (error.code, error.status) == (wanted.code, wanted.status)
    assert wanted.message is None or str(error).startswith(wanted.message)


def said(client: Any, text: str) -> Any:
    if isinstance(client, lex.BotClient):
        return client.recognize_text(text, session_id="anna")
    return client.post_text(text, user_id="anna")


@pytest.mark.parametrize("version", ["v2", "v1"])
@pytest.mark.parametrize("granted", ["nobody", "another bot", "the bot"])
async def test_permissions(granted: str, version: str) -> None:
    """The statement names the bot's alias."""
    make = bot_v2 if version == "v2" else bot_v1
    app, work, bot = shop(clerk, make)
    other = app.add(lex.Bot("other", [lex.Intent("A")]))
    if granted != "nobody":
        app.grant(bot if granted == "the bot" else other, "lambda:InvokeFunction", work)
    async with app.start(permissions="enforced") as bus:
        if granted == "the bot":
            await said(bus[bot], table.OPENING)
            return
        with pytest.raises(lex.DependencyFailedException) as raised:
            await said(bus[bot], table.OPENING)
        assert bus.invocations(work) == []
        assert "may not lambda:InvokeFunction" in str(bus.trace(raised.value.request_id))


async def test_a_throttled_function() -> None:
    """A fault of the function service's admission: 424 once."""
    app, work, bot = shop(clerk)
    async with app.start() as bus:
        bus.faults.throttle(work)
        with pytest.raises(lex.DependencyFailedException):
            await said(bus[bot], table.OPENING)
        result = await said(bus[bot], table.OPENING)

    assert result.messages[0]["content"] == table.FLOWER_PROMPT


async def test_a_malformed_answer() -> None:
    """424; the trace says what was wrong."""
    app, _, bot = shop(lambda event, context: {"sessionState": {"dialogAction": {"type": "Guess"}}})
    async with app.start() as bus:
        with pytest.raises(lex.DependencyFailedException) as raised:
            await said(bus[bot], table.OPENING)
        trace = str(bus.trace(raised.value.request_id))

    failed(table.INVALID, raised.value)
    assert "type is 'Guess'" in trace


async def test_a_caller_that_gives_up() -> None:
    """The turn ends without it; until then the session is taken."""
    app, _, bot = shop(sleep, timeout=60)
    async with app.start() as bus:
        asking = asyncio.create_task(said(bus[bot], table.OPENING))
        await bus.advance(1)
        asking.cancel()
        with pytest.raises(lex.ConflictException):
            await said(bus[bot], "roses")
        await bus.settle()
        with pytest.raises(lex.DependencyFailedException):
            await said(bus[bot], table.OPENING)


async def test_a_session_ends_by_itself() -> None:
    """After five minutes in which nobody says anything."""
    app, work, bot = shop(clerk)
    async with app.start() as bus:
        await said(bus[bot], table.OPENING)
        await bus.advance(299)
        await said(bus[bot], "roses")
        await bus.advance(300)
        with pytest.raises(lex.ResourceNotFoundException):
            await bus[bot].get_session(session_id="anna")
        await said(bus[bot], "2026-02-05")

        names = [attempt.event["sessionState"]["intent"]["name"] for attempt in bus.invocations(work)]
        assert names[:3] == ["OrderFlowers", "OrderFlowers", "FallbackIntent"]


async def test_two_buses_of_one_app() -> None:
    """Know nothing of each other."""
    app, _, bot = shop(clerk)
    async with app.start() as one, app.start() as other:
        first = await said(one[bot], table.OPENING)
        second = await said(other[bot], "I want lilies")

    assert first.session_state["dialog_action"]["slot_to_elicit"] == "FlowerType"
    assert second.session_state["dialog_action"]["slot_to_elicit"] == "PickupDate"


async def test_a_function_that_talks_to_its_own_bot() -> None:
    """Sixteen calls deep it is stopped; each level hears of a dependency that failed."""
    app = App("shop")

    async def again(event: Any, context: Any) -> Any:
        from eventbus import current_bus

        depth = int(event["sessionId"].partition("-")[2]) + 1
        await current_bus()[bot].recognize_text(table.OPENING, session_id=f"s-{depth}")

    work = app.function(again, name="work")
    bot: Any = app.add(bot_v2(function=work))
    async with app.start() as bus:
        with pytest.raises(lex.DependencyFailedException):
            await bus[bot].recognize_text(table.OPENING, session_id="s-0")
        assert len(bus.invocations(work)) == 16
