"""One element of a field's list to an operator, checked against what a dialect takes."""

from collections.abc import Callable
from typing import Any, Final

from .addresses import address_of, block_of
from .dialects import Rules
from .operators import (
    AnythingBut,
    Block,
    Caseless,
    Constant,
    Exists,
    Number,
    Operator,
    Prefix,
    Range,
    Rounded,
    SameAddress,
    Suffix,
    Text,
    Wildcard,
    one_line,
    shown,
)
from .reasons import InvalidPattern
from .text import comparable, literal, number_key, precision
from .wildcards import TOO_COMPLEX, complexity, parts_of

ONE_KEY: Final = "Only one key allowed in match expression"
LOWER: Final = (">", ">=")
UPPER: Final = ("<", "<=")


def read_test(item: Any, rules: Rules) -> Operator | None:
    """The operator that `item` writes; None for `{"exists": false}`. Raises `InvalidPattern`."""
    if isinstance(item, str):
        address = address_of(item)
        return Text(item) if address is None else SameAddress(item, address)
    if item is None or isinstance(item, bool):
        return Constant(item)
    if isinstance(item, int | float):
        return _number(item, rules)
    if isinstance(item, list):
        raise InvalidPattern("Match value must be String, number, true, false, or null")
    name, argument = _only_member(item)
    if name not in rules.operators:
        raise InvalidPattern(f"Unrecognized match type {name}")
    return _READERS[name](argument, rules)


def _only_member(item: dict[str, Any]) -> tuple[str, Any]:
    if len(item) != 1:
        raise InvalidPattern(ONE_KEY)
    return next(iter(item.items()))


def _number(value: float, rules: Rules) -> Operator:
    number = _checked(value, rules)
    return _rounded(Number(literal(value), number_key(number)), rules)


def _rounded(test: Operator, rules: Rules) -> Operator:
    return test if rules.accuracy is None else Rounded(test, rules.accuracy)


def _checked(value: float, rules: Rules) -> float:
    """`value` as it is compared, if it may be written."""
    if rules.magnitude is not None:
        _check_limits(value, rules.magnitude, rules)
    return round(value, rules.accuracy) if rules.accuracy is not None and isinstance(value, float) else value


def _check_limits(value: float, magnitude: float, rules: Rules) -> None:
    digits, decimals = precision(value)
    if not abs(value) <= magnitude:
        allowed = f"from {-magnitude:.0f} to {magnitude:.0f}"
    elif rules.digits is not None and digits > rules.digits:
        allowed = f"of at most {rules.digits} digits"
    elif rules.decimals is not None and decimals > rules.decimals:
        allowed = f"of at most {rules.decimals} digits behind the point"
    else:
        return
    raise InvalidPattern(f"{one_line(literal(value))} is not {allowed}")


def _exactly(argument: Any, rules: Rules) -> Operator:
    if not isinstance(argument, str):
        raise InvalidPattern("exact match pattern must be a string")
    return Text(argument)


def _prefix(argument: Any, rules: Rules) -> Operator:
    return _affix("prefix", argument, rules)


def _suffix(argument: Any, rules: Rules) -> Operator:
    return _affix("suffix", argument, rules)


def _affix(name: str, argument: Any, rules: Rules) -> Operator:
    if isinstance(argument, dict) and rules.caseless_affixes:
        inner, text = _only_member(argument)
        if inner != "equals-ignore-case":
            raise InvalidPattern(f"Unsupported {name} pattern: {inner}")
        if isinstance(text, str):
            return Caseless(text, name)
    elif isinstance(argument, str):
        return Prefix(argument) if name == "prefix" else Suffix(argument)
    raise InvalidPattern(f"{name} match pattern must be a string")


def _caseless(argument: Any, rules: Rules) -> Operator:
    if not isinstance(argument, str):
        raise InvalidPattern("equals-ignore-case match pattern must be a string")
    return Caseless(argument, "equals")


def _wildcard(argument: Any, rules: Rules) -> Operator:
    if not isinstance(argument, str):
        raise InvalidPattern("wildcard match pattern must be a string")
    parts = parts_of(argument)
    if rules.stars is not None and len(parts) - 1 > rules.stars:
        raise InvalidPattern(f"At most {rules.stars} wildcard characters are allowed in a pattern")
    if complexity(parts) > rules.complexity:
        raise InvalidPattern(TOO_COMPLEX)
    return Wildcard(argument, parts)


def _cidr(argument: Any, rules: Rules) -> Operator:
    if not isinstance(argument, str):
        raise InvalidPattern("prefix match pattern must be a string")
    return Block(argument, *block_of(argument))


def _exists(argument: Any, rules: Rules) -> Operator | None:
    if not isinstance(argument, bool):
        raise InvalidPattern("exists match pattern must be either true or false.")
    return Exists(rules.filled) if argument else None


def _numeric(argument: Any, rules: Rules) -> Operator:
    return _rounded(_range(argument, rules), rules)


def _range(argument: Any, rules: Rules) -> Range:
    if not isinstance(argument, list):
        raise InvalidPattern("Value of numeric must be an array.")
    if not argument or not isinstance(argument[0], str):
        raise InvalidPattern(f"Invalid member in numeric match: {shown(argument[0]) if argument else ']'}")
    first, low = argument[0], _bound(argument, 0, rules)
    if first not in ("=", *LOWER, *UPPER):
        raise InvalidPattern(f"Unrecognized numeric range operator: {first}")
    if len(argument) > (4 if first in LOWER else 2):
        raise InvalidPattern("Too many elements in numeric expression")
    if first == "=":
        return Range(f"= {literal(low)}", low, True, low, True)
    if first in UPPER:
        return Range(f"{first} {literal(low)}", high=low, high_in=first == "<=")
    if len(argument) == 2:
        return Range(f"{first} {literal(low)}", low, first == ">=")
    second = argument[2]
    if second not in UPPER:
        raise InvalidPattern(f"Bad numeric range operator: {second if isinstance(second, str) else shown(second)}")
    high = _bound(argument, 2, rules)
    if not low < high:
        raise InvalidPattern("Bottom must be less than top")
    words = f"{first} {literal(low)} and {second} {literal(high)}"
    return Range(words, low, first == ">=", high, second == "<=")


def _bound(argument: list[Any], at: int, rules: Rules) -> float:
    value = argument[at + 1] if len(argument) > at + 1 else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise InvalidPattern(f"Value of {argument[at]} must be numeric")
    key: Any = number_key(_checked(value, rules))
    if not comparable(key):
        raise InvalidPattern(f"Value of {argument[at]} can't be compared: {one_line(literal(value))}")
    return float(key) if isinstance(key, float) else int(key)


def _anything_but(argument: Any, rules: Rules) -> Operator:
    if isinstance(argument, dict):
        name, inner = _only_member(argument)
        if name not in rules.inside_anything_but:
            raise InvalidPattern(f"Unsupported anything-but pattern: {name}")
        texts = inner if isinstance(inner, list) else [inner]
        if not texts:
            raise InvalidPattern("Empty arrays are not allowed")
        if name in ("prefix", "suffix") and "" in texts:
            raise InvalidPattern("Null prefix/suffix not allowed")
        tests = [_READERS[name](text if isinstance(text, str) else None, rules) for text in texts]
        return AnythingBut(tuple(test for test in tests if test is not None))
    values = argument if isinstance(argument, list) else [argument]
    return AnythingBut(_listed(values, isinstance(argument, list), rules))


def _listed(values: list[Any], in_list: bool, rules: Rules) -> tuple[Operator, ...]:
    if not values:
        raise InvalidPattern("Empty arrays are not allowed")
    texts = [value for value in values if isinstance(value, str)]
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(texts) + len(numbers) < len(values):
        if in_list:
            raise InvalidPattern("Inside anything but list, start|null|boolean is not supported.")
        raise InvalidPattern("Value of anything-but must be an array or single string/number value.")
    if texts and numbers:
        raise InvalidPattern(
            "Inside anything but list, either all values are number or string, mixed type is not supported"
        )
    return tuple(map(Text, texts)) or tuple(_number(value, rules) for value in numbers)


_READERS: Final[dict[str, Callable[[Any, Rules], Operator | None]]] = {
    "anything-but": _anything_but,
    "cidr": _cidr,
    "equals-ignore-case": _caseless,
    "exactly": _exactly,
    "exists": _exists,
    "numeric": _numeric,
    "prefix": _prefix,
    "suffix": _suffix,
    "wildcard": _wildcard,
}
