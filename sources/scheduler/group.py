"""The declaration of a group of schedules. Every account has the group `default`."""

from typing import Any, Final

from attrs import field, frozen

from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .client import GroupClient
from .machine import GroupMachine
from .settings import check_name

DEFAULT: Final = "default"


@frozen(eq=False)
class ScheduleGroup:
    """`bus[group]` makes, changes and deletes schedules while the bus runs."""

    name: str = field(default=DEFAULT, validator=check_name)

    @property
    def always_there(self) -> bool:
        return self.name == DEFAULT

    @property
    def arn(self) -> Arn:
        return arn_of("scheduler", f"schedule-group/{self.name}")

    def machine(self, birth: Birth) -> GroupMachine:
        return GroupMachine(self.arn, self.name, birth)

    def client(self, machine: Any, feed: Feed) -> GroupClient:
        return GroupClient(machine, feed)
