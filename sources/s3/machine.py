"""One bucket: its objects, and whom it tells about them.

One record a notification, at least once, in no promised order (here: in the order of the operations; the event bus
after the others). S3 retries nothing here: a target that refuses is a lost notification, noted with its reason.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import ClassVar, Final

from attrs import define, field

from eventbus.core.effects import Arrived, Cause, Deliver, Delivered, Effect, Fetch, Fetched, Note
from eventbus.core.http import Request
from eventbus.core.redelivery import not_taken
from eventbus.names import Arn
from eventbus.ports import Birth

from . import event_bridge, events, website
from .configurations import FUNCTION, Change, Configuration
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
from .families import EXPIRED, EXPIRED_BY_MARKER, REPLICATION_PREFIX
from .family_data import NO_DATA, EventData, FamilyData, data_of
from .listing import Page, page_of
from .objects import NO_METADATA, NULL_VERSION, Part, Upload, Version, digest_of_parts
from .occurrence import Occurrence

SMALLEST_PART: Final = 5 * 1024 * 1024
"""Bytes of every part but the last."""
JSON: Final = ("String", "application/json")
SEQUENCER_STEP: Final = 0x10000  # arbitrary
ONTO_ITSELF: Final = (
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's "
    "metadata, storage class, website redirect location or encryption attributes."
)

PartName = tuple[int, str]  # number and eTag without quotes, as its client names it


@define(eq=False)
class BucketMachine:
    delivery_action: ClassVar[str] = "s3:PutObject"
    arn: Arn
    birth: Birth
    versioning: bool
    event_version: str
    event_bridge: bool = False  # events go to the default event bus as well
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    _versions: dict[str, list[Version]] = field(factory=dict, init=False)  # oldest first
    _order: list[str] | None = field(default=None, init=False)  # sorted keys; None: since then keys came or went
    _uploads: dict[str, Upload] = field(factory=dict, init=False)
    configurations: Sequence[Configuration] = field(default=(), init=False)
    _delivering: dict[int, tuple[str, Arn, Cause | None]] = field(factory=dict, init=False)  # token -> key, to whom
    _testing: dict[int, tuple[Change, Arn]] = field(factory=dict, init=False)  # token -> what the test is for
    _sequencer: int = field(default=0x60000000, init=False)  # arbitrary to begin with

    def notify(self, configuration: Configuration, *, test: bool) -> None:
        """From now on. Queues and topics are told by a test message that they will be."""
        self.configurations = (*self.configurations, configuration)
        if test and configuration.target.service != FUNCTION:
            target = configuration.target
            self._deliver(target, self._token("s3:TestEvent", target, None), self._test_event(0.0))

    def replace(self, now: float, change: Change, *, test: bool) -> None:
        """Once every queue and topic has taken its test message, or at once without a test; `Arrived` says that the
        last has answered."""
        for target in change.tested if test else ():
            token = self.birth.ids.draw()
            self._testing[token] = (change, target)
            change.waiting += 1
            self._deliver(target, token, self._test_event(now))
        if not change.waiting:
            self._apply(change)

    def put(
        self, now: float, key: str, body: bytes, content_type: str, metadata: Mapping[str, str], cause: Cause | None
    ) -> Version:
        version = self._new(now, key, body, content_type, metadata)
        self._created("s3:ObjectCreated:Put", version, cause)
        return version

    def deliver(self, now: float, effect: Deliver) -> None:
        """A record of a function or a mapping: an object under the key that it brings. What is no text comes as
        `content`, with its `content_type`."""
        key, given = effect.attributes.get("key"), effect.attributes.get("content")
        error = None if key is not None else "InvalidParameterValue: a bucket takes records with a key only"
        if key is not None:
            content = given[1] if given is not None and isinstance(given[1], bytes) else effect.body.encode()
            content_type = str(effect.attributes.get("content_type", JSON)[1])
            self.put(now, str(key[1]), content, content_type, NO_METADATA, effect.cause)
        self.effects.append(Delivered(effect.asker, effect.token, error))

    def get(self, now: float, key: str, version_id: str | None) -> Version:
        """The newest version, or that one. Raises `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed` for a marker."""
        if version_id is None:
            shown = self._shown(key)
            if shown is None:
                raise NoSuchKey(key)
            return shown
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
            return self._hide(now, key, "s3:ObjectRemoved:DeleteMarkerCreated", cause)
        gone = self._find(key, NULL_VERSION if version_id is None else version_id)
        if gone is not None:
            self._remove(now, gone, "s3:ObjectRemoved:Delete", cause)
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

    def emit(
        self, now: float, event: str, key: str, version_id: str | None, given: EventData, cause: Cause | None
    ) -> None:
        """The event of an operation that this bucket has not; what expires is gone, or hidden by a marker. Raises what
        `get` raises, and `InvalidRequest` for what can't happen with or without versioning."""
        if event == EXPIRED:
            self._expire(now, key, version_id, cause)
            return
        version = self.get(now, key, version_id)
        if not self.versioning and (event == EXPIRED_BY_MARKER or event.startswith(REPLICATION_PREFIX)):
            raise InvalidRequest(f"{event} needs versioning")
        if event == EXPIRED_BY_MARKER:
            if version_id is not None:
                raise InvalidRequest(f"{event} is of the newest version; one by its id expires by {EXPIRED}")
            self._hide(now, key, event, cause)
        else:
            self._tell(now, event, version, cause, data_of(event, given, version, self.birth.epoch))

    def delivered(self, now: float, token: int, error: str | None) -> None:
        tested = self._testing.pop(token, None)
        if tested is not None:
            self._tested(*tested, error)
            return
        told = self._delivering.pop(token, None)
        if told is not None and error is not None:
            key, target, cause = told
            self.notes.append(("not_taken", self.arn, key, not_taken(target, error), cause))

    def fetch_action(self, request: Request) -> str | None:
        """Who may not list is not told what is missing."""
        return "s3:GetObject" if self._shown(website.key_of(request)) is not None else "s3:ListBucket"

    def fetch(self, now: float, effect: Fetch) -> None:
        """An object as an origin shows it: over HTTP."""
        request, id = effect.request, self._draw()
        version = self._shown(website.key_of(request))
        if request.method not in website.METHODS:
            response = website.refused(request, website.NOT_ALLOWED, id)
        elif effect.refused is not None:
            response = website.refused(request, website.DENIED, id)
        elif version is None:
            response = website.refused(request, website.MISSING, id)
        else:
            response = website.found(request, version, self.birth.epoch, id)
        self.effects.append(Fetched(effect.asker, effect.token, response))

    def wake(self, now: float) -> None:
        return

    def next_deadline(self) -> float:
        return inf

    def outstanding(self) -> int:
        """Notifications and tests that nobody has answered yet."""
        return len(self._delivering) + len(self._testing)

    def _new(
        self, now: float, key: str, body: bytes, content_type: str, metadata: Mapping[str, str], etag: str | None = None
    ) -> Version:
        version_id = self._draw().replace("-", "") if self.versioning else None
        self._sequencer += SEQUENCER_STEP
        return Version(key, body, version_id, now, self._sequencer, content_type, metadata, False, etag)

    def _created(self, event: str, version: Version, cause: Cause | None) -> None:
        self._store(version)
        self.notes.append(("put", self.arn, version.key, len(version.body), cause))
        self._tell(version.last_modified, event, version, cause)

    def _removed(self, event: str, version: Version, cause: Cause | None) -> None:
        self.notes.append(("removed", self.arn, version.key, None, cause))
        self._tell(version.last_modified, event, version, cause)

    def _hide(self, now: float, key: str, event: str, cause: Cause | None) -> Version:
        marker = self._new(now, key, b"", "", {})
        marker.is_delete_marker = True
        self._store(marker)
        self._removed(event, marker, cause)
        return marker

    def _remove(self, now: float, version: Version, event: str, cause: Cause | None) -> None:
        self._drop(version)
        self._sequencer += SEQUENCER_STEP  # the event has one of its own, later than that of the version
        self._removed(event, Version(version.key, b"", version.version_id, now, self._sequencer), cause)

    def _expire(self, now: float, key: str, version_id: str | None, cause: Cause | None) -> None:
        """For good: without versioning, or a version that is not the newest any more, or a marker."""
        if self.versioning and version_id is None:
            raise InvalidRequest(f"with versioning the newest version expires by {EXPIRED_BY_MARKER}")
        gone = self._find(key, NULL_VERSION if version_id is None else version_id)
        if gone is None:
            raise NoSuchKey(key) if version_id is None else NoSuchVersion(about=f"key {key!r}, version {version_id}")
        self._remove(now, gone, EXPIRED, cause)

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

    def _shown(self, key: str) -> Version | None:
        """The newest version, unless it is a delete marker."""
        return self._versions[key][-1] if key in self._versions and self._is_shown(key) else None

    def _is_shown(self, key: str) -> bool:
        return not self._versions[key][-1].is_delete_marker

    def _upload(self, key: str, upload_id: str) -> Upload:
        upload = self._uploads.get(upload_id)
        if upload is None or upload.key != key:
            raise NoSuchUpload(about=f"key {key!r}, upload {upload_id}")
        return upload

    def _tell(self, now: float, event: str, version: Version, cause: Cause | None, data: FamilyData = NO_DATA) -> None:
        if not self.configurations and not self.event_bridge:
            return
        key = events.encoded(version.key)
        told = [each for each in self.configurations if each.matches(event, key)]
        if not told and not self.event_bridge:
            return
        occurrence = Occurrence(event, self.birth.epoch + now, version, self._draw(), data)
        for configuration in told:
            record = events.record(self.arn, configuration.id, self.event_version, occurrence)
            self._notify(configuration.target, version.key, events.text(record), cause)
        if self.event_bridge:
            body = event_bridge.body(self.arn, occurrence)
            if body is not None:
                self._notify(event_bridge.DEFAULT_BUS, version.key, body, cause)

    def _notify(self, target: Arn, key: str, body: str, cause: Cause | None) -> None:
        self.notes.append(("notified", self.arn, key, target, cause))
        self._deliver(target, self._token(key, target, cause), body, cause)

    def _deliver(self, target: Arn, token: int, body: str, cause: Cause | None = None) -> None:
        self.effects.append(Deliver(target, self.arn, token, body, cause=cause))

    def _test_event(self, now: float) -> str:
        return events.test_event(self.arn, self.birth.epoch + now, self._draw())

    def _tested(self, change: Change, target: Arn, error: str | None) -> None:
        change.answered(target, error)
        if not change.waiting:
            if not change.refusals:
                self._apply(change)
            self.effects.append(Arrived(self.arn))

    def _apply(self, change: Change) -> None:
        self.configurations = tuple(change.configurations)
        self.event_bridge = change.event_bridge

    def _token(self, key: str, target: Arn, cause: Cause | None) -> int:
        token = self.birth.ids.draw()
        self._delivering[token] = key, target, cause
        return token

    def _draw(self) -> str:
        return self.birth.ids.text(self.birth.ids.draw())
