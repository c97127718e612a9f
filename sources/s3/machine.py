"""One bucket: its objects, and whom it tells about them.

One record a notification, at least once, in no promised order (here: in the order of the operations). S3 retries
nothing here: a target that refuses is a dropped notification, noted with its reason.
"""

from bisect import insort
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
    MethodNotAllowed,
    NoSuchKey,
    NoSuchUpload,
    NoSuchVersion,
)
from .notifications import Notification
from .objects import NULL_VERSION, Upload, Version, digest_of_parts

SMALLEST_PART: Final = 5 * 1024 * 1024
"""Bytes of every part but the last."""
SEQUENCER_STEP: Final = 0x10000


@define(eq=False)
class BucketMachine:
    arn: Arn
    birth: Birth
    versioning: bool
    event_version: str
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    _versions: dict[str, list[Version]] = field(factory=dict, init=False)  # oldest first
    _keys: list[str] = field(factory=list, init=False)  # sorted
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
        self._store(version)
        self._tell(now, "s3:ObjectCreated:Put", version, cause)
        return version

    def get(self, now: float, key: str, version_id: str | None) -> Version:
        """The newest version, or that one. Raises `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed` for a marker."""
        versions = self._versions.get(key, [])
        if version_id is None:
            if not versions or versions[-1].is_delete_marker:
                raise NoSuchKey(key)
            return versions[-1]
        found = self._find(key, version_id)
        if found is None:
            raise NoSuchVersion(f"The specified version does not exist. ({key}, {version_id})")
        if found.is_delete_marker:
            raise MethodNotAllowed("The specified method is not allowed against this resource.")
        return found

    def copy(
        self, now: float, key: str, source: Version, metadata: Mapping[str, str] | None, cause: Cause | None
    ) -> Version:
        version = self._new(
            now, key, source.body, source.content_type, source.metadata if metadata is None else metadata
        )
        self._store(version)
        self._tell(now, "s3:ObjectCreated:Copy", version, cause)
        return version

    def delete(self, now: float, key: str, version_id: str | None, cause: Cause | None) -> Version | None:
        """What was deleted, or the marker that hides it; None where there was nothing, which is no error."""
        if version_id is not None:
            return self._delete_version(now, key, version_id, cause)
        versions = self._versions.get(key, [])
        if self.versioning:
            marker = self._new(now, key, b"", "", {})
            marker.is_delete_marker = True
            self._store(marker)
            self._tell(now, "s3:ObjectRemoved:DeleteMarkerCreated", marker, cause)
            return marker
        if not versions:
            return None
        gone = versions[-1]
        self._drop(gone)
        self._removed(now, gone, cause)
        return gone

    def create_upload(self, now: float, key: str, content_type: str, metadata: Mapping[str, str]) -> Upload:
        upload = Upload(self._draw().replace("-", ""), key, content_type, metadata)
        self._uploads[upload.upload_id] = upload
        return upload

    def upload_part(self, now: float, key: str, upload_id: str, number: int, body: bytes) -> None:
        self._upload(key, upload_id).parts[number] = body

    def complete_upload(
        self, now: float, key: str, upload_id: str, numbers: Sequence[int], cause: Cause | None
    ) -> Version:
        upload = self._upload(key, upload_id)
        if list(numbers) != sorted(set(numbers)):
            raise InvalidPartOrder("The list of parts was not in ascending order.")
        if not numbers or any(number not in upload.parts for number in numbers):
            raise InvalidPart("One or more of the specified parts could not be found.")
        parts = [upload.parts[number] for number in numbers]
        if any(len(part) < SMALLEST_PART for part in parts[:-1]):
            raise EntityTooSmall("Your proposed upload is smaller than the minimum allowed size")
        version = self._new(now, key, b"".join(parts), upload.content_type, upload.metadata, digest_of_parts(parts))
        version.parts = len(parts)
        del self._uploads[upload_id]
        self._store(version)
        self._tell(now, "s3:ObjectCreated:CompleteMultipartUpload", version, cause)
        return version

    def abort_upload(self, now: float, key: str, upload_id: str) -> None:
        self._upload(key, upload_id)
        del self._uploads[upload_id]

    def listed(self) -> list[str]:
        """Sorted; those whose newest version is not a delete marker."""
        return [key for key in self._keys if not self._versions[key][-1].is_delete_marker]

    def newest(self, key: str) -> Version:
        return self._versions[key][-1]

    def all_versions(self) -> list[Version]:
        """By key, the newest first."""
        return [version for key in self._keys for version in reversed(self._versions[key])]

    def delivered(self, now: float, token: int, error: str | None) -> None:
        key = self._delivering.pop(token, None)
        if key is not None and error is not None:
            self.notes.append(("dropped", self.arn, key, f"notification refused: {error}", None))

    def wake(self, now: float) -> None:
        return

    def next_deadline(self) -> float:
        return inf

    def outstanding(self) -> int:
        return len(self._delivering)

    def _new(
        self, now: float, key: str, body: bytes, content_type: str, metadata: Mapping[str, str], etag: str | None = None
    ) -> Version:
        self._sequencer += SEQUENCER_STEP
        version_id = self._draw().replace("-", "") if self.versioning else None
        return Version(key, body, version_id, now, self._sequencer, content_type, dict(metadata), etag=etag)

    def _store(self, version: Version) -> None:
        versions = self._versions.get(version.key)
        if versions is None:
            self._versions[version.key] = [version]
            insort(self._keys, version.key)
        elif self.versioning:
            versions.append(version)
        else:
            versions[:] = [version]

    def _drop(self, version: Version) -> None:
        versions = self._versions[version.key]
        versions.remove(version)
        if not versions:
            del self._versions[version.key]
            self._keys.remove(version.key)

    def _delete_version(self, now: float, key: str, version_id: str, cause: Cause | None) -> Version | None:
        gone = self._find(key, version_id)
        if gone is not None:
            self._drop(gone)
            self._removed(now, gone, cause)
        return gone

    def _removed(self, now: float, gone: Version, cause: Cause | None) -> None:
        """The event has a sequencer of its own, later than that of the version."""
        self._sequencer += SEQUENCER_STEP
        removal = Version(gone.key, b"", gone.version_id, now, self._sequencer)
        self._tell(now, "s3:ObjectRemoved:Delete", removal, cause)

    def _find(self, key: str, version_id: str) -> Version | None:
        wanted = None if version_id == NULL_VERSION else version_id
        return next((each for each in self._versions.get(key, ()) if each.version_id == wanted), None)

    def _upload(self, key: str, upload_id: str) -> Upload:
        upload = self._uploads.get(upload_id)
        if upload is None or upload.key != key:
            raise NoSuchUpload("The specified multipart upload does not exist.")
        return upload

    def _tell(self, now: float, event: str, version: Version, cause: Cause | None) -> None:
        created = event.startswith("s3:ObjectCreated:")
        self.notes.append(
            ("put" if created else "removed", self.arn, version.key, version.size if created else None, cause)
        )
        if not self._notifications:
            return
        key = events.encoded(version.key)
        for notification in self._notifications:
            if notification.matches(event, key):
                self._notify(now, notification, event, version, cause)

    def _notify(
        self, now: float, notification: Notification, event: str, version: Version, cause: Cause | None
    ) -> None:
        at = self.birth.epoch + now
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
