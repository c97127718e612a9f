"""The message broker of an account: what is published, and the rules that see it.

Laws: each enabled rule whose filter takes the topic sees a message once, in the order in which rules were made. Its
actions are tried once each, at the same time; if some fail, its error action gets one message about all of them as soon
as the last has ended. What fails there is dropped.
"""

from collections.abc import Sequence
from typing import Any

from attrs import define, field

from eventbus.core.effects import Cause
from eventbus.core.redelivery import Retries
from sources._hand_over import HAND_OVER_AGE, HandingMachine
from sources._target_retries import retries

from . import topics
from .errors import ResourceAlreadyExistsException, UnauthorizedException
from .events import Failure, error_event
from .message import Message
from .rules import ACTION_NAMES, Rule, Settings, placed
from .values import RAW, Value, written

NO_BYTES = "InvalidParameterValue: the message is no JSON, and its bytes as they are can't be handed over"
TOO_DEEP = "InvalidParameterValue: what is selected is nested too deeply"


@define(eq=False)
class Run:
    """One message in one rule."""

    rule: Rule
    message: Message
    pending: int  # actions without an answer
    failures: list[tuple[int, Failure]] = field(factory=list)  # with the places of their actions


@define(eq=False)
class BrokerMachine(HandingMachine):
    _rules: dict[str, Rule] = field(factory=dict, init=False)

    # ------------------------------------------------------------ messages
    def publish(self, now: float, topic: str, payload: bytes, client_id: str | None, cause: Cause | None) -> str:
        """It is on its way to whoever wants it; the answer is its trace id."""
        message = Message(self.new_id(), topic, payload, client_id, self.birth.epoch + now, cause)
        self.notes.append(("published", self.arn, message.id, f"on {topic}", cause))
        seeing = [rule for rule in self._rules.values() if topics.matches(rule.statement.topic_filter, message.levels)]
        for rule in seeing:
            self._see(now, rule, message)
        if not seeing:
            self.notes.append(("unheard", self.arn, message.id, None, cause))
        return message.id

    def taken(self, now: float, held: Any) -> None:
        if held is not None:
            self._ended(now, held[0])

    def dropped(self, now: float, held: Any, error: str) -> None:
        if held is not None:
            run, place = held
            self._failed(run, place, error)
            self._ended(now, run)

    def hand_over_retries(self) -> Retries:
        """None: an action that fails goes to the error action at once (choice)."""
        return retries(0, HAND_OVER_AGE, self.birth.profile, self.birth.ids)

    # ------------------------------------------------------------ rules
    def create_rule(self, now: float, settings: Settings) -> None:
        if settings.rule_name in self._rules:
            raise ResourceAlreadyExistsException(f"Rule with name '{settings.rule_name}' already exists")
        self._rules[settings.rule_name] = placed(now, settings)

    def replace_rule(self, now: float, settings: Settings) -> None:
        """It keeps its place and the time it was made; what is under way goes on as it was."""
        created_at = self.rule(now, settings.rule_name).created_at
        self._rules[settings.rule_name] = placed(created_at, settings)

    def rule(self, now: float, name: str) -> Rule:
        found = self._rules.get(name)
        if found is None:
            raise UnauthorizedException.of(name)
        return found

    def delete_rule(self, now: float, name: str) -> None:
        self.rule(now, name)
        del self._rules[name]

    def disable_rule(self, now: float, name: str, disabled: bool) -> None:
        self.rule(now, name).disabled = disabled

    # ------------------------------------------------------------ one message, one rule
    def _see(self, now: float, rule: Rule, message: Message) -> None:
        refusal, value = None, None
        try:
            why = "it is disabled" if rule.disabled else rule.statement.passed_by(message)
            if why is None:
                value = rule.statement.result(message)
        except RecursionError:
            why = "its SQL meets values that are nested too deeply"
        if why is not None:
            self.notes.append(("filtered", self.arn, message.id, f"{rule.name}: {why}", message.cause))
            return
        body, refusal = _body(value)
        run = Run(rule, message, len(rule.actions))
        for place, target in enumerate(rule.actions):
            if refusal is None:
                self.hand_over(now, target, body, (message.id,), message.cause, held=(run, place))
            else:
                why = f"nothing handed over to {target.name}: {refusal}"
                self.notes.append(("dropped", self.arn, message.id, why, message.cause))
                self._failed(run, place, refusal)
                self._ended(now, run)

    def _failed(self, run: Run, place: int, error: str) -> None:
        target = run.rule.actions[place]
        failure: Failure = {
            "failedAction": ACTION_NAMES[target.service],
            "failedResource": target,
            "errorMessage": f"{error}. Message arrived on: {run.message.topic}",
        }
        run.failures.append((place, failure))

    def _ended(self, now: float, run: Run) -> None:
        """One more of its actions."""
        run.pending -= 1
        target = run.rule.error_action
        if run.pending == 0 and run.failures and target is not None:
            message = run.message
            event = error_event(run.rule.name, message, _in_order(run.failures))
            self.hand_over(now, target, written(event), (message.id,), message.cause)


def _in_order(failures: Sequence[tuple[int, Failure]]) -> list[Failure]:
    return [failure for _, failure in sorted(failures, key=lambda each: each[0])]


def _body(value: Value) -> tuple[str, str | None]:
    """What an action hands over, or why it can't."""
    if value is RAW:
        return "", NO_BYTES
    try:
        return written(value), None
    except (RecursionError, ValueError):
        return "", TOO_DEEP
