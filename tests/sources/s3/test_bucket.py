"""Buckets: objects, versions, uploads in parts, and the events they cause."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import S3Event as PowertoolsEvent
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import S3Model
from hypothesis import given, settings
from hypothesis import strategies as st

from eventbus.core.effects import Deliver
from eventbus.errors import InvalidSetting
from sources import s3, sqs
from tests.golden import load, match
from tests.sources.helpers import Feed, birth, done

KEY = "in/red flower a@b.csv"
CONTENT = b"id,amount\n1,5\n"
ALL = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]


class Sink:
    """Takes deliveries and keeps them."""

    def __init__(self) -> None:
        self.arn = sqs.Queue("q").arn
        self.effects: list[Any] = []
        self.bodies: list[Any] = []

    def deliver(self, now: float, effect: Deliver) -> None:
        self.bodies.append(json.loads(effect.body))


def bucket_at(now: float = 10.0, *, notify: bool = True, **options: Any) -> tuple[s3.BucketClient, Sink, Feed]:
    bucket = s3.Bucket("uploads", **options)
    machine, sink = bucket.machine(birth(bucket.arn)), Sink()
    feed = Feed(sink)
    feed.now = now
    if notify:
        machine.notify(s3.Notification(bucket, sqs.Queue("q"), events=ALL, prefix="in/", id="notify", test_event=False))
    return bucket.client(machine, feed), sink, feed


def test_put_is_the_golden() -> None:
    """The event of a put, as recorded, read by the client that users have."""
    uploads, sink, _ = bucket_at()
    done(uploads.put_object(KEY, CONTENT))

    [event] = sink.bodies
    match(load("s3/object_created_put"), event)
    parsed: Any = parse(event=event, model=S3Model)
    assert parsed.Records[0].s3.object.key == "in/red+flower+a%40b.csv"
    assert PowertoolsEvent(event).object_key == KEY


def test_versioned_put_is_the_golden() -> None:
    """It also has a version."""
    uploads, sink, _ = bucket_at(versioning=True)
    done(uploads.put_object(KEY, CONTENT))

    match(load("s3/object_created_put_versioned"), sink.bodies[0])


def test_copy_is_the_golden() -> None:
    """A copy says so, whatever it was copied from."""
    uploads, sink, _ = bucket_at()

    async def main() -> None:
        await uploads.put_object("elsewhere", CONTENT, metadata={"a": "1"})
        await uploads.copy_object(KEY, "uploads/elsewhere")
        assert (await uploads.get_object(KEY)).metadata == {"a": "1"}
        await uploads.copy_object("bare", "uploads/elsewhere", metadata={})
        assert (await uploads.head_object("bare")).metadata == {}

    done(main())
    [event] = sink.bodies
    match(load("s3/object_created_copy"), event)


def test_multipart_upload_is_the_golden() -> None:
    """One event for all parts, with an eTag that counts them."""
    uploads, sink, _ = bucket_at()

    async def main() -> None:
        upload_id = await uploads.create_multipart_upload(KEY)
        await uploads.upload_part(KEY, upload_id, 1, CONTENT)
        result = await uploads.complete_multipart_upload(KEY, upload_id, [1])
        assert result.e_tag == '"2c639001a1f39833300970eb1f0913c3-1"'
        with pytest.raises(s3.NoSuchUpload):
            await uploads.abort_multipart_upload(KEY, upload_id)

    done(main())
    [event] = sink.bodies
    match(load("s3/object_created_complete_multipart_upload"), event)


def test_deletes_are_the_goldens() -> None:
    """Plain, by marker, and of one version."""
    plain, plain_sink, _ = bucket_at()
    versioned, versioned_sink, _ = bucket_at(versioning=True)

    async def main() -> None:
        await plain.put_object(KEY, CONTENT)
        await plain.delete_object(KEY)
        await plain.delete_object(KEY)  # nothing there: no error, no event
        put = await versioned.put_object(KEY, CONTENT)
        marker = await versioned.delete_object(KEY)
        assert marker.delete_marker
        await versioned.delete_object(KEY, version_id=put.version_id)
        await versioned.delete_object(KEY, version_id="nothing")

    done(main())
    match(load("s3/object_removed_delete"), plain_sink.bodies[1])
    match(load("s3/object_removed_delete_marker"), versioned_sink.bodies[1])
    match(load("s3/object_removed_delete_version"), versioned_sink.bodies[2])
    assert (len(plain_sink.bodies), len(versioned_sink.bodies)) == (2, 3)


def test_sequencers_grow_and_have_one_length() -> None:
    """So that they compare as texts."""
    uploads, sink, _ = bucket_at()

    async def main() -> None:
        for _ in range(3):
            await uploads.put_object(KEY, CONTENT)
        await uploads.delete_object(KEY)

    done(main())
    found = [event["Records"][0]["s3"]["object"]["sequencer"] for event in sink.bodies]
    assert found == sorted(set(found))
    assert len({len(each) for each in found}) == 1


def test_test_event_is_the_golden() -> None:
    """A queue is told that it will be notified."""
    bucket = s3.Bucket("uploads")
    machine = bucket.machine(birth(bucket.arn))
    machine.notify(s3.Notification(bucket, sqs.Queue("q"), events=ALL))

    [effect] = machine.effects
    assert isinstance(effect, Deliver)
    golden = load("s3/test_event")
    match({**golden, "Time": "2026-01-01T00:00:00.000Z"}, json.loads(effect.body))


def test_unified_event_version() -> None:
    """A setting; 2.1 is the default, as recorded."""
    uploads, sink, _ = bucket_at(event_version="2.6")
    done(uploads.put_object(KEY, CONTENT))

    assert sink.bodies[0]["Records"][0]["eventVersion"] == "2.6"


def test_versions_come_back() -> None:
    """By id, after a marker too; the null version is that of a bucket without versions."""
    uploads, _, _ = bucket_at(versioning=True)

    async def main() -> None:
        first = await uploads.put_object("k", b"1")
        second = await uploads.put_object("k", b"2")
        marker = await uploads.delete_object("k")
        with pytest.raises(s3.NoSuchKey):
            await uploads.get_object("k")
        assert (await uploads.get_object("k", version_id=first.version_id)).body == b"1"
        with pytest.raises(s3.MethodNotAllowed):
            await uploads.get_object("k", version_id=marker.version_id)
        with pytest.raises(s3.NoSuchVersion):
            await uploads.get_object("k", version_id="x")
        found = await uploads.list_object_versions(prefix="k")
        assert [(each.version_id, each.is_latest, each.is_delete_marker) for each in found] == [
            (marker.version_id, True, True),
            (second.version_id, False, False),
            (first.version_id, False, False),
        ]
        await uploads.delete_object("k", version_id=marker.version_id)
        assert (await uploads.get_object("k")).body == b"2"

    done(main())


def test_what_calls_refuse() -> None:
    """With S3's own errors."""
    uploads, _, _ = bucket_at()
    part = b"x" * (5 * 1024 * 1024 - 1)

    async def main() -> None:
        with pytest.raises(s3.NoSuchKey):
            await uploads.get_object("nothing")
        with pytest.raises(s3.InvalidArgument):
            await uploads.put_object("")
        await uploads.put_object("k" * 1024)
        with pytest.raises(s3.KeyTooLongError):
            await uploads.put_object("k" * 1025)
        with pytest.raises(s3.InvalidArgument):
            await uploads.put_object("k", 5)  # type: ignore[arg-type]  # what is refused
        with pytest.raises(s3.InvalidArgument, match="copies within"):
            await uploads.copy_object("k", "other/k")
        with pytest.raises(s3.InvalidArgument):
            await uploads.list_objects_v2(max_keys=1001)
        with pytest.raises(s3.InvalidArgument):
            await uploads.delete_objects(["k"] * 1001)
        upload_id = await uploads.create_multipart_upload("k")
        for number in (0, 10_001):
            with pytest.raises(s3.InvalidArgument):
                await uploads.upload_part("k", upload_id, number, b"")
        await uploads.upload_part("k", upload_id, 10_000, b"")
        await uploads.upload_part("k", upload_id, 1, part)
        await uploads.upload_part("k", upload_id, 2, b"end")
        with pytest.raises(s3.EntityTooSmall):
            await uploads.complete_multipart_upload("k", upload_id, [1, 2])
        with pytest.raises(s3.InvalidPartOrder):
            await uploads.complete_multipart_upload("k", upload_id, [2, 1])
        with pytest.raises(s3.InvalidPart):
            await uploads.complete_multipart_upload("k", upload_id, [3])
        await uploads.upload_part("k", upload_id, 1, part + b"x")
        assert (await uploads.complete_multipart_upload("k", upload_id, [1, 2])).e_tag.endswith('-2"')

    done(main())


@pytest.mark.parametrize("name", ["ab", "a" * 64, "Upper", "a..b", "-a-", "a_b"])
def test_bucket_names(name: str) -> None:
    """3 to 63 small letters, digits, dots and hyphens."""
    with pytest.raises(InvalidSetting, match="name"):
        s3.Bucket(name)
    assert s3.Bucket("a" * 63)
    assert s3.Bucket("a.b-1")


@settings(max_examples=60, deadline=None)
@given(
    keys=st.sets(st.text("ab/", min_size=1, max_size=4), max_size=15),
    prefix=st.text("ab/", max_size=2),
    delimiter=st.sampled_from(["", "/"]),
    page=st.integers(1, 5),
)
def test_pages_put_together_are_the_whole_listing(keys: set[str], prefix: str, delimiter: str, page: int) -> None:
    """Whatever the size of a page: each key or common prefix once, in order."""
    uploads, _, _ = bucket_at(notify=False)

    async def main() -> None:
        for key in keys:
            await uploads.put_object(key)
        contents, prefixes, token = [], [], None
        while True:
            listing = await uploads.list_objects_v2(
                prefix=prefix, delimiter=delimiter, max_keys=page, continuation_token=token
            )
            assert listing.key_count <= page
            contents += [each.key for each in listing.contents]
            prefixes += listing.common_prefixes
            token = listing.next_continuation_token
            if not listing.is_truncated:
                break
        matching = sorted(key for key in keys if key.startswith(prefix))
        grouped = [key for key in matching if delimiter and delimiter in key[len(prefix) :]]
        assert contents == [key for key in matching if key not in grouped]
        expected = {key[: key.index(delimiter, len(prefix)) + 1] for key in grouped}
        assert prefixes == sorted(expected)

    done(main())
