"""Values of a template: checked where they are written, and what becomes of them when an event is made.

Property values reach a function as texts, numbers and booleans too [cfn:crpg-ref]. Of the intrinsic functions there are
`Ref` and `Fn::GetAtt`; others are refused by name.
"""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, Final, Protocol

from eventbus.checks import encodable, refuse
from eventbus.errors import InvalidSetting
from eventbus.names import ACCOUNT, REGION

REF: Final = "Ref"
GET_ATT: Final = "Fn::GetAtt"
NO_VALUE: Final = "AWS::NoValue"
STACK_ID: Final = "AWS::StackId"
STACK_NAME: Final = "AWS::StackName"
PSEUDO_PARAMETERS: Final = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}
MASK: Final = "*****"
"""What is shown of attributes that came with NoEcho [cfn:crpg-ref-responses]."""
_KNOWN: Final = (*PSEUDO_PARAMETERS, NO_VALUE, STACK_ID, STACK_NAME)
_GONE: Final = object()


class Known(Protocol):
    """What a template may refer to."""

    def ref(self, name: str) -> str: ...
    def attribute(self, name: str, attribute: str) -> Any:
        """A JSON value."""

    def hides(self, name: str) -> bool:
        """Attributes of that resource are not shown."""


def copied(value: Any, path: str) -> Any:
    """The same value, which nobody else holds. Raises `InvalidSetting` for what a template can't say; `path` is where
    it is, as in AWS's own texts."""
    match value:
        case str() if encodable(value):
            return value
        case bool() | int():
            return value
        case float() if isfinite(value):
            return value
        case list() | tuple():
            return [copied(inner, f"{path}/{index}") for index, inner in enumerate(value)]
        case dict():
            _check_function(value, path)
            return {_key(key, path): copied(inner, f"{path}/{key}") for key, inner in value.items()}
        case None:
            raise InvalidSetting(f"[{path}] 'null' values are not allowed in templates")
        case _:
            raise refuse(path, value, "texts, numbers, booleans, lists and maps of them, Ref and Fn::GetAtt")


def references(value: Any) -> Iterator[str]:
    """Names of the resources that it refers to, in order."""
    match value:
        case {"Ref": str(name)} if name not in _KNOWN:
            yield name
        case {"Fn::GetAtt": [str(name), _]}:
            yield name
        case dict():
            for inner in value.values():
                yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)


def resolved(value: Any, known: Known, *, shown: bool = False) -> Any:
    """As a function gets it, or as it is `shown` in stack events. Raises `LookupError` for an attribute that is not
    there, its text the reason."""
    match value:
        case {"Ref": str(name)}:
            return _GONE if name == NO_VALUE else PSEUDO_PARAMETERS.get(name) or known.ref(name)
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            found = _as_text(known.attribute(name, attribute))
            return MASK if shown and known.hides(name) else found
        case dict():
            found = {key: resolved(inner, known, shown=shown) for key, inner in value.items()}
            return {key: inner for key, inner in found.items() if inner is not _GONE}
        case list():
            items = [resolved(inner, known, shown=shown) for inner in value]
            return [inner for inner in items if inner is not _GONE]
        case _:
            return _as_text(value)


def in_order(dependencies: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Each name after those that it depends on, otherwise as they are written. Raises `InvalidSetting`."""
    unknown = sorted({name for names in dependencies.values() for name in names} - dependencies.keys())
    if unknown:
        raise InvalidSetting(
            f"Template format error: Unresolved resource dependencies [{', '.join(unknown)}] in the Resources block of "
            "the template"
        )
    order: dict[str, None] = {}
    left = list(dependencies)
    while left:
        ready = next((name for name in left if all(each in order for each in dependencies[name])), None)
        if ready is None:
            raise InvalidSetting(f"Circular dependency between resources: [{', '.join(left)}]")
        left.remove(ready)
        order[ready] = None
    return list(order)


def _as_text(value: Any) -> Any:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case list():
            return [_as_text(inner) for inner in value]
        case dict():
            return {key: _as_text(inner) for key, inner in value.items()}
        case None:
            return ""
        case _:
            return value


def _key(key: object, path: str) -> str:
    if not isinstance(key, str) or not encodable(key):
        raise refuse(path, key, "texts for keys")
    return key


def _check_function(value: Mapping[Any, Any], path: str) -> None:
    """Of the intrinsic functions only those that are known here, and in their own form."""
    named = [key for key in value if isinstance(key, str) and (key == REF or key.startswith("Fn::"))]
    if not named:
        return
    match value:
        case {"Ref": str(name)} if len(value) == 1:
            if name.startswith("AWS::") and name not in _KNOWN:
                raise refuse(f"{path}/{REF}", name, ", ".join(_KNOWN))
        case {"Fn::GetAtt": [str(), str()]} if len(value) == 1:
            return
        case _:
            raise refuse(path, dict(value), '{"Ref": "Name"} and {"Fn::GetAtt": ["Name", "Attribute"]} alone')
