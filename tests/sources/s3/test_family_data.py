"""Events of operations that buckets do not have: emitted by explicit calls, as recorded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import S3Event as PowertoolsEvent
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import S3Model

from sources import s3
from sources.s3.families import EXPIRED, EXPIRED_BY_MARKER, FAMILIES
from sources.s3.family_data import MEMBERS, OPTIONAL
from tests.golden import load, match
from tests.sources.helpers import done
from tests.sources.s3.helpers import CONTENT, KEY, Sink, bucket_at

EXPIRY = datetime(2026, 1, 3, tzinfo=UTC)
RESTORED = {"lifecycle_restoration_expiry_time": EXPIRY, "lifecycle_restore_storage_class": "GLACIER"}
REPLICATED: dict[str, Any] = {"replication_rule_id": "copies", "destination_bucket": s3.Bucket("copies")}
FAILED = {**REPLICATED, "failure_reason": "DstBucketNotFound"}
MISSED = {**REPLICATED, "threshold": "900"}
LATE = {**MISSED, "replication_time": "1200"}

UNVERSIONED = [
    ("object_restore_post", "s3:ObjectRestore:Post", {}),
    ("object_restore_completed", "s3:ObjectRestore:Completed", RESTORED),
    ("object_restore_delete", "s3:ObjectRestore:Delete", {}),
    ("object_acl_put", "s3:ObjectAcl:Put", {}),
    ("object_tagging_put", "s3:ObjectTagging:Put", {}),
    ("object_tagging_delete", "s3:ObjectTagging:Delete", {}),
    ("lifecycle_transition", "s3:LifecycleTransition", {"destination_storage_class": "GLACIER"}),
    ("lifecycle_expiration_delete", EXPIRED, {}),
    ("intelligent_tiering", "s3:IntelligentTiering", {"destination_access_tier": "ARCHIVE_ACCESS"}),
]
VERSIONED = [
    ("replication_failed", "s3:Replication:OperationFailedReplication", FAILED, 20),
    ("replication_not_tracked", "s3:Replication:OperationNotTracked", REPLICATED, 20),
    ("replication_missed_threshold", "s3:Replication:OperationMissedThreshold", MISSED, 910),
    ("replication_after_threshold", "s3:Replication:OperationReplicatedAfterThreshold", LATE, 1_210),
    ("lifecycle_expiration_delete_marker", EXPIRED_BY_MARKER, {}, 10),
]


def emitted(event: str, data: dict[str, Any], at: float = 10.0, **options: Any) -> tuple[s3.BucketClient, Sink]:
    """Of an object put at 10 s; without the event of the put."""
    uploads, sink, _ = bucket_at(**options)
    done(uploads.put_object(KEY, CONTENT))
    sink.bodies.clear()
    uploads._feed.now = at  # type: ignore[attr-defined]  # the feed of these tests
    done(uploads.emit_event(event, KEY, **data))
    return uploads, sink


@pytest.mark.parametrize(("golden", "event", "data"), UNVERSIONED, ids=[row[0] for row in UNVERSIONED])
def test_event_is_the_golden(golden: str, event: str, data: dict[str, Any]) -> None:
    """Key by key."""
    _, sink = emitted(event, data)

    [body] = sink.bodies
    match(load(f"s3/{golden}"), body)


@pytest.mark.parametrize(("golden", "event", "data", "at"), VERSIONED, ids=[row[0] for row in VERSIONED])
def test_event_of_a_version_is_the_golden(golden: str, event: str, data: dict[str, Any], at: float) -> None:
    """Replication has the time of the put as that of its request."""
    _, sink = emitted(event, data, at, versioning=True)

    [body] = sink.bodies
    match(load(f"s3/{golden}"), body)


@pytest.mark.parametrize("event", ["s3:ObjectAnnotation:Put", "s3:ObjectAnnotation:Delete", "s3:ObjectRetention:Put"])
def test_younger_types_are_shaped_like_tags(event: str) -> None:
    """No record of them was published."""
    _, sink = emitted(event, {})

    [record] = sink.bodies[0]["Records"]
    assert record["eventName"] == event.removeprefix("s3:")
    assert list(record["s3"]["object"]) == ["key", "eTag"]


def test_lost_object_is_told() -> None:
    """With its size, without a sequencer."""
    _, sink = emitted("s3:ReducedRedundancyLostObject", {})

    [record] = sink.bodies[0]["Records"]
    assert (record["eventName"], record["eventVersion"]) == ("ReducedRedundancyLostObject", "2.1")
    assert list(record["s3"]["object"]) == ["key", "size", "eTag"]


@pytest.mark.parametrize("event", sorted(set(FAMILIES) - {EXPIRED_BY_MARKER}))
def test_newer_version_is_that_of_all(event: str) -> None:
    """Where the bucket says so."""
    uploads, sink, machine = bucket_at(event_version="2.6")
    done(uploads.put_object(KEY, CONTENT))
    machine._tell(10.0, event, machine.get(10.0, KEY, None), None)

    for body in sink.bodies:
        assert body["Records"][0]["eventVersion"] == "2.6"


def test_expired_object_is_gone() -> None:
    """Whoever handles the event does not find it any more."""
    uploads, _ = emitted(EXPIRED, {})

    with pytest.raises(s3.NoSuchKey):
        done(uploads.get_object(KEY))


def test_expiration_of_versions() -> None:
    """The newest is hidden by a marker, an older one and the marker go for good."""
    uploads, sink, _ = bucket_at(versioning=True)

    async def main() -> list[tuple[str, str | None]]:
        old = (await uploads.put_object(KEY, b"1")).version_id
        await uploads.emit_event(EXPIRED_BY_MARKER, KEY)
        [marker] = (await uploads.list_object_versions()).delete_markers
        for version_id in (old, marker.version_id):
            await uploads.emit_event(EXPIRED, KEY, version_id=version_id)
        assert (await uploads.list_object_versions()).delete_markers == []
        records = [body["Records"][0] for body in sink.bodies[1:]]
        found = [(each["eventName"], each["s3"]["object"]["versionId"]) for each in records]
        assert found == [
            ("LifecycleExpiration:DeleteMarkerCreated", marker.version_id),
            ("LifecycleExpiration:Delete", old),
            ("LifecycleExpiration:Delete", marker.version_id),
        ]
        return found

    assert len(done(main())) == 3


@pytest.mark.parametrize(
    ("event", "versioning", "settings"),
    [
        (EXPIRED_BY_MARKER, False, {}),
        (EXPIRED_BY_MARKER, True, {"version_id": "that"}),
        (EXPIRED, True, {}),
        ("s3:Replication:OperationNotTracked", False, REPLICATED),
    ],
    ids=["marker without versions", "marker of a version", "newest for good", "replication without versions"],
)
def test_what_versioning_does_not_allow(event: str, versioning: bool, settings: dict[str, Any]) -> None:
    """Nothing changes."""
    uploads, sink, _ = bucket_at(versioning=versioning)
    put = done(uploads.put_object(KEY, CONTENT))
    if "version_id" in settings:
        settings = {"version_id": put.version_id}

    with pytest.raises(s3.InvalidRequest):
        done(uploads.emit_event(event, KEY, **settings))
    assert len(sink.bodies) == 1
    assert done(uploads.get_object(KEY)).body == CONTENT


@pytest.mark.parametrize("event", ["s3:ObjectTagging:Put", EXPIRED])
def test_nothing_there_is_refused(event: str) -> None:
    """No such key, no such version."""
    uploads, sink, _ = bucket_at(versioning=event == "s3:ObjectTagging:Put")

    with pytest.raises(s3.NoSuchKey):
        done(uploads.emit_event(event, KEY))
    with pytest.raises(s3.NoSuchVersion):
        done(uploads.put_object(KEY))
        done(uploads.emit_event(event, KEY, version_id="other"))
    assert len(sink.bodies) == 1


@pytest.mark.parametrize(
    ("event", "data", "text"),
    [
        ("s3:ObjectCreated:Put", {}, "put, copy or delete"),
        ("s3:ObjectRemoved:Delete", {}, "put, copy or delete"),
        ("s3:ObjectTagging:*", {}, "event_name"),
        (["s3:ObjectTagging:Put"], {}, "event_name"),
        ("ObjectTagging:Put", {}, "event_name"),
        ("s3:ObjectTagging:Put", {"threshold": "1"}, "has no data"),
        ("s3:LifecycleTransition", {}, "destination_storage_class=None"),
        ("s3:LifecycleTransition", {"destination_storage_class": ""}, "destination_storage_class"),
        ("s3:LifecycleTransition", {"destination_storage_class": "\ud800"}, "destination_storage_class"),
        ("s3:IntelligentTiering", {"destination_access_tier": "DEEP"}, "DEEP_ARCHIVE_ACCESS"),
        ("s3:ObjectRestore:Post", RESTORED, "s3:ObjectRestore:Post has lifecycle_restore_storage_class"),
        ("s3:ObjectRestore:Completed", {}, "lifecycle_restoration_expiry_time"),
        ("s3:ObjectRestore:Completed", {"lifecycle_restoration_expiry_time": datetime(2026, 1, 1)}, "time zone"),
        ("s3:Replication:OperationNotTracked", {**REPLICATED, "destination_bucket": "copies"}, "destination_bucket"),
        ("s3:Replication:OperationNotTracked", {**REPLICATED, "destination_bucket": None}, "destination_bucket"),
        ("s3:Replication:OperationFailedReplication", REPLICATED, "failure_reason"),
        ("s3:Replication:OperationMissedThreshold", {**REPLICATED, "threshold": 15}, "threshold"),
    ],
    ids=lambda each: str(each)[:40],
)
def test_what_is_refused(event: Any, data: dict[str, Any], text: str) -> None:
    """Before anything is told."""
    uploads, sink, _ = bucket_at()

    with pytest.raises(s3.InvalidArgument, match=text):
        done(uploads.emit_event(event, KEY, **data))
    assert sink.bodies == []


def test_every_member_of_data_is_an_argument() -> None:
    """And the other way round."""
    members = {name for names in MEMBERS.values() for name in names}

    assert members == set(s3.EventData.__annotations__) >= set(OPTIONAL)


def test_what_replication_may_say_besides() -> None:
    """An ARN, another operation, another time."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=1.5)
    given = {"destination_bucket": "arn:aws:s3:::other", "s3_operation": "OBJECT_TAGGING", "request_time": at}
    _, sink = emitted("s3:Replication:OperationNotTracked", {**REPLICATED, **given}, versioning=True)

    [record] = sink.bodies[0]["Records"]
    assert record["replicationEventData"] == {
        "replicationRuleId": "copies",
        "destinationBucket": "arn:aws:s3:::other",
        "s3Operation": "OBJECT_TAGGING",
        "requestTime": "2026-01-01T00:00:01.500Z",
    }


UNREADABLE = {"s3:ObjectAcl:Put", "s3:ObjectTagging:Put"}
"""Recorded without a size; powertools' parser wants one of every type but deletes."""


@pytest.mark.parametrize(
    ("event", "data"), [row[1:] for row in UNVERSIONED if row[1] not in UNREADABLE], ids=lambda each: str(each)[:30]
)
def test_powertools_parses(event: str, data: dict[str, Any]) -> None:
    """What its model takes."""
    _, sink = emitted(event, data)
    parsed: Any = parse(event=sink.bodies[0], model=S3Model)

    assert parsed.Records[0].eventName == event.removeprefix("s3:")


def test_powertools_shows_restored_and_tiered_objects() -> None:
    """Its data classes have what stands beside the object."""
    _, sink = emitted("s3:ObjectRestore:Completed", RESTORED)
    _, tiered = emitted("s3:IntelligentTiering", {"destination_access_tier": "DEEP_ARCHIVE_ACCESS"})

    restore = PowertoolsEvent(sink.bodies[0]).record.glacier_event_data
    assert restore is not None
    assert restore.restore_event_data.lifecycle_restoration_expiry_time == "2026-01-03T00:00:00.000Z"
    tier = PowertoolsEvent(tiered.bodies[0]).record.intelligent_tiering_event_data
    assert tier is not None
    assert tier.destination_access_tier == "DEEP_ARCHIVE_ACCESS"
