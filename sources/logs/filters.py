"""Which events of a log group go to which function: declared, and as its machine keeps it."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import Attribute, define, field, frozen

from eventbus.checks import encodable, refuse
from eventbus.core.patterns.logs import LogsPattern
from eventbus.errors import InvalidParameterException, InvalidSetting
from eventbus.names import Arn
from eventbus.ports import Resource, Wire

FILTERS_LIMIT: Final = 2
"""Subscription filters of one group [bc:logs]."""
PATTERN_LIMIT: Final = 1_024
NAME_LIMIT: Final = 512
"""Characters [bc:logs]."""
OF_FUNCTIONS: Final = "/aws/lambda/"
"""What the names of groups begin with that functions write to."""
LOOP: Final = "it would be invoked by what it logs itself, for ever"


@define(eq=False)
class Subscription:
    """What a group's machine keeps of a filter; `created_at` in seconds since the bus started."""

    name: str
    text: str
    destination: Arn
    created_at: float
    pattern: LogsPattern = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.pattern = LogsPattern(self.text)


def is_name(value: object) -> bool:
    """Whether it may name a stream or a filter: 1 to 512 characters without : and * [bc:logs]."""
    if not isinstance(value, str) or not 0 < len(value) <= NAME_LIMIT or not encodable(value):
        return False
    return ":" not in value and "*" not in value


def function_of(group: str) -> str | None:
    """Whose output it takes."""
    name = group.removeprefix(OF_FUNCTIONS)
    return None if name == group or "/" in name else name


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not is_name(value):
        raise refuse("filter_name", value, f"1 to {NAME_LIMIT} characters without : and *")


def _check_pattern(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or len(value) > PATTERN_LIMIT:
        raise refuse("filter_pattern", value, f"a text of up to {PATTERN_LIMIT:,} characters")
    try:
        LogsPattern(value)
    except InvalidParameterException as error:
        raise InvalidSetting(f"filter_pattern={value!r} is refused: {error}") from None


@frozen(eq=False)
class SubscriptionFilter:
    """Events of `log_group` that match `filter_pattern` invoke `destination`, a declared function, asynchronously; an
    empty pattern matches all. A group has two at most. Raises `InvalidSetting` for what AWS refuses."""

    log_group: Resource[Any]
    destination: Any
    filter_name: str = field(kw_only=True, validator=_check_name)
    filter_pattern: str = field(default="", kw_only=True, validator=_check_pattern)

    def __attrs_post_init__(self) -> None:
        group, target = getattr(self.log_group, "arn", None), getattr(self.destination, "arn", None)
        if not isinstance(group, Arn) or group.service != "logs":
            raise refuse("log_group", self.log_group, "a declared log group")
        if not isinstance(target, Arn) or target.service != "lambda":
            allowed = "a declared function; streams, Firehose and logical destinations are not offered"
            raise refuse("destination", target or self.destination, allowed)
        if function_of(group.name) == target.name:
            raise InvalidSetting(f"destination={target.name} is refused for its own log group: {LOOP}")

    @property
    def arn(self) -> Arn:
        return Arn(f"{self.source.arn}#{self.filter_name}")

    @property
    def source(self) -> Resource[Any]:
        return self.log_group

    @property
    def targets(self) -> Sequence[Arn]:
        return (self.destination.arn,)

    def check(self, others: Sequence[Wire]) -> None:
        filters = [other for other in others if isinstance(other, SubscriptionFilter)]
        if any(other.filter_name == self.filter_name for other in filters):
            raise refuse("filter_name", self.filter_name, f"one that no other filter of {self.source.arn.name} has")
        if len(filters) >= FILTERS_LIMIT:
            raise InvalidSetting(
                f"{self.arn} is refused: Resource limit exceeded. A log group has {FILTERS_LIMIT} subscription filters "
                f"at most; {self.source.arn.name} has {', '.join(other.filter_name for other in filters)}"
            )

    def connect(self, machine: Any) -> None:
        machine.put_filter(0.0, self.filter_name, self.filter_pattern, self.destination.arn)
