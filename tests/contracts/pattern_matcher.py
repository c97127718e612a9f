"""Whether an event matches an event pattern: by trying everything, for patterns that are known to be valid.

Sources: eb:eb-create-pattern-operators, eb:eb-event-patterns-arrays, sns:subscription-filter-policies; recorded cases
of TestEventPattern; the open engine behind EventBridge where the pages are silent.

- A pattern is a number of branches ($or), each a number of fields: a path and its tests. A branch matches if every
  field does, a field if any test does. Keys are joined with "." on both sides; of a path given twice the later wins.
- An event is its leaves: strings, numbers, booleans and nulls, arrays flattened. Objects and empty arrays are no value.
- A field takes one leaf. Two fields never take leaves from different elements of the same array.
- Fields choose in the order of their paths. `exists: false` holds if no leaf at its path goes together with the
  elements chosen so far.
- Numbers are compared by value, and are never strings or booleans. A literal that is an IP address matches every
  spelling of this address.
- equals-ignore-case takes each character of the pattern in upper or lower case, wherever that leads: "ß" is "SS".
- On SNS `exists: true` wants a value that is neither null nor empty, `exists: false` at least one attribute; numbers
  count to the fifth digit after the point.
"""

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from ipaddress import AddressValueError, IPv6Address
from typing import Any, NamedTuple

Elements = dict[int, int]  # number of an array -> index of the element in it
Branch = dict[str, list[Any]]  # path -> tests


class Leaf(NamedTuple):
    path: str
    value: Any
    elements: Elements


def matches(pattern: Mapping[str, Any], event: Any, *, sns: bool = False) -> bool:
    """Whether the decoded event matches the decoded pattern; `sns` for a policy on the body of a message."""
    if not isinstance(event, Mapping):
        return False
    if sns:
        pattern, event = _rounded(pattern), _rounded(event)
    found = list(leaves(event))
    return any(_holds(sorted(branch.items()), found, {}, sns) for branch in branches(pattern))


def matches_attributes(policy: Mapping[str, Any], attributes: Mapping[str, Any]) -> bool:
    """Whether the attributes of a message on SNS, name -> {"Type", "Value"}, match the policy."""
    return bool(attributes) and matches(policy, as_event(attributes), sns=True)


def as_event(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes as an event: a number is a number, an array its elements, binary ones are not there."""
    event = {}
    for name, attribute in attributes.items():
        if attribute["Type"] == "String":
            event[name] = attribute["Value"]
        elif attribute["Type"] in ("Number", "String.Array"):
            event[name] = _decoded(attribute["Value"])
    return event


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _rounded(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_rounded(child) for child in value]
    return round(value, 5) if isinstance(value, float) else value


def branches(pattern: Mapping[str, Any], path: str | None = None) -> list[Branch]:
    """The pattern without $or: one of these has to hold."""
    made: list[Branch] = [{}]
    for key, value in pattern.items():
        if key == "$or":
            choices = [branch for choice in value for branch in branches(choice, path)]
        elif isinstance(value, Mapping):
            choices = branches(value, _join(path, key))
        else:
            choices = [{_join(path, key): list(value)}]
        made = [{**before, **choice} for before in made for choice in choices]
    return made


def leaves(event: Any, path: str | None = None) -> Iterator[Leaf]:
    """The leaves of an event, with the elements of arrays they lie in."""
    yield from _leaves(event, path, {}, itertools.count())


def _leaves(value: Any, path: str | None, elements: Elements, numbers: Iterator[int]) -> Iterator[Leaf]:
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from _leaves(child, _join(path, key), elements, numbers)
    elif isinstance(value, list):
        array = next(numbers)
        for index, child in enumerate(value):
            yield from _leaves(child, path, {**elements, array: index}, numbers)
    else:
        assert path is not None
        yield Leaf(path, value, elements)


def _join(path: str | None, key: str) -> str:
    return key if path is None else f"{path}.{key}"


def _holds(fields: list[tuple[str, list[Any]]], found: list[Leaf], chosen: Elements, sns: bool) -> bool:
    if not fields:
        return True
    (path, tests), rest = fields[0], fields[1:]
    possible = [leaf for leaf in found if leaf.path == path and _together(leaf.elements, chosen)]
    if {"exists": False} in tests and not possible and _holds(rest, found, chosen, sns):
        return True
    return any(
        any(passes(test, leaf.value, sns=sns) for test in tests)
        and _holds(rest, found, {**chosen, **leaf.elements}, sns)
        for leaf in possible
    )


def _together(elements: Elements, chosen: Elements) -> bool:
    return all(chosen.get(array, index) == index for array, index in elements.items())


def passes(test: Any, value: Any, *, sns: bool = False) -> bool:
    """Whether a leaf passes one test of a field."""
    if not isinstance(test, Mapping):
        return _is_literal(test, value)
    [(operator, operand)] = test.items()
    match operator:
        case "exists":
            return operand is True and not (sns and value in (None, ""))
        case "anything-but":
            return not _is_excluded(operand, value)
        case "numeric":
            return _is_number(value) and _in_range(operand, value)
        case _:
            return isinstance(value, str) and _is_text(operator, operand, value)


def _is_literal(test: Any, value: Any) -> bool:
    if isinstance(test, str) and isinstance(value, str) and address(test) is not None:
        return address(test) == address(value)
    return _same(test, value)


def _same(one: Any, other: Any) -> bool:
    if _is_number(one) and _is_number(other):
        return bool(one == other)
    return type(one) is type(other) and bool(one == other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_excluded(operand: Any, value: Any) -> bool:
    if not isinstance(operand, Mapping):
        return any(_same(each, value) for each in _as_list(operand))
    [(operator, inner)] = operand.items()
    return isinstance(value, str) and any(_is_text(operator, each, value) for each in _as_list(inner))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _in_range(operand: list[Any], value: float) -> bool:
    tests = {
        "=": lambda bound: value == bound,
        "<": lambda bound: value < bound,
        "<=": lambda bound: value <= bound,
        ">": lambda bound: value > bound,
        ">=": lambda bound: value >= bound,
    }
    return all(tests[operator](bound) for operator, bound in zip(operand[::2], operand[1::2], strict=True))


def _is_text(operator: str, operand: Any, value: str) -> bool:
    if operator == "cidr":
        return in_network(operand, value)
    if isinstance(operand, Mapping):
        expression = _any_case(operand["equals-ignore-case"])
    else:
        expression = {"equals-ignore-case": _any_case, "wildcard": _wildcard}.get(operator, re.escape)(operand)
    before = ".*" if operator == "suffix" else ""
    after = ".*" if operator == "prefix" else ""
    return re.fullmatch(f"{before}{expression}{after}", value, re.DOTALL) is not None


def _any_case(text: str) -> str:
    return "".join(f"(?:{re.escape(letter.upper())}|{re.escape(letter.lower())})" for letter in text)


def _wildcard(text: str) -> str:
    parts = re.findall(r"\\.|.", text, re.DOTALL)
    return "".join(".*" if part == "*" else re.escape(part[-1]) for part in parts)


def address(text: str) -> tuple[int, int] | None:
    """Version and number of an IP address in any spelling; None if it is none."""
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3}){3}", text):
        octets = [int(octet) for octet in text.split(".")]
        return (4, int.from_bytes(bytes(octets), "big")) if max(octets) <= 255 else None
    try:
        return (6, int(IPv6Address(text))) if "%" not in text else None
    except AddressValueError:
        return None


def in_network(network: str, text: str) -> bool:
    """Whether the text is an address of the network, which may be given by any of its addresses."""
    base, bits = network.split("/")
    inside, candidate = address(base), address(text)
    if inside is None or candidate is None or inside[0] != candidate[0]:
        return False
    shift = {4: 32, 6: 128}[inside[0]] - int(bits)
    return inside[1] >> shift == candidate[1] >> shift
