"""Many branches asked at once, as bits of integers, parted by the value of one field.

Each part holds the branches that want one value of the parting field (normally `source`), one more those that want
none: so the integers stay short, and what an event costs follows the branches for its source. A part with few
branches asks each of them.
"""

from collections import Counter
from collections.abc import Callable, Collection
from operator import attrgetter
from typing import Any, Final

from attrs import define, field

from .branches import Branch
from .field_index import FieldIndex, numbers_of
from .operators import Text
from .reach import MANY, Reach, leaves, reach

FEW: Final = 8  # branches that are asked one by one
SEVERAL: Final = 8  # values of the parting field that one branch may want
RESULTS: Final = 512  # kept in one part


@define(eq=False, repr=False)
class Entry:
    """A rule: `order` is when its key was added, `places` are the bits of its branches."""

    key: Any
    order: int
    branches: tuple[Branch, ...]
    places: list[tuple["Part", int]] = field(factory=list, init=False)


Entries = tuple[Entry, ...]  # each once, in order

order_of: Final[Callable[[Any], Any]] = attrgetter("order")


@define(eq=False, repr=False)
class Part:
    parting: str | None  # the field whose value all branches have in common, which is not asked again
    branches: list[Branch] = field(factory=list, init=False)
    entries: list[Entry] = field(factory=list, init=False)
    alive: int = field(default=0, init=False)
    tangled: int = field(default=0, init=False)  # to be asked, whatever their fields say
    fields: dict[str, FieldIndex] | None = field(default=None, init=False)
    results: dict[int, Entries] = field(factory=dict, init=False)

    def add(self, branch: Branch, entry: Entry) -> None:
        number = len(self.branches)
        self.branches.append(branch)
        self.entries.append(entry)
        entry.places.append((self, number))
        self.alive |= 1 << number
        self.results.clear()
        if self.fields is not None:
            self._index(number, self.fields)
        elif number == FEW:
            self.fields = {}
            for earlier in range(number + 1):
                self._index(earlier, self.fields)

    def remove(self, number: int) -> None:
        self.alive &= ~(1 << number)
        self.results.clear()

    def matching(self, event: dict[str, Any], unsure: bool) -> Entries:
        """`unsure`: the value of the parting field came out of arrays of objects."""
        if self.fields is None:
            return self._asked(self.alive, event)
        bits = self.alive
        doubts = []
        for each in self.fields.values():
            value = each.find(event)
            if type(value) is str:
                answer = each.cache.get(value)
                bits &= each.of_text(value) if answer is None else answer
            elif value is MANY:
                bits &= each.of_many(event)
                unsure = True
            else:
                bits &= each.of_found(value)
            if not bits:
                return ()
            if each.unsure:
                doubts.append((each, value))
        if unsure or bits & self.tangled:
            return self._asked(bits, event)
        for each, value in doubts:
            maybe = bits & each.unsure
            if maybe:
                bits ^= maybe ^ each.confirmed(maybe, value)
        return self._entries_of(bits)

    def _asked(self, bits: int, event: dict[str, Any]) -> Entries:
        return in_order([self.entries[number] for number in numbers_of(bits) if self.branches[number].matches(event)])

    def _entries_of(self, bits: int) -> Entries:
        found = self.results.get(bits)
        if found is None:
            if len(self.results) >= RESULTS:
                self.results.clear()
            found = self.results[bits] = in_order([self.entries[number] for number in numbers_of(bits)])
        return found

    def _index(self, number: int, fields: dict[str, FieldIndex]) -> None:
        branch = self.branches[number]
        if branch.tangled:
            self.tangled |= 1 << number
        for each in branch.fields:
            if each.path == self.parting:
                continue
            index = fields.get(each.path)
            if index is None:
                index = fields[each.path] = FieldIndex(each.path, reach(each.path))
            index.add(each, 1 << number)


@define(eq=False, repr=False)
class Index:
    """`size` counts branches, also the `dead` ones that were removed; `parts` are made when first needed."""

    parting: str | None
    find: Reach = field(init=False)
    parts: dict[str, Part] = field(factory=dict, init=False)
    rest: Part = field(factory=lambda: Part(None), init=False)
    size: int = field(default=0, init=False)
    dead: int = field(default=0, init=False)

    @find.default
    def _find(self) -> Reach:
        return reach(self.parting or "")

    def add(self, entry: Entry) -> None:
        for branch in entry.branches:
            self.size += 1
            texts = None if self.parting is None else wanted(branch).get(self.parting)
            if texts is None:
                self.rest.add(branch, entry)
                continue
            for text in texts:
                part = self.parts.get(text)
                if part is None:
                    part = self.parts[text] = Part(self.parting)
                part.add(branch, entry)

    def remove(self, entry: Entry) -> None:
        self.dead += len(entry.branches)
        for part, number in entry.places:
            part.remove(number)

    def matching(self, event: dict[str, Any]) -> Entries:
        found = self.rest.matching(event, False) if self.rest.alive else ()
        if self.parting is None:
            return found
        value = self.find(event)
        if isinstance(value, str):
            part = self.parts.get(value)
            if part is None:
                return found
            parted = part.matching(event, False)
            return in_order([*found, *parted]) if found and parted else found or parted
        values = [value for value, _ in leaves(event, self.parting) if isinstance(value, str)]
        parts = [self.parts[text] for text in dict.fromkeys(values) if text in self.parts]
        return in_order([*found, *(entry for part in parts for entry in part.matching(event, value is MANY))])


def build(entries: Collection[Entry]) -> Index:
    index = Index(_best_parting(entries))
    for entry in entries:
        entry.places.clear()
        index.add(entry)
    return index


def wanted(branch: Branch) -> dict[str, tuple[str, ...]]:
    """The fields by which `branch` can be parted, with the few texts of which each must have one."""
    if branch.tangled:
        return {}
    texts: dict[str, tuple[str, ...]] = {}
    for each in branch.fields:
        if not each.absent and len(each.tests) <= SEVERAL and all(type(test) is Text for test in each.tests):
            texts[each.path] = tuple(dict.fromkeys(test.text for test in each.tests if isinstance(test, Text)))
    return texts


def in_order(entries: Collection[Entry]) -> Entries:
    if len(entries) < 2:
        return tuple(entries)
    return tuple(sorted(dict.fromkeys(entries), key=order_of))


def _best_parting(entries: Collection[Entry]) -> str | None:
    """The field that leaves the fewest branches to be asked for an event that is as the rules are."""
    branches = [branch for entry in entries for branch in entry.branches]
    if len(branches) <= FEW:
        return None
    counts: dict[str, Counter[str]] = {}
    for branch in branches:
        for path, texts in wanted(branch).items():
            counts.setdefault(path, Counter()).update(texts)
    costs = {path: _asked(len(branches), count) for path, count in counts.items()}
    best = min(costs, key=lambda path: costs[path], default=None)
    return best if best is not None and costs[best] < len(branches) / 2 else None


def _asked(branches: int, count: Counter[str]) -> float:
    parted = count.total()
    return max(0, branches - parted) + sum(each * each for each in count.values()) / parted
