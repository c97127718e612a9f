"""The recorder of an account, and its rules.

Laws: each item is told to each rule once, if its resource is in scope, or was until now; one that is too long is told
in short. A rule's function is asked, and answers by a result token; without an answer the old results stay.
"""

from collections.abc import Sequence
from heapq import heappop, heappush
from math import inf
from string import ascii_lowercase, digits
from typing import Any, Final

from attrs import define, field

from eventbus.core.effects import Cause
from eventbus.names import Arn, arn_of
from sources._hand_over import HandingMachine

from . import events
from .errors import (
    InvalidResultTokenException,
    LimitExceededException,
    NoSuchConfigRuleException,
    ResourceNotDiscoveredException,
)
from .items import Item, Status, arn_of_resource
from .results import Evaluation, Result, Results
from .settings import CHANGE, OVERSIZED, PERIODS, Settings

NOTIFICATION_LIMIT: Final = 262_144
"""Bytes of what SNS takes: a longer notification is oversized [cfg:oversized-notification-example]."""
BETWEEN_EVALUATIONS: Final = 60.0
"""Seconds from one start to the next [bc:config StartConfigRulesEvaluation]."""
ID_LETTERS: Final = ascii_lowercase + digits
SHOWN: Final = 5
"""Evaluations of one call that the trace shows."""


@define(eq=False)
class Rule:
    settings: Settings
    id: str
    results: Results = field(factory=Results, init=False)

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def arn(self) -> Arn:
        return arn_of("config", f"config-rule/{self.id}")


@define(eq=False)
class Asked:
    """What a result token is good for."""

    rule: Rule
    at: float


@define(eq=False)
class RecorderMachine(HandingMachine):
    _rules: dict[str, Rule] = field(factory=dict, init=False)
    _history: dict[tuple[str, str], list[Item]] = field(factory=dict, init=False)  # by type and id
    _asked: dict[str, Asked] = field(factory=dict, init=False)  # by result token
    _due: list[tuple[float, int, Rule]] = field(factory=list, init=False)  # periodic rules, a heap
    _started_at: float = field(default=-inf, init=False)  # the last evaluation that was asked for

    # ------------------------------------------------------------ resources
    def put(
        self,
        now: float,
        resource_type: str,
        resource_id: str,
        configuration: dict[str, Any],
        tags: dict[str, str],
        arn: str | None,
        cause: Cause | None,
    ) -> None:
        before = self._last(resource_type, resource_id)
        known = before is not None and before.status != "ResourceDeleted"
        created_at = before.created_at if before is not None and known else now
        where = arn or arn_of_resource(resource_type, resource_id)
        status: Status = "OK" if known else "ResourceDiscovered"
        state_id = self.birth.ids.draw()
        item = Item(resource_type, resource_id, where, status, now, created_at, state_id, tags, configuration)
        self._record(now, item, before, cause)

    def delete(self, now: float, resource_type: str, resource_id: str, cause: Cause | None) -> None:
        before = self._last(resource_type, resource_id)
        if before is None or before.status == "ResourceDeleted":
            raise ResourceNotDiscoveredException(resource_type, resource_id)
        state_id = self.birth.ids.draw()
        item = Item(
            resource_type, resource_id, before.arn, "ResourceDeleted", now, before.created_at, state_id, {}, None
        )
        self._record(now, item, before, cause)

    def history(self, now: float, resource_type: str, resource_id: str, limit: int) -> list[Item]:
        """The youngest first."""
        found = self._history.get((resource_type, resource_id))
        if found is None:
            raise ResourceNotDiscoveredException(resource_type, resource_id)
        return found[: -limit - 1 : -1]

    # ------------------------------------------------------------ rules
    def add_rule(self, now: float, settings: Settings) -> None:
        """A periodic one is due at once [bc:config: resources are evaluated when a rule is made]."""
        id = f"config-rule-{''.join(self.birth.ids.random.choices(ID_LETTERS, k=6))}"
        rule = self._rules[settings.name] = Rule(settings, id)
        if settings.frequency is not None:
            heappush(self._due, (now, self.birth.ids.draw(), rule))

    def rules(self, now: float, names: Sequence[str] | None) -> list[Rule]:
        return list(self._rules.values()) if names is None else [self._rule(name) for name in names]

    def results(self, now: float, name: str, types: Sequence[str] | None) -> list[Result]:
        return self._rule(name).results.applicable(types)

    def start_evaluation(self, now: float, names: Sequence[str], cause: Cause | None) -> None:
        """Of what is known of resources, as it is known."""
        rules = self.rules(now, names)
        if now < self._started_at + BETWEEN_EVALUATIONS:
            raise LimitExceededException
        self._started_at = now
        for rule in rules:
            for items in self._history.values():
                if items[-1].status != "ResourceDeleted":
                    self._tell(now, rule, items[-1], None, cause)
            if rule.settings.frequency is not None:
                self._ask(now, rule, events.schedule(self.birth.epoch + now), (), cause)

    def evaluated(self, now: float, token: str, evaluations: Sequence[Evaluation], *, test_mode: bool) -> None:
        """What a function found; in test mode nothing changes, and any token will do."""
        if test_mode:
            return
        asked = self._asked.get(token)
        if asked is None:
            raise InvalidResultTokenException
        for evaluation in evaluations:
            asked.rule.results.put(Result(evaluation, now, asked.at))
        shown = [f"{each.compliance_type} for {each.resource_id}" for each in evaluations[:SHOWN]]
        more = f" and {len(evaluations) - SHOWN} more" if len(evaluations) > SHOWN else ""
        self.notes.append(("responded", self.arn, token, f"{', '.join(shown) or 'no evaluation'}{more}", None))

    # ------------------------------------------------------------ time
    def wake(self, now: float) -> None:
        super().wake(now)
        while self._due and self._due[0][0] <= now:
            due, order, rule = heappop(self._due)
            frequency = rule.settings.frequency
            assert frequency is not None, "a rule is due that is not periodic"
            self._ask(now, rule, events.schedule(self.birth.epoch + due), (), None)
            heappush(self._due, (due + PERIODS[frequency], order, rule))

    def next_deadline(self) -> float:
        return min(self._due[0][0] if self._due else inf, super().next_deadline())

    # ------------------------------------------------------------ what rules are told
    def _last(self, resource_type: str, resource_id: str) -> Item | None:
        items = self._history.get((resource_type, resource_id))
        return None if items is None else items[-1]

    def _rule(self, name: str) -> Rule:
        rule = self._rules.get(name)
        if rule is None:
            raise NoSuchConfigRuleException(name)
        return rule

    def _record(self, now: float, item: Item, before: Item | None, cause: Cause | None) -> None:
        self._history.setdefault((item.resource_type, item.resource_id), []).append(item)
        detail = f"{item.status} {item.resource_type} {item.resource_id}"
        self.notes.append(("recorded", self.arn, item.state_id, detail, cause))
        heard = [self._tell(now, rule, item, before, cause) for rule in self._rules.values()]
        if not any(heard):
            self.notes.append(("unheard", self.arn, item.state_id, None, cause))

    def _tell(self, now: float, rule: Rule, item: Item, before: Item | None, cause: Cause | None) -> bool:
        """Whether the rule is for this item: its resource is in scope, or has just left it."""
        in_scope = rule.settings.covers(item)
        if not in_scope and (before is None or not rule.settings.covers(before)):
            return False
        kind, invoking = CHANGE, events.change(item, self.birth.epoch)
        if len(invoking.encode()) > NOTIFICATION_LIMIT:
            kind, invoking = OVERSIZED, events.oversized(item, self.birth.epoch)
        if kind not in rule.settings.message_types:
            return False
        self._ask(now, rule, invoking, (self.birth.ids.text(item.state_id),), cause, left_scope=not in_scope)
        return True

    def _ask(
        self,
        now: float,
        rule: Rule,
        invoking: str,
        about: tuple[str, ...],
        cause: Cause | None,
        *,
        left_scope: bool = False,
    ) -> None:
        token, parameters = self.new_id(), rule.settings.input_parameters
        self._asked[token] = Asked(rule, now)
        event = events.event(
            invoking, parameters, token, left_scope=left_scope, arn=rule.arn, name=rule.name, id=rule.id
        )
        self.notes.append(("requested", self.arn, token, f"evaluation by {rule.name}", cause))
        self.hand_over(now, rule.settings.function_arn, events.text(event), (token, *about), cause)
