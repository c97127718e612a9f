"""JSON as Lambda speaks it: what goes in, what comes out, and what is refused.

| value | as an event | as a handler's result |
| --- | --- | --- |
| dict, list, str, int, float, bool, None | yes | yes |
| tuple | becomes a list | becomes a list |
| NaN, infinity | refused | `Runtime.MarshalError` |
| Decimal | refused | becomes a number, as in the Python runtime of Lambda |
| datetime, bytes, sets, anything else | refused | `Runtime.MarshalError` |
| bytes given to `invoke` | taken as ready JSON, checked | - |
"""

from collections.abc import Callable
from decimal import Decimal
from json import JSONDecoder, JSONEncoder, encoder
from typing import Any, Final

from eventbus.errors import InvalidRequestContentException


def _decimal(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _kept(encoding: JSONEncoder) -> Callable[[object], str]:
    """`JSONEncoder.encode` makes its C encoder anew at each call, which costs more than small payloads do: keep one."""
    make = getattr(encoder, "c_make_encoder", None)
    if make is None:
        return encoding.encode
    separators = (encoding.key_separator, encoding.item_separator)
    text = encoder.encode_basestring
    kept = make(None, encoding.default, text, None, *separators, encoding.sort_keys, encoding.skipkeys, False)
    return lambda value: "".join(kept(value, 0))


_encode_event: Final = _kept(JSONEncoder(separators=(",", ":"), allow_nan=False, ensure_ascii=False))
_encode_result: Final = _kept(JSONEncoder(allow_nan=False, ensure_ascii=False, default=_decimal))


def _no_json(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


_decoder: Final = JSONDecoder(parse_constant=_no_json)
_scan: Final = _decoder.scan_once  # type: ignore[attr-defined]  # public, but not in the stubs


def encode_event(event: object) -> bytes:
    """Raises `InvalidRequestContentException` for what JSON can't say."""
    if isinstance(event, bytes):
        _check_json(event)
        return event
    try:
        return _encode_event(event).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidRequestContentException(f"Could not parse request body into json: {error}") from error


def encode_result(value: object) -> bytes:
    """Raises TypeError, ValueError or RecursionError for what JSON can't say."""
    return _encode_result(value).encode()


def decode(payload: bytes) -> Any:
    text = payload.decode()
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        end = -1
    return value if end == len(text) else _decoder.decode(text)  # white space around it, or an error to word


def _check_json(payload: bytes) -> None:
    try:
        decode(payload)
    except (ValueError, RecursionError) as error:  # JSONDecodeError and UnicodeDecodeError are ValueErrors
        raise InvalidRequestContentException(f"Could not parse request body into json: {error}") from error
