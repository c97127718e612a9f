"""Document paths: names of attributes and of what maps hold, numbers of elements of lists."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from attrs import define, field

from sources.dynamodb.values import Item, Value

L = TypeVar("L")

Path = tuple[str | int, ...]
"""`a.b[0]` is `("a", "b", 0)`."""


@define(eq=False)
class Node(Generic[L]):
    """Paths that begin alike: what ends here, or where they go on. All steps of one node are names, or all numbers."""

    leaf: L | None = None
    children: "dict[str | int, Node[L]]" = field(factory=dict)


def shown(path: Path) -> str:
    """As AWS's errors name it: `[a, b, [0]]`."""
    return f"[{', '.join(f'[{step}]' if isinstance(step, int) else step for step in path)}]"


def found(item: Item, path: Path) -> Value | None:
    """What stands there; None for nothing."""
    value: Value | None = ("M", item)
    for step in path:
        if value is None:
            return None
        kind, content = value
        if kind == "M" and isinstance(step, str):
            value = content.get(step)
        elif kind == "L" and isinstance(step, int):
            value = content[step] if step < len(content) else None
        else:
            return None
    return value


def tree(entries: Sequence[tuple[Path, L]], refusal: Callable[[str], Exception]) -> Node[L]:
    """All paths in one tree. Raises what `refusal` makes of paths that get into each other's way."""
    root: Node[L] = Node()
    for position, (path, leaf) in enumerate(entries):
        node = root
        for depth, step in enumerate(path):
            if node.children and isinstance(next(iter(node.children)), int) != isinstance(step, int):
                raise refusal(_clash("conflict", entries, position, depth))
            node = node.children.setdefault(step, Node())
            if node.leaf is not None:
                raise refusal(_clash("overlap", entries, position, depth + 1))
        if node.children:
            raise refusal(_clash("overlap", entries, position, len(path)))
        node.leaf = leaf
    return root


def projected(item: Item, node: "Node[Any]") -> Item:
    """What of `item` these paths show; elements of lists move up."""
    shown_item: Item = {}
    for name, child in node.children.items():
        value = _projected(item.get(str(name)), child)
        if value is not None:
            shown_item[str(name)] = value
    return shown_item


def _projected(value: Value | None, node: "Node[Any]") -> Value | None:
    if value is None or node.leaf is not None:
        return value
    kind, content = value
    wanted = "L" if isinstance(next(iter(node.children)), int) else "M"
    if kind != wanted:
        return None
    if kind == "M":
        inner = projected(content, node)
        return ("M", inner) if inner else None
    elements = (_projected(_at(content, step), node.children[step]) for step in sorted(node.children))
    shown_elements = tuple(each for each in elements if each is not None)
    return ("L", shown_elements) if shown_elements else None


def _at(elements: Sequence[Value], step: Any) -> Value | None:
    return elements[step] if step < len(elements) else None


def _clash(how: str, entries: "Sequence[tuple[Path, Any]]", position: int, common: int) -> str:
    """Names the earlier path that has so many steps in common, and the one at `position`."""
    path = entries[position][0]
    earlier: Iterable[Path] = (each for each, _ in entries[:position])
    other = next(each for each in earlier if each[:common] == path[:common])
    return (
        f"Two document paths {how} with each other; must remove or rewrite one of these paths; "
        f"path one: {shown(other)}, path two: {shown(path)}"
    )
