"""What one can do with a stack."""

from collections.abc import Mapping
from json import dumps
from typing import Any

from attrs import define

from eventbus.errors import InvalidSetting
from eventbus.ports import Feed

from . import answers
from .answers import DescribedStack, StackEvent, StackReference, StackResource
from .errors import ValidationError
from .machine import StackMachine
from .resource import Resources, check_resources


@define(eq=False)
class StackClient:
    """`bus[stack]`. Operations and results carry AWS's names in snake case; refusals are AWS's errors. Creating,
    updating and deleting have only begun when they return: `bus.settle()` waits for the stack."""

    _machine: StackMachine
    _feed: Feed

    async def create_stack(self) -> StackReference:
        """Each resource is made once those that it depends on are; if one fails, all are deleted again. Raises
        `AlreadyExistsException`."""
        machine = self._machine
        return StackReference(
            await self._feed.call(machine, "cloudformation:CreateStack", machine.create, self._feed.cause())
        )

    async def update_stack(self, resources: Resources) -> StackReference:
        """The stack becomes one of these resources; if one fails, it becomes what it was. Raises `ValidationError`,
        also where there is nothing to change."""
        machine = self._machine
        try:
            wanted = check_resources(resources)
        except InvalidSetting as refused:
            raise ValidationError(str(refused)) from None
        return StackReference(
            await self._feed.call(machine, "cloudformation:UpdateStack", machine.update, wanted, self._feed.cause())
        )

    async def delete_stack(self) -> None:
        """Also of one that is not there. Raises `ValidationError` while it is being updated or rolled back."""
        machine = self._machine
        await self._feed.call(machine, "cloudformation:DeleteStack", machine.delete, self._feed.cause())

    async def describe_stacks(self) -> list[DescribedStack]:
        """This one, also after it was deleted, as AWS by its id. Raises `ValidationError` if it was never made."""
        machine = self._machine
        return [answers.stack(await self._feed.call(machine, "cloudformation:DescribeStacks", machine.described))]

    async def describe_stack_events(self) -> list[StackEvent]:
        """The latest first."""
        machine = self._machine
        await self._feed.call(machine, "cloudformation:DescribeStackEvents", machine.described)
        return [answers.event(machine, happened) for happened in reversed(machine.events)]

    async def describe_stack_resources(self) -> list[StackResource]:
        """In the order in which they were made."""
        machine = self._machine
        await self._feed.call(machine, "cloudformation:DescribeStackResources", machine.described)
        return [answers.resource(machine, member) for member in machine.members.values()]

    async def put_response(self, response_url: str, response: Mapping[str, Any] | bytes) -> None:
        """As an HTTP PUT to the ResponseURL of an event, without HTTP, for handlers and tests that have none (ours)."""
        machine = self._machine
        if not isinstance(response_url, str):
            raise ValidationError(f"response_url={response_url!r}: the ResponseURL of an event")
        content = response if isinstance(response, bytes) else dumps(response).encode()
        name = response_url.rpartition("/")[2]
        await self._feed.call(machine, "cloudformation:SignalResource", machine.called_back, name, content)
