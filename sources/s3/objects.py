"""What a bucket holds: versions of objects, and uploads in parts."""

from collections.abc import Mapping, Sequence
from hashlib import md5
from typing import Final

from attrs import define, field

NULL_VERSION: Final = "null"
NO_METADATA: Final[Mapping[str, str]] = {}
BINARY: Final = "binary/octet-stream"
"""The content type of what has none."""


@define(eq=False)
class Version:
    """One version of an object. Not changed once it is stored, but for `etag`, worked out when it is first read."""

    key: str
    body: bytes
    version_id: str | None
    last_modified: float
    sequencer: int
    content_type: str = BINARY
    metadata: Mapping[str, str] = NO_METADATA
    is_delete_marker: bool = False
    _etag: str | None = None

    @property
    def size(self) -> int:
        return len(self.body)

    @property
    def etag(self) -> str:
        """Without quotes: the MD5 of the content, for several parts of their MD5s, with their number behind it."""
        if self._etag is None:
            self._etag = md5(self.body, usedforsecurity=False).hexdigest()
        return self._etag


@define(eq=False)
class Part:
    body: bytes
    _digest: bytes | None = None

    @property
    def digest(self) -> bytes:
        if self._digest is None:
            self._digest = md5(self.body, usedforsecurity=False).digest()
        return self._digest


@define(eq=False)
class Upload:
    upload_id: str
    key: str
    content_type: str
    metadata: Mapping[str, str]
    parts: dict[int, Part] = field(factory=dict)


def digest_of_parts(parts: Sequence[Part]) -> str:
    digests = b"".join(part.digest for part in parts)
    return f"{md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
