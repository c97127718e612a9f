"""Recorded shapes to compare with, whole: `load` reads one, `match` compares and names the first difference.

The placeholders are listed in README.md beside this file.
"""

import json
import re
from pathlib import Path
from typing import Any, NoReturn

_FOLDER = Path(__file__).parent
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_KINDS = {
    "uuid": _UUID,
    "request_id": _UUID,
    "receipt": r".+",
    "nz": r".+",
    "text": r".*",
    "hex": r"[0-9A-Fa-f]+",
    "digits": r"[0-9]+",
    "iso3": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "iso0": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "b64": r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)",
    "any": r".*",
}
_DISTINCT = ("uuid", "request_id", "receipt")  # two labels of these never stand for one value
_PLACEHOLDER = re.compile(rf"<({'|'.join(_KINDS)})(:[a-z0-9_]+)?>")
_NULL_OR_ABSENT = "<null_or_absent>"


def load(name: str) -> Any:
    """The golden of that name, such as `load("sqs/fifo")`."""
    return json.loads((_FOLDER / f"{name.removesuffix('.json')}.json").read_text(encoding="utf-8"))


def match(golden: Any, actual: Any, *, key_order: bool = True) -> None:
    """Raise AssertionError with the path of the first place where `actual` is not what `golden` says.

    Types are compared strictly (1 is not 1.0, nor True; a tuple is no list); the order of an object's keys counts
    unless `key_order` is False.
    """
    _compare(golden, actual, "$", {}, key_order)


def _compare(golden: Any, actual: Any, path: str, bound: dict[str, Any], key_order: bool) -> None:
    if isinstance(golden, dict):
        _compare_objects(golden, actual, path, bound, key_order)
    elif isinstance(golden, list):
        _compare_arrays(golden, actual, path, bound, key_order)
    elif isinstance(golden, str):
        _compare_text(golden, actual, path, bound)
    elif type(golden) is not type(actual) or golden != actual:
        _differ(path, golden, actual)


def _compare_objects(golden: dict[str, Any], actual: Any, path: str, bound: dict[str, Any], key_order: bool) -> None:
    if not isinstance(actual, dict):
        _differ(path, golden, actual)
    wanted = [key for key, value in golden.items() if value != _NULL_OR_ABSENT or key in actual]
    for key in wanted:
        if key not in actual:
            raise AssertionError(f"{path}.{key}: missing; keys are {list(actual)}")
    for key in actual:
        if key not in golden:
            raise AssertionError(f"{path}.{key}: not expected; keys should be {wanted}")
    if key_order and list(actual) != wanted:
        raise AssertionError(f"{path}: keys in the order {list(actual)}, expected {wanted}")
    for key in wanted:
        if golden[key] == _NULL_OR_ABSENT:
            if actual[key] is not None:
                _differ(f"{path}.{key}", None, actual[key])
        else:
            _compare(golden[key], actual[key], f"{path}.{key}", bound, key_order)


def _compare_arrays(golden: list[Any], actual: Any, path: str, bound: dict[str, Any], key_order: bool) -> None:
    if not isinstance(actual, list):
        _differ(path, golden, actual)
    for index, (wanted, found) in enumerate(zip(golden, actual, strict=False)):
        _compare(wanted, found, f"{path}[{index}]", bound, key_order)
    if len(golden) != len(actual):
        raise AssertionError(f"{path}: {len(actual)} items, expected {len(golden)}")


def _compare_text(golden: str, actual: Any, path: str, bound: dict[str, Any]) -> None:
    whole = _PLACEHOLDER.fullmatch(golden)
    if whole is not None and whole[1] == "any":
        if whole[2] is not None:
            _bind(golden, actual, path, bound)
        return
    if not isinstance(actual, str):
        _differ(path, golden, actual)
    names: list[str] = []
    pattern = ""
    end = 0
    for found in _PLACEHOLDER.finditer(golden):
        pattern += re.escape(golden[end : found.start()]) + f"({_KINDS[found[1]]})"
        names.append(found[0])
        end = found.end()
    values = re.fullmatch(pattern + re.escape(golden[end:]), actual, re.DOTALL)
    if values is None:
        _differ(path, golden, actual)
    for name, value in zip(names, values.groups(), strict=True):
        if name != "<any>":
            _bind(name, value, path, bound)


def _bind(name: str, value: Any, path: str, bound: dict[str, Any]) -> None:
    if name in bound:
        if bound[name] != value:
            raise AssertionError(f"{path}: {name} was {bound[name]!r} before, is {value!r} here")
        return
    kind = name[1:-1].partition(":")[0]
    if kind in _DISTINCT:
        for other, taken in bound.items():
            if taken == value and other[1:-1].partition(":")[0] == kind:
                raise AssertionError(f"{path}: {name} has the value of {other}, {value!r}")
    bound[name] = value


def _differ(path: str, golden: Any, actual: Any) -> NoReturn:
    raise AssertionError(f"{path}: expected {golden!r}, got {actual!r}")
