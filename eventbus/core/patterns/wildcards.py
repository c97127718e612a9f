"""How a wildcard is written, and how costly it is."""

from .reasons import InvalidPattern

TOO_COMPLEX = (
    "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a "
    "wildcard character"
)


def parts_of(text: str) -> tuple[str, ...]:
    """What stands between the stars; `\\*` and `\\\\` stand for themselves. Raises `InvalidPattern`."""
    parts, part, at = [], "", 0
    while at < len(text):
        character = text[at]
        if character == "\\":
            at += 1
            character = text[at : at + 1]
            if character not in ("*", "\\"):
                raise InvalidPattern(f"Invalid escape character at pos {at - 1}")
            part += character
        elif character == "*":
            if text[at + 1 : at + 2] == "*":
                raise InvalidPattern(f"Consecutive wildcard characters at pos {at}")
            parts.append(part)
            part = ""
        else:
            part += character
        at += 1
    return (*parts, part)


def complexity(parts: tuple[str, ...]) -> int:
    """How many beginnings of the wildcard the worst value can match at the same place.

    Every star, once reached, stays matched. What follows a star may begin anywhere: the worst value ends with a
    beginning of one part whose own ends are beginnings of as many parts as possible.
    """
    followers = [part for part in parts[1:] if part]
    return len(parts) - 1 + _most_begun(followers)


def _most_begun(parts: list[str]) -> int:
    # a trie of the parts with failure links: a node's ends are its own beginnings and those of its longest other end
    nodes: list[dict[str, int]] = [{}]
    begun = [0]
    for part in parts:
        node = 0
        for character in part:
            if character not in nodes[node]:
                nodes[node][character] = len(nodes)
                nodes.append({})
                begun.append(0)
            node = nodes[node][character]
            begun[node] += 1
    shorter = [0] * len(nodes)
    queue = list(nodes[0].values())
    for node in queue:
        begun[node] += begun[shorter[node]]
        for character, child in nodes[node].items():
            end = shorter[node]
            while end and character not in nodes[end]:
                end = shorter[end]
            shorter[child] = nodes[end].get(character, 0)
            queue.append(child)
    return max(begun)
