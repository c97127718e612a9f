"""What names and settings may be, and names made of them."""

import re
from functools import lru_cache
from hashlib import md5
from typing import Any, Final

from attrs import Attribute

from eventbus.checks import is_function, refuse
from eventbus.names import Arn

NAME_LIMIT: Final = 32

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")


def check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value) or len(value) > NAME_LIMIT:
        raise refuse(attribute.name, value, f"1 to {NAME_LIMIT} letters, digits and -, not at its ends")


def function_of(setting: str, value: object) -> Arn:
    """Raises `InvalidSetting`."""
    if not is_function(value):
        raise refuse(setting, value, "a function of the app: what app.function() gave")
    arn: Arn = value.arn  # type: ignore[attr-defined]  # it is one
    return arn


@lru_cache(1_024)
def digest(*words: object) -> str:
    """16 hexadecimal digits, as ARNs of Elastic Load Balancing end with."""
    return md5("/".join(map(str, words)).encode(), usedforsecurity=False).hexdigest()[:16]
