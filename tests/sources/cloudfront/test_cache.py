"""What is kept, how long, and what makes room."""

import pytest

from eventbus.core.http import BodyStream, Response
from eventbus.names import Arn
from sources.cloudfront import cache
from sources.cloudfront.cache import Cache, lifetime

EPOCH = 1_767_225_600.0  # 2026-01-01T00:00:00Z, a Thursday
IN_A_MINUTE = "Thu, 01 Jan 2026 00:01:00 GMT"


def seconds(status: int, *lines: tuple[str, str]) -> float:
    return lifetime(Response(status, lines), 86_400, EPOCH)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ([], 86_400),
        ([("Cache-Control", "public")], 86_400),
        ([("Cache-Control", "max-age=60")], 60),
        ([("Cache-Control", "MAX-AGE=60")], 60),
        ([("cache-control", 'max-age="60"')], 60),
        ([("Cache-Control", "max-age=60, s-maxage=5")], 5),
        ([("Cache-Control", "s-maxage=5"), ("Cache-Control", "max-age=60")], 5),
        ([("Cache-Control", "max-age=0")], 0),
        ([("Cache-Control", "max-age=-1")], 86_400),
        ([("Cache-Control", "max-age=soon")], 86_400),
        ([("Cache-Control", "max-age=99999999999")], 31_536_000),
        ([("Cache-Control", "max-age=" + "9" * 400)], 31_536_000),
        ([("Cache-Control", "no-store")], 0),
        ([("Cache-Control", "no-cache, max-age=60")], 0),
        ([("Cache-Control", "private, max-age=60")], 0),
        ([("Expires", IN_A_MINUTE)], 60),
        ([("Expires", "Thu, 01 Jan 2026 00:01:00 -0000")], 60),
        ([("Expires", "Wed, 31 Dec 2025 23:59:59 GMT")], 0),
        ([("Expires", "0")], 0),
        ([("Expires", "Thu, 01 Jan 0001 00:00:00 GMT")], 0),
        ([("Expires", IN_A_MINUTE), ("Cache-Control", "max-age=5")], 5),
        ([("Expires", IN_A_MINUTE), ("Cache-Control", "no-store")], 0),
    ],
    ids=str,
)
def test_lifetime_of_an_object(told: list[tuple[str, str]], kept: float) -> None:
    """What the origin says counts, the default TTL where it says nothing (cf:Expiration)."""
    assert seconds(200, *told) == kept


@pytest.mark.parametrize("status", [200, 204, 301, 302, 307, 404, 405, 414, 500, 501, 502, 503, 504])
def test_what_is_kept_without_a_word(status: int) -> None:
    """Errors for ten seconds (cf:HTTPStatusCodes)."""
    assert seconds(status) == (86_400 if status < 400 else 10)


@pytest.mark.parametrize("status", [206, 304, 400, 401, 403, 410, 412, 415, 416, 429, 599])
def test_what_is_not_kept_without_a_word(status: int) -> None:
    """Parts of objects, and errors that are not on the list."""
    assert seconds(status) == 0


@pytest.mark.parametrize(
    ("status", "told", "kept"),
    [
        (404, "max-age=60", 60),
        (404, "max-age=5", 10),
        (404, "s-maxage=30, max-age=60", 30),
        (404, "no-store", 10),
        (404, "private, max-age=60", 60),
        (403, "max-age=60", 60),
        (403, "max-age=0", 10),
        (403, "no-store", 0),
        (401, "max-age=60", 0),
        (416, "max-age=60", 0),
        (206, "max-age=60", 0),
    ],
)
def test_lifetime_of_an_error(status: int, told: str, kept: float) -> None:
    """The greater of what the origin says and ten seconds (cf:custom-error-pages-expiration)."""
    assert seconds(status, ("Cache-Control", told)) == kept


def test_expires_counts_for_errors_too() -> None:
    """But not for those that are kept with a `max-age` alone."""
    assert seconds(404, ("Expires", IN_A_MINUTE)) == 60
    assert seconds(403, ("Expires", IN_A_MINUTE)) == 0


def test_object_is_found_until_it_expires() -> None:
    """Not at that very instant."""
    kept = Cache()
    kept.keep(0.0, ("a",), Response(200), 200, 60)

    assert kept.find(59.9, ("a",)) is not None
    assert kept.find(60.0, ("a",)) is None
    assert kept.find(0.0, ("b",)) is None


def test_what_is_not_to_be_kept_is_forgotten() -> None:
    """Also what was kept before."""
    kept = Cache()
    kept.keep(0.0, ("a",), Response(200), 200, 60)
    kept.keep(1.0, ("a",), Response(200), 200, 0)

    assert kept.find(2.0, ("a",)) is None


def test_what_is_still_being_written_is_not_kept() -> None:
    """Its end is not known."""
    kept = Cache()
    kept.keep(0.0, ("a",), Response(200, stream=BodyStream(Arn("stream"))), 200, 60)

    assert kept.find(0.0, ("a",)) is None


def test_expired_object_stands_in_for_ten_seconds() -> None:
    """Not an error, and nothing that is not there."""
    kept = Cache()
    kept.keep(0.0, ("a",), Response(200), 200, 60)
    kept.keep(0.0, ("e",), Response(404), 404, 10)

    found = kept.stand_in(100.0, ("a",))

    assert found is not None
    assert kept.find(109.9, ("a",)) is found
    assert kept.find(110.0, ("a",)) is None
    assert kept.stand_in(100.0, ("e",)) is None
    assert kept.stand_in(100.0, ("b",)) is None


def test_objects_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was not asked for longest."""
    monkeypatch.setattr(cache, "CAPACITY", 2)
    kept = Cache()
    for name in "ab":
        kept.keep(0.0, (name,), Response(200), 200, 60)
    kept.find(1.0, ("a",))
    kept.keep(2.0, ("c",), Response(200), 200, 60)

    assert [name for name in "abc" if kept.find(3.0, (name,))] == ["a", "c"]
