"""What names and settings may be, and names made of them."""

import re
from hashlib import md5
from typing import Any, Final

from attrs import Attribute

from eventbus.checks import refuse
from eventbus.names import Arn

NAME_LIMIT: Final = 32

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")


def check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value) or len(value) > NAME_LIMIT:
        raise refuse(attribute.name, value, f"1 to {NAME_LIMIT} letters, digits and -, not at its ends")


def function_of(setting: str, value: object) -> Arn:
    """Raises `InvalidSetting`."""
    arn = getattr(value, "arn", None)
    if not isinstance(arn, Arn) or ":function:" not in arn:
        raise refuse(setting, value, "a function of the app: what app.function() gave")
    return arn


def digest(*words: object) -> str:
    """16 hexadecimal digits, as ARNs of Elastic Load Balancing end with."""
    return md5("/".join(map(str, words)).encode(), usedforsecurity=False).hexdigest()[:16]
