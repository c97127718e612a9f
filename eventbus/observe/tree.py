"""What `trace` answers: one journey as a tree of entries, as text and as JSON."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from attrs import frozen

from .words import seconds


@frozen
class Entry:
    """What happened `at` seconds after the bus started; `entries` is what followed from it elsewhere."""

    at: float
    word: str
    text: str
    entries: tuple["Entry", ...] = ()


@frozen
class Trace:
    """The journey of one id. `str()` is the tree as text, `to_dict()` is fit for JSON.

    `notice` says what the ring has dropped of it; empty: nothing. Not `found`: there are no entries, `title` says why.
    """

    id: str
    found: bool
    title: str
    notice: str
    epoch: float  # seconds since 1970 at the bus's time 0
    entries: tuple[Entry, ...] = ()

    def __str__(self) -> str:
        if not self.found:
            return self.title
        lines = [f"{self.title} (+0 s is {_utc(self.epoch)})"]
        if self.notice:
            lines.append(f"  {self.notice}")
        for entry in self.entries:
            lines += _lines(entry, "  ")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Times both in seconds since the bus started and as UTC."""
        return {
            "id": self.id,
            "found": self.found,
            "title": self.title,
            "notice": self.notice,
            "entries": [self._entry(entry) for entry in self.entries],
        }

    def _entry(self, entry: Entry) -> dict[str, Any]:
        return {
            "at": entry.at,
            "time": _utc(self.epoch + entry.at),
            "word": entry.word,
            "text": entry.text,
            "entries": [self._entry(below) for below in entry.entries],
        }


def _lines(entry: Entry, indent: str) -> Iterator[str]:
    yield f"{indent}{'+' + seconds(entry.at):<8}  {entry.text}"
    for below in entry.entries:
        yield from _lines(below, indent + "    ")


def _utc(at: float) -> str:
    """2026-01-01T00:00:00Z, with microseconds where there are some."""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
