"""What calls on a bucket answer, with botocore's members; eTags and dates are worked out when somebody reads them."""

from datetime import UTC, datetime

from attrs import define, field

from .objects import NULL_VERSION, Part, Version


@define(eq=False)
class PutResult:
    """Of a put, a copy, or parts that were completed."""

    _version: Version

    @property
    def e_tag(self) -> str:
        """In quotes."""
        return f'"{self._version.etag}"'

    @property
    def version_id(self) -> str | None:
        """None without versioning."""
        return self._version.version_id


@define(eq=False)
class Described:
    """What every answer tells of an object."""

    _version: Version
    _epoch: float

    @property
    def key(self) -> str:
        return self._version.key

    @property
    def e_tag(self) -> str:
        """In quotes."""
        return f'"{self._version.etag}"'

    @property
    def last_modified(self) -> datetime:
        return datetime.fromtimestamp(self._epoch + self._version.last_modified, UTC)


@define(eq=False)
class ListedObject(Described):
    @property
    def size(self) -> int:
        return self._version.size


@define(eq=False)
class StoredObject(Described):
    """An object as GetObject and HeadObject show it; `body` is empty after a head."""

    body: bytes

    @property
    def content_length(self) -> int:
        return self._version.size

    @property
    def content_type(self) -> str:
        return self._version.content_type

    @property
    def metadata(self) -> dict[str, str]:
        return dict(self._version.metadata)

    @property
    def version_id(self) -> str | None:
        """None without versioning."""
        return self._version.version_id


@define(eq=False)
class DeleteResult:
    delete_marker: bool
    version_id: str | None


@define(eq=False)
class DeletedObject:
    """`delete_marker_version_id` is that of the marker that hides the key now."""

    key: str
    delete_marker: bool
    delete_marker_version_id: str | None


@define(eq=False)
class Listing:
    """`common_prefixes` stand for keys that share a prefix up to the delimiter."""

    contents: list[ListedObject] = field(factory=list)
    common_prefixes: list[str] = field(factory=list)
    is_truncated: bool = False
    next_continuation_token: str | None = None

    @property
    def key_count(self) -> int:
        return len(self.contents) + len(self.common_prefixes)


@define(eq=False)
class ListedVersion(ListedObject):
    is_latest: bool

    @property
    def version_id(self) -> str:
        """`null` without versioning."""
        return self._version.version_id or NULL_VERSION


@define(eq=False)
class VersionListing:
    """By key, the newest first."""

    versions: list[ListedVersion] = field(factory=list)
    delete_markers: list[ListedVersion] = field(factory=list)


@define(eq=False)
class CreatedUpload:
    key: str
    upload_id: str


@define(eq=False)
class UploadedPart:
    _part: Part

    @property
    def e_tag(self) -> str:
        """In quotes."""
        return f'"{self._part.digest.hex()}"'
