"""`bus[group]`: what can be done to a target group while it runs (bc:elbv2)."""

from typing import Any

from attrs import define

from eventbus.ports import Feed

from .answers import TargetHealthDescription
from .checking import function_of
from .group_machine import GroupMachine


@define(eq=False)
class TargetGroupClient:
    _machine: GroupMachine
    _feed: Feed

    async def describe_target_health(self) -> list[TargetHealthDescription]:
        """Of the function that is registered, if any is."""
        found: list[TargetHealthDescription] = await self._call("DescribeTargetHealth", self._machine.described)
        return found

    async def register_targets(self, function: Any) -> None:
        """From now on requests go to `function`, one of this app. Raises `TooManyTargetsException` if another one is
        registered."""
        await self._call("RegisterTargets", self._machine.register, function_of("function", function))

    async def deregister_targets(self, function: Any) -> None:
        """It gets no more requests; those under way are answered with 502. Nothing happens if it is not registered."""
        await self._call("DeregisterTargets", self._machine.deregister, function_of("function", function))

    async def _call(self, operation: str, step: Any, *args: Any) -> Any:
        return await self._feed.call(self._machine, f"elasticloadbalancing:{operation}", step, *args)
