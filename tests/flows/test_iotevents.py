"""IoT Events on a running bus: messages, timers, retries and refusals at exact times."""

import json
from typing import Any

import pytest

from eventbus import App, Bus, current_bus
from sources import iotevents
from tests.contracts import iotevents_table as table
from tests.helpers import boom, echo
from tests.sources.iotevents.helpers import READINGS, fridge

pytestmark = [pytest.mark.asyncio, pytest.mark.virtual_time]


def reading(celsius: float, device: str = "a1", id: str = "m1") -> dict[str, Any]:
    payload = json.dumps({"device": device, "celsius": celsius})
    return {"message_id": id, "input_name": "readings", "payload": payload}


def starts(bus: Bus, function: Any) -> list[float]:
    began = bus.now().timestamp() - bus.statistics().now
    return [attempt.start.timestamp() - began for attempt in bus.invocations(function)]


async def test_a_warm_fridge() -> None:
    """Alarms at once, again when its timer ends, and no more once it has cooled."""
    app = App()
    work = app.function(echo, name="work")
    model = app.add(fridge(work))

    async with app.start() as bus:
        await bus.advance(10)
        await bus[model].batch_put_message([reading(9), reading(5, "a2", "m2")])
        await bus.settle()
        assert bus.statistics().now == 10
        assert (await bus[model].describe_detector("a1")).state_name == "warm"
        await bus.advance(100)
        await bus[model].batch_put_message([reading(4, id="m3"), reading(9, "a2", "m4")])
        await bus.advance(30)
        await bus[model].batch_put_message([reading(4, "a2", "m5")])
        await bus.advance(1_000)

        assert starts(bus, work) == [10, 70, 110]
        events = [attempt.event for attempt in bus.invocations(work)]
        assert [event["eventName"] for event in events] == ["alarm", "still", "alarm"]
        assert [event["payload"]["eventTriggerDetails"].get("messageId") for event in events] == ["m1", None, "m4"]
        assert "from cold to warm" in str(bus.trace("m1"))
        assert "work" in str(bus.trace(events[1]["payload"]["actionExecutionId"]))
        assert {each.state_name for each in await bus[model].list_detectors()} == {"cold"}


@pytest.mark.parametrize("row", table.OUTCOMES, ids=lambda row: row.id)
async def test_outcomes(row: table.Outcome) -> None:
    """Of the table: attempts of the function; the detector goes on as if all were well."""
    if row.id == "no such function":
        pytest.skip("a model's functions are part of its app, and stay as long as the bus runs")
    app = App()
    work = app.function(boom if row.id == "function error" else echo, name="work")
    model = app.add(fridge(work))
    if row.id != "no permission":
        app.grant(model, "lambda:InvokeFunction", work)

    async with app.start(permissions="enforced") as bus:
        await bus[model].batch_put_message([reading(9)])
        await bus[model].batch_put_message([reading(4, id="m2")])  # before the timer ends
        await bus.settle()

        assert tuple(starts(bus, work)) == row.attempts
        assert len({attempt.event["payload"]["actionExecutionId"] for attempt in bus.invocations(work)}) <= 1
        assert (await bus[model].describe_detector("a1")).state_name == "cold"
        if row.id == "no permission":
            assert 'app.grant(detectorModel/fridge, "lambda:InvokeFunction", work)' in str(bus.trace("m1"))


async def test_a_message_without_a_key_is_told() -> None:
    app = App()
    model = app.add(fridge(app.function(echo, name="work")))

    async with app.start() as bus:
        entry = {"message_id": "m1", "input_name": "readings", "payload": '{"celsius": 9}'}
        result = await bus[model].batch_put_message([entry])

        assert result.batch_put_message_error_entries == []
        assert "no value of the key" in str(bus.trace("m1"))


async def test_a_loop_of_messages_is_stopped() -> None:
    """A function that reports what invokes it again is a chain of invocations."""
    app = App()

    async def again(event: Any, context: Any) -> None:
        await current_bus()[model].batch_put_message([reading(9, id="again")])

    work = app.function(again, name="work")
    seen = iotevents.State("on", on_input=[iotevents.Event("seen", [iotevents.Lambda(work)])])
    model = app.add(iotevents.DetectorModel("loop", inputs=[READINGS], states=[seen], initial_state_name="on"))

    async with app.start() as bus:
        await bus[model].batch_put_message([reading(9)])
        await bus.settle()

        assert len(bus.invocations(work)) == 16


async def test_ten_thousand_messages_on_two_buses() -> None:
    """Each bus has its own detectors."""
    app = App()
    work = app.function(echo, name="work")
    model = app.add(fridge(work))

    async with app.start() as bus, app.start() as quiet:
        for n in range(0, 10_000, 10):
            batch = [reading(9 if n % 20 else 4, id=f"m{n + index}") for index in range(10)]
            await bus[model].batch_put_message(batch)
        await bus.settle()

        assert len(bus.invocations(work)) == 500
        assert await quiet[model].list_detectors() == []
