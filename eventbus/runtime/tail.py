"""The log of one invocation: for callers who ask for it (`log_type="Tail"`), and for a declared log of its function."""

import json
import logging
import sys
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from attrs import define, field

from eventbus.core.invocation_record import iso_milliseconds
from eventbus.core.outcomes import HandlerFailed, Outcome, TimedOut

from .context import current_invocation

TAIL: Final = 4_096
"""Bytes of the log that an answer shows (bc:lambda Invoke)."""
NO_BREAK: Final = "\u00a0"
"""With which the Python runtime indents the lines of a traceback."""


@define(eq=False)
class InvocationLog:
    """Lines, each with its time in seconds since 1970. `now` tells that time."""

    request_id: str
    now: Callable[[], float]
    lines: list[tuple[float, str]] = field(factory=list, init=False)
    _printed: str = field(default="", init=False)  # of a line that has not ended

    def add(self, text: str) -> None:
        self.lines.append((self.now(), text))

    def printed(self, text: str) -> None:
        *whole, self._printed = (self._printed + text).split("\n")
        for line in whole:
            self.add(line)

    def logged(self, level: str, text: str) -> None:
        self.add(f"[{level}]\t{iso_milliseconds(self.now())}\t{self.request_id}\t{text}")

    def end(self, seconds: float, memory_size: int, outcome: Outcome) -> None:
        """The last lines. The maximum memory used is not shown: in one process it can't be told apart."""
        if self._printed:
            self.printed("\n")
        milliseconds, status = seconds * 1000, ""
        if isinstance(outcome, TimedOut):
            self.add(f"{iso_milliseconds(self.now())} {self.request_id} {outcome.message.partition('Error: ')[2]}\n")
            status = "\tStatus: timeout"
        elif isinstance(outcome, HandlerFailed):
            self.add(_told(outcome))
            status = f"\tStatus: error\tError Type: {outcome.error_type}"
        billed = int(-(-milliseconds // 1))
        self.add(f"END RequestId: {self.request_id}")
        self.add(
            f"REPORT RequestId: {self.request_id}\tDuration: {milliseconds:.2f} ms\tBilled Duration: {billed} ms\t"
            f"Memory Size: {memory_size} MB{status}"
        )


class _Collector(logging.Handler):
    """Takes what is logged inside invocations that collect their log."""

    def emit(self, record: logging.LogRecord) -> None:
        log = _current()
        if log is not None:
            log.logged(record.levelname, self.format(record))


class _Printing:
    """Stands before the standard output: what such invocations print is taken down, and printed as ever."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> Any:
        log = _current()
        if log is not None:
            log.printed(text)
        return self._stream.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


_collector: Final = _Collector()
_users: Final[list[int]] = []


@contextmanager
def collecting(log: InvocationLog) -> Iterator[None]:
    """The root logger has one more handler, and the standard output somebody before it, while at least one such
    invocation runs."""
    log.add(f"START RequestId: {log.request_id} Version: $LATEST")
    if not _users:
        logging.getLogger().addHandler(_collector)
        if sys.stdout is not None and not isinstance(sys.stdout, _Printing):
            sys.stdout = _Printing(sys.stdout)
    _users.append(1)
    try:
        yield
    finally:
        _users.pop()
        if not _users:
            logging.getLogger().removeHandler(_collector)
            if isinstance(sys.stdout, _Printing):  # not what user code has put there since
                sys.stdout = sys.stdout._stream


def encoded(lines: list[str]) -> str:
    """Base64 of the last 4 KB."""
    return b64encode("".join(f"{line}\n" for line in lines).encode(errors="replace")[-TAIL:]).decode()


def _current() -> InvocationLog | None:
    invocation = current_invocation()
    return None if invocation is None else invocation.log


def _told(outcome: HandlerFailed) -> str:
    """As the Python runtime writes an error, or the service the end of a runtime."""
    if outcome.stack is None:
        return f"{outcome.message}\n{outcome.error_type}"
    message = f": {outcome.message}" if outcome.message else ""
    lines = [f"[ERROR] {outcome.error_type}{message}", "Traceback (most recent call last):"]
    for frame in json.loads(outcome.payload)["stackTrace"]:
        for line in frame.splitlines():
            text = line.lstrip(" ")
            lines.append(NO_BREAK * (len(line) - len(text)) + text)
    return "\n".join(lines)
