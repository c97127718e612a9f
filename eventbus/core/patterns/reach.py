"""From an event to the values at a path."""

from collections.abc import Callable, Container, Iterator
from functools import lru_cache
from typing import Any, Final


class Sign:
    """What is found at a path instead of a value."""

    __slots__ = ("name",)
    name: str

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


MISSING: Final = Sign("missing")
MANY: Final = Sign("many")  # the path leads through an array, or through names that hold dots

ARRAY: Final = (list, tuple)

FAR: Final = 8  # names in a path

Reach = Callable[[dict[str, Any]], Any]

# an array on the way to a leaf: where it stands, which element was taken, and the path to it
Choice = tuple[tuple[str | int, ...], int, str]
Choices = tuple[Choice, ...]


@lru_cache(maxsize=4096)
def reach(path: str) -> Reach:
    """A function from an event to what stands at `path`: a value, an array or object as it is, `MISSING` or `MANY`."""
    names = path.split(".")
    if len(names) == 1:
        return lambda event: event.get(path, MISSING)
    if len(names) == 2:
        return _reach_two(path, *names)
    return _reach_far(names) if len(names) <= FAR else lambda event: MANY


def _reach_two(path: str, outer: str, inner: str) -> Reach:
    def find(event: dict[str, Any]) -> Any:
        if path in event:
            return MANY
        members = event.get(outer)
        if isinstance(members, dict):
            return members.get(inner, MISSING)
        return MANY if isinstance(members, ARRAY) else MISSING

    return find


def _reach_far(names: list[str]) -> Reach:
    steps = [
        (name, [".".join(names[at:end]) for end in range(at + 2, len(names) + 1)]) for at, name in enumerate(names)
    ]

    def find(event: dict[str, Any]) -> Any:
        value: Any = event
        for name, joined in steps:
            if not isinstance(value, dict):
                return MANY if isinstance(value, ARRAY) else MISSING
            for several in joined:
                if several in value:
                    return MANY
            value = value.get(name, MISSING)
        return value

    return find


def leaves(
    event: dict[str, Any], path: str, chosen: Choices = (), shared: Container[str] = ()
) -> Iterator[tuple[Any, Choices]]:
    """Every leaf at `path` that agrees with the elements `chosen` before, each with the choices that lead to it.

    Only choices in arrays at paths in `shared` are kept.
    """
    stack: list[tuple[Any, int, tuple[str | int, ...], Choices]] = [(event, 0, (), chosen)]
    while stack:
        value, at, where, choices = stack.pop()
        if isinstance(value, dict):
            for name in _names(value, path, at):
                stack.append((value[name], at + len(name) + 1, (*where, name), choices))
        elif not isinstance(value, ARRAY):
            if at > len(path):
                yield value, choices
        elif path[: at - 1] in shared:
            for number, kept in _choices(len(value), where, choices, path[: at - 1]):
                stack.append((value[number], at, (*where, number), kept))
        else:
            stack += [(element, at, (*where, number), choices) for number, element in enumerate(value)]


def _names(members: dict[str, Any], path: str, at: int) -> Iterator[str]:
    """Which names of an object lead on along `path` from `at`: one after the other, or several joined with dots."""
    if len(members) <= FAR:
        for name in members:
            if isinstance(name, str) and path.startswith(name, at):
                end = at + len(name)
                if path[end : end + 1] in ("", "."):
                    yield name
        return
    end = path.find(".", at)
    while end >= 0:
        if path[at:end] in members:
            yield path[at:end]
        end = path.find(".", end + 1)
    if at <= len(path) and path[at:] in members:
        yield path[at:]


def _choices(length: int, where: tuple[str | int, ...], choices: Choices, path: str) -> Iterator[tuple[int, Choices]]:
    """Which elements of an array may be taken: the one that was, or any."""
    for place, number, _ in choices:
        if place == where:
            yield number, choices
            return
    for number in range(length):
        yield number, (*choices, (where, number, path))


def scalars(array: list[Any] | tuple[Any, ...]) -> Iterator[Any]:
    """The leaves of nested arrays, objects left out."""
    stack: list[Any] = [array]
    while stack:
        value = stack.pop()
        if isinstance(value, ARRAY):
            stack.extend(value)
        elif not isinstance(value, dict):
            yield value
