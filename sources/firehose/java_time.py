"""Instants written by patterns of Java's DateTimeFormatter, in UTC and English: the letters that keys of objects need.

What Java refuses is refused, and so is what would need more of an instant than its date and time: zones, eras, weeks.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

Token = str | tuple[str, int]
"""A text as it stands, or a letter and how often it was written."""
Pattern = tuple[Token, ...]

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
RESERVED: Final = "{}[]#"

_TOKEN: Final = re.compile(r"''|'((?:[^']|'')+)'|([A-Za-z])\2*|[^A-Za-z']")
"""Two quotes; what stands in quotes; one letter, perhaps several times; any other character."""


def compiled(pattern: str) -> Pattern:
    """Raises `ValueError` that says what is wrong with it."""
    tokens: list[Token] = []
    position = 0
    while position < len(pattern):
        found = _TOKEN.match(pattern, position)
        if found is None:
            raise ValueError("a quote is not closed")
        tokens.append(_token(found[0], found[1], found[2]))
        position = found.end()
    return tuple(tokens)


def written(pattern: Pattern, at: datetime) -> str:
    return "".join(token if isinstance(token, str) else _LETTERS[token[0]][1](at, token[1]) for token in pattern)


def _token(text: str, quoted: str | None, letter: str | None) -> Token:
    if quoted is not None:
        return quoted.replace("''", "'")
    if letter is None:
        if text in RESERVED:
            raise ValueError(f"{text!r} is reserved")
        return text[0]  # two quotes are one
    if letter not in _LETTERS or len(text) > _LETTERS[letter][0]:
        raise ValueError(f"{text!r} is none that is offered")
    return letter, len(text)


def _year(at: datetime, count: int) -> str:
    return f"{at.year % 100:02d}" if count == 2 else str(at.year).zfill(count)


def _month(at: datetime, count: int) -> str:
    name = MONTHS[at.month - 1]
    return str(at.month).zfill(count) if count < 3 else {3: name[:3], 4: name, 5: name[0]}[count]


def _weekday(at: datetime, count: int) -> str:
    name = DAYS[at.weekday()]
    return {4: name, 5: name[0]}.get(count, name[:3])


def _padded(value: Callable[[datetime], int]) -> Callable[[datetime, int], str]:
    return lambda at, count: str(value(at)).zfill(count)


_LETTERS: Final[Mapping[str, tuple[int, Callable[[datetime, int], str]]]] = {
    "y": (9, _year),
    "u": (9, _year),
    "M": (5, _month),
    "L": (5, _month),
    "E": (5, _weekday),
    "d": (2, _padded(lambda at: at.day)),
    "D": (3, _padded(lambda at: at.timetuple().tm_yday)),
    "H": (2, _padded(lambda at: at.hour)),
    "k": (2, _padded(lambda at: at.hour or 24)),
    "K": (2, _padded(lambda at: at.hour % 12)),
    "h": (2, _padded(lambda at: at.hour % 12 or 12)),
    "m": (2, _padded(lambda at: at.minute)),
    "s": (2, _padded(lambda at: at.second)),
    "S": (9, lambda at, count: f"{at.microsecond:06d}000"[:count]),
    "a": (1, lambda at, _: "AM" if at.hour < 12 else "PM"),
}
"""By letter: how often it may stand in a row, and what it writes."""
