"""The declaration of a receipt rule, which its machine keeps as it is [bc:ses ReceiptRule]."""

import re
from collections.abc import Sequence
from typing import Any, Final, Literal

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, one_of, refuse
from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from eventbus.ports import Resource, Wire

from .actions import ACTIONS, Action, targets_of
from .recipients import is_address, is_domain, takes

NAME: Final = re.compile(r"(?=.{1,64}\Z)[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?")
RULES_LIMIT: Final = 200
"""Of one rule set [ses:quotas]."""
RECIPIENTS_LIMIT: Final = 100
"""[ses:quotas]"""
ACTIONS_LIMIT: Final = 10
"""Of one rule (general knowledge)."""


def _check_set(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    arn = getattr(value, "arn", None)
    if not isinstance(arn, Arn) or arn.service != "ses":
        raise refuse("rule_set", value, "a declared ses.ReceiptRuleSet")


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise refuse("name", value, "1 to 64 letters, digits, _, - and ., a letter or digit at both ends")


def _check_recipients(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    wanted = f"up to {RECIPIENTS_LIMIT} addresses, domains, and domains with a dot before them"
    if not isinstance(value, tuple) or len(value) > RECIPIENTS_LIMIT:
        raise refuse("recipients", value, wanted)
    for each in value:
        if not is_address(each) and not is_domain(each):
            raise refuse("recipients", each, wanted)


def _check_actions(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or len(value) > ACTIONS_LIMIT:
        raise refuse("actions", value, f"a list of up to {ACTIONS_LIMIT} actions")
    for each in value:
        if not isinstance(each, ACTIONS):
            raise refuse("actions", each, "an action of this source; WorkMail and Connect are not offered")


def _check_after(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not isinstance(value, ReceiptRule):
        raise refuse("after", value, "a declared ses.ReceiptRule of the same rule set")


@frozen(eq=False)
class ReceiptRule:
    """Mails for `recipients` (addresses, domains, domains with a dot before them for all below; none: for all) go
    through `actions` in order.

    It stands behind the rule `after`, or before all that are there, as AWS puts it. It is enabled unless said
    otherwise, which on AWS is the other way round. Raises `InvalidSetting` for what AWS refuses."""

    rule_set: Resource[Any] = field(validator=_check_set)
    name: str = field(validator=_check_name)
    recipients: Sequence[str] = field(default=(), kw_only=True, converter=as_tuple, validator=_check_recipients)
    actions: Sequence[Action] = field(default=(), kw_only=True, converter=as_tuple, validator=_check_actions)
    enabled: bool = field(default=True, kw_only=True, validator=one_of((True, False)))
    scan_enabled: bool = field(default=False, kw_only=True, validator=one_of((True, False)))
    tls_policy: Literal["Optional", "Require"] = field(
        default="Optional", kw_only=True, validator=one_of(("Optional", "Require"))
    )
    after: "ReceiptRule | None" = field(default=None, kw_only=True, validator=_check_after)

    @property
    def arn(self) -> Arn:
        return Arn(f"{self.source.arn}:receipt-rule/{self.name}")

    @property
    def source(self) -> Resource[Any]:
        return self.rule_set

    @property
    def targets(self) -> Sequence[Arn]:
        return [target for action in self.actions for target in targets_of(action)]

    def check(self, others: Sequence[Wire]) -> None:
        if self.after is not None and self.after not in others:
            raise refuse("after", self.after.name, f"a rule that {self.source.arn.name} has already")
        if len(others) >= RULES_LIMIT:
            raise InvalidSetting(f"{self.arn} is refused: a rule set has {RULES_LIMIT} rules at most")

    def connect(self, machine: Any) -> None:
        machine.insert(self)

    def takes(self, recipient: str) -> bool:
        return not self.recipients or any(takes(condition, recipient) for condition in self.recipients)
