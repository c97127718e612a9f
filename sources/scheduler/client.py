"""What one can do with a group of schedules."""

from typing import Any, Final, Literal, Unpack

from attrs import define

from eventbus.checks import texts
from eventbus.errors import InvalidSetting, ValidationException
from eventbus.ports import Feed
from sources import _schedule

from . import answers
from .answers import CreatedSchedule, ScheduleListing, StoredSchedule
from .machine import GroupMachine
from .settings import STATES, ScheduleSettings, Settings

PAGE_LIMIT: Final = 100


@define(eq=False)
class GroupClient:
    """`bus[group]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's errors."""

    _machine: GroupMachine
    _feed: Feed

    async def create_schedule(self, name: str, target: Any, **settings: Unpack[ScheduleSettings]) -> CreatedSchedule:
        """It is due from now on; `target` is a declared resource, the settings are those of `Schedule`. Raises
        `ConflictException`, `ValidationException`."""
        made, machine = _made(name, target, settings), self._machine
        planned = await self._feed.call(machine, "scheduler:CreateSchedule", machine.create, made)
        return CreatedSchedule(planned.arn)

    async def update_schedule(self, name: str, target: Any, **settings: Unpack[ScheduleSettings]) -> CreatedSchedule:
        """All is as given now: what is left out has its default again. A rate without start date begins anew. Raises
        `ResourceNotFoundException`, `ValidationException`."""
        made, machine = _made(name, target, settings), self._machine
        planned = await self._feed.call(machine, "scheduler:UpdateSchedule", machine.update, made)
        return CreatedSchedule(planned.arn)

    async def get_schedule(self, name: str) -> StoredSchedule:
        """As it was made or changed last. Raises `ResourceNotFoundException`."""
        machine = self._machine
        texts(ValidationException, name=name)
        planned = await self._feed.call(machine, "scheduler:GetSchedule", machine.get, name)
        return answers.whole(machine.name, planned)

    async def list_schedules(
        self,
        *,
        name_prefix: str | None = None,
        state: Literal["ENABLED", "DISABLED"] | None = None,
        max_results: int = PAGE_LIMIT,
        next_token: str | None = None,
    ) -> ScheduleListing:
        """By name, up to 100 in one page. Raises `ValidationException`."""
        machine = self._machine
        texts(ValidationException, name_prefix=name_prefix, next_token=next_token)
        if state is not None and state not in STATES:
            raise _refused(f"state={state!r} is refused; allowed: {' or '.join(STATES)}")
        if isinstance(max_results, bool) or not isinstance(max_results, int) or not 1 <= max_results <= PAGE_LIMIT:
            raise _refused(f"max_results={max_results!r} is refused; allowed: a whole number from 1 to {PAGE_LIMIT}")
        found, more = await self._feed.call(
            machine, "scheduler:ListSchedules", machine.listed, name_prefix or "", state, next_token or "", max_results
        )
        schedules = [answers.summary(machine.name, planned) for planned in found]
        return ScheduleListing(schedules, schedules[-1].name if more else None)

    async def delete_schedule(self, name: str) -> None:
        """It is not due any more; what is on its way goes on. Raises `ResourceNotFoundException`."""
        machine = self._machine
        texts(ValidationException, name=name)
        await self._feed.call(machine, "scheduler:DeleteSchedule", machine.delete, name)


def _made(name: str, target: Any, settings: ScheduleSettings) -> Settings:
    expression: object = settings.get("schedule_expression")
    if isinstance(expression, str):
        try:
            _schedule.parse(expression, dialect="scheduler")
        except _schedule.InvalidSchedule as reason:
            error = ValidationException(f"Invalid Schedule Expression {expression}.")
            error.add_note(str(reason))
            raise error from None
    try:
        return Settings(name, target, **settings)
    except InvalidSetting as refused:
        raise _refused(str(refused)) from None


def _refused(why: str) -> ValidationException:
    return ValidationException(f"1 validation error detected: Value {why}")
