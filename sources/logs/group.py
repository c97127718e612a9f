"""The declaration of a log group."""

import re
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import one_of, refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .client import LogGroupClient
from .filters import function_of
from .machine import LogGroupMachine

_NAME: Final = re.compile(r"[\w./#-]{1,512}", re.ASCII)
RETENTIONS: Final = (
    *(None, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1_096, 1_827, 2_192, 2_557, 2_922, 3_288, 3_653),
)
"""Days that PutRetentionPolicy takes [cwl:API PutRetentionPolicy]; None: for ever."""


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    """[bc:logs CreateLogGroup]"""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise refuse("name", value, "1 to 512 letters, digits and . - _ / #")
    if value.startswith("aws/"):
        raise refuse("name", value, "what does not start with aws/")


@frozen(eq=False)
class LogGroup:
    """A log group in memory, of the standard class. Events older than `retention_in_days` are gone; deliveries to it
    become one log event each. `/aws/lambda/` and the name of a function: what that function logs and prints is here."""

    name: str = field(validator=_check_name)
    retention_in_days: int | None = field(default=None, kw_only=True, validator=one_of(RETENTIONS))

    @property
    def arn(self) -> Arn:
        return arn_of("logs", f"log-group:{self.name}")

    @property
    def log_of(self) -> str | None:
        """The function whose output it takes, by its name."""
        return function_of(self.name)

    @property
    def delivery_action(self) -> str:
        return LogGroupMachine.delivery_action

    def machine(self, birth: Birth) -> LogGroupMachine:
        return LogGroupMachine(self.arn, birth, self.retention_in_days)

    def client(self, machine: Any, feed: Feed) -> LogGroupClient:
        return LogGroupClient(machine, feed)
