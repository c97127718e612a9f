"""The declarations: event buses, their rules and archives."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Never

from attrs import Attribute, field, frozen

from eventbus.checks import refuse, refuse_unknown
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed, Resource, Wire

from . import checking
from .archive import archive_arn
from .checking import DEFAULT, ArchiveSettings, RuleSettings
from .client import BusClient
from .machine import BusMachine
from .rules import Rules, rule_arn
from .targets import NOT_OFFERED, TARGETS_LIMIT, Target, targets_of

BUS_NAME_LIMIT: Final = 256
AT_THE_START: Final = 0.0
NOT_OFFERED_BY_RULES: Final = {
    **NOT_OFFERED,
    "tags": "tags are not offered",
    "event_bus_name": "write event_bus=eventbridge.EventBus(...)",
}
NOT_OFFERED_BY_ARCHIVES: Final = {
    "event_source_arn": "write event_bus=eventbridge.EventBus(...)",
    "kms_key_identifier": "encryption is not offered",
}


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or len(value) > BUS_NAME_LIMIT or not re.fullmatch(checking.NAME, value):
        raise refuse("name", value, f"1 to {BUS_NAME_LIMIT} letters, digits and any of . - _")


@frozen(eq=False)
class EventBus:
    """An event bus. Every account has the one named `default`; rules and archives without a bus are its."""

    name: str = field(default=DEFAULT, validator=_check_name)

    @property
    def always_there(self) -> bool:
        return self.name == DEFAULT

    @property
    def arn(self) -> Arn:
        return arn_of("events", f"event-bus/{self.name}")

    @property
    def delivery_action(self) -> str:
        return BusMachine.delivery_action

    def machine(self, birth: Birth) -> BusMachine:
        return BusMachine(self.arn, birth, Rules(self.name, birth))

    def client(self, machine: Any, feed: Feed) -> BusClient:
        return BusClient(machine, feed)


@frozen(eq=False, init=False)
class Rule:
    """Events of `event_bus` (the default bus) that match `event_pattern`, a dict or JSON text, go to `targets`: up to
    five resources or `Target`s. With `schedule_expression`, on the default bus, they get a scheduled event as well,
    whenever it is due: `rate(5 minutes)` from the start of the bus on, `cron(...)` in UTC.

    Raises `InvalidSetting`, and `InvalidEventPatternException`.
    """

    event_bus: EventBus
    settings: RuleSettings
    to: Sequence[Target]

    def __init__(
        self,
        name: str,
        event_bus: EventBus | None = None,
        *,
        event_pattern: Mapping[str, Any] | str | None = None,
        schedule_expression: str | None = None,
        state: Literal["ENABLED", "DISABLED"] = "ENABLED",
        description: str | None = None,
        targets: Sequence[Any] = (),
        **unsupported: Never,
    ) -> None:
        refuse_unknown(unsupported, NOT_OFFERED_BY_RULES)
        bus = _bus(event_bus)
        settings = checking.rule_settings(bus.name, name, event_pattern, schedule_expression, state, description)
        self.__attrs_init__(bus, settings, targets_of(targets, 0, TARGETS_LIMIT))

    @property
    def arn(self) -> Arn:
        return rule_arn(self.event_bus.name, self.settings.name)

    @property
    def source(self) -> Resource[Any]:
        return self.event_bus

    @property
    def targets(self) -> Sequence[Arn]:
        return [arn for target in self.to for arn in target.reaches]

    def check(self, others: Sequence[Wire]) -> None:
        return

    def connect(self, machine: Any) -> None:
        machine.rules.put(AT_THE_START, self.settings)
        machine.rules.put_targets(AT_THE_START, self.settings.name, self.to)

    def disconnect(self, machine: Any) -> None:
        """Rule and targets are gone; what is under way goes on."""
        machine.rules.drop(self.settings.name)


@frozen(eq=False, init=False)
class Archive:
    """Keeps the events of `event_bus` (the default bus) that match `event_pattern`, all without one, for
    `retention_days`, 0 for ever; they can be replayed. Raises `InvalidSetting`, and `InvalidEventPatternException`."""

    event_bus: EventBus
    settings: ArchiveSettings

    def __init__(
        self,
        name: str,
        event_bus: EventBus | None = None,
        *,
        event_pattern: Mapping[str, Any] | str | None = None,
        retention_days: int = 0,
        description: str | None = None,
        **unsupported: Never,
    ) -> None:
        refuse_unknown(unsupported, NOT_OFFERED_BY_ARCHIVES)
        settings = checking.archive_settings(name, event_pattern, retention_days, description)
        self.__attrs_init__(_bus(event_bus), settings)

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def arn(self) -> Arn:
        return archive_arn(self.name)

    @property
    def source(self) -> Resource[Any]:
        return self.event_bus

    @property
    def targets(self) -> Sequence[Arn]:
        return ()

    def check(self, others: Sequence[Wire]) -> None:
        return

    def connect(self, machine: Any) -> None:
        machine.archives.create(AT_THE_START, self.settings)


_DEFAULT_BUS: Final = EventBus()


def _bus(given: Any) -> EventBus:
    if given is None:
        return _DEFAULT_BUS
    if not isinstance(given, EventBus):
        raise refuse("event_bus", given, "an eventbridge.EventBus, or none for the default bus")
    return given
