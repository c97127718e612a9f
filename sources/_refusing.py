"""Declarations that refuse by name what their service has and they don't."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from attrs import fields

from eventbus.checks import refuse_unknown

T = TypeVar("T")


def refusing(not_offered: Mapping[str, str]) -> Callable[[type[T]], type[T]]:
    """Have a declaration raise `InvalidSetting` for any other setting than its own: why it is not offered, or what it
    may have meant."""

    def decorate(kind: type[T]) -> type[T]:
        init: Callable[..., None] = kind.__init__
        known = [attribute.alias for attribute in fields(kind) if attribute.init]  # type: ignore[arg-type]  # attrs made it

        @wraps(init)
        def checked(self: Any, *args: Any, **settings: Any) -> None:
            refuse_unknown(settings, not_offered, [name for name in known if name is not None])
            init(self, *args, **settings)

        kind.__init__ = checked  # type: ignore[method-assign]  # the same parameters
        return kind

    return decorate
