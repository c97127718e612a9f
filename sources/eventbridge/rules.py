"""The rules of one bus: their patterns, schedules and targets. They take effect at once."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import inf
from typing import Any, Final

from attrs import define, field

from eventbus.core.patterns import Pattern, RuleSet
from eventbus.core.redelivery import Retries
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth
from sources._schedule import Schedule
from sources._target_retries import retries

from .checking import DEFAULT, RuleSettings
from .errors import InvalidParameter, LimitExceededException, no_rule
from .targets import TARGETS_LIMIT, Target
from .transformer import Path, parse_path

ENABLED: Final = "ENABLED"


def rule_arn(bus: str, name: str) -> Arn:
    """The name of the bus stands in it, unless that is the default one."""
    return arn_of("events", f"rule/{name}" if bus == DEFAULT else f"rule/{bus}/{name}")


@define(eq=False)
class PlacedTarget:
    target: Target
    arn: Arn
    retries: Retries
    dead_letter: Arn | None
    group: str | None
    as_it_is: bool  # it gets the event itself
    is_bus: bool
    key_path: Path | None  # of a stream


@define(eq=False)
class PlacedRule:
    name: str
    arn: Arn
    order: int  # of creation
    pattern: Pattern | None = None
    schedule_expression: str | None = None
    schedule: Schedule | None = None
    started_at: float = 0.0  # a rate counts from here
    occurrence: datetime | None = None  # the next one
    due_at: float = inf  # when that is
    enabled: bool = True
    description: str | None = None
    targets: dict[str, PlacedTarget] = field(factory=dict)  # by id


@define(eq=False)
class Rules:
    """What changes them raises AWS's errors, and changes nothing then."""

    bus: str
    birth: Birth
    _rules: dict[str, PlacedRule] = field(factory=dict, init=False)
    _patterns: "RuleSet[PlacedRule]" = field(factory=RuleSet, init=False)
    _scheduled: list[PlacedRule] = field(factory=list, init=False)
    _due_at: float = field(default=inf, init=False)  # the earliest of them
    _created: int = field(default=0, init=False)

    def put(self, now: float, settings: RuleSettings) -> PlacedRule:
        """The rule has these settings; if it was there before, it keeps its place and its targets."""
        rule = self._rules.get(settings.name)
        if rule is None:
            self._created += 1
            rule = PlacedRule(settings.name, rule_arn(self.bus, settings.name), self._created)
            self._rules[settings.name] = rule
        elif rule.pattern is not None:
            self._patterns.remove(rule)
        rule.enabled = settings.state == ENABLED
        rule.description = settings.description
        rule.pattern = settings.pattern
        if rule.pattern is not None:
            self._patterns.add(rule, rule.pattern)
        self._plan(now, rule, settings)
        return rule

    def delete(self, now: float, name: str) -> None:
        """It is gone; no error if there was none. Raises ValidationException for one with targets."""
        rule = self._rules.get(name)
        if rule is None:
            return
        if rule.targets:
            raise InvalidParameter("Rule can't be deleted since it has targets.")
        del self._rules[name]
        if rule.pattern is not None:
            self._patterns.remove(rule)
        if rule in self._scheduled:
            self._scheduled.remove(rule)
            self._look_ahead()

    def drop(self, name: str) -> None:
        """With its targets, if it is there."""
        if name in self._rules:
            self._rules[name].targets.clear()
        self.delete(0.0, name)

    def find(self, now: float, name: str) -> PlacedRule:
        """Raises `ResourceNotFoundException`."""
        rule = self._rules.get(name)
        if rule is None:
            raise no_rule(name, self.bus)
        return rule

    def enable(self, now: float, name: str, enabled: bool) -> None:
        """Raises `ResourceNotFoundException`."""
        self.find(now, name).enabled = enabled

    def listed(self, now: float, prefix: str) -> list[PlacedRule]:
        """In the order of their names."""
        return [self._rules[name] for name in sorted(self._rules) if name.startswith(prefix)]

    def put_targets(self, now: float, name: str, targets: Sequence[Target]) -> None:
        """They are the rule's; one with an id that is there replaces it. Raises `ResourceNotFoundException`, and
        `LimitExceededException` for a sixth."""
        rule = self.find(now, name)
        if len({*rule.targets, *(target.id for target in targets)}) > TARGETS_LIMIT:
            raise LimitExceededException("The requested resource exceeds the maximum number allowed.")
        for target in targets:
            rule.targets[target.id] = self._placed(target)

    def remove_targets(self, now: float, name: str, ids: Sequence[str]) -> list[str]:
        """They are gone; answers with the ids that were none of the rule's. Raises `ResourceNotFoundException`."""
        rule = self.find(now, name)
        return [id for id in dict.fromkeys(ids) if rule.targets.pop(id, None) is None]

    def matching(self, event: dict[str, Any]) -> Sequence[PlacedRule]:
        """Enabled rules whose pattern the event matches, in the order of creation."""
        found = self._patterns.matching(event)
        if len(found) > 1:
            found = tuple(sorted(found, key=_order))
        return [rule for rule in found if rule.enabled]

    def due(self, now: float) -> Iterator[tuple[PlacedRule, datetime]]:
        """Enabled rules whose schedule is due, each with when it was. Occurrences that a late clock missed are over."""
        if self._due_at > now:
            return
        for rule in tuple(self._scheduled):
            occurrence = rule.occurrence
            if occurrence is not None and rule.due_at <= now:
                self._go_on(now, rule)
                if rule.enabled:
                    yield rule, occurrence
        self._look_ahead()

    def next_deadline(self) -> float:
        return self._due_at

    def _plan(self, now: float, rule: PlacedRule, settings: RuleSettings) -> None:
        """Another expression counts from now; the same one goes on."""
        if rule.schedule_expression == settings.schedule_expression:
            return
        rule.schedule_expression, rule.schedule = settings.schedule_expression, settings.schedule
        rule.started_at, rule.occurrence = now, None
        self._go_on(now, rule)
        if rule.schedule is None:
            self._scheduled.remove(rule)
        elif rule not in self._scheduled:
            self._scheduled.append(rule)
        self._look_ahead()

    def _go_on(self, now: float, rule: PlacedRule) -> None:
        """To the next occurrence after `now`, and after the last one, of which `now` in microseconds may fall short."""
        found, instant = None, self._instant(now)
        if rule.schedule is not None:
            since = instant if rule.occurrence is None else max(instant, rule.occurrence)
            found = rule.schedule.next_after(since, start=self._instant(rule.started_at))
        rule.occurrence, rule.due_at = found, inf if found is None else self._seconds(found)

    def _look_ahead(self) -> None:
        self._due_at = min((rule.due_at for rule in self._scheduled), default=inf)

    def _instant(self, now: float) -> datetime:
        return datetime.fromtimestamp(self.birth.epoch + now, UTC)

    def _seconds(self, instant: datetime) -> float:
        return (instant - datetime.fromtimestamp(self.birth.epoch, UTC)).total_seconds()

    def _placed(self, target: Target) -> PlacedTarget:
        policy = retries(
            target.maximum_retry_attempts, target.maximum_event_age_in_seconds, self.birth.profile, self.birth.ids
        )
        return PlacedTarget(
            target=target,
            arn=target.arn,
            retries=policy,
            dead_letter=None if target.dead_letter is None else target.dead_letter.arn,
            group=target.message_group_id,
            as_it_is=target.input is None and target.content is None,
            is_bus=target.arn.service == "events",
            key_path=_key_path(target),
        )


def _key_path(target: Target) -> Path | None:
    return parse_path(target.partition_key_path or "$.id", brackets=True) if target.arn.service == "kinesis" else None


def _order(rule: PlacedRule) -> int:
    return rule.order
