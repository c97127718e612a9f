"""For one field of many branches: from a value to the branches whose tests it may pass, as bits of one integer.

An answer holds a bit for every branch that does not use the field, those still to come included: that is `~using`, a
negative integer. A bit of `unsure` may be set wrongly, which `confirmed` tells; none is ever missing.
"""

from collections.abc import Iterable, Iterator
from math import nextafter
from typing import Any, Final

from attrs import define, field

from .addresses import address_of
from .branches import Test, test_of
from .intervals import Intervals
from .operators import (
    AnythingBut,
    Block,
    Caseless,
    Constant,
    Exists,
    Number,
    Operator,
    Prefix,
    Range,
    SameAddress,
    Suffix,
    Text,
    Wildcard,
)
from .parse import Field
from .reach import ARRAY, MISSING, Reach, leaves, scalars
from .text import INFINITY, NUMERIC, comparable, number_key

CACHED: Final = 512  # answers kept, for texts of at most so many characters

PIECE: Final = 4  # characters
WORD_SIZE: Final = 300
WORD: Final = (1 << WORD_SIZE) - 1

Bits = dict[Any, int]


def put(bits: Bits, key: Any, bit: int) -> None:
    bits[key] = bits.get(key, 0) | bit


def numbers_of(bits: int) -> Iterator[int]:
    """Which bits are set, from the lowest. Word by word: operations on long integers take long."""
    start = 0
    while bits:
        word = bits & WORD
        while word:
            lowest = word & -word
            yield start + lowest.bit_length() - 1
            word ^= lowest
        bits >>= WORD_SIZE
        start += WORD_SIZE


@define(eq=False, repr=False)
class FieldIndex:
    path: str
    find: Reach
    using: int = field(default=0, init=False)
    absent: int = field(default=0, init=False)  # pass without a value
    any_value: int = field(default=0, init=False)  # pass with any value
    equal: Bits = field(factory=dict, init=False)  # texts, number keys, constants in tuples
    lowered: Bits = field(factory=dict, init=False)
    prefixes: Bits = field(factory=dict, init=False)
    prefix_sizes: list[int] = field(factory=list, init=False)
    suffixes: Bits = field(factory=dict, init=False)
    suffix_sizes: list[int] = field(factory=list, init=False)
    infixes: Bits = field(factory=dict, init=False)  # pieces of what wildcards want in the middle
    infixed: int = field(default=0, init=False)  # all of them
    ranges: Intervals | None = field(default=None, init=False)
    hosts: Bits = field(factory=dict, init=False)
    blocks: Intervals | None = field(default=None, init=False)
    but: int = field(default=0, init=False)  # pass with any value ...
    excluded: Bits = field(factory=dict, init=False)  # ... except with these
    unsure: int = field(default=0, init=False)
    tests: dict[int, Test] = field(factory=dict, init=False)  # of the branches in `unsure`
    cache: Bits = field(factory=dict, init=False)

    def add(self, each: Field, bit: int) -> None:
        self.using |= bit
        self.cache.clear()
        if each.absent:
            self.absent |= bit
        sure = [self._add(test, bit, alone=len(each.tests) == 1) for test in each.tests]
        if not all(sure):
            self.unsure |= bit
            self.tests[bit.bit_length() - 1] = test_of(each.tests)

    def of_found(self, value: Any) -> int:
        """For what stands at the path: a leaf, an array, an object, or `MISSING`."""
        if isinstance(value, ARRAY):
            return self.of_values(scalars(value))
        if value is MISSING or isinstance(value, dict):
            return self.absent | ~self.using
        return self.of_value(value)

    def of_text(self, text: str) -> int:
        """For a value that was not in the cache."""
        bits = self.any_value | self.equal.get(text, 0) | ~self.using
        for size in self.prefix_sizes:
            bits |= self.prefixes.get(text[:size], 0)
        for size in self.suffix_sizes:
            bits |= self.suffixes.get(text[-size:] if size else "", 0)
        if self.infixed:
            bits |= self._of_infixes(text)
        if self.lowered and text.isascii():
            bits |= self.lowered.get(text.lower(), 0)
        if self.hosts or self.blocks is not None:
            bits |= self._of_address(text)
        if self.but:
            bits |= self.but & ~self.excluded.get(text, 0)
        if len(text) <= CACHED:
            if len(self.cache) >= CACHED:
                self.cache.clear()
            self.cache[text] = bits
        return bits

    def of_value(self, value: Any) -> int:
        """For a leaf of any kind."""
        if isinstance(value, str):
            return self.of_text(value)
        bits = self.any_value | ~self.using
        if value is None or isinstance(value, bool):
            key: Any = (value,)
        elif isinstance(value, NUMERIC):
            key = number_key(value)
            if self.ranges is not None and comparable(key):
                bits |= self.ranges.at(key)
        else:
            return bits | self.but
        if self.but:
            bits |= self.but & ~self.excluded.get(key, 0)
        return bits | self.equal.get(key, 0)

    def of_values(self, values: Iterable[Any]) -> int:
        bits, empty = ~self.using, True
        for value in values:
            bits |= self.of_value(value)
            empty = False
        return bits | self.absent if empty else bits

    def of_many(self, event: dict[str, Any]) -> int:
        """Where arrays of objects are on the way: absent may be what another element holds."""
        return self.of_values(value for value, _ in leaves(event, self.path)) | self.absent

    def confirmed(self, maybe: int, value: Any) -> int:
        """Those of the bits `maybe`, out of `unsure`, that are right for what stands at the path."""
        if value is MISSING or isinstance(value, dict):
            return maybe
        values = list(scalars(value)) if isinstance(value, ARRAY) else [value]
        if not values:
            return maybe
        bits = 0
        for number in numbers_of(maybe):
            test = self.tests[number]
            for each in values:
                if test(each):
                    bits |= 1 << number
                    break
        return bits

    def _of_infixes(self, text: str) -> int:
        if len(text) > CACHED:
            return self.infixed
        bits = 0
        for start in range(len(text) - PIECE + 1):
            bits |= self.infixes.get(text[start : start + PIECE], 0)
        return bits

    def _of_address(self, text: str) -> int:
        address = address_of(text)
        if address is None:
            return 0
        return self.hosts.get(address, 0) | (self.blocks.at(address) if self.blocks is not None else 0)

    def _add(self, test: Operator, bit: int, alone: bool) -> bool:
        match test:
            case Text():
                put(self.equal, test.text, bit)
            case Number():
                put(self.equal, test.key, bit)
            case Constant():
                put(self.equal, (test.value,), bit)
            case Exists(filled=False):
                self.any_value |= bit
            case SameAddress():
                put(self.hosts, test.address, bit)
            case Prefix():
                self._add_affix(self.prefixes, self.prefix_sizes, test.text, bit)
            case Suffix():
                self._add_affix(self.suffixes, self.suffix_sizes, test.text, bit)
            case Wildcard():
                return self._add_wildcard(test.parts, bit)
            case Caseless(place="equals") if test.text.isascii():
                put(self.lowered, test.lowered, bit)
            case _:
                return (alone and self._add_alone(test, bit)) or self._add_unsure(bit)
        return True

    def _add_alone(self, test: Operator, bit: int) -> bool:
        """Whether `test` was taken; a branch has one place in each of these."""
        match test:
            case Range():
                self.ranges = self.ranges or Intervals()
                start = test.low if test.low_in else nextafter(test.low, INFINITY)
                self.ranges.add(start, nextafter(test.high, INFINITY) if test.high_in else test.high, bit)
            case Block():
                self.blocks = self.blocks or Intervals()
                version, last = test.last
                self.blocks.add(test.first, (version, last + 1), bit)
            case AnythingBut() if all(isinstance(each, Text | Number) for each in test.tests):
                self.but |= bit
                for each in test.tests:
                    if isinstance(each, Text | Number):
                        put(self.excluded, each.text if isinstance(each, Text) else each.key, bit)
            case _:
                return False
        return True

    def _add_wildcard(self, parts: tuple[str, ...], bit: int) -> bool:
        """By its beginning, its end, or a piece of its middle, where it is longest."""
        longest = max(parts, key=len)
        if len(parts) == 1:
            put(self.equal, longest, bit)
        elif longest == parts[0]:
            self._add_affix(self.prefixes, self.prefix_sizes, longest, bit)
            return parts[1:] == ("",)
        elif longest == parts[-1] or len(longest) < PIECE:
            self._add_affix(self.suffixes, self.suffix_sizes, parts[-1], bit)
            return parts[:-1] == ("",)
        else:
            self.infixed |= bit
            put(self.infixes, longest[-PIECE:], bit)
            return False
        return True

    def _add_unsure(self, bit: int) -> bool:
        self.any_value |= bit
        return False

    @staticmethod
    def _add_affix(bits: Bits, sizes: list[int], text: str, bit: int) -> None:
        if text not in bits and len(text) not in sizes:
            sizes.append(len(text))
        put(bits, text, bit)
