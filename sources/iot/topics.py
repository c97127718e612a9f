"""Topics, and filters of topics [iot:topics]."""

from collections.abc import Sequence
from typing import Any, Final

from eventbus.checks import encodable

TOPIC_LIMIT: Final = 256
"""Bytes."""
SLASHES_LIMIT: Final = 7

Filter = tuple[str, ...]
"""The levels of a topic filter."""


def why_no_topic(text: Any) -> str | None:
    """What is wrong with a topic to publish on."""
    if isinstance(text, str) and text.startswith("$"):
        return "topics that begin with $ are reserved for AWS, and are not offered"
    if isinstance(text, str) and ("+" in text or "#" in text):
        return "+ and # are for filters"
    return _why_no_path(text)


def why_no_filter(text: Any) -> str | None:
    """What is wrong with a topic filter: + stands for one level, # for all that follow, one at least, at the end."""
    if isinstance(text, str) and text.startswith("$"):
        return "topics that begin with $ are reserved for AWS, and are not offered: no message would come"
    why = _why_no_path(text)
    if why is not None:
        return why
    levels = text.split("/")
    if "#" in levels[:-1]:
        return "# stands at the end"
    if any(len(level) > 1 and ("+" in level or "#" in level) for level in levels):
        return "+ and # stand for whole levels"
    return None


def why_no_text(text: object, limit: int) -> str | None:
    """What is wrong with a text of MQTT of up to so many bytes."""
    if not isinstance(text, str) or not text or not encodable(text) or "\0" in text:
        return "a text that is not empty, in UTF-8, without the character 0"
    return f"up to {limit} bytes" if len(text.encode()) > limit else None


def _why_no_path(text: Any) -> str | None:
    why = why_no_text(text, TOPIC_LIMIT)
    if why is None and text.count("/") > SLASHES_LIMIT:
        return f"up to {SLASHES_LIMIT} slashes"
    return why


def parsed(text: str) -> Filter:
    return tuple(text.split("/"))


def matches(levels: Filter, topic: Sequence[str]) -> bool:
    """Whether the topic of these levels passes. `a/#` does not take `a` itself, and a wildcard takes no first level
    that begins with $."""
    if topic[0].startswith("$") and levels[0] in ("+", "#"):
        return False
    if levels[-1] == "#":
        levels = levels[:-1]
        if len(topic) <= len(levels):
            return False
    elif len(topic) != len(levels):
        return False
    return all(level in ("+", found) for level, found in zip(levels, topic, strict=False))
