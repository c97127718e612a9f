"""AWS Config rules on a running bus: attempts at their times, results, permissions, the trace."""

import asyncio
import json
from typing import Any

import pytest

from eventbus import App, Function, current_bus
from eventbus.errors import AccessDeniedException
from sources import config
from tests.contracts.config_table import CHANGE, OUTCOMES, OVERSIZED, SCHEDULED, Outcome
from tests.helpers import boom, echo, virtually
from tests.sources.config.helpers import BUCKET, LONG, UPLOADS

FOUND = {
    "compliance_resource_type": BUCKET,
    "compliance_resource_id": "uploads",
    "compliance_type": "NON_COMPLIANT",
    "ordering_timestamp": 1_767_225_700,
}
OLD = {**FOUND, "compliance_type": "COMPLIANT", "ordering_timestamp": 1_767_225_600}


def app_of(handler: Any, **settings: Any) -> tuple[App, Function[Any, Any], config.ConfigurationRecorder]:
    app = App()
    work = app.function(handler, name="work")
    app.add(config.ConfigRule("encrypted", work, **{"message_types": [CHANGE, OVERSIZED], **settings}))
    return app, work, app.add(config.ConfigurationRecorder())


async def puts(event: Any) -> None:
    await current_bus()[config.ConfigurationRecorder()].put_evaluations(event["resultToken"], [FOUND])


@pytest.mark.parametrize("row", OUTCOMES, ids=lambda row: row.id)
def test_outcome(row: Outcome) -> None:
    """Attempts at their times with one token, and what is stored afterwards."""
    attempts = 0

    async def work(event: Any, context: Any) -> Any:
        nonlocal attempts
        attempts += 1
        if row.id.startswith("puts") or (row.id == "raises once, then puts" and attempts == 2):
            await puts(event)
        if "raises" in row.id and not (row.id == "raises once, then puts" and attempts == 2):
            raise ValueError("boom")
        return FOUND if row.id.startswith("answers") else None

    app, function, recorder = app_of(work)
    if row.id.startswith("permission"):
        app.revoke(recorder, "lambda:InvokeFunction", function)

    async def main() -> None:
        async with app.start() as bus:
            began, client = bus.now(), bus[recorder]
            if row.id.startswith("function deleted"):
                bus.faults.refuse_delivery(function, error="ResourceNotFoundException")
            await client.put_resource_config(BUCKET, "uploads", UPLOADS)
            await bus.settle()
            seen = bus.invocations(function)

            assert tuple((each.start - began).total_seconds() for each in seen) == row.attempts
            assert len({each.event["resultToken"] for each in seen}) == bool(row.attempts)
            [shown] = await client.describe_compliance_by_config_rule()
            assert shown.compliance_type == ("NON_COMPLIANT" if row.result == "as put" else "INSUFFICIENT_DATA")

    virtually(main)


def test_old_results_stay_without_an_evaluation() -> None:
    """Until the function puts another."""
    rounds = 0

    async def work(event: Any, context: Any) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            await current_bus()[recorder].put_evaluations(event["resultToken"], [OLD])
        elif rounds == 3:
            await puts(event)

    app, _, recorder = app_of(work)

    async def main() -> list[str]:
        found = []
        async with app.start() as bus:
            for _ in range(3):
                await bus[recorder].put_resource_config(BUCKET, "uploads", UPLOADS)
                await bus.settle()
                found.append((await bus[recorder].describe_compliance_by_config_rule())[0].compliance_type)
        return found

    assert virtually(main) == ["COMPLIANT", "COMPLIANT", "NON_COMPLIANT"]


def test_periodic_rule_runs_at_its_hours() -> None:
    """Which nobody waits for."""
    app, work, _ = app_of(echo, message_types=[SCHEDULED], maximum_execution_frequency="Three_Hours")

    async def main() -> list[float]:
        async with app.start() as bus:
            began = bus.now()
            await bus.settle()
            assert bus.statistics().now == 0
            await bus.advance(21_600)
            await bus.settle()
            return [(each.start - began).total_seconds() for each in bus.invocations(work)]

    assert virtually(main) == [0, 10_800, 21_600]


def test_handler_finds_what_was_too_long() -> None:
    """As the sample functions of the guide do: by type and id."""
    found: list[int] = []

    async def work(event: Any, context: Any) -> None:
        summary = json.loads(event["invokingEvent"])["configurationItemSummary"]
        client = current_bus()[recorder]
        [item] = await client.get_resource_config_history(summary["resourceType"], summary["resourceId"], limit=1)
        found.append(len(json.loads(item.configuration or "{}")["name"]))

    app, _, recorder = app_of(work)

    async def main() -> None:
        async with app.start() as bus:
            await bus[recorder].put_resource_config(BUCKET, "uploads", LONG)
            await bus.settle()

    virtually(main)
    assert found == [262_144]


def test_rule_needs_its_permission() -> None:
    """`lambda:InvokeFunction` for the recorder, and the result call for the function."""
    said: list[str] = []

    async def work(event: Any, context: Any) -> None:
        try:
            await puts(event)
        except AccessDeniedException as refused:
            said.append(refused.code)

    app, function, recorder = app_of(work)

    async def main() -> tuple[int, str]:
        async with app.start(permissions="enforced") as bus:
            await bus[recorder].put_resource_config(BUCKET, "uploads", UPLOADS)
            await bus.settle()
            [shown] = await bus[recorder].describe_compliance_by_config_rule()
            return len(bus.invocations(function)), shown.compliance_type

    assert virtually(main) == (0, "INSUFFICIENT_DATA")
    app.grant(recorder, "lambda:InvokeFunction", function)
    assert (virtually(main), said) == ((1, "INSUFFICIENT_DATA"), ["AccessDeniedException"])
    app.grant(function, "config:PutEvaluations", recorder)
    assert virtually(main) == (1, "NON_COMPLIANT")


def test_hand_over_that_is_refused_for_a_while_is_tried_again() -> None:
    """After 1 and 2 seconds."""
    app, work, recorder = app_of(echo)

    async def main() -> list[float]:
        async with app.start() as bus:
            began = bus.now()
            for nth in (1, 2):
                bus.faults.refuse_delivery(work, nth=nth)
            await bus[recorder].put_resource_config(BUCKET, "uploads", UPLOADS)
            await bus.settle()
            return [(each.start - began).total_seconds() for each in bus.invocations(work)]

    assert virtually(main) == [3]


@pytest.mark.parametrize(
    ("handler", "told"),
    [(None, "answered NON_COMPLIANT for uploads"), (boom, "boom")],
    ids=["evaluated", "raised"],
)
def test_trace_tells_what_became_of_a_token(handler: Any, told: str) -> None:
    async def work(event: Any, context: Any) -> None:
        await puts(event)

    app, function, recorder = app_of(handler or work)

    async def main() -> str:
        async with app.start() as bus:
            await bus[recorder].put_resource_config(BUCKET, "uploads", UPLOADS)
            await bus.settle()
            return str(bus.trace(bus.invocations(function)[0].event["resultToken"]))

    trace = virtually(main)
    assert "evaluation by encrypted" in trace
    assert told in trace


def test_cancelled_call_records_nothing() -> None:
    app, work, recorder = app_of(echo)

    async def main() -> None:
        async with app.start() as bus:
            call = asyncio.create_task(bus[recorder].put_resource_config(BUCKET, "uploads", UPLOADS))
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await bus[recorder].put_resource_config(BUCKET, "other", UPLOADS)
            await bus.settle()
            assert len(bus.invocations(work)) == 1

    virtually(main)


def test_two_buses_know_nothing_of_each_other() -> None:
    """A token of one is unknown to the other."""
    app, work, recorder = app_of(echo)

    async def main() -> None:
        async with app.start(seed=1) as one, app.start(seed=2) as other:
            await one[recorder].put_resource_config(BUCKET, "uploads", UPLOADS)
            await one.settle()
            token = one.invocations(work)[0].event["resultToken"]
            assert other.invocations(work) == []
            with pytest.raises(config.InvalidResultTokenException):
                await other[recorder].put_evaluations(token, [FOUND])
            await one[recorder].put_evaluations(token, [FOUND])

    virtually(main)
