"""Patterns and events that are likely to meet: few keys, few values, arrays of objects, dotted keys."""

from typing import Any

from hypothesis import strategies as st

KEYS = ("a", "b", "c", "a.b", "b.c")
ADDRESSES = ("10.0.0.5", "010.0.0.5", "10.0.1.9", "2001:db8::1", "2001:0db8:0::1")

keys = st.sampled_from(KEYS)
texts = st.sampled_from(("", "a", "ab", "abc", "ba", "A", "aB", "ß", "SS", "1", "a*b", "a\\b", "b\nc", "é", *ADDRESSES))
numbers = st.sampled_from((-2, -1, 0, 1, 2, 3, 100)) | st.sampled_from((-1.5, -0.0, 0.5, 1.0, 2.0, 1e2, 0.1))
scalars = texts | numbers | st.booleans() | st.none()


def events(max_leaves: int = 12) -> st.SearchStrategy[dict[str, Any]]:
    """Decoded events."""
    values = st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=max_leaves,
    )
    return st.dictionaries(keys, values, max_size=4)


def _one_or_some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values | st.lists(values, min_size=1, max_size=3)


def _ranges() -> st.SearchStrategy[list[Any]]:
    single = st.tuples(st.sampled_from(("=", "<", "<=", ">", ">=")), numbers).map(list)
    pairs = st.tuples(numbers, numbers).filter(lambda pair: pair[0] < pair[1])
    double = st.tuples(st.sampled_from((">", ">=")), st.sampled_from(("<", "<=")), pairs).map(
        lambda drawn: [drawn[0], drawn[2][0], drawn[1], drawn[2][1]]
    )
    return single | double


not_empty = texts.filter(bool)
wildcards = st.sampled_from(("*", "a*", "*b", "a*c", "*a*", "\\*", "a\\*b", "a\\\\b", "", "ab", "*\n*", "10.*.5"))
networks = st.sampled_from(("10.0.0.0/24", "10.0.0.9/16", "0.0.0.0/0", "10.0.0.4/31", "2001:db8::/32", "::/0"))


def _operator(name: str, operands: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return operands.map(lambda operand: {name: operand})


any_case = _operator("equals-ignore-case", texts)
anything_but = st.one_of(
    _one_or_some(texts),
    _one_or_some(numbers),
    _operator("prefix", _one_or_some(not_empty)),
    _operator("suffix", _one_or_some(not_empty)),
    _operator("equals-ignore-case", _one_or_some(texts)),
    _operator("wildcard", _one_or_some(wildcards)),
)
tests = st.one_of(
    scalars,
    scalars,
    _operator("prefix", texts | any_case),
    _operator("suffix", texts | any_case),
    any_case,
    _operator("wildcard", wildcards),
    _operator("anything-but", anything_but),
    _operator("numeric", _ranges()),
    _operator("cidr", networks),
    _operator("exists", st.booleans()),
    _operator("exists", st.just(False)),
    _operator("exactly", texts),
)
fields = st.lists(tests, min_size=1, max_size=3)


@st.composite
def patterns(draw: st.DrawFn, depth: int = 3) -> dict[str, Any]:
    """Valid patterns of EventBridge, decoded."""
    made: dict[str, Any] = {}
    for _ in range(draw(st.sampled_from((1, 1, 2, 2, 3)))):
        kind = draw(st.sampled_from(("field", "field", "field", "object", "or"))) if depth else "field"
        if kind == "field":
            made[draw(keys)] = draw(fields)
        elif kind == "object":
            made[draw(keys)] = draw(patterns(depth - 1))
        else:
            made["$or"] = [draw(patterns(depth - 1)) for _ in range(draw(st.integers(2, 3)))]
    return made


@st.composite
def events_near(draw: st.DrawFn, pattern: dict[str, Any]) -> dict[str, Any]:
    """Events made along a pattern: many match, many nearly."""
    made: dict[str, Any] = {}
    for key, value in pattern.items():
        match draw(st.integers(0, 9)):
            case 0:
                continue
            case 1:
                made[key.split(".", maxsplit=1)[0]] = draw(events(max_leaves=4) | scalars)
            case kind if key == "$or":
                for branch in value if kind == 2 else [draw(st.sampled_from(value))]:
                    made.update(draw(events_near(branch)))
            case kind if isinstance(value, list):
                witness = _witness(draw, draw(st.sampled_from(value)))
                made[key] = witness if kind < 7 else [draw(scalars), witness]
            case kind:
                made[key] = draw(events_near(value))
                if kind >= 6:
                    made[key] = draw(st.permutations([made[key], draw(events_near(value))]))
    return made


def _witness(draw: st.DrawFn, test: Any) -> Any:
    """A value that passes this test, more often than not."""
    if not isinstance(test, dict):
        return test
    [(operator, operand)] = test.items()
    while isinstance(operand, dict):
        [(operator, operand)] = operand.items()
    match operator:
        case "prefix":
            return operand + draw(texts) if isinstance(operand, str) else draw(scalars)
        case "suffix":
            return draw(texts) + operand if isinstance(operand, str) else draw(scalars)
        case "equals-ignore-case":
            return operand.upper() if isinstance(operand, str) else draw(texts)
        case "wildcard":
            return operand.replace("\\", "").replace("*", draw(texts)) if isinstance(operand, str) else draw(texts)
        case "numeric":
            return operand[1] + draw(st.sampled_from((-0.5, 0, 0.5, 1)))
        case "cidr":
            return draw(st.sampled_from(ADDRESSES))
        case "exists":
            return draw(scalars) if operand else []
        case _:
            return draw(scalars)
