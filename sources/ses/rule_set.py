"""The declaration of a receipt rule set."""

import re
from collections.abc import Sequence
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, refuse
from eventbus.names import Arn, arn_of
from eventbus.ports import Birth, Feed

from .client import RuleSetClient
from .machine import RuleSetMachine
from .recipients import is_domain

SET_NAME: Final = re.compile(r"(?=.{1,64}\Z)[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?")


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not SET_NAME.fullmatch(value):
        raise refuse("name", value, "1 to 64 letters, digits, _ and -, a letter or digit at both ends")


def _check_domains(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, tuple) or not all(is_domain(each) and not each.startswith(".") for each in value):
        raise refuse("verified_domains", value, "a list of domains, or leave it out for all there are")


@frozen(eq=False)
class ReceiptRuleSet:
    """Rules for mails that arrive. Those for addresses outside `verified_domains`, and the domains below them, are none
    of ours; without it all are."""

    name: str = field(validator=_check_name)
    verified_domains: Sequence[str] | None = field(
        default=None, kw_only=True, converter=as_tuple, validator=_check_domains
    )

    @property
    def arn(self) -> Arn:
        return arn_of("ses", f"receipt-rule-set/{self.name}")

    def machine(self, birth: Birth) -> RuleSetMachine:
        return RuleSetMachine(self.arn, birth, self.verified_domains)

    def client(self, machine: Any, feed: Feed) -> RuleSetClient:
        return RuleSetClient(machine, feed)
