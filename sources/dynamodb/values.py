"""Attribute values: read from the form of AWS's low-level clients, kept, shown, measured.

A value is a pair of its type and its content, never changed once it is made:

| type | content | as it is given and shown |
| --- | --- | --- |
| S, N | text | `{"S": "x"}`, `{"N": "1.5"}` |
| B | bytes | `{"B": b"x"}`, base64 in events |
| BOOL, NULL | bool | `{"BOOL": True}`, `{"NULL": True}` |
| SS, NS, BS | sorted tuple | `{"SS": ["x", "y"]}` |
| L | tuple of values | `{"L": [{"S": "x"}]}` |
| M | values by name | `{"M": {"a": {"S": "x"}}}` |

Two values are equal for DynamoDB where they are equal here. Sets are shown sorted: their order means nothing.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from json import dumps
from typing import Any, Final

from . import number
from .errors import SerializationException, ValidationException, invalid

Value = tuple[str, Any]
Item = dict[str, Value]

LEVELS: Final = 32
"""Of nested values, the attribute itself being the first [ddb:Constraints]."""
NAME_LIMIT: Final = 65_535
"""Bytes of an attribute's name."""
CONTAINER_SIZE: Final = 3
ELEMENT_SIZE: Final = 1
"""Bytes that a list or map counts, and each of its elements, besides what they hold (not documented)."""

_BRACES: Final = 2
_MEMBER: Final = 2  # colon and comma, or quotes
TYPES: Final = ("B", "NULL", "SS", "BOOL", "L", "BS", "N", "NS", "S", "M")
ORDERED: Final = ("S", "N", "B")
SETS: Final = ("SS", "NS", "BS")

_EMPTY: Final = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
_SEVERAL: Final = (
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"
)
_TOO_DEEP: Final = (
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
)


def read_item(given: Any) -> Item:
    """Raises `ValidationException` and `SerializationException` for what DynamoDB does not take."""
    return _attributes(given, 1)


def read(given: Any, level: int = 1) -> Value:
    """One value, at its level of nesting."""
    if not isinstance(given, Mapping):
        raise SerializationException(f"{given!r}: an attribute value such as {{'S': 'x'}}")
    if len(given) != 1:
        raise ValidationException(_SEVERAL if given else _EMPTY)
    [(kind, content)] = given.items()
    if level > LEVELS:
        raise ValidationException(_TOO_DEEP)
    if kind == "S":
        return "S", _text(content)
    reader = _READERS.get(kind)
    if reader is None:
        raise ValidationException(_EMPTY)
    return kind, reader(content, level)


def show(value: Value, binary: Callable[[bytes], Any] = bytes) -> dict[str, Any]:
    """Built anew; bytes as `binary` makes them."""
    kind, content = value
    match kind:
        case "M":
            return {"M": {name: show(each, binary) for name, each in content.items()}}
        case "L":
            return {"L": [show(each, binary) for each in content]}
        case "B":
            return {"B": binary(content)}
        case "BS":
            return {"BS": [binary(each) for each in content]}
        case "SS" | "NS":
            return {kind: list(content)}
    return {kind: content}


def show_item(item: Item, binary: Callable[[bytes], Any] = bytes) -> dict[str, Any]:
    return {name: show(value, binary) for name, value in item.items()}


def base64_text(content: bytes) -> str:
    return b64encode(content).decode()


def size(value: Value) -> int:
    """Bytes that this counts towards the size of an item [ddb:CapacityUnitCalculations]."""
    kind, content = value
    match kind:
        case "S":
            return _length(content)
        case "N":
            return number.size(content)
        case "B":
            return len(content)
        case "SS":
            return sum(map(_length, content))
        case "NS":
            return sum(map(number.size, content))
        case "BS":
            return sum(map(len, content))
        case "L":
            return CONTAINER_SIZE + sum(ELEMENT_SIZE + size(each) for each in content)
        case "M":
            return CONTAINER_SIZE + len(content) * ELEMENT_SIZE + size_of_item(content)
    return 1


def size_of_item(item: Item) -> int:
    return sum(_length(name) + size(value) for name, value in item.items())


def json_size(item: Item) -> int:
    """Bytes of its JSON, as events show it."""
    return _BRACES + sum(_json_text(name) + _MEMBER + _json_size(value) for name, value in item.items())


def _json_size(value: Value) -> int:
    kind, content = value
    frame = _BRACES + len(kind) + _MEMBER + 1  # {"S":}
    match kind:
        case "S":
            return frame + _json_text(content)
        case "B":
            return frame + _json_bytes(content)
        case "SS":
            return frame + _BRACES + sum(1 + _json_text(each) for each in content)
        case "NS":
            return frame + _BRACES + sum(3 + len(each) for each in content)
        case "BS":
            return frame + _BRACES + sum(1 + _json_bytes(each) for each in content)
        case "L":
            return frame + _BRACES + sum(1 + _json_size(each) for each in content)
        case "M":
            return frame + json_size(content)
        case "N":
            return frame + len(content) + 2
    return frame + len("false")


def _json_text(text: str) -> int:
    if text.isprintable() and '"' not in text and "\\" not in text:
        return 2 + _length(text)
    return len(dumps(text, ensure_ascii=False).encode())


def _json_bytes(content: bytes) -> int:
    return 2 + (len(content) + 2) // 3 * 4


def ordered(value: Value) -> Any:
    """What stands for a text, number or binary when two of a type are compared. Texts are in the order of UTF-8."""
    return Decimal(value[1]) if value[0] == "N" else value[1]


def set_of(kind: str, members: Sequence[Any]) -> Value:
    return kind, tuple(sorted(members, key=Decimal if kind == "NS" else None))


def check_levels(item: Item) -> None:
    """Raise `ValidationException` where values are nested too deeply."""
    for value in item.values():
        _check_levels(value, 1)


def _check_levels(value: Value, level: int) -> None:
    if level > LEVELS:
        raise ValidationException(_TOO_DEEP)
    kind, content = value
    if kind in ("L", "M"):
        for each in content.values() if kind == "M" else content:
            _check_levels(each, level + 1)


def _attributes(given: Any, level: int) -> Item:
    if not isinstance(given, Mapping):
        raise SerializationException(f"{given!r}: attribute values by name")
    found: Item = {}
    for name, value in given.items():
        if not 0 < _length(_text(name)) <= NAME_LIMIT:
            raise invalid(f"An attribute name has 1 to {NAME_LIMIT:,} bytes: {name[:100]!r}")
        found[name] = read(value, level)
    return found


def _text(content: Any) -> str:
    if not isinstance(content, str):
        raise SerializationException(f"{content!r}: a text")
    if not content.isascii():
        try:
            content.encode()
        except UnicodeEncodeError:
            raise SerializationException(f"{content!r}: a text that UTF-8 can hold") from None
    return content


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _number(content: Any, _level: int) -> str:
    return number.canonical(_text(content))


def _bytes(content: Any) -> bytes:
    if not isinstance(content, bytes | bytearray):
        raise SerializationException(f"{content!r}: bytes")
    return bytes(content)


def _bool(content: Any, _level: int) -> bool:
    if not isinstance(content, bool):
        raise SerializationException(f"{content!r}: True or False")
    return content


def _null(content: Any, level: int) -> bool:
    if not _bool(content, level):
        raise invalid("Null attribute value types must have the value of true")
    return True


def _list(content: Any, level: int) -> tuple[Value, ...]:
    return tuple(read(each, level + 1) for each in _members(content))


def _map(content: Any, level: int) -> Item:
    return _attributes(content, level + 1)


def _members(content: Any) -> list[Any]:
    if not isinstance(content, list | tuple | set | frozenset):
        raise SerializationException(f"{content!r}: a list")
    return list(content)


def _string_set(content: Any, _level: int) -> tuple[str, ...]:
    members = [_text(each) for each in _members(content)]
    if not members:
        raise invalid("An string set  may not be empty")
    if len(set(members)) < len(members):
        raise invalid(f"Input collection [{', '.join(members)}] contains duplicates.")
    return tuple(sorted(members))


def _number_set(content: Any, level: int) -> tuple[str, ...]:
    members = [_number(each, level) for each in _members(content)]
    if not members:
        raise invalid("An number set  may not be empty")
    if len(set(members)) < len(members):
        raise ValidationException("Input collection contains duplicates")
    return tuple(sorted(members, key=Decimal))


def _binary_set(content: Any, _level: int) -> tuple[bytes, ...]:
    members = [_bytes(each) for each in _members(content)]
    if not members:
        raise invalid("Binary sets should not be empty")
    if len(set(members)) < len(members):
        raise invalid(f"Input collection [{', '.join(map(base64_text, members))}]of type BS contains duplicates.")
    return tuple(sorted(members))


_READERS: Final[Mapping[Any, Callable[[Any, int], Any]]] = {
    "N": _number,
    "B": lambda content, _level: _bytes(content),
    "BOOL": _bool,
    "NULL": _null,
    "SS": _string_set,
    "NS": _number_set,
    "BS": _binary_set,
    "L": _list,
    "M": _map,
}
