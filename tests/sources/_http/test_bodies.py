"""Bodies as texts of an event, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources._http import bodies


@pytest.mark.parametrize(
    ("header", "kind"),
    [("", ""), ("text/html", "text/html"), ("Text/HTML; charset=utf-8", "text/html"), (" a/b ;c=d;e", "a/b")],
)
def test_content_type_has_no_parameters(header: str, kind: str) -> None:
    """Nor capitals."""
    assert bodies.content_type(header) == kind


@pytest.mark.parametrize(
    ("header", "is_text"),
    [
        ("text/plain", True),
        ("TEXT/csv; header=present", True),
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("application/json-patch+json", False),
        ("application/vnd.api+json", False),
        ("text", False),
        ("image/png", False),
        ("", False),
    ],
)
def test_types_that_are_texts(header: str, is_text: bool) -> None:
    """A type, or all types that begin so."""
    assert bodies.textual(header) is is_text


@given(st.binary())
def test_base64_and_back(body: bytes) -> None:
    """Any bytes."""
    assert bodies.from_base64(bodies.to_base64(body)) == body


@pytest.mark.parametrize("text", ["%%%", "A", "AA=", "AAH+/w=", "AAH-_w==", "AA\nA=", "é"])
def test_what_is_no_base64(text: str) -> None:
    """Other alphabets, line ends, a missing end."""
    assert bodies.from_base64(text) is None


def test_texts_are_utf8() -> None:
    """All others are none."""
    assert bodies.as_text("café".encode()) == "café"
    assert bodies.as_text(b"\xff") is bodies.as_text("é".encode("latin-1")) is None
