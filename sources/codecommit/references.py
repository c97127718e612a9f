"""Names of references, and what a push does to them."""

import re
from typing import Final, Literal

from attrs import frozen

from eventbus.checks import encodable

HEADS: Final = "refs/heads/"
TAGS: Final = "refs/tags/"
NAME_LIMIT: Final = 256
NO_COMMIT: Final = "0" * 40
What = Literal["create", "update", "delete"]

_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_UNFIT: Final = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|//|@\{|/\.")


@frozen
class Moved:
    """`commit` is where the reference is now; of a deleted one, where it was."""

    what: What
    ref: str
    commit: str


def is_name(value: object) -> bool:
    """Whether a branch or tag may have it: 1 to 256 characters that git takes (git check-ref-format)."""
    if not isinstance(value, str) or not 1 <= len(value) <= NAME_LIMIT or not encodable(value):
        return False
    if value == "@" or value.startswith(("/", ".", "-")) or value.endswith(("/", ".", ".lock")):
        return False
    return _UNFIT.search(value) is None and ".lock/" not in value


def is_reference(value: object) -> bool:
    """Of a branch or a tag."""
    return isinstance(value, str) and any(
        value.startswith(prefix) and is_name(value.removeprefix(prefix)) for prefix in (HEADS, TAGS)
    )


def is_commit(value: object) -> bool:
    return isinstance(value, str) and _COMMIT.fullmatch(value) is not None and value != NO_COMMIT
