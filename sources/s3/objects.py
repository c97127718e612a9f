"""What a bucket holds: versions of objects, and uploads in parts."""

from collections.abc import Mapping
from hashlib import md5
from typing import Final

from attrs import define, field

NULL_VERSION: Final = "null"


@define(eq=False)
class Version:
    """One version of an object. Not changed once it is stored, but for `etag`, worked out when it is first read."""

    key: str
    body: bytes
    version_id: str | None
    last_modified: float
    sequencer: int
    content_type: str = "binary/octet-stream"
    metadata: Mapping[str, str] = field(factory=dict)
    is_delete_marker: bool = False
    parts: int = 0  # of a multipart upload
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
class Upload:
    upload_id: str
    key: str
    content_type: str
    metadata: Mapping[str, str]
    parts: dict[int, bytes] = field(factory=dict)


def digest_of_parts(parts: list[bytes]) -> str:
    digests = b"".join(md5(part, usedforsecurity=False).digest() for part in parts)
    return f"{md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
