"""The manifest of a job: which objects, told in CSV [s3:batch-ops-create-job].

The whole of it is read before the first task runs. Keys stay as they stand. Choices: lines without anything are passed
by; a manifest that is empty, or has one bad line, fails its job.
"""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from attrs import frozen

FORMAT: Final = "S3BatchOperations_CSV_20180820"
BUCKET: Final = "Bucket"
KEY: Final = "Key"
VERSION_ID: Final = "VersionId"
IGNORE: Final = "Ignore"
FIELDS: Final = (IGNORE, BUCKET, KEY, VERSION_ID)
KEY_LIMIT: Final = 1_024
"""Bytes of a key, once it is decoded."""


@frozen
class Manifest:
    """An object of a declared bucket that tells what a job is about: `fields` are its columns, of Bucket, Key,
    VersionId and Ignore; `e_tag` is its ETag. Of a job that is described, `bucket` is its ARN. Checked by
    `create_job`."""

    bucket: Any
    key: str
    e_tag: str
    fields: Sequence[str] = (BUCKET, KEY)
    format: str = FORMAT


@frozen
class Entry:
    """One line of it."""

    bucket: str
    key: str
    version_id: str | None


class BadManifest(Exception):
    """No job can be made of it; says why."""


def entries(content: bytes, fields: Sequence[str]) -> list[Entry]:
    """Raises `BadManifest`."""
    try:
        lines = StringIO(content.decode(), newline="")
    except UnicodeDecodeError:
        raise BadManifest("it is no UTF-8") from None
    found: list[Entry] = []
    try:
        for row in csv.reader(lines, strict=True):
            if row:
                found.append(_entry(row, fields, len(found) + 1))
    except csv.Error as reason:
        raise BadManifest(f"it is no CSV: {reason}") from None
    if not found:
        raise BadManifest("it is empty")
    return found


def _entry(row: Sequence[str], fields: Sequence[str], number: int) -> Entry:
    if len(row) != len(fields):
        raise BadManifest(f"line {number} has {len(row)} columns, not {len(fields)}")
    named = dict(zip(fields, row, strict=True))
    bucket, key = named[BUCKET], named[KEY]
    if not bucket or not key:
        raise BadManifest(f"line {number} lacks a bucket or a key")
    if len(unquote_to_bytes(key)) > KEY_LIMIT:
        raise BadManifest(f"the key in line {number} is longer than {KEY_LIMIT:,} bytes")
    return Entry(bucket, key, named.get(VERSION_ID) or None)
