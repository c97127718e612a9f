"""What a rule is, checked where it is written [bc:config]."""

from collections.abc import Sequence
from json import loads
from typing import Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, encodable, is_function, one_of, refuse
from eventbus.names import Arn

from .items import Item

CHANGE: Final = "ConfigurationItemChangeNotification"
OVERSIZED: Final = "OversizedConfigurationItemChangeNotification"
SCHEDULED: Final = "ScheduledNotification"
TYPES: Final = (CHANGE, OVERSIZED, SCHEDULED)
PERIODS: Final = {
    "One_Hour": 3_600.0,
    "Three_Hours": 10_800.0,
    "Six_Hours": 21_600.0,
    "Twelve_Hours": 43_200.0,
    "TwentyFour_Hours": 86_400.0,
}
"""Seconds."""
DAILY: Final = "TwentyFour_Hours"
DETAILS_LIMIT: Final = 25
RESOURCE_TYPES_LIMIT: Final = 100
NAME_LIMIT: Final = 128
TEXT_LIMIT: Final = 256
ID_LIMIT: Final = 768
PARAMETERS_LIMIT: Final = 1_024
Frequency = Literal["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"]
MessageType = Literal[
    "ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification", "ScheduledNotification"
]


def is_text(value: object, limit: int, least: int = 1) -> bool:
    return isinstance(value, str) and least <= len(value) <= limit and encodable(value)


def _text(limit: int, least: int = 1) -> Any:
    def check(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
        if value is not None and not is_text(value, limit, least):
            raise refuse(attribute.name, value, f"a text of {least} to {limit:,} characters")

    return check


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not is_text(value, NAME_LIMIT) or not value.strip():
        raise refuse("name", value, f"1 to {NAME_LIMIT} characters, not all of them blank")


def _check_function(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not is_function(value):
        raise refuse("function", value, "a declared function")


def _check_message_types(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    known = isinstance(value, tuple) and all(each in TYPES for each in value)
    if not known or not 1 <= len(value) <= DETAILS_LIMIT:
        raise refuse("message_types", value, f"a list of {', '.join(TYPES)}; snapshots are not offered")


def _check_types(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    known = isinstance(value, tuple) and all(is_text(each, TEXT_LIMIT) for each in value)
    if not known or len(value) > RESOURCE_TYPES_LIMIT:
        raise refuse("compliance_resource_types", value, f"a list of up to {RESOURCE_TYPES_LIMIT} types of resources")


def _check_parameters(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is None:
        return
    try:
        given = loads(value) if is_text(value, PARAMETERS_LIMIT) else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise refuse("input_parameters", value, f"JSON of an object, of up to {PARAMETERS_LIMIT:,} characters")


@frozen(eq=False)
class Settings:
    """`input_parameters` is JSON of an object. A rule is of all resources, of those of some types, of one of them by
    its id, or of those with a tag. Raises `InvalidSetting` for what AWS refuses."""

    name: str = field(validator=_check_name)
    function: Any = field(validator=_check_function)
    message_types: Sequence[MessageType] = field(kw_only=True, converter=as_tuple, validator=_check_message_types)
    compliance_resource_types: Sequence[str] = field(
        default=(), kw_only=True, converter=as_tuple, validator=_check_types
    )
    compliance_resource_id: str | None = field(default=None, kw_only=True, validator=_text(ID_LIMIT))
    tag_key: str | None = field(default=None, kw_only=True, validator=_text(128))
    tag_value: str | None = field(default=None, kw_only=True, validator=_text(TEXT_LIMIT))
    maximum_execution_frequency: Frequency | None = field(
        default=None, kw_only=True, validator=one_of((None, *PERIODS))
    )
    input_parameters: str | None = field(default=None, kw_only=True, validator=_check_parameters)
    description: str | None = field(default=None, kw_only=True, validator=_text(TEXT_LIMIT, least=0))

    def __attrs_post_init__(self) -> None:
        if self.maximum_execution_frequency is not None and SCHEDULED not in self.message_types:
            raise refuse(
                "maximum_execution_frequency", self.maximum_execution_frequency, f"nothing without {SCHEDULED}"
            )
        if self.compliance_resource_id is not None and len(self.compliance_resource_types) != 1:
            allowed = "an id with one of compliance_resource_types"
            raise refuse("compliance_resource_id", self.compliance_resource_id, allowed)
        if self.tag_value is not None and self.tag_key is None:
            raise refuse("tag_value", self.tag_value, "a value with a tag_key")
        if self.tag_key is not None and self.compliance_resource_types:
            raise refuse("tag_key", self.tag_key, "nothing beside compliance_resource_types")

    @property
    def function_arn(self) -> Arn:
        return self.function.arn  # type: ignore[no-any-return]  # checked when it was made

    @property
    def frequency(self) -> Frequency | None:
        """Of a periodic rule."""
        return (self.maximum_execution_frequency or DAILY) if SCHEDULED in self.message_types else None

    def covers(self, item: Item) -> bool:
        """Whether the resource, such as it was then, is in scope."""
        if self.tag_key is not None:
            value = item.tags.get(self.tag_key)
            return value is not None and self.tag_value in (None, value)
        if self.compliance_resource_id not in (None, item.resource_id):
            return False
        return not self.compliance_resource_types or item.resource_type in self.compliance_resource_types
