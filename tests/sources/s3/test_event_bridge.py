"""Events of a bucket on the default event bus, as a function finally gets them."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import S3EventBridgeNotificationEvent
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import S3EventNotificationEventBridgeModel

from eventbus import App
from eventbus.core.effects import Deliver, Delivered
from eventbus.errors import InvalidSetting
from eventbus.names import arn_of
from sources import s3
from sources.s3.event_bridge import DEFAULT_BUS
from sources.s3.families import EXPIRED, EXPIRED_BY_MARKER
from tests.golden import load, match
from tests.sources.helpers import Feed, birth, done
from tests.sources.s3.helpers import CONTENT, KEY, QUEUE, Sink
from tests.sources.s3.test_family_data import EXPIRY, RESTORED


class EventBus:
    """Adds what the default bus adds to every event."""

    delivery_action = "events:PutEvents"

    def __init__(self) -> None:
        self.arn = DEFAULT_BUS
        self.effects: list[Any] = []
        self.events: list[Any] = []
        self.causes: list[Any] = []

    def deliver(self, now: float, effect: Deliver) -> None:
        given = json.loads(effect.body)
        self.causes.append(effect.cause)
        self.events.append(
            {
                "version": "0",
                "id": "00000000-0000-0000-0000-000000000001",
                "detail-type": given["detail-type"],
                "source": given["source"],
                "account": "000000000000",
                "time": given["time"],
                "region": "us-east-1",
                "resources": given["resources"],
                "detail": given["detail"],
            }
        )
        self.effects.append(Delivered(effect.asker, effect.token, None))


def bridged(**options: Any) -> tuple[s3.BucketClient, EventBus, Sink]:
    """At 10 s; a queue is notified of what is created as well."""
    bucket = s3.Bucket("uploads", event_bridge_enabled=True, **options)
    machine, bus, sink = bucket.machine(birth(bucket.arn)), EventBus(), Sink()
    s3.Notification(bucket, QUEUE, events=["s3:ObjectCreated:*"], test_event=False).connect(machine)
    feed = Feed(bus, sink)
    feed.now = 10.0
    return bucket.client(machine, feed), bus, sink


def check(golden: str, event: Any) -> None:
    match(load(f"s3eventbridge/{golden}"), event)


@pytest.mark.parametrize("versioning", [False, True])
def test_created_and_deleted_are_the_goldens(versioning: bool) -> None:
    """Keys are not encoded; the queue is told too."""
    uploads, bus, sink = bridged(versioning=versioning)

    async def main() -> None:
        put = await uploads.put_object(KEY, CONTENT)
        await uploads.delete_object(KEY)
        if versioning:
            await uploads.delete_object(KEY, version_id=put.version_id)

    done(main())
    names = ["object_created_put", "object_deleted"]
    if versioning:
        names = ["object_created_put_versioned", "object_deleted_marker", "object_deleted_version"]
    assert len(bus.events) == len(names)
    for name, event in zip(names, bus.events, strict=True):
        check(name, event)
    assert len(sink.bodies) == 1


def test_copies_and_uploads_are_the_goldens() -> None:
    """Each with its reason."""
    uploads, bus, _ = bridged()

    async def main() -> None:
        await uploads.put_object("elsewhere", CONTENT)
        await uploads.copy_object(KEY, "uploads/elsewhere")
        upload_id = (await uploads.create_multipart_upload(KEY)).upload_id
        part = await uploads.upload_part(KEY, upload_id, 1, CONTENT)
        await uploads.complete_multipart_upload(KEY, upload_id, [{"part_number": 1, "e_tag": part.e_tag}])

    done(main())
    check("object_created_copy", bus.events[1])
    check("object_created_complete_multipart_upload", bus.events[2])


EMITTED: list[tuple[str, str, dict[str, Any]]] = [
    ("object_restore_initiated", "s3:ObjectRestore:Post", {}),
    ("object_restore_completed", "s3:ObjectRestore:Completed", RESTORED),
    ("object_restore_expired", "s3:ObjectRestore:Delete", {}),
    ("object_storage_class_changed", "s3:LifecycleTransition", {"destination_storage_class": "GLACIER"}),
    ("object_access_tier_changed", "s3:IntelligentTiering", {"destination_access_tier": "ARCHIVE_ACCESS"}),
    ("object_acl_updated", "s3:ObjectAcl:Put", {}),
    ("object_tags_added", "s3:ObjectTagging:Put", {}),
    ("object_tags_deleted", "s3:ObjectTagging:Delete", {}),
    ("object_deleted_lifecycle", EXPIRED, {}),
    ("object_deleted_lifecycle_marker", EXPIRED_BY_MARKER, {}),
]


def emitted(event: str, data: dict[str, Any]) -> list[Any]:
    uploads, bus, _ = bridged(versioning=event == EXPIRED_BY_MARKER or "Replication" in event)
    done(uploads.put_object(KEY, CONTENT))
    done(uploads.emit_event(event, KEY, **data))
    return bus.events[1:]


@pytest.mark.parametrize(("golden", "event", "data"), EMITTED, ids=[row[0] for row in EMITTED])
def test_emitted_events_are_the_goldens(golden: str, event: str, data: dict[str, Any]) -> None:
    """What S3 does by itself has no address, and S3 as requester."""
    [found] = emitted(event, data)

    check(golden, found)


@pytest.mark.parametrize(("golden", "event", "data"), EMITTED, ids=[row[0] for row in EMITTED])
def test_powertools_reads_the_event(golden: str, event: str, data: dict[str, Any]) -> None:
    """Its model takes it, its data class shows it."""
    [found] = emitted(event, data)
    parsed: Any = parse(event=found, model=S3EventNotificationEventBridgeModel)
    shown = S3EventBridgeNotificationEvent(found)

    assert parsed.detail.object.key == KEY
    assert (shown.detail.bucket.name, shown.detail.object.key) == ("uploads", KEY)
    if event == "s3:ObjectRestore:Completed":
        assert shown.detail.restore_expiry_time == EXPIRY.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("s3:ReducedRedundancyLostObject", {}),
        ("s3:ObjectAnnotation:Put", {}),
        ("s3:ObjectRetention:Put", {}),
        ("s3:Replication:OperationNotTracked", {"replication_rule_id": "r", "destination_bucket": "arn:aws:s3:::b"}),
    ],
    ids=str,
)
def test_types_without_a_form_are_not_sent(event: str, data: dict[str, Any]) -> None:
    """An event bus knows none of them."""
    assert emitted(event, data) == []


def test_bucket_without_it_sends_nothing() -> None:
    """It is off unless it is switched on."""
    bucket = s3.Bucket("uploads")

    assert bucket.targets == ()
    assert s3.Bucket("uploads", event_bridge_enabled=True).targets == (arn_of("events", "event-bus/default"),)


def test_app_without_the_bus_is_refused() -> None:
    """At its start."""
    app = App()
    app.add(s3.Bucket("uploads", event_bridge_enabled=True))

    with pytest.raises(InvalidSetting, match="event-bus/default is not part of this app"):
        app.start()


def test_one_request_has_one_id() -> None:
    """For all who are told of it."""
    uploads, bus, sink = bridged()
    done(uploads.put_object(KEY, CONTENT))

    [record] = sink.bodies[0]["Records"]
    assert record["responseElements"]["x-amz-request-id"] == bus.events[0]["detail"]["request-id"]
