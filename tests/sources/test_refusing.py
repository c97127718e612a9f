"""Declarations that refuse by name what is not offered."""

import pytest
from attrs import field, frozen

from eventbus.errors import InvalidSetting
from sources._refusing import refusing


@refusing({"color": "colors are not offered"})
@frozen
class Declared:
    name: str
    _size: int = field(default=1, alias="size", kw_only=True)


def test_what_it_knows() -> None:
    """As without it."""
    assert Declared("a", size=2) == Declared(name="a", size=2)


def test_what_is_not_offered() -> None:
    """With the reason, or what it may have meant."""
    with pytest.raises(InvalidSetting, match="color='red' is refused: colors are not offered"):
        Declared("a", color="red")  # type: ignore[call-arg]  # what is refused
    with pytest.raises(InvalidSetting, match="there is no such setting; did you mean size"):
        Declared("a", sise=2)  # type: ignore[call-arg]  # likewise
    with pytest.raises(TypeError):
        Declared()  # type: ignore[call-arg]  # as Python has it
