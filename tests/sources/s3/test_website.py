"""A bucket as an origin, over HTTP."""

from typing import Any

import pytest

from eventbus.core.effects import Fetch, Fetched
from eventbus.core.http import Request, Response
from eventbus.names import Arn
from sources import s3
from sources.s3.machine import BucketMachine
from tests.sources.helpers import birth

CALLER = Arn("test")


def make_bucket(**settings: Any) -> BucketMachine:
    bucket = s3.Bucket("uploads", **settings)
    return bucket.machine(birth(bucket.arn))


def fetch(machine: BucketMachine, method: str, target: str, refused: str | None = None) -> Response:
    machine.fetch(20.0, Fetch(machine.arn, CALLER, 7, Request(method, target), refused=refused))
    effect = machine.effects.pop()
    assert isinstance(effect, Fetched)
    assert (effect.asker, effect.token) == (CALLER, 7)
    return effect.response


def named(response: Response) -> list[str]:
    return [name for name, _ in response.headers]


def test_get_of_an_object() -> None:
    """With what is known of it, under the headers that S3 has."""
    bucket = make_bucket()
    bucket.put(10.5, "in/red flower.txt", b"rose", "text/plain", {"n": "1"}, None)
    response = fetch(bucket, "GET", "/in/red%20flower.txt?any=1")

    assert (response.status, response.body) == (200, b"rose")
    assert named(response) == [
        "x-amz-id-2",
        "x-amz-request-id",
        "Last-Modified",
        "ETag",
        "x-amz-meta-n",
        "Content-Type",
        "Server",
        "Content-Length",
    ]
    assert response.header("last-modified") == "Thu, 01 Jan 2026 00:00:10 GMT"
    assert response.header("etag") == '"fcdc7b4207660a1372d0cd5491ad856e"'
    assert response.header("content-length") == "4"


def test_newest_version_counts() -> None:
    """And its id is told; a delete marker hides it."""
    bucket = make_bucket(versioning=True)
    bucket.put(1.0, "a", b"old", "text/plain", {}, None)
    newest = bucket.put(2.0, "a", b"new", "text/plain", {}, None)
    response = fetch(bucket, "GET", "/a")

    assert (response.body, response.header("x-amz-version-id")) == (b"new", newest.version_id)
    bucket.delete(3.0, "a", None, None)
    assert fetch(bucket, "GET", "/a").status == 404


@pytest.mark.parametrize("target", ["/a+b", "/a%20b"])
def test_plus_is_a_blank(target: str) -> None:
    """In a path too, at S3."""
    bucket = make_bucket()
    bucket.put(1.0, "a b", b"x", "text/plain", {}, None)

    assert fetch(bucket, "GET", target).status == 200


@pytest.mark.parametrize(
    ("method", "target", "refused", "status", "code"),
    [
        ("GET", "/b", None, 404, "NoSuchKey"),
        ("GET", "/", None, 404, "NoSuchKey"),
        ("GET", "/a", "no", 403, "AccessDenied"),
        ("GET", "/b", "no", 403, "AccessDenied"),
        ("POST", "/a", None, 405, "MethodNotAllowed"),
        ("DELETE", "/a", "no", 405, "MethodNotAllowed"),
    ],
)
def test_refusals(method: str, target: str, refused: str | None, status: int, code: str) -> None:
    """By S3's codes, as XML."""
    bucket = make_bucket()
    bucket.put(1.0, "a", b"x", "text/plain", {}, None)
    response = fetch(bucket, method, target, refused)

    assert (response.status, response.header("content-type")) == (status, "application/xml")
    assert response.text.startswith(f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code>')


def test_missing_key_is_named() -> None:
    """Written as XML has it; bytes that are no UTF-8 can't break it."""
    assert "<Key>a&lt;b</Key>" in fetch(make_bucket(), "GET", "/a%3Cb").text
    assert "<Key>caf" in fetch(make_bucket(), "GET", "/caf\udce9").text


def test_head_has_no_body() -> None:
    """Of an object, and of what is missing."""
    bucket = make_bucket()
    bucket.put(1.0, "a", b"rose", "text/plain", {}, None)
    found, missing = fetch(bucket, "HEAD", "/a"), fetch(bucket, "HEAD", "/b")

    assert (found.status, found.body, found.header("content-length")) == (200, b"", "4")
    assert (missing.status, missing.body) == (404, b"")


def test_what_must_be_allowed() -> None:
    """To read what is there; to list, to be told that something is not."""
    bucket = make_bucket()
    bucket.put(1.0, "a", b"x", "text/plain", {}, None)

    assert bucket.fetch_action(Request("GET", "/a")) == "s3:GetObject"
    assert bucket.fetch_action(Request("GET", "/b")) == "s3:ListBucket"
