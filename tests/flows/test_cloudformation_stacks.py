"""Stacks as the contract table has them: what is sent when, and the events of the stack."""

from typing import Any

import pytest

from eventbus import Bus
from sources import cloudformation
from tests.contracts.cloudformation_table import TIMELINES, Happened, Sent, Timeline
from tests.helpers import virtually
from tests.sources.cloudformation.helpers import Function, Provider, resources, seconds, stack_of
from tests.sources.helpers import EPOCH

OK = {"Status": "SUCCESS"}
FIRST = {"Bucket": "orders-1", "Policy": "policy-1"}


def first_answers(template: Any) -> list[Sent]:
    """Of the stack as it stands before the row begins."""
    return [Sent("Create", {}, {**OK, "PhysicalResourceId": FIRST[name]}) for name in template]


def told(row: Sent, event: Any, at: float) -> None:
    """Raise unless the event is what the row says, and came at its time."""
    token = {"ServiceToken": event["ServiceToken"]}
    assert (event["RequestType"], event["LogicalResourceId"], at) == (row.request, row.resource, row.at)
    assert event["ResourceProperties"] == token | row.properties
    assert event.get("OldResourceProperties") == (None if row.old is None else token | row.old)
    if row.physical_id == "*":
        assert event["PhysicalResourceId"]
    else:
        assert event.get("PhysicalResourceId") == row.physical_id


def happened(row: Happened, event: cloudformation.StackEvent, began: float) -> None:
    assert (event.logical_resource_id, event.resource_status) == (row.who, row.status)
    assert event.timestamp.timestamp() - EPOCH - began == pytest.approx(row.at)
    if row.reason is not None:
        assert (event.resource_status_reason or "").startswith(row.reason)


async def operate(bus: Bus, stack: cloudformation.Stack, timeline: Timeline, provider: Provider) -> None:
    client = bus[stack]
    match timeline.operation:
        case "CreateStack":
            await client.create_stack()
        case "UpdateStack":
            token = next(iter(stack.resources.values())).service_token
            await client.update_stack(resources(timeline.template, token))
        case _:
            await client.delete_stack()
    await bus.settle()


@pytest.mark.parametrize(
    "timeline",
    [row for row in TIMELINES if not row.id.startswith("not permitted")],
    ids=lambda row: f"{row.operation}: {row.id}",
)
def test_timeline(timeline: Timeline) -> None:
    app, stack, provider = stack_of(timeline.before or timeline.template)

    async def main() -> None:
        async with app.start() as bus:
            if timeline.before is not None:
                provider.script = first_answers(timeline.before)
                await bus[stack].create_stack()
                await bus.settle()
            known = len(await bus[stack].describe_stack_events()) if timeline.before else 0
            provider.got.clear()
            provider.script, began = list(timeline.sent), seconds(bus)

            await operate(bus, stack, timeline, provider)

            assert len(provider.got) == len(timeline.sent), provider.got
            for row, (at, event) in zip(timeline.sent, provider.got, strict=True):
                told(row, event, at - began)
            events = (await bus[stack].describe_stack_events())[::-1][known:]
            assert [(e.logical_resource_id, e.resource_status) for e in events] == [
                (row.who, row.status) for row in timeline.events
            ]
            for expected, event in zip(timeline.events, events, strict=True):
                happened(expected, event, began)
            assert (await bus[stack].describe_stacks())[0].stack_status == timeline.events[-1].status

    virtually(main)


def test_not_permitted() -> None:
    """Nothing reaches the function: the resource fails at once, and is deleted without a word."""
    [timeline] = [row for row in TIMELINES if row.id.startswith("not permitted")]
    app, stack, provider = stack_of(timeline.template)

    async def main() -> None:
        async with app.start(permissions="enforced") as bus:
            reference = await bus[stack].create_stack()
            await bus.settle()

            events = (await bus[stack].describe_stack_events())[::-1]
            assert len(events) == len(timeline.events)
            for expected, event in zip(timeline.events, events, strict=True):
                happened(expected, event, 0.0)
            assert "lambda:InvokeFunction" in str(events[2].resource_status_reason)
            assert reference.stack_id == events[0].stack_id

    virtually(main)
    assert provider.got == []


def test_granted() -> None:
    """To the stack, as its service role would be."""
    app, stack, provider = stack_of({"Bucket": {}})
    app.grant(stack, "lambda:InvokeFunction", app.functions[0])
    provider.script = first_answers({"Bucket": {}})

    async def main() -> None:
        async with app.start(permissions="enforced") as bus:
            await bus[stack].create_stack()
            await bus.settle()

    app.grant(app.functions[0], "cloudformation:SignalResource", stack)
    virtually(main)
    assert len(provider.got) == 1


def test_function_that_is_not_there() -> None:
    """Of an update: the resource fails, and the stack goes back."""
    app, stack, provider = stack_of({"Bucket": {}})
    provider.script = first_answers({"Bucket": {}})
    gone = cloudformation.CustomResource(Function("gone"))

    async def main() -> None:
        async with app.start() as bus:
            await bus[stack].create_stack()
            await bus.settle()
            await bus[stack].update_stack({**stack.resources, "More": gone})
            await bus.settle()

            events = [e for e in await bus[stack].describe_stack_events() if e.logical_resource_id == "More"]
            assert [event.resource_status for event in events] == [
                *("DELETE_COMPLETE", "CREATE_FAILED", "CREATE_IN_PROGRESS")
            ]
            assert "ResourceNotFoundException" in str(events[1].resource_status_reason)
            assert (await bus[stack].describe_stacks())[0].stack_status == "UPDATE_ROLLBACK_COMPLETE"

    virtually(main)
