"""Events of a bucket, whole, and as the clients read them that users have."""

import json
import re
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import S3Event as PowertoolsEvent
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import S3Model

from eventbus.core.effects import Deliver
from sources import s3
from sources.s3.events import encoded
from tests.contracts.s3_tables import KEY_ENCODING
from tests.golden import load, match
from tests.sources.helpers import birth, done
from tests.sources.s3.helpers import ALL, CONTENT, KEY, QUEUE, bucket_at


@pytest.mark.parametrize(("key", "shown"), KEY_ENCODING, ids=lambda text: repr(text)[:30])
def test_keys_are_form_encoded(key: str, shown: str) -> None:
    """In events, and as filters see them."""
    assert encoded(key) == shown


def test_put_is_the_golden() -> None:
    """As recorded, and compact as S3 writes it."""
    uploads, sink, machine = bucket_at()
    done(uploads.put_object(KEY, CONTENT))
    machine.put(10.0, KEY, CONTENT, "", {}, None)

    [event] = sink.bodies
    match(load("s3/object_created_put"), event)
    [effect] = machine.effects
    assert isinstance(effect, Deliver)
    assert effect.body == json.dumps(json.loads(effect.body), separators=(",", ":"))


def test_versioned_put_is_the_golden() -> None:
    """It also has a version."""
    uploads, sink, _ = bucket_at(versioning=True)
    done(uploads.put_object(KEY, CONTENT))

    match(load("s3/object_created_put_versioned"), sink.bodies[0])


def test_copy_is_the_golden() -> None:
    """A copy says so, whatever it was copied from."""
    uploads, sink, _ = bucket_at()

    async def main() -> None:
        await uploads.put_object("elsewhere", CONTENT)
        await uploads.copy_object(KEY, "uploads/elsewhere")

    done(main())
    [event] = sink.bodies
    match(load("s3/object_created_copy"), event)


def test_multipart_upload_is_the_golden() -> None:
    """One event for all parts, with an eTag that counts them."""
    uploads, sink, _ = bucket_at()

    async def main() -> None:
        upload_id = (await uploads.create_multipart_upload(KEY)).upload_id
        part = await uploads.upload_part(KEY, upload_id, 1, CONTENT)
        await uploads.complete_multipart_upload(KEY, upload_id, [{"part_number": 1, "e_tag": part.e_tag}])

    done(main())
    [event] = sink.bodies
    match(load("s3/object_created_complete_multipart_upload"), event)


def test_delete_is_the_golden() -> None:
    """Where there is nothing any more, nothing is told."""
    uploads, sink, _ = bucket_at()

    async def main() -> None:
        await uploads.put_object(KEY, CONTENT)
        await uploads.delete_object(KEY)
        await uploads.delete_object(KEY)

    done(main())
    _, event = sink.bodies
    match(load("s3/object_removed_delete"), event)


def test_versioned_deletes_are_the_goldens() -> None:
    """By marker, and of one version; a version that never was is told to nobody."""
    uploads, sink, _ = bucket_at(versioning=True)

    async def main() -> str | None:
        put = await uploads.put_object(KEY, CONTENT)
        await uploads.delete_object(KEY)
        await uploads.delete_object(KEY, version_id=put.version_id)
        await uploads.delete_object(KEY, version_id="nothing")
        return put.version_id

    version_id = done(main())
    _, marker, delete = sink.bodies
    match(load("s3/object_removed_delete_marker"), marker)
    match(load("s3/object_removed_delete_version"), delete)
    assert delete["Records"][0]["s3"]["object"]["versionId"] == version_id


def test_test_event_is_the_golden() -> None:
    """A queue is told when the bus starts that it will be notified."""
    bucket = s3.Bucket("uploads")
    machine = bucket.machine(birth(bucket.arn))
    s3.Notification(bucket, QUEUE, events=ALL).connect(machine)

    [effect] = machine.effects
    assert isinstance(effect, Deliver)
    match({**load("s3/test_event"), "Time": "2026-01-01T00:00:00.000Z"}, json.loads(effect.body))


def test_ids_of_a_request_are_its_own() -> None:
    """16 capitals and digits, 64 letters and digits; another request has others."""
    uploads, sink, _ = bucket_at()

    async def main() -> None:
        await uploads.put_object(KEY)
        await uploads.put_object(KEY)

    done(main())
    first, second = (event["Records"][0]["responseElements"] for event in sink.bodies)
    assert re.fullmatch(r"[0-9A-F]{16}", first["x-amz-request-id"])
    assert re.fullmatch(r"[0-9a-f]{64}", first["x-amz-id-2"])
    assert not set(first.values()) & set(second.values())


def test_powertools_reads_every_event() -> None:
    """Its parser takes created, copied and removed; its data class shows key, size and eTag."""
    uploads, sink, _ = bucket_at(versioning=True)

    async def main() -> None:
        await uploads.put_object(KEY, CONTENT)
        await uploads.copy_object("in/copy", (s3.Bucket("uploads"), KEY))
        await uploads.delete_object(KEY)

    done(main())
    parsed: list[Any] = [parse(event=event, model=S3Model) for event in sink.bodies]
    assert [each.Records[0].eventName for each in parsed] == [
        "ObjectCreated:Put",
        "ObjectCreated:Copy",
        "ObjectRemoved:DeleteMarkerCreated",
    ]
    assert parsed[0].Records[0].s3.object.key == "in/red+flower+a%40b.csv"
    shown = PowertoolsEvent(sink.bodies[0])
    assert (shown.bucket_name, shown.object_key) == ("uploads", KEY)
    item = shown.record.s3.get_object
    assert (item.size, item.etag) == (len(CONTENT), "bb524f4e685e9c431def08b211134548")
