"""IP addresses and CIDR blocks, as patterns read them."""

from ipaddress import AddressValueError, IPv6Address
from re import ASCII
from re import compile as compiled
from typing import Final

from .reasons import InvalidPattern

LONGEST: Final = 45  # ::ffff:255.255.255.255 written out
_V4: Final = compiled(r"\d{1,3}(?:\.\d{1,3}){3}", ASCII)
_V6: Final = compiled(r"[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")

Address = tuple[int, int]  # version, number


def address_of(text: str) -> Address | None:
    """The address that `text` writes, leading zeros and short forms allowed; None if it is none."""
    if len(text) > LONGEST:
        return None
    if _V4.fullmatch(text):
        parts = [int(part) for part in text.split(".")]
        return None if max(parts) > 255 else (4, int.from_bytes(bytes(parts), "big"))
    if _V6.fullmatch(text):
        try:
            return (6, int(IPv6Address(text)))
        except AddressValueError:
            return None
    return None


def block_of(text: str) -> tuple[Address, Address]:
    """The first and the last address of a CIDR block; bits after the mask may be set. Raises `InvalidPattern`."""
    start, slash, mask = text.partition("/")
    if not slash or "/" in mask:
        raise InvalidPattern("Malformed CIDR, one '/' required")
    if not (mask.isascii() and mask.isdecimal() and len(mask) < 10):
        raise InvalidPattern("Malformed CIDR, mask bits must be an integer")
    address = address_of(start)
    if address is None:
        raise InvalidPattern(f"Nonstandard IP address: {start}")
    version, number = address
    width = 32 if version == 4 else 128
    if int(mask) >= width:
        raise InvalidPattern(f"IPv{version} mask bits must be < {width}")
    rest = (1 << (width - int(mask))) - 1
    return (version, number & ~rest), (version, number | rest)
