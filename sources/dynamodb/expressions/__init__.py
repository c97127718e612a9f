"""Expressions of DynamoDB, read once and run on items: see the table in the package above."""

from typing import Any

from sources.dynamodb.keys import KeySchema

from . import conditions, key_conditions, updates
from .conditions import Condition
from .key_conditions import KeyCondition
from .parser import Parser
from .paths import Node, Path, projected, tree
from .placeholders import Placeholders
from .updates import Update

__all__ = [
    "Condition",
    "KeyCondition",
    "Placeholders",
    "Projection",
    "Update",
    "condition",
    "key_condition",
    "projected",
    "projection",
    "update",
]

Projection = Node[bool]
"""The paths of a projection."""


def condition(text: Any, placeholders: Placeholders) -> Condition | None:
    """None without one. Raises `ValidationException` as AWS words it; so do all of these."""
    return None if text is None else Parser("ConditionExpression", text, placeholders).whole(conditions.parse)


def update(text: Any, placeholders: Placeholders) -> Update | None:
    return None if text is None else Parser("UpdateExpression", text, placeholders).whole(updates.parse)


def key_condition(text: Any, placeholders: Placeholders, schema: KeySchema) -> KeyCondition:
    return key_conditions.parse(Parser("KeyConditionExpression", text, placeholders), schema)


def projection(text: Any, placeholders: Placeholders) -> Projection | None:
    """Which attributes to show; None for all."""
    return None if text is None else Parser("ProjectionExpression", text, placeholders).whole(_projection)


def _projection(parser: Parser) -> Projection:
    entries: list[tuple[Path, bool]] = [(parser.path(), True)]
    while parser.accept(","):
        entries.append((parser.path(), True))
    return tree(entries, parser.refusal)
