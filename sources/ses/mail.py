"""One mail on its way through the rules, and what its header says.

Its bytes are what SES hands on: the lines that SES puts before it, then what arrived. Lines of a header are unfolded,
their names left as they stand; bytes that are no UTF-8 become replacement characters (choice).
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import format_datetime, getaddresses
from typing import Final, Literal

from attrs import define, field, frozen

from eventbus.core.effects import Cause
from eventbus.names import REGION

from .actions import Action
from .events import CommonHeaders
from .recipients import is_address
from .rule import ReceiptRule

Verdict = Literal["PASS", "FAIL", "GRAY", "PROCESSING_FAILED", "DISABLED"]
DmarcPolicy = Literal["none", "quarantine", "reject"]

HEADERS_LIMIT: Final = 10_240
"""Bytes of names and values in an event: 10 KB [ses '23]; headers beyond are left off whole (choice)."""
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_FOLD: Final = re.compile(r"\r?\n(?=[ \t])")
_ITEM: Final = re.compile(r'(?:"(?:\\.|[^"\\])*"|\((?:\\.|[^()\\])*\)|<[^>]*>|[^,])+', re.DOTALL)
"""What stands between the commas of a list of addresses; those in quotes, comments and angle brackets separate none."""

Header = tuple[str, str]


@frozen(kw_only=True)
class Verdicts:
    """What the checks of SES say about a mail: told to it, as nothing is scanned here."""

    spam: Verdict = "PASS"
    virus: Verdict = "PASS"
    spf: Verdict = "PASS"
    dkim: Verdict = "PASS"
    dmarc: Verdict = "PASS"
    dmarc_policy: DmarcPolicy = "none"


@define(eq=False)
class Mail:
    """`rules` are those that take it, each with the recipients that it takes; the first is at work."""

    id: str
    raw: bytes
    source: str
    destinations: Sequence[str]
    verdicts: Verdicts
    at: float
    rules: list[tuple[ReceiptRule, Sequence[str]]]
    cause: Cause | None
    invoked: str | None = field(default=None, init=False)
    _next: int = field(default=0, init=False)  # action of the first rule

    def next_action(self) -> Action | None:
        """It is at work from now on; None: all is done."""
        while self.rules:
            actions = self.rules[0][0].actions
            if self._next < len(actions):
                self._next += 1
                return actions[self._next - 1]
            self.stop_rule()
        return None

    @property
    def action(self) -> Action:
        """At work."""
        return self.rules[0][0].actions[self._next - 1]

    @property
    def place(self) -> str:
        """Of the action at work, for people."""
        return f"action {self._next} of rule {self.rules[0][0].name}"

    def stop_rule(self) -> None:
        del self.rules[0]
        self._next = 0

    def stop(self) -> None:
        """No action, and no rule, is next."""
        self.rules.clear()

    def add_header(self, name: str, value: str) -> None:
        """Before what is there."""
        self.raw = f"{name}: {value}\r\n".encode() + self.raw


def with_trace_lines(raw: bytes, id: str, source: str, recipient: str, at: float) -> bytes:
    """As SES hands it on: who sent it, and how it came here; SES adds more, which is not offered."""
    when = format_datetime(datetime.fromtimestamp(int(at), UTC))
    host = source.rpartition("@")[2] or "localhost"
    received = f"from {host} by inbound-smtp.{REGION}.amazonaws.com with SMTP id {id} for {recipient}; {when}"
    return f"Return-Path: <{source}>\r\nReceived: {received}\r\n".encode() + raw


def headers_of(raw: bytes) -> list[Header]:
    """In their order, doubles too."""
    head = _BLANK_LINE.split(raw, maxsplit=1)[0]
    parsed = BytesHeaderParser(policy=compat32).parsebytes(head)
    return [(name, _text(_FOLD.sub("", value)).strip()) for name, value in parsed.raw_items()]


def shown(headers: Sequence[Header]) -> tuple[list[Header], bool]:
    """What an event has of them, and whether some were left off."""
    size = 0
    for number, (name, value) in enumerate(headers):
        size += len(name.encode()) + len(value.encode())
        if size > HEADERS_LIMIT:
            return list(headers[:number]), True
    return list(headers), False


def common(headers: Sequence[Header], source: str) -> CommonHeaders:
    """The first of each name, encoded words decoded."""
    first: dict[str, str] = {}
    for name, value in headers:
        first.setdefault(name.lower(), value)
    found: CommonHeaders = {"returnPath": source}
    for key, name, several in _COMMON:
        if name in first:
            found[key] = _items(first[name]) if several else _decoded(first[name])  # type: ignore[literal-required]
    return found


def addresses(headers: Sequence[Header], *names: str) -> list[str]:
    """All that these headers name, each once."""
    found = getaddresses([value for name, value in headers if name.lower() in names])
    return list(dict.fromkeys(address for _, address in found if is_address(address)))


def _items(value: str) -> list[str]:
    return [_decoded(item.strip()) for item in _ITEM.findall(value) if item.strip()]


def _decoded(value: str) -> str:
    if "=?" not in value:
        return value
    try:
        return str(make_header(decode_header(value))).encode(errors="replace").decode()
    except (HeaderParseError, LookupError, ValueError):  # no encoded word, of no known charset
        return value


def _text(value: str) -> str:
    """The parser hands on bytes above 127 as halves of surrogate pairs."""
    return value if value.isascii() else value.encode(errors="surrogateescape").decode(errors="replace")


_COMMON: Final = (
    ("from", "from", True),
    ("date", "date", False),
    ("to", "to", True),
    ("cc", "cc", True),
    ("bcc", "bcc", True),
    ("sender", "sender", False),
    ("replyTo", "reply-to", True),
    ("messageId", "message-id", False),
    ("subject", "subject", False),
)
"""Keys of `commonHeaders` in their order, each with its header, and whether it is a list."""
