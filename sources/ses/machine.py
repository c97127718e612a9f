"""One receipt rule set: which rules take a mail, and their actions, one after the other.

Laws: an action begins when the one before it has ended: what is stored is there when a function is told of it. One
that is refused for a while is tried again for 4 hours, and what follows waits for it; one that is refused for good is
passed by (choice), with a note [ses:receiving-email-metrics]. Functions are called once: what they raise is theirs.
"""

from base64 import b64encode
from collections.abc import Sequence
from json import loads
from typing import Any, Final

from attrs import define, field

from eventbus.core.effects import Attributes, Cause
from eventbus.core.invocation_record import iso_milliseconds
from eventbus.core.outcomes import Outcome, Succeeded
from eventbus.core.redelivery import Retries
from sources._calling import CallingMachine, encode
from sources._hand_over import TRIES
from sources._target_retries import retries

from . import events
from .actions import Action, AddHeaderAction, BounceAction, LambdaAction, Notified, S3Action, SNSAction, StopAction
from .errors import MailRefused
from .mail import Mail, Verdicts, common, headers_of, shown, with_trace_lines
from .recipients import is_below
from .rule import ReceiptRule

RETRY_AGE: Final = 14_400.0
"""Seconds [ses:receiving-email-metrics]."""
ANSWER_TIME: Final = 30.0
"""Seconds that a function with RequestResponse has [bc:ses LambdaAction]."""
SNS_LIMIT: Final = 150 * 1_024
"""Bytes of a mail in a notification [ses:receiving-email-action-sns]."""
CONTENT_TYPE: Final = "application/octet-stream"
"""Of a mail in a bucket (general knowledge)."""
UNKNOWN: Final = "5.1.1 Requested action not taken: mailbox unavailable"
NO_TLS: Final = "5.7.10 Encryption needed"


@define(eq=False)
class RuleSetMachine(CallingMachine[Mail]):
    """`verified_domains` None: all are."""

    verified_domains: Sequence[str] | None
    rules: list[ReceiptRule] = field(factory=list, init=False)

    def insert(self, rule: ReceiptRule) -> None:
        """Behind the rule that it names, or before all others [bc:ses CreateReceiptRule]."""
        self.rules.insert(0 if rule.after is None else self.rules.index(rule.after) + 1, rule)

    def receive(
        self,
        now: float,
        raw: bytes,
        source: str,
        destinations: Sequence[str],
        verdicts: Verdicts,
        cause: Cause | None,
        *,
        tls: bool,
    ) -> str:
        """The message id: it is on its way through the rules that take it. Raises `MailRefused`."""
        ours = [each for each in destinations if self._is_ours(each)]
        enabled = [(rule, [each for each in ours if rule.takes(each)]) for rule in self.rules if rule.enabled]
        taken = [(rule, recipients) for rule, recipients in enabled if recipients]
        if not taken:
            raise MailRefused(550, UNKNOWN)
        if not tls and any(rule.tls_policy == "Require" for rule, _ in taken):
            raise MailRefused(530, NO_TLS)
        id = self.new_id().replace("-", "")
        whole = with_trace_lines(raw, id, source, taken[0][1][0], self.birth.epoch + now)
        mail = Mail(id, whole, source, destinations, verdicts, now, list(taken), cause)
        self._note("arrived", mail, f"from {source or '<>'} for {', '.join(destinations)}")
        self._go_on(now, mail)
        return id

    # ------------------------------------------------------------ what became of an action
    def taken(self, now: float, held: Any) -> None:
        if held is not None:
            self._done(now, held)

    def dropped(self, now: float, held: Any, error: str) -> None:
        if held is not None:
            self._go_on(now, held)

    def hand_over_retries(self) -> Retries:
        return retries(TRIES, RETRY_AGE, self.birth.profile, self.birth.ids)

    def answered(self, now: float, call: Mail, outcome: Outcome) -> None:
        disposition = _disposition(outcome)
        self.responded(call, disposition or type(outcome).__name__)
        self._tell_topic(now, call)
        if disposition == "STOP_RULE":
            call.stop_rule()
        elif disposition == "STOP_RULE_SET":
            call.stop()
        self._go_on(now, call)

    def refused(self, now: float, call: Mail, reason: str) -> None:
        self._note("dropped", call, f"{call.place}: {reason}")
        self._go_on(now, call)

    def too_late(self, now: float, call: Mail) -> None:
        self.responded(call, f"nothing within {ANSWER_TIME:g} s")
        self._go_on(now, call)

    # ------------------------------------------------------------ actions
    def _go_on(self, now: float, mail: Mail) -> None:
        """Its next actions, up to one whose end has to be waited for."""
        while (action := mail.next_action()) is not None:
            if self._begun(now, mail, action):
                return
        self._note("processed", mail, None)

    def _begun(self, now: float, mail: Mail, action: Action) -> bool:
        """Whether its end is waited for; otherwise it is over."""
        match action:
            case S3Action():
                self._store(now, mail, action)
                return True
            case SNSAction():
                return self._publish(now, mail, action)
            case LambdaAction(invocation_type="Event"):
                body = encode(events.event(self._message(now, mail, action)))
                self.hand_over(now, action.function.arn, body, (mail.id,), mail.cause, held=mail)
                return True
            case LambdaAction():
                return self._call(now, mail, action)
            case AddHeaderAction():
                mail.add_header(action.header_name, action.header_value)
            case StopAction():
                self._note("stopped", mail, mail.place)
                self._tell_topic(now, mail)
                mail.stop()
            case BounceAction():
                status = "" if action.status_code is None else f"{action.status_code} "
                self._bounce(mail, f"{action.smtp_reply_code} {status}{action.message}")
                self._tell_topic(now, mail)
        return False

    def _store(self, now: float, mail: Mail, action: S3Action) -> None:
        attributes: Attributes = {
            "key": ("String", action.key(mail.id)),
            "content": ("Binary", mail.raw),
            "content_type": ("String", CONTENT_TYPE),
        }
        self.hand_over(now, action.bucket.arn, "", (mail.id,), mail.cause, attributes=attributes, held=mail)

    def _publish(self, now: float, mail: Mail, action: SNSAction) -> bool:
        if len(mail.raw) > SNS_LIMIT:
            self._bounce(mail, f"a mail of {len(mail.raw):,} bytes; SNS actions take {SNS_LIMIT:,}")
            return False
        said = events.notification(self._message(now, mail, action))
        plain = action.encoding == "UTF-8"
        said["content"] = mail.raw.decode(errors="replace") if plain else b64encode(mail.raw).decode()
        self.hand_over(now, action.topic.arn, encode(said), (mail.id,), mail.cause, held=mail)
        return True

    def _call(self, now: float, mail: Mail, action: LambdaAction) -> bool:
        event = events.event(self._message(now, mail, action))
        if self.invoke(mail, action.function.arn, event, now + ANSWER_TIME):
            return True
        self._note("dropped", mail, f"{mail.place}: its event is too long")
        return False

    def _done(self, now: float, mail: Mail) -> None:
        if not isinstance(mail.action, SNSAction):
            self._tell_topic(now, mail)
        self._go_on(now, mail)

    def _tell_topic(self, now: float, mail: Mail) -> None:
        """That the action at work was taken; nothing waits for it."""
        action = mail.action
        if isinstance(action, AddHeaderAction) or action.topic is None:
            return
        said = encode(events.notification(self._message(now, mail, action)))
        self.hand_over(now, action.topic.arn, said, (mail.id,), mail.cause)

    def _bounce(self, mail: Mail, why: str) -> None:
        self._note("bounced", mail, f"{mail.place}, to {mail.source or 'nobody'}: {why}")

    # ------------------------------------------------------------ what is told
    def _message(self, now: float, mail: Mail, action: Notified) -> events.SesMessage:
        rule, recipients = mail.rules[0]
        at, given = iso_milliseconds(self.birth.epoch + mail.at), mail.verdicts
        every = headers_of(mail.raw)
        headers, cut = shown(every)
        receipt: events.SesReceipt = {
            "timestamp": at,
            "processingTimeMillis": max(1, round((now - mail.at) * 1_000)),  # nothing takes no time on AWS
            "recipients": list(recipients),
            "spamVerdict": {"status": given.spam if rule.scan_enabled else "DISABLED"},
            "virusVerdict": {"status": given.virus if rule.scan_enabled else "DISABLED"},
            "spfVerdict": {"status": given.spf},
            "dkimVerdict": {"status": given.dkim},
            "dmarcVerdict": {"status": given.dmarc},
            **({"dmarcPolicy": given.dmarc_policy} if given.dmarc == "FAIL" else {}),  # type: ignore[typeddict-item]
            "action": action.described(mail.id),
        }
        told: events.SesMail = {
            "timestamp": at,
            "source": mail.source,
            "messageId": mail.id,
            "destination": list(mail.destinations),
            "headersTruncated": cut,
            "headers": events.named(headers),
            "commonHeaders": common(every, mail.source),
        }
        return {"mail": told, "receipt": receipt}

    def _is_ours(self, recipient: str) -> bool:
        domains = self.verified_domains
        return domains is None or any(is_below(domain, recipient) for domain in domains)

    def _note(self, what: str, mail: Mail, detail: str | None) -> None:
        self.notes.append((what, self.arn, mail.id, detail, mail.cause))


def _disposition(outcome: Outcome) -> str | None:
    """What the function said is to become of the mail; None: nothing that counts."""
    if not isinstance(outcome, Succeeded):
        return None
    try:
        answer = loads(outcome.payload)
    except (ValueError, RecursionError):
        return None
    said = answer.get("disposition") if isinstance(answer, dict) else None
    return said if isinstance(said, str) and said in ("STOP_RULE", "STOP_RULE_SET", "CONTINUE") else None
