"""Many patterns of one dialect, asked at once."""

from collections.abc import Hashable
from copy import deepcopy
from typing import Any, Generic, TypeVar

from attrs import define, field

from .dialects import Dialect
from .index import Entry, Index, build
from .pattern import Pattern, read_event

T = TypeVar("T", bound=Hashable)


@define(eq=False, repr=False)
class RuleSet(Generic[T]):
    """Keys with patterns. Answers come in the order in which keys were added; a replaced pattern keeps its place.

    What was added is indexed when an event comes; everything is indexed anew once it has doubled or half of it is gone.
    """

    _patterns: dict[T, Pattern] = field(factory=dict, init=False)
    _entries: dict[T, Entry] = field(factory=dict, init=False)
    _fresh: dict[Entry, None] = field(factory=dict, init=False)  # not indexed yet, in order
    _index: Index | None = field(default=None, init=False)
    _built: int = field(default=0, init=False)  # how many rules the index was made of
    _order: int = field(default=0, init=False)
    _dialect: Dialect = field(default="eventbridge", init=False)

    def add(self, key: T, pattern: Pattern) -> None:
        """`pattern` stands for `key`, alone. Raises `ValueError` if its dialect is not that of the others."""
        if self._entries and pattern.dialect != self._dialect:
            raise ValueError(f"{pattern!r} can't stand beside patterns of the dialect {self._dialect!r}")
        self._dialect = pattern.dialect
        replaced = self._entries.get(key)
        if replaced is not None:
            self._forget(replaced)
        order = self._order if replaced is None else replaced.order
        self._order += 1
        self._patterns[key] = pattern
        self._entries[key] = entry = Entry(key, order, pattern.branches)
        self._fresh[entry] = None

    def remove(self, key: T) -> None:
        """Raises `KeyError` if `key` is unknown."""
        self._forget(self._entries.pop(key))
        del self._patterns[key]

    def matching(self, event: Any) -> tuple[T, ...]:
        """The keys whose patterns match `event`, which is what `Pattern.matches` takes."""
        if type(event) is not dict or self._dialect == "sns-attributes":
            event = read_event(event, self._dialect)
            if event is None:
                return ()
        index = self._index
        if index is None or self._fresh:
            index = self._indexed()
        return tuple([entry.key for entry in index.matching(event)])

    def __len__(self) -> int:
        return len(self._entries)

    def __deepcopy__(self, memo: dict[int, Any]) -> "RuleSet[T]":
        copied: RuleSet[T] = RuleSet()
        memo[id(self)] = copied
        for key, pattern in self._patterns.items():
            copied.add(deepcopy(key, memo), pattern)
        return copied

    def _forget(self, entry: Entry) -> None:
        self._fresh.pop(entry, None)
        if self._index is not None and entry.places:
            self._index.remove(entry)
            if self._index.dead * 2 > self._index.size:
                self._index = None

    def _indexed(self) -> Index:
        """The index with everything in it."""
        index = self._index
        if index is None or len(self._entries) > 2 * self._built:
            index = self._index = build(self._entries.values())
            self._built = len(self._entries)
        else:
            for entry in self._fresh:
                index.add(entry)
        self._fresh.clear()
        return index
