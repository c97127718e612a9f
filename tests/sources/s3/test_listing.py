"""Pages of keys against a sorted list."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources import s3
from tests.sources.helpers import done
from tests.sources.s3.helpers import bucket_at

TEXT = st.text("ab/", max_size=3)
KEYS = st.sets(st.text("ab/", min_size=1, max_size=4), max_size=15)


def expected(keys: set[str], prefix: str, delimiter: str, after: str) -> list[str]:
    """Keys and common prefixes, in order."""
    found: list[str] = []
    for key in sorted(keys):
        rest = key[len(prefix) :]
        group = prefix + rest[: rest.index(delimiter) + 1] if delimiter and delimiter in rest else key
        if key.startswith(prefix) and key > after and group > after and group not in found:
            found.append(group)
    return found


@settings(max_examples=100, deadline=None)
@given(keys=KEYS, gone=KEYS, prefix=TEXT, after=TEXT, delimiter=st.sampled_from(["", "/"]), page=st.integers(1, 5))
def test_pages_put_together_are_the_whole_listing(
    keys: set[str], gone: set[str], prefix: str, after: str, delimiter: str, page: int
) -> None:
    """Whatever the size of a page: each key or common prefix once, in order, without what is deleted."""
    uploads, _, _ = bucket_at(notify=False, versioning=True)

    async def main() -> list[str]:
        for key in keys | gone:
            await uploads.put_object(key)
        for key in gone:
            await uploads.delete_object(key)
        found: list[str] = []
        token = None
        while True:
            listing = await uploads.list_objects_v2(
                prefix=prefix, delimiter=delimiter, start_after=after, max_keys=page, continuation_token=token
            )
            assert listing.key_count == page or not listing.is_truncated
            found += sorted([each.key for each in listing.contents] + listing.common_prefixes)
            token = listing.next_continuation_token
            assert (token is not None) is listing.is_truncated
            if token is None:
                return found

    assert done(main()) == expected(keys - gone, prefix, delimiter, after)


def test_nothing_is_the_empty_prefix() -> None:
    """Whoever has none may say so."""
    uploads, _, _ = bucket_at(notify=False)
    done(uploads.put_object("a"))
    none: Any = None

    assert [each.key for each in done(uploads.list_objects_v2(prefix=none, start_after=none)).contents] == ["a"]
    assert [each.key for each in done(uploads.list_object_versions(prefix=none)).versions] == ["a"]


def test_page_of_nothing() -> None:
    """A limit of 0 shows nothing, and is not truncated."""
    uploads, _, _ = bucket_at(notify=False)
    done(uploads.put_object("a"))

    listing = done(uploads.list_objects_v2(max_keys=0))

    assert (listing.key_count, listing.is_truncated, listing.next_continuation_token) == (0, False, None)


def test_page_ends_at_1000_keys() -> None:
    """Whatever it is asked for; the next one has the rest."""
    uploads, _, _ = bucket_at(notify=False)

    async def main() -> tuple[s3.Listing, s3.Listing]:
        for n in range(1_001):
            await uploads.put_object(f"{n:04}")
        first = await uploads.list_objects_v2(max_keys=5_000)
        return first, await uploads.list_objects_v2(continuation_token=first.next_continuation_token)

    first, rest = done(main())
    assert (first.key_count, first.is_truncated) == (1_000, True)
    assert [each.key for each in rest.contents] == ["1000"]


@pytest.mark.parametrize("max_keys", [-1, 2**31, True, "5"], ids=repr)
def test_page_sizes_that_are_refused(max_keys: int) -> None:
    """With S3's text."""
    uploads, _, _ = bucket_at(notify=False)

    with pytest.raises(s3.InvalidArgument, match="between 0 and 2147483647"):
        done(uploads.list_objects_v2(max_keys=max_keys))
