"""What one can do with a bucket, and what it refuses."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sources import s3, sqs
from sources.s3 import checking
from tests.sources.helpers import done
from tests.sources.s3.helpers import CONTENT, KEY, bucket_at

PART = b"x" * (5 * 1024 * 1024)
ETAG = '"bb524f4e685e9c431def08b211134548"'


def named(number: int, part: s3.UploadedPart) -> dict[str, Any]:
    return {"part_number": number, "e_tag": part.e_tag}


def test_object_comes_back_as_it_was_put() -> None:
    """With eTag in quotes, type, time, and metadata in small letters; a head shows all but the body."""
    uploads, _, _ = bucket_at()

    async def main() -> tuple[s3.PutResult, s3.StoredObject, s3.StoredObject]:
        put = await uploads.put_object(KEY, CONTENT.decode(), content_type="text/csv", metadata={"Owner": "Me"})
        return put, await uploads.get_object(KEY), await uploads.head_object(KEY)

    put, found, head = done(main())
    assert (put.e_tag, put.version_id) == (ETAG, None)
    assert (found.key, found.body, head.body) == (KEY, CONTENT, b"")
    for each in (found, head):
        assert (each.e_tag, each.content_length, each.content_type) == (ETAG, 14, "text/csv")
        assert each.last_modified == datetime(2026, 1, 1, 0, 0, 10, tzinfo=UTC)
        assert (each.metadata, each.version_id) == ({"owner": "Me"}, None)


def test_defaults_of_an_object() -> None:
    """No metadata, and S3's type for what has none."""
    uploads, _, _ = bucket_at()

    async def main() -> s3.StoredObject:
        await uploads.put_object("k")
        return await uploads.get_object("k")

    found = done(main())
    assert (found.body, found.metadata, found.content_type) == (b"", {}, "binary/octet-stream")


def test_metadata_is_a_copy() -> None:
    """Neither what was given nor what was handed out leads back into the bucket."""
    uploads, _, _ = bucket_at()
    given = {"a": "1"}

    async def main() -> dict[str, str]:
        await uploads.put_object("k", metadata=given)
        given["a"] = "2"
        (await uploads.get_object("k")).metadata["a"] = "3"
        return (await uploads.get_object("k")).metadata

    assert done(main()) == {"a": "1"}


def test_versions_come_back() -> None:
    """By id, after a marker too; without its marker the newest is back."""
    uploads, _, _ = bucket_at(versioning=True)

    async def main() -> None:
        first = await uploads.put_object("k", b"1")
        second = await uploads.put_object("k", b"2")
        marker = await uploads.delete_object("k")
        assert marker.delete_marker
        with pytest.raises(s3.NoSuchKey):
            await uploads.get_object("k")
        assert (await uploads.get_object("k", version_id=first.version_id)).body == b"1"
        with pytest.raises(s3.MethodNotAllowed):
            await uploads.get_object("k", version_id=marker.version_id)
        with pytest.raises(s3.NoSuchVersion):
            await uploads.get_object("k", version_id="x")
        found = await uploads.list_object_versions(prefix="k")
        assert [(each.version_id, each.is_latest) for each in found.delete_markers] == [(marker.version_id, True)]
        assert [(each.version_id, each.is_latest) for each in found.versions] == [
            (second.version_id, False),
            (first.version_id, False),
        ]
        gone = await uploads.delete_object("k", version_id=marker.version_id)
        assert (gone.delete_marker, gone.version_id) == (True, marker.version_id)
        assert (await uploads.get_object("k")).body == b"2"

    done(main())


def test_null_version() -> None:
    """That of a bucket without versions."""
    uploads, _, _ = bucket_at()

    async def main() -> None:
        await uploads.put_object("k", b"1")
        [version] = (await uploads.list_object_versions()).versions
        assert (version.version_id, version.size) == ("null", 1)
        assert (await uploads.get_object("k", version_id="null")).body == b"1"
        await uploads.delete_object("k", version_id="null")
        assert (await uploads.list_object_versions()).versions == []

    done(main())


@pytest.mark.parametrize("versioning", [False, True])
def test_delete_objects_is_one_call_with_an_event_each(versioning: bool) -> None:
    """Markers are named; nothing there is no error."""
    uploads, sink, _ = bucket_at(versioning=versioning)

    async def main() -> list[s3.DeletedObject]:
        await uploads.put_object("in/a")
        await uploads.put_object("in/b")
        sink.bodies.clear()
        return await uploads.delete_objects(["in/a", "in/b"])

    deleted = done(main())
    assert [each.key for each in deleted] == ["in/a", "in/b"]
    assert all(each.delete_marker is versioning for each in deleted)
    assert all((each.delete_marker_version_id is not None) is versioning for each in deleted)
    assert [event["Records"][0]["s3"]["object"]["key"] for event in sink.bodies] == ["in/a", "in/b"]


def test_copy_takes_content_type_and_metadata_along() -> None:
    """Unless it is given metadata of its own."""
    uploads, _, _ = bucket_at()

    async def main() -> None:
        await uploads.put_object("a", CONTENT, content_type="text/csv", metadata={"a": "1"})
        copied = await uploads.copy_object("b", "uploads/a")
        assert copied.e_tag == ETAG
        found = await uploads.get_object("b")
        assert (found.body, found.content_type, found.metadata) == (CONTENT, "text/csv", {"a": "1"})
        await uploads.copy_object("c", "/uploads/a", metadata={"B": "2"})
        assert (await uploads.get_object("c")).metadata == {"b": "2"}

    done(main())


def test_copy_of_a_version_brings_it_back() -> None:
    """The version is named behind the key."""
    uploads, _, _ = bucket_at(versioning=True)

    async def main() -> bytes:
        first = await uploads.put_object("k", b"1")
        await uploads.put_object("k", b"2")
        await uploads.copy_object("k", f"uploads/k?versionId={first.version_id}")
        return (await uploads.get_object("k")).body

    assert done(main()) == b"1"


def test_copy_onto_itself_must_change_something() -> None:
    """Metadata do."""
    uploads, _, _ = bucket_at()

    async def main() -> None:
        await uploads.put_object("k")
        with pytest.raises(s3.InvalidRequest, match="copy an object to itself"):
            await uploads.copy_object("k", "uploads/k")
        await uploads.copy_object("k", "uploads/k", metadata={})

    done(main())


@pytest.mark.parametrize(
    "source",
    ["other/k", "k", "", (sqs.Queue("q"), "k"), (s3.Bucket("other"), "k"), ("uploads", "k"), "uploads/", None],
    ids=str,
)
def test_copy_sources_that_are_refused(source: Any) -> None:
    """Another bucket, or none that is declared."""
    uploads, _, _ = bucket_at()

    with pytest.raises(s3.InvalidArgument):
        done(uploads.copy_object("copy", source))


def test_parts_are_one_object() -> None:
    """In the order of their numbers, each as it was sent last; all but the last have 5 MiB."""
    uploads, sink, _ = bucket_at()

    async def main() -> None:
        upload = await uploads.create_multipart_upload("in/k", content_type="text/csv", metadata={"A": "1"})
        await uploads.upload_part("in/k", upload.upload_id, 1, b"sent again")
        end = await uploads.upload_part("in/k", upload.upload_id, 10_000, "end")
        start = await uploads.upload_part("in/k", upload.upload_id, 1, PART)
        parts = [named(1, start), named(10_000, end)]
        result = await uploads.complete_multipart_upload("in/k", upload.upload_id, parts)
        assert result.e_tag.endswith('-2"')
        found = await uploads.get_object("in/k")
        assert found.body == PART + b"end"
        assert (found.content_type, found.metadata, found.e_tag) == ("text/csv", {"a": "1"}, result.e_tag)
        with pytest.raises(s3.NoSuchUpload):
            await uploads.complete_multipart_upload("in/k", upload.upload_id, parts)

    done(main())
    assert len(sink.bodies) == 1


def test_uploads_that_are_refused_stay_as_they_were() -> None:
    """Too small, in disorder, not uploaded, changed since; then it is completed."""
    uploads, _, _ = bucket_at()

    async def main() -> None:
        upload_id = (await uploads.create_multipart_upload("k")).upload_id
        one = await uploads.upload_part("k", upload_id, 1, PART[:-1])
        two = await uploads.upload_part("k", upload_id, 2, b"end")
        refused: list[tuple[type[Exception], Any]] = [
            (s3.EntityTooSmall, [named(1, one), named(2, two)]),
            (s3.InvalidPartOrder, [named(2, two), named(1, one)]),
            (s3.InvalidPartOrder, [named(1, one), named(1, one)]),
            (s3.InvalidPart, [named(3, one)]),
            (s3.InvalidPart, [named(1, two)]),
            (s3.MalformedXML, []),
            (s3.MalformedXML, 5),
            (s3.MalformedXML, [{"part_number": 1}]),
            (s3.MalformedXML, [{"e_tag": one.e_tag}]),
            (s3.InvalidArgument, [named(0, one)]),
        ]
        for error, parts in refused:
            with pytest.raises(error):
                await uploads.complete_multipart_upload("k", upload_id, parts)
        with pytest.raises(s3.NoSuchUpload):
            await uploads.upload_part("other", upload_id, 1, b"")
        with pytest.raises(s3.NoSuchKey):
            await uploads.get_object("k")
        result = await uploads.complete_multipart_upload("k", upload_id, [named(1, one)])
        assert result.e_tag.endswith('-1"')

    done(main())


def test_aborted_upload_is_gone() -> None:
    """With its parts."""
    uploads, _, _ = bucket_at()

    async def main() -> None:
        upload_id = (await uploads.create_multipart_upload("k")).upload_id
        await uploads.abort_multipart_upload("k", upload_id)
        with pytest.raises(s3.NoSuchUpload):
            await uploads.upload_part("k", upload_id, 1, b"")
        with pytest.raises(s3.NoSuchUpload):
            await uploads.abort_multipart_upload("k", upload_id)

    done(main())


@pytest.mark.parametrize("number", [0, 10_001, -1, True, "1"], ids=repr)
def test_part_numbers_that_are_refused(number: int) -> None:
    """1 to 10,000."""
    uploads, _, _ = bucket_at()

    with pytest.raises(s3.InvalidArgument, match="between 1 and 10000"):
        done(uploads.upload_part("k", "upload", number, b""))


@pytest.mark.parametrize("key", ["k" * 1024, "\u00e8" * 512], ids=["ascii", "accents"])
def test_longest_keys(key: str) -> None:
    """1,024 bytes of UTF-8; one more is refused."""
    uploads, _, _ = bucket_at()
    done(uploads.put_object(key))

    with pytest.raises(s3.KeyTooLongError, match="Your key is too long"):
        done(uploads.put_object(key + "k"))


@pytest.mark.parametrize("key", ["", 7, None, "\ud800"], ids=repr)
def test_keys_that_are_refused(key: Any) -> None:
    """By everything that would make one, and by deletes."""
    uploads, _, _ = bucket_at()

    for call in (
        uploads.put_object(key),
        uploads.create_multipart_upload(key),
        uploads.copy_object(key, "uploads/k"),
        uploads.delete_object(key),
        uploads.delete_objects([key]),
    ):
        with pytest.raises(s3.InvalidArgument, match="key"):
            done(call)


@pytest.mark.parametrize(
    "settings",
    [{"body": 5}, {"body": "\ud800"}, {"metadata": {"a": 1}}, {"metadata": {1: "a"}}, {"metadata": "a"}],
    ids=ascii,
)
def test_contents_that_are_refused(settings: dict[str, Any]) -> None:
    """Bodies that are neither bytes nor text, metadata that are no texts."""
    uploads, _, _ = bucket_at()

    with pytest.raises(s3.InvalidArgument, match=next(iter(settings))):
        done(uploads.put_object("k", **settings))


def test_largest_object() -> None:
    """5 GiB, which no test can hold: an empty thing that says how long it is."""

    class Long(bytes):
        length = 5 * 1024**3

        def __len__(self) -> int:
            return self.length

    assert checking.content(Long()) == b""
    Long.length += 1
    with pytest.raises(s3.EntityTooLarge):
        checking.content(Long())


@pytest.mark.parametrize(
    ("keys", "error"),
    [([], s3.MalformedXML), (["k"] * 1_001, s3.MalformedXML), ("keys", s3.InvalidArgument), (5, s3.InvalidArgument)],
    ids=["none", "too many", "a text", "a number"],
)
def test_lists_of_keys_that_are_refused(keys: Any, error: type[Exception]) -> None:
    """1 to 1,000."""
    uploads, _, _ = bucket_at()
    assert len(done(uploads.delete_objects(["k"] * 1_000))) == 1_000

    with pytest.raises(error):
        done(uploads.delete_objects(keys))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (s3.NoSuchKey("k"), 404),
        (s3.NoSuchVersion(), 404),
        (s3.NoSuchUpload(), 404),
        (s3.MethodNotAllowed(), 405),
        (s3.InvalidArgument(), 400),
        (s3.InvalidRequest(), 400),
        (s3.KeyTooLongError(), 400),
        (s3.EntityTooSmall(), 400),
        (s3.EntityTooLarge(), 400),
        (s3.InvalidPart(), 400),
        (s3.InvalidPartOrder(), 400),
        (s3.MalformedXML(), 400),
    ],
    ids=lambda value: value.code if isinstance(value, s3.S3Error) else str(value),
)
def test_errors_have_codes_and_statuses(error: s3.S3Error, status: int) -> None:
    """The class name is the code."""
    assert (error.code, error.status) == (type(error).__name__, status)


def test_error_says_what_was_asked_for_beside_the_text() -> None:
    """The text is S3's, the key stands in a note."""
    uploads, _, _ = bucket_at()

    with pytest.raises(s3.NoSuchKey) as caught:
        done(uploads.get_object("nothing"))
    assert str(caught.value) == "The specified key does not exist."
    assert (caught.value.key, caught.value.__notes__) == ("nothing", ["key 'nothing'"])


def test_permissions_tell_versions_apart() -> None:
    """As AWS does."""
    uploads, _, machine = bucket_at(notify=False)
    actions: list[str] = []
    feed = uploads._feed
    call = feed.call

    class Listening:
        cause = feed.cause
        wait = feed.wait
        fetch = feed.fetch
        side_by_side = feed.side_by_side

        async def call(self, machine: Any, action: str, step: Any, *args: Any, **settings: Any) -> Any:
            actions.append(action)
            return await call(machine, action, step, *args, **settings)

    listening = s3.BucketClient(machine, Listening())

    async def main() -> None:
        await listening.put_object("k")
        await listening.copy_object("copy", "uploads/k?versionId=null")
        await listening.get_object("k", version_id="null")
        await listening.head_object("k")
        await listening.list_objects_v2()
        await listening.list_object_versions()
        await listening.delete_object("k", version_id="null")
        await listening.delete_objects(["k"])

    done(main())
    assert actions == [
        f"s3:{name}"
        for name in (
            "PutObject",
            "GetObjectVersion",
            "PutObject",
            "GetObjectVersion",
            "GetObject",
            "ListBucket",
            "ListBucketVersions",
            "DeleteObjectVersion",
            "DeleteObject",
        )
    ]
