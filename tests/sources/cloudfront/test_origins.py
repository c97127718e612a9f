"""What a function may choose as an origin, beyond the rows of the table."""

from typing import Any

import pytest

from sources.cloudfront import origins
from sources.cloudfront.invalid import Invalid
from sources.cloudfront.origins import allowed_path, bucket_origin, chosen, custom_origin
from tests.sources.cloudfront.helpers import Site

CUSTOM: Any = custom_origin(Site().arn, "example.org", "").shown
BUCKET: Any = bucket_origin(Site().arn, "/in").shown


def changed(origin: Any, **members: Any) -> Any:
    [(kind, part)] = origin.items()
    return {kind: {**part, **members}}


@pytest.mark.parametrize(
    "origin",
    [
        CUSTOM,
        BUCKET,
        changed(CUSTOM, readTimeout=1, keepaliveTimeout=120),
        changed(CUSTOM, sslProtocols=["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"]),
        changed(CUSTOM, domainName="x" * 253),
        changed(CUSTOM, more=7),
        changed(BUCKET, authMethod="origin-access-identity"),
        changed(BUCKET, region=None),
        changed(BUCKET, domainName="x" * 128),
    ],
    ids=str,
)
def test_what_may_be_chosen(origin: Any) -> None:
    """As it is."""
    assert chosen(origin, []) is origin


@pytest.mark.parametrize(
    "origin",
    [
        None,
        [],
        {},
        {"custom": 7},
        {"s3": None},
        {"other": {}},
        {**CUSTOM, **BUCKET},
        changed(CUSTOM, readTimeout=121),
        changed(CUSTOM, readTimeout=True),
        changed(CUSTOM, keepaliveTimeout=121),
        changed(CUSTOM, sslProtocols=[["TLSv1.2"]]),
        changed(CUSTOM, domainName="192.0.2.1"),
        changed(CUSTOM, domainName="x" * 254),
        changed(CUSTOM, path="/a?b"),
        changed(CUSTOM, path="/a b"),
        changed(CUSTOM, path="//a"),
        changed(CUSTOM, customHeaders=None),
        changed(BUCKET, authMethod=None),
        changed(BUCKET, region=7),
        changed(BUCKET, domainName="x" * 129),
    ],
    ids=str,
)
def test_what_may_not_be_chosen(origin: Any) -> None:
    """Members of other kinds, numbers out of range, names that are too long."""
    with pytest.raises(Invalid):
        chosen(origin, [])


def test_custom_headers_are_lines_of_the_request() -> None:
    """None of them is there already."""
    origin = changed(CUSTOM, customHeaders={"x-secret": [{"key": "X-Secret", "value": "abc"}]})

    assert origins.custom_headers(chosen(origin, [("X-Shop", "Red")])) == [("X-Secret", "abc")]
    with pytest.raises(Invalid, match="X-Secret is a header of the request too"):
        chosen(origin, [("x-secret", "1")])


def test_what_is_read_of_an_origin() -> None:
    """Whichever kind it is; of a bucket no time can be set."""
    assert (origins.domain_of(CUSTOM), origins.path_of(CUSTOM), origins.read_timeout(CUSTOM)) == ("example.org", "", 30)
    assert (origins.path_of(BUCKET), origins.read_timeout(BUCKET)) == ("/in", 30)


@pytest.mark.parametrize(
    ("path", "fine"),
    [
        ("", True),
        ("/a", True),
        ("/a/b.c-d_e~f", True),
        ("/" + "a" * 254, True),
        ("/" + "a" * 255, False),
        ("/", False),
        ("a", False),
        ("/a/", False),
        ("/caf\xe9", False),
        ("/a#b", False),
        (None, False),
    ],
)
def test_paths(path: object, fine: bool) -> None:
    """A slash in front of each part, none at the end."""
    assert allowed_path(path) is fine
