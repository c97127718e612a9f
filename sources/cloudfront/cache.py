"""What an edge keeps: responses by what of a request counts, each for its time.

Laws: an object is kept under the request as viewer-request left it. One that has expired stays until it is replaced, to
stand in where the origin answers 5xx (cf:HTTPStatusCodes). The objects that were not asked for longest make room.
Sources: cf:Expiration, cf:HTTPStatusCodes, cf:custom-error-pages-expiration.
"""

from collections import OrderedDict
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

from attrs import define, field

from eventbus.core.http import Response

DEFAULT_TTL: Final = 86_400
MAX_TTL: Final = 31_536_000
"""Seconds; what an origin asks for beyond counts as this."""
ERROR_TTL: Final = 10
"""Seconds that an error is kept at least."""
CAPACITY: Final = 10_000  # arbitrary
"""Objects."""

_ERRORS_KEPT: Final = frozenset({404, 405, 414, 500, 501, 502, 503, 504})
_ERRORS_KEPT_IF_TOLD: Final = frozenset({400, 403, 412, 415})
"""Only with `max-age` or `s-maxage`."""
_PARTS: Final = frozenset({206, 304})
"""What stands for a part of an object, or for none."""
_FORBIDDING: Final = frozenset({"no-cache", "no-store", "private"})

Key = tuple[object, ...]


@define(eq=False)
class Stored:
    response: Response
    origin_status: int  # what the origin said, before origin-response changed it
    at: float
    until: float


@define(eq=False)
class Cache:
    _objects: OrderedDict[Key, Stored] = field(factory=OrderedDict, init=False)

    def find(self, now: float, key: Key) -> Stored | None:
        """None if it is not there, or has expired."""
        stored = self._objects.get(key)
        if stored is None or stored.until <= now:
            return None
        self._objects.move_to_end(key)
        return stored

    def keep(self, now: float, key: Key, response: Response, origin_status: int, seconds: float) -> None:
        if seconds <= 0 or response.stream is not None:  # what is still being written can't be kept
            self._objects.pop(key, None)
            return
        self._objects[key] = Stored(response, origin_status, now, now + seconds)
        self._objects.move_to_end(key)
        if len(self._objects) > CAPACITY:
            self._objects.popitem(last=False)

    def stand_in(self, now: float, key: Key) -> Stored | None:
        """An object that has expired, good again for as long as an error would be kept; None without one."""
        stored = self._objects.get(key)
        if stored is None or stored.origin_status >= 400:
            return None
        stored.until = now + ERROR_TTL
        return stored


def lifetime(response: Response, default_ttl: float, epoch: float) -> float:
    """Seconds that it is kept; 0: not at all. `epoch` is now, in seconds since 1970."""
    given = _directives(response)
    age = _seconds(given, "s-maxage")
    if age is None:
        age = _seconds(given, "max-age")
    told = age is not None
    if age is None:
        age = _until_expires(response, epoch)
    if response.status >= 400:
        kept = response.status in _ERRORS_KEPT or (told and response.status in _ERRORS_KEPT_IF_TOLD)
        return max(ERROR_TTL, min(age or 0, MAX_TTL)) if kept else 0
    if response.status in _PARTS or _FORBIDDING & given.keys():
        return 0
    return default_ttl if age is None else min(age, MAX_TTL)


def _directives(response: Response) -> Mapping[str, str]:
    parts = ",".join(response.header_list("cache-control")).split(",")
    pairs = (part.partition("=") for part in parts)
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def _seconds(given: Mapping[str, str], name: str) -> float | None:
    text = given.get(name, "")
    return float(text) if text.isascii() and text.isdigit() else None


def _until_expires(response: Response, epoch: float) -> float | None:
    """What is no date is over (RFC 9111, 5.3)."""
    text = response.header("expires")
    if text is None:
        return None
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - epoch)
    except (ValueError, OverflowError):
        return 0.0
