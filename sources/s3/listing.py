"""One page of keys: in order, grouped at a delimiter [bc:s3 ListObjectsV2]."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from attrs import define, field


@define(eq=False)
class Page:
    """`prefixes` stand for keys that share a prefix up to the delimiter; `last` is the last key or prefix shown."""

    keys: list[str] = field(factory=list)
    prefixes: list[str] = field(factory=list)
    truncated: bool = False
    last: str = ""


def page_of(
    keys: Sequence[str], shown: Callable[[str], bool], prefix: str, delimiter: str, after: str, limit: int
) -> Page:
    """From sorted `keys`, those that begin with `prefix` and come after `after`; at most `limit` keys and prefixes."""
    page = Page()
    for index in range(max(bisect_left(keys, prefix), bisect_right(keys, after)), len(keys)):
        key = keys[index]
        if not key.startswith(prefix):
            break
        group = _common_prefix(key, prefix, delimiter)
        entry = group or key
        if entry == page.last or entry <= after or not shown(key):
            continue
        if len(page.keys) + len(page.prefixes) == limit:
            page.truncated = limit > 0
            break
        (page.prefixes if group else page.keys).append(entry)
        page.last = entry
    return page


def _common_prefix(key: str, prefix: str, delimiter: str) -> str:
    if not delimiter:
        return ""
    at = key.find(delimiter, len(prefix))
    return "" if at < 0 else key[: at + len(delimiter)]
