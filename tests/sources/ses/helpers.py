"""Rule sets without a bus: a mail goes in, functions answer as the test says, buckets and topics take what they get."""

import json
from collections.abc import Callable
from typing import Any

from attrs import define, field

from eventbus.core.effects import Arrived, Deliver, Invoke
from eventbus.core.outcomes import Outcome, Succeeded
from sources import s3, ses, sns
from sources.ses.machine import RuleSetMachine
from sources.ses.mail import Verdicts
from tests.sources.doors import Function
from tests.sources.helpers import birth

WORK = Function("work")
BUCKET = s3.Bucket("mails")
TOPIC = sns.Topic("mail")
INFO = "info@shop.example"
RAW = (
    b'From: "Doe, John" <john@example.net>\r\nDate: Thu, 1 Jan 2026 00:00:09 +0000\r\nTo: info@shop.example\r\n'
    b"Message-ID: <order-7@example.net>\r\nSubject: Order 7\r\n\r\nSeven, please.\r\n"
)
RULES = ses.ReceiptRuleSet("main", verified_domains=["shop.example"])
ADDED = 2
"""Headers that stand before those of the mail."""


def rule(*actions: Any, name: str = "a", **settings: Any) -> ses.ReceiptRule:
    return ses.ReceiptRule(RULES, name, actions=list(actions), **settings)


def in_order(*rules: tuple[str, dict[str, Any]]) -> list[ses.ReceiptRule]:
    """Each behind the one before."""
    made: list[ses.ReceiptRule] = []
    for name, settings in rules:
        made.append(ses.ReceiptRule(RULES, name, after=made[-1] if made else None, **settings))
    return made


@define(eq=False)
class Post:
    """The machine of a rule set. `answer` is asked for the outcome of each invocation, None: it is still at work;
    `error` is what deliveries are answered with."""

    rules: list[ses.ReceiptRule]
    answer: Callable[[Invoke], Any] = field(default=lambda invoke: None)
    error: Callable[[Deliver], str | None] = field(default=lambda deliver: None)
    now: float = 10.0
    machine: RuleSetMachine = field(init=False)
    effects: list[Deliver | Invoke] = field(factory=list, init=False)  # in order, with their times in `times`
    times: list[float] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        self.machine = RULES.machine(birth(RULES.arn))
        for each in self.rules:
            each.connect(self.machine)

    def receive(self, raw: bytes = RAW, *to: str, source: str = "john@example.net", **settings: Any) -> str:
        tls, verdicts = settings.pop("tls", True), Verdicts(**settings)
        id = self.machine.receive(self.now, raw, source, list(to) or [INFO], verdicts, None, tls=tls)
        self.drain()
        return id

    def advance(self, until: float) -> None:
        while (due := self.machine.next_deadline()) <= until:
            self.now = due
            self.machine.wake(due)
            assert self.machine.next_deadline() > due
            self.drain()
        self.now = until

    def drain(self) -> None:
        while self.machine.effects:
            effects, self.machine.effects[:] = list(self.machine.effects), []
            for effect in effects:
                if isinstance(effect, Arrived):
                    continue
                assert isinstance(effect, Deliver | Invoke)
                self.effects.append(effect)
                self.times.append(self.now)
                if isinstance(effect, Deliver):
                    self.machine.delivered(self.now, effect.token, self.error(effect))
                else:
                    self.finish(effect, self.answer(effect))

    def finish(self, effect: Invoke, outcome: Any) -> None:
        if isinstance(outcome, str):
            self.machine.denied(self.now, effect.token, outcome)
        elif outcome is not None:
            self.machine.finished(self.now, effect.token, outcome)

    @property
    def events(self) -> list[Any]:
        """What functions and topics got."""
        return [said(effect) for effect in self.effects if not is_stored(effect)]

    def noted(self, what: str) -> list[Any]:
        return [note[3] for note in self.machine.notes if note[0] == what]


def is_stored(effect: Deliver | Invoke) -> bool:
    return isinstance(effect, Deliver) and effect.target.service == "s3"


def said(effect: Deliver | Invoke) -> Any:
    return json.loads(effect.body if isinstance(effect, Deliver) else effect.payload or b"")


def answering(value: Any) -> Callable[[Invoke], Outcome]:
    return lambda invoke: Succeeded(json.dumps(value).encode())


def message(event: Any) -> Any:
    [record] = event["Records"]
    return record["ses"]
