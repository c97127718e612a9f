"""The declaration of a bucket."""

import pytest

from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from sources import s3
from tests.sources.helpers import done
from tests.sources.s3.helpers import CONTENT, KEY, bucket_at


def test_arn_has_neither_region_nor_account() -> None:
    """Bucket names are global."""
    assert s3.Bucket("uploads").arn == Arn("arn:aws:s3:::uploads")


@pytest.mark.parametrize("name", ["abc", "a" * 63, "a.b-1", "1.2.3.4.5", "my-xn--name"])
def test_names_that_are_allowed(name: str) -> None:
    """At the limits, and beside what is reserved."""
    assert s3.Bucket(name).name == name


@pytest.mark.parametrize(
    "name",
    [
        "ab",
        "a" * 64,
        "Upper",
        "a..b",
        "-a-",
        "a_b",
        ".ab",
        "192.168.5.4",
        "xn--bucket",
        "sthree-bucket",
        "amzn-s3-demo-bucket",
        "bucket-s3alias",
        "bucket--ol-s3",
        "bucket.mrap",
        "bucket--use1-az4--x-s3",
        "bucket--table-s3",
        7,
    ],
)
def test_names_that_are_refused(name: str) -> None:
    """[s3:bucketnamingrules]"""
    with pytest.raises(InvalidSetting, match="name"):
        s3.Bucket(name)


@pytest.mark.parametrize(("setting", "shown"), [("family", "2.1"), ("2.6", "2.6")])
def test_event_version(setting: str, shown: str) -> None:
    """By family as recorded, or the newer one for all."""
    uploads, sink, _ = bucket_at(event_version=setting)
    done(uploads.put_object(KEY, CONTENT))

    assert sink.bodies[0]["Records"][0]["eventVersion"] == shown


@pytest.mark.parametrize("settings", [{"event_version": "2.2"}, {"versioning": "Enabled"}], ids=str)
def test_settings_that_are_refused(settings: dict[str, str]) -> None:
    """Where they are written."""
    with pytest.raises(InvalidSetting, match=next(iter(settings))):
        s3.Bucket("uploads", **settings)  # type: ignore[arg-type]  # what is refused
