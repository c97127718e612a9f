"""The declaration of a schedule."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import refuse
from eventbus.names import Arn
from eventbus.ports import Wire

from .group import ScheduleGroup
from .settings import Settings, schedule_arn


def _check_group(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not isinstance(value, ScheduleGroup):
        raise refuse("group", value, "a scheduler.ScheduleGroup, or leave it out for the default one")


@frozen(eq=False)
class Schedule(Settings):
    """At each occurrence `input` goes to `target`, or an event that tells the time: a function is invoked
    asynchronously, a queue or topic gets a message, an event bus an event of `detail_type` and `source`.

    Sent in the very second, with the `realistic` profile within the minute, with `flexible_time_window` in some second
    of the window. Rates begin at `start_date`, or at once. Raises `InvalidSetting` for what AWS refuses."""

    _group: ScheduleGroup | None = field(default=None, kw_only=True, validator=_check_group)

    @property
    def arn(self) -> Arn:
        return schedule_arn(self.source.name, self.name)

    @property
    def source(self) -> ScheduleGroup:
        return _DEFAULT if self._group is None else self._group

    @property
    def targets(self) -> Sequence[Arn]:
        dead_letter = self.dead_letter_queue
        return (self.target,) if dead_letter is None else (self.target, dead_letter)

    def check(self, others: Sequence[Wire]) -> None:
        """Schedules don't get into each other's way."""

    def connect(self, machine: Any) -> None:
        machine.create(0.0, self)


_DEFAULT: Final = ScheduleGroup()
