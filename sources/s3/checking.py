"""What calls on a bucket refuse before they reach it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from eventbus.checks import encodable, texts
from eventbus.names import Arn

from .errors import EntityTooLarge, InvalidArgument, KeyTooLongError, MalformedXML
from .families import CREATED_PREFIX, FAMILIES, REMOVED_PREFIX
from .machine import PartName
from .objects import NO_METADATA

KEY_LIMIT: Final = 1_024
"""Bytes."""
OBJECT_LIMIT: Final = 5 * 1024**3
"""Bytes of one put, and of one part."""
PARTS_LIMIT: Final = 10_000
KEYS_LIMIT: Final = 1_000
"""Of one delete, and of one page."""
EMITTED: Final = tuple(event for event in FAMILIES if not event.startswith((CREATED_PREFIX, REMOVED_PREFIX)))


def check_key(key: str) -> None:
    if isinstance(key, str) and key.isascii() and 0 < len(key) <= KEY_LIMIT:
        return
    if not isinstance(key, str) or not key:
        raise InvalidArgument(f"key={key!r}: a text that is not empty")
    if not encodable(key):
        raise InvalidArgument(f"key={key!r}: a text that UTF-8 can hold")
    if len(key.encode()) > KEY_LIMIT:
        raise KeyTooLongError


def check_emitted(event: str) -> None:
    """Not created and removed objects: those come about by what is done to them."""
    if not isinstance(event, str) or event not in FAMILIES:
        raise InvalidArgument(f"event_name={event!r}: one of {', '.join(EMITTED)}")
    if event not in EMITTED:
        raise InvalidArgument(f"event_name={event!r}: put, copy or delete the object instead")


def check_keys(keys: Sequence[str]) -> None:
    if isinstance(keys, str) or not isinstance(keys, Sequence):
        raise InvalidArgument(f"keys={keys!r}: a list of keys")
    if not 1 <= len(keys) <= KEYS_LIMIT:
        raise MalformedXML(about=f"{len(keys)} keys, allowed are 1 to {KEYS_LIMIT:,}")
    for key in keys:
        check_key(key)


def content(body: bytes | str) -> bytes:
    """Texts as UTF-8."""
    if isinstance(body, str):
        texts(InvalidArgument, body=body)
        body = body.encode()
    if not isinstance(body, bytes):
        raise InvalidArgument(f"body: bytes or a text, not {type(body).__name__}")
    if len(body) > OBJECT_LIMIT:
        raise EntityTooLarge
    return body


def metadata_of(given: Mapping[str, str] | None) -> Mapping[str, str]:
    """A copy, with its names in small letters, as S3 keeps them [s3:UsingMetadata]."""
    if not given:
        return NO_METADATA
    if not isinstance(given, Mapping):
        raise InvalidArgument(f"metadata={given!r}: names with their values")
    for name, value in given.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise InvalidArgument(f"metadata[{name!r}]={value!r}: texts only")
    return {name.lower(): value for name, value in given.items()}


def check_part_number(number: int) -> None:
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= PARTS_LIMIT:
        raise InvalidArgument("Part number must be an integer between 1 and 10000, inclusive", about=f"{number!r}")


def parts_of(parts: Sequence[Mapping[str, Any]]) -> list[PartName]:
    if not parts or isinstance(parts, str) or not isinstance(parts, Sequence):
        raise MalformedXML(about=f"{parts!r} is no list of parts")
    for part in parts:
        if not isinstance(part, Mapping) or not isinstance(part.get("e_tag"), str) or "part_number" not in part:
            raise MalformedXML(about=f"{part!r} is no {{'part_number': ..., 'e_tag': ...}}")
        check_part_number(part["part_number"])
    return [(part["part_number"], part["e_tag"].strip('"')) for part in parts]


def page_size(max_keys: int) -> int:
    """S3 never shows more than 1,000, whatever it is asked for."""
    if isinstance(max_keys, bool) or not isinstance(max_keys, int) or not 0 <= max_keys < 2**31:
        raise InvalidArgument("Argument maxKeys must be an integer between 0 and 2147483647", about=f"{max_keys!r}")
    return min(max_keys, KEYS_LIMIT)


def source_of(copy_source: object, bucket: str) -> tuple[str, str | None]:
    """Key and version of `bucket/key`, `bucket/key?versionId=id` or a pair of a declared bucket and a key."""
    match copy_source:
        case str():
            named, _, rest = copy_source.removeprefix("/").partition("/")
            key, marker, version_id = rest.rpartition("?versionId=")
            key, version = (key, version_id) if marker else (rest, None)
        case (source, str(key)) if isinstance(arn := getattr(source, "arn", None), Arn):
            named, version = arn.name, None
        case _:
            raise InvalidArgument(f"copy_source={copy_source!r}: 'bucket/key', or a pair of a bucket and a key")
    if named != bucket:
        raise InvalidArgument(
            f"copy_source={copy_source!r}: copies within {bucket} only; put what you get from {named} instead"
        )
    check_key(key)
    return key, version
