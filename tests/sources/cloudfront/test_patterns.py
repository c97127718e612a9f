"""Which paths fit a pattern."""

import pytest

from sources.cloudfront.patterns import allowed, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*", "/", True),
        ("*", "/a/b", True),
        ("images/*.jpg", "/images/a.jpg", True),
        ("/images/*.jpg", "/images/a.jpg", True),
        ("images/*.jpg", "/images/2026/a.jpg", True),
        ("images/*.jpg", "/images/.jpg", True),
        ("images/*.jpg", "/images/a.JPG", False),
        ("images/*.jpg", "/images/a.jpg/b", False),
        ("images/*.jpg", "/other/images/a.jpg", False),
        ("*.jpg", "/images/a.jpg", True),
        ("/a?c", "/abc", True),
        ("/a?c", "/ac", False),
        ("/a?c", "/abbc", False),
        ("/a.c", "/abc", False),
        ("/a+b", "/a+b", True),
        ("/a+b", "/aab", False),
        ("/test/", "/test/file", False),
        ("/a*c", "/a\nc", True),
    ],
)
def test_pattern(pattern: str, path: str, fits: bool) -> None:
    """`*` is any letters, `?` is one; a slash in front is understood."""
    assert compile_pattern(pattern)(path) is fits


@pytest.mark.parametrize("pattern", ["", "a b", "caf\xe9", "a#b", "a" * 256, None, 7])
def test_what_is_no_pattern(pattern: object) -> None:
    """Other letters, and more than 255 of them."""
    assert not allowed(pattern)


def test_longest_pattern() -> None:
    """255 letters."""
    assert allowed("a" * 255)
