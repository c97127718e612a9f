"""The log of one invocation, for callers who ask for it (`log_type="Tail"`)."""

import logging
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from eventbus.core.invocation_record import iso_milliseconds
from eventbus.core.outcomes import HandlerFailed, Outcome, TimedOut

from .context import current_invocation

TAIL: Final = 4_096
"""Bytes of the log that an answer shows (bc:lambda Invoke)."""


class _Collector(logging.Handler):
    """Takes what is logged inside invocations that collect their log."""

    def emit(self, record: logging.LogRecord) -> None:
        invocation = current_invocation()
        if invocation is None or invocation.invoke.tail is None:
            return
        request_id = invocation.invoke.request_id
        text, at = self.format(record), iso_milliseconds(invocation.bus.now().timestamp())
        invocation.invoke.tail.append(f"[{record.levelname}]\t{at}\t{request_id}\t{text}")


_collector: Final = _Collector()
_users: Final[list[int]] = []


@contextmanager
def collecting(lines: list[str], request_id: str) -> Iterator[None]:
    """The root logger has one more handler while at least one such invocation runs."""
    lines.append(f"START RequestId: {request_id} Version: $LATEST")
    if not _users:
        logging.getLogger().addHandler(_collector)
    _users.append(1)
    try:
        yield
    finally:
        _users.pop()
        if not _users:
            logging.getLogger().removeHandler(_collector)


def report(lines: list[str], request_id: str, seconds: float, memory_size: int, outcome: Outcome) -> None:
    """The last two lines. The maximum memory used is not shown: in one process it can't be told apart."""
    milliseconds, status = seconds * 1000, ""
    if isinstance(outcome, TimedOut):
        status = "\tStatus: timeout"
    elif isinstance(outcome, HandlerFailed):
        status = f"\tStatus: error\tError Type: {outcome.error_type}"
    billed = int(-(-milliseconds // 1))
    lines.append(f"END RequestId: {request_id}")
    lines.append(
        f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\tBilled Duration: {billed} ms\t"
        f"Memory Size: {memory_size} MB{status}"
    )


def encoded(lines: list[str]) -> str:
    """Base64 of the last 4 KB."""
    return b64encode("".join(f"{line}\n" for line in lines).encode()[-TAIL:]).decode()
