"""One bucket: its objects, and whom it tells about them.

One record a notification, at least once, in no promised order (here: in the order of the operations). S3 retries
nothing here: a target that refuses is a dropped notification, noted with its reason.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Final

from attrs import define, field

from eventbus.core.effects import Cause, Deliver, Effect, Note
from eventbus.names import Arn
from eventbus.ports import Birth

from . import events
from .errors import (
    EntityTooSmall,
    InvalidPart,
    InvalidPartOrder,
    InvalidRequest,
    MethodNotAllowed,
    NoSuchKey,
    NoSuchUpload,
    NoSuchVersion,
)
from .listing import Page, page_of
from .notifications import Notification
from .objects import NULL_VERSION, Part, Upload, Version, digest_of_parts

SMALLEST_PART: Final = 5 * 1024 * 1024
"""Bytes of every part but the last."""
SEQUENCER_STEP: Final = 0x10000
ONTO_ITSELF: Final = (
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's "
    "metadata, storage class, website redirect location or encryption attributes."
)

PartName = tuple[int, str]  # number and eTag without quotes, as its client names it


@define(eq=False)
class BucketMachine:
    arn: Arn
    birth: Birth
    versioning: bool
    event_version: str
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    _versions: dict[str, list[Version]] = field(factory=dict, init=False)  # oldest first
    _order: list[str] | None = field(default=None, init=False)  # sorted keys; None: since then keys came or went
    _uploads: dict[str, Upload] = field(factory=dict, init=False)
    _notifications: list[Notification] = field(factory=list, init=False)
    _delivering: dict[int, str] = field(factory=dict, init=False)  # token -> key
    _sequencer: int = field(default=0x60000000, init=False)

    def notify(self, notification: Notification) -> None:
        """From now on. Queues are told by a test message that they will be."""
        self._notifications.append(notification)
        if notification.test_event and notification.target.service != "lambda":
            body = events.test_event(self.arn, self.birth.epoch, self._draw())
            self.effects.append(Deliver(notification.target, self.arn, self._token("s3:TestEvent"), body))

    def put(
        self, now: float, key: str, body: bytes, content_type: str, metadata: Mapping[str, str], cause: Cause | None
    ) -> Version:
        version = self._new(now, key, body, content_type, metadata)
        self._created("s3:ObjectCreated:Put", version, cause)
        return version

    def get(self, now: float, key: str, version_id: str | None) -> Version:
        """The newest version, or that one. Raises `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed` for a marker."""
        if version_id is None:
            versions = self._versions.get(key)
            if versions is None or versions[-1].is_delete_marker:
                raise NoSuchKey(key)
            return versions[-1]
        found = self._find(key, version_id)
        if found is None:
            raise NoSuchVersion(about=f"key {key!r}, version {version_id}")
        if found.is_delete_marker:
            raise MethodNotAllowed(about=f"key {key!r}, version {version_id}")
        return found

    def copy(
        self, now: float, key: str, source: Version, metadata: Mapping[str, str] | None, cause: Cause | None
    ) -> Version:
        """`source` was read before, and is copied as it was then. Raises `InvalidRequest` where nothing would change:
        the newest version onto its own key, with its own metadata."""
        if metadata is None and source.key == key and self._versions.get(key, [])[-1:] == [source]:
            raise InvalidRequest(ONTO_ITSELF)
        kept = source.metadata if metadata is None else metadata
        version = self._new(now, key, source.body, source.content_type, kept)
        self._created("s3:ObjectCreated:Copy", version, cause)
        return version

    def delete(self, now: float, key: str, version_id: str | None, cause: Cause | None) -> Version | None:
        """What was deleted, or the marker that hides it; None where there was nothing, which is no error."""
        if version_id is None and self.versioning:
            marker = self._new(now, key, b"", "", {})
            marker.is_delete_marker = True
            self._store(marker)
            self._removed("s3:ObjectRemoved:DeleteMarkerCreated", marker, cause)
            return marker
        gone = self._find(key, NULL_VERSION if version_id is None else version_id)
        if gone is None:
            return None
        self._drop(gone)
        self._sequencer += SEQUENCER_STEP  # the event has one of its own, later than that of the version
        removal = Version(key, b"", gone.version_id, now, self._sequencer)
        self._removed("s3:ObjectRemoved:Delete", removal, cause)
        return gone

    def delete_each(self, now: float, keys: Sequence[str], cause: Cause | None) -> list[Version | None]:
        """Each as `delete` has it, with a notification of its own."""
        return [self.delete(now, key, None, cause) for key in keys]

    def create_upload(self, now: float, key: str, content_type: str, metadata: Mapping[str, str]) -> Upload:
        upload = Upload(self._draw().replace("-", ""), key, content_type, metadata)
        self._uploads[upload.upload_id] = upload
        return upload

    def upload_part(self, now: float, key: str, upload_id: str, number: int, body: bytes) -> Part:
        part = self._upload(key, upload_id).parts[number] = Part(body)
        return part

    def complete_upload(
        self, now: float, key: str, upload_id: str, named: Sequence[PartName], cause: Cause | None
    ) -> Version:
        upload = self._upload(key, upload_id)
        numbers = [number for number, _ in named]
        if numbers != sorted(set(numbers)):
            raise InvalidPartOrder
        for number, etag in named:
            if number not in upload.parts or upload.parts[number].digest.hex() != etag:
                raise InvalidPart(about=f"part {number}")
        parts = [upload.parts[number] for number in numbers]
        if any(len(part.body) < SMALLEST_PART for part in parts[:-1]):
            raise EntityTooSmall
        body = b"".join(part.body for part in parts)
        version = self._new(now, key, body, upload.content_type, upload.metadata, digest_of_parts(parts))
        del self._uploads[upload_id]
        self._created("s3:ObjectCreated:CompleteMultipartUpload", version, cause)
        return version

    def abort_upload(self, now: float, key: str, upload_id: str) -> None:
        self._upload(key, upload_id)
        del self._uploads[upload_id]

    def list_keys(self, now: float, prefix: str, delimiter: str, after: str, limit: int) -> tuple[Page, list[Version]]:
        """One page, without keys whose newest version is a delete marker, and the newest versions of its keys."""
        page = page_of(self._sorted(), self._is_shown, prefix, delimiter, after, limit)
        return page, [self._versions[key][-1] for key in page.keys]

    def list_versions(self, now: float, prefix: str) -> list[tuple[Version, bool]]:
        """By key, the newest first, each with whether it is its key's newest."""
        return [
            (version, version is self._versions[key][-1])
            for key in self._sorted()
            if key.startswith(prefix)
            for version in reversed(self._versions[key])
        ]

    def delivered(self, now: float, token: int, error: str | None) -> None:
        key = self._delivering.pop(token, None)
        if key is not None and error is not None:
            self.notes.append(("dropped", self.arn, key, f"notification refused: {error}", None))

    def wake(self, now: float) -> None:
        return

    def next_deadline(self) -> float:
        return inf

    def outstanding(self) -> int:
        """Notifications that nobody has answered yet."""
        return len(self._delivering)

    def _new(
        self, now: float, key: str, body: bytes, content_type: str, metadata: Mapping[str, str], etag: str | None = None
    ) -> Version:
        version_id = self._draw().replace("-", "") if self.versioning else None
        self._sequencer += SEQUENCER_STEP
        return Version(key, body, version_id, now, self._sequencer, content_type, metadata, False, etag)

    def _created(self, event: str, version: Version, cause: Cause | None) -> None:
        self._store(version)
        self.notes.append(("put", self.arn, version.key, len(version.body), cause))
        if self._notifications:
            self._tell(event, version, cause)

    def _removed(self, event: str, version: Version, cause: Cause | None) -> None:
        self.notes.append(("removed", self.arn, version.key, None, cause))
        if self._notifications:
            self._tell(event, version, cause)

    def _store(self, version: Version) -> None:
        versions = self._versions.get(version.key)
        if versions is None:
            self._versions[version.key] = [version]
            self._order = None
        elif self.versioning:
            versions.append(version)
        else:
            versions[0] = version

    def _drop(self, version: Version) -> None:
        versions = self._versions[version.key]
        versions.remove(version)
        if not versions:
            del self._versions[version.key]
            self._order = None

    def _find(self, key: str, version_id: str) -> Version | None:
        wanted = None if version_id == NULL_VERSION else version_id
        return next((each for each in self._versions.get(key, ()) if each.version_id == wanted), None)

    def _sorted(self) -> list[str]:
        """S3 orders keys by their bytes in UTF-8, which is the order of texts."""
        if self._order is None:
            self._order = sorted(self._versions)
        return self._order

    def _is_shown(self, key: str) -> bool:
        return not self._versions[key][-1].is_delete_marker

    def _upload(self, key: str, upload_id: str) -> Upload:
        upload = self._uploads.get(upload_id)
        if upload is None or upload.key != key:
            raise NoSuchUpload(about=f"key {key!r}, upload {upload_id}")
        return upload

    def _tell(self, event: str, version: Version, cause: Cause | None) -> None:
        key = events.encoded(version.key)
        for notification in self._notifications:
            if notification.matches(event, key):
                self._notify(notification, event, version, cause)

    def _notify(self, notification: Notification, event: str, version: Version, cause: Cause | None) -> None:
        at = self.birth.epoch + version.last_modified
        record = events.record(self.arn, notification.name, self.event_version, at, event, version, self._draw())
        self.notes.append(("notified", self.arn, version.key, notification.target, cause))
        token = self._token(version.key)
        self.effects.append(Deliver(notification.target, self.arn, token, events.text(record), cause=cause))

    def _token(self, key: str) -> int:
        token = self.birth.ids.draw()
        self._delivering[token] = key
        return token

    def _draw(self) -> str:
        return self.birth.ids.text(self.birth.ids.draw())
