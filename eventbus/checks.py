"""Validators for declared settings: the message names setting, value and what is allowed."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from attrs import Attribute

from .errors import InvalidSetting, suggest
from .names import Arn

Validator = Callable[[Any, "Attribute[Any]", Any], None]


def refuse(setting: str, value: object, allowed: str) -> InvalidSetting:
    return InvalidSetting(f"{setting}={value!r} is refused; allowed: {allowed}")


def is_function(value: object) -> bool:
    """Whether it is what `app.function()` gives, as far as sources look at one."""
    arn = getattr(value, "arn", None)
    return isinstance(arn, Arn) and arn.service == "lambda" and arn.resource.startswith("function:")


def as_tuple(value: Any) -> Any:
    """Lists are written where tuples are kept."""
    return tuple(value) if isinstance(value, list) else value


def encodable(text: str) -> bool:
    """Whether UTF-8 can hold it: no halves of surrogate pairs."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return False
    return True


def refuse_unknown(
    given: Mapping[str, object],
    not_offered: Mapping[str, str],
    known: Iterable[str] | None = None,
    kind: str = "setting",
) -> None:
    """Raise `InvalidSetting` for the first of `given` that is not `known`: why it is not offered, or what it may have
    meant. Without `known` nothing is."""
    names = () if known is None else tuple(known)
    for name, value in given.items():
        if name not in names:
            meant = "" if known is None else f"; {suggest(name, names)}"
            why = not_offered.get(name) or f"there is no such {kind}{meant}"
            raise InvalidSetting(f"{name}={value!r} is refused: {why}")


def texts(refusal: Callable[[str], Exception], **given: object) -> None:
    """Raise `refusal` for the first that is neither a text nor None, before it can do harm inside a turn."""
    for name, value in given.items():
        if value is not None and (not isinstance(value, str) or not encodable(value)):
            raise refusal(f"{name}={value!r}: a text{' that UTF-8 can hold' if isinstance(value, str) else ''}")


def between(low: float, high: float, *, whole: bool = False) -> Validator:
    """A number from `low` to `high`; None passes where the type allows it."""

    def check(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
        if value is None:
            return
        right_type = isinstance(value, int) if whole else isinstance(value, int | float)
        if not right_type or isinstance(value, bool) or not low <= value <= high:
            raise refuse(attribute.name, value, f"{'a whole number from ' if whole else ''}{low:,} to {high:,}")

    return check


def at_least(low: float) -> Validator:
    def check(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
        if value is None:
            return
        if not isinstance(value, int | float) or isinstance(value, bool) or not value >= low:
            raise refuse(attribute.name, value, f"a number of {low} or more")

    return check


def pair_at_least(low: float) -> Validator:
    check_one = at_least(low)

    def check(instance: Any, attribute: "Attribute[Any]", value: Any) -> None:
        if not isinstance(value, tuple) or len(value) != 2 or None in value:
            raise refuse(attribute.name, value, f"a pair of numbers of {low} or more")
        for item in value:
            check_one(instance, attribute, item)

    return check


def given(check_value: Validator) -> Validator:
    """None is refused as well."""

    def check(instance: Any, attribute: "Attribute[Any]", value: Any) -> None:
        if value is None:
            raise refuse(attribute.name, None, "a value, or leave it out for the default")
        check_value(instance, attribute, value)

    return check


def one_of(values: Collection[Any]) -> Validator:
    def check(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
        if value not in values:
            raise refuse(attribute.name, value, " or ".join(repr(known) for known in values))

    return check
