"""Stacks of the tables: declared, and driven by a function that answers as a row says."""

import asyncio
from collections.abc import Mapping
from typing import Any

from eventbus import App, Bus, current_bus
from eventbus.names import function_arn
from sources import cloudformation
from sources.cloudformation.machine import StackMachine
from tests.contracts.cloudformation_table import COPIED, RESOURCE, STACK, Sent
from tests.sources.helpers import EPOCH, birth

LOGICAL_TYPES = {"Bucket": "Custom::Bucket", "Policy": "Custom::Policy"}


class Function:
    """As far as a stack looks at one."""

    def __init__(self, name: str = "work") -> None:
        self.arn = function_arn(name)


WORK = Function()


def resource(properties: Mapping[str, Any], name: str = RESOURCE, token: Any = WORK) -> cloudformation.CustomResource:
    """A row's resource; its properties hold ServiceTimeout where it has one."""
    own = dict(properties)
    return cloudformation.CustomResource(
        token, resource_type=LOGICAL_TYPES[name], service_timeout=own.pop("ServiceTimeout", None), properties=own
    )


def resources(template: Mapping[str, Mapping[str, Any]], token: Any = WORK) -> dict[str, cloudformation.CustomResource]:
    return {name: resource(properties, name, token) for name, properties in template.items()}


def machine_of(**given: cloudformation.CustomResource) -> StackMachine:
    stack = cloudformation.Stack(STACK, given)
    return stack.machine(birth(stack.arn))


def answer_to(event: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """A success with the id `b-1`, or what `members` say instead."""
    copied = {name: event[name] for name in COPIED}
    return {"Status": "SUCCESS", "PhysicalResourceId": "b-1", **copied, **members}


class Provider:
    """A function's handler that goes through a script, and notes what it got."""

    def __init__(self) -> None:
        self.script: list[Sent] = []
        self.got: list[tuple[float, Any]] = []
        self.stack: Any = None

    async def __call__(self, event: Any, context: Any) -> None:
        bus = current_bus()
        at = seconds(bus)
        self.got.append((at, event))
        row = self.script.pop(0)
        if row.answer is not None:
            if row.answered_at is not None:
                await asyncio.sleep(row.answered_at - at)
            await bus[self.stack].put_response(event["ResponseURL"], answer_to(event) | row.answer)
        if row.fails:
            raise ValueError("boom")


def stack_of(template: Mapping[str, Mapping[str, Any]]) -> tuple[App, cloudformation.Stack, Provider]:
    app, provider = App(), Provider()

    async def work(event: Any, context: Any) -> None:
        await provider(event, context)

    function = app.function(work, timeout=900)
    stack = app.add(cloudformation.Stack(STACK, resources(template, function)))
    provider.stack = stack
    return app, stack, provider


def seconds(bus: Bus) -> float:
    return round(bus.now().timestamp() - EPOCH, 6)
