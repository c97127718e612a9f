"""Whom a receipt rule is for [ses:receiving-email-receipt-rules-console-walkthrough]."""

import re
from typing import Final

from eventbus.checks import encodable

ADDRESS: Final = re.compile(r"[^\s<>@,;\"]+@[^\s<>@,;\"]+")
DOMAIN: Final = re.compile(r"\.?[^\s<>@,;\".]+(\.[^\s<>@,;\".]+)*")


def is_address(value: object) -> bool:
    return isinstance(value, str) and ADDRESS.fullmatch(value) is not None and encodable(value)


def is_domain(value: object) -> bool:
    """One with a dot before it is all that is below the domain, as a condition has it."""
    return isinstance(value, str) and DOMAIN.fullmatch(value) is not None and encodable(value)


def takes(condition: str, recipient: str) -> bool:
    """An address takes itself with any label behind a `+`, one with a label only itself; a domain takes its own
    addresses, with a dot before it those of all domains below it. Letters count in either case (choice)."""
    condition, recipient = condition.lower(), recipient.lower()
    local, _, domain = recipient.rpartition("@")
    if "@" in condition:
        return condition in (recipient, f"{local.partition('+')[0]}@{domain}")
    return domain.endswith(condition) if condition.startswith(".") else domain == condition


def is_below(domain: str, recipient: str) -> bool:
    """Whether it is an address of that domain, or of one below it."""
    return takes(domain, recipient) or takes(f".{domain}", recipient)
