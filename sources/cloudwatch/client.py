"""What one can do with an alarm."""

from datetime import UTC, datetime
from json import loads
from typing import Any, Final

from attrs import define, frozen

from eventbus.checks import texts
from eventbus.names import Arn
from eventbus.ports import Feed

from .errors import InvalidFormat, ValidationError
from .machine import AlarmMachine
from .state import REASON_LIMIT, STATES, State, StateValue, Suppression

DATA_LIMIT: Final = 4_000
"""Characters."""


@frozen(eq=False, kw_only=True)
class DescribedAlarm:
    """What it is set to is its declaration."""

    alarm_name: str
    alarm_arn: Arn
    actions_enabled: bool
    state_value: StateValue
    state_reason: str
    state_reason_data: str | None
    state_updated_timestamp: datetime
    actions_suppressed_by: Suppression | None
    actions_suppressed_reason: str | None


@define(eq=False)
class AlarmClient:
    """`bus[alarm]`. Operations and parameters carry AWS's names in snake case; refusals are AWS's errors."""

    _machine: AlarmMachine
    _feed: Feed

    async def set_alarm_state(
        self, state_value: StateValue, *, state_reason: str, state_reason_data: str | None = None
    ) -> None:
        """Its actions are on their way if the value is another. An alarm on a metric looks at its data again at the end
        of the minute. Raises `ValidationError`, `InvalidFormat` for data that are no JSON."""
        machine = self._machine
        if state_value not in STATES:
            raise ValidationError(f"StateValue={state_value!r}: {', '.join(STATES)}")
        if not isinstance(state_reason, str) or len(state_reason) > REASON_LIMIT:
            raise ValidationError(f"StateReason: a text of up to {REASON_LIMIT:,} characters")
        texts(ValidationError, StateReason=state_reason, StateReasonData=state_reason_data)
        _check_data(state_reason_data)
        given = state_value, state_reason, state_reason_data, self._feed.cause()
        await self._feed.call(machine, "cloudwatch:SetAlarmState", machine.set_state, *given)

    async def describe_alarms(self) -> DescribedAlarm:
        """This one, as it is now."""
        machine = self._machine
        state: State = await self._feed.call(machine, "cloudwatch:DescribeAlarms", _state, machine)
        return DescribedAlarm(
            alarm_name=machine.alarm.name,
            alarm_arn=machine.arn,
            actions_enabled=machine.actions_enabled,
            state_value=state.value,
            state_reason=state.reason,
            state_reason_data=state.reason_data,
            state_updated_timestamp=datetime.fromtimestamp(state.at, UTC),
            actions_suppressed_by=state.suppressed_by,
            actions_suppressed_reason=state.suppressed_reason,
        )

    async def enable_alarm_actions(self) -> None:
        """From the next change on."""
        machine = self._machine
        await self._feed.call(machine, "cloudwatch:EnableAlarmActions", machine.enable_actions, enabled=True)

    async def disable_alarm_actions(self) -> None:
        """Its state changes all the same."""
        machine = self._machine
        await self._feed.call(machine, "cloudwatch:DisableAlarmActions", machine.enable_actions, enabled=False)


def _state(now: float, machine: AlarmMachine) -> State:
    return machine.state


def _check_data(data: Any) -> None:
    if data is None:
        return
    if len(data) > DATA_LIMIT:
        raise ValidationError(f"StateReasonData: a text of up to {DATA_LIMIT:,} characters")
    try:
        loads(data)
    except (ValueError, RecursionError) as reason:
        raise InvalidFormat(f"StateReasonData was not valid JSON: {reason}") from None
