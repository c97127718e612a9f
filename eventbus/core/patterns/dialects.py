"""Which system takes which operators, and its limits: one engine, one row each."""

from typing import Final, Literal, assert_never

from attrs import evolve, frozen

from eventbus.checks import refuse
from eventbus.errors import (
    InvalidEventPatternException,
    InvalidParameterException,
    InvalidParameterValueException,
    ServiceError,
)

Dialect = Literal["eventbridge", "pipes", "esm", "sns-attributes", "sns-body"]

COMMON: Final = frozenset({"prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "exists"})
EVERY: Final = COMMON | {"wildcard", "cidr", "exactly"}
AFFIXES: Final = frozenset({"prefix", "suffix", "wildcard"})


@frozen(kw_only=True, eq=False, repr=False)
class Rules:
    """What a dialect takes."""

    operators: frozenset[str] = EVERY
    inside_anything_but: frozenset[str] = AFFIXES | {"equals-ignore-case"}
    caseless_affixes: bool = True
    length: int = 4_096  # characters [bc:events, bc:pipes, bc:lambda]
    in_bytes: bool = False
    alternatives: int = 1_000  # of `$or`, multiplied [eb:eb-create-pattern-operators]
    magnitude: float | None = None  # of a number, up to
    digits: int | None = None  # of a number
    decimals: int | None = None  # behind its point
    accuracy: int | None = None  # how many decimals are compared
    stars: int | None = None  # in a wildcard
    complexity: int = 10  # of a wildcard: AWS refuses 11 and takes 7, what is between is not known
    nested: bool = True
    keys: int | None = None
    combinations: int | None = None
    filled: bool = False  # `exists` wants a value neither null nor empty


# [sns:subscription-filter-policy-constraints]
_SNS_BODY: Final = Rules(
    operators=COMMON | {"wildcard", "cidr"},
    inside_anything_but=AFFIXES,
    caseless_affixes=False,
    length=262_144,
    in_bytes=True,
    magnitude=1e9,
    accuracy=5,
    stars=3,
    complexity=100,
    keys=5,
    combinations=150,
    filled=True,
)

RULES: Final[dict[Dialect, Rules]] = {
    "eventbridge": Rules(),
    "pipes": Rules(operators=COMMON, inside_anything_but=frozenset()),
    "esm": Rules(operators=COMMON, inside_anything_but=frozenset(), caseless_affixes=False),
    "sns-attributes": evolve(_SNS_BODY, nested=False),
    "sns-body": _SNS_BODY,
}


def rules_of(dialect: Dialect, limit: int | None, strict_numbers: bool, engine_operators: bool) -> Rules:
    """The row of `dialect` with the settings of one pattern. Raises `InvalidSetting`."""
    if dialect not in RULES:
        raise refuse("dialect", dialect, " or ".join(RULES))
    rules = RULES[dialect]
    if limit is not None:
        rules = evolve(rules, length=limit)
    if strict_numbers and rules.magnitude is None:  # [eb:eb-create-pattern-operators]
        rules = evolve(rules, magnitude=5e9, digits=15, decimals=6)
    if engine_operators:
        inside = Rules().inside_anything_but
        rules = evolve(rules, operators=EVERY, inside_anything_but=inside, caseless_affixes=True)
    return rules


def refusal(dialect: Dialect, reason: str) -> ServiceError:
    """The error with which the owner of `dialect` refuses a pattern."""
    match dialect:
        case "eventbridge" | "pipes":
            return InvalidEventPatternException(f"Event pattern is not valid. Reason: {reason}")
        case "esm":
            error = InvalidParameterValueException("Invalid filter pattern definition.")
            error.add_note(reason)  # AWS keeps it to itself
            return error
        case "sns-attributes" | "sns-body":
            return InvalidParameterException(f"Invalid parameter: FilterPolicy: {reason}")
        case _:
            assert_never(dialect)
