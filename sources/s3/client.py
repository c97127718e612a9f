"""What one can do with a bucket."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any, Unpack

from attrs import define

from eventbus.checks import texts
from eventbus.ports import Feed, Resource

from . import checking, configuring
from .answers import (
    CreatedUpload,
    DeletedObject,
    DeleteResult,
    ListedObject,
    ListedVersion,
    Listing,
    PutResult,
    StoredObject,
    UploadedPart,
    VersionListing,
)
from .errors import InvalidArgument
from .family_data import EventData
from .family_data import check as check_data
from .machine import BucketMachine
from .objects import BINARY, NO_METADATA, Version


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
        content_type: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> PutResult:
        """The object is stored and its notifications are handed over. Text is stored as UTF-8; the content type is
        `binary/octet-stream` unless given. Raises `KeyTooLongError`, `EntityTooLarge`, `InvalidArgument`."""
        checking.check_key(key)
        content = checking.content(body)
        kept = NO_METADATA if metadata is None else checking.metadata_of(metadata)
        machine, feed = self._machine, self._feed
        version = await feed.call(
            machine, "s3:PutObject", machine.put, key, content, content_type or BINARY, kept, feed.cause()
        )
        return PutResult(version)

    async def get_object(self, key: str, *, version_id: str | None = None) -> StoredObject:
        """The newest version, or that one. Raises `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed` for a marker."""
        version = await self._get(key, version_id)
        return StoredObject(version, self._machine.birth.epoch, version.body)

    async def head_object(self, key: str, *, version_id: str | None = None) -> StoredObject:
        """As `get_object`, without the body."""
        return StoredObject(await self._get(key, version_id), self._machine.birth.epoch, b"")

    async def delete_object(self, key: str, *, version_id: str | None = None) -> DeleteResult:
        """In a versioned bucket a delete marker, or that version is gone for good. Nothing there is no error."""
        machine = self._machine
        checking.check_key(key)
        texts(InvalidArgument, version_id=version_id)
        action = "s3:DeleteObject" if version_id is None else "s3:DeleteObjectVersion"
        gone = await self._feed.call(machine, action, machine.delete, key, version_id, self._feed.cause())
        if gone is None:
            return DeleteResult(False, version_id)
        return DeleteResult(gone.is_delete_marker, gone.version_id)

    async def delete_objects(self, keys: Sequence[str]) -> list[DeletedObject]:
        """1 to 1,000 keys in one call, each with a notification of its own. Raises `MalformedXML` for others."""
        machine = self._machine
        checking.check_keys(keys)
        found = await self._feed.call(machine, "s3:DeleteObject", machine.delete_each, list(keys), self._feed.cause())
        markers = [gone.version_id if gone is not None and gone.is_delete_marker else None for gone in found]
        return [DeletedObject(key, marker is not None, marker) for key, marker in zip(keys, markers, strict=True)]

    async def copy_object(
        self,
        key: str,
        copy_source: "str | tuple[Resource[Any], str]",
        *,
        metadata: Mapping[str, str] | None = None,
    ) -> PutResult:
        """`copy_source` is `bucket/key`, with `?versionId=...` behind it for a version, or a pair of a bucket and a
        key; this bucket only. With `metadata` the copy has that instead of the source's. Raises what `get_object`
        raises, `InvalidArgument` for another bucket, `InvalidRequest` for a copy onto itself that changes nothing."""
        machine = self._machine
        checking.check_key(key)
        source_key, version_id = checking.source_of(copy_source, machine.arn.name)
        kept = None if metadata is None else checking.metadata_of(metadata)
        source = await self._get(source_key, version_id)
        version = await self._feed.call(machine, "s3:PutObject", machine.copy, key, source, kept, self._feed.cause())
        return PutResult(version)

    async def list_objects_v2(
        self,
        *,
        prefix: str = "",
        delimiter: str = "",
        start_after: str = "",
        max_keys: int = checking.KEYS_LIMIT,
        continuation_token: str | None = None,
    ) -> Listing:
        """Keys in order; at most `max_keys` of them and of common prefixes together, never more than 1,000."""
        machine, limit = self._machine, checking.page_size(max_keys)
        after = start_after if continuation_token is None else continuation_token
        texts(InvalidArgument, prefix=prefix, delimiter=delimiter, start_after=after)
        page, newest = await self._feed.call(
            machine, "s3:ListBucket", machine.list_keys, prefix or "", delimiter or "", after or "", limit
        )
        contents = [ListedObject(version, machine.birth.epoch) for version in newest]
        return Listing(contents, page.prefixes, page.truncated, page.last if page.truncated else None)

    async def list_object_versions(self, *, prefix: str = "") -> VersionListing:
        """By key, the newest first; all of them in one page."""
        machine = self._machine
        texts(InvalidArgument, prefix=prefix)
        found = await self._feed.call(machine, "s3:ListBucketVersions", machine.list_versions, prefix or "")
        listing = VersionListing()
        for version, latest in found:
            place = listing.delete_markers if version.is_delete_marker else listing.versions
            place.append(ListedVersion(version, machine.birth.epoch, latest))
        return listing

    async def create_multipart_upload(
        self, key: str, *, content_type: str | None = None, metadata: Mapping[str, str] | None = None
    ) -> CreatedUpload:
        """Parts may be uploaded under the `upload_id` of the answer."""
        checking.check_key(key)
        machine, kept = self._machine, checking.metadata_of(metadata)
        upload = await self._feed.call(
            machine, "s3:PutObject", machine.create_upload, key, content_type or BINARY, kept
        )
        return CreatedUpload(key, upload.upload_id)

    async def upload_part(self, key: str, upload_id: str, part_number: int, body: bytes | str) -> UploadedPart:
        """Parts are numbered from 1 to 10,000; one that is sent again replaces the first. Raises `NoSuchUpload`."""
        checking.check_part_number(part_number)
        texts(InvalidArgument, key=key, upload_id=upload_id)
        machine, content = self._machine, checking.content(body)
        part = await self._feed.call(machine, "s3:PutObject", machine.upload_part, key, upload_id, part_number, content)
        return UploadedPart(part)

    async def complete_multipart_upload(
        self, key: str, upload_id: str, parts: Sequence[Mapping[str, Any]]
    ) -> PutResult:
        """The parts, each `{"part_number": ..., "e_tag": ...}`, are one object. Raises `NoSuchUpload`, `InvalidPart`,
        `InvalidPartOrder`, `MalformedXML`, and `EntityTooSmall` where one before the last has less than 5 MiB."""
        machine, named = self._machine, checking.parts_of(parts)
        texts(InvalidArgument, key=key, upload_id=upload_id)
        cause = self._feed.cause()
        version = await self._feed.call(machine, "s3:PutObject", machine.complete_upload, key, upload_id, named, cause)
        return PutResult(version)

    async def abort_multipart_upload(self, key: str, upload_id: str) -> None:
        """The upload and its parts are gone. Raises `NoSuchUpload`."""
        machine = self._machine
        texts(InvalidArgument, key=key, upload_id=upload_id)
        await self._feed.call(machine, "s3:AbortMultipartUpload", machine.abort_upload, key, upload_id)

    async def put_bucket_notification_configuration(
        self, notification_configuration: Mapping[str, Any], *, skip_destination_validation: bool = False
    ) -> None:
        """All notifications of this bucket are these, for this bus; declared ones end. Queues and topics get a test
        message first: if one is refused nothing changes, and it raises `InvalidArgument` that names each of those.
        Functions are not looked at. Raises `InvalidArgument` and `MalformedXML` for what is written wrong; forms are
        described in `configuring`."""
        machine, change = self._machine, configuring.change_of(notification_configuration)
        await self._feed.call(
            machine,
            "s3:PutBucketNotification",
            machine.replace,
            change,
            test=not skip_destination_validation,
        )
        while change.waiting:
            await self._feed.wait(machine, inf)
        if change.refusals:
            raise configuring.not_validated(change.refusals)

    async def get_bucket_notification_configuration(self) -> dict[str, Any]:
        """As it was put, or declared; empty without any notification."""
        machine = self._machine
        return await self._feed.call(machine, "s3:GetBucketNotification", _notifications, machine)

    async def emit_event(
        self, event_name: str, key: str, *, version_id: str | None = None, **data: Unpack[EventData]
    ) -> None:
        """What S3 does by itself, or by operations that are not offered, has happened to this object: restore,
        replication, life cycle, tiering, access control, tags, annotations, retention. `event_name` is a type such as
        `s3:ObjectRestore:Completed`, `data` what its event tells beside the object. What expires is gone afterwards;
        nothing else changes. Raises what `get_object` raises, `InvalidArgument` for a name or data that is not of
        this event, `InvalidRequest` for replication and expiration where versioning does not fit."""
        machine = self._machine
        checking.check_emitted(event_name)
        checking.check_key(key)
        texts(InvalidArgument, version_id=version_id)
        check_data(event_name, data)
        await self._feed.call(
            machine, "s3:PutObject", machine.emit, event_name, key, version_id, data, self._feed.cause()
        )

    async def _get(self, key: str, version_id: str | None) -> Version:
        machine = self._machine
        texts(InvalidArgument, key=key, version_id=version_id)
        action = "s3:GetObject" if version_id is None else "s3:GetObjectVersion"
        return await self._feed.call(machine, action, machine.get, key, version_id)


def _notifications(now: float, machine: BucketMachine) -> dict[str, Any]:
    return configuring.shown(machine.configurations, machine.event_bridge)
