"""What one can do with a receipt rule set."""

from collections.abc import Sequence
from typing import Any, Final, get_args

from attrs import define, frozen

from eventbus.checks import encodable
from eventbus.errors import InvalidParameterValueException
from eventbus.ports import Feed

from .machine import RuleSetMachine
from .mail import DmarcPolicy, Verdict, Verdicts, addresses, headers_of
from .recipients import is_address
from .rule import ReceiptRule

MAIL_LIMIT: Final = 40 * 1_024 * 1_024
"""Bytes of a mail [ses:quotas]."""
RECIPIENTS_LIMIT: Final = 100
"""Of one SMTP conversation (RFC 5321)."""


@frozen
class ReceivedEmail:
    message_id: str


@frozen
class ReceiptRuleSetMetadata:
    name: str


@frozen(eq=False)
class DescribedRuleSet:
    """`rules` in the order in which they are looked at."""

    metadata: ReceiptRuleSetMetadata
    rules: Sequence[ReceiptRule]


@define(eq=False)
class RuleSetClient:
    """`bus[rule_set]`. Mails come in here by a call, as AWS has none for what arrives over SMTP."""

    _machine: RuleSetMachine
    _feed: Feed

    async def receive_raw_email(
        self,
        raw: bytes | str,
        *,
        source: str | None = None,
        destinations: Sequence[str] | None = None,
        spam_verdict: Verdict = "PASS",
        virus_verdict: Verdict = "PASS",
        spf_verdict: Verdict = "PASS",
        dkim_verdict: Verdict = "PASS",
        dmarc_verdict: Verdict = "PASS",
        dmarc_policy: DmarcPolicy = "none",
        tls: bool = True,
    ) -> ReceivedEmail:
        """A mail has arrived over SMTP, and is on its way through the rules; its name is this library's.

        The envelope is that of the header unless given: the first address of From, and all of To, Cc and Bcc; an empty
        `source` is that of a bounce. Verdicts are what the checks of SES are to say; spam and viruses are `DISABLED`
        for rules without `scan_enabled`. Raises `MailRefused` where no rule takes any recipient, or one of those that
        do requires TLS, and `InvalidParameterValueException` for what is no mail, no address, no verdict, too long."""
        content = _content(raw)
        headers = headers_of(content)
        sender = next(iter(addresses(headers, "from")), None) if source is None else source
        if sender is None or (sender != "" and not is_address(sender)):
            raise InvalidParameterValueException(f"source={source!r}: an address, or From in the header")
        to = _recipients(addresses(headers, "to", "cc", "bcc") if destinations is None else destinations)
        said = _verdicts((spam_verdict, virus_verdict, spf_verdict, dkim_verdict, dmarc_verdict), dmarc_policy)
        machine, cause = self._machine, self._feed.cause()
        arrived = content, sender, to, said, cause
        received = self._feed.call(machine, "ses:ReceiveRawEmail", machine.receive, *arrived, tls=tls)
        return ReceivedEmail(await received)

    async def describe_receipt_rule_set(self) -> DescribedRuleSet:
        """Its rules, as they were declared."""
        machine = self._machine
        rules = await self._feed.call(machine, "ses:DescribeReceiptRuleSet", _rules, machine)
        return DescribedRuleSet(ReceiptRuleSetMetadata(machine.arn.name.rpartition("/")[2]), rules)


def _rules(now: float, machine: RuleSetMachine) -> Sequence[ReceiptRule]:
    return tuple(machine.rules)


def _content(raw: Any) -> bytes:
    if isinstance(raw, str) and encodable(raw):
        raw = raw.encode()
    if not isinstance(raw, bytes) or not 0 < len(raw) <= MAIL_LIMIT:
        raise InvalidParameterValueException(f"raw: bytes or a text, a mail of 1 to {MAIL_LIMIT:,} bytes")
    return raw


def _recipients(given: Any) -> list[str]:
    several = isinstance(given, Sequence) and not isinstance(given, str)
    if not several or not 1 <= len(given) <= RECIPIENTS_LIMIT or not all(is_address(each) for each in given):
        wanted = f"a list of 1 to {RECIPIENTS_LIMIT} addresses, or To, Cc and Bcc in the header"
        raise InvalidParameterValueException(f"destinations={given!r}: {wanted}")
    return list(given)


def _verdicts(said: Sequence[Any], policy: Any) -> Verdicts:
    for name, each, known in (*(("verdict", one, Verdict) for one in said), ("dmarc_policy", policy, DmarcPolicy)):
        if each not in get_args(known):
            raise InvalidParameterValueException(f"{name}={each!r}: {' or '.join(get_args(known))}")
    spam, virus, spf, dkim, dmarc = said
    return Verdicts(spam=spam, virus=virus, spf=spf, dkim=dkim, dmarc=dmarc, dmarc_policy=policy)
