"""What intrinsic functions do [guide intrinsic-functions]. What they refuse is `States.IntrinsicFailure`.

Choices: numbers are rounded half up where whole ones are wanted; a text is split at each character of the splitter, and
empty pieces are left out; values are equal if their JSON is, so 1 is not true; a literal template of Format knows
escapes, one from the data has none.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from hashlib import md5, sha1, sha256, sha384, sha512
from json import JSONEncoder
from math import floor, inf, isfinite
from typing import Any, Final

from attrs import frozen

from eventbus.names import Ids
from sources._calling import encode

from .data import number, parsed
from .errors import INTRINSIC, Failed

TEXT_LIMIT: Final = 10_000
"""Characters that are hashed, encoded or decoded."""
RANGE_LIMIT: Final = 1_000
_HASHES: Final[dict[str, Callable[[bytes], Any]]] = {
    "MD5": lambda data: md5(data, usedforsecurity=False),
    "SHA-1": lambda data: sha1(data, usedforsecurity=False),
    "SHA-256": sha256,
    "SHA-384": sha384,
    "SHA-512": sha512,
}
_key: Final = JSONEncoder(sort_keys=True).encode


@frozen
class Function:
    apply: Callable[..., Any]
    arguments: tuple[float, float]

    def __call__(self, ids: Ids, *values: Any) -> Any:
        return self.apply(ids, *values)


def _failed(why: str) -> Failed:
    return Failed(INTRINSIC, why)


def _array(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _failed(f"wanted an array, not {encode(value)[:80]}")
    return value


def _text(value: Any, limit: float = inf) -> str:
    if not isinstance(value, str) or len(value) > limit:
        raise _failed(f"wanted a text of up to {limit} characters, not {encode(value)[:80]}")
    return value


def _whole(value: Any) -> int:
    if not number(value) or not isfinite(value):
        raise _failed(f"wanted a number, not {encode(value)[:80]}")
    return value if isinstance(value, int) else floor(value + 0.5)


def _format(_: Ids, template: str | Sequence[str], *values: Any) -> str:
    pieces = template if isinstance(template, tuple) else _text(template).split("{}")
    if len(values) != len(pieces) - 1:
        raise _failed(f"Format has {len(pieces) - 1} placeholders and {len(values)} values")
    shown = [value if isinstance(value, str) else encode(value) for value in values]
    return "".join(piece + value for piece, value in zip(pieces, [*shown, ""], strict=True))


def _string_to_json(_: Ids, text: Any) -> Any:
    try:
        return parsed(_text(text))
    except ValueError as error:
        raise _failed(f"StringToJson: {error}") from None


def _json_merge(_: Ids, first: Any, second: Any, deep: Any) -> Any:
    if not isinstance(first, dict) or not isinstance(second, dict) or deep is not False:
        raise _failed("JsonMerge wants two objects and false: deep merging is not supported")
    return {**first, **second}


def _partition(_: Ids, array: Any, size: Any) -> list[Any]:
    items, step = _array(array), _whole(size)
    if step < 1:
        raise _failed("ArrayPartition wants a size of 1 or more")
    return [items[at : at + step] for at in range(0, len(items), step)]


def _range(_: Ids, first: Any, last: Any, step: Any) -> list[int]:
    low, high, by = _whole(first), _whole(last), _whole(step)
    if by == 0 or (high - low) // by >= RANGE_LIMIT:
        raise _failed(f"ArrayRange wants a step that is not 0, and gives up to {RANGE_LIMIT} items")
    return list(range(low, high + (1 if by > 0 else -1), by))


def _item(_: Ids, array: Any, index: Any) -> Any:
    items, at = _array(array), _whole(index)
    if not 0 <= at < len(items):
        raise _failed(f"ArrayGetItem: no item {at} among {len(items)}")
    return items[at]


def _contains(_: Ids, array: Any, value: Any) -> bool:
    return _key(value) in map(_key, _array(array))


def _unique(_: Ids, array: Any) -> list[Any]:
    return list({_key(item): item for item in reversed(_array(array))}.values())[::-1]


def _decode(_: Ids, text: Any) -> str:
    try:
        return b64decode(_text(text, TEXT_LIMIT), validate=True).decode()
    except ValueError as error:
        raise _failed(f"Base64Decode: {error}") from None


def _hash(_: Ids, text: Any, algorithm: Any) -> str:
    digest = _HASHES.get(_text(algorithm))
    if digest is None:
        raise _failed(f"Hash knows {', '.join(_HASHES)}, not {algorithm}")
    hexadecimal: str = digest(_text(text, TEXT_LIMIT).encode()).hexdigest()
    return hexadecimal


def _random(ids: Ids, first: Any, behind: Any, seed: Any = None) -> int:
    """From `first` to before `behind`; the same each time for one seed."""
    low, high = _whole(first), _whole(behind)
    if low >= high:
        raise _failed("MathRandom wants a start below its end")
    if seed is None:
        return ids.random.randrange(low, high)
    return low + int.from_bytes(sha256(f"{_whole(seed)}".encode()).digest()) % (high - low)


def _split(_: Ids, text: Any, splitter: Any) -> list[str]:
    at = _text(splitter)
    return [piece for piece in re.split(f"[{re.escape(at)}]" if at else "$^", _text(text)) if piece]


FUNCTIONS: Final[dict[str, Function]] = {
    "Array": Function(lambda _, *values: list(values), (0, inf)),
    "ArrayContains": Function(_contains, (2, 2)),
    "ArrayGetItem": Function(_item, (2, 2)),
    "ArrayLength": Function(lambda _, array: len(_array(array)), (1, 1)),
    "ArrayPartition": Function(_partition, (2, 2)),
    "ArrayRange": Function(_range, (3, 3)),
    "ArrayUnique": Function(_unique, (1, 1)),
    "Base64Decode": Function(_decode, (1, 1)),
    "Base64Encode": Function(lambda _, text: b64encode(_text(text, TEXT_LIMIT).encode()).decode(), (1, 1)),
    "Format": Function(_format, (1, inf)),
    "Hash": Function(_hash, (2, 2)),
    "JsonMerge": Function(_json_merge, (3, 3)),
    "JsonToString": Function(lambda _, value: encode(value), (1, 1)),
    "MathAdd": Function(lambda _, value, step: _whole(value) + _whole(step), (2, 2)),
    "MathRandom": Function(_random, (2, 3)),
    "StringSplit": Function(_split, (2, 2)),
    "StringToJson": Function(_string_to_json, (1, 1)),
    "UUID": Function(lambda ids: ids.text(ids.draw()), (0, 0)),
}
