"""Header lines and query text as the maps of an event."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final
from urllib.parse import unquote_plus

Pairs = Sequence[tuple[str, str]]

ESCAPED: Final = range(0xDC80, 0xDD00)
"""What `surrogateescape` makes of bytes that are no UTF-8."""


def lowered(headers: Pairs) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in headers]


def last(pairs: Pairs) -> dict[str, str]:
    """Of a repeated name the last value, each name where it first stood."""
    return dict(pairs)


def every(pairs: Pairs) -> dict[str, list[str]]:
    """Of each name all values, in order."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def joined(pairs: Pairs) -> dict[str, str]:
    """Of a repeated name all values, with commas between them."""
    return {name: ",".join(values) for name, values in every(pairs).items()}


def as_first_spelt(headers: Pairs) -> list[tuple[str, str]]:
    """Names that differ by case alone are one name, spelt as it first was."""
    spelling: dict[str, str] = {}
    return [(spelling.setdefault(name.lower(), name), value) for name, value in headers]


def in_order(headers: Pairs) -> list[tuple[str, str]]:
    """By name, as API Gateway and function URLs show them; values of one name in their order."""
    return sorted(headers, key=lambda line: line[0].lower())


def without(headers: Pairs, *names: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in names]


def cookies(headers: Pairs) -> list[str]:
    """`name=value` of all cookie lines."""
    lines = [value for name, value in headers if name.lower() == "cookie"]
    return [cookie.strip() for line in lines for cookie in line.split(";") if cookie.strip()]


def query_as_sent(query: str) -> list[tuple[str, str]]:
    """Names and values of a query, not decoded."""
    return [(name, value) for name, _, value in (part.partition("=") for part in query.split("&") if part)]


def query_decoded(query: str) -> list[tuple[str, str]]:
    return [(decoded(name), decoded(value)) for name, value in query_as_sent(query)]


def decoded(text: str) -> str:
    """Without percent signs and pluses; what is no UTF-8 becomes U+FFFD."""
    return clean(unquote_plus(text))


def undecodable(texts: Iterable[str]) -> bool:
    """Whether bytes were sent that are no UTF-8."""
    return any(not text.isascii() and any(ord(letter) in ESCAPED for letter in text) for text in texts)


def clean(text: str) -> str:
    """Bytes that are no UTF-8 as Latin-1 reads them, so that JSON can hold them (our choice)."""
    if text.isascii():
        return text
    return "".join([chr(ord(letter) - 0xDC00) if ord(letter) in ESCAPED else letter for letter in text])


def cleaned(headers: Pairs) -> list[tuple[str, str]]:
    return [(clean(name), clean(value)) for name, value in headers]


def line_size(name: str, value: str) -> int:
    """Bytes of a header line on the wire, without its end: `name: value`."""
    return len(name) + 2 + len(value.encode("utf-8", "surrogateescape"))


def size_of_values(headers: Pairs) -> int:
    """Bytes of all values, without names."""
    return sum(len(value.encode("utf-8", "surrogateescape")) for _, value in headers)


def put_last(headers: Pairs, name: str, change: Callable[[str | None], str]) -> list[tuple[str, str]]:
    """The last line of that name, in lower case, changed; at the end if there is none."""
    known, wanted = [key.lower() for key, _ in headers], name.lower()
    if wanted not in known:
        return [*headers, (name, change(None))]
    at, found = len(known) - 1 - known[::-1].index(wanted), list(headers)
    found[at] = (found[at][0], change(found[at][1]))
    return found
