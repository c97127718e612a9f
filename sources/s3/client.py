"""What one can do with a bucket."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from attrs import define, field

from eventbus.ports import Feed

from .errors import EntityTooLarge, InvalidArgument, KeyTooLongError
from .machine import BucketMachine
from .objects import NULL_VERSION, Version

KEY_LIMIT: Final = 1_024
"""Bytes."""
OBJECT_LIMIT: Final = 5 * 1024**3
PARTS_LIMIT: Final = 10_000
KEYS_LIMIT: Final = 1_000


@define(eq=False)
class StoredObject:
    """An object as GetObject and HeadObject show it; `body` is empty after a head. `e_tag` stands in quotes."""

    key: str
    body: bytes
    content_length: int
    content_type: str
    e_tag: str
    last_modified: datetime
    metadata: Mapping[str, str]
    version_id: str | None


@define(eq=False)
class PutResult:
    e_tag: str
    version_id: str | None


@define(eq=False)
class DeleteResult:
    delete_marker: bool
    version_id: str | None


@define(eq=False)
class ListedObject:
    key: str
    size: int
    e_tag: str
    last_modified: datetime


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
class ListedVersion:
    key: str
    version_id: str
    is_latest: bool
    is_delete_marker: bool
    size: int
    last_modified: datetime


@define(eq=False)
class BucketClient:
    """`bus[bucket]`. Operations, parameters and results carry AWS's names in snake case; refusals are AWS's errors."""

    _machine: BucketMachine
    _feed: Feed

    async def put_object(
        self,
        key: str,
        body: bytes | str = b"",
        *,
        content_type: str = "binary/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> PutResult:
        """The object is stored and its notifications are handed over. Text is stored as UTF-8."""
        content = _content(body)
        _check_key(key)
        machine = self._machine
        version = await self._feed.call(
            machine, "s3:PutObject", machine.put, key, content, content_type, metadata or {}, self._feed.cause()
        )
        return PutResult(_quoted(version), version.version_id)

    async def get_object(self, key: str, *, version_id: str | None = None) -> StoredObject:
        """Raises `NoSuchKey`, `NoSuchVersion`."""
        machine = self._machine
        return self._shown(await self._feed.call(machine, "s3:GetObject", machine.get, key, version_id), with_body=True)

    async def head_object(self, key: str, *, version_id: str | None = None) -> StoredObject:
        machine = self._machine
        found = await self._feed.call(machine, "s3:GetObject", machine.get, key, version_id)
        return self._shown(found, with_body=False)

    async def delete_object(self, key: str, *, version_id: str | None = None) -> DeleteResult:
        """In a versioned bucket a delete marker, or that version is gone for good. Nothing there is no error."""
        machine = self._machine
        gone = await self._feed.call(machine, "s3:DeleteObject", machine.delete, key, version_id, self._feed.cause())
        if gone is None:
            return DeleteResult(False, version_id)
        return DeleteResult(gone.is_delete_marker, gone.version_id)

    async def delete_objects(self, keys: Sequence[str]) -> list[DeleteResult]:
        """Up to 1,000 keys; each is an operation, with a notification, of its own."""
        if len(keys) > KEYS_LIMIT:
            raise InvalidArgument(f"keys: {len(keys)} given, up to {KEYS_LIMIT} allowed")
        return [await self.delete_object(key) for key in keys]

    async def copy_object(
        self,
        key: str,
        copy_source: str,
        *,
        version_id: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> PutResult:
        """`copy_source` is `bucket/key` in this bucket. With `metadata` the copy has that instead of the source's."""
        machine = self._machine
        bucket, _, source_key = copy_source.lstrip("/").partition("/")
        if bucket != machine.arn.name:
            raise InvalidArgument(f"copy_source={copy_source!r}: only copies within {machine.arn.name} are offered")
        _check_key(key)
        source = await self._feed.call(machine, "s3:GetObject", machine.get, source_key, version_id)
        version = await self._feed.call(
            machine, "s3:PutObject", machine.copy, key, source, metadata, self._feed.cause()
        )
        return PutResult(_quoted(version), version.version_id)

    async def list_objects_v2(
        self,
        *,
        prefix: str = "",
        delimiter: str = "",
        start_after: str = "",
        max_keys: int = KEYS_LIMIT,
        continuation_token: str | None = None,
    ) -> Listing:
        """Keys in order; at most `max_keys` of them and of common prefixes together."""
        if not 0 <= max_keys <= KEYS_LIMIT:
            raise InvalidArgument(f"max_keys={max_keys}: 0 to {KEYS_LIMIT}")
        machine = self._machine
        await self._feed.call(machine, "s3:ListBucket", _nothing)
        after = start_after if continuation_token is None else continuation_token
        listing = Listing()
        for key in machine.listed():
            group = _common_prefix(key, prefix, delimiter)
            shown = group or key
            if not key.startswith(prefix) or shown <= after or key <= after or shown in listing.common_prefixes[-1:]:
                continue
            if listing.key_count == max_keys:
                listing.is_truncated = max_keys > 0
                break
            if group:
                listing.common_prefixes.append(group)
            else:
                listing.contents.append(self._listed(machine.newest(key)))
            listing.next_continuation_token = shown
        if not listing.is_truncated:
            listing.next_continuation_token = None
        return listing

    async def list_object_versions(self, *, prefix: str = "") -> list[ListedVersion]:
        """By key, the newest first; delete markers too."""
        machine = self._machine
        await self._feed.call(machine, "s3:ListBucketVersions", _nothing)
        found = [version for version in machine.all_versions() if version.key.startswith(prefix)]
        return [
            ListedVersion(
                version.key,
                version.version_id or NULL_VERSION,
                machine.newest(version.key) is version,
                version.is_delete_marker,
                version.size,
                self._at(version),
            )
            for version in found
        ]

    async def create_multipart_upload(
        self, key: str, *, content_type: str = "binary/octet-stream", metadata: Mapping[str, str] | None = None
    ) -> str:
        """The upload id."""
        _check_key(key)
        machine = self._machine
        upload = await self._feed.call(
            machine, "s3:PutObject", machine.create_upload, key, content_type, metadata or {}
        )
        return upload.upload_id

    async def upload_part(self, key: str, upload_id: str, part_number: int, body: bytes | str) -> None:
        """Parts are numbered from 1 to 10,000; one that is sent again replaces the first."""
        if not 1 <= part_number <= PARTS_LIMIT:
            raise InvalidArgument(f"Part number must be an integer between 1 and 10000, inclusive ({part_number})")
        machine = self._machine
        content = _content(body)
        await self._feed.call(machine, "s3:PutObject", machine.upload_part, key, upload_id, part_number, content)

    async def complete_multipart_upload(self, key: str, upload_id: str, part_numbers: Sequence[int]) -> PutResult:
        """The parts are one object. Raises `InvalidPart`, `InvalidPartOrder`, `EntityTooSmall` (5 MiB)."""
        machine = self._machine
        cause = self._feed.cause()
        version = await self._feed.call(
            machine, "s3:PutObject", machine.complete_upload, key, upload_id, part_numbers, cause
        )
        return PutResult(_quoted(version), version.version_id)

    async def abort_multipart_upload(self, key: str, upload_id: str) -> None:
        """Its parts are gone."""
        machine = self._machine
        await self._feed.call(machine, "s3:AbortMultipartUpload", machine.abort_upload, key, upload_id)

    def _shown(self, version: Version, *, with_body: bool) -> StoredObject:
        return StoredObject(
            version.key,
            version.body if with_body else b"",
            version.size,
            version.content_type,
            _quoted(version),
            self._at(version),
            dict(version.metadata),
            version.version_id,
        )

    def _listed(self, version: Version) -> ListedObject:
        return ListedObject(version.key, version.size, _quoted(version), self._at(version))

    def _at(self, version: Version) -> datetime:
        return datetime.fromtimestamp(self._machine.birth.epoch + version.last_modified, UTC)


def _nothing(now: float) -> None:
    """A read: a turn in which nothing changes."""


def _quoted(version: Version) -> str:
    return f'"{version.etag}"'


def _content(body: bytes | str) -> bytes:
    if isinstance(body, str):
        body = body.encode()
    if not isinstance(body, bytes):
        raise InvalidArgument(f"body: bytes or a text, not {type(body).__name__}")
    if len(body) > OBJECT_LIMIT:
        raise EntityTooLarge("Your proposed upload exceeds the maximum allowed size")
    return body


def _check_key(key: str) -> None:
    if not isinstance(key, str) or not key:
        raise InvalidArgument(f"key={key!r}: a text that is not empty")
    if len(key.encode()) > KEY_LIMIT:
        raise KeyTooLongError("Your key is too long")


def _common_prefix(key: str, prefix: str, delimiter: str) -> str:
    if not delimiter or not key.startswith(prefix):
        return ""
    at = key.find(delimiter, len(prefix))
    return "" if at < 0 else key[: at + len(delimiter)]
