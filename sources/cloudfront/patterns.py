"""Path patterns: `*` is any letters, `?` one letter, all others are themselves, capitals too.

Source: cf:DownloadDistValuesCacheBehavior. A pattern begins with a slash, said or not. It is compared with the path as
it was sent, without the query.
"""

import re
from collections.abc import Callable
from typing import Final

EVERY: Final = "*"
PATTERN_LIMIT: Final = 255

_LETTERS: Final = re.compile(r"[A-Za-z0-9_\-.*$/~\"'@:+&?]+")


def allowed(pattern: object) -> bool:
    return isinstance(pattern, str) and len(pattern) <= PATTERN_LIMIT and _LETTERS.fullmatch(pattern) is not None


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """Whether a path fits."""
    if pattern == EVERY:
        return lambda path: True
    rooted = pattern if pattern.startswith(("/", "*")) else f"/{pattern}"
    parts = [{"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in rooted]
    matches = re.compile("".join(parts), re.DOTALL).fullmatch
    return lambda path: matches(path) is not None
